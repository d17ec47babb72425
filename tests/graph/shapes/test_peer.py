"""pySHACL is asked about what the store holds, and its answer is in our terms."""

from __future__ import annotations

from graph.shapes import broken_by_pyshacl
from graph.store import Value
from tests.graph.shapes.alike import Bare, shapes_of


def test_pyshacl_sees_numbers_as_the_store_spells_them(tmp_path) -> None:
    triples, shapes = shapes_of(tmp_path, ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:hasValue 1.50 ] .")

    assert list(broken_by_pyshacl(Bare(":a :p 1.5 . :b :p 01.500 ."), triples, shapes)) == []


def test_a_result_names_thing_property_demand_shape_and_value(tmp_path) -> None:
    triples, shapes = shapes_of(tmp_path, ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:class :C ] .")

    (result,) = broken_by_pyshacl(Bare(":a :p :b ."), triples, shapes)

    assert (result.focus, result.value) == (
        Value("uri", "https://example.org/a"),
        Value("uri", "https://example.org/b"),
    )
    assert (result.path, result.component) == ("https://example.org/p", "ClassConstraintComponent")
    assert result.shape is shapes[0].constraints[0].shapes[0]


def test_what_a_referred_shape_finds_is_told_once(tmp_path) -> None:
    """pySHACL hangs the details below the result; they are no results of their own."""
    triples, shapes = shapes_of(
        tmp_path, ":s sh:targetNode :a ; sh:node [ sh:property [ sh:path :p ; sh:minCount 1 ] ] ."
    )

    (result,) = broken_by_pyshacl(Bare(":a :q 1 ."), triples, shapes)

    assert result.component == "NodeConstraintComponent"


def test_a_word_that_is_no_truth_value_is_not_taken_for_false(tmp_path) -> None:
    triples, shapes = shapes_of(
        tmp_path, ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:datatype xsd:boolean ] ."
    )

    (result,) = broken_by_pyshacl(Bare(':a :p "maybe"^^xsd:boolean . :b :p true .'), triples, shapes)

    assert result.focus.text == "https://example.org/a"
