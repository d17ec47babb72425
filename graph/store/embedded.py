"""How is a map kept by one process or one machine? Oxigraph, in memory or in a folder.

A folder holds generations. A change makes the next one, from a copy of the current one (hard links, so it costs little)
or anew where more would have to be taken out than put in, and then points ``CURRENT`` at it: readers never see half a
change, and a crash leaves the old generation in place.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import IO, Self

import pyoxigraph as ox

from graph.model import Finding, InputError, Statements
from graph.sources import Kept, place_of
from graph.store.columns import Columns
from graph.store.digest import GraphDigest, summed
from graph.store.folder import (
    COLUMNS,
    DRAFT,
    FORMAT,
    LINES,
    check_format,
    current,
    damaged,
    is_store,
    lock,
    make,
    read_loaded,
    sweep,
    whole,
    write_files,
    write_whole,
)
from graph.store.held import file_name, held_of, marked, now, program, side_tables, words_digest
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from graph.store.lines import LineTable, open_lines, packed
from graph.store.loaded import Held, Loaded, Ruled, read_findings
from graph.store.marks import Marks, Noted, open_marks
from graph.store.parts import load_file
from graph.store.programs import empty_graphs, intact, written_graphs, written_source
from graph.store.provenance import provenance
from graph.store.reading import Reading
from graph.store.rules import derive
from ontology.vocabulary import ontology_files

__all__ = [
    "FORMAT",
    "Change",
    "DiskStore",
    "MemoryStore",
    "conclude",
    "is_store",
    "load_ontology",
    "ontology_in_memory",
    "place_of",
    "program",
    "words_digest",
]

_NTRIPLES, _NQUADS = ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS
_SMALL, _BATCH, _PIECE = 1_000_000, 64_000_000, 1_000_000
_FEW, _DEARER = 50_000, 3
_MARKED = 5_000
"""From so many statements on, a source has its marks kept: smaller ones are read as fast as their marks."""


@dataclass(frozen=True, slots=True)
class Change:
    """What a write did: the revision it made, the graphs that it changed, and those of them that are new."""

    revision: str
    graphs: frozenset[str]
    made: frozenset[str]


class MemoryStore(Reading):
    """A store that lives as long as its process.

    >>> store = MemoryStore()
    >>> store.replace([]) == store.revision
    True
    """

    in_memory = True
    """Whether its triples are in memory too, so that a child that is forked shares them."""

    def __init__(self) -> None:
        self._triples, self._loaded = ontology_in_memory(), Loaded()
        self._lines: dict[str, LineTable] = {}
        self.beside: dict[str, Callable[[Path], object]] = {}
        """What was worked out of this revision: by the name of its file beside a copy, what writes that."""

    def replace(self, statements: Iterable[Statements], *, remove: Iterable[str] = ()) -> str:
        """As ``Store.replace``."""
        new = list(statements)
        self.beside.clear()
        gone = {*remove, *(s.source.id for s in new)}
        _take_out(self._triples, self._loaded, gone)
        _put_in(self._triples, new)
        held = [each for each in self._loaded.held if each.source.id not in gone]
        held += [held_of(s, GraphDigest(0, ""), "") for s in new]
        self._loaded = conclude(self._triples, self._loaded.changed(held, at=now(), program=program()))
        kept = {source.id for source in self._loaded.sources}
        self._lines = {key: value for key, value in self._lines.items() if key in kept}
        self._lines |= {s.source.id: LineTable(packed(s.lines)) for s in new}
        return self.revision

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``."""
        return self._lines.get(source_id, {})

    def dump(self) -> bytes:
        """Everything as N-Quads."""
        return self._triples.dump(format=_NQUADS) or b""

    def dump_into(self, file: Path) -> None:
        """The same, into a file."""
        self._triples.dump(str(file), _NQUADS)

    def write_beside(self, folder: Path) -> None:
        """What a copy has beside its triples: what it holds, and what was worked out of it."""
        (folder / "loaded.json").write_text(self._loaded.to_json(), encoding="utf-8")
        (folder / "history.jsonl").write_text(self._loaded.history_text(), encoding="utf-8")
        for name, write in self.beside.items():
            write(folder / name)

    def close(self) -> None:
        """Nothing to let go of."""


