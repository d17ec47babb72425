"""Layers are the longest paths of the graph of circles, as networkx finds them."""

import networkx as nx
from hypothesis import given

from graph.analysis._condensed import condense
from graph.analysis._frontier import carrying
from graph.analysis.layers import layers
from tests.graph.analysis.small import maps, plain, projection


def by_networkx(n, edges):
    g = nx.condensation(plain(n, edges))
    layer = {}
    for each in reversed(list(nx.topological_sort(g))):
        layer[each] = max((layer[below] + 1 for below in g.successors(each)), default=0)
    return [layer[g.graph["mapping"][v]] for v in range(n)]


@given(maps())
def test_they_equal_networkx(made):
    n, edges, _ = made
    assert layers(projection(n, edges)).layer.tolist() == by_networkx(n, edges)


@given(maps(groups=True))
def test_rows_are_numbered_from_the_ground_up_and_circles_are_those_of_networkx(made):
    n, edges, groups = made
    p = projection(n, edges, groups)
    c = condense(p, carrying(p))
    ends = list(zip(c.row[p.edges.dependent].tolist(), c.row[p.edges.provider].tolist(), strict=True))
    assert all(above >= below for above, below in ends)
    g = nx.DiGraph(zip(p.edges.dependent.tolist(), p.edges.provider.tolist(), strict=True))
    g.add_nodes_from(range(p.vertices))
    mine = {}
    for vertex, row in enumerate(c.row.tolist()):
        mine.setdefault(row, set()).add(vertex)
    assert sorted(map(sorted, mine.values())) == sorted(map(sorted, nx.strongly_connected_components(g)))


def test_a_group_is_no_step_and_a_circle_is_one():
    p = projection(5, [(0, 1), (1, 2), (2, 1)], [(2, 1, [3, 4])])
    assert layers(p).layer.tolist() == [2, 1, 1, 0, 0]
    assert layers(p).counts() == (2, 2, 1)
    assert layers(projection(0, [])).depth == 0
