"""How does Cytoscape.js draw a route? As an edge of style "segments", told by offsets, weights and distances."""

from __future__ import annotations

from dataclasses import dataclass

from graph.layout.model import Rect, Route

__all__ = ["Segments", "segments"]


@dataclass(frozen=True, slots=True)
class Segments:
    """The data of a Cytoscape edge; all four are lists of numbers, in pixels or, as weights, in lengths of the line.

    ``weights`` and ``distances`` are empty when the line has no bend: draw such an edge with style "straight".
    """

    source_endpoint: list[float]
    target_endpoint: list[float]
    weights: list[float]
    distances: list[float]


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
    ([0.0, 17.0], [0.119532, 0.816105], [21.6998, -33.3844])
    >>> segments(Route(((50, 34), (50, 100))), source=a, target=Rect(0, 100, 100, 34)).weights
    []
    """
    points = route.points
    (x1, y1), (x2, y2) = points[0], points[-1]
    if abs(x1 - x2) + abs(y1 - y2) < 0.01:
        y2 += 0.01
    vx, vy = x2 - x1, y2 - y1
    square = vx * vx + vy * vy
    length = square**0.5
    weights, distances = list[float](), list[float]()
    for x, y in points[1:-1]:
        dx, dy = x - x1, y - y1
        weights.append(round((dx * vx + dy * vy) / square, 6))
        distances.append(round((vx * dy - vy * dx) / length, 4))
    return Segments(_offset(x1, y1, source), _offset(x2, y2, target), weights, distances)


def _offset(x: float, y: float, box: Rect) -> list[float]:
    return [round(x - (box.x + box.width / 2), 4), round(y - (box.y + box.height / 2), 4)]
