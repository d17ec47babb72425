"""A finding about claims that differ names each source, its line and what it says; others stay as they are."""

from graph.claims import with_sources
from graph.maps import open_map
from graph.model import Finding, Severity
from tests.graph.written import write


def test_each_source_is_named_with_what_it_says(tmp_path):
    one = "elements:\n  - {id: a, kind: service, depends_on: [{on: b, strength: degrading}]}\n  - {id: b, kind: service}\n"
    first = write(tmp_path, one, "one.yaml")
    (iri,) = open_map([first]).projection.edges.iris
    sm = "https://w3id.org/servicemap#"
    second = write(tmp_path, f"<{iri}> <{sm}strength> <{sm}strength-required> .\n", "two.ttl")
    map_ = open_map([first, second])
    (told,) = with_sources(map_.store, map_.projection.findings)
    assert told.message.endswith(f"{first}:2 says degrading, {told.message.rpartition(', ')[2]}")
    assert "two.ttl" in told.message
    assert told.message.endswith("says required")
    assert (told.where.path, told.where.line) == (str(first), 2)


def test_a_finding_about_anything_else_is_left_alone(tmp_path):
    other = Finding(Severity.NOTE, "owner", "x:a", None, "nobody")
    map_ = open_map([write(tmp_path, "elements: []\n")])
    assert with_sources(map_.store, (other,)) == (other,)
