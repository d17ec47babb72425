"""What does a source say of each thing? A number for each subject, so that two states differ where the numbers do.

The number is the sum of the hashes of the subject's statements, each counted once. Two states are then compared without
reading what they say: only what is said of subjects with other numbers is looked at.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["Marks", "Noted", "differing", "marks_of", "open_marks"]

Hashes = npt.NDArray[np.uint64]


class Noted:
    r"""Subjects of lines as they go by, in stretches of one subject.

    >>> noted = Noted()
    >>> noted.add([b"<x:a> <x:b> <x:c> .\n", b"<x:a> <x:b> <x:d> .\n"])
    >>> len(noted.table(np.array([5, 7], np.uint64), "digest")) > 0
    True
    """

    def __init__(self) -> None:
        self._keys, self._counts, self._last = bytearray(), list[int](), b""
        self._names, self._packer = bytearray(), zlib.compressobj(1)

    def add(self, lines: Sequence[bytes]) -> None:
        """Note lines of N-Triples: a third of a microsecond each."""
        new = []
        for line in lines:
            subject = line.partition(b" ")[0]
            if subject == self._last:
                self._counts[-1] += 1
            else:
                self._last = subject
                self._counts.append(1)
                new.append(subject)
        self._keys += b"".join([hashlib.blake2b(subject, digest_size=8).digest() for subject in new])
        if new:
            self._names += self._packer.compress(b"\n".join(new) + b"\n")

    def table(self, hashes: Hashes, digest: str) -> bytes:
        """The numbers of all subjects, for the hashes of the lines in their order; ``digest`` is that of the graph."""
        runs = np.frombuffer(bytes(self._keys), "<u8")
        names = self._names + self._packer.flush()
        first = np.unique(hashes, return_index=True)[1]
        run = np.repeat(np.arange(len(runs), dtype=np.uint32), self._counts)[first]
        keys, place, of = np.unique(runs[run], return_index=True, return_inverse=True)
        sums = np.zeros(len(keys), np.uint64)
        np.add.at(sums, of, hashes[first])
        out = BytesIO()
        np.savez(
            out,
            keys=keys,
            sums=sums,
            place=run[place],
            names=np.frombuffer(bytes(names), np.uint8),
            digest=np.frombuffer(digest.encode(), np.uint8),
        )
        return out.getvalue()


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """The numbers of the subjects of one source, by the hashes of their names in order."""

    keys: Hashes
    sums: Hashes
    place: npt.NDArray[np.uint32]
    names: npt.NDArray[np.uint8]

    def beneath(self, things: Iterable[str]) -> Iterator[str]:
        """The IRIs of some things and of their parts, as far as they are subjects here."""
        names = b"\n" + zlib.decompress(self.names.tobytes())
        for start in (f"\n<{thing}".encode("utf-8", "surrogatepass") for thing in things):
            at = names.find(start)
            while at >= 0:
                end = names.index(b"\n", at + 1)
                if names[at + len(start) : at + len(start) + 1] in (b">", b"/"):
                    yield names[at + 2 : end - 1].decode("utf-8", "surrogatepass")
                at = names.find(start, end)

    def called(self, keys: Hashes) -> list[str]:
        """The subjects with some hashes, as N-Triples write them; those that are not here left out."""
        found = np.flatnonzero(np.isin(self.keys, keys))
        if not found.size:
            return []
        names = zlib.decompress(self.names.tobytes()).split(b"\n")
        return [names[place].decode("utf-8", "surrogatepass") for place in self.place[found].tolist()]


def marks_of(text: bytes) -> Marks:
    r"""The numbers of what a text of N-Triples says, one statement a line.

    >>> marks_of(b"<x:a> <x:b> <x:c> .\n<x:a> <x:b> <x:d> .\n").called(np.zeros(0, np.uint64))
    []
    """
    lines, noted = [line for line in text.split(b"\n") if line], Noted()
    noted.add(lines)
    hashes = b"".join([hashlib.blake2b(line, digest_size=8).digest() for line in lines])
    return _read(BytesIO(noted.table(np.frombuffer(hashes, "<u8"), "")), "")


def _read(file: BytesIO | Path, digest: str) -> Marks:
    """Raises ValueError where the numbers are those of another graph."""
    with np.load(file, allow_pickle=False) as told:
        if told["digest"].tobytes().decode() != digest:
            raise ValueError("numbers of another graph")
        return Marks(told["keys"], told["sums"], told["place"], told["names"])


def open_marks(file: Path, digest: str) -> Marks | None:
    """The numbers in a file; None where there are none, or they are those of another graph."""
    try:
        return _read(file, digest)
    except (OSError, ValueError, KeyError):
        return None


def differing(first: Sequence[Marks], second: Sequence[Marks]) -> frozenset[str]:
    """The subjects of which two states do not say the same; a few more where one is spoken of in several sources."""
    (keys, sums), (others, other_sums) = _together(first), _together(second)
    both, here, there = np.intersect1d(keys, others, assume_unique=True, return_indices=True)
    changed = np.concatenate([both[sums[here] != other_sums[there]], np.setxor1d(keys, others, assume_unique=True)])
    return frozenset(name for side in (*first, *second) for name in side.called(changed))


def _together(all_: Sequence[Marks]) -> tuple[Hashes, Hashes]:
    if len(all_) == 1:
        return all_[0].keys, all_[0].sums
    keys, of = np.unique(np.concatenate([np.empty(0, np.uint64), *(each.keys for each in all_)]), return_inverse=True)
    sums = np.zeros(len(keys), np.uint64)
    np.add.at(sums, of, np.concatenate([np.empty(0, np.uint64), *(each.sums for each in all_)]))
    return keys, sums
