"""Records become what they stand for, by state and time; what cannot be is told and left out."""

from datetime import datetime

import pytest

from graph.analysis.changes import ChangeKind
from graph.analysis.windows import FOREVER
from graph.model import InputError
from graph.records import Records, seconds, week_spans
from tests.graph.written import opened

MAP = """
    elements:
      - {id: db, kind: database, name: Database}
      - {id: disk, kind: server, name: Disk, operational_status: [
          {state: working, observed_at: 2026-12-01T00:00Z}, {state: down, observed_at: 2026-12-04T20:00Z}]}
      - {id: web, kind: application, name: Web, operational_status: [{state: degraded, observed_at: 2026-12-04T21:00Z}]}
      - {id: ann, kind: person, name: Ann}
    changes:
      - {id: c-1, name: Update, change_type: normal, state: approved, affects: [db, disk], carried_out_by: ann, back_out: 90 min,
         planned_start: 2026-12-05T02:00Z, planned_end: 2026-12-05T04:00Z, point_of_no_return: 2026-12-05T03:00Z, back_out_needs: web}
      - {id: c-2, name: Over, change_type: normal, state: done, affects: db, planned_start: 2026-12-05T02:00Z, planned_end: 2026-12-05T04:00Z}
      - {id: c-3, name: Late, change_type: normal, state: in progress, affects: web, planned_start: 2026-12-04T02:00Z, planned_end: 2026-12-04T04:00Z}
      - {id: c-4, name: Forgotten, change_type: normal, state: approved, affects: web, planned_start: 2026-12-03T02:00Z, planned_end: 2026-12-03T04:00Z}
      - {id: c-5, name: Reversed, change_type: normal, affects: web, planned_start: 2026-12-05T04:00Z, planned_end: 2026-12-05T02:00Z}
      - {id: c-6, name: Empty, change_type: normal, planned_start: 2026-12-05T04:00Z}
      - {id: c-7, name: Some day, change_type: normal, affects: web}
      - {id: c-8, name: Next year, change_type: normal, affects: web, planned_start: 2027-12-05T04:00Z, planned_end: 2027-12-05T05:00Z}
    incidents:
      - {id: i-1, name: Slow, severity: normal, started_at: 2026-12-04T10:00Z, affects: db}
      - {id: i-2, name: Gone, severity: major, started_at: 2026-12-04T10:00Z, restored_at: 2026-12-06T00:00Z, affects: db}
      - {id: i-3, name: Mended, severity: major, started_at: 2026-12-04T10:00Z, restored_at: 2026-12-04T11:00Z, affects: db}
      - {id: i-4, name: Known, severity: normal, started_at: 2026-12-04T10:00Z, affects: web}
    change_freezes:
      - {id: f-1, name: Black week, affects: db, planned_start: 2026-12-05T00:00Z, planned_end: 2026-12-06T00:00Z, allows: standard}
      - {id: f-2, name: Last year, affects: db, planned_start: 2025-12-05T00:00Z, planned_end: 2025-12-06T00:00Z}
    maintenance_windows:
      - {id: w-1, name: Saturday night, affects: disk, repeats: "Sat 02:00-04:00"}
      - {id: w-2, name: Sometimes, affects: disk, repeats: when the moon is full}
"""


def at(text):
    return seconds(datetime.fromisoformat(text))


@pytest.fixture
def records(tmp_path):
    opened_map = opened(tmp_path, MAP)
    return Records(opened_map.store, opened_map.projection, at("2026-12-04T23:00Z"), at("2026-12-12T00:00Z"))


def test_changes_that_are_planned_or_under_way_are_read_and_no_others(records):
    assert [plan.name for plan in records.changes] == ["Late", "Update"]
    update = records.changes[1]
    labels = records.projection.labels
    assert [labels[e] for e in update.elements] == ["Database", "Disk"]
    assert update.window == ((at("2026-12-05T02:00Z"), at("2026-12-05T04:00Z")),)
    assert {change.kind for change in update.changes} == {ChangeKind.MAINTENANCE}
    assert (update.type, update.state, update.back_out) == ("normal", "approved", 5400)
    assert update.no_return == at("2026-12-05T03:00Z")
    assert [labels[v] for v in (*update.by, *update.needs)] == ["Ann", "Web"]


def test_a_change_that_is_late_has_no_certain_end(records):
    (late,) = records.running
    assert late.name == "Late"
    assert late.changes[0].windows == ((at("2026-12-04T02:00Z"), FOREVER),)
    assert late.changes[0].surely == ((at("2026-12-04T02:00Z"), at("2026-12-04T04:00Z")),)


def test_an_open_incident_may_go_on_for_ever_and_is_certain_until_now(records):
    slow = next(plan for plan in records.incidents if plan.name == "Slow")
    assert [(c.kind, c.surely) for c in slow.changes] == [
        (ChangeKind.OUTAGE, ()),
        (ChangeKind.DEGRADATION, ((at("2026-12-04T10:00Z"), records.at),)),
    ]
    assert slow.end == FOREVER


