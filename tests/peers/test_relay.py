"""Our endpoint answers for a map in an engine elsewhere as for one in a folder: limits, doors and hidden names too."""

from __future__ import annotations

import json
import time
from contextlib import closing

import pytest

from app.doors import Caller, Doors, networks
from app.live import Live
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from app.web import create_app
from graph.maps import load_into, open_map
from graph.store.interface import Limits
from graph.store.tokens import Tokens, add_token, revoke_token
from tests.graph.written import SHOP, write

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l FILTER(STR(?c) < STR(?f)) }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("relay")
    (home / "other").mkdir()
    (home / "other" / "map.yaml").write_text("elements:\n  - {id: secret-host, kind: server}\n")
    return home, write(home, SHOP)


@pytest.fixture(scope="module")
def here(folder):
    home, file = folder
    load_into(home / "store", [file, home / "other"])
    return open_map(store=home / "store")


@pytest.fixture(scope="module")
def engine(folder, oxigraph, tmp_path_factory):
    """Where an engine takes queries; it may be left working on one that nobody waits for."""
    home, file = folder
    place = oxigraph()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        load_into(place + "/query", [file, home / "other"])
        yield place + "/query"
    oxigraph.stop(place)


@pytest.fixture(scope="module")
def there(engine):
    live = Live(open_map(store=engine))
    endpoint = Endpoint(lambda: live.atlas.map.store, size=2, limits=Limits(rows=500, seconds=4))
    with closing(endpoint):
        yield create_app(live, endpoint).server.test_client()


@pytest.fixture(scope="module")
def ours(here):
    endpoint = Endpoint(lambda: here.store, size=1, limits=Limits(rows=500, seconds=4))
    with closing(endpoint):
        yield create_programs(endpoint).test_client()


def rows(answer):
    assert answer.status_code == 200, answer.text
    said = answer.get_json(force=True)
    return said.get("boolean", sorted(map(json.dumps, said.get("results", {}).get("bindings", []))))


QUERIES = [
    "ASK { ?x a sm:Database }",
    "SELECT DISTINCT ?n { ?x a sm:Database ; rdfs:label ?n }",
    "SELECT DISTINCT ?g { GRAPH ?g { ?x a sm:Database } }",
    "SELECT ?x FROM <GRAPH> { ?x a ?kind }",
    "SELECT ?x FROM NAMED <GRAPH> { GRAPH ?g { ?x a ?kind } }",
    "SELECT ?x { ?x fast:dependsOn ?y VALUES ?y { <ELEMENT> } }",
    "SELECT ?e ?n { ?e fast:blastRadius ?n }",
]


@pytest.mark.parametrize("text", QUERIES)
def test_it_answers_as_from_a_folder(here, ours, there, text):
    element = next(iri for iri in here.projection.iris if iri.endswith("/db"))
    graph = "https://w3id.org/servicemap/graph/source/" + next(s.id for s in here.store.sources if "other" in s.id)
    text = text.replace("GRAPH>", f"{graph}>").replace("ELEMENT", element)
    wanted = rows(ours.get("/sparql", query_string={"query": text}))
    assert wanted
    assert rows(there.get("/sparql", query_string={"query": text})) == wanted


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
def test_the_request_names_its_graphs(here, ours, there, name):
    text = "SELECT DISTINCT ?x { { ?x a sm:Server } UNION { GRAPH ?g { ?x a sm:Server } } }"
    graphs = ["https://w3id.org/servicemap/graph/source/" + s.id for s in here.store.sources if "other" in s.id]
    for chosen in (graphs, ["http://nobody.example/has-this"], [*graphs, "http://nobody.example/has-this"]):
        asked = {"query": text, name: chosen}
        assert rows(there.get("/sparql", query_string=asked)) == rows(ours.get("/sparql", query_string=asked))


@pytest.mark.parametrize("accept", ["text/csv", "text/tab-separated-values", "application/sparql-results+xml"])
def test_rows_come_in_every_notation(ours, there, accept):
    asked = {"query": "SELECT DISTINCT ?x ?n { ?x a sm:Server ; rdfs:label ?n } ORDER BY ?n"}
    told = there.get("/sparql", query_string=asked, headers={"Accept": accept})
    assert told.headers["Content-Type"].startswith(accept)
    assert told.text == ours.get("/sparql", query_string=asked, headers={"Accept": accept}).text


def test_graphs_come_whole(here, ours, there):
    graph = "https://w3id.org/servicemap/graph/source/" + next(s.id for s in here.store.sources if "other" in s.id)
    heads = {"Accept": "application/n-triples"}
    told = there.get("/graphs", query_string={"graph": graph}, headers=heads)
    assert sorted(told.text.splitlines()) == sorted(
        ours.get("/graphs", query_string={"graph": graph}, headers=heads).text.splitlines()
    )
    assert there.get("/graphs?graph=http://x/none", headers=heads).status_code == 404
    assert there.get("/graphs", headers={"Accept": "application/n-quads"}).text.count("secret-host") > 0


