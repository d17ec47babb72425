"""How available is a service? Its own failures and those of all that it needs, with shared causes counted once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import floor, log10

from graph.analysis.assumed import assumptions
from graph.analysis.calendar import Segment, segments
from graph.analysis.elements import elements, kind_of
from graph.analysis.known import Known
from graph.analysis.likelihood import Likelihood, Method, likelihood
from graph.analysis.states import State
from graph.analysis.structure import Part, Structure, below
from graph.answer import Answer, Cell, count
from graph.figures import Agreement, Objective
from graph.hours import Period, period
from graph.model import InputError
from ontology.vocabulary import vocabulary

__all__ = [
    "Availability",
    "Contribution",
    "answer",
    "availability",
    "causes",
    "causes_answer",
    "defaults_of",
    "names_of",
    "percent_words",
    "rounded",
    "services",
]


@dataclass(frozen=True, slots=True, eq=False)
class Availability:
    """Result of ``availability``; all minutes are those of ``period`` that lie in the service hours.

    ``likelihood``  while nothing is planned to be down; ``structure`` what it was worked out from
    ``minutes``     expected minutes down, of ``counted`` minutes; ``error`` half the width of their 95 % interval
    ``planned``     how many of the minutes down are there because of planned windows
    ``missing``     elements without a figure: because of them availability is an upper bound
    ``cuts``        elements with an end-to-end figure, beneath which nothing was looked at
    ``doubled``     elements that count by themselves, and lie beneath a cut too
    ``promised``    the agreement and objective that period, hours and what counts are taken from
    """

    target: int
    state: State
    likelihood: Likelihood
    structure: Structure
    period: Period
    segments: tuple[Segment, ...]
    minutes: float
    counted: float
    error: float
    planned: float
    missing: tuple[int, ...]
    cuts: tuple[int, ...]
    doubled: tuple[int, ...]
    promised: tuple[Agreement, Objective] | None
    notes: tuple[str, ...]

    @property
    def unavailability(self) -> float:
        """Share of the counted minutes."""
        return self.minutes / self.counted if self.counted else 0.0


def availability(known: Known, target: int) -> Availability:
    """How available an element is in its period, planned windows included.

    Cost: that of ``structure`` and ``likelihood``, once for each set of elements that is planned to be down together.

    Args:
        known: the map with its figures, and how to count.
        target: number of the element.
    """
    notes: list[str] = []
    promised = known.promise(target)
    agreement, objective = promised or (None, None)
    degraded = known.settings.degraded_counts
    if degraded is None:
        degraded = objective is not None and objective.degraded_counts
    state = State.DEGRADED if degraded else State.DOWN
    made = known.structure(target, state)
    zone = known.zone(target, agreement)
    kind = known.settings.period or (objective.period if objective else "") or "year"
    over = period(kind, on=known.settings.on, zone=zone)
    hours, planned = known.hours(target, objective, notes), known.planned(made.vertices.tolist(), notes)
    cut_up = segments(over, zone, hours=hours, planned=planned)
    if objective is not None and objective.planned_time_excluded:
        cut_up = tuple(segment for segment in cut_up if not segment.planned)
    ordinary = likelihood(made, limit=known.settings.limit)
    likely = {
        down: likelihood(known.structure(target, state, down=down), limit=known.settings.limit) if down else ordinary
        for down in {segment.planned for segment in cut_up}
    }
    counted = sum(segment.minutes for segment in cut_up)
    minutes = sum(segment.minutes * likely[segment.planned].unavailability for segment in cut_up)
    cuts = tuple(v for v in made.vertices.tolist() if known.cut[v] and v != target and known.rests[v])
    return Availability(
        target=target,
        state=state,
        likelihood=ordinary,
        structure=made,
        period=over,
        segments=cut_up,
        minutes=minutes,
        counted=counted,
        error=sum(segment.minutes * likely[segment.planned].error for segment in cut_up),
        planned=max(0.0, minutes - counted * ordinary.unavailability),
        missing=tuple(v for v in made.vertices.tolist() if known.own(v, target) is None),
        cuts=cuts,
        doubled=_doubled(known, made, cuts, state),
        promised=promised,
        notes=(*notes, *made.unknowns, *known.takeover_notes(made.vertices.tolist())),
    )


def _doubled(known: Known, made: Structure, cuts: Sequence[int], state: State) -> tuple[int, ...]:
    """Elements looked at that lie beneath a cut as well: their failures are in two figures."""
    if not cuts:
        return ()
    p, inside = known.projection, set(made.vertices.tolist())
    start, order = p.uses
    beneath = {v for cut in cuts for v in p.edges.provider[order[start[cut] : start[cut + 1]]].tolist()}
    reached = set(below(p, sorted(beneath), state=state).tolist()) if beneath else set()
    return tuple(sorted(v for v in reached & inside if v in known.figure and v != made.target))


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one part costs: minutes down that would be won if it never failed; None where that was not worked out."""

    part: Part
    minutes: float | None
    alone: bool


