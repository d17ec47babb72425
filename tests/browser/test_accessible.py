"""Can everybody use the pages? axe-core finds nothing serious or critical, light and dark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.web import create_server
from graph.maps import open_map

AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"
PAGES = {
    "/map": "#map-lanes .lane",
    "/map?select=laundry/carrier": ".pane.selection",
    "/element/laundry/carrier": "#element-article h1",
    "/catalogue": "table.services tbody tr",
    "/impact": ".picks a",
    "/impact?element=laundry/carrier&from=2026-12-05T02:00Z&lasts=2%20h": ".verdict-title",
    "/query": ".query-result .message h2",
    "/query?ask=services-and-owners": "table.answer tbody tr",
    "/query?ask=services-behind": "#query-fields [role=combobox]",
    "/sources": "table.ledger tbody tr",
    "/sources?show=findings": "table.ledger tbody tr, .message h2",
    "/sources?show=check": ".pick-file input",
}


@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make check fetches it where npm is installed")
def test_axe_finds_nothing_serious_on_any_page(page: Any, serve: Callable[[Any], str]) -> None:
    address = serve(create_server(open_map([LAUNDRY])))
    found = []
    for path, there in PAGES.items():
        page.goto(f"{address}{path}")
        page.wait_for_selector(there, state="attached")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("s => document.documentElement.dataset.mantineColorScheme === s", arg=scheme)
            page.wait_for_timeout(200)
            wrong = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations)")
            found += [
                (path, scheme, each["id"], each["nodes"][0]["html"][:200])
                for each in wrong
                if each["impact"] in ("serious", "critical")
            ]
    assert not found
