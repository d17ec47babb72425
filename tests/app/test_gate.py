"""servicemap gate judges a branch against where it began, writes what it is asked to, and leaves with its verdict."""

import json

import pytest

from tests.app.commands import run
from tests.graph.gate.cases import edited
from tests.graph.gitted import Git
from tests.graph.planned import HIDDEN, resource, write_plan

CHANGES = {
    "passes": ("The front of the shop", "What customers see of the shop"),
    "warns": ("name: Cache, owner: web-team", "name: Cache"),
    "fails": ("k: 1", "k: 2"),
}


def repository(folder):
    """A repository with a branch for each of the three verdicts; main has gone on since they began."""
    folder.mkdir()
    git = Git(folder)
    git.commit({"maps/shop.yaml": edited()})
    for branch, change in CHANGES.items():
        git("checkout", "--quiet", "-b", branch, "main")
        git.commit({"maps/shop.yaml": edited(change)})
    git("checkout", "--quiet", "main")
    git.commit({"maps/more.yaml": "elements:\n  - {id: later, kind: tool}\n"})
    return git


@pytest.fixture
def gate(tmp_path, capsys, monkeypatch):
    git = repository(tmp_path / "checkout")
    monkeypatch.chdir(git.folder)

    def ask(*words):
        return run(capsys, monkeypatch, "gate", "maps", "--base", "main", *words)

    ask.git = git
    return ask


@pytest.mark.parametrize(
    ("branch", "code", "said"),
    [("passes", 0, "passes"), ("warns", 0, "passes with 1 warning"), ("fails", 1, "fails: 2 reasons")],
)
def test_a_branch_gets_its_verdict(gate, branch, code, said):
    done = gate("--head", branch)
    assert done.code == code
    assert done.err.splitlines()[-1].endswith(f": {said}")


def test_what_has_been_merged_since_is_not_the_branches_doing(gate):
    told = json.loads(gate("--head", "passes", "--format", "json").out)
    assert told["changes"] == ["1 element changed"]
    assert told["base"] == f"main ({gate.git('merge-base', 'main', 'passes')[:7]})"


def test_the_files_as_they_are_can_be_judged_before_they_are_committed(gate):
    gate.git("checkout", "--quiet", "passes")
    gate.git.write({"maps/shop.yaml": edited(CHANGES["fails"])})
    done = gate()
    assert done.code == 1
    assert "… working tree: fails" in done.err


def test_all_forms_are_written_at_once(gate, tmp_path):
    outs = [word for name in ("a.md", "a.sarif", "a.json") for word in ("--out", tmp_path / name)]
    done = gate("--head", "fails", *outs)
    assert done.code == 1
    assert (tmp_path / "a.md").read_text().startswith("<!-- servicemap gate -->")
    assert json.loads((tmp_path / "a.sarif").read_text())["version"] == "2.1.0"
    told = json.loads((tmp_path / "a.json").read_text())
    assert {hit["file"] for hit in told["hits"]} == {"maps/shop.yaml"}


def test_a_plan_is_judged_on_the_map_of_the_branch(gate, tmp_path):
    plan = write_plan(tmp_path / "plan.json", *[resource(f"aws_instance.web[{n}]", "delete") for n in (0, 1)])
    done = gate("--head", "passes", "--plan", plan, "--format", "markdown")
    assert done.code == 1
    assert "The plan takes Shop down." in done.out
    assert HIDDEN not in done.out + done.err


def test_rules_decide_what_fails(gate, tmp_path):
    rules = tmp_path / "rules.yaml"
    rules.write_text("rules:\n  single-point: warn\n")
    assert gate("--head", "fails", "--rules", rules).code == 0
    rules.write_text("rules:\n  unowned: fail\n")
    assert gate("--head", "warns", "--rules", rules).code == 1


