"""Can everybody use the pages? axe-core finds nothing serious or critical, light and dark.

Each run looks at one state of each page, the fullest, and at every fourth part that opens; the long tests at all of them.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from app.web import create_server
from graph.maps import open_map
from tests.browser.going import answered, go, idle
from tests.examples import some

AXE = Path(sys.prefix) / "axe" / "node_modules" / "axe-core" / "axe.min.js"
LAUNDRY = Path(__file__).parents[2] / "data" / "laundry"


class Look(NamedTuple):
    """A page, what is there once it has come, and the parts that open in it, each with how."""

    path: str
    there: str
    parts: dict[str, str]


MENUS = {
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
FULLEST = [
    Look("/map?select=laundry/carrier", ".pane.selection", MENUS),
    Look("/element/laundry/carrier", "#element-article h1", {}),
    Look("/catalogue", "table.services tbody tr", {}),
    Look("/compare?element=laundry/carrier&element=laundry/boiler", "#compare-article table.list", {}),
    Look("/impact?element=laundry/carrier&from=2026-12-05T02:00Z&lasts=2%20h", ".verdict-title", JUDGED),
    Look("/query?ask=services-and-owners", "table.answer tbody tr", ASKED),
    Look("/sources?show=findings", "table.ledger tbody tr, .message h2", {}),
]
OTHERS = [
    Look("/query?ask=services-behind", "#query-fields [role=combobox]", PICKED),
    Look("/map", "#map-lanes .lane", MENUS),
    Look("/map?by=layer", "#map-pane .thick", {}),
    Look("/impact", ".picks a", {}),
    Look("/query?view=graph&query=SELECT+?x+{+?x+a+sm:Team+}", ".picture-tools", {}),
    Look("/query", ".query-result .message h2", {}),
    Look("/sources", "table.ledger tbody tr", {}),
    Look("/sources?show=check", ".pick-file input", {}),
]
RULES = {"light": None, "dark": ["color-contrast", "link-in-text-block"]}
"""What is asked in each scheme: everything once, and again what hangs on colours. The pages are the same otherwise."""
STILL = """() => document.getAnimations().every((each) =>
    each.playState !== "running" || each.effect.getTiming().iterations === Infinity)"""
SERIOUS = """([part, rules]) => axe.run(part, { resultTypes: ['violations'], ...(rules ? { runOnly: rules } : {}) }).then((r) =>
    r.violations.filter((one) => ['serious', 'critical'].includes(one.impact))
        .map((one) => [one.id, one.nodes[0].html.slice(0, 200)]))"""


@pytest.mark.timeout(400)
@pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: make check fetches it where npm is installed")
@pytest.mark.parametrize("look", [*FULLEST, *some(OTHERS, 4)], ids=lambda look: look.path)
def test_axe_finds_nothing_serious(going: Any, laundry: str, look: Look) -> None:
    page = go(going, laundry, look.path)
    page.wait_for_selector(look.there, state="attached")
    answered(page)
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = []
    for part, opening in [("html", "() => {}"), *some(look.parts.items(), 4)]:
        page.evaluate(opening)
        page.wait_for_selector(part)
        idle(page)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            page.wait_for_function("s => document.documentElement.dataset.mantineColorScheme === s", arg=scheme)
            page.wait_for_function(STILL)
            idle(page)
            found += [(part, scheme, *each) for each in page.evaluate(SERIOUS, [part, rules])]
    assert not found


@pytest.fixture(scope="module")
def laundry(serve: Callable[[Any], str]) -> str:
    """The explorer on a small map."""
    return serve(create_server(open_map([LAUNDRY])))
