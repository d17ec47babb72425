"""What may have caused this? From symptoms back to the smallest sets of failures that explain them.

A set of elements explains the symptoms when, all of it down, every red element is hit and no green one is. It is told
when no smaller set inside it explains them too. The same engine answers as for impact, asked the other way round.

Where something is open, a set may explain them when it hits all that is red with everything read at its worst, and
nothing that is green at its best; and it does for certain the other way round. Both are told, each with its smallest
sets. What may explain them is what cannot be ruled out so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from math import prod

import numpy as np
import numpy.typing as npt

from graph.analysis.assumed import assumptions
from graph.analysis.availability import percent_words
from graph.analysis.batch import Batch, States
from graph.analysis.elements import kind_of
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.unknowns import Readings
from graph.answer import Answer, Cell, count
from graph.model import InputError
from graph.projection import Projection

__all__ = ["Cause", "Causes", "Suspicion", "answer", "cause"]

_BLOCK, _MOST_SETS = 8_000_000, 200_000
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """Elements that explain the symptoms together; ``others`` would be hit as well, and nobody has named them.

    ``sure``  whether it explains them however what is open is read
    """

    elements: tuple[int, ...]
    others: tuple[int, ...]
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Suspicion:
    """What speaks for an element as a cause.

    ``changes``         names of the changes that are under way there, or were made lately
    ``unavailability``  how likely it is down by itself; None where nobody says
    """

    changes: tuple[str, ...] = ()
    unavailability: float | None = None


@dataclass(frozen=True, slots=True)
class Causes:
    """Result of ``cause``.

    What is found stands by its rank: the size, changes there lately, how often it fails, whether it is certain, and how
    few elements it hits that nobody has named.
    """

    red: Mapping[int, State]
    green: tuple[int, ...]
    found: tuple[Cause, ...]
    candidates: int
    ruled_out: int
    cuts: tuple[str, ...] = ()
    readings: Readings | None = None
    suspicions: Mapping[int, Suspicion] = field(default_factory=dict)


def cause(
    projection: Projection,
    red: Mapping[int, State],
    green: Collection[int] = (),
    *,
    most: int = 2,
    readings: Readings | None = None,
    suspicions: Mapping[int, Suspicion] | None = None,
) -> Causes:
    """The minimal sets of up to ``most`` elements whose failure explains the symptoms.

    A single element that would hit a green one is ruled out, and with it every set that it is in: more failures never
    make anything better. Green means that the element works: it is neither down nor degraded, but may be at risk.
    Cost: a walk for each candidate, all at once, and one for each set of them that may explain what is left.

    Args:
        projection: the map.
        red: element -> the state that it is in, or worse.
        green: elements that work.
        most: the largest set to look for; the cut is said.
        readings: how what is open reads at its worst and at its best; None where nothing is read both ways.
        suspicions: what speaks for elements, by their number; it ranks what is found.

    Raises:
        InputError: nothing is red, or an element is both.
    """
    if not red:
        raise InputError.of("no element is named that fails", remedy="name at least one")
    both = sorted(set(red) & set(green))
    if both:
        raise InputError.of(
            f"'{projection.ids[both[0]]}' is said to fail and to work", remedy="leave it out on one of the sides"
        )
    worst = best = projection
    if readings is not None:
        worst, best = readings.worst.plain(), readings.best.plain()
    search = _Search(worst, best, red, green)
    may, cuts = search.minimal(most)
    sure = set(may)
    if best is not worst:
        certainly, more = _Search(best, worst, red, green).minimal(most)
        sure, cuts = set(certainly), [*dict.fromkeys([*cuts, *more])]
    told = search.told(sorted({*may, *sure}, key=lambda each: (len(each), each)), sure)
    suspicions = suspicions or {}
    return Causes(
        red=dict(sorted(red.items())),
        green=tuple(sorted(green)),
        found=tuple(sorted(told, key=partial(_rank, suspicions))),
        candidates=len(search.candidates),
        ruled_out=len(search.candidates) - len(search.possible),
        cuts=tuple(cuts),
        readings=readings,
        suspicions=suspicions,
    )


def _rank(suspicions: Mapping[int, Suspicion], found: Cause) -> tuple[int, int, float, bool, int, tuple[int, ...]]:
    """The likelier, the smaller: members without a figure fail never, as far as this goes."""
    known = [suspicions.get(v, Suspicion()) for v in found.elements]
    changed, chance = sum(bool(each.changes) for each in known), prod(each.unavailability or 0.0 for each in known)
    return len(found.elements), -changed, -chance, not found.sure, len(found.others), found.elements


class _Search:
    """The candidates, what each does alone, and which sets of them are worth a look.

    Args:
        hitting: the map by which something red must be hit.
        sparing: the map by which nothing green may be hit.
        red: element -> the state that it is in, or worse.
        green: elements that work.
    """

    def __init__(
        self, hitting: Projection, sparing: Projection, red: Mapping[int, State], green: Collection[int]
    ) -> None:
        self.projection = hitting
        below = reach(hitting, red, direction="dependencies").elements.tolist()
        self.candidates: list[int] = sorted({*below, *red})
        self.batch = Batch(hitting, self.candidates)
        self.other = self.batch if sparing is hitting else Batch(sparing, self.candidates)
        self.red = np.array([self.batch.row[v] for v in red], np.int64)
        self.least = np.array([int(state) for state in red.values()], np.int8)
        self.green = np.array([self.other.row[v] for v in green if v in self.other.row], np.int64)
        self.named = {*red, *green}
        harm = self._harms(np.array(self.candidates, np.int32)[:, None])
        self.possible: list[int] = [v for v, bad in zip(self.candidates, harm.tolist(), strict=True) if not bad]
        self.beneath = self.batch.beneath(self.red.tolist())

    def minimal(self, most: int) -> tuple[list[tuple[int, ...]], list[str]]:
        """The smallest sets that explain the symptoms, and what was not looked at."""
        found: list[tuple[int, ...]] = []
        cuts = [f"sets of more than {count(most, 'element')} are not looked for"]
        for size in range(1, most + 1):
            sets = self.sets(size, found)
            if len(sets) > _MOST_SETS:
                cuts.append(f"only the first {_MOST_SETS:,} of {len(sets):,} sets of {size} elements are looked at")
                sets = sets[:_MOST_SETS]
            found += self.explaining(sets)
        return found, cuts

    def sets(self, size: int, smaller: Sequence[tuple[int, ...]]) -> npt.NDArray[np.int32]:
        """The sets of possible elements that hold no smaller explanation; something red rests on each member.

        What a member does alone says nothing: a group that is at risk leaves the group above it as it was, until
        more of it fails.
        """
        taken = {each[0] for each in smaller if len(each) == 1}
        alive = [v for v in self.possible if v not in taken and self.batch.row[v] in self.beneath]
        sets = np.array(alive, np.int32)[:, None]
        for _ in range(size - 1):
            sets = np.array(
                [[*each, v] for each in sets.tolist()[: _MOST_SETS + 1] for v in alive if v > each[-1]], np.int32
            ).reshape(-1, sets.shape[1] + 1)
        if size > 2 and len(sets):
            known = {each for each in smaller if len(each) > 1}
            sets = np.array([e for e in sets.tolist() if not any(set(k) <= set(e) for k in known)], np.int32)
        return sets.reshape(-1, size)

    def explaining(self, sets: npt.NDArray[np.int32]) -> list[tuple[int, ...]]:
        """The sets that hit all that is red, and nothing that is green."""
        if not len(sets):
            return []
        hits = [(states[self.red] >= self.least[:, None]).all(axis=0) for _, states in _blocks(self.batch, sets)]
        fits = np.concatenate(hits)
        chosen = sets[fits]
        return [tuple(each) for each in chosen[~self._harms(chosen)].tolist()] if len(chosen) else []

    def told(self, found: Sequence[tuple[int, ...]], sure: Collection[tuple[int, ...]]) -> Iterator[Cause]:
        """What is told of each set."""
        for size, each in groupby(found, len):
            sets = np.array(list(each), np.int32).reshape(-1, size)
            for block, states in _blocks(self.batch, sets):
                for column, chosen in enumerate(map(tuple, block.tolist())):
                    hit = self.batch.vertices[np.flatnonzero(states[:, column] >= State.DEGRADED)].tolist()
                    others = tuple(v for v in hit if self._unnamed(v, chosen))
                    yield Cause(chosen, others, chosen in sure)

    def _unnamed(self, vertex: int, chosen: Sequence[int]) -> bool:
        return vertex < len(self.projection) and vertex not in self.named and vertex not in chosen

    def _harms(self, sets: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Whether each set hits something that is green."""
        if not len(self.green):
            return np.zeros(len(sets), np.bool_)
        found = [(s[self.green] >= State.DEGRADED).any(axis=0) for _, s in _blocks(self.other, sets)]
        return np.concatenate(found)


