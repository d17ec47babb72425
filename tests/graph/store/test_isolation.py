"""A query of a user answers, or is stopped; it never changes, reads or calls anything else."""

import contextlib
import http.server
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from app.commands.query import command
from graph.answer import Answer
from graph.maps import load_into, open_map
from graph.model import InputError
from graph.reports import json as as_json
from graph.reports import table as as_table
from graph.store import Limits, child, isolation, processes
from graph.store.asking import Asking
from graph.store.child import Task
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.isolation import ask
from graph.store.update import Author, update
from graph.store.workers import Workers
from graph.store.written import Wanted
from tests.graph.written import SHOP, write


@pytest.fixture(scope="module", params=["memory", "memory beside threads", "disk"])
def store(request, tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("store")
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
        monkeypatch.setattr(child, "calls", lambda *_: False)
    for query in CALLS:
        text = query.replace("ADDRESS", address)
        with contextlib.suppress(InputError):
            ask(store, text) if walls == "all" else processes.in_fork(store, Task("it", text=text), Asking())
    assert asked == []


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux lets a process give up its sockets")
@pytest.mark.parametrize("wall", ["RLIMIT_NOFILE", "seccomp"])
def test_each_wall_against_sockets_stands_alone(tmp_path, listener, monkeypatch, wall):
    address, asked = listener
    store = open_map([write(tmp_path, SHOP)]).store
    monkeypatch.setattr(child, "calls", lambda *_: False)
    if wall == "RLIMIT_NOFILE":
        monkeypatch.setattr(child, "forbid_sockets", lambda: None)
    else:
        answer = child.answer
        monkeypatch.setattr(child, "answer", lambda *given, files: answer(*given, files=True))
    with pytest.raises(InputError, match=r"the query failed: .*(Too many open files|Permission denied|resolve)"):
        processes.in_fork(store, Task("it", text=CALLS[0].replace("ADDRESS", address)), Asking())
    assert asked == []


@pytest.mark.parametrize("query", CALLS[:5] + CALLS[6:9] + CALLS[11:15] + CALLS[17:19] + CALLS[22:29])
def test_the_parser_itself_finds_every_call(query):
    """The second wall sees what the engine would run, whatever the scanner believes."""
    assert child.calls(query.replace("ADDRESS", "http://127.0.0.1:1/"), ())


def test_calls_that_the_scanner_takes_for_names_are_found_by_the_parser():
    for name in ("SERVICE", "1SERVICE", "trueSERVICE"):
        text = f"PREFIX a: <http://x:> SELECT * {{ ?s {'?p ' * (name == 'SERVICE')}a:{name} <http://127.0.0.1:1/> {{ ?x ?y ?z }} }}"
        with pytest.raises(InputError, match="calls another server"):
            ask(MemoryStore(), text)


def test_a_crash_of_the_engine_is_said(store):
    deep = "ASK { FILTER(" + "1+" * 90_000 + "1) }"
    with pytest.raises(InputError, match=r"made the engine stop \(it is too deep or too large\)"):
        ask(store, deep)


@pytest.mark.parametrize(
    ("name", "words"),
    [("SIGSEGV", "engine stop"), ("SIGILL", "engine stop"), ("SIGBUS", "engine stop"), ("SIGABRT", "MB of memory")],
)
def test_the_signal_tells_what_happened(monkeypatch, name, words):
    monkeypatch.setattr(child, "_reply", lambda *_: os.kill(os.getpid(), signal.Signals[name]))
    with pytest.raises(InputError, match=words):
        processes.in_fork(MemoryStore(), Task("it", text="ASK {}"), Asking())


def test_a_fault_in_the_child_never_runs_the_parents_code(monkeypatch):
    monkeypatch.setattr(child, "_reply", lambda *_: sys.exit("out"))
    with pytest.raises(InputError, match="engine stop"):
        processes.in_fork(MemoryStore(), Task("it", text="ASK {}"), Asking())


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


# The graphs that a query names


def test_from_asks_the_graphs_that_it_names_alone(store):
    source = "https://w3id.org/servicemap/graph/source/shop/map.yaml"
    everything = "{ ?s ?p ?o }"

    def count(clause, where=everything):
        return int(ask(store, f"SELECT (COUNT(*) AS ?n) {clause} {where}").rows[0][0].text)

    assert 0 < count(f"FROM <{source}>") < count("")
    assert count(f"FROM NAMED <{source}>") == 0
    assert count(f"FROM NAMED <{source}>", "{ GRAPH ?g { ?s ?p ?o } }") == count(f"FROM <{source}>")


@pytest.mark.parametrize("clause", ["FROM", "FROM NAMED"])
@pytest.mark.parametrize("address", ["ADDRESS", "file:///etc/passwd", "http://x/' OR"])
def test_from_fetches_nothing(store, listener, clause, address):
    address, asked = address.replace("ADDRESS", listener[0]), listener[1]
    message = "not SPARQL" if " " in address else "is no graph of this map, and nothing is fetched"
    with pytest.raises(InputError, match=message):
        ask(store, f"SELECT * {clause} <{address}> {{ ?s ?p ?o }}")
    assert asked == []


# Servers that are allowed


@pytest.fixture
def servers(oxigraph):
    """Two real SPARQL servers: one to be allowed, one not."""
    return oxigraph(), oxigraph()


def test_a_query_calls_the_server_that_is_allowed_and_no_other(store, servers):
    good, bad = (f"{address}/query" for address in servers)
    call = "SELECT ?v {{ VALUES ?v {{ 1 }} SERVICE <{}> {{ VALUES ?v {{ 1 2 }} }} }}"
    assert [row[0].text for row in ask(store, call.format(good), services=[good]).rows] == ["1"]
    with Workers(store, size=1, services=[good]) as workers:
        assert [row[0].text for row in workers.ask(call.format(good)).rows] == ["1"]
        for query in (
            call.format(bad),
            call.format(f"{good}?x"),
            call.format(good).replace("{ 1 2 }", f"{{ 1 2 }} SERVICE <{bad}> {{}}"),
        ):
            with pytest.raises(InputError, match=r"calls another server \(SERVICE\); write one that is allowed"):
                workers.ask(query)
            with pytest.raises(InputError, match="calls another server"):
                ask(store, query, services=[good])


def test_a_server_that_sends_on_is_not_followed(store, listener):
    """What is allowed is one address; where it points at another, the answer is an error."""
    address, asked = listener

    class Elsewhere(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(307)
            self.send_header("Location", address)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    allowed = f"http://127.0.0.1:{server.server_port}/x"
    with pytest.raises(InputError, match="the query failed: Error 307"):
        ask(store, f"SELECT * {{ SERVICE <{allowed}> {{ ?x ?y ?z }} }}", services=[allowed])
    server.shutdown()
    server.server_close()
    assert asked == []


# Cancel


SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


def under_way(act):
    """Run an act in a thread; gives what it raises or returns, once it is over."""
    said = []

    def run():
        try:
            said.append(act())
        except InputError as error:
            said.append(str(error))

    thread = threading.Thread(target=run)
    thread.start()
    return thread, said


@pytest.mark.parametrize("way", ["alone", "workers"])
def test_another_thread_cancels_a_query(store, way):
    with contextlib.ExitStack() as stack:
        ways = {"alone": lambda *given, **named: ask(store, *given, **named)}
        if way == "workers":
            ways[way] = stack.enter_context(Workers(store, size=1)).ask
        asking = Asking()
        thread, said = under_way(lambda: ways[way](SLOW, Limits(seconds=60), asking=asking))
        thread.join(0.5)
        assert thread.is_alive()
        asking.cancel()
        thread.join(20)
        asking.cancel()
        assert said == ["the query was cancelled"]
        assert ways[way]("ASK { ?s ?p ?o }").rows[0][0].text == "true"


def test_a_query_that_waits_for_a_worker_can_be_cancelled(store):
    with Workers(store, size=1) as workers:
        first, second = Asking(), Asking()
        running, _ = under_way(lambda: workers.ask(SLOW, Limits(seconds=60), asking=first))
        running.join(0.3)
        waiting, said = under_way(lambda: workers.ask(SLOW, Limits(seconds=60), asking=second))
        waiting.join(0.3)
        assert waiting.is_alive()
        second.cancel()
        waiting.join(20)
        assert said == ["the query was cancelled"]
        first.cancel()
        running.join(20)


def test_too_many_queries_are_turned_away(store):
    with Workers(store, size=1, waiting=0.2) as workers:
        asking = Asking()
        until = time.monotonic() + 60
        while not workers.turns._free and time.monotonic() < until:
            time.sleep(0.01)
        running, _ = under_way(lambda: workers.ask(SLOW, Limits(seconds=60), asking=asking))
        running.join(0.3)
        with pytest.raises(InputError, match="too many queries are under way; try again in a moment"):
            workers.ask("ASK {}")
        asking.cancel()
        running.join(20)


def test_ctrl_c_ends_the_query_and_the_child(tmp_path):
    file = write(tmp_path, SHOP)
    command = [sys.executable, "-m", "servicemap", "query", SLOW, str(file), "--seconds", "100"]
    # A job in the background ignores Ctrl-C, and what it starts would as well.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True, text=True)
    signal.signal(signal.SIGINT, before)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    child_of, until = "", time.monotonic() + 60
    while not child_of and time.monotonic() < until:
        child_of = children.read_text().strip()
        time.sleep(0.05)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert (process.returncode, said.strip()) == (130, "")
    assert not Path(f"/proc/{child_of}").exists()


# Workers


def test_workers_answer_many_threads(store):
    with Workers(store, size=2) as workers:
        under = [under_way(lambda n=n: workers.ask(f"SELECT ({n} AS ?n) {{}}").rows[0][0].text) for n in range(40)]
        for thread, _ in under:
            thread.join(60)
        assert [said for _, said in under] == [[str(n)] for n in range(40)]


@pytest.mark.parametrize(
    ("query", "limits", "message"),
    [
        (SLOW, Limits(seconds=0.3), "took longer than 0.3 seconds"),
        (
            "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?a ?d ?f ?c",
            Limits(seconds=20, memory=60_000_000),
            "MB of memory|took longer",
        ),
        ("ASK { FILTER(" + "1+" * 90_000 + "1) }", None, "made the engine stop"),
        ("SELEKT", None, "not SPARQL"),
        ("CLEAR ALL", None, "would change the map"),
    ],
)
def test_after_a_bad_query_the_workers_answer_the_next(store, query, limits, message):
    with Workers(store, size=1) as workers:
        for _ in range(2):
            with pytest.raises(InputError, match=message):
                workers.ask(query, limits)
            assert workers.ask("ASK { ?x a sm:Database }").rows[0][0].text == "true"


def test_workers_whose_processes_are_killed_from_outside_come_back(store):
    with Workers(store, size=1) as workers:
        assert workers.ask("ASK { ?s ?p ?o }").rows[0][0].text == "true"
        workers.turns._free[0].kill()
        with contextlib.suppress(InputError):
            workers.ask("ASK { ?s ?p ?o }")
        assert workers.ask("ASK { ?s ?p ?o }").rows[0][0].text == "true"


def test_a_worker_has_no_socket_and_opens_no_file_of_another(store, listener):
    address, asked = listener
    with Workers(store, size=1) as workers, pytest.raises(InputError, match="calls another server"):
        workers.ask(f"SELECT * {{ SERVICE <{address}> {{ ?x ?y ?z }} }}")
    assert asked == []


def test_a_worker_sees_one_revision_and_the_next_query_the_newest(tmp_path):
    file = write(tmp_path, SHOP)
    load_into(tmp_path / "store", [file])
    store, count = DiskStore(tmp_path / "store"), "SELECT (COUNT(?x) AS ?n) { ?x a sm:Database }"
    with Workers(store, size=1) as workers:
        assert workers.ask(count).rows[0][0].text == "1"
        for number in range(2, 6):
            file.write_text(file.read_text() + f"  - {{id: db-{number}, kind: database}}\n")
            load_into(tmp_path / "store", [file])
            assert workers.ask(count).rows[0][0].text == str(number)


def test_a_query_under_way_goes_on_over_the_revision_that_it_began_with(tmp_path):
    """Three loads sweep its generation away; the answer is that of the first."""
    file = write(tmp_path, SHOP)
    store = load_into(tmp_path / "store", [file]).store
    every = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c }"
    known = int(ask(store, every).rows[0][0].text)
    named = int(ask(store, "SELECT (COUNT(*) AS ?n) { ?d a|rdfs:label ?f }").rows[0][0].text)
    long = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d a|rdfs:label ?f }"
    with Workers(store, size=1) as workers:
        workers.ask(every)
        thread, said = under_way(lambda: workers.ask(long, Limits(seconds=100)))
        for number in range(3):
            file.write_text(file.read_text() + f"  - {{id: db-{number}, kind: database}}\n")
            load_into(tmp_path / "store", [file])
        thread.join(100)
        assert int(said[0].rows[0][0].text) == known * named
        assert int(workers.ask(every).rows[0][0].text) > known


