"""How are the W3C tests of the protocols put to a server? Requests of a manifest, in order, each with what it expects."""

from __future__ import annotations

import http.client
import json
import urllib.parse
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic

from tests.conformance.suite import MF

HT = rdflib.Namespace("http://www.w3.org/2011/http#")
CNT = rdflib.Namespace("http://www.w3.org/2011/content#")
UT = rdflib.Namespace("http://www.w3.org/2009/sparql/tests/test-update#")
NAMES = {"OK": "200", "Created": "201", "NoContent": "204", "NotFound": "404"}
TABULAR = ("sparql-results+json", "sparql-results+xml", "text/csv", "text/tab-separated-values")
YES_OR_NO = ("sparql-results+json", "sparql-results+xml")
RDF = ("rdf+xml", "text/turtle", "n-triples")


@dataclass(frozen=True)
class Step:
    """A request, and what its answer should be."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    statuses: tuple[str, ...] = ()
    answer: bool | None = None
    form: str = ""
    graph: tuple[str, str] | None = None
    location: str = ""


@dataclass(frozen=True)
class Dialogue:
    """A test: graphs that must be there, and the requests."""

    name: str
    steps: tuple[Step, ...]
    graphs: tuple[tuple[str, Path], ...] = ()


def dialogues(manifest: Path) -> list[Dialogue]:
    """The tests of a manifest, in its order."""
    g = rdflib.Graph().parse(manifest, format="turtle", publicID=manifest.as_uri())
    found = []
    for entries in g.objects(None, MF.entries):
        for test in Collection(g, entries):
            requests = Collection(g, g.value(g.value(test, MF.action), HT.requests))
            graphs = [
                (str(g.value(each, rdflib.RDFS.label)), Path(str(g.value(each, UT.graph)).removeprefix("file://")))
                for each in g.objects(test, UT.graphData)
            ]
            found.append(Dialogue(str(test).rpartition("#")[2], tuple(_step(g, r) for r in requests), tuple(graphs)))
    return found


def _step(g, request):
    answer = g.value(request, HT.resp)
    heads = _headers(g, request)
    body = g.value(g.value(request, HT.body), CNT.chars) if g.value(request, HT.body) else None
    expected = g.value(g.value(answer, HT.body), CNT.chars) if g.value(answer, HT.body) else None
    text = "" if body is None else str(body)
    if "multipart" in heads.get("content-type", ""):
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    said = g.value(answer, MF.expectedBoolean)
    names = [str(each).rpartition("#")[2] for each in g.objects(answer, MF.expectedStatus)]
    return Step(
        str(g.value(request, HT.methodName)),
        str(g.value(request, HT.absolutePath)),
        heads,
        text.encode("utf-16" if "UTF-16" in heads.get("content-type", "") else "utf-8"),
        tuple(NAMES.get(name, name.removeprefix("StatusCode")) for name in names),
        None if said is None else said.toPython(),
        str(g.value(answer, MF.expectedFormat) or ""),
        None if expected is None else (str(expected), _headers(g, answer).get("content-type", "")),
        str(g.value(answer, MF.expectedLocation) or ""),
    )


def _headers(g, node):
    heads = g.value(node, HT.headers)
    if heads is None:
        return {}
    return {str(g.value(h, HT.fieldName)): str(g.value(h, HT.fieldValue)) for h in Collection(g, heads)}


def talk(netloc: str, token: str, dialogue: Dialogue, path: dict[str, str]) -> str:
    """Hold a dialogue with a server; "" when it goes as it should, else what went otherwise.

    ``path`` says what the first part of an address of the manifest is here.
    """
    known: dict[str, str] = {}
    for number, step in enumerate(dialogue.steps, 1):
        wrong = _say(netloc, token, step, path, known)
        if wrong:
            return f"request {number}: {wrong}"
    return ""


def _say(netloc, token, step, path, known):
    at, body = step.path, step.body
    for name, value in known.items():
        at, body = at.replace(name, urllib.parse.quote(value, safe="")), body.replace(name.encode(), value.encode())
    for old, new in path.items():
        at = new + at.removeprefix(old) if at.startswith(old) else at
    connection = http.client.HTTPConnection(netloc, timeout=60)
    connection.request(step.method, at, body or None, {**step.headers, "Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    said, media = answer.read(), answer.headers.get("Content-Type", "")
    connection.close()
    status = str(answer.status)
    if not any(status == wanted or (wanted.endswith("xx") and status[0] == wanted[0]) for wanted in step.statuses):
        return f"{status} is none of {step.statuses}: {said[:200]!r}"
    if step.location:
        known[step.location] = answer.headers.get("Location", "")
        if not known[step.location]:
            return "there is no Location"
    if step.answer is not None and json.loads(said)["boolean"] is not step.answer:
        return f"the answer is {said!r}"
    fits = {"tabular": TABULAR, "boolean": YES_OR_NO, "RDF": RDF}.get(step.form)
    if fits is not None and not any(name in media for name in fits):
        return f"{media} is none of {fits}"
    if step.graph is not None and not _same_graph(step.graph[0], said):
        return f"another graph: {said[:300]!r}"
    return ""


def _same_graph(text: str, said: bytes) -> bool:
    """Turtle as the engine reads it; the manifest's own notation."""
    return isomorphic(_graph(text.encode()), _graph(said))


def _graph(text: bytes) -> rdflib.Graph:
    quads = ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri="http://www.example/")
    lines = ox.serialize((quad.triple for quad in quads), format=ox.RdfFormat.N_TRIPLES) or b""
    return rdflib.Graph().parse(data=lines, format="nt")
