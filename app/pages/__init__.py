"""What is a page? One module of this folder with a ``PAGE``; another page is another file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dash import Dash
    from dash.development.base_component import Component

    from app.atlas import Atlas

__all__ = ["Missing", "Page", "pages"]


class Missing(LookupError):  # noqa: N818  (it says what is the case)
    """Nothing is at this address; ``help`` says where to look instead, ``links`` are addresses with their words."""

    def __init__(self, title: str, detail: str, remedy: str, links: Mapping[str, str] | None = None) -> None:
        super().__init__(title)
        self.title, self.detail, self.help, self.links = title, detail, remedy, dict(links or {})


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the explorer.

    ``path``      its address; with ``below``, everything below it too
    ``position``  place in the rail, 0 for pages that are reached from others
    ``frame``     what stands there from the start, hidden until the page is asked for
    ``connect``   adds the callbacks that fill the frame; they listen to the store ``<name>-address``
    ``check``     raises Missing when nothing is at an address of the page: (atlas, rest of the path, query)
    ``answer``    the same as JSON: (atlas, rest of the path, query) -> plain values; raises Missing
    """

    name: str
    path: str
    title: str
    icon: str
    position: int
    below: bool
    frame: Callable[[], Component]
    connect: Callable[[Dash, Atlas], None]
    check: Callable[[Atlas, str, str], object]
    answer: Callable[[Atlas, str, str], dict[str, Any]]


def pages() -> tuple[Page, ...]:
    """All pages, those of the rail first and in its order."""
    from graph.discover import discover

    found: list[Page] = [module.PAGE for module in discover("app.pages").values()]
    return tuple(sorted(found, key=lambda page: (page.position or 1_000, page.name)))
