"""Which elements does a view show? Laws of the address, of focus and hops, of hidden lanes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.atlas import Atlas
from app.view import ALL, MOST_AT_FIRST, MOST_BOXES, View, link, shown

words = st.text(st.characters(codec="utf-8", exclude_characters=","), min_size=1, max_size=20)
views = st.builds(
    View,
    focus=st.just("") | words,
    hops=st.sampled_from([-1, 1, 2, 3, ALL]),
    direction=st.sampled_from(["both", "down", "up"]),
    hidden=st.lists(words, max_size=3).map(lambda lanes: tuple(sorted(set(lanes)))),
    selected=st.just("") | words,
    table=st.booleans(),
    everything=st.booleans(),
    find=st.just("") | words.map(str.strip),
    without=st.just("") | words.map(str.strip),
    kept=st.lists(st.tuples(st.sampled_from(["kind", "owner"]), st.just("") | words), max_size=3).map(
        lambda pairs: tuple(sorted(set(pairs)))
    ),
    start=st.just("") | words,
    end=st.just("") | words,
    within=st.integers(0, 12),
    way=st.integers(0, 50),
    edge=st.just("") | words,
)


@given(views)
def test_an_address_says_the_whole_view(view: View) -> None:
    assert View.parse(view.query) == view


@given(st.text())
def test_no_address_is_too_strange_to_be_read(query: str) -> None:
    View.parse(query)


def test_an_address_leaves_out_what_is_usual() -> None:
    assert link(View()) == "/map"
    assert link(View("a/b", ALL, "up")) == "/map?focus=a/b&hops=all&direction=up"


def labels(atlas: Atlas, numbers: tuple[int, ...]) -> set[str]:
    return {atlas.projection.labels[number] for number in numbers}


@pytest.mark.parametrize(
    ("direction", "expected"),
    [
        ("down", {"Web shop", "Session cache", "Object store", "Kubernetes"}),
        ("up", {"Web shop", "Storefront"}),
        ("both", {"Web shop", "Storefront", "Session cache", "Object store", "Kubernetes"}),
    ],
)
def test_one_hop_shows_the_neighbours_in_the_direction(atlas: Atlas, direction: str, expected: set[str]) -> None:
    view = replace(View.parse(f"focus=norrvik/shop-app&hops=1&direction={direction}"))
    assert labels(atlas, shown(atlas.projection, view, atlas.lane).elements) == expected


def test_a_group_of_alternatives_costs_no_hop(atlas: Atlas) -> None:
    view = View("norrvik/sql", 1, "down")
    assert labels(atlas, shown(atlas.projection, view, atlas.lane).elements) == {
        "SQL cluster",
        "SQL replica 1",
        "SQL replica 2",
    }


def test_more_hops_never_show_less(atlas: Atlas) -> None:
    for number in range(len(atlas)):
        sizes = [
            len(shown(atlas.projection, View(atlas.projection.ids[number], hops), atlas.lane).elements)
            for hops in (1, 2, 3, ALL)
        ]
        assert sizes == sorted(sizes)


def test_a_hidden_lane_is_contracted_and_not_dropped(atlas: Atlas) -> None:
    plain = shown(atlas.projection, View("norrvik/storefront", ALL, "down"), atlas.lane)
    hidden = shown(atlas.projection, View("norrvik/storefront", ALL, "down", ("applications",)), atlas.lane)
    ends = {
        (atlas.projection.labels[line.dependent], atlas.projection.labels[line.provider]): line for line in hidden.lines
    }
    assert ends["Storefront", "Kubernetes"].through == 1
    assert ends["Product search", "Object store"].through == 1
    assert hidden.by_lane == len(plain.elements) - len(hidden.elements) > 0


def test_the_focus_stays_when_its_own_lane_is_hidden(atlas: Atlas) -> None:
    view = View("norrvik/storefront", 1, "both", ("technical-services",))
    assert "Storefront" in labels(atlas, shown(atlas.projection, view, atlas.lane).elements)


def test_every_line_ends_at_elements_that_are_shown(atlas: Atlas) -> None:
    for row in atlas.rows:
        choice = shown(atlas.projection, View(hidden=(row.key,)), atlas.lane)
        assert {end for line in choice.lines for end in (line.dependent, line.provider)} <= set(choice.elements)


def test_a_phone_shows_one_or_two_hops_unless_told(atlas: Atlas) -> None:
    assert shown(atlas.projection, View("norrvik/orders-service"), atlas.lane, narrow=True).hops in (1, 2)
    assert shown(atlas.projection, View("norrvik/orders-service", ALL), atlas.lane, narrow=True).hops == ALL


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """A star of 500 around one hub, and a chain behind it: too much to read."""
    from graph.maps import open_map

    folder = tmp_path_factory.mktemp("wide")
    lines = ["namespace: wide", "elements:", "  - {id: hub, kind: platform, name: Hub, depends_on: [deep]}"]
    lines += ["  - {id: deep, kind: infrastructure, name: Deep}"]
    lines += [f"  - {{id: leaf-{n}, kind: application, name: Leaf {n}, depends_on: [hub]}}" for n in range(500)]
    (folder / "wide.yaml").write_text("\n".join(lines))
    return Atlas(open_map([folder]))


def test_a_large_map_without_focus_shows_nothing_and_says_so(wide: Atlas) -> None:
    choice = shown(wide.projection, View(), wide.lane)
    assert choice.wall
    assert not choice.elements


def test_a_view_is_cut_by_hops_and_says_how_much_is_missing(wide: Atlas) -> None:
    choice = shown(wide.projection, View("wide/deep"), wide.lane)
    assert labels(wide, choice.elements) == {"Deep", "Hub"}
    assert choice.cut == "500 more within reach; cut at 1 hop"


def test_a_hub_with_too_many_neighbours_shows_as_many_as_can_be_read(wide: Atlas) -> None:
    choice = shown(wide.projection, View("wide/hub"), wide.lane)
    assert len(choice.elements) == MOST_AT_FIRST
    assert choice.cut == "402 more within reach; only 99 of 501 neighbours are drawn"


def test_who_asks_for_hops_is_shown_more_of_them(wide: Atlas) -> None:
    choice = shown(wide.projection, View("wide/hub", hops=1), wide.lane)
    assert len(choice.elements) == MOST_BOXES
    assert choice.cut == "202 more within reach; only 299 of 501 neighbours are drawn"
