"""The quick way answers as the long way does, to the last header, and takes nothing that is not ordinary."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from werkzeug.test import Client, EnvironBuilder

from app.at_once import HEAD, More
from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from app.sparql.quick import Quick
from graph.maps import load_into
from graph.store import Limits
from graph.store.embedded import DiskStore
from graph.store.interface import ONTOLOGY
from graph.store.tokens import Tokens, add_token, revoke_token
from tests.graph.written import SHOP, write

SELECT, ALL, ASK = "SELECT ?x { ?x a sm:Database }", "SELECT * { ?s ?p ?o }", "ASK {}"
GRAPH = "CONSTRUCT WHERE { ?x a ?c }"


def get(query, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"query_string": {"query": query}, "headers": named}


ORDINARY = {
    "rows": get(SELECT),
    "rows in XML": get(SELECT, Accept="application/sparql-results+xml"),
    "rows in CSV, compressed": get("SELECT * { ?s ?p ?o } LIMIT 90", Accept="text/csv", Accept_Encoding="gzip"),
    "few bytes are not compressed": get(ASK, Accept_Encoding="gzip"),
    "many rows": get(f"{ALL} LIMIT 150"),
    "many rows, compressed": get(f"{ALL} LIMIT 150", Accept_Encoding="gzip, br"),
    "a cut": get(ALL, Accept="text/turtle, text/csv;q=0.5"),
    "a graph": get(GRAPH, Accept="application/trig"),
    "a form": {"method": "POST", "data": {"query": SELECT}},
    "a query alone": {"method": "POST", "data": "ASK { <x> ?p 'é' }", "content_type": "application/sparql-query"},
    "the other address": {"path": "/sparql/", **get(ASK)},
    "a base": get("SELECT (<x> AS ?y) {}"),
    "a fast property": get("ASK { ?x fast:users ?n }"),
}
LONG = {
    "no query": {},
    "two queries": {"query_string": "query=ASK{}&query=ASK{}"},
    "a head": {"method": "HEAD", **get(ASK)},
    "options": {"method": "OPTIONS"},
    "an update": {"method": "POST", "data": {"update": "CLEAR ALL"}},
    "a graph that is named": {"query_string": {"query": SELECT, "default-graph-uri": ONTOLOGY}},
    "the page of another site": get(ASK, Origin="https://elsewhere.example"),
    "another medium": {"method": "POST", "data": "ASK {}", "content_type": "text/plain"},
    "no UTF-8": {"method": "POST", "data": b"\xff", "content_type": "application/sparql-query"},
    "much": {"method": "POST", "data": "#" * 70_000 + "\nASK {}", "content_type": "application/sparql-query"},
    "another address": {"path": "/graphs"},
    "another name": {"base_url": "http://evil.example/", **get(ASK)},
    "a token that is not known": get(ASK, Authorization="Bearer no"),
}
WRONG = {
    "no SPARQL": get("SELECT"),
    "no notation that fits": get(ASK, Accept="text/csv"),
    "another server": get("ASK { SERVICE <http://example.org/> {} }"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("quick")
    load_into(home / "store", [write(home, SHOP)])
    return home / "store"


@pytest.fixture(scope="module")
def quick(folder):
    store = DiskStore(folder)
    endpoint = Endpoint(lambda: store, Doors(Tokens(folder), own=True), size=1, limits=Limits(seconds=20, rows=200))
    way = create_programs(endpoint).wsgi_app
    assert isinstance(way, Quick)
    yield way
    endpoint.close()


def answer(way, request):
    said = Client(way).open(**{"path": "/sparql", "base_url": "http://localhost/", **request})
    return said.status_code, sorted(said.headers), said.data


@pytest.mark.parametrize("name", {**ORDINARY, **LONG, **WRONG})
def test_both_ways_answer_alike(quick, name):
    request = {**ORDINARY, **LONG, **WRONG}[name]
    assert answer(quick, request) == answer(quick.application, request)


@pytest.fixture
def detours(quick, monkeypatch):
    """The requests that took the long way."""
    found, long = [], quick.application

    def noted(environ, start):
        found.append(environ["PATH_INFO"])
        return long(environ, start)

    monkeypatch.setattr(quick, "application", noted)
    return found


@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_ordinary_takes_the_quick_way(quick, detours, name):
    assert answer(quick, ORDINARY[name])[0] == 200
    assert detours == []


@pytest.mark.parametrize("name", LONG)
def test_what_is_not_takes_the_long_way(quick, detours, name):
    answer(quick, LONG[name])
    assert len(detours) == 1


@pytest.mark.parametrize("name", WRONG)
def test_a_query_without_an_answer_is_asked_once_and_counted_once(quick, detours, name):
    metrics = quick._endpoint.metrics

    def counted():
        (family,) = metrics.queries.collect()
        return sum(sample.value for sample in family.samples if sample.name.endswith("_total"))

    before = counted()
    assert answer(quick, WRONG[name])[0] >= 400
    assert counted() == before + 1
    assert len(detours) == 1


def test_whoever_reads_some_namespaces_alone_takes_the_long_way(quick, detours, folder):
    some, all_ = (add_token(folder, name, reads=reads) for name, reads in (("some", ("shop",)), ("all", ())))
    assert answer(quick, get(ASK, Authorization=f"Bearer {all_}"))[0] == 200
    assert detours == []
    assert answer(quick, get(ASK, Authorization=f"Bearer {some}"))[0] == 200
    assert len(detours) == 1


def test_what_was_asked_before_is_at_hand_until_the_store_says_something_else(tmp_path, monkeypatch):
    file = write(tmp_path, SHOP)
    load_into(tmp_path / "store", [file])
    store = DiskStore(tmp_path / "store")
    endpoint = Endpoint(lambda: store, Doors(own=True), size=1, limits=Limits(seconds=20, rows=200))
    way = create_programs(endpoint).wsgi_app
    requests = [get(SELECT), get(SELECT, Accept="text/csv"), get(f"{ALL} LIMIT 90", Accept_Encoding="gzip")]
    first = [answer(way, request) for request in requests]
    with monkeypatch.context() as patch:
        patch.setattr(Endpoint, "tell", None)
        assert [answer(way, request) for request in requests] == first
    assert b'servicemap_queries_total{outcome="answered"} 6.0' in Client(way).get("/metrics", "http://localhost/").data
    file.write_text(file.read_text() + "  - {id: db2, kind: database}\n")
    load_into(tmp_path / "store", [file])
    assert answer(way, get(SELECT, Accept="text/csv"))[2].count(b"\r\n") == first[1][2].count(b"\r\n") + 1
    endpoint.close()


def test_no_head_outlives_its_token(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    store, secret = DiskStore(tmp_path / "store"), add_token(tmp_path / "store", "reports")
    endpoint = Endpoint(lambda: store, Doors(Tokens(tmp_path / "store"), open=False), size=1)
    way = create_programs(endpoint).wsgi_app
    ((found,),) = endpoint.workers.ask("SELECT ?x { ?x a sm:Database }").rows
    body = f"SELECT ?n {{ <{found.text}> rdfs:label ?n }}".encode()
    head = f"POST /sparql HTTP/1.1\r\nAuthorization: Bearer {secret}\r\n\r\n".encode()
    environ = EnvironBuilder(
        "/sparql",
        method="POST",
        data=body,
        content_type="application/sparql-query",
        headers={"Authorization": f"Bearer {secret}"},
        environ_base={"REMOTE_ADDR": "127.0.0.1"},
    ).get_environ()
    assert way.straight(head + body, "127.0.0.1") is None
    begun, until = None, time.monotonic() + 20
    while begun is None and time.monotonic() < until:
        environ["wsgi.input"] = BytesIO(body)
        begun = way.begin({**environ, HEAD: head})
    begun.close()
    while (told := way.straight(head + body, "127.0.0.1")) is None and time.monotonic() < until:
        time.sleep(0.01)
    assert told.rows == 1
    assert way.straight(head + body[:-1], "127.0.0.1") == More(head + body[:-1])
    assert way.straight(head + body + b" ", "127.0.0.1") is None
    assert way.straight(head + body, "127.0.0.2") is None
    revoke_token(tmp_path / "store", "reports")
    assert way.straight(head + body, "127.0.0.1") is None
    endpoint.close()
