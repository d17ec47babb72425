"""How is a map of groups drawn as a file? Cards, frames and bundles as on the page, in the colours of one scheme."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.atlas import Atlas
from app.map.cards import bundle_width, canvas_id, card_parts, marks, numbers, placed, size, trunk_width
from app.map.overview import HEAD, Gathered, Node, title
from app.map.trunks import runs
from app.words import short
from graph.layout import Point, Rect, Route
from graph.look import FONT, SCHEMES, TOKENS, Scheme
from graph.reports._xml import attribute, shown

__all__ = ["plotted"]

_MARGIN, _HEAD, _ARROW = 14.0, 44.0, 8.0


def plotted(atlas: Atlas, now: Gathered, *, scheme: Scheme) -> tuple[str, float, float]:
    """The picture as SVG, with its width and height in pixels; open groups are open in it."""
    ink = {key: pair[SCHEMES.index(scheme)] for key, pair in TOKENS.items()}
    left, _, right, bottom = size(now.plane)
    width, height = right - left + 2 * _MARGIN, bottom + _HEAD + _MARGIN
    said = f"{atlas.title}: {now.elements:,} elements by {title(now.by)}"
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:g}" height="{height:g}" '
        f'viewBox="0 0 {width:g} {height:g}" role="img" font-family={attribute(FONT)}>',
        f"<title>{shown(said)}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="{ink["canvas"]}"/>',
        f'<text x="{_MARGIN:g}" y="27" font-size="15" font-weight="600" fill="{ink["text-1"]}">{shown(said)}</text>',
        f'<g transform="translate({_MARGIN - left:g} {_HEAD:g})">',
        *_parts(atlas, now, ink, scheme),
        "</g></svg>",
    ]
    return "\n".join(lines) + "\n", width, height


def _parts(atlas: Atlas, now: Gathered, ink: dict[str, str], scheme: Scheme) -> Iterator[str]:
    most = max((bundle.count for plane, *_ in placed(now.plane, 0, 0) for bundle in plane.bundles), default=1)
    for plane, x, y in placed(now.plane, 0.0, 0.0):
        for node in plane.nodes:
            at = plane.layout.positions[node.path]
            yield from _node(atlas, node, Rect(at.x + x, at.y + y, at.width, at.height), ink, scheme)
        routes = {
            key: Route(tuple((px + x, py + y) for px, py in route.points)) for key, route in plane.layout.routes.items()
        }
        for bundle in plane.bundles:
            if bundle.id in routes:
                yield from _bundle(routes[bundle.id].points, bundle_width(bundle.count, most), ink, ends=True)
        for run in runs(plane.bundles, routes):
            yield from _bundle(run.points, trunk_width(run.count, most), ink, ends=run.ends)
        for each in numbers(plane, x, y):
            yield from _plate(each["data"]["label"], each["data"]["w"], each["position"], ink)


def _node(atlas: Atlas, node: Node, at: Rect, ink: dict[str, str], scheme: Scheme) -> Iterator[str]:
    fill, border = ("band", "accent") if node.inner else ("element", "element-border")
    box = f'width="{at.width:g}" height="{at.height:g}" rx="{10 if node.element < 0 else 6}"'
    inside = (
        card_parts(node, marks(atlas, node), at.width, HEAD if node.inner else at.height, scheme, opens=False)
        if node.element < 0
        else f'<text x="10" y="{at.height / 2 + 4:g}" font-size="12" font-weight="600" fill="{ink["text-1"]}">'
        f"{shown(short(node.label, 40))}</text>"
    )
    yield f'<g id={attribute(canvas_id(node.path))} transform="translate({at.x:g} {at.y:g})">'
    yield f"<title>{shown(node.label)}</title>"
    yield f'<rect {box} fill="{ink[fill]}" stroke="{ink[border]}"/>{inside}</g>'


def _bundle(points: Sequence[Point], width: float, ink: dict[str, str], *, ends: bool) -> Iterator[str]:
    """A line, and the arrowhead that it ends in."""
    (x0, y0), (x1, y1) = points[-2:]
    long = abs(x1 - x0) + abs(y1 - y0)
    along = ((x1 - x0) / max(long, 1), (y1 - y0) / max(long, 1))
    head = _ARROW + width if ends else 0.0
    neck = (x1 - along[0] * min(head, long), y1 - along[1] * min(head, long))
    way = " L".join(f"{x:g} {y:g}" for x, y in (*points[:-1], neck))
    across = (along[1] * head / 2, along[0] * head / 2)
    sides = [(neck[0] + across[0], neck[1] + across[1]), (neck[0] - across[0], neck[1] - across[1])]
    tip = " ".join(f"{x:g},{y:g}" for x, y in ((x1, y1), *sides))
    colour = ink["line-group"]
    yield f'<path d="M{way}" fill="none" stroke="{colour}" stroke-width="{width:.2f}" stroke-linejoin="round"/>'
    if ends:
        yield f'<polygon points="{tip}" fill="{colour}"/>'


def _plate(label: str, width: float, place: dict[str, float], ink: dict[str, str]) -> Iterator[str]:
    x, y = place["x"], place["y"]
    yield f'<rect x="{x - width / 2:g}" y="{y - 8:g}" width="{width:g}" height="16" rx="4" fill="{ink["canvas"]}"/>'
    at = f'x="{x:g}" y="{y + 4:g}" font-size="11" text-anchor="middle" fill="{ink["text-2"]}"'
    yield f"<text {at}>{shown(label)}</text>"
