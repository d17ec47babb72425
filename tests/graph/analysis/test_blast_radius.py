"""The blast radius of every element is as many as reach finds from it, and as networkx finds."""

import networkx as nx
import numpy as np
import pytest
from hypothesis import given

from graph.analysis.blast_radius import answer, blast_radius
from graph.analysis.reach import reach
from tests.examples import examples
from tests.graph.analysis.small import maps, plain, projection


@examples(150, deadline=None)
@given(maps(groups=True, strengths=True))
def test_it_equals_reach_from_each_element(made):
    n, edges, groups = made
    p = projection(n, edges, groups)
    expected = [len(reach(p, [v]).elements) for v in range(n)]
    assert blast_radius(p, compiled=False).size.tolist() == expected


@examples(150, deadline=None)
@given(maps(groups=True, strengths=True))
def test_the_compiled_loop_gives_the_same(made):
    pytest.importorskip("numba", reason="numba is not installed: numpy is used")
    n, edges, groups = made
    p = projection(n, edges, groups)
    assert blast_radius(p, compiled=True).size.tolist() == blast_radius(p, compiled=False).size.tolist()


@given(maps())
def test_it_equals_networkx(made):
    n, edges, _ = made
    g = plain(n, edges)
    expected = [len(nx.ancestors(g, v) - {v}) for v in range(n)]
    assert blast_radius(projection(n, edges), compiled=False).size.tolist() == expected


@pytest.mark.parametrize("compiled", [False, True])
def test_more_elements_than_fit_in_one_block(compiled):
    if compiled:
        pytest.importorskip("numba", reason="numba is not installed: numpy is used")
    n, rng = 5_000, np.random.default_rng(3)
    pairs = [(int(a), int(b)) for a, b in rng.integers(0, n, (n, 2)) if a > b] + [(v, v - 1) for v in range(1, 1500)]
    p = projection(n, pairs)
    size = blast_radius(p, compiled=compiled).size
    some = rng.integers(0, n, 30).tolist()
    assert [int(size[v]) for v in some] == [len(reach(p, [v]).elements) for v in some]


def test_the_largest_come_first_and_a_cut_is_said():
    p = projection(4, [(0, 1), (1, 2), (3, 2)])
    said = answer(p, blast_radius(p), most=2)
    assert said.title == "the largest blast radius: E2 with 3 elements"
    assert [(row[0], row[3]) for row in said.rows] == [("t/e002", 3), ("t/e001", 1)]
    assert said.notes[0] == "the first 2 of 4 elements; raise --most to see more"


def test_an_empty_map_has_none():
    p = projection(0, [])
    assert answer(p, blast_radius(p)).title == "the largest blast radius: none"
