"""Who reads requests answers small queries; what takes long, is long or waits goes to a thread, and no worker is lost."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import quote

import pytest
from waitress import wasyncore
from waitress.task import ThreadedTaskDispatcher

from app.doors import Doors
from app.listen import made
from app.plain import PlainParser
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import open_map
from graph.store import Limits
from graph.store.written import Wanted
from tests.graph.written import SHOP, write

SELECT = "SELECT ?n { ?x a sm:Database ; rdfs:label ?n FILTER(?n != '') }"  # no few look-ups: a worker answers
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
MANY = "SELECT * { ?s ?p ?o . ?x rdfs:label ?n } LIMIT 4000"


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory):
    opened = open_map([write(tmp_path_factory.mktemp("shop"), SHOP)])
    endpoint = Endpoint(lambda: opened.store, Doors(own=True), size=1, limits=Limits(seconds=1.5))
    endpoint.workers.ask("ASK {}")
    yield endpoint
    endpoint.close()


@pytest.fixture(scope="module")
def port(endpoint):
    server, dispatcher = made(create_programs(endpoint), host="127.0.0.1", port=0, threads=4)
    running = threading.Thread(target=dispatcher.run, args=(server,))
    running.start()
    yield server.effective_port
    dispatcher.shutdown()
    wasyncore.close_all(server._map)
    running.join(20)


@pytest.fixture
def threads(monkeypatch):
    """The requests that a thread was given."""
    given, add = [], ThreadedTaskDispatcher.add_task

    def noted(self, channel):
        given.append(channel.requests[0].path)
        add(self, channel)

    monkeypatch.setattr(ThreadedTaskDispatcher, "add_task", noted)
    return given


def ready(endpoint):
    """Wait until the worker is free and has the map open."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        workers = endpoint.workers
        if workers.turns.held == 0 and workers.turns._free and workers.turns._free[0] is not None:
            return
        time.sleep(0.01)
    raise AssertionError("no worker came back")


def ask(port, query, connection=None):
    used = connection or HTTPConnection("127.0.0.1", port, timeout=30)
    used.request("GET", f"/sparql?query={quote(query)}")
    answer = used.getresponse()
    said = answer.status, answer.read()
    if connection is None:
        used.close()
    return said


def rows(said):
    return json.loads(said)["results"]["bindings"]


def test_a_small_query_wakes_no_thread(port, endpoint, threads):
    ready(endpoint)
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(3):
        status, said = ask(port, SELECT, connection)
        assert (status, rows(said)) == (200, [{"n": {"type": "literal", "value": "db"}}])
    connection.close()
    assert threads == []


def test_a_query_that_is_wrong_is_told_at_once(port, endpoint, threads):
    ready(endpoint)
    status, said = ask(port, "SELECT ?x {")
    assert (status, json.loads(said)["error"]["title"]) == (400, "Not SPARQL")
    assert threads == []


def test_a_slow_query_goes_to_a_thread_and_ends_at_its_limit(port, endpoint, threads):
    ready(endpoint)
    replaced = endpoint.workers.replaced
    status, said = ask(port, SLOW)
    assert (status, json.loads(said)["error"]["title"]) == (503, "Stopped: too slow")
    assert threads == ["/sparql"]
    assert endpoint.workers.replaced == replaced + 1
    ready(endpoint)
    assert ask(port, SELECT)[0] == 200


def test_a_long_answer_comes_whole(port, endpoint):
    ready(endpoint)
    status, said = ask(port, MANY)
    assert (status, len(rows(said))) == (200, 4000)
    assert len(said) > 500_000
    ready(endpoint)


def test_who_leaves_frees_the_worker(port, endpoint):
    ready(endpoint)
    for pause in (0.05, 0.5):  # while nobody waits, and while a thread waits
        connection = HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", f"/sparql?query={quote(SLOW)}")
        time.sleep(pause)
        connection.close()
        ready(endpoint)
    assert ask(port, SELECT)[0] == 200


def test_where_no_worker_is_free_a_query_waits_without_a_thread(port, endpoint, threads):
    ready(endpoint)
    found = []
    slow = threading.Thread(target=lambda: found.append(ask(port, SLOW)[0]))
    slow.start()
    while not endpoint.workers.turns.held:
        time.sleep(0.005)
    status, said = ask(port, f"{SELECT} # asked for the first time")
    slow.join()
    assert (found, status, len(rows(said))) == ([503], 200, 1)
    assert threads == ["/sparql"]
    ready(endpoint)


