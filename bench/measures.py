"""How good is a picture? Crossings, false connections, lines through boxes and titles, bends, length, area, moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph.layout import Line, Rect

__all__ = ["Drawn", "Quality", "moved", "quality"]

Point = tuple[float, float]
Floats = npt.NDArray[np.float64]
_CHUNK = 1_500_000
MOST_PIECES = 16_000
"""With more pieces, crossings are not counted: -1."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture of any engine: boxes, and a way of straight pieces for each line; curves are cut into pieces.

    ``titles`` is the x where the column of titles ends, 0 for none.
    """

    boxes: Mapping[str, Rect]
    ways: Mapping[str, Sequence[Point]]
    titles: float = 0.0
    curved: bool = False


@dataclass(frozen=True, slots=True)
class Quality:
    """The figures of a picture.

    ``ink``      places where lines of different ends are seen to cross; lines that lie on each other cross once
    ``false``    pairs of boxes that look connected and are not, because their lines lie on each other
    ``through``  lines that run through a box that is not theirs, or through the titles
    ``bends``    per line; None for curves
    ``length``   pixels per line
    ``area``     of the picture, in square megapixels
    """

    ink: int
    false: int
    through: int
    bends: float | None
    length: float
    area: float


@dataclass(slots=True)
class _Pieces:
    """All straight pieces of all lines, as arrays, and the line of each."""

    a: Floats
    b: Floats
    line: npt.NDArray[np.int64]
    lines: list[Line] = field(default_factory=list)


def quality(drawn: Drawn, lines: Iterable[Line]) -> Quality:
    """Measure a picture. Cost: pairs of pieces, a million and a half at a time."""
    known = [line for line in lines if line.id in drawn.ways and line.source != line.target]
    pieces = _pieces(drawn, known)
    ink, false = _pairs(pieces) if len(pieces.line) <= MOST_PIECES else (-1, -1)
    ways = [drawn.ways[line.id] for line in known]
    length = sum(abs(complex(x2 - x1, y2 - y1)) for way in ways for (x1, y1), (x2, y2) in pairwise(way))
    bends = None if drawn.curved else sum(_bends(way) for way in ways) / max(1, len(ways))
    xs = [x for r in drawn.boxes.values() for x in (r.x, r.right)] + [x for way in ways for x, _ in way]
    ys = [y for r in drawn.boxes.values() for y in (r.y, r.bottom)] + [y for way in ways for _, y in way]
    area = (max(xs) - min(xs)) * (max(ys) - min(ys)) / 1e6 if xs else 0.0
    return Quality(ink, false, _through(drawn, pieces), bends, length / max(1, len(ways)), area)


def moved(before: Drawn, after: Drawn) -> tuple[float, float]:
    """How far boxes that are in both moved on average, in pixels, and the share that moved more than 24 px."""
    both = sorted(set(before.boxes) & set(after.boxes))
    far = [
        abs(
            complex(
                after.boxes[k].centre[0] - before.boxes[k].centre[0],
                after.boxes[k].centre[1] - before.boxes[k].centre[1],
            )
        )
        for k in both
    ]
    return float(np.mean(far)) if far else 0.0, float(np.mean(np.array(far) > 24)) if far else 0.0


def _bends(way: Sequence[Point]) -> int:
    """Corners of more than five degrees."""
    count = 0
    for (ax, ay), (bx, by), (cx, cy) in zip(way, way[1:], way[2:], strict=False):
        one, two = complex(bx - ax, by - ay), complex(cx - bx, cy - by)
        if abs(one) > 0.01 and abs(two) > 0.01 and abs(np.angle(two / one)) > np.pi / 36:
            count += 1
    return count


def _pieces(drawn: Drawn, lines: list[Line]) -> _Pieces:
    a, b, owner = [], [], []
    for number, line in enumerate(lines):
        for start, end in pairwise(drawn.ways[line.id]):
            if start != end:
                a.append(start)
                b.append(end)
                owner.append(number)
    return _Pieces(np.array(a).reshape(-1, 2), np.array(b).reshape(-1, 2), np.array(owner, np.int64), lines)


def _pairs(pieces: _Pieces) -> tuple[int, int]:
    """Places of crossings, and pairs of boxes that only look connected."""
    count = len(pieces.line)
    source = {
        key: n for n, key in enumerate(sorted({end for line in pieces.lines for end in (line.source, line.target)}))
    }
    start = np.array([source[line.source] for line in pieces.lines])
    end = np.array([source[line.target] for line in pieces.lines])
    group = np.array([hash_of(line.group) for line in pieces.lines])
    crossed: set[tuple[int, int, int, int]] = set()
    lying: set[tuple[int, int]] = set()
    step = max(1, _CHUNK // max(1, count))
    for low in range(0, count, step):
        mine = np.arange(low, min(low + step, count))
        i, j = np.nonzero(mine[:, None] < np.arange(count)[None, :])
        i = mine[i]
        near = _boxes_meet(pieces, i, j)
        i, j = i[near], j[near]
        p, q = pieces.line[i], pieces.line[j]
        apart = (start[p] != start[q]) & (end[p] != end[q]) & (start[p] != end[q]) & (end[p] != start[q])
        i, j, p, q = i[apart], j[apart], p[apart], q[apart]
        where, crosses = _crossings(pieces, i, j)
        for (x, y), one, other in zip(
            np.round(where[crosses]).tolist(), end[p[crosses]].tolist(), end[q[crosses]].tolist(), strict=True
        ):
            crossed.add((int(x), int(y), min(one, other), max(one, other)))
        together = _lies_on(pieces, i, j) & ((group[p] == 0) | (group[p] != group[q]))
        lying |= {(min(a, b), max(a, b)) for a, b in zip(p[together].tolist(), q[together].tolist(), strict=True)}
    real = {(line.source, line.target) for line in pieces.lines}
    looks = {
        pair
        for a, b in lying
        for pair in (
            (pieces.lines[a].source, pieces.lines[b].target),
            (pieces.lines[b].source, pieces.lines[a].target),
        )
    }
    return len(crossed), len(looks - real)


def hash_of(group: str) -> int:
    """A number for a group of lines, 0 for none."""
    return 0 if not group else 1 + sum((n + 1) * ord(c) for n, c in enumerate(group))


def _boxes_meet(pieces: _Pieces, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    low, high = np.minimum(pieces.a, pieces.b), np.maximum(pieces.a, pieces.b)
    return ((low[i] <= high[j] + 0.5) & (low[j] <= high[i] + 0.5)).all(axis=1)


def _crossings(
    pieces: _Pieces, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Where two pieces cross inside of both."""
    p, r = pieces.a[i], pieces.b[i] - pieces.a[i]
    q, s = pieces.a[j], pieces.b[j] - pieces.a[j]
    across = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    safe = np.where(np.abs(across) < 1e-9, 1.0, across)
    d = q - p
    t = (d[:, 0] * s[:, 1] - d[:, 1] * s[:, 0]) / safe
    u = (d[:, 0] * r[:, 1] - d[:, 1] * r[:, 0]) / safe
    edge = 1e-6
    inside = (np.abs(across) > 1e-9) & (t > edge) & (t < 1 - edge) & (u > edge) & (u < 1 - edge)
    return p + t[:, None] * r, inside


