"""Which part of a line is its own? Lines to one provider join one trunk, which is drawn once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from graph.layout.model import Point, Route

__all__ = ["branches"]

_ROUNDING = 8.0
_WORTH = 16.0
_NOTHING = 0.001


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
    trunks: dict[tuple[str, Point], list[_Ways]] = {}
    found: dict[str, Route] = {}
    whole = ((target, routes[key].points, key) for key, target in lines if key in routes)
    for target, points, key in sorted(whole, key=lambda each: (each[0], -_length(each[1]), each[2])):
        earlier, ways = trunks.setdefault((target, points[-1]), []), _ways(points)
        shared = max((_shared(ways, other) for other in earlier), default=0.0)
        if shared >= _WORTH:
            found[key] = Route(_without_end(points, min(shared, _length(points) - 1) - _ROUNDING))
        earlier.append(ways)
    return found


_Ways = list[tuple[tuple[int, int], float]]
"""From the end of a route to its start: into which direction, and how far."""


def _length(points: Sequence[Point]) -> float:
    return sum(abs(x2 - x1) + abs(y2 - y1) for (x1, y1), (x2, y2) in pairwise(points))


def _ways(points: Sequence[Point]) -> _Ways:
    back = points[::-1]
    return [((_sign(x2 - x1), _sign(y2 - y1)), abs(x2 - x1) + abs(y2 - y1)) for (x1, y1), (x2, y2) in pairwise(back)]


def _shared(one: _Ways, other: _Ways) -> float:
    """How far two routes run together, measured from their common end."""
    shared = 0.0
    for (way, length), (beside, reach) in zip(one, other, strict=False):
        if way != beside:
            break
        shared += min(length, reach)
        if abs(length - reach) > _NOTHING:
            break
    return shared


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _without_end(points: Sequence[Point], length: float) -> tuple[Point, ...]:
    """A route that stops so many pixels before its end."""
    kept = list(points)
    while len(kept) > 1:
        (x1, y1), (x2, y2) = kept[-2], kept[-1]
        piece = abs(x2 - x1) + abs(y2 - y1)
        if piece > length:
            kept[-1] = (float(x2 - _sign(x2 - x1) * length), float(y2 - _sign(y2 - y1) * length))
            break
        kept.pop()
        length -= piece
    return tuple(kept)
