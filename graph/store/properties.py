"""What do a few usual properties say of a thing? A table of them, mapped from a file beside a packed store.

The engine looks a statement up with two searches and fetches four names from its files for it. What is asked of nearly
every thing (name, sorts, owner and so on) lies in the table in the order in which it is told. Who has a table reads it
first; what is not in it is asked of the engine.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from zlib import crc32

import pyoxigraph as ox

__all__ = ["FORM", "INDEX", "SECTIONS", "Properties", "read_properties"]

FORM, INDEX, SECTIONS = "properties 1", "index.json", "sections"
_MOST_ALIKE = 16  # things with the same beginning of their sums, behind which nobody looks further
_TURTLE = ox.RdfFormat.TURTLE

Numbers = Sequence[int]


class Column(NamedTuple):
    """A property: where the values of each thing begin, the numbers of their terms, and where each term ends."""

    starts: Numbers
    values: Numbers
    ends: Numbers
    first: int
    """Where the terms begin in the file."""


class Properties:
    """The table; of what a thing has a property in it, it has all values, as often as the engine finds them."""

    def __init__(self, said: mmap.mmap, buckets: Numbers, ends: Numbers, columns: dict[str, Column]) -> None:
        self._said, self._buckets, self._ends, self._columns = said, buckets, ends, columns
        self._alike = len(buckets) - 2  # a power of two, less one

    def of(self, subject: ox.NamedNode, verb: ox.NamedNode, most: int) -> list[ox.NamedNode | ox.Literal] | None:
        """What a property of a thing is, one more than ``most`` at most; None for whoever has to ask the engine."""
        column = self._columns.get(verb.value)
        try:
            place = -1 if column is None else self._place(subject.value)
            if column is None or place < 0:
                return None
            start, end = column.starts[place], column.starts[place + 1]
            said, first, ends = self._said, column.first, column.ends
            numbers = column.values[start : min(end, start + most + 1)]
            return [_term(said[first + ends[number] : first + ends[number + 1]]) for number in numbers]
        except (
            ValueError,
            SyntaxError,
            IndexError,
        ):  # no term that stands alone, such as a statement; or a damaged file
            return None

    def _place(self, subject: str) -> int:
        """The place of a thing; -1 for one that is not in the table."""
        name = subject.encode("utf-8", "surrogatepass")
        bucket = crc32(name) & self._alike
        start, end = self._buckets[bucket], self._buckets[bucket + 1]
        for place in range(start, min(end, start + _MOST_ALIKE)):
            if self._said[self._ends[place] : self._ends[place + 1]] == name:
                return place
        return -1


@lru_cache(maxsize=2_000)
def _term(said: bytes) -> ox.NamedNode | ox.Literal:
    """A term as TSV writes it.

    >>> [_term(said).value for said in (b"<x:a>", b'"a"', b"1")]
    ['x:a', 'a', '1']
    """
    text = said.decode()
    if text[0] == "<" and text[1] != "<":
        return ox.NamedNode(text[1:-1])
    if text[0] == text[-1] == '"' and "\\" not in text:
        return ox.Literal(text[1:-1])
    if text[0] in "_<":
        raise ValueError(text)
    (statement,) = ox.parse(b"<x:s> <x:v> %b ." % said, format=_TURTLE)
    assert isinstance(statement.object, ox.Literal)
    return statement.object


def read_properties(folder: Path) -> Properties | None:
    """The table in a folder, mapped; None where there is none, or one of another form."""
    try:
        index = json.loads((folder / INDEX).read_text(encoding="utf-8"))
        if index["form"] != FORM:
            return None
        with (folder / SECTIONS).open("rb") as file:
            said = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        if len(said) != index["size"]:
            return None
        whole = memoryview(said)

        def numbers(section: Sequence[int], code: Literal["I", "Q"]) -> Numbers:
            start, end = section
            return whole[start:end].cast(code)

        columns = {
            verb: Column(numbers(starts, "Q"), numbers(values, "I"), numbers(ends, "Q"), terms[0])
            for verb, (starts, values, ends, terms) in index["columns"].items()
        }
        return Properties(said, numbers(index["buckets"], "Q"), numbers(index["ends"], "Q"), columns)
    except (OSError, ValueError, KeyError, TypeError):
        return None
