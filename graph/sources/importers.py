"""Which formats can be read? The shipped importers, and those that mapping files describe."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Protocol

from graph.discover import discover
from graph.model import Confidence, Head, ReadOptions, Statements

__all__ = ["Importer", "endings_of", "importers_of", "known_endings"]


class Importer(Protocol):
    """A module of ``graph/importers``, or a mapping that behaves like one.

    ``ENDINGS`` are those of the files that it may know; in a folder, files with other endings are passed over.
    """

    NAME: str
    ENDINGS: frozenset[str]

    def recognises(self, head: Head) -> Confidence:
        """How sure it is that the file is its own."""

    def read(self, path: Path, options: ReadOptions) -> Statements:
        """What the file says; InputError when it cannot be used."""


def known_endings(mappings: Sequence[Path] = ()) -> frozenset[str]:
    """Endings of the files that an importer or one of the mappings may know.

    >>> ".yaml" in known_endings()
    True
    """
    return endings_of(importers_of(mappings))


def importers_of(mappings: Sequence[Path]) -> list[Importer]:
    """The importers that mapping files describe, then the shipped ones."""
    own: list[Importer] = []
    shipped: list[Importer] = list(discover("graph.importers").values())
    if mappings:
        mapping = import_module("graph.importers.mapping")
        own = [mapping.importer_for(mapping.load_mapping(path)) for path in mappings]
    return [*own, *shipped]


def endings_of(importers: Sequence[Importer]) -> frozenset[str]:
    """Endings of the files that one of these may know."""
    return frozenset[str]().union(*(importer.ENDINGS for importer in importers))
