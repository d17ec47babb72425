"""What does the map leave open, and how does each of it read at worst and at best?

Each unknown acts in one direction, so that two readings bracket the truth:

- the strength of a dependency that nobody states: as its kind says, or optional
- how many members of a group must work, where nobody says: all, or one
- a dependency whose evidence is too old: there, or not there
- a membership whose evidence is too old: the member is lost whenever another one is hit, or as declared; it counts
  among the members in both readings
- a tolerance on which sources disagree, or of a reserve whose size nobody says: the shortest, or the longest
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying
from graph.analysis.changes import Profile
from graph.analysis.timed import Happening, Timed, Times, timed
from graph.analysis.windows import FOREVER
from graph.projection import OPTIONAL, Edges, Groups, Projection

__all__ = ["ENDLESS", "Doubts", "Reading", "Readings", "Unknown", "What"]

ENDLESS = 2**64
"""Seconds that outlast every span: a reserve of which nobody says how long it lasts."""

Strengths = npt.NDArray[np.int8]


class What(Enum):
    """What may be unknown."""

    STRENGTH = "strength"
    NEEDED = "members that must work"
    EVIDENCE = "old evidence"
    MEMBERSHIP = "old membership"
    TOLERANCE = "tolerance"


@dataclass(frozen=True, slots=True)
class Unknown:
    """One thing that is unknown: of an edge, by its number; of a group (``NEEDED``), by the number of the group."""

    what: What
    at: int


@dataclass(frozen=True, slots=True)
class Doubts:
    """What a map leaves open beside strengths; ``graph.doubts`` reads it.

    ``needed``    groups of which nobody says how many members must work
    ``stale``     edges whose evidence is older than the limit
    ``longest``   edge -> the longest tolerance in seconds, where it is not known; the shortest is the map's own
    ``as_of``, ``stale_after``   the moment that ages are counted to, and the limit, in seconds
    """

    needed: frozenset[int] = frozenset()
    stale: frozenset[int] = frozenset()
    longest: Mapping[int, int] = field(default_factory=dict)
    as_of: int = 0
    stale_after: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """One way to read the map: its groups, the strengths, the times, and the memberships that count as lost."""

    projection: Projection
    strength: Strengths
    times: Times
    lost: frozenset[int] = frozenset()

    def run(self, happenings: Iterable[Happening], *, horizon: int = FOREVER) -> Timed:
        """What the happenings do to the map as it is read."""
        return timed(
            self.projection, happenings, times=self.times, horizon=horizon, strength=self.strength, lost=self.lost
        )

    def plain(self) -> Projection:
        """The reading as a map of its own, for what looks at states and not at times.

        A reserve that is endless keeps all away, every other one is used up. What is lost counts as soon as another
        member is hit as badly as is asked about: so a group that cannot do without what is lost needs all the others,
        and any other group is as good as it is without.
        """
        edges = self.projection.edges
        strength = self.strength.copy()
        strength[[edge for edge, held in self.times.tolerance.items() if held >= ENDLESS]] = OPTIONAL
        groups = self._without_lost(strength)
        if groups is self.projection.groups and np.array_equal(strength, edges.strength):
            return self.projection
        claim = (edges.claim & np.uint8(0xFC)) | (strength + 1).astype(np.uint8)
        columns = edges.dependent, edges.provider, edges.kind, claim
        return self.projection.with_edges(Edges.packed(columns, edges.iris, edges.rare)).with_groups(groups)

    def _without_lost(self, strength: Strengths) -> Groups:
        """The groups when what is lost is gone from those that can spare it; the strengths are written over."""
        p, groups = self.projection, self.projection.groups
        if not self.lost:
            return groups
        k, full, size = groups.k.copy(), groups.full.copy(), groups.size.copy()
        mine: defaultdict[int, list[int]] = defaultdict(list)
        for edge in sorted(self.lost):
            mine[int(p.edges.dependent[edge]) - len(p)].append(edge)
        for number, edges in mine.items():
            if not 0 < k[number] <= size[number]:  # asks for nothing that it has: it is never hit
                continue
            left = int(size[number]) - sum(1 if p.weight is None else int(p.weight[edge]) for edge in edges)
            if left < k[number] or not left:
                k[number] = full[number] = size[number]
                continue
            strength[edges], size[number] = OPTIONAL, left
            full[number] = min(full[number], left)
        return replace(groups, k=k, full=full, size=size)


class Readings:
    """The readings of a map: the worst, the best, and those between.

    ``away``  vertices that are not followed: what leads there passes nothing on in any reading
    """

    def __init__(
        self,
        projection: Projection,
        times: Times,
        doubts: Doubts,
        profile: Profile,
        away: npt.NDArray[np.bool_] | None = None,
    ) -> None:
        self.projection, self.times, self.doubts, self.profile = projection, times, doubts, profile
        edges = projection.edges
        upper, self._away = edges.strength, away
        if away is not None:
            upper = np.where(away[edges.dependent], np.minimum(upper, np.int8(OPTIONAL)), upper)
        self.loose = profile is not Profile.REQUIRED
        self.worst = self.best = Reading(projection, upper, times)
        self._needed, self._evidence, self._members = frozenset[int](), frozenset[int](), frozenset[int]()
        self._longest: Mapping[int, int] = {}
        if not self.loose:
            return
        passing = carrying(projection) & (upper > OPTIONAL)
        self._assumed = edges.assumed & passing
        stale = {edge for edge in doubts.stale if passing[edge]}
        self._members = frozenset(edge for edge in stale if edges.dependent[edge] >= len(projection))
        self._evidence = frozenset(stale - self._members)
        self._needed = frozenset(number for number in doubts.needed if projection.groups.size[number] > 1)
        self._longest = {edge: most for edge, most in doubts.longest.items() if passing[edge]}
        if profile is Profile.NOTHING:
            silent = np.flatnonzero(passing).tolist()
            self._longest |= {edge: ENDLESS for edge in silent if edge not in times.tolerance}
        self.worst = Reading(self._all_of(self._needed), upper, times, self._members)
        lower = np.where(self._assumed, np.int8(OPTIONAL), upper)
        lower[list(self._evidence)] = OPTIONAL
        self.best = Reading(projection, lower, self._lasting(self._longest))

    def mixed(self, *, optimistic: bool, but: Collection[Unknown]) -> Reading:
        """The best or the worst reading, but for some unknowns that are read the other way."""
        if optimistic:
            return self._best_but(but)
        gone = [each.at for each in but if each.what in (What.STRENGTH, What.EVIDENCE)]
        strength = self.worst.strength.copy()
        strength[gone] = OPTIONAL
        return Reading(
            self._all_of(self._needed - _of(but, What.NEEDED)),
            strength,
            self._lasting({edge: self._longest[edge] for edge in _of(but, What.TOLERANCE)}),
            self._members - _of(but, What.MEMBERSHIP),
        )

    def _best_but(self, but: Collection[Unknown]) -> Reading:
        known, strength = set(but), self.best.strength.copy()
        for edge in _of(but, What.STRENGTH) | _of(but, What.EVIDENCE):
            if all(each in known for each in self.on(edge) if each.what in (What.STRENGTH, What.EVIDENCE)):
                strength[edge] = self.worst.strength[edge]
        long = self._longest.keys() - _of(but, What.TOLERANCE)
        return Reading(
            self._all_of(_of(but, What.NEEDED)),
            strength,
            self._lasting({edge: self._longest[edge] for edge in long}),
            _of(but, What.MEMBERSHIP),
        )

    def on(self, edge: int) -> Iterator[Unknown]:
        """What is unknown of an edge; of one to a group also how many of its members must work."""
        if not self.loose:
            return
        if self._assumed[edge]:
            yield Unknown(What.STRENGTH, edge)
        for what, edges in (
            (What.EVIDENCE, self._evidence),
            (What.MEMBERSHIP, self._members),
            (What.TOLERANCE, self._longest),
        ):
            if edge in edges:
                yield Unknown(what, edge)
        group = int(self.projection.edges.provider[edge]) - len(self.projection)
        if group in self._needed:
            yield Unknown(What.NEEDED, group)

    def counts(self, edges: Iterable[int]) -> dict[What, int]:
        """How many of each are unknown of these edges."""
        found = {each for edge in edges for each in self.on(edge)} if self._open else set[Unknown]()
        return {what: number for what in What if (number := sum(each.what is what for each in found))}

    @property
    def _open(self) -> bool:
        """Whether anything but strengths is unknown anywhere."""
        return bool(self._needed or self._evidence or self._members or self._longest)

    def _all_of(self, groups: frozenset[int]) -> Projection:
        """The map where these groups need all their members."""
        if not groups:
            return self.projection
        found, chosen = self.projection.groups, sorted(groups)
        k, full = found.k.copy(), found.full.copy()
        k[chosen] = found.size[chosen]
        full[chosen] = np.maximum(full[chosen], k[chosen])
        return self.projection.with_groups(replace(found, k=k, full=full))

    def _lasting(self, longest: Mapping[int, int]) -> Times:
        return replace(self.times, tolerance={**self.times.tolerance, **longest}) if longest else self.times


def _of(unknowns: Collection[Unknown], what: What) -> frozenset[int]:
    return frozenset(each.at for each in unknowns if each.what is what)
