"""What do elements say, property by property? Whole columns, each read when it is first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from threading import Lock

import numpy as np
import numpy.typing as npt

from graph.analysis.find import Column
from graph.analysis.search import Index, Said
from graph.kept import Arrays, Keeper, anew, texts_in, texts_of
from graph.projection import Projection
from graph.projection.build import OWNERS, pairs
from graph.store import Reader
from graph.texts import Table, Texts, first_of_each
from ontology import terms as t
from ontology.vocabulary import PropertyUse, vocabulary

__all__ = ["Attributes", "index"]

_ASKED_FIRST = ("alias", "criticality", "environment", "owner")
"""What the filters of a map and its search ask for: these columns are kept."""


class Attributes:
    """The properties of a revision by the keys of map files; safe to ask from many threads.

    A part of an element counts for it: ``percent`` finds the percent of an objective.

    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> opened = open_map([Path("data/laundry")])
    >>> said = Attributes(opened.store, opened.projection)
    >>> said.of("owner").words[:2]
    ('Drivers', 'Shop')
    """

    def __init__(self, store: Reader, projection: Projection, keep: Keeper = anew) -> None:
        self._store, self._projection, self._keep = store, projection, keep
        self._made: dict[str, Column] = {}
        self._lock = Lock()

    @cached_property
    def _ways(self) -> Mapping[str, dict[tuple[str, ...], PropertyUse]]:
        """Key -> the ways to its values: a property, or one that leads to a part and the part's property."""
        found: dict[str, dict[tuple[str, ...], PropertyUse]] = {}
        words = vocabulary().classes
        for cls in words.values():
            if t.ELEMENT not in (cls.iri, *cls.ancestors):
                continue
            for use in cls.properties.values():
                if use.kind != "part":
                    found.setdefault(use.key, {})[use.iri,] = use
                    continue
                for inner in words[use.range].properties.values() if use.range in words else ():
                    if inner.kind != "part":
                        found.setdefault(inner.key, {})[use.iri, inner.iri] = inner
        found["owner"] = found.get("owner", {}) | {(iri,): way for iri in OWNERS for way in _ways_of(found, iri)}
        return dict(sorted(found.items()))

    @property
    def keys(self) -> tuple[str, ...]:
        """All keys of the vocabulary that elements may be asked for, whether the map has them or not."""
        return tuple(self._ways)

    def of(self, key: str) -> Column:
        """A property of all elements; empty where no source says it. KeyError for a key that the vocabulary lacks."""
        with self._lock:
            if key not in self._made:
                self._made[key] = self._kept(key) if key in _ASKED_FIRST else self._column(key)
            return self._made[key]

    def work_ahead(self) -> None:
        """Have the columns made that are kept."""
        for key in _ASKED_FIRST:
            self.of(key)

    def _kept(self, key: str) -> Column:
        def made() -> Arrays:
            found = self._column(key)
            said = {"elements": found.elements, "codes": found.codes, "targets": found.targets}
            return said | texts_of("words", found.words)

        told = self._keep(f"said-{key}", made)
        return Column(told["elements"], told["codes"], tuple(texts_in(told, "words")), told["targets"])

    def named(self, iri: str) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """The statements with a property that name an element: numbers of who names, and of who is named."""
        subjects, values = pairs(self._store, iri)
        naming, meant = self._elements.find(subjects), self._elements.find(values)
        both = (naming >= 0) & (meant >= 0)
        return naming[both], meant[both]

    def _column(self, key: str) -> Column:
        found = [rows for way, use in self._ways[key].items() if len((rows := self._rows(way, use))[0])]
        meant = sorted({each for _, said in found for each in said})
        place = {each: number for number, each in enumerate(meant)}
        none = np.zeros(0, np.int64)
        elements = np.concatenate([none, *(elements for elements, _ in found)])
        codes = np.fromiter((place[each] for _, said in found for each in said), np.int64)
        both = np.unique(elements << 32 | codes)
        return Column(
            (both >> 32).astype(np.int32),
            (both & 0xFFFFFFFF).astype(np.int32),
            tuple(text for text, _ in meant),
            np.array([target for _, target in meant], np.int32),
        )

    @cached_property
    def _elements(self) -> Table:
        iris = self._projection.iris
        return Table((iris if isinstance(iris, Texts) else Texts.of(iris)).stretches())

    def _rows(self, way: tuple[str, ...], use: PropertyUse) -> tuple[npt.NDArray[np.int64], list[tuple[str, int]]]:
        """Elements, and what is said of each: the words, and the element that they name."""
        subjects, values = pairs(self._store, way[-1])
        element = self._elements.find(subjects)
        if len(way) > 1 and len(subjects):
            holders, parts = pairs(self._store, way[0])
            row, holder = Table(parts).find(subjects), self._elements.find(holders)
            element = np.where(row >= 0, np.append(holder, -1)[row], -1)
        known = np.flatnonzero(element >= 0)
        if not len(known):
            return known, []
        first, number = first_of_each(values.take(known))
        distinct = values.take(known).take(first)
        targets = self._elements.find(distinct).tolist()
        meant = [self._meant(raw, target, use) for raw, target in zip(distinct.to_bytes(), targets, strict=True)]
        return element[known], [meant[n] for n in number.tolist()]

    def _meant(self, raw: bytes, target: int, use: PropertyUse) -> tuple[str, int]:
        text = raw.decode("utf-8", "replace")
        if target >= 0:
            return self._projection.labels[target], target
        code = vocabulary().codes.get(text) if use.kind == "code" else None
        return (code.key or code.label if code else text), -1


def _ways_of(found: Mapping[str, dict[tuple[str, ...], PropertyUse]], iri: str) -> list[PropertyUse]:
    return [use for ways in found.values() for way, use in ways.items() if way == (iri,)][:1]


def index(projection: Projection, said: Attributes, keep: Keeper = anew) -> Index:
    """What a map is searched in: names, ids and kinds, other names, and owners."""

    def made() -> Arrays:
        alias, owner = said.of("alias"), said.of("owner")
        also = [Said("alias", alias.elements, alias.texts, called=True), Said("owner", owner.elements, owner.texts)]
        return Index(projection, also).arrays

    return Index(projection, told=keep("searched", made))
