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
Floats = npt.NDArray[np.float64]


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
    pins = _Pins.of(work)
    must = _must(work, pins)
    while (pair := _circle(must)) is not None:
        work = _detour(work, pair, taken, left)
        pins = _Pins.of(work)
        must = _must(work, pins)
    levels, count = _pack(work, pins, _sequence(pins, must), must)
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
    costs = _costs(_Pins.of(wires))
    return float(np.triu(np.minimum(costs, costs.T), 1).sum())


def _origin(work: Sequence[Wire], index: int) -> int:
    while work[index].parent >= 0:
        index = work[index].parent
    return index


@dataclass(frozen=True, slots=True)
class _Pins:
    """All pins of each side, the wires that they belong to, and both ends of each wire."""

    top: Floats
    over: Ints
    bottom: Floats
    under: Ints
    low: Floats
    high: Floats

    @classmethod
    def of(cls, work: Sequence[Wire]) -> _Pins:
        top, over = _flat([wire.top for wire in work])
        bottom, under = _flat([wire.bottom for wire in work])
        low, high = np.array([wire.low for wire in work]), np.array([wire.high for wire in work])
        return cls(top, over, bottom, under, low, high)


def _flat(sides: Sequence[tuple[float, ...]]) -> tuple[Floats, Ints]:
    owner = [n for n, side in enumerate(sides) for _ in side]
    return np.array([x for side in sides for x in side], dtype=np.float64), np.array(owner, dtype=np.int64)


def _must(work: Sequence[Wire], pins: _Pins) -> Ints:
    """Entry [i, j] is 2 when i has to run above j, 1 when it should, because verticals would touch or be too close."""
    must = np.zeros((len(work), len(work)), dtype=np.int64)
    near = np.abs(pins.top[:, None] - pins.bottom[None, :])
    p, q = (near < CLOSE).nonzero()
    above, below, least = pins.over[p], pins.under[q], near[p, q] < 1.0
    must[above, below] = 1
    must[above[least], below[least]] = 2
    must.ravel()[:: len(work) + 1] = 0
    for index, wire in enumerate(work):
        if wire.parent >= 0:
            must[wire.parent, index], must[index, wire.parent] = 2, 0
    some = must == 1
    if not some.any():
        return must
    core = _core(must > 0)
    return np.where(some & core[:, None] & core[None, :], 0, must)


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
    if not demands.any():
        return None
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


def _costs(pins: _Pins) -> Floats:
    """Entry [i, j]: how often i and j cross when i runs above j."""
    return _inside(pins.bottom, pins.under, pins) + _inside(pins.top, pins.over, pins).T


def _inside(x: Floats, owner: Ints, pins: _Pins) -> Floats:
    """Entry [i, j]: how many of some pins of wire i stand between the ends of wire j."""
    found = np.zeros((len(pins.low), len(pins.low)))
    if len(x):
        inside = ((x[:, None] > pins.low) & (x[:, None] < pins.high)).astype(np.float64)
        starts = np.concatenate(([0], np.flatnonzero(owner[1:] != owner[:-1]) + 1))
        found[owner[starts]] = np.add.reduceat(inside, starts)
    return found


def _sequence(pins: _Pins, must: Ints) -> list[int]:
    """All wires from top to bottom: fewest crossings first, demands kept; then each moves to its best place."""
    costs, held = _costs(pins), must > 0
    prefer = costs - costs.T
    order = _greedy(prefer, held, np.argsort(pins.low + pins.high, kind="stable"))
    columns: list[list[float]] = prefer.T.tolist()
    demands: list[list[bool]] = held.tolist()
    for _ in range(6 if len(order) <= 60 else ROUNDS):
        if not sum([_move(order, wire, columns[wire], demands) for wire in _movable(order, prefer, held)]):
            break
    return order


