"""Does a result as statements say what the engine and the report say, and does it stand beside a map without harm?"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pyoxigraph as ox
import pytest

from app.occasion import occasion, without_edit
from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.impact import State, impact
from graph.analysis.impact import answer as rows
from graph.analysis.judgement import judge
from graph.answer import Answer, words_of_cell
from graph.assessment import Extent, assess, stakes
from graph.doubts import doubts
from graph.maps import open_map
from graph.reports import format_names, writers
from graph.reports.whole import data
from graph.result_graph import result_graph
from graph.result_parts import line_of
from graph.results import document
from graph.rollup import answer as rolled_up
from graph.rollup import reach
from graph.store.interface import source_graph
from graph.whatif import fares, overlaid
from ontology import terms as t
from ontology.vocabulary import ontology_files
from tests.app.commands import run
from tests.graph.written import opened as opened_from

AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
START = int(datetime.fromisoformat("2026-12-05T02:00+01:00").timestamp())
HOME = Path(__file__).parents[2]
FOLDER = HOME / "tests/graph/questions/results"
_DRAFT = "the plan is a draft"
HEAD = f"PREFIX sm: <{t.SM}> PREFIX prov: <{t.PROV}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "


@pytest.fixture(scope="module")
def kept():
    """The map, what a change does to it, and the result as statements."""
    opened = open_map([FOLDER / "map.yaml"])
    p = opened.projection
    change = Change(ChangeKind.MAINTENANCE, p.find("disk"), ((START, START + 7200),))
    result = judge(p, [change], times=times_of(p), profile=Profile.UNKNOWN)
    return opened, result, result_graph(opened, result, at=AT, program="servicemap 1", said=[_DRAFT])


@pytest.fixture(scope="module")
def asked(kept):
    """Asks a store that has loaded the TriG of it, and nothing else."""
    store = ox.Store()
    store.load(input=writers("result")["trig"].write(kept[2]), format=ox.RdfFormat.TRIG)

    def ask(query: str) -> list[tuple[str, ...]]:
        found = store.query(HEAD + query, use_default_graph_as_union=True)
        return [tuple(value.value if value else "" for value in row) for row in found]

    return ask


def test_results_are_written_in_two_notations():
    assert format_names("result") == ("trig", "turtle")


def test_all_of_it_stands_in_one_graph_that_is_the_result(kept, asked):
    assert asked("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }") == [(kept[2].iri,)]
    assert asked("SELECT ?r { ?r a sm:ImpactResult, prov:Entity }") == [(kept[2].iri,)]


def test_its_origin_is_said_in_the_words_of_prov(kept, asked):
    opened, result, _ = kept
    query = """SELECT ?at ?ended ?content ?program ?digest {
        ?r prov:generatedAtTime ?at ; prov:wasGeneratedBy ?run ; prov:wasDerivedFrom ?revision ; sm:digest ?digest .
        ?run a prov:Activity ; prov:used ?revision ; prov:endedAtTime ?ended ; prov:wasAssociatedWith/rdfs:label ?program .
        ?revision sm:contentName ?content }"""
    when = "2026-11-26T02:00:00Z"
    digest = document(opened, result)["digest"]
    assert asked(query) == [(when, when, opened.projection.revision, "servicemap 1", digest)]


def test_every_state_and_every_span_is_that_of_the_engine(kept, asked):
    opened, result, _ = kept
    told = document(opened, result)
    states = asked("SELECT ?e ?l ?u { ?x a sm:Effect ; sm:onElement ?e ; sm:stateAtLeast ?l ; sm:stateAtMost ?u }")
    assert sorted(states) == sorted(
        (each["element"], code(each["lower"]), code(each["upper"])) for each in told["affected"]
    )
    spans = asked(
        """SELECT ?e ?s ?from ?until { ?x a sm:Effect ; sm:onElement ?e ; sm:hasSpan ?y . ?y sm:spanState ?s ;
           sm:plannedStart ?from ; sm:plannedEnd ?until }"""
    )
    assert sorted(spans) == sorted(
        (each["element"], code(state), moment(start), moment(end))
        for each in told["affected"]
        for state, found in told["most"][each["element"]].items()
        for start, end in found
    )
    assert len(states) == 3


def code(words: str) -> str:
    return f"{t.SM}impact-{words.replace(' ', '-')}"


def moment(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def test_the_way_to_each_element_is_told_in_order(kept, asked):
    opened, result, _ = kept
    rows = asked(
        """SELECT ?e ?n ?d ?rule ?assumed { ?x sm:onElement ?e ; sm:hasStep ?s . ?s sm:stepNumber ?n ;
           sm:throughDependency ?d ; sm:ruleApplied ?rule ; sm:strengthAssumed ?assumed }"""
    )
    assert sorted(rows) == sorted(
        (each["element"], str(place), step["dependency"], step["rule"], str(step["assumed"]).lower())
        for each in document(opened, result)["affected"]
        for place, step in enumerate(each["proof"], 1)
    )
    places = asked(f"SELECT DISTINCT ?w {{ ?s a sm:WitnessStep ; <{t.DCTERMS_SOURCE}> ?w }}")
    assert sorted(where.rpartition("/")[2] for (where,) in places) == ["map.yaml:10", "map.yaml:8", "map.yaml:9"]


def test_people_promises_and_unknowns_are_those_of_the_report(kept, asked):
    opened, result, _ = kept
    stake, iris = stakes(opened, result), opened.projection.iris
    parts = asked("SELECT ?who ?part ?why ?on { ?x sm:involvedParty ?who ; sm:partTaken ?part ; sm:involvedBecause ?why ; sm:onElement ?on }")  # fmt: skip
    assert sorted(parts) == sorted(
        (iris[entry.actor], reason.part.words, reason.words, iris[reason.element])
        for entry in stake.involved.entries
        for reason in entry.reasons
    )
    uses = asked("SELECT ?a ?v ?m { ?x sm:usesPromiseOf ?a ; sm:promiseVerdict ?v ; sm:minutesAtMost ?m }")
    assert uses == [(stake.promises[0].agreement.iri, "broken", "120")]
    assert sorted(asked("SELECT ?n { ?r sm:notKnown ?n }")) == sorted(
        (words,) for words in (*stake.unknown.notes, *rolled_up(opened.projection, reach(opened, result)).notes, _DRAFT)
    )
    assert asked("SELECT ?g { ?r sm:gapFound ?g }") == [(gap,) for gap in stake.involved.gaps]


def test_what_it_comes_to_for_services_customers_and_places_is_that_of_the_roll_up(both):
    _, store, _, map_, shown = both
    query = """SELECT ?what ?e ?l ?u ?by { ?r a sm:ImpactResult ; sm:hasRolledUpEffect ?x . ?x a sm:RolledUpEffect ;
        sm:onElement ?e ; sm:rolledUpAs ?what ; sm:worstAtLeast ?l ; sm:worstAtMost ?u ; sm:rolledUpFrom ?by }"""
    told = {tuple(value.value for value in row) for row in store.query(HEAD + query)}
    iris = map_.projection.iris
    assert told == {
        (each.what, iris[each.element], code(each.lower.words), code(each.upper.words), iris[by])
        for each in reach(map_, shown).reached
        for by in each.through
    }
    assert {what for what, *_ in told} == {"business service", "technical service", "application", "customer", "location", "environment"}  # fmt: skip


def test_what_decides_about_an_open_element_is_named(asked):
    rows = asked("SELECT ?e ?d { ?x sm:onElement ?e ; sm:decidedBy ?d }")
    assert [(e.rpartition("/")[2], d.rpartition("/")[2]) for e, d in rows] == [("mail", "db")]


def test_claims_ages_and_a_group_that_decides_are_told(tmp_path):
    text = """
        elements:
          - {id: shop, kind: business service, name: Shop, depends_on: [{id: spare, of: [a, b]}, {on: c, strength: required}]}
          - {id: a, kind: server}
          - {id: b, kind: server}
          - {id: c, kind: server}
          - {id: us, kind: team}
        agreements:
          - id: deal
            agreement_type: sla
            by: us
            for: us
            covers: shop
            claim_within: 30 d
            objectives: [{metric: availability, percent: 99.9 %, period: month, credits: [{below: 99.9 %, credit: 10 %}]}]
    """
    map_ = opened_from(tmp_path, text)
    p = map_.projection
    open_ = doubts(map_.store, p, at=AT)
    store = ox.Store()
    for name in ("a", "c"):
        change = Change(ChangeKind.OUTAGE, p.find(name), ((START, START + 7200),))
        found = judge(p, [change], times=times_of(p), profile=Profile.UNKNOWN, doubts=open_)
        text = result_graph(map_, found, at=AT, program="x").text
        store.load(input=text, format=ox.RdfFormat.N_TRIPLES)

    def told(term):
        return {quad.object.value for quad in store.quads_for_pattern(None, ox.NamedNode(term), None)}

    assert told(t.DECIDED_BY_GROUP) == set(p.groups.iris)
    assert told(t.CREDIT_AT_MOST) == {"10"}
    assert told(t.CREDIT_AT_LEAST) == {"0", "10"}
    assert told(t.CLAIM_UNTIL) == {"2027-01-31T00:00:00Z"}
    read = {datetime.fromisoformat(source.loaded_at) for source in map_.store.sources if source.importer}
    assert {datetime.fromisoformat(since) for since in told(t.KNOWN_SINCE)} == read


def test_a_cut_is_said_in_it(kept):
    opened, result, _ = kept
    text = result_graph(opened, result, at=AT, program="x", extent=Extent(most=1)).text.decode()
    assert text.count(f"<{t.HAS_EFFECT}>") == 1
    assert "the first 1 of 3 affected elements are told" in text


def test_two_runs_are_two_results(kept):
    opened, result, first = kept
    later = result_graph(opened, result, at=AT.replace(hour=3), program="servicemap 1")
    assert later.iri != first.iri


def test_a_result_beside_the_map_is_accepted_and_changes_no_answer():
    alone, beside = open_map([FOLDER / "map.yaml"]), open_map([FOLDER])
    assert [finding.check for finding in beside.validate()] == [finding.check for finding in alone.validate()]
    hits = []
    for opened in (alone, beside):
        p = opened.projection
        hits.append(rows(p, impact(p, {p.find("disk"): State.DOWN})).rows)
    assert hits[0] == hits[1] != ()
    assert alone.projection.dependencies == beside.projection.dependencies


def test_the_command_writes_it_with_the_records_that_it_used(capsys, monkeypatch):
    done = run(capsys, monkeypatch, "impact", "--change", "chg-broker-1", HOME / "data/enterprise", "--format", "trig")
    assert done.code == 0
    store = ox.Store()
    store.load(input=done.out, format=ox.RdfFormat.TRIG)
    used = HEAD + "SELECT ?u { GRAPH ?g { ?r prov:wasGeneratedBy/prov:used ?u } }"
    names = {
        re.sub(".*/", "", row["u"].value) for row in store.query(used)
    }  # kept by no frame: another thread may tidy up
    assert "chg-broker-1" in names
    assert f"<{t.STATE_ANYWAY}>" in store.dump(format=ox.RdfFormat.N_QUADS).decode()


PATCH = """
title: Pay has a server of its own
add: {elements: [{id: pay-2, kind: server, name: Pay 2, owner: ops}]}
change:
  pay: {depends_on: {add: [pay-2]}}
  account: {access: [{role: deployer, to: bob}]}
