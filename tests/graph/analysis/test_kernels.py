"""The loops in numpy and those that numba compiles give the same arrays, and both what networkx gives."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis import kernels
from graph.analysis.kernels import distinct, expand, flood, spread, unique_first, wiring
from tests.examples import examples
from tests.graph.analysis.small import maps, plain, projection


@pytest.fixture(autouse=True, scope="module", params=["edge by edge", "whole waves"])
def how(request):
    """An effect that touches few edges is walked edge by edge: here also never."""
    with pytest.MonkeyPatch.context() as patch:
        if request.param != "edge by edge":
            patch.setattr(kernels, "_FEW", -1)
        yield


STATES = st.sampled_from([1, 2, 3])


@examples(300, deadline=None)
@given(maps(groups=True, strengths=True), st.data())
def test_the_compiled_loop_equals_numpy_in_every_array(made, data):
    pytest.importorskip("numba", reason="numba is not installed: the loops in numpy are used")
    n, edges, groups = made
    changes = data.draw(st.dictionaries(st.integers(0, n - 1), STATES, min_size=1, max_size=3))
    w = wiring(projection(n, edges, groups))
    slow, fast = spread(w, changes, compiled=False), spread(w, changes, compiled=True)
    assert slow.state.tolist() == fast.state.tolist()
    hit = slow.state > 0
    assert slow.distance[hit].tolist() == fast.distance[hit].tolist()
    assert slow.via[hit].tolist() == fast.via[hit].tolist()
    assert slow.hit.tolist() == fast.hit.tolist()


@given(maps(), st.data())
def test_what_is_down_over_required_edges_is_what_networkx_reaches(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    w = wiring(projection(n, edges))
    expected = nx.ancestors(plain(n, edges), start) - {start}
    assert set(spread(w, {start: 3}).hit.tolist()) == expected
    assert set(flood(w, np.array([start], np.int32)).tolist()) == expected


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 99)), max_size=40), st.booleans())
def test_each_target_comes_once_with_its_first_edge(pairs, large):
    targets = np.array([t for t, _ in pairs] * (100 if large else 1), np.int32)
    edges = np.array([e for _, e in pairs] * (100 if large else 1), np.int32)
    found, first = unique_first(targets, edges, np.empty(10, np.int32))
    told = dict(reversed(pairs))
    assert dict(zip(found.tolist(), first.tolist(), strict=True)) == told
    assert found.tolist() == sorted(told)


@given(st.lists(st.integers(-5, 5)))
def test_distinct_numbers_come_in_order(values):
    assert distinct(np.array(values, np.int32)).tolist() == sorted(set(values))


def test_expand_gives_the_edges_of_each_vertex_in_turn():
    start = np.array([0, 2, 2, 5], np.int32)
    assert expand(start, np.array([2, 1, 0], np.int32)).tolist() == [2, 3, 4, 0, 1]
    assert expand(start, np.array([1], np.int32)).size == 0


def test_a_wave_of_thousands_is_walked_like_a_small_one():
    """The linear way of finding different targets is taken here, the sorting one in all other tests."""
    n = 5_000
    w = wiring(projection(n, [(v, 0) for v in range(1, n)] + [(v, v - 1) for v in range(2, n)]))
    assert spread(w, {0: 3}, compiled=False).hit.tolist() == list(range(1, n))


def test_warm_takes_the_compiled_loops_where_numba_is_installed():
    pytest.importorskip("numba", reason="numba is not installed: the loops in numpy are used")
    assert kernels.warm()
    assert kernels.is_compiled()
