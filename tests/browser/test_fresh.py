"""Does each test begin with a fresh page? They share a context of the browser; what one has left is gone for the next."""

from __future__ import annotations

import pytest

KEEP = "() => { localStorage.mine = 1; sessionStorage.mine = 1; document.cookie = 'mine=1'; }"
KEPT = "() => [localStorage.length, sessionStorage.length, document.cookie]"


@pytest.fixture(scope="module")
def bare(serve):
    """A page with nothing in it."""

    def application(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/html")])
        return [b"<!doctype html><link rel=icon href=data:,>"]

    return serve(application)


@pytest.mark.parametrize("_", ["first", "second"])
def test_nothing_is_left_by_the_test_before(page, bare, _):
    page.goto(bare)
    assert page.evaluate(KEPT) == [0, 0, ""]
    assert page.viewport_size == {"width": 1440, "height": 900}
    page.evaluate(KEEP)
    page.set_viewport_size({"width": 400, "height": 400})
    assert page.evaluate(KEPT) == [1, 1, "mine=1"]
    page.context.new_page()
