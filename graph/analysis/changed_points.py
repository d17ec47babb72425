"""Which single points of failure are new or gone from one map to the next? Without asking for all of both.

What takes a service down alone depends only on what lies beneath it. So only services above something that is
defined otherwise can differ. And an element that newly takes a service down does so across a definition that changed:
it lies beneath something that was added there, and did not take that place down before (the first step of its way to
the service that the other map does not have). Both sets are found by walks that are linear in the map; the bits of
``single_points`` are then asked for those services and those elements alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.analysis.kernels import passes
from graph.analysis.single_points import business_services, single_points
from graph.projection import REQUIRED, Projection

__all__ = ["ChangedPoints", "changed_points"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
_MOST_WALKS = 256


@dataclass(frozen=True, slots=True)
class ChangedPoints:
    """Result of ``changed_points``: pairs of a business service and an element that alone takes it down, by IRI."""

    new: frozenset[tuple[str, str]]
    gone: frozenset[tuple[str, str]]


def changed_points(before: Projection, after: Projection) -> ChangedPoints:
    """The single points of failure of business services that one map has and the other has not.

    The same as ``single_points`` of both maps, compared. Cost: linear in the maps, some walks for each definition that
    changed, and ``single_points`` for the services above them and the elements that may differ. A service that only
    one map has is asked in full.
    """
    old, new = _State(before), _State(after)
    changed = old.changed(new)
    if not changed:
        return ChangedPoints(frozenset(), frozenset())
    candidates = new.candidates(old, changed) | old.candidates(new, changed)
    points = [state.points(other, changed, candidates) for state, other in ((old, new), (new, old))]
    return ChangedPoints(new=frozenset(points[1] - points[0]), gone=frozenset(points[0] - points[1]))


class _State:
    """One map as what each vertex requires, by names that both maps share."""

    def __init__(self, projection: Projection) -> None:
        self.p, self.elements = projection, len(projection)
        self.names: list[str] = [*projection.iris, *projection.groups.iris]
        self.number = {name: vertex for vertex, name in enumerate(self.names)}
        self.required = passes()[projection.edges.claim] == REQUIRED
        self.services = {projection.iris[service] for service in business_services(projection)}

    @cached_property
    def below(self) -> tuple[Ints, Ints]:
        """What each vertex requires: for v ``ends[start[v]:start[v + 1]]``."""
        return self._adjacency(self.p.uses, self.p.edges.provider)

    @cached_property
    def above(self) -> tuple[Ints, Ints]:
        """What requires each vertex."""
        return self._adjacency(self.p.used_by, self.p.edges.dependent)

    def _adjacency(self, adjacency: tuple[Ints, Ints], ends: Ints) -> tuple[Ints, Ints]:
        start, order = adjacency
        kept = self.required[order]
        counts = kept if self.p.weight is None else kept * self.p.weight[order]
        return np.concatenate([[0], np.cumsum(counts)])[start].astype(np.int32), ends[self.p.counted(order[kept])]

    def changed(self, other: _State) -> frozenset[str]:
        """Vertices that the two maps define otherwise, or that only one has, and services that are so in one only."""
        found = self._lone(other) | other._lone(self) | (self.services ^ other.services)
        there = np.array([other.number.get(name, -1) for name in self.names], np.int64)
        size = np.int64(len(other.names) + 1)
        mine = self._pairs(there, size)
        theirs = other._pairs(np.arange(len(other.names), dtype=np.int64), size)
        for (pairs, counts), (others, their_counts) in ((mine, theirs), (theirs, mine)):
            place = np.searchsorted(others, pairs)
            place[place == len(others)] = 0
            same = (others[place] == pairs) & (their_counts[place] == counts) if len(others) else pairs < 0
            found |= {other.names[v] for v in set((pairs[~same] // size).tolist()) if v < len(other.names)}
        for group, (k, size_) in self._groups.items():
            if other._groups.get(group, (k, size_)) != (k, size_):
                found.add(group)
        return frozenset(found)

    def _lone(self, other: _State) -> set[str]:
        return {name for name in self.names if name not in other.number}

    def _pairs(self, there: npt.NDArray[np.int64], size: np.int64) -> tuple[npt.NDArray[np.int64], Ints]:
        """Dependent and provider of each required edge as one number, by the numbers of one map, and how often."""
        edges, required = self.p.edges, self.p.counted(np.flatnonzero(self.required).astype(np.int32))
        dependent, provider = there[edges.dependent[required]], there[edges.provider[required]]
        known = dependent >= 0
        provider = np.where(provider < 0, size - 1, provider)
        pairs, counts = np.unique(dependent[known] * size + provider[known], return_counts=True)
        return pairs, counts.astype(np.int32)

    @cached_property
    def _groups(self) -> Mapping[str, tuple[int, int]]:
        groups = self.p.groups
        numbers = zip(groups.k.tolist(), groups.size.tolist(), strict=True)
        return dict(zip(groups.iris, numbers, strict=True))

    def candidates(self, other: _State, changed: Set[str]) -> frozenset[str]:
        """Elements that may take something down here alone that they do not take down there, across a definition."""
        found = {
            name
            for name in changed
            if name not in other.number and self.number.get(name, self.elements) < self.elements
        }
        for name in changed:
            vertex = self.number.get(name)
            if vertex is None or name not in other.number:
                continue
            reached = self._may_take_down(vertex, other)
            already = other._surely_takes_down(other.number[name])
            found |= {self.names[v] for v in reached} - {other.names[v] for v in already}
        return frozenset(found)

    def _may_take_down(self, vertex: int, other: _State) -> set[int]:
        """At least all elements that alone take a vertex down through what only this map says of it."""
        if vertex >= self.elements:
            return self._counted(vertex)
        known = {other.names[v] for v in other._requires(other.number[self.names[vertex]])}
        added = [v for v in self._requires(vertex) if self.names[v] not in known]
        reached, groups = self._closure(added, through_groups=False)
        found = set(reached)
        many = sum(len(self._requires(group)) for group in groups) > _MOST_WALKS
        for group in groups:
            found |= set(self._closure([group])[0]) if many else self._counted(group)
        return found

    def _counted(self, group: int) -> set[int]:
        """Elements beneath enough members of a group to take it down."""
        k, size = int(self.p.groups.k[group - self.elements]), int(self.p.groups.size[group - self.elements])
        if not 0 < k <= size:
            return set()
        times = np.zeros(len(self.names), np.int32)
        for member in self._requires(group):
            times[self._closure([member])[0]] += 1
        return set(np.flatnonzero(times >= size - k + 1).tolist())

    def _surely_takes_down(self, vertex: int) -> list[int]:
        """Elements that take a vertex down alone, because no group is in between."""
        return self._closure([vertex], through_groups=False)[0] if vertex < self.elements else []

    def _requires(self, vertex: int) -> list[int]:
        start, ends = self.below
        found: list[int] = ends[start[vertex] : start[vertex + 1]].tolist()
        return found

    def _closure(self, starts: Sequence[int], *, through_groups: bool = True) -> tuple[list[int], list[int]]:
        """The elements at and beneath the starts, and the groups that were met."""
        groups = [v for v in starts if v >= self.elements and not through_groups]
        seen = self._walk(self.below, [v for v in starts if v < self.elements or through_groups], through_groups)
        found = np.flatnonzero(seen)
        return found[found < self.elements].tolist(), sorted({*groups, *found[found >= self.elements].tolist()})

    def _walk(self, adjacency: tuple[Ints, Ints], starts: Iterable[int], through_groups: bool = True) -> Bools:  # noqa: FBT001, FBT002 it is passed on
        start, ends = adjacency
        seen = np.zeros(len(self.names), np.bool_)
        frontier = np.unique(np.fromiter(starts, np.int32))
        everything = np.arange(len(ends), dtype=np.int32)
        while frontier.size:
            seen[frontier] = True
            open_ = frontier if through_groups else frontier[frontier < self.elements]
            reached = np.unique(ends[gather((start, everything), open_)])
            frontier = reached[~seen[reached]]
        return seen

    def points(self, other: _State, changed: Set[str], candidates: Set[str]) -> set[tuple[str, str]]:
        """Pairs of this map that the other may not have."""
        starts = [self.number[name] for name in changed if name in self.number]
        above = self._walk(self.above, starts)
        services = [v for v in map(self.number.__getitem__, sorted(self.services)) if above[v]]
        both = [v for v in services if self.names[v] in other.services]
        chosen = [self.number[name] for name in candidates if self.number.get(name, self.elements) < self.elements]
        found = single_points(self.p, both, candidates=chosen).of
        found |= single_points(self.p, [v for v in services if self.names[v] not in other.services]).of
        return {(self.names[s], self.names[e]) for s, points in found.items() for e in points.tolist()}
