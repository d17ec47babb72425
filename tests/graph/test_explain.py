"""Explain counts the parts of a query, and names what makes it slow."""

import pytest

from graph.explain import explain, hints
from graph.library import questions
from graph.maps import open_map
from graph.model import InputError
from graph.store import Limits
from graph.store.isolation import ask


@pytest.fixture(scope="module")
def store(root):
    return open_map([root / "data" / "laundry"]).store


def asked(store):
    return lambda text, limits: ask(store, text, limits)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("SELECT * { ?a sm:dependsOn+ ?b } LIMIT 9", ["the path sm:dependsOn+ begins everywhere: neither end is given"]),
        ("SELECT * { ?a (sm:partOf|^sm:partOf)* ?b } LIMIT 9", ["the path (sm:partOf|^sm:partOf)* begins everywhere: neither end is given"]),
        ("SELECT * { <urn:a> sm:dependsOn+ ?b . ?b a sm:Server } LIMIT 9", ["the path sm:dependsOn+ is walked once for every element of the class"]),
        ("SELECT * { VALUES ?a { <urn:a> } ?a sm:dependsOn* ?b } LIMIT 9", ["the path sm:dependsOn* is walked over triples"]),
        ("SELECT * { <urn:a> sm:partOf+ ?b } LIMIT 9", []),
        ("SELECT * { ?a sm:internetFacing true ; sm:dependsOn+ ?b } LIMIT 9", []),
        ("SELECT * { ?a a sm:Server ; sm:dependsOn+ ?b } LIMIT 9", ["the path sm:dependsOn+ is walked once for every element of the class"]),
        ("SELECT * { <urn:a> fast:dependsOn ?b } LIMIT 9", []),
        ("SELECT * { ?s ?p ?o } LIMIT 9", ["a statement of three variables reads the whole map"]),
        ("SELECT * { VALUES ?s { <urn:a> } ?s ?p ?o } LIMIT 9", []),
        ("SELECT * { ?a a sm:Server . ?b a sm:Database } LIMIT 9", ["?a and ?b are not joined: every row of one meets every row of the other"]),
        ("SELECT * { ?a a sm:Server . { ?b a sm:Database } } LIMIT 9", ["?a and ?b are not joined: every row of one meets every row of the other"]),
        ("SELECT * { ?a a sm:Server OPTIONAL { ?a sm:ownedBy ?o } } LIMIT 9", []),
        ("SELECT * { ?a a sm:Server } ORDER BY ?a", ["all rows are sorted before the first comes"]),
        ("SELECT * { ?a a sm:Server }", ["all rows are asked for"]),
        ("SELECT (COUNT(*) AS ?n) { ?a a sm:Server }", []),
        ("ASK { ?a a sm:Server }", []),
        ("ASK { ?a rdfs:label ?l FILTER(CONTAINS(?l, 'x')) }", ["CONTAINS looks into every text"]),
        (
            "SELECT ?o (SUM(?x) AS ?s) { ?a sm:monthlyCost ?m . ?m sm:amount ?x OPTIONAL { ?a sm:ownedBy ?o } } GROUP BY ?o",
            ["a sum with OPTIONAL is left to the engine, which looks what is optional up for every row"],
        ),
        ("SELECT (SUM(?x) AS ?s) { <urn:a> sm:monthlyCost ?m . ?m sm:amount ?x OPTIONAL { ?m sm:currency ?c } } GROUP BY ?x", []),
        ("ASK { OPTIONAL { ?a sm:ownedBy ?o } ?a a sm:Server }", ["OPTIONAL stands before what must be there"]),
        ("ASK { ?a a sm:Server . OPTIONAL { ?a sm:ownedBy ?o } FILTER(?o != ?a) }", []),
        ("SELECT (COUNT(?x) AS ?n) { ?x sm:dependsOn ?e }", ["dependencies are counted over triples"]),
        ("ASK { ?a a sm:SeparationRule }", ["'sm:SeparationRule' is an old word"]),
    ],
)  # fmt: skip
def test_what_is_slow_is_named_and_what_is_not_is_left_alone(query, what):
    assert [hint.what for hint in hints(query)] == what


def test_ready_questions_begin_their_paths_somewhere_and_join_their_parts():
    """Those that ask about every element, or compare times, cannot."""
    slow = {
        name
        for name, asked in questions().items()
        for hint in hints(asked.text)
        if "begins everywhere" in hint.what or "not joined" in hint.what
    }
    assert slow == {
        *("changes-during-incidents", "changes-in-a-freeze", "circles", "suppliers-behind"),
        *("elements-by-kind", "declared-not-observed"),
        *("false-redundancy", "less-critical-than-their-users", "promises-on-lesser-promises"),
    }


def test_each_statement_is_counted_by_itself(store):
    told = explain("SELECT ?n { ?s a sm:BusinessService ; rdfs:label ?n . ?s sm:dependsOn ?o } LIMIT 3", asked(store))
    assert [row[:2] for row in told.rows] == [
        ("?s a sm:BusinessService ; rdfs:label ?n", "1"),
        ("?s sm:dependsOn ?o", "26"),
    ]
    assert told.notes == ("nothing in it is known to be slow",)
    assert told.facts["rows"] == 3
    assert told.title.startswith("3 rows in ")


def test_values_of_the_same_braces_count_with_their_statement(store):
    told = explain("ASK { VALUES ?s { <urn:none> } ?s fast:dependsOnOrIs ?o }", asked(store))
    assert told.rows[0][:2] == ("?s fast:dependsOnOrIs ?o", "0")


def test_what_takes_too_long_is_said_and_does_not_stop_the_rest(store):
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    told = explain(slow, asked(store), Limits(seconds=0.3))
    assert told.title == "the query took longer than 0.3 seconds and was stopped"
    assert len(told.rows) == 4
    assert "?a and ?d are not joined" in told.notes[1]


def test_a_cut_is_told(store):
    told = explain("SELECT * { ?s ?p ?o }", asked(store), Limits(rows=2))
    assert "cut: the first 2 rows; there are more" in told.title
    many = "ASK { " + "?a a sm:Server . " * 25 + "}"
    assert "cut: only the first 20 of 25 statements were counted" in explain(many, asked(store)).notes


def test_what_is_no_query_is_told(store):
    with pytest.raises(InputError, match="not SPARQL"):
        explain("SELECT (", asked(store))
    with pytest.raises(InputError, match="would change the map"):
        explain("DROP ALL", asked(store))
