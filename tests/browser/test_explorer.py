"""Can people do with the explorer what it is for? In a real Chromium, by mouse, by keyboard and on a phone."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.doors import Doors
from app.live import Live
from app.sparql.endpoint import Endpoint
from app.web import create_app, create_server
from graph.maps import open_map
from tests.browser.going import Held, answer, go, idle, settled
from tests.examples import some

NORRVIK = Path(__file__).parents[1] / "app" / "maps" / "norrvik"
HOSTILE = [
    "<script>window.hit=1</script>",
    '"><img src=x onerror="window.hit=1">',
    "\u202egnp.exe",
    "a\u200bb",
    "x" * 5_000,
]


@pytest.fixture(scope="module")
def norrvik(serve: Callable[[Any], str]) -> str:
    return serve(create_server(open_map([NORRVIK])))


def visit(page: Any, address: str) -> None:
    """Open an address and wait until what it shows is there."""
    page.goto(address)
    settled(page)


def on(going: Any, address: str) -> Any:
    """Go on to an address and wait until what it shows is there; gives the page."""
    origin, path = address[: (end := address.index("/", 8))], address[end:]
    settled(page := go(going, origin, path))
    return page


def spot(page: Any, identifier: str) -> tuple[float, float]:
    """Where an element is on the screen."""
    x, y = page.evaluate(
        """id => { const p = cy.getElementById(id).renderedPosition(), b = cy.container().getBoundingClientRect();
                   return [p.x + b.left, p.y + b.top]; }""",
        identifier,
    )
    return x, y


def query(page: Any) -> str:
    return str(page.evaluate("() => location.pathname + location.search"))


STYLED = """() => {
    const style = cy.style(), rules = [...Array(style.length).keys()], known = new Map();
    const own = (thing) => Object.entries(thing[0]._private.style).filter(([, value]) => value).map(([name, value]) => `${name} ${value.strValue}`).sort().join();
    const told = ({ value, pfValue, units, strValue }) => JSON.stringify([value, pfValue, units, strValue]);
    const read = (thing) => Object.values(thing[0]._private.style).every((each) => !each || !each.mapping || !each.mapping.field
        || told(each) === told(style.parse(each.name, thing.data(each.mapping.field))));
    const bounds = (thing, useCache) => Object.values(thing.boundingBox({ useCache })).map((each) => each.toFixed(6)).join();
    return cy.elements().filter((thing) => {
        thing.style("width");
        if (!read(thing) || bounds(thing, true) !== bounds(thing, false)) return true;
        const matched = rules.map((i) => (style[i].selector && style[i].selector.matches(thing) ? "t" : "f")).join("");
        const { styleKey, styleCxtKey } = thing[0]._private, same = known.get(styleKey) ?? own(thing);
        known.set(styleKey, same);
        return matched !== styleCxtKey || same !== own(thing);
    }).map((thing) => thing.id());
}"""


def test_the_map_shows_every_element_and_line(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/")
    assert page.evaluate("() => cy.nodes('.element').length") == 47
    assert page.evaluate("() => cy.edges().length") == 65
    assert page.title() == "Norrvik · Map"
    assert page.locator("#map-lanes .lane").count() == 9


FRAMES = """async () => {
    const renderer = cy.renderer(), frame = () => new Promise(requestAnimationFrame), found = [];
    let looks = 0;
    renderer.beforeRender(() => { looks++; }, 0);
    for (const act of [() => cy.zoom(cy.zoom() * 1.01), () => cy.animate({ panBy: { x: 4, y: 0 }, duration: 50 }),
        () => cy.nodes()[0].animate({ style: { opacity: 0.9 }, duration: 50 })]) {
        for (let quiet = 0; quiet < 5;) { const before = looks; await frame(); quiet = looks === before ? quiet + 1 : 0; }
        let drawn = false, frames = 0;
        cy.one("render", () => { drawn = true; });
        for (act(); !drawn; frames++) await frame();
        found.push(frames);
    }
    cy.nodes()[0].removeStyle("opacity");
    renderer.beforeRenderCallbacks.splice(renderer.beforeRenderCallbacks.findIndex((each) => each.priority === 0), 1);
    return found;
}"""


def test_a_map_that_nobody_touches_looks_for_nothing_to_draw_and_then_draws_in_the_next_frames(
    going: Any, norrvik: str
) -> None:
    page = on(going, f"{norrvik}/map")
    assert max(page.evaluate(FRAMES)) <= 3, "a drawing waits for its frame, and a movement for one before it"


def test_the_map_is_seen_and_clicked_before_its_scripts_and_nothing_moves_when_they_come(
    page: Any, norrvik: str
) -> None:
    visit(page, f"{norrvik}/map")  # the server has drawn it now
    settled_at = spot(page, "norrvik/sql")
    page.route("**/_dash-component-suites/**", lambda _: None)  # they do not come
    page.goto(f"{norrvik}/map", wait_until="commit")
    page.wait_for_selector(".first-page.placed")
    card = page.locator('.first-map a[href$="norrvik/sql"]')
    box = card.locator(":scope > :first-child").bounding_box()
    assert (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) == pytest.approx(settled_at, abs=1)
    card.locator("text").first.click(no_wait_after=True)
    page.wait_for_url("**/map?select=norrvik/sql", wait_until="commit")
    page.unroute("**/_dash-component-suites/**")
    page.route("**/_dash-component-suites/**", lambda _: None)
    page.goto(f"{norrvik}/map", wait_until="commit")
    page.locator(".first-page.placed input[type=search]").press_sequentially("sql")
    page.locator(".first-page.placed .toolbar summary:has-text('Show by rule')").click()
    page.unroute("**/_dash-component-suites/**")  # now they come
    page.wait_for_selector(".first-page", state="detached")
    assert page.locator("#react-entry-point").is_visible()
    page.wait_for_selector("#find-input")  # a menu that was opened before stays open
    assert page.input_value("#search-input") == "sql"
    page.route("**/_dash-component-suites/**", lambda _: None)
    page.goto(f"{norrvik}/map", wait_until="commit")
    page.locator(".first-page.placed input[type=search]").press_sequentially("sql")
    page.unroute("**/_dash-component-suites/**")
    page.wait_for_selector("#search-list [role=option]:has-text('SQL cluster')")
    page.keyboard.type(" c")  # one goes on where one was
    assert page.input_value("#search-input") == "sql c"
    page.route("**/dash-renderer/**", lambda _: None)
    page.goto(f"{norrvik}/map", wait_until="commit")
    page.wait_for_selector(".first-page.placed")
    page.wait_for_function("() => window.dash_clientside && window.dash_clientside.servicemap")
    page.keyboard.press("/")
    page.keyboard.type("sql")
    assert page.input_value(".first-page input[type=search]") == "sql"
    page.unroute("**/dash-renderer/**")


def test_what_is_pressed_before_the_map_is_live_counts_and_a_menu_stays_open(page: Any, norrvik: str) -> None:
    visit(page, f"{norrvik}/map")
    zoom = page.evaluate("() => cy.zoom()")
    page.route("**/_dash-component-suites/**", lambda _: None)
    page.goto(f"{norrvik}/map", wait_until="commit")
    page.locator(".first-page.placed [data-act=zoom-in]").click()
    page.locator(".first-page.placed .help-menu summary").click()
    page.unroute("**/_dash-component-suites/**")  # now they come
    page.wait_for_selector(".first-page", state="detached")
    settled(page)
    assert page.locator("#react-entry-point .help-menu .menu-list").is_visible()
    assert page.evaluate("() => cy.zoom()") == pytest.approx(1.25 * zoom)


def test_what_is_picked_beside_the_map_comes_into_view_and_titles_never_lie_on_each_other(
    page: Any, norrvik: str
) -> None:
    visit(page, f"{norrvik}/map")
    page.evaluate("() => { cy.pan({x: -5000, y: -5000}); }")
    page.evaluate("() => { servicemapTools.go('/map?select=norrvik/online,norrvik/stock-ledger'); }")
    page.wait_for_selector("#map-pane h2:has-text('2 elements')")
    settled(page)
    seen = page.evaluate(
        """() => { const box = cy.nodes('.asked').renderedBoundingBox({includeLabels: false});
                   return cy.nodes('.asked').length === 2 && box.x1 >= 0 && box.y1 >= 0
                     && box.x2 <= cy.width() + 1 && box.y2 <= cy.height() + 1; }"""
    )
    assert seen
    page.evaluate("() => { cy.viewport({zoom: 0.12, pan: {x: 200, y: 100}}); }")
    idle(page)
    lying = page.evaluate(
        """() => { const shown = [...document.querySelectorAll('#map-lanes .lane')]
                     .filter((lane) => getComputedStyle(lane).visibility === 'visible').map((lane) => lane.getBoundingClientRect());
                   return [shown.length, shown.flatMap((a, n) => shown.slice(n + 1)
                     .filter((b) => Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)).length]; }"""
    )
    assert lying[0] > 0
    assert lying[1] == 0


def test_a_click_selects_and_dims_and_the_address_says_so(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.mouse.click(*spot(page, "norrvik/orders-service"))
    page.wait_for_selector(".pane.selection h2:text('Order management')")
    settled(page)
    assert query(page) == "/map?select=norrvik/orders-service"
    assert page.evaluate("() => cy.getElementById('norrvik/loyalty').hasClass('dim')")
    assert page.evaluate("() => cy.getElementById('norrvik/sql').hasClass('dim')") is False
    assert page.evaluate("() => cy.getElementById('norrvik/orders').hasClass('near')"), "its team lights up"
    colours = """(which) => [...new Set(cy.edges('.on').filter((edge) => edge.hasClass('touch') === (which === 'touch'))
                 .map((edge) => edge.style('line-color')))]"""
    direct, further = (page.evaluate(colours, which) for which in ("touch", "further"))
    assert len(direct) == len(further) == 1
    assert direct != further, "what it touches stands out"
    assert page.evaluate(STYLED) == [], "rules are matched by classes as one by one, and a key stands for one style"


def test_a_view_opens_with_what_is_beside_the_focus_whole(page: Any, norrvik: str) -> None:
    page.set_viewport_size({"width": 1024, "height": 768})
    visit(page, f"{norrvik}/map?focus=norrvik/orders-service&hops=all&select=norrvik/orders-service")
    cut = """() => { const area = servicemapTools.frame(), right = area.left + area.width;
        return cy.getElementById("norrvik/orders-service").closedNeighborhood("node.element").filter((node) => {
            const box = node.renderedBoundingBox({ includeLabels: false, includeOverlays: false });
            return box.x1 < area.left - 8 && box.x2 > area.left || box.x1 < right && box.x2 > right + 8;
        }).map((node) => node.data("label")); }"""
    assert page.evaluate(cut) == []
    assert page.evaluate("() => cy.zoom()") >= 0.8
    begun = """([first, gap]) => {
        const spots = [20, 400, ...[0, 1, 2, 3, 4, 5].map((each) => 2000 + 130 * each)].map((x) => [first + gap * x, 50, 100, 0]);
        const ends = [spots[0][0], spots.at(-1)[0] + 3000], area = { left: 140, top: 8, width: 800, height: 600 };
        const { zoom, pan } = servicemapPlace.fitted({ bounds: [ends[0], 0, ends[1], 4000] }, area, { spots: () => spots });
        return spots.filter(([x]) => (x - 50) * zoom + pan.x >= 140 && (x + 50) * zoom + pan.x <= 940).length;
    }"""
    assert page.evaluate(begun, [50, 1]) == 6, "the whole map begins where most of its first rows is seen"
    assert page.evaluate("() => [...document.querySelector('.bands').classList]").count("beyond") == 1


def test_back_and_forward_walk_through_what_was_seen_and_another_picture_comes_before_the_page(
    page: Any, norrvik: str
) -> None:
    page.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")  # else the offer may lie on an element
    visit(page, f"{norrvik}/map")
    asked: list[str] = []
    around, drawn = "/_dash-update-component", "/map/picture.json"
    page.on("request", lambda each: asked.extend(path for path in (around, drawn) if path in each.url))
    page.mouse.click(*spot(page, "norrvik/sql"))
    page.wait_for_selector(".pane.selection h2:text('SQL cluster')")
    assert asked == [around]
    page.click(".pane .actions a:has-text('Focus')")
    page.wait_for_selector(".chip-focus")
    settled(page)
    few = page.evaluate("() => cy.nodes('.element').length")
    assert few < 47
    page.go_back()
    page.wait_for_selector(".chip-focus", state="detached")
    settled(page)
    assert page.evaluate("() => cy.nodes('.element').length") == 47
    assert page.locator(".pane h2").first.inner_text() == "SQL cluster"
    page.go_forward()
    page.wait_for_selector(".chip-focus")
    settled(page)
    assert page.evaluate("() => cy.nodes('.element').length") == few
    assert asked == [around, *3 * (drawn, around)]


def test_a_shared_link_shows_the_same_picture(page: Any, norrvik: str) -> None:
    visit(page, f"{norrvik}/map?focus=norrvik/stock&hops=1&direction=down&hide=teams&select=norrvik/stock-ledger")
    assert page.locator(".chip-focus").inner_text().strip() == "Stock availability"
    assert sorted(page.evaluate("() => cy.nodes('.element').map(n => n.id())")) == [
        "norrvik/stock",
        "norrvik/stock-ledger",
    ]
    assert page.locator(".pane h2").first.inner_text() == "Stock ledger"


def test_search_finds_by_typing_and_enter_goes_there(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.keyboard.press("/")
    page.keyboard.insert_text("order")  # at once: letter by letter, what is found for "ord" may be chosen
    page.wait_for_selector("#search-list li[role=option]")
    page.keyboard.press("ArrowDown")
    chosen = page.locator("#search-list li[aria-selected=true] b").inner_text()
    with answer(page, "/search.json"):  # one more to the same words
        page.dispatch_event("#search-input", "focusin")
    assert page.locator("#search-list li[aria-selected=true] b").inner_text() == chosen, "a choice stays"
    page.keyboard.press("Enter")
    page.wait_for_selector(f".chip-focus b:text-is('{chosen}')")
    assert "focus=norrvik/" in query(page)


def test_search_says_when_nothing_is_found(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.keyboard.press("/")
    page.keyboard.type("zzzzzz")
    page.wait_for_selector("#search-list .nothing")
    page.keyboard.press("Escape")
    assert page.locator("#search-list").is_hidden()


def test_what_is_answered_after_escape_opens_no_list(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    held = Held(page, "**/search.json*")
    page.keyboard.press("/")
    page.keyboard.insert_text("order")
    held.asked()
    with page.expect_event("requestfailed", lambda request: "search.json" in request.url):
        page.keyboard.press("Escape")  # the list is not open yet: the field is left
    page.keyboard.press("/")
    page.keyboard.insert_text("order")
    page.keyboard.press("Enter")
    held.asked(2)
    with page.expect_event("requestfailed", lambda request: "search.json" in request.url):
        page.keyboard.press("Escape")
    held.end()
    idle(page)
    assert page.locator("#search-list").is_hidden()
    assert page.url == f"{norrvik}/map", "nor is anything taken"


def test_the_keyboard_walks_focuses_clears_and_zooms(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?select=norrvik/online")
    page.focus("#map-stage")
    page.keyboard.press("ArrowDown")
    walked = page.evaluate("() => cy.$('.walk').id()")
    assert walked not in ("", "norrvik/online")
    said = page.locator("#announce").inner_text()
    assert "used by" in said
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip-focus")
    assert query(page) == f"/map?select={walked}&focus={walked}"
    settled(page)
    page.keyboard.press("Escape")
    page.wait_for_selector(".pane.selection", state="detached")
    page.keyboard.press("Escape")
    page.wait_for_selector(".chip-focus", state="detached")
    settled(page)
    before = page.evaluate("() => cy.zoom()")
    page.keyboard.press("+")
    assert page.evaluate("() => cy.zoom()") > before
    page.keyboard.press("0")
    idle(page)
    assert page.evaluate(
        "() => { const b = cy.elements().renderedBoundingBox(); return b.y1 >= -1 && b.y2 <= cy.height() + 1; }"
    )


def test_hops_direction_and_lanes_are_links_in_menus(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?focus=norrvik/stock")
    page.click("summary:has-text('Hops')")
    page.click(".menu-list a:has-text('1 hop')")
    page.wait_for_selector("summary:has-text('Hops') b:text-is('1')")
    settled(page)
    page.click(".toolbar-start .menu:last-child > summary")
    assert "0" not in page.locator(".toolbar-start .menu:last-child .count").all_inner_texts()
    page.click("summary:has-text('Direction')")
    page.click(".menu-list a:has-text('Used by')")
    page.wait_for_selector("summary:has-text('Direction') b:text-is('Used by')")
    settled(page)
    assert "hops=1" in query(page)
    assert "direction=up" in query(page)


def test_a_click_on_a_lane_hides_it_and_its_lines_run_on(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.locator("#map-lanes .lane").last.focus()
    page.wait_for_function("""() => { const lane = document.querySelector('#map-lanes .lane:last-child').getBoundingClientRect(),
        stage = document.getElementById('map-stage').getBoundingClientRect();
        return lane.bottom <= stage.bottom && document.getElementById('map-lanes').scrollTop === 0; }""")
    page.locator("#map-lanes .lane").first.focus()
    page.click("#map-lanes .lane:has-text('Applications')")
    page.wait_for_function("() => cy.getElementById('norrvik/shop-app').empty()")
    settled(page)
    assert page.evaluate("() => cy.edges('.through').length") > 0
    assert "hide=applications" in query(page)
    assert "hidden: applications" in page.locator("#map-status").inner_text()


def test_the_table_holds_everything_that_the_map_shows(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?focus=norrvik/sql")
    shown = page.evaluate("() => cy.nodes('.element').length")
    page.click("a[title='Show as a table']")
    page.wait_for_selector("#map-table table")
    settled(page)
    assert page.locator("#map-table tbody tr").count() == shown
    assert page.locator("#map-stage").is_hidden(), "what lies behind the table is not reached by Tab"
    page.click("#map-table tbody a:has-text('Order hub')")
    page.wait_for_selector(".pane.selection h2:text('Order hub')")
    assert page.locator("#map-table").is_visible()


def test_the_element_page_says_what_breaks_and_leads_back(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/element/norrvik/sql")
    assert page.locator("#element-article h1").inner_text() == "SQL cluster"
    assert page.locator(".tally .state-down b").inner_text() == "14"
    assert "norrvik.yaml:" in page.locator(".plain-table").first.inner_text()
    page.wait_for_selector("h2:text('Who has a part in a change?')")
    page.click("summary:text('The entry, as a map file has it')")
    assert "- id: sql\n" in page.locator("#element-right-more pre").inner_text()
    page.click(".rows a:has-text('Order hub')")
    page.wait_for_selector("h1:text('Order hub')")
    page.click("a:has-text('Show on the map')")
    page.wait_for_selector(".chip-focus b:text-is('Order hub')")
    page.go_back()
    page.wait_for_selector("h1:text('Order hub')")
    page.wait_for_selector("#map-page", state="hidden")


@pytest.mark.parametrize("system", some(["dark", "light"], 2))
def test_colours_follow_the_system_until_somebody_chooses(page: Any, norrvik: str, system: str) -> None:
    page.emulate_media(color_scheme=system)
    visit(page, f"{norrvik}/map")
    scheme = "() => document.documentElement.dataset.mantineColorScheme"
    other = {"light": "dark", "dark": "light"}[system]
    assert page.evaluate(scheme) == system
    page.click(".scheme-button")
    assert page.evaluate(scheme) == other
    colour = page.evaluate("() => cy.nodes('.element').first().style('background-color')")
    page.reload()
    settled(page)
    assert page.evaluate(scheme) == other
    drawn = "() => cy.nodes('.element').first().style('background-color')"
    assert page.evaluate(drawn) == colour
    if other == "dark":  # the images of light come while nothing else is to be done
        page.wait_for_function("() => servicemapPaper.ready()")
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")  # paper has light colours, and a canvas of its own
    assert page.evaluate(scheme) == "light"
    assert page.evaluate("() => document.querySelector('.map-body').dataset.drawn") == "light"
    assert page.evaluate(drawn) == colour
    seen, white = page.evaluate(
        """() => { const { data } = document.querySelector('.paper').getContext('2d').getImageData(0, 0, 900, 900);
          const dots = [...Array(data.length / 4).keys()].filter((dot) => data[4 * dot + 3]);
          return [dots.length, dots.filter((dot) => data[4 * dot] > 250).length]; }"""
    )
    assert white > seen / 4 > 0  # cards are white
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(scheme) == other
    assert page.locator("[data-drawn], .paper").count() == 0


def test_nothing_lies_on_anything_else_and_labels_fit_their_boxes_in_this_browser(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    overlaps = page.evaluate(
        """() => { const boxes = cy.nodes('.element').map(n => [n.id(), n.position('x') - n.width() / 2, n.position('y') - n.height() / 2, n.width(), n.height()]);
          const found = [];
          for (const [i, a] of boxes.entries()) for (const b of boxes.slice(i + 1))
            if (a[1] < b[1] + b[3] && b[1] < a[1] + a[3] && a[2] < b[2] + b[4] && b[2] < a[2] + a[4]) found.push([a[0], b[0]]);
          return found; }"""
    )
    assert overlaps == []
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.lane b, .chip, .pane h2, .status > span, .rail span')]
             .filter(e => e.offsetParent && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflow !== 'visible').map(e => e.textContent)"""
    )
    assert cut == []
    wide = page.evaluate(
        """() => { const pen = document.createElement('canvas').getContext('2d');
          return cy.nodes('.element').filter(n => { pen.font = `600 12px ${n.style('font-family')}`;
            const name = Math.max(...n.data('label').split('\\n').map(t => pen.measureText(t).width));
            pen.font = `400 11px ${n.style('font-family')}`;
            return 38 + Math.max(name, pen.measureText(n.data('second')).width) > n.width() - 2; }).map(n => n.id()); }"""
    )
    assert wide == []


