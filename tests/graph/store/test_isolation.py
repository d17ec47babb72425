"""A query of a user answers, or is stopped; it never changes, reads or calls anything else."""

import contextlib
import http.server
import json
import os
import re
import signal
import sys
import threading
import time

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from app.commands.query import command
from graph.answer import Answer
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.reports import json as as_json
from graph.reports import table as as_table
from graph.store import Limits, isolation
from graph.store.embedded import MemoryStore
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


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?service ?load 'SERVICE { INSERT }' } # SERVICE <http://x>\n",
        "PREFIX service: <http://x/> SELECT * { ?s service:load <http://x/service> }",
        "SELECT ?service { ?service a sm:BusinessService FILTER(STR(?service) < 'service') }",
    ],
)
def test_the_word_service_is_no_command_in_names_and_texts(store, query):
    assert ask(store, query).form == "select"


CALL = "SERVICE <ADDRESS> { ?x ?y ?z }"
CALLS = [
    f"SELECT * {{ {CALL} }}",
    "SELECT * { SERVICE SILENT <ADDRESS> { ?x ?y ?z } }",
    "SELECT * { VALUES ?u { <ADDRESS> } SERVICE ?u { ?x ?y ?z } }",
    "SELECT * { sErViCe#\n<ADDRESS>{ ?x ?y ?z } }",
    "PREFIX here: <ADDRESS> SELECT * { SERVICE here: { ?x ?y ?z } }",
    "SELECT * { SERV\\u0049CE <ADDRESS> { ?x ?y ?z } }",
    f"# hi \r SELECT * {{ {CALL} }}",
    f"# don't \r SELECT * {{ {CALL} }} # '",
    f"PREFIX a: <http://x/> SELECT * {{ {{}} OPTIONAL {{ ?s a a:.{CALL} }} {CALL} }}",
    f"PREFIX a: <http://x/> SELECT * {{ ?s a a:.{CALL} }}",
    f"PREFIX a: <http://x/> SELECT * {{ ?s a a:x.y.{CALL} }}",
    f"PREFIX a: <http://x:> SELECT * {{ ?s ?p a:{CALL} }}",
    f"PREFIX a: <http://x:> SELECT * {{ ?s a: 1{CALL} }}",
    f"PREFIX a: <http://x:> SELECT * {{ ?s a:1{CALL} }}",
    f"PREFIX a: <http://x:> SELECT * {{ ?s a:true{CALL} }}",
    f"PREFIX a: <http://x/> SELECT * {{ ?s a:p?1{CALL} }}",
    f"PREFIX a: <http://x/> SELECT * {{ ?s a:p?true{CALL} }}",
    f"SELECT * {{ ?s ?p true{CALL} }}",
    f"SELECT * {{ ?s ?p 1.{CALL} }}",
    f"SELECT * {{ ?s ?p '\\u0027{CALL} #' }}",
    f"SELECT * {{ ?s ?p ''''a''' . {CALL} }}",
    f"SELECT * {{ ?s ?p '''a\\''' . {CALL} #''' }}",
    f"SELECT * {{ FILTER(1<2) {CALL} FILTER(3>2) }}",
    "SELECT * { FILTER(1<2)SERVICE#>\n<ADDRESS> { ?x ?y ?z } }",
    "SELECT * { BIND(1<2 AS ?b)SERVICE#>\n<ADDRESS> { ?x ?y ?z } }",
    f"SELECT * {{ FILTER(EXISTS {{ {CALL} }}) }}",
    f"ASK {{ {{ SELECT * {{ {CALL} }} }} UNION {{ MINUS {{ {CALL} }} }} }}",
    f"CONSTRUCT {{ ?x ?y ?z }} WHERE {{ GRAPH ?g {{ {CALL} }} }}",
    f"DESCRIBE ?x {{ {CALL} }}",
    "SELECT * FROM <ADDRESS> { ?s ?p ?o }",
    "SELECT * FROM NAMED <ADDRESS> { GRAPH ?g { ?s ?p ?o } }",
    "LOAD <ADDRESS>",
]


@pytest.fixture
def listener():
    asked = []

    class Listener(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Listener)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x", asked
    server.shutdown()
    server.server_close()


def test_the_listener_hears_an_engine_without_walls(listener):
    address, asked = listener
    with pytest.raises(OSError, match="Content-Type"):
        list(ox.Store().query(CALLS[0].replace("ADDRESS", address)))
    assert asked


@pytest.mark.parametrize("walls", ["all", "no scanner", "sockets alone"])
def test_no_query_reaches_the_network(tmp_path, listener, monkeypatch, walls):
    """Each wall is tried with those before it taken away; a fork takes the missing walls along."""
    address, asked = listener
    store = open_map([write(tmp_path, SHOP)]).store
    if walls == "sockets alone":
        monkeypatch.setattr(isolation, "_calls_service", lambda _: False)
    for query in CALLS:
        text = query.replace("ADDRESS", address)
        with contextlib.suppress(InputError):
            ask(store, text) if walls == "all" else isolation._in_fork(store, text, Limits())
    assert asked == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets a process give up its sockets")
