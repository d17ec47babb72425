"""How does a store of an earlier format become one of this format? By a new generation beside the old one.

The old generation stays as it is until the new one is whole; then ``format`` and ``CURRENT`` are written, in this
order. After a crash between the two the store says that it has to be migrated, and the next run finishes.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox

from graph.model import InputError, Source
from graph.store.digest import stored_digest
from graph.store.embedded import conclude, load_ontology, program
from graph.store.folder import (
    FORMAT,
    LINES,
    OLD_FORMAT,
    check_format,
    current,
    is_store,
    lock,
    sweep,
    whole,
    write_files,
    write_whole,
)
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from graph.store.lines import packed
from graph.store.loaded import Held, Loaded

__all__ = ["migrate"]


def migrate(folder: Path) -> bool:
    """Bring a store to the format of this version; False when it has it already.

    Sources keep what they say; they are read again at the next load, because the old format does not tell what their
    reading depended on. Cost: a copy by hard links, a look at every statement, and a run of the rules.

    Raises InputError when the folder is no store, its format is not known, it is damaged or in use.
    """
    if not is_store(folder):
        raise InputError.of(f"'{folder}' is no servicemap store", remedy="name the folder of a store with --store")
    with lock(folder):
        with whole(folder):
            found = (folder / "format").read_text(encoding="utf-8")
        if found not in (OLD_FORMAT, FORMAT):
            check_format(folder)
        before = current(folder)
        with whole(folder):
            said = json.loads((before / "loaded.json").read_text(encoding="utf-8"))
            if "format" in said:
                if found == OLD_FORMAT:
                    raise ValueError("its parts are of different formats")
                return False
        after = folder / f"{int(before.name) + 1:06d}"
        try:
            _migrate(folder, before, after, said)
            write_whole(folder / "format", FORMAT)
            write_whole(folder / "CURRENT", after.name)
        except OSError as error:
            shutil.rmtree(after, ignore_errors=True)
            raise InputError.of(
                f"the store '{folder}' could not be written ({str(error)[:160]}); it is as it was before",
                remedy="see that the disk has room and the folder may be written",
            ) from error
        sweep(folder, keep=1)
        return True


def _migrate(folder: Path, before: Path, after: Path, said: Mapping[str, object]) -> None:
    shutil.rmtree(after, ignore_errors=True)
    after.mkdir()
    with whole(folder):
        ox.Store.read_only(str(before / "triples")).backup(str(after / "triples"))
        triples = ox.Store(str(after / "triples"))
        held = [_held(folder, triples, after, source, said) for source in _listed(said["sources"])]
    for graph in (META, DERIVED, ONTOLOGY):
        triples.remove_graph(ox.NamedNode(graph))
    load_ontology(triples)
    now = datetime.now(UTC).isoformat(timespec="seconds")
    loaded = conclude(triples, Loaded().changed(held, at=now, program=program()), after / "draft.nt")
    triples.flush()
    del triples
    write_files(after)
    write_whole(after / "history.jsonl", loaded.history_text())
    write_whole(after / "loaded.json", loaded.to_json())


def _listed(said: object) -> list[Mapping[str, str]]:
    if not isinstance(said, list) or not all(isinstance(each, dict) for each in said):
        raise TypeError("there is no list where sources should be")
    return said


def _held(folder: Path, triples: ox.Store, after: Path, listed: Mapping[str, str], said: Mapping[str, object]) -> Held:
    source = Source(**listed)
    old = hashlib.sha256(f"{source.id}\0{source.digest}\0{source.namespace}".encode()).hexdigest()[:24]
    file = folder / LINES / f"{old}.json"
    lines = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    new = f"{hashlib.sha256(source.id.encode()).hexdigest()[:24]}-{after.name}"
    write_whole(folder / LINES / f"{new}.lines", packed({str(key): int(line) for key, line in lines.items()}))
    digest = stored_digest(triples, source_graph(source.id))
    places, titles = said.get("places", {}), said["titles"]
    assert isinstance(places, dict)
    assert isinstance(titles, dict)
    return Held(
        source=source,
        file=new,
        place=str(places.get(source.id, "")),
        titles=dict(titles.get(source.id, {})),
        statements=digest.statements,
        digest=digest.digest,
        lines=len(lines),
    )
