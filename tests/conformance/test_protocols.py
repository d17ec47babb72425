"""The endpoint passes every W3C test of the SPARQL Protocol, the Graph Store Protocol and the service description."""

from __future__ import annotations

import urllib.request

import pytest
import rdflib

from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.store.embedded import DiskStore
from graph.store.tokens import Tokens, add_token
from graph.store.update import Author, put_graph
from tests.conformance.requests import dialogues, talk
from tests.examples import some

SD = rdflib.Namespace("http://www.w3.org/ns/sparql-service-description#")
EVERYBODY = Author("test", lambda _: True)


@pytest.fixture(scope="module")
def written(serve, tmp_path_factory):
    """A server that takes writes: its store, its place and a token."""
    folder = tmp_path_factory.mktemp("written") / "store"
    DiskStore(folder, writable=True).close()
    token = add_token(folder, "test", write=True)
    endpoint = Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder), writable=True))
    yield folder, serve(create_programs(endpoint)).removeprefix("http://"), token
    endpoint.close()


@pytest.mark.parametrize("number", some(range(34), 2))
def test_the_protocol(written, suites, number):
    folder, netloc, token = written
    dialogue = dialogues(suites / "sparql11" / "protocol" / "manifest.ttl")[number]
    known = {source.id for source in DiskStore(folder).sources}
    for graph, file in dialogue.graphs:
        if f"<{graph}>" in known:
            continue
        put_graph(folder, graph, [("ntriples", file.read_bytes())], EVERYBODY, replace=True)
    assert talk(netloc, token, dialogue, {"/sparql/": "/sparql/"}) == "", dialogue.name


GRAPH_TESTS = [*(("direct", n) for n in range(4)), *(("indirect", n) for n in range(9))]


@pytest.mark.parametrize(("manifest", "number"), GRAPH_TESTS[3::5])
def test_the_graph_store_protocol(serve, tmp_path, suites, manifest, number):
    assert graph_test(serve, tmp_path, suites, manifest, number) == ""


def graph_test(serve, folder, suites, manifest, number):
    """Put a test of the graph store to a server with an empty store; ``make soak`` puts all of them."""
    DiskStore(folder / "store", writable=True).close()
    token = add_token(folder / "store", "test", write=True)
    endpoint = Endpoint(lambda: DiskStore(folder / "store"), Doors(Tokens(folder / "store"), writable=True))
    netloc = serve(create_programs(endpoint)).removeprefix("http://")
    dialogue = dialogues(suites / "sparql11" / "graph-store-protocol" / f"manifest-{manifest}.ttl")[number]
    said = talk(netloc, token, dialogue, {"/gsp": "/graphs"})
    endpoint.close()
    return said and f"{dialogue.name}: {said}"


def test_no_test_of_the_protocols_is_left_out(suites):
    folder = suites / "sparql11"
    assert len(dialogues(folder / "protocol" / "manifest.ttl")) == 34
    assert [len(dialogues(folder / "graph-store-protocol" / f"manifest-{n}.ttl")) for n in ("direct", "indirect")] == [
        4,
        9,
    ]


def test_the_service_description(written):
    """The three tests of its suite: it is RDF, it names the endpoint, and it keeps to the words of the vocabulary."""
    _, netloc, _ = written
    address = f"http://{netloc}/sparql"
    with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept": "application/rdf+xml"})) as answer:
        graph = rdflib.Graph().parse(data=answer.read(), format="xml")
    (service,) = graph.subjects(SD.endpoint, rdflib.URIRef(address))
    assert (service, rdflib.RDF.type, SD.Service) in graph
    assert set(graph.objects(service, SD.supportedLanguage)) == {SD.SPARQL11Query, SD.SPARQL11Update}
    dataset = graph.value(service, SD.defaultDataset)
    assert (dataset, rdflib.RDF.type, SD.Dataset) in graph
    assert (graph.value(dataset, SD.defaultGraph), rdflib.RDF.type, SD.Graph) in graph
    for named in graph.objects(dataset, SD.namedGraph):
        assert (named, rdflib.RDF.type, SD.NamedGraph) in graph
        assert graph.value(named, SD.name) is not None
