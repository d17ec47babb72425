"""Does what we promise hold, given what was promised to us? Each path is cut at the nearest promise.

An OLA already contains the contract that underpins it, so nothing beneath a promise is looked at; the OLA is checked
by itself. Two numbers are compared with what was promised: *expected* (failures come independently, shared causes
counted once) and *guaranteed* (each allowance is used up, at the worst moment).
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from math import ceil, inf, isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from graph.analysis.assumed import assumptions
from graph.analysis.availability import names_of, rounded
from graph.analysis.calendar import longest_wait, minutes_within
from graph.analysis.guarantee import guaranteed
from graph.analysis.known import Known, unavailability_of
from graph.analysis.likelihood import Method, likelihood
from graph.analysis.restore import Restart
from graph.analysis.states import State
from graph.analysis.structure import Part, below, structure
from graph.answer import Answer, Cell, count
from graph.figures import Agreement, Objective
from graph.hours import NOMINAL_DAYS, period, week_of
from graph.natural import natural

__all__ = ["Backing", "Check", "Reliance", "answer", "check", "checks", "reliances", "reliances_answer"]

Bools = npt.NDArray[np.bool_]
_SLIGHTLY = 1 + 1e-9


@dataclass(frozen=True, slots=True)
class Backing:
    """A promise that another rests on.

    ``minutes``     that it allows, in the period and the hours of the other
    ``unpromised``  minutes of those hours that are outside of its own
    ``won``         by how many minutes the other would be better if it allowed none
    """

    vertex: int
    agreement: Agreement
    objective: Objective
    minutes: float
    unpromised: float = 0.0
    won: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Check:
    """One objective of one agreement, for one element that it covers; all numbers are minutes.

    ``period``      in words, "" where the objective is no share of a period
    ``allowed``     what was promised
    ``expected``    None where it is not worked out
    ``promised``    the guarantee of what is promised beneath, without what nobody promised; None: nothing adds up
    ``unbacked``    elements beneath that nobody promised: with them nothing is guaranteed
    ``own``         our own elements in between: they count as never failing by themselves in the guarantee
    ``missing``     elements without a figure: they count as never failing in what is expected
    ``weaker``      promises beneath that are weaker than the objective, where targets are only compared
    """

    agreement: Agreement
    objective: Objective
    vertex: int
    allowed: float
    period: str = ""
    expected: float | None = None
    exact: bool = True
    promised: float | None = None
    backing: tuple[Backing, ...] = ()
    unbacked: tuple[int, ...] = ()
    own: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    weaker: tuple[Backing, ...] = ()
    vertices: tuple[int, ...] = ()
    path: tuple[int, ...] = ()
    open_end: bool = False
    notes: tuple[str, ...] = ()

    @property
    def guaranteed(self) -> float | None:
        """``promised``, or ``inf`` when something that nobody promised can bring the element down by itself."""
        return inf if self.open_end else self.promised

    @property
    def slack(self) -> float | None:
        """What is left of the promise when every allowance beneath is used up; negative when it is too much."""
        return None if self.promised is None else self.allowed - self.promised

    @property
    def verdict(self) -> str:
        """In a few words."""
        if self.promised is None:
            if not self.backing:
                return "nothing promised beneath"
            return "weaker beneath" if self.weaker else "each beneath is strong enough"
        if self.expected is not None and self.expected > self.allowed * _SLIGHTLY:
            return "not expected to hold"
        if self.promised > self.allowed * _SLIGHTLY:
            return "not guaranteed"
        return "not backed" if self.open_end else "guaranteed"

    @property
    def renegotiate(self) -> Backing | None:
        """The promise beneath whose allowance costs most, when the sum is too much."""
        if self.weaker:
            return self.weaker[0]
        if self.slack is None or self.slack >= -1e-9 * self.allowed or not self.backing:
            return None
        dearest = max(self.backing, key=lambda backing: (backing.won, -backing.vertex))
        return dearest if dearest.won > 0 else None


def check(known: Known, agreement: Agreement, objective: Objective, vertex: int) -> Check | None:
    """Compare one promise with those that it rests on; None for what cannot be compared.

    Shares of time add up by ``guaranteed``, restore times along the restart, percentiles not at all.
    """
    promise = _Promise(known, agreement, objective, vertex)
    if objective.metric == "availability" and objective.percent is not None:
        return promise.availability()
    if objective.metric == "restore time" and objective.within is not None:
        return promise.restore_time()
    return promise.compared() if objective.within is not None else None


def checks(known: Known, target: int | None = None, *, touching: Set[int] | None = None) -> list[Check]:
    """All promises of ours, or those for one element, by the element's name.

    Contracts with vendors are promises to us: what they rest on is not ours to see. An offering goes with its service.
    ``touching`` keeps the promises that any of these elements has a part in; none of the others looks at them.
    """
    above = None if touching is None else _Above(known, touching)
    asked = (each for each in _asked(known, target) if above is None or above.concerns(*each))
    found = [made for each in asked if (made := check(known, *each)) is not None]
    names = known.projection.labels
    return sorted(found, key=lambda c: (natural(names[c.vertex]), c.agreement.iri, c.objective.iri))


def _asked(known: Known, target: int | None) -> Iterator[tuple[Agreement, Objective, int]]:
    if target is not None:
        yield from ((*promise, target) for promise in known.objectives_of.get(target, ()))
        return
    for agreement in known.agreements:
        for objective in agreement.objectives if agreement.kind != "underpinning contract" else ():
            subjects = known.subjects(agreement, objective)
            for vertex in subjects:
                service = known.figures.offerings.get(known.projection.iris[vertex], "")
                if known.projection.index.get(service) not in subjects:
                    yield agreement, objective, vertex


class _Above:
    """Which promises look at some elements? Upwards from them, as far as no promise on the way answers for them."""

    def __init__(self, known: Known, elements: Set[int]) -> None:
        self.known, self.elements = known, elements
        self.found: dict[tuple[str, str], Set[int]] = {}

    def concerns(self, agreement: Agreement, objective: Objective, vertex: int) -> bool:
        """Whether a promise for an element may look at any of them."""
        metric = objective.metric
        own = self.known.own_of(agreement)  # to an agreement, what it promises itself is no end
        stopping = own & self._resting(metric, "", frozenset())
        return vertex in (self._resting(metric, agreement.iri, own) if stopping else self._resting(metric, "", own))

    def _resting(self, metric: str, agreement: str, own: Set[int]) -> Set[int]:
        key = (metric, agreement)
        if key not in self.found:
            ended = self.known.vendors | self.known.ended(metric)
            self.found[key] = self._upwards(ended, own if agreement else frozenset())
        return self.found[key]

    def _upwards(self, ended: Bools, own: Set[int]) -> Set[int]:
        p = self.known.projection
        (start, order), dependent = p.used_by, p.edges.dependent
        found, waiting = set(self.elements), list(self.elements)
        while waiting:
            vertex = waiting.pop()
            if vertex < len(p) and ended[vertex] and vertex not in own and vertex not in self.elements:
                continue
            fresh = set(dependent[order[start[vertex] : start[vertex + 1]]].tolist()) - found
            found |= fresh
            waiting += fresh
        return found


class _Promise:
    """One objective, and what lies beneath the element that it is for."""

    def __init__(self, known: Known, agreement: Agreement, objective: Objective, vertex: int) -> None:
        self.known, self.agreement, self.objective, self.vertex = known, agreement, objective, vertex
        self.state = State.DEGRADED if objective.degraded_counts else State.DOWN
        self.notes: list[str] = []
        self.zone = known.zone(vertex, agreement)
        self.kind = known.settings.period or objective.period or "month"
        self.period = period(self.kind, on=known.settings.on, zone=self.zone)
        self.hours = known.hours(vertex, objective, self.notes)
        self.counted = minutes_within(self.period, ((self.hours, self.zone),))

        self._nearest: dict[int, tuple[Agreement, Objective] | None] = {}

    def nearest(self, vertex: int) -> tuple[Agreement, Objective] | None:
        """The promise of the same metric for another element: one made to us, or else the weakest."""
        if vertex not in self._nearest:
            promises = self.known.promises_of(self.objective.metric).get(vertex, ())
            others = [p for p in promises if p[0].iri != self.agreement.iri and vertex != self.vertex]
            self._nearest[vertex] = min(others, key=lambda p: not self._us & set(p[0].customers), default=None)
        return self._nearest[vertex]

    @cached_property
    def _us(self) -> set[str]:
        owners = self.known.figures.owners
        return {self.agreement.by, *owners.get(self.known.projection.iris[self.vertex], ())}

    @cached_property
    def cut(self) -> Bools:
        """The nearest promises that are meant end to end, and what vendors sell: beneath them others answer."""
        found = self.known.vendors | self.known.ended(self.objective.metric)
        for vertex in self.known.unclear(self.objective.metric, self.agreement):
            promise = self.nearest(vertex)
            found[vertex] = self.known.vendors[vertex] or (promise is not None and promise[1].end_to_end)
        found[self.vertex] = False
        return found

    @cached_property
    def beneath(self) -> list[int]:
        """What is looked at, without the element itself."""
        projection = self.known.projection
        found = below(projection, [self.vertex], state=self.state, cut=self.cut).tolist()
        return [v for v in found if v < len(projection) and v != self.vertex]

    def _open(self, vertex: int) -> bool:
        """Whether somebody would have to promise it: it ends a path, and is no party that has promised what it does."""
        known, iri = self.known, self.known.projection.iris[vertex]
        ends = bool(self.cut[vertex]) or not known.rests[vertex]
        return ends and iri not in known.promisers

    def availability(self) -> Check:
        """Minutes of the period."""
        known = self.known
        backing = {v: self._allowance(v, *promise) for v in self.beneath if (promise := self.nearest(v))}
        unbacked = [v for v in self.beneath if v not in backing and self._open(v)]
        parts = {v: (Part(v, 0.5),) for v in self.beneath}
        whole = structure(known.projection, self.vertex, parts, state=self.state, cut=self.cut)
        minutes = {v: b.minutes + b.unpromised for v, b in backing.items()}
        most = guaranteed(whole, minutes)
        won = {v: most - guaranteed(whole, minutes | {v: 0.0}) for v in backing}
        expected, exact, missing = self._expected(backing)
        return self._check(
            self.counted * unavailability_of(self.objective.percent or Decimal(0)),
            period=self.period.words,
            expected=expected,
            exact=exact,
            promised=most if backing or unbacked else None,
            backing=[replace(b, won=won[v]) for v, b in backing.items()],
            unbacked=unbacked,
            own=[v for v in self.beneath if v not in backing and v not in set(unbacked)],
            missing=missing,
            open_end=not isfinite(guaranteed(whole, minutes | dict.fromkeys(unbacked, inf))),
            notes=whole.unknowns,
        )

    def _allowance(self, vertex: int, agreement: Agreement, objective: Objective) -> Backing:
        """What a promise allows in our period and hours; without hours of its own it is for all hours."""
        known = self.known
        zone, hours = known.zone(vertex, agreement), known.hours(vertex, objective, self.notes)
        kind = objective.period or "month"
        theirs = minutes_within(period(kind, on=known.settings.on, zone=zone), ((hours, zone),))
        common = minutes_within(self.period, ((self.hours, self.zone), (hours, zone)))
        allowed = theirs * unavailability_of(objective.percent or Decimal(0)) * self._times(kind)
        return Backing(vertex, agreement, objective, min(common, allowed), max(0.0, self.counted - common))

    def _times(self, kind: str) -> int:
        return _times(self.kind, kind, round(self.period.minutes / 1440))

    def _expected(self, backing: Mapping[int, Backing]) -> tuple[float | None, bool, tuple[int, ...]]:
        """Minutes down by chance when each promise is kept to the point, and ours by their own figures.

        None when nothing has a figure: that is no reason to expect none.
        """
        known = self.known
        promised = {v: (Part(v, unavailability_of(b.objective.percent or Decimal(0))),) for v, b in backing.items()}
        own = known.own(self.vertex, self.vertex)
        mine = {self.vertex: (Part(self.vertex, own.unavailability),) if own else ()}
        cut = self.cut | known.cut
        parts = ChainMap[int, tuple[Part, ...]]({**promised, **mine}, known.known_parts)
        made = structure(known.projection, self.vertex, parts, state=self.state, cut=cut)
        found = likelihood(made, limit=known.settings.limit)
        beneath = made.vertices.tolist()
        without = tuple(v for v in beneath if v not in backing and known.own(v, self.vertex) is None)
        minutes = self.counted * found.unavailability if len(without) < len(beneath) else None
        return minutes, found.method is Method.EXACT, without

    def restore_time(self) -> Check:
        """Minutes until it works again, one after the other."""
        known, names = self.known, self.known.projection.labels
        restart = Restart(known.projection, self.vertex, self.cut)
        beneath = [v for v in restart.vertices if v < len(known.projection) and v != self.vertex]
        near = {v: promise for v in beneath if (promise := self.nearest(v))}
        minutes = {v: self._wait(v, o) for v, (_, o) in near.items()}
        whole = restart.longest(minutes)
        won = {v: whole.minutes - restart.longest(minutes | {v: 0.0}).minutes for v in whole.path if v in near}
        backing = [Backing(v, *promise, minutes[v], won=won.get(v, 0.0)) for v, promise in near.items()]
        unbacked = [v for v in beneath if v not in near and self._open(v)]
        open_end = restart.longest(minutes | dict.fromkeys(unbacked, inf))
        answering = [v for v in unbacked if v in known.promises_of("response time")]
        notes = [f"{names[v]} promises when somebody answers, not when it works again" for v in answering]
        return self._check(
            float(self.objective.within or 0),
            promised=whole.minutes if beneath else None,
            backing=backing,
            unbacked=unbacked,
            own=[v for v in beneath if v not in near and v not in set(unbacked)],
            open_end=not isfinite(open_end.minutes),
            path=whole.path,
            notes=notes,
        )

    def _wait(self, vertex: int, objective: Objective) -> float:
        """Minutes of our hours until a provider that works in its own hours has restored something."""
        theirs = week_of(objective.hours) if objective.hours else None
        if objective.hours and theirs is None:
            self.known.hours(vertex, objective, self.notes)
        return longest_wait(float(objective.within or 0), theirs, self.hours)

    def compared(self) -> Check:
        """Each promise of the same metric beneath, by itself: is it at least as strong?"""
        ours = self.objective
        near = {v: promise for v in self.beneath if (promise := self.nearest(v))}
        backing = [Backing(v, made, o, float(o.within or 0)) for v, (made, o) in near.items()]
        weaker = [b for b in backing if _weaker(b.objective, ours)]
        return self._check(float(ours.within or 0), backing=backing, weaker=tuple(weaker))

    def _check(
        self,
        allowed: float,
        *,
        backing: Sequence[Backing] = (),
        unbacked: Sequence[int] = (),
        own: Sequence[int] = (),
        notes: Sequence[str] = (),
        **rest: Any,  # noqa: ANN401 the other fields of Check, as they are
    ) -> Check:
        return Check(
            self.agreement,
            self.objective,
            self.vertex,
            allowed,
            backing=tuple(sorted(backing, key=lambda b: (-b.won, b.vertex))),
            unbacked=tuple(unbacked),
            own=tuple(own),
            vertices=(self.vertex, *self.beneath),
            notes=(*dict.fromkeys(self.notes), *notes),
            **rest,
        )


def _weaker(theirs: Objective, ours: Objective) -> bool:
    """A longer time, or for fewer cases; without a share it is for all of them."""
    longer = (theirs.within or Decimal(0)) > (ours.within or Decimal(0))
    return longer or (theirs.percentile or Decimal(100)) < (ours.percentile or Decimal(100))


def _says(objective: Objective) -> bool:
    return (objective.percent if objective.metric == "availability" else objective.within) is not None


_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def _times(ours: str, theirs: str, days: int) -> int:
    """How often the whole allowance of another kind of period can fall into one of ours, which has so many days.

    Once when ours lies within theirs. Periods that do not fit into ours leave one that began before.

    >>> _times("month", "month", 30), _times("quarter", "month", 90), _times("month", "year", 30)
    (1, 3, 1)
    >>> _times("month", "week", 30), _times("week", "month", 7), _times("month", "day", 31)
    (6, 2, 31)
    """
    if ours == theirs:
        return 1
    if ours in _MONTHS and theirs in _MONTHS:
        return max(1, _MONTHS[ours] // _MONTHS[theirs])
    if theirs == "day":
        return days
    if ours == "day" and theirs in ("week", *_MONTHS):
        return 1
    return ceil(days / NOMINAL_DAYS[theirs]) + (0 if theirs.startswith("rolling") else 1)


@dataclass(frozen=True, slots=True)
class Reliance:
    """Somebody who promised more than this one promise allows: ``needed`` minutes at most, ``allowed`` are."""

    backing: Backing
    check: Check

    @property
    def short(self) -> float:
        """By how many minutes."""
        return self.backing.won - self.check.allowed


def reliances(known: Known, target: int | None = None) -> list[Reliance]:
    """Who relies on an element, or on any, for more than was promised for it? The largest gap first.

    Counted is what one promise alone does to another: what a spare catches is no gap.
    """
    found = [
        Reliance(backing, made)
        for made in checks(known)
        if made.promised is not None
        for backing in made.backing
        if target in (None, backing.vertex) and backing.won > made.allowed * _SLIGHTLY
    ]
    return sorted(found, key=lambda r: (-r.short, r.backing.vertex, r.check.agreement.iri))


def answer(known: Known, found: Sequence[Check], *, best: Sequence[Check] = ()) -> Answer:
    """One row for each objective and what it is for.

    ``best`` are the same promises where all that is open is read at its best: then each row is a bracket.
    """
    extra = ("expected at best", "guaranteed at best") if best else ()
    rows = [_row(known, c) for c in found]
    if best:
        rows = [_bracketed(row, *pair) for row, pair in zip(rows, zip(found, best, strict=True), strict=True)]
    return Answer(
        title=_title(found, best),
        of="promises",
        columns=(*_COLUMNS, *extra),
        rows=tuple(rows),
        facts={"revision": known.projection.revision, **_profile(known)},
        notes=tuple(_notes(known, found)) if found else (),
    )


_COLUMNS = (
    *("id", "name", "agreement", "promised", "allowed", "expected", "guaranteed", "slack", "verdict"),
    *("renegotiate", "unbacked"),
)


def _profile(known: Known) -> dict[str, Cell]:
    return {} if known.readings is None else {"profile": known.readings.profile.value}


def _row(known: Known, c: Check) -> tuple[Cell, ...]:
    p = known.projection
    return (
        p.ids[c.vertex],
        p.labels[c.vertex],
        _short(known, c.agreement.iri),
        _promised(c),
        rounded(c.allowed),
        _rounded(c.expected),
        _rounded(c.promised),
        _rounded(c.slack),
        c.verdict,
        f"{_short(known, c.renegotiate.agreement.iri)} ({p.labels[c.renegotiate.vertex]})" if c.renegotiate else "",
        len(c.unbacked),
    )


def _rounded(minutes: float | None) -> float | None:
    return None if minutes is None else rounded(minutes)


def _bracketed(row: tuple[Cell, ...], worst: Check, best: Check) -> tuple[Cell, ...]:
    """The row with what it is at best: where nothing lies beneath then, nothing is used up."""
    at = _COLUMNS.index("verdict")
    verdict = " … ".join(dict.fromkeys((worst.verdict, best.verdict)))
    low = best.promised if best.promised is not None or worst.promised is None else 0.0
    return (*row[:at], verdict, *row[at + 1 :], _rounded(best.expected), _rounded(low))


def _title(found: Sequence[Check], best: Sequence[Check] = ()) -> str:
    if not found:
        return "no promise is looked at: the map shows no agreement with an objective here"
    bad, surely = _stronger(found), _stronger(best)
    of = f"{bad:,} of them stronger" if not best or surely == bad else f"{surely:,} to {bad:,} of them stronger"
    return f"{count(len(found), 'promise')}, {of} than what is promised beneath"


def _stronger(found: Sequence[Check]) -> int:
    return sum(c.verdict in ("not expected to hold", "not guaranteed", "weaker beneath") for c in found)


def _short(known: Known, iri: str) -> str:
    number = known.projection.index.get(iri)
    return iri if number is None else known.projection.ids[number].partition("/")[2]


def _promised(made: Check) -> str:
    o = made.objective
    if o.metric == "availability":
        return f"{(o.percent or Decimal(0)).normalize():f} % in a {made.period}"
    within = f"{o.metric} {rounded(float(o.within or 0)):g} min"
    return f"{within} in {o.percentile.normalize():f} %" if o.percentile is not None else within


def _notes(known: Known, found: Sequence[Check]) -> Iterator[str]:
    """What must be said beside the rows."""
    yield "all numbers are minutes; slack is what is left when every allowance beneath is used up at the worst moment"
    unbacked = sorted({v for c in found for v in c.unbacked})
    if unbacked:
        yield (
            f"nobody promised {count(len(unbacked), 'element')} beneath, so the guarantee is only that of the others: "
            f"{names_of(known, unbacked)}"
        )
    own = sorted({v for c in found for v in c.own})
    if own:
        yield f"in between, and in the guarantee taken as never failing by themselves: {names_of(known, own)}"
    missing = sorted({v for c in found for v in c.missing})
    if missing:
        yield f"without a figure, and in what is expected taken as never failing: {names_of(known, missing)}"
    for c in found:
        outside = [b for b in c.backing if b.unpromised > 0]
        for b in outside:
            yield (
                f"{rounded(b.unpromised):,} minutes of {known.projection.labels[c.vertex]} lie outside the hours of "
                f"{_short(known, b.agreement.iri)}: nothing is promised then, and the guarantee counts them as down"
            )
        if len(c.path) > 1:
            yield (
                f"restart for {_short(known, c.agreement.iri)}, one after the other: "
                f"{' → '.join(known.projection.labels[v] for v in c.path)}"
            )
        if not c.exact:
            yield f"what is expected of {known.projection.labels[c.vertex]} is simulated"
        yield from c.notes
    if any(c.objective.percentile is not None for c in found):
        yield "targets for a share of all cases (percentiles) are compared one by one: they do not add up"
    if known.settings.on is None and any(a.valid_from or a.valid_until for a in known.agreements):
        yield "whether an agreement is in force is not looked at without a day in the calendar"
    yield from assumptions(known.projection, [v for c in found for v in c.vertices], known.readings)


def reliances_answer(
    known: Known, found: Sequence[Reliance], target: int | None = None, *, best: Sequence[Reliance] | None = None
) -> Answer:
    """One row for each promise that somebody else relies on for more.

    ``best`` is what is found where all that is open is read at its best: what is in both is certain.
    """
    rows = [_reliance(known, r) for r in found]
    if best is not None:
        sure, told = {_pair(r) for r in best}, {_pair(r) for r in found}
        rows = [(*row, _pair(r) in sure) for row, r in zip(rows, found, strict=True)]
        rows += [(*_reliance(known, r), False) for r in best if _pair(r) not in told]
    on = f"on {known.projection.labels[target]} " if target is not None else ""
    looked_at = [v for r in found for v in r.check.vertices]
    return Answer(
        title=f"{count(len(rows), 'promise relies', 'promises rely')} {on}for more than is promised beneath",
        of="reliances",
        columns=(
            *("id", "name", "promised by", "allows", "relied on by", "agreement", "needs", "short"),
            *(() if best is None else ("for certain",)),
        ),
        rows=tuple(rows),
        facts={"revision": known.projection.revision, **_profile(known)},
        notes=(
            "all numbers are minutes of the period of the one who relies: what the promise beneath allows, what the "
            "one above may lose in all, and by how much the first is larger",
            *dict.fromkeys(note for r in found for note in r.check.notes),
            *assumptions(known.projection, looked_at, known.readings),
        ),
    )


def _pair(r: Reliance) -> tuple[str, int, str, int]:
    return r.backing.objective.iri, r.backing.vertex, r.check.objective.iri, r.check.vertex


def _reliance(known: Known, r: Reliance) -> tuple[Cell, ...]:
    p = known.projection
    return (
        p.ids[r.backing.vertex],
        p.labels[r.backing.vertex],
        _short(known, r.backing.agreement.iri),
        rounded(r.backing.won),
        p.labels[r.check.vertex],
        _short(known, r.check.agreement.iri),
        rounded(r.check.allowed),
        rounded(r.short),
    )
