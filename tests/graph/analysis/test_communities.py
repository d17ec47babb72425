"""Do communities hold what belongs together? On maps where it is known, and beside networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.analysis.communities import communities, modularity
from graph.projection import REQUIRED, Edges, Groups, Projection
from ontology import terms as t
from ontology.vocabulary import vocabulary


def graph(size: int, pairs: list[tuple[int, int]]) -> Projection:
    """A map of elements that need each other."""
    kinds = tuple(vocabulary().kinds.values())
    needs = next(number for number, kind in enumerate(kinds) if kind.key == "needs")
    ends = np.array(sorted(pairs, key=lambda pair: pair[::-1]), np.int32).reshape(-1, 2)
    none, names = np.zeros(len(ends), np.int8), [f"{n:03}" for n in range(size)]
    edges = Edges(
        ends[:, 0], ends[:, 1], none + np.int8(needs), none + np.int8(REQUIRED), none, none.astype(np.bool_), names
    )
    nothing = np.zeros(0, np.int32)
    groups = Groups([], nothing, nothing, nothing)
    return Projection("r", names, names, names, [t.SERVICE] * size, np.zeros(size, np.bool_), edges, groups, kinds)


def clique(first: int, size: int) -> list[tuple[int, int]]:
    return [(a, b) for a in range(first, first + size) for b in range(a + 1, first + size)]


def test_two_knots_with_one_line_between_them_are_two_communities() -> None:
    found = communities(graph(11, [*clique(0, 6), *clique(6, 5), (0, 6)]))
    assert found.tolist() == [0] * 6 + [1] * 5, "the larger one comes first"


def test_an_element_without_dependencies_stands_alone() -> None:
    assert communities(graph(4, [(0, 1)])).tolist() == [0, 0, 1, 2]


def test_a_map_without_dependencies_or_elements_is_no_trouble() -> None:
    assert communities(graph(3, [])).tolist() == [0, 1, 2]
    assert communities(graph(0, [])).tolist() == []


def test_an_element_that_needs_itself_is_no_trouble() -> None:
    assert communities(graph(3, [(0, 0), (0, 1), (1, 2)])).max() <= 1


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_communities_are_about_as_tight_as_those_of_networkx(seed: int) -> None:
    made = service_graph(generate(1_000, seed=seed))
    other: nx.Graph[int] = nx.Graph()
    other.add_nodes_from(range(len(made)))
    dependent, provider, _ = made.direct
    other.add_edges_from(zip(dependent.tolist(), provider.tolist(), strict=True))
    theirs = np.zeros(len(made), np.int64)
    for number, members in enumerate(nx.community.louvain_communities(other, seed=1)):
        theirs[list(members)] = number
    assert modularity(made, communities(made)) > 0.93 * modularity(made, theirs)


def test_the_same_map_has_the_same_communities() -> None:
    one, other = (communities(service_graph(generate(1_000))) for _ in range(2))
    assert one.tolist() == other.tolist()


def test_modularity_is_that_of_networkx() -> None:
    pairs = [*clique(0, 4), *clique(4, 4), (0, 4)]
    plain: nx.Graph[int] = nx.Graph(pairs)
    wanted = nx.community.modularity(plain, [set(range(4)), set(range(4, 8))])
    assert modularity(graph(8, pairs), [0] * 4 + [1] * 4) == pytest.approx(wanted)
