"""How does an answer look as a map? Its elements as cards in their lanes, and lines between those that it pairs."""

from __future__ import annotations

from app.atlas import Atlas
from app.elements import wire_id
from app.missing import Missing
from app.query.told import Told
from app.view import ALL, Line, Shown, lines_among
from app.words import plural
from graph.drawing import Drawing, Stroke
from graph.layout import Layout

__all__ = ["MOST_DRAWN", "picture"]

MOST_DRAWN = 150
"""An answer with more elements than this has no picture: nobody could read it."""
_NARROW = 500.0


def picture(told: Told, *, narrow: bool = False) -> tuple[Drawing, Layout]:
    """The picture of an answer: statements and rows with two elements are lines from the first to the second.

    Where no row has two, the lines are those of the map. Beside the titles of its lanes a ``narrow`` one is as wide as
    a phone. Raises Missing for no element, and for too many.
    """
    atlas, pairs, elements = told.atlas, _pairs(told), _elements(told)
    if not elements:
        raise Missing("Nothing to draw", "no element of the map is in this answer", "ask for elements: ?x a sm:Element")
    if len(elements) > MOST_DRAWN:
        detail = f"{len(elements):,} elements are in this answer, and {MOST_DRAWN} are drawn at most"
        raise Missing("Too many for a picture", detail, "filter the rows, or read the table instead")
    chosen = tuple(sorted(elements))
    lines = (
        tuple(Line(*pair, ()) for pair in sorted(pairs))
        if pairs
        else lines_among(atlas.projection, frozenset(chosen), frozenset(chosen), frozenset())
    )
    made = atlas.draw(Shown(chosen, lines, ALL, len(chosen)), spread=not narrow, width=_NARROW if narrow else 0.0)
    used = {card.lane for card in made.cards}
    drawing = Drawing(
        title=f"{plural(len(chosen), 'element')}, {plural(len(lines), 'line')}",
        cards=made.cards,
        strokes=tuple(_stroke(atlas, line, pairs.get((line.dependent, line.provider), "")) for line in lines),
        rows=tuple(row for row in atlas.rows if row.key in used),
        notes=_notes(told, elements, drawn_from_map=not pairs),
    )
    return drawing, made.layout


def _cells(told: Told) -> list[list[int | None]]:
    return [[told.element_in(at, value) for at, value in enumerate(row)] for row in told.rows]


def _elements(told: Told) -> set[int]:
    return {element for row in _cells(told) for element in row if element is not None}


def _pairs(told: Told) -> dict[tuple[int, int], str]:
    """Pairs of elements -> the word between them: the predicate of a statement, else nothing."""
    graph, found = told.table.form == "graph", dict[tuple[int, int], str]()
    for row, cells in zip(told.rows, _cells(told), strict=True):
        here = [cells[0], cells[2]] if graph else [cell for cell in cells if cell is not None][:2]
        if len(here) == 2 and here[0] is not None and here[1] is not None and here[0] != here[1]:
            said = row[1].text.rpartition("#")[2].rpartition("/")[2] if graph and row[1] is not None else ""
            found.setdefault((here[0], here[1]), said)
    return found


def _notes(told: Told, elements: set[int], *, drawn_from_map: bool) -> tuple[str, ...]:
    bare = sum(not any(cell is not None for cell in row) for row in _cells(told))
    notes = [f"{told.count(bare)} without an element not drawn"] if bare else []
    if drawn_from_map and len(elements) > 1:
        notes.append("lines are those of the map")
    return tuple(notes)


def _stroke(atlas: Atlas, line: Line, said: str) -> Stroke:
    p = atlas.projection
    kinds = dict.fromkeys(p.kinds[int(p.edges.kind[edge])].key for edge in line.edges)
    return Stroke(
        id=wire_id(p, line),
        dependent=p.ids[line.dependent],
        provider=p.ids[line.provider],
        said=said or ", ".join(kinds),
        style="relation" if line.edges and line.is_relation(p) else "solid",
    )
