"""How is a map kept by one process or one machine? Oxigraph, in memory or in a folder.

A folder holds generations. A change copies the current generation (hard links, so it costs little), changes the copy
and then points ``CURRENT`` at it: readers never see half a change, and a crash leaves the old generation in place.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal, Self

import pyoxigraph as ox

from graph.model import InputError, Source, Statements
from graph.ntriples import Writer
from graph.store.interface import DERIVED, META, ONTOLOGY, Row, Table, Value, source_graph
from ontology import terms as t
from ontology.vocabulary import HOME, ontology_files

__all__ = ["FORMAT", "DiskStore", "MemoryStore", "is_store", "table_of", "value_of"]

FORMAT = "servicemap store 1\n"
_NTRIPLES = ox.RdfFormat.N_TRIPLES


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a generation says about itself, beside its triples."""

    sources: tuple[Source, ...] = ()
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    revision: str = "empty"

    def with_(self, statements: Sequence[Statements], gone: set[str]) -> _Loaded:
        kept = [source for source in self.sources if source.id not in gone]
        sources = tuple(sorted([*kept, *(s.source for s in statements)], key=lambda source: source.id))
        titles = {key: value for key, value in self.titles.items() if key not in gone}
        titles |= {s.source.id: dict(s.titles) for s in statements if s.titles}
        state = "".join(f"{s.id}\0{s.digest}\0{s.namespace}\n" for s in sources)
        return _Loaded(sources, titles, hashlib.sha256(state.encode()).hexdigest()[:12])

    def to_json(self) -> str:
        return json.dumps(
            {"revision": self.revision, "titles": self.titles, "sources": [asdict(s) for s in self.sources]}, indent=1
        )

    @classmethod
    def from_json(cls, text: str) -> _Loaded:
        said = json.loads(text)
        return cls(tuple(Source(**s) for s in said["sources"]), said["titles"], said["revision"])


class _Reading:
    """The reading half of both stores."""

    _triples: ox.Store
    _loaded: _Loaded

    @property
    def revision(self) -> str:
        return self._loaded.revision

    @property
    def sources(self) -> tuple[Source, ...]:
        return self._loaded.sources

    @property
    def titles(self) -> Mapping[str, str]:
        """Title and description of the map: those of the first source that says them."""
        merged: dict[str, str] = {}
        for source in self._loaded.sources:
            for key, value in self._loaded.titles.get(source.id, {}).items():
                merged.setdefault(key, value)
        return merged

    def pairs(self, predicate: str) -> Iterator[tuple[str, str]]:
        for quad in self._triples.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
            yield value_of(quad.subject).text, value_of(quad.object).text

    def about(self, subject: str) -> Iterator[tuple[str, Value, str]]:
        for quad in self._triples.quads_for_pattern(ox.NamedNode(subject), None, None, None):
            yield quad.predicate.value, value_of(quad.object), getattr(quad.graph_name, "value", "")

    def pointing_at(self, value: str) -> Iterator[tuple[str, str, str]]:
        for quad in self._triples.quads_for_pattern(None, None, ox.NamedNode(value), None):
            yield value_of(quad.subject).text, quad.predicate.value, getattr(quad.graph_name, "value", "")

    def select(self, query: str) -> Table:
        return table_of(self._triples.query(query, use_default_graph_as_union=True))

    def triples(self, graph: str) -> bytes:
        done = self._triples.dump(format=_NTRIPLES, from_graph=ox.NamedNode(graph))
        return done or b""


class MemoryStore(_Reading):
    """A store that lives as long as its process.

    >>> store = MemoryStore()
    >>> store.replace([]) == store.revision
    True
    """

    def __init__(self) -> None:
        self._triples, self._loaded = ox.Store(), _Loaded()
        self._lines: dict[str, Mapping[str, int]] = {}
        _load_ontology(self._triples)

    def replace(self, statements: Iterable[Statements], *, remove: Iterable[str] = ()) -> str:
        """As ``Store.replace``."""
        new = list(statements)
        self._loaded = _change(self._triples, self._loaded, new, set(remove))
        kept = {source.id for source in self._loaded.sources}
        self._lines = {key: value for key, value in self._lines.items() if key in kept}
        self._lines |= {s.source.id: s.lines for s in new}
        return self.revision

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``."""
        return self._lines.get(source_id, {})

    def dump(self) -> bytes:
        """Everything as N-Quads."""
        return self._triples.dump(format=ox.RdfFormat.N_QUADS) or b""

    def close(self) -> None:
        """Nothing to let go of."""


class DiskStore(_Reading):
    """A store in a folder. Opened for reading it never blocks anyone; one process at a time may change it.

    Raises InputError when the folder is no store, has another format, or is being changed by another process.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.folder, self._lock = folder, None
        if not is_store(folder):
            if not writable:
                raise InputError.of(
                    f"'{folder}' is no servicemap store", remedy="make one with: servicemap load FILES --store DIR"
                )
            _make(folder)
        found = (folder / "format").read_text(encoding="utf-8")
        if found != FORMAT:
            raise InputError.of(
                f"'{folder}' has the format '{found.strip()[:60]}', this version reads '{FORMAT.strip()}'",
                remedy="load the files again into a new folder",
            )
        if writable:
            self._lock = _lock(folder)
            _sweep(folder)
        self._open()

    def _open(self) -> None:
        generation = _current(self.folder)
        try:
            self._triples = ox.Store.read_only(str(generation / "triples"))
            self._loaded = _Loaded.from_json((generation / "loaded.json").read_text(encoding="utf-8"))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError.of(
                f"the store '{self.folder}' is damaged ({str(error)[:120]})",
                remedy="load the files again into a new folder",
            ) from error

    @property
    def generation(self) -> Path:
        """The folder of the triples that are read now; it never changes, another process may read it as well."""
        return _current(self.folder) / "triples"

    def replace(self, statements: Iterable[Statements], *, remove: Iterable[str] = ()) -> str:
        """As ``Store.replace``. Raises InputError when the store was opened for reading, or the disk refuses."""
        if self._lock is None:
            raise InputError.of(f"the store '{self.folder}' was opened for reading only")
        new = list(statements)
        before = _current(self.folder)
        after = self.folder / f"{int(before.name) + 1:06d}"
        try:
            shutil.rmtree(after, ignore_errors=True)
            after.mkdir()
            self._triples.backup(str(after / "triples"))
            triples = ox.Store(str(after / "triples"))
            loaded = _change(triples, self._loaded, new, set(remove))
            triples.flush()
            del triples
            for s in new:
                _write(self._lines_file(s.source), json.dumps(dict(s.lines)))
            _write(after / "loaded.json", loaded.to_json())
            _write(self.folder / "CURRENT", after.name)
        except (OSError, RuntimeError) as error:
            shutil.rmtree(after, ignore_errors=True)
            raise InputError.of(
                f"the store '{self.folder}' could not be written ({str(error)[:160]}); it is as it was before",
                remedy="see that the disk has room and the folder may be written",
            ) from error
        self._open()
        _sweep(self.folder)
        return self.revision

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``."""
        for source in self.sources:
            if source.id == source_id and (file := self._lines_file(source)).exists():
                said: dict[str, int] = json.loads(file.read_text(encoding="utf-8"))
                return said
        return {}

    def _lines_file(self, source: Source) -> Path:
        name = hashlib.sha256(f"{source.id}\0{source.digest}\0{source.namespace}".encode()).hexdigest()[:24]
        return self.folder / "lines" / f"{name}.json"

    def close(self) -> None:
        """Let go of the lock."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def is_store(folder: Path) -> bool:
    """Whether a folder is a store of ours, of any version.

    >>> is_store(Path("/"))
    False
    """
    return (folder / "format").is_file() and (folder / "CURRENT").is_file()


