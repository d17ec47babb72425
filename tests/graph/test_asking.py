"""What people write becomes what a question asks about, or one line says what would fit."""

from dataclasses import replace

import pytest

from graph.asking import answer, filled, listed, wanted
from graph.library import Parameter, Question, questions
from graph.model import InputError
from graph.store.isolation import ask
from tests.graph.written import opened

TEXT = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [web], criticality: critical}
      - {id: web, kind: application, name: Web front}
"""


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path, TEXT)


def one(kind, default="sm:x"):
    text = f"SELECT ?x {{ VALUES ?value {{ {default} }} BIND(STR(?value) AS ?x) }}"
    return Question("mine", "What is it?", text, "architect", (Parameter("value", kind, default),))


@pytest.mark.parametrize(
    ("kind", "given", "value", "words"),
    [
        ("sm:Service", "SHOP", "shop", "Shop"),
        ("sm:Element", "web front", "web", "Web front"),
        ("sm:CriticalityCode", "critical", "criticality-critical", "critical"),
        ("xsd:integer", "42", "42", "42"),
        ("xsd:decimal", "2.25", "2.25", "2.25"),
        ("xsd:boolean", "yes", "true", "true"),
        ("xsd:date", "2026-01-31", "2026-01-31", "2026-01-31"),
        ("xsd:dateTime", "2026-01-31", "2026-01-31T00:00:00Z", "2026-01-31T00:00:00Z"),
        ("xsd:string", 'a "b" } #', 'a "b" } #', 'a "b" } #'),
    ],
)
def test_a_value_is_asked_about_as_its_type_has_it(shop, kind, given, value, words):
    told = answer(one(kind), {"value": given}, shop.projection, lambda text: ask(shop.store, text))
    assert told.rows[0][0].endswith(value)
    assert told.facts["parameters"] == {"value": words}
    assert told.facts["milliseconds"] >= 0
    assert told.title.startswith(f"What is it? {words}: 1 row in ")


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        ("sm:Service", "web", "value: 'web' is of the kind 'application'; name a service"),
        ("sm:Service", "shopp", "no element 'shopp' in this map; did you mean 'Shop'?"),
        ("sm:CriticalityCode", "critcal", "value: unknown value 'critcal'; did you mean 'critical'?"),
        ("xsd:integer", "4.5", "value: '4.5' is not a whole number; write one, for example '3'"),
        ("xsd:decimal", "1; DROP", "value: '1; DROP' is not a number; write digits, for example '2.5'"),
        ("xsd:boolean", "perhaps", "value: 'perhaps' is neither yes nor no; write 'yes' or 'no'"),
        ("xsd:date", "31.1.2026", "value: '31.1.2026' is not a date; write for example '2026-01-31'"),
        ("xsd:dateTime", "soon", "value: 'soon' is not a point in time; write for example '2026-01-31T08:00:00+01:00'"),
        ("xsd:string", "\ud800", "the value holds half a character (a lone surrogate); type it again"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_what_would(shop, kind, given, message):
    with pytest.raises(InputError) as told:
        filled(one(kind), {"value": given}, shop.projection)
    assert str(told.value) == message


def test_an_unknown_parameter_gets_a_proposal(shop):
    with pytest.raises(InputError, match="'mine' has no parameter 'valu'; did you mean 'value'"):
        filled(one("xsd:string"), {"valu": "x"}, shop.projection)
    with pytest.raises(InputError, match="'circles' has no parameter 'day'; leave it out: it has none"):
        filled(questions()["circles"], {"day": "x"}, shop.projection)


def test_what_nobody_says_is_taken_from_the_file_only_where_this_map_has_it(shop):
    iri = shop.projection.iris[0]
    _, meant = filled(one("sm:Service", f"<{iri}>"), {}, shop.projection)
    assert meant == {"value": f"{shop.projection.labels[0]} (as nothing else is said)"}
    _, meant = filled(one("sm:CriticalityCode", "sm:criticality-low"), {}, shop.projection)
    assert meant == {"value": "low (as nothing else is said)"}
    _, meant = filled(one("xsd:integer", "7"), {}, shop.projection)
    assert meant == {"value": "7 (as nothing else is said)"}
    with pytest.raises(InputError, match="'services-behind' is asked about a service; name one with --service"):
        filled(questions()["services-behind"], {}, shop.projection)


@pytest.mark.parametrize(("fast", "asked"), [(True, "fast:users"), (False, "sm:dependsOn")])
def test_an_engine_that_knows_fast_properties_is_asked_with_them(shop, fast, asked):
    texts = []

    def put(text):
        texts.append(text)
        return ask(shop.store, "ASK {}")

    both = Question("mine", "Who?", "ASK { ?a sm:dependsOn ?b }", fast="ASK { ?a fast:users ?n }")
    answer(both, {}, shop.projection, put, fast=fast)
    answer(replace(both, fast=""), {}, shop.projection, put, fast=fast)

    assert asked in texts[0]
    assert texts[1] == both.text


def test_what_a_parameter_takes_is_said_in_words():
    assert wanted(Parameter("x", "sm:CriticalityCode", "")) == "one of low, medium, high, critical"
    assert wanted(Parameter("x", "sm:Application", "")) == "an application"


def test_the_library_is_listed_by_who_asks():
    told = listed(questions(), persona="architect")
    assert {row[0] for row in told.rows} == {"architect"}
    assert len(listed(questions()).rows) == len(questions())
    with pytest.raises(InputError, match="nobody called 'architct' asks; did you mean 'architect'"):
        listed(questions(), persona="architct")


def test_a_question_of_ones_own_in_old_words_is_asked_in_those_of_today(tmp_path):
    made = opened(
        tmp_path,
        "elements: [{id: web, kind: application, name: Web, placement: {target: private cloud, driver: existing}}]",
    )
    text = (
        "# title: What is placed there?\n# parameter: target : sm:PlacementCode\nSELECT ?name {\n"
        "  VALUES ?target { sm:placement-private }\n"
        "  ?element rdfs:label ?name ; sm:hasPlacement/sm:placedOn ?target\n}\n"
    )
    (tmp_path / "placed-there.rq").write_text(text, encoding="utf-8")
    mine = questions(tmp_path)["placed-there"]

    told = answer(mine, {}, made.projection, lambda query: ask(made.store, query))

    assert told.rows == (("Web",),)
    assert told.notes == (
        "'sm:placement-private' is an old word; write 'sm:placement-private-cloud'",
        "mend the file with 'servicemap ontology migrate'",
    )
    assert (tmp_path / "placed-there.rq").read_text(encoding="utf-8") == text
