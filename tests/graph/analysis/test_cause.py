"""Causes are the minimal sets that trying every set of elements finds."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.cause import Suspicion, answer, cause
from graph.analysis.changes import Profile
from graph.analysis.impact import State, impact
from graph.analysis.timed import Times
from graph.analysis.unknowns import Doubts, Readings
from graph.model import InputError
from tests.examples import examples
from tests.graph.analysis.open_maps import open_maps
from tests.graph.analysis.small import maps, projection

DOWN, DEGRADED = State.DOWN, State.DEGRADED


def obvious(p, red, green, most):
    """Try every set, smallest first."""
    found = []
    for size in range(1, most + 1):
        for each in combinations(range(len(p)), size):
            if any(set(known) <= set(each) for known in found):
                continue
            state = impact(p, dict.fromkeys(each, DOWN)).state
            if all(state[v] >= s for v, s in red.items()) and all(state[v] < DEGRADED for v in green):
                found.append(each)
    return found


@examples(150)
@given(maps(groups=True, strengths=True), st.data())
def test_they_are_those_that_trying_every_set_finds(made, data):
    n, edges, groups = made
    p = projection(n, edges, groups)
    red = data.draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from([DOWN, DEGRADED]), min_size=1, max_size=3))
    green = data.draw(st.sets(st.integers(0, n - 1), max_size=2)) - set(red)
    result = cause(p, red, green, most=3)
    assert sorted(c.elements for c in result.found) == sorted(obvious(p, red, green, 3))


@examples(60, deadline=None)
@given(open_maps(most=7), st.data())
def test_what_is_certain_explains_in_every_reading_and_what_is_left_out_in_none(made, data):
    n = made.n
    red = data.draw(st.dictionaries(st.integers(0, n - 1), st.sampled_from([DOWN, DEGRADED]), min_size=1, max_size=2))
    green = data.draw(st.sets(st.integers(0, n - 1), max_size=2)) - set(red)
    sets = [each for size in (1, 2) for each in combinations(range(n), size)]
    runs = [[reading.states(dict.fromkeys(each, 3)) for reading in made.every()] for each in sets]
    explains = {
        each: [all(s[v] >= x for v, x in red.items()) and all(s[v] < 2 for v in green) for s in states]
        for each, states in zip(sets, runs, strict=True)
    }
    found = cause(made.projection(), red, green, most=2, readings=made.readings()).found
    always = [each for each, fits in explains.items() if all(fits)]
    smallest = {each for each in always if not any(set(less) < set(each) for less in always)}
    assert {c.elements for c in found if c.sure} == smallest
    told = [set(c.elements) for c in found]
    assert all(any(less <= set(each) for less in told) for each, fits in explains.items() if any(fits))


def test_with_nothing_green_what_may_explain_does_so_in_some_reading():
    p = projection(3, [(0, 1), (1, 2)])
    p.edges.assumed[1] = True
    readings = Readings(p, Times(), Doubts(), Profile.UNKNOWN)
    result = cause(p, {0: DOWN}, most=1, readings=readings)
    assert [(c.elements, c.sure) for c in result.found] == [((0,), True), ((1,), True), ((2,), False)]
    told = answer(p, result)
    assert [row[-1] for row in told.rows] == [True, True, False]
    assert "strength assumed for 1 of 2 dependencies (profile: unknown)" in told.notes
    assert "what is not certain cannot be ruled out: it depends on how what is open turns out" in told.notes


def test_what_was_changed_lately_stands_first_and_then_what_fails_most():
    p = projection(4, [(0, 1), (0, 2), (0, 3)])
    known = {1: Suspicion(unavailability=0.01), 2: Suspicion(("Patch",)), 3: Suspicion(unavailability=0.2)}
    result = cause(p, {0: DOWN}, most=1, suspicions=known)
    assert [c.elements for c in result.found] == [(2,), (3,), (1,), (0,)]
    rows = answer(p, result, findings=["a finding"]).rows
    assert [row[5:] for row in rows] == [("Patch", ""), ("", "80 %"), ("", "99 %"), ("", "")]
    assert answer(p, result, findings=["a finding"]).notes[-1] == "a finding"


def test_what_is_common_to_the_symptoms_explains_them_and_what_works_rules_out():
    p = projection(5, [(0, 2), (1, 2), (2, 3), (4, 3)])
    assert [c.elements for c in cause(p, {0: DOWN, 1: DOWN}).found][:2] == [(2,), (3,)]
    assert [c.elements for c in cause(p, {0: DOWN, 1: DOWN}, [4], most=1).found] == [(2,)]


def test_both_replicas_together_explain_what_neither_does():
    p = projection(3, [], [(0, 1, [1, 2])])
    assert [c.elements for c in cause(p, {0: DOWN}, [], most=2).found] == [(0,), (1, 2)]


def test_what_only_puts_a_group_within_a_group_at_risk_has_its_part_in_an_explanation():
    p = projection(4, [], [(-2, 3, [0, 1, 2, 3]), (0, 3, [0, 1, 2, 4])])
    assert sorted(c.elements for c in cause(p, {0: DOWN}, [], most=3).found) == [(0,), (1, 2), (1, 3), (2, 3)]
    p = projection(5, [], [(0, 1, [1, 2]), (1, 1, [3, 4])])
    assert sorted(c.elements for c in cause(p, {0: DOWN}, [], most=3).found) == [(0,), (1, 2), (2, 3, 4)]


def test_the_answer_says_what_else_would_be_hit():
    p = projection(4, [(0, 2), (1, 2), (3, 2)])
    told = answer(p, cause(p, {0: DOWN, 1: DOWN}, most=1))
    assert told.rows == (("t/e002", "E2", "service", 1, "E3", "", ""),)
    assert told.title == "1 explanation for E0 and E1"
    assert told.notes[0] == "3 elements could have a part in it; 0 ruled out by what works"


def test_symptoms_that_contradict_are_refused():
    p = projection(2, [(0, 1)])
    with pytest.raises(InputError, match="'t/e000' is said to fail and to work; leave it out on one of the sides"):
        cause(p, {0: DOWN}, [0])
    with pytest.raises(InputError, match="no element is named that fails"):
        cause(p, {})
