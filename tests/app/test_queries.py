"""The ready questions answer at their addresses, and say what is wrong with what they are asked."""

from __future__ import annotations

import pytest

from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import open_map
from graph.store import Limits


@pytest.fixture(scope="module")
def client(root):
    return create_app(open_map([root / "data" / "enterprise"])).server.test_client()


def test_a_question_answers_as_json_with_what_it_was_asked_and_what_it_cost(client):
    told = client.get("/queries/services-behind.json?service=checkout").get_json()
    assert {"kind": "database", "name": "SQL cluster"} in told["rows"]
    assert told["question"] == "What does a service rest on, directly and further down?"
    assert told["parameters"] == {"service": "Checkout"}
    assert told["milliseconds"] > 0
    assert told["truncated"] is None


def test_the_same_rows_stand_in_the_csv(client):
    answer = client.get("/queries/services-behind.csv?service=checkout")
    assert answer.mimetype == "text/csv"
    rows = client.get("/queries/services-behind.json?service=checkout").get_json()["rows"]
    assert answer.text.splitlines()[0] == "kind,name"
    assert len(answer.text.splitlines()) == len(rows) + 1


@pytest.mark.parametrize(
    ("address", "status", "detail", "remedy"),
    [
        ("/queries/services-behnd.json", 404, "no question is called 'services-behnd'", "did you mean 'services-behind'?"),
        ("/queries/services-behnd.csv", 404, "no question is called 'services-behnd'", "did you mean 'services-behind'?"),
        ("/queries/services-behind.json?servce=x", 400, "'services-behind' has no parameter 'servce'", "did you mean 'service'?"),
        ("/queries/services-behind.json?service=chekout", 400, "no element 'chekout' in this map", "did you mean 'Checkout'?"),
        ("/queries/services-behind.csv?service=a&service=b", 400, "'service' is said 2 times", "say it once"),
        ("/queries/services-behind.json?service=sql-cluster", 400, "service: 'sql-cluster' is of the kind 'database'", "name a service"),
        ("/queries/agreements-expiring.json?day=soon", 400, "day: 'soon' is not a point in time", "write for example '2026-01-31T08:00:00+01:00'"),
        ("/queries.json?persona=architct", 400, "nobody called 'architct' asks", "did you mean 'architect'?"),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_an_error_in_the_one_shape(client, address, status, detail, remedy):
    answer = client.get(address)
    assert answer.status_code == status
    assert answer.get_json()["error"]["status"] == status
    assert (answer.get_json()["error"]["detail"], answer.get_json()["error"]["help"]) == (detail, remedy)


def test_the_index_links_every_question(client):
    page, listed = client.get("/queries/"), client.get("/queries.json").get_json()
    assert page.status_code == 200
    assert len(listed["questions"]) > 70
    for row in listed["questions"]:
        assert f'href="/queries/{row["name"]}.json"' in page.text


def test_a_folder_of_ones_own_answers_too(root, tmp_path, monkeypatch):
    (tmp_path / "shops.rq").write_text("# title: Which shops are <there>?\nSELECT ?x { VALUES ?x { 1 } }\n")
    monkeypatch.setenv("SERVICEMAP_QUERIES", str(tmp_path))
    client = create_app(open_map([root / "data" / "laundry"])).server.test_client()
    assert client.get("/queries/shops.json").get_json()["rows"] == [{"x": "1"}]
    assert "&lt;there&gt;" in client.get("/queries/").text


def test_the_workers_and_limits_of_the_endpoint_answer_the_questions_too(root):
    opened = open_map([root / "data" / "laundry"])
    endpoint = Endpoint(lambda: opened.store, size=1, limits=Limits(rows=1))
    client = create_app(opened, endpoint).server.test_client()
    told = client.get("/queries/services-behind.csv?service=laundry")
    assert len(told.text.splitlines()) == 2
    assert told.headers["Servicemap-Truncated"]
    assert client.get("/sparql?query=ASK{}").status_code == 200
    numbers = client.get("/metrics").text
    assert 'servicemap_queries_total{outcome="answered"} 2.0' in numbers
    assert "servicemap_workers 1.0" in numbers
    endpoint.close()
