"""Lines to one provider join one trunk, which is drawn once."""

import random
from collections.abc import Sequence
from itertools import pairwise

import pytest

from graph.layout import Point, Route
from graph.layout.trunks import branches


def test_a_line_that_shares_nothing_is_no_branch() -> None:
    routes = {"a": Route(((0, 0), (0, 99))), "b": Route(((40, 0), (40, 99)))}
    assert branches([("a", "x"), ("b", "x")], routes) == {}
    assert branches([("a", "x"), ("b", "y")], routes) == {}


def test_how_far_a_line_runs_with_others_is_what_holding_it_beside_each_says() -> None:
    """As each line beside all that came before it, piece by piece."""
    chosen = random.Random(4)

    def together(one: Sequence[Point], other: Sequence[Point]) -> float:
        shared = 0.0
        for ((x, y), (x2, y2)), ((u, v), (u2, v2)) in zip(pairwise(one[::-1]), pairwise(other[::-1]), strict=False):
            length, reach = (abs(x2 - x) + abs(y2 - y), abs(u2 - u) + abs(v2 - v))
            if (x2 > x, x2 < x, y2 > y, y2 < y) != (u2 > u, u2 < u, v2 > v, v2 < v):
                break
            shared += min(length, reach)
            if abs(length - reach) > 0.001:
                break
        return shared

    def line() -> Route:
        points = [(0.0, 0.0)]
        for turn in range(chosen.randint(1, 5)):
            x, y = points[-1]
            far = chosen.choice((-60, -40, -40.0000001, 20, 40, 40.0000001))
            points.append((x + far, y) if turn % 2 else (x, y - abs(far)))
        return Route(tuple(points[::-1]))

    joined = 0
    for _ in range(60):
        routes = {str(number): line() for number in range(12)}
        found = branches([(key, "x") for key in routes], routes)
        order = sorted(routes, key=lambda key: (-length(routes[key].points), key))
        for number, key in enumerate(order):
            mine = routes[key].points
            shared = max((together(mine, routes[other].points) for other in order[:number]), default=0.0)
            assert (key in found) is (shared >= 16.0)
            if key in found:
                own, kept = length(mine), length(found[key].points)
                assert kept == pytest.approx(own - (min(shared, own - 1) - 8))
                joined += 1
    assert joined > 200


def length(points: Sequence[Point]) -> float:
    return sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(points))
