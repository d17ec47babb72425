"""What must fail for this to be down? The part of the map below an element, reduced to what counts.

The meaning is that of ``impact`` with the own failures of elements as sources. Three reductions keep every answer
exact. Whatever passes a failure on unchanged is one *gate*: the element asked about, and each member of a group of
alternatives. Causes that reach the same gates are one *cause* (its parts fail independently, and one is enough).
And what brings the element down by itself stands apart, in a row: only the rest needs a closer look.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graph.analysis._frontier import carrying, gather
from graph.analysis.states import State
from graph.projection import DEGRADING, OPTIONAL, Projection

__all__ = ["Alternatives", "Cause", "Part", "Structure", "below", "structure"]

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int32]
_WORDS = 8_000_000


@dataclass(frozen=True, slots=True)
class Part:
    """Something that fails by itself: an element, or what ties the members of a group together.

    ``vertex``  the element or the group; ``words`` what of it fails, "" for the element itself
    """

    vertex: int
    unavailability: float
    words: str = ""


@dataclass(frozen=True, slots=True)
class Cause:
    """Parts of which one is enough to bring the same gates down."""

    parts: tuple[Part, ...]
    gates: tuple[int, ...] = ()

    @property
    def unavailability(self) -> float:
        """How likely at least one part is down; small ones keep their digits."""
        return float(-np.expm1(np.log1p([-min(p.unavailability, 1.0) for p in self.parts]).sum())) if self.sure else 1.0

    @property
    def sure(self) -> bool:
        """Whether no part is down for certain."""
        return all(part.unavailability < 1 for part in self.parts)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """A group: it is down when ``need`` of its members are; then the gates in ``into`` are."""

    vertex: int
    need: int
    members: tuple[int, ...]
    into: tuple[int, ...]


@dataclass(frozen=True)
class Structure:
    """The element is down when a part in ``series`` is, or gate 0 is by way of groups and causes.

    ``vertices``  every element looked at, the one asked about included; nothing beneath a cut
    ``groups``    those below before those above, as far as they do not need each other; ``circular`` if some do
    ``gates``     how many gates there are
    """

    target: int
    vertices: Ints
    series: Cause
    causes: tuple[Cause, ...]
    groups: tuple[Alternatives, ...]
    gates: int
    unknowns: tuple[str, ...] = ()
    circular: bool = False

    def down(self, states: csr_array) -> Bools:
        """For each row of failed causes, whether the element is down; the series is not looked at.

        Cost: the groups, once for 64 rows (as often as a failure goes round where groups need each other).
        """
        rows = states.shape[0]
        most = 64 * max(1, _WORDS // max(1, self.gates))
        return np.concatenate([self._down(states[at : at + most]) for at in range(0, max(rows, 1), most)])

    def _down(self, states: csr_array) -> Bools:
        """A gate is a row of bits, one for each state."""
        rows = states.shape[0]
        fallen = np.zeros((self.gates, rows // 64 + 1), np.uint64)
        start, gates = self._gates_of
        state = np.repeat(np.arange(rows), np.diff(states.indptr))
        counts = start[states.indices + 1] - start[states.indices]
        first = np.repeat(start[states.indices] - np.cumsum(counts) + counts, counts)
        gate, state = gates[first + np.arange(len(first))], np.repeat(state, counts)
        np.bitwise_or.at(fallen, (gate, state // 64), np.uint64(1) << (state % 64).astype(np.uint64))
        while True:
            before = fallen.copy() if self.circular else fallen
            for group in self.groups:
                tipped = _at_least(group.need, [fallen[member] for member in group.members])
                for gate_ in group.into:
                    fallen[gate_] |= tipped
            if not self.circular or (before == fallen).all():
                break
        return np.unpackbits(fallen[0].view(np.uint8), bitorder="little")[:rows].astype(np.bool_)

    @cached_property
    def _gates_of(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Gates by cause: those of cause c are ``gates[start[c]:start[c + 1]]``."""
        start = np.cumsum([0, *(len(cause.gates) for cause in self.causes)])
        return start, np.array([gate for cause in self.causes for gate in cause.gates], np.int64)