def causes(found: Availability) -> tuple[Contribution, ...]:
    """What each part costs, the dearest first; what was simulated comes last, without a number."""
    ordinary = sum(segment.minutes for segment in found.segments if not segment.planned)
    whole = found.likelihood
    rows = [
        Contribution(part, ordinary * (1 - whole.rest) * _alone(found.structure.series.parts, part), alone=True)
        for part in found.structure.series.parts
    ]
    for cause, weight in zip(found.structure.causes, whole.importance, strict=True):
        for part in cause.parts:
            won = None if weight is None else ordinary * weight * _alone(cause.parts, part)
            rows.append(Contribution(part, won, alone=False))
    return tuple(sorted(rows, key=lambda row: (row.minutes is None, -(row.minutes or 0), row.part.vertex)))


def _alone(parts: Sequence[Part], part: Part) -> float:
    """How likely the part is down and none of the others."""
    chance = part.unavailability
    for other in parts:
        if other is not part:
            chance *= 1 - other.unavailability
    return chance


def services(known: Known) -> list[int]:
    """The elements that people ask about: business services, or else all services."""
    return elements(known.projection, kind="business service") or elements(known.projection, kind="service")


def defaults_of(texts: Sequence[str]) -> dict[str, Decimal]:
    """``KIND=PERCENT`` as people write it: {IRI of the kind: percentage}.

    Raises InputError for what is no kind or no percentage.
    """
    words, found = vocabulary(), dict[str, Decimal]()
    for text in texts:
        kind, _, value = text.partition("=")
        cls = words.class_named(kind.strip().casefold()) if kind.strip() else None
        number = value.strip().removesuffix("%").strip()
        if cls is None or not number.replace(".", "", 1).isdecimal() or Decimal(number) > 100:
            raise InputError.of(
                f"'{text[:60]}' is no default", remedy="write a kind and its availability, such as 'server=99.9'"
            )
        found[cls.iri] = Decimal(number)
    return found


def answer(
    known: Known, found: Sequence[Availability], *, best: Sequence[Availability] = (), title: str = ""
) -> Answer:
    """One row for each element: how available, how many minutes down, and how sure that is.

    ``best`` are the same elements where all that is open is read at its best: then each row is a bracket.
    """
    extra = ("minutes down at best", "unavailability at best") if best else ()
    rows = [_row(known, each) for each in found]
    if best:
        rows = [_bracketed(row, *pair) for row, pair in zip(rows, zip(found, best, strict=True), strict=True)]
    return Answer(
        title=title or (f"availability of {count(len(found), 'service')}" if found else _NO_SERVICE),
        of="services",
        columns=(
            *("id", "name", "availability", "minutes down", "in", "promised", "method", "no figure"),
            *("unavailability", "error", *extra),
        ),
        rows=tuple(rows),
        facts={"revision": known.projection.revision, **_profile(known)},
        notes=tuple(_notes(known, found)) if found else (),
    )


def _profile(known: Known) -> dict[str, Cell]:
    return {} if known.readings is None else {"profile": known.readings.profile.value}


def _bracketed(row: tuple[Cell, ...], worst: Availability, best: Availability) -> tuple[Cell, ...]:
    """The row with what it is at best."""
    at = 2
    both = (*row[:at], _range(worst, best), *row[at + 1 :])
    return (*both, *_numbers(worst, rounded(best.minutes), rounded(best.unavailability, 10)))


def _range(worst: Availability, best: Availability) -> str:
    """From the worst to the best; one of them where they are the same."""
    if _nothing_known(worst):
        return _words(worst)
    return " … ".join(dict.fromkeys((_words(worst), _percent(best))))


def _words(found: Availability) -> str:
    return "not known" if _nothing_known(found) else _percent(found)


