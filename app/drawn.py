"""How does a part of a map become a picture outside of a page? The same cards, lanes and layout as on the map page."""

from __future__ import annotations

from app.atlas import Atlas
from app.elements import wire_id
from app.view import ALL, Line, Shown, lines_among
from app.words import plural
from graph.drawing import Drawing, Stroke
from graph.excerpt import Excerpt
from graph.layout import Layout

__all__ = ["drawn", "stroke"]


def drawn(atlas: Atlas, part: Excerpt) -> tuple[Drawing, Layout]:
    """The picture of a part of a map. A whole map is drawn as the page draws it: what it leaves out is noted.

    Time grows a little faster than the lines; a few hundred elements take about a second.
    """
    p, notes = atlas.projection, list(part.notes)
    aside = atlas.aside if part.whole else frozenset[int]()
    silent = atlas.quiet if part.whole else frozenset[int]()
    elements = tuple(element for element in part.elements if element not in aside)
    inside = frozenset(elements)
    if aside:
        notes.append(f"{plural(len(aside), 'element')} without lines left out: people, papers and records")
    lines = lines_among(p, inside, inside, silent)
    if silent and (kept_out := len(lines_among(p, inside, inside, frozenset())) - len(lines)):
        notes.append(f"{plural(kept_out, 'line')} to people and suppliers left out")
    picture = atlas.draw(Shown(elements, lines, ALL, len(elements)), spread=part.whole)
    used = {card.lane for card in picture.cards}
    shown_marks = {mark.group for mark in picture.layout.marks}
    if inner := sum(group.iri not in shown_marks for group in part.groups):
        notes.append(f"{plural(inner, 'group')} inside another drawn as part of it")
    drawing = Drawing(
        title=part.about or part.title,
        cards=picture.cards,
        strokes=tuple(stroke(atlas, line) for line in lines),
        rows=tuple(row for row in atlas.rows if row.key in used),
        marks={group.iri: group.words for group in part.groups},
        notes=tuple(notes),
        states={p.ids[element]: state for element, state in part.states.items()},
        focus=p.ids[part.focus] if part.focus >= 0 else "",
    )
    return drawing, picture.layout


def stroke(atlas: Atlas, line: Line) -> Stroke:
    """A line of the map, as a picture draws it."""
    p = atlas.projection
    kinds = dict.fromkeys(p.kinds[int(p.edges.kind[edge])].key for edge in line.edges)
    return Stroke(
        id=wire_id(p, line),
        dependent=p.ids[line.dependent],
        provider=p.ids[line.provider],
        said=", ".join(kinds),
        style="through" if line.through else "relation" if line.is_relation(p) else "solid",
    )