"""
WHOLE = HOME / "data/samples/whole-results/map.yaml"
SPAN = "OPTIONAL { ?x sm:hasSpan ?y OPTIONAL { ?y sm:plannedStart ?from } OPTIONAL { ?y sm:plannedEnd ?until } }"
# What a section lists -> columns of its rows, and a query for the same: of several values in a column, one a row.
# A column in words is left out where the same stands in the columns beside it, or in figures in the query.
PARTS: dict[str, tuple[tuple[str, ...], str]] = {
    "affected": (
        ("name", "state", "without it", "distance"),
        """?x a sm:Effect ; sm:onElement/rdfs:label ?a ; sm:stateAtLeast/rdfs:label ?l ; sm:stateAtMost/rdfs:label ?u ;
           sm:stateAnyway/rdfs:label ?c ; sm:effectDistance ?n BIND(IF(?l = ?u, ?u, CONCAT(?l, " … ", ?u)) AS ?b)
           BIND(STR(?n) AS ?d)""",
    ),
    "baseline": (
        ("what", "name", "elements"),
        "?x a sm:AlreadySo ; sm:baselineKind ?a ; rdfs:label ?b ; sm:onElement/rdfs:label ?c",
    ),
    "kinds": (
        ("down",),
        """{ SELECT (STR(COUNT(?x)) AS ?a) { ?x a sm:Effect ; sm:stateAtMost ?s ; sm:onElement/a ?kind
                             FILTER(?s = sm:impact-down && ?kind IN (sm:Application, sm:BusinessService)) } GROUP BY ?kind }""",
    ),
    "reached": (
        ("what", "name", "elements"),
        """{ SELECT ?x ?a ?b (STR(COUNT(?by)) AS ?c)
             { ?x a sm:RolledUpEffect ; sm:rolledUpAs ?a ; sm:onElement/rdfs:label ?b ; sm:rolledUpFrom ?by } GROUP BY ?x ?a ?b }""",
    ),
    "exposed": (
        ("name", "exposure", "because of"),
        """?x a sm:ExposureFound ; sm:onElement/rdfs:label ?a ; sm:exposedAs/rdfs:label ?b ;
           sm:exposedThrough/rdfs:label ?c""",
    ),
    "promises": (
        ("agreement", "service", "promise", "period", "verdict"),
        """?x sm:usesPromiseOf/rdfs:label ?a ; sm:onElement/rdfs:label ?b ; rdfs:label ?l ; sm:promiseVerdict ?e
           BIND(STRBEFORE(?l, ", ") AS ?c) BIND(STRAFTER(?l, ", ") AS ?d)""",
    ),
    "losses": (
        ("name", "an hour costs"),
        """?x a sm:OutageLoss ; sm:onElement/rdfs:label ?a ; sm:lossPerHour ?n ; sm:amountCurrency ?c
           BIND(CONCAT("1,", SUBSTR(STR(?n), 2), ".00 ", ?c) AS ?b)""",
    ),
    "claims": (
        ("agreement", "who owes", "who can claim"),
        "?x sm:usesPromiseOf/rdfs:label ?a ; sm:claimOwedBy/rdfs:label ?b ; sm:claimOwedTo/rdfs:label ?c",
    ),
    "people": (
        ("part", "who"),
        """{ SELECT DISTINCT ?b { [] sm:involvedParty/rdfs:label ?b } } BIND(IF(EXISTS { [] sm:involvedParty/rdfs:label ?b ;
           sm:partTaken "must approve" }, "must approve", "must be told") AS ?a)""",
    ),
    "promises side by side": ((), ""),
    "approval side by side": ((), ""),
    "cost side by side": ((), ""),
    "access": (
        ("element", "who can change it", "given on"),
        "?x sm:onElement/rdfs:label ?a ; sm:ableParty/rdfs:label ?b ; sm:ableThrough/rdfs:label ?c",
    ),
    "collisions": (
        ("kind", "changes", "elements", "state", "from", "until", "because", "way out", "for certain"),
        f"""?x sm:collisionKind ?a ; sm:collidingName ?b ; sm:onElement/rdfs:label ?c ; sm:collisionBecause ?g ;
            sm:collisionWayOut ?h ; sm:collisionCertain ?sure OPTIONAL {{ ?x sm:collisionState/rdfs:label ?s }} {SPAN}
            BIND(COALESCE(?s, "") AS ?d) BIND(REPLACE(STR(?from), ":00(Z|.00:00)$", "+00:00") AS ?e)
            BIND(REPLACE(STR(?until), ":00(Z|.00:00)$", "+00:00") AS ?f) BIND(IF(?sure, "yes", "no") AS ?i)""",
    ),
    "back-out": (("what", "holds", "why"), "?x sm:wayBackAbout ?a ; sm:wayBackHolds ?b ; sm:wayBackBecause ?c"),
    "steps": (
        ("step", "name"),
        "?x a sm:RestartPlace ; sm:restartStep ?n ; sm:onElement/rdfs:label ?b BIND(STR(?n) AS ?a)",
    ),
    "differences": ((), ""),
    "entries": (
        ("section", "entry"),
        "?p sm:hasResponseLine ?x . ?x sm:lineQuestion ?a ; sm:lineSays ?b",
    ),
    "proof": (
        ("element", "id", "rule"),
        """?e sm:onElement/rdfs:label ?a ; sm:hasStep ?x . ?x sm:throughDependency ?d ; sm:ruleApplied ?rule ;
           sm:strengthAssumed ?s BIND(STR(?d) AS ?b) BIND(IF(?s, CONCAT(?rule, ", assumed"), ?rule) AS ?c)""",
    ),
    "unknowns": (
        ("element", "unknown", "hit if", "how"),
        """?e sm:onElement/rdfs:label ?a ; sm:decidedIf ?x BIND(STRBEFORE(?x, ": ") AS ?b)
           BIND(STRBEFORE(STRAFTER(?x, ": "), "; ") AS ?c) BIND(STRAFTER(?x, "; ") AS ?d)""",
    ),
}


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The report as JSON, and a store with the same as statements beside the map and the words."""
    patch = tmp_path_factory.mktemp("whole") / "patch.yaml"
    patch.write_text(PATCH, encoding="utf-8")
    before = open_map([WHOLE])
    map_ = overlaid(before, patch)
    p = map_.projection
    open_ = doubts(map_.store, p, at=AT)
    found, _ = occasion(
        map_, [Change(ChangeKind.OUTAGE, p.find("account"))], record="move", profile=Profile.UNKNOWN, doubts=open_
    )
    result = found.standing.full
    about = {
        "occasion": found, "before": before, "leave_out": [p.find("bob")], "said": [_DRAFT],
        "shifted": fares(before.projection, p, result), "without": without_edit(before, p, result, found),
    }  # fmt: skip
    report = data(assess(map_, result, extent=Extent.of(1_000), **about))
    store = ox.Store()
    for source in map_.store.sources:
        store.load(input=map_.store.triples(source_graph(source.id)), format=ox.RdfFormat.N_TRIPLES)
    for file in ontology_files():
        store.load(path=str(file), format=ox.RdfFormat.TURTLE)
    made = result_graph(map_, result, at=AT, program="x", extent=Extent.of(1_000), **about)
    store.load(input=made.text, format=ox.RdfFormat.N_TRIPLES)
    short = result_graph(map_, result, at=AT, program="x", extent=Extent(most=1), **about)
    return report, store, short.text.decode(), map_, found.standing.shown