def _lies_on(pieces: _Pieces, i: npt.NDArray[np.int64], j: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether two pieces share more than two pixels: in one direction, half a pixel apart at most."""
    r, s = pieces.b[i] - pieces.a[i], pieces.b[j] - pieces.a[j]
    one = r / np.maximum(np.hypot(*r.T), 1e-9)[:, None]
    length = np.hypot(*s.T)
    turned = np.abs(one[:, 0] * s[:, 1] - one[:, 1] * s[:, 0]) < 0.01 * np.maximum(length, 1e-9)
    d, e = pieces.a[j] - pieces.a[i], pieces.b[j] - pieces.a[i]
    beside = np.abs(one[:, 0] * d[:, 1] - one[:, 1] * d[:, 0]) < 0.5
    along = np.sort(np.stack([(d * one).sum(axis=1), (e * one).sum(axis=1)]), axis=0)
    shared = np.minimum(along[1], np.hypot(*r.T)) - np.maximum(along[0], 0.0)
    return turned & beside & (shared > 2.0)


def _through(drawn: Drawn, pieces: _Pieces) -> int:
    """Lines and foreign boxes that meet, a pixel inside the box; and lines that enter the titles."""
    hits: set[tuple[int, str]] = set()
    for key, box in drawn.boxes.items():
        low = np.array([box.x + 1, box.y + 1])
        high = np.array([box.right - 1, box.bottom - 1])
        near = (np.minimum(pieces.a, pieces.b) < high).all(axis=1) & (np.maximum(pieces.a, pieces.b) > low).all(axis=1)
        for place in np.flatnonzero(near).tolist():
            line = pieces.lines[pieces.line[place]]
            if key not in (line.source, line.target) and _cuts(pieces.a[place], pieces.b[place], low, high):
                hits.add((int(pieces.line[place]), key))
    if drawn.titles and len(pieces.line):
        left = np.minimum(pieces.a[:, 0], pieces.b[:, 0]) < drawn.titles - 0.01
        hits |= {(int(line), "titles") for line in np.unique(pieces.line[left])}
    return len(hits)


def _cuts(a: Floats, b: Floats, low: Floats, high: Floats) -> bool:
    """Whether a piece has a part inside a rectangle (Liang and Barsky 1984)."""
    first, last = 0.0, 1.0
    for axis in (0, 1):
        d = b[axis] - a[axis]
        if abs(d) < 1e-12:
            if not low[axis] < a[axis] < high[axis]:
                return False
            continue
        t1, t2 = sorted(((low[axis] - a[axis]) / d, (high[axis] - a[axis]) / d))
        first, last = max(first, t1), min(last, t2)
    return last - first > 1e-6
