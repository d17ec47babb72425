"""What do the tests of the ontology share? Its statements, and a store that holds it beside a few lines of Turtle."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain

import pyoxigraph as ox
import pytest

from ontology.vocabulary import HOME, ontology_files, shape_files

GRAPH = "https://w3id.org/servicemap/graph/"
PREFIXES = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix : <https://w3id.org/servicemap/id/shop/> .
"""
StoreOf = Callable[[str], ox.Store]


def _triples(files: tuple) -> list[ox.Triple]:
    parsed = (ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True) for file in files)
    return [quad.triple for quad in chain.from_iterable(parsed)]


@pytest.fixture(scope="session")
def words() -> list[ox.Triple]:
    """Every statement of the modules and code lists."""
    return _triples(ontology_files())


@pytest.fixture(scope="session")
def shapes() -> ox.Store:
    """Every statement of the shapes and of what they are about, to be queried."""
    store = ox.Store()
    store.extend(ox.Quad(*triple) for triple in _triples((*ontology_files(), *shape_files())))
    return store


@pytest.fixture
def store_of() -> StoreOf:
    """A store with the ontology and one source that says what a Turtle text says."""

    def make(turtle: str) -> ox.Store:
        store = ox.Store()
        for file in ontology_files():
            store.load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(GRAPH + "ontology"))
        source = ox.NamedNode(GRAPH + "source/shop.yaml")
        store.load(input=(PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE, to_graph=source)
        return store

    return make


@pytest.fixture
def derive() -> Callable[..., set[tuple[str, str, str]]]:
    """Run the rules (all of them, or those named) over a store; tells what is new, in short names."""

    def run(store: ox.Store, *names: str) -> set[tuple[str, str, str]]:
        graph, new = ox.NamedNode(GRAPH + "derived"), set()
        for rule in sorted(HOME.glob("rules/*.rq")):
            if not names or rule.stem in names:
                found = list(store.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True))
                known = {t for t in found if any(store.quads_for_pattern(t.subject, t.predicate, t.object, None))}
                store.extend(ox.Quad(*triple, graph) for triple in found)
                new |= {(_short(t.subject), _short(t.predicate), _short(t.object)) for t in set(found) - known}
        return new

    return run


def _short(term: ox.NamedNode | ox.Literal | ox.BlankNode) -> str:
    text = term.value
    for start in ("https://w3id.org/servicemap/id/shop/", "https://w3id.org/servicemap#"):
        text = text.removeprefix(start)
    return text.replace("#", "/").rpartition("/")[2] if text.startswith("http") else text
