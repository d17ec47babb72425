"""How does an answer leave the house? One plain value that every writer, command and page can take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["MARKS", "Answer", "Cell", "Report", "Section", "count", "few", "words_of_cell", "words_of_entry"]

Cell = str | int | float | bool | None | Sequence[str] | Mapping[str, str]

MARKS: Mapping[str, str] = {
    "down": "down",
    "degraded": "degraded",
    "at risk": "risk",
    "broken": "down",
    "may break": "degraded",
    "broken already": "down",
}
"""The mark of a cell that says how something is, by its words: states of elements, and what becomes of promises."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows with named columns, what they are rows of, and what must be said beside them.

    ``title``  the answer in a sentence
    ``of``     what a row is, in the plural: the name of the list in JSON
    ``facts``  what belongs to the answer as a whole (revision, counts, a list for programs)
    ``notes``  assumptions, unknowns and cuts, in words: never left out
    """

    title: str
    of: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    facts: Mapping[str, Cell | Sequence[Mapping[str, Cell]]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """One part of a report: a question in words, and its answer."""

    heading: str
    answer: Answer


@dataclass(frozen=True, slots=True)
class Report:
    """Several answers about one thing, for people: what it is about, the short of it, and the sections.

    ``named``  whether a table for people leaves out ids where the names tell its rows apart
    """

    title: str
    summary: tuple[str, ...]
    sections: tuple[Section, ...]
    facts: Mapping[str, Cell] = field(default_factory=dict)
    named: bool = False


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count(1, "element"), count(12_000, "element"), count(2, "dependency", "dependencies")
    ('1 element', '12,000 elements', '2 dependencies')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def few(names: Sequence[str], *, most: int = 8) -> str:
    """The first names of a list, and how many are left: a wall of names is read by nobody.

    >>> few(("a", "b")), few("abcdefghij", most=3)
    ('a, b', 'a, b, c and 7 more')
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def words_of_cell(cell: Cell) -> str:
    """A cell as people read it, on a page or on paper.

    >>> words_of_cell(1234567), words_of_cell(None), words_of_cell(("a", "b")), words_of_cell({"k": "v"})
    ('1,234,567', '', 'a; b', 'k: v')
    """
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return f"{cell:,}"
    if isinstance(cell, str):
        return cell
    return words_of_entry(cell) if isinstance(cell, Mapping) else "; ".join(cell)


def words_of_entry(entry: Mapping[str, str]) -> str:
    """Named values in one line; what is said, and of what, needs no name.

    >>> words_of_entry({"role": "owner", "name": "Ann"}), words_of_entry({"what": "criticality", "told": "high"})
    ('role: owner; name: Ann', 'criticality; high')
    """
    return "; ".join(value if key in _UNNAMED else f"{key}: {value}" for key, value in entry.items())


_UNNAMED = ("what", "told", "gap")
