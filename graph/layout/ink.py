"""How much ink will cross? Many pictures of one map counted at once, by the trunks that will be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.layout.nets import Net, Nets

__all__ = ["Ink"]

Spots = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int64]
Counts = npt.NDArray[np.unsignedinteger[Any]]
_AT_ONCE = 1_000_000
_BYTE = 255
_FAR = 32_767


class Ink:
    """The nets of each channel as arrays. A picture is told by the whole pixel at which each node of a row stands."""

    def __init__(self, nets: Nets, rows: Sequence[Sequence[int]]) -> None:
        spot = {node: place for row in rows for place, node in enumerate(row)}
        members: list[list[Net]] = [[] for _ in rows]
        for net in nets.nets:
            members[net.channel].append(net)
        self.rows = [np.array(row, dtype=np.int64) for row in rows]
        self.channels = [_Channel.of(found, spot) if len(found) > 1 else None for found in members]

    def crossings(self, x: npt.NDArray[np.float64]) -> Ints:
        """How often lines to different providers will cross at least, for each line of ``x``: the place of each node.

        Ports are taken to be in the middle of their boxes.
        """
        whole = x.T.astype(np.int16)
        at = [*(whole[row] for row in self.rows), whole[:0]]
        found = [channel.count(*at[n : n + 2]) for n, channel in enumerate(self.channels) if channel]
        return np.sum(found, axis=0) if found else np.zeros(len(x), dtype=np.int64)

    def beside(self, row: int, above: Spots, moved: Spots, below: Spots) -> Ints:
        """The crossings beside a row only. The places of the row and of those around it: a column for each picture."""
        total = np.zeros(moved.shape[1], dtype=np.int64)
        if row and (over := self.channels[row - 1]):
            total += over.count(above, moved)
        if under := self.channels[row]:
            total += under.count(moved, below)
        return total


@dataclass(frozen=True, slots=True)
class _Side:
    """The pins of one side of a channel: the first of each net, then the second of those that have one, and so on.

    ``place`` tells where the first pin of each net is, and one past the last of them where it has none here;
    ``later`` where the second pins begin and how many there are, then the third ones.
    """

    pins: Ints
    place: Ints
    first: int
    later: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, nets: Sequence[Sequence[int]]) -> _Side:
        order = sorted((n for n, pins in enumerate(nets) if pins), key=lambda n: -len(nets[n]))
        place = np.full(len(nets), len(order), dtype=np.int64)
        place[order] = np.arange(len(order))
        pins, later, deep = [nets[n][0] for n in order], list[tuple[int, int]](), 1
        while more := [nets[n][deep] for n in order if len(nets[n]) > deep]:
            later.append((len(pins), len(more)))
            pins += more
            deep += 1
        return cls(np.array(pins, dtype=np.int64), place, len(order), tuple(later))

    def spans(self, x: Spots) -> tuple[Spots, Spots]:
        """Where the first and the last pin of each net stand; nets without any begin far right and end far left."""
        low = high = x[: self.first]
        if self.later:
            low, high = low.copy(), high.copy()
            for start, many in self.later:
                np.minimum(low[:many], x[start : start + many], out=low[:many])
                np.maximum(high[:many], x[start : start + many], out=high[:many])
        if self.first < len(self.place):
            far = np.full((1, x.shape[1]), _FAR, dtype=np.int16)
            low, high = np.concatenate((low, far)), np.concatenate((high, -far))
        return low.take(self.place, axis=0), high.take(self.place, axis=0)

    def inside(self, x: Spots, low: Spots, high: Spots, kind: type[np.unsignedinteger[Any]]) -> Counts:
        """[net i in the order of ``place`` and all nets j, picture]: how many pins of i stand inside of j."""
        each = x[:, None]
        within = ((each > low) & (each < high)).view(np.uint8)
        found = within[: self.first].astype(kind, copy=False)
        for start, many in self.later:
            found[:many] += within[start : start + many]
        if self.first < len(low):
            found = np.concatenate((found, np.zeros((1, *found.shape[1:]), dtype=kind)))
        return found.reshape(-1, x.shape[1])


@dataclass(frozen=True, slots=True)
class _Channel:
    """The pins of the nets of a channel on each side, and where in what is counted each pair of nets is.

    ``pairs`` are four: what the pins below cost when the first net runs above the second, those above; the other way.
    """

    upper: _Side
    lower: _Side
    many: int
    pairs: tuple[Ints, Ints, Ints, Ints]

    @classmethod
    def of(cls, nets: Sequence[Net], spot: Mapping[int, int]) -> _Channel:
        over = [sorted({spot[pin.node] for pin in net.top}) for net in nets]
        under = [sorted({spot[pin.node] for pin in net.bottom}) for net in nets]
        upper, lower, size = _Side.of(over), _Side.of(under), len(nets)
        one, other = _pairs(size)
        at = (lower.place[one] * size + other, upper.place[other] * size + one)
        turned = (lower.place[other] * size + one, upper.place[one] * size + other)
        return cls(upper, lower, sum(map(len, over)) + sum(map(len, under)), (*at, *turned))

    @property
    def effort(self) -> int:
        return self.many * len(self.upper.place)

    def count(self, upper: Spots, lower: Spots) -> Ints:
        """How often the nets cross, each pair in its better order, for each column: a picture."""
        step = max(1, _AT_ONCE // self.effort)
        if upper.shape[1] <= step:
            return self._count(upper, lower)
        parts = range(0, upper.shape[1], step)
        return np.concatenate([self._count(upper[:, n : n + step], lower[:, n : n + step]) for n in parts])

    def _count(self, upper: Spots, lower: Spots) -> Ints:
        tops, bottoms = upper.take(self.upper.pins, axis=0), lower.take(self.lower.pins, axis=0)
        (low, high), (left, right) = self.upper.spans(tops), self.lower.spans(bottoms)
        np.minimum(low, left, out=low)
        np.maximum(high, right, out=high)
        kind = np.uint8 if self.many <= _BYTE else np.uint16
        below = self.lower.inside(bottoms, low, high, kind)
        above = self.upper.inside(tops, low, high, kind)
        first, second, third, fourth = self.pairs
        costs, turned = below.take(first, axis=0), below.take(third, axis=0)
        costs += above.take(second, axis=0)
        turned += above.take(fourth, axis=0)
        total: Ints = np.minimum(costs, turned, out=costs).sum(axis=0, dtype=np.int64)
        return total


@cache
def _pairs(size: int) -> tuple[Ints, Ints]:
    """All pairs of so many nets."""
    first, second = np.triu_indices(size, 1)
    return first, second
