"""How is a map written in TriG? As in Turtle, with a named graph for each source."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:  # noqa: ARG001 RDF has no positions
    """All statements, in an order that does not change."""
    from graph.notation import notate, prefixes_of

    return notate(excerpt.graphs(), "trig", prefixes_of(excerpt.projection.iris[v] for v in excerpt.elements))
