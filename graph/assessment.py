"""What must a change board know about a change? Who is hit and when, promises, people, restart, unknowns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from pathlib import PurePath

from graph.access import Access, Right, access, differing
from graph.access import answer as access_answer
from graph.analysis.budgets import Budget, Spent, Verdict, budgets
from graph.analysis.budgets import answer as promises_answer
from graph.analysis.changes import Change, ChangeKind, Profile, happenings, times_of
from graph.analysis.elements import kind_of
from graph.analysis.exposures import Exposed, exposure_words, exposures
from graph.analysis.impact import broken_groups
from graph.analysis.judgement import Judgement, decision, told, unknown_words
from graph.analysis.judgement import answer as affected_answer
from graph.analysis.known import Known
from graph.analysis.losses import Loss, claims, claims_answer, losses, losses_answer
from graph.analysis.recovery import Recovery, recovery
from graph.analysis.recovery import answer as restart_answer
from graph.analysis.single_points import business_services
from graph.analysis.states import State
from graph.analysis.timed import timed
from graph.analysis.unknowns import Readings
from graph.analysis.windows import FOREVER
from graph.answer import Answer, Report, Section, count, few
from graph.back_out import Step, back_out
from graph.back_out import answer as back_out_answer
from graph.beside import Hanging, beside
from graph.compare import Comparison, compare
from graph.consequences import Consequences, consequences
from graph.consequences import answer as consequences_answer
from graph.coverage import coverage
from graph.doubts import Age, failed
from graph.maps import Map
from graph.model import Finding
from graph.people import Part, People, is_actor, people
from graph.people import answer as people_answer
from graph.people import heading as people_heading
from graph.projection import Projection
from graph.records import Plan, Records
from graph.response import Facts, flat, response_plan
from graph.results import proofs
from graph.rollup import Reach, reach
from graph.rollup import answer as reach_answer
from graph.schedule import Schedule, schedule
from graph.schedule import answer as schedule_answer
from graph.standing import Standing, already
from graph.standing import answer as standing_answer
from ontology import terms as t

__all__ = [
    "USUAL",
    "Extent",
    "Matters",
    "Occasion",
    "Stakes",
    "Without",
    "assess",
    "is_planned",
    "matters",
    "promised",
    "record_findings",
    "stakes",
    "summary",
    "title_of",
    "with_claims",
]


@dataclass(frozen=True, slots=True)
class Extent:
    """How much of each part of a report is told; each cut is said. ``most`` is of elements, promises, restarts."""

    most: int | None = None
    plans: int = 5
    proved: int = 10
    reached: int = 10
    unknown: int = 60
    rights: int = 100

    @classmethod
    def of(cls, most: int | None, *, plans: int | None = None) -> Extent:
        """So many of everything, as somebody asks for; response plans have a number of their own.

        >>> Extent.of(3).proved, Extent.of(3).plans, Extent.of(None, plans=9).plans, Extent.of(None).proved
        (3, 5, 9, 10)
        """
        own = cls() if plans is None else cls(plans=plans)
        if most is None:
            return own
        return cls(most=most, plans=own.plans, proved=most, reached=most, unknown=most, rights=most)


USUAL = Extent()


@dataclass(frozen=True, slots=True, eq=False)
class Occasion:
    """When and beside what a change is made: the records of that time, the plan, and what is so already."""

    records: Records
    plan: Plan
    standing: Standing | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Stakes:
    """What hangs on changes beside the elements: promises, people, and what is not known of them."""

    known: Known
    promises: tuple[Budget, ...]
    involved: People
    unknown: Answer


@dataclass(frozen=True, slots=True, eq=False)
class Without:
    """The same changes on the map before it is edited, on the same occasion."""

    opened: Map
    judgement: Judgement
    occasion: Occasion | None

    @property
    def shown(self) -> Judgement:
        """What the changes add there to what is so already."""
        standing = self.occasion.standing if self.occasion else None
        return standing.shown if standing else self.judgement


@dataclass(frozen=True, slots=True, eq=False)
class Matters:
    """What a report tells beside the elements that are hit, as values.

    ``exposed``    what runs on, but blind, unprotected, unrecoverable or unmanageable
    ``lost``       what services lose while they are down, and those of which no cost is said
    ``access``     who can carry the changes out, ``returning`` what speaks for and against getting back
    ``calendar``   what else is planned; None as ``returning`` where nothing is known of when
    ``restart``    in which order what is down comes back
    ``responses``  the plan of each business service that goes down, and the ``unplanned`` services that a limit cut
    ``edited``     what is otherwise after an edit of the map, and which rights go and come
    ``beside``     how the same changes fare without a what-if and with it
    """

    stake: Stakes
    exposed: tuple[Exposed, ...]
    lost: tuple[tuple[Loss, ...], tuple[int, ...]]
    access: Access
    restart: Recovery
    responses: tuple[tuple[int, Report], ...]
    unplanned: tuple[int, ...]
    calendar: Schedule | None = None
    returning: tuple[Step, ...] | None = None
    edited: tuple[Comparison, Consequences, list[Right], list[Right]] | None = None
    beside: tuple[Section, ...] = ()


def matters(
    opened: Map,
    judgement: Judgement,
    *,
    zone: tzinfo = UTC,
    leave_out: Collection[int] = (),
    extent: Extent = USUAL,
    occasion: Occasion | None = None,
    before: Map | None = None,
    without: Without | None = None,
    facts: Facts | None = None,
) -> Matters:
    """Work all of it out. Arguments as those of ``assess``."""
    whole, standing = judgement, occasion.standing if occasion else None
    judgement = standing.shown if standing else judgement
    projection = opened.projection
    stake = stakes(opened, whole, leave_out=leave_out, occasion=occasion, before=before, extent=extent)
    lost = losses(stake.known, standing.added if standing else judgement)
    hanging = Hanging(stake.known, stake.promises, stake.involved, lost[0])
    down = [
        *(v for v in {change.element for change in judgement.changes} if not is_actor(projection, v)),
        *(bracket.element for bracket in judgement.affected if bracket.upper == State.DOWN),
    ]
    facts = facts or Facts(opened.store, projection)
    responses, unplanned = _responses(opened, judgement, extent.plans, facts)
    return Matters(
        stake,
        _newly_exposed(projection, whole, standing),
        lost,
        _access(opened, judgement, occasion),
        recovery(projection, down),
        responses,
        unplanned,
        calendar=_calendar(occasion, judgement, zone) if occasion else None,
        returning=back_out(occasion.records, occasion.plan, zone=zone) if occasion else None,
        edited=_edited(before, opened) if before else None,
        beside=_beside(without, hanging, leave_out, extent.most, planned=is_planned(judgement)),
    )


def assess(
    opened: Map,
    judgement: Judgement,
    *,
    zone: tzinfo = UTC,
    leave_out: Collection[int] = (),
    extent: Extent = USUAL,
    occasion: Occasion | None = None,
    before: Map | None = None,
    said: Sequence[str] = (),
    shifted: Sequence[str] = (),
    without: Without | None = None,
    reached: Reach | None = None,
    facts: Facts | None = None,
) -> Report:
    """The whole answer about changes, as a change board reads it.

    Args:
        opened: the map.
        judgement: what the changes do.
        zone: for the times that are shown.
        leave_out: people and teams that are not to be notified.
        extent: how much of each part is listed; the cuts are said.
        occasion: what is so already and what else is planned; without it nothing is said of them.
        before: the map before it is edited; with it the report says what the edit changes beside.
        said: what must be said of where the changes come from, such as things of a plan that are not on the map.
        shifted: whom a what-if helps and harms, in sentences.
        without: the same changes without a what-if; promises, approval and cost of both stand side by side.
        reached: what it reaches, where that is known already.
        facts: what was read for the response plans of other changes.
    """
    whole, standing = judgement, occasion.standing if occasion else None
    judgement = standing.shown if standing else judgement
    projection, most, planned = opened.projection, extent.most, is_planned(judgement)
    found = matters(
        opened,
        whole,
        zone=zone,
        leave_out=leave_out,
        extent=extent,
        occasion=occasion,
        before=before,
        without=without,
        facts=facts,
    )
    known, promises, involved = found.stake.known, found.stake.promises, found.stake.involved
    rolled_up = reach_answer(projection, reached or reach(opened, judgement), most=extent.reached)
    sections = [
        Section("What is planned, as far as it can be read?", Answer("", "plan", (), (), notes=tuple(said))),
        Section("Who is hit, and when?", _affected(projection, judgement, standing, zone, most)),
        *(_before(standing, zone) if standing else ()),
        Section("How many of each kind?", _by_kind(projection, judgement)),
        Section("Which services, customers and places does it reach?", rolled_up),
        Section("What runs on, but exposed?", _exposed(projection, found.exposed)),
        Section("Which promises break or lose time?", promises_answer(known, promises, most=most)),
        Section("What does it cost?", losses_answer(known, *found.lost)),
        Section("What can be claimed for it?", claims_answer(known, claims(promises))),
        Section(people_heading(planned=planned), people_answer(projection, involved, planned=planned)),
        *found.beside,
        Section("Who has access, and who would lose it?", access_answer(projection, found.access, most=extent.rights)),
        *(_around(occasion, found, zone) if occasion else ()),
        Section("In which order does it come back?", restart_answer(projection, found.restart, most=most)),
        *(_different(found) if found.edited else ()),
        *_response(projection, found),
        Section("How do we know?", _proved(opened, whole, judgement, extent.proved)),
        Section("What do we not know?", found.stake.unknown),
    ]
    return Report(
        title=title_of(projection, judgement, before),
        summary=summary(projection, judgement, found.stake, zone=zone, shifted=shifted, before=before),
        sections=tuple(s for s in sections if s.answer.rows or s.answer.notes),
        facts={"revision": judgement.most.revision, "profile": judgement.profile.value},
        named=True,
    )


def summary(
    projection: Projection,
    judgement: Judgement,
    stake: Stakes,
    *,
    zone: tzinfo = UTC,
    shifted: Sequence[str] = (),
    before: Map | None = None,
) -> tuple[str, ...]:
    """The short of it, a sentence a line: of what the changes add to what is so already."""
    approving = [projection.labels[e.actor] for e in stake.involved.entries if e.part is Part.APPROVE]
    return (
        *_summary(projection, judgement, zone, before),
        *_kept(stake.known, stake.promises, endless=bool(stake.promises) and _endless(judgement)),
        *_approval(projection, judgement, approving),
        *([f"{count(len(stake.involved.gaps), 'gap')} in who is responsible."] if stake.involved.gaps else ()),
        *(f"{line[0].upper()}{line[1:]}." for line in shifted),
    )


def _beside(
    without: Without | None, after: Hanging, leave_out: Collection[int], most: int | None, *, planned: bool
) -> tuple[Section, ...]:
    """Promises, approval and cost of both states of the map, where there are two."""
    if without is None:
        return ()
    return beside(_hanging(without, after.projection, leave_out), after, most=most, planned=planned)


def _hanging(without: Without, after: Projection, leave_out: Collection[int]) -> Hanging:
    """What hangs on the changes without the what-if; who is left out is known by number of the map after it."""
    opened, judgement, occasion = without.opened, without.shown, without.occasion
    standing, index = occasion.standing if occasion else None, opened.projection.index
    known, promises = promised(opened, judgement, occasion)
    silent = [index[iri] for each in leave_out if (iri := after.iris[each]) in index]
    changed = {change.element for change in judgement.changes}
    hit = {bracket.element: bracket.upper for bracket in judgement.affected}
    involved = people(
        opened.store,
        opened.projection,
        changed,
        hit,
        at=_beginning(judgement),
        leave_out=silent,
        named=lambda: opened.surroundings.named,
    )
    return Hanging(known, promises, involved, losses(known, standing.added if standing else judgement)[0])


def _beginning(judgement: Judgement) -> datetime | None:
    """When the first of the changes begins; None where nobody says."""
    begin = min((start for change in judgement.changes for start, _ in change.windows), default=-FOREVER)
    return datetime.fromtimestamp(begin, UTC) if abs(begin) < FOREVER else None


def _approval(projection: Projection, judgement: Judgement, approving: Sequence[str]) -> Iterator[str]:
    """Who approves, or decides what is done; that nobody does is told where that is not about people who are away."""
    planned = is_planned(judgement)
    if approving:
        yield f"To {'approve' if planned else 'decide'}: {few(approving, most=6)}."
    elif not all(is_actor(projection, change.element) for change in judgement.changes):
        yield f"Nobody is named who {'approves' if planned else 'decides'}."


def is_planned(judgement: Judgement) -> bool:
    """Whether somebody means to do any of it, so that it can be approved."""
    return any(change.is_planned for change in judgement.changes)


def stakes(
    opened: Map,
    judgement: Judgement,
    *,
    leave_out: Collection[int] = (),
    occasion: Occasion | None = None,
    before: Map | None = None,
    extent: Extent = USUAL,
) -> Stakes:
    """Which promises, people and unknowns does it concern? Arguments as those of ``assess``."""
    standing = occasion.standing if occasion else None
    judgement = standing.shown if standing else judgement
    projection = opened.projection
    changed = {change.element for change in judgement.changes}
    hit = {bracket.element: bracket.upper for bracket in judgement.affected}
    at = _beginning(judgement)
    known, promises = promised(opened, judgement, occasion)
    return Stakes(
        known,
        promises,
        people(
            opened.store,
            projection,
            changed,
            hit,
            at=at,
            leave_out=leave_out,
            before=before.store if before else None,
            named=lambda: opened.surroundings.named,
            planned=is_planned(judgement),
        ),
        _unknown(opened, judgement, at, extent.unknown),
    )


def promised(opened: Map, judgement: Judgement, occasion: Occasion | None = None) -> tuple[Known, tuple[Budget, ...]]:
    """The figures of the map, and what changes take from promises. Arguments as those of ``assess``."""
    known, standing = opened.known, occasion.standing if occasion else None
    own = standing.shown if standing else judgement
    begin = min((start for change in own.changes for start, _ in change.windows), default=-FOREVER)
    spent = _spent(occasion) if occasion and abs(begin) < FOREVER else None
    return known, budgets(known, standing.added if standing else judgement, used=spent)


def with_claims(answer: Answer, opened: Map, judgement: Judgement, occasion: Occasion | None = None) -> Answer:
    """The answer with what can be claimed, for programs; without a window nothing is counted, and nothing is said."""
    standing = occasion.standing if occasion else None
    changes = standing.own if standing else judgement.changes
    if any(abs(moment) >= FOREVER for change in changes for span in change.windows for moment in span):
        return answer
    known, promises = promised(opened, judgement, occasion)
    told = claims_answer(known, claims(promises))
    rows = tuple(dict(zip(told.columns, row, strict=True)) for row in told.rows)
    return replace(answer, facts={**answer.facts, told.of: rows})


def title_of(projection: Projection, judgement: Judgement, before: Map | None = None) -> str:
    """What is done, and to what; an edit of the map ``before`` may take it away."""
    names = [projection.labels[change.element] for change in judgement.changes]
    kinds = dict.fromkeys(_done(projection, change, before) for change in judgement.changes)
    return f"{' and '.join(kinds).capitalize()} of {', '.join(names)}"


def _done(projection: Projection, change: Change, before: Map | None) -> str:
    """What is done to an element, in a word; people do not fail, they are away, and what is taken away does not."""
    if _is_taken_away(projection, change, before):
        return "removal"
    away = change.kind is ChangeKind.OUTAGE and is_actor(projection, change.element)
    return "absence" if away else change.kind.value


def _is_taken_away(projection: Projection, change: Change, before: Map | None) -> bool:
    """Whether an edit takes away what is changed: others still name it, and nobody defines it any more."""
    if before is None or not projection.stub[change.element]:
        return False
    was = before.projection
    number = was.index.get(projection.iris[change.element])
    return number is not None and not was.stub[number]


def _summary(projection: Projection, judgement: Judgement, zone: tzinfo, before: Map | None) -> Iterator[str]:
    """The short of it, a sentence a line."""
    for change in judgement.changes:
        for start, end in change.windows:
            words = " to ".join(filter(None, (told(start, zone), told(end, zone))))
            gone = _is_taken_away(projection, change, before)
            words = words or ("for good" if gone else "at any time, without an end")
            done = "taken away" if gone else _done(projection, change, before)
            yield f"{projection.labels[change.element]}: {done}, {words}."
    yield from _taken_as_outage(projection, judgement)
    states = Counter(bracket.upper for bracket in judgement.affected)
    said = [f"{count(states[s], 'element')} {s.words}" for s in sorted(states, reverse=True)]
    loose = "At most " if any(b.lower != b.upper for b in judgement.affected) else ""
    yield f"{loose}{', '.join(said)}." if said else "No known impact."
    untold = sum(bracket.untold for bracket in judgement.affected)
    if untold:
        yield f"For {count(untold, 'element')} one cannot tell; the last section says what decides."
    if judgement.assumed:
        of = count(judgement.dependencies, "dependency", "dependencies")
        yield f"For {judgement.assumed:,} of {of} here nobody says how strong the need is; {_READ[judgement.profile]}."


def _taken_as_outage(projection: Projection, judgement: Judgement) -> Iterator[str]:
    """That work on an element counts as an outage does, where nothing says what of it stays up."""
    worked = [c for c in judgement.changes if c.kind is ChangeKind.MAINTENANCE and c.surely != ()]
    if worked:
        names = few([projection.labels[each] for each in dict.fromkeys(change.element for change in worked)])
        yield f"Nothing says what of {names} stays up during the maintenance, so it counts as an outage does."


_READ = {
    Profile.REQUIRED: "each is taken as required",
    Profile.UNKNOWN: "each is read both ways, so the answer says at least and at most",
    Profile.NOTHING: "each is read both ways, and so is each tolerance, so the answer says at least and at most",
}


def _endless(judgement: Judgement) -> bool:
    return any(not told(end, UTC) for change in judgement.changes for _, end in change.windows)


def _kept(known: Known, promises: Sequence[Budget], *, endless: bool) -> Iterator[str]:
    """Whether promises hold; apart from them those that are broken without the change."""
    broken = [budget.agreement.iri for budget in promises if budget.verdict is Verdict.BROKEN]
    already = sum(budget.verdict is Verdict.ALREADY for budget in promises)
    if not known.agreements:
        yield "The map shows no agreement, so no promise is looked at."
    elif not broken and endless:
        yield "Which promises break depends on how long it lasts; give a start and a length."
    elif not broken:
        may = sum(budget.verdict is Verdict.MAY_BREAK for budget in promises)
        none = f"No {'other ' if already else ''}promise breaks"
        yield f"{none} for certain; {count(may, 'promise')} may." if may else f"{none}{_nearest(known, promises)}."
    else:
        several = f", in {count(len(set(broken)), 'agreement')}" if len(set(broken)) < len(broken) else ""
        yield f"{count(len(broken), 'promise')} broken{several}."
    if already:
        yield f"Broken already, without this: {count(already, 'promise')}."


def _nearest(known: Known, promises: Sequence[Budget]) -> str:
    """Which promise comes nearest to its end, and how much of it is used then; "" where nothing is taken."""
    taken = [each for each in promises if each.verdict is Verdict.KEPT and each.most and each.allowed]
    if not taken:
        return ""
    nearest = max(taken, key=lambda each: (each.before + (each.most or 0)) / each.allowed)
    used, place = nearest.before + (nearest.most or 0), known.projection.index.get(nearest.agreement.iri)
    name = known.projection.labels[place] if place is not None else nearest.agreement.iri
    return f"; nearest is {name}, with {used:,.0f} of {nearest.allowed:,.0f} minutes used"


def _by_kind(projection: Projection, judgement: Judgement) -> Answer:
    """How many elements of each kind, the worst state first."""
    states: dict[str, Counter[State]] = {}
    classes, stub = list(projection.classes), projection.stub.tolist()
    hit = Counter((classes[b.element], stub[b.element], b.upper.value) for b in judgement.affected)
    one_of_each = {(classes[b.element], stub[b.element]): b.element for b in judgement.affected}
    for (cls, undefined, state), many in hit.items():
        kind = kind_of(projection, one_of_each[cls, undefined])
        states.setdefault(kind, Counter())[State(state)] += many
    order = sorted(states, key=lambda kind: (-max(states[kind]), -sum(states[kind].values()), kind))
    columns = (State.DOWN, State.DEGRADED, State.AT_RISK)
    return Answer(
        title=count(len(order), "kind"),
        of="kinds",
        columns=("kind", *(state.words for state in columns)),
        rows=tuple((kind, *(states[kind][state] for state in columns)) for kind in order),
    )


def _affected(
    projection: Projection, judgement: Judgement, standing: Standing | None, zone: tzinfo, most: int | None
) -> Answer:
    if standing and standing.plans:
        told = standing_answer(standing, zone=zone, most=most, named=True)
    else:
        told = affected_answer(projection, judgement, zone=zone, most=most, named=True)
    if any(bracket.lower != bracket.upper for bracket in judgement.affected):
        told = replace(told, notes=(_BRACKET, *told.notes))
    return told


_BRACKET = "a state with … in it tells the least and the most that can happen, as far as anybody has said"


def _spent(occasion: Occasion) -> Spent:
    """What incidents and changes have taken of the budgets in the year before."""
    records, projection = occasion.records, occasion.records.projection
    incidents, planned = records.spent(records.at - _YEAR)
    times = times_of(projection)
    return Spent(*(timed(projection, happenings(each), times=times) for each in (incidents, planned)))


_YEAR = 366 * 86_400


def _access(opened: Map, judgement: Judgement, occasion: Occasion | None) -> Access:
    """Who can carry the changes out and take them back, from their beginning to the end of their way back."""
    spans = [span for change in judgement.changes for span in change.windows]
    first, last = min((a for a, _ in spans), default=-FOREVER), max((b for _, b in spans), default=FOREVER)
    plan = occasion.plan if occasion else None
    begin, over = (datetime.fromtimestamp(m, UTC) if abs(m) < FOREVER else None for m in (first, last))
    changed = {change.element for change in judgement.changes}
    return access(opened.store, opened.projection, changed, doing=plan.by if plan else (), at=begin, until=over)


def _responses(
    opened: Map, judgement: Judgement, most: int, facts: Facts
) -> tuple[tuple[tuple[int, Report], ...], tuple[int, ...]]:
    """The response plan of each business service that may go down, and the services beyond so many."""
    projection = opened.projection
    services = set(business_services(projection))
    states = {bracket.element: bracket.upper for bracket in judgement.affected}
    changed = sorted({change.element for change in judgement.changes})
    down = [v for v in (*changed, *states) if v in services and states.get(v, State.DOWN) is State.DOWN]
    plans = (
        (service, response_plan(opened.store, projection, service, failing=changed, alone=True, facts=facts))
        for service in down[:most]
    )
    return tuple(plans), tuple(down[most:])


def _response(projection: Projection, found: Matters) -> Iterator[Section]:
    """A section for each response plan; the services without one are named."""
    for service, plan in found.responses:
        yield Section(f"If {projection.labels[service]} is down: who does and says what?", flat(plan))
    if found.unplanned:
        more = few([projection.labels[v] for v in found.unplanned])
        note = (
            f"{count(len(found.responses), 'plan')} of {len(found.responses) + len(found.unplanned):,} told here, more "
            f"with --response-plans; the plan of each is on its page and in `servicemap response-plan`: {more}"
        )
        yield Section("Response plans of the other services", Answer("", "plans", (), (), notes=(note,)))


def _edited(before: Map, after: Map) -> tuple[Comparison, Consequences, list[Right], list[Right]]:
    """What an edit of the map changes beside: single points, blast radius, findings, rights."""
    found = compare(before, after)
    lost, won = differing((before.store, before.projection), (after.store, after.projection))
    return found, consequences(before, after, found), lost, won


def _different(matter: Matters) -> Iterator[Section]:
    if matter.edited:
        found, follows, lost, won = matter.edited
        told = consequences_answer(found, follows)
        rights = [*(f"loses access: {right}" for right in lost), *(f"gets access: {right}" for right in won)]
        yield Section("What is different before and after?", replace(told, notes=(*told.notes, *rights)))


def _before(standing: Standing, zone: tzinfo) -> Iterator[Section]:
    if standing.plans:
        yield Section("What is not well already?", already(standing, zone=zone))


def _calendar(occasion: Occasion, judgement: Judgement, zone: tzinfo) -> Schedule:
    """What else is planned, as far as the changes have a part in it."""
    records, plan, readings = occasion.records, occasion.plan, None
    if judgement.profile is not Profile.REQUIRED:
        p = records.projection
        readings = Readings(p, times_of(p), judgement.doubts, judgement.profile)
    return schedule(records, extra=[plan], about=plan, zone=zone, readings=readings)


def _around(occasion: Occasion, found: Matters, zone: tzinfo) -> Iterator[Section]:
    """What else is planned, and the way back."""
    p, told = occasion.records.projection, record_findings(occasion.records)
    if found.calendar is not None:
        yield Section("Calendar: what else is planned?", schedule_answer(p, found.calendar, zone=zone, findings=told))
    if found.returning is not None:
        yield Section("Can we get back?", back_out_answer(found.returning))


def record_findings(records: Records) -> list[str]:
    """What is wrong with records, in words for people who do not have the folder."""
    return [str(_by_name(finding)) for finding in records.findings]


def _by_name(finding: Finding) -> Finding:
    """The same with its file by name: a report goes to people who do not have the folder."""
    where = finding.where
    return replace(finding, where=replace(where, path=PurePath(where.path).name)) if where else finding


def _newly_exposed(projection: Projection, judgement: Judgement, standing: Standing | None) -> tuple[Exposed, ...]:
    """What keeps running, without what watches, protects, restores or manages it; not what was so already."""
    known = {(e.element, e.exposure) for e in _exposures(projection, standing.base)} if standing else set()
    return tuple(e for e in _exposures(projection, judgement) if (e.element, e.exposure) not in known)


def _exposed(projection: Projection, found: Sequence[Exposed]) -> Answer:
    labels = projection.labels
    return Answer(
        title=f"{count(len(found), 'element')} exposed",
        of="exposed",
        columns=("id", "name", "exposure", "because of"),
        rows=tuple(
            (
                projection.ids[e.element],
                labels[e.element],
                exposure_words(e),
                labels[int(projection.edges.provider[e.edge])],
            )
            for e in found
        ),
    )


def _exposures(projection: Projection, judgement: Judgement) -> tuple[Exposed, ...]:
    return exposures(projection, judgement.most.worsts)


def _proved(opened: Map, whole: Judgement, shown: Judgement, most: int) -> Answer:
    """The way to the elements that are hit worst, a dependency a row: its rule, where it is said, how old that is."""
    p, hit = opened.projection, [bracket.element for bracket in shown.affected]
    rows = []
    for element, steps in proofs(opened, whole, hit[:most]):
        for number, step in enumerate(steps, 1):
            where = f"{step['source']}:{step['line']}" if step.get("line") else step.get("source", "not known")
            age = Age(step["since"] or "", step["known_by"], step["age_days"]).words
            rule = f"{step['rule']}, assumed" if step["assumed"] else step["rule"]
            ends = " → ".join(_called(p, step[end]) for end in ("dependent", "provider"))
            rows.append((p.labels[element], number, ends, step["dependency"], rule, where, age))
    more = len(hit) - most
    note = f"the first {most} of {count(len(hit), 'element')} are proved here; --save keeps the proof of each"
    return Answer(
        title=f"Proof of {count(min(len(hit), most), 'element')}, from the change to each" if hit else "",
        of="proof",
        columns=("element", "step", "name", "id", "rule", "where it is said", "how old that is"),
        rows=tuple(rows),
        notes=(note,) if more > 0 else (),
    )


def _called(projection: Projection, iri: str) -> str:
    return projection.labels[projection.index[iri]] if iri in projection.index else "a group"


def _spares(opened: Map, inside: Collection[int]) -> Iterator[str]:
    """Groups here whose spares must take over or be started: what that takes, and that no state says it."""
    p, modes, minutes = (
        opened.projection,
        dict(opened.store.pairs(t.GROUP_MODE)),
        dict(opened.store.pairs(t.SWITCHOVER_MINUTES)),
    )
    told = {t.MODE_STANDBY: "must take over (standby)", t.MODE_COLD: "must be started (cold)"}
    for iri, owner in zip(p.groups.iris, p.owners.tolist(), strict=True):
        words = told.get(modes.get(iri, ""))
        if owner in inside and words:
            takes = f"takes {minutes[iri]} minutes" if iri in minutes else "takes a time that nobody says"
            yield (
                f"The spares of {p.labels[owner]} {words}, which {takes}; the states above take that for at once, "
                "availability counts it where it is said."
            )


def _closure(judgement: Judgement) -> set[int]:
    """What is changed, and all that rests on it."""
    hit = {bracket.element for bracket in judgement.affected}
    return {*(change.element for change in judgement.changes), *hit, *judgement.spared}


def _unknown(opened: Map, judgement: Judgement, at: datetime | None, most: int) -> Answer:
    """Assumptions and what decides, in words."""
    projection, notes = opened.projection, list[str]()
    if judgement.assumed:
        of = count(judgement.dependencies, "dependency", "dependencies")
        notes.append(f"The strength of {judgement.assumed:,} of {of} here is assumed.")
    stubs = [bracket.element for bracket in judgement.affected if projection.stub[bracket.element]]
    if stubs:
        notes.append(f"Not defined anywhere: {few([projection.labels[v] for v in stubs])}.")
    known = coverage(opened, _closure(judgement), at=at, doubts=judgement.doubts)
    notes += [str(known), *known.further, *(f"{each.words}." for each in failed(opened.store))]
    if opened_up := unknown_words(judgement):
        notes.append(f"{opened_up[0].upper()}{opened_up[1:]}.")
    notes += _spares(opened, _closure(judgement))
    notes += [f"{sentence[0].upper()}{sentence[1:]}." for sentence in broken_groups(projection, _closure(judgement))]
    if not judgement.affected and known.safe:
        notes.append(f"Safe, as far as people have attested: all of it was found complete since {known.oldest}.")
    elif not judgement.affected:
        notes.append("No known impact is not the same as safe: not all of it is attested as complete in the last year.")
    rows, untold = [], sum(bracket.untold for bracket in judgement.affected)
    for each in judgement.deciding:
        for unknown in each.together:
            how = "decides alone" if unknown in each.alone else "decides together with others"
            words = decision(projection, unknown, saves=False)
            rows.append((projection.labels[each.element], unknown.what.value, words, how))
    return Answer(
        title=f"{count(untold, 'element')} may be hit or not" if untold else "",
        of="unknowns",
        columns=("element", "unknown", "hit if", "how"),
        rows=tuple(rows[:most]),
        notes=(
            *notes,
            *([f"The first {most} of {len(rows):,} rows are listed; --save keeps all."] if len(rows) > most else ()),
            *judgement.cuts,
        ),
    )