def test_an_incident_of_which_only_the_detection_is_known_counts_from_then(tmp_path):
    of = opened(
        tmp_path,
        MAP.replace("started_at: 2026-12-04T10:00Z, affects: web", "detected_at: 2026-12-04T11:00Z, affects: web"),
    )
    found = Records(of.store, of.projection, at("2026-12-04T23:00Z"), at("2026-12-12T00:00Z")).incidents
    assert [plan.start for plan in found if plan.name == "Known"] == [at("2026-12-04T11:00Z")]


def test_a_major_incident_with_an_end_is_an_outage_until_then(records):
    gone = next(plan for plan in records.incidents if plan.name == "Gone")
    assert [(c.kind, c.windows, c.surely) for c in gone.changes] == [
        (ChangeKind.OUTAGE, ((at("2026-12-04T10:00Z"), at("2026-12-06T00:00Z")),), None)
    ]


def test_an_incident_that_is_restored_is_not_open(records):
    assert "Mended" not in [plan.name for plan in records.incidents]


def test_a_state_reported_since_says_how_bad_an_incident_is(records):
    known = next(plan for plan in records.incidents if plan.name == "Known")
    assert [change.kind for change in known.changes] == [ChangeKind.DEGRADATION]


def test_the_last_reported_state_counts_where_no_incident_tells_it(records):
    labels = records.projection.labels
    assert [(labels[p.record], p.name) for p in records.reported] == [("Disk", "Disk reported down")]
    before = Records(records.store, records.projection, at("2026-12-04T19:00Z"))
    assert before.reported == ()


def test_windows_repeat_and_freezes_that_are_over_are_left_out(records):
    assert [(p.name, p.window) for p in records.windows] == [
        ("Saturday night", ((at("2026-12-05T02:00Z"), at("2026-12-05T04:00Z")),))
    ]
    assert [(f.name, f.allows) for f in records.freezes] == [("Black week", ("standard",))]


def test_what_cannot_be_is_told_with_its_place(records):
    assert [str(f).partition("map.yaml:")[2] for f in records.findings] == [
        "13: 'Forgotten' is over, and its state is still open; say 'done', 'backed out' or 'rejected'",
        "14: 'Reversed' ends before it starts; correct 'planned_start' or 'planned_end'",
        "15: 'Empty' affects nothing; say what it 'affects'",
        "16: 'Some day' has no planned start; give it 'planned_start'",
        "28: 'Sometimes' repeats 'when the moon is full', which is not understood; write it as 'Sat 02:00-04:00'",
    ]


@pytest.mark.parametrize(("key", "word"), [("started_at", "started"), ("detected_at", "was noticed")])
def test_an_incident_that_ends_before_it_begins_names_the_field_that_is_written(tmp_path, key, word):
    text = f"""
        elements: [{{id: db, kind: database, name: Database}}]
        incidents: [{{id: i, name: Odd, {key}: 2026-12-04T12:00Z, restored_at: 2026-12-04T11:00Z, affects: db}}]
        """
    opened_map = opened(tmp_path, text)
    records = Records(opened_map.store, opened_map.projection, at("2026-12-04T10:00Z"), at("2026-12-06T00:00Z"))
    assert records.incidents == ()
    assert [f.message for f in records.findings] == [f"'Odd' is restored before it {word}"]
    assert [f.remedy for f in records.findings] == [f"correct '{key}' or 'restored_at'"]


def test_weekly_hours_are_meant_in_the_zone_of_the_element_or_its_owner_and_a_wrong_one_is_told(tmp_path):
    opened_map = opened(
        tmp_path,
        """
        elements:
          - {id: web, kind: application, name: Web, owner: dutch}
          - {id: db, kind: database, name: Database, owner: lost}
          - {id: dutch, kind: team, name: Dutch, time_zone: Europe/Amsterdam}
          - {id: lost, kind: team, name: Lost, time_zone: Nowhere}
        maintenance_windows:
          - {id: w, name: Night, affects: web, repeats: "Sat 02:00-03:00"}
        """,
    )
    p = opened_map.projection
    records = Records(opened_map.store, p, at("2026-12-04T23:00Z"), at("2026-12-06T00:00Z"))
    assert records.windows[0].window == ((at("2026-12-05T01:00Z"), at("2026-12-05T02:00Z")),)
    assert records.zone(p.find("db")) == ""
    assert [f.message for f in records.findings] == ["'Database' lies in the time zone 'Nowhere', which is not known"]


def test_a_change_is_found_by_its_name_whatever_its_state(records):
    assert records.change("c-2").name == "Over"
    with pytest.raises(InputError, match="'Database' is no change record"):
        records.change("db")
    with pytest.raises(InputError, match="'Reversed' ends before it starts"):
        records.change("c-5")


@pytest.mark.parametrize(
    ("hours", "spans"),
    [
        ("24 x 7", [("2026-12-05T01:30Z", "2026-12-07T00:00Z")]),
        (
            "Sat-Sun 01:00-02:00",
            [("2026-12-05T01:30Z", "2026-12-05T02:00Z"), ("2026-12-06T01:00Z", "2026-12-06T02:00Z")],
        ),
        ("Mon 00:00-02:00", []),
    ],
)
def test_weekly_hours_are_cut_to_the_time_asked_about(hours, spans):
    found = week_spans(hours, (at("2026-12-05T01:30Z"), at("2026-12-07T00:00Z")))
    assert found == tuple((at(start), at(end)) for start, end in spans)
