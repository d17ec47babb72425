"""How is a map written in the terms of ArchiMate? As Turtle, by the alignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.reports import Written

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> Written:  # noqa: ARG001 RDF has no positions
    """Elements and relations that ArchiMate has a word for; the others are counted."""
    from graph.notation import notate, prefixes_of
    from graph.reports._others import PREFIXES, said_in

    said = said_in("archimate", excerpt)
    homes = prefixes_of(excerpt.projection.iris[v] for v in excerpt.elements)
    prefixes = {name: home for name, home in homes.items() if name != "sm"} | PREFIXES
    return Written(notate({"": said.text}, "turtle", prefixes), said.findings)
