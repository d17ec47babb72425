"""Can people ask the map: pick a question, give its values, read the answer, write a query, and share all of it?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from app.live import Live
from app.web import create_server
from graph.maps import open_map
from tests.browser.going import go

SHOP = """
namespace: shop
title: Shop
elements:
  - {id: shop, kind: business service, name: Shop, owner: crew, depends_on: [web, pay]}
  - {id: pay, kind: business service, name: Pay, depends_on: [db]}
  - {id: web, kind: application, name: Web, depends_on: [db, evil]}
  - {id: db, kind: database, name: Database}
  - {id: evil, kind: database, name: "<img src=x onerror='window.hit=1'><script>window.hit=1</script>"}
  - {id: crew, kind: team, name: Crew}
"""
ALL = "SELECT ?x ?name WHERE { ?x a sm:Element ; rdfs:label ?name } ORDER BY ?name"
ROWS = "table.answer tbody tr"


@pytest.fixture(scope="module")
def shop(serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "shop.yaml").write_text(SHOP)
    return serve(create_server(open_map([folder])))


def own(query: str) -> str:
    return f"/query?query={quote(query)}"


def on(going: Any, shop: str, path: str) -> Any:
    """Go on to an answer, by way of the page on which none stands; gives the page."""
    if going.url.startswith(shop):
        go(going, shop, "/query").wait_for_selector(".query-starters")
    return go(going, shop, path)


def test_pick_a_question_give_its_value_and_go_to_an_element_and_back(going: Any, shop: str) -> None:
    page = go(going, shop, "/query")
    page.fill(".query-menu .filter-box input", "rest on")
    page.wait_for_selector("#query-library a:has-text('How many elements')", state="detached")
    page.click("#query-library a:has-text('What does a service rest on, directly')")
    page.wait_for_selector(".query-problem:has-text('is asked about a service')")
    page.click("#query-fields [role=combobox]")
    page.wait_for_selector("#query-fields [role=option]:has-text('Pay')")
    page.click("#query-fields [role=option]:has-text('Shop')")
    page.wait_for_selector(ROWS)
    assert page.locator(ROWS).count() == 4
    assert "$service=shop" in page.url or "%24service=shop" in page.url
    heads, cells = (
        page.eval_on_selector_all(
            f"table.answer {each}", "(all) => all.map((each) => each.getBoundingClientRect().left)"
        )
        for each in ("thead th", "tbody tr:first-child td")
    )
    assert heads == cells, "each head stands over its column"
    page.click("table.answer th a:has-text('Name')")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Name')")
    page.click("table.answer .entity:has-text('Database')")
    page.wait_for_selector("h1:text-is('Database')")
    page.go_back()
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Name')")
    page.go_back()
    page.wait_for_selector("th[aria-sort]", state="detached")
    page.wait_for_selector(ROWS)
    page.go_forward()
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Name')")


def test_the_query_of_a_ready_question_unfolds_and_ones_own_stays_open(going: Any, shop: str) -> None:
    page = on(going, shop, "/query?ask=services-and-owners")
    page.wait_for_selector(ROWS)
    assert page.locator("#query-editor").is_hidden()
    page.click("#query-shows")
    page.wait_for_selector("#query-editor .CodeMirror-code:has-text('SELECT')")
    on(page, shop, own(ALL))
    page.wait_for_selector("#query-editor .CodeMirror")
    assert page.locator("#query-shows").is_hidden()


def test_by_keyboard_alone_a_value_is_found_and_asked(going: Any, shop: str) -> None:
    page = on(going, shop, "/query?ask=services-behind")
    page.wait_for_selector("#query-fields [role=combobox]")
    page.focus("#query-fields [role=combobox]")
    page.keyboard.type("pay")
    page.wait_for_selector("#query-fields [role=option][aria-selected=true]:has-text('Pay')")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"{ROWS}:has-text('Database')")
    page.focus("table.answer tbody tr input")
    page.keyboard.press("Space")
    page.wait_for_selector("#query-count:has-text('1 chosen')")
    page.focus("#query-acts a:has-text('If it fails')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict-title:has-text('Database')")
    assert "element=shop/db" in page.url


def test_a_shared_link_shows_a_query_of_ones_own_and_its_answer(page: Any, shop: str) -> None:
    page.goto(f"{shop}{own(ALL)}&sort=-name&find=a")
    page.wait_for_selector(ROWS)
    names = page.locator(f"{ROWS} td:last-child").all_inner_texts()
    assert names == sorted(names, key=str.casefold, reverse=True)
    assert "Shop" not in names
    page.wait_for_selector("#query-editor .CodeMirror")
    assert page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.getValue()") == ALL
    assert page.locator("#query-status").inner_text().startswith("Complete")


def test_what_is_written_is_run_and_survives_a_reload(page: Any, shop: str) -> None:
    page.goto(f"{shop}{own('ASK { ?x a sm:Team }')}")
    page.wait_for_selector(".carried:has-text('Yes')")
    page.wait_for_selector("#query-editor .CodeMirror")
    page.click("#query-editor .CodeMirror")
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?name WHERE { ?x a sm:Team ; rdfs:label ?name }")
    page.reload()
    page.wait_for_selector("#query-editor .CodeMirror")
    kept = page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.getValue()")
    assert kept.startswith("SELECT ?name")
    page.click("#query-editor .CodeMirror")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(f"{ROWS}:has-text('Crew')")


def test_words_of_the_map_are_offered_and_wrong_ones_are_named(going: Any, shop: str) -> None:
    page = on(going, shop, own("ASK { ?x a sm:Team }"))
    page.wait_for_selector("#query-editor .CodeMirror")
    with page.expect_response("**/query/words.json"):
        page.click("#query-editor .CodeMirror")
    page.keyboard.press("Control+a")
    for typed, offered in (
        ("SELECT * { ?s a sm:Busi", "sm:BusinessService"),
        (" ; depends", "sm:dependsOn"),
        (" <pay", "Pay"),
    ):
        page.keyboard.type(typed)
        page.wait_for_selector(f".CodeMirror-hint-active:has-text('{offered}')")
        page.keyboard.press("Enter")
    assert page.evaluate("() => document.querySelector('.CodeMirror').CodeMirror.getValue()") == (
        "SELECT * { ?s a sm:BusinessService ; sm:dependsOn <https://w3id.org/servicemap/id/shop/pay>"
    )
    page.keyboard.type(" ; sm:dependOn ?y }")
    page.wait_for_selector(
        ".query-problem:has-text(\"'sm:dependOn' is no word of the vocabulary; did you mean 'dependsOn'?\")"
    )
    assert page.locator(".query-wrong").inner_text() == "sm:dependOn"


def test_the_answer_is_shown_as_chart_graph_and_raw_and_saved(going: Any, shop: str) -> None:
    page = on(going, shop, own(ALL))
    page.wait_for_selector(ROWS)
    page.click("#query-views a:has-text('Chart')")
    page.wait_for_selector(".chart rect")
    assert "view=chart" in page.url
    page.select_option("#chart-across", "name")
    page.wait_for_selector(".chart text:has-text('Database')")
    page.click("#query-views a:has-text('Graph')")
    page.wait_for_function(
        "() => { const i = document.querySelector('.graph img'); return i && i.naturalWidth > 200; }"
    )
    page.click("#query-views a:has-text('Raw')")
    page.wait_for_selector("pre.raw:has-text('bindings')")
    page.go_back()
    page.wait_for_selector(".graph img")
    page.click("#query-acts summary")
    with page.expect_download() as saved:
        page.click("#query-acts .menu-list a:has-text('CSV')")
    text = Path(saved.value.path()).read_text()
    assert text.splitlines()[0] == "x,name"
    assert len(text.splitlines()) == 7
    page.click("#query-acts a:has-text('If they fail')")
    page.wait_for_selector(".verdict-title")


def test_rows_are_found_by_typing_and_shown_on_the_map(going: Any, shop: str) -> None:
    page = on(going, shop, own(ALL))
    page.wait_for_selector(ROWS)
    page.fill("#query-find input", "a")
    page.wait_for_selector("#query-count:has-text('2 of 6 rows')")
    page.fill("#query-find input", "ay")
    page.wait_for_selector("#query-count:has-text('1 of 6 rows')")
    assert "find=ay" in page.url
    page.check(f"{ROWS}:has-text('Pay') input")
    page.fill("#query-find input", "")
    page.wait_for_selector("#query-count b:text-is('6 rows')")
    page.check(f"{ROWS}:has-text('Web') input")
    page.click("#query-acts a:has-text('Show 2 on map')")
    page.wait_for_function(
        "() => window.servicemapReady && cy.getElementById('shop/pay').nonempty() && cy.getElementById('shop/web').nonempty()"
    )
    assert "/map?select=shop/pay,shop/web&among=shop/pay,shop/web&answer=query%3DSELECT" in page.url
    page.click("#map-sift a:has-text('A query of your own')")
    page.wait_for_selector("#query-count b:text-is('6 rows')")


def test_what_was_asked_is_at_hand_and_a_query_is_saved_as_a_file(page: Any, shop: str) -> None:
    page.goto(f"{shop}{own(ALL)}")
    page.wait_for_selector(ROWS)
    page.goto(f"{shop}/query?ask=elements-by-kind")
    page.wait_for_selector(ROWS)
    page.click("#query-tools summary")
    page.click("#query-tools .menu-list a:has-text('SELECT ?x ?name')")
    page.wait_for_selector("#query-count:has-text('6 rows')")
    page.click("#query-tools button:has-text('Save')")
    page.fill("#keep-title", "What is there?")
    page.wait_for_selector("dialog .words:has-text('SERVICEMAP_QUERIES')")
    with page.expect_download() as saved:
        page.click("dialog button:has-text('Save as a file')")
    assert saved.value.suggested_filename == "what-is-there.rq"
    assert Path(saved.value.path()).read_text() == f"# title: What is there?\n{ALL}\n"
    page.click("#query-tools summary")
    page.click("#query-tools button:has-text('Forget all')")
    page.click("#query-tools summary")
    page.wait_for_selector("#query-tools .menu-list:has-text('Nothing was asked yet')")


def test_a_question_that_takes_long_is_cancelled(page: Any, shop: str) -> None:
    slow: list[Any] = []

    def hold(route: Any) -> None:
        slow.append(route)

    page.route("**/query.json*", hold)
    page.goto(f"{shop}{own(ALL)}")
    page.click("#query-acts button:has-text('Cancel')")
    page.wait_for_selector(".message:has-text('Nothing is asked any more')")
    page.unroute("**/query.json*")
    page.click(".message button:has-text('Run again')")
    page.wait_for_selector(ROWS)
    assert len(slow) == 1


def test_names_that_would_be_markup_are_text(going: Any, shop: str) -> None:
    page = on(going, shop, own(ALL))
    page.wait_for_selector(f"{ROWS}:has-text('<img src=x')")
    assert page.evaluate("() => window.hit") is None
    assert page.locator("table.answer img, table.answer script").count() == 0


def test_an_answer_follows_the_map(page: Any, serve: Callable[[Any], str], tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    live = Live(open_map([tmp_path]), lambda: open_map([tmp_path]))
    live.watch([tmp_path])
    try:
        page.goto(f"{serve(create_server(live))}{own(ALL)}")
        page.wait_for_selector("#query-count b:text-is('6 rows')")
        (tmp_path / "shop.yaml").write_text(f"{SHOP}  - {{id: new, kind: database, name: New}}\n")
        page.wait_for_selector("#query-count b:text-is('7 rows')")
    finally:
        live.stop()


def test_addresses_are_written_as_queries_write_them(going: Any, shop: str) -> None:
    page = on(going, shop, own('SELECT ?class { ?x rdfs:label "Crew" ; a ?class }'))
    page.wait_for_selector(f"{ROWS} code:text-is('sm:Team')")
    assert (
        page.locator(f"{ROWS} td:has(code:text-is('sm:Team'))").get_attribute("title")
        == "https://w3id.org/servicemap#Team"
    )


def test_a_phone_shows_the_answer_without_scrolling_sideways(phone: Any, shop: str) -> None:
    page = phone
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{shop}{own(ALL)}")
    page.wait_for_selector(ROWS)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    page.click(".query-menu > summary")
    assert page.locator("#query-fields .run").is_visible()
    assert "Ctrl" not in page.locator("#query-fields .run").inner_text()
    page.goto(f"{shop}/query")
    page.wait_for_selector(".query-starters")
    assert page.locator("#query-editor").is_hidden(), "the ready questions come first"
    page.click("[data-act=query-write]")
    assert page.locator("#query-editor").is_visible()
