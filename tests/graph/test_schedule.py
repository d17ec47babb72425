"""Changes that get in each other's way are told with the reason and a way out; those that do not are left alone."""

from __future__ import annotations

from datetime import datetime
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Change, ChangeKind, Profile, happenings, times_of
from graph.analysis.timed import timed
from graph.analysis.unknowns import Doubts, Readings
from graph.people import holders
from graph.records import Plan, Records, seconds
from graph.schedule import answer, schedule
from tests.examples import examples
from tests.graph.written import opened

ELEMENTS = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        peak_hours: Sat 04:00-06:00
        depends_on: [{on: db, strength: required, tolerance: 30 min}]
      - {id: db, kind: database, name: Database, depends_on: [{of: [disk-1, disk-2], k: 1, strength: required}]}
      - {id: disk-1, kind: server, name: Disk 1}
      - {id: disk-2, kind: server, name: Disk 2}
      - {id: web, kind: application, name: Web, depends_on: [{on: cache, strength: required, tolerance: 45 min}]}
      - {id: cache, kind: application, name: Cache}
      - {id: pipeline, kind: application, name: Pipeline, depends_on: [{on: disk-2, strength: required}]}
      - {id: ann, kind: person, name: Ann}
      - {id: bo, kind: person, name: Bo}
      - {id: dba, kind: role, name: Administrator, held_by: [
          {party: bo, valid_until: 2026-12-01}, {party: ann, valid_from: 2026-12-01}]}
