"""How is a map opened? Files or a store become one value that every way in asks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from graph.analysis.cycles import findings as circles
from graph.answer import count
from graph.model import Finding, InputError, Severity, Source, Statements, Where
from graph.projection import Projection, project
from graph.sources import read_sources, root_and_namespace
from graph.store.embedded import DiskStore, MemoryStore, place_of
from graph.store.interface import ONTOLOGY, source_graph
from graph.validation import run_checks, run_shapes

__all__ = ["Map", "load_into", "map_of", "open_map"]


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
    return map_of(read_sources(paths, namespace=namespace, mappings=mappings))


def map_of(read: Sequence[Statements]) -> Map:
    """The map that sources make which were read."""
    memory = MemoryStore()
    memory.replace(s for s in read if s.source.importer)
    return Map(memory, tuple(finding for s in read for finding in s.findings))


def load_into(folder: Path, paths: Sequence[Path], *, namespace: str = "", mappings: Sequence[Path] = ()) -> Map:
    """Load files into a store in a folder, in place of what they said before. All or nothing.

    What a folder gave before and does not give this time is removed, and a note says so.
    Raises InputError when a file cannot be used, a source would take the place of another file's, or the store cannot
    be written; it is then as it was.
    """
    with DiskStore(folder, writable=True) as store:
        roots = [root_and_namespace(path, namespace) for path in paths if os.path.isdir(path)]  # noqa: PTH112 it never raises
        read = read_sources(
            paths, namespace=namespace, mappings=mappings, known=lambda read: _staying(store, read, roots)
        )
        _check_places(store, read)
        gone = _gone(store, read, roots)
        store.replace((s for s in read if s.source.importer), remove=[source.id for source in gone])
    removed = (
        Finding(Severity.NOTE, "removed", "", Where(source.path), "removed: loaded before, not read this time")
        for source in gone
    )
    return Map(DiskStore(folder), (*(finding for s in read for finding in s.findings), *removed))


def _gone(store: DiskStore, read: Sequence[Statements], roots: Sequence[tuple[Path, str]]) -> list[Source]:
    """The sources that the same folders gave before, and that were not read this time."""
    now = {s.source.id for s in read if s.source.importer}
    before = [source for source in store.sources if source.id not in now]
    return [
        source
        for source in before
        if any(source.namespace == space and store.place(source).is_relative_to(root) for root, space in roots)
    ]


def _staying(store: DiskStore, read: Sequence[Statements], roots: Sequence[tuple[Path, str]]) -> Iterator[str]:
    """What the sources define that this load leaves alone."""
    leaving = {s.source.id for s in read} | {source.id for source in _gone(store, read, roots)}
    graphs = [ONTOLOGY, *(source_graph(source.id) for source in store.sources if source.id not in leaving)]
    named = " ".join(f"<{graph}>" for graph in graphs)
    for (thing,) in store.select(f"SELECT DISTINCT ?x {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?x a ?kind }} }}").rows:
        if thing is not None:
            yield thing.text


def _check_places(store: DiskStore, read: Sequence[Statements]) -> None:
    """Two files of one name in two folders of one name: the second must not take the place of the first unseen."""
    before = {source.id: store.place(source) for source in store.sources}
    problems = []
    for source in (s.source for s in read):
        other, mine = before.get(source.id), Path(place_of(source.path))
        if other is not None and other != mine and os.path.exists(other) and not other.samefile(mine):  # noqa: PTH110 it never raises
            message = f"'{source.path}' and '{other}', which is in the store, would both be the source '{source.id}'"
            remedy = "load this one with its own --namespace"
            problems.append(Finding(Severity.ERROR, "input", "", None, message, remedy))
    if problems:
        raise InputError(*problems)
