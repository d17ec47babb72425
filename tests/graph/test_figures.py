"""What sources say about availability comes out as it was written, and what is no number is left out."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from graph.figures import READ, Figures, Takeover, figures
from graph.ntriples import element_iri
from graph.store.interface import Value
from tests.graph.written import opened

BASE = "https://w3id.org/servicemap/id/"
TEXT = """
    elements:
      - id: db
        kind: database
        intrinsic_availability: 99.95 %
        measured_availability: 99.9
        maintenance_hours: [Sun 02:00-04:00, "Wed 03:00-03:30"]
        planned_window: {starts: "2026-12-05T22:00:00+01:00", ends: "2026-12-06T02:00:00+01:00"}
        recovery_time_objective: 30 min
        monthly_cost: {amount: 100, currency: EUR}
        objectives: [{metric: availability, percent: 99 %, scope: intrinsic}]
        depends_on:
          - {id: pair, of: [a, b], switchover: 2 min, coverage: 98 %, common_cause: 5 %}
      - {id: a, kind: server}
      - {id: b, kind: server}
      - {id: us, kind: team, time_zone: Europe/Amsterdam}
      - id: deal
        kind: agreement
        agreement_type: ola
        by: us
        for: us
        covers: db
        valid_from: 2026-01-01
        valid_until: 2027-01-01T00:00:00+01:00
        objectives:
          - {metric: availability, percent: 99.9 %, period: month, degraded_counts: true, planned_time_excluded: true, service_hours: "Mon-Fri 08:00-18:00"}
          - {metric: restore time, within: 4 h}
"""


def iri(name):
    return element_iri(BASE, "shop", name)


def test_everything_that_is_said_is_read(tmp_path):
    found = figures(opened(tmp_path, TEXT).store)
    db = iri("db")
    assert found.intrinsic == {db: Decimal("99.95")}
    assert found.measured == {db: Decimal("99.9")}
    assert found.restore == {db: Decimal(30)}
    assert found.costs == {db: (Decimal(100), "EUR")}
    assert found.maintenance == {db: ("Sun 02:00-04:00", "Wed 03:00-03:30")}
    assert found.windows[db][0][0] == datetime(2026, 12, 5, 21, tzinfo=UTC)
    assert found.takeovers == {f"{db}/group/pair": Takeover(switchover=2, coverage=0.98, common_cause=0.05)}
    assert [(o.metric, o.percent, o.end_to_end) for o in found.objectives[db]] == [("availability", Decimal(99), False)]
    assert found.zones == {iri("us"): "Europe/Amsterdam"}


def test_an_agreement_says_who_promised_what_and_until_when(tmp_path):
    (deal,) = figures(opened(tmp_path, TEXT).store).agreements
    assert (deal.kind, deal.by, deal.customers, deal.covers) == ("ola", iri("us"), (iri("us"),), (iri("db"),))
    first, second = deal.objectives
    assert (first.percent, first.period, first.hours) == (Decimal("99.9"), "month", "Mon-Fri 08:00-18:00")
    assert first.degraded_counts
    assert first.planned_time_excluded
    assert (second.metric, second.within, second.end_to_end) == ("restore time", Decimal(240), True)
    assert deal.holds(datetime(2026, 6, 1, tzinfo=UTC))
    assert not deal.holds(datetime(2025, 12, 31, tzinfo=UTC))
    assert not deal.holds(datetime(2026, 12, 31, 23, tzinfo=UTC))


class Statements:
    """Pairs as a store gives them, good and bad."""

    def __init__(self, *pairs):
        self.found = pairs

    def pairs(self, predicate):
        return [(subject, value) for subject, each, value in self.found if each == predicate]

    def about(self, subject):
        return [(each, Value("literal", value), "") for known, each, value in self.found if known == subject]


def test_of_two_sources_the_smaller_availability_counts_and_what_is_no_number_does_not():
    measured = "https://w3id.org/servicemap#measuredAvailability"
    store = Statements(
        ("x", measured, "99.9"), ("x", measured, "99.5"), ("x", measured, "good"), ("y", measured, "NaN")
    )
    assert figures(store).measured == {"x": Decimal("99.5")}


def test_a_map_that_says_nothing_has_no_figures():
    assert figures(Statements()) == Figures()


@pytest.mark.parametrize("few", [0, 10])
def test_amounts_are_gone_through_once_or_looked_up_where_few_facts_need_them(monkeypatch, few):
    monkeypatch.setattr("graph.figures._FEW", few)
    asked = []

    class Counting(Statements):
        def pairs(self, predicate):
            asked.append(predicate.rpartition("#")[2])
            return super().pairs(predicate)

    sm = "https://w3id.org/servicemap#"
    store = Counting(
        ("x", f"{sm}monthlyCost", "x/cost"), ("x/cost", f"{sm}amount", "40"), ("x/cost", f"{sm}currency", "EUR"),
        ("y", f"{sm}costPerHourDown", "y/loss"), ("y/loss", f"{sm}amount", "9"), ("y/loss", f"{sm}currency", "EUR"),
    )  # fmt: skip
    found = figures(store)
    assert (found.costs, found.losses) == ({"x": (Decimal(40), "EUR")}, {"y": (Decimal(9), "EUR")})
    assert len(asked) == len(set(asked))
    assert ("amount" in asked) is (few == 0)
    assert figures(store, costs=False).costs == {}
    assert figures(store, costs=False).losses == found.losses
    asked.clear()
    assert figures(store, money=False).costs == {}
    assert "amount" not in asked


def test_no_property_is_read_beside_those_that_are_listed(tmp_path):
    class Spy:
        def __init__(self, store):
            self.store, self.asked = store, set()

        def pairs(self, predicate):
            self.asked.add(predicate)
            return self.store.pairs(predicate)

        def about(self, subject):
            return self.store.about(subject)

    spy = Spy(opened(tmp_path).store)
    figures(spy)
    assert spy.asked <= READ
