"""Diagrams equal the table of all states, and small probabilities keep their digits."""

from itertools import product
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.diagrams import ALWAYS, NEVER, Diagrams, TooLargeError

CHANCE = st.floats(1e-9, 1, allow_nan=False)


@given(st.lists(CHANCE, min_size=1, max_size=6), st.data())
def test_a_threshold_of_alternatives_has_the_probability_of_its_states(chances, data):
    n = len(chances)
    sets = data.draw(st.lists(st.lists(st.integers(0, n - 1), min_size=1, max_size=3), min_size=1, max_size=4))
    count = data.draw(st.integers(0, len(sets) + 1))
    d = Diagrams()
    function = d.at_least(count, [d.any_of([d.variable(v) for v in some]) for some in sets])
    expected = 0.0
    for state in product((False, True), repeat=n):
        if sum(any(state[v] for v in some) for some in sets) >= count:
            weight = 1.0
            for chance, fails in zip(chances, state, strict=True):
                weight *= chance if fails else 1 - chance
            expected += weight
    assert isclose(d.probability(function, chances), expected, rel_tol=1e-12, abs_tol=1e-300)


@given(st.lists(CHANCE, min_size=3, max_size=3))
def test_the_importance_of_a_variable_is_the_difference_that_it_makes(chances):
    d = Diagrams()
    function = d.at_least(2, [d.variable(v) for v in range(3)])
    value, importance = d.weights(function, chances)
    assert isclose(value, d.probability(function, chances), rel_tol=1e-12)
    for v in range(3):
        fails, works = ([*chances[:v], fixed, *chances[v + 1 :]] for fixed in (1.0, 0.0))
        difference = d.probability(function, fails) - d.probability(function, works)
        assert isclose(importance[v], difference, rel_tol=1e-9, abs_tol=1e-12)


def test_equal_functions_are_the_same_number():
    d = Diagrams()
    a, b, c = (d.variable(v) for v in range(3))
    assert d.either(a, d.both(b, c)) == d.both(d.either(a, b), d.either(a, c))
    assert d.either(a, ALWAYS) == ALWAYS
    assert d.both(a, NEVER) == NEVER
    assert d.both(ALWAYS, a) == d.either(a, NEVER) == d.both(a, a) == a
    assert d.at_least(0, []) == ALWAYS


def test_a_chain_of_ten_thousand_needs_no_deep_stack():
    d = Diagrams()
    chain = d.any_of([d.variable(v) for v in range(10_000)])
    assert isclose(d.probability(chain, [1e-9] * 10_000), 9.99995e-6, rel_tol=1e-6)


def test_five_nines_squared_keep_their_digits():
    d = Diagrams()
    assert d.probability(d.both(d.variable(0), d.variable(1)), [1e-9, 1e-9]) == 1e-18


def test_a_diagram_that_grows_too_large_says_so():
    d = Diagrams(most=10)
    with pytest.raises(TooLargeError):
        d.at_least(5, [d.variable(v) for v in range(10)])
