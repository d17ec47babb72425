"""The worst case: no way to spend the allowances keeps something down for longer than is said."""

from math import inf, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.guarantee import guaranteed, together
from graph.analysis.structure import Part, structure
from tests.graph.analysis.small import maps, projection

MINUTES = st.lists(st.floats(0, 100), min_size=1, max_size=6)


def below(p, count):
    return structure(p, 0, {v: (Part(v, 0.5),) for v in range(1, count)})


def test_two_vendors_of_43_2_minutes_in_one_of_two_guarantee_43_2():
    made = below(projection(3, [], [(0, 1, [1, 2])]), 3)
    assert guaranteed(made, {1: 43.2, 2: 43.2}) == 43.2


def test_a_chain_guarantees_the_sum_of_the_allowances():
    made = below(projection(4, [(0, 1), (1, 2), (0, 3)]), 4)
    assert isclose(guaranteed(made, {1: 43.2, 2: 21.6, 3: 4.32}), 69.12)


def test_what_two_paths_share_is_counted_once():
    made = below(projection(4, [(0, 1), (0, 2), (1, 3), (2, 3)]), 4)
    assert guaranteed(made, {1: 1, 2: 2, 3: 10}) == 13


@pytest.mark.parametrize(
    ("minutes", "need", "longest"),
    [([10, 20, 60], 2, 30), ([10, 20, 60], 3, 10), ([10, 20, 60], 1, 90), ([5, inf], 2, 5), ([5, inf], 1, inf), ([5], 2, 0), ([0, 0], 2, 0)],
)  # fmt: skip
def test_how_long_some_of_a_group_can_be_down_together(minutes, need, longest):
    assert together(minutes, need) == longest


@given(MINUTES, st.integers(1, 6))
def test_it_is_the_largest_time_that_fits(minutes, need):
    found = together(minutes, need)
    if need > len(minutes):
        assert found == 0
        return

    def fits(time):
        return sum(min(each, time) for each in minutes) >= need * time * (1 - 1e-12)

    assert fits(found)
    assert not fits(found * 1.001 + 1e-6)


@given(MINUTES, st.integers(1, 6), st.data())
def test_a_larger_allowance_never_guarantees_more(minutes, need, data):
    worse = list(minutes)
    worse[data.draw(st.integers(0, len(minutes) - 1))] += 1
    assert together(worse, need) >= together(minutes, need) - 1e-9


@given(maps(groups=True), st.data())
def test_no_schedule_that_keeps_all_promises_is_down_for_longer(made, data):
    """A day of 12 steps: each part is down in as many steps as it may, wherever; the whole never longer than said."""
    n, edges, groups = made
    p = projection(n, edges, groups)
    whole = structure(p, 0, {v: (Part(v, 0.5),) for v in range(n)})
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    allowed = {v: int(rng.integers(0, 5)) for v in range(n)}
    down = np.zeros((12, n), np.bool_)
    for v, steps in allowed.items():
        down[rng.choice(12, steps, replace=False), v] = True
    rows = [[any(down[step, part.vertex] for part in cause.parts) for cause in whole.causes] for step in range(12)]
    series = [any(down[step, part.vertex] for part in whole.series.parts) for step in range(12)]
    rest = [False] * 12
    if whole.causes:
        from scipy.sparse import csr_array

        rest = whole.down(csr_array(np.array(rows, np.int32))).tolist()
    spent = sum(a or b for a, b in zip(series, rest, strict=True))
    assert spent <= guaranteed(whole, allowed) + 1e-9
