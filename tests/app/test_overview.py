"""Is a map that is too large to draw gathered, whole and true, and does a group open in its place?"""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from app.atlas import Atlas
from app.badges import Badge
from app.map.cards import bundle_width, canvas_elements, card_parts, marks
from app.map.gathered import pane, status
from app.map.overview import MOST_BUNDLES, MOST_ELEMENTS, MOST_GROUPS, Gathered, Node, Plane, gathered
from app.map.screen import answer, screen, whole
from app.map.trunks import runs
from app.view import View, link
from app.web import create_server
from graph.maps import open_map


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    """Six hundred elements of forty teams: too many to draw, too many teams to show each."""
    file = tmp_path_factory.mktemp("wide") / "wide.yaml"
    lines = ["namespace: wide", "elements:"]
    kinds = ("business service", "technical service", "application", "platform")
    for n in range(600):
        team, needs = n * 17 // 3 % 40, [f"e{m}" for m in ((7 * n + 3) % 600, (n + 40) % 600) if m != n]
        kind = kinds[n % 4]
        lines.append(f"  - {{id: e{n}, kind: {kind}, name: Part {n}, owner: t{team}, depends_on: {needs}}}")
    lines += [f"  - {{id: t{n}, kind: team, name: 'Team, {n} ~'}}" for n in range(40)]
    file.write_text("\n".join(lines))
    return Atlas(open_map([file]))


def seen(atlas: Atlas, query: str, *, narrow: bool = False) -> Gathered:
    found = screen(atlas, query, narrow=narrow).overview
    assert found is not None
    return found


def by_label(plane: Plane, label: str) -> Node:
    return next(node for node in plane.walk() if node.label == label)


def check(atlas: Atlas, plane: Plane, members: set[int]) -> None:
    """Every element is in one card; bundles and what is left out add up; nothing lies on another; inner ones fit."""
    held = [element for node in plane.nodes for element in node.members.tolist()]
    assert sorted(held) == sorted(members)
    dependent, provider, _ = atlas.projection.direct
    within = np.isin(dependent, sorted(members)) & np.isin(provider, sorted(members))
    drawn = sum(bundle.count for bundle in plane.bundles)
    assert drawn + plane.left_out + plane.inside == int(within.sum())
    places = plane.layout.positions
    for one, other in combinations(places.values(), 2):
        assert one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
    for node in plane.nodes:
        if node.inner:
            assert node.inner.layout.width <= places[node.path].width
            assert node.inner.layout.height < places[node.path].height
            check(atlas, node.inner, set(node.members.tolist()))


def test_a_large_map_is_gathered_into_few_cards_that_hold_all_of_it(wide: Atlas) -> None:
    found = seen(wide, "")
    assert len(found.plane.nodes) <= MOST_GROUPS[0]
    assert len(found.plane.bundles) <= MOST_BUNDLES[0]
    check(wide, found.plane, set(whole(wide, View()).tolist()))


@pytest.mark.parametrize("by", ["layer", "system", "owner", "location", "community"])
def test_any_map_can_be_gathered_by_any_word(atlas: Atlas, by: str) -> None:
    found = seen(atlas, f"by={by}")
    assert found.by == by
    check(atlas, found.plane, set(whole(atlas, View()).tolist()))


def test_a_small_map_is_drawn_as_it_is_unless_asked(atlas: Atlas) -> None:
    assert screen(atlas, "").overview is None
    assert screen(atlas, "focus=norrvik/sql&by=owner").overview is None


def test_a_phone_gets_fewer_cards(wide: Atlas) -> None:
    found = seen(wide, "by=owner", narrow=True)
    assert len(found.plane.nodes) <= MOST_GROUPS[1]
    check(wide, found.plane, set(whole(wide, View()).tolist()))


def test_groups_that_find_no_card_share_the_last_which_opens_into_them(wide: Atlas) -> None:
    rest = seen(wide, "by=owner").plane.nodes[-1]
    assert (rest.path, rest.label) == ("+", "17 more owners")
    opened = seen(wide, "by=owner&open=%2B").plane
    inner = opened.nodes[-1].inner
    assert inner is not None
    assert all(node.label.startswith("Team") or node.label.endswith("owners") for node in inner.nodes)
    check(wide, opened, set(whole(wide, View()).tolist()))


def test_a_small_group_opens_into_its_elements(wide: Atlas) -> None:
    closed = seen(wide, "by=owner")
    node = next(n for n in closed.plane.nodes if len(n.members) <= MOST_ELEMENTS)
    view = View(by="owner").toggled_group(node.path)
    now = screen(wide, link(view).partition("?")[2])
    assert now.overview is not None
    inner = by_label(now.overview.plane, node.label).inner
    assert inner is not None
    assert {n.element for n in inner.nodes} == set(node.members.tolist()) == set(now.picture.shown.elements)


