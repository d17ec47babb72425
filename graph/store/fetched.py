"""What was fetched of each source before? Columns of a map in an engine elsewhere, kept here graph by graph.

A load changes a few sources, and the service graph is made of all. What a source said is known by the name that the
load gave it, so only the graphs that have another name by now are asked for, in one question for each column.
"""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Self

from graph.store.remote import RemoteStore

__all__ = ["Fetched"]

_TABLE = "CREATE TABLE IF NOT EXISTS said (part TEXT, name TEXT, rows BLOB, PRIMARY KEY (part, name)) WITHOUT ROWID"


class Fetched:
    """The columns of a store, as ``Reader`` tells them; what is kept lies beside the projection. Used with ``with``.

    Where nothing can be kept (no disk, somebody else writes), everything is fetched.
    """

    def __init__(self, store: RemoteStore) -> None:
        self._store, self._parts = store, store.parts
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
        lines: dict[bytes, list[bytes]] = {f"<{graph}>".encode(): [] for graph in graphs}
        told = self._store.tsv(f"SELECT ?g {columns} {{ GRAPH ?g {{ {pattern} }} }}", graphs)
        for line in told.split(b"\n")[1:-1]:
            graph, _, row = line.partition(b"\t")
            lines[graph].append(row)
        return {graph[1:-1].decode(): b"".join(row + b"\n" for row in said) for graph, said in lines.items()}

    # What is kept

    def __enter__(self) -> Self:
        with suppress(sqlite3.Error):
            self._file = sqlite3.connect(self._store.beside("columns"), timeout=0.2)
            with suppress(sqlite3.Error):  # it may be there already, where nothing can be written
                self._file.execute(_TABLE)
        return self

    def __exit__(self, failed: object, *_: object) -> None:
        """Forget what no source says any more."""
        if self._file is None:
            return
        with suppress(sqlite3.Error):
            if not failed:
                now = set(self._parts.values())
                before = [part for (part,) in self._file.execute("SELECT DISTINCT part FROM said")]
                self._file.executemany("DELETE FROM said WHERE part = ?", [(p,) for p in before if p not in now])
                self._file.commit()
        self._file.close()

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
