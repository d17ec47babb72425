"""Can the vocabulary be looked up and linted from the command line?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.commands import ontology
from graph.conversion import CONVERTED
from graph.wordbook import wordbook
from ontology.vocabulary import HOME
from tests.app.commands import run
from tests.graph.gitted import Git


def test_a_word_is_found_by_what_it_means(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(capsys, monkeypatch, "ontology", "terms", "swimlane", "--format", "json")

    rows = json.loads(done.out)["terms"]

    assert [(row["word"], row["sort"]) for row in rows] == [
        ("for_party", "property"),
        ("for_role", "property"),
        ("lane", "property"),
        ("process", "property"),
        ("swimlane", "class"),
    ]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("swimlame", "did you mean 'swimlane'?"),
        ("belongs_to_process", "it is called 'done_in_process' now"),
        ("qqqq", ""),
    ],
)
def test_a_word_that_is_not_there_leads_to_the_one_that_was_meant(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, wanted: str, told: str
) -> None:
    done = run(capsys, monkeypatch, "ontology", "terms", wanted)

    assert done.err.splitlines() == [f"0 terms for '{wanted}'", *filter(None, [told])]


def test_all_sorts_of_words_are_listed(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(capsys, monkeypatch, "ontology", "terms", "--format", "json")

    sorts = {row["sort"].partition(":")[0] for row in json.loads(done.out)["terms"]}

    assert sorts == {"class", "property", "kind of dependency", "code"}


def test_a_vocabulary_with_a_critical_pitfall_leaves_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "words.ttl"
    file.write_text("<https://example.org/words#x> <https://example.org/y> 1 .", encoding="utf-8")

    done = run(capsys, monkeypatch, "ontology", "lint", file, "--namespace", "https://example.org/words#")

    assert done.code == 1
    assert "has no type" in done.out
    assert run(capsys, monkeypatch, "ontology", "lint").code == 0


def test_a_file_that_is_no_turtle_gets_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "words.ttl"
    file.write_text("this is no Turtle", encoding="utf-8")

    done = run(capsys, monkeypatch, "ontology", "lint", file)

    assert done.code == 2
    assert "cannot be read as Turtle" in done.err
    assert done.err.count("\n") == 1


def test_the_book_is_written_into_a_folder_and_a_file_in_its_place_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    done = run(capsys, monkeypatch, "ontology", "docs", "--out", tmp_path / "a" / "words")

    assert done.code == 0
    assert "begin with" in done.err
    assert {"index.html", "style.css", "servicemap.ttl", "core.jsonld", "context.jsonld"} <= {
        file.name for file in (tmp_path / "a" / "words").iterdir()
    }
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    assert run(capsys, monkeypatch, "ontology", "docs", "--out", tmp_path / "file").code == 2
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"


def test_the_context_is_printed_or_written(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    printed = run(capsys, monkeypatch, "ontology", "context")
    written = run(capsys, monkeypatch, "ontology", "context", "--out", tmp_path / "context.jsonld")

    assert "context.jsonld" in written.err
    assert (tmp_path / "context.jsonld").read_text(encoding="utf-8") == printed.out
    assert json.loads(printed.out)["@context"]["id"] == "@id"


OLD_WORDS = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
sm:Team a <http://www.w3.org/2002/07/owl#Class> ; rdfs:label "team" .
"""


def test_versions_of_a_vocabulary_are_compared_also_in_git(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    git = Git(tmp_path)
    git.commit({"words/a.ttl": OLD_WORDS, "words/codes/b.ttl": OLD_WORDS.replace("Team", "Crew")})
    git.write({"words/a.ttl": OLD_WORDS.replace("sm:Team", "sm:Band")})
    monkeypatch.chdir(tmp_path)

    for old in ("HEAD", "HEAD:words"):
        done = run(capsys, monkeypatch, "ontology", "diff", old, "words", "--format", "json")
        rows = [(row["breaking"], row["term"], row["change"]) for row in json.loads(done.out)["differences"]]
        assert rows == [("yes", "Team", "removed"), ("no", "Band", "added")]
        assert json.loads(done.out)["breaking"] == 1


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ("nothing", "'nothing' is no revision"),
        ("HEAD:empty", "'empty' is not in 'HEAD'"),
        ("no-turtle.ttl", "cannot be read as Turtle"),
        ("empty", "defines no word"),
    ],
)
def test_a_version_that_is_not_there_is_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, old: str, message: str
) -> None:
    Git(tmp_path).commit({"no-turtle.ttl": "none", "words/a.ttl": OLD_WORDS})
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)

    done = run(capsys, monkeypatch, "ontology", "diff", old, "words")

    assert (done.code, done.out) == (2, "")
    assert message in done.err
    assert done.err.count("\n") == 1


def test_the_shipped_vocabulary_is_what_diff_compares_with_in_whatever_order_it_comes(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    whole = tmp_path / "whole.ttl"
    whole.write_text(wordbook().file("servicemap.ttl"), encoding="utf-8")

    for same in (HOME, whole):
        assert run(capsys, monkeypatch, "ontology", "diff", same).err == "no differences\n"


def test_a_file_is_converted_or_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "a.trig"
    file.write_text("<https://x.org/g> { <https://x.org/a> <https://x.org/b> 1 }", encoding="utf-8")

    assert sorted(CONVERTED) == [*ontology._NOTATIONS]
    assert "https://x.org/g" in run(capsys, monkeypatch, "ontology", "convert", file, "--to", "nquads").out
    done = run(capsys, monkeypatch, "ontology", "convert", file, "--to", "rdfxml", "--out", tmp_path / "a.rdf")
    assert (done.code, (tmp_path / "a.rdf").exists()) == (2, False)
    assert (
        run(capsys, monkeypatch, "ontology", "convert", file, "--to", "jsonld", "--out", tmp_path / "a.jsonld").code
        == 0
    )


def test_old_words_are_told_and_mended_only_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "map.yaml"
    old = "processes: [{id: a}]\nactivities: [{id: b, belongs_to_process: a}]\n"
    file.write_text(old, encoding="utf-8")

    told = run(capsys, monkeypatch, "ontology", "migrate", file)
    assert (told.code, file.read_text(encoding="utf-8")) == (0, old)
    assert "map.yaml:2: 'belongs_to_process' is an old word; write 'done_in_process'" in told.out
    assert "mended in 1 file" in run(capsys, monkeypatch, "ontology", "migrate", file, "--write").err
    assert file.read_text(encoding="utf-8") == old.replace("belongs_to_process", "done_in_process")
    assert run(capsys, monkeypatch, "ontology", "migrate", file, "--write").err == "no old words\n"
    assert run(capsys, monkeypatch, "ontology", "migrate", tmp_path / "nothing.yaml").code == 2
    assert run(capsys, monkeypatch, "ontology", "migrate", tmp_path).code == 2
