"""Does a graph say what was loaded? A digest of its statements that does not depend on their order or on repeats."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

__all__ = ["GraphDigest", "digest_of", "stored_digest"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_BATCH, _MOST_ODD = 4_096, 100_000
_WHOLE_NUMBER = re.compile(  # the engine writes it as it stands
    rb'<[^>\\]*> <[^>\\]*> "(?:0|[1-9][0-9]{0,17})"\^\^<http://www\.w3\.org/2001/XMLSchema#integer> \.\n'
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
    hashes, odd, waiting = bytearray(), list[bytes](), iter(lines)
    while batch := list(islice(waiting, _BATCH)):
        text = b"".join(batch)
        if _plain(text, len(batch)):
            hashes += _hashes(text)
            continue
        rest, others = list[bytes](), list[bytes]()
        for line in batch:
            (others if _is_odd(line) else rest).append(line)
        if rest and not _plain(b"".join(rest), len(rest)):
            others += [line for line in rest if not _plain(line, 1)]
            rest = [line for line in rest if _plain(line, 1)]
        counted = [line for line in others if _WHOLE_NUMBER.fullmatch(line)]
        hashes += _hashes(b"".join(rest)) + _hashes(b"".join(counted))
        odd += [line for line in others if not _WHOLE_NUMBER.fullmatch(line)] if len(counted) < len(others) else []
        if len(odd) >= _MOST_ODD:
            hashes += _rewritten(odd)
    hashes += _rewritten(odd)
    return _digest(hashes)


def _digest(hashes: bytearray) -> GraphDigest:
    ordered = np.sort(np.frombuffer(bytes(hashes), "<u8"))
    first = np.ones(len(ordered), np.bool_)
    first[1:] = ordered[1:] != ordered[:-1]
    unique = ordered[first]
    return GraphDigest(len(unique), hashlib.sha256(unique.tobytes()).hexdigest())


def _is_odd(text: bytes) -> bool:
    return b'"^^' in text or b"\\" in text or b'"@' in text or b"\t" in text or b"  " in text or b"\r" in text


def _plain(text: bytes, lines: int) -> bool:
    """Whether lines stand as the engine would write them: nothing escaped or typed, one space between the parts."""
    if _is_odd(text):
        return False
    ends = text.count(b"> .\n") + text.count(b'" .\n')
    parts = text.count(b"> <") + text.count(b'> "')
    return ends == lines and parts == 2 * lines and text.count(b"\n") == lines and text.startswith(b"<")


def _hashes(text: bytes) -> bytes:
    hashed = hashlib.blake2b
    return b"".join([hashed(line, digest_size=8).digest() for line in text.split(b"\n") if line])


def _rewritten(lines: list[bytes]) -> bytes:
    """The hashes of lines as the engine writes them; the list is emptied."""
    engine, graph = ox.Store(), ox.NamedNode("urn:g")
    engine.bulk_load(input=b"\n".join(lines), format=_NTRIPLES, to_graph=graph)
    lines.clear()
    text = engine.dump(format=_NTRIPLES, from_graph=graph) or b""
    return _hashes(text)


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
