"""Ways from A to B equal networkx."""

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.paths import answer, paths
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
