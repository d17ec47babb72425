"""A rules file changes what it names and nothing else; every mistake in it is one line with its place."""

from pathlib import Path
from textwrap import dedent

import pytest

from graph.gate.settings import Level, read_settings, shipped
from graph.model import InputError


def written(folder: Path, text: str) -> Path:
    file = folder / "rules.yaml"
    file.write_text(dedent(text), encoding="utf-8")
    return file


def test_the_documented_rules_file_says_what_holds_without_one(root):
    assert read_settings(root / "docs" / "ci" / "gate-rules.yaml") == shipped()


def test_the_documented_rules_file_names_every_rule(root):
    text = (root / "docs" / "ci" / "gate-rules.yaml").read_text(encoding="utf-8")
    assert [name for name in shipped() if f"\n  {name}: " not in text] == []


def test_what_a_file_does_not_name_stays(tmp_path):
    found = read_settings(written(tmp_path, "rules: {unowned: off, blast-radius: {above: 2}}"))
    assert found["unowned"].level is Level.OFF
    assert (found["blast-radius"].level, found["blast-radius"].options) == (Level.WARN, {"above": 2})
    assert {name: setting for name, setting in found.items() if name not in ("unowned", "blast-radius")} == {
        name: setting for name, setting in shipped().items() if name not in ("unowned", "blast-radius")
    }


def test_one_word_is_a_list_of_one(tmp_path):
    found = read_settings(written(tmp_path, "rules:\n  single-point:\n    level: warn\n    criticality: critical\n"))
    assert found["single-point"].options == {"criticality": ("critical",)}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: {unownd: off}", ":1: no rule 'unownd'; did you mean 'unowned'?"),
        ("rules:\n  unowned: maybe", ":2: 'maybe' is no level; write fail, warn or off"),
        ("rules:\n  unowned: [warn]", ":2: 'that' is no level; write fail, warn or off"),
        ("rules:\n  unowned: {above: 3}", ":2: 'unowned' has no option 'above'; known are level"),
        ("rules:\n  blast-radius:\n    abov: 3", ":3: 'blast-radius' has no option 'abov'; did you mean 'above'?"),
        ("rules:\n  blast-radius:\n    above: many", ":3: this is no whole number; write one, such as 5"),
        ("rules:\n  blast-radius:\n    above: -1", ":3: this is no whole number; write one, such as 5"),
        ("rules:\n  single-point: {criticality: []}", ":2: this is no list of words; write one, such as [critical, high]"),
        ("rules:\n  single-point: {criticality: [hihg]}", ":2: 'hihg' is no criticality; did you mean 'high'?"),
        ("rule: {}", ": there are no rules; write 'rules:' and below it 'blast-radius: warn'"),
        ("rules: {}\nmore: 1", ":2: unknown section 'more'; write 'rules:'"),
        ("- x", ": a rules file is one mapping; begin with 'rules:'"),
        ("", ": a rules file is one mapping; begin with 'rules:'"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_its_place(tmp_path, text, said):
    file = written(tmp_path, text)
    with pytest.raises(InputError) as left:
        read_settings(file)
    assert str(left.value) == f"{file}{said}"


def test_all_mistakes_are_told_at_once(tmp_path):
    with pytest.raises(InputError) as left:
        read_settings(written(tmp_path, "rules:\n  unownd: off\n  stub-added: maybe\n"))
    assert len(left.value.problems) == 2
