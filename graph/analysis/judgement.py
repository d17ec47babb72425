"""What do changes do to the map, at least and at most? Two runs bracket the truth, and name what decides it.

Every unknown acts in one direction, so a pessimistic and an optimistic run bracket the truth. Unknown are strengths
that nobody states (when the profile says so), and starts and ends of windows that are not fixed. An element whose lower
bound is "unaffected" and whose upper bound is "degraded" or "down" cannot be told; then the dependencies that decide
are named: each that flips it alone, and a smallest set that together would hit it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import islice

import numpy as np
import numpy.typing as npt

from graph.analysis.changes import Change, Profile, happenings, strengths
from graph.analysis.elements import kind_of
from graph.analysis.impact import broken_groups
from graph.analysis.kernels import LARGE, warm
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.timed import Timed, Times, timed, worst
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.answer import Answer, Cell, count
from graph.projection import OPTIONAL, Projection

__all__ = ["Bracket", "Deciding", "Judgement", "answer", "judge", "told"]

_MOST_DECIDED = 50


@dataclass(frozen=True, slots=True)
class Bracket:
    """An element's state: at least ``lower``, at most ``upper``; ``spans`` of the upper one, in which it may hold."""

    element: int
    lower: State
    upper: State
    spans: Spans
    distance: int

    @property
    def untold(self) -> bool:
        """Whether one cannot tell if it is hit at all."""
        return self.lower == State.UNAFFECTED and self.upper >= State.DEGRADED