def test_every_list_is_cut_and_says_of_how_many(both):
    _, store, short, *_ = both
    lists = {
        t.HAS_EFFECT: "affected elements", t.HAS_ROLLED_UP_EFFECT: "services, processes", t.HAS_PROMISE_USE: "promises",
        t.HAS_RESTART: "places in the restart", t.HAS_ABILITY: "abilities to carry it out", t.HAS_COLLISION: "collisions",
        t.HAS_LOSS: "costs", t.INVOLVED_PARTY: "people, teams and roles",
    }  # fmt: skip

    def told(term):
        return len({quad.object for quad in store.quads_for_pattern(None, ox.NamedNode(term), None)})

    for term, words in lists.items():
        assert short.count(f"<{term}>") == 1, term
        assert told(term) == 1 or f"the first 1 of {told(term)} {words}" in short, term
    assert f"of {told(t.HAS_INVOLVEMENT)} reasons why they have a part, the first 1 of each are told" in short
    assert len(re.findall("the first 1 of", short)) > 5


def test_every_part_of_the_report_is_asked_for_below(both):
    report, *_ = both
    assert {section["of"] for section in report["sections"]} == {*PARTS, "plan"}
    assert all(section["rows"] for section in report["sections"] if section["of"] != "plan")


@pytest.mark.parametrize("part", [part for part, (columns, _) in PARTS.items() if columns])
def test_what_a_part_of_the_report_says_is_found_in_the_graph(both, part):
    report, store, *_ = both
    columns, query = PARTS[part]
    rows = [row for section in report["sections"] if section["of"] == part for row in section["rows"]]
    rows = [
        row for row in rows if part != "proof" or "/group/" not in row["id"]
    ]  # a group's step is told by its member
    told = {each for row in rows for each in product(*(cells(row[column]) for column in columns))}
    names = "abcdefghi"[: len(columns)]
    found = store.query(f"{HEAD} SELECT {' '.join(f'?{name}' for name in names)} {{ {query} }}")
    assert {tuple(value.value for value in row) for row in found} == told - {("0",)}


