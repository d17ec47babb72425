"""Can people judge a change on its page, and send the link?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.web import create_server
from graph.maps import open_map
from tests.browser.going import Held, answered, go

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"


@pytest.fixture(scope="module")
def laundry(serve: Callable[[Any], str]) -> str:
    return serve(create_server(open_map([LAUNDRY])))


@pytest.fixture(scope="module")
def shop_with_a_record(serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("shop") / "shop.yaml"
    file.write_text("""
namespace: shop
elements:
  - {id: shop, kind: business service, name: Shop, depends_on: [db]}
  - {id: db, kind: database, name: Database}
  - {id: patch-db, kind: change, name: Patch the database, affects: [db],
     planned_start: "2026-12-05T02:00:00Z", planned_end: "2026-12-05T04:00:00Z"}
""")
    return serve(create_server(open_map([file])))


def test_pick_time_unfold_leave_out_and_reload(page: Any, laundry: str) -> None:
    page.goto(f"{laundry}/element/laundry/carrier")
    held = Held(page, "**/_dash-update-component*", "impact-article")  # what picks goes on at once
    page.click("a:has-text('If it fails')")
    page.wait_for_selector("#impact-bar .chip-focus:has-text('Carrier')")
    page.wait_for_function("() => getComputedStyle(document.querySelector('#impact-page .wait')).opacity === '1'")
    assert page.locator("#impact-page .wait").inner_text() == "The answer is being worked out."
    held.let_go()
    page.wait_for_selector(".verdict-title:text-is('Outage of Carrier')")
    page.click("#impact-picker a:has-text('Maintenance')")
    page.wait_for_selector("#impact-picker a[aria-current]:has-text('Maintenance')")
    page.wait_for_selector("#impact-picker .asked", state="detached")
    assert page.locator(".verdict-title").inner_text() == "Outage of Carrier", "its answer is still held"
    assert "the one from before" in page.locator("#impact-page .wait").inner_text()
    held.let_go()
    held.end()
    page.wait_for_selector(".verdict-title:text-is('Maintenance of Carrier')")
    page.fill("#impact-page [data-key=from] input", "2026-12-05T02:00Z")
    page.keyboard.press("Enter")
    page.wait_for_selector(".times a")
    page.fill("#impact-page [data-key=lasts] input", "2 h")
    page.keyboard.press("Enter")
    page.wait_for_selector(".when:has-text('04:00')")
    answered(page)
    page.click(".hit summary >> nth=0")
    assert "depends on" in page.locator(".hit .proof").first.inner_text()
    page.locator("#impact-article").evaluate("(each) => { each.scrollTop = 90; }")
    page.click(".times a >> nth=1")
    page.wait_for_selector(".times a[aria-current]:has-text('02:00')")
    answered(page)
    assert page.locator("#impact-article").evaluate("(each) => each.scrollTop") > 0, "one reads on where one was"
    shown = "() => [...document.querySelectorAll('img.impact-picture')].some((i) => i.complete && i.naturalWidth > 100)"
    page.wait_for_function(shown)
    address = page.url
    page.reload()
    page.wait_for_selector(".verdict-title:text-is('Maintenance of Carrier')")
    assert page.url == address
    page.go_back()
    page.wait_for_selector(".times a[aria-current]:has-text('Worst')")


def test_a_step_back_takes_back_the_time_that_was_written_last(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/impact?element=laundry/boiler")
    page.wait_for_selector(".verdict-title:text-is('Outage of Boiler')")
    for key, written in (("from", "5 Dec 2026, 02:00"), ("lasts", "2 h")):
        page.locator(f"#impact-page [data-key={key}] input").fill(written)
        page.keyboard.press("Enter")
        page.wait_for_function("(key) => new URLSearchParams(location.search).has(key)", arg=key)
        answered(page)
    page.wait_for_selector(".when-said:has-text('02:00–04:00')")
    page.go_back()
    page.wait_for_function("() => !location.search.includes('lasts')")
    answered(page)
    assert "from=2026-12-05" in page.url
    assert page.locator("#impact-page [data-key=lasts] input").input_value() == ""
    page.go_back()
    page.wait_for_function("() => !location.search.includes('from')")
    answered(page)
    assert page.locator("#impact-page [data-key=from] input").input_value() == ""
    assert "element=laundry/boiler" in page.url


def test_times_are_taken_as_people_write_them_and_a_slip_keeps_what_is_picked(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/impact?element=laundry/carrier")
    page.wait_for_selector(".verdict-title")
    start, shift = (
        page.locator("#impact-page [data-key=from] input"),
        page.evaluate("new Date(2026, 11, 5).getTimezoneOffset()"),
    )
    assert shift == 0, "the browser of the tests stands in UTC"
    thursday = "(words) => window.servicemapTools.moment(words, new Date(2026, 10, 26, 11, 30))"
    said = {
        "Sat 02:00": "2026-11-28T02:00Z",
        "thu 10:00": "2026-12-03T10:00Z",
        "next Thursday 14:00": "2026-11-26T14:00Z",
        "11:00": "2026-11-27T11:00Z",
        "5.12. 2:00": "2026-12-05T02:00Z",
        "1 Jan": "2027-01-01T00:00Z",
        "tomorrow 9 pm": "2026-11-27T21:00Z",
        "5 Dec 2026, 02:00 UTC+01:00": "2026-12-05T02:00+01:00",
        "5.12.2026 2:00 UTC": "2026-12-05T02:00Z",
        "monkey": "monkey",
        "31.2. 2:00": "31.2. 2:00",
    }
    assert {words: page.evaluate(thursday, words) for words in said} == said
    for written in ("5.12.2026 2:00", "2026-12-05 02:00", "5 Dec 2026, 02:00"):
        start.fill("")
        page.keyboard.press("Enter")
        page.wait_for_selector(".when-said:has-text('to')", state="detached")
        page.wait_for_selector(".verdict-lines:has-text('at any time')")
        start.fill(written)
        page.keyboard.press("Enter")
        page.wait_for_selector(".when-said:has-text('Sat 5 Dec 2026, 02:00')")
        page.wait_for_selector(".verdict-lines:has-text('5 Dec 2026')")
        assert start.input_value() == "5 Dec 2026, 02:00", "the field keeps words, the address has its own form"
    start.fill("31.2.2026 2:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("#impact-slip:has-text('is no time that can be read')")
    assert start.get_attribute("aria-invalid") == "true"
    assert "5 Dec 2026" in page.locator(".verdict-lines").first.inner_text(), "the answer from before stays"
    start.fill("Sat 2:00")
    page.keyboard.press("Enter")
    page.wait_for_selector("#impact-slip:empty", state="attached")
    page.wait_for_selector(".when-said:has-text('Sat ')")
    page.goto(f"{laundry}/impact?element=laundry/carrier&from=31.2.2026")
    page.wait_for_selector(".when-wrong:has-text('is no time that can be read')")
    assert page.locator(".chip-focus").inner_text().strip() == "Carrier"
    assert page.locator(".verdict-title").inner_text() == "Outage of Carrier"


def test_enter_picks_the_first_and_the_summary_leads_to_who_is_told(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/impact")
    page.fill("#impact-page [data-filter='Pick what fails or is changed'] input", "boiler")
    page.keyboard.press("Enter")
    page.wait_for_selector(".verdict-title:text-is('Outage of Boiler')")
    answered(page)
    page.locator(".verdict-lines a[href='#must-be-told']").first.click()
    page.wait_for_function("() => document.activeElement.id === 'must-be-told'")
    page.go_back()
    page.wait_for_function("() => document.querySelector('.verdict-title').getBoundingClientRect().top > 0")
    assert "boiler" in page.url, "a way down the page is a step: the answer stays"
    page.click(".saves summary:has-text('Download')")
    page.locator(".saves .menu-list a").last.click(trial=True)  # the card that it hangs from does not cut it
    page.keyboard.press("Escape")
    page.click("button:text-is('Choose a start and a length')")
    assert page.evaluate("() => document.activeElement.placeholder") == "Start, as Sat 10:00"


def test_after_a_way_down_the_page_a_step_back_shows_the_answer_of_its_address(page: Any, laundry: str) -> None:
    page.goto(f"{laundry}/impact?element=laundry/boiler")
    page.wait_for_selector(".verdict-title:text-is('Outage of Boiler')")
    page.wait_for_selector(".picture-tools")
    answered(page)
    scrolled = "() => document.querySelector('#impact-article').scrollTop"
    down = page.locator(".verdict-lines a[href='#must-be-told']").first
    down.click()
    low, steps = page.evaluate(scrolled), page.evaluate("history.length")
    assert low > 0
    down.evaluate("(each) => each.click()")
    assert page.evaluate("history.length") == steps, "what moves nothing is no step"
    page.go_back()
    page.wait_for_function(f"({scrolled})() === 0")
    page.go_forward()
    page.wait_for_function(f"(low) => ({scrolled})() === low", arg=low)
    page.click("#impact-picker a:has-text('Maintenance')")
    page.wait_for_selector(".verdict-title:text-is('Maintenance of Boiler')")
    page.go_back()
    page.wait_for_selector(".verdict-title:text-is('Outage of Boiler')")
    page.wait_for_selector("#impact-picker a[aria-current]:has-text('Outage')")
    assert page.url.endswith("/impact?element=laundry/boiler"), "what is shown is what its address says"
    page.go_back()
    assert "/impact" not in page.url, "no step back shows the same once more"


def test_search_adds_an_element_and_a_what_if_survives_a_reload(page: Any, laundry: str) -> None:
    page.goto(f"{laundry}/impact")
    page.fill("#impact-page [data-filter='Pick what fails or is changed'] input", "carrier")
    page.wait_for_selector("#impact-hits a[title='Add Carrier']")
    answered(page)
    page.click("#impact-hits a[title='Add Carrier']")
    page.wait_for_selector(".verdict-title:text-is('Outage of Carrier')")
    page.click("#impact-page summary:has-text('Write a what-if yourself')")
    page.fill("#impact-page .patch textarea", "remove: [nothing]")
    page.locator("#impact-page .patch textarea").blur()
    page.wait_for_selector(".message:has-text('what-if:1')")
    page.reload()
    page.wait_for_selector(".message:has-text('what-if:1')")
    assert page.locator("#impact-page .patch textarea").input_value() == "remove: [nothing]"
    assert page.locator("#impact-page .patch textarea").is_visible()


def test_the_fields_of_time_show_in_grey_what_a_record_says_and_what_they_take_without_one(
    going: Any, shop_with_a_record: str
) -> None:
    page = go(going, shop_with_a_record, "/impact?change=shop/patch-db")
    start = page.locator("#impact-page [data-key=from] input")
    page.wait_for_selector(".when-said:has-text('As the record says: Sat 5 Dec 2026, 02:00–04:00')")
    page.wait_for_function("() => document.querySelector('[data-key=until] input').placeholder === '5 Dec 2026, 04:00'")
    assert (start.input_value(), start.get_attribute("placeholder")) == ("", "5 Dec 2026, 02:00")
    page.click("#impact-bar a:text-is('Start again')")
    page.wait_for_function(
        "() => document.querySelector('[data-key=from] input').placeholder === 'Start, as Sat 10:00'"
    )
    assert page.url.endswith("/impact")


def test_the_picture_is_zoomed_and_moved_by_buttons_keys_and_mouse(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/impact?element=laundry/carrier")
    page.wait_for_selector(".picture-tools")
    placed = "() => document.querySelector('.picture-inner').style.transform"
    before = page.evaluate(placed)
    page.click(".picture-tools button[title='Zoom in']")
    closer = page.evaluate(placed)
    assert closer != before
    page.locator(".picture-box").focus()
    page.keyboard.press("+")
    page.keyboard.press("ArrowRight")
    moved = page.evaluate(placed)
    assert moved != closer
    box = page.locator(".picture-box").bounding_box()
    page.mouse.move(box["x"] + 200, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + 160, box["y"] + 60)
    page.mouse.up()
    assert page.evaluate(placed) != moved
    page.keyboard.press("0")
    assert page.evaluate(placed) != moved
    hit = page.locator(".spot[href^='#why']").first
    why = page.locator(hit.get_attribute("href"))
    assert why.get_attribute("open") is None
    hit.click()
    assert why.get_attribute("open") is not None, "a click on a box tells why it is hit"
    page.locator(".tally a[href^='#why']").first.click()
    page.wait_for_function("() => document.activeElement.closest('.hit')")


def test_a_what_if_survives_a_reload_as_it_is_typed(page: Any, laundry: str) -> None:
    page.goto(f"{laundry}/impact?element=laundry/carrier")
    page.wait_for_selector(".verdict-title")
    page.click("summary:has-text('Write a what-if yourself')")
    page.locator("#impact-page .patch textarea").press_sequentially("remove: [half")
    page.reload()
    page.wait_for_selector(".verdict-title")
    field = page.locator("#impact-page .patch textarea")
    assert field.input_value() == "remove: [half"
    assert field.is_visible()
    field.focus()
    field.blur()
    page.wait_for_selector(".message:has-text('what-if')")


def test_the_bar_keeps_its_height_when_a_time_is_chosen_and_a_what_if(going: Any, laundry: str) -> None:
    high, heights = "document.querySelector('#impact-page .toolbar').offsetHeight", []
    for more in (
        "",
        "&from=2026-12-05T02:00Z&lasts=4+h",
        "&from=2026-12-05T02:00Z&lasts=4+h&if=second~laundry/carrier",
    ):
        page = go(going, laundry, f"/impact?element=laundry/carrier{more}")
        page.wait_for_selector(".when-said:has-text('02:00–06:00')" if more else ".when-said:empty", state="attached")
        page.wait_for_function(
            "(many) => document.querySelectorAll('#impact-bar .chip').length === many", arg=1 + ("if=" in more)
        )
        heights.append(page.evaluate(high))
    assert len(set(heights)) == 1, heights


def test_all_of_a_promise_is_seen_without_moving_it_sideways(
    page: Any, serve: Callable[[Any], str], tmp_path: Path
) -> None:
    Path(tmp_path, "map.yaml").write_text("""
