"""Do the addresses of the query page answer, with one shape for errors and the same rows everywhere?"""

from __future__ import annotations

import csv
import io

import pytest
from flask.testing import FlaskClient

from app.query.files import RAW

ALL = "/query.json?query=SELECT ?x ?name { ?x a sm:Element ; rdfs:label ?name } ORDER BY ?x"


def test_a_query_of_ones_own_answers_with_its_elements(client: FlaskClient) -> None:
    told = client.get(ALL).get_json()
    assert told["total"] == len(told["rows"]) == 7
    assert told["truncated"] is None
    assert told["limits"] == {"rows": 1000, "seconds": 10.0}
    element = told["elements"]["https://w3id.org/servicemap/id/shop/web"]
    assert element == {
        "id": "shop/web",
        "label": "Web",
        "kind": "Application",
        "look": "application",
        "href": "/element/shop/web",
    }


def test_a_question_of_the_library_answers_with_its_values(client: FlaskClient) -> None:
    told = client.get("/query.json?ask=services-behind&$service=shop").get_json()
    assert told["question"] == "What does a service rest on, directly and further down?"
    assert told["parameters"] == {"service": "Shop"}
    assert {row["name"] for row in told["rows"]} == {"Web", "<b>Database</b>", "=HYPERLINK(1)"}
    assert "/id/shop/shop>" in told["query"], "the query is told as it was put"


def test_the_csv_has_the_same_rows_in_the_same_order_and_no_formula(client: FlaskClient) -> None:
    address = "?ask=services-behind&$service=shop&sort=-name"
    told = client.get(f"/query.json{address}").get_json()
    answer = client.get(f"/query.csv{address}")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="services-behind.csv"'
    names = [row["name"] for row in told["rows"]]
    assert names == ["Web", "=HYPERLINK(1)", "<b>Database</b>"]
    assert [row["name"] for row in rows] == ["Web", "'=HYPERLINK(1)", "<b>Database</b>"], (
        "no formula for a table program"
    )


def test_a_limit_cuts_and_both_files_say_so(client: FlaskClient) -> None:
    address = "?rows=100&query=SELECT ?s ?p ?o { ?s ?p ?o }"
    told = client.get(f"/query.json{address}").get_json()
    assert (len(told["rows"]), told["limits"]["rows"]) == (100, 100)
    assert "100" in told["truncated"]
    assert client.get(f"/query.csv{address}").headers["Servicemap-Truncated"] == told["truncated"]


@pytest.mark.parametrize(
    ("address", "status", "detail"),
    [
        ("/query.json", 400, "nothing is asked"),
        ("/query.json?ask=services-behnd", 404, "no question is called 'services-behnd'"),
        ("/query.csv?ask=services-behnd", 404, "no question is called 'services-behnd'"),
        ("/query.json?ask=services-behind", 400, "is asked about a service"),
        ("/query.json?ask=services-behind&$service=db", 400, "is of the kind 'database'"),
        ("/query.json?query=SELECT * {", 400, "not SPARQL"),
        ("/query.json?query=DROP ALL", 400, "would change the map"),
        ("/query.json?query=SELECT * { SERVICE <http://example.org/> {} }", 400, "calls another server"),
    ],
)
def test_what_cannot_be_asked_is_an_error_in_the_one_shape(
    client: FlaskClient, address: str, status: int, detail: str
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert detail in answer.get_json()["error"]["detail"]


def test_picks_are_of_the_class_that_is_asked_for(client: FlaskClient) -> None:
    def picks(query: str) -> list[str]:
        return [each["id"] for each in client.get(f"/query/picks.json?{query}").get_json()["picks"]]

    assert picks("type=sm:Service") == ["shop/shop"]
    assert picks("type=sm:Element&q=twin") == ["shop/twin-1", "shop/twin-2"]
    assert picks("type=sm:Service&q=twin") == picks("type=sm:Nothing") == []
    assert picks("")[0] in ("shop/db", "shop/cache", "shop/web"), "without words the most used come first"


@pytest.mark.parametrize("ending", sorted(RAW))
def test_each_notation_answers_for_its_form_and_is_an_error_for_the_other(client: FlaskClient, ending: str) -> None:
    rows, graph = "SELECT ?x { ?x a sm:Team }", "CONSTRUCT { ?x a sm:Team } WHERE { ?x a sm:Team }"
    of_rows = RAW[ending][0] in ("json", "xml", "tsv")
    answer = client.get(f"/query.{ending}?query={rows if of_rows else graph}")
    assert (answer.status_code, answer.mimetype) == (200, RAW[ending][1])
    assert "shop/crew" in answer.text
    headers = {"Accept": "application/json"}
    wrong = client.get(f"/query.{ending}?query={graph if of_rows else rows}", headers=headers)
    assert wrong.status_code == 406
    assert wrong.get_json()["error"]["help"]


def test_a_chart_and_a_picture_answer_as_svg_and_say_what_is_left_out(client: FlaskClient) -> None:
    address = "query=SELECT ?x ?c { ?x a ?c . ?x a sm:Database }"
    assert client.get(f"/query.svg?{address}").mimetype == "image/svg+xml"
    for scheme in ("light", "dark"):
        answer = client.get(f"/query.{scheme}.svg?{address}")
        assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
        assert "<b>" not in answer.text
    assert answer.headers["Servicemap-Left-Out"] == "lines are those of the map"
    assert client.get("/query.light.svg?query=SELECT (1 AS ?n) {}").status_code == 404
