"""Where will everything stand, about? Guesses for many orders of the rows at once, a line of an array for each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.layout.coordinates import HOLDER_GAP, SPREAD_GAP, Tie, ties
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
        drawn, row_of = ties(nets), [node.row for node in nets.nodes]
        self.rows = [_Row.of(row, nets, drawn, row_of, self.width, pad) for row in rows]

    def of(self, orders: Sequence[Sequence[Sequence[int]]]) -> Floats:
        """The guess for some orders."""
        x = np.zeros((len(orders), self.size))
        for number, row in enumerate(self.rows):
            for line, order in enumerate(orders):
                x[line, order[number]] = np.arange(len(row.nodes))
        return self.settled(x)

    def orders(self, x: Floats) -> list[list[list[int]]]:
        """The rows from left to right, for each line."""
        sorted_ = [row.nodes[x[:, row.nodes].argsort(axis=1, kind="stable")].tolist() for row in self.rows]
        return [[row[line] for row in sorted_] for line in range(len(x))]

    def settled(self, x: Floats, *, rounds: int = 4) -> Floats:
        """All nodes near what draws them, in the order that they have; whole pixels."""
        lines = np.arange(len(x))[:, None]
        order = [x[:, row.nodes].argsort(axis=1, kind="stable") for row in self.rows]
        ideal, room = np.zeros_like(x), [row.room(places) for row, places in zip(self.rows, order, strict=True)]
        for row, places, free in zip(self.rows, order, room, strict=True):
            if len(row.nodes):
                ideal[lines, row.nodes[places]] = free.fit(row.spread(places))
        x = ideal.copy()
        for turn in range(rounds):
            for number in range(len(self.rows))[:: 1 if turn % 2 == 0 else -1]:
                row, places = self.rows[number], order[number]
                if len(row.nodes):
                    pull = row.both.pulls(x) + _HOLD * ideal[:, row.nodes]
                    wanted = pull / (row.both.sum + _HOLD)
                    x[lines, row.nodes[places]] = room[number].fit(wanted[lines, places])
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
        parts = [x[n : n + step, self.near] @ self.weight for n in range(0, len(x), step)]
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
        free = (np.maximum.accumulate(free, axis=1) + np.minimum.accumulate(free[:, ::-1], axis=1)[:, ::-1]) / 2
        fitted: Floats = np.minimum(np.maximum(free, self.first), self.last) + self.fixed
        return fitted


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

    @classmethod
    def of(
        cls, row: Sequence[int], nets: Nets, drawn: Iterable[Tie], row_of: Sequence[int], width: float, pad: float
    ) -> _Row:
        spot = {node: place for place, node in enumerate(row)}
        above, below, both = (np.zeros((len(nets.nodes), len(row))) for _ in range(3))
        for tie in drawn:
            for mine, other in ((tie.a.node, tie.b.node), (tie.b.node, tie.a.node)):
                if mine in spot:
                    step = row_of[other] - row_of[mine]
                    above[other, spot[mine]] += 1.0 if step < 0 else 0.0 if step else 0.5
                    below[other, spot[mine]] += 1.0 if step > 0 else 0.0 if step else 0.5
                    both[other, spot[mine]] += tie.weight
        half = np.array([nets.nodes[n].width / 2 for n in row])
        real = np.array([nets.nodes[n].real for n in row], dtype=np.bool_)
        nodes = np.array(row, dtype=np.int64)
        return cls(nodes, half, real, width, pad, _Pull.of(above), _Pull.of(below), _Pull.of(both))

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
