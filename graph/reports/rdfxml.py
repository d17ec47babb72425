"""How is a map written in RDF/XML? For tools that know nothing newer; what XML cannot hold is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graph.answer import count
from graph.model import Finding, Severity
from graph.reports import Written

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> Written:  # noqa: ARG001 RDF has no positions
    """All statements but those with signs or names that XML forbids, in an order that does not change."""
    from graph.notation import notate, prefixes_of, unsaid_in_xml

    graphs, left = {}, []
    for name, text in excerpt.graphs().items():
        graphs[name], lines = unsaid_in_xml(text)
        left += lines
    findings = []
    if left:
        message = f"{count(len(set(left)), 'statement')} not written: XML cannot hold their signs or names"
        remedy = f"write Turtle; the first is {left[0][:200]}"
        findings.append(Finding(Severity.WARNING, "not-in-xml", "", None, message, remedy))
    prefixes = prefixes_of(excerpt.projection.iris[v] for v in excerpt.elements)
    return Written(notate(graphs, "rdfxml", prefixes), findings)
