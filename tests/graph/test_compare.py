"""Two states of a map are told apart by what their sources say, and by nothing else."""

from pathlib import Path
from textwrap import dedent

import pytest

from graph import compare as module
from graph import validation
from graph.compare import How, answer, compare
from graph.maps import open_map
from graph.model import Finding, Severity
from tests.graph.written import SHOP


def state(folder: Path, text: str):
    file = folder / "shop" / "map.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(dedent(text), encoding="utf-8")
    return open_map([file])


@pytest.fixture
def compared(tmp_path):
    def told(*edits, reverse=False):
        text = dedent(SHOP)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        before, after = state(tmp_path / "a", SHOP), state(tmp_path / "b", text)
        return compare(after, before) if reverse else compare(before, after)

    return told


def rows(result):
    return [
        (d.how.value, d.what, d.name, [(x.property, x.before, x.after) for x in d.told]) for d in result.differences
    ]


def test_a_map_is_no_different_from_itself(compared):
    result = compared()
    assert (result.differences, result.new_findings, result.gone_findings) == ((), (), ())
    assert answer(result).title == "no difference"


def test_lines_that_move_are_no_difference(compared):
    assert compared(("title: A shop", "# a comment\n\ntitle: A shop")).differences == ()


def test_an_element_and_its_dependency_come_and_go(compared):
    edit = ("depends_on:\n      - web\n", "depends_on:\n      - web\n      - mail\n"), (
        "  - {id: vm-1,", "  - {id: mail, kind: tool, name: Mail}\n  - {id: vm-1,"
    )  # fmt: skip
    assert rows(compared(*edit)) == [
        ("added", "dependency", "Shop → Mail", []),
        ("added", "element", "Mail", []),
    ]


def test_backwards_added_is_removed(compared):
    result = compared(("  - {id: vm-1,", "  - {id: mail, kind: tool, name: Mail}\n  - {id: vm-1,"), reverse=True)
    assert rows(result) == [("removed", "element", "Mail", [])]
    assert str(result.differences[0].where).endswith("map.yaml:19")


def test_a_changed_property_is_told_before_and_after(compared):
    result = compared(("name: Shop", "name: The shop"), ("strength: degrading", "strength: required"))
    assert rows(result) == [
        ("changed", "dependency", "The shop → db", [("strength", "degrading", "required")]),
        ("changed", "element", "The shop", [("label", "Shop", "The shop")]),
    ]


def test_a_group_with_an_id_keeps_its_identity_when_a_member_comes_and_k_changes(compared, tmp_path):
    with_id = dedent(SHOP).replace("- of: [vm-1", "- id: machines\n        of: [vm-1")
    more = with_id.replace("kind: runs on}]", "kind: runs on}, db]").replace("k: 1", "k: 2")
    result = compare(state(tmp_path / "c", with_id), state(tmp_path / "d", more))
    assert rows(result) == [
        ("added", "dependency", "web → db", []),
        ("changed", "dependency", "web → a group", [("minimum members", "1", "2")]),
    ]
    assert answer(result).title == "1 dependency added, 1 dependency changed"


def test_findings_that_are_new_are_told_and_those_that_only_moved_are_not(compared):
    result = compared(("owner: web-team\n", "\n"))
    assert [f.check for f in result.new_findings] == ["no-owner"]
    assert result.gone_findings == ()
    assert any(note.startswith("new finding: ") for note in answer(result).notes)
    assert result.of("element", How.CHANGED)


def found(message, subject="urn:a", check="stub"):
    return Finding(Severity.WARNING, check, subject, None, message)


def test_a_finding_whose_count_alone_changed_is_neither_new_nor_gone():
    known, now = (
        [found("'db' is nowhere; 2 elements point at it")],
        [found("'db' is nowhere; 1,300 elements point at it")],
    )
    assert list(module._without(now, known)) == []


def test_numbers_in_names_and_of_decimals_are_no_counts():
    known = [found("'Vault 2' ends"), found("promises 99.5 %"), found("vm-2 is alone")]
    for other in ("'Vault 3' ends", "promises 99.6 %", "vm-3 is alone"):
        assert [f.message for f in module._without([found(other)], known)] == [other]


def test_of_two_findings_that_differ_by_a_count_the_one_that_was_there_is_known():
    known = [found("3 of them")]
    assert [f.message for f in module._without([found("2 of them"), found("3 of them")], known)] == ["2 of them"]


def test_findings_beyond_what_a_state_lists_are_not_called_new_or_gone(tmp_path, monkeypatch):
    monkeypatch.setattr(validation, "MOST_TOLD", 2)
    text = "elements:\n" + "".join(f"  - {{id: e{n}, kind: application}}\n" for n in range(4))
    more = text + "  - {id: a, kind: application}\n"
    result = compare(state(tmp_path / "a", text), state(tmp_path / "b", more))
    assert [f.subject.rpartition("/")[2] for f in result.new_findings if f.check == "no-owner"] == ["a"]
    assert result.gone_findings == ()
    assert "the findings 'no-owner' are compared as far as both states list them" in answer(result).notes
