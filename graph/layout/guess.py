"""Where will everything stand, about? Guesses for many orders of the rows at once, a column of an array for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise

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
_FEW = 3
"""Up to so many orders are gone through one by one: calls of the library would take longer than the numbers."""


class Guess:
    """The rows as arrays, and what draws their nodes. Which stands left of which is told by the x of both."""

    def __init__(self, nets: Nets, rows: Sequence[Sequence[int]], *, width: float, pad: float) -> None:
        self.nets, self.size, self.pad = nets, len(nets.nodes), pad
        widest = max((sum([nets.nodes[n].width + GAP for n in row]) for row in rows), default=0.0)
        self.width = max(width, widest + 2 * pad)
        self.rows = [_Row.of(row, nets, self.width, pad) for row in rows]

    def placed(self, orders: Sequence[Sequence[Sequence[int]]]) -> Floats:
        """Some orders of the rows as places; no pictures yet, ``settled`` makes them."""
        x = np.zeros((len(orders), self.size))
        lines = np.arange(len(orders))[:, None]
        for number, row in enumerate(self.rows):
            x[lines, np.array([order[number] for order in orders], dtype=np.int64)] = np.arange(len(row.nodes))
        return x

    def orders(self, x: Floats) -> list[list[list[int]]]:
        """The rows from left to right, for each line."""
        sorted_ = [row.nodes[x[:, row.nodes].argsort(axis=1, kind="stable")].tolist() for row in self.rows]
        return [[row[line] for row in sorted_] for line in range(len(x))]

    def settled(self, x: Floats, *, rounds: int = 4) -> Floats:
        """All nodes near what draws them, in the order that they have; whole pixels. A line for each picture."""
        if len(x) <= _FEW:
            return np.array([self._settled(line, rounds) for line in x.tolist()]).reshape(x.shape)
        found = np.zeros((self.size, len(x)))
        flat, seats = found.reshape(-1), self._seats(x)
        for seat in seats:
            flat[seat.spots] = seat.room.fit(seat.ideal)
        drawn = [(self._weights[nodes], self._heavy[nodes], _HOLD * found[nodes]) for nodes in (s.nodes for s in seats)]
        for turn in range(rounds):
            for seat, (weight, heavy, held) in list(zip(seats, drawn, strict=True))[:: -1 if turn % 2 else 1]:
                wanted = _pulls(weight, found)
                wanted += held
                wanted /= heavy
                flat[seat.spots] = seat.room.fit(wanted.take(seat.sorted))
        return np.ascontiguousarray(np.round(found).T)

    def _seats(self, x: Floats) -> list[_Seats]:
        """The order in which the nodes of each row stand, and where they would without lines: all rows at once."""
        rows = [row for row in self.rows if len(row.nodes)]
        if not rows:
            return []
        column, sizes = np.arange(len(x)), np.array([len(row.nodes) for row in rows], dtype=np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        nodes, half, real = (np.concatenate([getattr(row, of) for row in rows]) for of in ("nodes", "half", "real"))
        left, between = (np.repeat(one, sizes)[:, None] for one in zip(*(row.evenly for row in rows), strict=True))
        begins = np.repeat(np.arange(len(rows)) * (float(np.ptp(x)) + 1.0), sizes)  # row after row
        places = np.ascontiguousarray((x[:, nodes] + begins).argsort(axis=1, kind="stable").T)
        spots = nodes[places] * len(x) + column
        inside = (places - np.repeat(starts, sizes)[:, None]) * len(x) + column
        half, real = half[places], real[places]
        right = (2 * half + between) * real
        gaps = half[1:] + half[:-1] + np.where(real[1:] & real[:-1], GAP, HOLDER_GAP)
        fixed = np.zeros_like(half)
        parts = [slice(start, end) for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
        for part in parts:
            np.cumsum(gaps[part.start : part.stop - 1], axis=0, out=fixed[part.start + 1 : part.stop])
            np.cumsum(right[part], axis=0, out=right[part])
        ideal = np.where(real, left + right - between - half, self.width / 2)
        first = self.pad + half[starts]
        last = np.maximum(first, self.width - self.pad - half[ends - 1] - fixed[ends - 1])
        return [
            _Seats(row.nodes, inside[part], spots[part], ideal[part], _Room(fixed[part], first[n], last[n]))
            for n, (row, part) in enumerate(zip(rows, parts, strict=True))
        ]

    def _settled(self, x: list[float], rounds: int) -> list[float]:
        """The same for one picture."""
        found, strips = [0.0] * self.size, list[_Strip]()
        for row in self.rows:
            if len(row.nodes):
                strip = _Strip.of(row, x)
                strip.fit(row.spread(strip.places), found)
                strips.append(strip)
        held = [_HOLD * one for one in found]
        draws = self._draws
        for turn in range(rounds):
            for strip in reversed(strips) if turn % 2 else strips:
                wanted = []
                for node in strip.nodes:
                    near, heavy = draws[node]
                    total = 0.0
                    for far, weight in near:
                        total += weight * found[far]
                    wanted.append((total + held[node]) / heavy)
                strip.fit(wanted, found)
        return [float(round(one)) for one in found]

    def swept(self, x: Floats, *, rounds: int = 2) -> Floats:
        """Order each row anew by what draws its nodes from above, then from below, and so on by turns."""
        lines, found = np.arange(len(x)), x.T.copy()
        drawn = [
            [(table[row.nodes], table[row.nodes].sum(axis=1)[:, None]) for row in self.rows] for table in self._sides
        ]
        for turn in range(rounds):
            down = turn % 2 == 0
            for row, (near, many) in list(zip(self.rows, drawn[not down], strict=True))[:: 1 if down else -1]:
                if not len(row.nodes):
                    continue
                here = found[row.nodes]
                means = np.where(many > 0, _pulls(near, found) / np.maximum(many, 0.5), here)
                wanted = np.round(means, 3).astype(np.float64)
                before = here.argsort(axis=0, kind="stable")
                places = before[wanted[before, lines].argsort(axis=0, kind="stable"), lines]
                found[row.nodes[places], lines] = row.room(places).fit(wanted[places, lines])
        return np.ascontiguousarray(found.T)

    @cached_property
    def _ends(self) -> tuple[Ints, Floats]:
        """The ties from both ends: where in a table of nodes and what draws them, and the weight."""
        ends = np.array([(tie.a.node, tie.b.node) for tie in self.nets.ties], dtype=np.int64).reshape(-1, 2)
        mine, far = np.concatenate((ends, ends[:, ::-1])).T
        weight = np.tile(np.array([tie.weight for tie in self.nets.ties], dtype=np.float64), 2)
        return mine * self.size + far, weight

    @cached_property
    def _weights(self) -> Floats:
        """How much each node is drawn by each: a row for each that is drawn."""
        spots, weight = self._ends
        return self._table(np.bincount(spots, weight, self.size**2))

    @cached_property
    def _heavy(self) -> Floats:
        heavy: Floats = self._weights.sum(axis=1)[:, None] + _HOLD
        return heavy

    @cached_property
    def _sides(self) -> tuple[Floats, Floats]:
        """How many ties draw each node to each from above and from below; those in one row draw half from both."""
        many = self._table(np.bincount(self._ends[0], minlength=self.size**2))
        row = np.array([node.row for node in self.nets.nodes])
        step = row[None, :] - row[:, None]
        return many * ((step < 0) + 0.5 * (step == 0)), many * ((step > 0) + 0.5 * (step == 0))

    def _table(self, flat: npt.NDArray[np.generic]) -> Floats:
        return flat.reshape(self.size, self.size).astype(np.float64, copy=False)

    @cached_property
    def _draws(self) -> list[tuple[list[tuple[int, float]], float]]:
        """What draws each node and how much, and how much all that draws it; for one picture."""
        found: list[dict[int, float]] = [{} for _ in range(self.size)]
        for (a, _), (b, _), weight in self.nets.ties:
            found[a][b] = found[a].get(b, 0.0) + weight
            found[b][a] = found[b].get(a, 0.0) + weight
        return [(sorted(near.items()), sum(near.values()) + _HOLD) for near in found]


def _pulls(weight: Floats, x: Floats) -> Floats:
    """The weighted sum for each column; in parts, for threads would wait longer for each other than this takes."""
    step = max(1, _AT_ONCE // max(1, weight.size))
    parts = [weight @ x[:, n : n + step] for n in range(0, x.shape[1], step)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True)
class _Room:
    """The least distances from the first node of a row, and between where that may stand; a column for each order."""

    fixed: Floats
    first: Floats
    last: Floats

    def fit(self, wanted: Floats) -> Floats:
        """The places nearest to those that are wanted, about, with the gaps kept and nothing outside."""
        fitted = wanted - self.fixed
        least, step = fitted.copy(), 1
        while step < len(
            fitted
        ):  # the greatest from the left, the least from the right; each step tells of twice as many
            np.maximum(fitted[step:], fitted[:-step], out=fitted[step:])
            np.minimum(least[step:], least[:-step], out=least[:-step])
            step *= 2
        fitted += least
        fitted /= 2
        np.maximum(fitted, self.first, out=fitted)
        np.minimum(fitted, self.last, out=fitted)
        fitted += self.fixed
        return fitted


@dataclass(frozen=True)
class _Row:
    """The nodes of a row: half their widths, and which are real."""

    nodes: Ints
    half: Floats
    real: npt.NDArray[np.bool_]
    width: float
    pad: float
    plain: list[tuple[int, float, bool]]

    @classmethod
    def of(cls, row: Sequence[int], nets: Nets, width: float, pad: float) -> _Row:
        half, real = [nets.nodes[n].width / 2 for n in row], [nets.nodes[n].real for n in row]
        nodes = np.array(row, dtype=np.int64)
        plain = list(zip(row, half, real, strict=True))
        return cls(nodes, np.array(half), np.array(real, dtype=np.bool_), width, pad, plain)

    def room(self, places: Ints) -> _Room:
        """The room that some orders of the row leave."""
        half, real = self.half[places], self.real[places]
        fixed = np.zeros_like(half)
        gaps = half[1:] + half[:-1] + np.where(real[1:] & real[:-1], GAP, HOLDER_GAP)
        np.cumsum(gaps, axis=0, out=fixed[1:])
        first = self.pad + half[:1]
        return _Room(fixed, first, np.maximum(first, self.width - self.pad - half[-1:] - fixed[-1:]))

    @cached_property
    def evenly(self) -> tuple[float, float]:
        """Where the first box begins when boxes stand evenly around the middle, and how much is free between two."""
        taken = [2 * half for _, half, real in self.plain if real]
        used = sum(taken)
        between = min(SPREAD_GAP, max(GAP, (self.width - used) / (len(taken) + 1)))
        return (self.width - used - between * (len(taken) - 1)) / 2, between

    def spread(self, places: Sequence[int]) -> list[float]:
        """Boxes evenly around the middle, place-holders as near to the middle as that leaves room."""
        left, between = self.evenly
        found, so_far = [], 0.0
        for place in places:
            _, half, real = self.plain[place]
            if real:
                so_far += 2 * half + between
            found.append(left + so_far - between - half if real else self.width / 2)
        return found


@dataclass(frozen=True, slots=True)
class _Seats:
    """A row in some orders, a column for each: where its nodes would stand without lines, and which room there is.

    ``sorted`` finds what is told for each node of the row in the order of the column, ``spots`` the x of all nodes.
    """

    nodes: Ints
    sorted: Ints
    spots: Ints
    ideal: Floats
    room: _Room


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row in one order: what ``_Seats`` and ``_Room`` tell of many."""

    places: list[int]
    nodes: list[int]
    fixed: list[float]
    first: float
    last: float

    @classmethod
    def of(cls, row: _Row, x: Sequence[float]) -> _Strip:
        here = [x[node] for node, _, _ in row.plain]
        places = sorted(range(len(here)), key=here.__getitem__)
        ordered = [row.plain[place] for place in places]
        gaps = [
            half + before + (GAP if real and beside else HOLDER_GAP)
            for (_, before, beside), (_, half, real) in pairwise(ordered)
        ]
        fixed = [0.0, *accumulate(gaps)]
        first = row.pad + ordered[0][1]
        last = row.width - row.pad - ordered[-1][1] - fixed[-1]
        return cls(places, [node for node, _, _ in ordered], fixed, first, max(first, last))

    def fit(self, wanted: Sequence[float], x: list[float]) -> None:
        """Put the nodes near where they are wanted, the gaps kept; changes ``x``."""
        free = [one - away for one, away in zip(wanted, self.fixed, strict=True)]
        least = list(accumulate(reversed(free), min))[::-1]
        first, last = self.first, self.last
        for node, high, low, away in zip(self.nodes, accumulate(free, max), least, self.fixed, strict=True):
            middle = (high + low) / 2
            x[node] = (first if middle < first else min(middle, last)) + away
