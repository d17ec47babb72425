"""Which promises does a change use up, and which does it break? Minutes lost beside the minutes that are allowed.

Counted is what the agreement counts: in its service hours, in its time zone, in the period that the change lies in;
degraded service and planned time as the agreement says. At most and at least are told where they differ. What real
incidents have already used up of the same budget is added where it is known.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from graph.analysis.changes import ChangeKind
from graph.analysis.judgement import Judgement
from graph.analysis.known import Known
from graph.analysis.states import State
from graph.analysis.timed import Timed
from graph.analysis.windows import FOREVER, Spans, merged
from graph.answer import Answer, count
from graph.figures import Agreement, Objective, span_words
from graph.hours import ALWAYS as ALL_HOURS
from graph.hours import Period, period

__all__ = ["Budget", "Spent", "Verdict", "answer", "budgets", "minutes_in", "promise_words"]

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
PLANNED = {ChangeKind.MAINTENANCE, ChangeKind.REPLACEMENT}


class Verdict(Enum):
    """What becomes of a promise."""

    BROKEN = "broken"
    MAY_BREAK = "may break"
    ALREADY = "broken already"
    KEPT = "kept"
    OPEN = "no window: not counted"


@dataclass(frozen=True, slots=True)
class Budget:
    """One promise of which a change takes something; minutes, ``None`` where the change has no window.

    ``allowed``   what the promise leaves for outages in the period, or the longest outage that it allows
    ``most``, ``least``  what the change takes of it, ``before`` what is known to be used already
    ``counted``   minutes of the period that the promise is about, ``end`` the first moment after it
    """

    agreement: Agreement
    objective: Objective
    service: int
    period: str
    allowed: float
    most: float | None
    least: float | None
    before: float
    excluded: bool
    counted: float = 0.0
    end: datetime | None = None

    @property
    def left(self) -> float:
        """What is left of the allowance before the change."""
        return max(0.0, self.allowed - self.before)

    @property
    def breaks(self) -> bool:
        """Whether the change breaks the promise, or may."""
        return self.verdict in (Verdict.BROKEN, Verdict.MAY_BREAK)

    @property
    def verdict(self) -> Verdict:
        """Broken for certain, perhaps, or kept; broken already where nothing was left of it before the change."""
        if self.most is None or self.least is None:
            return Verdict.OPEN
        if self.before > self.allowed + 1e-9:
            return Verdict.ALREADY
        if self.least + self.before > self.allowed + 1e-9:
            return Verdict.BROKEN
        return Verdict.MAY_BREAK if self.most + self.before > self.allowed + 1e-9 else Verdict.KEPT


@dataclass(frozen=True, slots=True, eq=False)
class Spent:
    """What incidents have taken already, and what planned work has, for certain."""

    incidents: Timed
    planned: Timed

    def of(self, service: int, objective: Objective) -> Spans:
        """When a promise about the service was not kept; planned work where it counts."""
        lost = _lost(self.incidents, service, objective)
        return lost if objective.planned_time_excluded else merged([*lost, *_lost(self.planned, service, objective)])


def budgets(known: Known, judgement: Judgement, *, used: Spent | None = None) -> tuple[Budget, ...]:
    """The promises about what the change hits, the worst first; where nothing is counted, those that allow least.

    Args:
        known: the map with its figures and agreements.
        judgement: what the change does.
        used: what incidents and planned work have taken before.
    """
    hit = {bracket.element for bracket in judgement.affected} | {change.element for change in judgement.changes}
    counted = _Counted()
    found = [
        budget
        for agreement in known.agreements
        for iri in agreement.covers
        if (service := known.projection.index.get(iri)) in hit and service is not None
        for objective in agreement.objectives
        if (budget := _budget(known, judgement, agreement, objective, service, used, counted)) is not None
    ]
    place = {verdict: number for number, verdict in enumerate(Verdict)}
    labels = known.projection.labels
    found.sort(
        key=lambda b: (
            place[b.verdict],
            -(b.most or 0.0),
            b.allowed if b.most is None else 0.0,
            labels[b.service],
            b.objective.iri,
        )
    )
    return tuple(found)


def _budget(
    known: Known,
    judgement: Judgement,
    agreement: Agreement,
    objective: Objective,
    service: int,
    used: Spent | None,
    counted: _Counted,
) -> Budget | None:
    if objective.metric == "availability" and objective.percent is not None:
        return _share(known, judgement, agreement, objective, service, used, counted)
    if objective.metric == "restore time" and objective.within is not None:
        most, least = (_longest(_lost(run, service, objective)) for run in (judgement.most, judgement.least))
        if most == 0:
            return None
        return Budget(
            agreement, objective, service, "each outage", float(objective.within), most, least, 0.0, excluded=False
        )
    return None


def _share(
    known: Known,
    judgement: Judgement,
    agreement: Agreement,
    objective: Objective,
    service: int,
    used: Spent | None,
    counted: _Counted,
) -> Budget | None:
    excluded = objective.planned_time_excluded and all(change.kind in PLANNED for change in judgement.changes)
    most, least = (_lost(run, service, objective) for run in (judgement.most, judgement.least))
    if not most:
        return None
    zone = known.zone(service, agreement)
    begin = most[0][0]
    stretch, until = counted.period(objective.period or "month", begin, zone)
    hours = known.hours(service, objective, [])
    week = ALL_HOURS if hours is None else hours
    within = counted.within(stretch, week, zone)
    allowed = within * float(100 - (objective.percent or 0)) / 100
    before = counted.minutes(used.of(service, objective) if used else (), stretch, week, zone)
    if begin <= -FOREVER:
        return Budget(agreement, objective, service, stretch.words, allowed, None, None, before, excluded)
    taken, sure = (0.0 if excluded else counted.minutes(spans, stretch, week, zone) for spans in (most, least))
    return Budget(agreement, objective, service, stretch.words, allowed, taken, sure, before, excluded, within, until)


class _Counted:
    """What was counted already: most promises are about the same times in the same hours of the same period."""

    def __init__(self) -> None:
        self._periods: dict[tuple[str, int, str], tuple[Period, datetime | None]] = {}
        self._within: dict[tuple[Period, int, str], float] = {}
        self._minutes: dict[tuple[Spans, Period, int, str], float] = {}
        self._weeks: list[Bools] = []  # so that the number of each stays its own

    def period(self, kind: str, begin: int, zone: ZoneInfo) -> tuple[Period, datetime | None]:
        """The period that a moment lies in, and its end there; a nominal one, without an end, for none."""
        key = kind, begin, zone.key
        if key not in self._periods:
            day = None if begin <= -FOREVER else datetime.fromtimestamp(begin, UTC).astimezone(zone).date()
            stretch = period(kind, on=day, zone=zone)
            self._periods[key] = stretch, None if stretch.end is None else stretch.end.astimezone(zone)
        return self._periods[key]

    def within(self, stretch: Period, week: Bools, zone: ZoneInfo) -> float:
        """How many minutes of a period lie in the hours of a week."""
        key = stretch, self._number(week), zone.key
        if key not in self._within:
            nominal = stretch.start is None
            hours = np.count_nonzero(week) if nominal else _so_far_in(stretch, week, zone)[1][-1]
            self._within[key] = float(hours) * stretch.scale
        return self._within[key]

    def minutes(self, spans: Spans, stretch: Period, week: Bools, zone: ZoneInfo) -> float:
        """As ``minutes_in``."""
        key = spans, stretch, self._number(week), zone.key
        if key not in self._minutes:
            self._minutes[key] = minutes_in(spans, stretch, week, zone)
        return self._minutes[key]

    def _number(self, week: Bools) -> int:
        number = next((n for n, each in enumerate(self._weeks) if each is week), len(self._weeks))
        if number == len(self._weeks):
            self._weeks.append(week)
        return number


def _lost(run: Timed, service: int, objective: Objective) -> Spans:
    return run.of(service, State.DEGRADED if objective.degraded_counts else State.DOWN)


def _longest(spans: Spans) -> float | None:
    """Minutes of the longest outage; None for one without an end."""
    if any(end >= FOREVER or start <= -FOREVER for start, end in spans):
        return None
    return max((end - start for start, end in spans), default=0) / 60


def minutes_in(spans: Spans, stretch: Period, week: Bools, zone: ZoneInfo) -> float:
    """Minutes of the spans that lie in a period of the calendar and in the hours of a week; 0 in a nominal period."""
    if stretch.start is None or not spans:
        return 0.0
    (at, counts), origin = _so_far_in(stretch, week, zone), stretch.start.timestamp()
    places = [[min(max((moment - origin) / 60, 0.0), float(stretch.minutes)) for moment in span] for span in spans]
    return float(sum(np.interp(end, at, counts) - np.interp(start, at, counts) for start, end in places))


def _so_far_in(stretch: Period, week: Bools, zone: ZoneInfo) -> tuple[Floats, Floats]:
    assert stretch.start is not None  # a nominal period has no place in the calendar
    return _so_far(stretch.start, stretch.minutes, week.tobytes(), zone)


@lru_cache(maxsize=32)
def _so_far(start: datetime, minutes: int, week: bytes, zone: ZoneInfo) -> tuple[Floats, Floats]:
    """The minutes of a period, and how many up to each lie in the hours of a week: the same for many promises."""
    inside = np.frombuffer(week, np.bool_)[Period("", minutes, start).week_minutes(zone)]
    counts = np.concatenate([[0.0], np.cumsum(inside)])
    return np.arange(len(counts), dtype=float), counts


def answer(known: Known, found: tuple[Budget, ...], *, most: int | None = None) -> Answer:
    """The promises as rows: what is allowed, what is taken, what becomes of it; ``most`` cuts them, and says so."""
    labels, shown = known.projection.labels, found[:most]
    names = {
        iri: labels[known.projection.index[iri]] for b in shown if (iri := b.agreement.iri) in known.projection.index
    }
    cut = (f"the first {most:,} of {len(found):,} promises are listed",) if most and len(found) > most else ()
    verdicts = Counter(b.verdict for b in found)
    broken, already, open_ = (verdicts[each] for each in (Verdict.BROKEN, Verdict.ALREADY, Verdict.OPEN))
    return Answer(
        title=", ".join(
            (
                f"{count(len(found), 'promise')} hit",
                *([f"{broken:,} broken"] if open_ < len(found) or not found else []),
                *([f"{already:,} broken already"] if already else []),
                *([f"{open_:,} not counted" if open_ < len(found) else "not counted"] if open_ else []),
            )
        ),
        of="promises",
        columns=(
            "agreement",
            "service",
            "promise",
            "period",
            "allowed min",
            "used before",
            "left",
            "at least",
            "at most",
            "verdict",
        ),
        rows=tuple(
            (
                names.get(b.agreement.iri, b.agreement.iri),
                labels[b.service],
                promise_words(b.objective),
                b.period,
                _rounded(b.allowed),
                _rounded(None if b.verdict is Verdict.OPEN else b.before),
                _rounded(None if b.verdict is Verdict.OPEN else b.left),
                _rounded(b.least),
                _rounded(b.most),
                b.verdict.value,
            )
            for b in shown
        ),
        facts={"revision": known.projection.revision},
        notes=(*cut, *_notes(known, found)),
    )


def promise_words(objective: Objective) -> str:
    """What is promised, in a few words."""
    if objective.percent is not None and objective.metric == "availability":
        return f"available {objective.percent.normalize():f} %" + (
            ", degraded counts" if objective.degraded_counts else ""
        )
    return f"{objective.metric} within {span_words(float(objective.within or 0))}"


def _rounded(minutes: float | None) -> float | str:
    return "" if minutes is None else round(minutes, 1)


def _notes(known: Known, found: tuple[Budget, ...]) -> Iterator[str]:
    out = sorted({known.projection.labels[b.service] for b in found if b.excluded})
    if out:
        yield f"planned time does not count against the promises for {', '.join(out)}"
    open_ = sum(b.verdict is Verdict.OPEN for b in found)
    if open_ and open_ == len(found):
        yield (
            "nobody says when it happens, so nothing is counted, neither what it takes nor what is used already; "
            "choose a start and a length"
        )
    elif open_:
        yield f"{count(open_, 'promise')} not counted: how long it lasts decides, and nobody says when it ends"
    if any(b.verdict is Verdict.ALREADY for b in found):
        yield "broken already: incidents and earlier work had used up more than is allowed before this begins"
