"""Promises, approval and cost stand side by side without an edit and with it, and first what is not the same in both."""

from datetime import datetime

import pytest

from graph.analysis.budgets import budgets
from graph.analysis.changes import Change, ChangeKind, times_of
from graph.analysis.judgement import judge
from graph.analysis.known import Known
from graph.analysis.losses import losses
from graph.beside import COST, PROMISES, Hanging, approval, beside
from graph.people import people
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, raci: [{duty: accountable, to: ann}],
         cost_per_hour_down: {amount: 100, currency: EUR}, depends_on: [STRENGTH]}
      - {id: desk, kind: business service, name: Desk, raci: [{duty: accountable, to: bob}],
         depends_on: [{on: db, strength: required}]}
      - {id: db, kind: database, name: Database}
      - {id: ann, kind: person, name: Ann}
      - {id: bob, kind: person, name: Bob}
      - {id: team, kind: team}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: team, for: team, covers: [shop, desk],
         objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
START = int(datetime.fromisoformat("2026-12-05T02:00+01:00").timestamp())
REQUIRED, OPTIONAL = "{on: db, strength: required}", "{on: db, strength: optional}"


@pytest.fixture
def hanging(tmp_path):
    def made(strength):
        (tmp_path / strength[-9:-1]).mkdir(exist_ok=True)
        map_ = opened(tmp_path / strength[-9:-1], MAP.replace("STRENGTH", strength))
        p = map_.projection
        found = judge(p, [Change(ChangeKind.OUTAGE, p.find("db"), ((START, START + 7200),))], times=times_of(p))
        known = Known(p, map_.figures)
        hit = {bracket.element: bracket.upper for bracket in found.affected}
        who = people(map_.store, p, {p.find("db")}, hit)
        return Hanging(known, budgets(known, found), who, losses(known, found)[0])

    return made


def test_what_an_edit_saves_is_told_with_what_it_was_before(hanging):
    promises, approving, cost = (part.answer for part in beside(hanging(REQUIRED), hanging(OPTIONAL)))
    assert promises.title == "1 of 2 promises fares otherwise"
    assert promises.rows == (
        ("Deal", "Shop", "available 99.9 %", 120.0, "broken", 0.0, "nothing taken"),
        ("Deal", "Desk", "available 99.9 %", 120.0, "broken", 120.0, "broken"),
    )
    assert approving.title == "1 of 2 people and teams differs"
    assert approving.rows == (
        ("shop/ann", "Ann", "must approve", "need not"),
        ("shop/bob", "Bob", "must approve", "must approve"),
    )
    assert cost.rows == (("shop/shop", "Shop", "100.00 EUR", "2", "200.00 EUR", "0", "nothing"),)


def test_the_other_way_round_both_sides_are_exchanged(hanging):
    there, back = beside(hanging(REQUIRED), hanging(OPTIONAL)), beside(hanging(OPTIONAL), hanging(REQUIRED))
    for one, other, swap in zip(there, back, ((0, 1, 2, 5, 6, 3, 4), (0, 1, 3, 2), (0, 1, 2, 5, 6, 3, 4)), strict=True):
        assert {tuple(row[at] for at in swap) for row in one.answer.rows} == set(other.answer.rows)


def test_a_cut_is_said_and_leaves_what_differs(hanging):
    promises = beside(hanging(REQUIRED), hanging(OPTIONAL), most=1)[0].answer
    assert [row[1] for row in promises.rows] == ["Shop"]
    assert promises.title == "1 of 2 promises fares otherwise"
    assert promises.notes == ("the first 1 of 2 are listed, what differs before the rest",)


def test_what_is_the_same_in_both_is_said_to_be(hanging):
    parts = {part.heading: part.answer for part in beside(hanging(REQUIRED), hanging(REQUIRED))}
    assert [parts[each].title for each in (PROMISES, approval(planned=True), COST)] == [
        "2 promises, the same in both",
        "2 people and teams, the same in both",
        "1 service, the same in both",
    ]
