"""How is a map drawn as a picture file? SVG as on the map page: text is text, nothing is fetched, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without what draws it
    from graph.drawing import Drawing
    from graph.layout import Layout, Rect
    from graph.look import Scheme

__all__ = ["MOST", "TAKES", "places", "write"]

TAKES = ("picture",)
MOST = 400


def write(drawing: Drawing, layout: Layout, *, scheme: Scheme = "light") -> str:
    """The picture in one of the two colour schemes; the same input gives the same bytes.

    The name of an element that had to be cut, its kind, and the kinds of each line stand in titles, which viewers show
    when the pointer rests on them.
    """
    from graph.reports._picture import Picture

    return "".join(Picture(drawing, layout, scheme).lines())


def places(layout: Layout) -> dict[str, Rect]:
    """Where in the picture each element is, in its pixels, by the id of the element."""
    from graph.layout import Rect
    from graph.reports._picture import ORIGIN

    left, top = ORIGIN
    return {key: Rect(at.x + left, at.y + top, at.width, at.height) for key, at in layout.positions.items()}
