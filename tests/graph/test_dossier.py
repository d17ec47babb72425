"""A dossier tells promises, people, access, records and costs of one element, and leaves out what makes no sense."""

from datetime import UTC, datetime

import pytest

from graph.analysis.promises import answer as promises_answer
from graph.analysis.promises import checks
from graph.dossier import Dossiers
from graph.people import answer as people_answer
from graph.people import people
from tests.graph.written import opened

NOW = datetime(2026, 11, 26, tzinfo=UTC)
MAP = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web
        raci: [{duty: accountable, to: ann}]
        depends_on: [{on: db, strength: required}]
      - id: db
        kind: database
        name: Database
        contained_in: group
        monthly_cost: {amount: 1200.5, currency: EUR}
        depends_on: [{on: disk, kind: runs on, strength: required}]
      - {id: disk, kind: storage, name: Disk, monthly_cost: {amount: 300, currency: EUR}}
      - {id: lamp, kind: server, name: Lamp}
      - {id: group, kind: resource group, name: Group, access: [{to: ann, role: keeper}]}
      - {id: keeper, kind: access role, name: Keeper, permits: [read, write]}
      - {id: ann, kind: person, name: Ann}
      - {id: web, kind: team, name: Web}
      - {id: buyers, kind: organisation, name: Buyers}
      - id: sla
        kind: agreement
        name: SLA
        agreement_type: sla
        by: web
        for: buyers
        covers: shop
        objectives: [{metric: availability, percent: 99.9, period: month}]
      - id: patch
        kind: change
        name: Patch
        state: approved
        affects: disk
        planned_start: 2026-12-01T02:00:00+01:00
        planned_end: 2026-12-01T03:00:00+01:00
      - {id: fire, kind: incident, name: Fire, affects: shop, started_at: 2026-11-20T10:00:00Z}
      - {id: smoke, kind: incident, name: Smoke, affects: shop, started_at: 2026-11-19T10:00:00Z, restored_at: 2026-11-19T11:00:00Z}
"""
PROMISED, PEOPLE, ABLE = "What is promised, and can it be kept?", "Who has a part in a change?", "Who can change it?"
THROUGH, RECORDS, COST = "What can be changed through it?", "What is planned, and what happened?", "What does it cost?"


@pytest.fixture
def told(tmp_path):
    map_ = opened(tmp_path, MAP)
    dossiers = Dossiers(map_.store, map_.projection)

    def sections(name):
        report = dossiers.of(map_.projection.find(name), at=NOW)
        return {section.heading: section.answer for section in report.sections}

    sections.map = map_
    sections.dossiers = dossiers
    return sections


def test_a_service_is_told_with_its_promises_people_records_and_costs(told):
    found = told("shop")
    assert list(found) == [PROMISED, PEOPLE, ABLE, RECORDS, COST]
    assert found[PROMISED].rows[0][:3] == ("sla", "99.9 % in a month of 30 days", "not backed")
    assert [(row[0], row[1]) for row in found[PEOPLE].rows] == [("must approve", "Ann"), ("must be told", "Web")]
    assert found[ABLE].notes == ("gap: nobody is known to have access to change Shop",)


def test_promises_and_people_are_those_that_the_commands_tell(told):
    p, known = told.map.projection, told.dossiers._known
    shop = p.find("shop")
    whole = promises_answer(known, checks(known, shop))
    assert told("shop")[PROMISED].notes == whole.notes
    assert told("shop")[PEOPLE] == people_answer(p, people(told.map.store, p, {shop}, {}, at=NOW))


def test_records_of_what_it_rests_on_count_the_latest_first_with_their_state(told):
    rows = told("shop")[RECORDS].rows
    assert [(row[2], row[5], row[6]) for row in rows] == [
        ("Patch", "approved", ("Disk",)), ("Fire", "open", ("Shop",)), ("Smoke", "restored", ("Shop",)),
    ]  # fmt: skip
    assert rows[0][3:5] == ("2026-12-01 02:00+01:00", "2026-12-01 03:00+01:00")
    assert [row[2] for row in told("disk")[RECORDS].rows] == ["Patch"]


def test_a_freeze_of_everything_is_told_of_whatever_can_be_changed(tmp_path):
    freeze = (
        "      - {id: f, kind: change freeze, name: Year end, planned_start: 2026-12-20, planned_end: 2027-01-02}\n"
    )
    map_ = opened(tmp_path, MAP + freeze)
    dossiers = Dossiers(map_.store, map_.projection)

    def records(name):
        report = dossiers.of(map_.projection.find(name), at=NOW)
        return [row[2] for section in report.sections if section.heading == RECORDS for row in section.answer.rows]

    assert records("disk") == ["Year end", "Patch"]
    assert records("web") == []


def test_many_records_are_cut_and_the_cut_is_said(tmp_path):
    many = "".join(
        f"      - {{id: c{n}, kind: change, name: C{n}, state: done, affects: shop, planned_start: 2026-01-01T00:{n:02}:00Z, "
        f"planned_end: 2026-01-01T01:{n:02}:00Z}}\n"
        for n in range(60)
    )
    map_ = opened(tmp_path, MAP + many)
    report = Dossiers(map_.store, map_.projection).of(map_.projection.find("shop"), at=NOW)
    records = next(section.answer for section in report.sections if section.heading == RECORDS)
    assert len(records.rows) == 50
    assert records.notes == ("the latest 50 of 63 records",)


def test_cost_is_its_own_and_with_all_that_it_rests_on(told):
    assert told("shop")[COST].rows == (("EUR", "", "1,500.5"),)
    assert told("db")[COST].rows == (("EUR", "1,200.5", "1,500.5"),)
    assert COST not in told("lamp")


def test_access_is_told_both_ways(told):
    assert told("db")[ABLE].rows == (("Ann", "Group"),)
    through = told("ann")[THROUGH]
    assert {(row[0], row[1]) for row in through.rows} == {("Group", "read"), ("Group", "write")}
    assert ABLE not in told("ann")


def test_nobody_has_to_answer_for_people_papers_and_records(told):
    for name in ("web", "sla", "fire", "buyers"):
        assert not any("gap" in note for answer in told(name).values() for note in answer.notes), name


def test_access_is_no_question_where_the_map_says_nothing_about_it(tmp_path):
    map_ = opened(tmp_path, "    elements: [{id: a, kind: server, name: A}]\n")
    report = Dossiers(map_.store, map_.projection).of(0, at=NOW)
    assert [section.heading for section in report.sections] == [PEOPLE]


def test_only_services_have_a_response_plan(told):
    p = told.map.projection
    assert told.dossiers.plan(p.find("shop")).title == "Response plan of Shop"
    assert told.dossiers.plan(p.find("db")) is None
