"""What is guaranteed when each promise is used up to its last minute, all at the worst moment?

A chain guarantees the sum of the allowances. A group of n of which k must work is down while n-k+1 of its members are
down together; with d_i minutes for member i that lasts at most the largest T with sum(min(d_i, T)) >= (n-k+1) T.
Two vendors of 43.2 minutes, one of which is enough, guarantee 43.2 minutes: nobody promised not to fail together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import inf, isfinite

from graph.analysis.structure import Structure

__all__ = ["guaranteed", "together"]


def together(minutes: Sequence[float], need: int) -> float:
    """How long at most ``need`` of some things can be down at the same time; ``inf`` where that has no end.

    >>> together([43.2, 43.2], 2), together([43.2, inf], 2), together([10, 20, 60], 2)
    (43.2, 43.2, 30.0)
    """
    endless = sum(not isfinite(each) for each in minutes)
    if endless >= need or need > len(minutes):
        return inf if endless >= need else 0.0
    finite = sorted((each for each in minutes if isfinite(each)), reverse=True)
    need -= endless
    for longer in range(need):  # so many are longer than T and count with T
        found = sum(finite[longer:]) / (need - longer)
        if found >= finite[longer]:
            return found
    raise AssertionError("with one left to find, the sum is no less than its largest")


def guaranteed(made: Structure, minutes: Mapping[int, float]) -> float:
    """Most minutes that the structure can be down while every part keeps its allowance; ``inf`` without a promise.

    What the allowances of the parts add up to is a bound by itself, so cycles end.

    Args:
        made: what must fail.
        minutes: allowance of each vertex; one that is left out never fails.
    """

    def allowance(vertices: Iterable[int]) -> float:
        return sum(minutes.get(vertex, 0.0) for vertex in vertices)

    gates = [0.0] * made.gates
    own = [0.0] * made.gates
    for cause in made.causes:
        for gate in cause.gates:
            own[gate] += allowance(part.vertex for part in cause.parts)
    most = sum(allowance(part.vertex for part in cause.parts) for cause in made.causes)
    for _ in range(len(made.groups) + 2):
        longest = [together([gates[m] for m in group.members], group.need) for group in made.groups]
        now = list(own)
        for group, each in zip(made.groups, longest, strict=True):
            for gate in group.into:
                now[gate] += each
        now = [min(most, each) for each in now]
        if now == gates:
            break
        gates = now
    else:
        gates[0] = most
    return allowance(part.vertex for part in made.series.parts) + gates[0]
