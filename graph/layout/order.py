"""In which order do boxes and trunks stand in their rows? In one with few crossings (Sugiyama, Tagawa, Toda 1981)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["crossings", "orders", "reorder"]

Rows = list[list[int]]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
STARTS = ((120, 32), (250, 12), (500, 6), (1500, 3), (6000, 2))
SWEEPS, FEW_SWEEPS = 12, 6
PATIENCE = 4
SQUARE, AT_ONCE = 1_500, 200_000
_PADDED = 16
_BITS = 16


def orders(
    rows: Sequence[Sequence[int]],
    links: Iterable[tuple[int, int]],
    same: Iterable[tuple[int, int]],
    *,
    swapped: bool = True,
) -> list[Rows]:
    """Order each row so that few links cross: barycentre sweeps from several starts, then swaps of neighbours.

    Args:
        rows: the nodes of each row, in a decided order.
        links: pairs (upper, lower) of nodes in rows that follow each other.
        same: pairs of nodes in one row that should be near each other.
        swapped: whether neighbours are swapped after the sweeps; where not, a search goes on, and few sweeps do.

    Returns:
        The best order that was found; without swaps, that of each start. Cost O(starts * sweeps * links * log links).
    """
    state = _Sweeper(rows, links, same)
    size = sum(map(len, rows))
    starts = next((count for limit, count in STARTS if size <= limit), 1)
    rounds = 8 if size <= 1500 else 3 if size <= 6000 else 2
    begun = [_start(rows, number) for number in range(starts)]
    swept = state.sweep(begun, rounds=SWEEPS if swapped and size <= 6000 else FEW_SWEEPS)
    if not swapped:
        return [found for _, found in swept]
    nearest = sorted(range(len(swept)), key=lambda number: (swept[number][0], number))[: max(1, starts // 3)]
    found = [state.transpose(swept[number][1], rounds=rounds) for number in nearest]
    return [min(found, key=state.cost)]


def reorder(
    rows: Sequence[Sequence[int]],
    links: Sequence[tuple[int, int]],
    same: Sequence[tuple[int, int]],
    before: Mapping[int, float],
    width: float,
) -> Rows:
    """Keep the order of the nodes that had a place before, and put new ones where their neighbours draw them.

    Args:
        rows: the nodes of each row.
        links: pairs (upper, lower) of nodes in rows that follow each other.
        same: pairs of nodes in one row.
        before: the x of nodes in the last picture.
        width: where nodes go that nothing draws.
    """
    near: dict[int, set[int]] = {}
    for a, b in [*links, *same]:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    x = dict(before)
    new = sorted(n for row in rows for n in row if n not in before)
    waiting = new
    while waiting:
        drawn = {n: [x[o] for o in sorted(near.get(n, ())) if o in x] for n in waiting}
        placed = {n: sum(found) / len(found) for n, found in drawn.items() if found}
        if not placed:
            placed = {n: width + place for place, n in enumerate(waiting)}
        x |= placed
        waiting = [n for n in waiting if n not in placed]
    ordered = [sorted(row, key=lambda n: (x[n], n in before, n)) for row in rows]
    return _Sweeper(rows, links, same).transpose(ordered, rounds=4, free=set(new)) if new else ordered


def crossings(pairs: Iterable[tuple[int, int]]) -> int:
    """Count the pairs of links that cross between two rows, given the places of their ends.

    >>> crossings([(0, 2), (1, 0), (1, 2)])
    1
    """
    return _crossed([lower for _, lower in sorted(pairs)])


def _crossed(lowers: Iterable[int]) -> int:
    """How many pairs stand in the wrong order."""
    total = 0
    seen: list[int] = []
    for count, lower in enumerate(lowers):
        place = bisect_right(seen, lower)
        total += count - place
        seen.insert(place, lower)
    return total


def _start(rows: Sequence[Sequence[int]], number: int) -> Rows:
    """The given order first, then its mirror image, then fixed shuffles."""
    if number == 0:
        return [list(row) for row in rows]
    if number == 1:
        return [list(row)[::-1] for row in rows]
    bits = Random(number).getrandbits  # noqa: S311 no secret: the same shuffles every time
    return [_shuffled(row, bits) for row in rows]


def _shuffled(row: Sequence[int], bits: Callable[[int], int]) -> list[int]:
    """The same as ``random.sample`` of all of them, without what that checks at each step."""
    pool, found = list(row), []
    for left in range(len(pool), 0, -1):
        size = left.bit_length()
        while (place := bits(size)) >= left:
            pass
        found.append(pool[place])
        pool[place] = pool[left - 1]
    return found


class _Sweeper:
    """The links by node and by channel, and the places in the order that is being improved."""

    def __init__(
        self, rows: Sequence[Sequence[int]], links: Iterable[tuple[int, int]], same: Iterable[tuple[int, int]]
    ) -> None:
        row_of = {node: number for number, row in enumerate(rows) for node in row}
        self.rank = np.zeros(1 + max(row_of, default=0), dtype=np.int64)
        self.channels: list[list[tuple[int, int]]] = [[] for _ in rows]
        self.up: dict[int, list[int]] = {node: [] for node in row_of}
        self.down: dict[int, list[int]] = {node: [] for node in row_of}
        self.beside: dict[int, list[int]] = {}
        self.kept: dict[int, list[tuple[Ints, ...]]] = {}
        for upper, lower in sorted(set(links)):
            self.channels[row_of[upper]].append((upper, lower))
            self.down[upper].append(lower)
            self.up[lower].append(upper)
        for a, b in sorted(set(same)):
            self.beside.setdefault(a, []).append(b)
            self.beside.setdefault(b, []).append(a)

    def cost(self, rows: Rows) -> int:
        rank = [0] * len(self.rank)
        for row in rows:
            for place, node in enumerate(row):
                rank[node] = place
        return sum(crossings([(rank[a], rank[b]) for a, b in pairs]) for pairs in self.channels)

    def sweep(self, starts: Sequence[Rows], *, rounds: int) -> list[tuple[int, Rows]]:
        """Sweep down and up by turns from each start; the best rows on the way, and their cost."""
        return _Sweeps(starts, self).run(rounds)

    def _place(self, row: Sequence[int]) -> None:
        self.rank[row] = np.arange(len(row))

    def transpose(self, rows: Rows, *, rounds: int, free: set[int] | None = None) -> Rows:
        """Swap neighbours while that lowers the number of crossings; only pairs with a ``free`` node, if given.

        A row is looked at again when it, or one beside it, has changed.
        """
        rows = [row[:] for row in rows]
        for row in rows:
            self._place(row)
        waiting = set(range(len(rows)))
        for _ in range(rounds):
            again: set[int] = set()
            for index, row in enumerate(rows):
                if (index in waiting or index in again) and self._swap(row, free):
                    again |= {index - 1, index, index + 1}
            waiting = again
            if not waiting:
                break
        return rows

    def _swap(self, row: list[int], free: set[int] | None) -> bool:
        gain, spots, changed = self._gains(row), list(range(len(row))), False
        for index in range(len(row) - 1):
            left, right = spots[index], spots[index + 1]
            if gain[left][right] > 0 and (free is None or row[index] in free or row[index + 1] in free):
                row[index], row[index + 1] = row[index + 1], row[index]
                spots[index], spots[index + 1] = right, left
                changed = True
        if changed:
            self._place(row)
        return changed

    def _gains(self, row: Sequence[int]) -> list[list[float]]:
        """How many crossings fewer there are when the second of two nodes of a row stands left of the first."""
        found = np.zeros((len(row), len(row)))
        for nodes, ends in self._links(row):
            places = self.rank.take(ends)
            linked = np.zeros((len(row), 1 + int(places.max())))
            linked[self.rank.take(nodes), places] = 1
            found += linked @ (linked.cumsum(axis=1) - linked).T
        gains: list[list[float]] = (found - found.T).tolist()
        return gains

    def _links(self, row: Sequence[int]) -> list[tuple[Ints, ...]]:
        """The links of a row up and those down, as nodes of the row and their other ends; made once for each row."""
        key = min(row, default=-1)  # rows keep their nodes
        if key not in self.kept:
            pairs = ([(node, other) for node in row for other in near[node]] for near in (self.up, self.down))
            self.kept[key] = [tuple(np.array(some, dtype=np.int64).T) for some in pairs if some]
        return self.kept[key]


class _Sweeps:
    """The sweeps from all starts at once, over arrays with a line for each start.

    A node is told by its place in the row of the first start; ``order`` has these places, from left to right.
    """

    def __init__(self, starts: Sequence[Rows], links: _Sweeper) -> None:
        rows = starts[0]
        self.lines = np.arange(len(starts))[:, None]
        self.nodes = [np.array(row, dtype=np.int64) for row in rows]
        spot = np.zeros(len(links.rank), dtype=np.int64)
        for nodes in self.nodes:
            spot[nodes] = np.arange(len(nodes))
        self.lines_of = [self.lines * len(nodes) for nodes in self.nodes]
        self.order = [
            spot[np.array([start[n] for start in starts], dtype=np.int64).reshape(len(starts), -1)]
            for n in range(len(rows))
        ]
        self.place = np.zeros((len(starts), len(links.rank)))
        self.flat, self.begins = self.place.reshape(-1), self.lines * len(links.rank)
        self.middles = [(np.arange(len(nodes)) + 0.5) * (1 / max(1, len(nodes))) for nodes in self.nodes]
        for index in range(len(rows)):
            self._put(index)
        self.near = [
            [_Near.of(row, near, links.beside, len(starts)) for row in rows] for near in (links.up, links.down)
        ]
        self.channels = _alike([pairs for pairs in links.channels if len(pairs) > 1])

    def run(self, rounds: int) -> list[tuple[int, Rows]]:
        """The best rows of each start; one that gets no better for a while ends where it is."""
        best, least = [order.copy() for order in self.order], self._costs()
        idle = np.zeros(len(least), dtype=np.int64)
        for number in range(rounds):
            down = number % 2 == 0
            for index in range(len(self.nodes)) if down else range(len(self.nodes) - 1, -1, -1):
                self._sort(index, self.near[not down][index], flip=number % 4 > 1)
            costs = self._costs()
            better = (costs < least) & (idle <= PATIENCE)
            idle = np.where(better, 0, idle + 1)
            if better.any():
                least = np.where(better, costs, least)
                for kept, order in zip(best, self.order, strict=True):
                    kept[better] = order[better]
            if (idle > PATIENCE).all():
                break
        return [
            (int(cost), [nodes[order[line]].tolist() for nodes, order in zip(self.nodes, best, strict=True)])
            for line, cost in enumerate(least)
        ]

    def _put(self, index: int) -> None:
        self.flat[self.nodes[index].take(self.order[index]) + self.begins] = self.middles[index]

    def _sort(self, index: int, near: _Near, *, flip: bool) -> None:
        order = self.order[index]
        if flip:
            order = order[:, ::-1]
        keys = near.means(self.place, self.nodes[index]).take(order + self.lines_of[index])
        self.order[index] = order.take(keys.argsort(axis=1, kind="stable") + self.lines_of[index])
        self._put(index)

    def _costs(self) -> Ints:
        bits = self.place.shape[1].bit_length()
        rank = np.zeros(self.place.shape, dtype=np.int32 if bits < _BITS else np.int64)
        flat = rank.reshape(-1)
        last = (1 << bits) - 1
        for nodes, order in zip(self.nodes, self.order, strict=True):
            flat[nodes.take(order) + self.begins] = np.arange(len(nodes))
        total = np.zeros(len(rank), dtype=np.int64)
        for upper, lower, none in self.channels:
            keys = rank.take(upper, axis=1)
            keys <<= bits
            keys += rank.take(lower, axis=1)
            keys[:, none] = (last << bits) + last
            keys.sort(axis=2)
            keys &= last
            total += _inverted(keys.reshape(-1, upper.shape[1])).reshape(len(rank), -1).sum(axis=1)
        return total


def _alike(channels: Sequence[Sequence[tuple[int, int]]]) -> list[tuple[Ints, Ints, npt.NDArray[np.bool_]]]:
    """The links of channels that have about as many, together: their upper ends, lower ends, and where none is."""
    sized: dict[int, list[Sequence[tuple[int, int]]]] = {}
    for pairs in channels:
        sized.setdefault(-(-len(pairs) // _PADDED), []).append(pairs)
    found = []
    for size, members in sorted(sized.items()):
        ends = np.full((2, len(members), size * _PADDED), -1, dtype=np.int64)
        for number, pairs in enumerate(members):
            ends[:, number, : len(pairs)] = np.array(pairs, dtype=np.int64).T
        found.append((ends[0], ends[1], ends[0] < 0))
    return found


def _inverted(lowers: npt.NDArray[np.signedinteger[Any]]) -> Ints:
    """How many pairs of each line stand in the wrong order: each held against each, where they are some hundred."""
    lines, size = lowers.shape
    if size > SQUARE:
        return np.array([_crossed(line.tolist()) for line in lowers], dtype=np.int64)
    small, after, step = lowers.astype(np.int16), _after()[:size, :size], max(1, AT_ONCE // (size * size))
    found: list[int] = []
    for line in range(0, lines, step):
        some = small[line : line + step]
        found += [int(np.count_nonzero(each)) for each in (some[:, :, None] > some[:, None, :]) & after]
    return np.array(found, dtype=np.int64)


@cache
def _after() -> npt.NDArray[np.bool_]:
    """Whether the second stands after the first."""
    return np.triu(np.ones((SQUARE, SQUARE), dtype=np.bool_), 1)


@dataclass(frozen=True, slots=True)
class _Near:
    """What draws the nodes of a row: pairs of a node and what is near it, in the next row and in the same.

    ``least`` is how much draws each, and a half where nothing does; ``drawn`` which ones something draws, None for all.
    """

    mine: Ints
    far: Ints
    own: Ints
    beside: Ints
    least: Floats
    drawn: npt.NDArray[np.bool_] | None

    @classmethod
    def of(
        cls, row: Sequence[int], near: Mapping[int, list[int]], beside: Mapping[int, list[int]], lines: int
    ) -> _Near:
        pairs = [(place, other) for place, node in enumerate(row) for other in near[node]]
        same = [(place, other) for place, node in enumerate(row) for other in beside.get(node, ())]
        mine, far = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        own, others = np.array(same, dtype=np.int64).reshape(-1, 2).T
        count = np.bincount(mine, minlength=len(row)) + np.bincount(own, minlength=len(row)) / 2
        bins = np.arange(lines)[:, None] * len(row)
        drawn = None if count.all() else count > 0
        return cls((bins + mine).ravel(), far, (bins + own).ravel(), others, np.maximum(count, 0.5), drawn)

    def means(self, place: Floats, nodes: Ints) -> Floats:
        """The mean place of what is near each node; its own where nothing is. A line for each of ``place``."""
        size = len(place) * len(nodes)
        total: Floats = np.bincount(self.mine, place.take(self.far, axis=1).ravel(), size).astype(
            np.float64, copy=False
        )
        if len(self.own):
            total = total + np.bincount(self.own, place.take(self.beside, axis=1).ravel(), size) / 2
        mean = total.reshape(len(place), -1) / self.least
        return mean if self.drawn is None else np.where(self.drawn, mean, place[:, nodes])
