"""How is the history of a map written in the words of PROV? Sources, their versions, loads, revisions and rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:  # noqa: ARG001 RDF has no positions
    """As Turtle: what the store knows of its past, whatever part of the map is taken."""
    from graph.notation import PREFIXES, notate
    from graph.ntriples import statements
    from graph.store.interface import META
    from ontology import terms as t
    from ontology.words import words

    said = excerpt.map.store.triples(META)
    known = words()
    plain = []
    for each in statements(said):
        plain.append(f"{each}\n")
        if each.predicate == t.RDF_TYPE and each.value.text in known:
            above = (iri for iri in known[each.value.text].above if iri.startswith(t.PROV))
            plain += [f"<{each.subject}> <{t.RDF_TYPE}> <{iri}> .\n" for iri in above]
    return notate({"": "".join(plain).encode()}, "turtle", PREFIXES | {"prov": t.PROV})
