"""Who may change an element follows from scopes, groups, denials and days; what goes with a group is told."""

from datetime import datetime

import pytest

from graph.access import access, answer, differing
from tests.graph.written import opened

MAP = """
    access_roles:
      - {id: contributor, name: Contributor, permits: write, includes: reader}
      - {id: reader, name: Reader, permits: read}
    access_groups:
      - {id: crew, name: Crew, member: [ann, night]}
      - {id: night, name: Night, member: [ben, ops]}
    elements:
      - {id: account, kind: subscription, name: Account, access: [{role: contributor, to: crew}, {role: reader, to: cid}]}
      - {id: box, kind: resource group, name: Box, depends_on: [{on: account, kind: in subscription}],
         access: [{role: contributor, to: dan, valid_until: 2026-12-05}, {role: contributor, to: eve, effect: deny}]}
      - {id: db, kind: database, name: Database, depends_on: [{on: box, kind: contained in}]}
      - {id: disk, kind: database, name: Disk, depends_on: [{on: box, kind: contained in}],
         raci: [{duty: responsible, to: ops}]}
      - {id: log, kind: database, name: Log, depends_on: [{on: box, kind: contained in}],
         raci: [{duty: responsible, to: ben}, {duty: responsible, to: cid}, {duty: accountable, to: eve}]}
      - {id: lone, kind: database, name: Lone}
      - {id: ann, kind: person, name: Ann}
      - {id: ben, kind: person, name: Ben}
      - {id: cid, kind: person, name: Cid}
      - {id: dan, kind: person, name: Dan}
      - {id: eve, kind: person, name: Eve, team: ops}
      - {id: ops, kind: team, name: Operations}
"""


@pytest.fixture
def asked(tmp_path):
    map_ = opened(tmp_path, MAP)
    p = map_.projection

    def call(*names, doing=(), **more):
        times = {key: datetime.fromisoformat(value) for key, value in more.items()}
        return p, access(map_.store, p, [p.find(n) for n in names], doing=[p.find(n) for n in doing], **times)

    return call


def able(p, found, name):
    return sorted(p.labels[v] for v in found.able[p.find(name)])


def test_a_right_on_a_scope_holds_inside_it_and_a_denial_wins(asked):
    p, found = asked("db")
    assert able(p, found, "db") == ["Ann", "Ben", "Dan"]  # not Cid, who may only read; not Eve, who is denied it


def test_a_right_ends_on_its_day(asked):
    p, found = asked("db", at="2026-12-06T00:00+00:00")
    assert able(p, found, "db") == ["Ann", "Ben"]


def test_who_carries_it_out_without_access_is_a_gap(asked):
    _, found = asked("db", doing=["cid"])
    assert found.gaps == ("Cid carries it out and has no access to change Database",)


def test_access_that_ends_before_the_change_is_over_is_a_gap(asked):
    _, found = asked("db", doing=["dan"], at="2026-12-04T00:00+00:00", until="2026-12-06T00:00+00:00")
    assert found.gaps == ("the access of Dan to Database ends before the change is over",)


def test_where_nobody_is_known_to_have_access_that_is_said(asked):
    assert asked("lone")[1].gaps == ("nobody is known to have access to change Lone",)


def test_when_a_group_goes_its_members_lose_what_it_gave_them(asked):
    p, found = asked("night")
    assert [str(right) for right in found.lost] == [
        "Ben: read on Account (Contributor)",
        "Ben: write on Account (Contributor)",
        "Eve: read on Account (Contributor)",
        "Eve: write on Account (Contributor)",
    ]
    assert answer(p, found).notes[1] == "would lose access: Ben: read on Account (Contributor)"


def test_an_edit_of_the_map_tells_who_loses_and_who_gets_access(asked, tmp_path):
    before, after = opened(tmp_path, MAP), opened(tmp_path / "new", MAP.replace("to: cid}", "to: dan}"))
    lost, won = differing((before.store, before.projection), (after.store, after.projection))
    assert [*map(str, lost)] == ["Cid: read on Account (Reader)"]
    assert [*map(str, won)] == ["Dan: read on Account (Reader)"]


def test_who_is_responsible_without_access_is_a_gap_once(asked):
    assert asked("log")[1].gaps == ("Cid is responsible for Log and has no access to change it",)
    assert asked("log", doing=["cid"])[1].gaps == ("Cid carries it out and has no access to change Log",)


def test_a_team_has_access_when_somebody_in_it_has(asked):
    said = "Operations is responsible for Disk and has no access to change it"  # Eve is denied it
    assert asked("disk")[1].gaps == (said,)
    assert asked("account", doing=["ops"])[1].gaps == ()


def test_who_is_responsible_and_would_lose_access_is_a_gap(asked):
    assert asked("night")[1].gaps == ("Ben is responsible for Log and would lose access to change it",)
