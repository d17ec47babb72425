"""Can the vocabulary be looked up and linted from the command line?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.app.commands import run


def test_a_word_is_found_by_what_it_means(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    done = run(capsys, monkeypatch, "ontology", "terms", "swimlane", "--format", "json")

    rows = json.loads(done.out)["terms"]

    assert [(row["word"], row["sort"]) for row in rows] == [("lane", "property"), ("swimlane", "class")]


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
