"""What is a page? One module of this folder with a ``PAGE``; another page is another file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from app.atlas import Atlas
    from app.live import Live
    from graph.answer import Answer

__all__ = ["Page", "pages"]


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the explorer.

    ``path``      its address; with ``below``, everything below it too
    ``position``  place in the rail, 0 for pages that are reached from others
    ``frame``     what stands there from the start, hidden until the page is asked for
    ``connect``   adds the callbacks that fill the frame; they listen to the store ``<name>-address``, and ask the live
                  map for its atlas once for each answer
    ``check``     raises Missing when nothing is at an address of the page: (atlas, rest of the path, query)
    ``answer``    the same as JSON: (atlas, rest of the path, query) -> plain values; raises Missing. None for a page
                  whose files are given elsewhere
    ``table``     the same as CSV, for pages that are a table
    ``first``     the frame, filled, as HTML that is seen before any script has run, "" where that would take long:
                  (atlas, the address as callbacks get it: its query, and whether the screen is narrow)
    """

    name: str
    path: str
    title: str
    icon: str
    position: int
    below: bool
    frame: Callable[[], Component]
    connect: Callable[[Dash, Live], None]
    check: Callable[[Atlas, str, str], object]
    answer: Callable[[Atlas, str, str], dict[str, Any]] | None = None
    table: Callable[[Atlas, str, str], Answer] | None = None
    first: Callable[[Atlas, Mapping[str, Any]], str] | None = None


def pages() -> tuple[Page, ...]:
    """All pages, those of the rail first and in its order."""
    from graph.discover import discover

    found: list[Page] = [module.PAGE for module in discover("app.pages").values()]
    return tuple(sorted(found, key=lambda page: (page.position or 1_000, page.name)))
