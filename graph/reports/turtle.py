"""How is a map or a result written in Turtle? RDF for people, the statements of all sources as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout
    from graph.result_graph import ResultGraph

__all__ = ["TAKES", "write"]

TAKES = ("map", "result")


def write(told: Excerpt | ResultGraph, layout: Layout | None = None) -> str:  # noqa: ARG001 RDF has no positions
    """All statements, in an order that does not change."""
    from graph.notation import notate

    return notate(told.graphs(), "turtle", told.prefixes())
