"""What comes late, does no harm? Answers are held until somebody has gone on, and let go then."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.live import Live
from app.web import create_server
from graph.maps import open_map
from tests.browser.going import Held, answered, go, settled

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"
ALL = "SELECT ?x ?name WHERE { ?x a sm:Element ; rdfs:label ?name } ORDER BY ?name"
TITLE = "() => document.title"


@pytest.fixture(scope="module")
def laundry(serve: Callable[[Any], str]) -> str:
    return serve(create_server(open_map([LAUNDRY])))


def leave(page: Any, path: str) -> None:
    """Go to another page by a link, and wait for its answer."""
    page.evaluate("(path) => servicemapTools.go(path)", path)
    page.wait_for_selector("#catalogue-page:not([hidden]) table.services tbody tr")
    answered(page)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("/impact?element=laundry/carrier", "impact-article"),
        ("/query?ask=services-and-owners", "query-head"),
        ("/map?focus=laundry/carrier", "map-picture"),
        ("/element/laundry/carrier", "element-head"),
    ],
)
def test_the_answer_of_a_page_that_was_left_is_not_told(going: Any, laundry: str, path: str, place: str) -> None:
    page = go(going, laundry, "/sources")
    held = Held(page, "**/_dash-update-component*", f"{place}.")
    page.evaluate("(path) => servicemapTools.go(path)", path)
    held.asked()
    leave(page, "/catalogue")
    told = page.evaluate(TITLE), page.locator("#announce").inner_text()
    held.let_go()
    held.end()
    assert (page.evaluate(TITLE), page.locator("#announce").inner_text()) == told


def test_a_picture_of_the_map_that_comes_after_two_steps_back_is_not_told(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/catalogue")
    page.evaluate("() => servicemapTools.go('/map')")
    settled(page)
    held = Held(page, "**/map/picture.json**")
    page.evaluate("() => servicemapTools.go('/map?focus=laundry/carrier')")
    held.asked()
    with page.expect_event("requestfailed", lambda request: "picture.json" in request.url):
        page.evaluate("() => history.go(-2)")
    held.end()
    page.wait_for_selector("#catalogue-page:not([hidden]) table.services tbody tr")
    answered(page)
    assert page.evaluate(TITLE).startswith("Catalogue")


def test_times_that_are_read_late_keep_what_was_picked_and_change_no_other_page(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/impact?element=laundry/carrier")
    page.wait_for_selector(".verdict-title")
    held = Held(page, "**/impact/when.json*")
    page.fill("#impact-page [data-key=from] input", "2026-12-05T02:00Z")
    page.keyboard.press("Enter")
    held.asked()
    page.click("#impact-picker a:has-text('Maintenance')")
    page.wait_for_selector("#impact-picker a[aria-current]:has-text('Maintenance')")
    held.let_go()
    page.wait_for_selector(".when-said:has-text('Sat 5 Dec 2026, 02:00')")
    page.wait_for_selector(".verdict-title:text-is('Maintenance of Carrier')")
    page.fill("#impact-page [data-key=from] input", "2026-12-06T02:00Z")
    page.keyboard.press("Enter")
    held.asked()
    leave(page, "/catalogue")
    held.let_go()
    held.end()
    assert page.url == f"{laundry}/catalogue"


def test_a_filter_or_a_pick_that_is_left_changes_no_other_page(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/catalogue")
    page.wait_for_selector("table.services tbody tr")
    page.evaluate(
        """() => { const field = document.querySelector("#catalogue-page [data-filter] input");
            field.value = "carrier"; field.dispatchEvent(new Event("input", { bubbles: true })); servicemapTools.go("/impact"); }"""
    )
    page.evaluate("() => new Promise((done) => setTimeout(done, 300))")  # timers of a page come in their order
    assert page.url == f"{laundry}/impact"
    answered(page)
    held = Held(page, "**/_dash-update-component*", "impact-picker.")
    page.fill("#impact-page [data-filter='Pick what fails or is changed'] input", "boiler")
    page.keyboard.press("Enter")
    held.asked()
    leave(page, "/catalogue")
    held.let_go()
    held.end()
    page.evaluate("() => new Promise((done) => setTimeout(done, 100))")
    assert page.url == f"{laundry}/catalogue"


def test_enter_in_the_search_takes_what_is_found_for_all_that_is_typed(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/map")
    settled(page)
    page.keyboard.press("/")
    page.keyboard.insert_text("b")
    page.wait_for_selector("#search-list [role=option]")
    first = page.locator("#search-list [role=option] b").first.inner_text()
    held = Held(page, "**/search.json*")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("carrier")
    held.asked()
    page.keyboard.press("Enter")
    held.asked(2)
    page.keyboard.press("Enter")
    held.asked(3)
    assert page.url == f"{laundry}/map", f"{first} is not what was looked for"
    held.end()
    page.wait_for_selector(".chip-focus b:text-is('Carrier')")


def test_a_list_of_values_stays_closed_and_enter_takes_what_is_found_for_all_that_is_typed(
    going: Any, laundry: str
) -> None:
    page = go(going, laundry, "/query?ask=services-behind")
    field, options = page.locator("#query-fields [role=combobox]"), "#query-fields [role=option]"
    field.focus()
    held = Held(page, "**/query/picks.json*")
    page.keyboard.insert_text("c")
    held.asked()
    page.keyboard.press("Escape")
    held.let_go()
    assert page.locator("#query-fields [role=listbox]").is_hidden()
    held.end()
    page.keyboard.press("ArrowDown")
    page.wait_for_selector(options)
    held = Held(page, "**/query/picks.json*")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text("carrier")
    page.keyboard.press("Enter")
    held.let_go()
    held.end()
    page.wait_for_function("() => /service=laundry(%2F|\\/)carrier$/.test(location.search)")


def test_a_picture_that_comes_late_takes_the_place_of_no_other(going: Any, laundry: str) -> None:
    page = go(going, laundry, f"/query?view=chart&query={quote(ALL)}")
    page.wait_for_selector(".chart rect")
    across = page.input_value("#chart-across")
    held = Held(page, "**/query.svg*across=name*")
    page.select_option("#chart-across", "name")
    held.asked()
    page.go_back()
    page.wait_for_selector(".chart rect")
    held.let_go()
    held.end()
    assert page.input_value("#chart-across") == across


def test_a_question_whose_answer_nobody_waited_for_is_not_remembered_under_another_address(
    page: Any, laundry: str
) -> None:
    go(page, laundry, "/query").wait_for_selector(".query-starters")
    held = Held(page, "**/query.json*")
    page.evaluate("(path) => servicemapTools.go(path)", f"/query?query={quote(ALL)}")
    held.asked()
    leave(page, "/catalogue")
    held.let_go()
    assert page.evaluate("() => localStorage.getItem('servicemap-queries')") is None


def test_hints_come_on_a_map_that_was_drawn_before_and_only_there(page: Any, laundry: str) -> None:
    settled(go(page, laundry, "/map"))
    leave(page, "/catalogue")
    held = Held(page, "**/_dash-update-component*", "map-picture.")
    page.evaluate("() => servicemapTools.actions.tour()")
    held.asked()
    leave(page, "/catalogue")
    held.end()
    page.evaluate("() => servicemapTools.go('/map')")
    settled(page)
    page.evaluate("() => new Promise((done) => setTimeout(done, 400))")  # timers of a page come in their order
    assert page.locator("#tour").count() == 0, "whoever went elsewhere meanwhile is not shown them later"
    leave(page, "/catalogue")
    page.evaluate("() => servicemapTools.actions.tour()")
    page.wait_for_selector("#tour:has-text('1 of 5')")


def test_the_way_to_cancel_stays_under_the_pointer(page: Any, laundry: str, tmp_path: Path) -> None:
    file = tmp_path / "one.yaml"
    file.write_text("elements: [{id: a, kind: application}]")
    go(page, laundry, "/sources?show=check").wait_for_selector(".pick-file input", state="attached")
    held, read = Held(page, "**/sources/checks"), Held(page, "**/sources/checks/*")
    page.set_input_files("#check-file", str(file))
    button = page.wait_for_selector(".checking button")
    held.let_go()
    read.asked()
    assert page.locator(".checking .words").inner_text() == "Reading…"
    assert button.evaluate("(each) => each.isConnected")
    read.end()


def test_an_edit_before_a_page_has_first_looked_is_on_the_screen(
    page: Any, serve: Callable[[Any], str], tmp_path: Path
) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text("namespace: shop\nelements: [{id: db, kind: database, name: Store}]")
    live = Live(open_map([tmp_path]), lambda: open_map([tmp_path]))
    live.watch([tmp_path])
    held = Held(page, "**/revision.json")
    try:
        page.goto(f"{serve(create_server(live))}/element/shop/db")
        page.wait_for_selector("h1:text-is('Store')")
        held.asked()
        before = live.atlas
        file.write_text(file.read_text().replace("Store", "Depot"))
        while live.atlas is before:
            page.wait_for_timeout(20)
        held.end()
        page.wait_for_selector("h1:text-is('Depot')")
    finally:
        live.stop()
