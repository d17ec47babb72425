"""A period is cut where what is planned changes, and only the minutes that count are counted."""

from datetime import date, datetime
from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.calendar import Planned, Segment, longest_wait, minutes_within, segments
from graph.hours import ALWAYS, WEEK, period, week_of, zone_of

UTC_ZONE, AMSTERDAM = zone_of(""), zone_of("Europe/Amsterdam")


def test_without_anything_planned_there_is_one_segment():
    assert segments(period("month"), UTC_ZONE) == (Segment(43_200, frozenset()),)


def test_a_weekly_window_is_cut_out_and_scaled_to_a_nominal_period():
    found = segments(period("month"), UTC_ZONE, planned={5: Planned((week_of("Sun 02:00-04:00"),))})
    minutes = {segment.planned: segment.minutes for segment in found}
    assert minutes == {frozenset(): pytest.approx(43_200 - 120 * 30 / 7), frozenset({5}): pytest.approx(120 * 30 / 7)}


def test_what_is_planned_outside_of_the_service_hours_does_not_count():
    hours, night = week_of("Mon-Fri 08:00-18:00"), Planned((week_of("Sun 02:00-04:00"),))
    found = segments(period("week"), UTC_ZONE, hours=hours, planned={1: night})
    assert found == (Segment(50 * 60, frozenset()),)


def test_windows_that_overlap_make_segments_of_both():
    plan = {1: Planned((week_of("Sun 02:00-04:00"),)), 2: Planned((week_of("Sun 03:00-05:00"),))}
    found = {segment.planned: segment.minutes for segment in segments(period("week"), UTC_ZONE, planned=plan)}
    assert found == {
        frozenset(): WEEK - 180,
        frozenset({1}): 60,
        frozenset({1, 2}): 60,
        frozenset({2}): 60,
    }


def test_a_single_window_counts_in_the_period_that_it_lies_in():
    window = (datetime.fromisoformat("2026-12-31T23:00:00+01:00"), datetime.fromisoformat("2027-01-01T01:00:00+01:00"))
    plan = {1: Planned(windows=(window,))}
    for day, minutes in ((date(2026, 12, 5), 60), (date(2027, 1, 5), 60), (date(2026, 11, 5), 0)):
        found = segments(period("month", on=day, zone=AMSTERDAM), AMSTERDAM, planned=plan)
        assert sum(segment.minutes for segment in found if segment.planned) == minutes


@given(
    st.lists(
        st.sampled_from(["Mon 00:00-12:00", "Tue 03:00-04:00", "Mon-Wed 03:00-05:00", "Sun 22:00-02:00"]), max_size=4
    )
)
def test_segments_add_up_to_the_hours_that_count(texts):
    plan = {number: Planned((week_of(text),)) for number, text in enumerate(texts)}
    hours = week_of("Mon-Sun 01:00-23:00")
    found = segments(period("week"), UTC_ZONE, hours=hours, planned=plan)
    assert sum(segment.minutes for segment in found) == hours.sum()
    assert len({segment.planned for segment in found}) == len(found)


def test_minutes_that_lie_in_both_hours_are_counted():
    day, all_day = (week_of("Mon-Fri 08:00-18:00"), UTC_ZONE), (None, UTC_ZONE)
    assert minutes_within(period("week"), (day, all_day)) == 3000
    assert minutes_within(period("week"), ((week_of("Mon 10:00-20:00"), UTC_ZONE), day)) == 480
    assert minutes_within(period("week"), ()) == WEEK


def test_hours_of_two_zones_meet_where_their_clocks_do():
    july = period("day", on=date(2026, 7, 1), zone=UTC_ZONE)
    day = week_of("09:00-17:00")
    assert minutes_within(july, ((day, UTC_ZONE), (day, AMSTERDAM))) == 6 * 60


@given(st.integers(1, 3000), st.integers(0, 5), st.integers(1, 20))
def test_the_longest_wait_is_that_of_trying_every_minute(minutes, first, hours):
    theirs = np.zeros(WEEK, np.bool_)
    theirs[first * 1440 : first * 1440 + hours * 60] = True
    theirs[9000:9100] = True
    twice, longest = np.tile(theirs, 80), 0
    passed = np.concatenate([[0], np.cumsum(twice)])
    for start in range(0, WEEK, 97):
        end = int(np.searchsorted(passed, passed[start] + minutes))
        longest = max(longest, end - start)
    assert longest_wait(minutes, theirs, None) >= longest
    assert longest_wait(minutes, theirs, None) <= longest + 97


def test_who_works_always_makes_nobody_wait_and_who_never_does_for_ever():
    assert longest_wait(90, None, None) == longest_wait(90, ALWAYS, None) == 90
    assert longest_wait(90, np.zeros(WEEK, np.bool_), None) == inf
