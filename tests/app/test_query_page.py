"""Does the query page say what its address asks, before anything is answered?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import Map


@pytest.fixture(scope="module")
def client(norrvik: Map) -> FlaskClient:
    return create_app(norrvik).server.test_client()


@pytest.fixture(scope="module")
def page(client: FlaskClient) -> Any:
    """Asks the page, as the browser does."""
    found = client.get("/_dash-dependencies").get_json()
    output = next(each["output"] for each in found if each["inputs"][0]["id"] == "query-address")

    def ask(query: str) -> tuple[str, dict[str, Any]]:
        address = {"path": "/query", "query": query, "narrow": False}
        ids = ("query-library.children", "query-head.children", "query-done.data")
        body = {
            "output": output,
            "outputs": [dict(zip(("id", "property"), each.split("."), strict=True)) for each in ids],
            "inputs": [{"id": "query-address", "property": "data", "value": address}],
            "changedPropIds": ["query-address.data"],
        }
        answer = client.post("/_dash-update-component", json=body)
        assert answer.status_code == 200
        told = answer.get_json()["response"]
        return json.dumps(told["query-head"]), told["query-done"]["data"]

    return ask


def test_a_question_with_its_value_is_ready_to_be_answered(page: Any, client: FlaskClient) -> None:
    head, said = page("ask=services-behind&$service=norrvik/online&sort=name")
    assert "What does a service rest on" in head
    assert said["fields"][0]["label"] == "Online ordering"
    assert "/id/norrvik/online>" in said["text"]
    assert not said["wrong"]
    assert client.get(said["asked"]).get_json()["parameters"] == {"service": "Online ordering"}


def test_a_value_that_this_map_has_not_is_asked_for_in_words(page: Any) -> None:
    _, said = page("ask=services-behind")
    assert said["asked"] == ""
    assert "is asked about a service" in said["wrong"]
    _, said = page("ask=services-behind&$service=onlin ordering")
    assert "Did you mean 'Online ordering'?" in said["wrong"]
    assert said["fields"][0]["value"] == "onlin ordering"


def test_a_query_of_ones_own_is_shown_as_it_was_written(page: Any) -> None:
    text = "# title: mine\nASK { ?s ?p '</script>' }"
    head, said = page(f"query={text}")
    assert "Your own query" in head
    assert said["given"] == text
    assert said["name"] == ""


def test_nothing_is_asked_at_the_beginning(page: Any) -> None:
    head, said = page("")
    assert "Ask the map" in head
    assert (said["asked"], said["wrong"], said["title"]) == ("", "", "Query · Norrvik")


def test_a_question_that_is_not_there_is_404(client: FlaskClient) -> None:
    answer = client.get("/query?ask=services-behnd", headers={"Accept": "text/html"})
    assert answer.status_code == 404
    assert "services-behind" in answer.text
    assert client.get("/query?ask=services-behind").status_code == 200
    assert client.get("/query?ask=catalogue&query=ASK {}").status_code == 400


def test_the_editor_is_no_part_of_a_first_visit(client: FlaskClient) -> None:
    first = client.get("/").text
    assert "query.js" in first
    assert "yasqe" not in first


@pytest.mark.parametrize("word", ["prefix.cc", "lov.linkeddata", "dbpedia.org/sparql", "eval(", "Function("])
def test_the_editor_asks_no_other_server_and_builds_no_code(client: FlaskClient, word: str) -> None:
    assert word not in client.get("/assets/yasqe.bundle.js", buffered=True).text


def test_what_is_shown_raw_and_saved_is_asked_as_the_table_is(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.maps.FEW", 0)  # this map counts as a large one: its questions have fast forms
    put: list[str] = []
    for name in ("ask", "tell"):
        known = getattr(Endpoint, name)

        def noted(self: Endpoint, text: str, *rest: Any, known: Any = known, **more: Any) -> Any:
            put.append(text)
            return known(self, text, *rest, **more)

        monkeypatch.setattr(Endpoint, name, noted)
    rows = client.get("/query.json?ask=shared-by-many&rows=17").get_json()["rows"]
    raw = json.loads(client.get("/query.srj?ask=shared-by-many&rows=17").data)["results"]["bindings"]
    assert len(put) == 2
    assert put[0] == put[1]
    assert "fast:" in put[0]
    assert len(raw) == len(rows) > 0
