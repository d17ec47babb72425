"""People are named once, with all reasons; what is missing is said."""

from datetime import UTC, datetime

import pytest

from graph.analysis.impact import State
from graph.maps import open_map
from graph.people import Part, answer, people
from graph.whatif import overlaid
from tests.graph.written import opened

MAP = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web
        raci:
          - {duty: accountable, to: head}
          - {duty: responsible, to: web}
          - {duty: consulted, to: desk, for: changes}
        depends_on: [db]
      - {id: db, kind: database, name: Database, support_group: desk, raci: [{duty: responsible, to: web}]}
      - {id: mail, kind: technical service, name: Mail}
      - id: head
        kind: role
        name: Head of shops
        held_by:
          - {party: ann, valid_until: 2026-06-01}
          - {party: bo, valid_from: 2026-06-01}
      - {id: empty, kind: role, name: Empty chair}
      - {id: web, kind: team, name: Web}
      - {id: desk, kind: team, name: Service desk}
      - {id: ann, kind: person, name: Ann}
      - {id: bo, kind: person, name: Bo}
"""
SUMMER = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture
def asked(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection

    def told(changed, hit, **more):
        return p, people(
            opened_map.store, p, [p.find(x) for x in changed], {p.find(x): s for x, s in hit.items()}, **more
        )

    return told


def test_raci_and_owners_say_who_has_which_part(asked):
    p, result = asked(["db"], {"shop": State.DOWN}, at=SUMMER)
    told = [(e.part, p.labels[e.actor]) for e in result.entries]
    assert told == [(Part.APPROVE, "Bo"), (Part.DO, "Web"), (Part.TELL, "Service desk")]
    rows = answer(p, result).rows
    assert rows[0][3] == "accountable for Shop as Head of shops"
    assert rows[1][3] == "responsible for Database; owner of Shop; responsible for Shop"


def test_a_role_means_those_who_hold_it_at_the_time(asked):
    p, result = asked(["shop"], {}, at=datetime(2026, 5, 1, tzinfo=UTC))
    assert p.labels[result.entries[0].actor] == "Ann"


def test_what_is_only_at_risk_needs_no_approval(asked):
    _, result = asked([], {"shop": State.AT_RISK}, at=SUMMER)
    assert {entry.part for entry in result.entries} == {Part.TELL}


def test_gaps_are_said(asked):
    p, result = asked(["db"], {"mail": State.DOWN}, at=SUMMER)
    assert "nobody is accountable for Database" in result.gaps
    assert "nobody is accountable for Mail" in result.gaps
    told = [note for note in answer(p, result).notes if "nobody is accountable" in note]
    assert len(told) == 1, "hundreds of such lines would fill pages"
    assert {"Database", "Mail"} <= set(
        told[0].removeprefix("gap: nobody is accountable for ").partition(": ")[2].split(", ")
    )


def test_nobody_approves_that_a_person_is_away_and_that_is_no_gap(asked):
    _, told = asked(["ann", "empty", "desk"], {})
    assert not [gap for gap in told.gaps if gap.startswith("nobody is accountable")]


def test_a_vacant_role_and_one_who_approves_their_own_work_are_gaps(tmp_path):
    text = MAP.replace("{duty: accountable, to: head}", "{duty: accountable, to: web}") + (
        "      - {id: cart, kind: technical service, raci: [{duty: accountable, to: empty}]}\n"
    )
    opened_map = opened(tmp_path, text)
    p = opened_map.projection
    result = people(opened_map.store, p, [p.find("shop")], {p.find("cart"): State.DOWN})
    assert "Web approves and carries out the change of Shop" in result.gaps
    happens = people(opened_map.store, p, [p.find("shop")], {p.find("cart"): State.DOWN}, planned=False)
    assert not [gap for gap in happens.gaps if "approves" in gap], "nobody approves what nobody planned"
    assert "nobody holds the role Empty chair" in result.gaps
    assert "Empty chair" in {p.labels[entry.actor] for entry in result.entries}


def test_who_is_not_to_be_notified_is_left_out_and_named(asked):
    p, everyone = asked(["shop"], {}, at=SUMMER)
    web = p.find("web")
    _, result = asked(["shop"], {}, at=SUMMER, leave_out=[web])
    assert len(result.entries) == len(everyone.entries) - 1
    assert "not notified, as asked: Web" in answer(p, result).notes


def test_who_need_not_approve_because_a_spare_holds_is_told_so(asked):
    p, result = asked(["db"], {"shop": State.AT_RISK}, at=SUMMER)
    told = {row[1]: row[3] for row in answer(p, result).rows}
    assert told["Bo"] == "accountable for Shop as Head of shops (only at risk)"
    assert told["Service desk"] == "support group of Database; consulted for changes of Shop"


def test_who_has_a_part_in_what_a_what_if_takes_away_is_read_from_the_map_before_it(tmp_path):
    before = opened(tmp_path, MAP)
    patch = tmp_path / "what-if.yaml"
    patch.write_text("remove: [db]")
    after = overlaid(before, patch)
    p = after.projection
    db = p.find("db")
    assert p.stub[db]
    assert people(after.store, p, [db], {}).entries == ()
    result = people(after.store, p, [db], {}, before=before.store)
    assert [(e.part, p.labels[e.actor]) for e in result.entries] == [(Part.DO, "Web"), (Part.TELL, "Service desk")]


@pytest.mark.parametrize("before", [False, True])
def test_read_at_once_for_many_elements_they_are_the_same(root, monkeypatch, before):
    opened_map = open_map([root / "data" / "enterprise"])
    p, store = opened_map.projection, opened_map.store
    hit = {v: State(1 + v % 3) for v in range(10, len(p))}
    more = {"before": store} if before else {}
    one_by_one = people(store, p, range(10), hit, at=SUMMER, **more)
    monkeypatch.setattr("graph.people._MANY", 100)
    assert people(store, p, range(10), hit, at=SUMMER, **more) == one_by_one
    assert len(one_by_one.entries) > 20


def test_names_with_numbers_are_told_in_the_order_of_their_numbers(tmp_path):
    teams = [f"{{id: t{n}, kind: team, name: Team {n}}}" for n in (10, 9, 100, 2)]
    used = [f"{{id: e{n}, kind: database, owner: t{n}}}" for n in (10, 9, 100, 2)]
    opened_map = opened(tmp_path, "\nelements:\n" + "".join(f"  - {each}\n" for each in [*teams, *used]))
    p = opened_map.projection
    hit = {p.find(f"e{n}"): State.DOWN for n in (10, 9, 100, 2)}
    told = [p.labels[entry.actor] for entry in people(opened_map.store, p, [], hit).entries]
    assert told == ["Team 2", "Team 9", "Team 10", "Team 100"]
