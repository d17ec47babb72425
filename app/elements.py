"""What does Cytoscape draw? A view and its layout, turned into nodes and edges with positions and routes. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from app.view import Line
from graph.drawing import Card
from graph.layout.model import Box, Layout, Rect, Route
from graph.layout.model import Line as Wire
from graph.layout.segments import segments
from graph.layout.trunks import branches
from graph.look import LOOKS, slug
from graph.projection import Projection

__all__ = ["MOST_LINES", "Card", "bounds", "boxes", "cytoscape_elements", "element_node", "wire_id", "wires"]

MOST_LINES = 450
"""With more lines than this, lines show only where somebody points or picks."""
_CUT = 10
"""Pixels that the point of a process and the fold of a vendor's corner take."""


def boxes(cards: Iterable[Card]) -> list[Box]:
    """What the layout needs to know about the elements."""
    return [Box(id=card.id, lane=card.lane, width=card.width, height=card.height) for card in cards]


def wires(projection: Projection, lines: Iterable[Line]) -> list[Wire]:
    """What the layout needs to know about the lines."""
    lines = list(lines)
    name = {end: projection.ids[end] for line in lines for end in (line.dependent, line.provider)}
    return [
        Wire(
            source=name[line.dependent],
            target=name[line.provider],
            id=f"{name[line.dependent]} > {name[line.provider]}",
            group=projection.groups.iris[line.group] if line.group >= 0 else "",
        )
        for line in lines
    ]


def wire_id(projection: Projection, line: Line) -> str:
    """The id of a line: both ends, which no other line has."""
    return f"{projection.ids[line.dependent]} > {projection.ids[line.provider]}"


