"""How is a map opened? Files or a store become one value that every way in asks."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

from graph.analysis.cycles import findings as circles
from graph.answer import count
from graph.attributes import Attributes, index
from graph.claims import with_sources
from graph.figures import READ, Figures, figures
from graph.kept import Arrays, kept
from graph.model import Finding, InputError, Severity, Source, Statements, Where
from graph.projection import Projection, project
from graph.projection.cache import cached, fetched, save
from graph.rechecked import checks_again
from graph.said import Said
from graph.sources import Reading, read_again, read_sources, root_and_namespace, without_open_ends
from graph.sources.again import Again
from graph.store.embedded import DiskStore, MemoryStore, place_of
from graph.store.engine import is_address
from graph.store.held import program, words_digest
from graph.store.interface import ONTOLOGY, Reader, source_graph
from graph.store.laid import LaidStore
from graph.surroundings import Surroundings
from graph.twins import Twins
from graph.validation import Engine, kept_checks, run_checks, run_shapes
from ontology import terms as t

if TYPE_CHECKING:
    from graph.analysis.known import Known
    from graph.store.remote import RemoteStore

__all__ = ["FEW", "KEPT", "Map", "load_into", "map_of", "open_map", "open_store", "reopening"]

FEW = 1_000
KEPT = 5_000
"""From so many elements on, what takes seconds to work out lies beside a store, for whoever opens it next."""
_COSTS = {t.MONTHLY_COST, t.AMOUNT, t.CURRENCY}


@dataclass(frozen=True, eq=False)
class Map:
    """An opened map: what is stored, what the reading found, and its graph (made when first asked for).

    ``unchanged`` is how many sources the last load had not to read, because the store held them as they are.
    """

    store: MemoryStore | DiskStore | RemoteStore
    reading: tuple[Finding, ...] = ()
    unchanged: int = 0
    draft: DiskStore | None = None
    """The same map on this machine, right after all of it was loaded into an engine elsewhere."""

    @cached_property
    def projection(self) -> Projection:
        """The service graph of this revision; beside a store on disk it is kept, and opened where it is."""
        if isinstance(self.store, MemoryStore):
            made = project(self.store)
            self.store.beside["projection"] = partial(save, made)
            return made
        if isinstance(self.store, DiskStore):
            return cached(self.store, self.store.generation.parent / "projection")
        return fetched(self.store)

    @property
    def fast(self) -> bool:
        """Whether ready questions are asked with fast properties.

        On a small map the plain question is answered before the service graph is at hand; an engine elsewhere may not
        be able to answer it at all.
        """
        return not isinstance(self.store, MemoryStore | DiskStore) or len(self.projection) > FEW

    @property
    def title(self) -> str:
        """What the map calls itself, or else the namespaces of its sources."""
        spaces = dict.fromkeys(source.namespace for source in self.store.sources if source.importer)
        return self.store.titles.get("title") or ", ".join(spaces) or "Empty map"

    @cached_property
    def figures(self) -> Figures:
        """Availabilities, agreements, prices and what else the sources say in figures; read once.

        What each element costs in a month is not among them: on a large map that is most of it, and repairs alone ask.
        """
        if not self._keeps:
            return figures(self.store, costs=False)
        return figures(Said(self.store, "figures", READ - _COSTS, self.kept), costs=False)

    @cached_property
    def known(self) -> Known:
        """The map with its figures, and what is worked out of both once."""
        from graph.analysis.known import Known  # most ways in ask for no figures

        return Known(self.projection, self.figures)

    @property
    def _keeps(self) -> bool:
        return len(self.projection) >= KEPT and not isinstance(self.store, MemoryStore | LaidStore)

    @property
    def beside(self) -> Path | None:
        """Where whoever packs a store on disk keeps what was worked out of this revision."""
        return self.store.generation.parent if isinstance(self.store, DiskStore) else None

    def kept(self, name: str, make: Callable[[], Arrays]) -> Arrays:
        """What is worked out of this revision as arrays; beside a store, or in the cache for an engine elsewhere."""
        if not self._keeps:
            return make()
        assert not isinstance(self.store, MemoryStore)
        file = self.store.generation.parent / name if isinstance(self.store, DiskStore) else self.store.beside(name)
        return kept(file, f"{words_digest()} {program()} {self.store.revision}", make)

    def work_ahead(self) -> None:
        """Have made what lies beside a store: the graph, and of a large map what filters and the search ask for first.

        Cost: of 100,000 elements 4 s, which whoever opens the map first would wait for.
        """
        _ = self.projection
        if self._keeps:
            said = Attributes(self.store, self.projection, self.kept)
            said.work_ahead()
            index(self.projection, said, self.kept)

    @cached_property
    def surroundings(self) -> Surroundings:
        """Customers, environments, places and owners of everything; each read once."""
        return Surroundings(self.store, self.projection, self.kept)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What reading, projecting and the checks found; the shapes are asked by ``validate`` alone."""
        return (
            *self.reading,
            *self.remembered,
            *with_sources(self.store, self.projection.findings),
            *self.checks,
            *circles(self.projection),
        )

    @cached_property
    def checks(self) -> tuple[Finding, ...]:
        """What the checks find; for a store on disk or elsewhere it is kept for this revision."""
        if isinstance(self.store, LaidStore):
            base = Map(self.store.base)
            return checks_again(self.store, base.projection, self.projection, base.checks)
        asked = self._asked
        twin = Twins(asked, self.projection)
        if isinstance(self.store, MemoryStore):
            return run_checks(asked, twin=twin)
        if isinstance(self.store, DiskStore):
            return kept_checks(self.store, self.store.generation.parent / "findings", twin=twin)
        return kept_checks(self.store, self.store.beside("findings"), asked=asked, twin=twin)

    @cached_property
    def _asked(self) -> Reader:
        """What checks and shapes ask: the map where it lives, or the same on this machine where that is sooner."""
        store = self.store
        if self.draft is not None or isinstance(store, MemoryStore | DiskStore):
            return self.draft or store
        from graph.store.brought import Brought, is_small  # known by those alone who have an engine

        return Brought(store) if is_small(store) else store

    @cached_property
    def remembered(self) -> tuple[Finding, ...]:
        """What the store remembers of the reading of its sources."""
        if isinstance(self.store, MemoryStore):
            return ()
        store, told = self.store, {f.where for f in self.reading if f.check == "stale"}
        found = [finding for source in store.sources for finding in store.findings(source.id)]
        for held in store.held:
            where = Where(held.source.path)
            if held.stale_since and where not in told:
                message = f"says what it said on {held.source.loaded_at}: its file cannot be used ({held.problems[0]})"
                found.append(Finding(Severity.WARNING, "stale", "", where, message, "mend it and load it again"))
        return tuple(found)

    @property
    def failed(self) -> bool:
        """Whether a file of this load could not be used."""
        return any(finding.check == "stale" for finding in self.reading)

    @property
    def stale(self) -> tuple[Source, ...]:
        """The sources whose files could not be used when they were last loaded; they say what they said before."""
        return tuple(held.source for held in self.store.held if held.stale_since)

    def validate(self, *, shapes: Sequence[Path] = (), engine: Engine = "checks") -> tuple[Finding, ...]:
        """All findings, those of the shapes included; ``shapes`` and ``engine`` as in ``validation.run_shapes``.

        The shapes are asked beside the rest: the engine answers in a thread of its own.
        """
        with ThreadPoolExecutor(max_workers=1) as beside:
            of_shapes = beside.submit(run_shapes, self._asked, shapes, engine=engine)
            rest = self.findings
            return (*rest, *of_shapes.result())

    def summary(self) -> str:
        """One sentence about what is loaded."""
        p = self.projection
        return (
            f"{self.title}: {count(len(p) - int(p.stub.sum()), 'element')}, "
            f"{count(p.dependencies, 'dependency', 'dependencies')}, "
            f"{count(len([s for s in self.store.sources if s.importer]), 'source')}"
        )