def _at_least(need: int, rows: Sequence[npt.NDArray[np.uint64]]) -> npt.NDArray[np.uint64]:
    """Bit by bit, whether at least so many of the rows have it."""
    if need == len(rows):
        return reduce(np.bitwise_and, rows)
    reached = [rows[0], *(np.zeros_like(rows[0]) for _ in range(need - 1))]  # reached[j]: more than j of those seen
    for row in rows[1:]:
        for j in range(need - 1, 0, -1):
            reached[j] |= row & reached[j - 1]
        reached[0] = reached[0] | row
    return reached[-1]


def below(
    projection: Projection, targets: Sequence[int], *, state: State = State.DOWN, cut: Bools | None = None
) -> Ints:
    """Everything whose failure could matter: the targets, and what they reach; nothing beneath a cut element."""
    edges, usable = projection.edges, _passing(projection, state)
    seen = np.zeros(projection.vertices, np.bool_)
    frontier = np.array(targets, np.int32)
    seen[frontier] = True
    while frontier.size:
        found = gather(projection.uses, frontier)
        reached = np.unique(edges.provider[found[usable[found]]])
        frontier = reached[~seen[reached]]
        seen[frontier] = True
        if cut is not None:
            open_ = np.append(~cut, np.ones(len(projection.groups), np.bool_))
            frontier = frontier[open_[frontier]]
    return np.flatnonzero(seen).astype(np.int32)


def structure(
    projection: Projection,
    target: int,
    parts: Mapping[int, Sequence[Part]],
    *,
    state: State = State.DOWN,
    cut: Bools | None = None,
) -> Structure:
    """Reduce what lies below an element.

    Cost: linear in the dependencies below it, times the members of groups over 64.

    Args:
        projection: the map.
        target: number of the element.
        parts: what fails by itself, by vertex; those of a group bring the group down.
        state: DOWN, or DEGRADED when being degraded counts as down.
        cut: True for elements that are looked at, but nothing beneath them.
    """
    graph = _Below(projection, target, state, cut)
    gate_of, reach = graph.gates()
    causes: dict[int, list[Part]] = defaultdict(list)
    for vertex, place in graph.local.items():
        causes[reach[graph.component[place]]] += [p for p in parts.get(vertex, ()) if p.unavailability > 0]
    groups = [
        Alternatives(vertex, need, tuple(gate_of[graph.component[m]] for m in members), tuple(_bits(reach[into])))
        for vertex, need, members, into in graph.groups()
    ]
    live, groups = _live(groups, [mask for mask, found in causes.items() if found and not mask & 1])
    merged: dict[int, list[Part]] = defaultdict(list)
    for mask, found in causes.items():
        merged[1 if mask & 1 else mask & live] += found
    series = merged.pop(1, [])
    rest = [Cause(tuple(found), tuple(_bits(mask))) for mask, found in merged.items() if mask and found]
    ordered, circular = _lowest_first(groups)
    made = Structure(
        target=target,
        vertices=graph.elements,
        series=Cause(tuple(series)),
        causes=tuple(rest),
        groups=ordered,
        gates=len(gate_of),
        unknowns=graph.unknowns,
        circular=circular,
    )
    return _apart(made)


