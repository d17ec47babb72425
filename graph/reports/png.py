"""How is a map drawn as dots? PNG with the picture of the map page, twice as sharp as a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.reports._typeset import typeset

if TYPE_CHECKING:  # the format must be known without what draws it
    from graph.drawing import Drawing
    from graph.layout import Layout
    from graph.look import Scheme

__all__ = ["MOST", "TAKES", "write"]

TAKES = ("picture",)
MOST = 400


def write(drawing: Drawing, layout: Layout, *, scheme: Scheme = "light") -> bytes:
    """The picture in one of the two colour schemes. Raises InputError where ``servicemap[pictures]`` is missing."""
    return typeset(drawing, layout, form="png", scheme=scheme)