def test_who_waits_without_a_thread_may_leave_and_is_told_when_it_takes_too_long(port, endpoint, threads, monkeypatch):
    ready(endpoint)
    held = endpoint.workers.begin("ASK {}", Wanted({"ask": "json"}))
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(post(f"{SELECT} # who leaves"))
        while not endpoint.workers.turns.waiting:
            time.sleep(0.005)
    while endpoint.workers.turns.waiting:
        time.sleep(0.005)
    monkeypatch.setattr(endpoint.workers, "_waiting", 0.3)
    status, said = ask(port, f"{SELECT} # in vain")
    assert (status, json.loads(said)["error"]["title"]) == (503, "Busy")
    held.close()
    assert threads == []
    ready(endpoint)


def test_a_crowd_is_answered_by_one_worker(port, endpoint):
    ready(endpoint)
    found = []
    crowd = [
        threading.Thread(
            target=lambda n=n: found.append(rows(ask(port, f"SELECT ({n} AS ?n) {{}}")[1])[0]["n"]["value"])
        )
        for n in range(8)
    ]
    for each in crowd:
        each.start()
    for each in crowd:
        each.join(60)
    assert sorted(found) == [str(n) for n in range(8)]
    ready(endpoint)


def test_a_worker_that_dies_is_an_error_for_one(port, endpoint):
    ready(endpoint)
    (worker,) = endpoint.workers.turns._free
    killer = threading.Timer(0.1, worker.kill)
    killer.start()
    status, said = ask(port, SLOW)
    killer.join()
    assert status == 503
    assert "memory" in json.loads(said)["error"]["detail"]
    ready(endpoint)
    assert ask(port, SELECT)[0] == 200


def test_requests_that_come_together_are_answered_in_their_order(port, endpoint):
    ready(endpoint)
    queries = [f"SELECT ({number} AS ?n) {{}}" for number in range(5)]
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        lines = "".join(f"GET /sparql?query={quote(query)} HTTP/1.1\r\nHost: localhost\r\n\r\n" for query in queries)
        client.sendall(lines.encode())
        said = b""
        while said.count(b'"bindings"') < 5 and (piece := client.recv(65536)):
            said += piece
    told = [int(part.partition(b'"')[0]) for part in said.split(b'"value":"')[1:]]
    assert told == list(range(5))


def test_other_addresses_go_to_a_thread(port, threads):
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/healthz")
    assert connection.getresponse().read() == b"OK"
    connection.close()
    assert threads == ["/healthz"]


def test_what_is_at_hand_is_told_on_the_connection_without_a_thread(port, threads):
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    told = []
    for _ in range(5):
        connection.request("GET", f"/sparql?query={quote('SELECT ?kept { ?kept a sm:Database }')}")
        said = connection.getresponse()
        told.append((said.status, said.getheader("Content-Type"), said.read()))
    assert told[0][0] == 200
    assert told == 5 * told[:1]
    assert len(threads) <= 1
    connection.close()


def raw(port, *lines):
    """The answer to a request that is written as it is."""
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
        client.settimeout(30)
        said = b""
        while b"\r\n\r\n" not in said or b"]}}" not in said:
            piece = client.recv(65536)
            if not piece:
                break
            said += piece
    head, _, body = said.partition(b"\r\n\r\n")
    first, *headers = head.split(b"\r\n")
    return first, sorted(each for each in headers if not each.startswith((b"Date:", b"Connection:"))), body


def test_what_is_told_at_once_has_the_headers_that_all_answers_have(port, endpoint, threads):
    ready(endpoint)
    address = f"/sparql?query={quote('SELECT ?x { ?x a sm:Database }')}"
    plain = raw(port, f"GET {address} HTTP/1.1", "Host: localhost")
    by_task = raw(port, f"GET {address} HTTP/1.0", "Host: localhost")
    assert plain[0] == b"HTTP/1.1 200 OK"
    assert plain[1:] == by_task[1:]
    assert {each.partition(b":")[0] for each in plain[1]} >= {
        b"Content-Length",
        b"Content-Security-Policy",
        b"Server",
        b"Vary",
    }
    assert threads == []


