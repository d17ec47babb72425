"""impact --change judges a record of the map, on top of what is so already."""

from __future__ import annotations

import json

import pytest

from tests.app.commands import run
from tests.graph.written import write

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{on: db, strength: required}]}
      - {id: db, kind: database, name: Database, depends_on: [{of: [disk-1, disk-2], k: 1, strength: required}]}
      - {id: disk-1, kind: server, name: Disk 1}
      - {id: disk-2, kind: server, name: Disk 2}
    changes:
      - {id: c-1, name: Firmware, change_type: normal, affects: disk-1, planned_start: 2026-12-05T02:00Z, planned_end: 2026-12-05T04:00Z}
      - {id: c-2, name: Other, change_type: normal, affects: disk-2, planned_start: 2026-12-05T03:00Z, planned_end: 2026-12-05T05:00Z}
    incidents:
      - {id: i, name: Disk gone, severity: major, started_at: 2026-12-04T10:00Z, restored_at: 2026-12-05T03:00Z, affects: disk-2}
"""


@pytest.fixture
def impact(tmp_path, capsys, monkeypatch):
    folder = write(tmp_path, MAP).parent

    def told(*words):
        return run(
            capsys, monkeypatch, "impact", *words, folder, *(() if "--format" in words else ("--format", "json"))
        )

    return told


def states(done):
    return {row["name"]: row["state"] for row in json.loads(done.out)["affected"]}


def test_a_record_says_what_is_changed_and_when(impact):
    told = json.loads(impact("--change", "c-1").out)
    assert told["changes"] == ["shop/disk-1"]
    assert [(row["name"], row["state"], row["from"], row["without it"]) for row in told["affected"]] == [
        ("Database", "down", "2026-12-05T02:00+00:00", "at risk"),
        ("Shop", "down", "2026-12-05T02:00+00:00", "at risk"),
    ]
    assert told["already so"] == ["Disk gone"]


def test_the_baseline_can_be_left_out_and_another_kind_and_time_be_tried(impact):
    assert states(impact("--change", "c-1", "--no-baseline")) == {"Database": "at risk", "Shop": "at risk"}
    later = ("--from", "2026-12-05T03:00Z", "--lasts", "1 h")
    assert states(impact("--change", "c-1", *later)) == {"Database": "at risk", "Shop": "at risk"}
    assert set(states(impact("--change", "c-1", "--kind", "degradation", "--no-baseline")).values()) == {"at risk"}


def test_a_window_brings_the_baseline_and_no_window_leaves_it_out(impact):
    window = ("--from", "2026-12-05T02:00Z", "--lasts", "30 min")
    assert states(impact("disk-1", *window)) == {"Database": "down", "Shop": "down"}
    assert states(impact("disk-1")) == {"Database": "at risk", "Shop": "at risk"}


def test_the_report_says_what_else_is_planned_and_whether_one_can_get_back(impact):
    told = impact("--change", "c-1", "--format", "markdown").out
    assert "## Calendar: what else is planned?" in told
    assert "start 'Other' at 2026-12-05T04:00+00:00 or later" in told
    assert "## Can we get back?" in told
    assert "## What is not well already?" in told


def test_moving_a_record_does_not_make_it_collide_with_itself(impact):
    told = impact("--change", "c-2", "--from", "2026-12-05T06:00Z", "--lasts", "1 h", "--format", "markdown").out
    assert "0 collisions" in told


def test_a_result_with_a_baseline_is_verified(impact, tmp_path, capsys, monkeypatch):
    assert impact("--change", "c-1", "--save", tmp_path / "result.json").code == 0
    done = run(capsys, monkeypatch, "verify", tmp_path / "result.json", tmp_path / "shop")
    assert done.code == 0
    assert "every state, span, proof and reason is true of this map" in done.out + done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--change", "db"), "'Database' is no change record; name a change, or ask about the element"),
        (("--change", "c-9"), "no element 'c-9' in this map"),
    ],
)
def test_what_is_no_record_is_one_clear_line(impact, words, said):
    done = impact(*words)
    assert done.code == 2
    assert said in done.err
    assert len(done.err.splitlines()) == 1


def test_neither_an_element_nor_a_record_is_told(capsys, monkeypatch):
    done = run(capsys, monkeypatch, "impact")
    assert done.code == 2
    assert "name a record with --change" in done.err
