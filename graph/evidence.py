"""Which dependencies are declared, which were seen in use, and where do the two differ?

Seen are those that a source calls observed, as traces do. Any other statement declares. Two elements count as a pair,
whatever the kind of the dependency: a trace knows who calls whom, and not why.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from graph.answer import Answer, count
from graph.model import Where
from graph.natural import natural
from graph.projection import Projection
from graph.store import Reader, source_graph
from graph.turns import in_turns
from ontology import terms as t

__all__ = ["Standing", "Witness", "answer", "witnesses"]

_PASSED = 50
"""Looking up a line costs about as much as to go past so many."""
_CALLS = ("connects to", "needs")
"""Kinds that a trace can show; that something runs on a server is never seen in one."""


class Standing(Enum):
    """How a pair of elements stands, what needs a look first."""

    UNDECLARED = "seen, not declared"
    UNSEEN = "declared, not seen"
    BOTH = "declared and seen"


@dataclass(frozen=True, slots=True)
class Witness:
    """One element that depends on another, and who says so: the first place that declares it, and that saw it.

    ``calls``  how often it was seen, None where no source counts
    """

    dependent: int
    provider: int
    standing: Standing
    declared: Where | None
    seen: Where | None
    calls: int | None = None


def witnesses(store: Reader, projection: Projection) -> tuple[Witness, ...]:
    """Every pair that was seen, and what is declared and not seen though its dependent was seen to call others.

    Empty where no source says that it observed something. Cost: grows with the dependencies.
    """
    said = _Said(store)
    if not said.observed:
        return ()
    seen: dict[_Pair, str] = {}
    declared: dict[_Pair, str] = {}
    calls: set[_Pair] = set()
    dependent, _, edge = projection.direct
    for pair, iri, _kind in _edges(projection, projection.edges.evident[edge]):
        if iri in said.observed:
            seen.setdefault(pair, iri)
    callers = np.unique(np.array([one for one, _ in seen], dtype=np.int64))
    for pair, iri, kind in _edges(projection, np.isin(dependent, callers)):
        if iri in said.declared:
            declared.setdefault(pair, iri)
            if kind in _CALLS:
                calls.add(pair)
    pairs = seen.keys() | calls
    where = said.places({seen.get(pair, "") for pair in pairs}, {declared.get(pair, "") for pair in pairs})
    found = [said.witness(pair, seen.get(pair, ""), declared.get(pair, ""), where) for pair in in_turns(pairs)]
    order = list(Standing)
    named = {v: natural(projection.labels[v]) for v in {v for each in found for v in (each.dependent, each.provider)}}

    def place(each: Witness) -> tuple[int, str, str]:
        return order.index(each.standing), named[each.dependent], named[each.provider]

    return tuple(sorted(found, key=place))


_Pair = tuple[int, int]


class _Said:
    """Which dependencies the sources observed, and which they declare: IRI of a dependency -> graph of a source."""

    def __init__(self, store: Reader) -> None:
        self._sources = {source_graph(source.id): source for source in store.sources}
        self.observed: dict[str, str] = {}
        self.declared: dict[str, str] = {}
        saw = set()
        for iri, graph in _pairs(store, f"?d <{t.EVIDENCE_TYPE}> <{t.EVIDENCE_OBSERVED}>"):
            if graph in self._sources:
                saw.add((iri, graph))
                self.observed[iri] = min(graph, self.observed.get(iri, graph))
        if not saw:
            return
        for iri, graph in _pairs(store, f"?d <{t.DEPENDENT}> ?dependent"):
            if graph in self._sources and (iri, graph) not in saw:
                self.declared[iri] = min(graph, self.declared.get(iri, graph))
        self._lines = {graph: store.lines(source.id) for graph, source in self._sources.items()}
        self._calls = {iri: int(value) for iri, value in in_turns(store.pairs(t.CALL_COUNT)) if value.isdecimal()}

    def witness(self, pair: _Pair, seen: str, declared: str, where: _Where) -> Witness:
        """What is said about a pair; "" for a side that says nothing."""
        standing = Standing.UNSEEN if not seen else Standing.BOTH if declared else Standing.UNDECLARED
        places = self._place(declared, self.declared, where), self._place(seen, self.observed, where)
        return Witness(*pair, standing, *places, self._calls.get(seen))

    def places(self, seen: Collection[str], declared: Collection[str]) -> _Where:
        """The lines at which the sources say something of these dependencies; "" is none."""
        wanted: dict[str, set[str]] = {}
        for names, graphs in ((seen, self.observed), (declared, self.declared)):
            for iri in names:
                if iri:
                    wanted.setdefault(graphs[iri], set()).add(iri)
        return {graph: _looked_up(self._lines[graph], names) for graph, names in wanted.items()}

    def _place(self, iri: str, graphs: Mapping[str, str], where: _Where) -> Where | None:
        if not iri:
            return None
        graph = graphs[iri]
        return Where(self._sources[graph].path, where[graph].get(iri, 0))


_Where = Mapping[str, Mapping[str, int]]


def _looked_up(lines: Mapping[str, int], names: Collection[str]) -> dict[str, int]:
    """The lines of some names, looked up one by one or, where they are many, met on the way through all."""
    if len(names) * _PASSED < len(lines):
        return {name: lines.get(name, 0) for name in names}
    return {name: line for name, line in in_turns(lines.items()) if name in names}


def _pairs(store: Reader, pattern: str) -> Iterator[tuple[str, str]]:
    for dependency, graph in store.rows(f"SELECT ?d ?g {{ GRAPH ?g {{ {pattern} }} }}"):
        if dependency is not None and graph is not None:
            yield dependency.text, graph.text


def _edges(projection: Projection, which: npt.NDArray[np.bool_]) -> Iterator[tuple[_Pair, str, str]]:
    """Both ends, IRI and kind of some dependencies between elements, those through groups too."""
    dependent, provider, edge = (ends[which].tolist() for ends in projection.direct)
    edges = projection.edges
    for one, other, number in in_turns(zip(dependent, provider, edge, strict=True)):
        yield (one, other), edges.iris[number], projection.kinds[int(edges.kind[number])].key


def answer(projection: Projection, found: Sequence[Witness]) -> Answer:
    """One row for each pair."""
    numbers = Counter(witness.standing for witness in found)
    said = "; ".join(f"{numbers[standing]:,} {standing.value}" for standing in Standing if numbers[standing])
    p = projection
    return Answer(
        title=said or count(0, "dependency", "dependencies") + " seen in use",
        of="declared and observed",
        columns=("dependent", "name", "provider", "provider name", "standing", "declared", "seen", "calls"),
        rows=tuple(
            (
                p.ids[w.dependent],
                p.labels[w.dependent],
                p.ids[w.provider],
                p.labels[w.provider],
                w.standing.value,
                str(w.declared or ""),
                str(w.seen or ""),
                w.calls,
            )
            for w in found
        ),
        facts={"revision": p.revision},
    )
