"""How does Cytoscape.js draw a route? As an edge of style "segments", told by offsets, weights and distances."""

from __future__ import annotations

from dataclasses import dataclass

from graph.layout.model import Point, Rect, Route

__all__ = ["Segments", "segments"]


@dataclass(frozen=True, slots=True)
class Segments:
    """The data of a Cytoscape edge; all four are texts for ``source-endpoint``, ``target-endpoint`` and the lists.

    ``weights`` and ``distances`` are empty when the line has no bend: draw such an edge with style "straight".
    """

    source_endpoint: str
    target_endpoint: str
    weights: str
    distances: str


def segments(route: Route, *, source: Rect, target: Rect) -> Segments:
    """Turn a route into the segments of a Cytoscape edge, for ``edge-distances: endpoints``.

    With S and T the ends, v = T - S and m = bend - S: weight = m.v/|v|^2, distance = (vx.my - vy.mx)/|v|, y down.
    Where S and T are one point, Cytoscape cannot place bends; the end is then moved by a hundredth of a pixel.

    Args:
        route: the points from source to target.
        source: rectangle of the box that the route starts at.
        target: rectangle of the box that it ends at.

    >>> a, b = Rect(0, 0, 100, 34), Rect(100, 100, 100, 34)
    >>> found = segments(Route(((50, 34), (50, 60), (150, 60), (150, 100))), source=a, target=b)
    >>> found.source_endpoint, found.weights, found.distances
    ('0px 17px', '0.119532 0.816105', '21.699845 -33.384376')
    >>> segments(Route(((50, 34), (50, 100))), source=a, target=Rect(0, 100, 100, 34)).weights
    ''
    """
    start, end = route.points[0], route.points[-1]
    if abs(start[0] - end[0]) + abs(start[1] - end[1]) < 0.01:
        end = (end[0], end[1] + 0.01)
    vx, vy = end[0] - start[0], end[1] - start[1]
    square = vx * vx + vy * vy
    length = square**0.5
    bends = [(x - start[0], y - start[1]) for x, y in route.points[1:-1]]
    return Segments(
        source_endpoint=_offset(start, source),
        target_endpoint=_offset(end, target),
        weights=" ".join([_number((x * vx + y * vy) / square) for x, y in bends]),
        distances=" ".join([_number((vx * y - vy * x) / length) for x, y in bends]),
    )


def _offset(point: Point, box: Rect) -> str:
    x, y = box.centre
    return f"{_number(point[0] - x)}px {_number(point[1] - y)}px"


def _number(value: float) -> str:
    """Six decimals, without the noughts at the end and without a minus before nothing."""
    text = f"{value:.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("", "-0") else text
