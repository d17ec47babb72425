"""Shapes and checks find what is wrong, and say where."""

from tests.graph.written import SHOP, opened


def found(map_):
    return {(f.check, f.severity.value, f.where.line if f.where else 0) for f in map_.validate()}


def test_a_map_in_order_has_no_error(tmp_path):
    assert not [f for f in opened(tmp_path).validate() if f.severity.value == "error"]


def test_a_group_that_can_never_work_is_an_error_at_its_line(tmp_path):
    said = found(opened(tmp_path, SHOP.replace("k: 1", "k: 5")))
    assert ("group-too-small", "error", 16) in said


def test_a_dependency_on_itself_and_a_circle_are_told(tmp_path):
    text = "elements:\n  - {id: a, kind: service, depends_on: [a, b]}\n  - {id: b, kind: service, depends_on: [a]}\n"
    checks = {f.check for f in opened(tmp_path, text).findings}
    assert {"self-dependency", "cycle"} <= checks


def test_an_owner_must_be_a_party(tmp_path):
    text = "elements:\n  - {id: a, kind: service, owner: b}\n  - {id: b, kind: service}\n"
    shapes = [f for f in opened(tmp_path, text).validate() if f.check == "shape"]
    assert [(f.severity.value, f.where.line) for f in shapes] == [("error", 2)]
    assert "owner" in shapes[0].message


def test_findings_come_errors_first(tmp_path):
    severities = [f.severity.value for f in opened(tmp_path, SHOP.replace("k: 1", "k: 5")).validate()]
    assert "error" in severities


def test_a_large_map_is_checked_without_shapes_and_that_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("graph.validation.MOST_SHAPED", 3)
    (note,) = [f for f in opened(tmp_path).validate() if f.check == "shapes-left-out"]
    assert "too many for the shapes; only the checks ran" in note.message
