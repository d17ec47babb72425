"""A check that the service graph answers gets the rows that the engine gives, and what is unsure is left to the engine."""

import pytest

from graph.maps import open_map
from graph.twins import _TWINS, Twins
from ontology.vocabulary import HOME
from tests.graph.test_fast import random_map

CHECK = (HOME / "checks" / "false-redundancy.rq").read_text(encoding="utf-8")
HEAD = """@prefix : <https://w3id.org/servicemap/id/shop/> . @prefix sm: <https://w3id.org/servicemap#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
GROUPS = """elements:
  - {id: web, kind: application, name: Web, depends_on: [{of: [a, b, c], k: 2}, {of: [{on: d, weight: 3}, a], k: 2}]}
  - {id: site, kind: site}
  - {id: a, kind: server, depends_on: [{on: site, kind: located in}, core]}
  - {id: b, kind: server, depends_on: [{on: site, kind: located in}, a]}
  - {id: c, kind: server, depends_on: [core, d]}
  - {id: d, kind: server, depends_on: [c, {of: [core, a], k: 1}]}
  - {id: core, kind: server, name: Core}
"""


def opened(tmp_path, text, name="map.yaml"):
    folder = tmp_path / "shop"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return open_map([folder])


def told(rows):
    return sorted((subject.text, message.text) for subject, message in rows)


def both(made, text=CHECK):
    rows = Twins(made.store, made.projection, few=0)(text)
    return rows if rows is None else told(rows), told(made.store.rows(text))


@pytest.mark.parametrize("text", [GROUPS, *(random_map(seed) for seed in range(12))])
def test_the_twin_finds_what_its_check_finds(tmp_path, text):
    twin, plain = both(opened(tmp_path, text))
    assert twin == plain


def test_there_is_something_to_find(tmp_path, root):
    twin, plain = both(opened(tmp_path, GROUPS))
    assert [message for _, message in twin] == ["the alternatives of 'Web' rest together on 'a'"] or len(twin) > 1
    twin, plain = both(open_map([root / "data" / "enterprise"]))
    assert twin == plain != []


@pytest.mark.parametrize(
    "said",
    [
        ":e sm:weight 1.5 .",
        ":e sm:weight 'two' .",
        ":f sm:memberOfGroup :g ; sm:provider 'a' .",
    ],
)
def test_what_is_no_number_and_no_name_is_left_to_the_engine(tmp_path, said):
    group = """:web a sm:Application . :a a sm:Server . :g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers 1 .
        :e a sm:Dependency ; sm:memberOfGroup :g ; sm:provider :a . """
    assert both(opened(tmp_path, HEAD + group, "map.ttl"))[0] == []
    assert both(opened(tmp_path, HEAD + group + said, "map.ttl"))[0] is None


def test_a_small_map_and_a_check_without_a_twin_are_left_to_the_engine(tmp_path):
    made = opened(tmp_path, GROUPS)
    assert Twins(made.store, made.projection)(CHECK) is None
    assert Twins(made.store, made.projection, few=0)(CHECK + " ") is None
    assert len(_TWINS) == 1
