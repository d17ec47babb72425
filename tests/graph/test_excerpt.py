"""A part of a map: what is near one element, groups whole, and what is left out is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.excerpt import excerpt, hit
from graph.maps import open_map
from graph.model import InputError
from graph.ntriples import BASE, statements
from tests.graph.written import SHOP, opened

GROUPS = """
    elements:
      - {id: top, kind: business service, depends_on: [mid]}
      - id: mid
        kind: application
        depends_on: [{of: [a, b, {of: [c, d], k: 2}], k: 1}]
      - {id: a, kind: server, depends_on: [ground]}
      - {id: b, kind: server}
      - {id: c, kind: server}
      - {id: d, kind: server}
      - {id: ground, kind: site}
      - {id: far, kind: site}
"""


def ids(part):
    return {part.projection.ids[v].partition("/")[2] for v in part.elements}


@pytest.fixture
def groups(tmp_path):
    return opened(tmp_path, GROUPS)


@pytest.mark.parametrize(
    ("focus", "hops", "direction", "expected"),
    [
        ("mid", 1, "down", {"mid", "a", "b", "c", "d"}),
        ("mid", 0, "both", {"mid"}),
        ("top", 1, "both", {"top", "mid"}),
        ("ground", 1, "both", {"ground", "a"}),
        ("ground", 2, "up", {"ground", "a", "mid", "b", "c", "d"}),
        ("c", 1, "up", {"c", "mid", "a", "b", "d"}),
        ("far", None, "both", {"far"}),
        ("top", None, "down", {"top", "mid", "a", "b", "c", "d", "ground"}),
    ],
)
def test_a_part_is_what_is_near_and_its_groups_are_whole(groups, focus, hops, direction, expected):
    part = excerpt(groups, focus=focus, hops=hops, direction=direction)
    assert ids(part) == expected
    assert all(sum(arrow.dependent == group.vertex for arrow in part.arrows()) == group.size for group in part.groups)


def test_what_is_left_out_is_said(groups):
    assert excerpt(groups, focus="top", hops=1).notes == (
        "2 elements of 8",
        "1 dependency to or from the others left out",
    )
    assert excerpt(groups).notes == ()
    assert excerpt(groups).whole


def test_statements_of_a_part_are_about_its_elements_and_what_is_in_them():
    laundry = open_map([Path(__file__).parents[2] / "data" / "laundry"])
    part = excerpt(laundry, focus="carrier", hops=0)
    said = [statement for text in part.graphs().values() for statement in statements(text)]
    assert {statement.subject.removeprefix(BASE + "laundry/") for statement in said} == {
        "carrier",
        "carrier/raci/1",
        "carrier/raci/2",
    }


def test_a_part_reads_back_as_the_same_part(groups, tmp_path):
    from graph.reports import yaml

    part = excerpt(groups, focus="ground", hops=2, direction="up")
    (tmp_path / "map.yaml").write_text(yaml.write(part).text)
    again = open_map([tmp_path / "map.yaml"])
    assert ids(excerpt(again)) == ids(part)
    assert sorted(again.projection.groups.size.tolist()) == [2, 3]


def test_what_breaks_is_a_part_with_states(groups):
    part = hit(groups, ["mid"])
    assert {part.projection.ids[v]: state for v, state in part.states.items()} == {
        "shop/mid": "down",
        "shop/top": "down",
    }
    assert part.notes[0] == "if mid fails: 1 element down"
    part = hit(groups, ["a"])
    assert {state for v, state in part.states.items() if part.projection.ids[v] == "shop/top"} == {"at risk"}
    assert ids(part) == {"a", "mid", "top", "b", "c", "d"}


def test_two_elements_of_one_id_keep_names_of_their_own(tmp_path):
    text = "namespace: n\nelements:\n  - {id: x, kind: server}\n---\nbase: https://other.example/\nelements:\n  - {id: x, kind: server}\n"
    part = excerpt(opened(tmp_path, text))
    assert sorted(part.names.values()) == ["https://other.example/n/x", BASE + "n/x"]


def test_an_unknown_focus_is_told(tmp_path):
    with pytest.raises(InputError, match="no element 'shpo'"):
        excerpt(opened(tmp_path, SHOP), focus="shpo")


def test_lanes_are_in_the_order_of_the_map(tmp_path):
    part = excerpt(opened(tmp_path, SHOP))
    assert [label for label, _ in part.by_lane()] == [
        "Business services",
        "Applications",
        "Platform",
        "Infrastructure",
        "Teams",
    ]
    assert sum(len(found) for _, found in part.by_lane()) == len(part.elements)