def test_closed_workers_leave_no_process_and_no_file(store):
    workers = Workers(store, size=2)
    workers.ask("ASK {}")
    processes = [worker._process for worker in list(workers.turns._free) if worker]
    copied = [workers._copy[1].triples] if workers._copy else []
    workers.close()
    assert processes
    assert [process.poll() for process in processes] == [-signal.SIGKILL] * len(processes)
    assert [name for name in copied if Path(name).exists()] == []
    with pytest.raises(InputError, match="too many queries"):
        workers.ask("ASK {}")


def test_a_child_that_answers_starts_without_what_loads():
    """Each question may need a new one, so it starts with the engine alone: three times as fast."""
    code = "import sys\nfrom graph.fast import rewriter\nfrom graph.store import child\nprint(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert {"numpy", "yaml", "http.client", "graph.sources", "graph.store.embedded"} & {*loaded} == set()


def test_a_child_without_a_parent_ends_by_itself(tmp_path):
    """The kernel ends what nobody waits for any more."""
    store = load_into(tmp_path / "store", [write(tmp_path, SHOP)]).store
    worker = processes.Worker()
    isolation.open_disk(worker, store, Asking())
    child.write_frame(worker._process.stdin, Task(worker.key, text=SLOW, limits=Limits(seconds=0.2)).to_json())
    assert worker._process.wait(30) == -signal.SIGALRM
    worker.end()


