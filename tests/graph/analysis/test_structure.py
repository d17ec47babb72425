"""The reduced structure is small, and says the same as the map that it was made from."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from graph.analysis.impact import State, impact
from graph.analysis.structure import Cause, Part, below, structure
from graph.projection import DEGRADING
from tests.graph.analysis.small import maps, projection


def everything(n):
    return {vertex: (Part(vertex, 0.5),) for vertex in range(n)}


@given(maps(groups=True, strengths=True), st.data())
def test_it_is_down_exactly_when_impact_says_so(made, data):
    n, edges, groups = made
    level = data.draw(st.sampled_from([State.DOWN, State.DEGRADED]))
    p = projection(n, edges, groups)
    target = data.draw(st.integers(0, n - 1))
    failed = data.draw(st.sets(st.integers(0, n - 1), min_size=1))
    whole = structure(p, target, everything(n), state=level)
    series = any(part.vertex in failed for part in whole.series.parts)
    row = [[any(part.vertex in failed for part in cause.parts) for cause in whole.causes]]
    down = series or (bool(whole.causes) and bool(whole.down(csr_array(np.array(row, np.int32)))[0]))
    assert down == (impact(p, dict.fromkeys(failed, State.DOWN)).state[target] >= level)


@given(maps(groups=True, strengths=True))
def test_no_cause_brings_it_down_alone_and_every_part_is_there_once(made):
    n, edges, groups = made
    whole = structure(projection(n, edges, groups), 0, everything(n))
    if whole.causes:
        assert not whole.down(csr_array(np.eye(len(whole.causes), dtype=np.int32))).any()
    parts = [part.vertex for cause in (whole.series, *whole.causes) for part in cause.parts]
    assert len(parts) == len(set(parts))


def test_parts_that_fall_together_are_one_cause():
    p = projection(6, [(1, 3), (3, 4), (2, 5)], [(0, 1, [1, 2])])
    whole = structure(p, 0, everything(6))
    assert sorted(sorted(part.vertex for part in cause.parts) for cause in whole.causes) == [[1, 3, 4], [2, 5]]
    assert [part.vertex for part in whole.series.parts] == [0]


def test_a_group_that_cannot_fall_is_left_out():
    p = projection(3, [], [(0, 1, [1, 2])])
    whole = structure(p, 0, {0: (Part(0, 0.1),), 1: (Part(1, 0.1),)})
    assert whole.causes == ()
    assert whole.groups == ()


def test_a_group_that_falls_only_when_its_own_dependent_has_fallen_is_left_out():
    p = projection(2, [], [(0, 1, [0, 1]), (0, 1, [0])])
    whole = structure(p, 0, {1: (Part(1, 0.1),)})
    assert whole.groups == ()
    assert whole.causes == ()


def test_below_is_what_can_matter_for_the_state():
    p = projection(4, [(0, 1, DEGRADING), (0, 2)], [(2, 0, [3])])
    assert below(p, [0]).tolist() == [0, 2]
    assert below(p, [0], state=State.DEGRADED).tolist() == [0, 1, 2]


def test_small_unavailabilities_of_one_cause_add_up_with_all_their_digits():
    cause = Cause((Part(0, 1e-12), Part(1, 3e-12)))
    assert abs(cause.unavailability - 4e-12) < 1e-23
    assert Cause((Part(0, 1.0), Part(1, 0.1))).unavailability == 1
