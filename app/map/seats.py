"""Where on its line does the number of a bundle stand? On no card and no other number, and on few other lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import numpy.typing as npt

from graph.layout import Point, Rect

__all__ = ["PLATE", "Seats"]

Floats = npt.NDArray[np.float64]

PLATE: Final = 16.0
"""How high a number is, in pixels."""
_STEPS: Final = (0.5, 0.35, 0.65, 0.2, 0.8)
_BEST: Final = 0.4
_SHORTEST: Final = 34
_BESIDE: Final = 8
_ASIDE: Final = 14
"""How far from a line a number stands that has no room on it: clear of the thickest line and of its arrow."""
_MOST_CROSSED: Final = 1


class Seats:
    """What is taken on a plane, and the lines on which numbers may stand.

    >>> seats = Seats([Rect(0, 0, 40, 40), Rect(0, 100, 40, 40)], {"a": [(20.0, 40.0), (20.0, 100.0)]})
    >>> seats.take("a", 30.0)
    Rect(x=5.0, y=53.0, width=30.0, height=16.0)
    >>> seats.take("a", 30.0)  # the middle is taken now
    Rect(x=5.0, y=71.0, width=30.0, height=16.0)
    """

    def __init__(self, cards: Iterable[Rect], lines: Mapping[str, Sequence[Point]]) -> None:
        self.lines = lines
        self._taken = [(card.x, card.y, card.right, card.bottom) for card in cards]
        pieces, starts = list[tuple[float, float, float, float]](), list[int]()
        self._number: dict[str, int] = {}
        for key, points in lines.items():
            if len(points) > 1:
                self._number[key] = len(starts)
                starts.append(len(pieces))
                pieces += [_around(a, b) for a, b in pairwise(points)]
        self._pieces, self._starts = np.array(pieces, dtype=np.float64).reshape(-1, 4), np.array(starts, dtype=np.int64)

    def take(self, key: str, width: float) -> Rect | None:
        """Where a number of that width stands on a line, which is taken from now on; None where there is no room."""
        if not (there := self._there(key, width)):
            return None
        places = np.array([(at.x, at.y, at.right, at.bottom) for _, at in there], dtype=np.float64)
        free = np.flatnonzero(~_meet(places, np.array(self._taken, dtype=np.float64).reshape(-1, 4)).any(axis=1))
        if not len(free):
            return None
        crossed = np.logical_or.reduceat(_meet(places[free], self._pieces), self._starts, axis=1)
        crossed[:, self._number[key]] = False
        best = min(
            (many, *there[number][0], number)
            for many, number in zip(crossed.sum(axis=1).tolist(), free.tolist(), strict=True)
        )
        if best[0] > _MOST_CROSSED:
            return None
        at = there[best[-1]][1]
        self._taken.append((at.x, at.y, at.right, at.bottom))
        return at

    def beside(self, key: str, width: float) -> Rect | None:
        """Where a number stands that has no room on its line: between its card and the arrow, else beside the line.

        It is on no other line; None where there is no room for that either.

        >>> seats = Seats([Rect(0, 0, 80, 40), Rect(0, 64, 80, 40)], {"a": [(40.0, 40.0), (40.0, 64.0)]})
        >>> seats.take("a", 20.0), seats.beside("a", 20.0)
        (None, Rect(x=30.0, y=40.0, width=20.0, height=16.0))
        """
        pieces = [(a, b) for a, b in pairwise(self.lines[key]) if a[0] == b[0] and _long(a, b) >= PLATE]
        for (x, top), (_, low) in sorted(pieces, key=lambda piece: -_long(*piece)):
            middle, first = (top + low - PLATE) / 2, top if top < low else top - PLATE
            own = [(x - width / 2, first), (x + _ASIDE, middle), (x - _ASIDE - width, middle)]
            for number, (left, y) in enumerate(own):
                at = Rect(round(left, 1), round(y, 1), width, PLATE)
                place = np.array([(at.x, at.y, at.right, at.bottom)], dtype=np.float64)
                taken = np.array(self._taken, dtype=np.float64).reshape(-1, 4)
                crossed = _meet(place, self._pieces)
                if number == 0:  # on its own line, which may go on from there
                    crossed = np.delete(crossed, np.s_[self._starts[self._number[key]] : self._end(key)], axis=1)
                if not _meet(place, taken).any() and not crossed.any():
                    self._taken.append((at.x, at.y, at.right, at.bottom))
                    return at
        return None

    def _end(self, key: str) -> int:
        """The number of the piece after the last one of a line."""
        later = self._number[key] + 1
        return int(self._starts[later]) if later < len(self._starts) else len(self._pieces)

    def _there(self, key: str, width: float) -> list[tuple[tuple[float, float], Rect]]:
        """The places on a line that are long enough, each with how far it is from the best, and its x."""
        points, found, along = self.lines[key], list[tuple[tuple[float, float], Rect]](), 0.0
        length = max(sum(_long(a, b) for a, b in pairwise(points)), 1)
        for a, b in pairwise(points):
            piece = _long(a, b)
            if piece >= (width + _BESIDE if a[1] == b[1] else _SHORTEST):
                for step in _STEPS:
                    x, y = a[0] + (b[0] - a[0]) * step, a[1] + (b[1] - a[1]) * step
                    at = Rect(round(x - width / 2, 1), round(y - PLATE / 2, 1), width, PLATE)
                    found.append(((abs((along + piece * step) / length - _BEST), x), at))
            along += piece
        return found


def _long(a: Point, b: Point) -> float:
    return abs(a[0] - b[0]) + abs(a[1] - b[1])


def _around(a: Point, b: Point) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of a piece of a line, with a pixel around it."""
    left, top = min(a[0], b[0]) - 1, min(a[1], b[1]) - 1
    return left, top, left + (abs(a[0] - b[0]) + 2), top + (abs(a[1] - b[1]) + 2)


def _meet(some: Floats, others: Floats) -> npt.NDArray[np.bool_]:
    """Which of some rectangles overlap which others: a line for each of some. Each is left, top, right, bottom."""
    one = some[:, None]
    over = (one[..., :2] < others[:, 2:]) & (others[:, :2] < one[..., 2:])
    return over[..., 0] & over[..., 1]
