"""How is a map written as a map file? Our own YAML that reads back to the same; what it cannot say is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.reports import Written

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> Written:  # noqa: ARG001 map files have no positions
    """What the sources say, as one map file. What follows from rules follows again when the file is read.

    Raises:
        InputError: the file would be larger than a map file may be.
    """
    from graph.mapfile.compose import compose
    from graph.ntriples import statements
    from graph.store.interface import DERIVED

    graphs = {name: text for name, text in excerpt.graphs().items() if name != DERIVED}
    said = [statement for text in graphs.values() for statement in statements(text)]
    made = compose(said, excerpt.map.store.titles)
    return Written(made.text, made.findings)
