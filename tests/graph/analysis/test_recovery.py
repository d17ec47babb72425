"""What is down comes back after what it needs, and circles are told."""

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.recovery import answer, recovery
from graph.projection import DEGRADING, OPTIONAL
from tests.graph.analysis.small import in_phases, maps, projection


def test_each_comes_after_what_it_needs():
    p = projection(4, [(0, 1), (1, 2), (0, 2), (3, 2)])
    assert recovery(p, [0, 1, 2, 3]).steps == ((2,), (1, 3), (0,))


def test_what_works_already_and_what_is_optional_holds_nobody_up():
    p = projection(4, [(0, 1), (0, 2, OPTIONAL), (0, 3, DEGRADING)])
    assert recovery(p, [0, 2, 3]).steps == ((0, 2, 3),)


def test_a_group_is_there_when_enough_members_are():
    p = projection(5, [(2, 3), (3, 4)], [(0, 1, [1, 2])])
    assert recovery(p, [0, 1, 2, 3, 4]).steps == ((1, 4), (0, 3), (2,))


def test_a_circle_comes_back_together_and_with_a_start_in_it_not_at_all():
    p = projection(3, [(0, 1), (1, 0), (1, 2)])
    result = recovery(p, [0, 1, 2])
    assert (result.steps, result.circles, result.cold) == (((2,), (0, 1)), ((0, 1),), ())
    p = in_phases(projection(3, [(0, 1), (1, 0), (1, 2)]), {0: "start"})
    assert recovery(p, [0, 1, 2]).cold == ((0, 1),)
    assert answer(p, recovery(p, [0, 1, 2])).notes == ("cannot cold-start, each waits for the other: E0, E1",)


@given(maps(groups=True, strengths=True), st.data())
def test_every_element_has_one_step_and_no_provider_comes_later_unless_in_a_circle(made, data):
    n, edges, groups = made
    p = projection(n, edges, groups)
    down = data.draw(st.sets(st.integers(0, n - 1)))
    result = recovery(p, down)
    assert sorted(v for step in result.steps for v in step) == sorted(down)
    at = {v: number for number, step in enumerate(result.steps) for v in step}
    together = {frozenset(c) for c in result.circles}
    for dependent, provider, strength in edges:
        if strength == 2 and dependent in down and provider in down:
            same = any({dependent, provider} <= c for c in together)
            assert at[provider] < at[dependent] or same
