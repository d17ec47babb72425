"""Many sets of changes at once give what each gives alone."""

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.batch import Batch
from graph.analysis.impact import State, impact
from graph.projection import OPTIONAL
from tests.graph.analysis.small import maps, projection

STATES = st.sampled_from([State.DOWN, State.DEGRADED, State.AT_RISK])


@given(maps(groups=True, strengths=True), st.data())
def test_every_column_is_the_impact_of_its_set(made, data):
    n, edges, groups = made
    sets = data.draw(st.lists(st.dictionaries(st.integers(0, n - 1), STATES, max_size=3), max_size=6))
    p = projection(n, edges, groups)
    batch = Batch(p)
    found = batch.states(sets)
    assert found.shape == (len(batch.vertices), len(sets))
    for column, changes in enumerate(sets):
        expected = impact(p, changes).state[:n].tolist()
        assert [found[batch.row[v], column] for v in range(n)] == expected


@given(maps(groups=True, strengths=True), st.data())
def test_a_part_of_the_map_is_enough_for_changes_to_a_part(made, data):
    n, edges, groups = made
    chosen = data.draw(st.lists(st.integers(0, n - 1), min_size=1, max_size=3, unique=True))
    p = projection(n, edges, groups)
    batch = Batch(p, chosen)
    found = batch.states([dict.fromkeys(chosen, State.DOWN)])
    expected = impact(p, dict.fromkeys(chosen, State.DOWN)).state
    assert {v: int(found[row, 0]) for v, row in batch.row.items() if v < n and found[row, 0]} == {
        v: int(expected[v]) for v in range(n) if expected[v]
    }


def test_an_assumption_may_take_the_place_of_a_strength():
    p = projection(2, [(0, 1)])
    weaker = p.edges.strength.copy()
    weaker[:] = OPTIONAL
    assert Batch(p, strength=weaker).states([{1: State.DOWN}]).ravel().tolist() == [0, State.DOWN]


def test_what_is_beneath_an_element_is_all_that_it_rests_on_through_groups_too():
    p = projection(5, [(0, 1), (1, 2, OPTIONAL), (4, 0)], [(1, 1, [2, 3])])
    batch = Batch(p)
    assert sorted(int(batch.vertices[row]) for row in batch.beneath([batch.row[0]])) == [0, 1, 2, 3, 5]
