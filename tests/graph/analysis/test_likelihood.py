"""Exact unavailability equals the sum over all 2^n states, whatever the map; what is simulated says how far it is off."""

from dataclasses import replace
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.impact import State, impact
from graph.analysis.likelihood import Method, likelihood
from graph.analysis.structure import Part, below, structure
from graph.projection import DEGRADING, OPTIONAL, REQUIRED
from tests.examples import examples
from tests.graph.analysis.small import maps, projection

CHANCES = st.sampled_from([0.0, 1e-9, 1e-5, 0.001, 0.05, 0.3, 0.9, 1.0])
LEVELS = st.sampled_from([State.DOWN, State.DEGRADED])


def all_states(n, edges, groups, fulls):
    """State of every element in each of the 2^n states, in the words of the meaning, repeated until nothing changes."""
    failed = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    state = np.zeros((2**n, n + len(groups)), np.int8)
    state[:, :n] = failed * 3
    while True:
        before = state.copy()
        for dependent, provider, strength in edges:
            carried = {REQUIRED: state[:, provider], DEGRADING: np.minimum(state[:, provider], 2), OPTIONAL: 0}[
                strength
            ]
            state[:, dependent] = np.maximum(state[:, dependent], carried)
        for number, ((dependent, k, members), full) in enumerate(zip(groups, fulls, strict=True)):
            if k == 0:
                continue
            ordered = np.sort(state[:, members], axis=1)
            worst = ordered[:, k - 1]
            worst = np.where((ordered >= 2).any(axis=1), np.maximum(worst, 1), worst)
            worst = np.where((ordered < 2).sum(axis=1) < full, np.maximum(worst, 2), worst)
            state[:, n + number] = np.maximum(state[:, n + number], worst)
            if dependent >= 0:
                state[:, dependent] = np.maximum(state[:, dependent], state[:, n + number])
        if (state == before).all():
            return failed, state


def brute_force(n, edges, groups, fulls, chances, target, level):
    """The sum of the likelihoods of the states in which the target is down."""
    failed, state = all_states(n, edges, groups, fulls)
    weights = np.where(failed == 1, chances, 1 - np.array(chances)).prod(axis=1)
    return float(weights[state[:, target] >= level].sum())


def with_full(p, fulls):
    return replace(p, groups=replace(p.groups, full=np.array(fulls, np.int32)))


def parts(chances):
    return {vertex: (Part(vertex, chance),) for vertex, chance in enumerate(chances)}


@st.composite
def cases(draw):
    n, edges, groups = draw(maps(groups=True, strengths=True))
    fulls = [draw(st.integers(k, len(members) + 1)) for _, k, members in groups]
    chances = draw(st.lists(CHANCES, min_size=n, max_size=n))
    return n, edges, groups, fulls, chances, draw(st.integers(0, n - 1)), draw(LEVELS)


@examples(400)
@given(cases())
def test_unavailability_equals_the_sum_over_all_states_to_a_relative_billionth(case):
    n, edges, groups, fulls, chances, target, level = case
    fulls = [min(full, len(members)) for full, (_, _, members) in zip(fulls, groups, strict=True)]
    p = with_full(projection(n, edges, groups), fulls)
    found = likelihood(structure(p, target, parts(chances), state=level))
    assert found.method is Method.EXACT
    expected = brute_force(n, edges, groups, fulls, chances, target, level)
    assert isclose(found.unavailability, expected, rel_tol=1e-9, abs_tol=1e-300)


@examples(25)
@given(cases(), st.data())
def test_the_table_of_states_is_what_impact_says(case, data):
    n, edges, groups, fulls, _, _, _ = case
    fulls = [min(full, len(members)) for full, (_, _, members) in zip(fulls, groups, strict=True)]
    p = with_full(projection(n, edges, groups), fulls)
    failed, state = all_states(n, edges, groups, fulls)
    row = data.draw(st.integers(0, 2**n - 1))
    changes = dict.fromkeys(np.flatnonzero(failed[row]).tolist(), State.DOWN)
    assert impact(p, changes).state[:n].tolist() == state[row, :n].tolist()


@examples(100)
@given(cases(), st.data())
def test_a_redundant_path_never_lowers_availability(case, data):
    n, edges, groups, _fulls, chances, target, _ = case
    if not groups:
        return
    number = data.draw(st.integers(0, len(groups) - 1))
    dependent, k, _members = groups[number]
    p = projection(n + 1, edges, [(d, k, [m + (m >= n) for m in ms]) for d, k, ms in groups])
    longer = [(d, k, [m + (m >= n) for m in ms]) for d, k, ms in groups]
    longer[number] = (dependent, k, [*longer[number][2], n])
    more = projection(n + 1, edges, longer)
    spare = [*chances, data.draw(CHANCES)]
    before = likelihood(structure(p, target, parts(spare))).unavailability
    after = likelihood(structure(more, target, parts(spare))).unavailability
    assert after <= before * (1 + 1e-12)


@examples(100)
@given(cases(), st.data())
def test_a_better_part_never_lowers_availability(case, data):
    n, edges, groups, _, chances, target, level = case
    p = projection(n, edges, groups)
    better = list(chances)
    vertex = data.draw(st.integers(0, n - 1))
    better[vertex] /= 2
    before, after = (likelihood(structure(p, target, parts(c), state=level)).unavailability for c in (chances, better))
    assert after <= before * (1 + 1e-12)


