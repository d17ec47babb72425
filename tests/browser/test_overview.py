"""Can people find their way into a map that is too large to draw? By mouse and by keyboard, in a real Chromium."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.web import create_server
from graph.maps import open_map
from tests.browser.going import go, settled


@pytest.fixture(scope="module")
def wide(serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    """Six hundred applications of eight teams, in circles."""
    folder = tmp_path_factory.mktemp("wide")
    lines = ["namespace: wide", "elements:"]
    lines += [f"  - {{id: t{n}, kind: team, name: Team {n}}}" for n in range(30)]
    for n in range(600):
        lines.append(f"  - {{id: e{n}, kind: application, owner: t{n % 23}, depends_on: [e{(3 * n + 1) % 600}]}}")
    Path(folder, "wide.yaml").write_text("\n".join(lines))
    return serve(create_server(open_map([folder])))


def spot(page: Any, identifier: str) -> tuple[float, float]:
    x, y = page.evaluate(
        """id => { const p = cy.getElementById(id).renderedPosition(), b = cy.container().getBoundingClientRect();
                   return [p.x + b.left, p.y + b.top]; }""",
        identifier,
    )
    return x, y


def test_a_click_opens_a_group_in_its_place_and_the_way_back_closes_it(going: Any, wide: str) -> None:
    page = go(going, wide, "/map")
    settled(page)
    assert page.evaluate("() => cy.nodes('.gathered').length") == 23
    assert "in 23 groups" in page.inner_text("#map-status")
    zoom = page.evaluate("() => cy.zoom()")
    page.mouse.click(*spot(page, "group wide/t3"))
    page.wait_for_function("() => window.cy.nodes('.frame').length === 1")
    settled(page)
    assert page.evaluate("() => location.search") == "?open=wide/t3"
    assert page.evaluate("() => cy.zoom()") == zoom, "the view stays as it was"
    assert page.evaluate("() => cy.nodes('.element').not('.gathered').length") == 27, "its elements and the team"
    page.go_back()
    page.wait_for_function("() => window.cy.nodes('.frame').length === 0")
    settled(page)
    assert page.locator("#map-pane h2").first.inner_text() == "wide"
    page.evaluate("""() => { const first = cy.nodes('.gathered')[0], { x, y } = first.position();
        for (const [label, id] of [["9", "n9"], ["1,204", "n1204"], ["33", "n33"]])
            cy.add({ data: { id, label, w: 20 }, position: { x: x + (id === "n33" ? 400 : 0), y }, classes: "number" });
        cy.zoom(0.5); }""")
    page.wait_for_function("() => cy.getElementById('n9').hasClass('under')")
    assert page.evaluate("() => ['n1204', 'n33'].filter((id) => cy.getElementById(id).hasClass('under'))") == []
    page.evaluate("() => { cy.zoom(3); servicemapTools.go(servicemapTools.changed({ without: 'used by > 2' })); }")
    page.wait_for_selector(".chip-sift")
    settled(page)
    assert page.evaluate("() => cy.zoom()") < 2, "what is left out changes the picture: it is fitted anew"


def test_the_keyboard_opens_a_group_and_walks_on_inside(going: Any, wide: str) -> None:
    page = go(going, wide, "/map?by=layer")
    settled(page)
    page.keyboard.press("ArrowDown")
    assert "group" not in page.inner_text("#announce") or "elements, closed" in page.inner_text("#announce")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.search.includes('open=') && window.cy.nodes('.frame').length === 1")
    settled(page)
    assert page.locator(".chip:has-text('1 group open')").count() == 1
    assert page.evaluate("() => cy.nodes('.handle').length") == 1


def test_the_table_says_the_same_as_the_picture(going: Any, wide: str) -> None:
    page = go(going, wide, "/map?as=table")
    page.wait_for_selector("#map-table table")
    assert page.locator("#map-table table").first.locator("tbody tr").count() == 23
    page.click("#map-table a:has-text('Team 3')")
    page.wait_for_function("() => location.search.includes('open=wide/t3')")


def test_what_is_lit_up_begins_with_its_highest_card_whole(page: Any, wide: str) -> None:
    page.set_viewport_size({"width": 390, "height": 560})
    page.goto(f"{wide}/map?by=owner")
    settled(page)
    first, high = page.evaluate(
        """() => { const all = [...cy.nodes('.gathered').not('.others')], many = (node) => Number(node.data('kind').match(/\\d+/)[0]);
            const pairs = all.flatMap((one) => all.filter((two) => many(two) < many(one)).map((two) => [one, two]));
            const far = ([one, two]) => one.position('y') - two.position('y');
            return pairs.reduce((a, b) => (far(b) > far(a) ? b : a)).map((node) => node.data('label')); }"""
    )
    find = quote(f'owner = "{first}" or owner = "{high}"')
    page.goto(f"{wide}/map?by=owner&find={find}")
    settled(page)
    seen = """() => { const box = cy.nodes('.asked').min((node) => node.position('y')).ele
            .renderedBoundingBox({ includeLabels: false, includeOverlays: false }); return [box.y1, box.y2]; }"""
    top, bottom = page.evaluate(seen)
    assert top >= 0
    assert bottom <= page.evaluate("() => cy.height()")