def open_store(place: Path | str, *, writable: bool = False) -> DiskStore | RemoteStore:
    """The store in a folder, or behind the address of a SPARQL engine. Raises InputError as these do."""
    if isinstance(place, str) and is_address(place):
        from graph.store.remote import RemoteStore

        return RemoteStore(place, writable=writable)
    return DiskStore(Path(place), writable=writable)


def open_map(
    paths: Sequence[Path | str] | Path | str = (),
    *,
    store: Path | str | None = None,
    namespace: str = "",
    mappings: Sequence[Path | str] = (),
    open_ends: bool = False,
) -> Map:
    """Open files and folders, or one of them, or a store: a folder, or the address of a SPARQL engine.

    With ``open_ends`` files may point at what none of them defines, as in ``sources.read_sources``.

    Raises InputError when a file cannot be used, the folder is no store, or neither or both are given.
    """
    if store is not None and paths:
        raise InputError.of("both files and a store are given", remedy="give one of them")
    if store is not None:
        return Map(open_store(store))
    if not paths:
        raise InputError.of("no map is given", remedy="name files or a folder, or a store with --store DIR")
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    own = [Path(path) for path in mappings]
    return map_of(read_sources(files, namespace=namespace, mappings=own, open_ends=open_ends))


def reopening(paths: Sequence[Path], *, namespace: str = "", mappings: Sequence[Path] = ()) -> Callable[[], Map]:
    """What opens files and folders time and again, each time as ``open_map``, and reads only those that changed.

    >>> opened = reopening([Path("data/laundry")])
    >>> opened().title, opened().title
    ('A laundry', 'A laundry')
    """
    again = Again(paths, namespace=namespace, mappings=mappings)
    return lambda: map_of(again.read())


