"""What do files say now? Those that stayed as they were are not read once more."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from graph.commits import commit_of
from graph.model import InputError, Source, Statements
from graph.sources import place_of, read_again, read_sources, without_open_ends
from graph.sources.reading import Kept, Reading

__all__ = ["Again"]

_MOST = 32_000_000
"""Bytes of triples that are held for the next reading; of a larger map nothing is."""


class Again:
    """Reads the same files and folders time and again; what it finds is what ``read_sources`` would find.

    What did not change since the reading before is taken from there, with the time at which it was read. Cost: each
    file is looked through for its digest, and what it said is held. For one thread at a time.
    """

    def __init__(self, paths: Sequence[Path], *, namespace: str = "", mappings: Sequence[Path] = ()) -> None:
        self._paths, self._namespace, self._mappings = tuple(paths), namespace, tuple(mappings)
        self._held: dict[str, Statements] = {}
        self._order: dict[str, int] = {}

    def read(self) -> list[Statements]:
        """Every source that the paths mean, in the order of a first reading; all or nothing.

        Raises InputError as ``read_sources``.
        """
        found = self._changed() if self._held else None
        if found is None:
            found = read_sources(self._paths, namespace=self._namespace, mappings=self._mappings)
        small = sum(len(statements.triples) for statements in found) <= _MOST
        self._held = {s.source.id: s for s in found if s.recipe and s.file is None} if small else {}
        return found

    def _changed(self) -> list[Statements] | None:
        """What changed since the reading before, and the rest of that; None where something cannot be used now.

        A reading of all files tells what is wrong then, or does without that file.
        """
        self._order = {}
        try:
            reading = read_again(self._paths, namespace=self._namespace, mappings=self._mappings, stored=self._kept)
            reading = without_open_ends(reading, lambda _: self._defined(reading))
        except InputError:
            return None
        if reading.failed:
            return None
        found = [*reading.read, *self._as_before(reading.unchanged)]
        return sorted(found, key=lambda each: self._order.get(each.source.id, len(self._order)))

    def _as_before(self, unchanged: Sequence[Source]) -> Iterator[Statements]:
        """Files that did not change, perhaps of another commit by now."""
        commit = cache(lambda folder: commit_of(folder / "file"))
        for held in (self._held[source.id] for source in unchanged):
            now = commit(Path(place_of(held.source.path)).parent)
            yield held if now == held.source.commit else replace(held, source=replace(held.source, commit=now))

    def _kept(self, source_id: str) -> Kept | None:
        self._order.setdefault(source_id, len(self._order))
        held = self._held.get(source_id)
        if held is None:
            return None
        mentions = held.mentions if held.closed else {}
        return Kept(held.source, held.recipe, lambda: held.lines, mentions, place_of(held.source.path))

    def _defined(self, reading: Reading) -> frozenset[str]:
        return frozenset[str]().union(*(self._held[source.id].defines for source in reading.unchanged))
