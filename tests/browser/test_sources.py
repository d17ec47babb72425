"""Can people see what is loaded, follow a finding, and have a file judged? By mouse, keyboard, and with hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.doors import Doors
from app.live import Live
from app.sparql.endpoint import Endpoint
from app.web import create_app, create_server
from graph.maps import load_into, open_map
from tests.browser.going import Held
from tests.examples import some

EVIL = "<img src=x onerror=window.hit=1>"
MAP = f"""\
namespace: shop
title: Shop
elements:
  - {{id: web, kind: application, name: '{EVIL}', depends_on: [db]}}
  - {{id: db, kind: database, name: Store}}
"""


@pytest.fixture(scope="module")
def shop(serve: Callable[[Any], str], tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "map.yaml").write_text(MAP)
    (folder / f"{EVIL}.yaml".replace("/", "")).write_text("elements:\n  - {id: x, kind: application, name: X}\n")
    return serve(create_server(open_map([folder])))


def test_sources_findings_and_the_check_of_a_file(page: Any, shop: str, tmp_path: Path) -> None:
    page.goto(f"{shop}/sources")
    page.wait_for_selector("table.ledger tbody tr")
    assert page.locator("table.ledger tbody tr").count() == 2
    assert page.locator(f"td:has-text('{EVIL}.yaml')").count() == 1, "a hostile file name is text"
    page.click("table.ledger td a:has-text('note') >> nth=0")
    page.wait_for_selector("table.ledger th:text-is('What to do')")
    assert "show=findings" in page.url
    page.go_back()
    page.wait_for_selector("table.ledger th:text-is('Digest')")
    page.focus(".segment:has-text('Declared and seen')")
    page.keyboard.press("Enter")
    page.wait_for_selector("h2:text-is('Nothing was observed')")
    page.click(".segment:has-text('Check a file')")
    page.wait_for_selector(".pick-file input", state="attached")
    bad = tmp_path / f"{EVIL}.yaml"
    bad.write_text(f"elements:\n  - {{id: a, kind: '{EVIL}'}}\n")
    page.set_input_files("#check-file", str(bad))
    page.wait_for_selector(".verdict.bad:has-text('cannot be loaded')")
    assert "unknown kind" in page.locator(".found").inner_text()
    good = tmp_path / "good.yaml"
    good.write_text("elements:\n  - {id: a, kind: application, name: A}\n")
    held = Held(page, "**/sources/checks")
    page.set_input_files("#check-file", str(good))
    held.asked()
    page.click(".checking button:text-is('Cancel')")
    page.wait_for_selector(".verdict:has-text('Cancelled')")
    held.end()
    page.set_input_files("#check-file", str(good))
    page.wait_for_selector(".verdict.good:has-text('good.yaml can be loaded')")
    assert page.evaluate("() => window.hit === undefined")
    page.set_viewport_size({"width": 360, "height": 740})
    for show in some(("files", "findings", "check", "undefined")):
        page.goto(f"{shop}/sources?show={show}")
        page.wait_for_selector("table.ledger, .check:not([hidden]), .message h2")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360


def test_a_file_is_loaded_into_a_store_and_is_on_the_map(page: Any, serve: Any, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "map.yaml").write_text(MAP)
    store = tmp_path / "store"
    load_into(store, [tmp_path / "shop"])
    live = Live(open_map(store=store), lambda: open_map(store=store))
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(own=True, writable=True))
    address = serve(create_app(live, endpoint).server)
    page.goto(f"{address}/sources?show=check")
    page.wait_for_selector(".pick-file input", state="attached")
    for target, said in (
        ("nobody", ".verdict.bad:has-text('cannot be loaded')"),
        ("web", ".verdict.good:has-text('is loaded')"),
    ):
        file = tmp_path / "till.yaml"
        file.write_text(f"elements:\n  - {{id: till, kind: application, name: Till, depends_on: [shop/{target}]}}\n")
        page.set_input_files("#check-file", str(file))
        page.wait_for_selector(".verdict.weak:has-text('names what it does not define')")
        page.click("button:text-is('Load into the map')")
        page.wait_for_selector(said)
        assert page.locator("button:text-is('Load into the map')").count() == 0
    page.click("#check-result a:text-is('Show the map')")
    page.wait_for_function("() => window.cy && window.cy.nodes('.element').some((each) => each.id() === 'till/till')")
