"""What matters most of what elements rest on? Shared first by alternatives, least of a number, less critical.

All is worked out for the whole map at once, over its arrays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from graph.analysis._condensed import Condensed
from graph.analysis._frontier import gather
from graph.analysis.kernels import distinct, expand
from graph.projection import REQUIRED, Projection

__all__ = [
    "NONE",
    "Alternatives",
    "least_below",
    "least_within",
    "less_critical",
    "no_alternative",
    "rest_together",
    "shared_first",
    "unused",
]

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NONE = np.iinfo(np.int64).max


def shared_first(
    projection: Projection, condensed: Condensed, uses: tuple[Ints, Ints], reach: Callable[[int], Ints]
) -> Iterator[tuple[int, int, int, int]]:
    """A group, two of its members, and a thing that both rest on; what only lies beneath such a thing is left out.

    Where one member rests on the other, that other one is what they share.

    The groups of what is most critical come first, of equal ones by address; then members and things by address. Things
    on one circle all stand first or none does.

    Args:
        projection: the map.
        condensed: the same edges with each circle as one row.
        uses: where the providers of each element stand, and they.
        reach: an element and all that it rests on, in ascending order.
    """
    elements = len(projection)
    members = defaultdict[int, set[int]](set)
    edges = projection.edges
    inside = np.flatnonzero((edges.dependent >= elements) & (edges.provider < elements))
    for edge in inside.tolist():
        members[int(edges.dependent[edge]) - elements].add(int(edges.provider[edge]))
    within = np.zeros(len(condensed), np.bool_)
    for group in sorted(members, key=lambda each: (-_level(projection, each), projection.groups.iris[each])):
        ends = members[group]
        of = {end: reach(end) for end in sorted(ends)} if len(ends) > 1 else {}
        for a, b in combinations(of, 2):
            both = np.intersect1d(of[a], of[b], assume_unique=True)
            below = gather(uses, both)
            above = np.repeat(both, uses[0][both + 1] - uses[0][both])
            deeper = condensed.row[below[condensed.row[below] != condensed.row[above]]]
            within[deeper] = True
            first = both[~within[condensed.row[both]]]
            within[deeper] = False
            yield from ((group, a, b, cause) for cause in first.tolist())


@dataclass(frozen=True, slots=True)
class Alternatives:
    """The members of a group, with how many each counts for, and the number of which there must be as many at least."""

    counts: Mapping[int, int]
    needed: float


def rest_together(
    uses: tuple[Ints, Ints], groups: Iterable[Alternatives], counted: Bools
) -> Iterator[tuple[int, int] | None]:
    """For each group how many things there are without which too few members are left, and the first of them.

    A thing is meant on which another member than itself rests. None for a group that has no such thing.
    Cost: what each member rests on, once for each group that it is in.

    Args:
        uses: where the providers of each element stand, and they.
        groups: the groups.
        counted: the things that may be such a thing.
    """
    seen = np.zeros(len(counted), np.bool_)
    for group in groups:
        if len(group.counts) < 2:  # one alternative is none
            yield None
            continue
        members = np.array(sorted(group.counts), np.int32)
        below = [_with_all_below(uses, member, seen) for member in members.tolist()]
        amount = np.array([group.counts[member] for member in members.tolist()], np.int64)
        many = np.repeat(np.arange(len(members)), [len(each) for each in below])
        cause, number, hit = np.unique(np.concatenate(below), return_inverse=True, return_counts=True)
        lost = np.bincount(number, weights=amount[many], minlength=len(cause))
        shared = (hit > np.isin(cause, members)) & (amount.sum() - lost < group.needed) & counted[cause]
        found = cause[shared]
        yield (len(found), int(found[0])) if found.size else None


def _with_all_below(uses: tuple[Ints, Ints], start: int, seen: Bools) -> Ints:
    """An element and all that it rests on; nothing is ``seen`` before, and nothing afterwards."""
    frontier = np.array([start], np.int32)
    parts = list[Ints]()
    while frontier.size:
        seen[frontier] = True
        parts.append(frontier)
        found = gather(uses, frontier)
        frontier = distinct(found[~seen[found]])
    all_ = np.concatenate(parts)
    seen[all_] = False
    return all_


def _level(projection: Projection, group: int) -> int:
    """How critical the element is that a group is for."""
    vertex = len(projection) + group
    for _ in range(len(projection.groups)):
        at = projection.users[vertex]
        if vertex < len(projection) or at == projection.users[vertex + 1]:
            break
        vertex = int(projection.edges.dependent[projection.used_by[1][at]])
    return int(projection.criticality[vertex]) if vertex < len(projection) else 0


def least_below(projection: Projection, condensed: Condensed, circular: Bools, own: Wide) -> Wide:
    """For each element the least number among those of all that it rests on; NONE where there is none.

    ``own`` is the number of each element, NONE for those without. What is on a circle rests on itself.
    """
    elements, rows = len(projection), len(condensed)
    row = condensed.row[:elements]
    with_own, below = np.full(rows, NONE), np.full(rows, NONE)
    np.minimum.at(with_own, row, own)
    order = np.argsort(condensed.wave, kind="stable").astype(np.int32)
    ends = np.flatnonzero(np.diff(condensed.wave[order], append=-1)) + 1
    for begin, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
        of = order[begin:end]
        many = condensed.start[of + 1] - condensed.start[of]
        of, many = of[many > 0], many[many > 0]
        if of.size:
            edges = expand(condensed.start, of)
            first = np.cumsum(many) - many
            below[of] = np.minimum.reduceat(with_own[condensed.below[edges]], first)
            with_own[of] = np.minimum(with_own[of], below[of])
    found: Wide = np.where(circular, with_own[row], below[row])
    return found


def least_within(uses: tuple[Ints, Ints], used_by: tuple[Ints, Ints], own: Wide, steps: int) -> Wide | None:
    """As ``least_below``, handed up one step at a time; None where that takes more steps than wanted.

    ``uses`` and ``used_by`` say where the providers of each element stand, and they; and its dependents.
    """
    best, below = own.copy(), np.full(len(own), NONE)
    of = np.flatnonzero(np.diff(uses[0])).astype(np.int32)
    for _ in range(steps):
        edges = expand(uses[0], of)
        if not edges.size:
            return below
        many = uses[0][of + 1] - uses[0][of]
        found = np.minimum.reduceat(best[uses[1][edges]], np.cumsum(many) - many)
        below[of] = found
        better = of[found < best[of]]
        best[better] = below[better]
        of = distinct(gather(used_by, better))
    return None


def no_alternative(projection: Projection, carries: Bools, among: Bools | None, most: int) -> list[tuple[int, int]]:
    """A dependent and a provider that it needs in full, outside of any group; the most critical dependents first.

    What says no strength is needed in full. ``carries`` says which kinds carry an outage, ``among`` whose needs count.
    """
    e, elements = projection.edges, len(projection)
    hard = carries[e.kind] & (e.assumed | (e.strength == REQUIRED)) & (e.dependent < elements) & (e.provider < elements)
    dependent, provider = e.dependent[hard], e.provider[hard]
    if among is not None:
        kept = among[dependent]
        dependent, provider = dependent[kept], provider[kept]
    pair = distinct(dependent.astype(np.int64) * max(elements, 1) + provider)
    dependent, provider = pair // max(elements, 1), pair % max(elements, 1)
    order = np.argsort(-projection.criticality[dependent], kind="stable")[:most]
    return list(zip(dependent[order].tolist(), provider[order].tolist(), strict=True))


def unused(projection: Projection, among: Bools | None, most: int) -> list[int]:
    """The elements that no dependency names as its provider, by address."""
    found = np.diff(projection.users)[: len(projection)] == 0
    chosen: list[int] = np.flatnonzero(found if among is None else found & among)[:most].tolist()
    return chosen


def less_critical(projection: Projection, most: int) -> list[tuple[int, int]]:
    """A provider and a dependent that cannot do without it and is called more critical; the worst first.

    Worst is the most critical dependent, then the least critical provider. It cannot do without what a source says is
    required, outside of any group.
    """
    e, elements, level = projection.edges, len(projection), projection.criticality
    hard = (e.strength == REQUIRED) & ~e.assumed & (e.dependent < elements) & (e.provider < elements)
    provider, dependent = e.provider[hard], e.dependent[hard]
    low, high = level[provider], level[dependent]
    worse = (low > 0) & (low < high)
    provider, dependent, low, high = provider[worse], dependent[worse], low[worse], high[worse]
    pair = provider.astype(np.int64) * elements + dependent
    _, once = np.unique(pair, return_index=True)
    order = once[np.lexsort((pair[once], low[once], -high[once]))][:most]
    return list(zip(provider[order].tolist(), dependent[order].tolist(), strict=True))
