"""Which planned changes get in each other's way? Together they bring down what none does alone, or need the same.

Two kinds are told. Joint collisions: a set of changes, incidents among them, that brings an element to a state to which
no part of the set brings it. Resource collisions: two changes at the same time that need the same person or tool, one
that takes down what another needs to be undone, and changes in a freeze, in a peak, or outside a maintenance window.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property
from itertools import combinations

from graph.analysis.assumed import assumptions
from graph.analysis.changes import happenings, times_of
from graph.analysis.collisions import between, collisions
from graph.analysis.judgement import told
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.timed import LEVELS, Timed
from graph.analysis.unknowns import Reading, Readings
from graph.analysis.windows import FOREVER, Spans, at_least, later, merged
from graph.answer import Answer, count
from graph.hours import ALWAYS as ALL_WEEK
from graph.hours import week_of
from graph.people import holders
from graph.projection import Projection
from graph.records import Plan, Records, week_spans
from ontology import terms as t

__all__ = ["Clash", "Schedule", "answer", "schedule"]


@dataclass(frozen=True, slots=True)
class Clash:
    """Something that stands in the way of changes.

    ``what``      "joint", "person", "tool", "back-out", "freeze", "peak", "hours" or "window"
    ``plans``     the changes (and incidents) that have a part in it
    ``elements``  what is hit or wanted, ``state`` how badly it is hit, ``spans`` when
    ``because``   the reason in words, ``way_out`` what would end it
    ``sure``      whether it is so however what is open is read
    """

    what: str
    plans: tuple[Plan, ...]
    elements: tuple[int, ...]
    spans: Spans
    because: str
    way_out: str
    state: State = State.UNAFFECTED
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Schedule:
    """Result of ``schedule``: what is planned, what stands in the way, and what was not looked at.

    ``readings``  how what is open was read; None where nothing is read both ways
    ``between``   how many sets of changes collide in neither reading, but may in one between
    """

    plans: tuple[Plan, ...]
    clashes: tuple[Clash, ...]
    looked_at: int
    possible: int
    cuts: tuple[str, ...]
    readings: Readings | None = None
    between: int = 0


def schedule(
    records: Records,
    *,
    extra: Sequence[Plan] = (),
    windows: bool = False,
    most: int = 3,
    about: Plan | None = None,
    zone: tzinfo = UTC,
    readings: Readings | None = None,
) -> Schedule:
    """What stands in the way of the planned changes.

    Args:
        records: the records of the map, read at the time that is asked about.
        extra: plans that the map has no record of.
        windows: whether work in every maintenance window is taken for planned.
        most: the largest set of changes to look for; the cut is said.
        about: tell only what this plan has a part in.
        zone: for the times in what would end a collision.
        readings: how what is open reads at its worst and at its best; None where nothing is read both ways.
    """
    running = set(records.running)
    known = [plan for plan in records.changes if not any(plan.same_as(each) for each in extra)]
    movable = [*extra, *(plan for plan in known if plan not in running), *(records.windows if windows else ())]
    standing = [plan for plan in records.baseline if not any(plan.same_as(each) for each in extra)]
    reading = readings.worst if readings else _as_stated(records.projection)
    looker = _Looker(records, [*standing, *movable], movable, zone, reading)
    clashes, cuts, undecided = looker.clashes(most), looker.cuts, 0
    if readings is not None:
        better = _Looker(records, looker.plans, movable, zone, readings.best)
        clashes = _either(clashes, better.clashes(most))
        undecided, more = between(looker.happenings, readings, looker.joined | better.joined, most=most)
        cuts = tuple(dict.fromkeys((*cuts, *better.cuts, *more)))
    if about is not None:
        clashes = [clash for clash in clashes if about in clash.plans]
    return Schedule(
        tuple(looker.plans),
        tuple(clashes),
        looker.looked_at,
        looker.possible,
        (*cuts, *looker.notes),
        readings,
        undecided,
    )


def _as_stated(projection: Projection) -> Reading:
    return Reading(projection, projection.edges.strength, times_of(projection))


def _either(worst: Sequence[Clash], best: Sequence[Clash]) -> list[Clash]:
    """What is told in any of two readings: of the elements of which both tell it, it is certain."""
    said = {(c.what, c.plans, c.state, v) for c in best for v in c.elements}
    told = said & {(c.what, c.plans, c.state, v) for c in worst for v in c.elements}
    found: list[Clash] = []
    for clashes, sure in ((worst, True), (worst, False), (best, False)):
        for c in clashes:
            mine = tuple(v for v in c.elements if ((c.what, c.plans, c.state, v) in told) is sure)
            found += [replace(c, elements=mine, sure=sure)] if mine else []
    return sorted(found, key=lambda clash: clash.what != "joint")


class _Looker:
    """Looks at plans side by side."""

    def __init__(
        self, records: Records, plans: Sequence[Plan], movable: Collection[Plan], zone: tzinfo, reading: Reading
    ) -> None:
        self.records, self.projection, self.reading = records, reading.projection, reading
        self.plans, self.movable, self.zone = plans, set(movable), zone
        self.times = reading.times
        self.happenings = [happenings(plan.changes) for plan in plans]
        self.looked_at = self.possible = 0
        self.cuts: tuple[str, ...] = ()
        self.joined: set[tuple[int, ...]] = set()
        self._unclear: dict[str, dict[str, None]] = {}
        self.number = {plan: number for number, plan in enumerate(plans)}
        self._runs: dict[tuple[int, ...], Timed] = {}

    @property
    def notes(self) -> list[str]:
        """What could not be read as it may be meant; each element once for all its texts."""
        return [f"{said}: {'; '.join(texts)}" for said, texts in self._unclear.items()]

    def clashes(self, most: int) -> list[Clash]:
        """All of them, joint collisions first."""
        return [*self.joint(most), *self.resources(), *self.calendar()]

    def run(self, numbers: tuple[int, ...]) -> Timed:
        """What these plans do together."""
        if numbers not in self._runs:
            self._runs[numbers] = self._timed([self.plans[number] for number in numbers])
        return self._runs[numbers]

    def _timed(self, plans: Sequence[Plan]) -> Timed:
        changes = [change for plan in plans for change in plan.changes]
        return self.reading.run(happenings(changes))

    def joint(self, most: int) -> list[Clash]:
        """Sets with a change in them that do together what no part of them does."""
        found = collisions(self.projection, self.happenings, most=most, reading=self.reading)
        self.looked_at, self.possible, self.cuts = found.looked_at, found.possible, found.cuts
        self.joined = {each.changes for each in found.found}
        clashes = []
        for each in found.found:
            chosen = tuple(self.plans[number] for number in each.changes)
            if not self.movable & set(chosen):
                continue
            for state in LEVELS:
                harmed = tuple(element for element, reached in each.harmed if reached is state)
                if harmed:
                    spans = merged(span for e in harmed for span in self.run(each.changes).of(e, state))
                    because = self._meeting(each.changes, harmed)
                    way_out = self._apart(each.changes, harmed, state)
                    clashes.append(Clash("joint", chosen, harmed, spans, because, way_out, state))
        return clashes

    def _meeting(self, numbers: tuple[int, ...], harmed: Sequence[int]) -> str:
        """Where what the plans do first adds up, on the way to the elements: which spare or reserve is used up."""
        together = self.run(numbers)
        fewer = [self.run(tuple(n for n in numbers if n != left_out)) for left_out in numbers]
        words = []
        for element in harmed:
            for edge in together.path(self.projection, element):
                at = int(self.projection.edges.dependent[edge])
                if together.worst(at) > max(run.worst(at) for run in fewer):
                    words.append(self._used_up(edge, at, together))
                    break
        return "; ".join(list(dict.fromkeys(words))[:3]) or "they add up"

    def _used_up(self, edge: int, at: int, together: Timed) -> str:
        p = self.projection
        if not p.is_group(at):
            held = self.times.tolerance.get(edge, 0)
            names = f"{p.labels[at]} → {self._name(int(p.edges.provider[edge]))}"
            return f"the reserve of {held // 60:,} min of {names} is used up" if held else f"{names} is hit"
        number = at - len(p)
        owner = self._name(at)
        needed, size = int(p.groups.k[number]), int(p.groups.size[number])
        if together.worst(at) is State.DOWN:
            return f"the spares of {owner} are used up ({needed} of {size} must work)"
        return f"{owner} has fewer spares left ({needed} of {size} must work)"

    def _name(self, vertex: int) -> str:
        """An element's name; of a group, that of the element whose group it is."""
        while self.projection.is_group(vertex):
            start, order = self.projection.used_by
            vertex = int(self.projection.edges.dependent[order[start[vertex]]])
        return self.projection.labels[vertex]

    def _apart(self, numbers: tuple[int, ...], harmed: Sequence[int], state: State) -> str:
        """The first move of one change behind the others that is seen to end the collision."""
        chosen = [self.plans[number] for number in numbers]
        for plan in sorted(self.movable & set(chosen), key=lambda p: (-p.start, p.record)):
            others = [other for other in chosen if other is not plan]
            behind = max(other.end for other in others)
            if behind >= FOREVER or plan.what != "change":
                continue
            moved = _moved(plan, behind - plan.start)
            run = self._timed([*others, moved])
            if all(run.worst(element) < state for element in harmed):
                return f"start '{plan.name}' at {told(behind, self.zone)} or later"
        open_ones = [plan for plan in chosen if plan.end >= FOREVER]
        if open_ones:
            return f"wait until {_names(open_ones)} is over"
        return f"take one of {_names(chosen)} out"

    def resources(self) -> Iterator[Clash]:
        """Pairs of changes at the same time that need the same, or of which one takes what the other needs."""
        changes = [plan for plan in self.plans if plan.what == "change"]
        for one, other in combinations([plan for plan in changes if plan.by or plan.needs or plan.approvers], 2):
            shared = at_least(2, [self._needed_in(one), self._needed_in(other)])
            if shared:
                yield from self._people(one, other, shared)
                tools = set(one.needs) & set(other.needs)
                if tools:
                    because = f"both need {self._labels(tools)} for their back-out"
                    yield Clash("tool", (one, other), tuple(sorted(tools)), shared, because, _move(one, other))
        for one in self.plans:
            for other in changes:
                if one is not other and other.needs:
                    yield from self._back_out(one, other)

    def _people(self, one: Plan, other: Plan, shared: Spans) -> Iterator[Clash]:
        """Who carries out both; who approves one approval after the other is no collision."""
        both = self._persons(one.by, one) & self._persons(other.by, other)
        if both:
            because = f"both are carried out by {self._labels(both)}"
            yield Clash("person", (one, other), tuple(sorted(both)), shared, because, _move(one, other))
        for plan, second in ((one, other), (other, one)):
            away = (self._persons(plan.approvers, plan) & self._persons(second.by, second)) - both
            if away:
                because = f"'{plan.name}' is approved and '{second.name}' carried out by {self._labels(away)}"
                yield Clash("person", (plan, second), tuple(sorted(away)), shared, because, _move(one, other))

    def _persons(self, actors: Sequence[int], plan: Plan) -> set[int]:
        """Those who act for the actors when the plan begins."""
        at = datetime.fromtimestamp(plan.start, UTC) if abs(plan.start) < FOREVER else None
        return {person for actor in actors for person in holders(self.records.store, self.projection, actor, at=at)}

    def _back_out(self, one: Plan, other: Plan) -> Iterator[Clash]:
        """What the other needs to be undone, while the first has it down or degraded."""
        run = self.run((self.number[one],))
        for need in other.needs:
            state = min(run.worst(need), State.DOWN)
            if state >= State.DEGRADED:
                spans = at_least(2, [run.of(need, State.DEGRADED), self._needed_in(other)])
                if spans:
                    because = f"'{one.name}' takes {self.projection.labels[need]}, which undoing '{other.name}' needs"
                    way_out = _move(one, other) if one.what == "change" else f"wait until '{one.name}' is over"
                    yield Clash("back-out", (one, other), (need,), spans, because, way_out, state)

    @staticmethod
    def _needed_in(plan: Plan) -> Spans:
        """When a change is made or undone: its window, and the time of its back-out after it."""
        return merged((start, later(end, plan.back_out or 0)) for start, end in plan.window)

    def calendar(self) -> Iterator[Clash]:
        """Changes in a freeze, in the peak or service hours of what they take, or outside the maintenance windows."""
        for plan in self.plans:
            if plan.what == "change":
                yield from self._frozen(plan)
                yield from self._busy(plan)
                yield from self._outside(plan)

    def _frozen(self, plan: Plan) -> Iterator[Clash]:
        """A freeze of an element is one of all whose change it would feel; without one, everything."""
        for freeze in self.records.freezes:
            spans = at_least(2, [(freeze.span,), plan.window])
            if not spans or plan.type in freeze.allows:
                continue
            run = self.run((self.number[plan],))
            under = {e for e in freeze.elements or plan.elements if e in plan.elements or run.worst(e)}
            if under:
                allowed = f"; allowed is {', '.join(freeze.allows)}" if freeze.allows else ""
                because = f"'{freeze.name}' does not allow a {plan.type or 'change'} change{allowed}"
                if not plan.type:
                    because = f"'{freeze.name}' allows some types of change at most, and none is said{allowed}"
                way_out = f"start '{plan.name}' at {told(freeze.span[1], self.zone)} or later"
                yield Clash("freeze", (plan,), tuple(sorted(under)), spans, because, way_out)

    def _busy(self, plan: Plan) -> Iterator[Clash]:
        """What the plan takes down or degrades while it is promised, or used most."""
        run = self.run((self.number[plan],))
        for what, told_hours, words in self._hours:
            for element, hours in told_hours:
                down = tuple(span for span in run.of(element, State.DEGRADED) if abs(span[0]) < FOREVER)
                if not down:
                    continue
                busy = week_spans(hours, (down[0][0], down[-1][1]), self._zone(element))
                if busy is None:
                    said = f"{words} of {self.projection.labels[element]} are not understood"
                    self._unclear.setdefault(said, {})[hours] = None
                spans = at_least(2, [busy, down]) if busy else ()
                if spans:
                    because = f"{self.projection.labels[element]} is {run.worst(element).words} in its {words}: {hours}"
                    way_out = f"move '{plan.name}' out of these hours"
                    yield Clash(what, (plan,), (element,), spans, because, way_out, run.worst(element))

    def _zone(self, element: int) -> str:
        zone = self.records.zone(element)
        if not zone:
            said = f"hours of {self.projection.labels[element]} are read in UTC"
            self._unclear[said] = {"no time zone is said": None}
        return zone

    @cached_property
    def _hours(self) -> tuple[tuple[str, list[tuple[int, str]], str], ...]:
        """Peak hours, peaks of analyses, and service hours, but those that last all day."""
        store = self.records.store
        analysed = [
            (element, hours) for analysis, element in store.pairs(t.ANALYSES) for hours in self._peaks[analysis]
        ]
        promised = [pair for pair in store.pairs(t.SERVICE_HOURS) if week_of(pair[1]) is not ALL_WEEK]
        return (
            ("peak", self._by_element([*store.pairs(t.PEAK_HOURS), *analysed]), "peak hours"),
            ("hours", self._by_element(promised), "service hours"),
        )

    @cached_property
    def _peaks(self) -> Mapping[str, list[str]]:
        found: defaultdict[str, list[str]] = defaultdict(list)
        for analysis, hours in self.records.store.pairs(t.PEAK_PERIOD):
            found[analysis].append(hours)
        return found

    def _by_element(self, pairs: Sequence[tuple[str, str]]) -> list[tuple[int, str]]:
        index = self.projection.index
        return sorted({(index[iri], hours) for iri, hours in pairs if iri in index})

    def _outside(self, plan: Plan) -> Iterator[Clash]:
        """Elements that have maintenance windows, worked on at another time."""
        windows: dict[int, list[tuple[int, int]]] = {}
        for each in self.records.windows:
            for element in each.elements:
                windows.setdefault(element, []).extend(each.window)
        for element in plan.elements:
            inside = merged(windows.get(element, ()))
            if inside and at_least(2, [inside, plan.window]) != plan.window:
                because = f"it leaves the maintenance windows of {self.projection.labels[element]}"
                way_out = f"move '{plan.name}' into a window, or have its time allowed"
                yield Clash("window", (plan,), (element,), plan.window, because, way_out)

    def _labels(self, elements: Collection[int]) -> str:
        return " and ".join(sorted(self.projection.labels[v] for v in elements))


