"""Who is down, degraded or at risk, from when to when? Windows of change through dependencies, reserves and groups.

For each state an element has a set of spans of time in which it is at least that bad. A change contributes its windows.
A dependency hands on its provider's spans after its tolerance, and until its lag after they end; spans that lie less
than its refill time apart use up one reserve together; a group counts its members at every moment. Union, counting and
this shortening are monotone under inclusion, so there is one least fixed point, whatever the order, on circles too.
While a tolerance runs, and until it is full again, the dependent is at risk: it lives on its reserve.

A circle whose lags keep it from coming back never ends by itself: it lasts to the horizon, and is told as a circular
restart.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying
from graph.analysis._parts import parts
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.untimed import states, untimed
from graph.analysis.windows import ALWAYS, FOREVER, Spans, at_least, carried, later, merged, used_up
from graph.projection import DEGRADING, OPTIONAL, Projection

__all__ = ["LEVELS", "Happening", "Timed", "Times", "timed", "worst"]

LEVELS = (State.DOWN, State.DEGRADED, State.AT_RISK)
_PATIENCE, _MOST_ROUNDS, _FAR = 4, 2_000, 2**61


@dataclass(frozen=True, slots=True)
class Happening:
    """What a change does to one element: the state it brings, and when (seconds since 1970).

    ``gone``  from when on it is no member of its groups any more, so that a share of them is one of fewer; None: never
    """

    element: int
    state: State
    spans: Spans
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """What the sources say of time, by edge number, in seconds; edges that are not here have none.

    ``tolerance``  how long the dependent goes on without its provider
    ``lag``        how long it takes to come back after its provider has
    ``refill``     how long its provider must be back until the reserve is full again
    """

    tolerance: Mapping[int, int] = field(default_factory=dict)
    lag: Mapping[int, int] = field(default_factory=dict)
    refill: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """Result of ``timed``.

    ``spans``     state -> vertex -> when it is at least that bad; vertices that never are have no entry
    ``why``       vertex, state and start of a span -> the edge that brought it, and the state and start of its
                  provider's span; a change's own spans have the edge -1
    ``circular``  vertices that a circle of lags keeps from coming back: their last span ends at the horizon
    ``horizon``   no span goes beyond it
    ``cuts``      what a limit left out, in words
    """

    revision: str
    happenings: tuple[Happening, ...]
    spans: Mapping[State, Mapping[int, Spans]]
    why: Mapping[tuple[int, State, int], tuple[int, State, int]]
    circular: tuple[int, ...]
    horizon: int
    cuts: tuple[str, ...] = ()

    def of(self, vertex: int, state: State) -> Spans:
        """When the vertex is at least that bad."""
        return self.spans[state].get(vertex, ())

    def worst(self, vertex: int) -> State:
        """The worst state that the vertex reaches at any time."""
        return next((state for state in LEVELS if self.of(vertex, state)), State.UNAFFECTED)

    def worsts(self, vertices: int) -> npt.NDArray[np.int8]:
        """The same of all vertices, so many, at once."""
        worst = np.zeros(vertices, np.int8)
        for state in sorted(LEVELS):
            worst[list(self.spans[state])] = state
        return worst

    def path(self, projection: Projection, vertex: int) -> tuple[int, ...]:
        """Edges from a change to the vertex, in the order in which its worst state first travels."""
        state, edges = self.worst(vertex), list[int]()
        if not state:
            return ()
        start = self.of(vertex, state)[0][0]
        while (step := self.why[vertex, state, start])[0] >= 0:
            edge, state, start = step
            edges.append(edge)
            vertex = int(projection.edges.provider[edge])
        return tuple(reversed(edges))


def timed(
    projection: Projection,
    happenings: Iterable[Happening],
    *,
    times: Times | None = None,
    horizon: int = FOREVER,
    strength: npt.NDArray[np.int8] | None = None,
    lost: frozenset[int] = frozenset(),
) -> Timed:
    """What the happenings do to the rest of the map, and when.

    Cost: linear in the dependencies below which something happens, times the spans that meet there; circles are gone
    through again until nothing changes. Where nothing has a beginning or an end, that of ``untimed``.

    Args:
        projection: the map.
        happenings: what the changes do to elements; one element may have several.
        times: tolerances, lags and refill times of the dependencies.
        horizon: spans are cut there, in seconds since 1970.
        strength: strength of each edge, in place of the map's own: what an assumption makes of it.
        lost: edges from a group to members that count as lost whenever a member is hit.
    """
    told = tuple(sorted(happenings, key=lambda h: (h.element, -h.state, h.spans)))
    strength = projection.edges.strength if strength is None else strength
    times = times or Times()
    if horizon == FOREVER and not lost and (own := _for_ever(projection, told, times)) is not None:
        return Timed(projection.revision, told, *untimed(projection, own, strength), (), horizon)
    for known in _LAST.get(projection, ()):
        if known.is_of(told, times, horizon, strength, lost):
            return known.run
    run = _Run(projection, told, times, horizon, strength, lost)
    run.solve()
    made = Timed(
        revision=projection.revision,
        happenings=told,
        spans={state: {v: s[state] for v, s in run.spans.items() if s[state]} for state in LEVELS},
        why=run.why,
        circular=tuple(sorted(run.circular)),
        horizon=horizon,
        cuts=tuple(run.cuts),
    )
    if len(run.spans) > _MANY:
        _LAST[projection] = (_Kept(times, strength, lost, made), *_LAST.get(projection, ())[:1])
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A run that took long, and what it was of: a judgement asks for the same several times over."""

    times: Times
    strength: npt.NDArray[np.int8]
    lost: frozenset[int]
    run: Timed

    def is_of(
        self,
        told: tuple[Happening, ...],
        times: Times,
        horizon: int,
        strength: npt.NDArray[np.int8],
        lost: frozenset[int],
    ) -> bool:
        same = (self.run.happenings, self.run.horizon, self.lost) == (told, horizon, lost) and self.times == times
        return same and (self.strength is strength or np.array_equal(self.strength, strength))