def test_a_large_group_opens_into_groups_by_something_else(wide: Atlas) -> None:
    plane = seen(wide, "by=layer&open=applications").plane
    inner = by_label(plane, "Applications").inner
    assert inner is not None
    assert {n.label.partition(",")[0] for n in inner.nodes if n.path.rpartition("~")[2] != "+"} == {"Team"}
    deep = inner.nodes[0].path
    again = seen(wide, link(View(by="layer", opened=("applications", deep))).partition("?")[2]).plane
    assert next(node for node in again.walk() if node.path == deep).inner
    check(wide, again, set(whole(wide, View()).tolist()))


def test_opening_a_group_keeps_the_order_of_the_others(wide: Atlas) -> None:
    before = seen(wide, "by=owner").plane
    for node in before.nodes[:4]:
        after = seen(wide, link(View(by="owner").toggled_group(node.path)).partition("?")[2]).plane
        for one, other in combinations(sorted(before.layout.positions), 2):
            old, new = ([plane.layout.positions[key] for key in (one, other)] for plane in (before, after))
            if old[0].centre[1] == old[1].centre[1]:
                assert new[0].centre[1] == new[1].centre[1]
                assert (old[0].x < old[1].x) == (new[0].x < new[1].x)


def test_closing_a_group_closes_what_is_open_inside_it() -> None:
    view = View(by="layer", opened=("a", "ab", "a~b"))
    assert view.toggled_group("a").opened == ("ab",)
    assert view.toggled_group("a~b").opened == ("a", "ab")
    assert View.parse(view.query) == view


@pytest.mark.parametrize("query", ["open=nothing", "open=%2B~%2B~x,,~", "by=nonsense", "open=" + "a~" * 500])
def test_keys_that_lead_nowhere_are_left_out(wide: Atlas, query: str) -> None:
    plain = seen(wide, "")
    assert [node.path for node in seen(wide, query).plane.nodes] == [node.path for node in plain.plane.nodes]


def test_hidden_lanes_are_not_gathered(wide: Atlas) -> None:
    found = seen(wide, "by=owner&hide=applications")
    assert {part for node in found.plane.nodes for part, _ in node.parts}.isdisjoint({"application"})


def test_the_same_address_gives_the_same_picture_and_is_worked_out_once(wide: Atlas) -> None:
    assert gathered(wide, View(by="owner"), whole(wide, View())) is gathered(
        wide, View(by="owner"), whole(wide, View())
    )
    again = Atlas(wide.map)
    assert seen(again, "by=owner").plane.layout == seen(wide, "by=owner").plane.layout


@pytest.mark.parametrize("view", [View(by="layer", opened=("applications",)), View(by="owner", opened=("wide/t3",))])
def test_every_line_of_the_canvas_has_both_ends_and_every_card_an_address(wide: Atlas, view: View) -> None:
    drawn = canvas_elements(wide, seen(wide, view.query), view)
    ids = [each["data"]["id"] for each in drawn]
    assert len(set(ids)) == len(ids)
    for each in drawn:
        if "source" in each["data"]:
            assert {each["data"]["source"], each["data"]["target"]} <= set(ids)
        elif "gathered" in each["classes"]:
            assert each["data"]["href"].startswith(f"/map?by={view.by}")
    numbers = [each for each in drawn if each["classes"] == "number"]
    assert numbers
    spots = [(each["position"]["x"], each["position"]["y"], each["data"]["w"]) for each in numbers]
    for (x, y, w), (x2, y2, w2) in combinations(spots, 2):
        assert abs(x - x2) >= (w + w2) / 2 - 0.2 or abs(y - y2) >= 16, "numbers do not lie on each other"


@pytest.mark.parametrize("by", ["owner", "layer", "kind"])
def test_no_number_lies_on_the_head_of_an_arrow(wide: Atlas, by: str) -> None:
    found = seen(wide, f"by={by}")
    ends = [(*route.points[-1], route.points[-2][1]) for route in found.plane.layout.routes.values()]
    drawn = canvas_elements(wide, found, View(by=by))
    spots = [(each["position"], each["data"]["w"]) for each in drawn if each["classes"] == "number"]
    assert ends
    for x, y, before in ends:
        tip = (y - 9, y) if before < y else (y, y + 9)
        for at, width in spots:
            beside = abs(at["x"] - x) > width / 2
            assert beside or at["y"] + 8 <= tip[0] or at["y"] - 8 >= tip[1], f"a number lies on the end at {x}, {y}"


def test_a_hostile_name_is_text_on_its_card(tmp_path: Path) -> None:
    (tmp_path / "h.yaml").write_text(
        "namespace: h\nelements:\n  - {id: t, kind: team, name: '<script>alert(1)</script>'}\n"
        "  - {id: a, kind: application, owner: t}\n"
    )
    atlas = Atlas(open_map([tmp_path]))
    view = View(by="owner")
    images = [each["data"].get("light", "") for each in canvas_elements(atlas, seen(atlas, view.query), view)]
    assert any("%26lt%3Bscript" in image or "&lt;script" in image or "%26lt;script" in image for image in images)
    assert not any("%3Cscript" in image for image in images)


