"""Can people find a service in the catalogue, by mouse, by keyboard and on a phone?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.web import create_server
from graph.maps import open_map
from tests.browser.going import answered, go

LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"


@pytest.fixture(scope="module")
def laundry(serve: Callable[[Any], str]) -> str:
    return serve(create_server(open_map([LAUNDRY])))


def test_filter_sort_find_and_go_to_the_map_and_back(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/catalogue")
    page.wait_for_selector("table.services tbody tr")
    assert page.locator("table.services tbody tr").count() == 4
    assert page.locator(".rail a[aria-current=page]").inner_text() == "Catalogue"
    page.click(".facet a:has-text('Vendor service')")
    page.wait_for_selector(".chip:has-text('Kind: Vendor service')")
    answered(page)
    assert page.locator("table.services tbody tr").count() == 1
    page.go_back()
    page.wait_for_selector(".chip:has-text('Kind:')", state="detached")
    answered(page)
    page.focus("table.services th a:has-text('Can it be kept?')")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Can it be kept?') a:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector("th[aria-sort=descending]:has-text('Can it be kept?')")
    page.fill("#catalogue-page [data-filter] input", "carrier")
    page.wait_for_function("() => document.querySelectorAll('table.services tbody tr').length === 1")
    answered(page)
    assert "q=carrier" in page.url
    assert page.evaluate("() => document.activeElement.value") == "carrier", "typing is not interrupted"
    page.click("table.services .act a")
    page.wait_for_selector(".chip-focus b:text-is('Carrier')")
    page.go_back()
    page.wait_for_selector("table.services tbody tr")
    answered(page)
    assert page.locator("#catalogue-page [data-filter] input").input_value() == "carrier"
    page.click("table.services .entity")
    page.wait_for_selector("h1:text-is('Carrier')")


def test_two_services_that_are_ticked_are_compared(going: Any, laundry: str) -> None:
    page = go(going, laundry, "/catalogue")
    page.wait_for_selector("table.services tbody tr")
    names = page.locator("table.services .entity").all_inner_texts()
    assert page.locator("#compare-picked").is_disabled()
    for number in (0, 1, 2):
        page.locator(".pick-box").nth(number).focus()
        page.keyboard.press("Space")
    assert page.locator(".pick-box[aria-checked=true]").count() == 2, "the first one made place"
    page.click("table.services th a:has-text('Kind')")
    page.wait_for_selector("th[aria-sort=ascending]:has-text('Kind')")
    page.wait_for_function("() => document.querySelectorAll('.pick-box[aria-checked=true]').length === 2")
    page.click("#compare-picked")
    page.wait_for_selector(f"#compare-article h2:has-text('{names[1].strip()} and {names[2].strip()}')")


def test_a_phone_shows_services_and_folds_the_filters(phone: Any, laundry: str) -> None:
    page = phone
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{laundry}/catalogue")
    page.wait_for_selector("table.services tbody tr")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
    assert page.locator("#catalogue-facets").is_hidden()
    page.click(".facet-menu > summary")
    assert page.locator("#catalogue-facets").is_visible()
