"""What should be mended next? Each candidate by the minutes it wins, worked out again after each pick."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from graph.analysis.assumed import assumptions
from graph.analysis.availability import availability, causes, rounded
from graph.analysis.known import Known
from graph.analysis.likelihood import Method
from graph.answer import Answer, count

__all__ = ["Candidate", "Repair", "answer", "repairs"]

_MONTHS = 12
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """An edit of one element: its unavailability afterwards, and what that costs in a year; None where nobody says."""

    vertex: int
    edit: str
    unavailability: float
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Repair:
    """A pick: ``minutes`` won in the period, after those picked before it; ``left`` minutes down that remain."""

    candidate: Candidate
    minutes: float
    left: float
    exact: bool


def repairs(known: Known, target: int, *, picks: int = 5) -> tuple[list[Repair], list[Repair], str]:
    """The best next repairs with a cost, by minutes for the money; those without one, by minutes; and the currency.

    Each element is mended once. A second of something fails independently of the first and takes over at once; a better
    promise is one more nine. What one part costs (Birnbaum's importance) only says which candidates are looked at; what
    they win is worked out for the changed map. Candidates in another currency than most count as without a cost.
    Cost: up to 20 answers for each pick.
    """
    currency = _currency(known)

    def value(repair: Repair) -> float:
        return repair.minutes / repair.candidate.cost if repair.candidate.cost else repair.minutes

    priced = _picked(known, target, picks, value, lambda c: c.cost is not None, currency)
    unpriced = _picked(known, target, picks, value, lambda c: c.cost is None, currency)
    return priced, unpriced, currency


def _currency(known: Known) -> str:
    """The one that most costs are in."""
    named = Counter(currency for _, currency in known.figures.costs.values())
    return min(named, key=lambda each: (-named[each], each), default="")


def _picked(
    known: Known,
    target: int,
    picks: int,
    value: Callable[[Repair], float],
    fits: Callable[[Candidate], bool],
    currency: str,
) -> list[Repair]:
    found: list[Repair] = []
    for _ in range(picks):
        before = availability(known, target)
        costs = {each.part.vertex: each.minutes for each in causes(before) if not each.part.words}
        dearest = sorted(costs, key=lambda v: (costs[v] is not None, -(costs[v] or 0), v))
        candidates = [c for v in dearest for c in _candidates(known, target, v, currency) if fits(c)][:_LOOKED_AT]
        tried = [_tried(known, target, candidate, before.minutes) for candidate in candidates]
        best = max(tried, key=lambda r: (value(r), -r.candidate.vertex), default=None)
        if best is None or best.minutes <= 0:
            break
        found.append(best)
        known = _edited(known, best.candidate)
    return found


def _candidates(known: Known, target: int, vertex: int, currency: str) -> Iterator[Candidate]:
    figure = known.own(vertex, target)
    if figure is None or not 0 < figure.unavailability < 1 or vertex in known.edits:
        return
    cost = known.figures.costs.get(known.projection.iris[vertex])
    yearly = float(cost[0]) * _MONTHS if cost and cost[1] == currency and cost[0] > 0 else None
    yield Candidate(vertex, "a second one", figure.unavailability**2, yearly)
    if figure.origin in ("contract", "objective"):
        yield Candidate(vertex, "a promise with one more nine", figure.unavailability / 10)


def _tried(known: Known, target: int, candidate: Candidate, before: float) -> Repair:
    after = availability(_edited(known, candidate), target)
    exact = after.likelihood.method is Method.EXACT
    return Repair(candidate, before - after.minutes, after.minutes, exact)


def _edited(known: Known, candidate: Candidate) -> Known:
    edits: Mapping[int, float] = {**known.edits, candidate.vertex: candidate.unavailability}
    return replace(known, edits=edits)


def answer(known: Known, target: int, found: tuple[list[Repair], list[Repair], str]) -> Answer:
    """One row for each pick: first those with a cost, then the others."""
    p, (priced, unpriced, currency) = known.projection, found
    rows = [
        (
            p.ids[r.candidate.vertex],
            p.labels[r.candidate.vertex],
            r.candidate.edit,
            rounded(r.minutes),
            rounded(r.left),
            None if r.candidate.cost is None else rounded(r.candidate.cost, 6),
            None if r.candidate.cost is None else rounded(1000 * r.minutes / r.candidate.cost),
        )
        for r in (*priced, *unpriced)
    ]
    now = availability(known, target)
    return Answer(
        title=f"{p.labels[target]}: {count(len(priced), 'repair')} with a cost, {len(unpriced):,} without; "
        f"now {rounded(now.minutes):,} minutes down in {'' if now.period.start else 'a '}{now.period.words}",
        of="repairs",
        columns=("id", "name", "repair", "minutes won", "minutes left", "cost a year", "minutes per 1000"),
        rows=tuple(rows),
        facts={"revision": p.revision, "service": p.ids[target], "currency": currency},
        notes=(*_notes(known, found), *assumptions(p, now.structure.vertices.tolist(), known.readings)),
    )


def _notes(known: Known, found: tuple[list[Repair], list[Repair], str]) -> Iterator[str]:
    priced, unpriced, currency = found
    yield "with a cost by minutes for the money, the others by minutes; in its list each row counts those above as done"
    if priced:
        yield f"the cost of a second one is taken to be that of the first, in {currency}"
    others = sorted({each for _, each in known.figures.costs.values()} - {currency})
    if others:
        yield f"costs in {', '.join(others)} are not compared with those in {currency}"
    yield (
        "a second one fails independently of the first and takes over at once; both stand on the same things, "
        "unless the figure is end to end: then nothing beneath is shared"
    )
    if known.readings is not None:
        yield f"what is open is read at its worst (profile: {known.readings.profile.value})"
    if not all(repair.exact for repair in (*priced, *unpriced)):
        yield "some of it is simulated: small differences may be chance"
