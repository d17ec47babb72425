"""A query of a user answers, or is stopped; it never changes, reads or calls anything else."""

import http.server
import threading

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.store import Limits
from graph.store.isolation import ask, check_query
from tests.graph.written import SHOP, write


@pytest.fixture(params=["memory", "memory beside threads", "disk"])
def store(request, tmp_path):
    file = write(tmp_path, SHOP)
    over = threading.Event()
    if request.param == "memory beside threads":
        threading.Thread(target=over.wait, daemon=True).start()
    yield load_into(tmp_path / "store", [file]).store if request.param == "disk" else open_map([file]).store
    over.set()


def test_select_ask_and_construct_answer(store):
    found = ask(store, "SELECT ?x { ?x a sm:BusinessService }")
    assert [row[0].text for row in found.rows] == ["https://w3id.org/servicemap/id/shop/shop"]
    assert ask(store, "ASK { ?x a sm:Database }").rows[0][0].text == "true"
    built = ask(store, "CONSTRUCT { ?x rdfs:label ?l } WHERE { ?x a sm:Database ; rdfs:label ?l }")
    assert (built.form, built.columns, len(built.rows)) == ("graph", ("subject", "predicate", "object"), 1)


def test_rows_are_cut_and_the_cut_is_said(store):
    found = ask(store, "SELECT * { ?s ?p ?o }", Limits(rows=3))
    assert len(found.rows) == 3
    assert found.truncated == "the first 3 rows; there are more"


def test_bytes_are_cut_and_the_cut_is_said(store):
    found = ask(store, "SELECT * { ?s ?p ?o }", Limits(size=500))
    assert "(500 bytes); there are more" in found.truncated


def test_a_slow_query_is_stopped(store):
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    with pytest.raises(InputError, match=r"took longer than 0.5 seconds and was stopped"):
        ask(store, slow, Limits(seconds=0.5))


def test_a_hungry_query_is_stopped(store):
    hungry = "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d ?f ?c"
    with pytest.raises(InputError, match=r"(MB of memory and was stopped)|(took longer)"):
        ask(store, hungry, Limits(seconds=20, memory=60_000_000))
    assert ask(store, "ASK { ?s ?p ?o }").rows[0][0].text == "true"


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT * WHERE { ?s ?p ", "the query is not SPARQL: error at 1:"),
        ("SELEKT * { ?s ?p ?o }", "the query is not SPARQL"),
        ("", "the query is not SPARQL"),
        ("SELECT * { ?s nope:x ?o }", "the query is not SPARQL"),
        ("INSERT DATA { <http://a> <http://b> <http://c> }", "'INSERT' would change the map"),
        ("PREFIX load: <http://x/> DELETE WHERE { ?s ?p ?o }", "'DELETE' would change the map"),
        ("LOAD <file:///etc/passwd>", "'LOAD' would change the map"),
        ("CLEAR ALL", "'CLEAR' would change the map"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "calls another server"),
        ("SELECT * { service silent ?x { ?s ?p ?o } }", "calls another server"),
        ("SELECT * { " + "{" * 10_000 + "}" * 10_000 + " }", "nests brackets deeper than 50"),
        ("SELECT * { ?s ?p ?o FILTER(" + "(" * 10_000 + "1" + ")" * 10_000 + ") }", "nests brackets deeper than 50"),
        ("SELECT * { ?s ?p ?o FILTER(" + "!" * 10_000 + "true) }", "repeats '!' more than 50 times"),
        ("SELECT * { ?s " + "/".join(["rdfs:label"] * 1_000) + " ?o }", "more than 200 patterns"),
        ("SELECT * { " + " UNION ".join(["{ ?s ?p ?o }"] * 500) + " }", "more than 200 patterns"),
        ("SELECT * { " + "?s ?p ?o . " * 500 + "}", "more than 200 patterns"),
        ("SELECT * { ?s ?p '" + "x" * 300_000 + "' }", "longer than 200,000 bytes"),
        ("SELECT * { ?s ?p '\0' }", "NUL character"),
        ("SELECT * { ?s ?p '\ud800' }", "half a character"),
    ],
)
def test_what_is_wrong_or_refused_is_one_line(tmp_path, query, message):
    store = open_map([write(tmp_path, SHOP)]).store
    with pytest.raises(InputError) as error:
        ask(store, query)
    (problem,) = error.value.problems
    assert message in str(problem)
    assert "\n" not in str(problem)


def test_words_inside_texts_addresses_and_comments_are_no_commands():
    check_query('SELECT * { ?service ?load "SERVICE { INSERT }" } # SERVICE <http://x>')
    check_query("SELECT * { ?s <http://x/service> 'it''s {{{{{{' }")
    check_query("PREFIX service: <http://x/> SELECT * { ?s service:load ?o }")


def test_no_query_reaches_the_network(tmp_path):
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}/x"
    store = open_map([write(tmp_path, SHOP)]).store
    for query in (
        f"SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}",
        f"SELECT * {{ SERV\\u0049CE <{address}> {{ ?s ?p ?o }} }}",
        f"SELECT * FROM <{address}> {{ ?s ?p ?o }}",
        f"SELECT * FROM NAMED <{address}> {{ GRAPH ?g {{ ?s ?p ?o }} }}",
        f"LOAD <{address}>",
    ):
        try:
            ask(store, query)
        except InputError:
            continue
    server.shutdown()
    server.server_close()
    assert asked == []
