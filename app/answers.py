"""How does an answer, or a part of a report, look on a page? As a table whose names lead on, with its notes beneath."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.parts import attrs, dotted, element_address, entity, in_words, section, sentence, spare, way_to, zone_of
from app.words import short
from graph.answer import MARKS, Answer, Cell, Section, words_of_cell

__all__ = ["entry_words", "part_of", "table_of", "with_unit"]

_ROWS, _FIRST, _WIDE = 200, 12, 5
_NAMES = {"name", "who"}
_BY_ID = re.compile(r"(?P<id>[^\s()]+)(?: \((?P<of>.*)\))?")
_AGREEMENTS = {"agreement", "renegotiate"}
_MINUTES = {"allowed", "expected", "guaranteed", "slack"}


def part_of(atlas: Atlas, part: Section, *, fold: bool = False) -> Component:
    """A part of a report, under its heading; with ``fold`` the notes unfold, but for the gaps."""
    answer = part.answer
    inside: list[Component] = [html.P(sentence(answer.title), className="words")] if answer.title else []
    if answer.rows:
        inside.append(table_of(atlas, answer))
    folded = [note for note in answer.notes if fold and not note.startswith("gap:")]
    inside += _notes(atlas, [note for note in answer.notes if note not in folded])
    if folded:
        words = "How this was worked out" if len(folded) > 1 else "Note"
        inside.append(html.Details([html.Summary(words), *_notes(atlas, folded)], className="fold"))
    return section(part.heading, inside)


def _notes(atlas: Atlas, notes: Sequence[str]) -> list[Component]:
    told = [short(sentence(_by_name(atlas, note)), 400) for note in notes[:_ROWS]]
    return [html.Ul([html.Li(words) for words in told], className="notes")] if told else []


def _by_name(atlas: Atlas, note: str) -> str:
    """A note that tells a file of the map by its name alone, as all of the page does."""
    if "/" in note:
        for path in _paths(atlas):
            note = note.replace(f"{path}:", f"{PurePath(path).name}:")
    return note


def _paths(atlas: Atlas) -> frozenset[str]:
    return atlas.kept("paths", lambda: frozenset(source.path for source in atlas.sources))


_LONG = 45
"""Letters of a cell that has a line of its own where rows are lists."""
_TOLD = frozenset({"why", "because", "way out"})
"""Columns of sentences: they have it however short they are."""


def table_of(
    atlas: Atlas, answer: Answer, *, stacks: bool = True, named: bool = False, held: Collection[int] = ()
) -> Component:
    """The rows of a part; where it has ids, the name is a link and the id has no column of its own.

    The first rows are there, the others unfold. With ``stacks`` each row becomes a list where the page is too narrow
    for its columns, so that nothing is to be moved sideways. With ``named`` columns have names, which stay as they are,
    and all rows are there; those ``held`` back stand in grey.
    """
    link_to = answer.columns.index("id") if "id" in answer.columns and _NAMES & set(answer.columns) else -1
    kept = [number for number in range(len(answer.columns)) if number != link_to]
    numeric = {n for n in kept if all(isinstance(row[n], int | float) for row in answer.rows if row[n] is not None)}
    zones = [zone_of(str(row[n]) for row in answer.rows if row[n]) for n in range(len(answer.columns))]
    heads = [
        " ".join(filter(None, [name if named else _head(name), zone and f"({zone})"]))
        for name, zone in zip(answer.columns, zones, strict=True)
    ]
    head = [
        html.Th(
            heads[n],
            scope="col",
            className="number" if n in numeric else "",
        )
        for n in kept
    ]
    body = [
        html.Tr(
            [_cell(atlas, answer.columns[n], row, n, link_to, number=n in numeric, zone=zones[n]) for n in kept],
            className="held" if number in held else None,
        )
        for number, row in enumerate(answer.rows[:_ROWS])
    ]
    first, rest = (body, []) if named or len(body) <= _FIRST + 2 else (body[:_FIRST], body[_FIRST:])
    groups = [html.Thead(html.Tr(head)), html.Tbody(first), *([html.Tbody(rest, className="rest")] if rest else [])]
    parts: list[Component] = [html.Table(groups, className="list")]
    if rest:
        parts.append(
            html.Button(f"{len(rest):,} more", type="button", className="unfold", **attrs({"data-act": "unfold"}))
        )
    if len(answer.rows) > _ROWS:
        parts.append(html.P(f"The first {_ROWS} of {len(answer.rows):,}; all are in the report.", className="words"))
    return html.Div(
        parts,
        className=" ".join(["table-box", *(["stacks"] if stacks else []), *(["wide"] if len(kept) > _WIDE else [])]),
        tabIndex=0,
        role="region",
        **attrs({"aria-label": answer.of or "Rows"}),
    )


def _head(column: str) -> str:
    """A column in words; programs keep its name.

    >>> _head("allowed min"), _head("used before")
    ('Minutes allowed', 'Used before')
    """
    return sentence(_HEADS.get(column, column))


_WAYS = ("phone", "e-mail", "call")
_HEADS = {"allowed min": "minutes allowed"}


def _cell(
    atlas: Atlas, column: str, row: tuple[Cell, ...], place: int, link_to: int, *, number: bool, zone: str
) -> Component:
    words, head = with_unit(column, row[place]), f"{_head(column)} ({zone})" if zone else _head(column)
    said = attrs({"data-label": head})
    if column in _NAMES and link_to >= 0 and (element := _number(atlas, str(row[link_to]))) is not None:
        return html.Td(entity(atlas, element, element_address(atlas, element)), **said)
    if words in MARKS:
        name = MARKS[words]
        return html.Td(html.Span([html.Span(className=f"badge {name}"), words], className=f"state-word {name}"), **said)
    if column in _AGREEMENTS and (named := _agreement(atlas, words)) is not None:
        return html.Td(named, **said)
    if words and column in _WAYS:
        ways = [way_to(each) for each in re.split(r"[;,] ", words)]
        return html.Td([part for way in ways for part in (", ", way)][1:], className="way", **said)
    if where := _place(atlas, words):
        return html.Td(html.Code(where, title=words), **said)
    told = short(in_words(words).removesuffix(f" {zone}"), 400)
    text = [html.Span(told if number else dotted(told))] if words else []
    long = len(words) > _LONG or (words and column in _TOLD)
    return html.Td(
        text,
        className="number" if number else "long" if long else "",
        **said,
    )


_HEAD = ("name", "element", "contact", "urgency", "tool", "message", "what")
_PLAIN = frozenset(
    (
        "role",
        "e-mail",
        "phone",
        "kind",
        "method",
        "hours",
        "frequency",
        "call",
        "what to do",
        "text",
        "told",
        "why",
        "gap",
    )
)
"""Of an entry of a plan: what it is about, and what speaks for itself, so that it needs no name."""


def entry_words(entry: Mapping[str, str]) -> str:
    """An entry of a plan as people write it: whom or what it is about, then the rest.

    >>> entry_words({"role": "responsible, owner", "name": "Payments", "e-mail": "pay@shop.example"})
    'Payments: responsible, owner; pay@shop.example'
    >>> (
    ...     entry_words({"element": "Rack", "kind": "rack", "tenant": "shop"}),
    ...     entry_words({"gap": "no messages are prepared"}),
    ... )
    ('Rack: rack; tenant shop', 'no messages are prepared')
    >>> entry_words({"order": "1", "message": "We look", "text": "It fails."})
    '1. We look: It fails.'
    """
    head = next((key for key in _HEAD if key in entry), "")
    rest = [_told(key, words) for key, words in entry.items() if key not in (head, "order")]
    said = ": ".join(filter(None, (entry.get(head, ""), "; ".join(rest))))
    return f"{entry['order']}. {said}" if "order" in entry else said


def _told(key: str, words: str) -> str:
    if key == "side":
        return f"of the {words}"
    return words if key in _PLAIN or (key == "for" and " " in words) else f"{key} {words}"


def with_unit(column: str, cell: Cell) -> str:
    """A cell in words; minutes say that they are minutes, and whether what is left of them is enough.

    >>> with_unit("allowed", 43.2), with_unit("slack", 3.0), with_unit("used", 7)
    ('43.2 min', '3.0 min to spare', '7')
    """
    if isinstance(cell, Mapping):
        return entry_words(cell)
    if column not in _MINUTES or not isinstance(cell, int | float):
        return words_of_cell(cell)
    return spare(cell) if column == "slack" else f"{words_of_cell(cell)} min"


def _agreement(atlas: Atlas, words: str) -> list[Component] | None:
    """An agreement by its name, which leads to it; None where it is none of this map."""
    found = _BY_ID.fullmatch(words)
    element = _number(atlas, found["id"]) if found else None
    if found is None or element is None:
        return None
    named = entity(atlas, element, element_address(atlas, element))
    return [named, html.Div(f"for {found['of']}", className="muted")] if found["of"] else [named]


def _place(atlas: Atlas, words: str) -> str:
    """A file of the map and a line in it, by the name of the file; "" for anything else."""
    path, _, line = words.rpartition(":")
    return f"{PurePath(path).name}:{line}" if line.isdecimal() and path in _paths(atlas) else ""


def _number(atlas: Atlas, name: str) -> int | None:
    found = atlas.projection.meant(name)
    return found[0] if len(found) == 1 else None