def bounds(layout: Layout) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn; bands run from edge to edge of the screen and do not count.

    >>> bounds(Layout(positions={"a": Rect(200, 10, 100, 34)}, height=54))
    (200, 0.0, 300, 54)
    """
    xs = [x for r in layout.positions.values() for x in (r.x, r.right)]
    xs += [x for route in layout.routes.values() for x, _ in route.points]
    return (min(xs), 0.0, max(xs), layout.height) if xs else (0.0, 0.0, 0.0, 0.0)


def cytoscape_elements(
    projection: Projection,
    cards: Sequence[Card],
    lines: Sequence[Line],
    layout: Layout,
    *,
    said: Mapping[str, str],
    focus: str = "",
    badges: Mapping[str, Sequence[tuple[str, str]]] | None = None,
    states: Mapping[str, tuple[str, str]] | None = None,
    changed: Iterable[str] = (),
) -> list[dict[str, Any]]:
    """Nodes, group marks, dots and edges; in this order, so that ends exist before their lines.

    Args:
        projection: the map.
        cards: the elements shown.
        lines: the lines shown.
        layout: where they are.
        said: what is said about each line, by its id ("required, runs on").
        focus: id of the element in focus.
        badges: by id of an element what hangs on its corner: a kind, and what is said about it.
        states: by id of an element how it fares under a change: the name of its sign, and its words.
        changed: ids of what is changed.
    """
    places = layout.positions
    nodes = [element_node(card, places[card.id], focus=card.id == focus) for card in cards]
    fares, hung = states or {}, {**(badges or {})}
    for card in cards:
        if (state := fares.get(card.id)) is not None:
            hung[card.id] = ((state[0], f"{state[1][:1].upper()}{state[1][1:]}"), *hung.get(card.id, ()))
    for node in nodes:
        _fare(node, fares.get(node["data"]["id"]), changed=node["data"]["id"] in frozenset(changed))
    for node in nodes:
        if told := hung.get(node["data"]["id"]):
            node["data"]["told"] = [words for _, words in told]
    corners = [badge for card in cards if card.id in hung for badge in _badges(card.id, hung[card.id], places[card.id])]
    marks = _marks(projection, lines, layout)
    dots = [
        {"data": {"id": f"dot {number}"}, "position": {"x": x, "y": y}, "classes": "dot", "grabbable": False}
        for number, (x, y) in enumerate(layout.dots)
    ]
    name = {end: projection.ids[end] for line in lines for end in (line.dependent, line.provider)}
    ends = [(name[line.dependent], name[line.provider]) for line in lines]
    short = branches([(f"{source} > {target}", target) for source, target in ends], layout.routes)
    edges = [
        _edge(*pair, _line_class(projection, line), layout, said, short) for pair, line in zip(ends, lines, strict=True)
    ]
    if len(lines) > MOST_LINES:  # seen when something is picked; the dots never
        dots = []
        for each in edges:
            each["classes"] = f"{each['classes']} rest".strip()
    return [*nodes, *marks, *corners, *dots, *edges]


def element_node(card: Card, place: Rect, *, focus: bool) -> dict[str, Any]:
    """One element, as the canvas draws it."""
    x, y = place.centre
    data: dict[str, Any] = {
        "id": card.id,
        "label": card.label,
        "second": card.second,
        "kind": card.kind,
        "look": slug(card.look),
        "w": place.width,
        "h": place.height,
        "tx": 38 - place.width,
        "ty": -6.5 if card.second else 0,
    }
    if card.full:
        data["full"] = card.full
    if card.beside:
        data["beside"] = list(card.beside)
    if points := _points(LOOKS[card.look].outline, place):
        data["points"] = points
    names = ["element", f"look-{slug(card.look)}", "stub" if card.stub else "", "focus" if focus else ""]
    return {"data": data, "position": {"x": x, "y": y}, "classes": " ".join(filter(None, names)), "grabbable": False}


def _fare(node: dict[str, Any], state: tuple[str, str] | None, *, changed: bool) -> None:
    """How an element fares stands in its second line, its colours, and its class."""
    if state is not None:
        node["data"]["state"], node["data"]["second"] = state[0], state[1] if node["data"]["second"] else ""
        node["classes"] += f" st-{state[0]}"
    if changed:
        node["classes"] += " changed"


_MOST_BADGES = 2


def _badges(identifier: str, told: Sequence[tuple[str, str]], place: Rect) -> list[dict[str, Any]]:
    """The badges on the top right corner, at most two: one of each kind."""
    kinds = list(dict.fromkeys(kind for kind, _ in told))[:_MOST_BADGES]
    return [
        {
            "data": {"id": f"badge {kind} {identifier}", "of": identifier},
            "position": {"x": place.right - 3 - 15 * number, "y": place.y},
            "classes": f"badge badge-{kind}",
            "grabbable": False,
        }
        for number, kind in enumerate(kinds)
    ]


def _points(outline: str, place: Rect) -> str:
    """Corners from -1 to 1, as Cytoscape wants them; "" for outlines that need none.

    >>> _points("pentagon", Rect(0, 0, 100, 34))
    '-1 -1 0.8 -1 1 0 0.8 1 -1 1'
    """
    right, low = 1 - 2 * _CUT / place.width, -1 + 2 * _CUT / place.height
    match outline:
        case "pentagon":
            return f"-1 -1 {right:g} -1 1 0 {right:g} 1 -1 1"
        case "folded":
            return f"-1 -1 {right:.5g} -1 1 {low:.5g} 1 1 -1 1"
        case _:
            return ""


def _marks(projection: Projection, lines: Iterable[Line], layout: Layout) -> list[dict[str, Any]]:
    """The marks of groups of alternatives ("1 of 2"), below their element where the lines leave."""
    words = {
        projection.groups.iris[line.group]: f"{projection.groups.k[line.group]} of {projection.groups.size[line.group]}"
        for line in lines
        if line.group >= 0
    }
    return [
        {
            "data": {
                "id": f"mark {mark.group}",
                "label": words[mark.group],
                "w": 12 + 6 * len(words[mark.group]),
                "of": mark.box,
            },
            "position": {"x": mark.x, "y": mark.y + 5},
            "classes": "mark",
            "grabbable": False,
        }
        for mark in layout.marks
        if mark.group in words
    ]


def _line_class(projection: Projection, line: Line) -> list[str]:
    return ["through"] if line.through else ["relation"] if line.is_relation(projection) else []


def _edge(
    source: str, target: str, names: list[str], layout: Layout, said: Mapping[str, str], branches: Mapping[str, Route]
) -> dict[str, Any]:
    identifier = f"{source} > {target}"
    data: dict[str, Any] = {"id": identifier, "source": source, "target": target, "said": said.get(identifier, "")}
    route = layout.routes.get(identifier)
    if source == target:
        names.append("loop")
    elif route is not None:
        ends = {"source": layout.positions[source], "target": layout.positions[target]}
        found = segments(route, **ends)
        data["from"], data["to"] = found.source_endpoint, found.target_endpoint
        if found.weights:
            data["weights"], data["distances"] = found.weights, found.distances
        names.append("routed" if found.weights else "straight")
        if (own := branches.get(identifier)) is not None:
            short = segments(own, **ends)
            data["branchTo"] = short.target_endpoint
            if short.weights:
                data["branchWeights"], data["branchDistances"] = short.weights, short.distances
            names.append("branch bent" if short.weights else "branch")
    return {"data": data, "classes": " ".join(names)}