def cells(cell):
    """The values of a cell as texts: each of a list by itself, the entries of a response plan as one."""
    if isinstance(cell, list | tuple):
        return [str(each) for each in cell]
    if isinstance(cell, bool) or cell is None or isinstance(cell, dict):
        return [words_of_cell(cell)]
    return [str(cell)]


def test_what_is_said_in_sentences_is_found_in_the_graph(both):
    report, store, *_ = both

    def said(*terms):
        return {quad.object.value for term in terms for quad in store.quads_for_pattern(None, ox.NamedNode(term), None)}

    assert said(t.SAID_IN_SHORT) == set(report["summary"])
    lines = {
        section["of"]: {line_of(Answer("", "", tuple(row), ()), tuple(row.values())) for row in section["rows"]}
        for section in report["sections"]
    }
    assert said(t.COMPARED_WITHOUT) == set().union(*(told for of, told in lines.items() if "side by side" in of))
    assert lines["differences"] <= said(t.DIFFERENCE_FOUND)
    notes = {note for section in report["sections"] for note in section["notes"]}
    sentences = said(t.ALSO_SAID, t.NOT_KNOWN, t.DIFFERENCE_FOUND, t.RESPONSE_SUMMARY)
    sentences |= {f"gap: {gap}" for gap in said(t.GAP_FOUND, t.ACCESS_GAP)}
    sentences |= {f"loses access: {right}" for right in said(t.ACCESS_LOST)}
    sentences |= {f"gets access: {right}" for right in said(t.ACCESS_GAINED)}
    assert {note for note in notes - sentences if not any(note.startswith(words) for words in ELSEWHERE)} == set()
    gaps = next(section["facts"]["gaps"] for section in report["sections"] if section["of"] == "people")
    assert said(t.GAP_FOUND) == set(gaps)


# notes on what other statements tell: brackets, ways, marks of elements, circles, who is not notified, several gaps in one
ELSEWHERE = (
    "a state with … in it", "already so:", "strength assumed for", "read at best and at worst", "fewer spares:",
    "cannot tell", "cannot cold-start", "not affected, though they rest on it: Board, Kiosk", "Desk is safe if", "not notified, as asked: Bob", "gap: nobody is accountable for",
)  # fmt: skip


@pytest.mark.parametrize("plans", [0, 1])
def test_as_many_response_plans_are_told_as_are_asked_for_and_the_cut_is_said(both, plans):
    *_, map_, shown = both
    text = result_graph(map_, shown, at=AT, program="x", extent=Extent(plans=plans)).text.decode()
    sections = assess(map_, shown, extent=Extent(plans=plans)).sections

    assert (text.count(f"<{t.HAS_RESPONSE}>"), sum(section.answer.of == "entries" for section in sections)) == (
        plans,
    ) * 2
    words = "1 response plan of 3" if plans else "0 response plans of 3"
    assert f"{words} told" in text
    assert any(note.startswith(words.replace("response ", "")) for section in sections for note in section.answer.notes)
