"""Programs write graphs of their own, whole or not at all; what files say stays as it is."""

from __future__ import annotations

import io

import pytest

from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import load_into
from graph.store.embedded import DiskStore
from graph.store.tokens import Tokens, add_token
from graph.store.verify import verify
from tests.graph.written import SHOP, write

G = "http://example.org/g"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("writes")
    load_into(home / "store", [write(home, SHOP)])
    return home / "store"


@pytest.fixture(scope="module")
def client(folder):
    endpoint = Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder), writable=True))
    yield create_programs(endpoint).test_client()
    endpoint.close()


@pytest.fixture(scope="module")
def writer(folder):
    return {"Authorization": f"Bearer {add_token(folder, 'writer', write=True)}"}


def update(client, text, headers, **more):
    return client.post("/sparql", data={"update": text}, headers=headers, **more)


def asked(client, query):
    return client.get("/sparql", query_string={"query": query}).get_json()["boolean"]


def test_an_update_is_there_for_the_next_query_and_in_the_history(client, writer, folder):
    done = update(client, f"INSERT DATA {{ GRAPH <{G}> {{ <http://x/a> rdfs:label 'a' }} }}", writer)
    assert (done.status_code, done.headers["Location"]) == (201, G)
    assert asked(client, "ASK { <http://x/a> rdfs:label 'a' }")
    done = update(
        client, f"DELETE WHERE {{ GRAPH <{G}> {{ ?s ?p ?o }} }} ; INSERT DATA {{ <http://x/b> rdfs:label 'b' }}", writer
    )
    assert done.status_code == 201
    assert not asked(client, f"ASK {{ GRAPH <{G}> {{ ?s ?p ?o }} }}")
    store = DiskStore(folder)
    assert store.history[-1].program.endswith(", token writer")
    assert {told.change for told in store.history[-1].changes} == {"loaded", "removed"}
    assert [source.importer for source in store.sources if source.id.startswith("<")] == ["program"]
    assert [check for check in verify(folder) if check.damage] == []


def test_graphs_are_put_added_to_and_taken_away(client, writer):
    at = {"query_string": {"graph": "http://example.org/put"}, "headers": writer}
    turtle = {"content_type": "text/turtle"}
    assert client.put("/graphs", data="<a> <b> 1 .", **turtle, **at).status_code == 201
    assert client.post("/graphs", data="<a> <b> 2 .", **turtle, **at).status_code == 204
    parts = {"one": (io.BytesIO(b"<a> <b> 3 ."), "one.ttl", "text/turtle")}
    assert client.post("/graphs", data=parts, content_type="multipart/form-data", **at).status_code == 204
    told = client.get("/graphs", query_string=at["query_string"], headers={"Accept": "application/n-triples"}).text
    assert told.count("<http://example.org/a> <http://example.org/b>") == 3
    assert client.delete("/graphs", **at).status_code == 204
    assert client.delete("/graphs", **at).status_code == 404
    assert client.put("/graphs", data="<a> <b> 1 .", **turtle, headers=writer).status_code == 400


