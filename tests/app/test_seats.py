"""Numbers of bundles stand where the plain form finds room: every place tried, card by card and line by line."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from itertools import pairwise

import pytest

from app.map.seats import PLATE, Seats
from graph.layout import Point, Rect


def plain(
    points: Sequence[Point], width: float, taken: Sequence[Rect], others: Mapping[str, Sequence[Point]]
) -> Rect | None:
    best: tuple[float, float, float, Rect] | None = None
    length = sum(long(a, b) for a, b in pairwise(points))
    along = 0.0
    for a, b in pairwise(points):
        piece = long(a, b)
        for step in (0.5, 0.35, 0.65, 0.2, 0.8):
            x, y = a[0] + (b[0] - a[0]) * step, a[1] + (b[1] - a[1]) * step
            at = Rect(round(x - width / 2, 1), round(y - PLATE / 2, 1), width, PLATE)
            if piece < (width + 8 if a[1] == b[1] else 34) or any(meet(at, other) for other in taken):
                continue
            crossed = sum(crosses(at, line) for line in others.values())
            cost = (float(crossed), abs((along + piece * step) / max(length, 1) - 0.4), x)
            if best is None or cost < best[:3]:
                best = (*cost, at)
        along += piece
    return best[3] if best and best[0] <= 1 else None


def long(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def meet(one: Rect, other: Rect) -> bool:
    return one.x < other.right and other.x < one.right and one.y < other.bottom and other.y < one.bottom


def crosses(at: Rect, points: Sequence[Point]) -> bool:
    return any(
        meet(at, Rect(min(ax, bx) - 1, min(ay, by) - 1, abs(ax - bx) + 2, abs(ay - by) + 2))
        for (ax, ay), (bx, by) in pairwise(points)
    )


@pytest.mark.parametrize("seed", range(12))
def test_numbers_stand_where_the_plain_form_finds_room(seed):
    chance = random.Random(seed)
    cards = [
        Rect(chance.randrange(0, 900, 4), chance.randrange(0, 600, 4), 100.0, 44.0)
        for _ in range(chance.choice([0, 4, 9]))
    ]
    lines = {}
    for number in range(chance.choice([1, 8, 20])):
        x, y = float(chance.randrange(0, 1_000, 4)), float(chance.randrange(0, 300, 4))
        points = [(x, y)]
        for turn in range(chance.choice([0, 1, 3, 5])):  # a line may lie in one place
            x, y = (x, y + chance.randrange(0, 200, 4)) if turn % 2 == 0 else (float(chance.randrange(0, 1_000, 4)), y)
            points.append((x, y))
        lines[f"line {number}"] = points
    seats, taken, found = Seats(cards, lines), list(cards), 0
    for key, points in lines.items():
        width = 8 + chance.randrange(60) / 7
        expected = plain(points, width, taken, {other: line for other, line in lines.items() if other != key})
        assert seats.take(key, width) == expected
        taken += [expected] if expected else []
        found += expected is not None
    assert found or len(lines) == 1
