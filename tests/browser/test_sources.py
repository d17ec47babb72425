"""Can people see what is loaded, follow a finding, and have a file judged? By mouse, keyboard, and with hostile names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.web import create_server
from graph.maps import open_map
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
    page.set_input_files("#check-file", str(good))
    page.wait_for_selector(".checking button:text-is('Cancel')")
    page.click(".checking button:text-is('Cancel')")
    page.wait_for_selector(".verdict:has-text('Cancelled')")
    page.set_input_files("#check-file", str(good))
    page.wait_for_selector(".verdict.good:has-text('good.yaml can be loaded')")
    assert page.evaluate("() => window.hit === undefined")
    page.set_viewport_size({"width": 360, "height": 740})
    for show in some(("files", "findings", "check", "undefined")):
        page.goto(f"{shop}/sources?show={show}")
        page.wait_for_selector("table.ledger, .check:not([hidden]), .message h2")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= 360
