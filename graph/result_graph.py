"""How does a result become statements that SPARQL can ask about? What is hit, when, why, who, what is not known.

All of it stands in one named graph whose address is that of the result. In the words of PROV it says when it was worked
out, by which program, from which revision and which records. It defines no element and no dependency, so that it can be
loaded beside the map and changes no answer. What it says of states is what ``graph.results`` keeps, with its digest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from graph.analysis.judgement import Bracket, Deciding, Judgement, decision
from graph.analysis.unknowns import What
from graph.answer import count
from graph.assessment import USUAL, Extent, Occasion, Without, matters, summary, title_of
from graph.doubts import Ages
from graph.maps import Map
from graph.notation import prefixes_of
from graph.ntriples import Writer
from graph.projection import Projection
from graph.result_parts import STATES, PartTeller
from graph.results import document
from graph.rollup import Reach, reach
from graph.rollup import answer as rolled_up
from graph.store import GRAPH
from ontology import terms as t

__all__ = ["ResultGraph", "result_graph"]

_Spans = Sequence[Sequence[int | None]]


@dataclass(frozen=True, slots=True)
class ResultGraph:
    """A result as a named graph: its address, what it says as N-Triples, and the addresses of its elements."""

    iri: str
    text: bytes
    elements: tuple[str, ...]

    def graphs(self) -> dict[str, bytes]:
        """IRI of the named graph -> what it says."""
        return {self.iri: self.text}

    def prefixes(self) -> dict[str, str]:
        """Short names for its notation."""
        return prefixes_of(self.elements) | {"prov": t.PROV, "result": f"{self.iri}/"}


def result_graph(
    opened: Map,
    judgement: Judgement,
    *,
    at: datetime,
    program: str,
    leave_out: Collection[int] = (),
    extent: Extent = USUAL,
    occasion: Occasion | None = None,
    said: Sequence[str] = (),
    before: Map | None = None,
    shifted: Sequence[str] = (),
    without: Without | None = None,
) -> ResultGraph:
    """The whole answer as statements. Cost: that of ``document`` and ``matters``, and a step for each step of a proof.

    Args:
        opened: the map.
        judgement: what the changes do, what is so already included.
        at: when it is worked out, with its zone.
        program: the name and version of what works it out.
        leave_out: people and teams that are not to be notified.
        extent: how many of each list are told, and how many response plans; each cut is said.
        occasion: what is so already, and the record that is judged.
        said: what must be said of where the changes come from.
        before: the map before it is edited.
        shifted: whom a what-if helps and harms, in sentences.
        without: the same changes without a what-if.
    """
    told = document(opened, judgement)
    standing = occasion.standing if occasion else None
    shown = standing.shown if standing else judgement
    title = title_of(opened.projection, shown, before)
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    name = hashlib.sha256(" ".join((told["digest"], moment, title)).encode())
    iri = f"{GRAPH}result/{name.hexdigest()[:24]}"
    teller = _Teller(iri, Writer(), opened.projection, Ages(opened.store, at), extent.most)
    teller.head(told, title)
    teller.origin(told["revision"], _records(opened.projection, judgement, occasion), moment, program)
    for number, change in enumerate(told["changes"], 1):
        teller.change(number, change)
    hit = teller.first(judgement.affected, "affected element")
    deciding = {each.element: each for each in judgement.deciding}
    for number, (bracket, each) in enumerate(zip(hit, told["affected"], strict=False), 1):
        teller.effect(number, bracket, each, told["most"][each["element"]], deciding.get(bracket.element))
        if standing is not None:
            teller.anyway(number, standing.base.most.worst(bracket.element).words)
    teller.reached(reach(opened, shown))
    for number, spared in enumerate(teller.first(told["spared"], "spared element"), 1):
        teller.spared(number, spared)
    found = matters(
        opened, judgement, leave_out=leave_out, extent=extent, occasion=occasion, before=before, without=without
    )
    teller.matters(found, occasion)
    teller.texts(t.SAID_IN_SHORT, summary(opened.projection, shown, found.stake, shifted=shifted, before=before))
    if found.unplanned:
        plans = len(found.responses)
        said = [*said, f"{count(plans, 'response plan')} of {plans + len(found.unplanned):,} told"]
    teller.texts(t.NOT_KNOWN, (*said, *teller.cuts))
    named = [
        *(change["element"] for change in told["changes"]),
        *(each["element"] for each in told["affected"][: len(hit)]),
    ]
    return ResultGraph(iri, teller.writer.result(), tuple(named))


def _records(projection: Projection, judgement: Judgement, occasion: Occasion | None) -> list[str]:
    """The record that is judged, and those of what is so already."""
    if occasion is None:
        return []
    plans = [occasion.plan, *(occasion.standing.plans if occasion.standing else ())]
    changed = {change.element for change in judgement.changes}
    return list(dict.fromkeys(projection.iris[plan.record] for plan in plans if plan.record not in changed))


class _Teller(PartTeller):
    """Says who is hit, when and why, and where all of it comes from; the parts beside are those of its base."""

    def __init__(self, iri: str, writer: Writer, projection: Projection, ages: Ages, most: int | None) -> None:
        super().__init__(iri, writer, projection, most)
        self.ages = ages

    def head(self, told: Mapping[str, Any], title: str) -> None:
        """What it is called, and by what it can be told from any other."""
        self.writer.type(self.iri, t.IMPACT_RESULT)
        self.writer.type(self.iri, t.PROV_ENTITY)
        self.texts(t.RDFS_LABEL, [title])
        self.texts(t.DIGEST, [told["digest"]])
        self.texts(t.JUDGED_UNDER, [told["profile"]])

    def origin(self, content: str, records: Sequence[str], moment: str, program: str) -> None:
        """When it was worked out, by what, and from what: a revision is called by its content, as in any store."""
        w, run, agent, revision = self.writer, f"{self.iri}/run", f"{self.iri}/program", f"{GRAPH}content/{content}"
        w.type(revision, t.PROV_ENTITY)
        w.text(revision, t.CONTENT_NAME, content)
        w.text(self.iri, t.PROV_GENERATED_AT_TIME, moment, t.XSD_DATE_TIME)
        w.iri(self.iri, t.PROV_WAS_GENERATED_BY, run)
        w.iri(self.iri, t.PROV_WAS_DERIVED_FROM, revision)
        w.type(run, t.PROV_ACTIVITY)
        w.text(run, t.PROV_ENDED_AT_TIME, moment, t.XSD_DATE_TIME)
        w.iri(run, t.PROV_WAS_ASSOCIATED_WITH, agent)
        w.type(agent, t.PROV_SOFTWARE_AGENT)
        w.text(agent, t.RDFS_LABEL, program)
        for used in (revision, *records):
            w.iri(run, t.PROV_USED, used)

    def change(self, number: int, change: Mapping[str, Any]) -> None:
        """One thing that is done, and when."""
        iri = self.part(self.iri, t.JUDGES, f"change/{number}", t.JUDGED_CHANGE)
        self.writer.iri(iri, t.ON_ELEMENT, change["element"])
        self.writer.text(iri, t.CHANGE_DONE, change["kind"])
        if "name" in change:
            self.writer.text(iri, t.RDFS_LABEL, change["name"])
        self.spans(iri, f"change/{number}", change["windows"])

    def effect(
        self,
        number: int,
        bracket: Bracket,
        each: Mapping[str, Any],
        states: Mapping[str, _Spans],
        open_: Deciding | None,
    ) -> None:
        """One element that is hit: how badly, when, by which way, and what decides it."""
        w, name = self.writer, f"effect/{number}"
        iri = self.part(self.iri, t.HAS_EFFECT, name, t.EFFECT)
        w.iri(iri, t.ON_ELEMENT, each["element"])
        w.iri(iri, t.STATE_AT_LEAST, STATES[each["lower"]])
        w.iri(iri, t.STATE_AT_MOST, STATES[each["upper"]])
        if bracket.distance >= 0:
            w.number(iri, t.EFFECT_DISTANCE, bracket.distance)
        for state, spans in states.items():
            self.spans(iri, f"{name}/{state.replace(' ', '-')}", spans, STATES[state])
        groups = self.projection.groups.iris
        for place, step in enumerate((step for step in each["proof"] if step["dependency"] not in groups), 1):
            self.step(iri, f"{name}/step/{place}", place, step)  # a step of a group is told by its member
        for unknown in open_.together if open_ else ():
            decides = (groups if unknown.what is What.NEEDED else self.projection.edges.iris)[unknown.at]
            w.iri(iri, t.DECIDED_BY_GROUP if decides in groups else t.DECIDED_BY, decides)
            how = "alone" if open_ and unknown in open_.alone else "together with others"
            words = decision(self.projection, unknown, saves=False)
            w.text(iri, t.DECIDED_IF, f"{unknown.what.value}: {words}; decides {how}")

    def anyway(self, number: int, state: str) -> None:
        """What the element is without the change."""
        self.writer.iri(f"{self.iri}/effect/{number}", t.STATE_ANYWAY, STATES[state])

    def step(self, effect: str, name: str, place: int, step: Mapping[str, Any]) -> None:
        """One dependency of the way, with its rule and the place in the file that states it."""
        w = self.writer
        iri = self.part(effect, t.HAS_STEP, name, t.WITNESS_STEP)
        w.number(iri, t.STEP_NUMBER, place)
        w.iri(iri, t.THROUGH_DEPENDENCY, step["dependency"])
        w.text(iri, t.RULE_APPLIED, step["rule"])
        if since := self.ages.of(step["dependency"]).moment:
            w.text(iri, t.KNOWN_SINCE, since, t.XSD_DATE_TIME)
        w.truth(iri, t.STRENGTH_ASSUMED, value=step["assumed"])
        if "source" in step:
            w.text(iri, t.DCTERMS_SOURCE, f"{step['source']}:{step['line']}" if step["line"] else step["source"])

    def spared(self, number: int, told: Mapping[str, Any]) -> None:
        """An element next to what is hit, with what saves it."""
        w, iri = self.writer, self.part(self.iri, t.HAS_SPARED_ELEMENT, f"spared/{number}", t.SPARED_ELEMENT)
        w.iri(iri, t.ON_ELEMENT, told["element"])
        for saver in told["saved_by"]:
            if "group" in saver:
                w.iri(iri, t.SPARED_BY_GROUP, saver["group"])
                w.text(iri, t.SPARED_BECAUSE, f"{count(saver['left'], 'member')} left, {saver['needs']} must work")
            else:
                w.iri(iri, t.SPARED_THROUGH, saver["dependency"])
                w.text(iri, t.SPARED_BECAUSE, saver["because"])
        if not told["saved_by"]:
            w.text(iri, t.SPARED_BECAUSE, "nothing next to it is hit")

    def reached(self, found: Reach) -> None:
        """What it comes to for services, processes, customers, locations and environments; and what nobody says."""
        w, iris = self.writer, self.projection.iris
        whole = self.first(
            found.reached,
            "service, process, customer, place or environment",
            "services, processes, customers, places and environments",
        )
        many = sum(len(each.through) > self.most for each in whole) if self.most is not None else 0
        if many:
            self.cuts.append(f"in {many:,} of them more is hit than the first {self.most:,} elements that are named")
        for number, each in enumerate(whole, 1):
            iri = self.part(self.iri, t.HAS_ROLLED_UP_EFFECT, f"whole/{number}", t.ROLLED_UP_EFFECT)
            w.iri(iri, t.ON_ELEMENT, iris[each.element])
            w.text(iri, t.ROLLED_UP_AS, each.what)
            w.iri(iri, t.WORST_AT_LEAST, STATES[each.lower.words])
            w.iri(iri, t.WORST_AT_MOST, STATES[each.upper.words])
            for element in each.through[: self.most]:
                w.iri(iri, t.ROLLED_UP_FROM, iris[element])
        self.texts(t.NOT_KNOWN, rolled_up(self.projection, found).notes)
