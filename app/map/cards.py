"""What does the canvas draw of an overview? Cards, frames of open groups, bundles and their numbers. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final
from urllib.parse import quote

import numpy as np

from app.atlas import Atlas
from app.badges import WORDS, Kind
from app.elements import element_node
from app.look import badge
from app.map.meant import Meant, meant
from app.map.overview import HEAD, Bools, Bundle, Gathered, Node, Plane, name_width
from app.map.seats import Seats
from app.map.trunks import Run, runs
from app.view import View, link
from app.words import plural, short
from graph.layout import Point, Rect, Route
from graph.layout.segments import segments
from graph.layout.trunks import branches
from graph.layout.widths import text_width
from graph.look import FONT, LOOKS, SCHEMES, TOKENS, Scheme
from graph.reports._xml import attribute, shown

__all__ = [
    "MARGIN",
    "bundle_width",
    "canvas_elements",
    "canvas_id",
    "card_parts",
    "marks",
    "numbers",
    "placed",
    "size",
    "trunk_width",
]

MARGIN: Final = 8.0
_THIN, _THICK, _THICKEST, _CURVE, _FEW = 1.25, 7.0, 10.0, 0.62, 20
_SMALL, _HEAD = 40.0, 12.0


def size(plane: Plane) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is drawn.

    >>> from graph.layout import Layout
    >>> size(Plane((), (), Layout(), 0, 0, 0))
    (0.0, 0.0, 0.0, 0.0)
    """
    made = plane.layout
    xs = [x for r in made.positions.values() for x in (r.x, r.right)]
    xs += [x for route in made.routes.values() for x, _ in route.points]
    return (min(xs) - MARGIN, 0.0, max(xs) + MARGIN, made.height) if xs else (0.0, 0.0, 0.0, 0.0)


def bundle_width(count: int, most: int) -> float:
    """How thick a bundle is drawn, in pixels: the thickest 7, one dependency hardly more than a line, also among few.

    >>> bundle_width(9_412, 9_412), round(bundle_width(100, 9_412), 2), round(bundle_width(1, 1), 2)
    (7.0, 1.59, 2.15)
    """
    return _THIN + (_THICK - _THIN) * float((count / max(most, _FEW)) ** _CURVE)


def canvas_elements(atlas: Atlas, now: Gathered, view: View, lit: Bools | None = None) -> list[dict[str, Any]]:
    """Frames of open groups, cards, bundles and their numbers; ends exist before their lines.

    A card says how many of its elements are ``lit`` up, where some are.
    """
    most = max((bundle.count for plane in _planes(now.plane) for bundle in plane.bundles), default=1)
    nodes, edges = [], []
    for plane, x, y in placed(now.plane, 0.0, 0.0):
        for node in plane.nodes:
            at = plane.layout.positions[node.path]
            nodes += _node(atlas, view, node, Rect(at.x + x, at.y + y, at.width, at.height), lit)
        edges += _bundles(plane, x, y, most, meant(atlas, plane))
    return [*sorted(nodes, key=lambda one: "frame" not in one["classes"]), *edges]


def _planes(plane: Plane) -> Iterator[Plane]:
    yield plane
    for node in plane.nodes:
        if node.inner:
            yield from _planes(node.inner)


def placed(plane: Plane, x: float, y: float) -> Iterator[tuple[Plane, float, float]]:
    """All planes, each with the place of its top left corner; that of an open group stands below its head."""
    yield plane, x, y
    for node in plane.nodes:
        if node.inner:
            at = plane.layout.positions[node.path]
            left = x + at.x + (at.width - node.inner.layout.width) / 2
            yield from placed(node.inner, left, y + at.y + HEAD)


