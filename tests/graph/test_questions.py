"""Are the ready questions answered rightly, alike by two engines, and do their answers follow the map?

``questions/cases.yaml`` says for each question the rows on a small map, and the rows that come and go when one line
of the map is changed. A row is written as its cells with `` | `` between them.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import rdflib
import yaml

from graph.fast import expanded
from graph.library import LIMIT, fill, questions
from graph.maps import Map, open_map
from graph.model import InputError
from graph.projection.build import CRITICALITIES
from graph.servicegraph import ServiceGraph
from graph.store.guard import PREFIXES, mentions_fast
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from ontology import terms as t
from ontology.vocabulary import vocabulary
from tests.examples import some

HOME = Path(__file__).parents[2]
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.(default_context|contexts)")  # rdflib warns about itself
CASES: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "questions" / "cases.yaml").read_text(encoding="utf-8"))
QUESTIONS = questions()
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())
PLAIN = Path(__file__).parent / "questions" / "plain"
LEAST_QUESTIONS = 45


@cache
def opened(folder: str) -> Map:
    return open_map([HOME / folder])


def graphs(folder: str) -> list[str]:
    named = (source_graph(source.id) for source in opened(folder).store.sources if source.importer)
    return [ONTOLOGY, *named, DERIVED, META]


@cache
def in_rdflib(folder: str) -> rdflib.Dataset:
    store, found = opened(folder).store, rdflib.Dataset(default_union=True)
    for graph in graphs(folder):
        found.graph(rdflib.URIRef(graph)).parse(data=store.triples(graph), format="nt")
    return found


def text(name: str) -> str:
    return HEAD + fill(QUESTIONS[name], CASES[name].get("ask", {}))


def plain(name: str) -> str:
    """The question as one would write it first, where the library has it in a form that is quick in Oxigraph alone."""
    file = PLAIN / f"{name}.rq"
    return HEAD + file.read_text(encoding="utf-8") if file.is_file() else text(name)


def cells(rows: Iterable[Iterable[str]]) -> list[str]:
    return [" | ".join(row) for row in rows]


def answer(of: Map, query: str) -> list[str]:
    return cells([value.text if value else "" for value in row] for row in of.store.select(query).rows)


def other_answer(folder: str, query: str) -> Iterator[str]:
    """The rows as rdflib sees them; it writes the zone of a moment in another way."""
    for row in in_rdflib(folder).query(query):
        yield " | ".join("" if value is None else re.sub(r"\+00:00$", "Z", str(value)) for value in row)


def test_there_are_enough_questions_and_each_is_tried() -> None:
    assert set(CASES) == set(QUESTIONS)
    assert len(QUESTIONS) >= LEAST_QUESTIONS


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_is_answered_row_by_row(name: str) -> None:
    assert answer(opened(CASES[name]["map"]), text(name)) == CASES[name]["rows"]


SLOW_THERE = {"declared-not-observed", "if-a-role-is-vacant", "less-critical-than-their-users"}
"""Half a minute each in rdflib on everything: here with few words of the vocabulary, with all in tests/soak."""


@pytest.mark.parametrize("name", some(name for name in QUESTIONS if name not in SLOW_THERE))
def test_a_second_engine_gives_the_same_rows(name: str) -> None:
    assert sorted(other_answer(CASES[name]["map"], plain(name))) == sorted(CASES[name]["rows"])


@pytest.mark.parametrize("name", sorted(SLOW_THERE))
def test_a_second_engine_gives_the_same_rows_where_it_has_few_words_of_the_vocabulary(name: str) -> None:
    assert sorted(cells(map(str, row) for row in in_few_words().query(plain(name)))) == sorted(CASES[name]["rows"])


@cache
def in_few_words() -> rdflib.Dataset:
    """The small map in rdflib; of the vocabulary the labels alone of the codes that say how critical something is."""
    folder, found = "tests/graph/questions/shop", rdflib.Dataset(default_union=True)
    levels = tuple(f"<{code}> <{t.RDFS_LABEL}>".encode() for code in CRITICALITIES)
    for graph in graphs(folder):
        lines = opened(folder).store.triples(graph).splitlines(keepends=True)
        seen = {ONTOLOGY: [line for line in lines if line.startswith(levels)], META: []}.get(graph, lines)
        found.graph(rdflib.URIRef(graph)).parse(data=b"".join(seen), format="nt")
    return found


@pytest.mark.parametrize("name", sorted(file.stem for file in PLAIN.glob("*.rq")))
def test_the_quick_form_of_a_question_gives_the_rows_of_the_plain_one(name: str) -> None:
    assert answer(opened(CASES[name]["map"]), text(name)) == answer(opened(CASES[name]["map"]), plain(name))


@pytest.mark.parametrize("name", [name for name, asked in QUESTIONS.items() if asked.fast])
def test_the_fast_properties_of_a_question_give_the_rows_of_the_plain_one(name: str) -> None:
    of = opened(CASES[name]["map"])
    fast = fill(QUESTIONS[name], CASES[name].get("ask", {}), fast=True)
    assert mentions_fast(fast)
    assert not mentions_fast(QUESTIONS[name].text)

    assert answer(of, HEAD + expanded(fast, ServiceGraph(of.store, of.projection))[0]) == CASES[name]["rows"]


@pytest.mark.parametrize("name", QUESTIONS)
def test_an_answer_follows_the_map(name: str, tmp_path: Path) -> None:
    case, change = CASES[name], CASES[name]["change"]
    folder = tmp_path / Path(case["map"]).name
    shutil.copytree(HOME / case["map"], folder)
    file = folder / change["file"]
    before = file.read_text(encoding="utf-8")
    assert change["old"] in before
    file.write_text(before.replace(change["old"], change["new"], 1), encoding="utf-8")

    rows, old = Counter(answer(open_map([folder]), text(name))), Counter(case["rows"])

    assert case["gone"] or case["new"]
    assert sorted(set(old - rows)) == sorted(set(case["gone"]))
    assert sorted(set(rows - old)) == sorted(set(case["new"]))


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_says_who_asks_it_and_what_it_can_be_asked_about(name: str) -> None:
    asked, head = QUESTIONS[name], QUESTIONS[name].text.partition("SELECT")[0]
    declared = re.findall(r"# parameter: (\w+)", head)

    assert asked.persona
    assert [parameter.name for parameter in asked.parameters] == declared
    assert all(re.fullmatch(r"R([1-9]|1\d|2[0-3])", row) for row in asked.rows)
    for parameter in asked.parameters:
        known = parameter.type.startswith("xsd:") or t.SM + parameter.type[3:] in vocabulary().classes
        assert known, parameter
        assert parameter.default, parameter


def test_the_default_of_a_parameter_is_something_of_the_shipped_maps() -> None:
    defined: set[str] = set()
    for folder in ("data/enterprise", "data/reference_model"):
        defined |= {subject for subject, _ in opened(folder).store.pairs(t.DCTERMS_IDENTIFIER)}

    given = {p.default.strip("<>") for asked in QUESTIONS.values() for p in asked.parameters if "sm:" in p.type}

    assert sorted(given - defined) == []


def test_a_path_of_any_length_starts_from_what_is_given() -> None:
    """Oxigraph would walk every candidate otherwise: a path stands in the sub-select that names where it begins."""
    for asked in QUESTIONS.values():
        given = [parameter for parameter in asked.parameters if parameter.option != LIMIT]
        if given and re.search(r"sm:dependsOn[+*]", asked.text):
            assert re.search(r"\{ SELECT (DISTINCT )?\?[^{]*\{[^{}]*(\{\s*)?VALUES", asked.text), asked.name


def test_a_value_becomes_one_term_and_never_a_piece_of_query() -> None:
    asked = QUESTIONS["services-behind"]

    with pytest.raises(InputError, match="is no address"):
        fill(asked, {"service": "https://example.org/> } ?s ?p ?o { <x"})
    with pytest.raises(InputError, match="has no parameter 'servce'; did you mean 'service'"):
        fill(asked, {"servce": "https://example.org/a"})


def test_a_text_is_quoted_and_typed() -> None:
    asked = QUESTIONS["agreements-expiring"]

    filled = fill(asked, {"day": '2027" } DROP ALL #'})

    assert 'VALUES ?day { "2027\\u0022 } DROP ALL #"^^xsd:dateTime }' in filled


def test_a_tier_rule_is_broken_only_by_the_tiers_that_it_names(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text(
        "layer_rules: [{id: r, name: Apart, from_kind: service, from_criticality: critical, to_kind: service, "
        "to_criticality: low}]\nelements:\n"
        "  - {id: a, kind: business service, name: A, criticality: critical, depends_on: [b, c]}\n"
        "  - {id: b, kind: technical service, name: B, criticality: low, depends_on: [d]}\n"
        "  - {id: c, kind: technical service, name: C, criticality: high}\n"
        "  - {id: d, kind: technical service, name: D, criticality: low}\n",
        encoding="utf-8",
    )

    assert both_forms(open_map([folder]), "layers-skipped") == ["Apart | A | B"]


def both_forms(of: Map, name: str) -> list[str]:
    """The rows of a question in its plain form, when the fast one gives the same."""
    plain_rows = answer(of, HEAD + QUESTIONS[name].text)
    text = fill(QUESTIONS[name], {}, fast=True)
    assert mentions_fast(text)
    assert answer(of, HEAD + expanded(text, ServiceGraph(of.store, of.projection))[0]) == plain_rows
    return plain_rows


def test_an_alternative_that_rests_on_the_other_one_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text(
        "elements:\n"
        "  - {id: web, kind: application, name: Web, depends_on: [{of: [a, b], k: 1}]}\n"
        "  - {id: a, kind: server, name: A, depends_on: [b]}\n"
        "  - {id: b, kind: server, name: B, depends_on: [rack]}\n"
        "  - {id: rack, kind: server, name: Rack}\n",
        encoding="utf-8",
    )

    assert both_forms(open_map([folder]), "false-redundancy") == ["Web | A | B | B"]


def test_promises_of_every_sort_of_agreement_count_while_they_are_in_force(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    agreement = "  - {{id: {0}, name: {0}, agreement_type: {1}, by: x, for: x, covers: {2}, {3}objectives: [{{metric: availability, percent: {4}}}]}}\n"
    (folder / "map.yaml").write_text(
        "teams: [{id: x, name: X}]\nagreements:\n"
        + agreement.format("sla", "sla", "shop", "", 99.9)
        + agreement.format("ola", "ola", "db", "", 99.5)
        + agreement.format("contract", "underpinning contract", "cloud", "", 99)
        + agreement.format("over", "ola", "db", "valid_until: 2020-01-01, ", 99.95)
        + agreement.format("ended", "underpinning contract", "cloud", "valid_until: 2020-01-01, ", 90)
        + agreement.format("to-come", "underpinning contract", "cloud", "valid_from: 2999-01-01, ", 91)
        + "elements:\n"
        "  - {id: shop, kind: business service, name: Shop, depends_on: [db]}\n"
        "  - {id: db, kind: database, name: Orders, depends_on: [cloud]}\n"
        "  - {id: cloud, kind: vendor service, name: Cloud}\n",
        encoding="utf-8",
    )

    rows = both_forms(open_map([folder]), "promises-on-lesser-promises")
    assert rows == ["ola | 99.5 | Cloud | 99", "sla | 99.9 | Cloud | 99"]


def test_a_change_is_asked_for_before_an_incident_was_noticed_where_nobody_knows_when_it_began(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "map.yaml").write_text(
        "elements: [{id: web, kind: application, depends_on: [db]}, {id: db, kind: database, name: Orders}]\n"
        "incidents: [{id: slow, severity: normal, detected_at: 2026-11-02T10:00Z, affects: web}]\n"
        "changes:\n"
        "  - {id: a, name: Before, change_type: normal, affects: db, planned_start: 2026-11-01T10:00Z}\n"
        "  - {id: b, name: After, change_type: normal, affects: db, planned_start: 2026-11-03T10:00Z}\n",
        encoding="utf-8",
    )
    asked = fill(QUESTIONS["changes-before-an-incident"], {"incident": "https://w3id.org/servicemap/id/shop/slow"})

    assert answer(open_map([folder]), HEAD + asked) == ["Before | Orders | 2026-11-01T10:00:00Z"]


EDGE_MAP = "tests/graph/questions/edges"
# What each question is answered where something has no end, is over, or is said elsewhere: the map of the folder edges.
EDGES: dict[str, tuple[dict[str, str], list[str]]] = {
    "maturity-board": ({}, [" | Box | implemented | slow"]),
    "business-impact": ({}, ["Shop | 120 | "]),
    "catalogue": (
        {},
        [
            "Shop | business |  |  | Desk",
            "Wiki | business |  |  | ",
            "Pay | technical |  |  | Desk",
            "Cards | vendor |  |  | ",
        ],
    ),
    "changes-before-an-incident": (
        {"incident": "https://w3id.org/servicemap/id/edges/down"},
        [
            "Endless | Web | 2026-11-01T09:00:00Z",
            "Made | DB | 2026-11-01T09:00:00Z",
            "Once | DB | ",
            "Other | Spare | ",
        ],
    ),
    "changes-during-incidents": ({}, ["Down | Endless", "Down | Made", "Late | Endless", "Late | Made"]),
    "changes-in-a-freeze": ({}, ["Endless | Christmas", "Made then | Christmas"]),
    "costs-by-environment": ({}, [" | EUR |  | 7", "Lab, Test | EUR | monthly | 1", "Lab, Test | EUR | yearly | 12"]),
    "hit-if-it-fails": ({"element": "https://w3id.org/servicemap/id/edges/shop"}, ["Shop | Buyers"]),
    "if-a-role-is-vacant": ({}, ["Lead | responsible | Box"]),
    "nobody-accountable": ({}, ["Cards", "Wiki"]),
    "not-defined": ({}, ["ghost | Shop", "no-one | Web", "nobody | Web"]),
    "offerings-and-their-parts": ({}, ["Express | 10 | 180 |  |  | EUR", "Slow | 5 |  | 2 | 60 | EUR"]),
    "raci-gaps": ({}, ["Plan | everything | 0 | 0", "Web | everything | 0 | 0"]),
    "relied-on-for-more": ({"service": "https://w3id.org/servicemap/id/edges/web"}, ["Shop | 99.5 | 99"]),
    "response-plan": ({"service": "https://w3id.org/servicemap/id/edges/shop"}, ["Plan | role | Lead | informed"]),
    "services-and-owners": ({}, ["Shop | Desk", "Wiki | "]),
    "services-behind": (
        {"service": "https://w3id.org/servicemap/id/edges/shop"},
        ["application | Web", "database | DB", "defined nowhere | ghost"],
    ),
    "staffing": ({}, ["Box | now | Lead"]),
    "stale-evidence": ({}, []),
    "time-to-restore": ({}, ["DB | Late |  |  | PT40M | ", "Web | Down |  |  | PT1H | "]),
    "used-by-nothing": ({}, ["Spare | server | Desk"]),
    "vendors-without-contract": ({}, []),
    "what-ends-next": (
        {},
        [
            "2999-01-01T00:00:00Z | Contract | agreement",
            "2021-01-01T00:00:00Z | Old SLA | agreement",
            "2022-01-01T00:00:00Z | Old OLA | agreement",
        ],
    ),
    "who-uses-what": ({}, ["Desk | Wash | 6 | "]),
}


@pytest.mark.parametrize("name", EDGES)
def test_what_has_no_end_or_is_over_or_is_said_elsewhere_is_told_rightly(name: str) -> None:
    ask, rows = EDGES[name]

    assert answer(opened(EDGE_MAP), HEAD + fill(QUESTIONS[name], ask)) == rows


@pytest.mark.parametrize("name", some(name for name in EDGES if name not in SLOW_THERE))
def test_a_second_engine_tells_the_same_of_it(name: str) -> None:
    ask, rows = EDGES[name]

    query = plain(name) if (PLAIN / f"{name}.rq").is_file() else HEAD + fill(QUESTIONS[name], ask)
    assert sorted(other_answer(EDGE_MAP, query)) == sorted(rows)
