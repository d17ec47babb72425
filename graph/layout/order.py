"""In which order do boxes and trunks stand in their rows? In one with few crossings (Sugiyama, Tagawa, Toda 1981)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random

import numpy as np
import numpy.typing as npt

__all__ = ["crossings", "orders", "reorder"]

Rows = list[list[int]]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
STARTS = ((120, 24), (250, 12), (500, 6), (1500, 3), (6000, 2))
SWEEPS = 12
PATIENCE = 4
NEARLY, SMALL, MANY = 0.3, 250, 600
SQUARE = 1_500


def orders(
    rows: Sequence[Sequence[int]], links: Iterable[tuple[int, int]], same: Iterable[tuple[int, int]]
) -> list[Rows]:
    """Order each row so that few links cross: barycentre sweeps from several starts, then swaps of neighbours.

    Args:
        rows: the nodes of each row, in a decided order.
        links: pairs (upper, lower) of nodes in rows that follow each other.
        same: pairs of nodes in one row that should be near each other.

    Returns:
        The best order that was found, and for small maps up to two more that are nearly as good. Cost O(starts *
        sweeps * links * log links).
    """
    state = _Sweeper(rows, links, same)
    size = sum(map(len, rows))
    starts = next((count for limit, count in STARTS if size <= limit), 1)
    rounds = 8 if size <= 1500 else 3 if size <= 6000 else 2
    swept = sorted(
        (
            (*state.sweep(_start(rows, number), rounds=SWEEPS if size <= 6000 else 6), number)
            for number in range(starts)
        ),
        key=lambda one: (one[0], one[2]),
    )
    found: list[tuple[int, int, Rows]] = []
    for _, candidate, number in swept[: max(1, starts // 3)]:
        swapped = state.transpose(candidate, rounds=rounds)
        if all(swapped != other for _, _, other in found):
            found.append((state.cost(swapped), number, swapped))
    found.sort(key=lambda one: one[:2])
    good = found[0][0] * (1 + NEARLY)
    return [candidate for cost, _, candidate in found[: 3 if size <= SMALL else 1] if cost <= good]


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
    random = Random(number)  # noqa: S311 no secret: the same shuffles every time
    return [random.sample(row, len(row)) for row in rows]


class _Sweeper:
    """The links by node and by channel, and the places in the order that is being improved."""

    def __init__(
        self, rows: Sequence[Sequence[int]], links: Iterable[tuple[int, int]], same: Iterable[tuple[int, int]]
    ) -> None:
        row_of = {node: number for number, row in enumerate(rows) for node in row}
        self.place = [0.0] * (1 + max(row_of, default=0))
        self.channels: list[list[tuple[int, int]]] = [[] for _ in rows]
        self.up: dict[int, list[int]] = {node: [] for node in row_of}
        self.down: dict[int, list[int]] = {node: [] for node in row_of}
        self.beside: dict[int, list[int]] = {}
        for upper, lower in sorted(set(links)):
            self.channels[row_of[upper]].append((upper, lower))
            self.down[upper].append(lower)
            self.up[lower].append(upper)
        for a, b in sorted(set(same)):
            self.beside.setdefault(a, []).append(b)
            self.beside.setdefault(b, []).append(a)

    def cost(self, rows: Rows) -> int:
        rank = [0] * len(self.place)
        for row in rows:
            for place, node in enumerate(row):
                rank[node] = place
        return sum(crossings([(rank[a], rank[b]) for a, b in pairs]) for pairs in self.channels)

    def sweep(self, rows: Rows, *, rounds: int) -> tuple[int, Rows]:
        """Sweep down and up by turns; the best rows on the way and their cost."""
        if len(self.place) > MANY:
            return _Broad(rows, self).sweep(rounds)
        for row in rows:
            self._place(row)
        best, least, idle = [row[:] for row in rows], self.cost(rows), 0
        for number in range(rounds):
            down = number % 2 == 0
            for index in range(len(rows)) if down else range(len(rows) - 1, -1, -1):
                rows[index] = self._sorted(rows[index], self.up if down else self.down, flip=number % 4 > 1)
            cost = self.cost(rows)
            if cost < least:
                best, least, idle = [row[:] for row in rows], cost, 0
            else:
                idle += 1
                if idle > PATIENCE:
                    break
        return least, best

    def _place(self, row: Sequence[int]) -> None:
        step = 1 / max(1, len(row))
        for place, node in enumerate(row):
            self.place[node] = (place + 0.5) * step

    def _sorted(self, row: list[int], near: Mapping[int, list[int]], *, flip: bool) -> list[int]:
        """The row by the mean place of its neighbours above (or below); who has none keeps the place."""
        place, beside = self.place, self.beside
        keys = {}
        for node in row:
            others = near[node]
            if node in beside:
                total = sum([place[o] for o in others]) + sum([place[o] for o in beside[node]]) / 2
                keys[node] = total / (len(others) + len(beside[node]) / 2)
            elif others:
                keys[node] = sum([place[o] for o in others]) / len(others)
            else:
                keys[node] = place[node]
        found = sorted(reversed(row) if flip else row, key=keys.__getitem__)
        self._place(found)
        return found

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
        place = self.place
        up = {n: sorted([place[o] for o in self.up[n]]) for n in row}
        down = {n: sorted([place[o] for o in self.down[n]]) for n in row}
        changed = False
        for index in range(len(row) - 1):
            left, right = row[index], row[index + 1]
            if free is not None and left not in free and right not in free:
                continue
            gain = _inversions(up[left], up[right]) + _inversions(down[left], down[right])
            gain -= _inversions(up[right], up[left]) + _inversions(down[right], down[left])
            if gain > 0:
                row[index], row[index + 1] = right, left
                changed = True
        if changed:
            self._place(row)
        return changed


class _Broad:
    """The same sweeps over arrays, for rows so long that this pays. Sums are taken in the same order: so are the rows.

    A node is told by its place in the row as it was given; ``order`` has these places, from left to right.
    """

    def __init__(self, rows: Rows, links: _Sweeper) -> None:
        self.nodes = [np.array(row, dtype=np.int64) for row in rows]
        self.order = [np.arange(len(row)) for row in rows]
        self.place = np.zeros(len(links.place))
        for nodes, order in zip(self.nodes, self.order, strict=True):
            self._put(nodes, order)
        self.near = [[_Near.of(row, near, links.beside) for row in rows] for near in (links.up, links.down)]
        self.channels = [np.array(pairs, dtype=np.int64).reshape(-1, 2).T for pairs in links.channels]

    def sweep(self, rounds: int) -> tuple[int, Rows]:
        best, least, idle = self._rows(), self._cost(), 0
        for number in range(rounds):
            down = number % 2 == 0
            for index in range(len(self.nodes)) if down else range(len(self.nodes) - 1, -1, -1):
                self._sort(index, self.near[not down][index], flip=number % 4 > 1)
            cost = self._cost()
            if cost < least:
                best, least, idle = self._rows(), cost, 0
            else:
                idle += 1
                if idle > PATIENCE:
                    break
        return least, best

    def _rows(self) -> Rows:
        return [nodes[order].tolist() for nodes, order in zip(self.nodes, self.order, strict=True)]

    def _put(self, nodes: Ints, order: Ints) -> None:
        self.place[nodes[order]] = (np.arange(len(order)) + 0.5) * (1 / max(1, len(order)))

    def _sort(self, index: int, near: _Near, *, flip: bool) -> None:
        nodes, order = self.nodes[index], self.order[index]
        keys = near.means(self.place, nodes)
        order = order[::-1] if flip else order
        self.order[index] = order = order[np.argsort(keys[order], kind="stable")]
        self._put(nodes, order)

    def _cost(self) -> int:
        rank = np.zeros(len(self.place), dtype=np.int64)
        for nodes, order in zip(self.nodes, self.order, strict=True):
            rank[nodes[order]] = np.arange(len(order))
        total, many = 0, len(self.place)
        for upper, lower in self.channels:
            lowers = np.sort(rank[upper] * many + rank[lower]) % many
            total += _inverted(lowers) if len(lowers) <= SQUARE else _crossed(lowers.tolist())
        return total


def _inverted(lowers: Ints) -> int:
    """As ``_crossed``: each with each, which is faster for some hundred."""
    small = lowers.astype(np.int16) if len(lowers) and lowers.max() < 1 << 15 else lowers
    return int(np.count_nonzero((small[:, None] > small) & _after()[: len(small), : len(small)]))


@cache
def _after() -> npt.NDArray[np.bool_]:
    """Whether the second stands after the first."""
    return np.triu(np.ones((SQUARE, SQUARE), dtype=np.bool_), 1)


@dataclass(frozen=True, slots=True)
class _Near:
    """What draws the nodes of a row: pairs of a node and what is near it, in the next row and in the same."""

    mine: Ints
    far: Ints
    own: Ints
    beside: Ints
    count: Floats

    @classmethod
    def of(cls, row: Sequence[int], near: Mapping[int, list[int]], beside: Mapping[int, list[int]]) -> _Near:
        pairs = [(place, other) for place, node in enumerate(row) for other in near[node]]
        same = [(place, other) for place, node in enumerate(row) for other in beside.get(node, ())]
        mine, far = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        own, others = np.array(same, dtype=np.int64).reshape(-1, 2).T
        count = np.bincount(mine, minlength=len(row)) + np.bincount(own, minlength=len(row)) / 2
        return cls(mine, far, own, others, count)

    def means(self, place: Floats, nodes: Ints) -> Floats:
        """The mean place of what is near each node; its own where nothing is."""
        total: Floats = np.bincount(self.mine, place[self.far], len(nodes)).astype(np.float64)
        if len(self.own):
            total = total + np.bincount(self.own, place[self.beside], len(nodes)) / 2
        return np.where(self.count > 0, total / np.maximum(self.count, 0.5), place[nodes])


def _inversions(left: list[float], right: list[float]) -> int:
    """How many links cross when the node with neighbours ``left`` stands left of that with ``right``."""
    if not left or not right or left[-1] <= right[0]:
        return 0
    return sum([bisect_left(right, one) for one in left])
