"""How does a test of a page begin without loading it, and how does it wait? By a link, and for what follows from what it does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
IDLE = """() => new Promise((done) => {
    const idle = (then) => requestIdleCallback(() => requestAnimationFrame(() => setTimeout(then)));
    idle(() => idle(done));
})"""


def go(page: Any, origin: str, path: str) -> Any:
    """Go to an address by a link, where a page of that server is open; else open it, without the offer for newcomers.

    Gives the page; what was asked before is not pending any more.
    """
    if page.url.startswith(f"{origin}/") and page.url != f"{origin}{path}":
        answered(page)  # else what the test before has asked would be taken for the answer
        page.evaluate(GO, path)
    else:
        page.add_init_script("localStorage.setItem('servicemap-toured', 'yes')")
        page.goto(f"{origin}{path}")
    return page


def idle(page: Any) -> None:
    """Wait until the page has done what it has to do, and has drawn it."""
    page.evaluate(IDLE)


def answered(page: Any) -> None:
    """Wait until no answer is on its way, and what came is drawn."""
    page.wait_for_function("() => document.body.dataset.page && !document.body.classList.contains('pending')")
    idle(page)


def settled(page: Any) -> None:
    """Wait until no answer is on its way, and the picture of the map belongs to the address, where one is drawn."""
    page.wait_for_function(
        """() => document.getElementById("map-page") && !document.body.classList.contains("pending") && (
             !document.getElementById("element-page").hidden && document.querySelector("#element-article h1")
             || !document.getElementById("map-empty").hidden
             || window.servicemapReady && window.cy.scratch("_key") === window.servicemapReady)"""
    )
    idle(page)


@contextmanager
def answer(page: Any, address: str) -> Iterator[None]:
    """Wait until one more answer from there has come, and is drawn."""
    with page.expect_event("requestfinished", lambda request: address in request.url):
        yield
    idle(page)


class Held:
    """Answers that do not come before they are let go: all from there, or those whose question has these words."""

    def __init__(self, page: Any, address: str, words: str = "") -> None:
        self._page, self._address, self._words = page, address, words
        self.ways: list[Any] = []
        page.route(address, self._take)

    def _take(self, way: Any) -> None:
        if self._words in (way.request.post_data or ""):
            self.ways.append(way)
        else:
            way.continue_()

    def asked(self, many: int = 1) -> None:
        """Wait until so many are asked for."""
        for _ in range(1500):
            if len(self.ways) >= many:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"nobody asks {self._address}")

    def let_go(self) -> None:
        """The answer to what was asked first comes, and is drawn."""
        self.asked()
        way = self.ways.pop(0)
        with self._page.expect_event("requestfinished", lambda request: request == way.request):
            way.continue_()
        idle(self._page)

    def end(self) -> None:
        """What is held still comes, and from now on all answers come."""
        for way in self.ways:
            with suppress(Exception):  # nobody waits for it any more
                way.continue_()
        self._page.unroute(self._address, self._take)