def map_of(read: Sequence[Statements]) -> Map:
    """The map that sources make which were read."""
    memory = MemoryStore()
    memory.replace(s for s in read if s.source.importer)
    return Map(memory, tuple(finding for s in read for finding in s.findings))


def load_into(place: Path | str, paths: Sequence[Path], *, namespace: str = "", mappings: Sequence[Path] = ()) -> Map:
    """Load files into a store, in place of what they said before. Only what changed is read and written.

    What a folder gave before and does not give this time is removed, and a note says so. A file that cannot be used
    and that the store holds from an earlier time keeps what it said then: its problems are among the findings, and
    ``Map.stale`` names it.

    Raises InputError when a file that the store does not hold cannot be used, a source would take the place of
    another file's, or the store cannot be written; it is then as it was.
    """
    with open_store(place, writable=True) as store:
        roots = [root_and_namespace(path, namespace) for path in paths if os.path.isdir(path)]  # noqa: PTH112 it never raises
        reading = read_again(paths, namespace=namespace, mappings=mappings, stored=store.kept)
        _check_places(store, reading.read)
        gone = _gone(store, reading, roots)
        if reading.replaced or gone:
            reading = without_open_ends(reading, lambda replaced: _staying(store, {*replaced, *(s.id for s in gone)}))
        understood = [s for s in reading.read if s.source.importer]
        store.replace(understood, remove=[source.id for source in gone], failed=reading.failed)
        Map(store).work_ahead()  # made while what was read is at hand, and kept for who asks next
    draft = None if isinstance(store, DiskStore) else store.draft
    loaded = Map(open_store(place), tuple(_told(reading, gone)), len(reading.unchanged), draft)
    _ = loaded.projection
    return loaded


def _told(reading: Reading, gone: Sequence[Source]) -> Iterator[Finding]:
    """What this reading found, beside what the store remembers of every source."""
    for statements in reading.read:
        if not statements.source.importer:
            yield from statements.findings
    for source_id, problems in reading.failed.items():
        yield from problems
        source = reading.kept[source_id].source
        message = f"kept as it was on {source.loaded_at}: the file cannot be used now"
        yield Finding(Severity.ERROR, "stale", "", Where(source.path), message, "mend it and load it again")
    for source in gone:
        message = "removed: loaded before, not read this time"
        yield Finding(Severity.NOTE, "removed", "", Where(source.path), message)


def _gone(store: DiskStore | RemoteStore, reading: Reading, roots: Sequence[tuple[Path, str]]) -> list[Source]:
    """The sources that the same folders gave before, and that are not there this time."""
    seen = reading.seen
    before = [source for source in store.sources if source.id not in seen]
    return [
        source
        for source in before
        if any(source.namespace == space and store.place(source).is_relative_to(root) for root, space in roots)
    ]


def _staying(store: DiskStore | RemoteStore, leaving: Set[str]) -> Iterator[str]:
    """What the sources define that this load leaves alone."""
    graphs = [ONTOLOGY, *(source_graph(source.id) for source in store.sources if source.id not in leaving)]
    named = " ".join(f"<{graph}>" for graph in graphs)
    for (thing,) in store.select(f"SELECT DISTINCT ?x {{ VALUES ?g {{ {named} }} GRAPH ?g {{ ?x a ?kind }} }}").rows:
        if thing is not None:
            yield thing.text


def _check_places(store: DiskStore | RemoteStore, read: Sequence[Statements]) -> None:
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
