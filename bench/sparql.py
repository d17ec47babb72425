"""How fast are SPARQL queries over HTTP beside ``oxigraph serve`` and Virtuoso, in one run?

``python bench/sparql.py 100000`` takes another number of elements, ``--store FOLDER`` a store that is there already.
``--keep FOLDER`` leaves what all servers have loaded there, and another run begins with it; ``--only star`` measures
that alone. All servers hold the same statements and are asked the same queries in turns over a connection that stays
open; the rows are compared. The bars: star, join and three hops at most 1.3 times ``oxigraph serve``; a typed path, the
cost of a tree and hubs at least 50 times as fast as ``oxigraph serve`` on the plain form; a group-by with sums faster
than Virtuoso; a crowd without an error. A run that misses one says so, and ends with 1.

A plain form that takes longer than ``LIMIT`` seconds is stopped, with its server, and counts as that long: the figure
says "more than".

Each run of a query is written in another way and mostly about another element, so no answer that was given before can
help; a row of its own tells what it costs to ask the same again, which our server has at hand. Ours has packed its
store, as a server does by itself; ``oxigraph optimized`` is the same peer after ``oxigraph optimize``. Last, fifty
clients ask our server and ``oxigraph serve`` for a minute each; ``SECONDS=5`` in the environment makes that, and each
row, shorter.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from http.client import HTTPConnection
from itertools import cycle
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.fast import QUESTIONS
from bench.generator import generate, write_triples
from graph.fast import service_graph
from graph.maps import Map, load_into, open_map
from graph.store.folder import current
from graph.store.guard import PREFIXES
from graph.store.packed import opened as read_packed
from graph.store.packed import pack
from graph.store.tokens import add_token, revoke_token

ROOT = Path(__file__).resolve().parent.parent
HEAD = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items() if prefix != "fast")
FAST = f"PREFIX fast: <{PREFIXES['fast']}> "
RUNS, LEAST, BAR = 101, 5, 1.3
FASTER = {"business services on a platform": 50, "cost of a dependency tree": 50, "twenty largest hubs": 50}
CLIENTS, CROWD_SECONDS = 50, float(os.environ.get("SECONDS", "60"))
SECONDS = min(20, CROWD_SECONDS)  # for each row
LIMIT = 60.0  # seconds for a plain form
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


class Server(NamedTuple):
    """A server that is asked."""

    port: int
    path: str
    ask: Callable[[str], list[list[str]]]
    again: Callable[[], None] = lambda: None
    """Begin it anew."""


def main() -> None:
    """Print a row for each query: medians of milliseconds, and what they are of ours."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("elements", type=int, nargs="?", default=10_000)
    words.add_argument("--store", type=Path, help="a store that is there already")
    words.add_argument("--keep", type=Path, help="where to leave what is loaded, and find it")
    words.add_argument("--only", action="append", help="a part of the name of what is measured; may be given again")
    said = words.parse_args()
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]  # a run takes long
    only: list[str] = said.only or [""]

    def chosen(name: str) -> bool:
        return any(part in name for part in only)

    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        home = said.keep / str(said.elements) if said.keep else Path(folder)
        home.mkdir(parents=True, exist_ok=True)
        store = said.store or _loaded(home, said.elements)
        opened = open_map(store=store)
        dump = _dumped(home, opened)
        queries = {name: _varied(text, *_chosen(opened)) for name, text in QUERIES.items()}
        pack(current(store) / "triples")
        service_graph(read_packed(current(store) / "triples")).keep_costs()
        found = {"ours": servers.enter_context(_ours(store)), "oxigraph": servers.enter_context(_oxigraph(home, dump))}
        plain = found["oxigraph"]
        found["oxigraph optimized"] = servers.enter_context(_oxigraph(home, dump, optimized=True))
        if shutil.which("virtuoso-t"):
            found["Virtuoso"] = servers.enter_context(_virtuoso(home, dump))
        print(
            f"{len(opened.projection):,} elements; milliseconds, medians of up to {RUNS} runs (times ours)", flush=True
        )
        rows = {name: texts for name, texts in queries.items() if chosen(name)}
        missed = [miss for name, texts in rows.items() for miss in _row(name, texts, found)]
        missed += [miss for name, texts in rows.items() for miss in _row(f"{name}, again", texts, found, again=True)]
        small = [text for name, texts in queries.items() if "sums" not in name for text in texts]
        for name, again in (("oxigraph", False), ("ours", False), ("ours", True)) if chosen("crowd") else ():
            told, errors = _crowd(found[name], small, store if name == "ours" else None, again=again)
            print(
                f"  {CLIENTS} clients, {CROWD_SECONDS:g} seconds, {name}{', asked before' * again}: {told}", flush=True
            )
            missed += [f"{errors} errors of {name}"] * bool(errors and name == "ours")
        for name in filter(chosen, FASTER):
            missed += _faster_row(name, _both_forms(name, opened), found["ours"], plain)
    sys.exit(f"missed: {'; '.join(missed)}" if missed else 0)


