"""What did a program change in a store? Only graphs that programs wrote may change; each is a source of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyoxigraph as ox

from graph.model import InputError, Source, Statements
from graph.store.digest import GraphDigest, stored_digest
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph, source_of_graph
from graph.store.loaded import Held

__all__ = ["IMPORTER", "empty_graphs", "intact", "written_graphs", "written_source"]

IMPORTER = "program"
_OWN = (ONTOLOGY, DERIVED, META)


def written_graphs(
    before: ox.Store, after: ox.Store, held: Sequence[Held], allowed: Callable[[str], bool]
) -> tuple[dict[str, GraphDigest], set[str]]:
    """The sources that changed, with the digests of their graphs, and those that are gone.

    What the program itself says may be taken away, because it is said again; nothing may be added to it.

    Raises InputError where a graph changed that comes from a file, is the program's own, or is not ``allowed``.
    Cost: a look at every statement.
    """
    for graph in _OWN:
        _check_own(before, after, ox.NamedNode(graph))
    known = {each.source.id: each for each in held}
    there = {source_of_graph(graph.value) for graph in after.named_graphs() if isinstance(graph, ox.NamedNode)}
    new: dict[str, GraphDigest] = {}
    gone: set[str] = set()
    for source_id in sorted((there | set(known)) - {source_of_graph(graph) for graph in _OWN}):
        graph, each = source_graph(source_id), known.get(source_id)
        now = stored_digest(after, graph)
        if now.digest == _before(before, each, graph):
            continue
        if each is None and not now.statements:
            continue
        _check_change(graph, each, allowed)
        if now.statements:
            new[source_id] = now
        else:
            gone.add(source_id)
    return new, gone


def _before(before: ox.Store, each: Held | None, graph: str) -> str:
    if each is None:
        return ""
    return each.digest or stored_digest(before, graph).digest


def _check_own(before: ox.Store, after: ox.Store, graph: ox.NamedNode) -> None:
    for quad in after.quads_for_pattern(None, None, None, graph):
        if quad not in before:
            raise InputError.of(
                f"the graph '{graph.value}' is written by servicemap itself",
                remedy="write into a graph of your own",
                check="forbidden",
            )


def intact(before: ox.Store, after: ox.Store, graph: str) -> bool:
    """Whether a graph to which nothing was added has lost nothing either."""
    counts = [sum(1 for _ in each.quads_for_pattern(None, None, None, ox.NamedNode(graph))) for each in (before, after)]
    return counts[0] == counts[1]


def empty_graphs(triples: ox.Store) -> list[str]:
    """The graphs that have a name and no statement: no source accounts for them."""
    graphs = [graph for graph in triples.named_graphs() if isinstance(graph, ox.NamedNode)]
    return [graph.value for graph in graphs if next(triples.quads_for_pattern(None, None, None, graph), None) is None]


def _check_change(graph: str, each: Held | None, allowed: Callable[[str], bool]) -> None:
    if each is not None and each.source.importer != IMPORTER:
        raise InputError.of(
            f"'{each.source.path}' says what is in '{graph}'",
            remedy="change the file and load it, or write into a graph of your own",
            check="forbidden",
        )
    if not allowed(graph):
        raise InputError.of(
            f"you may not write the graph '{graph}'", remedy="ask for a token that may", check="forbidden"
        )


def written_source(source_id: str, digest: GraphDigest, moment: str) -> Statements:
    """The source of a graph that a program wrote; its statements are in the store already."""
    graph = source_graph(source_id)
    return Statements(Source(source_id, graph, IMPORTER, digest.digest, "written", moment), b"", {})