def _lowest_first(groups: Sequence[Alternatives]) -> tuple[tuple[Alternatives, ...], bool]:
    """Groups, each after those that its members need; and whether some need each other, so that it cannot be."""
    users: dict[int, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for member in set(group.members):
            users[member].append(number)
    above = [[user for gate in group.into for user in users[gate]] for group in groups]
    order: list[int] = []
    seen: set[int] = set()
    for start in range(len(groups)):
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
    order.reverse()
    place = {number: position for position, number in enumerate(order)}
    circular = any(place[user] <= place[number] for number, users_ in enumerate(above) for user in users_)
    return tuple(groups[number] for number in order), circular


def _apart(made: Structure) -> Structure:
    """Put what brings the element down by itself in the series; the rest needs at least two causes."""
    count = len(made.causes)
    if not count:
        return made
    certain = [row for row, cause in enumerate(made.causes) if not cause.sure]
    columns = np.array([column for row in range(count) for column in (row, *certain)], np.int32)
    ends = np.arange(count + 1) * (1 + len(certain))
    single = made.down(csr_array((np.ones(len(columns), np.int32), columns, ends), shape=(count, count)))
    series = [*made.series.parts, *(p for row in np.flatnonzero(single) for p in made.causes[row].parts)]
    rest = [cause for row, cause in enumerate(made.causes) if not single[row]]
    masks = [sum(1 << gate for gate in cause.gates) for cause in rest]
    live, groups = _live(made.groups, masks)
    kept: dict[int, list[Part]] = defaultdict(list)
    for mask, cause in zip(masks, rest, strict=True):
        if mask & live:
            kept[mask & live] += cause.parts
    number = {gate: position for position, gate in enumerate([0, *(gate for gate in _bits(live) if gate)])}
    return Structure(
        target=made.target,
        vertices=made.vertices,
        series=Cause(tuple(series)),
        causes=tuple(Cause(tuple(found), _renumbered(_bits(mask), number)) for mask, found in kept.items()),
        groups=tuple(
            Alternatives(g.vertex, g.need, _renumbered(g.members, number), _renumbered(g.into, number)) for g in groups
        ),
        gates=len(number),
        unknowns=made.unknowns,
        circular=made.circular,
    )


def _renumbered(gates: Iterable[int], number: Mapping[int, int]) -> tuple[int, ...]:
    return tuple(number[gate] for gate in gates)


def _live(groups: Sequence[Alternatives], causes: Sequence[int]) -> tuple[int, list[Alternatives]]:
    """Gates and groups that can fall at all, and whose fall can bring gate 0 down.

    Gate 0 is taken out of the members: what is down already needs no group to bring it down.
    """
    can = 0
    for mask in causes:
        can |= mask
    falling: dict[int, Alternatives] = {}
    while found := [g for g in groups if g.vertex not in falling and len(_within(g.members, can & ~1)) >= g.need]:
        falling |= {g.vertex: g for g in found}
        can |= sum(1 << gate for gate in {gate for g in found for gate in g.into})
    matters, kept = 1, set()
    while found := [g for g in falling.values() if g.vertex not in kept and any(matters >> i & 1 for i in g.into)]:
        kept |= {g.vertex for g in found}
        matters |= sum(1 << member for member in {member for g in found for member in g.members})
    both = can & matters
    return both, [
        Alternatives(g.vertex, g.need, _within(g.members, both & ~1), _within(g.into, both | 1))
        for g in groups
        if g.vertex in kept
    ]


def _within(gates: tuple[int, ...], mask: int) -> tuple[int, ...]:
    return tuple(gate for gate in gates if mask >> gate & 1)


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _passing(projection: Projection, state: State) -> Bools:
    """Edges that pass the state on; none into a group that cannot fall or of which nobody knows when it falls."""
    edges, groups, elements = projection.edges, projection.groups, len(projection)
    passing: Bools = carrying(projection) & (edges.strength > (DEGRADING if state == State.DOWN else OPTIONAL))
    if len(groups):
        dead = (groups.k <= 0) | (groups.k > groups.size)
        into = edges.provider >= elements
        passing[into] &= ~dead[edges.provider[into] - elements]
    return passing


class _Below:
    """The subgraph below a target: its own numbering, what passes failures on unchanged, and its groups."""

    def __init__(self, projection: Projection, target: int, state: State, cut: Bools | None) -> None:
        self.projection, self.state = projection, state
        usable, elements = _passing(projection, state), len(projection)
        found = below(projection, [target], state=state, cut=cut)
        self.vertices = found
        self.elements: Ints = found[found < elements]
        self.local = {vertex: position for position, vertex in enumerate(found.tolist())}
        self.unknowns = tuple(self._unknowns(cut))
        open_ = found
        if cut is not None:
            closed = found[found < elements]
            closed = closed[cut[closed] & (closed != target)]
            open_ = found[~np.isin(found, closed)]
        edge = gather(projection.uses, open_)
        edge = projection.counted(edge[usable[edge]])
        dependent, provider = projection.edges.dependent[edge], projection.edges.provider[edge]
        unchanged = dependent < elements
        place = np.full(projection.vertices, -1, np.int32)
        place[found] = np.arange(len(found), dtype=np.int32)
        self.above, self.under = place[dependent[unchanged]], place[provider[unchanged]]
        self.members: dict[int, list[int]] = defaultdict(list)
        inside = zip(dependent[~unchanged].tolist(), place[provider[~unchanged]].tolist(), strict=True)
        for group, member in inside:
            self.members[group].append(member)
        ones = np.ones(len(self.above), np.int8)
        graph = csr_array((ones, (self.above, self.under)), shape=(len(found), len(found)))
        self.count, labels = connected_components(graph, directed=True, connection="strong")
        self.component: list[int] = labels.tolist()
        self.target = self.local[target]

    def _unknowns(self, cut: Bools | None) -> Iterator[str]:
        groups, elements = self.projection.groups, len(self.projection)
        broken = np.flatnonzero(groups.k > groups.size)
        if broken.size:
            edges = self.projection.edges
            into = np.flatnonzero(np.isin(edges.provider, broken + elements))
            for edge in into.tolist():
                owner = int(edges.dependent[edge])
                if owner in self.local and not (cut is not None and owner < elements and cut[owner]):
                    number = int(edges.provider[edge]) - elements
                    yield (
                        f"a group below {self.projection.labels[owner] if owner < elements else 'another group'} needs "
                        f"{groups.k[number]} members and has {groups.size[number]}: it is left out"
                    )

    def gates(self) -> tuple[dict[int, int], list[int]]:
        """The gate of each component that is one, and for each component the gates that fall with it, as bits."""
        gate_of = {self.component[self.target]: 0}
        for members in self.members.values():
            for member in members:
                gate_of.setdefault(self.component[member], len(gate_of))
        reach = [0] * self.count
        for component, gate in gate_of.items():
            reach[component] = 1 << gate
        labels = np.array(self.component, np.int32)
        pairs = np.stack([labels[self.above], labels[self.under]])
        pairs = np.unique(pairs[:, pairs[0] != pairs[1]], axis=1)
        providers: list[list[int]] = [[] for _ in range(self.count)]
        waiting_for = [0] * self.count
        for above, under in zip(*pairs.tolist(), strict=True):
            providers[above].append(under)
            waiting_for[under] += 1
        ready = [component for component in range(self.count) if not waiting_for[component]]
        while ready:
            component = ready.pop()
            for under in providers[component]:
                reach[under] |= reach[component]
                waiting_for[under] -= 1
                if not waiting_for[under]:
                    ready.append(under)
        return gate_of, reach

    def groups(self) -> Iterator[tuple[int, int, list[int], int]]:
        """Vertex, failing members that are enough, members (local numbers), component."""
        known, elements = self.projection.groups, len(self.projection)
        for vertex, members in sorted(self.members.items()):
            number = vertex - elements
            size = int(known.size[number])
            least = int(known.k[number])
            if self.state != State.DOWN:
                least = max(least, min(int(known.full[number]), size))
            yield vertex, size - least + 1, members, self.component[self.local[vertex]]
