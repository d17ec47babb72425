"""What follows from a difference: how far a failure reaches, single points of failure, gaps; nothing that stayed."""

from textwrap import dedent

import pytest

from graph.compare import compare
from graph.consequences import Gap, answer, consequences, touched
from tests.graph.written import SHOP, opened


@pytest.fixture
def follows(tmp_path):
    def told(*edits):
        text = dedent(SHOP)
        for old, new in edits:
            assert old in text
            text = text.replace(old, new)
        before, after = opened(tmp_path / "a"), opened(tmp_path / "b", text)
        comparison = compare(before, after)
        return comparison, consequences(before, after, comparison)

    return told


def test_from_a_map_that_stays_nothing_follows(follows):
    _, result = follows(("title: A shop", "# moved\ntitle: A shop"))
    assert (result.radius, result.new_points, result.gone_points, result.new_gaps, result.gone_gaps) == ((),) * 5


def test_a_group_that_needs_all_its_members_has_a_new_single_point_in_each(follows):
    _, result = follows(("k: 1", "k: 2"))
    assert list(map(str, result.new_points)) == ["vm-1 alone takes Shop down", "vm-2 alone takes Shop down"]
    assert result.gone_points == ()


def test_a_single_point_that_gets_a_spare_is_gone(follows):
    _, result = follows(("- of: [vm-1, {on: vm-2, kind: runs on}]\n        k: 1", "- vm-1"))
    assert list(map(str, result.new_points)) == ["vm-1 alone takes Shop down"]
    told = [str(radius) for radius in result.radius]
    assert told[0] == "vm-1: nothing before, 2 elements and 1 business service after"


def test_both_ends_of_a_changed_dependency_are_touched(follows):
    comparison, _ = follows(("strength: degrading", "strength: required"))
    assert {iri.rpartition("/")[2] for iri in touched(comparison)} == {"shop", "db"}


def test_a_stronger_dependency_is_a_wider_radius_only_in_what_it_takes_down(follows):
    _, result = follows(("strength: degrading", "strength: required"))
    assert [radius.name for radius in result.radius] == ["db"]
    (radius,) = result.radius
    assert (len(radius.before.down), len(radius.after.down)) == (0, 1)


def test_a_service_that_nobody_is_accountable_for_any_more_is_a_gap(tmp_path):
    raci = "owner: web-team\n    raci: [{duty: accountable, to: web-team}]\n    depends_on:"
    with_raci = dedent(SHOP).replace("owner: web-team\n    depends_on:", raci)
    before, after = opened(tmp_path / "a", with_raci), opened(tmp_path / "b")
    there = consequences(before, after, compare(before, after))
    back = consequences(after, before, compare(after, before))
    gap = Gap("nobody is accountable for Shop", "")
    assert (there.new_gaps, there.gone_gaps) == ((gap,), ())
    assert (back.new_gaps, back.gone_gaps) == ((), (gap,))
    assert there.new_gaps[0].subject.endswith("/shop/shop")


def test_the_answer_says_it_in_notes_and_keeps_all_of_it_in_facts(follows, monkeypatch):
    monkeypatch.setattr("graph.consequences._MOST_TOLD", 1)
    told = answer(*follows(("k: 1", "k: 2")))
    assert told.facts["new single points"] == ["vm-1 alone takes Shop down", "vm-2 alone takes Shop down"]
    assert "new single point of failure: vm-1 alone takes Shop down" in told.notes
    assert "new single points: 1 more in the JSON" in told.notes