def _greedy(prefer: Floats, held: Bools, by_middle: Ints) -> list[int]:
    """All wires from top to bottom: of those with nothing above that waits, the one that crosses least comes next."""
    at = np.ix_(by_middle, by_middle)
    held, prefer = held[at], prefer[at]
    score, columns, waiting = prefer.sum(axis=1), np.ascontiguousarray(prefer.T), held.sum(axis=0)
    late = np.where(waiting > 0, np.inf, 0.0)
    above: list[int] = held.sum(axis=1).tolist()
    order: list[int] = []
    for _ in above:
        pick = int((score + late).argmin())
        order.append(pick)
        score -= columns[pick]
        late[pick] = np.inf
        if above[pick]:
            waiting -= held[pick]
            late[held[pick] & (waiting == 0)] = 0.0
    found: list[int] = by_middle[order].tolist()
    return found


def _movable(wires: Sequence[int], prefer: Floats, must: Bools) -> list[int]:
    """The wires that cross less somewhere else, as long as all others stay."""
    order = np.array(wires, dtype=np.int64)
    at = np.ix_(order, order)
    cost, above = np.cumsum(prefer[at], axis=0), must[at]
    if above.any():
        place = np.arange(len(order))
        first = np.where(above, place[:, None], -1).max(axis=0)
        last = np.where(above, place, len(order)).min(axis=1)
        inside = (place[:, None] >= first) & (place[:, None] < last)
        best = np.where(inside, cost, np.inf).min(axis=0)
        best = np.where(first < 0, np.minimum(best, 0.0), best)
    else:
        best = np.minimum(cost.min(axis=0), 0.0)
    return sorted(order[best < np.diagonal(cost)].tolist())


def _move(order: list[int], wire: int, prefer: Sequence[float], must: Sequence[Sequence[bool]]) -> bool:
    """Put one wire where it crosses least, between the wires that must be above and below it; changes ``order``.

    Args:
        order: all wires from top to bottom.
        wire: the one that moves.
        prefer: for each other wire, what it costs more to have that above this one than below.
        must: whether one has to be above another.
    """
    here = order.index(wire)
    cost = least = 0.0
    best, below = here, must[wire]
    for place in range(here - 1, -1, -1):
        other = order[place]
        if must[other][wire]:
            break
        cost -= prefer[other]
        if cost < least:
            least, best = cost, place
    cost = 0.0
    for place in range(here + 1, len(order)):
        other = order[place]
        if below[other]:
            break
        cost += prefer[other]
        if cost < least or (cost == least and place - here < here - best):
            least, best = cost, place
    if best == here:
        return False
    order.insert(best, order.pop(here))
    return True


def _pack(work: Sequence[Wire], pins: _Pins, order: Sequence[int], must: Ints) -> tuple[list[float], int]:
    """Give each wire a level: below those before it that it meets, in the middle of the room that is left."""
    low, high = pins.low, pins.high
    meets = (low[:, None] < high[None, :] + APART) & (low[None, :] < high[:, None] + APART)
    for i, j in np.argwhere((high[:, None] == low[None, :]) & meets).tolist():
        x = work[i].high
        one_port = (x in work[i].top and x in work[j].top) or (x in work[i].bottom and x in work[j].bottom)
        if one_port and high[j] > low[j] and high[i] > low[i]:
            meets[i, j] = meets[j, i] = False
    meets |= (must > 0) | (must > 0).T
    bits = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(meets, axis=1, bitorder="little")]
    early, late = _levels(order, bits), _levels(order[::-1], bits)
    most = max(early)
    return [(one + most - other) / 2 for one, other in zip(early, late, strict=True)], most + 1


def _levels(order: Sequence[int], meets: Sequence[int]) -> list[int]:
    """The least level of each wire, below all wires before it that it meets: a bit of a number for each."""
    levels, taken = [0] * len(order), list[int]()
    for wire in order:
        mine, level = meets[wire], len(taken)
        while level and not taken[level - 1] & mine:
            level -= 1
        if level == len(taken):
            taken.append(0)
        taken[level] |= 1 << wire
        levels[wire] = level
    return levels
