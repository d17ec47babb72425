"""Minutes that a change takes stand beside those that are promised, counted as the agreement counts them."""

from datetime import datetime
from math import inf

import pytest

from graph.analysis.budgets import Spent, Verdict, answer, budgets
from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.analysis.known import Known
from graph.analysis.states import State
from graph.analysis.timed import Happening, timed
from graph.analysis.windows import ALWAYS, FOREVER
from graph.figures import figures
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [STRENGTH]}
      - {id: db, kind: database, name: Database}
      - {id: team, kind: team, time_zone: Europe/Amsterdam}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: team, for: team, covers: shop,
         objectives: [{metric: availability, percent: 99.9 %, period: month, OBJECTIVE}]}
"""
SATURDAY = int(datetime.fromisoformat("2026-12-05T02:00+01:00").timestamp())
HOUR = 3600


@pytest.fixture
def asked(tmp_path):
    def found(*, objective="", strength="{on: db, strength: required}", kind=ChangeKind.OUTAGE, hours=2.0, **more):
        text = MAP.replace("OBJECTIVE", objective).replace("STRENGTH", strength)
        map_ = opened(tmp_path, text)
        p = map_.projection
        end = FOREVER if hours == inf else SATURDAY + round(hours * HOUR)
        windows = ((SATURDAY, end),) if hours else ALWAYS
        change = Change(kind, p.find("db"), windows)
        result = judge(p, [change], times=times_of(p), profile=more.pop("profile", Profile.REQUIRED))
        known = Known(p, figures(map_.store))
        lost = [Happening(p.find("shop"), State.DOWN, more["used"])] if "used" in more else []
        used = Spent(timed(p, lost), timed(p, []))
        return known, budgets(known, result, used=used)

    return found


def test_two_hours_are_more_than_a_month_at_three_nines_allows(asked):
    known, (budget,) = asked()
    assert (round(budget.allowed, 2), budget.least, budget.most) == (44.64, 120, 120)
    assert budget.verdict is Verdict.BROKEN
    assert answer(known, (budget,)).rows == (
        ("Deal", "Shop", "available 99.9 %", "2026-12-01 to 2027-01-01, Europe/Amsterdam", 44.6, 0.0, 44.6, 120.0, 120.0, "broken"),
    )  # fmt: skip


def test_minutes_outside_the_service_hours_do_not_count(asked):
    _, (budget,) = asked(objective="service_hours: 'Mon-Fri 08:00-18:00'")
    assert budget.most == 0
    _, (budget,) = asked(objective="service_hours: 'Sat 03:00-09:00'")
    assert budget.most == 60
    assert round(budget.allowed, 6) == round(4 * 360 * 0.001, 6)


def test_planned_time_may_be_left_out(asked):
    _, (budget,) = asked(objective="planned_time_excluded: yes", kind=ChangeKind.MAINTENANCE)
    assert (budget.most, budget.verdict) == (0, Verdict.KEPT)
    known, (budget,) = asked(objective="planned_time_excluded: yes", kind=ChangeKind.OUTAGE)
    assert budget.verdict is Verdict.BROKEN
    assert answer(known, (budget,)).notes == ()


def test_degraded_service_counts_where_the_agreement_says_so(asked):
    degrading = "{on: db, strength: degrading}"
    assert asked(strength=degrading)[1] == ()
    _, (budget,) = asked(strength=degrading, objective="degraded_counts: yes")
    assert budget.most == 120


def test_what_is_not_known_may_break_a_promise(asked):
    _, (budget,) = asked(strength="db", profile=Profile.UNKNOWN)
    assert (budget.least, budget.most, budget.verdict) == (0, 120, Verdict.MAY_BREAK)


def test_what_was_used_before_counts_with_it(asked):
    _, (budget,) = asked(hours=0.5)
    assert budget.verdict is Verdict.KEPT
    _, (budget,) = asked(hours=0.5, used=((SATURDAY - 9 * HOUR, SATURDAY - 8.5 * HOUR),))
    assert (budget.before, budget.most, budget.verdict) == (30, 30, Verdict.BROKEN)


def test_a_restore_time_is_held_against_the_longest_outage(asked):
    _, found = asked(objective="}, {metric: restore time, within: 1 h")
    assert [(b.objective.metric, b.allowed, b.most, b.verdict) for b in found][1] == (
        "restore time", 60, 120, Verdict.BROKEN,
    )  # fmt: skip


def test_without_a_window_nothing_is_counted_and_that_is_said(asked):
    known, found = asked(hours=0)
    assert found[0].verdict is Verdict.OPEN
    assert answer(known, found).title == "1 promise hit, not counted"
    assert answer(known, found).notes == (
        "nobody says when it happens, so nothing is counted, neither what it takes nor what is used already; "
        "choose a start and a length",
    )
    row = dict(zip(answer(known, found).columns, answer(known, found).rows[0], strict=True))
    assert (row["used before"], row["left"], row["at least"], row["at most"]) == ("", "", "", "")


def test_without_an_end_it_is_said_which_promises_that_leaves_open(asked):
    known, found = asked(objective="}, {metric: restore time, within: 1 h", hours=inf)
    assert {b.objective.metric: b.verdict for b in found} == {
        "availability": Verdict.BROKEN,
        "restore time": Verdict.OPEN,
    }
    assert answer(known, found).notes == (
        "1 promise not counted: how long it lasts decides, and nobody says when it ends",
    )


def test_what_was_broken_before_the_change_is_not_among_what_it_breaks(asked):
    known, (budget,) = asked(hours=0.5, used=((SATURDAY - 9 * HOUR, SATURDAY - 8 * HOUR),))
    assert (budget.before, budget.left, budget.verdict, budget.breaks) == (60, 0, Verdict.ALREADY, False)
    told = answer(known, (budget,))
    assert told.title == "1 promise hit, 0 broken, 1 broken already"
    assert told.rows[0][-1] == "broken already"
    assert told.notes == (
        "broken already: incidents and earlier work had used up more than is allowed before this begins",
    )


def test_a_long_list_of_promises_is_cut_and_the_cut_is_said(asked):
    known, (budget,) = asked()
    told = answer(known, (budget,) * 5, most=2)
    assert (len(told.rows), told.notes[0]) == (2, "the first 2 of 5 promises are listed")
    assert told.title == answer(known, (budget,) * 5).title
    assert len(answer(known, (budget,) * 5).rows) == 5