def _node(atlas: Atlas, view: View, node: Node, at: Rect, lit: Bools | None) -> list[dict[str, Any]]:
    if node.element >= 0:
        return [element_node(atlas.card(node.element, frozenset()), at, focus=False)]
    many, hung, fits = plural(len(node.members), "element"), marks(atlas, node), node.fits(lit)
    told = [
        f"{fits:,} of {many} lit up" if fits else many,
        *(f"{number:,} with: {WORDS[kind]}" for kind, number in hung),
        "open" if node.inner else "closed",
    ]
    x, y = at.centre
    data: dict[str, Any] = {
        "id": canvas_id(node.path),
        "label": short(node.label, 60),
        "second": "",
        "kind": f"group of {many}{f', {fits:,} of them lit up' if fits else ''}",
        "said": ", ".join(told),
        "look": "",
        "tx": 0,
        "ty": 0,
        "w": at.width,
        "h": at.height,
        "href": link(view.toggled_group(node.path)),
        **{s: _image(node, hung, at.width, HEAD if node.inner else at.height, s, fits) for s in SCHEMES},
    }
    others = " others" if node.path.rpartition("~")[2] == "+" else ""
    if node.inner is None:
        return [
            {"data": data, "position": {"x": x, "y": y}, "classes": f"element gathered{others}", "grabbable": False}
        ]
    frame = {key: value for key, value in data.items() if key not in ("href", "kind", "said")}
    close = data | {
        "id": f"close {canvas_id(node.path)}",
        "w": 28.0,
        "h": 28.0,
        "label": f"Close {short(node.label, 60)}",
    }
    close |= {scheme: _sign("-", scheme) for scheme in SCHEMES}
    return [
        {"data": frame, "position": {"x": x, "y": y}, "classes": "frame", "grabbable": False},
        {
            "data": close,
            "position": {"x": at.right - 24, "y": at.y + HEAD / 2},
            "classes": "element gathered handle",
            "grabbable": False,
        },
    ]


# Pictures of cards


def _image(node: Node, hung: Marks, width: float, height: float, scheme: Scheme, fits: int) -> str:
    return _svg(card_parts(node, hung, width, height, scheme, fits=fits), width, height)


def card_parts(
    node: Node, hung: Marks, width: float, height: float, scheme: Scheme, *, opens: bool = True, fits: int = 0
) -> str:
    """What stands on a card: name, how many elements, what hangs on them, a bar of what they are.

    With ``opens`` a sign that it opens; of so many elements that fit what is asked for, that number before all.
    """
    side = SCHEMES.index(scheme)
    ink = {name: pair[side] for name, pair in TOKENS.items()}
    name = _fitting(node.label, width - (60 if node.inner else 56))
    many = f"{len(node.members):,}"
    noun = " element" if len(node.members) == 1 else " elements"
    if fits:
        long = text_width(f"{fits:,}", size=12, bold=True) + text_width(f" of {many}{noun}", size=12) > width - 24
        many, noun = f"{fits:,}", f" of {many}{'' if long else noun}"
    tall = height > 70 and node.inner is None
    first, second = (24, 43) if tall else (17, 34) if node.inner else (20, 37)
    inside = [
        _text(12, first, name, ink["text-1"], 13, bold=True),
        f'<text x="12" y="{second}" font-size="12"><tspan font-weight="600" fill="{ink["text-1"]}">{many}</tspan>'
        f'<tspan fill="{ink["text-2"]}">{noun}</tspan></text>',
        *_hung(hung, 12 + text_width(many, size=12, bold=True) + text_width(noun, size=12), second, width, scheme),
    ]
    if node.inner is None:
        sign = f'<g transform="translate({width - 34} {5 if tall else 6})">{_sign_parts("+", ink)}</g>'
        inside += [sign] if opens else []
        inside.append(_bar(node, 12, height - (22 if tall else 17), width - 24, side))
    return "".join(inside)


Marks = Sequence[tuple[Kind, int]]
"""Which badges hang on elements of a group, the gravest first, and on how many."""


def marks(atlas: Atlas, node: Node) -> Marks:
    """What hangs on the elements of a group."""
    held = {kind: atlas.hung(kind) for kind in WORDS}
    return [(kind, many) for kind, hangs in held.items() if (many := int(np.count_nonzero(hangs[node.members])))]


def _hung(hung: Marks, x: float, y: float, width: float, scheme: Scheme) -> Iterator[str]:
    """Each badge with its number, as far as there is room."""
    ink = TOKENS["text-2"][SCHEMES.index(scheme)]
    for kind, many in hung:
        words, x = f"{many:,}", x + 9
        long = 15 + text_width(words, size=11)
        if x + long > width - 12:
            return
        yield f'<image href="{badge(kind, scheme)}" x="{x:g}" y="{y - 11:g}" width="13" height="13"/>'
        yield _text(x + 15, y, words, ink, 11)
        x += long


@cache
def _sign(sign: str, scheme: Scheme) -> str:
    side = SCHEMES.index(scheme)
    ink = {name: pair[side] for name, pair in TOKENS.items()}
    return _svg(f'<g transform="translate(1 1)">{_sign_parts(sign, ink)}</g>', 28, 28)