def test_degraded_counts_at_least_as_much_as_down():
    p = projection(3, [(0, 1, DEGRADING), (0, 2)])
    down = likelihood(structure(p, 0, parts([0, 0.1, 0.01]))).unavailability
    degraded = likelihood(structure(p, 0, parts([0, 0.1, 0.01]), state=State.DEGRADED)).unavailability
    assert isclose(down, 0.01)
    assert isclose(degraded, 1 - 0.9 * 0.99)


def site(replica=0.001, place=0.0005):
    """Two replicas, either is enough, on one site."""
    return projection(4, [(1, 3), (2, 3)], [(0, 1, [1, 2])]), parts([0, replica, replica, place])


def test_two_replicas_on_one_site_are_down_263_minutes_a_year():
    minutes = likelihood(structure(*site()[:1], 0, site()[1])).unavailability * 525_600
    assert round(minutes, 1) == 263.3


def test_multiplying_the_two_paths_as_if_independent_would_say_1_minute():
    p = projection(5, [(1, 3), (2, 4)], [(0, 1, [1, 2])])
    minutes = likelihood(structure(p, 0, parts([0, 0.001, 0.001, 0.0005, 0.0005]))).unavailability * 525_600
    assert round(minutes, 1) == 1.2


def test_what_both_replicas_stand_on_is_a_cause_by_itself():
    made = structure(site()[0], 0, site()[1])
    assert [part.vertex for part in made.series.parts] == [3]
    assert sorted(part.vertex for cause in made.causes for part in cause.parts) == [1, 2]


def test_a_cycle_is_down_when_one_of_it_is():
    p = projection(3, [(0, 1), (1, 2), (2, 0)])
    assert isclose(likelihood(structure(p, 0, parts([0.1, 0.1, 0.1]))).unavailability, 1 - 0.9**3)


def test_nothing_beneath_a_cut_is_looked_at():
    p = projection(4, [(0, 1), (1, 2), (0, 3)])
    cut = np.array([False, True, False, False])
    made = structure(p, 0, parts([0, 0.1, 0.5, 0.0]), cut=cut)
    assert made.vertices.tolist() == [0, 1, 3]
    assert isclose(likelihood(made).unavailability, 0.1)
    assert below(p, [0], cut=cut).tolist() == [0, 1, 3]


def test_a_group_that_needs_more_than_it_has_is_left_out_and_told():
    p = projection(3, [], [(0, 5, [1, 2])])
    made = structure(p, 0, parts([0, 0.5, 0.5]))
    assert likelihood(made).unavailability == 0
    assert made.unknowns == ("a group below E0 needs 5 members and has 2: it is left out",)


@pytest.mark.parametrize("chance", [1e-3, 0.02, 0.3])
def test_a_simulation_agrees_with_the_exact_answer_within_its_error(chance):
    """A grid of crossing 2-of-3 groups: small enough for diagrams, and simulated when they are not allowed."""
    n, rng = 24, np.random.default_rng(3)
    groups = [(0, 2, sorted(rng.choice(np.arange(1, n), 3, replace=False).tolist())) for _ in range(12)]
    made = structure(projection(n, [], groups), 0, parts([0, *[chance] * (n - 1)]))
    exact, simulated = likelihood(made), likelihood(made, limit=4)
    assert (exact.method, simulated.method) == (Method.EXACT, Method.SIMULATED)
    assert abs(simulated.unavailability - exact.unavailability) <= 2 * simulated.error + 1e-15
    assert simulated.floor <= exact.unavailability <= simulated.ceiling
    assert simulated.error < 0.1 * exact.unavailability
    assert simulated.samples > 0


def test_a_simulation_of_six_nines_squared_is_still_within_a_few_percent():
    p = projection(7, [], [(0, 1, [1, 2]), (0, 2, [3, 4, 5, 6])])
    made = structure(p, 0, parts([0, *[1e-6] * 6]))
    exact, simulated = likelihood(made), likelihood(made, limit=3)
    assert simulated.method is Method.SIMULATED
    assert isclose(simulated.unavailability, exact.unavailability, rel_tol=1e-3)
    assert simulated.floor > 0


def test_the_same_structure_gives_the_same_simulated_answer():
    p = projection(9, [], [(0, 2, [1, 2, 3, 4]), (0, 2, [4, 5, 6, 7, 8])])
    made = structure(p, 0, parts([0, *[0.1] * 8]))
    assert likelihood(made, limit=4).unavailability == likelihood(made, limit=4).unavailability


@examples(100)
@given(cases(), st.data())
def test_the_importance_of_a_cause_is_what_its_failure_changes(case, data):
    n, edges, groups, _, chances, target, level = case
    chances = [min(c, 0.9) for c in chances]
    p = projection(n, edges, groups)
    made = structure(p, target, parts(chances), state=level)
    if not made.causes:
        return
    row = data.draw(st.integers(0, len(made.causes) - 1))
    found = likelihood(made)
    q = made.causes[row].unavailability
    never = [0.0 if v in {part.vertex for part in made.causes[row].parts} else c for v, c in enumerate(chances)]
    without = likelihood(structure(p, target, parts(never), state=level)).unavailability
    assert isclose(found.unavailability - without, found.importance[row] * q, rel_tol=1e-6, abs_tol=1e-15)