def _percent(found: Availability) -> str:
    return ("≤ " if found.missing else "") + percent_words(found.unavailability)


_NO_SERVICE = "no element of this map is a service; name the element that you ask about"


def _numbers(found: Availability, *numbers: float) -> tuple[float | None, ...]:
    """Numbers of an element; none where nothing has a figure: no minutes down would read as if it never failed."""
    return tuple(None if _nothing_known(found) else number for number in numbers)


def _row(known: Known, found: Availability) -> tuple[Cell, ...]:
    p = known.projection
    error = rounded(found.error / found.counted if found.counted else 0.0, 3)
    minutes, unavailability, error_ = _numbers(found, rounded(found.minutes), rounded(found.unavailability, 10), error)
    promised = found.promised[1].percent if found.promised else None
    return (
        p.ids[found.target],
        p.labels[found.target],
        _words(found),
        minutes,
        found.period.words,
        f"{promised.normalize():f} %" if promised is not None else "",
        _method(found),
        len(found.missing),
        unavailability,
        error_,
    )


def _nothing_known(found: Availability) -> bool:
    """Whether no element has a figure: then the bound is 100 %, and says nothing."""
    return not found.unavailability and len(found.missing) == len(found.structure.vertices)


def _method(found: Availability) -> str:
    """How it was found; of a simulation also how far it may be off, relative to the unavailability."""
    if found.likelihood.method is Method.EXACT:
        return "exact"
    share = found.error / found.minutes if found.minutes else 0.0
    return f"simulated ± {100 * share:.2g} %"


def causes_answer(known: Known, found: Availability, *, best: Availability | None = None) -> Answer:
    """One row for each part that costs minutes, the dearest first.

    ``best`` is the same element where all that is open is read at its best: then the numbers are brackets.
    """
    p, rows, extra = known.projection, [], () if best is None else ("minutes won at best",)
    won = {} if best is None else {_key(each.part): each.minutes for each in causes(best)}
    for each in causes(found):
        vertex = _holder(known, each.part.vertex)
        figure = known.own(each.part.vertex, found.target)
        scope = "" if figure is None else "end to end" if figure.end_to_end else "alone"
        rows.append(
            (
                p.ids[vertex],
                p.labels[vertex] + (f", {each.part.words}" if each.part.words else ""),
                kind_of(p, vertex),
                percent_words(each.part.unavailability),
                figure.origin if figure else "group",
                scope,
                each.alone,
                _minutes(each.minutes),
                *(() if best is None else (_minutes(won.get(_key(each.part), 0.0)),)),
            )
        )
    return Answer(
        title=_causes_title(known, found, best),
        of="causes",
        columns=("id", "name", "kind", "availability", "figure", "scope", "alone", "minutes won", *extra),
        rows=tuple(rows),
        facts={
            "revision": p.revision,
            **_profile(known),
            "service": p.ids[found.target],
            **dict(zip(_FACTS, _numbers(found, 1 - found.unavailability, *_of(found)), strict=True)),
            **({} if best is None else dict(zip(_AT_BEST, _numbers(found, *_of(best)), strict=True))),
            "minutes_counted": found.counted,
            "period": found.period.words,
            "method": found.likelihood.method.value,
            "error": found.error / found.counted if found.counted else 0.0,
            "floor": found.likelihood.floor,
            "ceiling": found.likelihood.ceiling,
            "missing": [p.ids[v] for v in found.missing],
            "cuts": [p.ids[v] for v in found.cuts],
        },
        notes=tuple(_notes(known, [found])),
    )


def _key(part: Part) -> tuple[int, str]:
    return part.vertex, part.words


def _minutes(minutes: float | None) -> float | None:
    return None if minutes is None else rounded(minutes)


_FACTS = ("availability", "unavailability", "minutes_down")
_AT_BEST = ("unavailability_at_best", "minutes_down_at_best")


def _of(found: Availability) -> tuple[float, float]:
    return found.unavailability, found.minutes