def test_a_thicker_bundle_stands_for_more() -> None:
    widths = [bundle_width(count, 1_000) for count in (1, 10, 100, 1_000)]
    assert widths == sorted(widths)
    assert len(set(widths)) == 4


def test_programs_are_told_the_groups_and_what_is_left_out(wide: Atlas) -> None:
    told = answer(wide, "", "by=owner")
    assert sum(group["elements"] for group in told["overview"]["groups"]) == told["overview"]["elements"]
    assert told["cut"] == "640 elements gathered by owner; open groups with open="


def test_the_page_and_its_json_answer(wide: Atlas) -> None:
    client = create_server(wide.map).test_client()
    assert client.get("/map?by=owner").status_code == 200
    assert client.get("/map.json?by=community").get_json()["overview"]["by"] == "community"


def test_what_is_hidden_between_two_groups_leads_on(tmp_path: Path) -> None:
    file = tmp_path / "chain.yaml"
    lines = ["elements:", "  - {id: s, kind: business service, name: S, depends_on: [a, b]}"]
    lines += ["  - {id: a, kind: application, name: A, depends_on: [b]}"]
    lines += ["  - {id: b, kind: application, name: B, depends_on: [d]}", "  - {id: d, kind: server, name: D}"]
    file.write_text("\n".join(lines))
    atlas = Atlas(open_map([file]))
    found = seen(atlas, "by=layer&hide=applications")
    told = [(b.dependent, b.provider, b.count, b.through) for b in found.plane.bundles]
    assert told == [("business-services", "infrastructure", 2, 2)]
    drawn = canvas_elements(atlas, found, View(by="layer", hidden=("applications",)))
    assert [each["classes"] for each in drawn if "source" in each["data"]] == ["bundle straight through"]
    assert "over hidden elements" in str(drawn)


def test_a_trunk_is_as_thick_as_all_of_its_lines(wide: Atlas) -> None:
    found = seen(wide, "")
    pieces = list(runs(found.plane.bundles, found.plane.layout.routes))
    assert pieces
    for piece in pieces:
        into = [b.count for b in found.plane.bundles if b.provider == piece.bundle.provider]
        assert piece.bundle.count < piece.count <= sum(into)
        ends = found.plane.layout.routes[piece.bundle.id].points[-1]
        assert piece.ends == (piece.points[-1] == ends)
    last = [piece for piece in pieces if piece.ends]
    assert len(last) == len({(piece.bundle.provider, piece.points[-1]) for piece in last}), "each trunk ends once"


def test_a_group_says_what_hangs_on_its_elements(wide: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    hung = {0: (Badge("finding", "Nobody"),), 5: (Badge("finding", "Old"), Badge("promise", "Weak"))}
    monkeypatch.setattr(Atlas, "badges", property(lambda _: hung))
    node = Node("x", "X", "", np.arange(10, dtype=np.int32))
    assert marks(wide, node) == [("promise", 1), ("finding", 2)]
    drawn = card_parts(node, marks(wide, node), 208, 84, "light")
    assert drawn.count("<image") == 2
    assert ">2</text>" in drawn
    lit = np.zeros(len(wide), np.bool_)
    lit[[2, 3, 20]] = True
    assert (node.fits(lit), node.fits(None)) == (2, 0)
    assert ">2</tspan>" in card_parts(node, (), 208, 84, "light", fits=2)
    assert " of 10 elements<" in card_parts(node, (), 208, 84, "light", fits=2)
    assert " of 10<" in card_parts(node, (), 110, 84, "light", fits=2)


def test_the_line_below_says_less_where_the_window_is_narrow(wide: Atlas) -> None:
    view = View(by="owner", without="kind = team")
    found = screen(wide, view.query)
    assert found.overview is not None
    (hidden,) = [each for each in status(wide, found.overview, len(wide)) if "lines lead on" in str(each)]
    assert "['40 hidden', Span(children='; lines lead on through them', className='less')]" in str(hidden)


def test_most_used_lists_what_the_filters_leave_and_keeps_them(atlas: Atlas) -> None:
    view = View.parse("by=layer&hide=teams&without=kind = platform")
    now = screen(atlas, view.query)
    assert now.overview is not None
    said = str(pane(atlas, view, now.overview))
    most = atlas.most_used_of(whole(atlas, view))
    assert most != atlas.most_used
    for element in most:
        name = atlas.projection.ids[element]
        assert link(View(focus=name, selected=name, hidden=("teams",), without="kind = platform")) in said
    assert "SQL cluster" not in said