namespace: n
elements:
  - {id: orders, kind: business service, name: Order management, depends_on: [db]}
  - {id: db, kind: database, name: Database}
  - {id: maker, kind: team, name: Maker}
  - {id: deal, kind: agreement, name: Order management SLA, agreement_type: sla, by: maker, for: maker, covers: orders,
     objectives: [{metric: availability, percent: 99.9 %, period: month}]}
""")
    address = serve(create_server(open_map([tmp_path])))
    page.goto(f"{address}/impact?element=n/db&from=2026-12-05T02:00Z&lasts=4+h")
    box = page.locator("#promises .table-box")
    assert box.locator("tbody td").nth(1).inner_text().strip() == "broken", "the verdict is read first"
    assert box.evaluate("(each) => each.scrollWidth - each.clientWidth") <= 1


HIT = """(each) => {
    each.scrollIntoView({ block: "center" });
    const at = each.getClientRects()[0], x = at.left + Math.min(at.width / 2, 40), middle = at.top + at.height / 2;
    const hit = (y) => each.contains(document.elementFromPoint(x, y));
    let [top, end] = [middle, middle];
    while (hit(top - 1) && middle - top < 40) top -= 1;
    while (hit(end + 1) && end - middle < 40) end += 1;
    return hit(middle) ? end - top + 1 : 0;
}"""
"""How high the place is that a finger may press."""


def test_on_a_phone_what_is_pressed_is_as_high_as_a_finger(phone: Any, laundry: str) -> None:
    page = phone
    page.goto(f"{laundry}/impact?element=laundry/boiler")
    page.wait_for_selector(".picture-tools")
    what = (
        "#impact-bar .chip-focus a", "#impact-bar .more-link", ".times-fold > summary", ".facet-menu > summary",
        ".hit > summary", "#told .entity", "#told .party > .more-link", ".saves .button", ".saves summary",
        ".picture-box + .more-link", ".verdict-lines button", ".picture-tools button", ".table-box .entity",
    )  # fmt: skip
    low = {each: page.locator(f"#impact-page {each} >> visible=true").first.evaluate(HIT) for each in what}
    assert {each: high for each, high in low.items() if high < 36} == {}
    page.goto(f"{laundry}/catalogue")
    page.wait_for_selector("table.services")
    for each in ("td .entity", "th a", ".pick-box"):
        assert page.locator(f"table.services {each} >> visible=true").nth(1).evaluate(HIT) >= 36, each


def test_who_is_not_notified_is_said_with_a_way_back_and_the_list_stays_where_it_was(phone: Any, laundry: str) -> None:
    page = phone
    page.goto(f"{laundry}/impact?element=laundry/boiler")
    page.wait_for_selector(".picture-tools")
    answered(page)
    rows = page.locator("#told .party")
    name = rows.nth(1).locator(".entity").inner_text()
    rows.nth(1).evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    stands = "(top) => Math.abs(document.querySelectorAll('#told .party')[0].getBoundingClientRect().top - top) < 2"
    top = rows.nth(0).bounding_box()["y"]
    rows.nth(1).locator("a:text-is('Do not notify')").click()
    page.wait_for_selector(f".toast:has-text('{name} is not notified.')")
    page.wait_for_selector(f"#told .chip:has-text('Not notified: {name}')")
    page.wait_for_function(stands, arg=top)
    assert page.locator("#told .entity", has_text=name).count() == 0
    page.click(".toast a:text-is('Undo')")
    page.wait_for_selector("#told .chip", state="detached")
    page.wait_for_function(stands, arg=top)
    assert page.url.endswith("/impact?element=laundry/boiler")
    assert page.locator(".toast").count() == 0


def test_on_a_phone_the_picture_begins_at_what_fails_and_one_finger_goes_on_down_the_page(
    phone: Any, serve: Callable[[Any], str], tmp_path: Path
) -> None:
    used = "".join(
        f"  - {{id: {kind}{n}, kind: {kind}, depends_on: [{on}{n if on == 'application' else ''}]}}\n"
        for n in range(8)
        for kind, on in (("application", "db"), ("process", "application"))
    )
    Path(tmp_path, "map.yaml").write_text(f"namespace: n\nelements:\n  - {{id: db, kind: database}}\n{used}")
    page, placed = phone, "() => document.querySelector('.picture-inner').style.transform"
    page.goto(f"{serve(create_server(open_map([tmp_path])))}/impact?element=n/db")
    page.wait_for_selector(".picture-tools")
    page.locator(".picture-box").evaluate("(each) => { each.style.height = '300px'; }")
    page.locator(".picture-box").scroll_into_view_if_needed()
    box, cause = page.locator(".picture-box").bounding_box(), page.locator(".spot[href='#changed']").bounding_box()
    assert box["x"] <= cause["x"]
    assert cause["x"] + cause["width"] <= box["x"] + box["width"], "what fails is in view"
    x, y, before = box["x"] + box["width"] / 2, box["y"] + 200, page.evaluate(placed)
    scrolled = "document.querySelector('#impact-page').scrollTop"
    top = page.evaluate(scrolled)
    _drag(page, [(x, y)], 0, -120)
    page.wait_for_function(f"(top) => {scrolled} > top", arg=top)
    assert page.evaluate(placed) == before, "the picture stays in its frame"
    y = page.locator(".picture-box").bounding_box()["y"] + 120
    _drag(page, [(x - 40, y), (x + 40, y)], 60, 0)
    assert page.evaluate(placed) != before, "two fingers move it"


def _drag(page: Any, fingers: list[tuple[float, float]], across: float, down: float) -> None:
    """Fingers on the screen go together."""
    touch = page.context.new_cdp_session(page)
    for step in range(7):
        points = [{"x": x + across * step / 6, "y": y + down * step / 6, "id": n} for n, (x, y) in enumerate(fingers)]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": points})
        page.wait_for_timeout(20)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_on_a_phone_a_what_if_answers_where_it_is_ticked(phone: Any, laundry: str) -> None:
    page = phone
    page.goto(f"{laundry}/impact?element=laundry/carrier")
    page.wait_for_selector(".verdict-title")
    page.wait_for_selector(".picture-tools")
    beside = (
        "() => Math.min(...[...document.querySelectorAll('.spot')].map((each) => each.getBoundingClientRect().left))"
    )
    assert 32 <= page.evaluate(beside) < 100, "the picture begins beside the marks of the lanes"
    assert page.locator(".picture-lanes > span[title='Business services']").is_visible()
    ends = "(all) => all.map((each) => getComputedStyle(each).paddingLeft)"
    assert set(page.eval_on_selector_all(".stacks td:first-child", ends)) == {"0px"}, (
        "labels of a list stand in one line"
    )
    covered = (
        "() => { const frame = document.querySelector('.picture-box').getBoundingClientRect(),"
        " at = document.querySelector('.picture-inner').getBoundingClientRect().left - frame.left,"
        " marks = document.querySelector('.picture-lanes');"
        " return [marks.getBoundingClientRect().width, at + 0.85 * marks.dataset.titles]; }"
    )
    page.locator(".picture-box").focus()
    for _ in range(5):
        page.keyboard.press("ArrowLeft")
    width, titles = page.evaluate(covered)
    assert titles > 40, "some of the titles is in the frame"
    assert width >= titles - 2, "and is covered: no end of a title stands beside its mark"
    assert page.locator("#impact-bar a:text-is('Start again')").bounding_box()["height"] >= 34, "as large as a finger"
    field = page.locator("#impact-page [data-filter='Pick what fails or is changed'] input")
    field.fill("boiler")
    page.wait_for_selector("#impact-hits a:has-text('Boiler')")
    answered(page)
    assert page.locator("#impact-page .facet-menu").get_attribute("open") is None, "seen without unfolding anything"
    assert 0 <= page.locator("#impact-hits").bounding_box()["y"] - field.bounding_box()["y"] < 60, "under its field"
    field.press("ArrowDown")
    page.wait_for_selector("#impact-hits a:focus:has-text('Boiler')")
    page.keyboard.press("Escape")
    page.wait_for_selector("#impact-hits a", state="detached")
    answered(page)  # which begins at the top again
    page.click("#impact-page .facet-menu > summary")
    page.click("#impact-picker summary:has-text('What if it were different?')")
    choice = page.locator("#impact-picker a:has-text('A second Carrier')")
    choice.evaluate("(each) => each.scrollIntoView({ block: 'center' })")
    top = choice.bounding_box()["y"]
    choice.click()
    page.wait_for_selector(".so-far:has-text('→')")
    page.wait_for_function(
        "(top) => [...document.querySelectorAll('#impact-picker a[aria-current]')].some((each) =>"
        " each.textContent.startsWith('A second Carrier') && Math.abs(each.getBoundingClientRect().top - top) < 4)",
        arg=top,
    )
    assert page.locator("#impact-picker .facet").first.bounding_box()["width"] == 390, "one column"
    answered(page)
    page.click(".so-far a")
    assert page.locator("#impact-page .facet-menu").get_attribute("open") is None
    assert page.locator("#impact-page .search-box").first.bounding_box()["y"] < 0, "the bar scrolls away"
    page.click("#impact-page .times-fold > summary")
    page.fill("#impact-page [data-key=lasts] input", "2 h")
    page.keyboard.press("Enter")
    page.wait_for_selector("#impact-slip:not(.when-wrong):has-text('Now say when it starts')")
    assert page.locator(".time-box.wrong").count() == 0, "what is not filled in yet is no mistake"
    page.fill("#impact-page [data-key=from] input", "2026-12-05T02:00Z")
    page.keyboard.press("Enter")
    page.wait_for_selector(".when-said:has-text('04:00')")
    answered(page)
    long = "(chip) => { chip.querySelector('b').textContent = 'words '.repeat(40); return chip.scrollHeight - chip.clientHeight; }"
    assert page.locator(".chip-focus").last.evaluate(long) <= 0, "a chip is as high as its words"
    assert page.locator("#impact-page .times-fold").get_attribute("open") is None, "both times are set"
    assert page.locator("#impact-page .times-fold > summary").inner_text().strip() == "Change the time"
    for fold in (".times-fold", ".facet-menu"):
        page.click(f"#impact-page {fold} > summary")
        page.keyboard.press("Escape")
        assert page.locator(f"#impact-page {fold}").get_attribute("open") is None


def test_what_is_folded_on_the_screen_is_there_on_paper(page: Any, serve: Callable[[Any], str], tmp_path: Path) -> None:
    used = "".join(f"  - {{id: e{n}, kind: application, depends_on: [db]}}\n" for n in range(20))
    Path(tmp_path, "map.yaml").write_text(f"namespace: n\nelements:\n  - {{id: db, kind: database}}\n{used}")
    page.goto(f"{serve(create_server(open_map([tmp_path])))}/impact?element=n/db")
    page.wait_for_selector(".hit")
    seen = "() => [...document.querySelectorAll('.card .fold .hit')].filter((each) => each.checkVisibility()).length"
    assert page.evaluate(seen) == 0
    page.emulate_media(media="print")
    assert page.evaluate(seen) == 8
