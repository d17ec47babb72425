"""Is a store whole? Everything in it is read, and held against what was noted when it was loaded."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from graph.model import InputError
from graph.store.digest import GraphDigest, digest_of, stored_digest
from graph.store.embedded import load_ontology, words_digest
from graph.store.folder import LINES, check_files, check_format, current, is_store, read_loaded, whole
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from graph.store.lines import open_lines
from graph.store.loaded import Loaded, read_findings
from graph.store.parts import load_file
from graph.store.provenance import provenance
from graph.store.rules import derive

__all__ = ["Check", "verify"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_SPOILT = (OSError, RuntimeError, ValueError, KeyError, TypeError, SyntaxError)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at; ``damage`` says what is wrong with it, "" when nothing is."""

    name: str
    damage: str = ""


def verify(folder: Path) -> tuple[Check, ...]:
    """Look at all parts of a store. Nothing is changed, and others may read and write meanwhile.

    Cost: every statement is read, and the rules run again on a copy, beside the store where that may be written, else
    among temporary files: about what loading costs.

    Raises InputError when the folder is no store at all.
    """
    if not is_store(folder):
        raise InputError.of(f"'{folder}' is no servicemap store", remedy="name the folder of a store with --store")
    return tuple(_checks(folder))


def _checks(folder: Path) -> Iterator[Check]:
    opened: list[tuple[Loaded, ox.Store]] = []

    def state() -> None:
        check_format(folder)
        generation = current(folder)
        with whole(folder):
            loaded = read_loaded(generation)
            opened.append((loaded, ox.Store.read_only(str(generation / "triples"))))

    first = _looked_at("format, CURRENT, and what the generation says about itself", state)
    yield first
    if first.damage:
        return
    yield _looked_at("the files of the engine are as they were written", lambda: check_files(current(folder)))
    ((loaded, triples),) = opened
    digests: dict[str, GraphDigest] = {}
    read = _looked_at("the engine reads every statement", lambda: _read_all(triples, loaded, digests))
    yield read
    if read.damage:
        return
    for held in loaded.held:
        yield _looked_at(
            f"source {held.source.id}: its statements are those that were loaded",
            _same_graph(digests, held.source.id, held.statements, held.digest),
        )
        yield _looked_at(
            f"source {held.source.id}: its lines are complete", _whole_tables(folder, held.file, held.lines)
        )
    yield _looked_at("the provenance is that of what is loaded", lambda: _same_meta(loaded, digests))
    yield _looked_at(
        "what is concluded follows from the rules", lambda: _same_conclusions(folder, triples, loaded, digests)
    )


def _looked_at(name: str, look: Callable[[], None]) -> Check:
    try:
        look()
    except InputError as error:
        return Check(name, error.problems[0].message)
    except _SPOILT as error:
        return Check(name, " ".join(f"{type(error).__name__}: {error}".split())[:200])
    return Check(name)


def _read_all(triples: ox.Store, loaded: Loaded, digests: dict[str, GraphDigest]) -> None:
    """Each graph by its own index, and the graphs that nothing accounts for."""
    known = {ONTOLOGY, META, DERIVED, *(source_graph(held.source.id) for held in loaded.held)}
    found = {str(getattr(graph, "value", graph)) for graph in triples.named_graphs()}
    if strange := sorted(found - known):
        raise ValueError(f"it holds the graph '{strange[0]}', which no source accounts for")
    everything = sum(1 for _ in triples.quads_for_pattern(None, None, None, None))
    digests |= {graph: stored_digest(triples, graph) for graph in sorted(found | known)}
    one_by_one = sum(digest.statements for digest in digests.values())
    if everything != one_by_one:
        raise ValueError(f"one index holds {everything:,} statements, another {one_by_one:,}")


def _same_graph(digests: Mapping[str, GraphDigest], source_id: str, statements: int, digest: str) -> Callable[[], None]:
    def look() -> None:
        found = digests[source_graph(source_id)]
        if found.statements != statements:
            raise ValueError(f"it makes {found.statements:,} statements, {statements:,} were loaded")
        if found.digest != digest:
            raise ValueError("some of its statements are others than were loaded")

    return look


def _whole_tables(folder: Path, file: str, lines: int) -> Callable[[], None]:
    def look() -> None:
        table = open_lines(folder / LINES / f"{file}.lines")
        table.check()
        if len(table) != lines:
            raise ValueError(f"it knows {len(table):,} lines, {lines:,} were loaded")
        if (folder / LINES / f"{file}.mentions").exists():
            open_lines(folder / LINES / f"{file}.mentions").check()
        findings = folder / LINES / f"{file}.findings"
        if findings.exists():
            read_findings(findings.read_text(encoding="utf-8"))

    return look


def _same_meta(loaded: Loaded, digests: Mapping[str, GraphDigest]) -> None:
    if digests[META] != digest_of(provenance(loaded).splitlines(keepends=True)):
        raise ValueError("it says something else than the generation about where things come from")


def _same_conclusions(folder: Path, triples: ox.Store, loaded: Loaded, digests: Mapping[str, GraphDigest]) -> None:
    """The rules run again, on a copy that has the same sources and no conclusions."""
    before = digests[DERIVED]
    if loaded.words != words_digest():
        raise ValueError("other words or rules made it than this version has; load the files again")
    with tempfile.TemporaryDirectory(dir=_writable(folder)) as draft:
        again, file = ox.Store(str(Path(draft) / "triples")), Path(draft) / "draft.nt"
        load_ontology(again)
        for held in loaded.held:
            graph = source_graph(held.source.id)
            triples.dump(str(file), _NTRIPLES, from_graph=ox.NamedNode(graph))
            load_file(again, file, graph)
        derive(again, file)
        after = stored_digest(again, DERIVED)
        del again
    if before != after:
        raise ValueError(f"{before.statements:,} statements are concluded, the rules conclude {after.statements:,}")


def _writable(folder: Path) -> Path | None:
    """Where the copy goes: beside the store, on the same disk, or among temporary files."""
    return folder.absolute().parent if os.access(folder.absolute().parent, os.W_OK) else None
