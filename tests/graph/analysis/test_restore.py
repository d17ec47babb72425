"""Restoring takes as long as the longest path of the restart."""

from math import inf

import numpy as np

from graph.analysis.restore import Restart, restore
from graph.projection import DEGRADING
from tests.graph.analysis.small import in_phases, projection


def nothing(p):
    return np.zeros(len(p), np.bool_)


def test_what_starts_one_after_the_other_adds_up_and_what_starts_at_the_same_time_does_not():
    p = projection(4, [(0, 1), (1, 2), (0, 3)])
    found = restore(p, 0, {0: 5, 1: 10, 2: 20, 3: 25}, cut=nothing(p))
    assert found.minutes == 35
    assert found.path == (2, 1, 0)


def test_a_group_waits_for_as_many_members_as_it_must_have():
    for k, minutes in ((1, 10), (2, 20), (3, 60)):
        p = projection(4, [], [(0, k, [1, 2, 3])])
        assert restore(p, 0, {1: 10, 2: 60, 3: 20}, cut=nothing(p)).minutes == minutes


def test_those_on_a_cycle_come_one_after_the_other():
    p = projection(4, [(0, 1), (1, 2), (2, 1), (2, 3)])
    assert restore(p, 0, {1: 10, 2: 20, 3: 5}, cut=nothing(p)).minutes == 35


def test_nothing_beneath_a_cut_is_waited_for():
    p = projection(3, [(0, 1), (1, 2)])
    found = restore(p, 0, {1: 10, 2: 100}, cut=np.array([False, True, False]))
    assert found.minutes == 10
    assert found.vertices == (0, 1)


def test_what_only_degrades_and_what_only_changes_need_is_not_waited_for():
    p = projection(3, [(0, 1, DEGRADING), (0, 2)])
    change = in_phases(p, {1: "change"})
    assert restore(change, 0, {1: 10, 2: 20}, cut=nothing(p)).minutes == 0


def test_what_is_needed_to_start_alone_is_waited_for():
    p = projection(2, [(0, 1)])
    start = in_phases(p, {0: "start"})
    assert restore(start, 0, {1: 10}, cut=nothing(p)).minutes == 10


def test_what_nobody_promised_never_ends():
    p = projection(3, [(0, 1), (0, 2)])
    assert restore(p, 0, {1: 10, 2: inf}, cut=nothing(p)).minutes == inf


def test_a_group_that_needs_more_than_it_has_is_left_out():
    p = projection(2, [], [(0, 3, [1])])
    assert restore(p, 0, {1: 1}, cut=nothing(p)).minutes == 0


def test_a_restart_is_asked_more_than_once():
    p = projection(3, [(0, 1), (1, 2)])
    restart = Restart(p, 0, nothing(p))
    assert restart.vertices == (0, 1, 2)
    assert [restart.longest({2: minutes}).minutes for minutes in (5, 7)] == [5, 7]
