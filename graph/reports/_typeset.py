"""How does a drawing leave as PDF or PNG? Drawn as SVG, and set on one page by Typst, which brings what it needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from graph.look import FONT
from graph.model import InputError
from graph.reports._xml import attribute

if TYPE_CHECKING:  # the formats must be known without what draws them
    from graph.drawing import Drawing
    from graph.layout import Layout
    from graph.look import Scheme

__all__ = ["printed", "typeset"]

_POINTS = 0.75
"""Points in a pixel: a picture is as large on paper as on a screen."""
_SHARP = 144.0
_FAMILIES = "'Noto Sans', 'Liberation Sans', 'DejaVu Sans', 'Segoe UI', Arial, Helvetica, sans-serif"
"""Fonts by their names: outside of a browser nobody knows which one is the system's own."""


def typeset(drawing: Drawing, layout: Layout, *, form: Literal["pdf", "png"], scheme: Scheme = "light") -> bytes:
    """The picture on a page of its own size. Raises InputError as ``printed``."""
    from graph.reports._picture import Picture

    picture = Picture(drawing, layout, scheme)
    return printed("".join(picture.lines()), picture.width, picture.height, form=form)


def printed(drawn: str, width: float, height: float, *, form: Literal["pdf", "png"]) -> bytes:
    """An SVG of so many pixels on a page of its size; the same input gives the same bytes with one version of Typst.

    Raises:
        InputError: the package that does it is not installed.
    """
    try:
        import typst
    except ImportError as error:
        missing = f"{form} needs a package that is not installed"
        raise InputError.of(missing, remedy="pip install 'servicemap[pictures]'") from error
    w, h = width * _POINTS, height * _POINTS
    page = f"#set page(width: {w:.2f}pt, height: {h:.2f}pt, margin: 0pt)\n#set document(date: none)\n"
    page += f'#image(bytes(sys.inputs.at("picture")), format: "svg", width: {w:.2f}pt)\n'
    inputs = {"picture": drawn.replace(attribute(FONT), f'"{_FAMILIES}"', 1)}
    return typst.compile(page.encode(), format=form, ppi=_SHARP, sys_inputs=inputs)
