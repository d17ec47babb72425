"""How does an effect spread over the arrays? The two inner loops that all walks share, in numpy.

``graph/analysis/compiled.py`` says the same as loops for numba, where that is installed and ``warm`` was called; the
tests hold one against the other. Answers are arrays of numbers: building a Python set costs more than the walk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.util import find_spec
from types import ModuleType
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from graph.projection import DEGRADING, OPTIONAL, PHASES, Projection

__all__ = [
    "LARGE",
    "Spread",
    "Wiring",
    "distinct",
    "expand",
    "flood",
    "is_compiled",
    "levels_compiled",
    "passes",
    "rewired",
    "spread",
    "unique_first",
    "warm",
    "wiring",
]

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Octets = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
_N = TypeVar("_N", np.int32, np.int64)


LARGE = 20_000
"""From so many elements on, compiling pays for whoever asks many questions."""


def passes() -> Bytes:
    """For each claim of an edge what it passes on while things run: -1 nothing at all, else its strength."""
    claims = np.arange(256)
    running = (claims >> 2 & 3) == PHASES.index("run")
    return np.where(running, (claims & 3) - 1, -1).astype(np.int8)


_PASSES = passes()
_GIVES = tuple(_PASSES.tolist())


@dataclass(frozen=True, eq=False)
class Wiring:
    """The edges in the order of their providers: those of vertex v are ``start[v]`` to ``start[v + 1]``.

    ``provider``, ``dependent``  the ends of each edge
    ``edge``  number of each edge in the projection, None where that is its place here
    ``weight``  by place, as how many members each edge counts in its group; None where each counts once
    """

    start: Ints
    provider: Ints
    dependent: Ints
    claim: Octets
    edge: Ints | None
    elements: int
    k: Ints
    full: Ints
    size: Ints
    weight: Ints | None = None

    @cached_property
    def soft(self) -> tuple[Ints, Ints]:
        """By vertex, the edges that may pass on less than they get."""
        found = np.flatnonzero((self.claim & 3 == DEGRADING + 1) | (self.dependent >= self.elements)).astype(np.int32)
        start = np.zeros(len(self.start), np.int32)
        np.cumsum(np.bincount(self.provider[found], minlength=len(start) - 1), out=start[1:])
        return start, found


def wiring(projection: Projection, *, optimistic: bool = False) -> Wiring:
    """The arrays that the loops walk; no copy where the projection came from a store. Kept with the projection.

    ``optimistic`` takes for optional what nobody states.
    """
    name = "_loose_wiring" if optimistic else "_wiring"
    known = vars(projection).get(name)
    if isinstance(known, Wiring):
        return known
    claim = projection.edges.claim
    made = _wired(projection, _loose(claim) if optimistic else claim)
    vars(projection)[name] = made
    return made


def _loose(claim: Octets) -> Octets:
    """The claims with optional for what nobody states; a table would make each byte a number of eight bytes first."""
    strength = claim & 3
    return claim - (strength - OPTIONAL - 1) * ((claim >> 4 & 1) & (strength > 0))


def rewired(projection: Projection, strength: Bytes) -> Wiring:
    """The same where each edge has another strength; not kept."""
    if strength is projection.edges.strength:
        return wiring(projection)
    return _wired(projection, projection.edges.claim & np.uint8(252) | (strength + 1).astype(np.uint8))


def _wired(projection: Projection, claim: Octets) -> Wiring:
    edges, groups = projection.edges, projection.groups
    order = None if projection.by_provider else projection.used_by[1]
    dependent, provider = edges.dependent, edges.provider
    if order is not None:
        dependent, claim, provider = dependent[order], claim[order], provider[order]
    possible, weight = groups.k <= groups.size, projection.weight
    return Wiring(
        projection.users,
        provider,
        dependent,
        claim,
        order,
        len(projection),
        np.where(possible, groups.k, 0).astype(np.int32),
        np.where(possible, np.minimum(groups.full, groups.size), 0).astype(np.int32),
        groups.size,
        weight if weight is None or order is None else weight[order],
    )


@dataclass(frozen=True, slots=True, eq=False)
class Spread:
    """What a change brings.

    ``state``               per vertex: 0 unaffected, 1 at risk, 2 degraded, 3 down
    ``distance``, ``via``   per vertex with a state: hops, and place of the edge that brought it (-1 for a change);
                            they say nothing where the state is 0
    ``hit``                 the elements brought to a state, worst first and nearest first, the changes left out
    """

    state: Bytes
    distance: Ints
    via: Ints
    hit: Ints


def warm() -> bool:
    """Take the compiled loops from now on, where numba is installed; whether they are. Costs the import of numba."""
    if find_spec("numba") is not None:
        _compiled()
    return is_compiled()


def is_compiled() -> bool:
    """Whether the compiled loops are taken."""
    return _compiled.cache_info().currsize > 0


@lru_cache(maxsize=1)
def _compiled() -> ModuleType:
    from graph.analysis import compiled

    return compiled


def spread(w: Wiring, changes: Mapping[int, int], *, compiled: bool | None = None) -> Spread:
    """The least fixed point of ``graph/analysis/impact.py``: from the worst level down, each breadth first.

    Cost: linear in the edges that the effect touches, once per level.

    Args:
        w: the edges and groups.
        changes: vertex -> state.
        compiled: take the compiled loop, or this one; else as ``warm`` was asked.
    """
    if is_compiled() if compiled is None else compiled:
        return _spread_compiled(w, changes)
    few = _Few(w, changes)
    if few.walked():
        return few.spread()
    walk = _Walk(w, changes)
    for level in (_WORST, 2, 1):
        walk.spread(level)
    hit = np.concatenate(walk.hit) if walk.hit else np.empty(0, np.int32)
    return Spread(walk.state, walk.distance, walk.via, _without(hit, changes, walk.state))


def _without(hit: Ints, changes: Mapping[int, int], state: Bytes) -> Ints:
    """What is hit, but for changed elements that others brought to something worse."""
    worse = [v for v, to in changes.items() if state[v] > to]
    return hit[~np.isin(hit, worse)] if worse else hit


def _spread_compiled(w: Wiring, changes: Mapping[int, int]) -> Spread:
    state, way = _room(len(w.start) - 1)
    hit = _compiled().spread(w.start, w.dependent, w.claim, _PASSES, *w.soft, *_plain(w, changes), state, way)
    return Spread(state, way[:, 0], way[:, 1], _without(hit, changes, state))


def levels_compiled(w: Wiring, changes: Mapping[int, int]) -> tuple[Bytes, Ints]:
    """What ``graph/analysis/levels.py`` says, by the compiled loop."""
    state, turn = np.zeros(len(w.start) - 1, np.int8), np.zeros(len(w.start) - 1, np.int32)
    _compiled().levels(w.start, w.dependent, w.claim, _PASSES, *_plain(w, changes), state, turn)
    return state, turn


def _plain(w: Wiring, changes: Mapping[int, int]) -> tuple[Ints, Ints, Ints, Ints, Ints, Bytes]:
    """Groups and changes for the compiled loops, which know arrays alone."""
    weight = np.empty(0, np.int32) if w.weight is None else w.weight
    to = np.fromiter(changes.values(), np.int8, len(changes))
    return w.k, w.full, w.size, weight, np.fromiter(changes, np.int32, len(changes)), to


class _Few:
    """An effect that touches few edges, edge by edge: there the calls of numpy cost more than the walk."""

    def __init__(self, w: Wiring, changes: Mapping[int, int]) -> None:
        self.w, self.changes, self.left = w, changes, _FEW
        self.start, self.softened = w.start.data, w.soft[0].data  # reading single numbers is faster so
        self.state: dict[int, int] = {}
        self.distance: dict[int, int] = {}
        self.via: dict[int, int] = {}
        self.hit: list[int] = []
        self.soft: list[int] = []

    def walked(self) -> bool:
        """Walk; whether the effect touches so few edges that it was walked to its end."""
        return all(self._level(level) for level in (_WORST, 2, 1))

    def spread(self) -> Spread:
        """What was found, in arrays."""
        state, way = _room(len(self.w.start) - 1)
        at = np.fromiter(self.state, np.int32, len(self.state))
        state[at] = np.fromiter(self.state.values(), np.int8, len(at))
        way[at, 0] = np.fromiter(self.distance.values(), np.int32, len(at))
        way[at, 1] = np.fromiter(self.via.values(), np.int32, len(at))
        worse = {v for v, to in self.changes.items() if self.state[v] > to}
        hit = np.array([v for v in self.hit if v not in worse] if worse else self.hit, np.int32)
        return Spread(state, way[:, 0], way[:, 1], hit)

    def _reach(self, vertex: int, by: int, level: int, depth: int) -> None:
        self.state[vertex], self.distance[vertex], self.via[vertex] = level, depth, by

    def _level(self, level: int) -> bool:
        """As ``_Walk.spread``; False where too many edges would be touched."""
        changed = [v for v, to in self.changes.items() if to == level and self.state.get(v, 0) < level]
        for vertex in changed:
            self._reach(vertex, -1, level, 0)
        seeds = sorted([*self.soft, *changed], key=self.distance.__getitem__)
        hits: dict[int, int] = {}
        found, depth, taken = list[int](), 0, 0
        while taken < len(seeds) or found:
            if not found:
                depth = self.distance[seeds[taken]]
            wave = found
            while taken < len(seeds) and self.distance[seeds[taken]] <= depth:
                wave = [*wave, seeds[taken]]
                taken += 1
            wave, found = sorted(wave), []
            while wave:
                tipping: dict[int, tuple[int, int]] = {}
                for vertex in wave:
                    if not self._step(vertex, level, depth, found, tipping, hits):
                        return False
                wave = sorted(self._tipped(tipping, hits, level, depth))
            found.sort()
            self.hit += found
            depth += 1
        return True

    def _step(
        self, vertex: int, level: int, depth: int, found: list[int], tipping: dict[int, tuple[int, int]],
        hits: dict[int, int],
    ) -> bool:  # fmt: skip
        """What one vertex brings to the level; False where that are too many edges."""
        w, state, worse = self.w, self.state, self.state[vertex] > level
        column = self.softened if worse else self.start
        first, last = column[vertex], column[vertex + 1]
        self.left -= last - first
        if self.left < 0:
            return False
        edges = w.soft[1][first:last].tolist() if worse else range(first, last)
        at = edges if worse else slice(first, last)
        if not worse and self.softened[vertex + 1] > self.softened[vertex]:
            self.soft.append(vertex)
        least = DEGRADING if level == _WORST else OPTIONAL
        for edge, target, claim in zip(edges, w.dependent[at].tolist(), w.claim[at].tolist(), strict=True):
            if _GIVES[claim] > least:
                if target >= w.elements:
                    by, worst = tipping.get(target, (edge, 0))
                    tipping[target] = by, max(worst, state[vertex])
                    hits[target] = hits.get(target, 0) + (1 if w.weight is None else int(w.weight[edge]))
                elif state.get(target, 0) < level:
                    self._reach(target, edge, level, depth + 1)
                    found.append(target)
        return True

    def _tipped(
        self, tipping: Mapping[int, tuple[int, int]], hits: Mapping[int, int], level: int, depth: int
    ) -> Iterator[int]:
        """Groups that their failing members bring to the level."""
        for group, (by, worst) in tipping.items():
            number = group - self.w.elements
            k, size = int(self.w.k[number]), int(self.w.size[number])
            falls = size - hits[group] < (int(self.w.full[number]) if level == 2 else k)
            if k > 0 and (falls or (level == 1 and worst >= 2)) and self.state.get(group, 0) < level:
                self._reach(group, by, level, depth)
                yield group


_FEW = 400


def _room(vertices: int) -> tuple[Bytes, Ints]:
    """State of each vertex, 0, and distance and edge side by side, whatever they are: only what is written costs."""
    return np.zeros(vertices, np.int8), np.empty((vertices, 2), np.int32)


_WORST = 3


class _Walk:
    def __init__(self, w: Wiring, changes: Mapping[int, int]) -> None:
        self.w, self.changes = w, changes
        vertices = len(w.start) - 1
        self.state, way = _room(vertices)
        self.distance, self.via = way[:, 0], way[:, 1]
        self.scratch = np.empty(vertices, np.int32)
        self.hit: list[Ints] = []
        self.reached: list[Ints] = []

    def spread(self, level: int) -> None:
        """Bring every vertex that reaches the level to it."""
        changed = [v for v, state in self.changes.items() if state == level and self.state[v] < level]
        seeds = self._seeds(np.array(changed, np.int32))
        if not seeds.size:
            return
        self._reach(seeds[len(seeds) - len(changed) :], -1, level, 0)
        seeds = seeds[np.argsort(self.distance[seeds], kind="stable")]
        begins = self.distance[seeds]
        hits = np.zeros(len(self.w.size), np.int32)
        found, depth, taken = np.empty(0, np.int32), 0, 0
        while taken < len(seeds) or found.size:
            if not found.size:
                depth = int(begins[taken])
            until = int(np.searchsorted(begins, depth, side="right"))
            wave = np.sort(np.concatenate([found, seeds[taken:until]])) if until > taken else found
            mixed = until > taken and level < _WORST
            taken = until
            following = []
            while wave.size:
                elements, wave = self._step(wave, level, hits, depth, mixed=mixed)
                following.append(elements)
                if wave.size:
                    self.reached.append(wave)
            found = np.sort(np.concatenate(following)) if len(following) > 1 else following[0]
            if found.size:
                self.reached.append(found)
                self.hit.append(found)
            depth += 1

    def _seeds(self, changed: Ints) -> Ints:
        """Where a level begins: what is worse and has edges that soften it, then what is changed to the level."""
        worse, soft = np.concatenate([*self.reached, changed[:0]]), self.w.soft[0]
        self.reached = [worse, changed]
        return np.concatenate([worse[soft[worse + 1] > soft[worse]], changed])

    def _step(self, wave: Ints, level: int, hits: Ints, depth: int, *, mixed: bool) -> tuple[Ints, Ints]:
        """One wave: the elements it brings to the level, and the groups (which cost no hop).

        What is worse than the level has passed that on already, but for the edges that soften it.
        """
        w = self.w
        if mixed:
            worse = self.state[wave] > level
            edges = np.concatenate([expand(w.start, wave[~worse]), w.soft[1][expand(w.soft[0], wave[worse])]])
            edges.sort()
        else:
            edges = expand(w.start, wave)
        edges = edges[_PASSES[w.claim[edges]] > (DEGRADING if level == _WORST else OPTIONAL)]
        targets = w.dependent[edges]
        into_group = targets >= w.elements
        groups = edges[:0]
        if into_group.any():
            groups, by = self._groups(edges[into_group], targets[into_group] - w.elements, level, hits)
            self._reach(groups, by, level, depth)
            edges, targets = edges[~into_group], targets[~into_group]
        fresh = self.state[targets] < level
        elements, via = unique_first(targets[fresh], edges[fresh], self.scratch)
        self._reach(elements, via, level, depth + 1)
        return elements, groups

    def _groups(self, edges: Ints, number: Ints, level: int, hits: Ints) -> tuple[Ints, Ints]:
        """Groups that these failing members bring to the level, each with the first of these members."""
        w = self.w
        np.add.at(hits, number, 1 if w.weight is None else w.weight[edges])
        targets, first = np.unique(number, return_index=True)
        left = w.size[targets] - hits[targets]
        tipped = left < (w.full[targets] if level == 2 else w.k[targets])
        if level == 1:
            provider = np.searchsorted(w.start, edges, side="right") - 1
            tipped |= np.isin(targets, number[self.state[provider] >= 2])
        tipped &= (w.k[targets] > 0) & (self.state[targets + w.elements] < level)
        return (targets[tipped] + w.elements).astype(np.int32), edges[first][tipped]

    def _reach(self, vertices: Ints, by: Ints | int, level: int, depth: int) -> None:
        self.state[vertices], self.distance[vertices], self.via[vertices] = level, depth, by


def flood(w: Wiring, starts: Ints, open_: Callable[[Ints], Bools] | None = None) -> Ints:
    """All vertices that can be reached from the starts, towards the dependents, over edges that can carry an outage.

    Args:
        w: the edges.
        starts: vertices; they are not in the answer.
        open_: of vertices, which may be entered.
    """
    seen = np.zeros(len(w.start) - 1, np.bool_)
    seen[starts] = True
    scratch = np.empty(len(seen), np.int32)
    found, wave = [], starts
    while wave.size:
        edges = expand(w.start, wave)
        targets = w.dependent[edges[_PASSES[w.claim[edges]] >= OPTIONAL]]
        targets = targets[~seen[targets]]
        if open_ is not None:
            targets = targets[open_(targets)]
        wave, _ = unique_first(targets, targets, scratch)
        seen[wave] = True
        found.append(wave)
    return np.concatenate(found) if found else np.empty(0, np.int32)


def expand(start: Ints, vertices: Ints) -> Ints:
    """Places ``start[v]`` to ``start[v + 1]`` of all given vertices, one after the other."""
    first = start[vertices]
    counts = start[vertices + 1] - first
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    if not total:
        return np.empty(0, np.int32)
    places = np.arange(total, dtype=np.int32)
    places += np.repeat((first - (ends - counts)).astype(np.int32), counts)
    return places


def distinct(values: npt.NDArray[_N]) -> npt.NDArray[_N]:
    """The different numbers in order; by sorting, which here is several times as fast as numpy's own way by hashes."""
    ordered = np.sort(values)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])] if len(ordered) else ordered


def unique_first(targets: Ints, edges: Ints, scratch: Ints) -> tuple[Ints, Ints]:
    """The different targets in order, each with the first edge to it; linear but for the sorting of the answer."""
    if targets.size < _SORTED:
        order = targets.argsort(kind="stable")
        ordered = targets[order]
        other = np.ones(len(ordered), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=other[1:])
        return ordered[other], edges[order[other]]
    place = np.arange(len(targets), dtype=np.int32)
    scratch[targets[::-1]] = place[::-1]
    first = np.flatnonzero(scratch[targets] == place)
    order = np.argsort(targets[first])
    first = first[order]
    return targets[first], edges[first]


_SORTED = 2_000