def _blocks(batch: Batch, sets: npt.NDArray[np.int32]) -> Iterator[tuple[npt.NDArray[np.int32], States]]:
    """Some sets at a time, and the state of every vertex under each."""
    width = max(1, _BLOCK // max(1, len(batch.vertices)))
    for begin in range(0, len(sets), width):
        block = sets[begin : begin + width]
        own = np.zeros((len(batch.vertices), len(block)), np.int8)
        rows = np.array([batch.row[v] for v in block.ravel().tolist()]).reshape(block.shape)
        for position in range(block.shape[1]):
            own[rows[:, position], np.arange(len(block))] = State.DOWN
        yield block, batch.spread(own)


def answer(projection: Projection, result: Causes, *, findings: Sequence[str] = ()) -> Answer:
    """The explanations as rows, likeliest first; findings about records are told beside them."""
    names = " and ".join(projection.labels[v] for v in list(result.red)[:_LISTED])
    more = f" and {len(result.red) - _LISTED} more" if len(result.red) > _LISTED else ""
    number, profile = len(result.found), () if result.readings is None else ("for certain",)
    looked_at = [*result.red, *reach(projection, result.red, direction="dependencies").elements.tolist()]
    return Answer(
        title=f"{count(number, 'explanation')} for {names}{more}"
        if number
        else f"nothing in this map explains {names}{more}",
        of="causes",
        columns=(
            *("causes", "names", "kinds", "also hit", "examples of those", "changed lately", "availability"),
            *profile,
        ),
        rows=tuple(_row(projection, result, each) for each in result.found),
        facts={
            "revision": projection.revision,
            **({} if result.readings is None else {"profile": result.readings.profile.value}),
            "red": {projection.ids[v]: state.words for v, state in result.red.items()},
            "green": [projection.ids[v] for v in result.green],
        },
        notes=(
            f"{count(result.candidates, 'element')} could have a part in it; "
            f"{result.ruled_out:,} ruled out by what works",
            *_alike(result),
            *assumptions(projection, looked_at, result.readings),
            *(_OPEN if any(not each.sure for each in result.found) else ()),
            *result.cuts,
            *findings,
        ),
    )


_OPEN = ("what is not certain cannot be ruled out: it depends on how what is open turns out",)


def _row(projection: Projection, result: Causes, each: Cause) -> tuple[Cell, ...]:
    known = [result.suspicions.get(v, Suspicion()) for v in each.elements]
    fails = [percent_words(s.unavailability) if s.unavailability is not None else "?" for s in known]
    return (
        ", ".join(projection.ids[v] for v in each.elements),
        ", ".join(projection.labels[v] for v in each.elements),
        ", ".join(kind_of(projection, v) for v in each.elements),
        len(each.others),
        ", ".join(projection.labels[v] for v in each.others[:_LISTED]),
        ", ".join(dict.fromkeys(name for s in known for name in s.changes)),
        ", ".join(fails) if any(s.unavailability is not None for s in known) else "",
        *(() if result.readings is None else (each.sure,)),
    )


def _alike(result: Causes) -> Iterator[str]:
    """How many explanations hit the same elements, so that nothing that is seen can tell them apart."""
    hit = Counter(frozenset((*each.elements, *each.others)) for each in result.found if len(each.elements) == 1)
    most = max(hit.values(), default=0)
    if most > _LISTED:
        yield f"{most:,} of these hit the very same elements: nothing that is seen on the map tells them apart"
