"""Does a graph say what was loaded? A digest of its statements that does not depend on their order or on repeats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import compress, islice
from operator import not_
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from graph.store.marks import Noted

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["GraphDigest", "digest_of", "digest_of_pieces", "stored_digest", "summed"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_BATCH, _MOST_ODD = 4_096, 100_000
_PLAIN = re.compile(  # what the engine writes as it stands: nothing escaped, and no value but text and whole numbers
    rb"<[^<>\\\x00-\x20]*+> <[^<>\\\x00-\x20]*+> "
    rb'(?:<[^<>\\\x00-\x20]*+>|"(?:[^"\\\x00-\x1f\x7f]*+"|(?:0|[1-9][0-9]{0,17})"\^\^'
    rb"<http://www\.w3\.org/2001/XMLSchema#integer>)) \.\n"
)


@dataclass(frozen=True, slots=True)
class GraphDigest:
    """``statements`` counts each once; ``digest`` is the same for the same statements in whatever order."""

    statements: int
    digest: str


def digest_of(lines: Iterable[bytes]) -> GraphDigest:
    r"""The digest that a graph has once these lines of N-Triples are in it: about a microsecond a line.

    The engine writes some values in its own way ("01" becomes 1), so lines with such values go through the engine.

    >>> digest_of([b"<a:b> <a:c> <a:d> .\n"] * 2).statements
    1
    """
    waiting = iter(lines)
    return digest_of_pieces(iter(lambda: list(islice(waiting, _BATCH)), []))


def digest_of_pieces(pieces: Iterable[Sequence[bytes]]) -> GraphDigest:
    r"""The same of lines that come some thousand at a time, as ``readlines`` gives them.

    >>> line = b"<a:b> <a:c> <a:d> .\n"
    >>> digest_of_pieces([[line], [line]]) == digest_of([line])
    True
    """
    return summed(pieces)[0]


def summed(pieces: Iterable[Sequence[bytes]], noted: Noted | None = None) -> tuple[GraphDigest, bytes]:
    """The same, and the numbers of all subjects as a table where ``noted`` notes them; else nothing."""
    hashes, odd, plain, hashed = bytearray(), list[bytes](), _PLAIN.fullmatch, hashlib.blake2b

    def take(lines: Sequence[bytes]) -> None:
        nonlocal hashes
        hashes += b"".join([hashed(line, digest_size=8).digest() for line in lines])
        if noted is not None:
            noted.add(lines)

    for lines in pieces:
        fits = list(map(plain, lines))
        take([line[:-1] for line in compress(lines, fits)])
        odd += compress(lines, map(not_, fits))
        if len(odd) >= _MOST_ODD:
            take(_rewritten(odd))
    take(_rewritten(odd))
    found = _digest(hashes)
    return found, noted.table(np.frombuffer(bytes(hashes), "<u8"), found.digest) if noted is not None else b""


def _digest(hashes: bytearray) -> GraphDigest:
    ordered = np.sort(np.frombuffer(bytes(hashes), "<u8"))
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    unique = ordered[first]
    return GraphDigest(len(unique), hashlib.sha256(unique.tobytes()).hexdigest())


def _hashes(text: bytes) -> bytes:
    hashed = hashlib.blake2b
    return b"".join([hashed(line, digest_size=8).digest() for line in text.split(b"\n") if line])


def _rewritten(lines: list[bytes]) -> list[bytes]:
    """Lines as the engine writes them; the list is emptied."""
    engine, graph = ox.Store(), ox.NamedNode("urn:g")
    engine.bulk_load(input=b"\n".join(lines), format=_NTRIPLES, to_graph=graph)
    lines.clear()
    text = engine.dump(format=_NTRIPLES, from_graph=graph) or b""
    return [line for line in text.split(b"\n") if line]


def stored_digest(triples: ox.Store, graph: str) -> GraphDigest:
    """The digest of a graph as it is stored; every statement of it is read."""
    taken = _Lines()
    triples.dump(taken, _NTRIPLES, from_graph=ox.NamedNode(graph))
    return _digest(taken.hashes)


class _Lines(BytesIO):
    """A file that takes lines and keeps nothing but their hashes."""

    def __init__(self) -> None:
        super().__init__()
        self.hashes = bytearray()
        self._rest = b""

    def write(self, piece: Buffer) -> int:
        *lines, self._rest = (self._rest + bytes(piece)).split(b"\n")
        self.hashes += _hashes(b"\n".join(lines))
        return memoryview(piece).nbytes
