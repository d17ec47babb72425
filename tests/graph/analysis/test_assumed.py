"""An answer says how much of it rests on what nobody states, in the part of the map that it looked at."""

from graph.analysis.assumed import assumptions
from graph.analysis.changes import Profile
from graph.analysis.timed import Times
from graph.analysis.unknowns import Doubts, Readings
from graph.projection import OPTIONAL
from tests.graph.analysis.small import in_phases, projection


def test_dependencies_of_the_elements_count_those_in_groups_too_and_no_others():
    p = projection(5, [(0, 1), (1, 2, OPTIONAL), (3, 4)], [(0, 1, [2, 3])])
    p.edges.assumed[:] = True
    p = in_phases(p, {0: "start"})
    assert list(assumptions(p, [0, 1])) == ["strength assumed for 3 of 3 dependencies (profile: required)"]
    assert list(assumptions(p, [4])) == []


def test_what_else_is_open_is_told_where_it_is_read_both_ways():
    p = projection(4, [(0, 1)], [(0, 1, [2, 3])])
    doubts = Doubts(needed=frozenset({0}), stale=frozenset({0, 3}), stale_after=86_400)
    told = list(assumptions(p, [0], Readings(p, Times(), doubts, Profile.UNKNOWN)))
    assert told == [
        "read at best and at worst: 1 group does not say how many members must work, 1 dependency has old evidence, "
        "1 membership has old evidence (older than 1 day)"
    ]
    assert list(assumptions(p, [1], Readings(p, Times(), doubts, Profile.UNKNOWN))) == []
