"""A verdict says what breaks, who must agree, what is assumed and what is not known; rules say what it means."""

import json

import jsonschema
import pytest

from graph.gate.settings import Level, shipped
from graph.gate.verdict import answer, document, verdict
from tests.graph.gate.cases import case
from tests.graph.planned import HIDDEN, resource

PLAN = [
    resource("aws_db_instance.orders", "delete"),
    resource("aws_instance.cache", "update"),
    resource("aws_lb.front", "delete"),
]


def told(tmp_path, *edits, settings=None, plan=()):
    return verdict(case(tmp_path, *edits, plan=plan), settings or shipped(), base="main", head="side")


def test_the_worst_hit_is_the_verdict(tmp_path):
    fails = told(tmp_path / "1", ("k: 1", "k: 2"))
    assert (fails.level, fails.words) == (Level.FAIL, "fails: 2 reasons")
    warns = told(tmp_path / "2", ("name: Cache, owner: web-team", "name: Cache"))
    assert (warns.level, warns.words) == (Level.WARN, "passes with 1 warning")
    passes = told(tmp_path / "3")
    assert (passes.level, passes.words) == (Level.OFF, "passes")


def test_a_rule_that_is_off_finds_nothing_and_still_stands_in_the_list(tmp_path):
    settings = shipped()
    settings = {
        name: setting.__class__(name, setting.title, Level.OFF, setting.options) for name, setting in settings.items()
    }
    found = told(tmp_path, ("k: 1", "k: 2"), settings=settings)
    assert (found.level, found.told) == (Level.OFF, ())
    assert [setting.name for setting in found.settings] == sorted(settings)


def test_what_one_rule_has_said_another_does_not_repeat(tmp_path):
    vms = [resource(f"aws_instance.web[{n}]", "delete") for n in (0, 1)]
    names = [each.rule.name for each in told(tmp_path, plan=vms).told]
    assert names == ["plan-takes-down", "agreement-expired"]
    settings = shipped()
    off = settings["plan-takes-down"]
    settings["plan-takes-down"] = off.__class__(off.name, off.title, Level.OFF, off.options)
    assert [each.rule.name for each in told(tmp_path / "2", plan=vms, settings=settings).told] == [
        "agreement-expired", "plan-hits",
    ]  # fmt: skip


def test_what_breaks_is_told_with_its_way_and_place(tmp_path):
    found = told(tmp_path, plan=PLAN)
    assert [(b.name, b.lower, b.upper, b.way) for b in found.breaks] == [
        ("web", "degraded", "degraded", ("Orders database",)),
        ("Shop", "degraded", "degraded", ("Orders database", "web")),
        ("Blog", "unaffected", "degraded", ("Cache",)),
    ]
    assert [broken.service for broken in found.breaks] == [False, True, True]
    assert all(broken.where and broken.where.line for broken in found.breaks)


def test_people_are_told_what_is_wanted_of_them_and_why(tmp_path):
    found = told(tmp_path, plan=PLAN)
    assert [(wanted.part, wanted.who) for wanted in found.wanted] == [
        ("must approve", "Ann"),
        ("must be told", "Web team"),
    ]
    assert found.wanted[0].why == "accountable for Blog; accountable for Shop"
    assert "nobody is accountable for Orders database" in found.gaps


def test_who_is_accountable_for_a_service_takes_its_new_risks(tmp_path):
    found = told(tmp_path, ("k: 1", "k: 2"))
    assert [(wanted.part, wanted.who, wanted.why) for wanted in found.wanted][:1] == [
        ("must approve", "Ann", "accountable for Shop")
    ]


def test_those_who_answered_for_what_is_removed_are_asked_too(tmp_path):
    found = told(
        tmp_path,
        ("    depends_on: [{on: cache, strength: degrading}]\n", ""),
        ("  - {id: cache, kind: database, name: Cache, owner: web-team}\n", ""),
    )
    assert any("owner of Cache" in wanted.why for wanted in found.wanted)


def test_what_is_assumed_and_what_is_not_known_is_said(tmp_path):
    found = told(tmp_path, plan=PLAN)
    assert found.assumed == (
        "1 of 3 dependencies that rest on it state no strength; they are taken as required",
        "found in the plan by name alone, not by a recorded address: Cache",
    )
    assert found.unknown == (
        "not on the map: aws_lb.front: deleted",
        "whether Blog is hit at all",
    )


def test_the_rows_are_the_hits_and_the_notes_are_all_the_rest(tmp_path):
    rows = answer(told(tmp_path, plan=PLAN))
    assert [row[:2] for row in rows.rows] == [
        ("warn", "agreement-expired"), ("warn", "plan-hits"), ("warn", "plan-hits"), ("warn", "plan-unmapped"),
    ]  # fmt: skip
    assert rows.title == "main … side: passes with 4 warnings"
    for note in (
        "Blog (business service): at least unaffected, at most degraded",
        "not known: whether Blog is hit at all",
    ):
        assert note in rows.notes


def test_the_document_has_all_of_it(tmp_path):
    found = document(told(tmp_path, ("k: 1", "k: 2"), plan=PLAN))
    assert found["verdict"] == "fail"
    assert found["changes"] == ["1 dependency changed"]
    assert {hit["level"] for hit in found["hits"]} == {"fail", "warn"}
    assert all(
        hit["file"].endswith("map.yaml") and hit["line"] for hit in found["hits"] if hit["rule"] == "single-point"
    )
    assert {broken["name"]: broken["at most"] for broken in found["breaks"]}["Shop"] == "degraded"


@pytest.mark.parametrize("edits", [[], [("k: 1", "k: 2")], [("name: Cache, owner: web-team", "name: Cache")]])
@pytest.mark.parametrize("plan", [[], PLAN])
def test_the_document_keeps_to_its_published_schema(root, tmp_path, edits, plan):
    schema = json.loads((root / "docs" / "reference" / "gate.schema.json").read_text(encoding="utf-8"))
    made = json.loads(json.dumps(document(told(tmp_path, *edits, plan=plan))))
    jsonschema.Draft202012Validator(schema).validate(made)
    assert set(made) == set(schema["required"])
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(made | {"verdict": "perhaps"}, schema)


def test_no_value_of_a_plan_stands_in_a_verdict(tmp_path):
    found = told(tmp_path, plan=PLAN)
    assert HIDDEN not in repr(found) + repr(document(found)) + repr(answer(found))
