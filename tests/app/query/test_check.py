"""Is what is wrong with a query said while it is written, at its place, and nothing that is right?"""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from app.query.check import check
from graph.library import questions
from graph.model import InputError


def wrong(client: FlaskClient, text: str) -> list[dict[str, Any]]:
    return list(client.post("/query/check.json", data=text.encode()).get_json()["wrong"])


@pytest.mark.parametrize(
    ("text", "words", "place"),
    [
        ("SELECT * {", "from here on it is no SPARQL", (1, 11)),
        ("SELECT *\nWHERE { ?s foaf:name ?o . ?s foaf:mbox ?m }", "the prefix 'foaf:' is not declared", (2, 12)),
        (
            "SELECT *\n{ ?s sm:dependOn ?o }",
            "'sm:dependOn' is no word of the vocabulary; did you mean 'dependsOn'?",
            (2, 6),
        ),
        ("PREFIX m: <https://w3id.org/servicemap#> ASK { ?s m:dependOn ?o }", "'m:dependOn' is no word", (1, 51)),
        (
            "ASK {\n ?s sm:placedOn sm:placement-private }",
            "'sm:placement-private' is an old word; write 'sm:placement-private-cloud'",
            (2, 17),
        ),
        ("DROP ALL", "would change the map", (0, 0)),
        ("ASK { SERVICE <http://x/> {} }", "calls another server", (0, 0)),
    ],
)
def test_what_is_wrong_is_said_at_its_place(client: FlaskClient, text: str, words: str, place: tuple[int, int]) -> None:
    found = wrong(client, text)
    assert len(found) == 1
    assert words in found[0]["words"]
    assert (found[0]["line"], found[0]["column"]) == place


@pytest.mark.parametrize("name", sorted(questions())[::6])
def test_nothing_is_wrong_with_ready_questions(client: FlaskClient, name: str) -> None:
    assert wrong(client, questions()[name].text) == []


def test_a_query_that_would_run_for_ever_is_only_read(client: FlaskClient) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    assert wrong(client, text) == wrong(client, "") == []


def test_a_busy_engine_says_nothing_about_the_query() -> None:
    def busy(_: str) -> None:
        raise InputError.of("too many queries are under way", check="busy")

    assert check("SELECT * {", (), busy) == []


def test_each_word_is_told_once() -> None:
    found = check("ASK { ?a sm:x ?b . ?b sm:x ?c ; sm:y 1 }", ("https://w3id.org/servicemap#y",), lambda _: None)
    assert [(each.line, each.column, each.length) for each in found] == [(1, 10, 4)]
