"""What hangs on the same changes without an edit of the map, and with it? Promises, approval and cost, side by side.

Promises, people and services are matched by IRI: an edit may bring new ones and take others away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from graph.analysis.budgets import Budget, promise_words
from graph.analysis.known import Known
from graph.analysis.losses import Loss, cost_of, hours_of, price_of
from graph.answer import Answer, Cell, Section, count
from graph.people import Part, People
from graph.projection import Projection

__all__ = ["COST", "PROMISES", "SAME", "Hanging", "approval", "beside"]

PROMISES = "What becomes of promises, before and with the what-if?"
COST = "What does it cost, before and with the what-if?"
SAME = "the same in both"
_BEFORE, _AFTER = "before", "with the what-if"
_NOTHING = "nothing taken"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, eq=False)
class Hanging:
    """What hangs on changes in one state of the map: the promises they take from, who is involved, what is lost."""

    known: Known
    promises: tuple[Budget, ...]
    involved: People
    losses: tuple[Loss, ...]

    @property
    def projection(self) -> Projection:
        """The service graph of the state."""
        return self.known.projection


def approval(*, planned: bool) -> str:
    """What the part about approval answers; of what nobody planned it tells who decides."""
    return f"Who {Part.APPROVE.said(planned=planned)}, before and with the what-if?"


def beside(before: Hanging, after: Hanging, *, most: int | None = None, planned: bool = True) -> tuple[Section, ...]:
    """The three parts of a report; each lists what either state has, and first what is not the same in both.

    ``most`` cuts each list, and the cut is said. ``planned`` as that of ``graph.people.answer``.
    """
    return (
        Section(PROMISES, _cut(_promises(before, after), most)),
        Section(approval(planned=planned), _cut(_approval(before, after, planned=planned), most)),
        Section(COST, _cut(_cost(before, after), most)),
    )


def _cut(answer: Answer, most: int | None) -> Answer:
    if most is None or len(answer.rows) <= most:
        return answer
    words = f"the first {most:,} of {len(answer.rows):,} are listed, what differs before the rest"
    return replace(answer, rows=answer.rows[:most], notes=(words, *answer.notes))


def _pairs(one: Mapping[T, object], other: Mapping[T, object]) -> Iterator[T]:
    """The keys of both, those of the second first, in their order."""
    yield from dict.fromkeys((*other, *one))


def _differing_first(rows: Iterable[tuple[bool, tuple[Cell, ...]]]) -> tuple[tuple[Cell, ...], ...]:
    return tuple(row for _, row in sorted(rows, key=lambda pair: not pair[0]))


def _promises(before: Hanging, after: Hanging) -> Answer:
    """A promise a row: minutes taken at most and what becomes of it, in both states."""
    old, new = _by_promise(before), _by_promise(after)
    rows = list[tuple[bool, tuple[Cell, ...]]]()
    for key in _pairs(old, new):
        was, is_ = _taken(old.get(key)), _taken(new.get(key))
        side, budget = (after, new[key]) if key in new else (before, old[key])
        names = _name(side, budget.agreement.iri), side.projection.labels[budget.service]
        rows.append((was != is_, (*names, promise_words(budget.objective), *was, *is_)))
    return Answer(
        title=_title(sum(differs for differs, _ in rows), len(rows), "promise", "fares otherwise", "fare otherwise"),
        of="promises side by side",
        columns=("agreement", "service", "promise", "minutes before", _BEFORE, "minutes with it", _AFTER),
        rows=_differing_first(rows),
    )


def _by_promise(side: Hanging) -> dict[tuple[str, str, str], Budget]:
    iris = side.projection.iris
    return {(b.agreement.iri, b.objective.iri, iris[b.service]): b for b in side.promises}


def _taken(budget: Budget | None) -> tuple[Cell, str]:
    """Minutes that are taken at most, and the verdict."""
    if budget is None:
        return 0.0, _NOTHING
    return None if budget.most is None else round(budget.most, 1), budget.verdict.value


def _approval(before: Hanging, after: Hanging, *, planned: bool) -> Answer:
    """Who approves, or decides, a party a row."""
    old, new = _approvers(before), _approvers(after)
    words = {True: Part.APPROVE.said(planned=planned), False: "need not"}
    rows = list[tuple[bool, tuple[Cell, ...]]]()
    for iri in _pairs(old, new):
        identifier, name = new.get(iri) or old[iri]
        was, is_ = words[iri in old], words[iri in new]
        rows.append((was != is_, (identifier, name, was, is_)))
    return Answer(
        title=_title(
            sum(differs for differs, _ in rows), len(rows), "person or team", "differs", "differ", "people and teams"
        ),
        of="approval side by side",
        columns=("id", "who", _BEFORE, _AFTER),
        rows=_differing_first(rows),
    )


def _approvers(side: Hanging) -> dict[str, tuple[str, str]]:
    """By IRI, the id and the name of each who must approve."""
    p = side.projection
    found = (entry.actor for entry in side.involved.entries if entry.part is Part.APPROVE)
    return {p.iris[actor]: (p.ids[actor], p.labels[actor]) for actor in found}


def _cost(before: Hanging, after: Hanging) -> Answer:
    """What each service loses while it is down; one that is not down loses nothing."""
    old, new = _by_service(before), _by_service(after)
    rows = list[tuple[bool, tuple[Cell, ...]]]()
    for iri in _pairs(old, new):
        side, loss = (after, new[iri]) if iri in new else (before, old[iri])
        was, is_ = _lost(old.get(iri)), _lost(new.get(iri))
        who = side.projection.ids[loss.service], side.projection.labels[loss.service]
        rows.append((was != is_, (*who, price_of(loss), *was, *is_)))
    notes = ("a service that stands on another may count the same loss: the rows are not added up",)
    return Answer(
        title=_title(sum(differs for differs, _ in rows), len(rows), "service", "costs otherwise", "cost otherwise"),
        of="cost side by side",
        columns=("id", "name", "an hour costs", "hours before", _BEFORE, "hours with it", _AFTER),
        rows=_differing_first(rows),
        notes=notes if len(rows) > 1 else (),
    )


def _by_service(side: Hanging) -> dict[str, Loss]:
    return {side.projection.iris[loss.service]: loss for loss in side.losses}


def _lost(loss: Loss | None) -> tuple[str, str]:
    return ("0", "nothing") if loss is None else (hours_of(loss), cost_of(loss))


def _title(differing: int, total: int, noun: str, one: str, many: str, nouns: str = "") -> str:
    """How many of how many are not the same.

    >>> _title(1, 3, "promise", "fares otherwise", "fare otherwise"), _title(0, 2, "service", "differs", "differ")
    ('1 of 3 promises fares otherwise', '2 services, the same in both')
    """
    if not total:
        return ""
    if not differing:
        return f"{count(total, noun, nouns)}, {SAME}"
    return f"{differing:,} of {count(total, noun, nouns)} {one if differing == 1 else many}"


def _name(side: Hanging, iri: str) -> str:
    p = side.projection
    return p.labels[p.index[iri]] if iri in p.index else iri
