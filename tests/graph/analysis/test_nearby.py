"""Distances along dependencies of any kind, and parts of a map in which groups are whole."""

import networkx as nx
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.nearby import distances, with_whole_groups
from tests.graph.analysis.small import maps, plain, projection


@given(maps(), st.data())
def test_distances_equal_networkx(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    p, g = projection(n, edges), plain(n, edges)
    down = nx.single_source_shortest_path_length(g, start)
    up = nx.single_source_shortest_path_length(g.reverse(), start)
    both = {v: min(down.get(v, n), up.get(v, n)) for v in {*down, *up}}
    for direction, wanted in (("down", down), ("up", up), ("both", both)):
        assert {v: d for v, d in enumerate(distances(p, start, direction).tolist()) if d >= 0} == wanted


@given(maps(groups=True), st.data())
def test_a_group_is_there_with_all_its_members_or_not_at_all(made, data):
    n, edges, groups = made
    p = projection(n, edges, groups)
    chosen = np.array(sorted(data.draw(st.sets(st.integers(0, n - 1), min_size=1))), np.int32)
    inside, within = with_whole_groups(p, chosen)
    assert inside[chosen].all()
    for number, (dependent, _, members) in enumerate(groups):
        if inside[n + number]:
            assert inside[list(members)].all()
            assert dependent < 0 or inside[dependent]
        elif dependent >= 0 and inside[dependent]:
            assert not inside[[m for m in members if m < n]].any()
    ends = inside[p.edges.dependent] & inside[p.edges.provider]
    assert (within == ends).all()
    again, _ = with_whole_groups(p, np.flatnonzero(inside[:n]).astype(np.int32))
    assert (again == inside).all()


def test_a_group_in_a_group_comes_with_both():
    p = projection(5, [], [(0, 1, [1, 6]), (-1, 1, [2, 3])])
    inside, _ = with_whole_groups(p, np.array([0, 3], np.int32))
    assert inside.tolist() == [True, True, True, True, False, True, True]
    inside, _ = with_whole_groups(p, np.array([3, 4], np.int32))
    assert inside.tolist() == [False, False, False, True, True, False, False]
