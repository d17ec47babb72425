"""What a change costs and what can be claimed follows from what the map says, and from nothing else."""

from datetime import datetime
from decimal import Decimal

import pytest

from graph.analysis.budgets import Spent, budgets
from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.analysis.known import Known
from graph.analysis.losses import claims, claims_answer, losses, losses_answer
from graph.analysis.states import State
from graph.analysis.timed import Happening, timed
from graph.analysis.windows import ALWAYS
from graph.figures import figures
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, cost_per_hour_down: {amount: 1200.50, currency: EUR},
         depends_on: [STRENGTH]}
      - {id: advice, kind: business service, name: Advice, depends_on: [{on: db, strength: required}]}
      - {id: db, kind: database, name: Database}
      - {id: maker, kind: team, name: Maker, time_zone: Europe/Amsterdam}
      - {id: buyers, kind: customer, name: Buyers}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: maker, for: buyers, covers: shop,
         time_zone: Europe/Amsterdam, AGREED objectives: [{metric: availability, percent: 99.9 %, period: month OBJECTIVE}]}
"""
SATURDAY = int(datetime.fromisoformat("2026-12-05T02:00+01:00").timestamp())
HOUR = 3600
STEPS = ", credits: [{below: 99 %, credit: 25 %}, {below: 99.9 %, credit: 10 %}]"
PRICE = "price: {amount: 1900, currency: EUR, per: month}, "


@pytest.fixture
def asked(tmp_path):
    def found(*, agreed="", objective="", strength="{on: db, strength: required}", hours=2.0, used=None, **more):
        text = MAP.replace("AGREED", agreed).replace("OBJECTIVE", objective).replace("STRENGTH", strength)
        map_ = opened(tmp_path, text)
        p = map_.projection
        windows = ((SATURDAY, SATURDAY + round(hours * HOUR)),) if hours else ALWAYS
        change = Change(ChangeKind.OUTAGE, p.find("db"), windows, more.get("surely"))
        result = judge(p, [change], times=times_of(p), profile=more.get("profile", Profile.REQUIRED))
        known = Known(p, figures(map_.store))
        lost = [Happening(p.find("shop"), State.DOWN, used)] if used else []
        spent = Spent(timed(p, lost), timed(p, []))
        return known, losses(known, result), claims(budgets(known, result, used=spent))

    return found


def test_the_hours_down_are_paid_at_what_an_hour_costs_and_who_says_no_cost_is_named(asked):
    known, (found, silent), _ = asked(hours=2.5)
    told = losses_answer(known, found, silent)
    assert told.rows == (("shop/shop", "Shop", "2.5", "1,200.50 EUR", "3,001.25 EUR"),)
    assert told.notes == ("not said what an hour down costs of 1 business service: Advice",)


def test_hours_that_are_not_certain_make_a_range(asked):
    _, (found, _), _ = asked(hours=3, surely=((SATURDAY, SATURDAY + HOUR),))
    assert found[0].amounts == (Decimal("1200.50"), Decimal("3601.50"))


def test_a_service_that_only_works_badly_loses_nothing(asked):
    _, (found, _), _ = asked(strength="{on: db, strength: degrading}")
    assert found == ()


def test_without_a_window_no_cost_is_counted(asked):
    known, (found, silent), claimed = asked(hours=0)
    assert losses_answer(known, found, silent).rows[0][4] == "not counted: no window"
    assert claimed == ()


@pytest.mark.parametrize(
    ("hours", "share", "amount"), [(2, "10 % of the price", "190.00 EUR"), (8, "25 % of the price", "475.00 EUR")]
)
def test_the_largest_step_that_is_reached_is_given_back_of_the_price_of_the_period(asked, hours, share, amount):
    known, _, found = asked(agreed=PRICE + "claim_within: 30 days, ", objective=STEPS, hours=hours)
    assert claims_answer(known, found).rows == (("Deal", "Maker", "Buyers", share, amount, "2027-01-31T00:00+01:00"),)


def test_what_was_lost_before_in_the_period_counts_for_the_step(asked):
    _, _, found = asked(agreed=PRICE, objective=STEPS, used=((SATURDAY - 90 * HOUR, SATURDAY - 84 * HOUR),))
    assert (found[0].least, found[0].most) == (Decimal(25), Decimal(25))


def test_a_step_that_is_not_certain_makes_a_range(asked):
    known, _, found = asked(agreed=PRICE, objective=STEPS, strength="db", profile=Profile.UNKNOWN)
    assert claims_answer(known, found).rows[0][3:5] == ("0 % to 10 % of the price", "0.00 EUR to 190.00 EUR")


@pytest.mark.parametrize(
    ("agreed", "objective", "told"),
    [
        ("", "", ("not said", "not said", "not said")),
        ("penalty: The month is free., ", "", ("in words: The month is free.", "not said", "not said")),
        ("claim_within: 30 days, ", "", ("not said", "not said", "2027-01-31T00:00+01:00")),
        ("", STEPS, ("10 % of the price", "not said", "not said")),
        ("price: {amount: 12, currency: EUR, per: year}, ", STEPS, ("10 % of the price", "not said", "not said")),
    ],
)
def test_what_the_map_does_not_say_is_told_as_not_said(asked, agreed, objective, told):
    known, _, found = asked(agreed=agreed, objective=objective)
    assert claims_answer(known, found).rows[0][3:] == told


def test_a_promise_that_is_kept_gives_no_claim(asked):
    _, _, found = asked(agreed=PRICE, objective=STEPS, hours=0.5)
    assert found == ()


@pytest.mark.parametrize(
    ("before", "words"), [(2, "25 % of the price, 10 % of it owed already"), (8, "25 % of the price, owed already")]
)
def test_what_is_owed_without_the_change_is_told_apart(asked, before, words):
    used = ((SATURDAY - 90 * HOUR, SATURDAY - (90 - before) * HOUR),)
    known, _, found = asked(agreed=PRICE, objective=STEPS, hours=6, used=used)
    assert claims_answer(known, found).rows[0][3] == words
