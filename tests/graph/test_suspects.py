"""A change that is under way or was made lately speaks for an element as a cause, and so does how often it fails."""

from datetime import datetime

import pytest

from graph.records import seconds
from graph.suspects import suspicions
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [db], measured_availability: 99}
      - {id: db, kind: database, name: Database, intrinsic_availability: 99.9}
      - {id: mail, kind: vendor service, name: Mail, measured_availability: 98}
      - {id: web, kind: application, name: Web}
    changes:
      - {id: now, name: Now, affects: db, state: in progress, planned_start: 2026-12-05T01:00Z, planned_end: 2026-12-05T09:00Z}
      - {id: done, name: Done, affects: [db, web], state: done, planned_start: 2026-12-03T01:00Z, planned_end: 2026-12-03T02:00Z}
      - {id: old, name: Old, affects: web, state: done, planned_start: 2026-11-03T01:00Z, planned_end: 2026-11-03T02:00Z}
      - {id: next, name: Next, affects: web, state: approved, planned_start: 2026-12-06T01:00Z, planned_end: 2026-12-06T02:00Z}
      - {id: wrong, name: Wrong, affects: web, planned_start: 2026-12-06T03:00Z, planned_end: 2026-12-06T02:00Z}
"""


@pytest.fixture
def told(tmp_path):
    found = opened(tmp_path, MAP)

    def ask(**more):
        at = seconds(datetime.fromisoformat("2026-12-05T02:00Z"))
        known, findings = suspicions(found.store, found.projection, at=at, **more)
        return {found.projection.labels[v]: each for v, each in known.items()}, findings

    return ask


def test_changes_under_way_and_made_lately_are_told_those_that_are_old_or_to_come_are_not(told):
    known, _ = told()
    assert known["Database"].changes == ("Now", "Done")
    assert known["Web"].changes == ("Done",)
    assert told(lately=3600)[0]["Database"].changes == ("Now",)


def test_a_figure_of_all_beneath_says_nothing_of_the_element_itself(told):
    known, _ = told()
    assert known["Database"].unavailability == pytest.approx(0.001)
    assert known["Mail"].unavailability == pytest.approx(0.02)
    assert "Shop" not in known


def test_records_that_cannot_be_are_told(told):
    assert any("'Wrong' ends before it starts" in finding for finding in told()[1])