def test_bytes_are_cut_while_they_are_made(store):
    """A hundred thousand rows of a megabyte each would not fit anywhere."""
    grow = "CONCAT(?t, ?t)"
    for _ in range(3):
        grow = f"CONCAT({grow}, {grow})"
    query = f"SELECT ?s ({grow} AS ?x) {{ ?s ?p ?o . ?q ?r ?v BIND('{'x' * 60_000}' AS ?t) }}"
    found = ask(store, query, Limits(size=10_000_000, memory=400_000_000))
    assert found.truncated == "the first 10 rows (10,000,000 bytes); there are more"


def test_a_small_write_needs_little_memory_however_many_threads_the_engine_has(tmp_path):
    DiskStore(tmp_path / "store", writable=True).close()
    anybody = Author("anybody", lambda _: True)
    for number in range(3):
        text = f"INSERT DATA {{ GRAPH <http://x/g> {{ <http://x/{number}> <http://x/p> 'a' }} }}"
        update(tmp_path / "store", text, anybody, limits=Limits(seconds=60, memory=400_000_000))
    assert DiskStore(tmp_path / "store").triples("http://x/g").count(b"\n") == 3


def begun(workers, text, **limits):
    """A query that was begun as soon as a worker could take it."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        found = workers.begin(text, Wanted({"select": "json", "ask": "json"}), Limits(**limits))
        if found is not None:
            return found
        time.sleep(0.01)
    raise AssertionError("no worker took it")


def test_a_query_that_was_begun_arrives_without_waiting(store):
    with Workers(store, size=1) as workers:
        asked = begun(workers, "SELECT ?o { ?s ?p ?o } LIMIT 300")
        while not asked.arrived():
            time.sleep(0.001)
        answering = asked.answering()
        assert (answering.rows, answering.form) == (300, "select")
        assert len(json.loads(b"".join(answering))["results"]["bindings"]) == 300
        assert workers.turns.held == 0
        assert b"true" in b"".join(begun(workers, "ASK {}").answering())


def test_a_query_that_was_begun_may_be_waited_for_and_keeps_its_limit(store):
    with Workers(store, size=1) as workers:
        asked = begun(workers, SLOW, seconds=0.5)
        assert not asked.arrived()
        with pytest.raises(InputError, match=r"longer than 0\.5 seconds"):
            asked.answering()
        assert (workers.turns.held, workers.replaced) == (0, 1)


def test_a_query_that_is_closed_is_stopped(store):
    with Workers(store, size=1) as workers:
        asked = begun(workers, SLOW)
        asked.close()
        asked.close()
        assert (workers.turns.held, workers.replaced) == (0, 1)
        assert b"true" in b"".join(begun(workers, "ASK {}").answering())


def test_nothing_is_begun_that_would_have_to_wait(tmp_path):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    with Workers(DiskStore(tmp_path / "store"), size=1) as workers:
        asked = begun(workers, "ASK {}")
        assert workers.begin("ASK {}", Wanted({"ask": "json"})) is None
        b"".join(asked.answering())
        write(tmp_path, "elements:\n  - {id: more, kind: service}\n", "more.yaml")
        load_into(tmp_path / "store", [tmp_path / "shop"])
        assert workers.begin("ASK {}", Wanted({"ask": "json"})) is None
        assert workers.ask("ASK { ?x dcterms:identifier 'more' }").rows[0][0].text == "true"
        assert b"true" in b"".join(begun(workers, "ASK {}").answering())
        with pytest.raises(InputError, match="calls another server"):
            workers.begin("ASK { SERVICE <http://x/> {} }", Wanted({"ask": "json"}))
    assert workers.begin("ASK {}", Wanted({"ask": "json"})) is None


def test_a_spare_process_takes_the_place_of_one_that_was_stopped(store, monkeypatch):
    made, make = threading.Event(), Workers._make
    made.set()
    monkeypatch.setattr(Workers, "_make", lambda workers, stopped: made.wait(60) and make(workers, stopped))
    with Workers(store, size=1, spare=1) as workers:
        until = time.monotonic() + 60
        while not (workers.turns._free and workers._spare) and time.monotonic() < until:
            time.sleep(0.01)
        (spare,) = workers._spare
        made.clear()
        asked = begun(workers, SLOW)
        asked.close()
        assert (workers.turns._free, workers._spare) == ([spare], [])
        assert b"true" in b"".join(begun(workers, "ASK {}").answering())
        made.set()
        while not workers._spare and time.monotonic() < until:
            time.sleep(0.01)
        assert (len(workers.turns._free), len(workers._spare), workers.replaced) == (1, 1, 1)
        processes = [worker._process for worker in (*workers.turns._free, *workers._spare)]
    assert [process.poll() for process in processes] == [-signal.SIGKILL] * 2


def test_a_query_waits_for_its_turn_without_a_thread(store):
    wanted, called = Wanted({"ask": "json"}), threading.Event()
    with Workers(store, size=1) as workers:
        under_way = begun(workers, SLOW)
        queued = workers.begin("ASK {}", wanted, then=called.set)
        left = workers.begin("ASK {}", wanted, then=called.set)
        assert (workers.turns.waiting, queued.late, called.is_set()) == (2, False, False)
        left.close()
        left.close()
        under_way.close()
        assert called.wait(60)
        started = queued.begin()
        queued.close()
        assert b"true" in b"".join(started.answering())
        assert (workers.turns.waiting, workers.turns.held) == (0, 0)


def test_a_query_that_has_waited_too_long_is_turned_away(store):
    with Workers(store, size=1, waiting=0.1) as workers:
        under_way = begun(workers, SLOW)
        queued = workers.begin("ASK {}", Wanted({"ask": "json"}), then=lambda: None)
        time.sleep(0.15)
        assert queued.late
        with pytest.raises(InputError, match="too many queries are under way"):
            queued.answering()
        queued.close()
        under_way.close()


def test_in_its_turn_a_query_is_left_to_whoever_can_open_the_newest_revision(tmp_path):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    called = threading.Event()
    with Workers(DiskStore(tmp_path / "store"), size=1) as workers:
        under_way = begun(workers, "ASK {}")
        queued = workers.begin("ASK {}", Wanted({"ask": "json"}), then=called.set)
        write(tmp_path, "elements:\n  - {id: more, kind: service}\n", "more.yaml")
        load_into(tmp_path / "store", [tmp_path / "shop"])
        b"".join(under_way.answering())
        assert called.is_set()
        assert queued.begin() is None
        assert (workers.turns.held, len(workers.turns._free)) == (0, 1)
        assert workers.ask("ASK { ?x dcterms:identifier 'more' }").rows[0][0].text == "true"


def test_whoever_asked_too_much_is_told_before_the_process_has_ended(store, monkeypatch):
    freed, end = threading.Event(), processes.Worker.end
    monkeypatch.setattr(processes.Worker, "end", lambda worker: freed.wait(60) and end(worker))
    with Workers(store, size=1) as workers:
        with pytest.raises(InputError, match=r"longer than 0\.3 seconds"):
            workers.tell(SLOW, Wanted({"select": "json"}), Limits(seconds=0.3))
        assert b"true" in b"".join(begun(workers, "ASK {}").answering())
        assert (workers.replaced, freed.is_set()) == (1, False)
        freed.set()


def test_the_time_that_reading_a_query_took_counts(store, monkeypatch):
    monkeypatch.setattr("graph.store.workers.check_query", lambda *_, **__: time.sleep(0.4))
    with Workers(store, size=1) as workers:
        asked = begun(workers, SLOW, seconds=5)
        assert asked._until - time.monotonic() < 4.7
        asked.close()


def test_a_few_look_ups_are_answered_without_a_worker(tmp_path):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    wanted, text = Wanted({"ask": "json"}), "ASK { ?x a sm:Database }"
    with Workers(DiskStore(tmp_path / "store"), size=1) as workers:

        def looked_up(key):
            until = time.monotonic() + 30
            while (found := workers.look_up(text, wanted, key=key)) is None and time.monotonic() < until:
                time.sleep(0.01)
            return found.body

        first = workers.key()
        assert b"true" in looked_up(first)
        assert workers.key() == first
        (tmp_path / "shop" / "map.yaml").write_text("elements:\n  - {id: other, kind: service}\n")
        load_into(tmp_path / "store", [tmp_path / "shop"])
        assert workers.key() != first
        assert b"false" in looked_up(workers.key())
        assert workers.look_up("SELECT * { ?s ?p ?o }", wanted, key=workers.key()) is None
    assert workers.look_up(text, wanted, key=first) is None
