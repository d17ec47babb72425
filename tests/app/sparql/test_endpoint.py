"""Programs get what they ask for, in the notation that they ask for, or are told why not."""

from __future__ import annotations

import gzip
import json

import pyoxigraph as ox
import pytest
from flask import Flask

from app.doors import Doors
from app.live import Live
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.store.asking import Asking

KINDS = "SELECT ?x ?n { ?x a sm:Database ; rdfs:label ?n }"
GRAPH = "CONSTRUCT WHERE { ?x a sm:Database }"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"


def ask(client, query, accept="", **more):
    return client.get("/sparql", query_string={"query": query, **more}, headers={"Accept": accept} if accept else {})


@pytest.mark.parametrize(
    ("accept", "content_type", "format_"),
    [
        ("", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("*/*", "application/sparql-results+json", ox.QueryResultsFormat.JSON),
        ("application/sparql-results+xml", "application/sparql-results+xml", ox.QueryResultsFormat.XML),
        (
            "text/tab-separated-values, text/csv;q=0.1",
            "text/tab-separated-values; charset=utf-8",
            ox.QueryResultsFormat.TSV,
        ),
        ("application/json;q=0.2, text/html", "application/json", ox.QueryResultsFormat.JSON),
    ],
)
def test_rows_come_in_the_notation_that_is_liked_best(client, accept, content_type, format_):
    answer = ask(client, KINDS, accept)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == content_type
    (row,) = ox.parse_query_results(answer.data, format=format_)
    assert row["n"].value == "db"


def test_csv_is_exact(client):
    answer = ask(client, 'SELECT ("=1+1" AS ?a) ("x,\\"y\\"" AS ?b) {}', "text/csv")
    assert answer.data == b'a,b\r\n=1+1,"x,""y"""\r\n'


@pytest.mark.parametrize("notation", ["turtle", "ntriples", "rdfxml", "jsonld", "trig", "nquads"])
def test_graphs_come_in_six_notations(client, notation):
    media = {"turtle": "text/turtle", "ntriples": "application/n-triples", "rdfxml": "application/rdf+xml",
             "jsonld": "application/ld+json", "trig": "application/trig", "nquads": "application/n-quads"}[notation]  # fmt: skip
    answer = ask(client, GRAPH, media)
    assert answer.headers["Content-Type"].startswith(media)
    assert len(list(ox.parse(answer.data, format=ox.RdfFormat.from_media_type(media)))) == 1


@pytest.mark.parametrize(
    ("query", "accept"), [(KINDS, "text/turtle"), ("ASK {}", "text/csv"), (GRAPH, "application/sparql-results+json")]
)
def test_a_notation_that_does_not_fit_is_not_acceptable(client, query, accept):
    answer = ask(client, query, accept)
    assert answer.status_code == 406
    assert "Accept:" in answer.get_json()["error"]["help"]


def test_special_values_come_through_in_every_notation(client):
    query = 'SELECT ?v { VALUES ?v { "a\\tb\\n\\"<&"@en 1.50 <http://x/?a=1&b=2> UNDEF } }'
    read = [
        list(ox.parse_query_results(ask(client, query, media).data, format=form))
        for media, form in (
            ("application/sparql-results+json", ox.QueryResultsFormat.JSON),
            ("application/sparql-results+xml", ox.QueryResultsFormat.XML),
            ("text/tab-separated-values", ox.QueryResultsFormat.TSV),
        )
    ]
    assert [[row["v"] for row in rows] for rows in read] == [[row["v"] for row in read[0]]] * 3
    assert len(read[0]) == 4


def test_a_sign_that_xml_cannot_write_is_told(client):
    answer = ask(client, 'SELECT ("\\u0001" AS ?v) {}', "application/sparql-results+xml")
    assert answer.status_code == 400
    assert "take JSON" in answer.get_json()["error"]["detail"]


def test_a_cut_is_told_in_the_head_and_in_the_body(client):
    query, said = "SELECT * { ?s ?p ?o }", "the first 200 rows; there are more"
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/csv"):
        answer = ask(client, query, accept)
        assert answer.headers["Truncated"] == said
        assert (said.encode() in answer.data) == (accept != "text/csv")
    answer = ask(client, "CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle")
    assert answer.data.startswith(f"# truncated: {said}".encode())
    assert "Truncated" not in ask(client, KINDS).headers


def test_a_query_may_be_sent_in_three_ways(client):
    form = client.post("/sparql", data={"query": "ASK { ?x a sm:Database }"})
    direct = client.post("/sparql", data="ASK { ?x a sm:Database }", content_type="application/sparql-query")
    assert (
        form.get_json()
        == direct.get_json()
        == ask(client, "ASK { ?x a sm:Database }").get_json()
        == {"head": {}, "boolean": True}
    )


@pytest.mark.parametrize(
    ("request_", "status", "says"),
    [
        ({"query_string": "query=ASK{}&query=ASK{}"}, 400, "2 of 'query'"),
        ({"query_string": "update=CLEAR+ALL"}, 400, "cannot be asked for with GET"),
        ({"method": "POST", "data": "ASK {}", "content_type": "text/plain"}, 415, "text/plain"),
        ({"method": "POST", "data": "ASK {}"}, 415, "no Content-Type"),
        ({"method": "POST", "data": b"ASK { \xff }", "content_type": "application/sparql-query"}, 400, "not UTF-8"),
        (
            {"method": "POST", "data": "ASK {}", "content_type": "application/sparql-query; charset=utf-16"},
            415,
            "utf-16",
        ),
        ({"method": "POST", "data": {"query": "ASK {}", "update": "CLEAR ALL"}}, 400, "sent together"),
        (
            {
                "method": "POST",
                "data": "ASK {}",
                "content_type": "application/sparql-query",
                "query_string": "query=ASK{}",
            },
            400,
            "in the address and in the body",
        ),
        ({"method": "POST", "data": {"update": "CLEAR ALL"}}, 403, "takes no writes"),
        ({"method": "PUT"}, 405, "not allowed"),
        ({"query_string": "query=ASK{}&default-graph-uri=a+b"}, 400, "no address of a graph"),
        ({"query_string": {"query": "INSERT DATA { <http://a> <http://b> 1 }"}}, 400, "would change the map"),
        ({"query_string": {"query": "SELECT * { SERVICE <http://x/> {} }"}}, 400, "calls another server"),
        ({"query_string": "&".join(["default-graph-uri=http://x/"] * 2_200)}, 400, "too many parameters"),
    ],
)
def test_a_request_that_is_none_is_told_so(client, request_, status, says):
    answer = client.open("/sparql", **request_)
    error = answer.get_json()["error"]
    assert (answer.status_code, error["status"]) == (status, status)
    assert says in error["detail"]
    assert error["help"]


def test_an_error_in_a_query_names_line_and_column(client):
    error = ask(client, "SELECT *\n{ ?s ?p }").get_json()["error"]
    assert error["status"] == 400
    assert error["position"] == {"line": 2, "column": 10}
    assert "prefixes" in error["help"]
    assert len(error["detail"]) < 200


def test_the_dataset_of_the_request_counts(client, endpoint):
    said = endpoint._store().sources[0].id
    graph = f"https://w3id.org/servicemap/graph/source/{said}"
    count = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    one = ask(client, count, **{"named-graph-uri": graph}).get_json()["results"]["bindings"][0]["n"]["value"]
    assert one == "1"
    assert ask(client, "ASK { ?x a sm:Database }", **{"default-graph-uri": graph}).get_json()["boolean"] is True
    nothing = ask(client, "ASK { ?s ?p ?o }", **{"default-graph-uri": "http://nowhere/"})
    assert nothing.get_json()["boolean"] is False
    assert nothing.headers["Unknown-Graphs"] == "<http://nowhere/>"


def test_the_description_is_there_where_no_query_is(client, endpoint):
    answer = client.get("/sparql")
    assert answer.headers["Content-Type"] == "text/turtle; charset=utf-8"
    sd = "http://www.w3.org/ns/sparql-service-description#"
    quads = list(ox.parse(answer.data, format=ox.RdfFormat.TURTLE))
    assert ox.NamedNode("http://localhost/sparql") in [q.object for q in quads if q.predicate.value == sd + "endpoint"]
    named = {q.object.value for q in quads if q.predicate.value == sd + "name"}
    assert len(named) == len(endpoint._store().sources) + 3
    assert ask(client, "ASK {}").get_json()["boolean"]


@pytest.mark.parametrize("address", ["/sparql?query=ASK{}", "/sparql", "/graphs"])
def test_head_answers_as_get_without_a_body(client, address):
    head, get = client.head(address), client.get(address)
    assert (head.status_code, head.data) == (200, b"")
    assert head.headers["Content-Type"] == get.headers["Content-Type"]


def test_options_says_what_may_be_done(client):
    assert set(client.options("/sparql").headers["Allow"].split(", ")) == {"GET", "HEAD", "POST", "OPTIONS"}


def test_only_named_sites_may_read(shop):
    endpoint = Endpoint(lambda: shop.store, Doors(origins=("https://a.example",)))
    client = create_programs(endpoint).test_client()
    asked = {
        name: client.get("/sparql", headers={"Origin": name}) for name in ("https://a.example", "https://b.example")
    }
    assert asked["https://a.example"].headers["Access-Control-Allow-Origin"] == "https://a.example"
    assert "Access-Control-Allow-Origin" not in asked["https://b.example"].headers
    preflight = client.options("/sparql", headers={"Origin": "https://a.example"})
    assert "POST" in preflight.headers["Access-Control-Allow-Methods"]


def test_graphs_are_told_whole(client, endpoint):
    said = endpoint._store().sources[0].id
    graph = f"https://w3id.org/servicemap/graph/source/{said}"
    answer = client.get("/graphs", query_string={"graph": graph}, headers={"Accept": "application/n-triples"})
    assert answer.data.count(b"\n") == endpoint._store().triples(graph).count(b"\n") > 0
    whole = client.get("/graphs", headers={"Accept": "application/n-quads"})
    assert whole.data.count(b"\n") == endpoint._store().dump().count(b"\n")
    missing = client.get("/graphs?graph=http://nowhere/")
    assert (missing.status_code, missing.get_json()["error"]["title"]) == (404, "No such graph")
    assert client.get("/graphs/a/b.ttl").status_code == 404
    assert client.get("/graphs?graph=http://a/&graph=http://b/").status_code == 400
    assert client.get("/graphs", headers={"Accept": "image/png"}).status_code == 406


def test_long_answers_are_compressed_on_their_way(client):
    answer = client.get("/graphs", headers={"Accept-Encoding": "gzip", "Accept": "application/n-quads"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.data) == client.get("/graphs", headers={"Accept": "application/n-quads"}).data


def test_a_slow_query_harms_nobody_else(client, endpoint):
    slow = Endpoint(endpoint._store, limits=endpoint._limits.__class__(seconds=0.3))
    answer = ask(create_programs(slow).test_client(), SLOW)
    assert answer.status_code == 503
    assert "0.3 seconds" in answer.get_json()["error"]["detail"]
    assert answer.headers["Retry-After"]
    assert ask(create_programs(slow).test_client(), "ASK {}").status_code == 200
    slow.close()


def test_who_leaves_cancels_the_query(client, endpoint):
    left = {"waitress.client_disconnected": lambda: True}
    answer = client.get("/sparql", query_string={"query": SLOW}, environ_overrides=left)
    assert "cancelled" in answer.get_json()["error"]["detail"]
    assert Asking(lambda: False).check() is None


def test_the_numbers_are_told(client):
    ask(client, KINDS)
    text = client.get("/metrics").text
    assert 'servicemap_queries_total{outcome="answered"}' in text
    assert "servicemap_query_seconds_bucket" in text
    assert "servicemap_workers 4.0" in text


def test_unknown_addresses_have_the_same_shape(client):
    assert list(client.get("/nothing").get_json()["error"]) == ["status", "title", "detail", "help"]
    assert client.get("/healthz").text == "OK"


def test_what_fails_unseen_is_told_without_words_of_its_own(shop):
    def broken():
        raise KeyError("secret")

    answer = create_programs(Endpoint(broken)).test_client().get("/sparql")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_the_explorer_answers_programs_too(shop):
    endpoint = Endpoint(lambda: shop.store)
    server: Flask = create_app(Live(shop), endpoint).server
    client = server.test_client()
    assert ask(client, "ASK { ?x a sm:Database }", "application/json").get_json()["boolean"]
    wrong = client.put("/sparql", headers={"Accept": "text/html"})
    assert json.loads(wrong.text)["error"]["status"] == 405
    endpoint.close()


def test_workers_are_there_before_somebody_asks_where_that_is_wanted(shop):
    lazy, ready = (Endpoint(lambda: shop.store, size=1) for _ in range(2))
    ready.get_ready()
    told = [create_programs(each).test_client().get("/metrics").text for each in (lazy, ready)]
    assert ["servicemap_workers 0.0" in said for said in told] == [True, False]
    assert "servicemap_workers 1.0" in told[1]
    lazy.close()
    ready.close()
