"""Who is down, degraded or at risk when these elements fail? States through dependencies and groups.

The meaning: a required dependency passes its provider's state on, a degrading one at most ``degraded``, an optional
one nothing. A group has the state of its k-th best member; with fewer than ``full`` undegraded members it is at least
degraded, with any member degraded or worse at least at risk. An element has the worst state of its own change, its
dependencies and its groups. All of this is monotone, so the least fixed point exists and cycles are no special case.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying, gather, way_of, witness
from graph.analysis.elements import kind_of
from graph.analysis.reach import reach
from graph.answer import Answer, count
from graph.ntriples import readable_id
from graph.projection import DEGRADING, OPTIONAL, Projection
from ontology.vocabulary import vocabulary

__all__ = ["Exposed", "Impact", "State", "answer", "impact"]

Ints = npt.NDArray[np.int32]


class State(IntEnum):
    """What a change does to an element, from nothing to the worst."""

    UNAFFECTED = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3

    @property
    def words(self) -> str:
        """As people say it: "at risk"."""
        return self.name.lower().replace("_", " ")


@dataclass(frozen=True, slots=True)
class Exposed:
    """An element that keeps running, but blind, unprotected, unrecoverable or unmanageable; why by ``edge``."""

    element: int
    edge: int
    exposure: str


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """Result of ``impact``.

    ``changes``   the elements changed, with their state
    ``affected``  numbers of the elements affected besides those, worst and nearest first
    ``spared``    elements that rest on a change and stay unaffected: redundancy or an optional dependency saved them
    ``state``, ``distance``, ``via``  per vertex: state, hops at which that state is reached, edge that brought it
    ``assumed``, ``dependencies``     how many of the dependencies that can carry an outage have no stated strength
    ``unknowns``, ``cuts``            what the answer does not know, and what a limit left out, in words
    """

    revision: str
    changes: Mapping[int, State]
    affected: Ints
    spared: Ints
    exposed: tuple[Exposed, ...]
    state: npt.NDArray[np.int8]
    distance: Ints
    via: Ints
    assumed: int
    dependencies: int
    unknowns: tuple[str, ...]
    cuts: tuple[str, ...] = ()

    def path(self, projection: Projection, vertex: int) -> tuple[int, ...]:
        """Edges from a change to the vertex, in the order in which the effect travels."""
        return witness(self.via, projection.edges.provider, vertex)

    def count(self, state: State) -> int:
        """How many elements besides the changed ones are in a state."""
        return int((self.state[self.affected] == state).sum())


def impact(projection: Projection, changes: Mapping[int, State]) -> Impact:
    """What the changes do to the rest of the map.

    Cost: linear in the dependencies that the effect touches, once per state.

    Args:
        projection: the map.
        changes: element number -> state that the change puts it in.
    """
    walk = _Walk(projection, changes)
    for level in (State.DOWN, State.DEGRADED, State.AT_RISK):
        walk.spread(level)
    elements = len(projection)
    hit = np.flatnonzero(walk.state[:elements] > 0).astype(np.int32)
    hit = hit[~np.isin(hit, np.fromiter(changes, np.int32))]
    order = np.lexsort((hit, walk.distance[hit], -walk.state[hit]))
    resting = reach(projection, changes).elements
    usable = carrying(projection)
    members = projection.edges.provider < elements
    return Impact(
        revision=projection.revision,
        changes=dict(sorted(changes.items())),
        affected=hit[order],
        spared=resting[walk.state[resting] == 0],
        exposed=_exposed(projection, walk.state),
        state=walk.state,
        distance=walk.distance,
        via=walk.via,
        assumed=int((usable & members & projection.edges.assumed).sum()),
        dependencies=int((usable & members).sum()),
        unknowns=_unknowns(projection, walk.state),
    )


class _Walk:
    """The least fixed point, level by level from the worst, each level breadth first."""

    def __init__(self, projection: Projection, changes: Mapping[int, State]) -> None:
        self.projection, self.elements = projection, len(projection)
        self.state = np.zeros(projection.vertices, np.int8)
        self.distance = np.full(projection.vertices, -1, np.int32)
        self.via = np.full(projection.vertices, -1, np.int32)
        self.changes = changes
        self.usable = carrying(projection)
        groups = projection.groups
        possible = groups.k <= groups.size
        self.k, self.size = np.where(possible, groups.k, 0), groups.size
        self.full = np.where(possible, np.minimum(groups.full, groups.size), 0)

    def spread(self, level: State) -> None:
        """Bring every vertex that reaches the level to it."""
        changed = [v for v, state in self.changes.items() if state == level and self.state[v] < level]
        self.state[changed], self.distance[changed] = level, 0
        start, _ = self.projection.softened_by
        worse = np.flatnonzero((self.state > level) & (start[1:] > start[:-1])).astype(np.int32)
        seeds = np.concatenate([worse, np.array(changed, np.int32)])
        seeds = seeds[np.argsort(self.distance[seeds], kind="stable")]
        hits = np.zeros(len(self.size), np.int32)
        found, depth, taken = np.empty(0, np.int32), 0, 0
        while taken < len(seeds) or found.size:
            if not found.size:
                depth = int(self.distance[seeds[taken]])
            until = int(np.searchsorted(self.distance[seeds], depth, side="right"))
            wave = np.concatenate([found, seeds[taken:until]])
            taken = until
            following = []
            while wave.size:
                elements, groups = self._step(np.sort(wave), level, hits, depth)
                following.append(elements)
                wave = groups
            found = np.concatenate(following) if following else found[:0]
            depth += 1

    def _step(self, wave: Ints, level: State, hits: Ints, depth: int) -> tuple[Ints, Ints]:
        """One wave: the elements it brings to the level, and the groups (which cost no hop).

        What is worse than the level has passed that on already, but for the edges that soften it.
        """
        e = self.projection.edges
        worse = self.state[wave] > level
        hard = gather(self.projection.used_by, wave[~worse])
        edges = np.concatenate([hard, gather(self.projection.softened_by, wave[worse])])
        passes = self.usable[edges] & (e.strength[edges] > (DEGRADING if level == State.DOWN else OPTIONAL))
        edges = edges[passes]
        into_group = e.dependent[edges] >= self.elements
        groups = self._groups(edges[into_group], level, hits)
        direct = edges[~into_group]
        targets, first = np.unique(e.dependent[direct], return_index=True)
        fresh = self.state[targets] < level
        elements, by = targets[fresh], direct[first][fresh]
        self._reach(elements, by, level, depth + 1)
        self._reach(*groups, level, depth)
        return elements, groups[0]

    def _groups(self, edges: Ints, level: State, hits: Ints) -> tuple[Ints, Ints]:
        """Groups that these failing members bring to the level, each with the member that tipped it."""
        e = self.projection.edges
        number = e.dependent[edges] - self.elements
        np.add.at(hits, number, 1)
        targets, first = np.unique(number, return_index=True)
        least = self.k[targets] if level == State.DOWN else self.full[targets]
        tipped = self.size[targets] - hits[targets] < least
        if level == State.AT_RISK:
            worse = self.state[e.provider[edges]] >= State.DEGRADED
            tipped = (self.size[targets] - hits[targets] < self.k[targets]) | np.isin(targets, number[worse])
        tipped &= (self.k[targets] > 0) & (self.state[targets + self.elements] < level)
        return (targets[tipped] + self.elements).astype(np.int32), edges[first][tipped]

    def _reach(self, vertices: Ints, by: Ints, level: State, depth: int) -> None:
        self.state[vertices], self.distance[vertices], self.via[vertices] = level, depth, by


def _exposed(projection: Projection, state: npt.NDArray[np.int8]) -> tuple[Exposed, ...]:
    """Elements that run on, without what watches, protects, restores or manages them.

    A group of alternatives exposes its element when fewer than k members are left.
    """
    e, elements = projection.edges, len(projection)
    exposing = np.array([bool(kind.exposure) for kind in projection.kinds], np.bool_)
    hit = np.flatnonzero(exposing[e.kind] & (state[e.provider] == State.DOWN))
    grouped = e.dependent[hit] - elements
    lost = np.bincount(grouped[grouped >= 0], minlength=len(projection.groups))
    gone = projection.groups.size - lost < projection.groups.k
    dependents, _, edges = projection.direct
    holder = dict(zip(edges.tolist(), dependents.tolist(), strict=True))
    found: dict[tuple[int, str], Exposed] = {}
    for edge, group in zip(hit.tolist(), grouped.tolist(), strict=True):
        element = holder.get(edge, -1)
        if element >= 0 and state[element] != State.DOWN and (group < 0 or gone[group]):
            exposure = projection.kinds[e.kind[edge]].exposure
            found.setdefault((element, exposure), Exposed(element, edge, exposure))
    return tuple(found.values())


def _exposure(exposed: Exposed) -> str:
    return vocabulary().exposures[exposed.exposure].label.lower()


def _unknowns(projection: Projection, state: npt.NDArray[np.int8]) -> tuple[str, ...]:
    said = []
    groups = projection.groups
    broken = np.flatnonzero(groups.k > groups.size)
    for number in broken[:20]:
        name = readable_id(groups.iris[number].partition("/group/")[0])
        said.append(
            f"a group of {name} needs {groups.k[number]} members and has {groups.size[number]}: "
            "what its failure does is not known"
        )
    stubs = int((projection.stub & (state[: len(projection)] > 0)).sum())
    if stubs:
        said.append(
            f"{stubs} affected or changed {'element is' if stubs == 1 else 'elements are'} not defined anywhere"
        )
    return tuple(said)


def answer(projection: Projection, result: Impact) -> Answer:
    """The affected elements as rows: state, distance and a way from the change."""
    return Answer(
        title=_title(projection, result),
        of="affected",
        columns=("id", "name", "kind", "state", "distance", "path"),
        rows=tuple(
            (
                projection.ids[v],
                projection.labels[v],
                kind_of(projection, v),
                State(int(result.state[v])).words,
                int(result.distance[v]),
                " ← ".join(_way(projection, result, v)),
            )
            for v in result.affected.tolist()
        ),
        facts={
            "revision": result.revision,
            "changes": [projection.ids[v] for v in result.changes],
            "assumed": result.assumed,
            "dependencies": result.dependencies,
            "spared": [projection.ids[v] for v in result.spared.tolist()],
            "exposed": [f"{projection.ids[e.element]}: {_exposure(e)}" for e in result.exposed],
        },
        notes=tuple(_notes(projection, result)),
    )


def _title(projection: Projection, result: Impact) -> str:
    fails = {State.DOWN: "fails", State.DEGRADED: "is degraded", State.AT_RISK: "is at risk"}
    said = [f"{projection.labels[vertex]} {fails[state]}" for vertex, state in result.changes.items()]
    worst_first = (State.DOWN, State.DEGRADED, State.AT_RISK)
    counts = [f"{count(result.count(s), 'element')} {s.words}" for s in worst_first if result.count(s)]
    return f"if {_list(said)}: {', '.join(counts) or 'no known impact'}"


def _notes(projection: Projection, result: Impact) -> Iterator[str]:
    """What must be said beside the rows."""
    if result.assumed:
        all_ = count(result.dependencies, "dependency", "dependencies")
        yield f"strength assumed for {result.assumed:,} of {all_} (profile: required)"
    if projection.dated:
        all_ = count(projection.dated, "dependency states", "dependencies state")
        yield f"{all_} a time of validity, which is not looked at"
    yield from result.unknowns
    yield from result.cuts
    if result.spared.size:
        names = [projection.labels[v] for v in result.spared]
        yield f"not affected, though they rest on it: {_list(names[:8], more=len(names) - 8)}"
    if result.exposed:
        names = [f"{projection.labels[e.element]} ({_exposure(e)})" for e in result.exposed]
        yield f"running, but exposed: {_list(names[:8], more=len(names) - 8)}"


def _way(projection: Projection, result: Impact, vertex: int) -> list[str]:
    """Short ids from the change to the element, groups left out; a long way is cut in its middle, and says so."""
    return way_of(projection, result.via, projection.edges.provider, vertex)


def _list(names: list[str], *, more: int = 0) -> str:
    tail = [f"{more:,} more"] if more > 0 else []
    parts = [*names, *tail]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
