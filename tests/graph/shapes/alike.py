"""How do tests ask both engines? A bare store of a few statements, shapes in Turtle, and what each engine objects to."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from graph.shapes import Broken, broken, broken_by_pyshacl
from graph.shapes.terms import literal
from graph.store import DERIVED, Value
from graph.store.loaded import Loaded
from graph.store.reading import Reading
from ontology.constraints import Shape, Triple, read_shapes, shape_triples

PREFIXES = """
@prefix : <https://example.org/> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix sm: <https://w3id.org/servicemap#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
Said = set[tuple[str, str, str, str]]


class Bare(Reading):
    """A store that holds what a Turtle text says, and no ontology."""

    def __init__(self, turtle: str) -> None:
        self._triples, self._loaded = ox.Store(), Loaded()
        self._triples.load(
            input=(PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(DERIVED)
        )

    def lines(self, source_id: str) -> dict[str, int]:
        return {}


def shapes_of(folder: Path, turtle: str) -> tuple[tuple[Triple, ...], tuple[Shape, ...]]:
    """The shapes of a Turtle text: their statements, and what they ask for."""
    file = folder / "shapes.ttl"
    file.write_text(PREFIXES + turtle, encoding="utf-8")
    triples = shape_triples([file])
    return triples, read_shapes(triples)


def said(results: list[Broken]) -> Said:
    """Results without what tells nothing: focus, property, component and value as short words."""
    return {(_short(r.shape.name), _word(r.focus), _short(r.path), f"{r.component} {_word(r.value)}") for r in results}


def both(data: Bare, triples: tuple[Triple, ...], shapes: tuple[Shape, ...]) -> tuple[Said, Said]:
    """What the checks say, and what pySHACL says."""
    return said(list(broken(data, shapes))), said(list(broken_by_pyshacl(data, triples, shapes)))


def _word(value: Value | None) -> str:
    """A value in the spelling of rdflib, which is pySHACL's."""
    if value is None or value.kind != "literal":
        return _short(value.text) if value else ""
    read = literal(value)
    return f"{read}@{value.language.lower()}" if value.language else f"{read}^^{value.datatype.rpartition('#')[2]}"


def _short(text: str) -> str:
    return text.removeprefix("https://example.org/")
