"""How is a map drawn as a picture file? SVG as on the map page: text is text, nothing is fetched, nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without what draws it
    from graph.drawing import Drawing
    from graph.layout import Layout, Rect
    from graph.look import Scheme

__all__ = ["MOST", "TAKES", "lanes", "places", "write"]

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


def titles_end(layout: Layout) -> float:
    """Where in the picture the column of the lane titles ends, in its pixels."""
    from graph.reports._picture import ORIGIN

    return ORIGIN[0] + layout.title_width


def lanes(drawing: Drawing, layout: Layout) -> list[tuple[str, str, float]]:
    """The lanes of the picture from above: name, class of the mark, and the middle of the band in its pixels."""
    from graph.reports._picture import ORIGIN

    rows = {row.key: row for row in drawing.rows}
    return [(rows[band.key].label, rows[band.key].look, ORIGIN[1] + band.y + band.height / 2) for band in layout.lanes]
