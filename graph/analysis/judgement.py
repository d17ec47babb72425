"""What do changes do to the map, at least and at most? Two runs bracket the truth, and name what decides it.

Every unknown acts in one direction, so a pessimistic and an optimistic run bracket the truth. Unknown is what
``graph.analysis.unknowns`` lists (when the profile says so), and starts and ends of windows that are not fixed. An
element whose lower bound is "unaffected" and whose upper bound is "degraded" or "down" cannot be told; then the
unknowns that decide are named: each that flips it alone, and a smallest set that together would hit it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from itertools import islice

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying, gather
from graph.analysis.assumed import open_words, strength_words
from graph.analysis.changes import Change, Profile, happenings
from graph.analysis.elements import kind_of
from graph.analysis.impact import broken_groups
from graph.analysis.kernels import LARGE, warm
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.timed import Happening, Timed, Times, worst
from graph.analysis.unknowns import Doubts, Reading, Readings, Unknown, What
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.answer import Answer, Cell, count
from graph.projection import OPTIONAL, Projection

__all__ = ["Bracket", "Deciding", "Judgement", "answer", "decision", "judge", "told", "unknown_words"]

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
    """Which unknowns decide about an element.

    ``alone``     each of which by itself, read at its best, would save the element; all others read at their worst
    ``together``  a set of which none can be missed that, read at its worst, would hit it; all others at their best
    """

    element: int
    alone: tuple[Unknown, ...]
    together: tuple[Unknown, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """Result of ``judge``.

    ``affected``   brackets, worst first, then by the lower bound and the distance; the changed elements left out
    ``spared``     elements that rest on a change and stay unaffected in the pessimistic run
    ``deciding``   for elements that cannot be told, the first 50 of them
    ``most``, ``least``   the pessimistic and the optimistic run, with all spans and ways
    ``assumed``    how many dependencies of the part that rests on the changes have no stated strength, of how many
    ``worst``      how the pessimistic run reads the map, ``doubts`` what was known to be open
    ``open``       how many things of each sort are unknown in that part, beside strengths
    ``depth``      how many hops were followed; None for all
    ``beyond``     elements that are further away, and may be hit
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
    worst: Reading
    doubts: Doubts
    open: Mapping[What, int] = field(default_factory=dict)
    depth: int | None = None
    beyond: tuple[int, ...] = ()


def judge(
    projection: Projection,
    changes: Sequence[Change],
    *,
    times: Times | None = None,
    profile: Profile = Profile.REQUIRED,
    horizon: int = FOREVER,
    doubts: Doubts | None = None,
    depth: int | None = None,
) -> Judgement:
    """Judge changes before they are made.

    Cost: two runs of ``timed``, one where both readings are the same, and a few for each element that is open.

    Args:
        projection: the map.
        changes: what will happen.
        times: tolerances, lags and refill times of the dependencies.
        profile: what is assumed where the map does not say.
        horizon: spans are cut there, in seconds since 1970.
        doubts: what the map leaves open beside strengths; it counts where the profile says so.
        depth: follow dependencies so many hops, and no further; what is beyond may be hit, and is told.
    """
    times, doubts = times or Times(), doubts or Doubts()
    changed = {change.element for change in changes}
    walked = reach(projection, changed)
    away = None if depth is None else _away(projection, walked.distance, depth)
    readings = Readings(projection, times, doubts, profile, away)
    may, must = happenings(changes), happenings(changes, certain=True)
    most = readings.worst.run(may, horizon=horizon)
    same = readings.best is readings.worst and may == must
    least = most if same else readings.best.run(must, horizon=horizon)
    brackets = _brackets(most, least, walked.distance, changed, len(projection))
    open_ = [bracket.element for bracket in brackets if bracket.untold]
    beyond = () if away is None else _beyond(projection, most, away)
    cuts = [*most.cuts]
    if len(open_) > _MOST_DECIDED:
        cuts.append(f"what decides is told for the first {_MOST_DECIDED} of {len(open_):,} open elements")
    if beyond:
        hops, rest = count(depth or 0, "hop"), count(len(beyond), "element")
        cuts.append(f"dependencies are followed for {hops}; beyond that {rest} may be down or not hit at all")
    inside = np.flatnonzero(walked.distance[projection.edges.provider] >= 0)
    inside = inside[(projection.edges.strength[inside] >= OPTIONAL) & (projection.edges.phase[inside] == 0)]
    stated = inside[projection.edges.provider[inside] < len(projection)]
    if open_ and len(projection) >= LARGE:
        warm()
    kept = most.worsts == 0 if away is None else (most.worsts == 0) & ~away
    decider = _Decider(readings, may, horizon)
    return Judgement(
        changes=tuple(changes),
        profile=profile,
        affected=tuple(brackets),
        spared=tuple(walked.elements[kept[walked.elements]].tolist()),
        deciding=tuple(decider.about(element, most) for element in open_[:_MOST_DECIDED]),
        most=most,
        least=least,
        assumed=int(projection.edges.assumed[stated].sum()),
        dependencies=len(stated),
        cuts=tuple(cuts),
        worst=readings.worst,
        doubts=doubts,
        open=readings.counts(inside.tolist()),
        depth=depth,
        beyond=beyond,
    )