def _sign_parts(sign: str, ink: Mapping[str, str]) -> str:
    """A button of 26 pixels with a plus or a minus."""
    strokes = "M8 13h10" if sign == "-" else "M8 13h10M13 8v10"
    return (
        f'<rect x=".5" y=".5" width="25" height="25" rx="6" fill="{ink["subtle"]}" stroke="{ink["border"]}"/>'
        f'<path d="{strokes}" stroke="{ink["text-2"]}" stroke-width="1.5" stroke-linecap="round"/>'
    )


def _bar(node: Node, x: float, y: float, width: float, side: int) -> str:
    """The looks of the elements as a bar, in the order of the looks; what is there is seen, however little."""
    shown_ = [(look, count) for look in LOOKS for part, count in node.parts if part == look]
    gaps = 2.0 * max(0, len(shown_) - 1)
    total = sum(count for _, count in shown_)
    least = 2.0
    free = width - gaps - least * len(shown_)
    out = []
    for look, count in shown_:
        wide = least + free * count / max(total, 1)
        out.append(
            f'<rect x="{x:.1f}" y="{y:g}" width="{wide:.1f}" height="6" rx="1.5" fill="{LOOKS[look].ink[side]}"/>'
        )
        x += wide + 2.0
    return "".join(out)


def _fitting(label: str, width: float) -> str:
    """A name that fits; the middle of one that is too long goes, the whole stands in the table and the tooltip."""
    whole = " ".join(label.split())
    found, most = whole, len(whole)
    while name_width(found) > width and most > 8:
        most -= 1
        found = short(whole, most)
    return found


