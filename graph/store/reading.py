"""How are triples read that an engine in this process has open? In a store, in memory, or in a child that answers.

A child starts with this alone: what writes and loads stays where it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyoxigraph as ox

from graph.store.folder import SUMS, read_loaded
from graph.store.holding import Holding
from graph.store.interface import Row, Table, Value
from graph.store.loaded import Loaded
from graph.turns import in_turns
from ontology.terms import XSD_BOOLEAN

if TYPE_CHECKING:
    from graph.store.marks import Marks
    from graph.store.prepared import Prepared

__all__ = ["Opened", "Reading", "table_of", "value_of"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES


class Reading(Holding):
    """The reading half of both stores.

    What is said about one thing is read at once: the engine's cursors may not end in another thread than they began in,
    and a reader that is left half read ends where Python looks for circles of memory.
    """

    _triples: ox.Store

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Where the engine reads; a store in a folder may turn out to be damaged."""
        yield

    def pairs(self, predicate: str) -> Iterator[tuple[str, str]]:
        """As ``Reader.pairs``."""
        with self._reading():
            for quad in in_turns(self._triples.quads_for_pattern(None, ox.NamedNode(predicate), None, None)):
                yield value_of(quad.subject).text, value_of(quad.object).text

    def about(self, subject: str) -> Iterator[tuple[str, Value, str]]:
        """As ``Reader.about``."""
        with self._reading():
            for quad in list(self._triples.quads_for_pattern(ox.NamedNode(subject), None, None, None)):
                yield quad.predicate.value, value_of(quad.object), getattr(quad.graph_name, "value", "")

    def pointing_at(self, value: str, *, besides: Collection[str] = ()) -> Iterator[tuple[str, str, str]]:
        """As ``Reader.pointing_at``. The engine leaves out what is not wanted: of a hub that is most."""
        with self._reading():
            for quad in list(self._triples.quads_for_pattern(None, None, ox.NamedNode(value), _graph_of(besides))):
                if quad.predicate.value not in besides:
                    yield value_of(quad.subject).text, quad.predicate.value, getattr(quad.graph_name, "value", "")
        if besides:
            none = ", ".join(str(ox.NamedNode(each)) for each in sorted(besides))
            but = f"FILTER(?p NOT IN ({none}) && ?g NOT IN ({none}))"
            for row in self.rows(f"SELECT ?s ?p ?g {{ GRAPH ?g {{ ?s ?p {ox.NamedNode(value)} }} {but} }}"):
                subject, predicate, graph = (each.text if each else "" for each in row)
                yield subject, predicate, graph

    def select(self, query: str) -> Table:
        """As ``Reader.select``."""
        with self._reading():
            return table_of(self._triples.query(query, use_default_graph_as_union=True))

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``."""
        return self.tsv(f"SELECT ?s ?o {{ ?s <{predicate}> ?o }}")

    def subjects(self, predicate: str) -> bytes:
        """As ``Reader.subjects``."""
        return self.tsv(f"SELECT ?s {{ ?s <{predicate}> ?o }}")

    def instances(self, cls: str) -> bytes:
        """As ``Reader.instances``."""
        return self.tsv(f"SELECT ?s {{ ?s a <{cls}> }}")

    def tsv(self, query: str) -> bytes:
        """An answer as the engine writes it in TSV."""
        with self._reading():
            found = self._triples.query(query, use_default_graph_as_union=True)
            assert isinstance(found, ox.QuerySolutions)
            return found.serialize(format=ox.QueryResultsFormat.TSV) or b""

    def rows(self, query: str) -> Iterator[Row]:
        """As ``Reader.rows``."""
        with self._reading():
            answer = self._triples.query(query, use_default_graph_as_union=True)
            assert isinstance(answer, ox.QuerySolutions)
            for solution in in_turns(answer):
                yield tuple(None if term is None else value_of(term) for term in solution)

    def triples(self, graph: str) -> bytes:
        """As ``Reader.triples``."""
        with self._reading():
            return self._triples.dump(format=_NTRIPLES, from_graph=ox.NamedNode(graph)) or b""

    def write(self, graph: str, file: Path) -> None:
        """Have what a graph says in a file, as ``triples`` tells it."""
        with self._reading():
            self._triples.dump(str(file), _NTRIPLES, from_graph=ox.NamedNode(graph))

    def triples_of(self, subject: str, graph: str) -> bytes:
        """What a graph says of a subject, written as ``triples`` does."""
        with self._reading():
            found = self._triples.quads_for_pattern(ox.NamedNode(subject), None, None, ox.NamedNode(graph))
            return ox.serialize((quad.triple for quad in found), format=_NTRIPLES) or b""

    def marks(self, source_id: str) -> Marks | None:  # noqa: ARG002 a store on disk has them
        """The numbers of what a source says of each subject; None where nobody noted them."""
        return None


class Opened(Reading):
    """Triples that are open already, of a generation of a store or of none: for a child that answers queries."""

    def __init__(self, triples: ox.Store, generation: Path | None) -> None:
        self._triples, self._generation = triples, generation
        self._loaded = Loaded() if generation is None else read_loaded(generation)

    def beside(self, name: str) -> Path | None:
        """A file that is kept beside the triples; None where they lie in memory."""
        return None if self._generation is None else self._generation / name

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``; without asking the engine where it lies ready."""
        ready = self._prepared
        told = None if ready is None else ready.told(predicate)
        return super().column(predicate) if told is None else told

    @cached_property
    def _prepared(self) -> Prepared | None:
        folder = self.beside(SUMS)
        if folder is None or not folder.is_dir():
            return None
        from graph.store.prepared import read_prepared

        return read_prepared(folder)


def _graph_of(besides: Collection[str]) -> ox.DefaultGraph | None:
    """Where statements are gone through one by one: everywhere, or outside of all graphs, where some are not wanted."""
    return ox.DefaultGraph() if besides else None


def value_of(term: object) -> Value:
    """A term of the engine as a value of ours."""
    if isinstance(term, ox.NamedNode):
        return Value("uri", term.value)
    if isinstance(term, ox.BlankNode):
        return Value("bnode", term.value)
    if isinstance(term, ox.Literal):
        return Value("literal", term.value, "" if term.language else term.datatype.value, term.language or "")
    return Value("literal", str(term))


def table_of(answer: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, *, rows: int | None = None) -> Table:
    """An answer of the engine as a table; ``rows`` cuts it, and the cut is said."""
    if isinstance(answer, ox.QueryBoolean):
        said = Value("literal", "true" if answer else "false", XSD_BOOLEAN)
        return Table(("answer",), ((said,),), form="ask")
    form: Literal["select", "graph"]
    if isinstance(answer, ox.QuerySolutions):
        form, columns = "select", tuple(variable.value for variable in answer.variables)
        lines: Iterator[tuple[object, ...]] = (tuple(solution) for solution in answer)
    else:
        form, columns = "graph", ("subject", "predicate", "object")
        lines = ((triple.subject, triple.predicate, triple.object) for triple in answer)
    found: list[Row] = []
    for line in lines:
        if rows is not None and len(found) == rows:
            return Table(columns, tuple(found), f"the first {rows:,} rows; there are more", form)
        found.append(tuple(None if term is None else value_of(term) for term in line))
    return Table(columns, tuple(found), form=form)