def _make(folder: Path) -> None:
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise InputError.of(
                f"'{folder}' exists and is no servicemap store", remedy="name a new or an empty folder with --store"
            )
        (folder / "000000").mkdir(parents=True)
        (folder / "lines").mkdir()
        triples = ox.Store(str(folder / "000000" / "triples"))
        _load_ontology(triples)
        triples.flush()
        del triples
        _write(folder / "000000" / "loaded.json", _Loaded().to_json())
        _write(folder / "CURRENT", "000000")
        _write(folder / "format", FORMAT)
    except OSError as error:
        raise InputError.of(f"no store can be made in '{folder}' ({error.strerror or error})") from error


def _lock(folder: Path) -> IO[str]:
    try:
        lock = (folder / "lock").open("w", encoding="utf-8")
    except OSError as error:
        raise InputError.of(f"the store '{folder}' cannot be written ({error.strerror})") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        raise InputError.of(
            f"the store '{folder}' is being changed by another process", remedy="try again when that is done"
        ) from error
    return lock


def _sweep(folder: Path) -> None:
    """Take away what a crash left behind and what nobody reads any more; the last but one may still be read."""
    current = int(_current(folder).name)
    for generation in folder.iterdir():
        if generation.name.isdigit() and int(generation.name) not in (current, current - 1):
            shutil.rmtree(generation, ignore_errors=True)


def _current(folder: Path) -> Path:
    return folder / (folder / "CURRENT").read_text(encoding="utf-8").strip()


def _write(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    draft = file.with_name(file.name + ".new")
    with draft.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _load_ontology(triples: ox.Store) -> None:
    for file in ontology_files():
        triples.bulk_load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(ONTOLOGY))


def _change(triples: ox.Store, loaded: _Loaded, statements: list[Statements], remove: set[str]) -> _Loaded:
    """Replace the graphs of the sources, then say again what follows from them."""
    gone = remove | {s.source.id for s in statements}
    after = loaded.with_(statements, gone)
    for source in loaded.sources:
        if source.id in gone:
            triples.remove_graph(ox.NamedNode(source_graph(source.id)))
    for s in statements:
        graph = ox.NamedNode(source_graph(s.source.id))
        triples.bulk_load(input=s.triples, format=_NTRIPLES, to_graph=graph)
    _say_meta(triples, after)
    _derive(triples)
    return after


def _say_meta(triples: ox.Store, loaded: _Loaded) -> None:
    triples.remove_graph(ox.NamedNode(META))
    writer = Writer()
    for source in loaded.sources:
        graph = source_graph(source.id)
        writer.type(graph, t.SOURCE)
        writer.text(graph, t.RDFS_LABEL, source.id)
        writer.text(graph, t.PATH, source.path)
        writer.text(graph, t.IMPORTED_BY, source.importer)
        writer.text(graph, t.DIGEST, source.digest)
        if source.loaded_at:
            writer.text(graph, t.LOADED_AT, source.loaded_at, t.XSD_DATE_TIME)
    triples.bulk_load(input=writer.result(), format=_NTRIPLES, to_graph=ox.NamedNode(META))


def _derive(triples: ox.Store) -> None:
    """Run the rules in their order; each sees what the ones before it found."""
    graph = ox.NamedNode(DERIVED)
    triples.remove_graph(graph)
    for rule in sorted(HOME.glob("rules/*.rq")):
        found = triples.query(rule.read_text(encoding="utf-8"), use_default_graph_as_union=True)
        assert isinstance(found, ox.QueryTriples)
        triples.bulk_extend(ox.Quad(fact.subject, fact.predicate, fact.object, graph) for fact in found)


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
        said = Value("literal", "true" if answer else "false", t.XSD_BOOLEAN)
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
