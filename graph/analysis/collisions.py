"""Which changes do harm together that none of them does alone? Joint collisions: spares and reserves used up at once.

For an element e and a state s, changes C collide when e is at least s at some time under all of C, and never under C
without any one of them. States are monotone, so leaving one out is enough to look at. Their windows need not overlap:
two short outages in a row may use up a reserve that outlasts each of them.

Where something is open, changes collide for certain when they do so with everything read at its worst and at its best:
then they do in every reading between, as states are monotone in what is open. What collides in one of the two alone may
collide. What collides in neither may still do so between; such sets are counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from graph.analysis.batch import Batch
from graph.analysis.states import State
from graph.analysis.timed import Happening, Times
from graph.analysis.unknowns import Reading, Readings
from graph.analysis.windows import at_least, merged
from graph.projection import Projection

__all__ = ["Collision", "Collisions", "between", "collisions"]

Plan = Sequence[Happening]
Set = tuple[int, ...]
Sets = npt.NDArray[np.int32]
_BLOCK = 4_000_000
_MOST_SETS = 500_000


@dataclass(frozen=True, slots=True)
class Collision:
    """Changes (positions in what was asked) and what they bring together: element -> state."""

    changes: Set
    harmed: tuple[tuple[int, State], ...]


@dataclass(frozen=True, slots=True)
class Collisions:
    """Result of ``collisions``, smallest sets first; ``looked_at`` of ``possible`` sets were worked out."""

    found: tuple[Collision, ...]
    looked_at: int
    possible: int
    cuts: tuple[str, ...] = ()


def collisions(
    projection: Projection,
    plans: Sequence[Plan],
    *,
    times: Times | None = None,
    most: int = 3,
    reading: Reading | None = None,
) -> Collisions:
    """All sets of two to ``most`` changes that collide.

    Changes can only collide where they meet: in a group with members that rest on different ones, or before a reserve
    that several use up. Sets that do not hang together by such meetings are not worked out, and lose nothing by it.
    Cost: that of finding where they meet, and a walk for each set that does (all at once where time plays no part).

    Args:
        projection: the map.
        plans: what each change does.
        times: tolerances, lags and refill times of the dependencies.
        most: the largest set to look for; the cut is said.
        reading: how what is open is read, in place of the map and the times.
    """
    if len(plans) < 2:  # one alone meets no other
        return Collisions((), 0, 0)
    finder = _Finder(plans, reading or Reading(projection, projection.edges.strength, times or Times()))
    found: list[Collision] = []
    cuts = []
    if len(plans) > most:
        cuts.append(f"sets of more than {most} changes are not looked for")
    looked_at = possible = 0
    for size in range(2, most + 1):
        possible += comb(len(plans), size)
        sets = finder.hanging_together(size)
        if len(sets) > _MOST_SETS:
            cuts.append(
                f"of {len(sets):,} sets of {size} changes that meet, only the first {_MOST_SETS:,} are looked at"
            )
            sets = sets[:_MOST_SETS]
        looked_at += len(sets)
        found += finder.collide(sets)
    return Collisions(tuple(found), looked_at, possible, tuple(cuts))


class _Finder:
    """Works out sets of changes, all at once where nothing outlasts them, else one by one, smaller ones first."""

    def __init__(self, plans: Sequence[Plan], reading: Reading) -> None:
        self.projection, self.plans, self.times, self.reading = reading.projection, plans, reading.times, reading
        times = reading.times
        self.spans = [merged(span for happening in plan for span in happening.spans) for plan in plans]
        one_each = all(len({happening.spans for happening in plan}) <= 1 for plan in plans)
        same = len(set(self.spans)) <= 1
        self.at_once = one_each and not times.tolerance and not reading.lost and (same or not times.lag)
        changed = sorted({h.element for plan in plans for h in plan})
        self.batch = Batch(reading.projection, changed, strength=reading.strength)
        self.own = np.zeros((len(self.batch.vertices), len(plans)), np.int8)
        for number, plan in enumerate(plans):
            for happening in plan:
                row = self.batch.row[happening.element]
                self.own[row, number] = max(int(self.own[row, number]), happening.state)
        self.meets = self._meetings()
        self._worst: dict[Set, dict[int, State]] = {}

    def _meetings(self) -> npt.NDArray[np.bool_]:
        """Which two changes can meet: in a group with two members that rest on them, or before a common reserve."""
        touched = self.batch.touched(self.own > 0)
        meets = np.zeros((len(self.plans), len(self.plans)), np.bool_)
        for rows in self.batch.members():
            resting = touched[rows]
            present = np.asarray(resting.any(axis=0))
            alone = resting & (resting.sum(axis=0) == 1)
            same = np.zeros_like(meets)  # both rest under one and the same member alone
            for row in alone:
                same |= row[:, None] & row
            meets |= (present[:, None] & present) & ~same
        for edge, seconds in self.times.tolerance.items():
            row = self.batch.row.get(int(self.projection.edges.provider[edge]))
            if seconds and row is not None:
                meets |= touched[row][:, None] & touched[row]
        meets &= self._touching()
        np.fill_diagonal(meets, val=False)
        return meets

    def _touching(self) -> npt.NDArray[np.bool_]:
        """Which two changes overlap or abut in time; with lags and refill times, what has ended may still be felt."""
        touching = np.ones((len(self.plans), len(self.plans)), np.bool_)
        if not self.times.lag and not self.times.refill:
            for first, second in combinations(range(len(self.plans)), 2):
                near = any(a <= d and c <= b for a, b in self.spans[first] for c, d in self.spans[second])
                touching[first, second] = touching[second, first] = near
        return touching

    def hanging_together(self, size: int) -> Sets:
        """The sets of that size which cannot be split into two that never meet: a row each, in order."""
        sets: Sets = np.arange(len(self.plans), dtype=np.int32)[:, None]
        for _ in range(size - 1):
            near = np.asarray(self.meets[sets].any(axis=1))
            near[np.arange(len(sets))[:, None], sets] = False
            which, other = np.nonzero(near)
            sets = np.unique(np.sort(np.column_stack([sets[which], other.astype(np.int32)]), axis=1), axis=0)
        return sets

    def collide(self, sets: Sets) -> Iterator[Collision]:
        """The sets that do more together than without any one of them."""
        if self.at_once:  # nothing outlasts a change, so a set that shares a moment does all that it can do in it
            for found in self._all_at_once(sets):
                if at_least(len(found.changes), [self.spans[number] for number in found.changes]):
                    yield found
            return
        for each in map(tuple, sets.tolist()):
            together = self.worst(each)
            harmed = tuple(
                (element, state)
                for element, state in sorted(together.items())
                if all(self.worst(fewer).get(element, State.UNAFFECTED) < state for fewer in _without_one(each))
            )
            if harmed:
                yield Collision(each, harmed)

    def worst(self, each: Set) -> dict[int, State]:
        """The worst state of each element that the set affects, at any time."""
        if each not in self._worst:
            happenings = [h for number in each for h in self.plans[number]]
            result = self.reading.run(happenings)
            hit = (v for v in result.spans[State.AT_RISK] if v < len(self.projection))
            self._worst[each] = {v: result.worst(v) for v in hit}
        return self._worst[each]

    def _all_at_once(self, sets: Sets) -> Iterator[Collision]:
        batch = self.batch
        elements = np.flatnonzero(batch.vertices < len(self.projection))
        width = max(1, _BLOCK // max(1, len(batch.vertices)))
        for begin in range(0, len(sets), width):
            block = sets[begin : begin + width]
            together = batch.spread(self._together(block))
            apart = np.zeros_like(together)
            for position in range(block.shape[1]):
                fewer, which = np.unique(np.delete(block, position, axis=1), axis=0, return_inverse=True)
                np.maximum(apart, batch.spread(self._together(fewer))[:, which.ravel()], out=apart)
            rows, columns = np.nonzero((together > apart)[elements])
            harmed: defaultdict[int, list[tuple[int, State]]] = defaultdict(list)
            for place, number in zip(elements[rows].tolist(), columns.tolist(), strict=True):
                harmed[number].append((int(batch.vertices[place]), State(int(together[place, number]))))
            for number in sorted(harmed):
                yield Collision(tuple(block[number].tolist()), tuple(sorted(harmed[number])))

    def _together(self, sets: Sets) -> npt.NDArray[np.int8]:
        """What the changes of each set do by themselves: a column a set."""
        own = self.own[:, sets[:, 0]]
        for position in range(1, sets.shape[1]):
            own = np.maximum(own, self.own[:, sets[:, position]])
        return own


def between(
    plans: Sequence[Plan], readings: Readings, known: Collection[Set], *, most: int = 3
) -> tuple[int, tuple[str, ...]]:
    """How many sets of changes collide in neither reading, but may in one between; and what was not looked at.

    They hang together, and bring an element that rests on all of them, with everything read at its worst, to a state to
    which no part of them brings it with everything at its best. So it is at most so many. Cost: a few runs a set.

    Args:
        plans: what each change does.
        readings: how what is open reads.
        known: sets that are known to collide.
        most: the largest set to look for.
    """
    worst, best = _Finder(plans, readings.worst), _Finder(plans, readings.best)
    meeting = _Finder(plans, Reading(worst.projection, readings.worst.strength, readings.best.times))
    touched, row = worst.batch.touched(worst.own > 0), worst.batch.row
    found, cuts, told = 0, [], set(known)
    for size in range(2, most + 1):
        sets = [each for each in map(tuple, meeting.hanging_together(size).tolist()) if each not in told]
        if len(sets) > _MOST_BETWEEN:
            cuts.append(
                f"whether sets of {size} collide between is asked of the first {_MOST_BETWEEN:,} of {len(sets):,}"
            )
        for each in sets[:_MOST_BETWEEN]:
            together, fewer = worst.worst(each), [best.worst(less) for less in _without_one(each)]
            found += any(
                touched[row[v], list(each)].all() and all(less.get(v, State.UNAFFECTED) < state for less in fewer)
                for v, state in together.items()
            )
    return found, tuple(cuts)


_MOST_BETWEEN = 5_000


def _without_one(each: Set) -> list[Set]:
    return [each[:position] + each[position + 1 :] for position in range(len(each))]
