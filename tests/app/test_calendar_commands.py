"""collisions and response-plan answer at the command line, and bad input is one clear line."""

from __future__ import annotations

import json

import pytest

from tests.app.commands import run
from tests.graph.written import write

MAP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{of: [disk-1, disk-2], k: 1, strength: required}]}
      - {id: disk-1, kind: server, name: Disk 1}
      - {id: disk-2, kind: server, name: Disk 2}
    changes:
      - {id: a, name: A, change_type: normal, affects: disk-1, planned_start: 2026-12-05T02:00+01:00, planned_end: 2026-12-05T04:00+01:00}
      - {id: b, name: B, change_type: normal, affects: disk-2, planned_start: 2026-12-05T03:00+01:00, planned_end: 2026-12-05T05:00+01:00}
      - {id: c, name: C, change_type: normal, affects: disk-2, planned_start: 2026-12-05T03:00Z, planned_end: 2026-12-05T02:00Z}
"""


@pytest.fixture
def said(tmp_path, capsys, monkeypatch):
    folder = write(tmp_path, MAP).parent
    return lambda *words: run(capsys, monkeypatch, *words, folder)


def test_collisions_are_told_in_the_zone_that_was_asked_in(said):
    done = said("collisions", "--from", "2026-12-05T00:00+01:00", "--format", "json")
    told = json.loads(done.out)
    assert [(row["changes"], row["from"], row["until"]) for row in told["collisions"]] == [
        (["A", "B"], "2026-12-05T03:00+01:00", "2026-12-05T04:00+01:00")
    ]
    assert told["collisions"][0]["way out"] == "start 'B' at 2026-12-05T04:00+01:00 or later"
    assert "'C' ends before it starts" in told["notes"][0]


def test_what_is_over_or_later_is_not_looked_at(said):
    assert json.loads(said("collisions", "--from", "2026-12-06", "--format", "json").out)["collisions"] == []
    before = said("collisions", "--from", "2026-12-01", "--until", "2026-12-02", "--format", "json")
    assert json.loads(before.out)["title"] == "no collision: the map shows no change in this time"


def test_a_time_that_ends_before_it_starts_is_one_clear_line(said):
    done = said("collisions", "--from", "2026-12-06", "--until", "2026-12-05")
    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "ends before it starts" in done.err


def test_a_response_plan_is_printed_as_rows_json_and_a_document(said):
    assert "Response plan of Shop" in said("response-plan", "shop").err
    entries = json.loads(said("response-plan", "shop", "--format", "json").out)["entries"]
    assert {"section": "What is missing?", "entry": {"gap": "no messages are prepared"}} in entries
    assert said("response-plan", "shop", "--format", "html").out.startswith("<!")


def test_an_unknown_service_or_element_is_one_clear_line(said):
    for words in (("shopp",), ("shop", "--when", "disk-9")):
        done = said("response-plan", *words)
        assert done.code == 2
        assert done.err.count("\n") == 1
