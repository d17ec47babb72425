"""Tens of thousands of random maps: the engine says what slow, separately written evaluators say, in state and in time.

Run by ``make soak``. The evaluators and the maps are those of the ordinary tests; here each part takes other maps, from
a seed that is part of the test's name, so that what fails can be had again. How many were really tried is counted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.graph.analysis import test_cause, test_collisions, test_likelihood, test_timed, test_weights
from tests.graph.analysis.small import maps

pytestmark = pytest.mark.timeout(3600)
SEEDS = range(20_261_126, 20_261_130)
MAPS = maps(groups=True, strengths=True)
PARTS: dict[str, tuple[Callable[..., None], Sequence[st.SearchStrategy[Any]], int]] = {
    "spans, moment by moment": (test_timed.test_spans_equal_the_obvious_evaluator, [test_timed.cases()], 5_500),
    "untimed impact": (test_timed.test_without_windows_and_reserves_it_is_the_impact, [MAPS, st.data()], 1_500),
    "causes, every set": (test_cause.test_they_are_those_that_trying_every_set_finds, [MAPS, st.data()], 750),
    "collisions, every set": (test_collisions.test_they_are_those_that_trying_all_sets_finds, [MAPS, st.data()], 750),
    "members with weights, in state": (
        test_weights.test_states_are_those_of_the_repeated_members_by_every_way_to_them,
        [test_weights.cases(), st.data()],
        1_000,
    ),
    "members with weights, moment by moment": (
        test_weights.test_spans_equal_the_obvious_evaluator_with_repeated_members,
        [test_weights.cases(), st.data()],
        1_000,
    ),
    "unavailability, all states": (
        test_likelihood.test_unavailability_equals_the_sum_over_all_states_to_a_relative_billionth,
        [test_likelihood.cases()],
        1_000,
    ),
}


@pytest.mark.parametrize("number", SEEDS)
@pytest.mark.parametrize("part", PARTS)
def test_random_maps_are_judged_as_the_slow_evaluator_judges_them(part: str, number: int) -> None:
    test, strategies, wanted = PARTS[part]
    body = test.hypothesis.inner_test  # type: ignore[attr-defined] # hypothesis keeps the plain function there
    tried = 0

    @seed(number)
    @settings(
        max_examples=wanted,
        deadline=None,
        derandomize=False,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.tuples(*strategies))
    def each(drawn: tuple[object, ...]) -> None:
        nonlocal tried
        tried += 1
        body(*drawn)

    each()
    assert tried >= wanted * 0.98, f"only {tried} of {wanted} maps were tried"
