"""Where is a small map asked that lives in an engine elsewhere? Here, in memory: it is brought once for a revision.

Checks and shapes are some hundred questions. An engine that plans one of them badly takes minutes for it, and each is
a round trip; here all of them take a second.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from graph.store.embedded import load_ontology
from graph.store.held import words_digest
from graph.store.interface import ONTOLOGY
from graph.store.reading import Reading
from graph.store.timely import LARGE

if TYPE_CHECKING:
    from graph.store.loaded import Held
    from graph.store.remote import RemoteStore

__all__ = ["Brought", "is_small"]


def is_small(store: RemoteStore) -> bool:
    """Whether a map is brought sooner than it is asked there."""
    return sum(each.statements for each in store.held) <= LARGE


class Brought(Reading):
    """What a store elsewhere holds now, to be asked here. Cost: each graph is fetched once, when it is first asked."""

    def __init__(self, store: RemoteStore) -> None:
        self._store, self._loaded = store, store._loaded  # noqa: SLF001 the same, held here

    @property
    def held(self) -> tuple[Held, ...]:
        """As ``Reader.held``."""
        return self._store.held

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``."""
        return self._store.lines(source_id)

    @cached_property
    def _triples(self) -> ox.Store:  # type: ignore[override] # made when it is first asked
        triples = ox.Store()
        ours = self._store.words == words_digest()
        if ours:
            load_ontology(triples)
        for graph in self._store.graphs:
            if graph != ONTOLOGY or not ours:
                said = self._store.triples(graph)
                triples.bulk_load(input=said, format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(graph))
        return triples