_LAST: WeakKeyDictionary[Projection, tuple[_Kept, ...]] = WeakKeyDictionary()
"""The last two runs over each map that reached many elements."""


def worst(
    projection: Projection,
    happenings: Sequence[Happening],
    *,
    times: Times | None = None,
    horizon: int = FOREVER,
    strength: npt.NDArray[np.int8] | None = None,
    lost: frozenset[int] = frozenset(),
) -> npt.NDArray[np.int8]:
    """The worst state of each vertex at any time: as ``timed``, and fast where nothing has a beginning or an end."""
    if horizon == FOREVER and not lost and (own := _for_ever(projection, happenings, times or Times())) is not None:
        return states(projection, own, projection.edges.strength if strength is None else strength)
    run = timed(projection, happenings, times=times, horizon=horizon, strength=strength, lost=lost)
    found = np.zeros(projection.vertices, np.int8)
    for state in sorted(LEVELS):
        found[list(run.spans[state])] = state
    return found


def _for_ever(projection: Projection, happenings: Sequence[Happening], times: Times) -> dict[int, State] | None:
    """The state each element is brought to for all of time.

    None where anything begins or ends, or leaves a group, or where a reserve outlasts all of time.
    """
    if not all(happening.spans == ALWAYS for happening in happenings):
        return None
    if max(times.tolerance.values(), default=0) > FOREVER:
        return None
    if projection.groups.share and any(happening.gone is not None for happening in happenings):
        return None
    own: dict[int, State] = {}
    for happening in happenings:
        own[happening.element] = max(happening.state, own.get(happening.element, State.UNAFFECTED))
    return own


_Felt = dict[State, Spans]
_MANY = 1_000
"""Of more vertices than this the edges are picked for all at once."""


