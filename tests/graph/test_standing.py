"""A change is judged on top of what is so already, and only what it adds is told as its own."""

from datetime import datetime

import pytest

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.states import State
from graph.checker import check
from graph.records import Records, seconds
from graph.results import document
from graph.standing import already, answer, standing
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{on: db, strength: required}]}
      - {id: db, kind: database, name: Database, depends_on: [{of: [disk-1, disk-2], k: 1, strength: required}]}
      - {id: disk-1, kind: server, name: Disk 1}
      - {id: disk-2, kind: server, name: Disk 2}
      - {id: pipe, kind: application, name: Pipeline, depends_on: [{on: disk-2, strength: required}]}
    incidents:
      - {id: i, name: Disk gone, severity: major, started_at: 2026-12-04T10:00Z, restored_at: 2026-12-05T03:00Z, affects: disk-2}
"""
START = seconds(datetime.fromisoformat("2026-12-05T02:00Z"))


@pytest.fixture
def asked(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection

    def told(element="disk-1", hours=2, kind=ChangeKind.MAINTENANCE):
        records = Records(opened_map.store, p, START)
        change = Change(kind, p.find(element), ((START, START + hours * 3600),))
        return opened_map, standing(p, [change], records.baseline)

    return told


def test_the_spare_that_is_in_use_already_is_said_and_the_state_without_the_change_stands_beside(asked):
    opened_map, result = asked()
    told = answer(result)
    names = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
    assert [(row["name"], row["state"], row["without it"]) for row in names] == [
        ("Database", "down", "at risk"),
        ("Shop", "down", "at risk"),
    ]
    assert told.notes[:3] == (
        "already so: Disk gone (incident: Disk 2), 2026-12-04T10:00+00:00 to 2026-12-05T03:00+00:00",
        "already hit, with or without this: Pipeline",
        "a spare or reserve is in use already, so this hits harder: Database, Shop",
    )
    assert told.title == "Disk 1 (maintenance): 2 elements down"
    assert opened_map.projection.labels[result.worsened[0]] == "Database"


def test_what_the_change_adds_is_all_that_it_takes_from_promises(asked):
    opened_map, result = asked()
    shop, pipe = opened_map.projection.find("shop"), opened_map.projection.find("pipe")
    for run in (result.added.most, result.added.least):
        assert run.of(shop, State.DOWN) == ((START, START + 3600),)
        assert run.of(shop, State.AT_RISK) == ((START + 3600, START + 7200),)
        assert run.of(pipe, State.DOWN) == ()


def test_something_broken_that_gets_worse_is_told(tmp_path):
    text = MAP.replace("severity: major", "severity: normal").replace(
        "{id: disk-2, kind: server, name: Disk 2}",
        "{id: disk-2, kind: server, name: Disk 2, depends_on: [{on: disk-1, strength: required}],"
        " operational_status: [{state: degraded, observed_at: 2026-12-04T11:00Z}]}",
    )
    opened_map = opened(tmp_path, text)
    p = opened_map.projection
    change = Change(ChangeKind.OUTAGE, p.find("disk-1"), ((START, START + 60),))
    told = answer(standing(p, [change], Records(opened_map.store, p, START).baseline))
    assert "Disk 2 is degraded already, and would be down" in told.notes


def test_the_full_judgement_is_kept_and_passes_the_checker(asked):
    opened_map, result = asked()
    kept = document(opened_map, result.full)
    assert [change.get("name") for change in kept["changes"]] == [None, "Disk gone"]
    assert check(opened_map.store, kept) == ()


def test_a_change_that_makes_no_difference_is_told_as_having_no_known_impact(asked):
    _, result = asked("disk-2", hours=1)
    assert result.shown.affected == ()
    assert len(result.same) == 3


def test_the_section_of_a_report_lists_what_is_so_already(asked):
    _, result = asked()
    assert already(result).rows == (
        ("incident", "Disk gone", ["Disk 2"], "2026-12-04T10:00+00:00", "2026-12-05T03:00+00:00"),
    )
