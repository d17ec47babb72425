"""How is an answer told? Rows that are found and sorted, with the elements that their cells name. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from math import isfinite
from typing import Any, Literal

from app.atlas import Atlas
from app.parts import element_address
from app.query.answers import Answered
from app.query.headings import heading
from app.words import plural
from graph.answer import Answer
from graph.asking import most_rows
from graph.look import slug
from graph.natural import natural
from graph.reports import query
from graph.reports.json import data
from graph.store.interface import Row, Table, Value

__all__ = ["FIRST", "PAGE_SIZE", "Column", "Told"]

PAGE_SIZE = 100
"""Rows on a page."""
FIRST = 50
"""So many elements of an answer are taken to the map, or changed together."""

Kind = Literal["element", "number", "time", "address", "text"]

_XSD = "http://www.w3.org/2001/XMLSchema#"
_NUMBERS = {
    *(_XSD + name for name in ("integer", "decimal", "double", "float", "int", "long", "short", "byte")),
    *(_XSD + name for name in ("nonNegativeInteger", "positiveInteger", "unsignedInt", "unsignedLong")),
}
_TIMES = {_XSD + "date", _XSD + "dateTime"}
_OWN_LIMIT = re.compile(r"\bLIMIT\s+(\d+)(?:\s+OFFSET\s+\d+)?\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of an answer: its variable, how it is called, and what its values are."""

    name: str
    words: str
    kind: Kind


