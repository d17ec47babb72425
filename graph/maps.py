"""How is a map opened? Files or a store become one value that every way in asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.analysis.cycles import findings as circles
from graph.answer import count
from graph.model import Finding, InputError
from graph.projection import Projection, project
from graph.sources import read_sources
from graph.store.embedded import DiskStore, MemoryStore
from graph.validation import run_checks, run_shapes
from ontology import terms as t

__all__ = ["Map", "load_into", "open_map"]


@dataclass(frozen=True, eq=False)
class Map:
    """An opened map: what is stored, what the reading found, and its graph (made when first asked for)."""

    store: MemoryStore | DiskStore
    reading: tuple[Finding, ...] = ()

    @cached_property
    def projection(self) -> Projection:
        """The service graph of this revision."""
        return project(self.store)

    @property
    def title(self) -> str:
        """What the map calls itself, or else the namespaces of its sources."""
        spaces = dict.fromkeys(source.namespace for source in self.store.sources if source.importer)
        return self.store.titles.get("title") or ", ".join(spaces) or "Empty map"

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What reading, projecting and the checks found; the shapes are asked by ``validate`` alone."""
        return (*self.reading, *self.projection.findings, *run_checks(self.store), *circles(self.projection))

    def validate(self) -> tuple[Finding, ...]:
        """All findings, those of the shapes included."""
        return (*self.findings, *run_shapes(self.store))

    def summary(self) -> str:
        """One sentence about what is loaded."""
        p = self.projection
        return (
            f"{self.title}: {count(len(p) - int(p.stub.sum()), 'element')}, "
            f"{count(p.dependencies, 'dependency', 'dependencies')}, "
            f"{count(len([s for s in self.store.sources if s.importer]), 'source')}"
        )


def open_map(
    paths: Sequence[Path] = (), *, store: Path | None = None, namespace: str = "", mappings: Sequence[Path] = ()
) -> Map:
    """Open files and folders, or a store.

    Raises InputError when a file cannot be used, the folder is no store, or neither or both are given.
    """
    if store is not None and paths:
        raise InputError.of("both files and a store are given", remedy="give one of them")
    if store is not None:
        return Map(DiskStore(store))
    if not paths:
        raise InputError.of("no map is given", remedy="name files or a folder, or a store with --store DIR")
    read = read_sources(paths, namespace=namespace, mappings=mappings)
    memory = MemoryStore()
    memory.replace(s for s in read if s.source.importer)
    return Map(memory, tuple(finding for s in read for finding in s.findings))


def load_into(folder: Path, paths: Sequence[Path], *, namespace: str = "", mappings: Sequence[Path] = ()) -> Map:
    """Load files into a store in a folder, in place of what they said before. All or nothing.

    Raises InputError when a file cannot be used, or the store cannot be written; it is then as it was.
    """
    store = DiskStore(folder, writable=True)
    try:
        read = read_sources(
            paths, namespace=namespace, mappings=mappings, known=lambda: (iri for iri, _ in store.pairs(t.RDF_TYPE))
        )
        store.replace(s for s in read if s.source.importer)
    finally:
        store.close()
    return Map(DiskStore(folder), tuple(finding for s in read for finding in s.findings))