"""


def at(text):
    return seconds(datetime.fromisoformat(text))


def change(name, affects, start, end, more=""):
    return (
        f"      - {{id: {name.lower()}, name: {name}, change_type: normal, affects: {affects}, "
        f"planned_start: 2026-12-05T{start}Z, planned_end: 2026-12-05T{end}Z{more}}}\n"
    )


@pytest.fixture
def asked(tmp_path):
    def told(changes, rest="", **more):
        opened_map = opened(tmp_path, f"{ELEMENTS}    changes:\n{changes}{rest}")
        records = Records(opened_map.store, opened_map.projection, at("2026-12-04T23:00Z"), at("2026-12-12T00:00Z"))
        return answer(opened_map.projection, schedule(records, **more))

    return told


def rows(told, kind):
    return [row[1:] for row in told.rows if row[0] == kind]


def test_two_changes_that_use_up_the_spares_are_told_with_time_and_way_out(asked):
    told = asked(change("A", "disk-1", "02:00", "04:00") + change("B", "disk-2", "03:00", "05:00"))
    assert rows(told, "joint") == [
        (
            ["A", "B"], ["Database", "Shop"], "down", "2026-12-05T03:00+00:00", "2026-12-05T04:00+00:00",
            "the spares of Database are used up (1 of 2 must work)", "start 'B' at 2026-12-05T04:00+00:00 or later",
        )
    ]  # fmt: skip


def test_changes_apart_in_time_do_not_collide(asked):
    told = asked(change("A", "disk-1", "02:00", "03:00") + change("B", "disk-2", "03:00", "04:00"))
    assert told.rows == ()
    assert told.title == "0 collisions of 2 planned changes"


def test_two_short_ones_in_a_row_use_up_a_reserve(asked):
    told = asked(change("A", "cache", "02:00", "02:30") + change("B", "cache", "02:30", "03:00"))
    (row,) = rows(told, "joint")
    assert row[1:3] == (["Web"], "down")
    assert row[5] == "the reserve of 45 min of Web → Cache is used up"


def test_an_open_incident_that_has_used_up_the_spare_is_named(asked):
    incident = (
        "    incidents: [{id: i, name: Disk gone, severity: major, started_at: 2026-12-04T10:00Z, affects: disk-2}]\n"
    )
    (row,) = rows(asked(change("A", "disk-1", "02:00", "04:00"), incident), "joint")
    assert row[0] == ["Disk gone", "A"]
    assert row[-1] == "wait until 'Disk gone' is over"


def test_a_person_is_found_through_the_role_that_they_hold_then(asked):
    both = change("A", "disk-1", "02:00", "04:00", ", carried_out_by: dba") + change(
        "B", "cache", "03:00", "05:00", ", carried_out_by: ann"
    )
    (row,) = rows(asked(both), "person")
    assert row[1] == ["Ann"]
    assert row[5:] == ("both are carried out by Ann", "move 'A' or 'B'")
    assert rows(asked(both.replace("carried_out_by: ann", "carried_out_by: bo")), "person") == []


def test_who_approves_one_and_carries_out_the_other_is_told(asked):
    (row,) = rows(
        asked(
            change("A", "disk-1", "02:00", "04:00", ", approvals: [{approver: ann, approved_at: 2026-12-01}]")
            + change("B", "cache", "03:00", "05:00", ", carried_out_by: ann")
        ),
        "person",
    )
    assert row[5] == "'A' is approved and 'B' carried out by Ann"


def test_a_change_that_takes_what_anothers_back_out_needs_is_told(asked):
    told = asked(
        change("A", "disk-2", "04:00", "05:00")
        + change("B", "cache", "02:00", "03:30", ", back_out_needs: pipeline, back_out: 1 h")
    )
    (row,) = rows(told, "back-out")
    assert row[0] == ["A", "B"]
    assert row[1:5] == (["Pipeline"], "down", "2026-12-05T04:00+00:00", "2026-12-05T04:30+00:00")


def test_a_tool_that_two_back_outs_need_is_told(asked):
    needs = ", back_out_needs: pipeline"
    (row,) = rows(
        asked(change("A", "cache", "02:00", "04:00", needs) + change("B", "web", "03:00", "05:00", needs)), "tool"
    )
    assert row[5] == "both need Pipeline for their back-out"


@pytest.mark.parametrize(("allows", "told"), [("standard", True), ("normal", False)])
def test_a_freeze_stops_what_it_does_not_allow(asked, allows, told):
    freeze = (
        "    change_freezes:\n"
        f"      - {{id: f, name: Black week, affects: shop, allows: {allows}, planned_start: 2026-12-05, planned_end: 2026-12-06}}\n"
    )
    found = rows(asked(change("A", "db", "02:00", "03:00") + change("B", "cache", "02:00", "03:00"), freeze), "freeze")
    assert [row[0] for row in found] == ([["A"]] if told else [])


def test_a_freeze_that_names_nothing_stops_every_change(asked):
    freeze = "    change_freezes: [{id: f, name: Year end, planned_start: 2026-12-05, planned_end: 2026-12-06, allows: emergency}]\n"
    found = rows(asked(change("A", "db", "02:00", "03:00") + change("B", "cache", "02:00", "03:00"), freeze), "freeze")
    assert [row[:2] for row in found] == [(["A"], ["Database"]), (["B"], ["Cache"])]


def test_a_peak_that_is_hit_is_told(asked):
    (row,) = rows(asked(change("A", "db", "03:00", "05:00")), "peak")
    assert row[1:5] == (["Shop"], "down", "2026-12-05T04:00+00:00", "2026-12-05T05:00+00:00")


def test_work_outside_its_maintenance_window_is_told_and_windows_can_be_taken_for_planned(asked):
    window = "    maintenance_windows: [{id: w, name: Night, affects: disk-1, repeats: 'Sat 02:00-03:00'}]\n"
    both = change("A", "disk-1", "02:30", "04:00") + change("B", "disk-2", "02:00", "03:00")
    assert [row[0] for row in rows(asked(both, window), "window")] == [["A"]]
    assert ["Night", "B"] not in [row[0] for row in rows(asked(both, window), "joint")]
    assert ["B", "Night"] in [row[0] for row in rows(asked(both, window, windows=True), "joint")]


def test_sets_that_are_not_looked_for_are_said(asked):
    told = asked("".join(change(name, "cache", "02:00", "03:00") for name in "ABC"), most=2)
    assert "sets of more than 2 changes are not looked for" in told.notes


def test_service_hours_that_are_hit_are_told_in_the_zone_of_the_owner(asked, tmp_path):
    promised = ELEMENTS.replace(
        "peak_hours: Sat 04:00-06:00", "service_hours: Sat 04:00-06:00\n        owner: web-team"
    )
    promised += "      - {id: web-team, kind: team, name: Web team, time_zone: Europe/Amsterdam}\n"
    opened_map = opened(tmp_path, f"{promised}    changes:\n{change('A', 'db', '02:00', '04:00')}")
    told = schedule(Records(opened_map.store, opened_map.projection, at("2026-12-04T23:00Z")))
    (clash,) = told.clashes
    assert (clash.what, clash.spans) == ("hours", ((at("2026-12-05T03:00Z"), at("2026-12-05T04:00Z")),))
    assert clash.because == "Shop is down in its service hours: Sat 04:00-06:00"
    assert told.cuts == ()


def test_hours_of_the_whole_week_and_hours_that_are_not_hit_are_not_told(tmp_path):
    for hours in ("24 x 7", "Sun 04:00-06:00"):
        text = ELEMENTS.replace("peak_hours: Sat 04:00-06:00", f"service_hours: {hours}")
        opened_map = opened(tmp_path, f"{text}    changes:\n{change('A', 'db', '02:00', '04:00')}")
        assert schedule(Records(opened_map.store, opened_map.projection, at("2026-12-04T23:00Z"))).clashes == ()


def test_peaks_that_are_not_understood_and_zones_that_are_assumed_are_said(tmp_path):
    analysis = "    business_impact_analyses: [{id: bia, name: BIA, analyses: shop, peaks: at Christmas}]\n"
    text = f"{ELEMENTS}    changes:\n{change('A', 'db', '02:00', '04:30')}{analysis}"
    opened_map = opened(tmp_path, text)
    told = schedule(Records(opened_map.store, opened_map.projection, at("2026-12-04T23:00Z")))
    assert told.cuts == (
        "hours of Shop are read in UTC: no time zone is said",
        "peak hours of Shop are not understood: at Christmas",
    )


PLANNED = st.tuples(st.integers(0, 5), st.integers(0, 200), st.integers(1, 120))


@examples(60, deadline=None)
@given(st.lists(PLANNED, min_size=2, max_size=5))
def test_joint_collisions_are_those_that_trying_all_sets_finds(tmp_path_factory, planned):
    opened_map = opened(tmp_path_factory.mktemp("m"), ELEMENTS)
    p = opened_map.projection
    plans = [
        Plan("change", v, f"c{n}", a, a + d * 60, (Change(ChangeKind.MAINTENANCE, v, ((a, a + d * 60),)),))
        for n, (v, minute, d) in enumerate(planned)
        for a in [minute * 60]
    ]
    result = schedule(Records(opened_map.store, p, -1), extra=plans, most=3)

    def worst(chosen):
        run = timed(p, happenings([c for plan in chosen for c in plan.changes]), times=times_of(p))
        return [run.worst(v) for v in range(len(p))]

    expected = {
        (frozenset(plan.name for plan in each), v, state)
        for size in (2, 3)
        for each in combinations(plans, size)
        for v, state in enumerate(worst(each))
        if state and all(worst([o for o in each if o is not out])[v] < state for out in each)
    }
    joint = [clash for clash in result.clashes if clash.what == "joint"]
    assert {(frozenset(q.name for q in c.plans), v, c.state) for c in joint for v in c.elements} == expected
    assert all(clash.spans and clash.because and clash.way_out for clash in joint)


def test_holders_of_a_role_change_with_time(tmp_path):
    opened_map = opened(tmp_path, ELEMENTS)
    p = opened_map.projection
    then = datetime.fromisoformat("2026-11-30T00:00Z")
    assert [p.labels[v] for v in holders(opened_map.store, p, p.find("dba"), at=then)] == ["Bo"]
    assert holders(opened_map.store, p, p.find("ann")) == (p.find("ann"),)


def test_what_only_collides_when_what_is_open_is_at_its_worst_is_not_certain(tmp_path):
    text = ELEMENTS.replace("{of: [disk-1, disk-2], k: 1, strength: required}", "{of: [disk-1, disk-2], k: 1}")
    text = text.replace("{on: db, strength: required, tolerance: 30 min}", "{on: db, strength: required}")
    records = change("A", "disk-1", "02:00", "04:00") + change("B", "disk-2", "03:00", "05:00")
    map_ = opened(tmp_path, f"{text}    changes:\n{records}")
    when, p = (at("2026-12-04T23:00Z"), at("2026-12-12T00:00Z")), map_.projection
    assumed = np.flatnonzero(p.edges.assumed)
    open_ = Readings(p, times_of(p), Doubts(), Profile.UNKNOWN)
    told = answer(p, schedule(Records(map_.store, p, *when), readings=open_))
    joint = [(row[2], row[3], row[-1]) for row in told.rows if row[0] == "joint"]
    assert len(assumed)
    assert joint == [(["Database", "Shop"], "down", False)]
    assert told.facts["profile"] == "unknown"
    assert any(note.startswith("strength assumed for") for note in told.notes)
    assert "what is not certain depends on how what is open turns out" in told.notes
