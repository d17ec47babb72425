"""Which words bring an example of their own? A map file in ``skos:example``, beside the word in its module."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyoxigraph as ox

from graph.maps import Map, open_map
from graph.ntriples import statements
from graph.store.interface import source_graph
from ontology import terms as t
from ontology.vocabulary import HOME


@cache
def examples(home: Path = HOME) -> dict[str, str]:
    """The map file of each word that has one."""
    found = {}
    for file in (*sorted(home.glob("*.ttl")), *sorted(home.glob("codes/*.ttl"))):
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            if quad.predicate.value == t.SKOS + "example":
                found[quad.subject.value] = quad.object.value
    return found


def opened(text: str, folder: Path) -> Map:
    """The map that an example makes."""
    file = folder / "example.yaml"
    file.write_text(text, encoding="utf-8")
    return open_map([file])


@cache
def words_of_examples() -> frozenset[str]:
    """The properties, classes and codes that the examples use."""
    return frozenset(_words())


def _words() -> Iterator[str]:
    for text in examples().values():
        with TemporaryDirectory() as folder:
            store = opened(text, Path(folder)).store
            for source in store.sources:
                for statement in statements(store.triples(source_graph(source.id))):
                    yield statement.predicate
                    if statement.value.is_iri:
                        yield statement.value.text
