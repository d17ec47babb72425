"""Does the canvas get what the layout says? Every element once, every line on its route, trunks drawn once."""

from __future__ import annotations

import itertools
import math

import pytest

from app.atlas import Atlas
from app.elements import cytoscape_elements, wire_id
from app.view import View


@pytest.fixture(scope="module")
def drawn(atlas: Atlas) -> list[dict]:
    picture = atlas.picture(View())
    return cytoscape_elements(atlas.projection, picture.cards, picture.shown.lines, picture.layout, said={})


def test_every_element_and_every_line_is_drawn_once(atlas: Atlas, drawn: list[dict]) -> None:
    picture = atlas.picture(View())
    ids = [each["data"]["id"] for each in drawn]
    assert len(ids) == len(set(ids))
    assert {card.id for card in picture.cards} <= set(ids)
    assert {wire_id(atlas.projection, line) for line in picture.shown.lines} <= set(ids)


def test_ends_stand_before_their_lines(drawn: list[dict]) -> None:
    known: set[str] = set()
    for each in drawn:
        data = each["data"]
        assert {data.get("source"), data.get("target")} <= known | {None}
        known.add(data["id"])


def test_a_name_is_never_wider_than_its_box(atlas: Atlas) -> None:
    from graph.layout.widths import text_width

    for card in atlas.picture(View()).cards:
        assert 46 + max(text_width(line, size=12, bold=True) for line in card.label.split("\n")) <= card.width + 1
        assert 46 + text_width(card.second, size=11) <= card.width + 1


def test_a_group_has_its_mark_below_its_element(drawn: list[dict]) -> None:
    marks = {each["data"]["of"]: each["data"]["label"] for each in drawn if each.get("classes") == "mark"}
    assert marks == {"norrvik/kubernetes": "1 of 2", "norrvik/sql": "1 of 2"}


def test_a_line_to_itself_is_a_loop(drawn: list[dict]) -> None:
    loops = [each["data"]["source"] for each in drawn if "loop" in each.get("classes", "")]
    assert loops == ["norrvik/points"]


def walk(edge: dict, place: dict[str, tuple[float, float]], *, branch: bool) -> list[tuple[float, float]]:
    """The corners of an edge, computed back from what Cytoscape is told."""
    data = edge["data"]

    def end(node: str, offset: list[float]) -> tuple[float, float]:
        return place[node][0] + offset[0], place[node][1] + offset[1]

    source = end(data["source"], data["from"])
    target = end(data["target"], data["branchTo"] if branch else data["to"])
    weights = data.get("branchWeights" if branch else "weights", [])
    distances = data.get("branchDistances" if branch else "distances", [])
    vx, vy = target[0] - source[0], target[1] - source[1]
    length = math.hypot(vx, vy)
    bends = [
        (source[0] + w * vx - d * vy / length, source[1] + w * vy + d * vx / length)
        for w, d in zip(weights, distances, strict=True)
    ]
    return [source, *bends, target]


def test_lines_run_where_the_layout_says_and_branches_end_on_their_trunk(atlas: Atlas, drawn: list[dict]) -> None:
    layout = atlas.picture(View()).layout
    place = {each["data"]["id"]: (each["position"]["x"], each["position"]["y"]) for each in drawn if "position" in each}
    edges = [each for each in drawn if "source" in each["data"] and "loop" not in each["classes"]]
    whole = {each["data"]["id"]: walk(each, place, branch=False) for each in edges}
    for identifier, corners in whole.items():
        for (x, y), (wanted_x, wanted_y) in zip(corners, layout.routes[identifier].points, strict=True):
            assert abs(x - wanted_x) < 0.05
            assert abs(y - wanted_y) < 0.05
    for edge in edges:
        if "branchTo" in edge["data"]:
            end = walk(edge, place, branch=True)[-1]
            others = [corners for other, corners in whole.items() if other != edge["data"]["id"]]
            assert any(on(end, corners) for corners in others), edge["data"]["id"]


def on(point: tuple[float, float], corners: list[tuple[float, float]]) -> bool:
    x, y = point
    return any(
        min(x1, x2) - 0.1 <= x <= max(x1, x2) + 0.1 and min(y1, y2) - 0.1 <= y <= max(y1, y2) + 0.1
        for (x1, y1), (x2, y2) in itertools.pairwise(corners)
    )
