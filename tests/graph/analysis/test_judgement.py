"""The two runs bracket every reading of what is unknown, and what is said to decide does decide."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Change, ChangeKind, Profile, happenings
from graph.analysis.impact import State
from graph.analysis.judgement import answer, judge
from graph.analysis.timed import timed
from graph.analysis.unknowns import Unknown, What
from graph.analysis.windows import FOREVER
from graph.model import InputError
from graph.projection import OPTIONAL
from tests.examples import examples
from tests.graph.analysis.small import maps, projection

OUTAGE, DOWN, UNAFFECTED = ChangeKind.OUTAGE, State.DOWN, State.UNAFFECTED


def strength(edge):
    return Unknown(What.STRENGTH, edge)


def unsure(p, edges):
    p.edges.assumed[list(edges)] = True
    return p


@examples(100)
@given(maps(groups=True, strengths=True), st.data())
def test_every_reading_of_the_unknown_lies_in_the_bracket(made, data):
    n, edges, groups = made
    p = projection(n, edges, groups)
    if not len(p.edges):
        return
    open_ = sorted(data.draw(st.sets(st.integers(0, len(p.edges) - 1), max_size=4)))
    p.edges.assumed[open_] = True
    changes = [Change(OUTAGE, data.draw(st.integers(0, n - 1)))]
    result = judge(p, changes, profile=Profile.UNKNOWN)
    found = {b.element: b for b in result.affected}
    for reading in product([False, True], repeat=len(open_)):
        strength = p.edges.strength.copy()
        for edge, optional in zip(open_, reading, strict=True):
            strength[edge] = OPTIONAL if optional else strength[edge]
        run = timed(p, happenings(changes), strength=strength)
        for v in set(range(n)) - {changes[0].element}:
            lower, upper = (found[v].lower, found[v].upper) if v in found else (UNAFFECTED, UNAFFECTED)
            assert lower <= run.worst(v) <= upper
    for each in result.deciding:
        for unknown in each.alone:
            strength = p.edges.strength.copy()
            strength[unknown.at] = OPTIONAL
            assert timed(p, happenings(changes), strength=strength).worst(each.element) < State.DEGRADED
        strength = np.where(p.edges.assumed, np.int8(OPTIONAL), p.edges.strength)
        needed = [unknown.at for unknown in each.together]
        strength[needed] = p.edges.strength[needed]
        assert timed(p, happenings(changes), strength=strength).worst(each.element) >= State.DEGRADED


def test_what_is_assumed_is_counted_and_under_the_default_profile_it_is_required():
    p = unsure(projection(3, [(0, 1), (1, 2)]), [0])
    result = judge(p, [Change(OUTAGE, 2)])
    assert (result.assumed, result.dependencies) == (1, 2)
    assert [(b.element, b.lower, b.upper) for b in result.affected] == [(1, DOWN, DOWN), (0, DOWN, DOWN)]


def test_an_unknown_strength_decides_alone_where_there_is_one_way():
    p = unsure(projection(3, [(0, 1), (1, 2)]), [0])
    result = judge(p, [Change(OUTAGE, 2)], profile=Profile.UNKNOWN)
    assert [(b.element, b.lower, b.upper, b.untold) for b in result.affected] == [
        (1, DOWN, DOWN, False),
        (0, UNAFFECTED, DOWN, True),
    ]
    assert [(d.element, d.alone, d.together) for d in result.deciding] == [(0, (strength(0),), (strength(0),))]


def test_of_two_unknown_ways_neither_decides_alone():
    p = unsure(projection(4, [(0, 1), (0, 2), (1, 3), (2, 3)]), [0, 1])
    result = judge(p, [Change(OUTAGE, 3)], profile=Profile.UNKNOWN)
    assert [(d.element, d.alone, len(d.together)) for d in result.deciding] == [(0, (), 1)]


def test_a_start_that_is_not_fixed_gives_what_may_be_and_what_surely_is():
    p = projection(2, [(0, 1)])
    change = Change(OUTAGE, 1, ((100, 400),), ((200, 300),))
    result = judge(p, [change])
    assert result.most.of(0, DOWN) == ((100, 400),)
    assert result.least.of(0, DOWN) == ((200, 300),)


def test_what_is_retired_stays_away():
    p = projection(2, [(0, 1)])
    assert judge(p, [Change(ChangeKind.RETIREMENT, 1, ((5, 10),))]).affected[0].spans == ((5, FOREVER),)


def test_windows_that_cannot_be_are_refused():
    with pytest.raises(InputError, match="the window ends before it starts"):
        Change(OUTAGE, 0, ((10, 5),))
    with pytest.raises(InputError, match="the certain part of a window lies outside it"):
        Change(OUTAGE, 0, ((10, 50),), ((5, 20),))


def test_the_answer_says_when_at_least_at_most_and_what_decides():
    p = unsure(projection(3, [(0, 1), (1, 2)]), [0])
    change = Change(ChangeKind.MAINTENANCE, 2, ((1_796_860_800, 1_796_868_000),))
    told = answer(p, judge(p, [change], profile=Profile.UNKNOWN))
    assert told.title == "E2 (maintenance): at most 2 elements down"
    assert told.rows[1] == (
        "t/e000", "E0", "service", "unaffected … down",
        "2026-12-10T00:00+00:00", "2026-12-10T02:00+00:00", 2, "e002 ← e001 ← e000",
    )  # fmt: skip
    assert told.notes == (
        "strength assumed for 1 of 2 dependencies here (profile: unknown)",
        "cannot tell for 1 element whether it is hit: E0",
        "E0 is safe if E0 → E1 is optional; state its strength",
    )


def test_spares_that_are_lost_are_told_before_and_after():
    p = projection(5, [], [(0, 2, [1, 2, 3, 4])])
    notes = answer(p, judge(p, [Change(ChangeKind.OUTAGE, 1)])).notes
    assert "fewer spares: E0 (N+2 → N+1)" in notes


def test_a_group_that_needs_more_than_it_has_is_told_as_an_unknown():
    p = projection(3, [], [(1, 3, [0, 2])])  # it is called after E0
    told = "a group of t/e001 needs 3 members and has 2: what its failure does is not known"
    assert told in answer(p, judge(p, [Change(ChangeKind.OUTAGE, 0)])).notes
