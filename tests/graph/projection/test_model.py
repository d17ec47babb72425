"""Triples become the graph that the analyses walk."""

import networkx as nx
import numpy as np
import pytest

from graph.maps import open_map
from graph.model import InputError
from graph.projection import DEGRADING, OPTIONAL, REQUIRED, STRUCTURE
from tests.graph.analysis.small import projection
from tests.graph.written import SHOP, opened, write


def edge(p, dependent, provider):
    a, b = p.find(dependent), p.find(provider)
    ((position, _),) = [(int(e), 0) for x, y, e in zip(*p.direct, strict=True) if (x, y) == (a, b)]
    return position


def test_strength_is_what_is_stated_or_else_the_default_of_the_kind(tmp_path):
    p = opened(
        tmp_path,
        """
        elements:
          - id: a
            kind: application
            depends_on:
              - {on: b, strength: degrading}
              - {on: c, kind: runs on}
              - {on: d, kind: monitored by}
              - {on: e, strength: optional}
          - {id: b, kind: application}
          - {id: c, kind: server}
          - {id: d, kind: tool}
          - {id: e, kind: tool}
        """,
    ).projection
    said = {
        name: (int(p.edges.strength[edge(p, "a", name)]), bool(p.edges.assumed[edge(p, "a", name)])) for name in "bcde"
    }
    assert said == {"b": (DEGRADING, False), "c": (REQUIRED, True), "d": (STRUCTURE, True), "e": (OPTIONAL, False)}


@pytest.mark.parametrize(
    ("k", "members", "least"),
    [("50 %", 3, 2), ("34 %", 3, 2), ("100 %", 3, 3), ("0 %", 3, 0), ("33.3 %", 3, 1), ("2", 3, 2)],
)
def test_a_percentage_is_rounded_up_in_whole_members(tmp_path, k, members, least):
    names = [f"m{n}" for n in range(members)]
    text = f"elements:\n  - {{id: a, kind: service, depends_on: [{{of: [{', '.join(names)}], k: {k}}}]}}\n"
    text += "".join(f"  - {{id: {name}, kind: server}}\n" for name in names)
    assert opened(tmp_path, text).projection.groups.k.tolist() == [least]


def test_the_stronger_of_two_claims_counts_and_a_finding_says_so(tmp_path):
    prefix = "@prefix sm: <https://w3id.org/servicemap#> . @prefix x: <https://w3id.org/servicemap/id/shop/> .\n"
    claim = "<https://w3id.org/servicemap/id/shop/shop/dependency/needs/shop/db> sm:strength sm:strength-required .\n"
    write(tmp_path, SHOP)
    write(tmp_path, prefix + claim, "claim.ttl")
    p = open_map([tmp_path / "shop"]).projection
    assert p.edges.strength[edge(p, "shop", "db")] == REQUIRED
    assert [f.check for f in p.findings] == ["conflicting-strength"]


def test_the_same_map_in_any_order_of_files_is_the_same_graph(tmp_path):
    one = write(tmp_path, "elements:\n  - {id: a, kind: service, depends_on: [b]}\n", "one.yaml")
    two = write(tmp_path, "elements:\n  - {id: b, kind: service}\n", "two.yaml")
    first, second = open_map([one, two]).projection, open_map([two, one]).projection
    assert (first.ids, first.edges.iris, first.revision) == (second.ids, second.edges.iris, second.revision)


def test_find_takes_iri_id_short_id_and_name(tmp_path):
    p = opened(tmp_path).projection
    number = p.find("shop/shop")
    assert {p.find(name) for name in ("shop", "Shop", "https://w3id.org/servicemap/id/shop/shop")} == {number}


def test_find_says_what_would_fit(tmp_path):
    write(tmp_path, "namespace: one\nelements:\n  - {id: redis, kind: cache}\n", "one.yaml")
    write(tmp_path, "namespace: two\nelements:\n  - {id: redis, kind: cache}\n", "two.yaml")
    p = open_map([tmp_path / "shop"]).projection
    with pytest.raises(InputError, match="'redis' fits 2 elements; write one of one/redis, two/redis"):
        p.find("redis")
    with pytest.raises(InputError, match=r"no element 'rediss' in this map; did you mean 'redis'\?"):
        p.find("rediss")