def _moved(plan: Plan, by: int) -> Plan:
    """The plan so many seconds later."""
    changes = tuple(
        replace(c, windows=tuple((later(a, by), later(b, by)) for a, b in c.windows), surely=None) for c in plan.changes
    )
    return replace(plan, changes=changes)


def _move(one: Plan, other: Plan) -> str:
    return f"move '{one.name}' or '{other.name}'"


def _names(plans: Sequence[Plan]) -> str:
    return " and ".join(f"'{plan.name}'" for plan in plans)


def answer(projection: Projection, result: Schedule, *, zone: tzinfo = UTC, findings: Sequence[str] = ()) -> Answer:
    """What stands in the way as rows, joint collisions first; findings about records are told beside them."""
    changes, open_ = sum(plan.what == "change" for plan in result.plans), result.readings is not None
    title = f"{count(len(result.clashes), 'collision')} of {count(changes, 'planned change')}"
    return Answer(
        title=title if result.plans or result.clashes else "no collision: the map shows no change in this time",
        of="collisions",
        columns=(*_COLUMNS, "for certain") if open_ else _COLUMNS,
        rows=tuple((*_row(projection, clash, zone), *((clash.sure,) if open_ else ())) for clash in result.clashes),
        facts={
            "revision": projection.revision,
            **({"profile": result.readings.profile.value} if result.readings else {}),
            "sets": result.looked_at,
            "possible sets": result.possible,
        },
        notes=(*_assumed(projection, result), *result.cuts, *findings),
    )


_COLUMNS = ("kind", "changes", "elements", "state", "from", "until", "because", "way out")


def _assumed(projection: Projection, result: Schedule) -> Iterator[str]:
    """On what it rests, of all that rests on what is planned."""
    changed = sorted({element for plan in result.plans for element in plan.elements})
    if changed:
        yield from assumptions(projection, reach(projection, changed).elements.tolist(), result.readings)
    if not all(clash.sure for clash in result.clashes):
        yield "what is not certain depends on how what is open turns out"
    if result.between:
        yield (
            f"at most {count(result.between, 'more set', 'more sets')} of changes may collide: neither where all that "
            "is open is at its worst, nor at its best, but between"
        )


def _row(projection: Projection, clash: Clash, zone: tzinfo) -> tuple[str | list[str], ...]:
    start, end = (clash.spans[0][0], clash.spans[-1][1]) if clash.spans else (-FOREVER, FOREVER)
    return (
        clash.what,
        [plan.name for plan in clash.plans],
        sorted(projection.labels[element] for element in clash.elements),
        clash.state.words if clash.state else "",
        told(start, zone),
        told(end, zone),
        clash.because,
        clash.way_out,
    )