def _varied(query: str, tops: Sequence[str], owners: Sequence[str]) -> list[str]:
    """The query about one element after the other; one that is about none is written in another way each time."""
    owner = cycle(owners)
    about = [HEAD + query.replace("TOP", top).replace("OWNER", next(owner)) for top in tops]
    return list(dict.fromkeys(about)) if "<" in query else [f"{text} # {n}" for n, text in enumerate(about)]


def _row(name: str, queries: Sequence[str], found: dict[str, Server], *, again: bool = False) -> Iterator[str]:
    """A row for a query; but where the same is asked ``again``, each is written in another way than all before."""
    taken: dict[str, list[float]] = {server: [] for server in found}
    until, number, rows, same = time.monotonic() + SECONDS, 0, 0, True
    while number < LEAST or (number < RUNS and time.monotonic() < until):
        query, answers = queries[0] if again else f"{queries[number % len(queries)]} # run {number}", {}
        number += 1
        for server, each in found.items():
            started = time.perf_counter()
            answers[server] = each.ask(query)
            taken[server].append(1000 * (time.perf_counter() - started))
        rows += len(answers["ours"])
        same &= all(_alike(sorted(each), sorted(answers["ours"])) for each in answers.values())
    said = {server: statistics.median(each) for server, each in taken.items()}
    told = ", ".join(f"{server} {ms:.2f} ({ms / said['ours']:.2f})" for server, ms in said.items())
    print(f"  {name:20}{rows / number:>7.1f} rows: {told}{'' if same else '   ROWS DIFFER'}")
    if "sums" in name:
        if "Virtuoso" in said and said["ours"] > said["Virtuoso"]:
            yield f"{name} took {said['ours'] / said['Virtuoso']:.1f} of Virtuoso"
    elif said["ours"] > BAR * said["oxigraph"]:
        yield f"{name} took {said['ours'] / said['oxigraph']:.2f} of oxigraph, the bar is {BAR}"


def _both_forms(name: str, opened: Map) -> list[tuple[str, str]]:
    """A question in the plain form and by a fast property, about one element after the other."""
    p = opened.projection
    users = [p.users[v + 1] - p.users[v] for v in range(len(p))]
    hubs = sorted((v for v in range(len(p)) if not _is_service(p.ids[v])), key=lambda v: -users[v])
    tops = (v for v in range(len(p)) if p.classes[v].endswith("#BusinessService"))
    about = [
        [HEAD + FAST + form.format(hub=p.iris[hub], top=p.iris[top]) for form in QUESTIONS[name]]
        for hub, top in zip(hubs[:20], tops, strict=False)
    ]
    return [(f"{plain} # {n}", f"{fast} # {n}") for n, (plain, fast) in enumerate(about)]


def _is_service(element: str) -> bool:
    return element.rpartition("/")[2].startswith(("bs-", "ts-"))


def _faster_row(name: str, forms: Sequence[tuple[str, str]], ours: Server, plain: Server) -> Iterator[str]:
    """A row for a question in both forms, in turns."""
    taken: dict[str, list[float]] = {"ours": [], "oxigraph": []}
    until, rows, stopped, same = time.monotonic() + 3 * SECONDS, 0, 0, True
    for number, (text, fast) in enumerate(forms):
        if number >= LEAST and time.monotonic() > until:
            break
        started = time.perf_counter()
        expected = _within_limit(plain, text)
        taken["oxigraph"].append(1000 * (time.perf_counter() - started) if expected is not None else 1000 * LIMIT)
        started = time.perf_counter()
        answer = ours.ask(fast)
        taken["ours"].append(1000 * (time.perf_counter() - started))
        rows += len(answer)
        stopped += expected is None
        same &= expected is None or _alike(sorted(expected), sorted(answer))
    said = {server: statistics.median(each) for server, each in taken.items()}
    times, runs = said["oxigraph"] / said["ours"], len(taken["ours"])
    more, cut = "more than " * (stopped > 0), f"; {stopped} stopped after {LIMIT:g} s" * (stopped > 0)
    print(
        f"  {name:32}{rows / runs:>7.1f} rows: ours {said['ours']:.2f}, oxigraph on the plain form {more}"
        f"{said['oxigraph']:.2f} ({more}{times:.0f} times, {runs} runs{cut}){'' if same else '   ROWS DIFFER'}",
    )
    if times < FASTER[name]:
        yield f"{name} is {times:.0f} times as fast as oxigraph on the plain form, the bar is {FASTER[name]}"


