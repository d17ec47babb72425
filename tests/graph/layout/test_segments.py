"""Does Cytoscape draw the points of a route? Its own formula, run backwards, must give them again."""

from __future__ import annotations

from math import hypot

from graph.layout import Box, Lane, Line, Rect, Route, layout, segments
from graph.layout.segments import Segments

A, B = Rect(0, 0, 100, 34), Rect(300, 200, 88, 34)


def drawn(data: Segments, source: Rect, target: Rect) -> list[tuple[float, float]]:
    """What Cytoscape makes of the data: ends from offsets, bends from weights and distances."""
    ends = []
    for (x, y), box in ((data.source_endpoint, source), (data.target_endpoint, target)):
        ends.append((box.centre[0] + x, box.centre[1] + y))
    (sx, sy), (tx, ty) = ends
    vx, vy = tx - sx, ty - sy
    length = hypot(vx, vy)
    bends = []
    for weight, distance in zip(data.weights, data.distances, strict=True):
        bends.append((sx + weight * vx - distance * vy / length, sy + weight * vy + distance * vx / length))
    return [ends[0], *bends, ends[1]]


def near(a: list[tuple[float, float]], b: tuple[tuple[float, float], ...]) -> bool:
    return len(a) == len(b) and all(hypot(p[0] - q[0], p[1] - q[1]) < 0.01 for p, q in zip(a, b, strict=True))


def test_bends_come_back_where_they_were() -> None:
    route = Route(((60, 34), (60, 80), (-40, 80), (-40, 150), (344, 150), (344, 200)))
    assert near(drawn(segments(route, source=A, target=B), A, B), route.points)


def test_bends_of_a_line_upwards_come_back_where_they_were() -> None:
    route = Route(((344, 200), (344, 120), (50, 120), (50, 34)))
    assert near(drawn(segments(route, source=B, target=A), B, A), route.points)


def test_a_straight_line_has_no_bends() -> None:
    data = segments(Route(((50, 34), (50, 200))), source=A, target=Rect(0, 200, 100, 34))
    assert data == Segments([0, 17], [0, -17], [], [])


def test_ends_in_one_point_do_not_divide_by_nought() -> None:
    below = Rect(0, 34, 100, 34)
    data = segments(Route(((50, 34), (50, 60), (80, 60), (50, 34))), source=A, target=below)
    assert near(drawn(data, A, below), ((50, 34), (50, 60), (80, 60), (50, 34.01)))


def test_every_route_of_a_layout_comes_back() -> None:
    boxes = [Box(name, "lane", 100) for name in "abcdef"]
    lines = [Line(a, b, a + b) for a, b in ("ab", "ac", "bd", "ae", "fd", "da", "ea", "ef")]
    made = layout(boxes, lines, [Lane("lane")])
    for line in lines:
        source, target = made.positions[line.source], made.positions[line.target]
        data = segments(made.routes[line.id], source=source, target=target)
        assert near(drawn(data, source, target), made.routes[line.id].points)