@pytest.mark.parametrize(
    ("text", "status", "says"),
    [
        ("CLEAR ALL", 403, "says what is in"),
        ("DELETE { GRAPH ?g { ?s rdfs:label ?o } } WHERE { GRAPH ?g { ?s rdfs:label ?o } }", 403, "says what is in"),
        (
            "INSERT DATA { GRAPH <https://w3id.org/servicemap/graph/derived> { <http://x/a> a sm:Database } }",
            403,
            "by servicemap itself",
        ),
        ("LOAD <http://127.0.0.1:9/x.ttl>", 403, "LOAD"),
        ("LOAD <file:///etc/passwd> INTO GRAPH <http://x/>", 403, "LOAD"),
        ("INSERT { ?s ?p ?o } WHERE { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 403, "calls another server"),
        ("INSERT DATA {", 400, "cannot be read"),
        ("SELECT * { ?s ?p ?o }", 400, "cannot be read"),
        ("INSERT DATA { " + "{" * 1_000, 400, "nests brackets"),
    ],
)
def test_a_write_that_may_not_be_leaves_everything_as_it_was(client, writer, folder, text, status, says):
    before = DiskStore(folder).revision
    answer = update(client, text, writer)
    assert answer.status_code == status
    assert says in answer.get_json()["error"]["detail"]
    assert DiskStore(folder).revision == before
    assert sorted(p.name for p in folder.glob("update-*")) == []


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "http://localhost"}, 204),
    ],
)
def test_no_other_site_makes_a_browser_write(client, writer, headers, status):
    authorised = writer if status != 401 else {}
    text = "DELETE DATA { <http://x/nothing> <http://x/nothing> 1 }"
    assert update(client, text, {**authorised, **headers}).status_code == status


def test_a_reader_writes_nothing_and_a_writer_only_where_it_may(client, folder):
    reader = {"Authorization": f"Bearer {add_token(folder, 'reader')}"}
    inside = {"Authorization": f"Bearer {add_token(folder, 'inside', write=True, namespaces=('shop',))}"}
    graph = "https://w3id.org/servicemap/graph/source/shop/forecast.ttl"
    text = f"INSERT DATA {{ GRAPH <{graph}> {{ <http://x/a> <http://x/b> 1 }} }}"
    assert update(client, text, reader).status_code == 403
    refused = update(client, f"INSERT DATA {{ GRAPH <{G}> {{ <http://x/a> <http://x/b> 1 }} }}", inside)
    assert (refused.status_code, "may not write" in refused.get_json()["error"]["detail"]) == (403, True)
    assert update(client, text, inside).status_code == 201
    assert "shop/forecast.ttl" in [source.id for source in DiskStore(folder).sources]


def test_a_dataset_of_the_request_counts_in_updates(client, writer):
    update(
        client,
        f"INSERT DATA {{ GRAPH <{G}/1> {{ <http://x/1> a <http://x/C> }} GRAPH <{G}/2> {{ <http://x/2> a <http://x/C> }} }}",
        writer,
    )
    text = (
        f"INSERT {{ GRAPH <{G}/3> {{ ?s a <http://x/D> }} }} WHERE {{ ?s a <http://x/C> FILTER(STR(?s) != ' WHERE ') }}"
    )
    done = client.post("/sparql", data={"update": text, "using-graph-uri": f"{G}/1"}, headers=writer)
    assert done.status_code == 201
    assert asked(
        client,
        f"ASK {{ GRAPH <{G}/3> {{ <http://x/1> a <http://x/D> }} FILTER NOT EXISTS {{ <http://x/2> a <http://x/D> }} }}",
    )
    both = client.post("/sparql", data={"update": f"WITH <{G}> {text}", "using-graph-uri": f"{G}/1"}, headers=writer)
    assert both.status_code == 400


def test_a_server_that_takes_no_writes_says_so(folder, writer):
    client = create_programs(Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder)))).test_client()
    assert "takes no writes" in update(client, "CLEAR DEFAULT", writer).get_json()["error"]["detail"]
    assert client.put("/graphs?default", data="", content_type="text/turtle", headers=writer).status_code == 403


def test_what_is_no_notation_of_rdf_is_told(client, writer):
    answer = client.put("/graphs?default", data="x", content_type="image/png", headers=writer)
    assert (answer.status_code, "image/png" in answer.get_json()["error"]["detail"]) == (415, True)
    answer = client.put("/graphs?default", data="<a> <b>", content_type="text/turtle", headers=writer)
    assert (answer.status_code, "cannot be read" in answer.get_json()["error"]["detail"]) == (400, True)
    assert client.put("/graphs?graph=nothing", data="", content_type="text/turtle", headers=writer).status_code == 400
