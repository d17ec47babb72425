"""How is a map written in Turtle of RDF 1.2? Plain relations between elements, with what is known of each on it."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from collections.abc import Mapping

    from graph.excerpt import Excerpt
    from graph.layout import Layout
    from graph.ntriples import Statement, Term

__all__ = ["TAKES", "write"]

TAKES = ("map",)
_WORD = re.compile(r"[A-Za-z](?:[\w-]*\w)?")
Known = dict[str, None]  # what is said of a dependency, each once, in order


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:  # noqa: ARG001 RDF has no positions
    """All statements. A dependency is the statement that it implies; its node is the name of that statement.

    What the node says is an annotation, as are the source (``prov:wasDerivedFrom``) and the file with the line
    (``dcterms:source``). What is no dependency is written as in Turtle. Readers of RDF 1.1 cannot read it.
    """
    from graph.notation import notate, prefixes_of
    from graph.ntriples import Term, statements
    from graph.store.interface import source_graph
    from ontology import terms as t

    prefixes = prefixes_of(excerpt.projection.iris[v] for v in excerpt.elements) | {"prov": t.PROV}
    said = {graph: list(statements(text)) for graph, text in excerpt.graphs().items()}
    edges = _edges(said)
    rest = {
        graph: "".join(f"{each}\n" for each in found if each.subject not in edges).encode()
        for graph, found in said.items()
    }
    places = {source_graph(source.id): source for source in excerpt.map.store.sources}
    told: defaultdict[str, Known] = defaultdict(dict)
    for graph, found in said.items():
        lines = excerpt.map.store.lines(places[graph].id) if graph in places else {}
        for each in found:
            if each.subject in edges:
                known = told[each.subject]
                if each.predicate not in (t.RDF_TYPE, t.DEPENDENT, t.PROVIDER):
                    known[f"{_short(each.predicate)} {_object(each.value)}"] = None
                if each.subject in lines:
                    where = f"{places[graph].path}:{lines[each.subject]}"
                    known[f"dcterms:source {Term(where)}"] = None
                if graph in places:
                    known[f"prov:wasDerivedFrom <{graph}>"] = None
    body = "".join(_annotated(iri, edges[iri], told[iri]) for iri in sorted(edges))
    return notate(rest, "turtle", prefixes) + body


def _edges(said: Mapping[str, list[Statement]]) -> dict[str, str]:
    """Dependency -> the statement that it implies, for those whose two ends and kind are known."""
    from ontology import terms as t
    from ontology.vocabulary import vocabulary

    ends: defaultdict[str, dict[str, str]] = defaultdict(dict)
    for found in said.values():
        for each in found:
            if each.predicate in (t.DEPENDENT, t.PROVIDER, t.KIND) and each.value.is_iri:
                ends[each.subject].setdefault(each.predicate, each.value.text)
    kinds = vocabulary().kinds
    return {
        iri: f"<{of[t.DEPENDENT]}> {_short(kinds[of[t.KIND]].shortcut)} <{of[t.PROVIDER]}>"
        for iri, of in ends.items()
        if len(of) == 3 and of[t.KIND] in kinds
    }


def _annotated(iri: str, statement: str, known: Mapping[str, None]) -> str:
    lines = " ;\n".join(f"    {each}" for each in sorted(known))
    return f"{statement} ~ <{iri}> {{|\n{lines}\n|}} .\n"


def _object(value: Term) -> str:
    return _short(value.text) if value.is_iri else str(value)


def _short(iri: str) -> str:
    """A word of ours with its prefix; all else in full."""
    from ontology import terms as t

    name = iri.removeprefix(t.SM)
    return f"sm:{name}" if name != iri and _WORD.fullmatch(name) else f"<{iri}>"
