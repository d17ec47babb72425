"""What was fetched of each source before? Columns of a map in an engine elsewhere, kept here graph by graph.

A load changes a few sources, and the service graph is made of all. What a source said is known by the name that the
load gave it, so only the graphs that have another name by now are asked for, in one question for each column.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

__all__ = ["Elsewhere", "Fetched"]

_TABLE = "CREATE TABLE IF NOT EXISTS said (part TEXT, name TEXT, rows BLOB, PRIMARY KEY (part, name)) WITHOUT ROWID"


class Elsewhere(Protocol):
    """What is needed of a store in an engine elsewhere."""

    @property
    def revision(self) -> str:
        """As ``Reader.revision``."""

    @property
    def parts(self) -> dict[str, str]:
        """The graphs that say something of the map, each with a name for what it says now; "" for not to be kept."""

    @property
    def origins(self) -> dict[str, str]:
        """The same of the graph that tells where things come from."""

    def beside(self, name: str) -> Path:
        """Where this machine keeps something that was made from the map."""

    def tsv(self, query: str, graphs: Sequence[str] | None = None) -> bytes:
        """The whole answer to a SELECT over some graphs, in TSV."""


class Fetched:
    """The columns of a store, as ``Reader`` tells them; what is kept lies beside the projection. Used with ``with``.

    Where nothing can be kept (no disk, somebody else writes), everything is fetched.

    Args:
        store: the map in an engine elsewhere.
        origins: whether what tells where things come from counts as well; the service graph needs none of it.
    """

    def __init__(self, store: Elsewhere, *, origins: bool = False) -> None:
        self._store, self._parts = store, store.parts | (store.origins if origins else {})
        self._file: sqlite3.Connection | None = None

    @property
    def revision(self) -> str:
        """As ``Reader.revision``."""
        return self._store.revision

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``."""
        return self._told("?s ?o", f"?s <{predicate}> ?o")

    def subjects(self, predicate: str) -> bytes:
        """As ``Reader.subjects``."""
        return self._told("?s", f"?s <{predicate}> ?o")

    def instances(self, cls: str) -> bytes:
        """As ``Reader.instances``."""
        return self._told("?s", f"?s a <{cls}>")

    def _told(self, columns: str, pattern: str) -> bytes:
        name = f"{columns} {pattern}"
        kept = dict(self._kept(name))
        missing = [graph for graph, part in self._parts.items() if part not in kept]
        fetched = self._fetched(columns, pattern, missing) if missing else {}
        self._keep(name, {part: fetched[graph] for graph, part in self._parts.items() if part and graph in fetched})
        rows = (fetched[graph] if graph in fetched else kept[part] for graph, part in self._parts.items())
        return b"".join((columns.replace(" ", "\t").encode(), b"\n", *rows))

    def _fetched(self, columns: str, pattern: str, graphs: list[str]) -> Mapping[str, bytes]:
        """What some graphs say, each by itself."""
        told = self._store.tsv(f"SELECT ?g {columns} {{ GRAPH ?g {{ {pattern} }} }}", graphs)
        start, rows = told.index(b"\n"), told.count(b"\n") - 1
        for graph in graphs:
            begin = f"\n<{graph}>\t".encode()
            if told.count(begin, start) == rows:  # one graph says it all, as of most columns of a large map
                return {each: told[start:].replace(begin, b"\n")[1:] if each == graph else b"" for each in graphs}
        lines: dict[bytes, list[bytes]] = {f"<{graph}>".encode(): [] for graph in graphs}
        for line in told.split(b"\n")[1:-1]:
            name, _, row = line.partition(b"\t")
            lines[name].append(row)
        return {graph[1:-1].decode(): b"".join(row + b"\n" for row in said) for graph, said in lines.items()}

    # What is kept

    def __enter__(self) -> Self:
        with suppress(sqlite3.Error):
            self._file = sqlite3.connect(self._store.beside("columns"), timeout=0.2)
            with suppress(sqlite3.Error):  # it may be there already, where nothing can be written
                self._file.execute(_TABLE)
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def forget(self) -> None:
        """Keep no longer what no source says any more."""
        if self._file is None:
            return
        with suppress(sqlite3.Error):
            now = {*self._parts.values(), *self._store.origins.values()}
            before = [part for (part,) in self._file.execute("SELECT DISTINCT part FROM said")]
            self._file.executemany("DELETE FROM said WHERE part = ?", [(p,) for p in before if p not in now])
            self._file.commit()

    def _kept(self, name: str) -> Iterator[tuple[str, bytes]]:
        if self._file is None:
            return
        now = set(self._parts.values())
        with suppress(sqlite3.Error, zlib.error):
            for part, rows in self._file.execute("SELECT part, rows FROM said WHERE name = ?", [name]):
                if part in now:
                    yield part, zlib.decompress(rows)

    def _keep(self, name: str, said: Mapping[str, bytes]) -> None:
        if self._file is not None and said:
            packed = [(part, name, zlib.compress(rows, 1)) for part, rows in said.items()]
            with suppress(sqlite3.Error):
                self._file.executemany("INSERT OR REPLACE INTO said VALUES (?, ?, ?)", packed)
                self._file.commit()
