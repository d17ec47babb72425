"""Badges say what needs a look: broken, promised too much, about to change, found wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.atlas import Atlas
from app.badges import WORDS, Badge, badges
from app.elements import cytoscape_elements
from app.look import canvas
from app.view import View
from graph.maps import open_map

NOW = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
TEXT = """
namespace: shop
elements:
  - {id: till, kind: application, name: Till, depends_on: [till, db], operational_status: {state: down, observed_at: 2026-11-30T22:00:00Z}}
  - {id: db, kind: database, name: Books}
  - {id: soon, kind: change, name: Move the books, affects: db, planned_start: 2026-12-05T22:00:00Z, planned_end: 2026-12-05T23:00:00Z}
  - {id: late, kind: change, name: Paint the shop, affects: till, planned_start: 2027-02-05T22:00:00Z, planned_end: 2027-02-05T23:00:00Z}
"""


@pytest.fixture(scope="module")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    folder = tmp_path_factory.mktemp("badges")
    (folder / "map.yaml").write_text(TEXT, encoding="utf-8")
    return Atlas(open_map([folder]))


def all_of(atlas: Atlas) -> dict[int, tuple[Badge, ...]]:
    return badges(atlas.map.store, atlas.projection, NOW, services=atlas.catalogue, findings=atlas.findings_of)


def of(atlas: Atlas, name: str) -> list[tuple[str, str]]:
    return [(badge.kind, badge.words) for badge in all_of(atlas).get(atlas.projection.find(name), ())]


def test_what_comes_up_within_two_weeks_is_marked(atlas: Atlas) -> None:
    assert ("change", "Move the books, 2026-12-05 22:00 UTC") in of(atlas, "db")
    assert "Paint the shop" not in str(of(atlas, "till"))


def test_what_is_broken_comes_first(atlas: Atlas) -> None:
    assert of(atlas, "till")[0] == ("broken", "Till reported down")


def test_findings_are_told_where_they_are_known(atlas: Atlas) -> None:
    told = [
        finding for finding in atlas.findings if finding.subject == atlas.projection.iris[atlas.projection.find("till")]
    ]
    kinds = {kind for kind, _ in of(atlas, "till")}
    assert ("finding" in kinds) == any(finding.severity.value != "note" for finding in told)


def test_a_promise_at_risk_is_marked() -> None:
    enterprise = Atlas(open_map([Path(__file__).parents[2] / "data" / "enterprise"]))
    marked = {e for e, told in all_of(enterprise).items() if any(badge.kind == "promise" for badge in told)}
    weak = {
        entry.element for entry in enterprise.catalogue if entry.check and entry.check.verdict == "not expected to hold"
    }
    assert weak
    assert weak <= marked


def test_badges_hang_on_the_top_right_corner_and_are_two_at_most(atlas: Atlas) -> None:
    picture = atlas.picture(View())
    told = {"shop/db": [("broken", "a"), ("change", "b"), ("change", "c"), ("finding", "d")]}
    nodes = cytoscape_elements(
        atlas.projection, picture.cards, picture.shown.lines, picture.layout, said={}, badges=told
    )
    hung = [node for node in nodes if "badge" in node.get("classes", "")]
    assert [node["classes"] for node in hung] == ["badge badge-broken", "badge badge-change"]
    box = picture.layout.positions["shop/db"]
    assert all(box.x < node["position"]["x"] <= box.right and node["position"]["y"] == box.y for node in hung)
    assert next(node["data"]["told"] for node in nodes if node["data"]["id"] == "shop/db") == ["a", "b", "c", "d"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_badge_has_a_drawing_without_spaces(scheme: str) -> None:
    rules = {rule["selector"]: rule["style"] for rule in canvas()[scheme]["style"]}
    for kind in WORDS:
        assert " " not in rules[f"node.badge-{kind}"]["background-image"]
