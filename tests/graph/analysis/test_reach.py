"""Reachability equals networkx, whatever the map."""

import itertools

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.reach import answer, reach
from tests.graph.analysis.small import maps, plain, projection


@given(maps(), st.data())
def test_dependants_and_dependencies_equal_networkx(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    p, g = projection(n, edges), plain(n, edges)
    assert set(reach(p, [start]).elements.tolist()) == nx.ancestors(g, start) - {start}
    assert set(reach(p, [start], direction="dependencies").elements.tolist()) == nx.descendants(g, start) - {start}


@given(maps(), st.data())
def test_distance_and_witness_are_those_of_a_shortest_path(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    p, g = projection(n, edges), plain(n, edges)
    found = reach(p, [start], direction="dependencies")
    lengths = nx.single_source_shortest_path_length(g, start)
    for vertex in found.elements.tolist():
        assert found.distance[vertex] == lengths[vertex]
        way = found.path(p, vertex)
        assert len(way) == lengths[vertex]
        steps = [(int(p.edges.dependent[e]), int(p.edges.provider[e])) for e in way]
        assert steps[0][0] == start
        assert steps[-1][1] == vertex
        assert all(a[1] == b[0] for a, b in itertools.pairwise(steps))


@given(maps(), st.data())
def test_reversing_all_edges_swaps_the_two_directions(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    forward = reach(projection(n, edges), [start])
    backward = reach(projection(n, [(b, a) for a, b, *_ in edges]), [start], direction="dependencies")
    assert forward.elements.tolist() == backward.elements.tolist()


def test_a_group_costs_no_hop_and_has_no_row():
    p = projection(4, [(0, 1)], [(1, 1, [2, 3])])
    found = reach(p, [2])
    assert found.elements.tolist() == [1, 0]
    assert found.distance[[1, 0]].tolist() == [1, 2]


def test_an_element_on_a_cycle_is_not_its_own_dependant():
    p = projection(2, [(0, 1), (1, 0), (0, 0)])
    assert reach(p, [0]).elements.tolist() == [1]


def test_a_limit_of_hops_is_said():
    p = projection(3, [(0, 1), (1, 2)])
    cut = reach(p, [2], hops=1)
    assert cut.elements.tolist() == [1]
    assert cut.cuts == ("stopped after 1 hop; there is more beyond",)
    assert reach(p, [2], hops=2).cuts == ()


def test_the_answer_names_each_element_once_with_a_way():
    said = answer(p := projection(3, [(0, 1), (1, 2)]), reach(p, [2]))
    assert said.title == "2 elements rest on E2"
    assert [row[3:] for row in said.rows] == [(1, "e002 ← e001"), (2, "e002 ← e001 ← e000")]
