"""Whom does each element serve, whom does it name, and where does it stand? Read once for a revision of a map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.attributes import Attributes
from graph.kept import Arrays, Keeper, anew, arrays_of, texts_held
from graph.projection import Projection
from graph.projection.build import pairs
from graph.store import Reader
from graph.texts import Table, Texts
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["OWNING", "Inside", "Named", "Surroundings"]

Ints = npt.NDArray[np.int32]
Inside = Mapping[int, Ints]
"""What is in each whole: numbers of elements, each once, in order."""

OWNING = (
    t.OWNED_BY, t.BUSINESS_OWNER, t.TECHNICAL_OWNER, t.INFRASTRUCTURE_OWNER, t.DATA_OWNER, t.SUPPORT_GROUP,
    t.VENDOR_MANAGER,
)  # fmt: skip


class Surroundings:
    """What changes are held against again and again; each part is read when it is first asked for.

    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> opened = open_map([Path("data/laundry")])
    >>> p, places = opened.projection, opened.surroundings.places
    >>> [p.labels[v] for v in places[p.find("factory-yard")]][:3]
    ['Boiler', 'Carrier', 'Washing factory']
    """

    def __init__(self, store: Reader, projection: Projection, keep: Keeper = anew) -> None:
        self._store, self._projection, self._keep = store, projection, keep

    @cached_property
    def named(self) -> Named:
        """Whom elements name as responsible and as owners."""
        return Named(self._store, self._projection, self._keep)

    @cached_property
    def customers(self) -> Inside:
        """The business services that each customer receives: as they say, and as the agreements with customers say."""
        p, index, is_a = self._projection, self._projection.index, vocabulary().is_a
        services = {cls for cls in set(p.classes) if is_a(cls, t.BUSINESS_SERVICE)}
        told: dict[str, int] = {p.iris[v]: v for v, cls in enumerate(p.classes) if cls in services}
        if not told:
            return {}
        found = [(index[c], told[s]) for s, c in self._store.pairs(t.SERVES_CUSTOMER) if s in told and c in index]
        agreed: dict[str, set[str]] = {}
        for agreement, customer in self._store.pairs(t.AGREED_FOR):
            agreed.setdefault(agreement, set()).add(customer)
        for agreement, service in self._store.pairs(t.COVERS):
            known = [index[c] for c in agreed.get(agreement, ()) if c in index] if service in told else []
            found += [(v, told[service]) for v in known if is_a(p.classes[v], t.CUSTOMER)]
        return _gathered(*np.array(found, np.int64).reshape(-1, 2).T)

    @cached_property
    def environments(self) -> Inside:
        """What is in each environment."""

        def made() -> Arrays:
            naming, named = Attributes(self._store, self._projection).named(t.IN_ENVIRONMENT)
            return {"naming": naming, "named": named}

        told = self._keep("in-environments", made)
        return _gathered(told["named"], told["naming"])

    @cached_property
    def places(self) -> Inside:
        """What stands in each location, or in a place within it; the location itself as well.

        Where a thing stands is what it is located in, or else where what it runs on stands.
        """
        p, is_a = self._projection, vocabulary().is_a
        runs, located = self._ends(t.KIND_RUNS_ON), self._ends(t.KIND_LOCATED_IN)
        dependent, provider = np.concatenate([runs[:, ~np.isin(runs[0], located[0])], located], axis=1)
        order = np.argsort(provider, kind="stable")
        start = np.searchsorted(provider[order], np.arange(p.vertices + 1)).astype(np.int32)
        inside = start, dependent[order].astype(np.int32)
        location = {cls for cls in set(p.classes) if is_a(cls, t.LOCATION)}
        seen, found = np.zeros(p.vertices, np.bool_), {}
        for place in (v for v, cls in enumerate(p.classes) if cls in location):
            wave = np.array([place], np.int32)
            within = [wave]
            seen[place] = True
            while wave.size:
                wave = np.unique(gather(inside, wave))
                wave = wave[~seen[wave]]
                seen[wave] = True
                within.append(wave)
            found[place] = np.sort(np.concatenate(within)).astype(np.int32)
            seen[found[place]] = False
        return found

    def _ends(self, kind: str) -> npt.NDArray[np.int64]:
        """Both ends of all dependencies of a kind, those in groups as well: two rows."""
        dependent, provider, edge = self._projection.direct
        number = next(n for n, each in enumerate(self._projection.kinds) if each.iri == kind)
        chosen = np.flatnonzero(self._projection.edges.kind[edge] == number)
        return np.stack([dependent[chosen], provider[chosen]]).astype(np.int64)


def _gathered(wholes: npt.NDArray[np.int64], elements: npt.NDArray[np.int64]) -> Inside:
    """What is in each whole, from pairs."""
    both = np.unique(wholes << 32 | elements)
    found, first = np.unique(both >> 32, return_index=True)
    parts = np.split((both & 0xFFFFFFFF).astype(np.int32), first[1:])
    return dict(zip(found.tolist(), parts, strict=True)) if len(found) else {}


class Named:
    """Whom all elements name as responsible and as owners: read property by property, held in few arrays.

    ``assigned`` are those of which somebody says who is responsible: they name more than owners.
    """

    def __init__(self, store: Reader, projection: Projection, keep: Keeper = anew) -> None:
        told = keep("named", lambda: _statements(store, projection))
        element, self._predicate, self._text = (told[each] for each in ("element", "predicate", "text"))
        self._texts, self._row = texts_held(told, "texts"), np.arange(len(element), dtype=np.int32)
        self._start = np.searchsorted(element, np.arange(len(projection) + 1)).astype(np.int32)
        self.assigned = np.zeros(len(projection), np.bool_)
        self.assigned[element[self._predicate == 0]] = True

    def by(self, element: int) -> list[tuple[str, str]]:
        """Property and value of each statement of an element that names somebody, each once, in order."""
        rows = slice(self._start[element], self._start[element + 1])
        told = zip(self._predicate[rows].tolist(), self._text[rows].tolist(), strict=True)
        return sorted({(_NAMING[predicate], self._texts[text]) for predicate, text in told})

    def owners(self, elements: Ints) -> Iterator[tuple[str, str, Ints]]:
        """What many elements say of owners: property and value, and which of them say it, each once, in order."""
        naming = elements.repeat(np.diff(self._start)[elements])
        rows = gather((self._start, self._row), elements)
        said = self._predicate[rows].astype(np.int64) * len(self._texts) + self._text[rows]
        owning = self._predicate[rows] > 0
        for each, those in _gathered(said[owning], naming[owning].astype(np.int64)).items():
            predicate, text = divmod(each, len(self._texts))
            yield _NAMING[predicate], self._texts[text], those


_NAMING = (t.RACI, *OWNING)


def _statements(store: Reader, projection: Projection) -> Arrays:
    """The same as rows, those of an element together: the element, the number of the property, and of the value."""
    iris = projection.iris
    table = Table((iris if isinstance(iris, Texts) else Texts.of(iris)).stretches())
    elements, predicates, texts = [np.zeros(0, np.int64)], [np.zeros(0, np.int8)], list[bytes]()
    for number, predicate in enumerate(_NAMING):
        subjects, values = pairs(store, predicate)
        element = table.find(subjects)
        known = np.flatnonzero(element >= 0)
        elements.append(element[known])
        predicates.append(np.full(len(known), number, np.int8))
        texts += values.take(known).to_bytes()
    element = np.concatenate(elements)
    order = np.argsort(element, kind="stable")
    number_of: dict[bytes, int] = {}
    text = np.fromiter((number_of.setdefault(each, len(number_of)) for each in texts), np.int32, len(texts))
    return {
        "element": element[order],
        "predicate": np.concatenate(predicates)[order],
        "text": text[order],
        **arrays_of("texts", Texts.of(list(number_of))),
    }