def _within_limit(server: Server, text: str) -> list[list[str]] | None:
    """An answer, None where it takes too long: then the server is begun anew, or it would go on with the query."""
    told = list[list[list[str]] | BaseException]()
    once = _asking(server.port, server.path, once=True)

    def ask() -> None:
        try:
            told.append(once(text))
        except BaseException as error:  # noqa: BLE001 it is raised below
            told.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(LIMIT)
    if asking.is_alive():
        server.again()  # which ends the asking
        asking.join()
        return None
    if isinstance(told[0], BaseException):
        raise told[0]
    return told[0]


def _alike(first: list[list[str]], second: list[list[str]]) -> bool:
    """Whether two answers say the same; engines write one number in several ways."""

    def plain(cell: str) -> str:
        return f"{float(cell):.6g}" if re.fullmatch(r"-?\d+(\.\d+)?([eE]\d+)?", cell) else cell

    return [list(map(plain, row)) for row in first] == [list(map(plain, row)) for row in second]


# ── a crowd ────────────────────────────────────────────────────────────────────────────────────


def _crowd(server: Server, queries: Sequence[str], store: Path | None, *, again: bool) -> tuple[str, int]:
    """What many clients get in some seconds; for a store of ours each has a token, and so turns of its own.

    Unless they ask ``again`` what was asked before, each query is written in another way each time.
    """
    names = [f"crowd-{number}" for number in range(CLIENTS)]
    tokens = [add_token(store, name) if store else "" for name in names]
    half = CLIENTS // 2
    try:
        with ProcessPoolExecutor(2) as pool:
            parts = [
                pool.submit(_ask_all, server[:2], queries, some, again=again) for some in (tokens[:half], tokens[half:])
            ]
            taken, wrong = (sum((part.result()[n] for part in parts), list[float]()) for n in (0, 1))
    finally:
        for name in names if store else ():
            revoke_token(store, name)  # type: ignore[arg-type]  # as just asked
    taken.sort()
    return (
        f"{len(taken) / CROWD_SECONDS:,.0f} answers a second, {len(wrong)} errors, "
        f"median {1000 * taken[len(taken) // 2]:.0f} ms, 95 of 100 within {1000 * taken[len(taken) * 95 // 100]:.0f} ms"
    ), len(wrong)