@pytest.mark.parametrize("wall", ["RLIMIT_NOFILE", "seccomp"])
def test_each_wall_against_sockets_stands_alone(tmp_path, listener, monkeypatch, wall):
    address, asked = listener
    store = open_map([write(tmp_path, SHOP)]).store
    monkeypatch.setattr(isolation, "_calls_service", lambda _: False)
    if wall == "RLIMIT_NOFILE":
        monkeypatch.setattr(isolation, "_forbid_sockets", lambda: None)
    else:
        answer = isolation._answer
        monkeypatch.setattr(isolation, "_answer", lambda *given, files: answer(*given, files=True))
    with pytest.raises(InputError, match=r"the query failed: .*(Too many open files|Permission denied|resolve)"):
        isolation._in_fork(store, CALLS[0].replace("ADDRESS", address), Limits())
    assert asked == []


@pytest.mark.parametrize("query", CALLS[:5] + CALLS[6:9] + CALLS[11:15] + CALLS[17:19] + CALLS[22:29])
def test_the_parser_itself_finds_every_call(query):
    """The second wall sees what the engine would run, whatever the scanner believes."""
    assert isolation._calls_service(query.replace("ADDRESS", "http://127.0.0.1:1/"))


def test_calls_that_the_scanner_takes_for_names_are_found_by_the_parser():
    for name in ("SERVICE", "1SERVICE", "trueSERVICE"):
        text = f"PREFIX a: <http://x:> SELECT * {{ ?s {'?p ' * (name == 'SERVICE')}a:{name} <http://127.0.0.1:1/> {{ ?x ?y ?z }} }}"
        with pytest.raises(InputError, match="calls another server"):
            ask(MemoryStore(), text)


@pytest.mark.parametrize(
    "text",
    [
        "a",
        '\\"',
        ":",
        "<",
        "'''",
        '"""',
        "'",
        '"',
        "'''a",
        "'\n",
        "a:",
        "a.",
        ".",
        "\\",
        "?",
        "@",
        "#",
        "#\r",
        "<a",
        "1:-",
        "-",
        "a:\\",
        "''''",
        "x ",
        "é",
        "service:",
        "<(",
        "\\u0061",
    ],
)
def test_the_check_is_linear(text):
    started = time.process_time()
    with contextlib.suppress(InputError):
        check_query(text * (190_000 // len(text.encode())))
    assert time.process_time() - started < 0.5


def test_a_crash_of_the_engine_is_said(store):
    deep = "ASK { FILTER(" + "1+" * 90_000 + "1) }"
    with pytest.raises(InputError, match=r"made the engine stop \(it is too deep or too large\)"):
        ask(store, deep)


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGSEGV", "engine stop"), ("SIGILL", "engine stop"), ("SIGBUS", "engine stop"), ("SIGABRT", "MB of memory")],
)
def test_the_signal_tells_what_happened(monkeypatch, name, words):
    monkeypatch.setattr(isolation, "_reply", lambda *_: os.kill(os.getpid(), signal.Signals[name]))
    with pytest.raises(InputError, match=words):
        isolation._in_fork(MemoryStore(), "ASK {}", Limits())


def test_a_fault_in_the_child_never_runs_the_parents_code(monkeypatch):
    monkeypatch.setattr(isolation, "_reply", lambda *_: sys.exit("out"))
    with pytest.raises(InputError, match="engine stop"):
        isolation._in_fork(MemoryStore(), "ASK {}", Limits())


def test_columns_are_few(store):
    columns = " ".join(f"?c{number}" for number in range(201))
    with pytest.raises(InputError, match="asks for 201 columns, at most 200 are told"):
        ask(store, f"SELECT {columns} {{ ?s ?p ?o }} LIMIT 1")
    assert len(ask(store, f"SELECT {columns[:-5]} {{ ?s ?p ?o }} LIMIT 1").columns) == 200


@pytest.mark.parametrize("kind", ["device", "pipe", "long", "folder", "bytes"])
def test_a_query_file_is_an_ordinary_one(tmp_path, kind):
    file = tmp_path / "query.rq"
    if kind == "pipe":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind != "device":
        file.write_bytes(b"\xff" if kind == "bytes" else b"#" * 200_001)
    named = "/dev/zero" if kind == "device" else str(file)
    shown = {"long": "longer than 200,000 bytes", "bytes": "not UTF-8"}.get(kind, "not an ordinary file")
    result = CliRunner().invoke(command, [f"@{named}"])
    assert isinstance(result.exception, InputError)
    assert f"cannot be read ({shown})" in str(result.exception)


@pytest.mark.parametrize("options", [["--seconds", "nan"], ["--seconds", "inf"], ["--memory", "1000001"]])
def test_limits_are_numbers_that_can_be_kept(options):
    result = CliRunner().invoke(command, ["ASK {}", *options])
    assert result.exit_code == 2
    assert options[0] in result.output


def test_what_a_terminal_could_obey_is_not_printed():
    text = "a\x1b[31mb\x9bc\x7fd\x85é"
    told = Answer("", "rows", ("x",), ((text,),))
    written = as_json.write(told)
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", written)
    assert "é" in written
    assert json.loads(written)["rows"] == [{"x": text}]


def test_a_long_text_costs_no_more_than_what_is_shown():
    told = Answer("", "rows", ("x",), (("y" * 30_000_000,),))
    started = time.process_time()
    assert as_table.write(told) == "x\n" + "y" * 99 + "…\n"
    assert time.process_time() - started < 0.5
