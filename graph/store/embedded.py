"""How is a map kept by one process or one machine? Oxigraph, in memory or in a folder.

A folder holds generations. A change copies the current generation (hard links, so it costs little), changes the copy
and then points ``CURRENT`` at it: readers never see half a change, and a crash leaves the old generation in place.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Literal, Self

import pyoxigraph as ox

from graph.model import InputError, Source, Statements
from graph.ntriples import Writer
from graph.store.interface import DERIVED, META, ONTOLOGY, Row, Table, Value, source_graph
from ontology import terms as t
from ontology.vocabulary import HOME, ontology_files

__all__ = ["FORMAT", "DiskStore", "MemoryStore", "is_store", "place_of", "table_of", "value_of"]

FORMAT = "servicemap store 1\n"
_NTRIPLES = ox.RdfFormat.N_TRIPLES
_FIRST, _LINES = "000000", "lines"
_SPOILT = (OSError, RuntimeError, ValueError, KeyError, TypeError, AttributeError)
_GENERATION = re.compile("[0-9]{6,12}")
_MADE_FIRST = {"lock", _FIRST, _LINES, "CURRENT", "CURRENT.new", "format.new"}  # all that there is before ``format``


@dataclass(frozen=True, slots=True)
class _Loaded:
    """What a generation says about itself, beside its triples; ``places`` are the full paths of the sources' files."""

    sources: tuple[Source, ...] = ()
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    revision: str = "empty"
    places: Mapping[str, str] = field(default_factory=dict)

    def with_(self, statements: Sequence[Statements], gone: set[str]) -> _Loaded:
        kept = [source for source in self.sources if source.id not in gone]
        sources = tuple(sorted([*kept, *(s.source for s in statements)], key=lambda source: source.id))
        titles = {key: value for key, value in self.titles.items() if key not in gone}
        titles |= {s.source.id: dict(s.titles) for s in statements if s.titles}
        state = "".join(f"{s.id}\0{s.digest}\0{s.namespace}\n" for s in sources)
        places = {key: value for key, value in self.places.items() if key not in gone}
        places |= {s.source.id: place_of(s.source.path) for s in statements}
        return _Loaded(sources, titles, hashlib.sha256(state.encode()).hexdigest()[:12], places)

    def to_json(self) -> str:
        said = {"revision": self.revision, "titles": self.titles, "places": self.places}
        return json.dumps({**said, "sources": [asdict(s) for s in self.sources]}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> _Loaded:
        said = json.loads(text)
        titles = {key: _texts(value) for key, value in said["titles"].items()}
        places = _texts(said.get("places", {}))
        return cls(tuple(Source(**_texts(s)) for s in said["sources"]), titles, str(said["revision"]), places)

    @classmethod
    def of(cls, generation: Path) -> _Loaded:
        return cls.from_json((generation / "loaded.json").read_text(encoding="utf-8"))


def _texts(said: object) -> dict[str, str]:
    if not isinstance(said, dict) or not all(isinstance(word, str) for pair in said.items() for word in pair):
        raise TypeError("there is no text where text should be")
    return said


class _Reading:
    """The reading half of both stores."""

    _triples: ox.Store
    _loaded: _Loaded

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Where the engine reads; a store in a folder may turn out to be damaged."""
        yield

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
        with self._reading():
            for quad in self._triples.quads_for_pattern(None, ox.NamedNode(predicate), None, None):
                yield value_of(quad.subject).text, value_of(quad.object).text

    def about(self, subject: str) -> Iterator[tuple[str, Value, str]]:
        with self._reading():
            for quad in self._triples.quads_for_pattern(ox.NamedNode(subject), None, None, None):
                yield quad.predicate.value, value_of(quad.object), getattr(quad.graph_name, "value", "")

    def pointing_at(self, value: str) -> Iterator[tuple[str, str, str]]:
        with self._reading():
            for quad in self._triples.quads_for_pattern(None, None, ox.NamedNode(value), None):
                yield value_of(quad.subject).text, quad.predicate.value, getattr(quad.graph_name, "value", "")

    def select(self, query: str) -> Table:
        with self._reading():
            return table_of(self._triples.query(query, use_default_graph_as_union=True))

    def rows(self, query: str) -> Iterator[Row]:
        with self._reading():
            answer = self._triples.query(query, use_default_graph_as_union=True)
            assert isinstance(answer, ox.QuerySolutions)
            for solution in answer:
                yield tuple(None if term is None else value_of(term) for term in solution)

    def triples(self, graph: str) -> bytes:
        with self._reading():
            return self._triples.dump(format=_NTRIPLES, from_graph=ox.NamedNode(graph)) or b""


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

    Raises InputError when the folder is no store, has another format, is damaged, or is being changed by another
    process. Opened for writing it is made when it is not there, or when its making was interrupted.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.folder: Path = folder
        self._lock: IO[str] | None = None
        try:
            self._begin(writable=writable)
        except OSError as error:
            self.close()
            raise InputError.of(f"the store '{folder}' cannot be used ({error.strerror or error})") from error
        except InputError:
            self.close()
            raise

    def _begin(self, *, writable: bool) -> None:
        if any("\ud800" <= sign <= "\udfff" for sign in str(self.folder)):
            raise InputError.of(f"the name of the store '{self.folder}' is not UTF-8", remedy="give it another name")
        if not is_store(self.folder):
            if not writable:
                raise InputError.of(
                    f"'{self.folder}' is no servicemap store", remedy="make one with: servicemap load FILES --store DIR"
                )
            self._lock = _make(self.folder)
        _check_format(self.folder)
        if writable and self._lock is None:
            self._lock = _lock(self.folder)
        self._open()
        if writable:
            _sweep(self.folder)

    def _open(self) -> None:
        generation = _current(self.folder)
        self._tables: dict[str, Mapping[str, int]] = {}
        with _whole(self.folder):
            self._triples = ox.Store.read_only(str(generation / "triples"))
            self._loaded = _Loaded.of(generation)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with _whole(self.folder, (OSError, RuntimeError)):
            yield

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
            (self.folder / _LINES).mkdir(exist_ok=True)
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
            if isinstance(error, (RuntimeError, FileNotFoundError)):  # the engine misses a part or finds it spoilt
                raise _damaged(self.folder, error) from error
            raise InputError.of(
                f"the store '{self.folder}' could not be written ({str(error)[:160]}); it is as it was before",
                remedy="see that the disk has room and the folder may be written",
            ) from error
        self._open()
        _sweep(self.folder)
        return self.revision

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``; each source's table is read once."""
        if source_id not in self._tables:
            source = next((source for source in self.sources if source.id == source_id), None)
            if source is None:
                return {}
            with _whole(self.folder):
                file = self._lines_file(source)
                said = _numbers(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else {}
            self._tables[source_id] = said
        return self._tables[source_id]

    def place(self, source: Source) -> Path:
        """The full path of a source's file when it was loaded."""
        return Path(self._loaded.places.get(source.id) or place_of(source.path))

    def _lines_file(self, source: Source) -> Path:
        return self.folder / _LINES / _lines_name(source)

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


def place_of(path: str) -> str:
    """The full path of a file, the links of its folder resolved but not its own; it needs not exist.

    >>> place_of("/srv/../srv/shop.yaml")
    '/srv/shop.yaml'
    """
    folder, name = os.path.split(path)
    return str(Path(os.path.realpath(folder or "."), name))


def _make(folder: Path) -> IO[str]:
    """Make a store and give back its lock. ``format`` comes last: until then it is unfinished, and is made anew."""
    lock = None
    try:
        _check_free(folder)
        folder.mkdir(parents=True, exist_ok=True)
        lock = _lock(folder)
        if not is_store(folder):  # else another process has just made it
            _check_free(folder)
            _fill(folder)
    except (OSError, RuntimeError, InputError) as error:
        if lock is not None:
            lock.close()
        if isinstance(error, InputError):
            raise
        reason = getattr(error, "strerror", None) or str(error)[:160]
        raise InputError.of(f"no store can be made in '{folder}' ({reason})") from error
    return lock


def _check_free(folder: Path) -> None:
    """A store may be made where nothing is, or nothing but what making one left behind; all else is not ours."""
    if not folder.exists() or (folder.is_dir() and _is_free(folder)) or is_store(folder):
        return
    raise InputError.of(
        f"'{folder}' exists and is no servicemap store", remedy="name a new or an empty folder with --store"
    )


def _is_free(folder: Path) -> bool:
    lock, names = folder / "lock", _names(folder)
    ours = names <= _MADE_FIRST and lock.is_file() and lock.stat().st_size == 0
    loaded = _names(folder / _LINES) or _names(folder / _FIRST) - {"triples", "loaded.json", "loaded.json.new"}
    return not names or (ours and not loaded)


def _names(folder: Path) -> set[str]:
    return {entry.name for entry in folder.iterdir()} if folder.is_dir() else set()


def _fill(folder: Path) -> None:
    first = folder / _FIRST
    if first.exists():
        shutil.rmtree(first)
    first.mkdir()
    (folder / _LINES).mkdir(exist_ok=True)
    triples = ox.Store(str(first / "triples"))
    _load_ontology(triples)
    triples.flush()
    del triples
    _write(first / "loaded.json", _Loaded().to_json())
    _write(folder / "CURRENT", _FIRST)
    _write(folder / "format", FORMAT)


def _check_format(folder: Path) -> None:
    with _whole(folder):
        found = (folder / "format").read_text(encoding="utf-8")
    if found != FORMAT:
        raise InputError.of(
            f"'{folder}' has the format '{found.strip()[:60]}', this version reads '{FORMAT.strip()}'",
            remedy="load the files again into a new folder",
        )


@contextmanager
def _whole(folder: Path, signs: tuple[type[Exception], ...] = _SPOILT) -> Iterator[None]:
    """What cannot be read here is damage; ``signs`` are the errors that show it."""
    try:
        yield
    except signs as error:
        raise _damaged(folder, error) from error


def _damaged(folder: Path, reason: object) -> InputError:
    return InputError.of(
        f"the store '{folder}' is damaged ({str(reason)[:120]})", remedy="load the files again into a new folder"
    )


def _lines_name(source: Source) -> str:
    name = hashlib.sha256(f"{source.id}\0{source.digest}\0{source.namespace}".encode()).hexdigest()[:24]
    return f"{name}.json"


def _numbers(said: object) -> dict[str, int]:
    if not isinstance(said, dict) or not all(isinstance(line, int) for line in said.values()):
        raise TypeError("there are no numbers where lines should be")
    return said


def _lock(folder: Path) -> IO[str]:
    try:
        lock = (folder / "lock").open("a", encoding="utf-8")
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
    read = {f"{current:06d}", f"{current - 1:06d}"}
    for generation in folder.iterdir():
        if _GENERATION.fullmatch(generation.name) and generation.name not in read:
            shutil.rmtree(generation, ignore_errors=True)
    with _whole(folder):
        loaded = [_Loaded.of(folder / name) for name in sorted(read) if (folder / name / "loaded.json").exists()]
        lines = {_lines_name(source) for each in loaded for source in each.sources}
        for name in _names(folder / _LINES) - lines:
            (folder / _LINES / name).unlink(missing_ok=True)


def _current(folder: Path) -> Path:
    with _whole(folder):
        name = (folder / "CURRENT").read_text(encoding="utf-8").strip()
    if not _GENERATION.fullmatch(name):
        raise _damaged(folder, "CURRENT names no generation")
    return folder / name


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
