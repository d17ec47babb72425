"""How fast are SPARQL queries over HTTP beside ``oxigraph serve`` and Virtuoso, in one run?

``python bench/sparql.py 100000`` takes another number of elements, a second word the folder of a store that is there
already. All servers hold the same statements and are asked the same queries in turns over a connection that stays open;
the rows are compared. The bars: star, join and three hops at most 1.3 times ``oxigraph serve``; a group-by with sums
faster than Virtuoso. A run that misses one says so, and ends with 1.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.generator import generate, write_triples
from graph.maps import load_into, open_map
from graph.store.guard import PREFIXES

ROOT = Path(__file__).resolve().parent.parent
HEAD = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items() if prefix != "fast")
RUNS, LEAST, SECONDS, BAR = 101, 5, 20, 1.3
QUERIES = {
    "star": "SELECT ?n ?o ?c { <TOP> rdfs:label ?n ; a ?c ; sm:ownedBy ?o }",
    "join": "SELECT ?x ?n { ?x sm:ownedBy <OWNER> ; rdfs:label ?n } ORDER BY ?x LIMIT 100",
    "three hops": "SELECT DISTINCT ?c { <TOP> sm:dependsOn ?a . ?a sm:dependsOn ?b . ?b sm:dependsOn ?c }"
    " ORDER BY ?c LIMIT 100",
    "group-by with sums": "SELECT ?k (SUM(?a) AS ?s)"
    " { ?x sm:monthlyCost ?m . ?m sm:amount ?a ; sm:currency ?k } GROUP BY ?k",
}
_VIRTUOSO = """[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{admin}
DirsAllowed = .
NumberOfBuffers = 100000
MaxDirtyBuffers = 70000
[HTTPServer]
ServerPort = 127.0.0.1:{web}
ServerThreads = 5
"""


def main() -> None:
    """Print a row for each query: medians of milliseconds, and what they are of ours."""
    elements = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        home = Path(folder)
        store = Path(sys.argv[2]) if len(sys.argv) > 2 else _loaded(home, elements)
        opened = open_map(store=store)
        dump = home / "all.nq"
        dump.write_bytes(b"".join(_quads(opened.store, graph) for graph in _graphs(opened)))
        top, owner = _chosen(opened)
        ask = {"ours": servers.enter_context(_ours(store)), "oxigraph": servers.enter_context(_oxigraph(home, dump))}
        if shutil.which("virtuoso-t"):
            ask["Virtuoso"] = servers.enter_context(_virtuoso(home, dump))
        print(f"{len(opened.projection):,} elements; milliseconds, medians of up to {RUNS} runs")
        missed = [
            said
            for name, text in QUERIES.items()
            for said in _row(name, text.replace("TOP", top).replace("OWNER", owner), ask)
        ]
    sys.exit(f"missed: {'; '.join(missed)}" if missed else 0)


def _row(name: str, query: str, ask: dict[str, Callable[[str], list[list[str]]]]) -> Iterator[str]:
    rows = {server: sorted(call(HEAD + query)) for server, call in ask.items()}
    taken: dict[str, list[float]] = {server: [] for server in ask}
    until, number = time.monotonic() + SECONDS, 0
    while number < LEAST or (number < RUNS and time.monotonic() < until):
        number += 1
        for server, call in ask.items():
            started = time.perf_counter()
            call(HEAD + query)
            taken[server].append(1000 * (time.perf_counter() - started))
    said = {server: statistics.median(each) for server, each in taken.items()}
    told = ", ".join(f"{server} {ms:.2f} ({ms / said['ours']:.2f})" for server, ms in said.items())
    same = all(_alike(each, rows["ours"]) for each in rows.values())
    print(f"  {name:20}{len(rows['ours']):>5} rows: {told}{'' if same else '   ROWS DIFFER'}")
    if "sums" in name:
        if "Virtuoso" in said and said["ours"] > said["Virtuoso"]:
            yield f"{name} took {said['ours'] / said['Virtuoso']:.1f} of Virtuoso"
    elif said["ours"] > BAR * said["oxigraph"]:
        yield f"{name} took {said['ours'] / said['oxigraph']:.2f} of oxigraph, the bar is {BAR}"


def _alike(first: list[list[str]], second: list[list[str]]) -> bool:
    """Whether two answers say the same; engines write one number in several ways."""

    def plain(cell: str) -> str:
        return f"{float(cell):.6g}" if re.fullmatch(r"-?\d+(\.\d+)?([eE]\d+)?", cell) else cell

    return [list(map(plain, row)) for row in first] == [list(map(plain, row)) for row in second]


# ── the map ────────────────────────────────────────────────────────────────────────────────────


def _loaded(home: Path, elements: int) -> Path:
    with (home / "map.nt").open("wb") as out:
        write_triples(generate(elements), out)
    load_into(home / "store", [home / "map.nt"])
    return home / "store"


def _graphs(opened: object) -> list[str]:
    from graph.store import DERIVED, source_graph

    return [DERIVED, *(source_graph(source.id) for source in opened.store.sources if source.importer)]  # type: ignore[attr-defined]


def _quads(store: object, graph: str) -> bytes:
    return store.triples(graph).replace(b" .\n", f" <{graph}> .\n".encode())  # type: ignore[attr-defined]


def _chosen(opened: object) -> tuple[str, str]:
    """A business service, and an owner of many elements."""
    store = opened.store  # type: ignore[attr-defined]
    top = store.select(f"{HEAD} SELECT ?x {{ ?x a sm:BusinessService ; sm:ownedBy ?o }} ORDER BY ?x LIMIT 1").rows[0][0]
    owner = store.select(
        f"{HEAD} SELECT ?o {{ ?x sm:ownedBy ?o }} GROUP BY ?o ORDER BY DESC(COUNT(*)) ?o LIMIT 1"
    ).rows[0][0]
    return top.text, owner.text


# ── servers ────────────────────────────────────────────────────────────────────────────────────


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _asking(port: int, path: str) -> Callable[[str], list[list[str]]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(query: str) -> list[list[str]]:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/sparql-results+json"}
        try:
            connection.request("POST", path, f"query={quote(query)}", headers)
            answer = connection.getresponse()
        except OSError:  # it closed the connection while the others took their time
            connection.close()
            connection.request("POST", path, f"query={quote(query)}", headers)
            answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status} {text[:300]!r}")
        said = json.loads(text)
        return [
            [row.get(name, {}).get("value", "") for name in said["head"]["vars"]] for row in said["results"]["bindings"]
        ]

    return ask


@contextmanager
def _running(words: list[object], port: int, folder: Path) -> Iterator[None]:
    process = subprocess.Popen([*map(str, words)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 120
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def _ours(store: Path) -> Iterator[Callable[[str], list[list[str]]]]:
    port = _port()
    words = [
        sys.executable,
        ROOT / "servicemap.py",
        "serve",
        "--store",
        store.resolve(),
        "--sparql-only",
        "--port",
        port,
    ]
    with _running(words, port, ROOT):
        yield _asking(port, "/sparql")


@contextmanager
def _oxigraph(home: Path, dump: Path) -> Iterator[Callable[[str], list[list[str]]]]:
    program, port = Path(sys.executable).with_name("oxigraph"), _port()
    subprocess.run([program, "load", "--location", home / "ox", "--file", dump], check=True, capture_output=True)
    words = [program, "serve", "--location", home / "ox", "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running(words, port, home):
        yield _asking(port, "/query")


@contextmanager
def _virtuoso(home: Path, dump: Path) -> Iterator[Callable[[str], list[list[str]]]]:
    admin, web = _port(), _port()
    (home / "virtuoso.ini").write_text(_VIRTUOSO.format(admin=admin, web=web))
    with _running(["virtuoso-t", "-f", "-c", "virtuoso.ini"], web, home):
        load = f"log_enable(2); DB.DBA.TTLP_MT(file_to_string_output('{dump.name}'), '', 'http://x/', 512); checkpoint;"
        words = ["isql-vt", f"127.0.0.1:{admin}", "dba", "dba", f"exec={load}"]
        subprocess.run(words, cwd=home, check=True, capture_output=True)
        yield _asking(web, "/sparql")


if __name__ == "__main__":
    main()