def test_redis_of_two_organisations_stays_two(tmp_path):
    write(tmp_path, "namespace: one\nelements:\n  - {id: redis, kind: cache}\n", "one.yaml")
    write(
        tmp_path, "namespace: two\nelements:\n  - {id: web, kind: application, depends_on: [one/redis]}\n", "two.yaml"
    )
    p = open_map([tmp_path / "shop"]).projection
    assert p.ids == ["one/redis", "two/web"]
    assert p.dependencies == 1


def test_networkx_gets_the_same_graph(tmp_path):
    p = opened(tmp_path).projection
    g = p.networkx()
    assert g.number_of_nodes() == p.vertices
    assert g.number_of_edges() == len(p.edges)
    assert nx.has_path(g, p.iris[p.find("shop")], p.iris[p.find("vm-2")])


def test_an_empty_map_is_a_graph_too(tmp_path):
    p = opened(tmp_path, "title: Nothing yet\nelements: []\n").projection
    assert (len(p), p.dependencies, p.vertices) == (0, 0, 0)


GROUPED = """
    elements:
      - {id: web, kind: application, depends_on: [{of: [db, db2], k: 1}]}
      - {id: db, kind: database}
      - {id: db2, kind: database}
"""


def state(map_, failing, element):
    from graph.analysis.impact import State, impact

    p = map_.projection
    return State(int(impact(p, {p.find(failing): State.DOWN}).state[p.find(element)]))


def test_a_plain_dependency_stays_beside_a_group_that_another_source_tells_of(tmp_path):
    grouped = write(tmp_path, GROUPED, "a.yaml")
    text = "@prefix sm: <https://w3id.org/servicemap#> . @prefix x: <https://w3id.org/servicemap/id/shop/> .\n"
    text += "x:own a sm:Dependency ; sm:dependent x:web ; sm:provider x:db ; sm:kind sm:kind-needs .\n"
    assert state(open_map([grouped]), "db", "web").words == "at risk"
    assert state(open_map([grouped, write(tmp_path, text, "b.ttl")]), "db", "web").words == "down"


@pytest.mark.parametrize(
    ("property_", "claims", "check"),
    [("phase", ("sm:phase-change", "sm:phase-run"), "conflicting-phase")],
)
def test_of_two_claims_the_one_that_matters_more_counts(tmp_path, property_, claims, check):
    head = "@prefix sm: <https://w3id.org/servicemap#> . @prefix x: <https://w3id.org/servicemap/id/shop/> .\n"
    edge = "x:d a sm:Dependency ; sm:dependent x:a ; sm:provider x:b ; sm:kind sm:kind-needs ; sm:{} {} .\n"
    things = 'x:a a sm:Application ; rdfs:label "a" . x:b a sm:Application ; rdfs:label "b" .\n'
    head += "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    files = [
        write(tmp_path, head + things + edge.format(property_, claim), f"{n}.ttl") for n, claim in enumerate(claims)
    ]
    map_ = open_map(files)
    assert state(map_, "b", "a").words == "down"
    assert check in {f.check for f in map_.projection.findings}


def test_of_two_times_the_one_that_does_more_harm_counts_whatever_their_text(tmp_path):
    first = "elements:\n  - {id: a, kind: service, depends_on: [{on: b, tolerance: 10 min, refill: 9 min, recovery_lag: 9 min}]}\n"
    first += "  - {id: b, kind: service}\n"
    one = write(tmp_path, first, "one.yaml")
    (iri,) = open_map([one]).projection.edges.iris
    sm = "https://w3id.org/servicemap#"
    said = {"toleranceMinutes": "9", "refillMinutes": "10", "recoveryLagMinutes": "10"}
    two = write(tmp_path, "".join(f"<{iri}> <{sm}{term}> {value} .\n" for term, value in said.items()), "two.ttl")
    for files in ([one, two], [two, one]):
        map_ = open_map(files)
        rare = map_.projection.edges.rare
        assert [float(rare[name].get(0)) for name in ("tolerance", "refill", "lag")] == [9, 10, 10]
        told = [f for f in map_.findings if f.check.startswith("conflicting")]
        assert {f.check.removeprefix("conflicting-") for f in told} == {"tolerance", "refill time", "recovery lag"}
        (words,) = [str(f) for f in told if f.check == "conflicting-tolerance"]
        assert "one.yaml:2 says 10" in words
        assert "two.ttl" in words
        assert "says 9" in words
        assert "the shorter claim counts" in words


