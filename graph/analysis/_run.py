"""What do happenings make of each vertex, and when? The least fixed point over spans, providers first.

What an edge hands on, what two of them bring together and what a group counts is worked out once for each different
answer: see ``graph/analysis/feels.py``. Circles are gone round vertex by vertex.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence, Set
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying, gather
from graph.analysis._parts import parts
from graph.analysis.feels import LEVELS, Feels, Felt, Numbers
from graph.analysis.happening import Happening, Times
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.windows import ALWAYS, FOREVER, Spans, at_least, carried, later, merged, used_up
from graph.projection import DEGRADING, OPTIONAL, Projection

__all__ = ["MANY", "Run", "Steps"]

MANY = 1_000
"""Where more vertices than this are reached, parts are found by compiled code, and a run is worth keeping."""
_PATIENCE, _MOST_ROUNDS, _FAR = 4, 2_000, 2**61

Ints = npt.NDArray[np.int32]
Moment = tuple[int, State, int]
Found = dict[State, Spans]
_Way = tuple[int, int, int, bool]
"""How an edge hands on: tolerance, lag, refill time, and whether nothing is down by it."""


class Run:
    """The fixed point. ``feels``, ``circular`` and ``cuts`` are its result, ``cause`` says how a span came about."""

    def __init__(
        self,
        projection: Projection,
        happenings: Sequence[Happening],
        times: Times,
        horizon: int,
        strength: npt.NDArray[np.int8],
        lost: frozenset[int],
    ) -> None:
        self.times, self.horizon, self.strength, self.lost = times, horizon, strength, lost
        self.edges, self.groups, self.weight = projection.edges, projection.groups, projection.weight
        self.elements = len(projection)
        self.own: dict[int, Found] = {}
        self.gone: dict[int, int] = {}
        for happening in happenings:
            if happening.gone is not None and projection.groups.share:
                self.gone[happening.element] = min(happening.gone, self.gone.get(happening.element, FOREVER))
            felt = self.own.setdefault(happening.element, dict.fromkeys(LEVELS, ()))
            for state in LEVELS:
                if state <= happening.state:
                    felt[state] = merged([*felt[state], *self._cut(happening.spans)])
        self.distance = reach(projection, self.own).distance
        self.circular: set[int] = set()
        self.cuts: list[str] = []
        self.told: dict[Moment, Moment] = {}
        self._circling: dict[int, Found] = {}
        self._numbers = Numbers()
        self._passing: dict[tuple[int, int], int] = {}
        self._counting: dict[tuple[int, ...], int] = {}
        self._gather(projection)
        self._solve()
        self.feels = self._felt_by_all()

    def _gather(self, p: Projection) -> None:
        """The part of the map that can be affected: what rests on an element to which something happens."""
        touched = np.flatnonzero(self.distance >= 0).astype(np.int32)
        self._touched, self._place = touched.tolist(), np.full(p.vertices, len(touched), np.int32)
        self._place[touched] = np.arange(len(touched))  # the place behind them is that of all else: it feels nothing
        edges = gather(p.uses, touched)
        edges = edges[carrying(p)[edges] & (self.strength[edges] > OPTIONAL)]
        many = np.bincount(self._place[p.edges.dependent[edges]], minlength=len(touched))
        self._edges_at, self._start = edges, np.concatenate([[0], np.cumsum(many)])
        self._provider_at = self._place[p.edges.provider[edges]]
        self._ways: list[_Way] = []
        self._way_at = self._ways_of(edges)
        self._number = [0] * (len(touched) + 1)

    def _ways_of(self, edges: Ints) -> list[int]:
        """How each of the edges hands on, by number."""
        times, weak = self.times, self.strength[edges] <= DEGRADING
        numbers: dict[_Way, int] = {(0, 0, 0, False): 0, (0, 0, 0, True): 1}
        ways = weak.astype(np.int32)
        said = times.tolerance.keys() | times.lag.keys() | times.refill.keys() if len(edges) > MANY else None
        among = range(len(edges)) if said is None else np.flatnonzero(np.isin(edges, np.fromiter(said, np.int32)))
        for at in among:
            way = (*self._times(int(edges[at])), bool(weak[at]))
            ways[at] = numbers.setdefault(way, len(numbers))
        self._ways = list(numbers)
        found: list[int] = ways.tolist()
        return found

    def _solve(self) -> None:
        """One strongly connected part after the other."""
        own = {int(self._place[vertex]): self._numbers.of(felt) for vertex, felt in self.own.items()}
        touched, number, elements = self._touched, self._number, self.elements
        start, provider, way = self._start.tolist(), self._provider_at.tolist(), self._way_at
        passing, joined = self._passing, self._numbers.joined
        for part in self._parts():
            at = part[0]
            if len(part) > 1 or at in provider[start[at] : start[at + 1]]:
                self._settle([touched[each] for each in part])
            elif touched[at] >= elements:
                number[at] = self._counts_as(touched[at])
            else:
                found = own.get(at, 0)
                for edge in range(start[at], start[at + 1]):
                    if felt := number[provider[edge]]:
                        handed = passing.get((felt, way[edge]))
                        if handed is None:
                            handed = self._hands_on(felt, way[edge])
                        if handed != found:
                            found = joined(found, handed)
                number[at] = found

    def _parts(self) -> Iterator[list[int]]:
        """Strongly connected parts, as places, each after all that it rests on."""
        if len(self._touched) > MANY and (found := self._compiled_parts()) is not None:
            yield from found
            return
        start, provider = self._start.tolist(), self._provider_at.tolist()
        yield from parts(set(range(len(self._touched))), lambda at: set(provider[start[at] : start[at + 1]]))

    def _compiled_parts(self) -> Iterator[list[int]] | None:
        """The same by scipy, which numbers them in the order in which it leaves them; None should it ever not."""
        from scipy.sparse import csr_array
        from scipy.sparse.csgraph import connected_components

        size = len(self._start)  # with the place of all else
        start = np.append(self._start, self._start[-1])
        matrix = csr_array((np.ones(len(self._provider_at), np.int8), self._provider_at, start), shape=(size, size))
        count, part = connected_components(matrix, directed=True, connection="strong")
        if (part[self._provider_at] > np.repeat(part[:-1], np.diff(self._start))).any():
            return None
        order = np.argsort(part[:-1], kind="stable").tolist()
        ends = np.cumsum(np.bincount(part[:-1], minlength=count)).tolist()
        return (order[first:last] for first, last in pairwise((0, *ends)) if first < last)

    def _hands_on(self, number: int, way: int) -> int:
        """The number of what an edge hands on of what its provider feels."""
        made = self._numbers.of(self._handed(self._numbers.felt[number], self._ways[way]))
        self._passing[number, way] = made
        return made

    def _counts_as(self, vertex: int) -> int:
        """The number of what a group feels."""
        edges, groups, number = self._edges(vertex), self.groups, vertex - self.elements
        if self.gone or not self.lost.isdisjoint(edges):
            return self._numbers.of(self._counted(vertex))
        at, members = int(self._place[vertex]), list[int]()
        for place, edge in enumerate(edges, int(self._start[at])):
            felt, way = self._number[self._provider_at[place]], self._way_at[place]
            handed = self._passing.get((felt, way)) if felt else 0
            members += [self._hands_on(felt, way) if handed is None else handed] * self._weight(edge)
        key = int(groups.k[number]), int(groups.size[number]), int(groups.full[number]), *sorted(members)
        if key not in self._counting:
            self._counting[key] = self._numbers.of(self._counted(vertex))
        return self._counting[key]

    def _felt_by_all(self) -> Feels:
        """What each vertex of the map feels."""
        return Feels(np.array(self._number, np.int32)[self._place], tuple(self._numbers.felt))

    def _edges(self, vertex: int) -> list[int]:
        """The edges by which a vertex feels its providers."""
        at = self._place[vertex]
        edges: list[int] = self._edges_at[self._start[at] : self._start[at + 1]].tolist()
        return edges

    @property
    def round(self) -> Set[int]:
        """The vertices on circles."""
        return self._circling.keys()

    def _providers(self, vertex: int) -> set[int]:
        return set(self.edges.provider[self._edges(vertex)].tolist())

    def _at(self, vertex: int) -> Felt:
        """What a vertex feels, as far as that is known."""
        found = self._circling.get(vertex)
        return self._numbers.felt[self._number[self._place[vertex]]] if found is None else found

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
            before = self._circling.get(vertex)
            if felt == before:
                continue
            self._tell(vertex, felt)
            self._circling[vertex] = felt
            rounds[vertex] += 1
            if rounds[vertex] > _PATIENCE and before is not None:
                self._hasten(vertex, before, rounds[vertex])
            for user in users[vertex]:
                if user not in queued:
                    queued.add(user)
                    waiting.append(user)
        for vertex in part:
            self._number[self._place[vertex]] = self._numbers.of(self._circling[vertex])

    def _hasten(self, vertex: int, before: Found, rounds: int) -> None:
        """Spans of a circle that grow by the same lag at every turn: go at once to where they must come.

        As long as nothing else begins or ends near by, each turn adds the same. So a turn is tried from just before the
        next such moment; if it still adds something there, every turn up to it does.
        """
        felt = self._circling[vertex]
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

    def _circle(self, vertex: int, state: State, end: int, before: Found) -> tuple[list[int], int]:
        """The vertices by which an earlier end of this vertex has brought about the new one, and the lags between them.

        Each stands after what it rests on, this vertex last; there are none where something else brought it about.
        """
        way, lag = [vertex], 0
        at, moment = vertex, end
        while True:
            cause = self._ended_by(at, state, moment, {vertex: before})
            if cause is None:
                return [], 0
            lag += moment - cause[1]
            at, moment = cause
            if at == vertex:
                return way[::-1], lag
            if at in way:
                return [], 0
            way.append(at)

    def _ended_by(self, vertex: int, state: State, moment: int, then: Mapping[int, Felt]) -> tuple[int, int] | None:
        """Which provider makes a span of the vertex end at a moment, and when its own span ends.

        ``then`` is what some felt at that time, where it is not what they feel now.
        """
        for edge in self._edges(vertex):
            provider = int(self.edges.provider[edge])
            ended = moment - self.times.lag.get(edge, 0)
            if any(end == ended for _, end in (then.get(provider) or self._at(provider))[state]):
                return provider, ended
        return None

    def _grows(self, way: Sequence[int], state: State, span: tuple[int, int]) -> bool:
        """Whether a turn round the circle would make this span of its last vertex longer still."""
        if not way:
            return False
        vertex, kept, horizon = way[-1], {v: self._circling[v] for v in way}, self.horizon
        start, end = span[0], min(span[1], _FAR)
        self.horizon = FOREVER
        self._circling[vertex] = {**kept[vertex], state: merged([*kept[vertex][state], (start, end)])}
        for each in way:
            self._circling[each] = self._felt(each)
        longer = any(first <= start and last > end for first, last in self._circling[vertex][state])
        self._circling |= kept
        self.horizon = horizon
        return longer

    def _next_moment(self, after: int, way: Sequence[int]) -> int:
        """The next moment at which anything begins or ends that the circle rests on."""
        feeding = {provider for vertex in way for provider in self._providers(vertex)}
        moments = (
            moment
            for vertex in feeding.union(way)
            for spans in self._at(vertex).values()
            for span in spans
            for moment in span
            if moment > after
        )
        return min(moments, default=FOREVER)

    def _felt(self, vertex: int) -> Found:
        """What the vertex feels now, from its own changes and from its providers."""
        if vertex >= self.elements:
            return self._counted(vertex)
        own = self.own.get(vertex)
        collected: dict[State, list[tuple[int, int]]] = {s: list(own[s]) if own else [] for s in LEVELS}
        for edge in self._edges(vertex):
            for state, spans in self._passed(edge).items():
                collected[state] += spans
        return {state: merged(spans) for state, spans in collected.items()}

    def _passed(self, edge: int) -> Felt:
        """What an edge hands on to its dependent."""
        way = *self._times(edge), bool(self.strength[edge] <= DEGRADING)
        return self._handed(self._at(self._provider(edge)), way)

    def _handed(self, felt: Felt, way: _Way) -> Found:
        """What is handed on of what a provider feels."""
        tolerance, lag, refill, weak = way
        passed = {s: self._cut(carried(felt[s], tolerance=tolerance, lag=lag, refill=refill)) for s in LEVELS}
        if weak:
            passed[State.DOWN] = ()
        if tolerance:  # the reserve is in use, or not full again
            low = ((start, later(end, refill)) for start, end in felt[State.DEGRADED])
            passed[State.AT_RISK] = self._cut(merged([*passed[State.AT_RISK], *low]))
        return passed

    def _times(self, edge: int) -> tuple[int, int, int]:
        """Tolerance, lag and refill time of an edge."""
        times = self.times
        return times.tolerance.get(edge, 0), times.lag.get(edge, 0), times.refill.get(edge, 0)

    def _counted(self, vertex: int) -> Found:
        """A group has the state of its k-th best member at every moment."""
        groups, number = self.groups, vertex - self.elements
        k, size, full = int(groups.k[number]), int(groups.size[number]), int(groups.full[number])
        if not 0 < k <= size:
            return dict.fromkeys(LEVELS, ())
        if self.gone and number in groups.share and (times := self._leaving(vertex)):
            return self._shrinking(vertex, times, full)
        members = [passed for edge, felt in self._members(vertex) for passed in [felt] * self._weight(edge)]
        full = min(max(full, k), size)
        down = at_least(size - k + 1, [m[State.DOWN] for m in members])
        degraded = [m[State.DEGRADED] for m in members]
        risk = at_least(size - k + 1, [m[State.AT_RISK] for m in members])
        return {
            State.DOWN: down,
            State.DEGRADED: at_least(size - full + 1, degraded),
            State.AT_RISK: merged([*risk, *(span for spans in degraded for span in spans)]),
        }

    def _members(self, vertex: int) -> list[tuple[int, Felt]]:
        """What each member hands on; one that counts as lost is down whenever any of them is hit."""
        members: list[tuple[int, Felt]] = [(edge, self._passed(edge)) for edge in self._edges(vertex)]
        if self.lost.isdisjoint(edge for edge, _ in members):
            return members
        hit = merged(span for _, felt in members for span in felt[State.AT_RISK])
        down = dict.fromkeys(LEVELS, hit)
        return [(edge, down if edge in self.lost else felt) for edge, felt in members]

    def _leaving(self, vertex: int) -> list[int]:
        """When members of a group are no more, in order."""
        providers = self.edges.provider[self._edges(vertex)].tolist()
        return sorted({self.gone[provider] for provider in providers if provider in self.gone})

    def _shrinking(self, vertex: int, times: list[int], full: int) -> Found:
        """A group that needs a share of its members, from one retirement to the next: of those that are left."""
        groups, number = self.groups, vertex - self.elements
        members = [(edge, felt, self.gone.get(self._provider(edge), FOREVER)) for edge, felt in self._members(vertex)]
        found: dict[State, list[tuple[int, int]]] = {state: [] for state in LEVELS}
        for begin, end in pairwise((-FOREVER, *times, FOREVER)):
            left = [felt for edge, felt, gone in members for felt in [felt] * self._weight(edge) if gone > begin]
            lost = sum(self._weight(edge) for edge, _, gone in members if gone <= begin)
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
        return int(self.edges.provider[edge])

    def _weight(self, edge: int) -> int:
        """As how many members the provider of an edge counts."""
        return 1 if self.weight is None else int(self.weight[edge])

    def _tell(self, vertex: int, felt: Found) -> None:
        """Note how each new span came about, when it does: what it rests on is then older, and no way is a circle."""
        for state, spans in felt.items():
            for start, _ in spans:
                if (vertex, state, start) not in self.told:
                    self.told[vertex, state, start] = self.cause(vertex, state, start)

    def cause(self, vertex: int, state: State, start: int) -> tuple[int, State, int]:
        """What brought a span: of several dependencies that did, the one that is nearest to a change."""
        own = self.own.get(vertex)
        if own and any(first == start for first, _ in own[state]):
            return -1, state, start
        edges = sorted(self._edges(vertex), key=lambda edge: int(self.distance[self._provider(edge)]))
        levels = range(state, 0, -1) if not self.lost.isdisjoint(edges) else (state,)  # one that is hit loses others
        for level in levels:
            for edge in edges:
                for brought in self._brings(edge, State(level)):
                    if brought[0] == start:
                        return edge, *brought[1:]
        raise AssertionError("a span begins that nothing brings")

    def _brings(self, edge: int, state: State) -> Iterator[tuple[int, State, int]]:
        """When an edge brings a state, and the state and start of the provider's span that it comes from."""
        provider = self._at(self._provider(edge))
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


class Steps(Mapping[Moment, Moment]):
    """Vertex, state and start of a span -> the edge that brought it, and the state and start of its provider's span.

    Of a vertex on a circle it was noted when it happened; of all others it is worked out when it is asked for, as what
    they rest on changes no more.
    """

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getitem__(self, what: Moment) -> Moment:
        vertex, state, start = what
        told = self._run.told
        if vertex in self._run.round or what in told:
            return told[what]
        if all(first != start for first, _ in self._run.feels.of(vertex)[state]):
            raise KeyError(what)
        return self._run.cause(vertex, state, start)

    def __iter__(self) -> Iterator[Moment]:
        yield from self._run.told
        feels = self._run.feels
        for vertex in np.flatnonzero(feels.number).tolist():
            if vertex not in self._run.round:
                yield from ((vertex, state, start) for state in LEVELS for start, _ in feels.of(vertex)[state])

    def __len__(self) -> int:
        return sum(1 for _ in self)
