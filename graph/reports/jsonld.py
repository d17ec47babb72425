"""How is a map written in JSON-LD? JSON that programs read as it is, with a context that makes it RDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:  # noqa: ARG001 RDF has no positions
    """All statements: an object for each thing, in an order that does not change. The context stands in the file."""
    from graph.notation import in_order, prefixes_of
    from graph.ntriples import statements
    from graph.reports._compact import Compact

    said = statements(b"\n".join(in_order(excerpt.graphs().values())))
    return Compact(said, prefixes_of(excerpt.projection.iris[v] for v in excerpt.elements)).text()
