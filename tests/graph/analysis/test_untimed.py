"""Without beginnings and ends the loops over arrays say what the evaluation in time says, with ways that hold."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.states import State
from graph.analysis.timed import LEVELS, Happening, Times, timed, worst
from graph.analysis.untimed import Why
from graph.analysis.windows import ALWAYS, FOREVER
from graph.projection import OPTIONAL
from tests.examples import examples
from tests.graph.analysis.edits import stated_maps
from tests.graph.analysis.small import projection

STATES = st.sampled_from(LEVELS)
DOWN = State.DOWN


@st.composite
def cases(draw):
    made = draw(stated_maps())
    vertex, edge = st.integers(0, len(made) - 1), st.integers(0, max(len(made.edges) - 1, 0))
    told = [Happening(draw(vertex), draw(STATES), ALWAYS) for _ in range(draw(st.integers(1, 3)))]
    times = Times(
        draw(st.dictionaries(edge, st.integers(1, 9), max_size=3)), draw(st.dictionaries(edge, st.just(5), max_size=2))
    )
    loose = np.where(made.edges.assumed, np.int8(OPTIONAL), made.edges.strength)
    return made, told, times, draw(st.sampled_from([None, loose]))


@examples(150, deadline=None)
@given(cases())
def test_the_states_are_those_of_the_evaluation_in_time(case):
    made, told, times, strength = case
    fast = timed(made, told, times=times, strength=strength)
    slow = timed(made, told, times=times, strength=strength, horizon=FOREVER - 1)
    assert isinstance(fast.why, Why)
    assert not isinstance(slow.why, Why)
    for state in LEVELS:
        assert set(fast.spans[state]) == set(slow.spans[state])
        assert set(fast.spans[state].values()) <= {ALWAYS}
    assert worst(made, told, strength=strength).tolist() == [slow.worst(v) for v in range(made.vertices)]
    assert worst(made, told, strength=strength, horizon=FOREVER - 1).tolist() == [
        slow.worst(v) for v in range(made.vertices)
    ]
    assert {(v, s) for v, s, _ in fast.why} == {(v, s) for v, s, _ in slow.why}
    assert len(fast.why) == len(list(fast.why))
    assert fast.cuts == slow.cuts == ()


@examples(150, deadline=None)
@given(cases())
def test_each_step_of_a_way_is_brought_by_the_one_before(case):
    made, told, _, strength = case
    fast = timed(made, told, strength=strength)
    begun = {happening.element for happening in told}
    for vertex in fast.spans[State.AT_RISK]:
        way = fast.path(made, vertex)
        ends = [int(made.edges.provider[e]) for e in way] + [vertex]
        assert ends[0] in begun
        assert [int(made.edges.dependent[e]) for e in way] == ends[1:]
        assert all(fast.worst(end) for end in ends)


def test_on_a_circle_the_way_comes_from_outside_though_another_is_nearer():
    """E0 and E1 need each other, and an optional dependency makes both look near to the change."""
    made = projection(5, [(0, 4, OPTIONAL), (1, 4, OPTIONAL), (0, 1), (1, 0), (0, 2), (2, 3), (3, 4)])
    fast = timed(made, [Happening(4, DOWN, ALWAYS)])
    assert fast.path(made, 1) == (6, 5, 4, 3)
