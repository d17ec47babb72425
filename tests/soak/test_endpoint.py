"""Nobody notices forty hostile queries beside ten clients, and fifty clients are answered for a minute. By ``make soak``.

The server is a process of its own, as users start it. Each client has a token, and so turns of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import threading
import time
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import quote

import pytest

from graph.maps import load_into
from graph.store.tokens import add_token
from tests.hostile.queries import QUERIES
from tests.soak.served import served

pytestmark = pytest.mark.timeout(900)
LIMIT = 2.0  # seconds that a hostile query may take
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NORMAL = [
    "SELECT ?n { ?x a sm:BusinessService ; rdfs:label ?n } ORDER BY ?n",
    "SELECT ?n ?t { ?x a sm:Application ; rdfs:label ?n ; sm:ownedBy ?o . ?o rdfs:label ?t } ORDER BY ?n ?t LIMIT 50",
    "SELECT (COUNT(*) AS ?c) { ?x sm:dependsOn ?y . ?y sm:dependsOn ?z }",
    "ASK { ?x a sm:Database }",
]
NOT_QUERIES = [
    ("POST", "/sparql", FORM, "update=DROP%20ALL"),
    ("POST", "/sparql", {"Content-Type": "application/sparql-update"}, "CLEAR ALL"),
    ("POST", "/sparql", FORM | {"Origin": "https://evil.example"}, "update=INSERT%20DATA%20%7B%7D"),
    ("POST", "/sparql", FORM, "query=" + "x" * 1_100_000),
    ("PUT", "/graphs?default", {"Content-Type": "text/turtle"}, "<a:a> <a:b> <a:c> ."),
    ("GET", "/sparql?update=DROP%20ALL", {}, None),
    ("GET", "/sparql?query=ASK%7B%7D", {"Host": "evil.example"}, None),
    ("DELETE", "/graphs?graph=https://w3id.org/servicemap/graph/ontology", {}, None),
]


def form(query):
    """A query as a form sends it; long ones take a while to write."""
    return "query=" + quote(query.encode("utf-8", "surrogatepass"))


class Client:
    """Asks over one connection; ``taken`` is how long each answer took, ``wrong`` what was not as it should be."""

    def __init__(self, port, token):
        self._port, self._token = port, token
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self.taken, self.wrong, self.answers = [], [], 0

    def close(self):
        self._connection.close()

    def request(self, method, path, headers, body):
        """Status and body."""
        self._connection.request(method, path, body, {"Authorization": f"Bearer {self._token}"} | headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read()

    def ask(self, query):
        try:
            return self.request("POST", "/sparql", FORM, query if query.startswith("query=") else form(query))
        except OSError:  # it hung up on what was too long: a new connection for the next
            self._connection.close()
            return 0, b""

    def work(self, expected, until):
        """Ask ordinary questions, one after the other, with a breath between; none that has an answer at hand."""
        turn = 0
        while not until():
            query = NORMAL[turn % len(NORMAL)]
            started = time.perf_counter()
            status, body = self.ask(f"{query} # {id(self)} {turn}")
            self.taken.append(time.perf_counter() - started)
            self.answers += 1
            if (status, body) != expected[query]:
                self.wrong.append((query, status, body[:200]))
            turn += 1
            time.sleep(0.02)
        self.close()


@pytest.fixture(scope="module")
def folder(root, tmp_path_factory):
    home = tmp_path_factory.mktemp("endpoint")
    load_into(home / "store", [root / "data" / "enterprise"])
    return home / "store"


@pytest.fixture(scope="module")
def server(folder):
    """Its port and its process."""
    with served("--store", folder, "--sparql-only", "--writable") as running:
        yield running


@pytest.fixture(scope="module")
def expected(server, folder):
    with closing(Client(server[0], add_token(folder, "expected"))) as client:
        found = {query: client.ask(query) for query in NORMAL}
    assert {status for status, _ in found.values()} == {200}
    return found


def crowd(port, folder, expected, number, until, name):
    """That many clients at work, until that is so; then what each saw."""
    clients = [Client(port, add_token(folder, f"{name} {each}")) for each in range(number)]
    threads = [threading.Thread(target=client.work, args=(expected, until)) for client in clients]
    for thread in threads:
        thread.start()
    return clients, threads


def p95(clients):
    return statistics.quantiles([each for client in clients for each in client.taken], n=20)[-1]


def memory(process):
    """Bytes that the server and its workers hold."""
    tree = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(process.pid), "--ppid", str(process.pid)],
        capture_output=True,
        text=True,
        check=True,
    )
    return 1024 * sum(map(int, tree.stdout.split()))


def test_ten_clients_do_not_notice_forty_hostile_queries(server, folder, expected):
    port, process = server
    for_ten_seconds = time.monotonic() + 10
    quiet, threads = crowd(port, folder, expected, 10, lambda: time.monotonic() > for_ten_seconds, "quiet")
    for thread in threads:
        thread.join()

    over = threading.Event()
    busy, threads = crowd(port, folder, expected, 10, over.is_set, "busy")
    hostile = Client(port, add_token(folder, "hostile", seconds=LIMIT, at_once=2))
    late, broken, most = [], [], 0
    try:
        for name, (query, _) in QUERIES.items():
            sent, started = form(query), time.perf_counter()
            hostile.ask("ASK {}")  # how long it takes now to have a worker, and to be answered at all
            between = time.perf_counter()
            status, body = hostile.ask(sent)
            taken = (time.perf_counter() - between) - (between - started)
            most = max(most, memory(process))
            late += [(name, round(taken, 2))] if taken > LIMIT + 0.3 else []
            if status not in (0, 200):
                broken += [] if "error" in json.loads(body) else [(name, body[:100])]
        refused = [hostile.request(*each)[0] for each in NOT_QUERIES]
        at_last = hostile.ask(NORMAL[0])
    finally:
        over.set()
        for thread in threads:
            thread.join()
        hostile.close()

    said = f"{len(QUERIES)} hostile queries; p95 of ten clients {1000 * p95(quiet):.1f} ms, beside them {1000 * p95(busy):.1f}"
    print(f"{said}; late: {late}; {most / 1e6:,.0f} MB at most")  # noqa: T201 the figures of the run, shown with -s
    assert [client.wrong for client in (*quiet, *busy) if client.wrong] == []
    assert broken == []
    assert all(status >= 400 for status in refused)
    assert late == []
    assert p95(busy) <= 2 * p95(quiet)
    assert most < 3_000_000_000
    assert at_last == expected[NORMAL[0]]


def test_fifty_clients_are_answered_for_a_minute(server, folder, expected):
    port, _ = server
    until = time.monotonic() + 60
    clients, threads = crowd(port, folder, expected, 50, lambda: time.monotonic() > until, "one of fifty")
    for thread in threads:
        thread.join()
    answers = sum(client.answers for client in clients)
    print(f"50 clients: {answers:,} answers in a minute, p95 {1000 * p95(clients):.0f} ms")  # noqa: T201 as above
    assert [client.wrong for client in clients if client.wrong] == []
    assert min(client.answers for client in clients) > 0
