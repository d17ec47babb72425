"""Which part of a line is its own? Lines to one provider join one trunk, which is drawn once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from operator import itemgetter
from typing import TypeAlias

import numpy as np

from graph.layout.model import Point, Route

__all__ = ["branches"]

_ROUNDING = 8.0
_WORTH = 16.0


def branches(lines: Iterable[tuple[str, str]], routes: Mapping[str, Route]) -> dict[str, Route]:
    """The part of a line up to where it joins another to the same provider; only lines that join are in the result.

    At rest a trunk is drawn once: lines that lie on each other look thicker than they are. A branch keeps the few
    pixels of the trunk that its rounded corner needs.

    Args:
        lines: id and provider of each line.
        routes: the whole route of each line.

    >>> a, b = Route(((0, 0), (0, 50), (90, 50), (90, 99))), Route(((40, 0), (40, 50), (90, 50), (90, 99)))
    >>> branches([("1", "db"), ("2", "db")], {"1": a, "2": b})["2"].points
    ((40, 0), (40, 50), (48.0, 50.0))
    """
    named = [(key, target) for key, target in lines if key in routes]
    ways = _ways([routes[key].points for key, _ in named])
    whole = [
        (target, -sum([length for _, length in reversed(back)]), key, back)
        for (key, target), back in zip(named, ways, strict=True)
    ]
    trunks: dict[tuple[str, Point], _Trunk] = {}
    found: dict[str, Route] = {}
    for target, less, key, back in sorted(whole, key=itemgetter(0, 1, 2)):
        points = routes[key].points
        shared = _joined(trunks.setdefault((target, points[-1]), {}), back)
        if shared >= _WORTH:
            found[key] = Route(_without_end(points, back, min(shared, -less - 1) - _ROUNDING))
    return found


_Ways = list[tuple[int, float]]
"""From the end of a route to its start: into which direction, and how far."""


@dataclass(slots=True)
class _Pieces:
    """The next pieces of routes into one direction: the longest, and by length what follows on each."""

    longest: float
    further: dict[int, tuple[float, _Trunk]] = field(default_factory=dict)


_Trunk: TypeAlias = dict[int, _Pieces]
"""Routes with a common end as a tree: what they share is held once, so that a route is not held beside each other."""


def _joined(trunk: _Trunk, ways: _Ways) -> float:
    """How far a route runs together with that one of a tree with which it does longest, from their common end.

    It is a part of the tree from then on. Lengths that differ by less than a thousandth are the same.
    """
    at, so_far, longest, together = trunk, 0.0, 0.0, True
    for way, length in ways:
        pieces = at.get(way)
        if pieces is None:
            pieces = at[way] = _Pieces(length)
            together = False
        reach = pieces.longest
        if together:
            longest = max(longest, so_far + min(length, reach))
        thousandths = round(length * 1000)
        known = pieces.further.get(thousandths)
        if known is None:
            known = pieces.further[thousandths] = length, {}
            together = False
            if length > reach:
                pieces.longest = length
        so_far += known[0]
        at = known[1]
    return longest


def _ways(routes: Sequence[Sequence[Point]]) -> list[_Ways]:
    """The pieces of each route, all worked out at once."""
    ends = np.cumsum([0, *map(len, routes)]).tolist()
    points = np.fromiter(chain.from_iterable(chain.from_iterable(routes)), np.float64, 2 * ends[-1]).reshape(-1, 2)
    steps = points[:-1] - points[1:]
    directions = (np.sign(steps).astype(np.int64) @ (3, 1)).tolist()
    pieces = list(zip(directions, np.abs(steps).sum(axis=1).tolist(), strict=True))
    return [pieces[start : end - 1][::-1] for start, end in pairwise(ends)]


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _without_end(points: tuple[Point, ...], back: _Ways, length: float) -> tuple[Point, ...]:
    """A route that stops so many pixels before its end."""
    for number, (_, piece) in enumerate(back, 1):
        if piece > length:
            (x1, y1), (x2, y2) = points[-number - 1], points[-number]
            end = (float(x2 - _sign(x2 - x1) * length), float(y2 - _sign(y2 - y1) * length))
            return (*points[:-number], end)
        length -= piece
    return points[:1]
