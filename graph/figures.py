"""How available is each part said to be, and what was promised for it? As the sources state it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol

from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["READ", "Agreement", "Figures", "Objective", "Said", "Takeover", "figures", "span_words"]


READ = frozenset(
    {
        t.AGREED_BY,
        t.AGREED_FOR,
        t.AGREEMENT_TYPE,
        t.AMOUNT,
        t.CLAIM_MINUTES,
        t.COMMON_CAUSE_PERCENT,
        t.COST_PER_HOUR_DOWN,
        t.COVERS,
        t.CREDIT_BELOW,
        t.CREDIT_PERCENT,
        t.CURRENCY,
        t.DEGRADED_COUNTS,
        t.ENDS,
        t.EXCLUDES_PLANNED_TIME,
        t.FIGURE_SCOPE,
        t.HAS_CREDIT,
        t.HAS_OBJECTIVE,
        t.HAS_PLANNED_WINDOW,
        t.INTRINSIC_AVAILABILITY,
        t.LIST_PRICE,
        t.MAINTENANCE_HOURS,
        t.MEASURED_AVAILABILITY,
        t.METRIC,
        t.MONTHLY_COST,
        t.OFFERING_OF,
        t.OWNED_BY,
        t.PENALTY,
        t.PERIOD,
        t.PRICED_PER,
        t.PRIORITY,
        t.RECOVERY_TIME_OBJECTIVE,
        t.SERVICE_HOURS,
        t.STARTS,
        t.SWITCHOVER_MINUTES,
        t.TAKEOVER_COVERAGE,
        t.TARGET_MINUTES,
        t.TARGET_PERCENT,
        t.TARGET_PERCENTILE,
        t.TIME_ZONE,
        t.TURNAROUND_MINUTES,
        t.VALID_FROM,
        t.VALID_UNTIL,
    }
)
"""All properties that are read; where two maps say the same with these, their figures are the same."""


class Said(Protocol):
    """A value, as a store gives it."""

    @property
    def text(self) -> str:
        """As it is written."""


class Statements(Protocol):
    """What the figures need of a store."""

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]: ...

    def about(self, subject: str) -> Iterable[tuple[str, Said, str]]: ...


@dataclass(frozen=True, slots=True)
class Objective:
    """One promise that can be measured; what is not said is None or "".

    ``metric``, ``period``  words of their code lists: "availability", "month"
    ``within``              minutes
    ``end_to_end``          False when it is said to be meant for the element alone
    ``credits``             steps: below which share, which share of the price is given back, the mildest first
    """

    iri: str
    metric: str
    percent: Decimal | None = None
    within: Decimal | None = None
    percentile: Decimal | None = None
    period: str = ""
    end_to_end: bool = True
    hours: str = ""
    priority: str = ""
    planned_time_excluded: bool = False
    degraded_counts: bool = False
    credits: tuple[tuple[Decimal, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who promised what to whom, by IRI; ``kind`` is "sla", "ola", "underpinning contract" or "".

    ``price``         amount, currency, and what it is for
    ``claim_within``  minutes after the end of a period in which a credit can be asked for
    ``penalty``       what is owed when a promise is broken, in words
    """

    iri: str
    kind: str
    by: str
    customers: tuple[str, ...]
    covers: tuple[str, ...]
    objectives: tuple[Objective, ...]
    zone: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    price: tuple[Decimal, str, str] | None = None
    claim_within: Decimal | None = None
    penalty: str = ""

    def holds(self, moment: datetime) -> bool:
        """Whether it is in force at a moment."""
        began = self.valid_from is None or self.valid_from <= moment
        return began and (self.valid_until is None or moment < self.valid_until)