def test_of_two_weights_the_smaller_counts_and_one_that_means_nothing_does_not(tmp_path):
    first = "elements:\n  - {id: a, kind: service, depends_on: [{of: [{on: b, weight: 9}, c], k: 2}]}\n"
    first += "  - {id: b, kind: service}\n  - {id: c, kind: service}\n"
    one = write(tmp_path, first, "one.yaml")
    projection = open_map([one]).projection
    iri = projection.edges.iris[projection.edges.provider.tolist().index(projection.find("b"))]
    two = write(tmp_path, f"<{iri}> <https://w3id.org/servicemap#weight> 10, 0 .\n", "two.ttl")
    for files in ([one, two], [two, one]):
        map_ = open_map(files)
        assert map_.projection.groups.size.tolist() == [10]
        (told,) = [str(f) for f in map_.findings if f.check == "conflicting-weight"]
        assert "one.yaml:2 says 9" in told
        assert "the smaller claim counts" in told


def test_the_larger_of_two_numbers_of_members_counts(tmp_path):
    first = open_map([write(tmp_path, GROUPED, "a.yaml")])
    (group,) = first.projection.groups.iris
    more = write(tmp_path, f"<{group}> <https://w3id.org/servicemap#minimumMembers> 2 .\n", "b.ttl")
    p = open_map([tmp_path / "shop" / "a.yaml", more]).projection
    assert p.groups.k.tolist() == [2]
    assert p.findings


def test_part_of_carries_an_outage_only_where_a_strength_is_declared(tmp_path):
    text = """
        elements:
          - id: a
            kind: application
            depends_on: [{on: b, kind: part of, strength: required}, {on: c, kind: part of}]
          - {id: b, kind: application}
          - {id: c, kind: application}
    """
    map_ = opened(tmp_path, text)
    assert state(map_, "b", "a").words == "down"
    assert state(map_, "c", "a").words == "unaffected"


def test_dependencies_take_at_most_80_bytes_an_element():
    """4.9 dependencies an element, both directions included: 76.6 bytes, whatever the size of the map."""
    rng, elements = np.random.default_rng(7), 10_000
    edges = np.unique(rng.integers(0, elements, (int(4.9 * elements) + 200, 2)), axis=0)[: int(4.9 * elements)]
    p = projection(elements, sorted(map(tuple, edges.tolist()), key=lambda edge: edge[::-1]))
    assert p.by_provider
    assert len(p.edges) == 49_000
    assert round(p.nbytes / elements, 1) == 76.6


def test_what_few_dependencies_say_is_kept_for_those_alone(tmp_path):
    p = opened(tmp_path).projection
    told = p.edges.rare["tolerance"]
    assert [(p.edges.iris[e].rpartition("/")[2], told.get(e)) for e in told.edges.tolist()] == [("db", "30")]
    assert len(p.edges.rare["protocol"]) == 0


def test_edges_are_found_by_their_iris_in_groups_within_groups_and_by_iris_of_another_make(tmp_path):
    nested = """
        elements:
          - {id: a, kind: application, depends_on: [d, {id: some, of: [b, {id: inner, of: [c, d]}]}]}
          - {id: b, kind: server, depends_on: [c]}
          - {id: c, kind: server}
          - {id: d, kind: server}
    """
    other = """
        @prefix sm: <https://w3id.org/servicemap#> . @prefix x: <https://w3id.org/servicemap/id/shop/> .
        <https://example.org/odd> a sm:Dependency ; sm:dependent x:b ; sm:provider x:d .
    """
    write(tmp_path, nested)
    write(tmp_path, other, "odd.ttl")
    p = open_map([tmp_path / "shop"]).projection
    assert "https://example.org/odd" in p.edges.iris
    for edge, iri in enumerate(p.edges.iris):
        assert edge in p.edges_called({iri})
        assert all(p.edges.iris[each] == iri for each in p.edges_called({iri}))
    assert p.edges_called(set(p.edges.iris)) == list(range(len(p.edges.iris)))
    assert p.edges_called({"https://example.org/nothing"}) == []


def test_the_owner_of_a_group_is_read_from_the_dependencies_whatever_it_is_called():
    p = projection(6, [], [(-2, 1, [2, 3]), (1, 1, [4, 6]), (-1, 1, [5])])  # all are called after E0
    assert p.owners.tolist() == [1, 1, -1]
    assert projection(2, [(0, 1)]).owners.tolist() == []