def test_a_first_map_can_pass(gate, capsys, monkeypatch):
    gate.git("checkout", "--quiet", "-b", "first", "main")
    gate.git.commit({"new/map.yaml": edited()})
    done = run(capsys, monkeypatch, "gate", "new", "--base", "main", "--head", "first", "--format", "json")
    told = json.loads(done.out)
    assert (done.code, told["verdict"]) == (0, "warn")
    assert told["unknown"] == [f"no map in {gate.git('rev-parse', 'main')[:7]}: all of it is new"]


def test_a_branch_that_mends_a_broken_map_can_be_judged(gate):
    gate.git("checkout", "--quiet", "main")
    broken = gate.git.commit({"maps/shop.yaml": edited(("kind: application", "kind: aplication"))})
    gate.git("checkout", "--quiet", "-b", "mends")
    gate.git.commit({"maps/shop.yaml": edited()})
    told = json.loads(gate("--head", "mends", "--format", "json").out)
    assert told["verdict"] == "warn"
    (said,) = told["unknown"]
    assert said.startswith(f"the map of main ({broken[:7]}) cannot be read, so all of it is new: maps/shop.yaml:34: ")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--head", "fials"], "error: 'fials' is no revision of 'checkout'; did you mean 'fails'?\n"),
        (["--out", "gate.txt"], "error: 'gate.txt' has no known ending; end it in .md, .sarif, .json\n"),
        (["--plan", "none.json"], "error: none.json: cannot be read (No such file or directory); name a file that can\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_one_line(gate, words, said):
    done = gate(*words)
    assert (done.code, done.err, done.out) == (2, said, "")


def test_a_branch_with_a_broken_map_is_told_with_file_and_line(gate):
    gate.git("checkout", "--quiet", "-b", "broken", "main")
    gate.git.commit({"maps/shop.yaml": edited(("kind: application", "kind: aplication"))})
    done = gate("--head", "broken")
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: maps/shop.yaml:34: unknown kind 'aplication'")


def test_a_name_that_nobody_defines_fails_with_file_and_line(gate):
    gate.git("checkout", "--quiet", "-b", "mistyped", "main")
    gate.git.commit({"maps/shop.yaml": edited(("on: db,", "on: dbs,"))})
    done = gate("--head", "mistyped", "--format", "json")
    told = json.loads(done.out)
    assert (done.code, told["removed"], told["unknown"]) == (1, [], [])
    (hit,) = (hit for hit in told["hits"] if hit["subject"].endswith("/dbs"))
    assert (hit["rule"], hit["message"], hit["line"]) == ("new-error", "'dbs' is not defined", 38)
    assert hit["remedy"] == "add it or correct the name (did you mean 'db'?)"


REMOVED = "  - {id: db, kind: database, name: Orders database, owner: web-team, external_id: aws_db_instance.orders}\n"


def test_what_is_removed_and_still_needed_is_judged_as_retired(gate):
    gate.git("checkout", "--quiet", "-b", "removes", "main")
    gate.git.commit({"maps/shop.yaml": edited((REMOVED, ""))})
    done = gate("--head", "removes", "--format", "json")
    told = json.loads(done.out)
    assert done.code == 1
    assert told["removed"] == ["Orders database (database): others still need it, so it counts as retired"]
    assert [(hit["rule"], hit["message"], hit["line"]) for hit in told["hits"] if hit["level"] == "fail"] == [
        ("removed-still-needed", "Orders database is removed, and web still depends on it", 38)
    ]
    hit = {(broken["name"], broken["at most"]) for broken in told["breaks"]}
    assert hit == {("web", "degraded"), ("Shop", "degraded")}
    assert told["unknown"] == []
    assert "**What is removed**" in gate("--head", "removes", "--format", "markdown").out


def test_what_others_have_left_open_before_is_no_reason_to_fail(gate):
    gate.git("checkout", "--quiet", "main")
    gate.git.commit({"maps/shop.yaml": edited((REMOVED, ""))})
    gate.git("checkout", "--quiet", "-b", "words")
    gate.git.commit({"maps/shop.yaml": edited((REMOVED, ""), CHANGES["passes"])})
    done = gate("--head", "words", "--format", "json")
    assert done.code == 0
    assert json.loads(done.out)["removed"] == []