@dataclass(frozen=True, slots=True)
class Deciding:
    """Which unknown dependencies decide about an element.

    ``alone``     edges of which each by itself, if it were optional, would save the element
    ``together``  a smallest set of edges that, if they were required, would hit it, all other unknown ones optional
    """

    element: int
    alone: tuple[int, ...]
    together: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Result of ``judge``.

    ``affected``   brackets, worst first, then by the lower bound and the distance; the changed elements left out
    ``spared``     elements that rest on a change and stay unaffected in the pessimistic run
    ``deciding``   for elements that cannot be told, the first 50 of them
    ``most``, ``least``   the pessimistic and the optimistic run, with all spans and ways
    ``assumed``    how many dependencies of the part that rests on the changes have no stated strength, of how many
    """

    changes: tuple[Change, ...]
    profile: Profile
    affected: tuple[Bracket, ...]
    spared: tuple[int, ...]
    deciding: tuple[Deciding, ...]
    most: Timed
    least: Timed
    assumed: int
    dependencies: int
    cuts: tuple[str, ...]


def judge(
    projection: Projection,
    changes: Sequence[Change],
    *,
    times: Times | None = None,
    profile: Profile = Profile.REQUIRED,
    horizon: int = FOREVER,
) -> Judgement:
    """Judge changes before they are made.

    Cost: two runs of ``timed``, one where both readings are the same, and a few for each element that is open.
    """
    times = times or Times()
    loose = profile is Profile.UNKNOWN
    upper, lower = strengths(projection, optimistic=False), strengths(projection, optimistic=loose)
    may, must = happenings(changes), happenings(changes, certain=True)
    most = timed(projection, may, times=times, horizon=horizon, strength=upper)
    same = lower is upper and may == must
    least = most if same else timed(projection, must, times=times, horizon=horizon, strength=lower)
    changed = {change.element for change in changes}
    walked = reach(projection, changed)
    brackets = _brackets(most, least, walked.distance, changed, len(projection))
    open_ = [bracket.element for bracket in brackets if bracket.untold]
    cuts = [*most.cuts]
    if len(open_) > _MOST_DECIDED:
        cuts.append(f"what decides is told for the first {_MOST_DECIDED} of {len(open_):,} open elements")
    inside = np.flatnonzero(walked.distance[projection.edges.provider] >= 0)
    carrying = inside[(projection.edges.strength[inside] >= OPTIONAL) & (projection.edges.phase[inside] == 0)]
    stated = carrying[projection.edges.provider[carrying] < len(projection)]
    if open_ and len(projection) >= LARGE:
        warm()
    decider = _Decider(projection, changes, times, horizon, upper, lower)
    return Judgement(
        changes=tuple(changes),
        profile=profile,
        affected=tuple(brackets),
        spared=tuple(v for v in walked.elements.tolist() if v not in most.spans[State.AT_RISK]),
        deciding=tuple(decider.about(element, most) for element in open_[:_MOST_DECIDED]),
        most=most,
        least=least,
        assumed=int(projection.edges.assumed[stated].sum()),
        dependencies=len(stated),
        cuts=tuple(cuts),
    )


def _brackets(
    most: Timed, least: Timed, distance: npt.NDArray[np.int32], changed: set[int], elements: int
) -> list[Bracket]:
    """What is hit, worst first, then by the lower bound and the distance."""
    hit = np.array(sorted(set(most.spans[State.AT_RISK]) - changed), np.int32)
    hit = hit[hit < elements]
    upper = most.worsts(len(distance))[hit]
    lower = upper if least is most else least.worsts(len(distance))[hit]
    order = np.lexsort((hit, distance[hit], -lower, -upper))
    columns = (column[order].tolist() for column in (hit, lower, upper, distance[hit]))
    states = tuple(State)
    return [
        Bracket(v, states[low], states[high], most.spans[states[high]][v], far)
        for v, low, high, far in zip(*columns, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Decider:
    """Tries readings between the two: some unknown dependencies required, the others optional."""

    projection: Projection
    changes: Sequence[Change]
    times: Times
    horizon: int
    upper: npt.NDArray[np.int8]
    lower: npt.NDArray[np.int8]

    def about(self, element: int, most: Timed) -> Deciding:
        """Only unknown edges on the witness can save the element alone: the witness holds without the others."""
        way = [edge for edge in most.path(self.projection, element) if self.upper[edge] != self.lower[edge]]
        alone = tuple(edge for edge in way if not self._hit(element, self._with(self.upper, [edge], self.lower)))
        if not self._hit(element, self._with(self.lower, way, self.upper)):
            way = self._below(most)  # a group needs more than one way to be lost
        for edge in list(way):
            fewer = [other for other in way if other != edge]
            if self._hit(element, self._with(self.lower, fewer, self.upper)):
                way = fewer
        return Deciding(element, alone, tuple(way))

    def _below(self, most: Timed) -> list[int]:
        """The unknown edges whose providers are hit."""
        hit = np.zeros(self.projection.vertices, np.bool_)
        hit[list(most.spans[State.AT_RISK])] = True
        edges: list[int] = np.flatnonzero((self.upper != self.lower) & hit[self.projection.edges.provider]).tolist()
        return edges

    def _hit(self, element: int, strength: npt.NDArray[np.int8]) -> bool:
        found = worst(
            self.projection, happenings(self.changes), times=self.times, horizon=self.horizon, strength=strength
        )
        return bool(found[element] >= State.DEGRADED)

    @staticmethod
    def _with(base: npt.NDArray[np.int8], edges: Sequence[int], other: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
        mixed = base.copy()
        mixed[list(edges)] = other[list(edges)]
        return mixed


def answer(
    projection: Projection, result: Judgement, *, zone: tzinfo = UTC, most: int | None = None, named: bool = False
) -> Answer:
    """The affected elements as rows: state, when (where any change has a window), how far, and a way from a change.

    ``most`` cuts the rows, and says so; ``named`` tells the way in names, and not in ids.
    """
    shown = None if all(change.windows == ALWAYS for change in result.changes) else zone
    when = ("from", "until") if shown else ()
    return Answer(
        title=_title(projection, result),
        of="affected",
        columns=("id", "name", "kind", "state", *when, "distance", "path"),
        rows=tuple(_row(projection, result, each, shown, named=named) for each in result.affected[:most]),
        facts={
            "revision": result.most.revision,
            "profile": result.profile.value,
            "changes": [projection.ids[change.element] for change in result.changes],
            "assumed": result.assumed,
            "dependencies": result.dependencies,
            "spared": [projection.ids[v] for v in result.spared],
        },
        notes=(*_cut(result, most), *_notes(projection, result)),
    )


def _cut(result: Judgement, most: int | None) -> Iterator[str]:
    if most is not None and len(result.affected) > most:
        yield f"the first {most:,} of {len(result.affected):,} affected elements are listed; raise --most to see more"


def _row(
    projection: Projection, result: Judgement, bracket: Bracket, zone: tzinfo | None, *, named: bool
) -> tuple[Cell, ...]:
    v = bracket.element
    way = [projection.edges.provider[e] for e in result.most.path(projection, v)] + [v]
    seen = [int(u) for u in way if u < len(projection)]
    names = [projection.labels[u] if named else projection.ids[u].partition("/")[2] for u in seen]
    cut = ["…"] if len(names) > _LONGEST_WAY else []
    return (
        projection.ids[v],
        projection.labels[v],
        kind_of(projection, v),
        bracket.upper.words if bracket.lower == bracket.upper else f"{bracket.lower.words} … {bracket.upper.words}",
        *((told(bracket.spans[0][0], zone), told(bracket.spans[-1][1], zone)) if zone else ()),
        bracket.distance,
        " ← ".join([*cut, *names[-_LONGEST_WAY:]]),
    )


_LONGEST_WAY = 24


def told(moment: int, zone: tzinfo) -> str:
    """A moment as people write it; "" for one without an end.

    >>> told(1_796_860_800, UTC)
    '2026-12-10T00:00+00:00'
    """
    if abs(moment) >= FOREVER:
        return ""
    return datetime.fromtimestamp(moment, zone).isoformat(timespec="minutes")


def _title(projection: Projection, result: Judgement) -> str:
    changes = " and ".join(f"{projection.labels[c.element]} ({c.kind.value})" for c in result.changes)
    sums = Counter(bracket.upper for bracket in result.affected)
    said = [f"{count(sums[state], 'element')} {state.words}" for state in sorted(sums, reverse=True)]
    loose = "at most " if any(b.lower != b.upper for b in result.affected) else ""
    return f"{changes}: {loose}{', '.join(said) or 'no known impact'}"


def _notes(projection: Projection, result: Judgement) -> Iterator[str]:
    """What must be said beside the rows: assumptions, what cannot be told and why, what is spared, cuts."""
    labels = projection.labels
    if result.assumed:
        all_ = count(result.dependencies, "dependency", "dependencies")
        yield f"strength assumed for {result.assumed:,} of {all_} here (profile: {result.profile.value})"
    untold = [b.element for b in result.affected if b.untold]
    if untold:
        it = "it is" if len(untold) == 1 else "they are"
        yield f"cannot tell for {count(len(untold), 'element')} whether {it} hit: {_some(projection, untold)}"
    for each in result.deciding[:_TOLD]:
        if each.alone:
            ways = " or ".join(_edge(projection, edge) for edge in each.alone)
            yield f"{labels[each.element]} is safe if {ways} is optional; state its strength"
        elif not each.together:
            yield f"{labels[each.element]} is hit if the change takes down what it is about"
        else:
            ways = " and ".join(_edge(projection, edge) for edge in each.together)
            yield f"{labels[each.element]} is hit if {ways} {'is' if len(each.together) == 1 else 'are'} required"
    if len(result.deciding) > _TOLD:
        yield f"what decides for {len(result.deciding) - _TOLD} more elements is in the JSON"
    yield from _of_groups(projection, result)
    if result.most.circular:
        yield f"circular restart, does not come back by itself: {_some(projection, list(result.most.circular))}"
    if result.spared:
        yield f"not affected, though they rest on it: {_some(projection, list(result.spared))}"
    yield from result.cuts


_TOLD = 8


def _of_groups(projection: Projection, result: Judgement) -> Iterator[str]:
    """Groups that need more than they have, and those that have fewer spares now."""
    if bool((projection.groups.k > projection.groups.size).any()):
        yield from broken_groups(projection, {*result.spared, *(each.element for each in result.affected)})
    if fewer := list(islice(_spares(projection, result), _TOLD + 1)):
        yield f"fewer spares: {', '.join(fewer[:_TOLD])}{' and more' if len(fewer) > _TOLD else ''}"


def _spares(projection: Projection, result: Judgement) -> Iterator[str]:
    """Groups that lose members and go on, with their spares before and after: "Web (N+1 → N+0)"."""
    (uses, by_dependent), (used, by_provider) = projection.uses, projection.used_by
    edges, groups, most = projection.edges, projection.groups, result.most
    for number in range(len(groups)):
        vertex = len(projection) + number
        if (
            vertex not in most.spans[State.AT_RISK]
            or vertex in most.spans[State.DOWN]
            or used[vertex] == used[vertex + 1]
        ):
            continue
        members = projection.counted(by_dependent[uses[vertex] : uses[vertex + 1]])
        lost = sum(most.worst(v) == State.DOWN for v in edges.provider[members].tolist())
        owner, spare = int(edges.dependent[by_provider[used[vertex]]]), int(groups.size[number] - groups.k[number])
        if 0 < lost <= spare and owner < len(projection):
            yield f"{projection.labels[owner]} (N+{spare} → N+{spare - lost})"


def _edge(projection: Projection, edge: int) -> str:
    ends = int(projection.edges.dependent[edge]), int(projection.edges.provider[edge])
    return " → ".join(projection.labels[v] if v < len(projection) else "a group" for v in ends)


def _some(projection: Projection, elements: list[int]) -> str:
    names = [projection.labels[v] for v in elements[:_TOLD]]
    return ", ".join(names) + (f" and {len(elements) - _TOLD:,} more" if len(elements) > _TOLD else "")