class _Run:
    """The least fixed point, one strongly connected part after the other, providers first."""

    def __init__(
        self,
        projection: Projection,
        happenings: Sequence[Happening],
        times: Times,
        horizon: int,
        strength: npt.NDArray[np.int8],
        lost: frozenset[int],
    ) -> None:
        self.projection, self.times, self.horizon = projection, times, horizon
        self.elements, self.strength, self.lost = len(projection), strength, lost
        self.usable, self.weight = carrying(projection), projection.weight
        self.own: dict[int, _Felt] = {}
        self.gone: dict[int, int] = {}
        for happening in happenings:
            if happening.gone is not None and projection.groups.share:
                self.gone[happening.element] = min(happening.gone, self.gone.get(happening.element, FOREVER))
            felt = self.own.setdefault(happening.element, dict.fromkeys(LEVELS, ()))
            for state in LEVELS:
                if state <= happening.state:
                    felt[state] = merged([*felt[state], *self._cut(happening.spans)])
        self.distance = reach(projection, self.own).distance
        self.spans: dict[int, _Felt] = {}
        self.circular: set[int] = set()
        self.cuts: list[str] = []
        self.why: dict[tuple[int, State, int], tuple[int, State, int]] = {}
        self._out: dict[int, list[int]] = {}
        self._rows: tuple[list[int], list[int], list[int]] | None = None

    def solve(self) -> None:
        touched = self._touched()
        if len(touched) > _MANY:
            self._rows = self._all_edges()
        for part in parts(touched, self._providers):
            if len(part) == 1 and part[0] not in self._providers(part[0]):
                self.spans[part[0]] = self._felt(part[0])
                self._tell(part[0], self.spans[part[0]])
            else:
                self._settle(part)

    def _touched(self) -> set[int]:
        """All that can be affected: what rests on an element to which something happens, groups included."""
        return {*np.flatnonzero(self.distance >= 0).tolist(), *self.own}

    def _far(self, edge: int) -> int:
        """How far the provider of an edge is from a change."""
        return int(self.distance[self.projection.edges.provider[edge]])

    def _edges(self, vertex: int) -> list[int]:
        """The edges by which a vertex feels its providers."""
        if self._rows is not None:
            start_of, every, _ = self._rows
            return every[start_of[vertex] : start_of[vertex + 1]]
        known = self._out.get(vertex)
        if known is None:
            start, order = self.projection.uses
            edges = order[start[vertex] : start[vertex + 1]]
            known = self._out[vertex] = edges[self.usable[edges] & (self.strength[edges] > OPTIONAL)].tolist()
        return known

    def _all_edges(self) -> tuple[list[int], list[int], list[int]]:
        """The same for all vertices, one after the other: where those of each begin, the edges, their providers."""
        start, order = self.projection.uses
        felt = np.asarray(self.usable & (self.strength > OPTIONAL))[order]
        before = np.concatenate([[0], np.cumsum(felt)])
        edges = np.asarray(order)[felt]
        return before[start].tolist(), edges.tolist(), self.projection.edges.provider[edges].tolist()

    def _providers(self, vertex: int) -> set[int]:
        if self._rows is not None:
            start_of, _, providers = self._rows
            return set(providers[start_of[vertex] : start_of[vertex + 1]])
        return set(self.projection.edges.provider[self._edges(vertex)].tolist())

    def _cut(self, spans: Spans) -> Spans:
        if self.horizon == FOREVER or not spans or spans[-1][1] <= self.horizon:
            return spans
        return merged((start, min(end, self.horizon)) for start, end in spans)

    def _settle(self, part: list[int]) -> None:
        """Go round a circle until nothing changes."""
        inside = set(part)
        users: dict[int, list[int]] = {v: [] for v in part}
        for vertex in part:
            for provider in self._providers(vertex) & inside:
                users[provider].append(vertex)
        waiting, queued, rounds = deque(part), set(part), dict.fromkeys(part, 0)
        while waiting:
            vertex = waiting.popleft()
            queued.discard(vertex)
            felt = self._felt(vertex)
            before = self.spans.get(vertex)
            if felt == before:
                continue
            self._tell(vertex, felt)
            self.spans[vertex] = felt
            rounds[vertex] += 1
            if rounds[vertex] > _PATIENCE and before is not None:
                self._hasten(vertex, before, rounds[vertex])
            for user in users[vertex]:
                if user not in queued:
                    queued.add(user)
                    waiting.append(user)

    def _hasten(self, vertex: int, before: _Felt, rounds: int) -> None:
        """Spans of a circle that grow by the same lag at every turn: go at once to where they must come.

        As long as nothing else begins or ends near by, each turn adds the same. So a turn is tried from just before the
        next such moment; if it still adds something there, every turn up to it does.
        """
        felt = self.spans[vertex]
        for state in LEVELS:
            known = {end for _, end in before[state]}
            for start, end in [span for span in felt[state] if span[1] not in known and span[1] < self.horizon]:
                way, lag = self._circle(vertex, state, end, before)
                following = self._next_moment(end, way)
                until = self.horizon if following == FOREVER else min(following - lag, self.horizon)
                if rounds >= _MOST_ROUNDS:
                    self.cuts.append("a circle of lags was not followed to its end; its spans last to the horizon")
                    until = self.horizon
                elif until <= end or not self._grows(way, state, (start, until)):
                    continue
                if until == self.horizon:
                    self.circular |= {v for v in {vertex, *way} if v < self.elements}
                felt[state] = merged([*felt[state], (start, until)])

    def _circle(self, vertex: int, state: State, end: int, before: _Felt) -> tuple[list[int], int]:
        """The vertices by which an earlier end of this vertex has brought about the new one, and the lags between them.

        Each stands after what it rests on, this vertex last; there are none where something else brought it about.
        """
        spans, way, lag = {**self.spans, vertex: before}, [vertex], 0
        at, moment = vertex, end
        while True:
            cause = self._ended_by(at, state, moment, spans)
            if cause is None:
                return [], 0
            lag += moment - cause[1]
            at, moment = cause
            if at == vertex:
                return way[::-1], lag
            if at in way:
                return [], 0
            way.append(at)

    def _ended_by(self, vertex: int, state: State, moment: int, spans: Mapping[int, _Felt]) -> tuple[int, int] | None:
        """Which provider makes a span of the vertex end at a moment, and when its own span ends."""
        for edge in self._edges(vertex):
            provider = int(self.projection.edges.provider[edge])
            ended = moment - self.times.lag.get(edge, 0)
            if any(end == ended for _, end in spans.get(provider, {}).get(state, ())):
                return provider, ended
        return None

    def _grows(self, way: Sequence[int], state: State, span: tuple[int, int]) -> bool:
        """Whether a turn round the circle would make this span of its last vertex longer still."""
        if not way:
            return False
        vertex, kept, horizon = way[-1], {v: self.spans[v] for v in way}, self.horizon
        start, end = span[0], min(span[1], _FAR)
        self.horizon = FOREVER
        self.spans[vertex] = {**kept[vertex], state: merged([*kept[vertex][state], (start, end)])}
        for each in way:
            self.spans[each] = self._felt(each)
        longer = any(first <= start and last > end for first, last in self.spans[vertex][state])
        self.spans |= kept
        self.horizon = horizon
        return longer

    def _next_moment(self, after: int, way: Sequence[int]) -> int:
        """The next moment at which anything begins or ends that the circle rests on."""
        feeding = {provider for vertex in way for provider in self._providers(vertex)}
        moments = (
            moment
            for vertex in feeding.union(way)
            for spans in self.spans.get(vertex, {}).values()
            for span in spans
            for moment in span
            if moment > after
        )
        return min(moments, default=FOREVER)

    def _felt(self, vertex: int) -> _Felt:
        """What the vertex feels now, from its own changes and from its providers."""
        if vertex >= self.elements:
            return self._counted(vertex)
        own = self.own.get(vertex)
        collected: dict[State, list[tuple[int, int]]] = {s: list(own[s]) if own else [] for s in LEVELS}
        for edge in self._edges(vertex):
            for state, spans in self._passed(edge).items():
                collected[state] += spans
        return {state: merged(spans) for state, spans in collected.items()}

    def _passed(self, edge: int) -> _Felt:
        """What an edge hands on to its dependent."""
        provider = self.spans.get(int(self.projection.edges.provider[edge]))
        if provider is None:
            return dict.fromkeys(LEVELS, ())
        tolerance, lag, refill = self._times(edge)
        passed = {s: self._cut(carried(provider[s], tolerance=tolerance, lag=lag, refill=refill)) for s in LEVELS}
        if self.strength[edge] <= DEGRADING:
            passed[State.DOWN] = ()
        if tolerance:  # the reserve is in use, or not full again
            low = ((start, later(end, refill)) for start, end in provider[State.DEGRADED])
            passed[State.AT_RISK] = self._cut(merged([*passed[State.AT_RISK], *low]))
        return passed

    def _times(self, edge: int) -> tuple[int, int, int]:
        """Tolerance, lag and refill time of an edge."""
        times = self.times
        return times.tolerance.get(edge, 0), times.lag.get(edge, 0), times.refill.get(edge, 0)

    def _counted(self, vertex: int) -> _Felt:
        """A group has the state of its k-th best member at every moment."""
        groups, number = self.projection.groups, vertex - self.elements
        k, size, full = int(groups.k[number]), int(groups.size[number]), int(groups.full[number])
        if not 0 < k <= size:
            return dict.fromkeys(LEVELS, ())
        if self.gone and number in groups.share and (times := self._leaving(vertex)):
            return self._shrinking(vertex, times, full)
        members = [passed for edge, felt in self._members(vertex) for passed in [felt] * self._counts(edge)]
        full = min(max(full, k), size)
        down = at_least(size - k + 1, [m[State.DOWN] for m in members])
        degraded = [m[State.DEGRADED] for m in members]
        risk = at_least(size - k + 1, [m[State.AT_RISK] for m in members])
        return {
            State.DOWN: down,
            State.DEGRADED: at_least(size - full + 1, degraded),
            State.AT_RISK: merged([*risk, *(span for spans in degraded for span in spans)]),
        }

    def _members(self, vertex: int) -> list[tuple[int, _Felt]]:
        """What each member hands on; one that counts as lost is down whenever any of them is hit."""
        members = [(edge, self._passed(edge)) for edge in self._edges(vertex)]
        if self.lost.isdisjoint(edge for edge, _ in members):
            return members
        hit = merged(span for _, felt in members for span in felt[State.AT_RISK])
        down = dict.fromkeys(LEVELS, hit)
        return [(edge, down if edge in self.lost else felt) for edge, felt in members]

    def _leaving(self, vertex: int) -> list[int]:
        """When members of a group are no more, in order."""
        providers = self.projection.edges.provider[self._edges(vertex)].tolist()
        return sorted({self.gone[provider] for provider in providers if provider in self.gone})

    def _shrinking(self, vertex: int, times: list[int], full: int) -> _Felt:
        """A group that needs a share of its members, from one retirement to the next: of those that are left."""
        groups, number = self.projection.groups, vertex - self.elements
        members = [(edge, felt, self.gone.get(self._provider(edge), FOREVER)) for edge, felt in self._members(vertex)]
        found: dict[State, list[tuple[int, int]]] = {state: [] for state in LEVELS}
        for begin, end in pairwise((-FOREVER, *times, FOREVER)):
            left = [felt for edge, felt, gone in members for felt in [felt] * self._counts(edge) if gone > begin]
            lost = sum(self._counts(edge) for edge, _, gone in members if gone <= begin)
            size, need = int(groups.size[number]) - lost, groups.needed(number, lost)
            whole = max(need, min(full, size)) if full > int(groups.k[number]) else need
            least = {State.DOWN: need, State.DEGRADED: whole, State.AT_RISK: need}
            for state in LEVELS:
                enough = at_least(size - least[state] + 1, [felt[state] for felt in left]) if size else ALWAYS
                found[state] += at_least(2, [enough, ((begin, end),)])
        some = [span for _, felt, _ in members for span in felt[State.DEGRADED]]
        found[State.AT_RISK] += some
        return {state: self._cut(merged(spans)) for state, spans in found.items()}

    def _provider(self, edge: int) -> int:
        return int(self.projection.edges.provider[edge])

    def _counts(self, edge: int) -> int:
        """As how many members the provider of an edge counts."""
        return 1 if self.weight is None else int(self.weight[edge])

    def _tell(self, vertex: int, felt: _Felt) -> None:
        """Note how each new span came about, when it does: what it rests on is then older, and no way is a circle."""
        for state, spans in felt.items():
            for start, _ in spans:
                if (vertex, state, start) not in self.why:
                    self.why[vertex, state, start] = self._cause(vertex, state, start)

    def _cause(self, vertex: int, state: State, start: int) -> tuple[int, State, int]:
        """What brought a span: of several dependencies that did, the one that is nearest to a change."""
        own = self.own.get(vertex)
        if own and any(first == start for first, _ in own[state]):
            return -1, state, start
        edges = sorted(self._edges(vertex), key=self._far)
        levels = range(state, 0, -1) if not self.lost.isdisjoint(edges) else (state,)  # one that is hit loses others
        for level in levels:
            for edge in edges:
                for brought in self._brings(edge, State(level)):
                    if brought[0] == start:
                        return edge, *brought[1:]
        raise AssertionError("a span begins that nothing brings")

    def _brings(self, edge: int, state: State) -> Iterator[tuple[int, State, int]]:
        """When an edge brings a state, and the state and start of the provider's span that it comes from."""
        provider = self.spans.get(int(self.projection.edges.provider[edge]))
        if provider is None:
            return
        if (gone := self.gone.get(self._provider(edge))) is not None:  # fewer are left to share the load
            yield from ((gone, state, start) for start, end in provider[state] if start <= gone < end)
        tolerance, _, refill = self._times(edge)
        if state != State.DOWN or self.strength[edge] > DEGRADING:
            for moment, (start, _) in used_up(provider[state], tolerance=tolerance, refill=refill):
                yield moment, state, start
        if state == State.AT_RISK:  # the reserve in use, or a member of a group that is lost
            for start, _ in provider[State.DEGRADED]:
                yield start, State.DEGRADED, start
            for moment, (start, _) in used_up(provider[State.DEGRADED], tolerance=tolerance, refill=refill):
                yield moment, State.DEGRADED, start
