"""Ways from A to B equal networkx."""

from itertools import pairwise

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.paths import answer, linked, passing, paths
from graph.projection import REQUIRED, STRUCTURE
from tests.graph.analysis.small import maps, plain, projection


@given(maps(), st.data())
def test_shortest_ways_equal_networkx(made, data):
    n, edges, _ = made
    a, b = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    g = plain(n, edges)
    expected = sorted(map(tuple, nx.all_shortest_paths(g, a, b))) if a != b and nx.has_path(g, a, b) else []
    assert sorted(paths(projection(n, edges), a, b, most=10_000).ways) == expected


@given(maps(), st.data(), st.integers(1, 5))
def test_ways_within_a_length_equal_networkx(made, data, hops):
    n, edges, _ = made
    a, b = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    g = plain(n, edges)
    expected = [] if a == b else sorted(set(map(tuple, nx.all_simple_paths(g, a, b, cutoff=hops))))
    found = paths(projection(n, edges), a, b, hops=hops, most=100_000)
    assert sorted(way for way in found.ways if len(way) <= hops + 1) == expected


def test_a_way_through_a_group_counts_its_elements_only():
    p = projection(3, [], [(0, 1, [1, 2])])
    found = paths(p, 0, 2)
    assert (found.ways, found.hops) == (((0, 3, 2),), 1)
    assert answer(p, found).rows == ((1, "e000 → e002"),)


def test_a_cut_is_said():
    p = projection(4, [(0, 1), (0, 2), (1, 3), (2, 3)])
    cut = paths(p, 0, 3, most=1)
    assert len(cut.ways) == 1
    assert cut.cuts == ("the first 1 ways; there are more",)


def test_no_way_is_an_answer():
    p = projection(2, [(0, 1)])
    assert answer(p, paths(p, 1, 0)).title == "E1 does not depend on E0"


def test_the_shortest_ways_come_first_even_when_cut():
    p = projection(4, [(0, 1), (1, 2), (2, 3), (0, 3)])
    assert paths(p, 0, 3, hops=5, most=1).ways == ((0, 3),)


def test_an_element_and_itself_is_told():
    p = projection(2, [(0, 1), (1, 0)])
    assert answer(p, paths(p, 0, 0)).title == "E0 is asked for twice"


@given(maps(), st.data())
def test_linked_takes_the_fewest_links_that_carry_nothing_and_then_the_shortest_way(made, data):
    n, edges, _ = made
    mixed = [(a, b, data.draw(st.sampled_from([REQUIRED, STRUCTURE]))) for a, b, *_ in edges]
    a, b = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    p, g = projection(n, mixed), nx.MultiDiGraph()
    g.add_nodes_from(range(n))
    for start, end, strength in mixed:
        g.add_edge(start, end, weight=1 + (1_000 if strength == STRUCTURE else 0))
    found = linked(p, a, b)
    ends = [(int(p.edges.dependent[e]), int(p.edges.provider[e])) for e in found]
    assert all(here[1] == after[0] for here, after in pairwise(ends))
    if a == b or not nx.has_path(g, a, b):
        assert not found
    else:
        assert (ends[0][0], ends[-1][1]) == (a, b)
        cost = sum(1 if passes else 1_001 for passes in passing(p, found))
        assert cost == nx.shortest_path_length(g, a, b, weight="weight")
