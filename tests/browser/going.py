"""How does a test of a page begin without loading it? By a link, in the page in which the tests before have gone on."""

from __future__ import annotations

from typing import Any

GO = """(href) => new Promise((come) => {
    document.activeElement.blur();
    let asked = false;
    const seen = new MutationObserver(() => {
        const pending = document.body.classList.contains("pending");
        if (asked && !pending) { seen.disconnect(); come(); }
        asked = asked || pending;
    });
    seen.observe(document.body, { attributes: true, attributeFilter: ["class"] });
    servicemapTools.go(href);
})"""


def go(page: Any, origin: str, path: str) -> Any:
    """Go to an address by a link, where a page of that server is open; else open it, without the offer for newcomers.

    Gives the page; what was asked before is not pending any more.
    """
    if page.url.startswith(f"{origin}/") and page.url != f"{origin}{path}":
        page.evaluate(GO, path)
    else:
        page.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")
        page.goto(f"{origin}{path}")
    return page