def _causes_title(known: Known, found: Availability, best: Availability | None) -> str:
    label, bound = known.projection.labels[found.target], "at best " if found.missing else ""
    if _nothing_known(found):
        return f"how available {label} is cannot be told: nothing that it rests on has a figure, nor has it itself"
    within = f"{'in a' if found.period.start is None else 'from'} {found.period.words}"
    if best is None or best.minutes == found.minutes:
        works = f"{label} works {bound}{percent_words(found.unavailability)} of the time"
        return f"{works}: {rounded(found.minutes):,} minutes down {within}"
    works = f"{label} works {percent_words(found.unavailability)} to {bound}{percent_words(best.unavailability)}"
    return f"{works} of the time: {rounded(best.minutes):,} to {rounded(found.minutes):,} minutes down {within}"


def _holder(known: Known, vertex: int) -> int:
    """The element that a group belongs to, for what has no row of its own."""
    p = known.projection
    while p.is_group(vertex):
        start, order = p.used_by
        vertex = int(p.edges.dependent[order[start[vertex]]])
    return vertex


_ASSUMED = (
    "assumed: parts fail and are repaired independently of each other; a spare takes over at once and without fail "
    "unless its group says otherwise; nothing is shared but what the map shows"
)


def _notes(known: Known, found: Sequence[Availability]) -> Iterator[str]:
    """What must be said beside the rows."""
    missing = sorted({v for each in found for v in each.missing})
    if missing:
        all_ = len({v for each in found for v in each.structure.vertices.tolist()})
        yield (
            f"upper bound: {count(len(missing), 'element has', 'elements have')} no figure, of {all_:,}: "
            f"{names_of(known, missing)}"
        )
    cuts = sorted({v for each in found for v in each.cuts})
    if cuts:
        figures = count(len(cuts), "figure that is", "figures that are")
        yield f"not looked at beneath {figures} end to end: {names_of(known, cuts)}"
    doubled = sorted({v for each in found for v in each.doubled})
    if doubled:
        yield f"counted by themselves, and lying beneath such a figure too: {names_of(known, doubled)}"
    yield from _how(found)
    for each in found:
        if each.planned > 0:
            yield f"{rounded(each.planned):,} of the minutes of {known.projection.labels[each.target]} are planned"
    excluded = [each.target for each in found if each.promised and each.promised[1].planned_time_excluded]
    if excluded:
        yield f"planned time does not count, as agreed: {names_of(known, excluded)}"
    degraded = [each.target for each in found if each.state is State.DEGRADED]
    if degraded:
        yield f"being degraded counts as being down: {names_of(known, degraded)}"
    yield from dict.fromkeys(note for each in found for note in each.notes)
    yield from assumptions(known.projection, [v for e in found for v in e.structure.vertices.tolist()], known.readings)
    yield "how long something goes on working without what it needs (tolerance) is not counted: outages count in full"
    yield _ASSUMED


def _how(found: Sequence[Availability]) -> Iterator[str]:
    """By which method, and how sure."""
    simulated = [each for each in found if each.likelihood.method is Method.SIMULATED]
    if len(simulated) < len(found):
        yield "exact: all states of all parts, shared causes counted once (decision diagrams)"
    for each in simulated:
        low, high = (rounded(share * each.counted) for share in (each.likelihood.floor, each.likelihood.ceiling))
        yield (
            f"simulated: {each.likelihood.samples:,} states drawn; the error is a 95 % interval, relative to the "
            f"minutes down; for certain they are between {low:,} and {high:,}"
        )


def names_of(known: Known, vertices: Sequence[int], *, most: int = 8) -> str:
    """The names of elements, the first of many."""
    names = [known.projection.labels[v] for v in vertices[:most]]
    return ", ".join(names) + (f" and {len(vertices) - most:,} more" if len(vertices) > most else "")


def rounded(number: float, digits: int = 4) -> float:
    """To so many digits that matter.

    >>> rounded(263.3377), rounded(1.1826e-07), rounded(0)
    (263.3, 1.183e-07, 0.0)
    """
    return float(f"{number:.{digits}g}")


def percent_words(unavailability: float) -> str:
    """Availability with as many digits as it takes to see three digits of what is lost.

    >>> percent_words(0.0005009995), percent_words(1e-9), percent_words(0), percent_words(1)
    ('99.9499 %', '99.9999999 %', '100 %', '0 %')
    """
    if unavailability in (0, 1):
        return f"{100 - 100 * unavailability:.0f} %"
    digits = min(12, max(1, 1 - floor(log10(unavailability * 100))) + 1)
    shown = (Decimal(100) - Decimal(unavailability) * 100).quantize(Decimal(1).scaleb(-digits))
    return f"{shown.normalize():f} %"
