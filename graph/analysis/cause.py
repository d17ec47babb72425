"""What may have caused this? From symptoms back to the smallest sets of failures that explain them.

A set of elements explains the symptoms when, all of it down, every red element is hit and no green one is. It is told
when no smaller set inside it explains them too. The same engine answers as for impact, asked the other way round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt

from graph.analysis.batch import Batch, States
from graph.analysis.elements import kind_of
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.answer import Answer, count
from graph.model import InputError
from graph.projection import Projection

__all__ = ["Cause", "Causes", "answer", "cause"]

_BLOCK, _MOST_SETS = 8_000_000, 200_000
_LISTED = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """Elements that explain the symptoms together; ``others`` would be hit as well, and nobody has named them."""

    elements: tuple[int, ...]
    others: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Causes:
    """Result of ``cause``: smallest sets first, then those that hit the fewest elements that nobody has named."""

    red: Mapping[int, State]
    green: tuple[int, ...]
    found: tuple[Cause, ...]
    candidates: int
    ruled_out: int
    cuts: tuple[str, ...] = ()


def cause(projection: Projection, red: Mapping[int, State], green: Collection[int] = (), *, most: int = 2) -> Causes:
    """The minimal sets of up to ``most`` elements whose failure explains the symptoms.

    A single element that would hit a green one is ruled out, and with it every set that it is in: more failures never
    make anything better. Green means that the element works: it is neither down nor degraded, but may be at risk.
    Cost: a walk for each candidate, all at once, and one for each set of them that may explain what is left.

    Args:
        projection: the map.
        red: element -> the state that it is in, or worse.
        green: elements that work.
        most: the largest set to look for; the cut is said.

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
    search = _Search(projection, red, green)
    found: list[tuple[int, ...]] = []
    cuts = [f"sets of more than {count(most, 'element')} are not looked for"]
    for size in range(1, most + 1):
        sets = search.sets(size, found)
        if len(sets) > _MOST_SETS:
            cuts.append(f"only the first {_MOST_SETS:,} of {len(sets):,} sets of {size} elements are looked at")
            sets = sets[:_MOST_SETS]
        found += search.explaining(sets)
    told = sorted(search.told(found))
    return Causes(
        red=dict(sorted(red.items())),
        green=tuple(sorted(green)),
        found=tuple(each for *_, each in told),
        candidates=len(search.candidates),
        ruled_out=len(search.candidates) - len(search.possible),
        cuts=tuple(cuts),
    )


class _Search:
    """The candidates, what each does alone, and which sets of them are worth a look."""

    def __init__(self, projection: Projection, red: Mapping[int, State], green: Collection[int]) -> None:
        self.projection = projection
        below = reach(projection, red, direction="dependencies").elements.tolist()
        self.candidates: list[int] = sorted({*below, *red})
        self.batch = Batch(projection, sorted({*self.candidates, *red}))
        self.red = np.array([self.batch.row[v] for v in red], np.int64)
        self.least = np.array([int(state) for state in red.values()], np.int8)
        self.green = np.array([self.batch.row[v] for v in green if v in self.batch.row], np.int64)
        self.named = {*red, *green}
        alone = self._states(np.array(self.candidates, np.int32)[:, None])
        allowed = ~np.asarray((alone.green >= State.DEGRADED).any(axis=0))
        self.possible: list[int] = [v for v, ok in zip(self.candidates, allowed.tolist(), strict=True) if ok]
        self.beneath = self.batch.beneath(self.red.tolist())

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
        states = self._states(sets)
        fits = (states.red >= self.least[:, None]).all(axis=0) & ~(states.green >= State.DEGRADED).any(axis=0)
        return [tuple(each) for each in sets[fits].tolist()]

    def told(self, found: Sequence[tuple[int, ...]]) -> Iterator[tuple[int, int, tuple[int, ...], Cause]]:
        """How each set ranks, and what is told of it."""
        for size, each in groupby(found, len):
            sets = np.array(list(each), np.int32).reshape(-1, size)
            for block, states in self._blocks(sets):
                for column, chosen in enumerate(map(tuple, block.tolist())):
                    hit = self.batch.vertices[np.flatnonzero(states[:, column] >= State.DEGRADED)].tolist()
                    others = tuple(v for v in hit if self._unnamed(v, chosen))
                    yield size, len(others), chosen, Cause(chosen, others)

    def _unnamed(self, vertex: int, chosen: Sequence[int]) -> bool:
        return vertex < len(self.projection) and vertex not in self.named and vertex not in chosen

    def _states(self, sets: npt.NDArray[np.int32]) -> _Seen:
        """What the red and the green elements are under each set."""
        red, green = zip(*((states[self.red], states[self.green]) for _, states in self._blocks(sets)), strict=True)
        return _Seen(np.concatenate(red, axis=1), np.concatenate(green, axis=1))

    def _blocks(self, sets: npt.NDArray[np.int32]) -> Iterator[tuple[npt.NDArray[np.int32], States]]:
        """Some sets at a time, and the state of every vertex under each."""
        width = max(1, _BLOCK // max(1, len(self.batch.vertices)))
        for begin in range(0, len(sets), width):
            block = sets[begin : begin + width]
            own = np.zeros((len(self.batch.vertices), len(block)), np.int8)
            rows = np.array([self.batch.row[v] for v in block.ravel().tolist()]).reshape(block.shape)
            for position in range(block.shape[1]):
                own[rows[:, position], np.arange(len(block))] = State.DOWN
            yield block, self.batch.spread(own)


@dataclass(frozen=True, slots=True)
class _Seen:
    """States of the red and of the green elements (rows) under many sets (columns)."""

    red: npt.NDArray[np.int8]
    green: npt.NDArray[np.int8]


def answer(projection: Projection, result: Causes) -> Answer:
    """The explanations as rows, likeliest first."""
    names = " and ".join(projection.labels[v] for v in list(result.red)[:_LISTED])
    more = f" and {len(result.red) - _LISTED} more" if len(result.red) > _LISTED else ""
    number = len(result.found)
    return Answer(
        title=f"{count(number, 'explanation')} for {names}{more}"
        if number
        else f"nothing in this map explains {names}{more}",
        of="causes",
        columns=("causes", "names", "kinds", "also hit", "examples of those"),
        rows=tuple(
            (
                ", ".join(projection.ids[v] for v in each.elements),
                ", ".join(projection.labels[v] for v in each.elements),
                ", ".join(kind_of(projection, v) for v in each.elements),
                len(each.others),
                ", ".join(projection.labels[v] for v in each.others[:_LISTED]),
            )
            for each in result.found
        ),
        facts={
            "revision": projection.revision,
            "red": {projection.ids[v]: state.words for v, state in result.red.items()},
            "green": [projection.ids[v] for v in result.green],
        },
        notes=(
            f"{count(result.candidates, 'element')} could have a part in it; "
            f"{result.ruled_out:,} ruled out by what works",
            *_alike(result),
            *result.cuts,
        ),
    )


def _alike(result: Causes) -> Iterator[str]:
    """How many explanations hit the same elements, so that nothing that is seen can tell them apart."""
    hit = Counter(frozenset((*each.elements, *each.others)) for each in result.found if len(each.elements) == 1)
    most = max(hit.values(), default=0)
    if most > _LISTED:
        yield f"{most:,} of these hit the very same elements: nothing that is seen on the map tells them apart"