def test_doors_stand_before_what_is_told_at_once(port, threads):
    address = f"/sparql?query={quote('SELECT ?x { ?x a sm:Database }')}"
    assert raw(port, f"GET {address} HTTP/1.1", "Host: localhost")[0] == b"HTTP/1.1 200 OK"
    with socket.create_connection(("127.0.0.1", port), 30) as client:
        client.sendall(f"GET {address} HTTP/1.1\r\nHost: evil.example\r\n\r\n".encode())
        assert client.recv(65536).startswith(b"HTTP/1.1 403")
    assert threads == ["/sparql"]


@pytest.fixture(scope="module")
def look_up(endpoint):
    """A query that takes one look-up."""
    ((found,),) = endpoint.workers.ask("SELECT ?x { ?x a sm:Database }").rows
    return f"SELECT ?n {{ <{found.text}> rdfs:label ?n }}"


@pytest.fixture
def parsed(monkeypatch):
    """The heads that were read line by line, or by their pattern."""
    heads, parse = [], PlainParser.parse_header

    def noted(self, head):
        heads.append(head)
        parse(self, head)

    monkeypatch.setattr(PlainParser, "parse_header", noted)
    return heads


def post(query, **more):
    lines = {"Host": "localhost", "Content-Type": "application/sparql-query", "Content-Length": len(query), **more}
    head = "".join(f"{name.replace('_', '-')}: {said}\r\n" for name, said in lines.items())
    return f"POST /sparql HTTP/1.1\r\n{head}\r\n{query}".encode()


def told(client, *pieces):
    """Status, headers but for the date, and body of the answer to a request that is sent in pieces."""
    for number, piece in enumerate(pieces):
        time.sleep(0.05 * bool(number))
        client.sendall(piece)
    answer = HTTPResponse(client)
    answer.begin()
    return answer.status, sorted(each for each in answer.getheaders() if each[0] != "Date"), answer.read()


def looked_up(client, endpoint):
    """Ask until what is looked up has been opened."""
    until = time.monotonic() + 20
    while time.monotonic() < until and endpoint.workers._at_hand[1] is None:
        told(client, post("SELECT ?x { <http://x/a> rdfs:label ?x }"))
        time.sleep(0.01)


@pytest.fixture
def client(port, endpoint):
    ready(endpoint)
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        looked_up(connection, endpoint)
        yield connection


def test_a_head_that_came_before_is_not_read_again(client, look_up, parsed, threads):
    answers = [told(client, post(look_up)) for _ in range(3)]
    assert (answers[0][0], len(rows(answers[0][2]))) == (200, 1)
    assert answers == 3 * answers[:1]
    assert len(parsed) <= 1
    get = f"GET /sparql?query={quote(look_up)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    other = get.replace(quote("rdfs:label").encode(), quote("sm:nothing").encode())
    assert [len(rows(told(client, each)[2])) for each in (get, other, get)] == [1, 0, 1]
    assert len(parsed) <= 2
    assert threads == []


def test_a_request_may_come_in_pieces_and_two_together(client, look_up):
    whole = post(look_up)
    answer = told(client, whole)
    for cut in (3, whole.index(b"\r\n\r\n") + 2, whole.index(b"\r\n\r\n") + 4, len(whole) - 1):
        assert told(client, whole[:cut], whole[cut:]) == answer
    client.sendall(whole + whole)
    said = b""
    while said.count(b"]}}") < 2:
        said += client.recv(65536)
    assert said.count(answer[2]) == 2


def test_what_is_no_look_up_takes_the_other_ways_with_a_head_that_is_known(client, look_up):
    told(client, post("ASK {}"))
    assert told(client, post("ASK {}"))[2] == b'{"head":{},"boolean":true}'
    assert told(client, post("ASK {"))[0] == 400
    assert told(client, post("ASK {}", Content_Type="application/sparql-update"))[0] == 415
    assert told(client, post("ASK {}", Host="evil.example"))[0] == 403
    assert told(client, post(look_up, Accept="application/sparql-results+xml"))[2].startswith(b"<?xml")
    assert told(client, post("ASK {}"))[2] == b'{"head":{},"boolean":true}'


def test_what_is_told_straight_is_counted(client, endpoint, look_up):
    def counted():
        (line,) = [
            each
            for each in endpoint.metrics.text([]).splitlines()
            if each.startswith('servicemap_queries_total{outcome="answered"}')
        ]
        return float(line.split()[1])

    told(client, post(look_up))
    before = counted()
    for number in range(5):
        assert told(client, post(f"{look_up} # {number}"))[0] == 200
    assert counted() == before + 5
