"""Collisions are exactly the sets that trying all of them finds."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Profile
from graph.analysis.collisions import between, collisions
from graph.analysis.impact import State
from graph.analysis.timed import LEVELS, Happening, Times, timed
from graph.analysis.unknowns import Doubts, Readings
from graph.analysis.windows import ALWAYS, merged
from tests.examples import examples
from tests.graph.analysis.open_maps import open_maps
from tests.graph.analysis.small import maps, projection

DOWN, DEGRADED, AT_RISK = State.DOWN, State.DEGRADED, State.AT_RISK
SPAN = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda pair: (pair[0], pair[0] + pair[1]))


def obvious(p, plans, times, most):
    """Try every set, and every set without one of its members."""

    def worst(chosen):
        result = timed(p, [h for number in chosen for h in plans[number]], times=times)
        return [result.worst(v) for v in range(len(p))]

    found = []
    for size in range(2, most + 1):
        for each in combinations(range(len(plans)), size):
            together = worst(each)
            fewer = [worst([x for x in each if x != left_out]) for left_out in each]
            harmed = tuple(
                (v, state) for v, state in enumerate(together) if state and all(less[v] < state for less in fewer)
            )
            if harmed:
                found.append((each, harmed))
    return found


@examples(150)
@given(maps(groups=True, strengths=True), st.data())
def test_they_are_those_that_trying_all_sets_finds(made, data):
    n, edges, groups = made
    always = data.draw(st.booleans())
    spans = st.just(ALWAYS) if always else st.lists(SPAN, min_size=1, max_size=2).map(merged)
    happening = st.tuples(st.integers(0, n - 1), st.sampled_from(LEVELS), spans).map(lambda each: Happening(*each))
    plans = data.draw(st.lists(st.lists(happening, min_size=1, max_size=2), max_size=5))
    count = len(edges) + sum(len(m) + (d >= 0) for d, _, m in groups)
    reserves = st.dictionaries(st.integers(0, count - 1), st.integers(1, 12), max_size=4) if count else st.just({})
    tolerance = {} if always else data.draw(reserves)
    lags = {} if always else data.draw(reserves)
    refills = {} if always else {edge: data.draw(st.integers(1, 9)) for edge in tolerance}
    p, times = projection(n, edges, groups), Times(tolerance, lags, refills)
    found = collisions(p, plans, times=times, most=3)
    assert [(c.changes, c.harmed) for c in found.found] == obvious(p, plans, times, 3)


@examples(60, deadline=None)
@given(open_maps(most=7, lost=False), st.data())
def test_what_collides_at_worst_and_at_best_does_in_every_reading_and_what_is_left_is_counted(made, data):
    happening = st.tuples(st.integers(0, made.n - 1), st.sampled_from(LEVELS))
    plans = data.draw(st.lists(st.lists(happening, min_size=1, max_size=2), max_size=4))
    told = [[Happening(*each, ALWAYS) for each in plan] for plan in plans]
    p, readings, tried = made.projection(), made.readings(), list(made.every())

    def harmed(each, reading):
        together, *fewer = [
            reading.states({v: max(s for u, s in hit if u == v) for v, _ in hit})
            for chosen in (each, *([x for x in each if x != left_out] for left_out in each))
            for hit in [[pair for number in chosen for pair in plans[number]]]
        ]
        return {(v, s) for v, s in enumerate(together[: made.n]) if s and all(less[v] < s for less in fewer)}

    found = [
        {(c.changes, v): s for c in collisions(p, told, reading=read).found for v, s in c.harmed}
        for read in (readings.worst, readings.best)
    ]
    undecided, cuts = between(told, readings, {each for runs in found for each, _ in runs})
    sets = [each for size in (2, 3) for each in combinations(range(len(plans)), size)]
    for each in sets:
        every = [harmed(each, reading) for reading in tried]
        both = {(v, s) for (changes, v), s in found[0].items() if changes == each and found[1].get((each, v)) == s}
        assert both == set.intersection(*every)
    colliding = {each for each in sets if any(harmed(each, reading) for reading in tried)}
    assert len(colliding - {each for runs in found for each, _ in runs}) <= undecided
    assert cuts == ()


def test_what_collides_only_between_the_worst_and_the_best_is_counted():
    p = projection(4, [(0, 1), (0, 2)], [(1, 1, [2, 3])])  # E0 → E1 → {E2, E3}, and E0 → E2
    p.edges.assumed[:2] = True
    readings = Readings(p, Times(), Doubts(), Profile.UNKNOWN)
    plans = [[Happening(2, DOWN, ALWAYS)], [Happening(3, DOWN, ALWAYS)]]
    worst, best = (collisions(p, plans, reading=read).found for read in (readings.worst, readings.best))
    assert [c.harmed for c in worst] == [c.harmed for c in best] == [((1, DOWN),)]
    assert between(plans, readings, {(0, 1)}) == (0, ())
    assert between(plans, readings, set()) == (1, ())


def test_two_replicas_at_once_take_down_what_one_leaves_running():
    p = projection(3, [], [(0, 1, [1, 2])])
    result = collisions(p, [[Happening(1, DOWN, ALWAYS)], [Happening(2, DOWN, ALWAYS)]])
    assert [(c.changes, c.harmed) for c in result.found] == [((0, 1), ((0, DOWN),))]


def test_windows_that_do_not_overlap_collide_on_a_reserve():
    p = projection(3, [(0, 1), (1, 2)])
    plans = [[Happening(2, DOWN, ((0, 30),))], [Happening(2, DOWN, ((30, 58),))]]
    result = collisions(p, plans, times=Times({0: 40}))
    assert [(c.changes, c.harmed) for c in result.found] == [((0, 1), ((0, DOWN),))]


def test_windows_apart_collide_on_a_reserve_that_is_not_full_again():
    p = projection(3, [(0, 1), (1, 2)])
    plans = [[Happening(2, DOWN, ((0, 30),))], [Happening(2, DOWN, ((50, 70),))]]
    assert not collisions(p, plans, times=Times({0: 40}, refill={0: 20})).found
    result = collisions(p, plans, times=Times({0: 40}, refill={0: 21}))
    assert [(c.changes, c.harmed) for c in result.found] == [((0, 1), ((0, DOWN),))]


def test_what_is_not_looked_for_is_said():
    p = projection(1, [])
    result = collisions(p, [[Happening(0, DOWN, ALWAYS)]] * 5, most=2)
    assert result.cuts == ("sets of more than 2 changes are not looked for",)
    assert (result.looked_at, result.possible) == (0, 10)
