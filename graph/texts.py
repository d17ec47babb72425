"""How are millions of short texts held, compared and found without a Python object for each?

A text is a stretch of one run of UTF-8 bytes. Whole columns of texts are hashed and compared eight bytes at a time.
"""

from __future__ import annotations

import hashlib
from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from secrets import randbits
from typing import overload

import numpy as np
import numpy.typing as npt

__all__ = ["Listed", "Names", "Stretches", "Table", "Texts", "columns_of", "find_in", "first_of_each", "joined", "some"]

Octets = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


class Listed(Sequence[str]):
    """A sequence that equals any other, a list too, that holds the same texts. Each kind says its text at a place."""

    __hash__ = None  # type: ignore[assignment] # as a list
    __slots__ = ()

    @abstractmethod
    def _one(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self._one(n) for n in range(*at.indices(len(self)))]
        place = int(at) + len(self) if at < 0 else int(at)
        if not 0 <= place < len(self):
            raise IndexError(at)
        return self._one(place)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sequence) and not isinstance(other, str | bytes):
            return len(self) == len(other) and all(a == b for a, b in zip(self, other, strict=True))
        return NotImplemented


class Texts(Listed):
    """A sequence of texts in one run of bytes; each is decoded when it is asked for.

    ``blob`` holds the bytes, ``offsets`` where each text begins, and at last where the last one ends.

    >>> names = Texts.of(["api", "büro"])
    >>> names[1], len(names), names == ["api", "büro"], names.nbytes
    ('büro', 2, True, 20)
    """

    __slots__ = ("_view", "blob", "offsets")

    def __init__(self, blob: Octets, offsets: npt.NDArray[np.uint32] | npt.NDArray[np.uint64]) -> None:
        self.blob, self.offsets = blob, offsets
        self._view = np.ascontiguousarray(blob).data

    @classmethod
    def of(cls, texts: Sequence[str] | Sequence[bytes]) -> Texts:
        """Texts, or texts that are bytes already, in one run."""
        parts = [text if isinstance(text, bytes) else text.encode() for text in texts]
        lengths = np.fromiter(map(len, parts), np.int64, len(parts))
        return cls(np.frombuffer(b"".join(parts), np.uint8), _offsets(lengths))

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> list[str]: ...
    def __getitem__(self, at: int | slice) -> str | list[str]:
        if type(at) is int and 0 <= at < len(self.offsets) - 1:  # as it is asked most
            return str(self._view[int(self.offsets[at]) : int(self.offsets[at + 1])], "utf-8")
        return super().__getitem__(at)

    def _one(self, at: int) -> str:
        return str(self._view[int(self.offsets[at]) : int(self.offsets[at + 1])], "utf-8")

    def some(self, places: npt.NDArray[np.integer]) -> list[str]:
        """Those at some places, without a number made for each."""
        starts, ends = self.offsets.take(places).tolist(), self.offsets.take(places + 1).tolist()
        return [str(self._view[start:end], "utf-8") for start, end in zip(starts, ends, strict=True)]

    def __iter__(self) -> Iterator[str]:
        for begin in range(0, len(self), _AT_A_TIME):
            places = self.offsets[begin : begin + _AT_A_TIME + 1].tolist()
            for start, end in pairwise(places):
                yield str(self._view[start:end], "utf-8")

    def __repr__(self) -> str:
        return f"Texts({list(self)!r})"

    @property
    def nbytes(self) -> int:
        """Bytes of memory, or of the file that they are mapped from."""
        return self.blob.nbytes + self.offsets.nbytes

    def place(self, text: str) -> int:
        """Where a text stands in sorted texts; -1 when it is none of them. Some twenty looks in a million."""
        at = self.place_for(text)
        return at if at < len(self) and self[at] == text else -1

    def place_for(self, text: str) -> int:
        """Before which of sorted texts a text stands, or would stand.

        >>> Texts.of(["a", "c"]).place_for("b"), Texts.of(["a", "c"]).place_for("c")
        (1, 1)
        """
        wanted, low, high = text.encode("utf-8", "surrogatepass"), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(self._view[int(self.offsets[middle]) : int(self.offsets[middle + 1])]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def stretches(self) -> Stretches:
        """The same texts for work on whole columns."""
        return Stretches(self.blob, self.offsets[:-1].astype(np.int64), self.offsets[1:].astype(np.int64))


_AT_A_TIME = 4096


def _offsets(lengths: Places) -> npt.NDArray[np.uint32] | npt.NDArray[np.uint64]:
    ends = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=ends[1:])
    return ends.astype(np.uint32) if int(ends[-1]) < 1 << 32 else ends.astype(np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """A column of texts that lie somewhere in a run of bytes: text n is ``blob[start[n]:end[n]]``."""

    blob: Octets
    start: Places
    end: Places

    def __len__(self) -> int:
        return len(self.start)

    def take(self, rows: npt.NDArray[np.integer] | Bools) -> Stretches:
        """Some of them, or all in another order."""
        return Stretches(self.blob, self.start[rows], self.end[rows])

    def bytes_at(self, row: int) -> bytes:
        """One of them."""
        return self.blob[self.start[row] : self.end[row]].tobytes()

    def to_bytes(self) -> list[bytes]:
        """Each as an object of its own."""
        blob = self.blob.tobytes() if len(self) * 50 > len(self.blob) else np.ascontiguousarray(self.blob).data
        return [bytes(blob[a:b]) for a, b in zip(self.start.tolist(), self.end.tolist(), strict=True)]

    def texts(self) -> Texts:
        """A copy of them in one run of their own."""
        lengths = self.end - self.start
        offsets = _offsets(lengths)
        blob = np.empty(int(offsets[-1]), np.uint8)
        for begin in range(0, len(self), _COPIED_AT_ONCE):
            part = slice(begin, begin + _COPIED_AT_ONCE)
            first, last = int(offsets[begin]), int(offsets[min(begin + _COPIED_AT_ONCE, len(self))])
            shift = np.repeat(self.start[part] - offsets[:-1][part].astype(np.int64), lengths[part])
            blob[first:last] = self.blob[np.arange(first, last) + shift]
        return Texts(blob, offsets)

    def hashes(self, seed: int) -> Hashes:
        """64 bits of each text; equal texts have equal ones, others seldom: who relies on it compares as well."""
        length = self.end - self.start
        found = np.full(len(self), seed, np.uint64) ^ length.astype(np.uint64)
        for rows, words in self.words(length):
            mixed = (found[rows] ^ words) * _PRIME
            found[rows] = mixed ^ (mixed >> np.uint64(29))
        for row in np.flatnonzero(length > _LONG).tolist():
            tail = hashlib.blake2b(self.blob[self.start[row] + _LONG : self.end[row]].tobytes(), digest_size=8)
            found[row] ^= np.uint64(int.from_bytes(tail.digest(), "little"))
        mixed = found * _PRIME
        return np.asarray(mixed ^ (mixed >> np.uint64(32)))

    def equal(self, other: Stretches) -> Bools:
        """Row by row, whether the two columns say the same."""
        length = self.end - self.start
        same: Bools = length == other.end - other.start
        if not same.any():
            return same
        rows = np.flatnonzero(same)
        mine, theirs = self.take(rows), other.take(rows)
        each = length[rows]
        for (some, a), (_, b) in zip(mine.words(each), theirs.words(each), strict=True):
            same[rows[some]] &= a == b
        for row in rows[each > _LONG].tolist():
            same[row] = self.bytes_at(row) == other.bytes_at(row)
        return same

    def words(self, length: Places) -> Iterator[tuple[Places, Hashes]]:
        """Eight bytes of every text that has so many, then the next eight; what lies beyond its end is 0."""
        most = int(self.end.max(initial=0)) + 8
        blob = self.blob if most <= len(self.blob) else np.concatenate([self.blob, np.zeros(8, np.uint8)])
        view = np.ndarray(len(blob) - 7, "<u8", np.ascontiguousarray(blob), strides=(1,))
        rows, start = np.arange(len(self)), self.start
        shortest = int(length.min(initial=0))
        for begin in range(0, min(int(length.max(initial=0)), _LONG), 8):
            if begin >= shortest:
                kept = length > begin
                rows, start, length = rows[kept], start[kept], length[kept]
                shortest = int(length.min())
            words = view[start + begin]
            if shortest < begin + 8:
                words &= _MASKS[np.minimum(length - begin, 8)]
            yield rows, words


_PRIME = np.uint64(0x9E3779B97F4A7C15)
_MASKS = np.array([(1 << 8 * n) - 1 for n in range(9)], np.uint64)
_LONG = 512
_COPIED_AT_ONCE = 1 << 18


def some(texts: Sequence[str], places: npt.NDArray[np.integer]) -> list[str]:
    """The texts at some places.

    >>> some(Texts.of(["api", "db", "web"]), np.array([2, 0])), some(["api", "db"], np.array([1]))
    (['web', 'api'], ['db'])
    """
    return texts.some(places) if isinstance(texts, Texts) else [texts[place] for place in places.tolist()]


def columns_of(written: bytes) -> tuple[Stretches, ...]:
    r"""The columns of an answer that is written as SPARQL 1.1 TSV, without its head; each term as it stands there.

    >>> subjects, values = columns_of(b"?s\t?o\n<x:a>\t1\n<x:b>\t2\n")
    >>> subjects.to_bytes(), values.to_bytes()
    ([b'<x:a>', b'<x:b>'], [b'1', b'2'])
    """
    blob = np.frombuffer(written + bytes(8), np.uint8)
    ends = np.flatnonzero(blob == ord("\n"))
    wide = written.count(b"\t", 0, int(ends[0]))
    tabs = (
        np.flatnonzero(blob == ord("\t"))[wide:].reshape(-1, wide) if wide else np.empty((len(ends) - 1, 0), np.int64)
    )
    starts = [ends[:-1] + 1, *(tabs[:, n] + 1 for n in range(wide))]
    stops = [*(tabs[:, n] for n in range(wide)), ends[1:]]
    return tuple(Stretches(blob, start, stop) for start, stop in zip(starts, stops, strict=True))


def joined(columns: Sequence[Stretches]) -> Stretches:
    """Several columns, one below the other."""
    shifts = np.cumsum([0, *(len(column.blob) for column in columns)])
    return Stretches(
        np.concatenate([*(column.blob for column in columns), np.zeros(8, np.uint8)]),
        np.concatenate([column.start + shift for column, shift in zip(columns, shifts, strict=False)]),
        np.concatenate([column.end + shift for column, shift in zip(columns, shifts, strict=False)]),
    )


def first_of_each(texts: Stretches) -> tuple[Places, Places]:
    """Rows of the different texts, and for each row the number of its text among them."""
    for seed in _seeds():
        _, first, number = np.unique(texts.hashes(seed), return_index=True, return_inverse=True)
        if texts.equal(texts.take(first[number])).all():
            return first, number
    raise AssertionError("texts with one hash under every seed")


class Table:
    """Texts that others are looked for in, a whole column at a time.

    >>> known = Table(Texts.of(["api", "db"]).stretches())
    >>> known.find(Texts.of(["db", "web", "api"]).stretches()).tolist()
    [1, -1, 0]
    """

    def __init__(self, texts: Stretches) -> None:
        self.texts = texts
        for seed in _seeds():
            self._seed, hashes = seed, texts.hashes(seed)
            self._order = np.argsort(hashes, kind="stable")
            self._hashes = hashes[self._order]
            twice = np.flatnonzero(self._hashes[1:] == self._hashes[:-1])
            if texts.take(self._order[twice]).equal(texts.take(self._order[twice + 1])).all():
                return
        raise AssertionError("texts with one hash under every seed")

    def find(self, wanted: Stretches) -> Places:
        """For each wanted text its row in the table, the last of several; -1 when it is not there."""
        if not len(self.texts) or not len(wanted):
            return np.full(len(wanted), -1, np.int64)
        place = np.searchsorted(self._hashes, wanted.hashes(self._seed), side="right") - 1
        row = self._order[np.maximum(place, 0)]
        return np.where(wanted.equal(self.texts.take(row)), row, -1)


def find_in(texts: Stretches, wanted: Stretches) -> Places:
    """As ``Table.find``, for texts that are looked in once."""
    return Table(texts).find(wanted)


def _seeds() -> Iterator[int]:
    """By chance, so that nobody can write texts that collide; a second is hardly ever needed."""
    for _ in range(_TRIES):
        yield randbits(63)


_TRIES = 20


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """By which name is a vertex found? Hashes of names in order, with the vertex of each.

    >>> names = Names.of(Texts.of(["api", "db", "api"]))
    >>> list(names.candidates("api")), list(names.candidates("web"))
    ([0, 2], [])
    """

    hashes: Hashes
    vertices: Ints

    @classmethod
    def of(cls, texts: Texts | Stretches) -> Names:
        """Text n is a name of vertex n."""
        hashes = (texts.stretches() if isinstance(texts, Texts) else texts).hashes(0)
        order = np.argsort(hashes, kind="stable")
        return cls(hashes[order], order.astype(np.int32))

    def candidates(self, name: str) -> list[int]:
        """The vertices that may have the name, in order: the hash fits."""
        (wanted,) = Texts.of([name.encode("utf-8", "surrogatepass")]).stretches().hashes(0)
        low, high = np.searchsorted(self.hashes, wanted, "left"), np.searchsorted(self.hashes, wanted, "right")
        return [int(vertex) for vertex in self.vertices[low:high]]