class DiskStore(Reading):
    """A store in a folder. Opened for reading it never blocks anyone; one process at a time may change it.

    Raises InputError when the folder is no store, has another format, is damaged, or is being changed by another
    process. Opened for writing it is made when it is not there, or when its making was interrupted.
    """

    def __init__(self, folder: Path, *, writable: bool = False) -> None:
        self.folder: Path = folder
        self._lock: IO[str] | None = None
        self._columns: Columns | None = None
        self.told: Path | None = None
        """A file to which a load adds what it concludes; None for no such file."""
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
            self._lock = make(self.folder, _fill)
        check_format(self.folder)
        if writable and self._lock is None:
            self._lock = lock(self.folder)
        self._open()
        if writable:
            sweep(self.folder)
            shutil.rmtree(self._generation / COLUMNS, ignore_errors=True)  # of a load that was killed

    def _open(self) -> None:
        generation = current(self.folder)
        self._tables: dict[str, Mapping[str, int]] = {}
        with whole(self.folder):
            self._triples = ox.Store.read_only(str(generation / "triples"))
            self._loaded = read_loaded(generation)
        self._generation = generation

    @contextmanager
    def _reading(self) -> Iterator[None]:
        with whole(self.folder, (OSError, RuntimeError)):
            yield

    @property
    def generation(self) -> Path:
        """The folder of the triples that are read; it never changes, another process may read it as well.

        A reader that stayed open over two loads gets the newest: its own is gone, for all that open it anew.
        """
        read = self._generation / "triples"
        return read if read.is_dir() else self.newest

    def copy(self, folder: Path) -> None:
        """Have the triples in a folder that is not there yet: links where the disk allows, else copies.

        Raises OSError or RuntimeError when the disk refuses.
        """
        self._triples.backup(str(folder))

    @property
    def newest(self) -> Path:
        """The folder of the triples that were stored last, by whichever process."""
        return current(self.folder) / "triples"

    @property
    def stale(self) -> bool:
        """Whether another revision has been stored since this was opened."""
        return self._generation != current(self.folder)

    def replace(
        self,
        statements: Iterable[Statements],
        *,
        remove: Iterable[str] = (),
        failed: Mapping[str, Sequence[Finding]] | None = None,
    ) -> str:
        """As ``Store.replace``. When nothing would change, nothing is written.

        Args:
            statements: the sources as they were read.
            remove: ids of sources that are there no more.
            failed: id of a source that stays as it is because its file cannot be used now -> why.

        Raises:
            InputError: the store was opened for reading, or the disk refuses; the store is as it was.
        """
        if self._lock is None:
            raise InputError.of(f"the store '{self.folder}' was opened for reading only")
        new = list(statements)
        failed = failed or {}
        gone = {*remove, *(s.source.id for s in new)} & {source.id for source in self.sources}
        staying = [marked(each, failed.get(each.source.id)) for each in self.held if each.source.id not in gone]
        if not new and staying == list(self.held) and self._loaded.words == words_digest():
            return self.revision
        self._forget_columns()
        before = current(self.folder)
        after = self.folder / f"{int(before.name) + 1:06d}"
        try:
            self._write(after, new, gone, staying)
            write_whole(self.folder / "CURRENT", after.name)
        except (OSError, RuntimeError, SyntaxError, InputError) as error:
            self._forget_columns()
            shutil.rmtree(after, ignore_errors=True)
            if isinstance(error, InputError):
                raise
            raise self._refused(error) from error
        self._open()
        sweep(self.folder)
        return self.revision

    def change(self, act: Callable[[Path], None], *, by: str, allowed: Callable[[str], bool]) -> Change:
        """Let something write a copy of the triples, and take what it changed as the next revision.

        Args:
            act: writes into the engine's folder that it is given, and raises InputError when it fails.
            by: who writes, for the history.
            allowed: whether the graph with an IRI may be changed by that one.

        Raises:
            InputError: as ``replace``; ``act`` failed; or it changed what files say, what the program says itself, or
                a graph that is not allowed. The store is as it was.
        """
        if self._lock is None:
            raise InputError.of(f"the store '{self.folder}' was opened for reading only")
        before = current(self.folder)
        after, draft = self.folder / f"{int(before.name) + 1:06d}", Path(mkdtemp(prefix=DRAFT, dir=self.folder))
        try:
            self._triples.backup(str(draft / "triples"))
            act(draft / "triples")
            changed = self._adopt(draft, after, by, allowed)
            if changed.graphs:
                write_whole(self.folder / "CURRENT", after.name)
        except (OSError, RuntimeError) as error:
            shutil.rmtree(after, ignore_errors=True)
            raise self._refused(error) from error
        except InputError:
            shutil.rmtree(after, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        if changed.graphs:
            self._open()
            sweep(self.folder)
        return changed

    def _adopt(self, draft: Path, after: Path, by: str, allowed: Callable[[str], bool]) -> Change:
        """Make a written copy the next generation; nothing points at it yet."""
        triples = ox.Store.read_only(str(draft / "triples"))
        new, gone = written_graphs(self._triples, triples, self.held, allowed)
        graphs = frozenset(map(source_graph, {*new, *gone}))
        if not graphs:
            return Change(self.revision, graphs, frozenset())
        known = {each.source.id for each in self.held}
        del triples
        shutil.rmtree(after, ignore_errors=True)
        after.mkdir()
        (self.folder / LINES).mkdir(exist_ok=True)
        (draft / "triples").rename(after / "triples")
        triples = ox.Store(str(after / "triples"))
        for graph in (META, DERIVED, *empty_graphs(triples)):
            triples.remove_graph(ox.NamedNode(graph))
        if self._loaded.words != words_digest() or not intact(self._triples, triples, ONTOLOGY):
            triples.remove_graph(ox.NamedNode(ONTOLOGY))
            load_ontology(triples)
        statements = [written_source(source_id, digest, now()) for source_id, digest in sorted(new.items())]
        held = [held_of(s, new[s.source.id], file_name(s, after.name)) for s in statements]
        staying = [each for each in self.held if each.source.id not in {*new, *gone}]
        loaded = self._loaded.changed([*staying, *held], at=now(), program=f"{program()}, {by}")
        loaded = conclude(triples, loaded, after / "draft.nt")
        triples.flush()
        del triples
        write_files(after, self._generation)
        for s, each in zip(statements, held, strict=True):
            self._write_tables(s, each)
        write_whole(after / "history.jsonl", loaded.history_text())
        write_whole(after / "loaded.json", loaded.to_json())
        return Change(loaded.revision, graphs, frozenset(source_graph(each) for each in set(new) - known))

    def _refused(self, error: Exception) -> InputError:
        if isinstance(error, SyntaxError):
            return InputError.of("a file changed while it was loaded", remedy="load it again when it is complete")
        spoilt = isinstance(error, FileNotFoundError) or (isinstance(error, RuntimeError) and not _is_full(error))
        if spoilt:  # the engine misses a part or finds it spoilt
            return damaged(self.folder, error)
        return InputError.of(
            f"the store '{self.folder}' could not be written ({str(error)[:160]}); it is as it was before",
            remedy="see that the disk has room and the folder may be written",
        )

    def _write(self, after: Path, new: Sequence[Statements], gone: set[str], staying: Sequence[Held]) -> None:
        """The next generation, whole; nothing points at it yet."""
        shutil.rmtree(after, ignore_errors=True)
        after.mkdir()
        (self.folder / LINES).mkdir(exist_ok=True)
        triples, draft = self._begun(after, gone), after / "draft.nt"
        columns = None if staying else self._noting(after, triples)
        digests = _put_in(triples, new, digests=True, columns=columns)
        held = [held_of(s, digest, file_name(s, after.name)) for s, (digest, _) in zip(new, digests, strict=True)]
        loaded = self._loaded.changed([*staying, *held], at=now(), program=program())
        loaded = conclude(triples, loaded, draft, columns, self.told)
        triples.flush()
        del triples
        write_files(after, self._generation)
        for s, each, (_, marks) in zip(new, held, digests, strict=True):
            self._write_tables(s, each)
            if each.statements >= _MARKED:
                write_whole(self.folder / LINES / f"{each.file}.marks", marks)
        write_whole(after / "history.jsonl", loaded.history_text())
        write_whole(after / "loaded.json", loaded.to_json())

    def _noting(self, after: Path, triples: ox.Store) -> Columns:
        """Columns for a generation of which nothing stays but the ontology, which is in them from the start."""
        self._columns = columns = Columns(after / COLUMNS)
        columns.add(BytesIO(triples.dump(format=_NTRIPLES, from_graph=ox.NamedNode(ONTOLOGY)) or b""))
        return columns

    def _begun(self, after: Path, gone: set[str]) -> ox.Store:
        """The triples of the next generation, as far as they stay: a copy, or anew where that is less work."""
        out = sum(each.statements for each in self.held if each.source.id in gone)
        out += sum(ruled.statements for ruled in self._loaded.ruled)
        staying = [each for each in self.held if each.source.id not in gone]
        path = str(after / "triples")
        if out < _FEW or out * _DEARER < sum(each.statements for each in staying):
            self._triples.backup(path)
            triples = ox.Store(path)
            _take_out(triples, self._loaded, gone)
            if self._loaded.words != words_digest():
                triples.remove_graph(ox.NamedNode(ONTOLOGY))
                load_ontology(triples)
            return triples
        triples, draft = ox.Store(path), after / "copy.nt"
        load_ontology(triples)
        for each in staying:
            graph = source_graph(each.source.id)
            self._triples.dump(str(draft), _NTRIPLES, from_graph=ox.NamedNode(graph))
            load_file(triples, draft, graph)
            draft.unlink()
        return triples

    def _write_tables(self, s: Statements, held: Held) -> None:
        for ending, table in side_tables(s).items():
            write_whole(self.folder / LINES / f"{held.file}.{ending}", table)

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``; each source's table is opened once."""
        if source_id not in self._tables:
            self._tables[source_id] = self._table(source_id, "lines")
        return self._tables[source_id]

    def _table(self, source_id: str, ending: str) -> Mapping[str, int]:
        file = self._side_file(source_id, ending)
        if file is None:
            return {}
        with whole(self.folder):
            return open_lines(file)

    def _side_file(self, source_id: str, ending: str) -> Path | None:
        held = self._held_as(source_id)
        file = self.folder / LINES / f"{held.file}.{ending}" if held else None
        with whole(self.folder):
            return file if file is not None and file.exists() else None

    def kept(self, source_id: str) -> Kept | None:
        """What the next reading of a source asks for."""
        held = self._held_as(source_id)
        if held is None:
            return None
        recipe = "" if held.stale_since else held.recipe
        mentions = self._table(source_id, "mentions")
        return Kept(held.source, recipe, lambda: self.lines(source_id), mentions, held.place)

    def marks(self, source_id: str) -> Marks | None:
        """The numbers of what a source says of each subject; None where they were not noted when it was loaded."""
        held, file = self._held_as(source_id), self._side_file(source_id, "marks")
        return open_marks(file, held.digest) if held is not None and file is not None else None

    def findings(self, source_id: str) -> tuple[Finding, ...]:
        """What the reading of a source found when it was loaded."""
        file = self._side_file(source_id, "findings")
        if file is None:
            return ()
        with whole(self.folder):
            return read_findings(file.read_text(encoding="utf-8"))

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``; right after a load of everything without asking the engine."""
        noted = self._columns.column(predicate) if self._columns is not None else None
        return super().column(predicate) if noted is None else noted

    def subjects(self, predicate: str) -> bytes:
        """As ``Reader.subjects``."""
        noted = self._columns.column(predicate) if self._columns is not None else None
        return super().subjects(predicate) if noted is None else noted

    def instances(self, cls: str) -> bytes:
        """As ``Reader.instances``."""
        noted = self._columns.instances(cls) if self._columns is not None else None
        return super().instances(cls) if noted is None else noted

    def _forget_columns(self) -> None:
        if self._columns is not None:
            self._columns.close()
            self._columns = None

    def close(self) -> None:
        """Let go of the lock."""
        self._forget_columns()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _fill(first: Path) -> None:
    """The first generation of a store: the ontology, and nothing loaded."""
    triples = ox.Store(str(first / "triples"))
    load_ontology(triples)
    triples.flush()
    del triples
    write_files(first)
    loaded = Loaded(words=words_digest())
    write_whole(first / "history.jsonl", loaded.history_text())
    write_whole(first / "loaded.json", loaded.to_json())


def load_ontology(triples: ox.Store) -> None:
    """Put the vocabulary where it belongs, in one go: each bulk load writes files of its own."""
    graph = ox.NamedNode(ONTOLOGY)
    triples.bulk_extend(
        ox.Quad(said.subject, said.predicate, said.object, graph)
        for file in ontology_files()
        for said in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE, rename_blank_nodes=True)
    )


def ontology_in_memory() -> ox.Store:
    """A store in memory with the vocabulary: without files to write, file by file takes half the time of one go."""
    triples, graph = ox.Store(), ox.NamedNode(ONTOLOGY)
    for file in ontology_files():
        triples.load(path=str(file), format=ox.RdfFormat.TURTLE, to_graph=graph)
    return triples


def _is_full(error: Exception) -> bool:
    return any(word in str(error) for word in ("No space left", "File too large", "Read-only", "Permission denied"))


def _take_out(triples: ox.Store, loaded: Loaded, gone: set[str]) -> None:
    """Take sources away, with all that is concluded or said about what is loaded."""
    for source in loaded.sources:
        if source.id in gone:
            triples.remove_graph(ox.NamedNode(source_graph(source.id)))
    triples.remove_graph(ox.NamedNode(META))
    triples.remove_graph(ox.NamedNode(DERIVED))


def _put_in(
    triples: ox.Store, new: Sequence[Statements], *, digests: bool = False, columns: Columns | None = None
) -> list[tuple[GraphDigest, bytes]]:
    """Put sources into their graphs; meanwhile digests and the marks of subjects are worked out, and columns noted."""
    with ThreadPoolExecutor(1) as beside:
        waiting = [beside.submit(_digest, s, columns) for s in new] if digests else []
        batch: list[bytes] = []
        for s in new:
            graph = source_graph(s.source.id)
            quads = _quads(s.triples, graph) if s.file is None and len(s.triples) < _SMALL else None
            if quads is not None:
                batch.append(quads)
                if sum(map(len, batch)) > _BATCH:
                    _load_quads(triples, batch)
                continue
            if s.file is not None:
                load_file(triples, s.file, graph)
            triples.bulk_load(input=s.triples, format=_NTRIPLES, to_graph=ox.NamedNode(graph))
        _load_quads(triples, batch)
        return [each.result() for each in waiting]


def _load_quads(triples: ox.Store, batch: list[bytes]) -> None:
    """Small sources go in together: each bulk load writes files of its own."""
    if batch:
        triples.bulk_load(input=b"".join(batch), format=_NQUADS)
        batch.clear()


def _quads(text: bytes, graph: str) -> bytes | None:
    """N-Triples as N-Quads of a graph; None where the lines do not all end in the plain way."""
    if text.count(b" .\n") != text.count(b"\n") or b"#" in text[:1] or b"\n#" in text or b"\n " in text:
        return None
    return text.replace(b" .\n", f" <{graph}> .\n".encode())


def _digest(s: Statements, columns: Columns | None) -> tuple[GraphDigest, bytes]:
    content = hashlib.sha256()

    def pieces() -> Iterator[list[bytes]]:
        if s.file is not None:
            with s.file.open("rb") as file:
                while lines := file.readlines(_PIECE):
                    content.update(b"".join(lines))
                    yield lines
        rest = BytesIO(s.triples)
        while lines := rest.readlines(_PIECE):
            yield lines

    def noted() -> Iterator[list[bytes]]:
        for lines in pieces():
            if columns is not None:
                columns.add(lines)
            yield lines

    found = summed(noted(), Noted())
    if s.file is None:
        return found
    if content.hexdigest() != s.source.digest:
        raise InputError.of(
            "the file changed while it was loaded", path=s.source.path, remedy="load it again when it is complete"
        )
    return found


def conclude(
    triples: ox.Store,
    loaded: Loaded,
    draft: Path | None = None,
    columns: Columns | None = None,
    told: Path | None = None,
) -> Loaded:
    """Run the rules, and say where everything comes from; nothing of both may be there.

    ``draft``, ``columns`` and ``told`` as in ``derive``.
    """
    ruled = tuple(Ruled.of(conclusion) for conclusion in derive(triples, draft, columns=columns, told=told))
    loaded = replace(loaded, ruled=ruled, words=words_digest())
    triples.bulk_load(input=provenance(loaded), format=_NTRIPLES, to_graph=ox.NamedNode(META))
    return loaded
