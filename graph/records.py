"""What is planned, under way or broken at a time? Change records, windows, freezes, incidents and reported states.

A record says what it affects, not how. A change is taken to have its elements down in its window. An incident is taken
to have them down, and for certain only degraded, unless it is major. Who reported a state since it began decides.
Nobody knows when an open incident ends: it may go on for ever, and is certain only up to the time that is asked about.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from functools import cached_property

import numpy as np

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.elements import all_of
from graph.analysis.windows import FOREVER, Spans, at_least, merged
from graph.hours import Period, week_of, zone_of
from graph.model import Finding, InputError, Severity
from graph.projection import Projection
from graph.store import DERIVED, ONTOLOGY, Reader
from graph.validation import Places
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Freeze", "Plan", "Records", "seconds", "week_spans"]

_LONGEST = 366 * 86_400
_OPEN = {"", "proposed", "approved"}
_RUNNING = "in progress"


@dataclass(frozen=True, slots=True)
class Plan:
    """A record with the changes that it stands for.

    ``what``       "change", "incident", "reported state" or "maintenance window"
    ``record``     its element in the map; of a reported state, the element that it is about
    ``start``, ``end``   seconds since 1970, from the earliest start to the latest end
    ``type``       standard, normal or emergency; "" where it is not said
    ``state``      how far a change has come; "" where it is not said
    ``by``, ``approvers``, ``needs``   who carries it out, who approves it, what its back-out needs
    ``zone``       of a change, the one in which its start is written
    ``back_out``   seconds that it takes to undo it, ``no_return`` the moment after which one cannot
    """

    what: str
    record: int
    name: str
    start: int
    end: int
    changes: tuple[Change, ...]
    type: str = ""
    state: str = ""
    by: tuple[int, ...] = ()
    approvers: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    back_out: int | None = None
    no_return: int | None = None
    zone: tzinfo = UTC

    @property
    def elements(self) -> tuple[int, ...]:
        """What it is about."""
        return tuple(dict.fromkeys(change.element for change in self.changes))

    def same_as(self, other: Plan) -> bool:
        """Whether both are readings of one record; a what-if may give it another time."""
        return (self.what, self.record) == (other.what, other.record)

    @property
    def window(self) -> Spans:
        """When it may be under way."""
        return merged(span for change in self.changes for span in change.windows)


@dataclass(frozen=True, slots=True)
class Freeze:
    """A time in which elements, or all where none are named, are not to be changed but by the types that it allows."""

    record: int
    name: str
    span: tuple[int, int]
    elements: tuple[int, ...]
    allows: tuple[str, ...]


def seconds(moment: datetime) -> int:
    """Seconds since 1970."""
    return round(moment.timestamp())


def week_spans(hours: str, span: tuple[int, int], zone: str = "") -> Spans | None:
    """When weekly hours hold within a span of at most a year; None where the hours are not understood.

    >>> week_spans("Sat 02:00-04:00", (1_796_860_800, 1_797_465_600))
    ((1797040800, 1797048000),)
    """
    week = week_of(hours)
    if week is None:
        return None
    first, last = span[0] // 60 * 60, min(span[1], span[0] + _LONGEST)
    length = max(0, -(-(last - first) // 60))
    period = Period("", length, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(first + length * 60, UTC))
    inside = np.concatenate([[False], week[period.week_minutes(zone_of(zone))], [False]])
    turns = (np.flatnonzero(inside[1:] != inside[:-1]) * 60 + first).tolist()
    return merged((max(a, span[0]), min(b, span[1])) for a, b in zip(turns[::2], turns[1::2], strict=True))


@dataclass(frozen=True, eq=False)
class Records:
    """Reads the records of a map as they stand at a time.

    ``at``     seconds since 1970: what is over by then is not read, what is open then is
    ``until``  what begins later is not read
    """

    store: Reader
    projection: Projection
    at: int
    until: int = FOREVER
    _findings: list[Finding] = field(default_factory=list)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Records that say something that cannot be; they are left out."""
        _ = self.changes, self.windows, self.freezes, self.incidents, self.reported
        return tuple(dict.fromkeys(self._findings))

    @cached_property
    def changes(self) -> tuple[Plan, ...]:
        """Changes that are planned or under way, by their start."""
        found = [plan for v in self._of(t.CHANGE) if (plan := self._change(v)) and self._now(plan)]
        return tuple(sorted(found, key=lambda plan: (plan.start, plan.record)))

    def change(self, name: str) -> Plan:
        """The change record of a name, whatever its state and time.

        Raises InputError where there is none, or where it says something that cannot be.
        """
        record = self.projection.find(name)
        if not self._is_a(record, t.CHANGE):
            label = self.projection.labels[record]
            raise InputError.of(
                f"'{label}' is no change record", remedy="name a change, or ask about the element itself"
            )
        plan = self._change(record)
        if plan is None:
            raise InputError(*(f for f in self._findings if f.subject == self.projection.iris[record]))
        return plan

    @cached_property
    def running(self) -> tuple[Plan, ...]:
        """Changes that are under way when the time that is asked about begins."""
        return tuple(plan for plan in self.changes if plan.state == _RUNNING and plan.start <= self.at)

    @cached_property
    def incidents(self) -> tuple[Plan, ...]:
        """Incidents that are open at the time."""
        return tuple(plan for v in self._of(t.INCIDENT) if (plan := self._incident(v)))

    @cached_property
    def reported(self) -> tuple[Plan, ...]:
        """The last state reported of each element, where it is degraded or down, and no open incident tells it."""
        told = {element for plan in self.incidents for element in plan.elements}
        found = []
        for element, (moment, state) in sorted(self._states.items()):
            if state in _REPORTED and element not in told:
                name = f"{self.projection.labels[element]} reported {state}"
                change = self._lasting(_REPORTED[state], element, moment, name)
                found.append(Plan("reported state", element, name, moment, FOREVER, (change,)))
        return tuple(found)

    @cached_property
    def baseline(self) -> tuple[Plan, ...]:
        """All that is not well already: open incidents, changes under way, reported states."""
        return (*self.incidents, *self.running, *self.reported)

    def spent(self, since: int) -> tuple[tuple[Change, ...], tuple[Change, ...]]:
        """What incidents have taken since then, up to the time that is asked about, and what changes that were made."""
        span = ((since, self.at),)
        told = [plan for v in self._of(t.INCIDENT) if (plan := self._incident(v, since=since))]
        made = [plan for v in self._of(t.CHANGE) if (plan := self._change(v)) and plan.state in _MADE]
        incidents = (change for plan in told for change in plan.changes)
        changes = (change for plan in made for change in plan.changes)
        return tuple(_within(incidents, span)), tuple(_within(changes, span))

    def past(self, elements: Sequence[int]) -> tuple[tuple[Plan, tuple[str, ...]], ...]:
        """Changes of these elements that were made before, the latest first, with the incidents that each caused."""
        caused: dict[str, list[str]] = {}
        for incident, change in sorted(self.store.pairs(t.CAUSED_BY_CHANGE)):
            if incident in self.projection.index:
                caused.setdefault(change, []).append(self.projection.labels[self.projection.index[incident]])
        found = []
        for v in self._of(t.CHANGE):
            plan = self._change(v)
            if plan and plan.state in _MADE and set(plan.elements) & set(elements) and plan.start < self.at:
                found.append((plan, tuple(caused.get(self.projection.iris[v], ()))))
        return tuple(sorted(found, key=lambda each: (-each[0].start, each[0].record)))

    @cached_property
    def windows(self) -> tuple[Plan, ...]:
        """Maintenance windows: when work on elements may interrupt them."""
        return tuple(plan for v in self._of(t.MAINTENANCE_WINDOW) if (plan := self._window(v)))

    @cached_property
    def freezes(self) -> tuple[Freeze, ...]:
        """Change freezes that are not over."""
        found = []
        for v in self._of(t.CHANGE_FREEZE):
            said = self._said(v)
            span, elements = self._span(v, said), self._elements(said, t.AFFECTS)
            held = bool(elements) or t.AFFECTS not in said
            if span and held and span[1] > self.at and span[0] < self.until:
                found.append(Freeze(v, self.projection.labels[v], span, elements, self._words(said, t.FREEZE_ALLOWS)))
        return tuple(found)

    def zone(self, element: int) -> str:
        """The time zone of the weekly hours of an element: its own, or its owner's; "" where neither says one."""
        said = self._said(element)
        owners = [self._said(owner) for owner in self._elements(said, t.OWNED_BY)]
        zone = next((zone for each in (said, *owners) for zone in each.get(t.TIME_ZONE, ())), "")
        try:
            zone_of(zone)
        except InputError:
            self._tell(
                element, f"lies in the time zone '{zone}', which is not known", "write one such as Europe/Amsterdam"
            )
            return ""
        return zone

    def _now(self, plan: Plan) -> bool:
        """Whether a change is planned or under way; one whose time is over but that nobody closed is told."""
        if plan.state == _RUNNING:
            return plan.start < self.until
        if plan.state not in _OPEN or plan.start >= self.until:
            return False
        if plan.end <= self.at:
            self._tell(plan.record, "is over, and its state is still open", "say 'done', 'backed out' or 'rejected'")
        return plan.end > self.at

    def _change(self, record: int) -> Plan | None:
        said = self._said(record)
        elements, span = self._elements(said, t.AFFECTS), self._span(record, said)
        state = next(iter(self._words(said, t.CHANGE_STATE)), "")
        if span is None or not self._has(record, elements):
            return None
        start, end = span
        if start == -FOREVER and state in _OPEN:
            self._tell(record, "has no planned start", "give it 'planned_start'")
            return None
        late = state == _RUNNING and end <= self.at
        name, surely = self.projection.labels[record], () if end == FOREVER else ((start, end),)
        end = FOREVER if late else end
        changes = [Change(ChangeKind.MAINTENANCE, e, ((start, end),), surely, name) for e in elements]
        minutes, gone = self._number(said, t.BACK_OUT_MINUTES), self._moment(said, t.POINT_OF_NO_RETURN)
        return Plan(
            "change", record, name, start, end, tuple(changes),
            type=next(iter(self._words(said, t.CHANGE_TYPE)), ""),
            state=state,
            by=self._elements(said, t.CARRIED_OUT_BY),
            approvers=self._approvers(said),
            needs=self._elements(said, t.BACK_OUT_NEEDS),
            back_out=None if minutes is None else round(minutes * 60),
            no_return=gone,
            zone=self._zone_of(said, t.PLANNED_START) or UTC,
        )  # fmt: skip

    def _incident(self, record: int, *, since: int | None = None) -> Plan | None:
        """An incident that is open at the time; with ``since`` one that was open after that."""
        oldest = self.at if since is None else since
        said = self._said(record)
        started, end = self._moment(said, t.STARTED_AT), self._moment(said, t.RESTORED_AT)
        start = self._moment(said, t.DETECTED_AT) if started is None else started
        if start is None or start >= self.until or (end is not None and start < end <= oldest):
            return None
        elements = self._elements(said, t.AFFECTS)
        if end is not None and end <= start:
            began, key = ("started", "started_at") if started is not None else ("was noticed", "detected_at")
            self._tell(record, f"is restored before it {began}", f"correct '{key}' or 'restored_at'")
            return None
        if not self._has(record, elements):
            return None
        major = "major" in self._words(said, t.SEVERITY)
        changes = [c for e in elements for c in self._broken(record, e, start, end, major=major)]
        return Plan("incident", record, self.projection.labels[record], start, end or FOREVER, tuple(changes))

    def _broken(self, record: int, element: int, start: int, end: int | None, *, major: bool) -> Iterator[Change]:
        name = self.projection.labels[record]
        moment, state = self._states.get(element, (-FOREVER, ""))
        if moment >= start and state == "working":
            self._tell(
                record, f"is open, but {self.projection.labels[element]} was reported working", "close one of them"
            )
        if moment >= start and state in _REPORTED:
            yield self._lasting(_REPORTED[state], element, start, name, end)
        elif major:
            yield self._lasting(ChangeKind.OUTAGE, element, start, name, end)
        else:
            yield Change(ChangeKind.OUTAGE, element, ((start, end or FOREVER),), (), name)
            yield self._lasting(ChangeKind.DEGRADATION, element, start, name, end)

    def _lasting(self, kind: ChangeKind, element: int, start: int, name: str, end: int | None = None) -> Change:
        """What began, and goes on until it is known to end: certain until the time that is asked about."""
        if end is not None:
            return Change(kind, element, ((start, end),), None, name)
        return Change(kind, element, ((start, FOREVER),), ((start, self.at),) if start < self.at else (), name)

    def _window(self, record: int) -> Plan | None:
        said = self._said(record)
        span, elements = self._span(record, said), self._elements(said, t.AFFECTS)
        if span is None or not self._has(record, elements) or span[1] <= self.at or span[0] >= self.until:
            return None
        hours, spans = next(iter(said.get(t.RECURRENCE, ())), ""), merged([span])
        if hours:
            within = max(span[0], self.at), min(span[1], self.until, self.at + _LONGEST)
            found = week_spans(hours, within, self.zone(record) or self.zone(elements[0]))
            if found is None:
                self._tell(record, f"repeats '{hours}', which is not understood", "write it as 'Sat 02:00-04:00'")
                return None
            spans = found
        if not spans:
            return None
        name = self.projection.labels[record]
        changes = tuple(Change(ChangeKind.MAINTENANCE, e, spans, None, name) for e in elements)
        return Plan("maintenance window", record, name, spans[0][0], spans[-1][1], changes)

    @cached_property
    def _states(self) -> Mapping[int, tuple[int, str]]:
        """The last state that was reported of each element, up to the time, and when."""
        found: dict[int, tuple[int, str]] = {}
        for iri, status in sorted(self.store.pairs(t.HAS_STATUS)):
            said = self._about(status)
            moment, state = self._moment(said, t.OBSERVED_AT), next(iter(self._words(said, t.OPERATIONAL_STATE)), "")
            element = self.projection.index.get(iri)
            if element is not None and moment is not None and moment <= self.at:
                found[element] = max(found.get(element, (-FOREVER, "")), (moment, state))
        return found

    def _span(self, record: int, said: Mapping[str, Sequence[str]]) -> tuple[int, int] | None:
        """From the planned start to the planned end; None, and a finding, where it ends before it starts."""
        start, end = self._moment(said, t.PLANNED_START), self._moment(said, t.PLANNED_END)
        if start is not None and end is not None and end <= start:
            self._tell(record, "ends before it starts", "correct 'planned_start' or 'planned_end'")
            return None
        return -FOREVER if start is None else start, FOREVER if end is None else end

    def _has(self, record: int, elements: Sequence[int]) -> bool:
        if not elements:
            self._tell(record, "affects nothing", "say what it 'affects'")
        return bool(elements)

    def _tell(self, record: int, message: str, remedy: str) -> None:
        iri = self.projection.iris[record]
        message = f"'{self.projection.labels[record]}' {message}"
        self._findings.append(Finding(Severity.WARNING, "record", iri, self._places.of(iri), message, remedy))

    @cached_property
    def _places(self) -> Places:
        return Places(self.store)

    def _of(self, kind: str) -> list[int]:
        return all_of(self.projection, kind)

    def _is_a(self, element: int, kind: str) -> bool:
        return vocabulary().is_a(self.projection.classes[element], kind)

    def _said(self, element: int) -> Mapping[str, Sequence[str]]:
        return self._about(self.projection.iris[element])

    def _about(self, iri: str) -> Mapping[str, Sequence[str]]:
        said: dict[str, set[str]] = {}
        for predicate, value, graph in self.store.about(iri):
            if graph not in (DERIVED, ONTOLOGY):
                said.setdefault(predicate, set()).add(value.text)
        return {predicate: sorted(values) for predicate, values in said.items()}

    def _elements(self, said: Mapping[str, Sequence[str]], predicate: str) -> tuple[int, ...]:
        index = self.projection.index
        return tuple(sorted(index[iri] for iri in said.get(predicate, ()) if iri in index))

    def _approvers(self, said: Mapping[str, Sequence[str]]) -> tuple[int, ...]:
        found = {v for part in said.get(t.HAS_APPROVAL, ()) for v in self._elements(self._about(part), t.APPROVER)}
        return tuple(sorted(found))

    @staticmethod
    def _words(said: Mapping[str, Sequence[str]], predicate: str) -> tuple[str, ...]:
        codes = vocabulary().codes
        return tuple(codes[iri].key for iri in said.get(predicate, ()) if iri in codes)

    @staticmethod
    def _moment(said: Mapping[str, Sequence[str]], predicate: str) -> int | None:
        """In the time zone that is written; without one, UTC; None for what is no moment."""
        return next(map(seconds, _written(said, predicate)), None)

    @staticmethod
    def _zone_of(said: Mapping[str, Sequence[str]], predicate: str) -> tzinfo | None:
        """The time zone that is written; None for what is no moment."""
        return next((moment.tzinfo for moment in _written(said, predicate)), None)

    @staticmethod
    def _number(said: Mapping[str, Sequence[str]], predicate: str) -> float | None:
        for text in said.get(predicate, ()):
            try:
                return float(text)
            except ValueError:
                continue
        return None


def _written(said: Mapping[str, Sequence[str]], predicate: str) -> Iterator[datetime]:
    for text in said.get(predicate, ()):
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            continue
        yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)


_MADE = {"done", "backed out"}
_REPORTED = {"down": ChangeKind.OUTAGE, "degraded": ChangeKind.DEGRADATION}


def _within(changes: Iterable[Change], span: Spans) -> Iterator[Change]:
    """What of the changes has certainly been so within a span."""
    for change in changes:
        sure = at_least(2, [merged(change.windows if change.surely is None else change.surely), span])
        if sure:
            yield replace(change, windows=sure, surely=None)
