"""Which of many orders crosses least ink? From good starts, by moves of single nodes, many pictures at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from functools import cache
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph.layout.channels import Wire, least_crossings
from graph.layout.coordinates import with_ports
from graph.layout.guess import Guess
from graph.layout.ink import Ink
from graph.layout.nets import Nets

__all__ = ["fewest", "touched"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Links = Sequence[tuple[int, int]]
EQUAL = 3
EFFORT = ((120, 128, 24, 12, 4, 3), (210, 4, 2, 1, 1, 2))
"""Up to so many nodes: shuffles, how many of all are sifted, touched once, touched until nothing changes, how far."""
PASSES = 3


def fewest(
    nets: Nets,
    rows: Sequence[Sequence[int]],
    links: Links,
    starts: Sequence[Sequence[Sequence[int]]],
    *,
    width: float,
    pad: float,
) -> tuple[list[list[int]], list[float]]:
    """The order with the fewest crossings of ink that is found, and where its nodes will stand about.

    Args:
        nets: the map as nodes and nets.
        rows: the nodes of each row.
        links: pairs (upper, lower) of nodes in rows that follow each other.
        starts: good orders; fixed shuffles that were swept twice join them.
        width: the wanted width of the bands.
        pad: the room left and right in a band.
    """
    guess, ink = Guess(nets, rows, width=width, pad=pad), Ink(nets, rows)
    _, shuffles, sifted, first, then, near = next((row for row in EFFORT if len(nets.nodes) <= row[0]), EFFORT[-1])
    sifter, pool = _Sifter(guess, ink, links, near), _Pool(guess, ink)
    pool.add(guess.settled(np.concatenate((guess.placed(starts), guess.swept(_shuffled(guess, shuffles))))))
    pool.add(guess.settled(sifter.sift(pool.best(sifted))))
    pool.add(guess.settled(sifter.touch(pool.best(first), 1)))
    pool.add(guess.settled(sifter.touch(pool.best(then), PASSES - 1)))
    last = pool.best(EQUAL, equal=True)
    judged = [_from_ports(nets, x) for x in last.tolist()] if len(last) > 1 else [0.0]
    best = judged.index(min(judged))
    return guess.orders(last)[best], last[best].tolist()


def touched(guess: Guess, ink: Ink, x: Floats, rows: Collection[int]) -> Floats:
    """The same pictures with nodes of some rows moved a few places while that lowers the crossings."""
    return _Sifter(guess, ink, (), EFFORT[0][-1]).touch(x, 1, rows)


def _from_ports(nets: Nets, x: list[float]) -> float:
    """How often lines to different providers will cross at least, each from its own port."""
    places = with_ports(nets, x)
    channels: dict[int, list[Wire]] = defaultdict(list)
    for net in nets.nets:
        channels[net.channel].append(Wire(*places.sides(net)))
    return sum(least_crossings(wires) for wires in channels.values())


def _shuffled(guess: Guess, count: int) -> Floats:
    """Fixed shuffles of all rows, evenly spread."""
    chance, x = np.random.default_rng(1), np.zeros((count, guess.size))
    for row in guess.rows:
        step = guess.width / max(1, len(row.nodes))
        x[:, row.nodes] = (chance.random((count, len(row.nodes))).argsort(axis=1) + 0.5) * step
    return x


class _Pool:
    """Pictures and their crossings."""

    def __init__(self, guess: Guess, ink: Ink) -> None:
        self.guess, self.ink = guess, ink
        self.x = np.zeros((0, guess.size))
        self.crossings = np.zeros(0, dtype=np.int64)

    def add(self, x: Floats) -> None:
        self.x = np.concatenate((self.x, x))
        self.crossings = np.concatenate((self.crossings, self.ink.crossings(x)))

    def best(self, count: int, *, equal: bool = False) -> Floats:
        """The pictures with the fewest crossings, each order once; ``equal``: only those with as few as the best."""
        found: dict[bytes, int] = {}
        for line in self.crossings.argsort(kind="stable").tolist():
            if equal and self.crossings[line] > self.crossings.min():
                break
            orders = [self.x[line, row.nodes].argsort(kind="stable").tobytes() for row in self.guess.rows]
            found.setdefault(b"".join(orders), line)
            if len(found) == count:
                break
        return self.x[list(found.values())]


class _Sifter:
    """Moves single nodes inside their rows; each row has its nodes stand where some of them stood.

    By ink a node is moved ``near`` places at most.
    """

    def __init__(self, guess: Guess, ink: Ink, links: Links, near: int) -> None:
        self.ink, self.rows, self.near = ink, [row.nodes for row in guess.rows], near
        spot = {
            node: (number, place) for number, row in enumerate(self.rows) for place, node in enumerate(row.tolist())
        }
        sizes = [len(row) for row in self.rows]
        self.down = [np.zeros(pair, dtype=np.float32) for pair in pairwise(sizes)]
        for upper, lower in links:
            (number, place), (_, other) = spot[upper], spot[lower]
            self.down[number][place, other] = 1.0

    def sift(self, x: Floats) -> Floats:
        """Move nodes while fewer links cross (Bachmaier and others 2011): the best move of a row first."""
        return self._improved(x, self._sift_row, PASSES)

    def touch(self, x: Floats, passes: int, rows: Collection[int] | None = None) -> Floats:
        """Move nodes a few places while less ink crosses; how often the rows are gone through at most, else all."""
        return self._improved(x, self._touch_row, passes, rows)

    def _improved(
        self,
        x: Floats,
        improve: Callable[[Floats, Ints, int], Bools],
        passes: int,
        rows: Collection[int] | None = None,
    ) -> Floats:
        """Go through the rows until nothing changes; a row is looked at again when one beside it has changed."""
        x, waiting = x.copy(), np.ones((len(x), len(self.rows)), dtype=np.bool_)
        if rows is not None:
            waiting[:] = [number in rows for number in range(len(self.rows))]
        for _ in range(passes):
            again = np.zeros_like(waiting)
            for number, nodes in enumerate(self.rows):
                lines = np.flatnonzero(waiting[:, number] | again[:, number])
                if len(nodes) > 1 and len(lines):
                    changed = lines[improve(x, lines, number)]
                    again[changed, max(0, number - 1) : number + 2] = True
            waiting = again
            if not waiting.any():
                break
        return x

    def _sift_row(self, x: Floats, lines: Ints, number: int) -> Bools:
        nodes = self.rows[number]
        here = x[lines[:, None], nodes]
        order, slots = here.argsort(axis=1, kind="stable"), np.sort(here, axis=1)
        costs = np.zeros((len(lines), len(nodes), len(nodes)), dtype=np.float32)
        for near, beside in ((number - 1, -1), (number, 1)):
            if 0 <= near < len(self.down):
                of = self.down[near] if beside > 0 else self.down[near].T
                far = x[lines[:, None], self.rows[number + beside]]
                costs += of @ (far[:, :, None] > far[:, None, :]).astype(np.float32) @ of.T
        sifted = _sifted(order, costs - costs.transpose(0, 2, 1))
        changed: Bools = (sifted != order).any(axis=1)
        x[lines[:, None], nodes[sifted]] = slots
        return changed

    def _touch_row(self, x: Floats, lines: Ints, number: int) -> Bools:
        nodes = self.rows[number]
        moves = _moves(len(nodes), self.near)
        each = np.arange(len(lines))
        here = x[lines[:, None], nodes]
        ranks = here.argsort(axis=1, kind="stable").argsort(axis=1)
        slots = np.sort(here, axis=1)
        spots = moves[:, ranks.T].transpose(1, 2, 0) + (each * len(nodes))[:, None]
        moved = slots.astype(np.int16).take(spots.reshape(len(nodes), -1))
        above, below = (self._spots(x, lines, near, len(moves)) for near in (number - 1, number + 1))
        found = self.ink.beside(number, above, moved, below).reshape(len(lines), -1)
        best = found.argmin(axis=1)
        x[lines[:, None], nodes] = moved.reshape(len(nodes), len(lines), -1)[:, each, best].T
        better: Bools = found[each, best] < found[:, 0]
        return better

    def _spots(self, x: Floats, lines: Ints, number: int, times: int) -> npt.NDArray[np.int16]:
        """The places of a row, if there is one, so many times each."""
        nodes = self.rows[number] if 0 <= number < len(self.rows) else self.rows[0][:0]
        return np.repeat(x[lines[:, None], nodes].T.astype(np.int16), times, axis=1)


def _sifted(order: Ints, gain: npt.NDArray[np.float32]) -> Ints:
    """Let nodes move, one after the other, where fewest links cross; ``gain`` [u, v] is what u costs left of v."""
    lines, size = np.arange(len(order)), order.shape[1]
    places = np.arange(size)
    leftward = places[None, :] < places[:, None]
    for _ in range(2 * size):
        sums = gain[lines[:, None, None], order[:, :, None], order[:, None, :]].cumsum(axis=2)
        own = sums[:, places, places][:, :, None]
        before = np.zeros_like(sums)
        before[:, :, 1:] = sums[:, :, :-1]
        change = own - np.where(leftward, before, sums)
        flat = change.reshape(len(order), -1)
        best = flat.argmin(axis=1)
        better = flat[lines, best] < 0
        if not better.any():
            break
        start, end = best // size, best % size
        rank = np.tile(places.astype(np.float64), (len(order), 1))
        rank[lines, start] = end + np.where(end < start, -0.5, 0.5)
        moved = np.take_along_axis(order, rank.argsort(axis=1, kind="stable"), axis=1)
        order = np.where(better[:, None], moved, order)
    return order


@cache
def _moves(size: int, near: int) -> Ints:
    """The order as it is, then with one node up to so many places away: where each node of the order goes."""
    found = [list(range(size))]
    for start in range(size):
        for end in range(max(0, start - near), min(size, start + near + 1)):
            if end not in (start, start - 1):
                rest = [n for n in range(size) if n != start]
                found.append([*rest[:end], start, *rest[end:]])
    return np.array(found, dtype=np.int64).argsort(axis=1)
