"""At which height does each net run in its channel? Few crossings, and never one net on another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

__all__ = ["Track", "Wire", "least_crossings", "tracks"]

CLOSE = 6.0
APART = 8.0
ROUNDS = 2
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wire:
    """A net in a channel: the x of its pins on the upper and on the lower side."""

    top: tuple[float, ...]
    bottom: tuple[float, ...]
    parent: int = -1

    @property
    def straight(self) -> bool:
        """Whether the net is one vertical line."""
        return len(set(self.top + self.bottom)) <= 1

    @property
    def low(self) -> float:
        """The left end of the horizontal piece."""
        return min(self.top + self.bottom)

    @property
    def high(self) -> float:
        """The right end of the horizontal piece."""
        return max(self.top + self.bottom)


@dataclass(frozen=True, slots=True)
class Track:
    """Where a net runs: its level from the top of the channel, and the detours of pins on the lower side.

    A detour (pin x, column x, level) goes down beside its pin, because another net stands above the pin itself.
    """

    level: float
    detours: tuple[tuple[float, float, float], ...] = ()


def tracks(wires: Sequence[Wire], *, left: float = 0.0) -> tuple[list[Track], int]:
    """Find a level for each net of a channel.

    Nets whose verticals would touch are put in the order that keeps them apart; where that goes in a circle, a net
    makes a small detour. The rest is ordered by crossings and packed.

    Args:
        wires: the nets.
        left: no detour goes further left.

    Returns:
        A track per wire (a straight wire has level 0 and needs none), and the number of levels.

    >>> tracks([Wire((0.0,), (40.0,)), Wire((40.0,), (80.0,))])[0]
    [Track(level=1.0, detours=()), Track(level=0.0, detours=())]
    """
    bent = [n for n, wire in enumerate(wires) if not wire.straight]
    found = [Track(0.0)] * len(wires)
    if not bent:
        return found, 0
    taken = sorted({x for wire in wires for x in wire.top + wire.bottom})
    work = [wires[n] for n in bent]
    must = _must(work)
    while (pair := _circle(must)) is not None:
        work = _detour(work, pair, taken, left)
        must = _must(work)
    levels, count = _pack(work, _sequence(work, must), must)
    detours: dict[int, list[tuple[float, float, float]]] = {}
    for place in range(len(bent), len(work)):
        wire = work[place]
        detours.setdefault(_origin(work, place), []).append((wire.bottom[0], wire.top[0], levels[place]))
    for place, n in enumerate(bent):
        found[n] = Track(levels[place], tuple(detours.get(place, ())))
    return found, count


def least_crossings(wires: Sequence[Wire]) -> float:
    """How often the nets of a channel cross at least, each pair in its better order.

    >>> least_crossings([Wire((0.0,), (40.0,)), Wire((40.0,), (80.0,)), Wire((20.0,), (20.0,))])
    1.0
    """
    if len(wires) < 2:
        return 0.0
    costs = _costs(wires)
    return float(np.triu(np.minimum(costs, costs.T), 1).sum())


def _origin(work: Sequence[Wire], index: int) -> int:
    while work[index].parent >= 0:
        index = work[index].parent
    return index


def _pins(work: Sequence[Wire], side: str) -> tuple[npt.NDArray[np.float64], Ints]:
    """All pins of a side and the wires that they belong to."""
    lists = [wire.top if side == "top" else wire.bottom for wire in work]
    owner = np.repeat(np.arange(len(work)), [len(one) for one in lists])
    return np.array([x for one in lists for x in one], dtype=np.float64), owner


def _must(work: Sequence[Wire]) -> Ints:
    """Entry [i, j] is 2 when i has to run above j, 1 when it should, because verticals would touch or be too close."""
    top, over = _pins(work, "top")
    bottom, under = _pins(work, "bottom")
    must = np.zeros((len(work), len(work)), dtype=np.int64)
    near = np.abs(top[:, None] - bottom[None, :])
    for limit, value in ((CLOSE, 1), (1.0, 2)):
        p, q = np.nonzero(near < limit)
        must[over[p], under[q]] = value
    np.fill_diagonal(must, 0)
    for index, wire in enumerate(work):
        if wire.parent >= 0:
            must[wire.parent, index], must[index, wire.parent] = 2, 0
    core = _core(must > 0)
    return np.where((must == 1) & core[:, None] & core[None, :], 0, must)


def _core(edges: Bools) -> Bools:
    """The wires that are left when those with nothing above or nothing below are taken away, again and again."""
    core = np.ones(len(edges), dtype=bool)
    while True:
        inner = edges & core[:, None] & core[None, :]
        left = core & inner.any(axis=0) & inner.any(axis=1)
        if (left == core).all():
            return core
        core = left


def _circle(must: Ints) -> tuple[int, int] | None:
    """A pair (above, below) that stands in a circle of demands, if there is one."""
    demands = must == 2
    core = _core(demands)
    if not core.any():
        return None
    path = [int(np.flatnonzero(core)[0])]
    while True:
        above = int(np.flatnonzero(demands[:, path[-1]] & core)[0])
        if above in path:
            return above, path[-1]
        path.append(above)


def _detour(work: list[Wire], pair: tuple[int, int], taken: list[float], left: float) -> list[Wire]:
    """Let the lower wire of a pair come down in a free column beside the pin that is in the way."""
    above, below = work[pair[0]], work[pair[1]]
    pin = min((abs(x - y), y) for x in above.top for y in below.bottom)[1]
    away = 1 if pin < (below.low + below.high) / 2 else -1
    column = next(
        x
        for step in range(1, 4 * len(taken) + 400)
        for x in (pin + away * (8 + 4 * step), pin - away * (8 + 4 * step))
        if x >= left and all(abs(x - one) >= APART for one in taken)
    )
    taken.append(column)
    bottom = tuple(sorted([*(x for x in below.bottom if x != pin), column]))
    changed = [*work, Wire((column,), (pin,), pair[1])]
    changed[pair[1]] = replace(below, bottom=bottom)
    return changed


def _costs(work: Sequence[Wire]) -> npt.NDArray[np.float64]:
    """Entry [i, j]: how often i and j cross when i runs above j."""
    low, high = np.array([w.low for w in work]), np.array([w.high for w in work])
    costs = np.zeros((len(work), len(work)))
    bottom, under = _pins(work, "bottom")
    np.add.at(costs, under, ((bottom[:, None] > low) & (bottom[:, None] < high)).astype(float))
    top, over = _pins(work, "top")
    falls = np.zeros_like(costs)
    np.add.at(falls, over, ((top[:, None] > low) & (top[:, None] < high)).astype(float))
    return costs + falls.T


def _sequence(work: Sequence[Wire], must: Ints) -> list[int]:
    """All wires from top to bottom: fewest crossings first, demands kept; then each moves to its best place."""
    costs = _costs(work)
    prefer = costs - costs.T
    middle = np.array([w.low + w.high for w in work])
    order = np.array(_greedy(prefer, must, np.argsort(middle, kind="stable")), dtype=np.int64)
    held = must > 0
    for _ in range(6 if len(work) <= 60 else ROUNDS):
        if not sum([_move(order, wire, prefer, held) for wire in _movable(order, prefer, held)]):
            break
    return [int(wire) for wire in order]


def _greedy(prefer: npt.NDArray[np.float64], must: Ints, by_middle: Ints) -> list[int]:
    """All wires from top to bottom: of those with nothing above that waits, the one that crosses least comes next."""
    held = (must[np.ix_(by_middle, by_middle)] > 0).astype(np.int64)
    prefer = prefer[np.ix_(by_middle, by_middle)]
    waiting, score = held.sum(axis=0), prefer.sum(axis=1)
    order: list[int] = []
    for _ in by_middle:
        pick = int(np.where(waiting == 0, score, np.inf).argmin())
        order.append(pick)
        waiting -= held[pick]
        waiting[pick] = -1
        score -= prefer[:, pick]
    return [int(wire) for wire in by_middle[order]]


def _movable(order: Ints, prefer: npt.NDArray[np.float64], must: Bools) -> list[int]:
    """The wires that cross less somewhere else, as long as all others stay."""
    cost = np.cumsum(prefer[np.ix_(order, order)], axis=0)
    place = np.arange(len(order))
    above = must[np.ix_(order, order)]
    first = np.where(above, place[:, None], -1).max(axis=0)
    last = np.where(above, place, len(order)).min(axis=1)
    inside = (place[:, None] >= first) & (place[:, None] < last)
    best = np.where(inside, cost, np.inf).min(axis=0)
    best = np.where(first < 0, np.minimum(best, 0.0), best)
    return sorted(order[best < np.diagonal(cost)].tolist())


def _move(order: Ints, wire: int, prefer: npt.NDArray[np.float64], must: Bools) -> bool:
    """Put one wire where it crosses least, between the wires that must be above and below it; changes ``order``."""
    here = int((order == wire).argmax())
    above, below = must[order, wire].nonzero()[0], must[wire, order].nonzero()[0]
    first = int(above[-1]) + 1 if len(above) else 0
    last = int(below[0]) - 1 if len(below) else len(order) - 1
    cost = np.zeros(len(order))  # of each place, when all others keep theirs
    prefer[order, wire].cumsum(out=(sums := np.zeros(len(order) + 1))[1:])
    cost[: here + 1], cost[here + 1 :] = sums[: here + 1], sums[here + 2 :]
    window = cost[first : last + 1]
    if window.min() >= cost[here]:
        return False
    equal = (window == window.min()).nonzero()[0] + first
    best = int(equal[np.abs(equal - here).argmin()])
    if best < here:
        order[best + 1 : here + 1] = order[best:here].copy()
    else:
        order[here:best] = order[here + 1 : best + 1].copy()
    order[best] = wire
    return True


def _pack(work: Sequence[Wire], order: Sequence[int], must: Ints) -> tuple[list[float], int]:
    """Give each wire a level: below those before it that it meets, in the middle of the room that is left."""
    low, high = np.array([w.low for w in work]), np.array([w.high for w in work])
    meets = (low[:, None] < high[None, :] + APART) & (low[None, :] < high[:, None] + APART)
    for i, j in np.argwhere((high[:, None] == low[None, :]) & meets).tolist():
        x = work[i].high
        one_port = (x in work[i].top and x in work[j].top) or (x in work[i].bottom and x in work[j].bottom)
        if one_port and high[j] > low[j] and high[i] > low[i]:
            meets[i, j] = meets[j, i] = False
    meets |= (must > 0) | (must > 0).T
    early = _levels(order, meets)
    late = early.max() - _levels(order[::-1], meets)
    return [float(one) for one in (early + late) / 2], int(early.max()) + 1


def _levels(order: Sequence[int], meets: Bools) -> Ints:
    """The least level of each wire, below all wires before it that it meets."""
    levels = np.full(len(order), -1, dtype=np.int64)
    for wire in order:
        levels[wire] = np.max(levels, where=meets[wire], initial=-1) + 1
    return levels
