"""How often are lines seen to cross in a finished picture, how long are they, and how often do they turn?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from graph.layout.model import Line, Route

__all__ = ["Seen", "seen"]


class Seen(NamedTuple):
    """Places where lines of different ends cross; pixels of all lines, and their bends."""

    crossings: int
    length: float
    bends: int


def seen(routes: Mapping[str, Route], lines: Sequence[Line]) -> Seen:
    """Measure a picture of a small map: each level piece is held beside each upright one.

    Lines that lie on each other cross a third once. Lines with a common end do not count: they may be one trunk.

    >>> across, down = Route(((0, 5), (9, 5))), Route(((4, 0), (4, 8), (6, 8)))
    >>> seen({"1": across, "2": down}, [Line("a", "b", "1"), Line("c", "d", "2")])
    Seen(crossings=1, length=19.0, bends=1)
    """
    number = {key: n for n, key in enumerate(sorted({end for line in lines for end in (line.source, line.target)}))}
    pieces: tuple[set[tuple[float, ...]], set[tuple[float, ...]]] = (set(), set())
    length, bends = 0.0, 0
    for line in lines:
        points = routes[line.id].points
        bends += len(points) - 2
        ends = (number[line.source], number[line.target])
        for (ax, ay), (bx, by) in pairwise(points):
            length += abs(ax - bx) + abs(ay - by)
            upright = ax == bx
            pieces[upright].add((ax, *sorted((ay, by)), *ends) if upright else (ay, *sorted((ax, bx)), *ends))
    level, steep = (np.array(sorted(found)).reshape(-1, 5) for found in pieces)
    y, left, right = level[:, :1], level[:, 1:2], level[:, 2:3]
    x, top, bottom = steep[:, 0], steep[:, 1], steep[:, 2]
    one, other = np.nonzero((left < x) & (x < right) & (top < y) & (y < bottom))
    p, q = level[one, 3:], steep[other, 3:]
    apart = ((p != q) & (p != q[:, ::-1])).all(axis=1)
    where = np.round(np.stack((steep[other, 0], level[one, 0]), axis=1)[apart])
    providers = np.sort(np.stack((p[apart, 1], q[apart, 1]), axis=1), axis=1)
    found = np.unique(np.concatenate((where, providers), axis=1), axis=0)
    return Seen(len(found), float(length), bends)
