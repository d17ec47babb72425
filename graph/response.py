"""Who does and says what when a service has a major incident? Its response plan, made from the map, gaps named.

The plan says who has which role and how to reach them, who is told, where the service runs, how to ask a provider for
help, what an outage means, and which messages are sent in which order. It also says whether it rests on what fails: a
plan is of no use when its chat goes down with the service.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from graph.analysis.changes import Change, ChangeKind, happenings, times_of
from graph.analysis.elements import kind_of
from graph.analysis.reach import reach
from graph.analysis.single_points import single_points
from graph.analysis.states import State
from graph.analysis.timed import Timed, timed
from graph.answer import Answer, Cell, Report, Section, count, words_of_cell
from graph.people import holders, people
from graph.projection import Projection
from graph.store import DERIVED, ONTOLOGY, Reader
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Facts", "flat", "response_plan"]

Said = Mapping[str, Sequence[str]]
_URGENCIES = ("critical", "important", "escalation in business hours", "escalation after hours")


class Facts:
    """What plans of several services ask of a map; it is read once."""

    def __init__(self, store: Reader, projection: Projection) -> None:
        self.store, self.projection = store, projection
        self._pairs = dict[str, list[tuple[str, str]]]()
        self._run: tuple[tuple[int, ...], Timed] | None = None

    def pairs(self, predicate: str) -> list[tuple[str, str]]:
        """Subject and value of every statement with a predicate, in order, each once."""
        if predicate not in self._pairs:
            self._pairs[predicate] = sorted(set(self.store.pairs(predicate)))
        return self._pairs[predicate]

    def run(self, failing: tuple[int, ...]) -> Timed:
        """What is down with what fails; the last is kept, for the plans of other services."""
        found = self._run
        if found is None or found[0] != failing:
            changes = [Change(ChangeKind.OUTAGE, element) for element in failing]
            found = failing, timed(self.projection, happenings(changes), times=times_of(self.projection))
            self._run = found
        return found[1]

    @cached_property
    def deals(self) -> Mapping[int, list[str]]:
        """The agreements that cover each element."""
        index, found = self.projection.index, defaultdict[int, list[str]](list)
        for deal, covered in self.pairs(t.COVERS):
            if covered in index:
                found[index[covered]].append(deal)
        return found

    @cached_property
    def parties(self) -> Mapping[str, Mapping[str, list[int]]]:
        """For whom and by whom each agreement is made."""
        index, found = self.projection.index, dict[str, dict[str, list[int]]]()
        for term in (t.AGREED_FOR, t.AGREED_BY):
            for deal, party in self.pairs(term):
                if party in index:
                    found.setdefault(deal, defaultdict(list))[term].append(index[party])
        return found

    @cached_property
    def addresses(self) -> Mapping[str, list[str]]:
        """Home pages before endpoints, by IRI."""
        found = defaultdict[str, list[str]](list)
        for predicate in (t.HOMEPAGE, t.ENDPOINT):
            for iri, address in self.pairs(predicate):
                found[iri].append(address)
        return found

    @cached_property
    def subscriptions(self) -> Mapping[int, list[int]]:
        """The subscriptions that each element is in."""
        index = self.projection.index
        inside = [(index[i], index[s]) for i, s in self.pairs(t.IN_SUBSCRIPTION) if i in index and s in index]
        found = defaultdict[int, list[int]](list)
        for element, subscription in sorted(set(inside)):
            found[element].append(subscription)
        return found

    @cached_property
    def names(self) -> Mapping[str, list[int]]:
        """Elements that can be down, by name: not people, records, agreements or plans."""
        found: dict[str, list[int]] = {}
        is_a = vocabulary().is_a
        usable = {cls for cls in set(self.projection.classes) if any(is_a(cls, kind) for kind in _USABLE)}
        for v, cls in enumerate(self.projection.classes):
            if cls in usable:
                name = re.sub(r"\W+", " ", self.projection.labels[v].casefold()).strip()
                found.setdefault(name, []).append(v)
        return found


def response_plan(
    store: Reader,
    projection: Projection,
    service: int,
    *,
    failing: Collection[int] = (),
    security: bool = False,
    alone: bool = False,
    facts: Facts | None = None,
) -> Report:
    """The response plan of a service.

    Args:
        store: what the map says.
        projection: its graph.
        service: the service, or any element.
        failing: what is down; without it, the service itself.
        security: whether plans for security incidents are shown; they are for those alone who need to know.
        alone: leave out what else is hit, where it is told elsewhere.
        facts: what was read for the plans of other services.
    """
    facts, failing = facts or Facts(store, projection), tuple(failing) or (service,)
    maker = _Maker(store, projection, service, failing, security=security, alone=alone, facts=facts)
    sections = [
        Section("What does an outage mean?", maker.meaning()),
        Section("Who does what?", maker.roles()),
        Section("Whom can one reach?", maker.contacts()),
        Section("Who is told, how and how often?", maker.communications()),
        Section("Where does it run?", maker.places()),
        Section("How does one ask for help?", maker.requests()),
        Section("What is said, in which order?", maker.messages()),
        Section("Does the plan rest on what fails?", maker.rests()),
    ]
    missing = tuple(dict.fromkeys(maker.gaps))
    gaps = Answer(count(len(missing), "gap"), "gaps", ("gap",), tuple((gap,) for gap in missing))
    return Report(
        title=f"Response plan of {projection.labels[service]}",
        summary=tuple(maker.summary(len(missing))),
        sections=(*(s for s in sections if s.answer.rows or s.answer.notes), Section("What is missing?", gaps)),
        facts={"revision": projection.revision, "service": projection.ids[service]},
    )


def flat(report: Report) -> Answer:
    """A report as one answer: a row for each row of each section, its cells by their columns."""
    rows = [
        (
            section.heading,
            {column: words_of_cell(cell) for column, cell in zip(section.answer.columns, row, strict=True) if cell},
        )
        for section in report.sections
        for row in section.answer.rows
    ]
    notes = [note for section in report.sections for note in section.answer.notes]
    return Answer(
        title=f"{report.title}: {' '.join(report.summary)}",
        of="entries",
        columns=("section", "entry"),
        rows=tuple(rows),
        facts=report.facts,
        notes=tuple(notes),
    )


@dataclass(eq=False)
class _Maker:
    """Makes the sections one by one, and gathers what is missing."""

    store: Reader
    projection: Projection
    service: int
    failing: tuple[int, ...]
    security: bool
    alone: bool
    facts: Facts
    gaps: list[str] = field(default_factory=list)
    resting: list[str] = field(default_factory=list)

    @cached_property
    def label(self) -> str:
        return self.projection.labels[self.service]

    @cached_property
    def all_plans(self) -> list[int]:
        """Response plans for the service."""
        index, iri = self.projection.index, self.projection.iris[self.service]
        found = {index[plan] for plan, used in self.facts.pairs(t.RUNBOOK_FOR) if used == iri and plan in index}
        return sorted(v for v in found if vocabulary().is_a(self.projection.classes[v], t.RESPONSE_PLAN))

    @cached_property
    def plans(self) -> list[int]:
        """Those of them that may be shown."""
        return [v for v in self.all_plans if self.security or "true" not in self._of(v).get(t.IS_SECURITY_PLAN, ())]

    @property
    def run(self) -> Timed:
        """What is down with what fails."""
        return self.facts.run(self.failing)

    def summary(self, missing: int) -> Iterator[str]:
        names = ", ".join(self.projection.labels[v] for v in self.failing)
        yield f"For the time when {names} {'is' if len(self.failing) == 1 else 'are'} down."
        if not self.all_plans:
            yield "The map holds no response plan; this one is made from what else it says."
        hidden = len(self.all_plans) - len(self.plans)
        if hidden:
            yield f"{count(hidden, 'plan')} for security incidents not shown: for those alone who need to know."
        if self.resting:
            yield f"The plan rests on what fails: {', '.join(dict.fromkeys(self.resting))}."
        yield f"{count(missing, 'gap')}."

    def meaning(self) -> Answer:
        """The words of the plan, and what is hit above the service."""
        rows: list[tuple[Cell, ...]] = []
        for plan in self.plans:
            rows += [("impact statement", words, "") for words in self._of(plan).get(t.IMPACT_STATEMENT, ())]
        if not rows:
            self.gaps.append(f"no impact statement says what an outage of {self.label} means for the business")
        said = self._of(self.service)
        rows += [("business requirement", words, "") for words in said.get(t.BUSINESS_REQUIREMENT, ())]
        rows += [("criticality", words, "") for words in self._words(said, t.CRITICALITY)]
        reached = () if self.alone else self.run.spans[State.AT_RISK]
        hit = [v for v in reached if v < len(self.projection) and v not in self.failing]
        hit.sort(key=lambda v: (-self.run.worst(v), self.projection.labels[v]))
        rows += [
            ("also hit", self.projection.labels[v], f"{kind_of(self.projection, v)}, {self.run.worst(v).words}")
            for v in hit[:_MOST]
        ]
        notes = (f"the first {_MOST} of {len(hit):,} elements that are hit are listed",) if len(hit) > _MOST else ()
        return Answer("", "meanings", ("what", "told", "how"), tuple(rows), notes=notes)

    def roles(self) -> Answer:
        """Who is accountable, responsible, asked and told, owners and support groups, with how to reach them."""
        found = people(self.store, self.projection, [self.service], {})
        self.gaps += found.gaps
        rows = []
        for entry in found.entries:
            role = ", ".join(dict.fromkeys(self._reason(r.words, r.role) for r in entry.reasons))
            rows.append((role, *self._person(entry.actor)))
        if not rows:
            self.gaps.append(f"nobody has a role for {self.label}")
        return Answer("", "roles", ("role", *_PERSON), tuple(rows))

    def _reason(self, words: str, role: int | None) -> str:
        return words if role is None else f"{words} as {self.projection.labels[role]}"

    def _person(self, actor: int) -> tuple[Cell, ...]:
        """Name, access id, title, phones, e-mail; nobody to reach is a gap."""
        said = self._of(actor)
        phones, mails = said.get(t.PHONE, ()), said.get(t.EMAIL, ())
        if not phones and not mails and not said.get(t.HAS_CONTACT):
            self.gaps.append(f"no phone or e-mail of {self.projection.labels[actor]}")
        return (
            self.projection.labels[actor],
            ", ".join(said.get(t.ACCESS_ID, ())),
            ", ".join(said.get(t.JOB_TITLE, ())),
            list(phones),
            list(mails),
        )

    def contacts(self) -> Answer:
        """Contact points of the service, and of both sides of what is agreed about it."""
        rows = list(self._points(self.service, "service"))
        for actor, side in self._sides():
            told = list(self._points(actor, side))
            if not told and vocabulary().is_a(self.projection.classes[actor], t.ACTOR):
                name, _, _, phones, mails = self._person(actor)
                told = [(side, "", name, phones, mails, "")] if phones or mails else []
            rows += told
        if not any(row[0] != "provider" for row in rows):
            self.gaps.append(f"no contact of the customers of {self.label} is known")
        return Answer(
            "",
            "contacts",
            ("side", "for", "name", "phone", "e-mail", "hours"),
            tuple(dict.fromkeys(map(_hashable, rows))),
        )

    def _points(self, element: int, side: str) -> Iterator[tuple[Cell, ...]]:
        for part in self._of(element).get(t.HAS_CONTACT, ()):
            said = self._about(part)
            who = [(v, self._reached(v)) for v in self._actors(said, t.CONTACT_ACTOR)]
            phones = [*said.get(t.PHONE, ()), *self._ways([v for _, by in who for v in by], t.PHONE)]
            mails = [*said.get(t.EMAIL, ()), *self._ways([v for _, by in who for v in by], t.EMAIL)]
            names = [*said.get(t.NAME, ()), *(self._as_reached(v, by) for v, by in who)]
            if not phones and not mails and who:
                self.gaps.append(f"no phone or e-mail of {', '.join(names)}")
            hours = ", ".join(said.get(t.CONTACT_HOURS, ()))
            yield side, ", ".join(said.get(t.PURPOSE, ())), ", ".join(names), phones, mails, hours

    def _ways(self, actors: Sequence[int], by: str) -> list[str]:
        return [way for v in actors for way in self._of(v).get(by, ())]

    def _reached(self, actor: int) -> tuple[int, ...]:
        """By whom one reaches an actor: a role without phone and e-mail by those who hold it now."""
        is_role = vocabulary().is_a(self.projection.classes[actor], t.ROLE)
        if not is_role or self._ways([actor], t.PHONE) or self._ways([actor], t.EMAIL):
            return (actor,)
        return holders(self.store, self.projection, actor, at=datetime.now(UTC))

    def _as_reached(self, actor: int, by: Sequence[int]) -> str:
        labels = self.projection.labels
        held = [labels[v] for v in by if v != actor]
        return f"{labels[actor]} ({', '.join(held)})" if held else labels[actor]

    def _sides(self) -> Iterator[tuple[int, str]]:
        """Customers of the service, and those who provide it or what it rests on directly."""
        below = set(reach(self.projection, [self.service], direction="dependencies", hops=1).elements.tolist())
        near = (self.service, *sorted(below - {self.service}))
        about = [(deal, self.projection.iris[v], v) for v in near for deal in self.facts.deals.get(v, ())]
        for deal, _, covered in sorted(about):
            of = self.facts.parties.get(deal, {})
            if covered == self.service:
                yield from ((v, "customer") for v in of.get(t.AGREED_FOR, ()))
            yield from ((v, "provider") for v in of.get(t.AGREED_BY, ()))

    def communications(self) -> Answer:
        """Method, contact, frequency, hours."""
        rows = []
        for part in self._parts(t.HAS_COMMUNICATION):
            said = self._about(part)
            who = [str(self._person(v)[0]) for v in self._actors(said, t.CONTACT_ACTOR)]
            words = [", ".join(said.get(p, ())) for p in (t.COMMUNICATION_METHOD, t.PURPOSE)]
            rest = [", ".join(said.get(p, ())) for p in (t.COMMUNICATION_FREQUENCY, t.CONTACT_HOURS)]
            if not who:
                self.gaps.append(f"nobody is named who is told by {words[0]}")
            if not rest[0]:
                self.gaps.append(f"nobody says how often it is told by {words[0]}")
            rows.append((*words, who, *rest))
        if not rows:
            self.gaps.append("nobody says by which means whom to tell, and how often")
        return Answer("", "communications", ("method", "for", "contact", "frequency", "hours"), tuple(rows))

    def places(self) -> Answer:
        """Subscriptions and tenants of the service and all that it rests on, with addresses."""
        p, rows = self.projection, []
        below = {self.service, *reach(p, [self.service], direction="dependencies").elements.tolist()}
        placed = self.facts.subscriptions
        told = [v for v in sorted(below) if v in placed or p.iris[v] in self.facts.addresses]
        for element in sorted(told, key=lambda v: (kind_of(p, v), p.labels[v])):
            addresses = self.facts.addresses.get(p.iris[element], [])
            for subscription in placed.get(element) or ([-1] if addresses else []):
                said = self._of(subscription) if subscription >= 0 else {}
                name = p.labels[subscription] if subscription >= 0 else ""
                ids = [", ".join(said.get(term, ())) for term in (t.ACCOUNT_NUMBER, t.TENANT)]
                if subscription >= 0 and not ids[0]:
                    self.gaps.append(f"no account number of the subscription {name}")
                rows.append((p.labels[element], kind_of(p, element), name, *ids, addresses))
        columns = ("element", "kind", "subscription", "account number", "tenant", "address")
        return Answer("", "places", columns, tuple(rows))

    def requests(self) -> Answer:
        """How to open a request, the most urgent first, and the runbooks."""
        rows: list[tuple[Cell, ...]] = []
        for part in self._parts(t.HAS_REQUEST_PATH):
            said = self._about(part)
            urgency = ", ".join(self._words(said, t.URGENCY))
            rows.append((urgency, *(", ".join(said.get(p, ())) for p in (t.REQUEST_STEPS, t.REQUEST_PHONE))))
        rows.sort(key=lambda row: (_URGENCIES.index(str(row[0])) if row[0] in _URGENCIES else 9, str(row)))
        known = {row[0] for row in rows}
        self.gaps += [f"nobody says how to ask for help when it is: {u}" for u in _URGENCIES if u not in known]
        rows += [("any", words, "") for words in self._of(self.service).get(t.REQUEST_CHANNEL, ())]
        iri, index = self.projection.iris[self.service], self.projection.index
        for book, used in self.facts.pairs(t.RUNBOOK_FOR):
            if used == iri and book in index and index[book] not in self.all_plans:
                rows.append(("runbook", self.projection.labels[index[book]], ""))
        return Answer("", "requests", ("urgency", "what to do", "call"), tuple(rows))

    def messages(self) -> Answer:
        """The messages in their order; those without a number come last."""
        rows = []
        for part in self._parts(t.HAS_MESSAGE):
            said = self._about(part)
            order = next((int(x) for x in said.get(t.MESSAGE_ORDER, ()) if x.isdecimal()), None)
            rows.append((order, ", ".join(said.get(t.NAME, ())), " ".join(said.get(t.MESSAGE_TEXT, ()))))
        rows.sort(key=lambda row: (row[0] is None, row[0] or 0, row[1]))
        if not rows:
            self.gaps.append("no messages are prepared")
        return Answer("", "messages", ("order", "message", "text"), tuple(rows))

    def rests(self) -> Answer:
        """What the plan needs: in what state it is when this fails, and what alone takes both away."""
        p = self.projection
        tools = self._tools()
        shared = single_points(p, [self.service, *tools]).of if tools else {}
        rows = []
        for tool, why in tools.items():
            state = self.run.worst(tool)
            both = sorted(
                {*shared[self.service].tolist(), self.service} & {*shared[tool].tolist(), tool} - {*self.failing}
            )
            names = sorted(p.labels[v] for v in both)
            if state >= State.DEGRADED:
                self.resting.append(p.labels[tool])
            rows.append((p.labels[tool], why, state.words, names))
        if not rows:
            return Answer("", "tools", (), (), notes=("the map does not say which tools the plan needs",))
        rows.sort(key=lambda row: (row[2] == State.UNAFFECTED.words, row[0]))
        return Answer("", "tools", ("tool", "why", "state then", "goes down with the service through"), tuple(rows))

    def _tools(self) -> dict[int, str]:
        """What the plan depends on, and elements whose names stand in its means and steps."""
        p = self.projection
        found: dict[int, str] = {}
        for plan in self.plans:
            for v in reach(p, [plan], direction="dependencies", hops=1).elements.tolist():
                if v != plan:
                    found.setdefault(v, f"{p.labels[plan]} needs it")
        texts = [
            ("told by", text)
            for part in self._parts(t.HAS_COMMUNICATION)
            for text in self._about(part).get(t.COMMUNICATION_METHOD, ())
        ]
        texts += [
            ("asked by", text)
            for part in self._parts(t.HAS_REQUEST_PATH)
            for text in self._about(part).get(t.REQUEST_STEPS, ())
        ]
        texts += [("asked by", text) for text in self._of(self.service).get(t.REQUEST_CHANNEL, ())]
        for why, text in texts:
            for v in self._named_in(text):
                found.setdefault(v, f"{why}: {text}")
        found.pop(self.service, None)
        return found

    def _named_in(self, text: str) -> Iterator[int]:
        """Elements that carry load and whose whole name stands in a text."""
        words = re.sub(r"\W+", " ", text.casefold())
        for name, elements in self.facts.names.items():
            if f" {name} " in f" {words} ":
                yield from elements

    def _parts(self, predicate: str) -> list[str]:
        return [part for plan in self.plans for part in self._of(plan).get(predicate, ())]

    def _of(self, element: int) -> Said:
        return self._about(self.projection.iris[element])

    def _about(self, iri: str) -> Said:
        said: dict[str, set[str]] = {}
        for predicate, value, graph in self.store.about(iri):
            if graph not in (DERIVED, ONTOLOGY):
                said.setdefault(predicate, set()).add(value.text)
        return {predicate: sorted(values) for predicate, values in said.items()}

    def _actors(self, said: Said, predicate: str) -> list[int]:
        index = self.projection.index
        return [index[iri] for iri in said.get(predicate, ()) if iri in index]

    @staticmethod
    def _words(said: Said, predicate: str) -> list[str]:
        codes = vocabulary().codes
        return [codes[iri].key for iri in said.get(predicate, ()) if iri in codes]


_MOST = 50
_USABLE = (t.SERVICE, t.WORKLOAD, t.PLATFORM, t.INFRASTRUCTURE, t.TOOL)
_PERSON = ("name", "access id", "title", "phone", "e-mail")


def _hashable(row: Sequence[Cell]) -> tuple[Cell, ...]:
    return tuple(", ".join(cell) if isinstance(cell, list) else cell for cell in row)
