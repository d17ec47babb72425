"""Turtle and N-Triples in our vocabulary."""

import pytest

from graph.maps import open_map
from graph.model import InputError
from tests.graph.written import opened, write

TURTLE = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix x: <https://w3id.org/servicemap/id/shop/> .

x:web a sm:Application ; rdfs:label "Web" .
<https://w3id.org/servicemap/id/shop/web/dependency/needs/shop/db> a sm:Dependency ;
    sm:dependent x:web ; sm:provider x:db ; sm:kind sm:kind-needs ; sm:strength sm:strength-required .
"""


def test_a_dependency_in_turtle_arrives_and_its_open_end_is_a_stub(tmp_path):
    p = opened(tmp_path, TURTLE, "map.ttl").projection
    assert p.dependencies == 1
    assert (p.labels[p.find("db")], bool(p.stub[p.find("db")])) == ("db", True)


def test_lines_of_subjects_are_known(tmp_path):
    map_ = opened(tmp_path, TURTLE, "map.ttl")
    (source,) = map_.store.sources
    assert sorted(map_.store.lines(source.id).values()) == [6, 7]


def test_ntriples_give_the_same_map(tmp_path):
    first = opened(tmp_path, TURTLE, "map.ttl")
    (source,) = first.store.sources
    from graph.store import source_graph

    file = write(tmp_path, first.store.triples(source_graph(source.id)).decode(), "again.nt")
    again = open_map([file]).projection
    assert (again.ids, again.dependencies) == (first.projection.ids, first.projection.dependencies)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x:a x:b x:c .", "map.ttl:1: not valid RDF"),
        ("<http://a> <http://b> ", "map.ttl:1: not valid RDF"),
        ("[" * 5_000, "map.ttl:1: nested deeper than 200; write it flatter"),
    ],
)
def test_broken_turtle_is_one_line(tmp_path, text, message):
    with pytest.raises(InputError) as error:
        opened(tmp_path, text, "map.ttl")
    (problem,) = error.value.problems
    assert message in str(problem)
    assert "\n" not in str(problem)


def test_blank_nodes_get_names(tmp_path):
    map_ = opened(tmp_path, TURTLE + "x:web sm:monthlyCost [ sm:amount 3 ] .\n", "map.ttl")
    assert not list(
        map_.store.select("SELECT ?s ?o { ?s ?p ?o FILTER(isBlank(?o)) FILTER(CONTAINS(STR(?s), '/id/')) }").rows
    )
