"""Which part of a line is its own? Lines to one provider join one trunk, which is drawn once."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

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
    trunks: dict[tuple[str, Point], _Trunk] = {}
    found: dict[str, Route] = {}
    whole = [(target, key, routes[key].points, _ways(routes[key].points)) for key, target in lines if key in routes]
    lengths = {key: sum([length for _, length in reversed(ways)]) for _, key, _, ways in whole}
    for target, key, points, ways in sorted(whole, key=lambda each: (each[0], -lengths[each[1]], each[1])):
        earlier = trunks.setdefault((target, points[-1]), _Trunk())
        shared = earlier.shared(ways)
        if shared >= _WORTH:
            found[key] = Route(_without_end(points, min(shared, lengths[key] - 1) - _ROUNDING))
        earlier.add(ways)
    return found


_Ways = list[tuple[tuple[int, int], float]]
"""From the end of a route to its start: into which direction, and how far."""


@dataclass(slots=True)
class _Trunk:
    """Routes with a common end as a tree: what they share is held once, so that a route is not held beside each other.

    ``reaches`` are the lengths of the next pieces, in order, ``further`` what follows on each.
    """

    reaches: dict[tuple[int, int], list[float]] = field(default_factory=dict)
    further: dict[tuple[tuple[int, int], float], _Trunk] = field(default_factory=dict)

    def add(self, ways: _Ways) -> None:
        """Let one more route run here."""
        at = self
        for way, length in ways:
            if (way, length) not in at.further:
                at.further[way, length] = _Trunk()
                insort(at.reaches.setdefault(way, []), length)
            at = at.further[way, length]

    def shared(self, ways: _Ways, so_far: float = 0.0, number: int = 0) -> float:
        """How far a route runs together with that one of these with which it does longest, from their common end."""
        at, longest = self, so_far
        for place in range(number, len(ways)):
            way, length = ways[place]
            reaches = at.reaches.get(way)
            if not reaches:
                return longest
            longest = max(longest, so_far + min(length, reaches[-1]))
            alike = reaches[bisect_left(reaches, length - _NOTHING) : bisect_right(reaches, length + _NOTHING)]
            if len(alike) != 1:
                further = (at.further[way, r].shared(ways, so_far + min(length, r), place + 1) for r in alike)
                return max(longest, *further) if alike else longest
            at, so_far = at.further[way, alike[0]], so_far + min(length, alike[0])
        return max(longest, so_far)


def _ways(points: Sequence[Point]) -> _Ways:
    found: _Ways = []
    x1, y1 = points[-1]
    for x2, y2 in points[-2::-1]:
        x, y = x2 - x1, y2 - y1
        found.append((((x > 0) - (x < 0), (y > 0) - (y < 0)), abs(x) + abs(y)))
        x1, y1 = x2, y2
    return found


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