@dataclass(frozen=True, slots=True)
class Takeover:
    """How the members of a group stand in for each other: minutes, and shares from 0 to 1."""

    switchover: float = 0.0
    coverage: float = 1.0
    common_cause: float = 0.0


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is said about availability, by IRI; percentages as written, times in minutes."""

    intrinsic: Mapping[str, Decimal] = field(default_factory=dict)
    measured: Mapping[str, Decimal] = field(default_factory=dict)
    objectives: Mapping[str, tuple[Objective, ...]] = field(default_factory=dict)
    agreements: tuple[Agreement, ...] = ()
    takeovers: Mapping[str, Takeover] = field(default_factory=dict)
    hours: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    maintenance: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    windows: Mapping[str, tuple[tuple[datetime, datetime], ...]] = field(default_factory=dict)
    restore: Mapping[str, Decimal] = field(default_factory=dict)
    owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offerings: Mapping[str, str] = field(default_factory=dict)
    turnarounds: Mapping[str, Decimal] = field(default_factory=dict)
    costs: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)
    losses: Mapping[str, tuple[Decimal, str]] = field(default_factory=dict)


def figures(store: Statements, *, money: bool = True, costs: bool = True) -> Figures:
    """Read them from a store. Two sources that differ: the smaller availability and the longer time count.

    Without ``money`` what elements cost, and what an hour down costs, is not read; without ``costs`` what they cost in
    a month: on a large map that is half of it.
    What several facts need (amounts, currencies, hours) is gone through once.
    """
    store = _Once(store)
    objectives = _objectives(store)
    by_owner = _lists(store, t.HAS_OBJECTIVE)
    agreed = set(_lists(store, t.AGREED_BY))
    return Figures(
        intrinsic=_numbers(store, t.INTRINSIC_AVAILABILITY, smallest=True),
        measured=_numbers(store, t.MEASURED_AVAILABILITY, smallest=True),
        objectives={
            iri: found
            for iri, parts in by_owner.items()
            if iri not in agreed and (found := tuple(objectives[part] for part in parts if part in objectives))
        },
        agreements=tuple(_agreements(store, objectives, by_owner)),
        takeovers=_takeovers(store),
        hours=_texts(store, t.SERVICE_HOURS),
        zones=_texts(store, t.TIME_ZONE),
        maintenance=_lists(store, t.MAINTENANCE_HOURS),
        windows=_windows(store),
        restore=_numbers(store, t.RECOVERY_TIME_OBJECTIVE),
        owners=_lists(store, t.OWNED_BY),
        offerings=_texts(store, t.OFFERING_OF),
        turnarounds=_numbers(store, t.TURNAROUND_MINUTES),
        costs=_amounts(store, t.MONTHLY_COST) if money and costs else {},
        losses=_amounts(store, t.COST_PER_HOUR_DOWN) if money else {},
    )


class _Once:
    """A store of which each property is gone through once."""

    def __init__(self, store: Statements) -> None:
        self.store, self.known = store, dict[str, list[tuple[str, str]]]()

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]:
        if predicate not in self.known:
            self.known[predicate] = list(self.store.pairs(predicate))
        return self.known[predicate]

    def about(self, subject: str) -> Iterable[tuple[str, Said, str]]:
        return self.store.about(subject)


class _Few:
    """What is said of a few subjects alone."""

    def __init__(self, store: Statements, subjects: Iterable[str]) -> None:
        self.said = {subject: [*store.about(subject)] for subject in dict.fromkeys(subjects)}

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]:
        for subject, said in self.said.items():
            yield from ((subject, value.text) for known, value, _ in said if known == predicate)

    def about(self, subject: str) -> Iterable[tuple[str, Said, str]]:
        return self.said.get(subject, ())


_FEW = 1_000
"""Up to so many parts are looked up one by one; the same property of all others is not gone through."""


def _objectives(store: Statements) -> dict[str, Objective]:
    keys = {code.iri: code.key for code in vocabulary().codes.values()}
    percent, within = _numbers(store, t.TARGET_PERCENT, smallest=True), _numbers(store, t.TARGET_MINUTES)
    percentile, period = _numbers(store, t.TARGET_PERCENTILE, smallest=True), _texts(store, t.PERIOD)
    scope, hours, priority = _texts(store, t.FIGURE_SCOPE), _texts(store, t.SERVICE_HOURS), _texts(store, t.PRIORITY)
    planned, degraded = _texts(store, t.EXCLUDES_PLANNED_TIME), _texts(store, t.DEGRADED_COUNTS)
    steps = _credits(store)
    return {
        iri: Objective(
            iri=iri,
            metric=keys.get(metric, ""),
            percent=percent.get(iri),
            within=within.get(iri),
            percentile=percentile.get(iri),
            period=keys.get(period.get(iri, ""), ""),
            end_to_end=scope.get(iri) != t.SCOPE_INTRINSIC,
            hours=hours.get(iri, ""),
            priority=priority.get(iri, ""),
            planned_time_excluded=planned.get(iri) == "true",
            degraded_counts=degraded.get(iri) == "true",
            credits=steps.get(iri, ()),
        )
        for iri, metric in sorted(_texts(store, t.METRIC).items())
    }


def _credits(store: Statements) -> dict[str, tuple[tuple[Decimal, Decimal], ...]]:
    """The steps of each objective, the mildest first."""
    below, share = _numbers(store, t.CREDIT_BELOW), _numbers(store, t.CREDIT_PERCENT)
    return {
        iri: tuple(
            sorted(((below[part], share[part]) for part in parts if part in below and part in share), reverse=True)
        )
        for iri, parts in _lists(store, t.HAS_CREDIT).items()
    }


def _agreements(
    store: Statements, objectives: Mapping[str, Objective], by_owner: Mapping[str, tuple[str, ...]]
) -> Iterable[Agreement]:
    keys = {code.iri: code.key for code in vocabulary().codes.values()}
    kinds, providers, zones = _texts(store, t.AGREEMENT_TYPE), _texts(store, t.AGREED_BY), _texts(store, t.TIME_ZONE)
    customers, covers = _lists(store, t.AGREED_FOR), _lists(store, t.COVERS)
    begins, ends = _texts(store, t.VALID_FROM), _texts(store, t.VALID_UNTIL)
    claims, penalties, prices = _numbers(store, t.CLAIM_MINUTES), _texts(store, t.PENALTY), _prices(store)
    for iri, provider in sorted(providers.items()):
        yield Agreement(
            iri=iri,
            kind=keys.get(kinds.get(iri, ""), ""),
            by=provider,
            customers=customers.get(iri, ()),
            covers=covers.get(iri, ()),
            objectives=tuple(objectives[part] for part in by_owner.get(iri, ()) if part in objectives),
            zone=zones.get(iri, ""),
            valid_from=_moment(begins.get(iri, "")),
            valid_until=_moment(ends.get(iri, "")),
            price=prices.get(iri),
            claim_within=claims.get(iri),
            penalty=penalties.get(iri, ""),
        )


def _prices(store: Statements) -> dict[str, tuple[Decimal, str, str]]:
    per = _texts(store, t.PRICED_PER)
    parts = _texts(store, t.LIST_PRICE)
    return {iri: (*amount, per.get(parts[iri], "")) for iri, amount in _amounts(store, t.LIST_PRICE).items()}


def _takeovers(store: Statements) -> dict[str, Takeover]:
    switchover = _numbers(store, t.SWITCHOVER_MINUTES)
    coverage = _numbers(store, t.TAKEOVER_COVERAGE, smallest=True)
    common = _numbers(store, t.COMMON_CAUSE_PERCENT)
    return {
        iri: Takeover(
            switchover=float(switchover.get(iri, 0)),
            coverage=float(coverage.get(iri, Decimal(100)) / 100),
            common_cause=float(common.get(iri, Decimal(0)) / 100),
        )
        for iri in sorted({*switchover, *coverage, *common})
    }


def _windows(store: Statements) -> dict[str, tuple[tuple[datetime, datetime], ...]]:
    """As they are said, those that end before they start as well."""
    starts, ends = _texts(store, t.STARTS), _texts(store, t.ENDS)
    found: dict[str, tuple[tuple[datetime, datetime], ...]] = {}
    for iri, parts in _lists(store, t.HAS_PLANNED_WINDOW).items():
        spans = [(_moment(starts.get(part, "")), _moment(ends.get(part, ""))) for part in parts]
        found[iri] = tuple(sorted((start, end) for start, end in spans if start and end))
    return found


def _amounts(store: Statements, predicate: str) -> dict[str, tuple[Decimal, str]]:
    """What an element costs in a month, or loses in an hour, with its currency."""
    parts = _texts(store, predicate)
    if not parts:
        return {}
    chosen: Statements = _Few(store, parts.values()) if len(parts) <= _FEW else store
    amounts, currencies = _numbers(chosen, t.AMOUNT), _texts(chosen, t.CURRENCY)
    return {
        iri: (amounts[part], currencies[part]) for iri, part in parts.items() if part in amounts and part in currencies
    }


def _numbers(store: Statements, predicate: str, *, smallest: bool = False) -> dict[str, Decimal]:
    """The largest number of each subject, or the smallest; what is no number is left to the shapes."""
    found: dict[str, Decimal] = {}
    for subject, text in store.pairs(predicate):
        try:
            number = Decimal(text)
        except InvalidOperation:
            continue
        if number.is_finite():
            found[subject] = (min if smallest else max)(number, found.get(subject, number))
    return found


def _texts(store: Statements, predicate: str) -> dict[str, str]:
    """The first value of each subject, in the order of the letters."""
    return {subject: values[0] for subject, values in _lists(store, predicate).items()}


def _lists(store: Statements, predicate: str) -> dict[str, tuple[str, ...]]:
    found: dict[str, set[str]] = defaultdict(set)
    for subject, value in store.pairs(predicate):
        found[subject].add(value)
    return {subject: tuple(sorted(values)) for subject, values in found.items()}


def _moment(text: str) -> datetime | None:
    """None for what is no moment, or has no time zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None


def span_words(minutes: float) -> str:
    """A length of time in the unit that reads best.

    >>> span_words(15), span_words(240), span_words(4320)
    ('15 min', '4 h', '3 days')
    """
    if minutes >= _DAY * 2 and minutes % _DAY == 0:
        return f"{minutes / _DAY:g} days"
    return f"{minutes / 60:g} h" if minutes > 60 and minutes % 60 == 0 else f"{minutes:g} min"


_DAY = 1440
