"""What do the sources say with some properties? Gone through once for a revision, and kept beside a large store."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property, partial
from itertools import accumulate, pairwise

import numpy as np

from graph.kept import Arrays, Keeper, texts_in, texts_of
from graph.store import Reader
from graph.store.interface import Value

__all__ = ["Said"]


class Said:
    """A store of which the statements with some properties are kept, under a name; it is asked for all else.

    >>> from pathlib import Path
    >>> from graph.kept import anew
    >>> from graph.maps import open_map
    >>> store = open_map([Path("data/laundry")]).store
    >>> owned = "https://w3id.org/servicemap#ownedBy"
    >>> sorted(Said(store, "owners", [owned], anew).pairs(owned)) == sorted(store.pairs(owned))
    True
    """

    def __init__(self, store: Reader, name: str, properties: Iterable[str], keep: Keeper) -> None:
        self._store, self._name, self._properties, self._keep = store, name, sorted(properties), keep

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]:
        """As ``Reader.pairs``."""
        known = self._known.get(predicate)
        return self._store.pairs(predicate) if known is None else known

    def about(self, subject: str) -> Iterable[tuple[str, Value, str]]:
        """As ``Reader.about``."""
        return self._store.about(subject)

    @cached_property
    def _known(self) -> dict[str, list[tuple[str, str]]]:
        told = self._keep(self._name, partial(_rows, self._store, self._properties))
        both = [*zip(texts_in(told, "subjects"), texts_in(told, "values"), strict=True)]
        return {of: both[a:b] for of, (a, b) in zip(self._properties, pairwise(told["start"].tolist()), strict=True)}


def _rows(store: Reader, properties: Iterable[str]) -> Arrays:
    """Subject and value of each statement, property by property, and where those of each property begin."""
    said = [[*store.pairs(predicate)] for predicate in properties]
    start = np.array([0, *accumulate(map(len, said))], np.int64)
    columns = {"subjects": [s for each in said for s, _ in each], "values": [v for each in said for _, v in each]}
    return {"start": start, **texts_of("subjects", columns["subjects"]), **texts_of("values", columns["values"])}
