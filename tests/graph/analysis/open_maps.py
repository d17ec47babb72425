"""How does a test make a map with something open, and every reading of it, with code of its own?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from hypothesis import strategies as st

from graph.analysis.changes import Profile
from graph.analysis.timed import Times
from graph.analysis.unknowns import ENDLESS, Doubts, Readings
from graph.projection import DEGRADING, OPTIONAL, REQUIRED, Projection
from tests.graph.analysis.small import Edge, Group, maps, projection

DOWN, DEGRADED, AT_RISK = 3, 2, 1


@dataclass(frozen=True)
class Open:
    """A map, and what is open in it: edges by number (those of the groups come after the plain ones), groups by theirs.

    ``endless``  edges that have a reserve of which nobody says how long it lasts
    """

    n: int
    edges: list[Edge]
    groups: list[Group]
    assumed: frozenset[int]
    stale: frozenset[int]
    endless: frozenset[int]
    needed: frozenset[int]

    @property
    def rows(self) -> list[tuple[int, int, int]]:
        found = [(e[0], e[1], e[2] if len(e) > 2 else REQUIRED) for e in self.edges]
        for number, (dependent, _, members) in enumerate(self.groups):
            found += [(dependent, self.n + number, REQUIRED)] if dependent >= 0 else []
            found += [(self.n + number, member, REQUIRED) for member in members]
        return found

    def projection(self) -> Projection:
        made = projection(self.n, self.edges, self.groups)
        made.edges.assumed[list(self.assumed)] = True
        return made

    def readings(self) -> Readings:
        doubts = Doubts(self.needed, self.stale, dict.fromkeys(self.endless, ENDLESS), 1, 1)
        return Readings(self.projection(), Times(), doubts, Profile.UNKNOWN)

    def every(self) -> Iterator[Reading]:
        """Every way to read it: each thing that is open at its worst or at its best."""
        rows = self.rows
        loose = sorted({*self.assumed, *self.endless, *(e for e in self.stale if rows[e][0] < self.n)})
        members = [e for e in self.stale if rows[e][0] >= self.n]
        for off in product([False, True], repeat=len(loose)):
            gone = {e for e, best in zip(loose, off, strict=True) if best}
            kept = [(d, p, OPTIONAL if e in gone else s) for e, (d, p, s) in enumerate(rows)]
            for some in product([False, True], repeat=len(members)):
                lost = {e for e, worst in zip(members, some, strict=True) if worst and rows[e][2] > OPTIONAL}
                for all_ in product([False, True], repeat=len(self.needed)):
                    k = [k for _, k, _ in self.groups]
                    for group, whole in zip(sorted(self.needed), all_, strict=True):
                        k[group] = len(self.groups[group][2]) if whole else k[group]
                    yield Reading(self.n, kept, k, lost - gone)


@dataclass(frozen=True)
class Reading:
    """One way to read a map: its edges, how many members each group needs, and the memberships that are lost."""

    n: int
    rows: list[tuple[int, int, int]]
    k: list[int]
    lost: set[int]

    def states(self, own: Mapping[int, int]) -> list[int]:
        """The state of each vertex, in the words of the meaning, repeated until nothing changes."""
        state = [own.get(v, 0) for v in range(self.n + len(self.k))]
        while True:
            before = list(state)
            for dependent, provider, strength in self.rows:
                if dependent < self.n and strength != OPTIONAL:
                    felt = min(state[provider], DEGRADED) if strength == DEGRADING else state[provider]
                    state[dependent] = max(state[dependent], felt)
            for number, k in enumerate(self.k):
                state[self.n + number] = max(state[self.n + number], self._group(number, k, state))
            if state == before:
                return state

    def _group(self, number: int, k: int, state: list[int]) -> int:
        mine = [(e, row) for e, row in enumerate(self.rows) if row[0] == self.n + number]
        felt = {e: 0 if row[2] == OPTIONAL else state[row[1]] for e, row in mine}
        for level in (DOWN, DEGRADED):
            hit = {e for e, s in felt.items() if s >= level}
            gone = hit | {e for e in self.lost if e in felt} if hit else set()
            if 0 < k <= len(mine) and len(mine) - len(gone) < k:
                return level
        risky = sum(s >= AT_RISK for s in felt.values())
        at_risk = 0 < k <= len(mine) and (len(mine) - risky < k or any(s >= DEGRADED for s in felt.values()))
        return AT_RISK if at_risk else 0


@st.composite
def open_maps(draw: st.DrawFn, *, most: int = 12, lost: bool = True) -> Open:
    """Random maps in which at most five things are open."""
    n, edges, groups = draw(maps(groups=True, strengths=True, most=most))
    plain = Open(n, edges, groups, frozenset(), frozenset(), frozenset(), frozenset())
    rows = plain.rows
    passing = [e for e, row in enumerate(rows) if row[2] > OPTIONAL]
    alone = [e for e in passing if rows[e][0] < n]
    of_group = [e for e in passing if rows[e][0] >= n] if lost else []

    def some(chosen: list[int], size: int) -> frozenset[int]:
        return draw(st.frozensets(st.sampled_from(chosen), max_size=size)) if chosen else frozenset()

    wanting = [g for g, (_, _, members) in enumerate(groups) if len(members) > 1]
    needed = some(wanting, 1)
    groups = [(d, 1, m) if g in needed else (d, k, m) for g, (d, k, m) in enumerate(groups)]
    stale = some(alone, 1) | some(of_group, 1)
    return Open(n, edges, groups, some(alone, 2), stale, some(alone, 1), needed)
