"""What does each vertex feel at one time or another? Each different answer is kept once, and vertices by its number.

What one change does is felt alike by thousands of elements. Whoever works on what they feel does it once for each
answer, and looks the rest up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.states import State
from graph.analysis.windows import ALWAYS, Spans, merged

__all__ = ["LEVELS", "Feels", "Felt", "Numbers", "differing", "paired"]

LEVELS = (State.DOWN, State.DEGRADED, State.AT_RISK)

Felt = Mapping[State, Spans]
"""For each state when something is at least that bad."""
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Feels:
    """``felt[number[v]]`` is what vertex v feels; the first of them is nothing at all."""

    number: Ints
    felt: tuple[Felt, ...]

    @classmethod
    def for_ever(cls, states: npt.NDArray[np.int8]) -> Feels:
        """The states of the vertices, for all of time."""
        felt = tuple({level: ALWAYS if state >= level else () for level in LEVELS} for state in sorted(State))
        return cls(states.astype(np.int32), felt)

    def of(self, vertex: int) -> Felt:
        """What a vertex feels."""
        return self.felt[int(self.number[vertex])]

    def worst(self) -> npt.NDArray[np.int8]:
        """The worst state that each vertex reaches at any time."""
        worst: npt.NDArray[np.int8] = np.array([_worst(felt) for felt in self.felt], np.int8)[self.number]
        return worst

    def spans(self, state: State) -> dict[int, Spans]:
        """When each vertex is at least that bad; vertices that never are have no entry."""
        known = [felt[state] for felt in self.felt]
        hit = np.flatnonzero(np.array([bool(spans) for spans in known], np.bool_)[self.number])
        return dict(zip(hit.tolist(), map(known.__getitem__, self.number[hit].tolist()), strict=True))


def _worst(felt: Felt) -> State:
    return next((state for state in LEVELS if felt[state]), State.UNAFFECTED)


class Numbers:
    """Gives each different answer a number, and remembers what two of them make together."""

    def __init__(self) -> None:
        self.felt: list[Felt] = [dict.fromkeys(LEVELS, ())]
        self._number: dict[tuple[Spans, ...], int] = {((),) * len(LEVELS): 0}
        self._joined: dict[tuple[int, int], int] = {}

    def of(self, felt: Felt) -> int:
        """The number of what is felt."""
        number = self._number.setdefault(tuple(felt[state] for state in LEVELS), len(self.felt))
        if number == len(self.felt):
            self.felt.append(felt)
        return number

    def joined(self, one: int, other: int) -> int:
        """The number of what is felt where both are."""
        if not (one and other) or one == other:
            return one or other
        known = self._joined.get((one, other))
        if known is None:
            first, second = self.felt[one], self.felt[other]
            both = self.of({state: merged([*first[state], *second[state]]) for state in LEVELS})
            known = self._joined[one, other] = self._joined[other, one] = both
        return known


def paired(one: Feels, other: Feels, make: Callable[[Felt, Felt], Felt]) -> Feels:
    """What is made, vertex by vertex, of what two runs over the same map say; once for each different pair."""
    first, second, place = _pairs(one, other)
    numbers = Numbers()
    made = [numbers.of(make(one.felt[a], other.felt[b])) for a, b in zip(first, second, strict=True)]
    return Feels(np.array(made, np.int32)[place], tuple(numbers.felt))


def differing(one: Feels, other: Feels) -> npt.NDArray[np.bool_]:
    """Of which vertices two runs over the same map do not say the same."""
    first, second, place = _pairs(one, other)
    unlike = [one.felt[a] != other.felt[b] for a, b in zip(first, second, strict=True)]
    found: npt.NDArray[np.bool_] = np.array(unlike, np.bool_)[place]
    return found


def _pairs(one: Feels, other: Feels) -> tuple[Sequence[int], Sequence[int], Ints]:
    """The different pairs, and which of them each vertex has."""
    width = len(other.felt)
    keys, place = np.unique(one.number.astype(np.int64) * width + other.number, return_inverse=True)
    return (keys // width).tolist(), (keys % width).tolist(), place.astype(np.int32)
