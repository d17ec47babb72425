"""The next repair is the one that wins most, in the map as it is after the repairs before it."""

import pytest

from graph.analysis.availability import availability
from graph.analysis.known import Known, Settings
from graph.analysis.repairs import answer, repairs
from graph.figures import figures
from tests.graph.written import opened

TEXT = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [db, net, {of: [one, two]}, pay]}
      - {id: db, kind: database, intrinsic_availability: 99.5, monthly_cost: {amount: 1000, currency: EUR}}
      - {id: net, kind: network, intrinsic_availability: 99.9, monthly_cost: {amount: 10, currency: EUR}}
      - {id: one, kind: server, intrinsic_availability: 99, monthly_cost: {amount: 10, currency: USD}}
      - {id: two, kind: server, intrinsic_availability: 99}
      - {id: pay, kind: vendor service}
      - {id: us, kind: team}
      - {id: uc, kind: agreement, agreement_type: underpinning contract, by: us, for: us, covers: pay, objectives: [{metric: availability, percent: 99.8 %}]}
"""


@pytest.fixture
def known(tmp_path):
    map_ = opened(tmp_path, TEXT)
    return Known(map_.projection, figures(map_.store), Settings())


def names(known, found):
    return [(known.projection.labels[r.candidate.vertex], r.candidate.edit) for r in found]


def test_repairs_with_a_cost_are_ranked_by_minutes_for_the_money(known):
    priced, _, currency = repairs(known, known.projection.find("shop"))
    assert currency == "EUR"
    assert names(known, priced)[:2] == [("net", "a second one"), ("db", "a second one")]
    assert priced[0].candidate.cost == 120


def test_repairs_without_a_cost_in_the_currency_are_a_list_of_their_own_by_minutes(known):
    _, unpriced, _ = repairs(known, known.projection.find("shop"), picks=3)
    assert names(known, unpriced)[0] == ("pay", "a second one")
    assert all(r.candidate.cost is None for r in unpriced)
    assert {name for name, _ in names(known, unpriced)[1:]} == {"one", "two"}


def test_what_a_repair_wins_is_the_exact_difference_after_those_before_it(known):
    target = known.projection.find("shop")
    before = availability(known, target).minutes
    priced, _, _ = repairs(known, target, picks=2)
    q = {"net": 0.001, "db": 0.005}
    rest = (1 - 0.01**2) * (1 - 0.002)
    first = 525_600 * (1 - rest * (1 - q["db"]) * (1 - q["net"] ** 2))
    second = 525_600 * (1 - rest * (1 - q["db"] ** 2) * (1 - q["net"] ** 2))
    assert priced[0].minutes == pytest.approx(before - first)
    assert priced[1].minutes == pytest.approx(first - second)
    assert priced[1].left == pytest.approx(second)
    assert priced[0].exact


def test_each_pick_leaves_less_to_win(known):
    for found in repairs(known, known.projection.find("shop"), picks=4)[:2]:
        left = [repair.left for repair in found]
        assert left == sorted(left, reverse=True)
        assert all(repair.minutes > 0 for repair in found)


def test_the_answer_says_what_was_compared_and_what_not(known):
    target = known.projection.find("shop")
    told = answer(known, target, repairs(known, target, picks=1))
    assert told.rows[0][:3] == ("shop/net", "net", "a second one")
    assert told.rows[0][5] == 120
    assert "costs in USD are not compared with those in EUR" in told.notes
    assert told.title.startswith("Shop: 1 repair with a cost, 1 without; now ")


def test_a_service_without_figures_has_no_repairs(tmp_path):
    map_ = opened(tmp_path, "elements:\n  - {id: a, kind: service, depends_on: [b]}\n  - {id: b, kind: server}\n")
    bare = Known(map_.projection, figures(map_.store), Settings())
    assert repairs(bare, bare.projection.find("a")) == ([], [], "")
