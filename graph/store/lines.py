"""On which line does a source say something? A table of sorted keys that is searched where it lies, not read whole.

The form, all numbers little-endian: eight bytes that name it, the count (8 bytes), where each key ends (8 bytes each),
its line (4 bytes each), and the keys, sorted by their bytes, one behind the other.
"""

from __future__ import annotations

import mmap
from collections.abc import ItemsView, Iterator, Mapping
from pathlib import Path

import numpy as np

__all__ = ["LineTable", "open_lines", "packed"]

_NAME = b"smlines1"
_MOST = 2**32 - 1


def packed(lines: Mapping[str, int]) -> bytes:
    """Lines as a table.

    >>> LineTable(packed({"b": 2, "a": 1}))["b"]
    2
    """
    keys = sorted((key.encode("utf-8", "surrogatepass"), min(line, _MOST)) for key, line in lines.items())
    ends = np.cumsum(np.fromiter((len(key) for key, _ in keys), "<u8", len(keys)), dtype="<u8")
    numbers = np.fromiter((line for _, line in keys), "<u4", len(keys))
    head = _NAME + len(keys).to_bytes(8, "little")
    return b"".join([head, ends.tobytes(), numbers.tobytes(), *(key for key, _ in keys)])


class LineTable(Mapping[str, int]):
    """Key -> line. A look-up costs the logarithm of the length; in the order of the lines when it is walked through.

    Raises ValueError when the bytes are no table.
    """

    __slots__ = ("_ends", "_keys", "_lines", "_start")

    def __init__(self, table: bytes | mmap.mmap) -> None:
        if table[:8] != _NAME or len(table) < 16:
            raise ValueError("this is no table of lines")
        count = int.from_bytes(table[8:16], "little")
        self._start = 16 + 12 * count
        if len(table) < self._start:
            raise ValueError("the table of lines is cut")
        self._ends = np.frombuffer(table, "<u8", count, 16)
        self._lines = np.frombuffer(table, "<u4", count, 16 + 8 * count)
        self._keys = table
        if len(table) != self._start + (int(self._ends[-1]) if count else 0):
            raise ValueError("the table of lines is cut")

    def _key(self, number: int) -> bytes:
        begin = int(self._ends[number - 1]) if number else 0
        return self._keys[self._start + begin : self._start + int(self._ends[number])]

    def __getitem__(self, key: str) -> int:
        wanted = key.encode("utf-8", "surrogatepass")
        low, high = 0, len(self._ends)
        while low < high:
            middle = (low + high) // 2
            if self._key(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        if low < len(self._ends) and self._key(low) == wanted:
            return int(self._lines[low])
        raise KeyError(key)

    def __len__(self) -> int:
        return len(self._ends)

    def __iter__(self) -> Iterator[str]:
        for number in np.argsort(self._lines, kind="stable").tolist():
            yield self._key(number).decode("utf-8", "surrogatepass")

    def items(self) -> ItemsView[str, int]:
        """Keys with their lines, without looking each up."""
        return _Items(self)

    def pairs(self) -> Iterator[tuple[str, int]]:
        """As ``items``, in the order of the lines."""
        order = np.argsort(self._lines, kind="stable")
        for number, line in zip(order.tolist(), self._lines[order].tolist(), strict=True):
            yield self._key(number).decode("utf-8", "surrogatepass"), line

    def check(self) -> None:
        """Raises ValueError when the keys are not in order, so that a look-up would miss some."""
        before = b""
        for number in range(len(self)):
            key = self._key(number)
            if number and key <= before:
                raise ValueError("the table of lines is out of order")
            before = key


class _Items(ItemsView[str, int]):
    """The pairs of a table, walked through and not looked up."""

    def __init__(self, table: LineTable) -> None:
        super().__init__(table)
        self._table = table

    def __iter__(self) -> Iterator[tuple[str, int]]:
        return self._table.pairs()


def open_lines(file: Path) -> LineTable:
    """The table in a file, by a map of memory: only what is looked at is read.

    Raises ValueError when the file is no table, OSError when it cannot be read.
    """
    with file.open("rb") as opened:
        if not file.stat().st_size:
            raise ValueError("the table of lines is empty")
        return LineTable(mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ))
