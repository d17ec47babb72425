"""Who is down, degraded or at risk when these elements fail? States through dependencies and groups.

The meaning: a required dependency passes its provider's state on, a degrading one at most ``degraded``, an optional
one nothing. A group has the state of its k-th best member; with fewer than ``full`` undegraded members it is at least
degraded, with any member degraded or worse at least at risk. An element has the worst state of its own change, its
dependencies and its groups. All of this is monotone, so the least fixed point exists and cycles are no special case.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carries, gather, way_of, witness
from graph.analysis.elements import kind_of
from graph.analysis.exposures import Exposed, exposure_words, exposures
from graph.analysis.kernels import Spread, Wiring, flood, spread, wiring
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.answer import Answer, count
from graph.projection import Projection

__all__ = ["Impact", "State", "answer", "broken_groups", "impact"]

Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Impact:
    """Result of ``impact``.

    ``changes``   the elements changed, with their state
    ``affected``  numbers of the elements affected besides those, worst and nearest first
    ``spared``    elements that rest on a change and stay unaffected: redundancy or an optional dependency saved them
    ``state``     per vertex
    ``distance``, ``via``  per vertex with a state: hops at which it is reached, edge that brought it (-1 for a change);
                  they say nothing where the state is unaffected
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
    w = wiring(projection)
    found = spread(w, changes)
    assumed, dependencies = projection.assumed
    via = found.via
    if w.edge is not None:
        come = np.flatnonzero((found.state > 0) & (found.via >= 0))
        via[come] = w.edge[found.via[come]]
    return Impact(
        revision=projection.revision,
        changes=dict(sorted(changes.items())),
        affected=found.hit,
        spared=_spared(projection, w, found, changes),
        exposed=exposures(projection, found.state),
        state=found.state,
        distance=found.distance,
        via=via.astype(np.int32, copy=False),
        assumed=assumed,
        dependencies=dependencies,
        unknowns=_unknowns(projection, [*changes, *found.hit.tolist()] if projection.stub.any() else []),
    )


def _spared(projection: Projection, w: Wiring, found: Spread, changes: Mapping[int, State]) -> Ints:
    """Unaffected elements that rest on a change: those beside an affected vertex, and who rests on them."""

    def unaffected(vertices: Ints) -> npt.NDArray[np.bool_]:
        untouched: npt.NDArray[np.bool_] = found.state[vertices] == 0
        return untouched

    elements = len(projection)
    if len(found.hit) < elements // 2:
        groups = np.flatnonzero(found.state[elements:]).astype(np.int32) + np.int32(elements)
        beside = flood(w, np.concatenate([np.fromiter(changes, np.int32), found.hit, groups]), unaffected)
    else:
        left = np.flatnonzero(found.state == 0).astype(np.int32)
        edges = gather(projection.uses, left)
        edges = edges[carries(projection.edges.claim[edges]) & (found.state[projection.edges.provider[edges]] > 0)]
        first = np.unique(projection.edges.dependent[edges])
        beside = np.concatenate([first, flood(w, first, unaffected)])
    beside = beside[beside < elements]
    hops = reach(projection, changes).distance if beside.size else beside
    return beside[np.lexsort((beside, hops[beside]))] if beside.size else beside


def broken_groups(projection: Projection, elements: Collection[int] | None = None) -> Iterator[str]:
    """The first 20 groups that need more members than they have, in words; where elements are given, theirs alone."""
    groups, told = projection.groups, 0
    for number in np.flatnonzero(groups.k > groups.size).tolist():
        owner = int(projection.owners[number])
        if told < _MOST_BROKEN and (elements is None or owner in elements):
            told += 1
            whose = projection.ids[owner] if owner >= 0 else "nobody"
            yield (
                f"a group of {whose} needs {groups.k[number]} members and has {groups.size[number]}: "
                "what its failure does is not known"
            )


_MOST_BROKEN = 20


def _unknowns(projection: Projection, hit: Sequence[int]) -> tuple[str, ...]:
    said = [*broken_groups(projection)]
    stubs = int(projection.stub[list(hit)].sum()) if hit else 0
    if stubs:
        said.append(
            f"{stubs} affected or changed {'element is' if stubs == 1 else 'elements are'} not defined anywhere"
        )
    return tuple(said)


def answer(projection: Projection, result: Impact, *, most: int | None = None) -> Answer:
    """The affected elements as rows: state, distance and a way from the change; ``most`` cuts the rows, and says so."""
    shown = result.affected[:most].tolist()
    spared, exposed = result.spared[:most].tolist(), result.exposed[:most]
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
            for v in shown
        ),
        facts={
            "revision": result.revision,
            "changes": [projection.ids[v] for v in result.changes],
            "assumed": result.assumed,
            "dependencies": result.dependencies,
            "spared": [projection.ids[v] for v in spared],
            "exposed": [f"{projection.ids[e.element]}: {exposure_words(e)}" for e in exposed],
        },
        notes=(*_cut(result, most), *_notes(projection, result)),
    )


def _cut(result: Impact, most: int | None) -> Iterator[str]:
    lists = {"affected": len(result.affected), "spared": len(result.spared), "exposed": len(result.exposed)}
    for word, length in lists.items():
        if most is not None and length > most:
            yield f"the first {most:,} of {length:,} {word} elements are listed; raise --most to see more"


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
        names = [projection.labels[v] for v in result.spared[:8]]
        yield f"not affected, though they rest on it: {_list(names, more=len(result.spared) - 8)}"
    if result.exposed:
        names = [f"{projection.labels[e.element]} ({exposure_words(e)})" for e in result.exposed[:8]]
        yield f"running, but exposed: {_list(names, more=len(result.exposed) - 8)}"


def _way(projection: Projection, result: Impact, vertex: int) -> list[str]:
    """Short ids from the change to the element, groups left out; a long way is cut in its middle, and says so."""
    return way_of(projection, result.via, projection.edges.provider, vertex)


def _list(names: list[str], *, more: int = 0) -> str:
    tail = [f"{more:,} more"] if more > 0 else []
    parts = [*names, *tail]
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