def _ask_all(
    place: tuple[int, str], queries: Sequence[str], tokens: Sequence[str], *, again: bool
) -> tuple[list[float], list[float]]:
    """The seconds that each answer took, and that each error took."""
    taken, wrong, until = list[float](), list[float](), time.monotonic() + CROWD_SECONDS

    def client(number: int, token: str) -> None:
        ask = _asking(*place, token=token)
        at = number
        while time.monotonic() < until:
            at += 7
            started = time.perf_counter()
            try:
                ask(queries[at % len(queries)] + ("" if again else f" # {token} {at}"))
                taken.append(time.perf_counter() - started)
            except (OSError, SystemExit):
                wrong.append(time.perf_counter() - started)

    threads = [threading.Thread(target=client, args=each) for each in enumerate(tokens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken, wrong


# ── the map ────────────────────────────────────────────────────────────────────────────────────


def _loaded(home: Path, elements: int) -> Path:
    if not (home / "store" / "CURRENT").exists():
        with (home / "map.nt").open("wb") as out:
            write_triples(generate(elements), out)
        load_into(home / "store", [home / "map.nt"])
    return home / "store"


def _dumped(home: Path, opened: Map) -> Path:
    """All that a store holds, for other servers to load."""
    dump = home / "all.nq"
    if not dump.exists():
        with (home / "all.new").open("wb") as out:
            for graph in _graphs(opened):
                out.write(_quads(opened.store, graph))
        (home / "all.new").rename(dump)
    return dump


def _graphs(opened: object) -> list[str]:
    from graph.store import DERIVED, source_graph

    return [DERIVED, *(source_graph(source.id) for source in opened.store.sources if source.importer)]  # type: ignore[attr-defined]


def _quads(store: object, graph: str) -> bytes:
    return store.triples(graph).replace(b" .\n", f" <{graph}> .\n".encode())  # type: ignore[attr-defined,no-any-return]


def _chosen(opened: object) -> tuple[list[str], list[str]]:
    """Business services, and owners of many elements."""
    store = opened.store  # type: ignore[attr-defined]
    tops = store.select(
        f"{HEAD} SELECT DISTINCT ?x {{ ?x a sm:BusinessService ; sm:ownedBy ?o }} ORDER BY ?x LIMIT 100"
    )
    owners = store.select(f"{HEAD} SELECT ?o {{ ?x sm:ownedBy ?o }} GROUP BY ?o ORDER BY DESC(COUNT(*)) ?o LIMIT 20")
    return [row[0].text for row in tops.rows], [row[0].text for row in owners.rows]


# ── servers ────────────────────────────────────────────────────────────────────────────────────


def _port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _asking(port: int, path: str, *, token: str = "", once: bool = False) -> Callable[[str], list[list[str]]]:
    connection = HTTPConnection("127.0.0.1", port, timeout=120)
    who = {"Authorization": f"Bearer {token}"} if token else {}

    def ask(query: str) -> list[list[str]]:
        form = "application/x-www-form-urlencoded"
        headers = {"Content-Type": form, "Accept": "application/sparql-results+json", **who}
        try:
            connection.request("POST", path, f"query={quote(query)}", headers)
            answer = connection.getresponse()
        except OSError:  # it closed the connection while the others took their time
            connection.close()
            if once:
                raise
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
def _running(words: list[object], port: int, folder: Path) -> Iterator[Callable[[], None]]:
    """A server while it is asked; what is given begins it anew."""
    process: subprocess.Popen[bytes] | None = None

    def begin() -> None:
        nonlocal process
        if process is not None:
            process.kill()
            process.wait(60)
        process = subprocess.Popen([*map(str, words)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 120
        while time.monotonic() < until:
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            time.sleep(0.1)

    try:
        begin()
        yield begin
    finally:
        if process is not None:
            process.terminate()
            process.wait(60)


@contextmanager
def _ours(store: Path) -> Iterator[Server]:
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
        yield Server(port, "/sparql", _asking(port, "/sparql"))


@contextmanager
def _oxigraph(home: Path, dump: Path, *, optimized: bool = False) -> Iterator[Server]:
    program, port, folder = Path(sys.executable).with_name("oxigraph"), _port(), home / "ox"
    if optimized:
        folder = home / "optimized"
        _made(home / "is-optimized", [program, "optimize", "--location", folder])
    elif not (home / "optimized").exists():
        _made(home / "is-loaded", [program, "load", "--location", folder, "--file", dump])
        shutil.copytree(folder, home / "copied", ignore=shutil.ignore_patterns("LOCK"), dirs_exist_ok=True)
        (home / "copied").rename(home / "optimized")
    words = [program, "serve", "--location", folder, "--bind", f"127.0.0.1:{port}", "--union-default-graph"]
    with _running(words, port, home) as again:
        yield Server(port, "/query", _asking(port, "/query"), again)


@contextmanager
def _virtuoso(home: Path, dump: Path) -> Iterator[Server]:
    admin, web = _port(), _port()
    (home / "virtuoso.ini").write_text(_VIRTUOSO.format(admin=admin, web=web))
    with _running(["virtuoso-t", "-f", "-c", "virtuoso.ini"], web, home):
        load = f"log_enable(2); DB.DBA.TTLP_MT(file_to_string_output('{dump.name}'), '', 'http://x/', 512); checkpoint;"
        _made(home / "in-virtuoso", ["isql-vt", f"127.0.0.1:{admin}", "dba", "dba", f"exec={load}"])
        yield Server(web, "/sparql", _asking(web, "/sparql"))


def _made(mark: Path, words: Sequence[object]) -> None:
    """Run a program, once for a folder that is kept."""
    if not mark.exists():
        subprocess.run([*map(str, words)], cwd=mark.parent, check=True, capture_output=True)
        mark.touch()


if __name__ == "__main__":
    main()
