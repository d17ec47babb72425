"""How likely is a structure down? Exactly by diagrams, else by bounds and a simulation that says how far it may be off.

A rare failure is not found by throwing dice for every part: at five nines 99,999 of 100,000 throws tell nothing. So
the states are sorted by how many causes fail. How likely each number is is known exactly; the states with few
failures are all looked at; from the others as many are drawn, each number for itself, as it takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate, combinations
from math import comb, expm1, log1p, sqrt
from operator import mul

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

from graph.analysis.diagrams import NEVER, Diagrams, TooLargeError
from graph.analysis.structure import Cause, Structure

__all__ = ["LIMIT", "Likelihood", "Method", "likelihood"]

LIMIT = 400_000
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
    waiting = dict.fromkeys(_lowest_first(made, users))
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


def _lowest_first(made: Structure, users: Sequence[Sequence[int]]) -> list[int]:
    """Groups, those below before those above as far as cycles allow."""
    above = [[user for gate in group.into for user in users[gate]] for group in made.groups]
    order: list[int] = []
    seen: set[int] = set()
    for start in range(len(made.groups)):
        stack = [(start, iter(above[start]))] if start not in seen else []
        seen.add(start)
        while stack:
            number, rest = stack[-1]
            following = next((user for user in rest if user not in seen), None)
            if following is None:
                order.append(number)
                stack.pop()
            else:
                seen.add(following)
                stack.append((following, iter(above[following])))
    return order[::-1]


_MOST_LISTED = 300_000
_MOST_FAILURES = 400
_PILOT = 2_000
_SEED = 1


def _simulated(made: Structure, q: Floats, draws: int) -> _Piece:
    """Bounds and an estimate, by the number of causes that fail."""
    tail = _tail(q)
    numbers = tail[0]
    count, value, at = len(q), 0.0, 2  # one alone brings nothing down: it would stand in the series
    while at < len(numbers) and comb(count, at) <= _MOST_LISTED and at <= _DEEPEST_LISTED:
        value += _all_of(made, q, at)
        at += 1
    beyond = max(0.0, 1 - float(numbers.sum())) if len(numbers) <= count else 0.0
    floor, ceiling = value, min(1.0, value + float(numbers[at:].sum()) + beyond)
    strata = [j for j in range(at, len(numbers)) if numbers[j] > 0]
    rng = np.random.default_rng(_SEED)
    hits, drawn = dict.fromkeys(strata, 0), dict.fromkeys(strata, 0)

    def draw(share: dict[int, int]) -> None:
        chosen = np.repeat(np.array(list(share), np.int32), list(share.values()))
        for part in np.array_split(chosen, max(1, len(chosen) // 20_000)):
            fell = made.down(_draw(tail, q, part, rng))
            for j, number in zip(*np.unique(part, return_counts=True), strict=True):
                drawn[int(j)] += int(number)
                hits[int(j)] += int(fell[part == j].sum())

    weight = sum(float(numbers[j]) for j in strata) or 1.0
    draw({j: 1 + int(_PILOT * float(numbers[j]) / weight) for j in strata})
    spread = {j: float(numbers[j]) * _deviation(hits[j], drawn[j]) for j in strata}
    total = sum(spread.values()) or 1.0
    draw({j: int(draws * spread[j] / total) for j in strata if int(draws * spread[j] / total)})
    value += sum(float(numbers[j]) * hits[j] / drawn[j] for j in strata)
    variance = sum((float(numbers[j]) * _deviation(hits[j], drawn[j])) ** 2 / drawn[j] for j in strata)
    return _Piece(value, floor, ceiling, error=1.96 * sqrt(variance) + beyond, samples=sum(drawn.values()))


_DEEPEST_LISTED = 3


def _deviation(hits: int, drawn: int) -> float:
    """Of one draw; never 0, for that nothing was hit proves nothing."""
    share = (hits + 1) / (drawn + 2)
    return sqrt(share * (1 - share))


def _tail(q: Floats) -> Floats:
    """How likely j of the causes from the i-th on fail, as a table; the first row is for all of them."""
    mean = float(q.sum())
    most = min(len(q), _MOST_FAILURES, int(mean + 10 * sqrt(mean)) + 20)
    table = np.zeros((len(q) + 1, most + 1))
    table[-1, 0] = 1.0
    for i in range(len(q) - 1, -1, -1):
        table[i] = table[i + 1] * (1 - q[i])
        table[i, 1:] += table[i + 1, :-1] * q[i]
    return table


def _all_of(made: Structure, q: Floats, failures: int) -> float:
    """Likelihood of all states with so many failures in which the structure is down."""
    count, total = len(q), 0.0
    working = np.where(q < 1, 1 - q, 1.0)
    odds, all_work = q / working, float(np.prod(working))
    certain = int((q >= 1).sum())
    states = np.fromiter((i for state in combinations(range(count), failures) for i in state), np.int32)
    states = states.reshape(-1, failures)
    if certain:
        states = states[(q[states] >= 1).sum(axis=1) == certain]
    for part in np.array_split(states, max(1, len(states) // 50_000)):
        ends = np.arange(len(part) + 1) * failures
        table = csr_array((np.ones(part.size, np.int32), part.ravel(), ends), shape=(len(part), count))
        total += float(np.prod(odds[part[made.down(table)]], axis=1).sum())
    return total * all_work


def _draw(table: Floats, q: Floats, failures: npt.NDArray[np.int32], rng: np.random.Generator) -> csr_array:
    """States with so many failures each, as likely among themselves as they are in truth."""
    left, rows, columns = failures.copy(), [], []
    for i in range(len(q)):
        here = table[i, left]
        takes = np.zeros(len(left))
        some = (left > 0) & (here > 0)
        takes[some] = q[i] * table[i + 1, left[some] - 1] / here[some]
        fails = np.flatnonzero(rng.random(len(left)) < takes)
        left[fails] -= 1
        rows.append(fails)
        columns.append(np.full(len(fails), i, np.int32))
    at = np.concatenate(rows), np.concatenate(columns)
    return csr_array((np.ones(len(at[0]), np.int32), at), shape=(len(failures), len(q)))
