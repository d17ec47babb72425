"""What does an address of the map mean? A view, laid out; and the same as plain values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from app.atlas import Atlas, Picture, plural, said_strength, short
from app.missing import Missing
from app.view import Line, View, link
from graph.model import InputError

__all__ = ["Screen", "answer", "asked", "dependencies", "line_words", "screen"]


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """Everything that one address shows, before it becomes HTML."""

    view: View
    picture: Picture
    focus: int | None
    selected: int | None


def asked(atlas: Atlas, _rest: str, query: str) -> tuple[View, int | None, int | None]:
    """The view that an address means, its focus and selection. Raises Missing for elements that are not there."""
    view = View.parse(query)
    focus, selected = _element(atlas, view.focus), _element(atlas, view.selected)
    ids = atlas.projection.ids
    named = replace(view, focus="" if focus is None else ids[focus], selected="" if selected is None else ids[selected])
    return named, focus, selected


def screen(atlas: Atlas, query: str, *, narrow: bool = False) -> Screen:
    """What an address shows. Raises Missing when it names an element that the map does not have."""
    view, focus, selected = asked(atlas, "", query)
    return Screen(view, atlas.picture(view, narrow=narrow), focus, selected)


def _element(atlas: Atlas, name: str) -> int | None:
    if not name:
        return None
    try:
        return atlas.projection.find(name)
    except InputError as error:
        problem = error.problems[0]
        raise Missing(
            f"No element “{short(name, 60)}” in this map",
            problem.message,
            problem.remedy if problem.remedy.startswith(("did", "write")) else "search for it by a part of its name",
            {"/map": "Show the map"},
        ) from error


def answer(atlas: Atlas, _rest: str, query: str) -> dict[str, Any]:
    """The map of an address as plain values; positions are those of the picture."""
    now = screen(atlas, query)
    p, shown = atlas.projection, now.picture.shown
    places = now.picture.layout.positions
    return {
        "title": atlas.title,
        "revision": p.revision,
        "address": link(now.view),
        "focus": now.view.focus or None,
        "hops": shown.hops or "all",
        "direction": now.view.direction,
        "counts": {
            "elements": len(p),
            "shown": len(shown.elements),
            "dependencies": p.dependencies,
            "shown_dependencies": dependencies(now.picture),
            "outside_focus": shown.by_focus,
            "in_hidden_lanes": shown.by_lane,
        },
        "cut": shown.cut or (_wall_words(atlas) if shown.wall else None),
        "lanes": [
            {
                "key": row.key,
                "label": row.label,
                "elements": atlas.lane_sizes[row.key],
                "hidden": row.key in now.view.hidden,
            }
            for row in atlas.rows
        ],
        "elements": [
            {
                "id": card.id,
                "iri": p.iris[element],
                "label": p.labels[element],
                "kind": card.kind,
                "lane": card.lane,
                "defined": not card.stub,
                "x": places[card.id].centre[0],
                "y": places[card.id].centre[1],
                "width": card.width,
                "height": card.height,
            }
            for element, card in zip(shown.elements, now.picture.cards, strict=True)
        ],
        "dependencies": [
            {
                "dependent": p.ids[line.dependent],
                "provider": p.ids[line.provider],
                "kinds": sorted({p.kinds[int(p.edges.kind[e])].label for e in line.edges}),
                "strength": _strength(atlas, line),
                "through_hidden": line.through,
            }
            for line in shown.lines
        ],
    }


def _strength(atlas: Atlas, line: Line) -> str:
    return said_strength(max(int(atlas.projection.edges.strength[e]) for e in line.edges))


def dependencies(picture: Picture) -> int:
    """How many dependencies the picture shows; a line may stand for several."""
    return sum(len(line.edges) for line in picture.shown.lines if not line.through)


def _wall_words(atlas: Atlas) -> str:
    return f"{plural(len(atlas), 'element')} are too many to read at once: search, or start at one of these"


def line_words(atlas: Atlas, line: Line) -> str:
    """What is said about a line: its kinds, its strength, and what it hides."""
    p = atlas.projection
    kinds = sorted({p.kinds[int(p.edges.kind[e])].label.lower() for e in line.edges})
    group = f"{p.groups.k[line.group]} of {p.groups.size[line.group]} is enough" if line.group >= 0 else ""
    through = f"over {plural(line.through, 'hidden element')}" if line.through else ""
    count = plural(len(line.edges), "dependency", "dependencies") if len(line.edges) > 1 else ""
    return ", ".join(filter(None, [", ".join(kinds), _strength(atlas, line), group, through, count]))
