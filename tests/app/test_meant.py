"""A line that ends at an open group means what its dependencies begin or end at, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.atlas import Atlas
from app.map.cards import canvas_elements
from app.map.meant import meant
from app.map.overview import Gathered
from app.map.screen import screen
from app.view import View
from tests.graph.written import opened

SHOP = """
    elements:
      - {id: shop, kind: business service, name: Shop, depends_on: [{of: [web, mail], k: 1}, till]}
      - {id: desk, kind: business service, name: Desk, depends_on: [mail]}
      - {id: web, kind: application, name: Web, depends_on: [db]}
      - {id: mail, kind: application, name: Mail}
      - {id: till, kind: application, name: Till, depends_on: [web]}
      - {id: idle, kind: application, name: Idle, depends_on: [till]}
      - {id: db, kind: server, name: Server}
"""


@pytest.fixture
def atlas(tmp_path: Path) -> Atlas:
    return Atlas(opened(tmp_path, SHOP))


def gathered(atlas: Atlas, query: str) -> Gathered:
    found = screen(atlas, query).overview
    assert found is not None
    return found


def told(atlas: Atlas, query: str) -> dict[str, tuple[list[str], str]]:
    found = meant(atlas, gathered(atlas, query).plane)
    return {key: ([card.label for card in each.cards], each.words) for key, each in found.items()}


def test_each_line_names_what_it_means_those_with_most_of_it_first(atlas: Atlas) -> None:
    assert told(atlas, "by=layer&open=applications") == {
        "business-services > applications": (["Mail", "Till", "Web"], "in Applications: Mail, Till, Web"),
        "applications > infrastructure": (["Web"], "in Applications: Web"),
    }


def test_where_both_groups_are_open_both_are_told(atlas: Atlas) -> None:
    cards, words = told(atlas, "by=layer&open=applications,infrastructure")["applications > infrastructure"]
    assert (cards, words) == (["Web", "Server"], "in Applications: Web; in Infrastructure: Server")


def test_closed_groups_need_no_words(atlas: Atlas) -> None:
    assert told(atlas, "by=layer") == {}


def test_the_canvas_knows_what_to_light_up(atlas: Atlas) -> None:
    view = View(by="layer", opened=("applications",))
    drawn = canvas_elements(atlas, gathered(atlas, view.query), view)
    known = {each["data"]["id"] for each in drawn}
    means = {each["data"]["id"]: each["data"]["means"] for each in drawn if "means" in each["data"]}
    assert means["group applications > group infrastructure"] == ["shop/web"]
    assert {name for names in means.values() for name in names} <= known


def test_nothing_inside_is_meant_that_no_dependency_leads_to(atlas: Atlas) -> None:
    plane = gathered(atlas, "by=layer&open=applications,business-services").plane
    nodes = {node.path: node for node in plane.nodes}
    first, second, _ = atlas.projection.direct
    for bundle in plane.bundles:
        one, other = nodes[bundle.dependent].members, nodes[bundle.provider].members
        both = np.isin(first, one) & np.isin(second, other)
        ends = {*first[both].tolist(), *second[both].tolist()}
        for card in meant(atlas, plane)[bundle.id].cards:
            assert ends & set(card.members.tolist())
