"""An edit helps and harms by what it does to states; elements are matched by IRI, whatever their numbers."""

import numpy as np

from graph.analysis.shift import Shift, shifts, timed_shifts, told
from graph.analysis.states import State
from graph.analysis.timed import Happening, timed
from graph.analysis.windows import FOREVER
from tests.graph.analysis.small import projection


def states(made, said):
    found = np.zeros(made.vertices, np.int8)
    for vertex, state in said.items():
        found[vertex] = state
    return found


def test_who_is_helped_or_harmed_most_comes_first():
    made = projection(6, [])
    was = states(made, {0: State.DEGRADED, 1: State.DOWN, 2: State.DOWN, 5: State.AT_RISK})
    found = shifts(made, was, made, states(made, {0: State.AT_RISK, 2: State.DOWN, 4: State.DOWN}))
    assert [(s.element, s.before, s.after) for s in found] == [
        (1, State.DOWN, State.UNAFFECTED),
        (4, State.UNAFFECTED, State.DOWN),
        (0, State.DEGRADED, State.AT_RISK),
        (5, State.AT_RISK, State.UNAFFECTED),
    ]
    assert list(told(made, found)) == [
        "with the what-if, 3 elements fare better: E1 (down → unaffected), E0 (degraded → at risk), E5 (at risk → unaffected)",
        "with the what-if, 1 element fares worse: E4 (unaffected → down)",
    ]


def test_elements_are_matched_by_iri_and_those_of_one_map_alone_are_left_out():
    before, after = projection(3, []), projection(3, [])
    after.iris[0], after.iris[2] = before.iris[1], "https://x/id/t/new"
    was = states(before, {0: State.DOWN, 1: State.DOWN})
    found = shifts(before, was, after, states(after, {2: State.DOWN}))
    assert [(s.element, s.before, s.after) for s in found if s.element != 1] == [(0, State.DOWN, State.UNAFFECTED)]


def test_many_are_counted_and_no_difference_is_said():
    made = projection(12, [])
    every = shifts(made, states(made, {}), made, states(made, dict.fromkeys(range(12), State.DOWN)))
    (line,) = told(made, every)
    assert line.endswith("E7 (unaffected → down) and 4 more")
    assert list(told(made, ())) == ["with the what-if, every element fares as it would without it"]


def test_who_fares_so_for_longer_or_shorter_is_told_after_those_who_fare_otherwise():
    made = projection(5, [])

    def run(spans, state=State.DOWN):
        return timed(made, [Happening(v, state, each) for v, each in spans.items()])

    was = run({0: ((0, 3600),), 1: ((0, 3600),), 2: ((0, 3600),), 3: ((0, FOREVER),)})
    is_ = run({0: ((0, 3600),), 1: ((1800, 3600),), 2: ((0, 7200),), 3: ((0, 60),), 4: ((0, 60),)})
    found = timed_shifts(made, was, made, is_)
    assert [(s.element, s.after, s.better) for s in found] == [
        (4, State.DOWN, False),
        (3, State.DOWN, True),
        (2, State.DOWN, False),
        (1, State.DOWN, True),
    ]
    assert list(told(made, found)) == [
        "with the what-if, 2 elements fare better: E3 (down, with an end), E1 (down, 30 min less)",
        "with the what-if, 2 elements fare worse: E4 (unaffected → down), E2 (down, 60 min more)",
    ]
    assert Shift(0, State.DOWN, State.DOWN, 2**62).lasts == "without an end"
    assert timed_shifts(made, was, made, was) == ()


def test_what_lasts_as_long_at_its_worst_is_held_against_each_other_in_the_next_state():
    made = projection(1, [])
    down = Happening(0, State.DOWN, ((0, 60),))
    longer = timed(made, [down, Happening(0, State.AT_RISK, ((0, 660),))])
    (shift,) = timed_shifts(made, timed(made, [down]), made, longer)
    assert (shift.after, shift.lasts, shift.better) == (State.AT_RISK, "10 min more", False)
