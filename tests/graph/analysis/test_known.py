"""Which figure counts: the first of measured, contract, objective and default; beneath an end-to-end one nothing is looked at."""

from datetime import date
from decimal import Decimal

import pytest

from graph.analysis.impact import State
from graph.analysis.known import Known, Settings
from graph.analysis.likelihood import likelihood
from graph.figures import figures
from ontology import terms as t
from tests.graph.written import opened


def known(folder, text, **settings):
    map_ = opened(folder, text)
    return Known(map_.projection, figures(map_.store), Settings(**settings))


def unavailability(found, name):
    return likelihood(found.structure(found.projection.find(name), State.DOWN)).unavailability


CONTRACT = "{id: c, kind: agreement, agreement_type: underpinning contract, by: v, for: v, covers: x, objectives: [{metric: availability, percent: 99 %}]}"
OLA = "{id: o, kind: agreement, agreement_type: ola, by: v, for: v, covers: x, objectives: [{metric: availability, percent: 98 %, scope: intrinsic}]}"


@pytest.mark.parametrize(
    ("own", "agreements", "origin", "chance", "end_to_end"),
    [
        ("intrinsic_availability: 99.9, measured_availability: 99.5", [CONTRACT, OLA], "measured", 0.001, False),
        ("measured_availability: 99.5", [CONTRACT, OLA], "measured", 0.005, True),
        ("version: x", [CONTRACT, OLA], "contract", 0.01, True),
        ("version: x", [OLA], "objective", 0.02, False),
        ("objectives: {metric: availability, percent: 97 %}", [], "objective", 0.03, True),
        ("version: x", [], "default", 0.04, False),
    ],
)
def test_the_first_figure_counts(tmp_path, own, agreements, origin, chance, end_to_end):
    lines = "".join(f"\n      - {agreement}" for agreement in agreements)
    text = f"""
    elements:
      - {{id: x, kind: server, {own}}}
      - {{id: v, kind: team}}{lines}
    """
    found = known(tmp_path, text, defaults={t.INFRASTRUCTURE: Decimal(96)})
    figure = found.figure[found.projection.find("x")]
    assert (figure.origin, figure.unavailability, figure.end_to_end) == (origin, chance, end_to_end)


SITE = """
    elements:
      - id: shop
        kind: business service
        depends_on: [{id: pair, of: [one, two]HOW}]
      - {id: one, kind: server, intrinsic_availability: 99.9, recovery_time_objective: 60 min, depends_on: [site]}
      - {id: two, kind: server, intrinsic_availability: 99.9, recovery_time_objective: 60 min, depends_on: [site]}
      - {id: site, kind: site, intrinsic_availability: 99.95}
"""


def test_two_replicas_on_one_site_from_a_file_are_down_263_minutes_a_year(tmp_path):
    found = known(tmp_path, SITE.replace("HOW", ""))
    assert round(unavailability(found, "shop") * 525_600, 1) == 263.3


def test_an_end_to_end_figure_is_a_leaf_but_for_the_element_itself(tmp_path):
    text = SITE.replace("HOW", "").replace("id: one, kind: server, intrinsic", "id: one, kind: server, measured")
    found = known(tmp_path, text)
    one = found.projection.find("one")
    assert found.own(one, found.projection.find("shop")).end_to_end
    assert found.own(one, one) is None
    assert unavailability(found, "one") == pytest.approx(0.0005)
    assert unavailability(found, "shop") == pytest.approx(0.001 * (1 - 0.999 * 0.9995))


def test_a_common_cause_takes_its_share_of_the_failures_of_each_member(tmp_path):
    found = known(tmp_path, SITE.replace("HOW", ", common_cause: 10 %"))
    expected = 1 - 0.9995 * (1 - 0.0001) * (1 - 0.0009**2)
    assert unavailability(found, "shop") == pytest.approx(expected)


def test_a_takeover_that_fails_lasts_as_long_as_the_failure(tmp_path):
    found = known(tmp_path, SITE.replace("HOW", ", coverage: 90 %"))
    expected = 1 - 0.9995 * (1 - 0.1 * 0.001) * (1 - 0.001**2)
    assert unavailability(found, "shop") == pytest.approx(expected)


def test_a_switchover_costs_its_minutes_at_each_failure(tmp_path):
    found = known(tmp_path, SITE.replace("HOW", ", switchover: 6 min"))
    expected = 1 - 0.9995 * (1 - 0.001 * 6 / 60) * (1 - 0.001**2)
    assert unavailability(found, "shop") == pytest.approx(expected)


def test_a_switchover_without_a_restore_time_is_told(tmp_path):
    text = SITE.replace("HOW", ", switchover: 6 min").replace(", recovery_time_objective: 60 min", "")
    found = known(tmp_path, text)
    assert list(found.takeover_notes(range(4))) == ["switchover not counted for want of a restore time: one, two"]


def test_a_group_that_needs_all_its_members_has_no_takeover(tmp_path):
    found = known(tmp_path, SITE.replace("HOW", ", k: 2, coverage: 50 %, switchover: 6 min"))
    assert unavailability(found, "shop") == pytest.approx(1 - 0.9995 * 0.999**2)


def test_an_agreement_that_has_ended_counts_no_more(tmp_path):
    text = f"""
    elements:
      - {{id: x, kind: server}}
      - {{id: v, kind: team}}
      - {CONTRACT[:-1]}, valid_until: 2026-06-01}}
    """
    assert known(tmp_path, text).figure
    assert known(tmp_path, text, on=date(2026, 5, 31)).figure
    assert not known(tmp_path, text, on=date(2026, 6, 1)).figure


def test_hours_that_nobody_understands_are_told_and_all_hours_count(tmp_path):
    found = known(
        tmp_path, "elements:\n  - {id: x, kind: server, service_hours: now and then, maintenance_hours: some day}"
    )
    notes = []
    assert found.hours(0, None, notes) is None
    assert found.planned([0], notes) == {}
    assert notes == [
        "the service hours 'now and then' of x are not understood: all hours count",
        "the maintenance hours 'some day' of x are not understood: they are left out",
    ]


def test_a_window_that_ends_before_it_starts_is_told_and_left_out(tmp_path):
    text = 'elements:\n  - {id: x, kind: server, planned_window: {starts: "2026-12-06T00:00:00Z", ends: "2026-12-05T00:00:00Z"}}'
    found, notes = known(tmp_path, text, on=date(2026, 12, 5)), []
    assert found.planned([0], notes) == {}
    assert notes == ["a planned window of x ends before it starts: it is left out"]


def test_the_promise_to_customers_is_that_of_the_sla(tmp_path):
    sla = OLA.replace("id: o", "id: s").replace("type: ola", "type: sla").replace("98 %", "97 %")
    text = f"elements:\n  - {{id: x, kind: server}}\n  - {{id: v, kind: team}}\n  - {CONTRACT}\n  - {OLA}\n  - {sla}"
    found = known(tmp_path, text)
    agreement, objective = found.promise(found.projection.find("x"))
    assert (agreement.kind, objective.percent) == ("sla", Decimal(97))
    assert [agreement.kind for agreement, _ in found.promises_of("availability")[found.projection.find("x")]] == [
        "sla",
        "ola",
        "underpinning contract",
    ]
    assert found.promises_of("latency") == {}