def test_an_expression_is_typed_completed_and_lights_up_shows_alone_or_hides(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.keyboard.press("f")
    page.keyboard.type("kind = applic")  # at once: no letter is lost
    page.wait_for_selector("#find-list b:text-is('application')")
    page.keyboard.press("Tab")
    page.wait_for_selector("#find-said:has-text('fit')")
    assert page.input_value("#find-input") == "kind = application"
    page.keyboard.press("Enter")
    page.wait_for_selector(".chip-sift:has-text('Lit up')")
    settled(page)
    assert page.evaluate("() => cy.getElementById('norrvik/shop-app').hasClass('asked')"), "it has a ring of its own"
    assert page.locator("#map-pane .sample-asked").count() == 1, "which the legend explains"
    assert page.evaluate("() => cy.getElementById('norrvik/sql').hasClass('dim')")
    with answer(page, "/find.json"):
        page.click("#find-menu summary")
    page.wait_for_selector("#find-said:has-text('fit')")
    page.click("#find-menu button:has-text('Hide')")
    page.wait_for_function("() => cy.getElementById('norrvik/shop-app').empty()")
    settled(page)
    assert page.evaluate("() => cy.edges('.through').length") > 0
    assert "hidden by filters" in page.locator("#map-status").inner_text()
    page.keyboard.press("Control+z")
    page.wait_for_function("() => cy.getElementById('norrvik/shop-app').nonempty()")
    settled(page)
    page.click("#redo")
    page.wait_for_function("() => cy.getElementById('norrvik/shop-app').empty()")


def test_a_wrong_expression_is_pointed_at(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?without=kind+%3D+aplication")
    assert page.locator("#map-notice mark").inner_text() == "aplication"
    assert "did you mean 'application'" in page.locator("#map-notice").inner_text().lower()
    page.click("#find-menu summary")
    page.wait_for_selector("#find-input:focus")
    page.keyboard.type("owner = ")
    page.keyboard.type("(")
    page.wait_for_selector(".find-said.wrong mark")
    page.fill("#find-input", "owner = platfor and used by > 1")
    page.click(".find-said button:has-text('Take Platform')")
    assert page.input_value("#find-input") == "owner = Platform and used by > 1"


def test_several_are_selected_and_ways_between_two_are_listed(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?select=norrvik/online,norrvik/stock-ledger")
    assert page.evaluate("() => cy.nodes('.asked').length") == 2
    assert page.evaluate("() => cy.nodes('.near').length") == 0, "what is beside them looks otherwise"
    page.click("#map-pane a:has-text('Online ordering → Stock ledger')")
    page.wait_for_selector("#map-pane h2:has-text('Online ordering depends on Stock ledger')")
    assert page.evaluate("() => document.querySelector('#map-pane h2').offsetHeight") <= 60, "its words run on"
    settled(page)
    assert page.evaluate("() => cy.getElementById('norrvik/checkout').hasClass('dim')") is False
    assert page.evaluate("() => cy.getElementById('norrvik/loyalty').hasClass('dim')")
    page.keyboard.down("Shift")
    page.mouse.click(*spot(page, "norrvik/checkout"))
    page.wait_for_selector(".pane.selection h2:text-is('Checkout')")
    settled(page)
    page.mouse.click(*spot(page, "norrvik/stock"))
    page.keyboard.up("Shift")
    page.wait_for_selector("#map-pane h2:has-text('2 elements')")
    assert "select=norrvik/checkout,norrvik/stock" in query(page)


def test_the_menu_of_an_element_begins_ways_by_keyboard(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?select=norrvik/checkout")
    page.focus("#map-stage")
    page.keyboard.press("Shift+F10")
    page.wait_for_selector("#context [role=menuitem]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_selector("#map-notice:has-text('Search for the element')")
    settled(page)
    page.wait_for_function("() => document.activeElement.id === 'search-input'")
    assert page.locator("#search-input").get_attribute("placeholder") == "Where does the path lead to?"
    page.mouse.click(*spot(page, "norrvik/stock-ledger"))
    page.wait_for_selector("#map-pane h2:has-text('Checkout depends on Stock ledger')")
    assert page.locator("#search-input").get_attribute("placeholder").startswith("Find")


def test_the_menu_of_an_element_begins_a_comparison_that_the_search_ends(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.evaluate(
        "() => { cy.getElementById('norrvik/checkout').emit({ type: 'cxttap', renderedPosition: { x: 9, y: 9 } }); }"
    )
    page.click("#context [role=menuitem]:has-text('Compare with')")
    page.wait_for_selector("h2:has-text('Compare Checkout with which other?')")
    page.wait_for_function("() => document.activeElement.id === 'search-input'")
    page.keyboard.type("stock ledger")
    page.wait_for_selector("#search-list [role=option]:has-text('Stock ledger')")
    page.keyboard.press("Enter")
    page.wait_for_selector("#compare-article h2:has-text('Checkout and Stock ledger')")
    assert query(page).replace("%2F", "/") == "/compare?element=norrvik/checkout&element=norrvik/stock-ledger"


def test_a_line_tells_who_says_so(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?line=norrvik/stock%3Enorrvik/stock-ledger")
    assert "norrvik.yaml:" in page.locator("#map-pane .evidence").inner_text()
    assert page.evaluate("() => cy.edges('.touch').length") == 1


def test_a_filter_keeps_and_lets_go(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    page.click("#sift-kind summary")
    page.click("#sift-kind a:has-text('Technical service')")
    page.wait_for_selector(".chip-sift:has-text('Kind: Technical service')")
    settled(page)
    assert page.evaluate("() => cy.nodes('.element').every(n => n.data('kind') === 'Technical service')")
    page.click(".chip-sift a")
    page.wait_for_selector(".chip-sift", state="detached")


def test_values_that_are_folded_away_are_drawn_once_the_fold_opens(page: Any, serve: Any, tmp_path: Path) -> None:
    people = "".join(f"{{id: p{n}, name: Owner & {n}}}, " for n in range(12))
    owned = "".join(f"{{id: a{n}, kind: application, owner: p{n}, depends_on: [a0]}}, " for n in range(1, 12))
    text = f"people: [{people}]\nelements: [{owned} {{id: a0, kind: application, owner: p0}}]"
    (tmp_path / "map.yaml").write_text(text, encoding="utf-8")
    visit(page, f"{serve(create_server(open_map([tmp_path])))}/map?hide=teams")
    page.click("#sift-owner > summary")
    page.wait_for_selector("#sift-owner .fold > summary")
    assert page.locator("#sift-owner a").count() == 8
    page.click("#sift-owner .fold > summary")
    last = page.locator("#sift-owner .fold a").nth(3)
    name = last.locator(".grow").inner_text()
    assert (last.get_attribute("title"), last.locator(".count").inner_text()) == (f"Keep {name}: 1 element", "1")
    last.click()
    page.wait_for_selector(f".chip-sift:has-text('Owner: {name}')")
    settled(page)
    assert page.evaluate("() => cy.nodes('.element').length") == 1


def test_the_first_visit_offers_hints_once(page: Any, norrvik: str) -> None:
    visit(page, f"{norrvik}/map")
    page.click("#tour button:has-text('Show me')")
    for _ in range(4):
        page.click("#tour button:has-text('Next')")
    page.click("#tour button:has-text('Done')")
    page.reload()
    settled(page)
    page.evaluate("() => servicemapOffer()")  # as happens a moment after each picture
    assert page.locator("#tour").count() == 0


def test_a_phone_shows_a_sheet_and_tabs(chromium: Any, norrvik: str) -> None:
    context = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True, device_scale_factor=2)
    page = context.new_page()
    visit(page, f"{norrvik}/map?focus=norrvik/orders-service&select=norrvik/orders-service")
    assert page.locator(".tabs").is_visible()
    assert page.locator(".rail").is_hidden()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    sheet = page.locator("#map-pane").bounding_box()
    tabs = page.locator(".tabs").bounding_box()
    assert sheet["y"] + sheet["height"] <= tabs["y"] + 1
    for button in page.locator("#map-pane .actions > *").all():
        assert button.bounding_box()["height"] >= 44
    page.click(".tabs a:has-text('Table')")
    page.wait_for_selector("#map-table table")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    visit(page, f"{norrvik}/element/norrvik/sql")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 390
    context.close()


def test_a_box_that_is_picked_stays_under_the_pointer_and_what_was_copied_is_told_beside_the_search(
    page: Any, norrvik: str
) -> None:
    page.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")
    page.set_viewport_size({"width": 1024, "height": 700})  # not all of the map is in sight
    visit(page, f"{norrvik}/map")
    node = page.evaluate(
        """() => cy.nodes(".element").map((node) => [node.id(), node.renderedPosition(), node.renderedWidth()])
             .find(([, { x, y }, wide]) => x - wide / 2 > 150 && x + wide / 2 < 560 && y > 20 && y < 400)"""
    )
    place = "([id]) => cy.getElementById(id).renderedPosition()"
    page.mouse.click(*spot(page, node[0]))
    page.wait_for_selector(".pane.selection")
    settled(page)
    assert page.evaluate(place, node) == node[1]
    page.click(".header [data-copy]")
    toast, search = page.locator(".toast").bounding_box(), page.locator(".header .search-box").bounding_box()
    assert toast["y"] >= search["y"] + search["height"]


ENDS = """() => { const stage = document.getElementById("map-stage").getBoundingClientRect(), sheet = document.getElementById("map-pane").getBoundingClientRect();
  return ["norrvik/online", "norrvik/sql"].every((id) => {
    const box = cy.getElementById(id).renderedBoundingBox({ includeOverlays: false, includeLabels: false });
    return box.y1 >= 0 && box.x1 >= 40 && box.x2 <= stage.width && stage.top + box.y2 <= sheet.top + 1; }); }"""


def test_both_ends_of_a_path_are_seen_above_the_sheet_of_a_phone_and_its_handle_never_covers_them(
    phone: Any, norrvik: str
) -> None:
    visit(phone, f"{norrvik}/map?from=norrvik/online&to=norrvik/sql")
    pane, handle = phone.locator("#map-pane"), phone.locator(".sheet-handle")
    assert "folded" in pane.get_attribute("class")
    assert handle.bounding_box()["height"] >= 36
    phone.wait_for_function(ENDS)
    handle.click()
    phone.wait_for_function("() => !document.getElementById('map-pane').matches('.folded, .full')")
    phone.wait_for_function(ENDS)
    handle.click()
    phone.wait_for_function("() => document.getElementById('map-pane').matches('.folded')")


def test_the_way_out_of_a_sheet_stays_while_it_is_scrolled_and_nothing_stands_beside_it(
    phone: Any, norrvik: str
) -> None:
    visit(phone, f"{norrvik}/map?focus=norrvik/online&select=norrvik/online")
    phone.evaluate("() => { document.getElementById('map-pane').scrollTop = 60; }")
    idle(phone)
    spots = phone.evaluate(
        """() => { const [sheet, kind, name] = ['#map-pane', '#map-pane .pane-kind', '#map-pane h2']
                     .map((each) => document.querySelector(each).getBoundingClientRect());
                   const style = getComputedStyle(document.querySelector('#map-pane h2'));
                   return [kind.top - sheet.top, kind.left - sheet.left, kind.width - sheet.width, parseFloat(style.paddingLeft)]; }"""
    )
    assert spots[0] == pytest.approx(17, abs=3)
    assert spots[1:] == [0, pytest.approx(0, abs=16), 16]


def test_hostile_names_do_nothing_but_show(page: Any, serve: Callable[[Any], str], tmp_path: Path) -> None:
    elements = [
        {"id": f"e{n}", "kind": "application", "name": name, "description": name, "depends_on": [f"e{(n + 1) % 5}"]}
        for n, name in enumerate(HOSTILE)
    ]
    (tmp_path / "hostile.yaml").write_text(json.dumps({"namespace": "h", "title": HOSTILE[0], "elements": elements}))
    address = serve(create_server(open_map([tmp_path])))
    ways = (
        (visit, "/map?select=h/e0"),
        (on, "/map?select=h/e4&as=table"),
        (visit, "/element/h/e1"),
        (on, "/element/h/e4"),
        (on, "/map"),
    )
    for way, path in ways:
        way(page, f"{address}{path}")
        assert page.evaluate("() => window.hit === undefined")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 1440
    page.keyboard.press("/")
    page.keyboard.insert_text("script")  # at once: for "s" another one comes first
    page.wait_for_selector("#search-list li[role=option]")
    assert page.locator("#search-list b").first.inner_text() == HOSTILE[0]
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type("gnp")
    page.wait_for_selector("#search-list b:text-is('gnp.exe')")
    assert page.evaluate("() => window.hit === undefined")


def test_an_unknown_address_is_a_page_that_helps(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map")
    answer = page.request.get(f"{norrvik}/element/norrvik/kubernets", headers={"Accept": "text/html"})
    assert answer.status == 404
    page.evaluate(
        "() => { history.pushState({}, '', '/element/norrvik/kubernets'); window.dispatchEvent(new CustomEvent('_dashprivate_pushstate')); }"
    )
    page.wait_for_selector("#element-article h1:has-text('No element')")
    page.click("#element-article a:text-is('Kubernetes')")
    page.wait_for_selector("h1:text-is('Kubernetes')")


def test_an_edit_is_on_the_screen_and_the_view_stays(page: Any, serve: Callable[[Any], str], tmp_path: Path) -> None:
    file = tmp_path / "shop.yaml"
    file.write_text(NORRVIK.joinpath("norrvik.yaml").read_text())
    live = Live(open_map([tmp_path]), lambda: open_map([tmp_path]))
    live.watch([tmp_path])
    visit(page, f"{serve(create_server(live))}/map?focus=norrvik/sql&select=norrvik/sql")
    page.evaluate("() => { cy.viewport({ zoom: 0.9, pan: { x: 33, y: 44 } }); }")
    file.write_text(file.read_text().replace("SQL cluster", "SQL cluster, edited"))
    page.wait_for_selector(".pane h2:text-is('SQL cluster, edited')")
    page.wait_for_function("() => cy.getElementById('norrvik/sql').data('label').startsWith('SQL cluster,')")
    page.wait_for_function("() => !window.servicemapTools.state.drawn.includes('before')")
    assert page.evaluate("() => [cy.zoom(), cy.pan().x, cy.pan().y]") == [0.9, 33, 44]
    assert query(page) == "/map?focus=norrvik/sql&select=norrvik/sql"
    file.write_text("elements: [")
    page.wait_for_selector("#stale:has-text('shop.yaml:')")
    live.stop()


def test_whoever_started_the_server_saves_a_view_and_goes_back_to_it(
    page: Any, serve: Callable[[Any], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    live = Live(open_map([NORRVIK]))
    address = serve(create_app(live, Endpoint(lambda: live.atlas.map.store, Doors(own=True))).server)
    visit(page, f"{address}/map?focus=norrvik/sql")
    with answer(page, "/views.json"):
        page.click("#views-menu > summary")
    page.fill("#view-name", "What the database carries")
    page.click("#views-menu button:has-text('Save this view')")
    page.wait_for_selector("#views-said:has-text('Saved as')")
    on(page, f"{address}/map")
    with answer(page, "/views.json"):
        page.click("#views-menu > summary")
    page.click("#views-list a:has-text('What the database carries')")
    page.wait_for_function("() => location.search.includes('focus=norrvik/sql')")


def test_the_help_menu_hides_the_small_map_for_good_and_shows_the_hints_again(page: Any, norrvik: str) -> None:
    page.set_viewport_size({"width": 700 + 330, "height": 500})
    visit(page, f"{norrvik}/map")
    page.wait_for_selector("#map-small", state="visible")
    stage, small = page.locator("#map-stage").bounding_box(), page.locator("#map-small").bounding_box()
    assert small["x"] >= stage["x"] + stage["width"], "it lies on nothing of the map"
    page.click("#help-menu > summary")
    page.click("#help-menu button:has-text('Hide the small map')")
    page.reload()
    settled(page)
    assert page.locator("#map-small").is_hidden()
    page.click("#help-menu > summary")
    page.click("#help-menu button:has-text('Show the hints')")
    page.wait_for_selector("#tour:has-text('1 of 5')")


def test_a_phone_steps_back_and_its_menus_stay_on_the_screen(phone: Any, norrvik: str) -> None:
    page = phone
    visit(page, f"{norrvik}/map?focus=norrvik/sql")
    page.evaluate("() => window.servicemapTools.go('/map?focus=norrvik/sql&hops=2')")
    page.wait_for_function("() => location.search.includes('hops=2')")
    settled(page)
    for menu in ("#filter-menu", "#views-menu", ".toolbar-start .menu:first-of-type"):
        page.click(f"{menu} > summary")
        box = page.locator(f"{menu} > .menu-list").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        page.click(f"{menu} > summary")
    page.click("#filter-menu > summary")
    page.click("#filter-menu button:has-text('Show by rule')")
    page.wait_for_selector("#find-input", state="visible")
    assert page.locator("#filter-menu > .menu-list").is_hidden()
    page.click("#help-menu > summary")
    page.click("#help-menu button:has-text('One step back')")
    page.wait_for_function("() => !location.search.includes('hops=2')")


def test_what_was_said_of_what_is_pointed_at_goes_with_the_next_step(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?focus=norrvik/sql&select=norrvik/sql")
    page.mouse.move(*spot(page, "norrvik/sql"))
    page.wait_for_function("() => cy.getElementById('norrvik/sql').hasClass('hover')")
    page.evaluate(
        """() => { const zoom = (level) => cy.zoom({ level, renderedPosition: cy.getElementById('norrvik/sql').renderedPosition() });
                   zoom(1); zoom(0.5); }"""
    )  # under the pointer, which stays where it is
    page.wait_for_selector("#map-tip:has-text('SQL')", state="visible")
    page.evaluate(
        "() => [...document.querySelectorAll('.pane a')].find((a) => a.textContent.includes('Path to')).click()"
    )
    page.wait_for_function("() => location.search.includes('from=norrvik/sql')")
    settled(page)
    assert page.locator("#map-tip").is_hidden()


def test_a_page_is_found_again_as_it_was_left_and_begins_anew_from_itself(going: Any, norrvik: str) -> None:
    def came(name: str) -> None:
        page.wait_for_function(f"() => document.body.dataset.page === '{name}' && !document.body.matches('.pending')")

    page = on(going, f"{norrvik}/map?focus=norrvik/sql")
    page.evaluate("() => window.servicemapTools.go('/impact?element=norrvik/sql')")
    came("impact")
    page.click("#rail-map")
    came("map")
    assert query(page) == "/map?focus=norrvik/sql"
    page.click("#rail-impact")
    came("impact")
    assert query(page) == "/impact?element=norrvik/sql"
    page.click("#rail-impact")
    page.wait_for_function("() => location.search === ''")
    assert query(page) == "/impact"


MANY = """(many) => {
  const known = cy.nodes(".element")[0].data();
  const ids = [...Array(many).keys()].map((each) => `n${each}`), place = (n) => ({ x: 60 * (n % 40), y: 60 * Math.floor(n / 40) });
  const nodes = ids.map((id, n) => ({ data: { ...known, id, label: id }, position: place(n), classes: "element" }));
  const lines = ids.slice(1).map((id) => ({ data: { id: `n0 > ${id}`, source: "n0", target: id }, classes: "straight rest" }));
  const { _replace, _lines } = cy.scratch(), seen = () => cy.edges().length, counts = [];
  _replace([...nodes, ...lines]);
  counts.push(seen()); _lines(["n7"]);
  counts.push(seen()); _lines(["n7", "n8"]);
  counts.push(seen()); _lines();
  counts.push(seen()); _lines();
  counts.push(seen()); _replace([...nodes.slice(0, 9), ...lines.slice(0, 8)]);
  counts.push(seen()); _replace([...nodes, ...lines]);
  return [...counts, seen()];
}"""


def test_hidden_lines_come_when_they_are_needed_or_after_the_picture(going: Any, norrvik: str) -> None:
    page = on(going, f"{norrvik}/map?focus=norrvik/stock")
    assert page.evaluate(MANY, 301) == [0, 1, 2, 300, 300, 8, 0]
    page.wait_for_function("() => cy.edges().length === 300")
