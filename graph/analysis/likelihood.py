"""How likely is a structure down? Exactly by diagrams, else by bounds and a simulation that says how far it may be off.

A rare failure is not found by throwing dice for every part: at five nines 99,999 of 100,000 throws tell nothing. So
the states are sorted by how many causes fail. How likely each number is is known exactly; the states with few
failures are all looked at; from the others as many are drawn, each number for itself, as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import accumulate, combinations
from math import comb, expm1, log1p, sqrt
from operator import mul

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graph.analysis.diagrams import NEVER, Diagrams, TooLargeError
from graph.analysis.structure import Cause, Structure

__all__ = ["LIMIT", "Likelihood", "Method", "likelihood"]

LIMIT = 150_000
Floats = npt.NDArray[np.float64]


class Method(Enum):
    """How a figure was found."""

    EXACT = "exact"
    SIMULATED = "simulated"


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """How likely the structure is down.

    ``error``      half the width of the 95 % interval, 0 when exact; the same unit as ``unavailability``
    ``floor``, ``ceiling``  bounds that hold for certain; both the value when exact
    ``importance`` by cause: how much likelier it is when the cause fails than when it does not; None where simulated
    ``series``     likelihood of the series alone; ``rest`` of all else while the series works
    """

    unavailability: float
    method: Method
    error: float
    floor: float
    ceiling: float
    series: float
    rest: float
    importance: tuple[float | None, ...] = ()
    samples: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """An independent piece of the rest."""

    value: float
    low: float
    high: float
    error: float = 0.0
    importance: Sequence[float] | None = None
    samples: int = 0


def likelihood(made: Structure, *, limit: int = LIMIT, draws: int = 200_000) -> Likelihood:
    """How likely the structure is down.

    Cost: the size of the diagrams, which the order of the causes keeps small as a rule; above ``limit`` nodes it is
    the draws. The same structure gives the same answer: the draws start from a fixed seed.

    Args:
        made: what must fail.
        limit: most nodes of the diagrams of one independent piece.
        draws: how many states are drawn at most where that is not enough.
    """
    series = made.series.unavailability if made.series.parts else 0.0
    pieces = [(rows, _piece(part, limit, draws)) for rows, part in _independent(made)]
    rest = _union([piece.value for _, piece in pieces])
    works = [(1 - series) * share for share in _all_but_one([1 - piece.value for _, piece in pieces])]
    importance: list[float | None] = [None] * len(made.causes)
    for (rows, piece), others_work in zip(pieces, works, strict=True):
        if piece.importance is not None:
            for row, weight in zip(rows, piece.importance, strict=True):
                importance[row] = others_work * weight
    error = sqrt(sum((share * piece.error) ** 2 for (_, piece), share in zip(pieces, works, strict=True)))
    exact = all(piece.importance is not None for _, piece in pieces)
    value = series + (1 - series) * rest
    floor, ceiling = _union([piece.low for _, piece in pieces]), _union([piece.high for _, piece in pieces])
    return Likelihood(
        unavailability=value,
        method=Method.EXACT if exact else Method.SIMULATED,
        error=error,
        floor=value if exact else series + (1 - series) * floor,
        ceiling=value if exact else series + (1 - series) * ceiling,
        series=series,
        rest=rest,
        importance=tuple(importance),
        samples=sum(piece.samples for _, piece in pieces),
    )


def _union(chances: Sequence[float]) -> float:
    """How likely at least one of some independent things is."""
    if any(chance >= 1 for chance in chances):
        return 1.0
    return -expm1(sum(log1p(-chance) for chance in chances))


def _all_but_one(factors: Sequence[float]) -> list[float]:
    """For each factor the product of all others."""
    before = list(accumulate(factors, mul, initial=1.0))
    after = list(accumulate(reversed(factors), mul, initial=1.0))[::-1]
    return [before[i] * after[i + 1] for i in range(len(factors))]


def _independent(made: Structure) -> Iterator[tuple[list[int], Structure]]:
    """Groups directly below the element that share no cause: each with the causes and groups beneath it."""
    owner = list(range(made.gates))

    def find(gate: int) -> int:
        while owner[gate] != gate:
            owner[gate] = owner[owner[gate]]
            gate = owner[gate]
        return gate

    def join(gates: Sequence[int]) -> None:
        for gate in gates:
            owner[find(gate)] = find(gates[0])

    for cause in made.causes:
        join(cause.gates)
    for group in made.groups:
        join([*group.members, *(gate for gate in group.into if gate)])
    for root in sorted({find(group.members[0]) for group in made.groups}):
        rows = [row for row, cause in enumerate(made.causes) if find(cause.gates[0]) == root]
        yield (
            rows,
            Structure(
                made.target,
                made.vertices,
                Cause(()),
                tuple(made.causes[row] for row in rows),
                tuple(group for group in made.groups if find(group.members[0]) == root),
                made.gates,
                circular=made.circular,
            ),
        )


def _piece(made: Structure, limit: int, draws: int) -> _Piece:
    q = [cause.unavailability for cause in made.causes]
    for order in (_deep_first(made), _shared_first(made)):
        try:
            diagrams = Diagrams(most=limit)
            function = _diagram(made, diagrams, order)
        except TooLargeError:
            continue
        value, importance = diagrams.weights(function, [q[row] for row in order])
        place = {row: level for level, row in enumerate(order)}
        return _Piece(value, value, value, importance=[importance[place[row]] for row in range(len(q))])
    return _simulated(made, np.array(q), draws)


def _deep_first(made: Structure) -> list[int]:
    """Causes in the order in which a walk down from the top meets them: what belongs together stands together."""
    by_gate: list[list[int]] = [[] for _ in range(made.gates)]
    into: list[list[int]] = [[] for _ in range(made.gates)]
    for row, cause in enumerate(made.causes):
        for gate in cause.gates:
            by_gate[gate].append(row)
    for number, group in enumerate(made.groups):
        for gate in group.into:
            into[gate].append(number)
    seen, found, waiting = {0}, dict[int, None](), [0]
    while waiting:
        gate = waiting.pop()
        found |= dict.fromkeys(sorted(by_gate[gate], key=lambda row: -len(made.causes[row].gates)))
        members = [member for number in into[gate] for member in made.groups[number].members]
        fresh = [member for member in dict.fromkeys(members) if member not in seen]
        seen.update(fresh)
        waiting += reversed(fresh)
    return [*found, *(row for row in range(len(made.causes)) if row not in found)]


def _shared_first(made: Structure) -> list[int]:
    """Causes that bring most gates down first: once they are decided, the rest falls apart."""
    return sorted(_deep_first(made), key=lambda row: -len(made.causes[row].gates))


def _diagram(made: Structure, diagrams: Diagrams, order: Sequence[int]) -> int:
    """The function of gate 0: from "nothing is down" upwards until nothing changes, cycles included."""
    gates = [NEVER] * made.gates
    for level, row in reversed(list(enumerate(order))):
        for gate in made.causes[row].gates:
            gates[gate] = diagrams.either(diagrams.variable(level), gates[gate])
    users: list[list[int]] = [[] for _ in range(made.gates)]
    for number, group in enumerate(made.groups):
        for member in set(group.members):
            users[member].append(number)
    waiting = dict.fromkeys(range(len(made.groups)))
    while waiting:
        number = next(iter(waiting))
        del waiting[number]
        group = made.groups[number]
        function = diagrams.at_least(group.need, [gates[member] for member in group.members])
        for gate in group.into:
            now = diagrams.either(gates[gate], function)
            if now != gates[gate]:
                gates[gate] = now
                waiting |= dict.fromkeys(users[gate])
    return gates[0]


_MOST_LISTED = 300_000
_DEEPEST_LISTED = 3
_MANY = 150
_PILOT = 2_000
_SEED = 7


def _simulated(made: Structure, q: Floats, draws: int) -> _Piece:
    """Bounds and an estimate, by the number of causes that fail; those that fail for certain do so in every state."""
    unsure, rng = np.flatnonzero(q < 1), np.random.default_rng(_SEED)
    states = _States(made, q, unsure)
    if float(q[unsure].sum()) > _MANY:
        return states.thrown(rng, max(1, draws // 10))
    numbers, at = states.table[0], 1
    value = 0.0
    while at < len(numbers) and comb(len(unsure), at) <= _MOST_LISTED and at <= _DEEPEST_LISTED:
        value += states.listed(at)
        at += 1
    floor, ceiling = value, min(1.0, value + float(numbers[at:].sum()) + states.beyond)
    strata = [j for j in range(at, len(numbers)) if numbers[j] > 0]
    hits, drawn = np.zeros(len(numbers), np.int64), np.zeros(len(numbers), np.int64)

    def draw(share: Floats) -> None:
        chosen = np.repeat(strata, share.astype(np.int64))
        for part in np.array_split(chosen, len(chosen) // 50_000 + 1):
            fell = states.drawn(part, rng)
            drawn[:] += np.bincount(part, minlength=len(numbers))
            hits[:] += np.bincount(part[fell], minlength=len(numbers))

    def spread() -> Floats:
        """Of the estimate, by stratum and for one draw; never 0, for that nothing was hit proves nothing."""
        share = (hits[strata] + 1) / (drawn[strata] + 2)
        found: Floats = numbers[strata] * np.sqrt(share * (1 - share))
        return found

    if strata:
        draw(1 + _PILOT * numbers[strata] / numbers[strata].sum())
        draw(draws * spread() / spread().sum())
        value += float((numbers[strata] * hits[strata] / drawn[strata]).sum())
    error = 1.96 * sqrt(float((spread() ** 2 / drawn[strata]).sum())) if strata else 0.0
    return _Piece(value, floor, ceiling, error=error + states.beyond, samples=int(drawn.sum()))


class _States:
    """States of the causes by how many fail: how likely each number is, all states of one, and draws."""

    def __init__(self, made: Structure, q: Floats, unsure: npt.NDArray[np.int64]) -> None:
        self.made, self.unsure, self.q = made, unsure, q[unsure]
        self.certain = np.flatnonzero(q >= 1)
        mean = float(self.q.sum())
        self.table = _table(self.q, min(len(self.q), int(mean + 10 * sqrt(mean)) + 20))
        self.beyond = max(0.0, 1 - float(self.table[0].sum())) if self.table.shape[1] <= len(self.q) else 0.0

    def down(self, rows: npt.NDArray[np.int64], columns: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.bool_]:
        """Of so many states, given as pairs of state and failed cause."""
        always = np.repeat(np.arange(count), len(self.certain))
        at = np.concatenate([rows, always]), np.concatenate([self.unsure[columns], np.tile(self.certain, count)])
        shape = (count, len(self.made.causes))
        return self.made.down(csr_array((np.ones(len(at[0]), np.int8), at), shape=shape))

    def listed(self, failures: int) -> float:
        """Likelihood of all states with so many failures in which the structure is down."""
        odds, total = self.q / (1 - self.q), 0.0
        states = np.fromiter((i for state in combinations(range(len(self.q)), failures) for i in state), np.int64)
        states = states.reshape(-1, failures)
        for part in np.array_split(states, len(states) // 50_000 + 1):
            fell = self.down(np.repeat(np.arange(len(part)), failures), part.ravel(), len(part))
            total += float(np.prod(odds[part[fell]], axis=1).sum())
        return total * float(np.prod(1 - self.q))

    @cached_property
    def _none_before(self) -> Floats:
        """Logarithm of: none of the first i fails, and r of the others do."""
        works = np.concatenate([[0.0], np.cumsum(np.log1p(-self.q))])
        with np.errstate(divide="ignore"):
            found: Floats = works[:, None] + np.log(self.table)
        return found

    def drawn(self, failures: npt.NDArray[np.int64], rng: np.random.Generator) -> npt.NDArray[np.bool_]:
        """States with so many failures each, as likely among themselves as they are in truth; which are down.

        From one failure to the next: how far it is to the next one is known as a distribution.
        """
        left, at = failures.copy(), np.zeros(len(failures), np.int64)
        rows, columns = [], []
        while (todo := np.flatnonzero(left)).size:
            for number in np.unique(left[todo]):
                these = todo[left[todo] == number]
                none = self._none_before[:, number]
                until = none[at[these]] + np.log(rng.random(len(these)))
                next_ = np.searchsorted(-none, -until, side="right") - 1
                next_ = np.clip(next_, at[these], len(self.q) - number)
                rows.append(these)
                columns.append(next_)
                at[these] = next_ + 1
            left[todo] -= 1
        empty = np.empty(0, np.int64)
        return self.down(np.concatenate([empty, *rows]), np.concatenate([empty, *columns]), len(failures))

    def thrown(self, rng: np.random.Generator, draws: int) -> _Piece:
        """So many causes fail at any time that throwing dice for each finds enough."""
        hits = 0
        for part in np.array_split(np.arange(draws), draws // 1_000 + 1):
            rows, columns = np.nonzero(rng.random((len(part), len(self.q))) < self.q)
            hits += int(self.down(rows, columns, len(part)).sum())
        share = (hits + 1) / (draws + 2)
        return _Piece(hits / draws, 0.0, 1.0, error=1.96 * sqrt(share * (1 - share) / draws), samples=draws)


def _table(q: Floats, most: int) -> Floats:
    """How likely j of the causes from the i-th on fail; the first row is for all of them."""
    table = np.zeros((len(q) + 1, most + 1))
    table[-1, 0] = 1.0
    for i in range(len(q) - 1, -1, -1):
        table[i] = table[i + 1] * (1 - q[i])
        table[i, 1:] += table[i + 1, :-1] * q[i]
    return table
