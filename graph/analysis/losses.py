"""What does a change cost, and what can be claimed for it? Hours down at their price, and steps of service credits.

What an hour down costs is said by the business impact analysis of a service; what is given back, by the objective of an
agreement; until when it can be asked for, by the agreement. Where the map does not say one of these, nothing is put in
its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache

from graph.analysis.budgets import Budget, Verdict
from graph.analysis.judgement import Judgement
from graph.analysis.known import Known
from graph.analysis.single_points import business_services
from graph.analysis.states import State
from graph.analysis.windows import FOREVER, Spans, length
from graph.answer import Answer, count

__all__ = [
    "Claim",
    "Loss",
    "claims",
    "claims_answer",
    "cost_of",
    "hours_of",
    "losses",
    "losses_answer",
    "price_of",
]

_NOT_SAID = "not said"


@dataclass(frozen=True, slots=True)
class Loss:
    """What a service loses while it is down: hours at least and at most (None without an end), and money an hour."""

    service: int
    least: float | None
    most: float | None
    hourly: Decimal
    currency: str

    @property
    def amounts(self) -> tuple[Decimal, Decimal] | None:
        """The loss at least and at most; None where nobody knows how long it is down."""
        if self.least is None or self.most is None:
            return None
        least, most = (self.hourly * Decimal(hours).quantize(Decimal("0.0001")) for hours in (self.least, self.most))
        return least, most


@dataclass(frozen=True, slots=True)
class Claim:
    """What a promise gives back once the change is over.

    ``least``, ``most``  shares of the price in percent; None where no steps are said or nothing can be counted
    ``until``            until when it can be claimed; None where the map does not say
    ``owed``             the share of a promise that is broken already, without the change
    """

    budget: Budget
    least: Decimal | None
    most: Decimal | None
    until: datetime | None
    owed: Decimal | None = None

    @property
    def amounts(self) -> tuple[Decimal, Decimal] | None:
        """In money, at least and at most; None where no price of the period is said."""
        price, period = self.budget.agreement.price, self.budget.objective.period or "month"
        if self.least is None or self.most is None or price is None or price[2] != period:
            return None
        return price[0] * self.least / 100, price[0] * self.most / 100


def losses(known: Known, judgement: Judgement) -> tuple[tuple[Loss, ...], tuple[int, ...]]:
    """What the services that go down lose, the dearest first; and those of which no cost is said.

    Counted are all elements whose cost of an hour is said, and of the others the business services.
    """
    projection, found, silent = known.projection, list[Loss](), list[int]()
    services = set(business_services(projection))
    down = judgement.most.spans[State.DOWN]
    index = projection.index
    hourly = {index[iri]: said for iri, said in known.figures.losses.items() if iri in index}
    for service in sorted(v for v in down if v in hourly or v in services):
        if said := hourly.get(service):
            least, most = (_hours(run.of(service, State.DOWN)) for run in (judgement.least, judgement.most))
            found.append(Loss(service, least, most, *said))
        else:
            silent.append(service)
    found.sort(key=lambda loss: (loss.currency, -(loss.amounts or (0, loss.hourly))[1], loss.service))
    return tuple(found), tuple(silent)


def _hours(spans: Spans) -> float | None:
    if any(abs(moment) >= FOREVER for span in spans for moment in span):
        return None
    return length(spans) / 3600


def claims(budgets: Sequence[Budget]) -> tuple[Claim, ...]:
    """What each promise that is or may be broken gives back; one that is broken already may give more than before."""
    return tuple(_claim(budget) for budget in budgets if budget.breaks or budget.verdict is Verdict.ALREADY)


def _claim(budget: Budget) -> Claim:
    least, most = (_share(budget, minutes) for minutes in (budget.least, budget.most))
    within, end = budget.agreement.claim_within, budget.end
    until = None if within is None or end is None else end + timedelta(minutes=float(within))
    owed = _share(budget, 0.0) if budget.verdict is Verdict.ALREADY else None
    return Claim(budget, least, most, until, owed)


def _share(budget: Budget, minutes: float | None) -> Decimal | None:
    """The largest step that is reached with so many minutes lost."""
    if minutes is None or not budget.counted or not budget.objective.credits:
        return None
    reached = Decimal(100) - Decimal((budget.before + minutes) / budget.counted * 100)
    return max((share for below, share in budget.objective.credits if reached < below), default=Decimal(0))


def losses_answer(known: Known, found: Sequence[Loss], silent: Sequence[int]) -> Answer:
    """What it costs, a service a row."""
    labels = known.projection.labels
    notes = []
    if silent:
        names = ", ".join(labels[v] for v in silent[:_NAMED]) + (" and others" if len(silent) > _NAMED else "")
        notes.append(f"{_NOT_SAID} what an hour down costs of {count(len(silent), 'business service')}: {names}")
    if len({loss.service for loss in found}) > 1:
        notes.append("a service that stands on another may count the same loss: the rows are not added up")
    return Answer(
        title=count(len(found), "element") + " with a cost of being down",
        of="losses",
        columns=("id", "name", "hours down", "an hour costs", "cost"),
        rows=tuple(
            (
                known.projection.ids[loss.service],
                labels[loss.service],
                hours_of(loss),
                price_of(loss),
                cost_of(loss),
            )
            for loss in found
        ),
        facts={"revision": known.projection.revision},
        notes=tuple(notes),
    )


_NAMED = 5


def hours_of(loss: Loss) -> str:
    """For how many hours it is lost, in words."""
    return "without an end" if loss.amounts is None else _range(loss.least, loss.most)


def price_of(loss: Loss) -> str:
    """What an hour costs, in words."""
    return _money(loss.hourly, loss.currency)


def cost_of(loss: Loss) -> str:
    """What it costs in all, in words."""
    return "not counted: no window" if loss.amounts is None else _moneys(loss.amounts, loss.currency)


def claims_answer(known: Known, found: Sequence[Claim]) -> Answer:
    """What can be claimed, a promise a row; what the map does not say is told so."""
    projection = known.projection

    @cache
    def name(iri: str) -> str:
        return projection.labels[projection.index[iri]] if iri in projection.index else iri

    return Answer(
        title=f"{count(len(found), 'promise')} that may give a claim",
        of="claims",
        columns=("agreement", "who owes", "who can claim", "credit", "amount", "claim until"),
        rows=tuple(
            (
                name(each.budget.agreement.iri),
                name(each.budget.agreement.by),
                ", ".join(map(name, each.budget.agreement.customers)) or _NOT_SAID,
                _credit(each),
                _amount(each),
                each.until.isoformat(timespec="minutes") if each.until else _NOT_SAID,
            )
            for each in found
        ),
        facts={"revision": projection.revision},
        notes=tuple(_claim_notes(found)),
    )


def _claim_notes(found: Sequence[Claim]) -> Iterator[str]:
    if any(each.until for each in found):
        yield "a claim is counted from the end of the period that the promise is counted in"


def _credit(each: Claim) -> str:
    if each.least is None or each.most is None:
        penalty = each.budget.agreement.penalty
        return f"in words: {penalty}" if penalty else _NOT_SAID
    least, most = (f"{share.normalize():f} %" for share in (each.least, each.most))
    words = f"{most} of the price" if least == most else f"{least} to {most} of the price"
    if each.owed is None:
        return words
    owed = f"{each.owed.normalize():f} %"
    return f"{words}, owed already" if owed == least == most else f"{words}, {owed} of it owed already"


def _amount(each: Claim) -> str:
    price = each.budget.agreement.price
    return _NOT_SAID if each.amounts is None or price is None else _moneys(each.amounts, price[1])


def _money(amount: Decimal, currency: str) -> str:
    return f"{amount:,.2f} {currency}"


def _moneys(amounts: tuple[Decimal, Decimal], currency: str) -> str:
    least, most = (_money(amount, currency) for amount in amounts)
    return most if least == most else f"{least} to {most}"


def _range(least: float | None, most: float | None) -> str:
    small, large = (f"{hours or 0:.2f}".rstrip("0").rstrip(".") for hours in (least, most))
    return large if small == large else f"{small} to {large}"