def _text(x: float, y: float, words: str, ink: str, points: int, *, bold: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{points}"{weight} fill="{ink}">{shown(words)}</text>'


def _svg(inside: str, width: float, height: float) -> str:
    """An image for the canvas, twice as large as it is shown, so that it is sharp."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{2 * width:g}" height="{2 * height:g}" '
    head += f'viewBox="0 0 {width:g} {height:g}" font-family={attribute(FONT)}>'
    return "data:image/svg+xml," + quote(f"{head}{inside}</svg>", safe="/:=;,.-_")


# Bundles


def _moved(plane: Plane, x: float, y: float) -> tuple[dict[str, Route], dict[str, Rect], dict[str, Route]]:
    """Routes and boxes of a plane where it stands, and the part of each route that is its own."""
    routes = {
        key: Route(tuple((px + x, py + y) for px, py in route.points)) for key, route in plane.layout.routes.items()
    }
    boxes = {key: Rect(r.x + x, r.y + y, r.width, r.height) for key, r in plane.layout.positions.items()}
    return routes, boxes, branches([(bundle.id, bundle.provider) for bundle in plane.bundles], routes)


def numbers(plane: Plane, x: float, y: float) -> list[dict[str, Any]]:
    """The numbers of a plane that stands there."""
    routes, boxes, own = _moved(plane, x, y)
    return _numbers(plane.bundles, routes, own, boxes, _names(plane))


def _names(plane: Plane) -> dict[str, str]:
    return {node.path: node.path if node.element >= 0 else canvas_id(node.path) for node in plane.nodes}


def _bundles(plane: Plane, x: float, y: float, most: int, inside: Mapping[str, Meant]) -> list[dict[str, Any]]:
    (routes, boxes, own), names = _moved(plane, x, y), _names(plane)
    thickest = {each.provider: each.id for each in sorted(plane.bundles, key=lambda one: (one.count, one.id))}
    cut = {key: route for key, route in own.items() if key not in thickest.values()}  # a trunk is as thick as any
    edges = [_edge(bundle, routes, cut, boxes, most, names) for bundle in plane.bundles if bundle.id in routes]
    told = {f"{names[each.dependent]} > {names[each.provider]}": inside.get(each.id) for each in plane.bundles}
    for edge in edges:
        if (each := told[edge["data"]["id"]]) is not None:
            edge["data"]["said"] += f"; {each.words}"
            edge["data"]["means"] = [c.path if c.element >= 0 else canvas_id(c.path) for c in each.cards]
    trunks = [_trunk(number, run, boxes, most, names) for number, run in enumerate(runs(plane.bundles, routes))]
    return [*trunks, *edges, *_numbers(plane.bundles, routes, own, boxes, names)]


def _trunk(number: int, run: Run, boxes: Mapping[str, Rect], most: int, names: Mapping[str, str]) -> dict[str, Any]:
    """The piece of a trunk under its lines, as thick as all of them together."""
    found = segments(Route(run.points), source=boxes[run.bundle.dependent], target=boxes[run.bundle.provider])
    data: dict[str, Any] = {
        "id": f"trunk {number} {names[run.bundle.provider]}",
        "source": names[run.bundle.dependent],
        "target": names[run.bundle.provider],
        "width": round(trunk_width(run.count, most), 2),
        "from": found.source_endpoint,
        "to": found.target_endpoint,
    }
    data |= {"weights": found.weights, "distances": found.distances} if found.weights else {}
    classes = ["bundle trunk", "routed" if found.weights else "straight", *([] if run.ends else ["shaft"])]
    return {"data": data, "classes": " ".join(classes)}


def trunk_width(count: int, most: int) -> float:
    """How thick the part of a trunk is in which so many dependencies run.

    >>> trunk_width(10_000, 9_412) > bundle_width(9_412, 9_412), trunk_width(10**9, 1)
    (True, 10.0)
    """
    return min(bundle_width(count, most), _THICKEST)


def canvas_id(path: str) -> str:
    """What the canvas calls a group: an element may have the key of the group that it is in.

    >>> canvas_id("shop/web-team")
    'group shop/web-team'
    """
    return f"group {path}"


def _edge(
    bundle: Bundle,
    routes: Mapping[str, Route],
    own: Mapping[str, Route],
    boxes: Mapping[str, Rect],
    most: int,
    names: Mapping[str, str],
) -> dict[str, Any]:
    ends = {"source": boxes[bundle.dependent], "target": boxes[bundle.provider]}
    found = segments(routes[bundle.id], **ends)
    data: dict[str, Any] = {
        "id": f"{names[bundle.dependent]} > {names[bundle.provider]}",
        "source": names[bundle.dependent],
        "target": names[bundle.provider],
        "said": bundle.words,
        "width": round(bundle_width(bundle.count, most), 2),
        "from": found.source_endpoint,
        "to": found.target_endpoint,
    }
    data |= {"weights": found.weights, "distances": found.distances} if found.weights else {}
    classes = ["bundle", "routed" if found.weights else "straight"]
    classes += ["through"] if bundle.through == bundle.count else []
    if bundle.id in own:
        part = segments(own[bundle.id], **ends)
        data["branchTo"] = part.target_endpoint
        data |= {"branchWeights": part.weights, "branchDistances": part.distances} if part.weights else {}
        classes.append("branch bent" if part.weights else "branch")
    return {"data": data, "classes": " ".join(classes)}


def _head(points: Sequence[Point]) -> Rect:
    """Where the head of an arrow is: the end of its line, a few pixels to each side."""
    (ax, ay), (bx, by) = points[-2:]
    back = min(_HEAD, abs(bx - ax) + abs(by - ay))
    if ax == bx:
        return Rect(bx - _HEAD / 2, by - back if ay < by else by, _HEAD, back)
    return Rect(bx - back if ax < bx else bx, by - _HEAD / 2, back, _HEAD)


def _numbers(
    bundles: Sequence[Bundle],
    routes: Mapping[str, Route],
    own: Mapping[str, Route],
    boxes: Mapping[str, Rect],
    names: Mapping[str, str],
) -> list[dict[str, Any]]:
    """The number of each bundle on the part of its line that is its own, or beside it, where nothing else is."""
    found = []
    heads = [_head(route.points) for route in routes.values() if len(route.points) > 1]
    seats = Seats([*boxes.values(), *heads], {key: (own.get(key) or route).points for key, route in routes.items()})
    for bundle in sorted(bundles, key=lambda one: (-one.count, one.id)):
        if bundle.id not in seats.lines or (bundle.count == 1 and not boxes[bundle.provider].height > _SMALL):
            continue
        words = f"{bundle.count:,}"
        width = text_width(words, size=11) + 8
        place = seats.take(bundle.id, width) or seats.beside(bundle.id, width)
        if place is None:
            continue
        cx, cy = place.centre
        found.append(
            {
                "data": {
                    "id": f"number {names[bundle.dependent]} > {names[bundle.provider]}",
                    "label": words,
                    "w": width,
                },
                "position": {"x": cx, "y": cy},
                "classes": "number",
                "grabbable": False,
            }
        )
    return found
