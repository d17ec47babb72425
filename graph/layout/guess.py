"""Where will everything stand, about? Guesses for many orders of the rows at once, a line of an array for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.layout.coordinates import HOLDER_GAP, SPREAD_GAP
from graph.layout.nets import Nets
from graph.layout.rows import GAP

__all__ = ["Guess"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_HOLD = 0.05
_AT_ONCE = 200_000


class Guess:
    """The rows as arrays, and what draws their nodes. Which stands left of which is told by the x of both."""

    def __init__(self, nets: Nets, rows: Sequence[Sequence[int]], *, width: float, pad: float) -> None:
        self.size = len(nets.nodes)
        widest = max((sum(nets.nodes[n].width + GAP for n in row) for row in rows), default=0.0)
        self.width = max(width, widest + 2 * pad)
        draws = _draws(nets, rows)
        self.rows = [_Row.of(row, nets, drawn, self.width, pad) for row, drawn in zip(rows, draws, strict=True)]

    def placed(self, orders: Sequence[Sequence[Sequence[int]]]) -> Floats:
        """Some orders of the rows as places; no pictures yet, ``settled`` makes them."""
        x = np.zeros((len(orders), self.size))
        for number, row in enumerate(self.rows):
            for line, order in enumerate(orders):
                x[line, order[number]] = np.arange(len(row.nodes))
        return x

    def orders(self, x: Floats) -> list[list[list[int]]]:
        """The rows from left to right, for each line."""
        sorted_ = [row.nodes[x[:, row.nodes].argsort(axis=1, kind="stable")].tolist() for row in self.rows]
        return [[row[line] for row in sorted_] for line in range(len(x))]

    def settled(self, x: Floats, *, rounds: int = 4) -> Floats:
        """All nodes near what draws them, in the order that they have; whole pixels."""
        seats = [row.seats(x, self.size) for row in self.rows if len(row.nodes)]
        x = np.zeros_like(x)
        flat, ideal = x.reshape(-1), []
        for seat in seats:
            flat[seat.spots] = seat.room.fit(seat.row.spread(seat.places))
            ideal.append(_HOLD * x.take(seat.row.nodes, axis=1))
        for turn in range(rounds):
            for seat, held in list(zip(seats, ideal, strict=True))[:: 1 if turn % 2 == 0 else -1]:
                wanted = seat.row.both.pulls(x)
                wanted += held
                wanted /= seat.row.heavy
                flat[seat.spots] = seat.room.fit(wanted.take(seat.sorted))
        return np.round(x)

    def swept(self, x: Floats, *, rounds: int = 2) -> Floats:
        """Order each row anew by what draws its nodes from above, then from below, and so on by turns."""
        lines, x = np.arange(len(x))[:, None], x.copy()
        for turn in range(rounds):
            down = turn % 2 == 0
            for number in range(len(self.rows))[:: 1 if down else -1]:
                row = self.rows[number]
                if not len(row.nodes):
                    continue
                drawn = row.above if down else row.below
                here = x[:, row.nodes]
                means = np.where(drawn.sum > 0, drawn.pulls(x) / np.maximum(drawn.sum, 0.5), here)
                wanted = np.round(means, 3).astype(np.float64)
                before = here.argsort(axis=1, kind="stable")
                places = before[lines, wanted[lines, before].argsort(axis=1, kind="stable")]
                x[lines, row.nodes[places]] = row.room(places).fit(wanted[lines, places])
        return x


@dataclass(frozen=True, slots=True)
class _Pull:
    """How much each of some nodes draws each node of a row, and how much all together."""

    near: Ints
    weight: Floats
    sum: Floats

    @classmethod
    def of(cls, weight: Floats) -> _Pull:
        near = np.flatnonzero(weight.any(axis=1))
        return cls(near, weight[near], weight.sum(axis=0))

    def pulls(self, x: Floats) -> Floats:
        """The weighted sum for each line; in parts, for threads would wait longer for each other than this takes."""
        step = max(1, _AT_ONCE // max(1, self.weight.size))
        parts = [x[n : n + step].take(self.near, axis=1) @ self.weight for n in range(0, len(x), step)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class _Room:
    """The least distances from the first node of a row, and between where that may stand; a line for each order."""

    fixed: Floats
    first: Floats
    last: Floats

    def fit(self, wanted: Floats) -> Floats:
        """The places nearest to those that are wanted, about, with the gaps kept and nothing outside."""
        free = wanted - self.fixed
        fitted: Floats = np.maximum.accumulate(free, axis=1)
        fitted += np.minimum.accumulate(free[:, ::-1], axis=1)[:, ::-1]
        fitted /= 2
        np.maximum(fitted, self.first, out=fitted)
        np.minimum(fitted, self.last, out=fitted)
        fitted += self.fixed
        return fitted


@dataclass(frozen=True, slots=True)
class _Draws:
    """What draws the nodes of a row: their places in it, the nodes that draw, how many rows below, how much."""

    place: Ints
    far: Ints
    step: Ints
    weight: Floats


def _draws(nets: Nets, rows: Sequence[Sequence[int]]) -> list[_Draws]:
    ends = np.array([(tie.a.node, tie.b.node) for tie in nets.ties], dtype=np.int64).reshape(-1, 2)
    mine, far = np.concatenate((ends, ends[:, ::-1])).T
    weight = np.tile(np.array([tie.weight for tie in nets.ties], dtype=np.float64), 2)
    row_of = np.array([node.row for node in nets.nodes], dtype=np.int64)
    place, home = np.zeros(len(nets.nodes), dtype=np.int64), np.full(len(nets.nodes), -1)
    for number, row in enumerate(rows):
        place[row], home[row] = np.arange(len(row)), number
    found = []
    for number in range(len(rows)):
        here = np.flatnonzero(home[mine] == number)
        step = row_of[far[here]] - row_of[mine[here]]
        found.append(_Draws(place[mine[here]], far[here], step, weight[here]))
    return found


@dataclass(frozen=True, slots=True)
class _Row:
    """The nodes of a row, and what draws them: from above, from below, from anywhere."""

    nodes: Ints
    half: Floats
    real: npt.NDArray[np.bool_]
    width: float
    pad: float
    above: _Pull
    below: _Pull
    both: _Pull
    heavy: Floats

    @classmethod
    def of(cls, row: Sequence[int], nets: Nets, drawn: _Draws, width: float, pad: float) -> _Row:
        shape = len(nets.nodes), len(row)
        spots = drawn.far * len(row) + drawn.place

        def pull(weight: Floats) -> _Pull:
            drawn_by: Floats = np.bincount(spots, weight, shape[0] * shape[1]).astype(np.float64)
            return _Pull.of(drawn_by.reshape(shape))

        above, below = ((step > 0) + 0.5 * (step == 0) for step in (-drawn.step, drawn.step))
        half = np.array([nets.nodes[n].width / 2 for n in row])
        real = np.array([nets.nodes[n].real for n in row], dtype=np.bool_)
        nodes = np.array(row, dtype=np.int64)
        both = pull(drawn.weight)
        return cls(nodes, half, real, width, pad, pull(above), pull(below), both, both.sum + _HOLD)

    def seats(self, x: Floats, size: int) -> _Seats:
        """The order in which the nodes stand, for each line."""
        places, lines = x.take(self.nodes, axis=1).argsort(axis=1, kind="stable"), np.arange(len(x))[:, None]
        spots = self.nodes[places] + lines * size
        return _Seats(self, places, places + lines * len(self.nodes), spots, self.room(places))

    def room(self, places: Ints) -> _Room:
        """The room that some orders of the row leave."""
        half, real = self.half[places], self.real[places]
        if not half.size:
            return _Room(half, half, half)
        fixed = np.zeros_like(half)
        gaps = half[:, 1:] + half[:, :-1] + np.where(real[:, 1:] & real[:, :-1], GAP, HOLDER_GAP)
        np.cumsum(gaps, axis=1, out=fixed[:, 1:])
        first = self.pad + half[:, :1]
        last = self.width - self.pad - half[:, -1:] - fixed[:, -1:]
        return _Room(fixed, first, np.maximum(first, last))

    def spread(self, places: Ints) -> Floats:
        """Boxes evenly around the middle, place-holders as near to the middle as that leaves room."""
        taken = 2 * self.half * self.real
        count, used = int(self.real.sum()), float(taken.sum())
        between = min(SPREAD_GAP, max(GAP, (self.width - used) / (count + 1)))
        left = (self.width - used - between * (count - 1)) / 2
        ends = left + np.cumsum((taken + between * self.real)[places], axis=1)
        return np.where(self.real[places], ends - between - self.half[places], self.width / 2)


@dataclass(frozen=True, slots=True)
class _Seats:
    """A row in some orders, a line for each: which node stands where, and where its x is among those of all lines.

    ``sorted`` finds what is told for each node of the row in the order of the line, ``spots`` the x of all nodes.
    """

    row: _Row
    places: Ints
    sorted: Ints
    spots: Ints
    room: _Room
