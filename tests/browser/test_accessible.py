"""Can everybody use the pages? axe-core finds nothing serious or critical, light and dark."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.web import create_server
from graph.maps import open_map
from tests.examples import some

AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"
PAGES = {
    "/map": "#map-lanes .lane",
    "/map?select=laundry/carrier": ".pane.selection",
    "/element/laundry/carrier": "#element-article h1",
    "/catalogue": "table.services tbody tr",
    "/compare?element=laundry/carrier&element=laundry/boiler": "#compare-article table.list",
    "/map?by=layer": "#map-pane .thick",
    "/impact": ".picks a",
    "/impact?element=laundry/carrier&from=2026-12-05T02:00Z&lasts=2%20h": ".verdict-title",
    "/query": ".query-result .message h2",
    "/query?ask=services-and-owners": "table.answer tbody tr",
    "/query?ask=services-behind": "#query-fields [role=combobox]",
    "/sources": "table.ledger tbody tr",
    "/sources?show=findings": "table.ledger tbody tr, .message h2",
    "/sources?show=check": ".pick-file input",
}


RULES = {"light": None, "dark": ["color-contrast", "link-in-text-block"]}
"""What is asked in each scheme: everything once, and again what hangs on colours. The pages are the same otherwise."""
SERIOUS = """([part, rules]) => axe.run(part, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) }).then((r) =>
    r.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => [one.id, one.nodes[0].html.slice(0, 200)]))"""


@pytest.mark.timeout(400)
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make check fetches it where npm is installed")
def test_axe_finds_nothing_serious_on_any_page(page: Any, serve: Callable[[Any], str]) -> None:
    address = serve(create_server(open_map([LAUNDRY])))
    found = []
    for path, there in PAGES.items():
        page.goto(f"{address}{path}")
        page.wait_for_selector(there, state="attached")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for scheme, rules in RULES.items():
            if scheme == "dark" and path not in some(PAGES, 2):
                continue
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("s => document.documentElement.dataset.mantineColorScheme === s", arg=scheme)
            page.wait_for_timeout(200)
            found += [(path, scheme, *each) for each in page.evaluate(SERIOUS, ["html", rules])]
    assert not found


OPENED = {
    "#find-menu": "() => { document.querySelector('#find-menu').open = true; }",
    "#views-menu": "() => { document.querySelector('#views-menu').open = true; }",
    "#export-menu": "() => { document.querySelector('#export-menu').open = true; }",
    ".toolbar-start": "() => { document.querySelectorAll('.toolbar-start .menu').forEach((each) => { each.open = true; }); }",
    "#map-pane": "() => { document.querySelectorAll('#map-pane details').forEach((each) => { each.open = true; }); }",
    "#help-menu": "() => { document.querySelector('#help-menu').open = true; }",
    "#tour": "() => window.servicemapTools.actions.tour()",
    "#context": "() => { const one = cy.nodes('.element')[0]; one.emit({ type: 'cxttap', renderedPosition: { x: 9, y: 9 } }); }",
}
PICKED = {"#query-fields": "() => document.querySelector('#query-fields [role=combobox]').focus()"}
ASKED = {
    "#query-acts": "() => { document.querySelectorAll('#query-acts details').forEach((each) => { each.open = true; }); }",
    "#query-tools": "() => { document.querySelectorAll('#query-tools details').forEach((each) => { each.open = true; }); }",
}
JUDGED = {
    "#impact-page .facets": "() => { document.querySelectorAll('#impact-page details').forEach((each) => { each.open = true; }); }",
    "#impact-article": "() => document.querySelector('.picture-box').focus()",
}
STATES = {
    "/map": ("#map-lanes .lane", OPENED),
    "/query?ask=services-behind": ("#query-fields [role=combobox]", PICKED),
    "/query?ask=services-and-owners": ("#query-acts a", ASKED),
    "/query?view=graph&query=SELECT+?x+{+?x+a+sm:Team+}": (".picture-tools", {".query-main": "() => {}"}),
    "/impact?element=laundry/carrier": (".picture-tools", JUDGED),
}


@pytest.mark.timeout(400)
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make check fetches it where npm is installed")
def test_axe_finds_nothing_serious_in_what_opens(page: Any, serve: Callable[[Any], str]) -> None:
    address = serve(create_server(open_map([LAUNDRY])))
    found = []
    for path, (there, parts) in STATES.items():
        page.goto(f"{address}{path}")
        page.wait_for_selector(there, state="attached")
        page.wait_for_function("() => !document.body.classList.contains('pending')")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        for part, opening in some(parts.items(), 2):
            page.evaluate(opening)
            page.wait_for_selector(part)
            page.wait_for_timeout(150)
            for scheme, rules in RULES.items():
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                page.wait_for_function("s => document.documentElement.dataset.mantineColorScheme === s", arg=scheme)
                found += [(path, part, scheme, *each) for each in page.evaluate(SERIOUS, [part, rules])]
    assert not found
