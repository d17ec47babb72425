"""Hours are read as people mean them, and a period has the minutes that its clock shows."""

from datetime import date

import numpy as np
import pytest

from graph.hours import WEEK, period, week_of, zone_of
from graph.model import InputError

AMSTERDAM = zone_of("Europe/Amsterdam")


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("24 × 7", 168), ("24x7", 168), ("24/7", 168), ("always", 168),
        ("Mon–Sat, 08:00–19:00", 66), ("Mon-Fri 08:00-12:00, 13:00-17:00; Sat 09:00-13:00", 44),
        ("Sunday 02:00–04:00", 2), ("daily 08:00 to 20:00", 84), ("09:00-17:00", 56),
        ("Fri–Mon 00:00–24:00", 96), ("Sat, Sun", 48), ("Mon and Wed 10:00-11:00", 2), ("Sun 22:00–06:00", 8),
    ],
)  # fmt: skip
def test_hours_are_read(text, hours):
    week = week_of(text)
    assert week is not None
    assert week.sum() == hours * 60


@pytest.mark.parametrize("text", ["", "when it suits", "Mon 25:00-26:00", "Mon 08:61-09:00", "Saturdays in April"])
def test_what_is_not_understood_is_not_guessed(text):
    assert week_of(text) is None


def test_a_time_over_midnight_goes_on_into_the_next_day_and_from_sunday_into_monday():
    week = week_of("Sun 22:00–06:00")
    assert week[6 * 1440 + 22 * 60]
    assert week[0]
    assert not week[6 * 60]


@pytest.mark.parametrize(
    ("kind", "on", "days"),
    [("month", date(2026, 2, 28), 28), ("quarter", date(2026, 11, 25), 92), ("year", date(2028, 1, 1), 366),
     ("week", date(2026, 11, 25), 7), ("rolling 28 days", date(2026, 11, 25), 28), ("month", date(2026, 12, 31), 31)],
)  # fmt: skip
def test_a_period_is_the_one_that_the_day_lies_in(kind, on, days):
    assert period(kind, on=on).minutes == days * 1440


def test_a_year_with_both_clock_changes_is_a_whole_year_and_each_month_loses_or_wins_its_hour():
    assert period("year", on=date(2026, 6, 1), zone=AMSTERDAM).minutes == 525_600
    assert period("month", on=date(2026, 3, 5), zone=AMSTERDAM).minutes == 31 * 1440 - 60
    assert period("month", on=date(2026, 10, 5), zone=AMSTERDAM).minutes == 31 * 1440 + 60


def test_a_night_that_the_clock_skips_has_no_two_o_clock_and_the_other_has_it_twice():
    two = week_of("Sun 02:00-03:00")
    for day, minutes in ((date(2026, 3, 29), 0), (date(2026, 10, 25), 120), (date(2026, 11, 1), 60)):
        found = period("day", on=day, zone=AMSTERDAM).week_minutes(AMSTERDAM)
        assert two[found].sum() == minutes


def test_a_nominal_period_is_an_ordinary_week_scaled():
    month = period("month")
    assert len(month.week_minutes(AMSTERDAM)) == WEEK
    assert np.isclose(month.scale * WEEK, 43_200)


def test_an_unknown_zone_is_one_line():
    with pytest.raises(InputError, match=r"no time zone 'Mars/Olympus'; write one such as Europe/Amsterdam"):
        zone_of("Mars/Olympus")


@pytest.mark.parametrize(
    ("kind", "on"), [("year", date(9999, 5, 1)), ("month", date(9999, 12, 31)), ("rolling 30 days", date(1, 1, 2))]
)
def test_a_period_beyond_the_calendar_is_one_line(kind, on):
    with pytest.raises(InputError, match=r"is outside of the calendar; choose another day"):
        period(kind, on=on)
