"""How much ink will cross? Many pictures of one map counted at once, by the trunks that will be drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph.layout.nets import Net, Nets

__all__ = ["Ink"]

Spots = npt.NDArray[np.int16]
Ints = npt.NDArray[np.int64]
_AT_ONCE = 1_000_000
_BYTE = 255


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
class _Channel:
    """The pins of the nets of a channel, net after net; ``tops`` and ``bottoms`` tell where each net begins.

    ``both`` are the pins of the nets as they stand in ``upper`` and ``lower`` together, ``starts`` where a net begins.
    """

    upper: Ints
    lower: Ints
    both: Ints
    starts: Ints
    tops: tuple[int, ...]
    bottoms: tuple[int, ...]
    pairs: tuple[Ints, Ints]

    @classmethod
    def of(cls, nets: Sequence[Net], spot: Mapping[int, int]) -> _Channel:
        over = [sorted({spot[pin.node] for pin in net.top}) for net in nets]
        under = [sorted({spot[pin.node] for pin in net.bottom}) for net in nets]
        tops, bottoms = _starts(over), _starts(under)
        both = [
            [*range(*top), *(tops[-1] + n for n in range(*bottom))]
            for top, bottom in zip(pairwise(tops), pairwise(bottoms), strict=True)
        ]
        starts = np.array(_starts(both)[:-1], dtype=np.int64)
        first, second = np.triu_indices(len(nets), 1)
        return cls(_joined(over), _joined(under), _joined(both), starts, tops, bottoms, (first, second))

    @property
    def effort(self) -> int:
        return len(self.both) * len(self.starts)

    def count(self, upper: Spots, lower: Spots) -> Ints:
        """How often the nets cross, each pair in its better order, for each column: a picture."""
        step = max(1, _AT_ONCE // self.effort)
        parts = range(0, upper.shape[1], step)
        return np.concatenate([self._count(upper[:, n : n + step], lower[:, n : n + step]) for n in parts])

    def _count(self, upper: Spots, lower: Spots) -> Ints:
        tops, bottoms = upper[self.upper], lower[self.lower]
        pins = np.concatenate((tops, bottoms))[self.both]
        low, high = np.minimum.reduceat(pins, self.starts), np.maximum.reduceat(pins, self.starts)
        costs = self._inside(bottoms, self.bottoms, low, high)
        costs += self._inside(tops, self.tops, low, high).transpose(1, 0, 2)
        first, second = self.pairs
        total: Ints = np.minimum(costs[first, second], costs[second, first]).sum(axis=0, dtype=np.int64)
        return total

    def _inside(self, pins: Spots, starts: Sequence[int], low: Spots, high: Spots) -> npt.NDArray[np.uint8]:
        """[net i, net j, picture]: how many pins of i stand inside of j."""
        inside = ((pins[:, None] > low) & (pins[:, None] < high)).view(np.uint8)
        kind = np.uint8 if len(self.both) <= _BYTE else np.uint16
        found = np.zeros((len(low), *low.shape), dtype=kind)
        for net, (start, end) in enumerate(pairwise(starts)):
            np.add.reduce(inside[start:end], axis=0, out=found[net], dtype=kind)
        return found


def _starts(parts: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """Where each part begins when all stand in a row, and the end."""
    return (0, *np.cumsum([len(part) for part in parts]).tolist())


def _joined(parts: Sequence[Sequence[int]]) -> Ints:
    return np.array([one for part in parts for one in part], dtype=np.int64)