def _away(projection: Projection, distance: npt.NDArray[np.int32], depth: int) -> npt.NDArray[np.bool_]:
    """The vertices that are more than so many hops from a change; a group is as far as the element whose it is."""
    away: npt.NDArray[np.bool_] = distance > depth
    edges = projection.edges
    for _ in range(len(projection.groups)):
        inner = away[edges.dependent] & (edges.provider >= len(projection)) & ~away[edges.provider]
        if not inner.any():
            break
        away[edges.provider[inner]] = True
    return away


def _beyond(projection: Projection, most: Timed, away: npt.NDArray[np.bool_]) -> tuple[int, ...]:
    """The elements that are away, and rest on something that is hit: all of them may be hit, or none."""
    edges = projection.edges
    passing = carrying(projection) & (edges.strength > OPTIONAL) & away[edges.dependent]
    reached = np.zeros(projection.vertices, np.bool_)
    front = np.flatnonzero(most.worsts).astype(np.int32)
    while front.size:
        out = gather(projection.used_by, front)
        front = np.unique(edges.dependent[out[passing[out]]])
        front = front[~reached[front]]
        reached[front] = True
    return tuple(np.flatnonzero(reached[: len(projection)]).tolist())


def _brackets(
    most: Timed, least: Timed, distance: npt.NDArray[np.int32], changed: set[int], elements: int
) -> list[Bracket]:
    """What is hit, worst first, then by the lower bound and the distance."""
    reached = most.worsts[:elements] > 0
    reached[[*changed]] = False
    hit = np.flatnonzero(reached)
    upper = most.worsts[hit]
    lower = upper if least is most else least.worsts[hit]
    order = np.lexsort((hit, distance[hit], -lower, -upper))
    columns = (column[order].tolist() for column in (hit, lower, upper, distance[hit]))
    states = tuple(State)
    return [
        Bracket(v, states[low], states[high], most.of(v, states[high]), far)
        for v, low, high, far in zip(*columns, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Decider:
    """Tries readings between the two: some unknowns at their worst, the others at their best."""

    readings: Readings
    happening: Sequence[Happening]
    horizon: int

    def about(self, element: int, most: Timed) -> Deciding:
        """What decides: a part of what brings the effect.

        The part alone brings it, whatever else holds; so what is not in it cannot save the element alone.
        """
        part = self._unknown_on(self._ways(element, most))
        if not self._hit(element, self.readings.mixed(optimistic=True, but=part)):
            part = self._unknown_on(self._below(element, most))
        part = self._fewest(element, part)
        alone = (each for each in part if not self._hit(element, self.readings.mixed(optimistic=False, but=[each])))
        return Deciding(element, tuple(alone), tuple(part))

    def _fewest(self, element: int, part: list[Unknown]) -> list[Unknown]:
        """Leave out what can be missed: in halves, quarters, …, and at last one by one."""
        size = len(part)
        while size:
            size = (size + 1) // 2 if size > 1 else 1
            for start in range(0, len(part), size)[::-1]:
                fewer = part[:start] + part[start + size :]
                if self._hit(element, self.readings.mixed(optimistic=True, but=fewer)):
                    part = fewer
            if size == 1:
                break
        return part

    def _unknown_on(self, edges: Iterable[int]) -> list[Unknown]:
        return list(dict.fromkeys(each for edge in edges for each in self.readings.on(edge)))

    def _ways(self, element: int, most: Timed) -> Iterator[int]:
        """The edges of the way to the element, and to each member of the groups on it that is hit."""
        provider, elements = self.readings.projection.edges.provider, len(self.readings.projection)
        waiting, seen = [element], {element}
        while waiting:
            for edge in most.path(self.readings.projection, waiting.pop()):
                yield edge
                group = int(provider[edge])
                if group >= elements and group not in seen:
                    seen.add(group)
                    members = self._into(group)
                    yield from members
                    hit = [int(provider[each]) for each in members if most.worst(int(provider[each]))]
                    waiting += [member for member in hit if member not in seen]
                    seen.update(hit)

    def _below(self, element: int, most: Timed) -> Iterator[int]:
        """All edges below the element whose providers are hit, those of the groups whatever their members are."""
        provider, elements = self.readings.projection.edges.provider, len(self.readings.projection)
        waiting, seen = [element], {element}
        while waiting:
            vertex = waiting.pop()
            for edge in self._into(vertex):
                hit = bool(most.worst(int(provider[edge])))
                if hit or vertex >= elements:
                    yield edge
                if hit and int(provider[edge]) not in seen:
                    seen.add(int(provider[edge]))
                    waiting.append(int(provider[edge]))

    def _into(self, vertex: int) -> list[int]:
        start, order = self.readings.projection.uses
        edges: list[int] = order[start[vertex] : start[vertex + 1]].tolist()
        return edges

    def _hit(self, element: int, reading: Reading) -> bool:
        found = worst(
            reading.projection,
            self.happening,
            times=reading.times,
            horizon=self.horizon,
            strength=reading.strength,
            lost=reading.lost,
        )
        return bool(found[element] >= State.DEGRADED)


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
            "deciding": [_decided(projection, each) for each in result.deciding],
            "beyond": [projection.ids[v] for v in result.beyond],
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
    yield from strength_words(result.assumed, result.dependencies, result.profile, here=" here")
    if other := unknown_words(result):
        yield other
    untold = [b.element for b in result.affected if b.untold]
    if untold:
        it = "it is" if len(untold) == 1 else "they are"
        yield f"cannot tell for {count(len(untold), 'element')} whether {it} hit: {_some(projection, untold)}"
    yield from (_decided(projection, each) for each in result.deciding[:_TOLD])
    if len(result.deciding) > _TOLD:
        yield f"what decides for {len(result.deciding) - _TOLD} more elements is in the JSON"
    yield from _of_groups(projection, result)
    if result.most.circular:
        yield f"circular restart, does not come back by itself: {_some(projection, list(result.most.circular))}"
    if result.spared:
        yield f"not affected, though they rest on it: {_some(projection, list(result.spared))}"
    yield from result.cuts


_TOLD = 8


def unknown_words(result: Judgement) -> str:
    """How much is unknown here beside strengths, where the profile asks for it; "" where nothing is."""
    return open_words(result.open, result.doubts.stale_after)


def _decided(projection: Projection, each: Deciding) -> str:
    """What would save an element, or hit it, in a sentence."""
    name = projection.labels[each.element]
    if not each.together:
        return f"{name} is hit if the change takes down what it is about"
    chosen, only = each.alone or each.together, "state its strength"
    if all(unknown.what is What.STRENGTH for unknown in chosen):
        ways = (" or " if each.alone else " and ").join(_edge(projection, unknown.at) for unknown in chosen)
        if each.alone:
            return f"{name} is safe if {ways} is optional; {only}"
        return f"{name} is hit if {ways} {'is' if len(chosen) == 1 else 'are'} required"
    if each.alone:
        return f"{name} is safe if {' or '.join(decision(projection, u, saves=True) for u in chosen)}; find out"
    return f"{name} is hit if {' and '.join(decision(projection, u, saves=False) for u in chosen)}"


def decision(projection: Projection, unknown: Unknown, *, saves: bool) -> str:
    """How an unknown has to be for the better, or for the worse, in words."""
    if unknown.what is What.NEEDED:
        owner = _owner(projection, len(projection) + unknown.at)
        return f"{owner} needs {'one member' if saves else 'all members'} of its group"
    ends = _edge(projection, unknown.at)
    good, bad = {
        What.STRENGTH: ("is optional", "is required"),
        What.EVIDENCE: ("is there no more", "is still there"),
        What.MEMBERSHIP: ("still holds", "does not hold any more"),
        What.TOLERANCE: ("has the longest tolerance", "has the shortest tolerance"),
    }[unknown.what]
    return f"{ends} {good if saves else bad}"


def _owner(projection: Projection, vertex: int) -> str:
    """The element whose group it is."""
    while projection.is_group(vertex):
        start, order = projection.used_by
        if start[vertex] == start[vertex + 1]:
            return "a group"
        vertex = int(projection.edges.dependent[order[start[vertex]]])
    return projection.labels[vertex]


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