class Told:
    """An answer as the address shows it: the rows that hold its words, in its order."""

    def __init__(self, atlas: Atlas, answered: Answered) -> None:
        self.atlas, self.answered = atlas, answered
        self.table, self.asked = answered.table, answered.asked
        self._held: dict[Value, int | None] = {}
        self._classes: dict[int, set[str]] = {}

    def element(self, value: Value | None) -> int | None:
        """The element that a cell names: by its address, its id, or a name that it alone has."""
        if value is None:
            return None
        if value not in self._held:
            self._held[value] = self._element(value)
        return self._held[value]

    def element_in(self, at: int, value: Value | None) -> int | None:
        """The same for a cell of a column; of several with its name the one that is of a kind with the others there."""
        found = self.element(value)
        if found is not None or value is None or not self._is_name(value) or value.text not in self._shared:
            return found
        kinds = self._classes_in(at)
        fits = [each for each in self._shared[value.text] if self.atlas.projection.classes[each] in kinds]
        return fits[0] if len(fits) == 1 else None

    @cached_property
    def _shared(self) -> dict[str, list[int]]:
        """Name -> the elements that have it, for names in this answer that more than one has."""
        cells = (cell for row in self.table.rows for cell in row if cell and self._is_name(cell))
        said = {cell.text for cell in cells if self.element(cell) is None}
        held: dict[str, list[int]] = {}
        for number, label in enumerate(self.atlas.projection.labels if said else ()):
            if label in said:
                held.setdefault(label, []).append(number)
        return {label: numbers for label, numbers in held.items() if len(numbers) > 1}

    def _classes_in(self, at: int) -> set[str]:
        """The classes of the elements that a column names for certain."""
        if at not in self._classes:
            named = (self.element(row[at]) for row in self.table.rows)
            self._classes[at] = {self.atlas.projection.classes[each] for each in named if each is not None}
        return self._classes[at]

    def _element(self, value: Value) -> int | None:
        p = self.atlas.projection
        if value.kind == "uri":
            return p.index.get(value.text)
        return self.atlas.named.get(value.text) if self._is_name(value) else None

    @staticmethod
    def _is_name(value: Value) -> bool:
        return value.kind not in ("uri", "bnode") and value.datatype in ("", None, _XSD + "string")

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The columns, each with what its values are."""
        return tuple(
            Column(name, heading(name, self.answered.query), self._kind([row[at] for row in self.table.rows]))
            for at, name in enumerate(self.table.columns)
        )

    def _kind(self, cells: Iterable[Value | None]) -> Kind:
        said = [cell for cell in cells if cell is not None]
        if not said:
            return "text"
        if all(cell.datatype in _NUMBERS for cell in said):
            return "number"
        if all(cell.datatype in _TIMES for cell in said):
            return "time"
        if sum(self.element(cell) is not None for cell in said) * 2 > len(said):
            return "element"
        return "address" if all(cell.kind == "uri" for cell in said) else "text"

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows that hold all the words, in the order that is asked for."""
        wanted = self.asked.find.casefold().split()
        found = [row for row in self.table.rows if all(word in self._text(row) for word in wanted)]
        at = next((n for n, each in enumerate(self.table.columns) if each == self.asked.sort.removeprefix("-")), None)
        if at is None:
            return tuple(found)
        said = [row for row in found if row[at] is not None]
        said.sort(key=lambda row: self._order(at, row[at]), reverse=self.asked.sort.startswith("-"))
        return (*said, *(row for row in found if row[at] is None))

    def _text(self, row: Row) -> str:
        return "\n".join(self._said(value) for value in row if value is not None).casefold()

    def _said(self, value: Value) -> str:
        element = self.element(value)
        p = self.atlas.projection
        return value.text if element is None else f"{p.labels[element]}\n{p.ids[element]}"

    def words(self, value: Value) -> str:
        """A value as people read it: the name of an element, the text of anything else."""
        element = self.element(value)
        return value.text if element is None else self.atlas.projection.labels[element]

    def _order(self, at: int, value: Value | None) -> tuple[float | Decimal, str]:
        assert value is not None
        if self.columns[at].kind == "number":
            return number_of(value) or 0, ""
        return 0, natural(self.words(value))

    def values(self, *, part: int = 0) -> dict[str, Any]:
        """The same as plain values; with ``part`` the rows of one page alone, and what the page must know of all."""
        answered, table = self.answered, self.table
        took = f"{answered.milliseconds:,.0f} ms"
        asked, pages = answered.question, max(1, -(-len(self.rows) // PAGE_SIZE))
        page = min(part, pages)
        rows = self.rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE] if part else self.rows
        found = data(self._answer(rows))
        all_elements = list(dict.fromkeys(self._named(self.rows))) if part else []
        drawn = list(dict.fromkeys(self._drawn(self.rows))) if part else []
        more = {
            "found": len(self.rows),
            "page": page,
            "pages": pages,
            "first": [self.atlas.projection.ids[element] for element in all_elements[:FIRST]],
            "about": len(all_elements),
            "drawn": len(drawn),
            "unclear": sorted(self._unclear)[:FIRST] if part else [],
            "shown": [self.atlas.projection.ids[element] for element in drawn[:FIRST]],
        }
        return {
            "title": f"{self.count(len(table.rows))} in {took}" if table.form != "ask" else f"Answered in {took}",
            "question": asked.title if asked else None,
            "parameters": dict(answered.meant or {}),
            "query": answered.query,
            "form": table.form,
            "milliseconds": round(answered.milliseconds, 1),
            "truncated": table.truncated or None,
            "limits": {"rows": answered.limits.rows, "seconds": answered.limits.seconds},
            "whole": self.whole(),
            "total": len(table.rows),
            "columns": [{"name": c.name, "words": c.words, "kind": c.kind} for c in self.columns],
            "rows": found["rows"],
            "elements": self._elements(rows),
            "elements_in": self._elements_in(rows),
            "notes": found["notes"],
            **(more if part else {}),
        }

    def whole(self) -> dict[str, Any]:
        """Is this all there is? In words, with the limits: what the query asks for itself, and what the page allows."""
        table, limits, own = self.table, self.answered.limits, self._own_limit
        noun, reached = "statements" if table.form == "graph" else "rows", bool(own) and len(table.rows) >= own
        if table.truncated:
            return {
                "complete": False,
                "words": f"Cut: {table.truncated}",
                "notes": ["Raise the limit, or ask for less"],
            }
        notes = [f"At most {limits.rows:,} {noun} on the page, not reached", f"{limits.seconds:,g} s, not reached"]
        if own:
            who = "question" if self.answered.question else "query"
            notes.insert(0, f"Limit of the {who}: {own:,} {noun}, {'reached' if reached else 'not reached'}")
        words = f"First {len(table.rows):,}; there may be more" if reached else "Complete"
        return {"complete": not reached, "words": words, "notes": notes}

    @property
    def _own_limit(self) -> int:
        """How many rows the query asks for itself, 0 for all."""
        last = _OWN_LIMIT.search(self.answered.query)
        return most_rows(self.answered.meant or {}) or (int(last[1]) if last else 0)

    def count(self, number: int) -> str:
        """So many rows, or statements, in words."""
        return plural(number, "statement" if self.table.form == "graph" else "row")

    def answer(self) -> Answer:
        """The rows as an answer, for the writers of all pages."""
        return self._answer(self.rows)

    def _answer(self, rows: tuple[Row, ...]) -> Answer:
        table = self.table
        return query.answer(Table(table.columns, rows, table.truncated, table.form))

    def _named(self, rows: Iterable[Row]) -> Iterator[int]:
        """The element that each row is about: that of the first cell, in a column of elements, that names one."""
        places = [at for at, column in enumerate(self.columns) if column.kind == "element"]
        for row in rows:
            element = next((e for at in places if (e := self.element_in(at, row[at])) is not None), None)
            if element is not None:
                yield element

    def _drawn(self, rows: Iterable[Row]) -> Iterator[int]:
        """Every element that a row names, in whichever column; those that several have the name of are left out."""
        return (e for row in rows for at, value in enumerate(row) if (e := self.element_in(at, value)) is not None)

    @property
    def _unclear(self) -> set[str]:
        """Names in columns of elements that several elements have, so that none is meant for certain."""
        places = [at for at, column in enumerate(self.columns) if column.kind == "element"]
        cells = ((at, row[at]) for row in self.rows for at in places)
        return {cell.text for at, cell in cells if cell and cell.text in self._shared and not self._told(at, cell)}

    def _told(self, at: int, value: Value) -> bool:
        return self.element_in(at, value) is not None

    def _elements(self, rows: Iterable[Row]) -> dict[str, dict[str, Any]]:
        """Text of a cell -> the element that it names."""
        found = dict[str, dict[str, Any]]()
        for row in rows:
            for value in row:
                if value is None or value.text in found or (element := self.element(value)) is None:
                    continue
                found[value.text] = self._card(element)
        return found

    def _elements_in(self, rows: Iterable[Row]) -> dict[str, dict[str, dict[str, Any]]]:
        """Column -> name that several elements have -> the one that is meant there."""
        found: dict[str, dict[str, dict[str, Any]]] = {}
        for row in rows if self._shared else ():
            for at, value in enumerate(row):
                if value and value.text in self._shared and (element := self.element_in(at, value)) is not None:
                    found.setdefault(self.table.columns[at], {})[value.text] = self._card(element)
        return found

    def _card(self, element: int) -> dict[str, Any]:
        p = self.atlas.projection
        return {
            "id": p.ids[element],
            "label": p.labels[element],
            "kind": self.atlas.kind(element),
            "look": slug(self.atlas.look[element]),
            "href": element_address(self.atlas, element),
        }


def number_of(value: Value) -> Decimal | None:
    """The number that a value is, None where it is none that can be drawn or compared."""
    try:
        found = Decimal(value.text.strip())
    except InvalidOperation:
        return None
    return found if isfinite(found) else None
