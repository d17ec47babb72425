"""What do the W3C suites of updates ask, and how are they put to a server? Graphs before, a request, graphs after."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection

from graph.store.embedded import DiskStore
from graph.store.interface import DEFAULT, source_graph
from tests.conformance.requests import UT
from tests.conformance.suite import MF, RDF_TYPE, RDFS_LABEL, same, statements

Graphs = tuple[tuple[str, Path], ...]
Quads = list[tuple[object, ...]]
COLUMNS = ["s", "p", "o", "g"]


@dataclass(frozen=True)
class Update:
    """One test of a manifest; the name of the default graph is ""."""

    name: str
    kind: str
    request: Path
    before: Graphs = ()
    after: Graphs = ()

    @property
    def text(self) -> str:
        """The request, with the address on which its relative IRIs stand."""
        return f"BASE <{self.request.as_uri()}>\n" + self.request.read_bytes().decode()


def updates(folder: Path) -> Iterator[Update]:
    """The tests of updates below a folder of suites: evaluation and syntax."""
    for manifest in sorted(folder.glob("sparql11/*/manifest.ttl")):
        graph = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.parent.as_uri() + "/")
        for entries in graph.objects(None, MF.entries):
            for test in Collection(graph, entries):
                kind = str(graph.value(test, RDF_TYPE)).rpartition("#")[2]
                action, name = graph.value(test, MF.action), f"{manifest.parent.name}/{str(test).rpartition('#')[2]}"
                if kind == "UpdateEvaluationTest":
                    request, result = graph.value(action, UT.request), graph.value(test, MF.result)
                    yield Update(name, kind, _path(request), _graphs(graph, action), _graphs(graph, result))
                elif "UpdateSyntax" in kind:
                    yield Update(name, kind, _path(action))


def _graphs(graph: rdflib.Graph, node: object) -> Graphs:
    named = [
        (str(graph.value(g, RDFS_LABEL)), _path(graph.value(g, UT.graph))) for g in graph.objects(node, UT.graphData)
    ]
    return (*(("", _path(file)) for file in graph.objects(node, UT.data)), *sorted(named))


def _path(iri: object) -> Path:
    return Path(str(iri).removeprefix("file://"))


def said(graphs: Graphs) -> Quads:
    """What the graphs of a test say."""
    return [(q.subject, q.predicate, q.object, graph) for graph, file in graphs for q in statements(file)]


def inserting(graphs: Graphs) -> str:
    """An update that puts the graphs of a test where they should be."""
    parts = []
    for graph, file in graphs:
        inner = "".join(f"{q.subject} {q.predicate} {q.object} .\n" for q in statements(file))
        parts.append(f"GRAPH <{graph}> {{ {inner} }}" if graph else inner)
    return f"INSERT DATA {{ {' '.join(parts)} }}"


class Ours:
    """Our endpoint on a store in a folder: what it is sent, and what the store says afterwards."""

    def __init__(self, folder: Path, netloc: str, token: str) -> None:
        self._folder, self._netloc, self._token = folder, netloc, token

    def update(self, text: str) -> tuple[int, str]:
        """Send an update; status and words."""
        return _post(self._netloc, "/sparql", text, {"Authorization": f"Bearer {self._token}"})

    def empty(self) -> str:
        """An update after which nothing is left of the test before."""
        return " ; ".join([*(f"DROP SILENT GRAPH <{graph}>" for graph in self._graphs()), "DROP SILENT DEFAULT"])

    def quads(self) -> Quads:
        """What was written."""
        store = DiskStore(self._folder)
        return [
            (q.subject, q.predicate, q.object, "" if graph == DEFAULT else graph)
            for graph in self._graphs()
            for q in ox.parse(store.triples(graph), format=ox.RdfFormat.N_TRIPLES)
        ]

    def _graphs(self) -> list[str]:
        return [source_graph(source.id) for source in DiskStore(self._folder).sources]

    @staticmethod
    def syntax(status: int, words: str) -> bool:
        """Whether an answer says that the request is no SPARQL."""
        return status == 400 and "cannot be read" in words


class Theirs:
    """A real ``oxigraph serve``."""

    def __init__(self, address: str) -> None:
        self._netloc = address.removeprefix("http://")

    def update(self, text: str) -> tuple[int, str]:
        """Send an update; status and words."""
        return _post(self._netloc, "/update", text, {})

    def empty(self) -> str:
        """An update after which nothing is left of the test before."""
        return "DROP SILENT ALL"

    def quads(self) -> Quads:
        """What it holds."""
        with closing(http.client.HTTPConnection(self._netloc, timeout=30)) as connection:
            connection.request("GET", "/store", headers={"Accept": "application/n-quads"})
            found = ox.parse(connection.getresponse().read(), format=ox.RdfFormat.N_QUADS)
        return [(q.subject, q.predicate, q.object, getattr(q.graph_name, "value", "")) for q in found]

    @staticmethod
    def syntax(status: int, words: str) -> bool:
        """Whether an answer says that the request is no SPARQL."""
        return status == 400 and "error at" in words


def _post(netloc: str, path: str, text: str, headers: dict[str, str]) -> tuple[int, str]:
    connection = http.client.HTTPConnection(netloc, timeout=60)
    connection.request("POST", path, text.encode(), {"Content-Type": "application/sparql-update", **headers})
    answer = connection.getresponse()
    words = answer.read().decode()
    connection.close()
    return answer.status, words


def put(server: Ours | Theirs, case: Update) -> str:
    """Put a test to a server; "" when it passes, else why not."""
    if "Syntax" in case.kind:
        return _syntax(server, case)
    status, words = server.update(f"{server.empty()} ; {inserting(case.before)}")
    assert status < 300, words
    status, words = server.update(case.text)
    if status >= 300:
        return f"{status}: {words[:200]}"
    found = server.quads()
    return "" if same((COLUMNS, found), (COLUMNS, said(case.after)), ordered=False) else f"another dataset: {found[:9]}"


def _syntax(server: Ours | Theirs, case: Update) -> str:
    """What is no SPARQL is not done; what is one is never called none, also where it is refused for something else."""
    status, words = server.update(case.text)
    if "Negative" in case.kind:
        return "" if 400 <= status < 500 else f"{status} for what is no update"
    return f"{status}: {words[:200]}" if server.syntax(status, words) else ""
