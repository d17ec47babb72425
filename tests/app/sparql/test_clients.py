"""Programs that people use understand the endpoint: SPARQLWrapper, rdflib and curl, over HTTP."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore, SPARQLUpdateStore

from app.doors import Doors
from app.sparql.alone import create_programs
from app.sparql.endpoint import Endpoint
from graph.maps import load_into
from graph.store.embedded import DiskStore
from graph.store.tokens import Tokens, add_token
from tests.graph.written import SHOP, write

SM = "PREFIX sm: <https://w3id.org/servicemap#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
NAMES = SM + "SELECT ?n { ?x a sm:Database ; rdfs:label ?n }"


@pytest.fixture(scope="module")
def served(serve, tmp_path_factory):
    """The address of a server that takes writes, and a token for it."""
    home = tmp_path_factory.mktemp("clients")
    folder = home / "store"
    load_into(folder, [write(home, SHOP)])
    endpoint = Endpoint(lambda: DiskStore(folder), Doors(Tokens(folder), writable=True))
    yield serve(create_programs(endpoint)), add_token(folder, "client", write=True)
    endpoint.close()


def wrapper(address):
    found = pytest.importorskip("SPARQLWrapper", reason="SPARQLWrapper is not installed")
    return found, found.SPARQLWrapper(f"{address}/sparql")


@pytest.mark.parametrize("form", ["json", "xml", "csv", "tsv"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_sparqlwrapper_selects(served, form, method):
    _, client = wrapper(served[0])
    client.setQuery(NAMES)
    client.setReturnFormat(form)
    client.setMethod(method)
    found = client.query().convert()
    text = found.toxml() if form == "xml" else json.dumps(found) if form == "json" else found.decode()
    assert "db" in text


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # SPARQLWrapper still uses it
@pytest.mark.parametrize("form", ["turtle", "xml", "n3", "json-ld"])
def test_sparqlwrapper_constructs(served, form):
    _, client = wrapper(served[0])
    client.setQuery(SM + "CONSTRUCT { ?x rdfs:label ?n } WHERE { ?x a sm:Database ; rdfs:label ?n }")
    client.setReturnFormat(form)
    found = client.query().convert()
    graph = found if isinstance(found, rdflib.Graph) else rdflib.Graph().parse(data=found, format="turtle")
    assert [str(label) for label in graph.objects(None, rdflib.RDFS.label)] == ["db"]


def test_sparqlwrapper_asks_and_is_told_what_is_wrong(served):
    found, client = wrapper(served[0])
    client.setQuery(SM + "ASK { ?x a sm:Database }")
    client.setReturnFormat("json")
    assert client.query().convert()["boolean"] is True
    client.setQuery("SELECT nothing")
    with pytest.raises(found.SPARQLExceptions.QueryBadFormed, match="not SPARQL"):
        client.query()


def test_sparqlwrapper_updates(served):
    address, token = served
    _, client = wrapper(address)
    client.setMethod("POST")
    client.addCustomHttpHeader("Authorization", f"Bearer {token}")
    client.setQuery("INSERT DATA { GRAPH <http://x/w> { <http://x/a> <http://x/b> 'wrapper' } }")
    assert client.query().response.status == 201


def test_rdflib_reads(served):
    graph = rdflib.Graph(SPARQLStore(f"{served[0]}/sparql"))
    (row,) = graph.query(NAMES)
    assert str(row.n) == "db"
    database = rdflib.URIRef("https://w3id.org/servicemap#Database")
    assert len(list(graph.subjects(rdflib.RDF.type, database))) == 1
    built = graph.query(SM + "CONSTRUCT { ?x rdfs:label ?n } WHERE { ?x a sm:Database ; rdfs:label ?n }")
    assert len(built.graph) == 1


def test_rdflib_writes(served):
    address, token = served
    heads = {"Authorization": f"Bearer {token}"}
    store = SPARQLUpdateStore(f"{address}/sparql", f"{address}/sparql", headers=heads)
    graph = rdflib.Graph(store, identifier=rdflib.URIRef("http://x/rdflib"))
    statement = (rdflib.URIRef("http://x/a"), rdflib.URIRef("http://x/b"), rdflib.Literal('ä\n"b"'))
    graph.add(statement)
    assert list(graph) == [statement]
    graph.remove(statement)
    assert len(graph) == 0


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_asks_puts_and_reads(served, tmp_path):
    address, token = served

    def curl(*words):
        return subprocess.run(["curl", "-sS", *words], capture_output=True, text=True, check=True).stdout

    assert json.loads(curl(f"{address}/sparql", "--data-urlencode", f"query={NAMES}"))["results"]["bindings"]
    assert "db" in curl(
        "-G", "--compressed", "-H", "Accept: text/csv", f"{address}/sparql", "--data-urlencode", f"query={NAMES}"
    )
    file = tmp_path / "more.ttl"
    file.write_text("<http://x/a> <http://x/b> 'curl' .")
    put = ["-X", "PUT", "-u", f"any:{token}", "-H", "Content-Type: text/turtle", "-T", str(file), "-w", "%{http_code}"]
    assert curl(*put, f"{address}/graphs?graph=http://x/curl") == "201"
    assert "'curl'" in curl("-H", "Accept: text/turtle", f"{address}/graphs?graph=http://x/curl").replace('"', "'")
