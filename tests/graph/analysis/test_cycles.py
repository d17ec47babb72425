"""Cycles equal networkx."""

import networkx as nx
from hypothesis import given

from graph.analysis.cycles import cycles
from tests.graph.analysis.small import maps, plain, projection


@given(maps())
def test_circles_are_the_strong_components_of_networkx(made):
    n, edges, _ = made
    g = plain(n, edges)
    expected = sorted(sorted(c) for c in nx.strongly_connected_components(g) if len(c) > 1)
    found = cycles(projection(n, edges))
    assert sorted(list(c) for c in found.circles) == expected
    assert list(found.selves) == sorted({a for a, b, *_ in edges if a == b})


def test_a_circle_through_a_group_is_found():
    p = projection(2, [(1, 0)], [(0, 1, [1])])
    assert cycles(p).circles == ((0, 1),)
