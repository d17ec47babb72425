"""Are shapes read whole, or refused with their name?"""

from __future__ import annotations

import pytest

from ontology import terms as t
from ontology.constraints import ShapeError, Term, read_shapes, shape_triples
from ontology.vocabulary import shape_files

PREFIXES = """
@prefix : <https://example.org/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


@pytest.fixture
def read(tmp_path):
    def make(turtle: str):
        file = tmp_path / "shapes.ttl"
        file.write_text(PREFIXES + turtle, encoding="utf-8")
        return read_shapes(shape_triples([file]))

    return make


def test_every_shipped_shape_is_read() -> None:
    shapes = read_shapes(shape_triples(shape_files()))

    assert len(shapes) == sum(file.read_text(encoding="utf-8").count("a sh:NodeShape") for file in shape_files())
    assert all(shape.targets for shape in shapes)
    # these have no property of their own: what they may say is said of what they are a kind of
    alone = {"shape of a management group", "shape of a start event", "shape of a task", "shape of an end event"}
    assert {shape.name for shape in shapes if not shape.constraints} == alone


def test_a_property_knows_its_demands_its_message_and_its_severity(read) -> None:
    (shape,) = read(
        ':s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:in ( 01 "a"@en ) ; sh:severity sh:Info ; sh:message "Ja"@de, "Yes" ] .'
    )
    (demand,) = shape.constraints
    (inner,) = demand.shapes
    said = {constraint.name: constraint for constraint in inner.constraints}

    assert (inner.route.iri, inner.severity, inner.message) == ("https://example.org/p", t.SH_INFO, "Yes")
    assert said["minCount"].least == 1
    assert said["in"].terms == (Term("literal", "1", t.XSD_INTEGER), Term("literal", "a", "", "en"))


def test_paths_are_read_with_all_their_parts(read) -> None:
    (shape,) = read(
        ":s a sh:PropertyShape ; sh:targetNode :a ; sh:path ( [ sh:inversePath :p ] [ sh:zeroOrMorePath [ sh:alternativePath ( :p :q ) ] ] ) ."
    )

    first, second = shape.route.parts
    assert (shape.route.kind, first.kind, second.kind, second.parts[0].kind) == (
        "sequence",
        "inverse",
        "zeroOrMore",
        "alternative",
    )
    assert [part.iri for part in second.parts[0].parts] == ["https://example.org/p", "https://example.org/q"]


def test_closed_allows_the_properties_of_the_shape_and_those_it_ignores(read) -> None:
    (shape,) = read(
        ":s sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( :q ) ; sh:property [ sh:path :p ] ."
    )

    (closed,) = [constraint for constraint in shape.constraints if constraint.name == "closed"]
    assert [term.text for term in closed.terms] == ["https://example.org/p", "https://example.org/q"]


REFUSED = {
    "SPARQL": (":s sh:targetClass :C ; sh:sparql [ sh:select 'SELECT' ] .", "the shape 'https://example.org/s' uses sh:sparql"),
    "a rule": (":s sh:targetClass :C ; rdfs:label 'mine' ; sh:rule [ ] .", "the shape 'mine' uses sh:rule"),
    "a target by query": (":s sh:target [ ] .", "uses sh:target,"),
    "a part": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:expression [ ] ] .", "the shape 'a part of https://example.org/s' uses sh:expression"),
    "a component of its own": (":s sh:targetClass :C ; sh:js [ ] .", "uses sh:js"),
    "a circle": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:node :s ] .", "refers to itself"),
    "a shape that is not there": (":s sh:targetClass :C ; sh:node :gone .", "refers to a shape that is not there"),
    "a property without a path": (":s sh:targetClass :C ; sh:property [ sh:class :D ] .", "sh:property that is no property shape"),
    "a node with a path": (":s sh:targetClass :C ; sh:node [ sh:path :p ] .", "sh:node that is no node shape"),
    "a count without a path": (":s sh:targetClass :C ; sh:minCount 1 .", "has sh:minCount without sh:path"),
    "a count that is none": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 'one' ] .", "no whole number"),
    "a count below none": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxCount -1 ] .", "no whole number"),
    "two counts": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1, 2 ] .", "more than one sh:minCount"),
    "two datatypes": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:datatype xsd:string, xsd:integer ] .", "more than one sh:datatype"),
    "two paths": (":s sh:targetClass :C ; sh:property [ sh:path :p, :q ] .", "more than one sh:path"),
    "a path that is none": (":s sh:targetClass :C ; sh:property [ sh:path [ ] ] .", "has a sh:path that is none"),
    "a path of one step": (":s sh:targetClass :C ; sh:property [ sh:path ( :p ) ] .", "has a sh:path that is none"),
    "an empty list": (":s sh:targetClass :C ; sh:or () .", "has an empty list in sh:or"),
    "a list that is none": (":s sh:targetClass :C ; sh:or :x .", "has a list in sh:or that is none"),
    "a pattern that is none": (":s sh:targetClass :C ; sh:pattern '(' .", "has a sh:pattern that is none"),
    "flags of another dialect": (":s sh:targetClass :C ; sh:pattern 'a' ; sh:flags 'x' .", "sh:flags other than i and m"),
    "flags alone": (":s sh:targetClass :C ; sh:flags 'i' .", "has sh:flags without sh:pattern"),
    "a class that is a text": (":s sh:targetClass :C ; sh:class 'C' .", "has a sh:class that is no IRI"),
    "a bound that is a thing": (":s sh:targetClass :C ; sh:minInclusive :C .", "has a sh:minInclusive that is no literal"),
    "a target that is a text": (":s sh:targetClass 'C' .", "has a sh:targetClass that is no IRI"),
    "a kind of node that is none": (":s sh:targetClass :C ; sh:nodeKind sh:Thing .", "has a sh:nodeKind that is none"),
    "neither true nor false": (":s sh:targetClass :C ; sh:closed 'yes' .", "neither true nor false"),
    "a qualified shape without a count": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :D ] ] .", "without a count"),
    "a qualified count without a shape": (":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:qualifiedMinCount 1 ] .", "without sh:qualifiedValueShape"),
    "no Turtle": (":s sh:targetClass", "shapes.ttl"),
}  # fmt: skip


@pytest.mark.parametrize("turtle", REFUSED)
def test_what_cannot_be_checked_is_refused_with_the_name_of_the_shape(read, turtle: str) -> None:
    text, words = REFUSED[turtle]

    with pytest.raises(ShapeError) as refused:
        read(text)

    assert words in str(refused.value)


def test_a_shape_that_nothing_points_at_is_refused_as_well(read) -> None:
    """A shape without targets may be used by another one tomorrow; what is wrong in it is told today."""
    with pytest.raises(ShapeError, match="uses sh:sparql"):
        read(":unused a sh:NodeShape ; sh:sparql [ ] .")
