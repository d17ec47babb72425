"""Whether one can get back is said for time, backups, pipeline, tools, plans, people and what went before."""

from datetime import datetime

import pytest

from graph.back_out import Holds, answer, back_out
from graph.records import Records, seconds
from tests.graph.written import opened

MAP = """
    elements:
      - id: db
        kind: database
        name: Database
        depends_on: [{on: vault, kind: backed up by}, {on: pipe, kind: deployed by}]
      - {id: vault, kind: application, name: Vault, depends_on: [{on: disk, strength: required}]}
      - {id: pipe, kind: application, name: Pipeline}
      - {id: disk, kind: server, name: Disk}
      - {id: chat, kind: application, name: Chat, depends_on: [{on: db, strength: required}]}
      - {id: copy, kind: backup, name: Copy, backup_of: db, last_restored: 2026-11-01}
      - {id: ann, kind: person, name: Ann}
    recovery_plans:
      - {id: plan, name: Restore, recovers: db, plan_needs: chat}
    changes:
      - {id: now, name: Update, change_type: normal, affects: db, planned_start: 2026-12-05T02:00Z, planned_end: 2026-12-05T04:00Z,
         carried_out_by: ann, back_out: 30 min, point_of_no_return: 2026-12-05T03:00Z, back_out_needs: pipe}
      - {id: other, name: New disk, change_type: normal, affects: disk, planned_start: 2026-12-05T03:00Z, planned_end: 2026-12-05T05:00Z, carried_out_by: ann}
      - {id: good, name: Good, change_type: normal, state: done, affects: db, planned_start: 2026-11-01T02:00Z, planned_end: 2026-11-01T04:00Z}
      - {id: bad, name: Bad, change_type: normal, state: done, affects: db, planned_start: 2026-11-02T02:00Z, planned_end: 2026-11-02T04:00Z}
      - {id: undone, name: Undone, change_type: normal, state: backed out, affects: db, planned_start: 2026-11-03T02:00Z, planned_end: 2026-11-03T04:00Z}
    incidents:
      - {id: i, name: Orders lost, severity: major, started_at: 2026-11-02T03:00Z, restored_at: 2026-11-02T05:00Z, affects: db, caused_by_change: bad}
"""


@pytest.fixture
def asked(tmp_path):
    def told(text=MAP):
        opened_map = opened(tmp_path, text)
        at = seconds(datetime.fromisoformat("2026-12-05T02:00Z"))
        records = Records(opened_map.store, opened_map.projection, at)
        return back_out(records, records.change("now"))

    return told


def of(steps, what):
    return [(step.holds, step.words) for step in steps if step.what == what]


def test_each_part_of_the_way_back_is_looked_at(asked):
    steps = asked()
    assert of(steps, "time") == [
        (Holds.YES, "begun at the point of no return (2026-12-05T03:00+00:00), undoing ends by 2026-12-05T04:00+00:00")
    ]
    assert of(steps, "backup") == [
        (Holds.YES, "Copy is not hit (Database: last restored 2026-11-01)"),
        (Holds.NO, "Vault is down through what else is planned or open (backs up Database)"),
    ]
    assert of(steps, "pipeline") == [(Holds.YES, "Pipeline is not hit (for Database)")]
    assert of(steps, "tool") == [(Holds.YES, "Pipeline is not hit")]
    assert of(steps, "recovery plan") == [(Holds.NO, "Chat is down through this change (needed by Restore)")]
    assert of(steps, "people") == [(Holds.NO, "Ann also carries out New disk")]
    assert of(steps, "earlier changes") == [
        (Holds.NO, "2 of the last 3 changes here went wrong: Undone (backed out), Bad (Orders lost)")
    ]
    assert answer(steps).title == "4 things in the way, 0 not known"


@pytest.mark.parametrize(
    ("before", "after", "holds", "words"),
    [
        ("back_out: 30 min", "back_out: 2 h", Holds.NO, "begun at the point of no return (2026-12-05T03:00+00:00), undoing ends at 2026-12-05T05:00+00:00, after 2026-12-05T04:00+00:00"),
        ("back_out: 30 min, point_of_no_return: 2026-12-05T03:00Z", "back_out: 3 h", Holds.NO, "undoing takes 180 min, longer than the window"),
        ("back_out: 30 min, point_of_no_return: 2026-12-05T03:00Z", "back_out: 30 min", Holds.YES, "undoing takes 30 min; decide at 2026-12-05T03:30+00:00 at the latest"),
        ("back_out: 30 min, ", "", Holds.UNKNOWN, "nobody says how long it takes to undo it"),
        ("planned_end: 2026-12-05T04:00Z,\n         carried", "\n         carried", Holds.UNKNOWN, "undoing takes 30 min, and the window has no end or no beginning"),
    ],
)  # fmt: skip
def test_undoing_must_be_over_with_the_window(asked, before, after, holds, words):
    assert before in MAP
    assert of(asked(MAP.replace(before, after)), "time") == [(holds, words)]


def test_what_the_map_does_not_say_is_not_known(asked):
    text = MAP.replace("carried_out_by: ann, back_out", "back_out").replace(
        "affects: db, planned_start: 2026-12", "affects: pipe, planned_start: 2026-12"
    )
    steps = asked(text)
    assert of(steps, "people") == [(Holds.UNKNOWN, "nobody is named who carries it out")]
    assert of(steps, "backup") == [(Holds.UNKNOWN, "no backup of Pipeline is known")]
    assert of(steps, "earlier changes") == [(Holds.UNKNOWN, "no earlier change of these elements is known")]
    assert of(steps, "tool") == [(Holds.NO, "Pipeline is down through this change")]


def test_a_backup_that_was_never_restored_proves_nothing(asked):
    steps = asked(MAP.replace(", last_restored: 2026-11-01", ""))
    assert of(steps, "backup")[0] == (Holds.UNKNOWN, "Copy is not hit (Database: never seen restored)")