def test_limits_hold_and_are_said(there):
    cut = there.get("/sparql", query_string={"query": "SELECT * { ?s ?p ?o }"})
    assert cut.headers["Truncated"] == "the first 500 rows; there are more"
    late = there.get("/sparql", query_string={"query": SLOW})
    assert (late.status_code, late.get_json()["error"]["title"]) == (503, "Stopped: too slow")


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("SELECT * { ?s ?p", 400, "not SPARQL"),
        ('DEFINE get:soft "replace" SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }', 400, "not SPARQL"),
        ("SELECT * FROM <http://127.0.0.1:9/x> { ?s ?p ?o }", 403, "nothing is fetched"),
        ("BASE <http://127.0.0.1:9/> SELECT * FROM <x> { ?s ?p ?o }", 403, "not named in full"),
        ("SELECT (<bif:http_get>('http://127.0.0.1:9/') AS ?x) {}", 403, "a function of the engine itself"),
        ("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "SERVICE"),
        ("DELETE WHERE { ?s ?p ?o }", 400, "would change the map"),
        ("ASK " + "{" * 10_000 + "}" * 10_000, 400, "deep"),
        ("SELECT * { ?a fast:dependsOn ?b }", 403, "does not say where it begins"),
    ],
)
def test_what_is_wrong_or_reaches_outside_is_refused(there, text, status, words):
    answer = there.post("/sparql", data={"query": text})
    assert (answer.status_code, words in answer.text) == (status, True), answer.text


def test_nothing_is_written_through_it(engine):
    store = open_map(store=engine).store
    with closing(
        Endpoint(
            lambda: store, Doors(open=True, proxies=networks(["127.0.0.1"]), write_groups=["w"], writable=True), size=1
        )
    ) as endpoint:
        client = create_programs(endpoint).test_client()
        who = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "w"}
        answer = client.post("/sparql", data={"update": "DELETE WHERE { ?s ?p ?o }"}, headers=who)
        assert (answer.status_code, answer.get_json()["error"]["detail"]) == (
            403,
            "this map is kept by an engine elsewhere",
        )


def test_names_of_other_namespaces_are_hidden(engine):
    live = Live(open_map(store=engine))
    doors = Doors(open=False, proxies=networks(["127.0.0.1"]), group_reads=[("shoppers", "shop")])
    with closing(Endpoint(lambda: live.atlas.map.store, doors, size=1)) as endpoint:
        client = create_app(live, endpoint).server.test_client()
        who = {"X-Forwarded-User": "ada", "X-Forwarded-Groups": "shoppers"}
        told = client.get("/sparql", query_string={"query": "SELECT * { ?s a sm:Server }"}, headers=who)
        assert (told.status_code, "secret" in told.text, "hidden/" in told.text) == (200, False, True)
        assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 401


def test_ready_questions_are_answered_there(there):
    told = there.get("/queries/services-behind.json?service=Shop").get_json()
    assert {"db"} <= {row["name"] for row in told["rows"]}, told


def test_an_engine_that_goes_away_is_said_and_comes_back_by_itself(folder, oxigraph, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = oxigraph()
    live = Live(load_into(place + "/query", [folder[1]]))
    asked = {"query": "SELECT ?n { ?x a sm:Database ; rdfs:label ?n }"}
    fast = {"query": "SELECT ?e ?n { ?e fast:users ?n }"}
    with closing(Endpoint(lambda: live.atlas.map.store, size=1)) as endpoint:
        client = create_app(live, endpoint).server.test_client()

        def answers():
            return [rows(client.get("/sparql", query_string=each)) for each in (asked, fast)]

        before = answers()
        oxigraph.stop(place)
        for path, query in (("/sparql", asked), ("/sparql", fast), ("/element/shop/db.json", {})):
            gone = client.get(path, query_string=query)
            assert (gone.status_code, "cannot be reached" in gone.text) == (503, True), gone.text
        oxigraph.again(place)
        assert answers() == before
        assert client.get("/element/shop/db.json").status_code == 200


def test_the_pages_follow_what_is_loaded_by_somebody_else(folder, oxigraph, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    place = oxigraph() + "/query"
    live = Live(load_into(place, [folder[1]]), lambda: open_map(store=place))
    live.watch()
    load_into(place, [folder[0] / "other"])
    until = time.monotonic() + 30
    while "other/secret-host" not in live.atlas.projection.ids and time.monotonic() < until:
        time.sleep(0.1)
    live.stop()
    assert "other/secret-host" in live.atlas.projection.ids


def test_who_has_a_token_asks_a_map_in_an_engine_elsewhere(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    live = Live(open_map(store=engine))
    some = add_token(engine, "some", reads=("shop",))
    doors = Doors(Tokens(engine), open=False)
    names = {"query": "SELECT ?n { ?s rdfs:label ?n FILTER(CONTAINS(?n, 'secret')) }"}
    with closing(Endpoint(lambda: live.atlas.map.store, doors, size=1)) as endpoint:
        client = create_programs(endpoint).test_client()

        def asked(secret):
            head = {"Authorization": f"Bearer {secret}", "Accept": "application/sparql-results+json"}
            return client.get("/sparql", query_string=names, headers=head)

        assert client.get("/sparql", query_string=names).status_code == 401
        assert len(asked(add_token(engine, "whole")).get_json()["results"]["bindings"]) == 1
        assert asked(some).get_json()["results"]["bindings"] == []
        revoke_token(engine, "some")
        assert asked(some).status_code == 401


def test_an_assistant_asks_a_map_in_an_engine_elsewhere(engine, here):
    pytest.importorskip("mcp", reason="the Model Context Protocol is not installed")
    from app.mcp.comparing import Comparing, Opening
    from app.mcp.tools import Asker, Tools

    def told(place, opened):
        live = Live(opened)
        with closing(Endpoint(lambda: live.atlas.map.store, size=1)) as endpoint:
            tools = Tools(live, endpoint, Comparing(Opening(store=place), history=True))
            asker = Asker(Caller("the assistant"))
            return [
                tools.find("db"),
                tools.describe("Shop"),
                tools.ask(asker, "services-behind", {"service": "Shop"})["rows"],
                tools.sparql(asker, "SELECT ?n { ?x a sm:Database ; rdfs:label ?n }"),
                tools.impact(["db"]),
            ]

    assert told(engine, open_map(store=engine)) == told(here.store.folder, here)
