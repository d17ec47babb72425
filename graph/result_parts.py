"""Which statements tell what hangs on changes beside the elements that are hit? Cost, people, calendar, way back ...

Each part of a report that has rows has things of its own here, joined to the result; what stands beside the rows is
said in words. ``graph.result_graph`` tells the elements that are hit.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from graph.access import Access
from graph.analysis.budgets import Budget, Verdict, promise_words
from graph.analysis.budgets import answer as promises_answer
from graph.analysis.exposures import Exposed
from graph.analysis.losses import Claim, Loss, claims, claims_answer, losses_answer
from graph.analysis.recovery import Recovery
from graph.analysis.states import State
from graph.analysis.windows import FOREVER, Spans
from graph.answer import Answer, Report, count, words_of_cell
from graph.assessment import Matters, Occasion, Stakes, record_findings
from graph.back_out import Step
from graph.compare import answer as differences
from graph.consequences import answer as consequences_answer
from graph.ntriples import Writer
from graph.projection import Projection
from graph.records import Plan
from graph.response import flat
from graph.schedule import Clash, Schedule
from graph.schedule import answer as schedule_answer
from graph.standing import Standing, already
from ontology import terms as t

__all__ = ["STATES", "PartTeller", "line_of"]

STATES = {
    "unaffected": t.IMPACT_UNAFFECTED,
    "at risk": t.IMPACT_AT_RISK,
    "degraded": t.IMPACT_DEGRADED,
    "down": t.IMPACT_DOWN,
}
_Seconds = Sequence[Sequence[int | None]]
_T = TypeVar("_T")


class PartTeller:
    """Says the parts; each thing has an address below that of the result.

    Of each list no more than ``most`` are told; ``cuts`` says in sentences what was left out, and of how many.
    """

    def __init__(self, iri: str, writer: Writer, projection: Projection, most: int | None = None) -> None:
        self.iri, self.writer, self.projection, self.most = iri, writer, projection, most
        self.cuts: list[str] = []

    def first(self, them: Sequence[_T], noun: str, plural: str = "") -> Sequence[_T]:
        """As many of a list as are told, in the order of the report; a cut is noted with the number of all."""
        if self.most is None or len(them) <= self.most:
            return them
        self.cuts.append(f"the first {self.most:,} of {count(len(them), noun, plural)} are told")
        return them[: self.most]

    def part(self, owner: str, joined: str, name: str, cls: str) -> str:
        """A part of the result, joined to its owner."""
        iri = f"{self.iri}/{name}"
        self.writer.iri(owner, joined, iri)
        self.writer.type(iri, cls)
        return iri

    def texts(self, term: str, lines: Iterable[str]) -> None:
        """Sentences about the result as a whole."""
        for line in dict.fromkeys(lines):
            self.writer.text(self.iri, term, line)

    def spans(self, owner: str, name: str, spans: _Seconds, state: str = "") -> None:
        """Stretches of time; an end that is not there is not said."""
        for number, (start, end) in enumerate(spans, 1):
            iri = self.part(owner, t.HAS_SPAN, f"{name}/span/{number}", t.EFFECT_SPAN)
            if state:
                self.writer.iri(iri, t.SPAN_STATE, state)
            for term, seconds in ((t.PLANNED_START, start), (t.PLANNED_END, end)):
                if seconds is not None:
                    self.writer.text(iri, term, datetime.fromtimestamp(seconds, UTC).isoformat(), t.XSD_DATE_TIME)

    def _elements(self, owner: str, term: str, elements: Collection[int]) -> None:
        for element in elements:
            self.writer.iri(owner, term, self.projection.iris[element])

    def matters(self, found: Matters, occasion: Occasion | None, *, zone: tzinfo = UTC) -> None:
        """All parts, in the order of the report."""
        if occasion is not None and occasion.standing is not None:
            self.already(occasion.standing, zone)
        self.exposed(found.exposed)
        self.lost(found.lost[0])
        self.stakes(found.stake)
        self.access(found.access)
        if occasion is not None and found.calendar is not None:
            told = record_findings(occasion.records)
            self.calendar(found.calendar, schedule_answer(self.projection, found.calendar, zone=zone, findings=told))
        self.way_back(found.returning or ())
        self.restart(found.restart)
        for number, (service, plan) in enumerate(found.responses, 1):
            self.response(number, service, plan)
        self.edited(found)
        self.texts(t.ALSO_SAID, promises_answer(found.stake.known, found.stake.promises).notes)
        self.texts(t.ALSO_SAID, losses_answer(found.stake.known, *found.lost).notes)
        self.texts(t.ALSO_SAID, claims_answer(found.stake.known, claims(found.stake.promises)).notes)

    def already(self, standing: Standing, zone: tzinfo) -> None:
        """What is not well before the changes begin."""
        for number, plan in enumerate(standing.plans, 1):
            name = f"before/{number}"
            iri = self.part(self.iri, t.HAS_BASELINE, name, t.ALREADY_SO)
            self.writer.text(iri, t.RDFS_LABEL, plan.name)
            self.writer.text(iri, t.BASELINE_KIND, plan.what)
            self._elements(iri, t.BASELINE_RECORD, _records([plan]))
            self._elements(iri, t.ON_ELEMENT, plan.elements)
            self.spans(iri, name, _seconds(plan.window))
        if standing.plans:
            self.texts(t.ALSO_SAID, already(standing, zone=zone).notes)

    def exposed(self, found: Sequence[Exposed]) -> None:
        """What runs on without what watches, protects, restores or steers it."""
        for number, each in enumerate(self.first(found, "exposure"), 1):
            iri = self.part(self.iri, t.HAS_EXPOSURE, f"exposure/{number}", t.EXPOSURE_FOUND)
            self._elements(iri, t.ON_ELEMENT, [each.element])
            self.writer.iri(iri, t.EXPOSED_AS, each.exposure)
            self._elements(iri, t.EXPOSED_THROUGH, [int(self.projection.edges.provider[each.edge])])

    def lost(self, found: Sequence[Loss]) -> None:
        """What it costs."""
        for number, each in enumerate(self.first(found, "cost"), 1):
            iri = self.part(self.iri, t.HAS_LOSS, f"loss/{number}", t.OUTAGE_LOSS)
            self._elements(iri, t.ON_ELEMENT, [each.service])
            self.writer.number(iri, t.LOSS_PER_HOUR, each.hourly)
            self.writer.text(iri, t.AMOUNT_CURRENCY, each.currency)
            for term, hours in ((t.HOURS_DOWN_AT_LEAST, each.least), (t.HOURS_DOWN_AT_MOST, each.most)):
                if hours is not None:
                    self.writer.number(iri, term, _decimal(hours))
            for term, amount in zip((t.LOSS_AT_LEAST, t.LOSS_AT_MOST), each.amounts or (), strict=False):
                self.writer.number(iri, term, amount)

    def stakes(self, stake: Stakes) -> None:
        """People with their reasons, promises with their minutes, and what is not known."""
        w, iris, number = self.writer, self.projection.iris, 0
        entries = self.first(stake.involved.entries, "person, team or role", "people, teams and roles")
        of_each = None if self.most is None else max(1, self.most // max(1, len(entries)))
        reasons = sum(len(entry.reasons) for entry in stake.involved.entries)
        if of_each is not None and any(len(entry.reasons) > of_each for entry in entries):
            self.cuts.append(f"of {reasons:,} reasons why they have a part, the first {of_each:,} of each are told")
        for entry in entries:
            for reason in entry.reasons[:of_each]:
                number += 1
                iri = self.part(self.iri, t.HAS_INVOLVEMENT, f"involvement/{number}", t.INVOLVEMENT)
                w.iri(iri, t.INVOLVED_PARTY, iris[entry.actor])
                w.text(iri, t.PART_TAKEN, reason.part.words)
                w.text(iri, t.INVOLVED_BECAUSE, reason.words)
                w.iri(iri, t.ON_ELEMENT, iris[reason.element])
                if reason.role is not None:
                    w.iri(iri, t.INVOLVED_AS, iris[reason.role])
                if reason.spared:
                    w.truth(iri, t.ONLY_AT_RISK, value=True)
        self._elements(self.iri, t.NOT_NOTIFIED, stake.involved.left_out)
        for place, budget in enumerate(self.first(stake.promises, "promise"), 1):
            self.promise(place, budget)
        self.texts(t.GAP_FOUND, stake.involved.gaps)
        self.texts(t.NOT_KNOWN, stake.unknown.notes)

    def promise(self, number: int, budget: Budget) -> None:
        """What is taken of one promise, and what it gives back."""
        w = self.writer
        iri = self.part(self.iri, t.HAS_PROMISE_USE, f"promise/{number}", t.PROMISE_USE)
        w.text(iri, t.RDFS_LABEL, f"{promise_words(budget.objective)}, {budget.period}")
        w.iri(iri, t.USES_PROMISE_OF, budget.agreement.iri)
        w.iri(iri, t.ON_ELEMENT, self.projection.iris[budget.service])
        w.text(iri, t.PROMISE_VERDICT, budget.verdict.value)
        for term, minutes in (
            (t.MINUTES_ALLOWED, budget.allowed),
            (t.MINUTES_USED_BEFORE, None if budget.verdict is Verdict.OPEN else budget.before),
            (t.MINUTES_AT_LEAST, budget.least),
            (t.MINUTES_AT_MOST, budget.most),
        ):
            if minutes is not None:
                w.number(iri, term, _decimal(minutes))
        for claim in claims([budget]):
            self.claim(iri, claim)

    def claim(self, use: str, claim: Claim) -> None:
        """What a promise gives back, from whom and to whom, and until when it can be asked for."""
        w, agreement = self.writer, claim.budget.agreement
        told = (t.CREDIT_AT_LEAST, claim.least), (t.CREDIT_AT_MOST, claim.most), (t.CREDIT_OWED, claim.owed)
        for term, share in told:
            if share is not None:
                w.number(use, term, share)
        for term, amount in zip((t.CLAIM_AT_LEAST, t.CLAIM_AT_MOST), claim.amounts or (), strict=False):
            w.number(use, term, amount)
        if claim.amounts and agreement.price:
            w.text(use, t.AMOUNT_CURRENCY, agreement.price[1])
        if claim.least is None and agreement.penalty:
            w.text(use, t.CREDIT_IN_WORDS, agreement.penalty)
        if claim.until is not None:
            w.text(use, t.CLAIM_UNTIL, claim.until.isoformat(), t.XSD_DATE_TIME)
        for term, parties in ((t.CLAIM_OWED_BY, (agreement.by,)), (t.CLAIM_OWED_TO, agreement.customers)):
            for party in parties:
                if party in self.projection.index:
                    w.iri(use, term, party)

    def access(self, found: Access) -> None:
        """Who can carry it out and take it back, who cannot and should, and whose rights go."""
        pairs = [(element, *each) for element, able in found.able.items() for each in able.items()]
        told = self.first(pairs, "ability to carry it out", "abilities to carry it out")
        for number, (element, party, scopes) in enumerate(told, 1):
            iri = self.part(self.iri, t.HAS_ABILITY, f"ability/{number}", t.ABILITY_FOUND)
            self._elements(iri, t.ON_ELEMENT, [element])
            self._elements(iri, t.ABLE_PARTY, [party])
            self._elements(iri, t.ABLE_THROUGH, scopes)
        self.texts(t.ACCESS_GAP, found.gaps)
        self.texts(t.ACCESS_LOST, map(str, found.lost))

    def calendar(self, found: Schedule, told: Answer) -> None:
        """What stands in the way of the changes."""
        for number, clash in enumerate(self.first(found.clashes, "collision"), 1):
            self.clash(f"collision/{number}", clash)
        self.texts(t.ALSO_SAID, [told.title, *told.notes])

    def clash(self, name: str, clash: Clash) -> None:
        """One thing that stands in the way: which changes, of what, when, why, and what would end it."""
        iri = self.part(self.iri, t.HAS_COLLISION, name, t.COLLISION_FOUND)
        self.writer.text(iri, t.COLLISION_KIND, clash.what)
        for each in dict.fromkeys(plan.name for plan in clash.plans):
            self.writer.text(iri, t.COLLIDING_NAME, each)
        self._elements(iri, t.COLLIDING_RECORD, _records(clash.plans))
        self._elements(iri, t.ON_ELEMENT, clash.elements)
        if clash.state is not State.UNAFFECTED:
            self.writer.iri(iri, t.COLLISION_STATE, STATES[clash.state.words])
        self.spans(iri, name, _seconds(clash.spans))
        self.writer.text(iri, t.COLLISION_BECAUSE, clash.because)
        if clash.way_out:
            self.writer.text(iri, t.COLLISION_WAY_OUT, clash.way_out)
        self.writer.truth(iri, t.COLLISION_CERTAIN, value=clash.sure)

    def way_back(self, steps: Sequence[Step]) -> None:
        """What the way back needs, and whether it is there."""
        for number, step in enumerate(steps, 1):
            iri = self.part(self.iri, t.HAS_WAY_BACK, f"back/{number}", t.WAY_BACK_FINDING)
            self.writer.text(iri, t.WAY_BACK_ABOUT, step.what)
            self.writer.text(iri, t.WAY_BACK_HOLDS, step.holds.value)
            self.writer.text(iri, t.WAY_BACK_BECAUSE, step.words)

    def restart(self, found: Recovery) -> None:
        """In which order what is down comes back, and what only comes back together."""
        places = [(number, element) for number, step in enumerate(found.steps, 1) for element in step]
        for number, element in self.first(places, "place in the restart", "places in the restart"):
            iri = self.part(self.iri, t.HAS_RESTART, f"restart/{number}/{element}", t.RESTART_PLACE)
            self._elements(iri, t.ON_ELEMENT, [element])
            self.writer.number(iri, t.RESTART_STEP, number)
        for number, circle in enumerate(
            self.first(found.circles, "circle of the restart", "circles of the restart"), 1
        ):
            iri = self.part(self.iri, t.HAS_RESTART_CIRCLE, f"circle/{number}", t.RESTART_CIRCLE)
            self._elements(iri, t.ON_ELEMENT, circle)
            self.writer.truth(iri, t.STARTS_FROM_COLD, value=circle not in found.cold)

    def response(self, number: int, service: int, plan: Report) -> None:
        """Who does and says what when a service is down."""
        name, told = f"response/{number}", flat(plan)
        iri = self.part(self.iri, t.HAS_RESPONSE, name, t.RESPONSE_TOLD)
        self._elements(iri, t.ON_ELEMENT, [service])
        self.writer.text(iri, t.RDFS_LABEL, plan.title)
        for sentence in (*plan.summary, *told.notes):
            self.writer.text(iri, t.RESPONSE_SUMMARY, sentence)
        for place, (question, entry) in enumerate(told.rows, 1):
            line = self.part(iri, t.HAS_RESPONSE_LINE, f"{name}/line/{place}", t.RESPONSE_LINE)
            self.writer.number(line, t.LINE_NUMBER, place)
            self.writer.text(line, t.LINE_QUESTION, words_of_cell(question))
            self.writer.text(line, t.LINE_SAYS, words_of_cell(entry))

    def edited(self, found: Matters) -> None:
        """What is otherwise after an edit of the map, and how the same changes fare without it."""
        if found.edited:
            comparison, follows, lost, gained = found.edited
            rows = differences(comparison)
            told = consequences_answer(comparison, follows)
            self.texts(t.DIFFERENCE_FOUND, (*(line_of(rows, row) for row in rows.rows), *told.notes))
            self.texts(t.ACCESS_LOST, map(str, lost))
            self.texts(t.ACCESS_GAINED, map(str, gained))
        for section in found.beside:
            self.texts(t.COMPARED_WITHOUT, (line_of(section.answer, row) for row in section.answer.rows))
            self.texts(t.ALSO_SAID, section.answer.notes)


def line_of(answer: Answer, row: Sequence[object]) -> str:
    """A row of an answer in one line: each column that says something, with its name.

    >>> line_of(Answer("", "rows", ("name", "hours", "state"), ()), ("Shop", None, "down"))
    'name: Shop; state: down'
    """
    told = zip(answer.columns, row, strict=True)
    return "; ".join(f"{column}: {words}" for column, cell in told if (words := words_of_cell(cell)))  # type: ignore[arg-type] # cells


def _records(plans: Iterable[Plan]) -> list[int]:
    """The records of plans; what is only supposed, or a state of an element itself, has none."""
    return list(dict.fromkeys(plan.record for plan in plans if plan.record not in plan.elements))


def _seconds(spans: Spans) -> _Seconds:
    return [[None if abs(moment) >= FOREVER else moment for moment in span] for span in spans]


def _decimal(number: float) -> Decimal:
    return Decimal(str(round(number, 3)))
