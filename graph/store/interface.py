"""What does the rest of the house need of a store? The narrow interface, and the values that cross it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol

from graph.model import Source, Statements

__all__ = [
    "DEFAULT",
    "DERIVED",
    "GRAPH",
    "META",
    "ONTOLOGY",
    "Limits",
    "Reader",
    "Row",
    "Store",
    "Table",
    "Value",
    "source_graph",
    "source_of_graph",
]

GRAPH = "https://w3id.org/servicemap/graph/"
ONTOLOGY, DERIVED, META = GRAPH + "ontology", GRAPH + "derived", GRAPH + "meta"
DEFAULT = GRAPH + "default"  # where statements go that programs write into no graph


def source_graph(source_id: str) -> str:
    """IRI of the named graph of a source; a graph that a program wrote is its own source, in angle brackets.

    >>> source_graph("gitlab/services/teams.yml")
    'https://w3id.org/servicemap/graph/source/gitlab/services/teams.yml'
    >>> source_graph("<https://example.org/forecast>")
    'https://example.org/forecast'
    """
    from urllib.parse import quote

    if source_id.startswith("<") and source_id.endswith(">"):
        return source_id[1:-1]
    return f"{GRAPH}source/{quote(source_id, safe='/-._~')}"


def source_of_graph(graph: str) -> str:
    """The id of the source that a graph belongs to: the other way round of ``source_graph``.

    >>> source_of_graph("https://example.org/forecast"), source_of_graph(source_graph("shop/a b.yaml"))
    ('<https://example.org/forecast>', 'shop/a b.yaml')
    """
    from urllib.parse import unquote

    inner = unquote(graph.removeprefix(f"{GRAPH}source/"))
    return inner if source_graph(inner) == graph else f"<{graph}>"


class Value(NamedTuple):
    """A term in an answer. ``datatype`` and ``language`` are "" where they do not apply."""

    kind: Literal["uri", "literal", "bnode"]
    text: str
    datatype: str = ""
    language: str = ""


Row = tuple[Value | None, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The answer to a query: columns and rows; ``truncated`` says, in words, which limit cut it ("" for none)."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    truncated: str = ""
    form: Literal["select", "ask", "graph"] = "select"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a query of a user may cost: seconds of wall time, bytes of memory, rows, bytes of answer."""

    seconds: float = 10.0
    memory: int = 1_000_000_000
    rows: int = 10_000
    size: int = 20_000_000


class Kept(Protocol):
    """A source as it is held, and since when its file cannot be used; "" while it can."""

    @property
    def source(self) -> Source: ...
    @property
    def stale_since(self) -> str: ...


class Reader(Protocol):
    """A revision of the map that stays as it is while it is read."""

    @property
    def revision(self) -> str:
        """Names this state of the store."""

    @property
    def sources(self) -> Sequence[Source]:
        """What is loaded."""

    @property
    def held(self) -> Sequence[Kept]:
        """The same sources as they are held: those that could not be read again say since when."""

    @property
    def titles(self) -> Mapping[str, str]:
        """What the sources say about the map itself."""

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]:
        """Subject and value of every statement with a predicate, over all graphs."""

    def about(self, subject: str) -> Iterable[tuple[str, Value, str]]:
        """Predicate, value and graph of every statement about a subject."""

    def pointing_at(self, value: str, *, besides: Collection[str] = ()) -> Iterable[tuple[str, str, str]]:
        """Subject, predicate and graph of every statement whose value is the IRI; not of some predicates and graphs."""

    def select(self, query: str) -> Table:
        """Answer a query of ours, over the union of all graphs; users' queries go through ``isolation``."""

    def column(self, predicate: str) -> bytes:
        """Subject and value of every statement with a predicate, in TSV; what is said twice may come twice."""

    def subjects(self, predicate: str) -> bytes:
        """As ``column``, the subjects alone."""

    def instances(self, cls: str) -> bytes:
        """The things of which a class is said, in TSV; what is said twice may come twice."""

    def tsv(self, query: str) -> bytes:
        """The answer to a SELECT of ours in SPARQL 1.1 TSV: for whole columns at once."""

    def rows(self, query: str) -> Iterable[Row]:
        """As ``select`` for a SELECT, a row at a time: for answers that may not fit into memory."""

    def triples(self, graph: str) -> bytes:
        """One named graph as N-Triples."""

    def lines(self, source_id: str) -> Mapping[str, int]:
        """IRI -> line, for everything that a source says."""


class Store(Reader, Protocol):
    """A store that can be changed: a set of sources whole, or not at all."""

    def replace(self, statements: Iterable[Statements], *, remove: Iterable[str] = ()) -> str:
        """Put these sources in the place of those with the same ids, take others away; returns the revision."""

    def close(self) -> None:
        """Let go of the store; another process may have it then."""
