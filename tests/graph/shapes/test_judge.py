"""One thing at a time: what the standard says where pySHACL does otherwise, and what cannot be compared with it."""

from __future__ import annotations

import pytest

from graph.shapes import broken
from graph.shapes.judge import Classes, Judge
from graph.store import Value
from tests.graph.shapes.alike import Bare, said, shapes_of


def found(folder, data: str, shape: str) -> set[str]:
    return {focus for _, focus, _, _ in said(list(broken(Bare(data), shapes_of(folder, shape)[1])))}


def test_the_inverse_of_a_sequence_runs_from_its_end(tmp_path) -> None:
    """pySHACL goes back the first step first."""
    shape = ":s sh:targetNode :end ; sh:property [ sh:path [ sh:inversePath ( :p :q ) ] ; sh:minCount 1 ] ."

    assert found(tmp_path, ":a :p :b . :b :q :end .", shape) == set()
    assert found(tmp_path, ":a :q :b . :b :p :end .", shape) == {"end"}


def test_values_that_cannot_be_compared_are_not_less(tmp_path) -> None:
    """pySHACL stumbles over them."""
    shape = ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:lessThan :q ] ."

    assert found(tmp_path, ':a :p 1 ; :q "x"^^xsd:gYear . :b :p 1 ; :q 2 .', shape) == {"a"}


def test_no_number_is_outside_of_every_bound(tmp_path) -> None:
    shape = ":s sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:minInclusive 0.0 ] ."

    assert found(tmp_path, ':a :p "NaN"^^xsd:double . :b :p 1 .', shape) == {"a"}


def test_a_blank_node_is_judged_like_any_thing(tmp_path) -> None:
    shape = ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:property [ sh:path :q ; sh:minCount 1 ] ] ."

    results = list(broken(Bare("[] a :C . [] a :C ; :p [ :q 1 ] . [] a :C ; :p [] ."), shapes_of(tmp_path, shape)[1]))

    assert [result.focus.kind for result in results] == ["bnode", "bnode"]


def test_a_path_in_a_circle_ends(tmp_path) -> None:
    shape = ":s sh:targetNode :a ; sh:property [ sh:path [ sh:oneOrMorePath :p ] ; sh:maxCount 2 ] ."

    assert found(tmp_path, ":a :p :b . :b :p :a .", shape) == set()
    assert found(tmp_path, ":a :p :b . :b :p :c . :c :p :a .", shape) == {"a"}


@pytest.mark.parametrize(("node", "is_target"), [("a", True), ("b", True), ("c", False)])
def test_an_instance_of_a_class_below_is_a_target(tmp_path, node: str, is_target: bool) -> None:
    data = Bare(":a a :C . :b a :E . :c a :F . :E rdfs:subClassOf :D . :D rdfs:subClassOf :C .")
    (shape,) = shapes_of(tmp_path, ":s sh:targetClass :C .")[1]

    assert Judge(data, Classes(data)).is_target(shape.targets, Value("uri", f"https://example.org/{node}")) is is_target


def test_classes_in_a_circle_are_below_each_other() -> None:
    classes = Classes(Bare(":C rdfs:subClassOf :D . :D rdfs:subClassOf :C ."))

    assert classes.below("https://example.org/C") == classes.below("https://example.org/D")
