"""What commands print as JSON keeps to the schemas that are published, and the schemas promise nothing that never comes."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.app.commands import run
from tests.graph.written import write

ROOT = Path(__file__).parents[2]
REFERENCE = ROOT / "docs" / "reference"
LAUNDRY = str(ROOT / "data" / "laundry")
CLAIMS = str(ROOT / "data" / "samples" / "claims" / "map.yaml")
OFFICE = """
    elements:
      - {id: shop, kind: business service, name: Shop, owner: ann, depends_on: [{of: [vm-1, vm-2, vm-3], k: 2}, {on: db, strength: required}]}
      - {id: vm-1, kind: virtual machine, name: VM 1}
      - {id: vm-2, kind: virtual machine, name: VM 2, depends_on: [{on: eye, kind: monitored by}]}
      - {id: vm-3, kind: virtual machine, name: VM 3}
      - {id: db, kind: database, name: Database, intrinsic_availability: 99.9 %}
      - {id: eye, kind: tool, name: Eye, depends_on: [db]}
      - {id: ann, kind: person, name: Ann}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: ann, for: ann, covers: shop,
         objectives: [{metric: availability, percent: 99 %, period: month}]}
    changes:
      - {id: one, name: One, affects: vm-1, carried_out_by: ann, planned_start: 2030-12-07T01:00:00+01:00, planned_end: 2030-12-07T03:00:00+01:00}
      - {id: two, name: Two, affects: vm-2, carried_out_by: ann, planned_start: 2030-12-07T02:00:00+01:00, planned_end: 2030-12-07T04:00:00+01:00}
    incidents:
      - {id: slow, name: Slow, affects: vm-3, started_at: 2026-01-01T00:00:00Z}
"""
WINDOW = ("--from", "2030-12-07T01:00+01:00", "--lasts", "2 h")
ASKED = {
    "impact": [
        ("impact", "db", "OFFICE"),
        ("impact", "db", "OFFICE", "--assume", "unknown"),
        ("impact", "vm-1", "OFFICE", *WINDOW),
        ("impact", "carrier", LAUNDRY),
        ("impact", "a", CLAIMS, "--also", "b", *WINDOW),
    ],
    "rolled-up": [("impact", "db", "OFFICE", "--rolled-up"), ("impact", "vm-1", "OFFICE", "--rolled-up", *WINDOW)],
    "cause": [("cause", "shop", "OFFICE", "--green", "vm-1"), ("cause", "shop", "OFFICE", "--assume", "unknown")],
    "availability": [
        ("availability", "OFFICE"),
        ("availability", "shop", "OFFICE"),
        ("availability", "shop", "OFFICE", "--repairs"),
        ("availability", "OFFICE", "--assume", "unknown"),
        ("availability", "shop", "OFFICE", "--assume", "nothing"),
    ],
    "promises": [
        ("promises", "OFFICE"),
        ("promises", "OFFICE", "--assume", "unknown"),
        ("promises", LAUNDRY, "--relying", "--assume", "unknown"),
        ("promises", "carrier", LAUNDRY, "--relying"),
    ],
    "collisions": [("collisions", "OFFICE"), ("collisions", "OFFICE", "--assume", "unknown")],
    "compare": [("compare", LAUNDRY, "OFFICE"), ("compare", LAUNDRY, LAUNDRY)],
    "response-plan": [("response-plan", "shop", "OFFICE")],
}


@pytest.fixture
def printed(tmp_path, capsys, monkeypatch):
    folder = str(write(tmp_path, OFFICE).parent)

    def ask(*words):
        done = run(capsys, monkeypatch, *(folder if word == "OFFICE" else word for word in words), "--format", "json")
        assert done.code == 0, done.err
        return json.loads(done.out)

    return ask


def schema(name):
    return json.loads((REFERENCE / f"{name}.schema.json").read_text(encoding="utf-8"))


def keys(told):
    """All keys of the rows and of the answer itself."""
    rows = [row for value in told.values() if isinstance(value, list) for row in value if isinstance(row, dict)]
    return set(told) | {key for row in rows for key in row}


def promised(told):
    """All keys that a schema of rows speaks of."""
    forms = told.get("oneOf", [told])
    lists = [value["items"] for form in forms for value in form["properties"].values() if "items" in value]
    return {key for form in (*forms, *lists) for key in form.get("properties", {})}


@pytest.mark.parametrize("name", ASKED)
def test_what_is_printed_keeps_to_its_schema_and_shows_all_of_it(printed, name):
    known = schema(name)
    jsonschema.Draft202012Validator.check_schema(known)
    answers = [printed(*words) for words in ASKED[name]]
    for told in answers:
        jsonschema.Draft202012Validator(known).validate(told)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(told | {"one more": 1}, known)
    assert set().union(*map(keys, answers)) == promised(known)


def test_a_whole_report_keeps_to_its_schema_claims_and_proofs_included(tmp_path, capsys, monkeypatch):
    folder, known = str(write(tmp_path, OFFICE).parent), schema("report")
    done = run(capsys, monkeypatch, "impact", "db", folder, *WINDOW, "--assume", "unknown", "--format", "whole")
    assert done.code == 0, done.err
    told = json.loads(done.out)
    jsonschema.Draft202012Validator.check_schema(known)
    jsonschema.Draft202012Validator(known).validate(told)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told | {"one more": 1}, known)
    sections = {section["of"]: section for section in told["sections"]}
    assert {"affected", "reached", "promises", "people", "proof", "unknowns"} <= set(sections)
    step = sections["proof"]["rows"][0]
    assert step["id"].startswith("https://")
    assert step["where it is said"].endswith("map.yaml:3")
    assert step["how old that is"] == "read today"


def test_a_response_plan_as_a_whole_report_keeps_to_the_schema_of_reports(tmp_path, capsys, monkeypatch):
    folder = str(write(tmp_path, OFFICE).parent)
    done = run(capsys, monkeypatch, "response-plan", "shop", folder, "--format", "whole")
    told, known = json.loads(done.out), schema("report")
    jsonschema.Draft202012Validator(known).validate(told)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({key: value for key, value in told.items() if key != "service"}, known)


def test_a_kept_result_keeps_to_its_schema(tmp_path, capsys, monkeypatch):
    folder, kept = str(write(tmp_path, OFFICE).parent), tmp_path / "kept.json"
    assert run(capsys, monkeypatch, "impact", "vm-1", folder, *WINDOW, "--save", str(kept)).code == 0
    told, known = json.loads(kept.read_text()), schema("result")
    jsonschema.Draft202012Validator(known).validate(told)
    assert told["affected"][0]["proof"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(told | {"profile": "hopeful"}, known)


def test_claims_stand_in_the_plain_answer_of_a_change_with_a_window_as_in_the_report(capsys, monkeypatch):
    asked = ("impact", "a", CLAIMS, "--also", "b")
    window = ("--from", "2026-12-05T01:00Z", "--lasts", "2 h")
    told = json.loads(run(capsys, monkeypatch, *asked, *window, "--format", "json").out)
    whole = json.loads(run(capsys, monkeypatch, *asked, *window, "--format", "whole").out)
    jsonschema.Draft202012Validator(schema("impact")).validate(told)
    (section,) = [each for each in whole["sections"] if each["of"] == "claims"]
    assert told["claims"] == section["rows"]
    assert [(row["credit"], row["claim until"]) for row in told["claims"]] == [
        ("10 % of the price", "2027-01-31T00:00+00:00")
    ]
    assert "claims" not in json.loads(run(capsys, monkeypatch, *asked, "--format", "json").out)
