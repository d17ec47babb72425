"""What is down comes back after what it needs, and circles are told."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.recovery import answer, recovery
from graph.projection import DEGRADING, OPTIONAL, Edges
from tests.graph.analysis.small import maps, projection


def in_phase(p, phases):
    """The same map with some edges in the start phase."""
    e = p.edges
    phase = np.zeros(len(e), np.int8)
    phase[list(phases)] = 1
    made = Edges(e.dependent, e.provider, e.kind, e.strength, phase, e.assumed, e.iris)
    object.__setattr__(p, "edges", made)
    return p


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
    p = in_phase(projection(3, [(0, 1), (1, 0), (1, 2)]), [0])
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
