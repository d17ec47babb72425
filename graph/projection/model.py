"""What is the service graph? Typed elements, dependencies and groups, numbered, in compact arrays.

Vertices are numbered: elements are 0 … n-1 in the order of their IRIs, groups n … n+g-1. A group is never counted,
costs no hop and has no row of its own. An edge points from the dependent to the provider. A projection that was made
from a store has its edges in the order of their providers, so that who uses a vertex stands in one stretch.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from itertools import chain
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from graph.model import Finding, InputError
from graph.similar import did_you_mean
from graph.texts import Listed, Names, Stretches, Texts
from ontology.vocabulary import DependencyKind

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "DEGRADING",
    "OPTIONAL",
    "PHASES",
    "REQUIRED",
    "STRENGTHS",
    "STRUCTURE",
    "Coded",
    "DependencyIris",
    "Edges",
    "Groups",
    "Ids",
    "Projection",
    "Sparse",
    "weight_of",
    "weights",
]

STRUCTURE, OPTIONAL, DEGRADING, REQUIRED = -1, 0, 1, 2
STRENGTHS = {"optional": OPTIONAL, "degrading": DEGRADING, "required": REQUIRED}
PHASES = ("run", "start", "change")

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Octets = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Sparse:
    """An attribute that few edges have: the edges in order, and a text for each.

    >>> Sparse(np.array([2, 7], np.int32), ["30", "45"]).get(7)
    '45'
    """

    edges: Ints
    values: Sequence[str]

    def get(self, edge: int) -> str:
        """What is said of an edge; "" when nothing is."""
        place = int(np.searchsorted(self.edges, edge))
        return self.values[place] if place < len(self.edges) and self.edges[place] == edge else ""

    def __len__(self) -> int:
        return len(self.edges)


class Edges:
    """All dependencies, one entry each in every array.

    ``dependent``, ``provider``  vertex numbers
    ``kind``      position in ``Projection.kinds``
    ``claim``     strength, phase, assumed and evident in one byte, as they are kept; made from it when asked are
    ``strength``  2 required, 1 degrading, 0 optional, -1 carries no outage (structure, or an exposure)
    ``phase``     position in ``PHASES``
    ``assumed``   True where no source states the strength and the default of the kind is used
    ``evident``   True where a source says how it knows
    ``iris``      IRI of the dependency, or of the group for the edge from a dependent to its group
    ``rare``      what few dependencies say, in the sources' words: tolerance, refill, lag, weight, protocol, slot,
                  valid_from, valid_until
    """

    def __init__(
        self,
        dependent: Ints,
        provider: Ints,
        kind: Bytes,
        strength: Bytes,
        phase: Bytes,
        assumed: Bools,
        iris: Sequence[str],
        rare: Mapping[str, Sparse] | None = None,
    ) -> None:
        self.dependent, self.provider, self.kind, self.iris = dependent, provider, kind, iris
        self.claim: Octets = ((strength + 1) | (phase << 2) | (assumed.astype(np.int8) << 4)).astype(np.uint8)
        self.rare: Mapping[str, Sparse] = rare or {}

    @classmethod
    def packed(
        cls, columns: tuple[Ints, Ints, Bytes, Octets], iris: Sequence[str], rare: Mapping[str, Sparse]
    ) -> Edges:
        """Edges of dependent, provider, kind and claim, as they are kept."""
        made = cls.__new__(cls)
        made.dependent, made.provider, made.kind, made.claim = columns
        made.iris, made.rare = iris, rare
        return made

    def __len__(self) -> int:
        return len(self.provider)

    @cached_property
    def strength(self) -> Bytes:
        """Of each edge."""
        return (self.claim & 3).astype(np.int8) - np.int8(1)

    @cached_property
    def phase(self) -> Bytes:
        """Of each edge."""
        return (self.claim >> 2 & 3).astype(np.int8)

    @cached_property
    def assumed(self) -> Bools:
        """Of each edge."""
        return (self.claim & 16).astype(np.bool_)

    @cached_property
    def evident(self) -> Bools:
        """Of each edge."""
        return (self.claim & 32).astype(np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """All groups of alternatives: how many members must work, and how many for full service (``full`` >= ``k``).

    A member with a weight counts as so many members, in ``size`` too. Where a share of them must work, ``share`` says
    how many percent, by the number of the group; ``k`` is what that comes to.
    """

    iris: Sequence[str]
    k: Ints
    full: Ints
    size: Ints
    share: Mapping[int, Decimal] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.iris)

    def needed(self, number: int, gone: int) -> int:
        """How many members of a group must work once so many of them are there no more; never none of those left."""
        if not gone or number not in self.share:
            return int(self.k[number])
        return max(1, ceil(self.share[number] * int(self.size[number] - gone) / 100))


def weights(edges: Edges, elements: int) -> Ints | None:
    """As how many members of its group the provider of each edge counts; None where each counts once.

    What is no whole number from 1 to 1,000 is left to the shapes, and counts once.
    """
    said = edges.rare.get("weight")
    found = {}
    for edge, text in zip(said.edges.tolist(), said.values, strict=True) if said else ():
        if edges.dependent[edge] >= elements and (counts_as := weight_of(text)) > 1:
            found[edge] = counts_as
    if not found:
        return None
    counts = np.ones(len(edges), np.int32)
    counts[list(found)] = list(found.values())
    return counts


def weight_of(text: str) -> int:
    """The whole number from 1 to 1,000 that a text about a weight means; 0 where it means none."""
    number = int(text) if _WEIGHT.fullmatch(text) else 0
    return number if number <= _HEAVIEST else 0


_WEIGHT, _HEAVIEST = re.compile("[0-9]{1,9}"), 1_000


class Coded(Listed):
    """A column with few different texts: each is kept once, and a small number for each row.

    >>> list(Coded(("tool", "team"), np.array([1, 0, 1], np.uint16)))
    ['team', 'tool', 'team']
    """

    __slots__ = ("codes", "words")

    def __init__(self, words: Sequence[str], codes: npt.NDArray[np.uint16]) -> None:
        self.words, self.codes = tuple(words), codes

    def __len__(self) -> int:
        return len(self.codes)

    def _one(self, at: int) -> str:
        return self.words[int(self.codes[at])]

    def __iter__(self) -> Iterator[str]:
        return (self.words[code] for code in self.codes.tolist())


class DependencyIris(Listed):
    """The IRIs of the edges, put together from what they join; those that are not made that way are kept.

    ``owner``  of each group the element whose alternatives it holds
    ``other``  the IRIs that cannot be put together
    """

    def __init__(
        self,
        ends: tuple[Ints, Ints, Bytes],
        names: tuple[Sequence[str], Sequence[str]],
        owner: Ints,
        words: Sequence[str],
        other: Sparse,
    ) -> None:
        self.dependent, self.provider, self.kind = ends
        self.names, self.groups = names
        self.owner, self.words, self.other = owner, words, other

    def __len__(self) -> int:
        return len(self.provider)

    def _one(self, edge: int) -> str:
        dependent, provider, elements = int(self.dependent[edge]), int(self.provider[edge]), len(self.names)
        if kept := self.other.get(edge):
            return kept
        if provider >= elements:
            return self.groups[provider - elements]
        grouped = dependent >= elements
        start = self.names[int(self.owner[dependent - elements]) if grouped else dependent]
        rest, _, name = self.names[provider].rpartition("/")
        made = f"{start}/dependency/{self.words[self.kind[edge]]}/{rest.rpartition('/')[2]}/{name}"
        return f"{made}/member/{self.groups[dependent - elements].rpartition('/group/')[2]}" if grouped else made


class _Index(Mapping[str, int]):
    """Vertex number of an element's IRI, by a search in the sorted IRIs; what was asked for is remembered."""

    def __init__(self, iris: Texts) -> None:
        self.iris = iris
        self._known: dict[str, int] = {}

    def _place(self, iri: str) -> int:
        number = self._known.get(iri)
        if number is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            number = self._known[iri] = self.iris.place(iri)
        return number

    def __getitem__(self, iri: str) -> int:
        number = self._place(iri)
        if number < 0:
            raise KeyError(iri)
        return number

    def __contains__(self, iri: object) -> bool:
        return isinstance(iri, str) and self._place(iri) >= 0

    def __iter__(self) -> Iterator[str]:
        return iter(self.iris)

    def __len__(self) -> int:
        return len(self.iris)


_MOST_KNOWN = 200_000


@dataclass(frozen=True, slots=True, eq=False)
class Ids:
    """How an element is found by what people call it: ``namespace/id``, the id alone, the name in small letters."""

    full: Names
    short: Names
    label: Names

    @classmethod
    def of(cls, ids: Texts, labels: Texts) -> Ids:
        """For the ids and names of all elements, in their order."""
        return cls(Names.of(ids), Names.of(_short(ids)), Names.of(_folded(labels)))


def _short(ids: Texts) -> Stretches:
    """What stands after the first "/" of each id."""
    all_ = ids.stretches()
    slashes = np.append(np.flatnonzero(ids.blob == ord("/")), len(ids.blob))
    first = slashes[np.searchsorted(slashes, all_.start)] + 1
    return Stretches(ids.blob, np.minimum(first, all_.end), all_.end)


def _folded(labels: Texts) -> Texts:
    blob = labels.blob
    if (blob < 128).all():
        return Texts(
            np.where((blob >= ord("A")) & (blob <= ord("Z")), blob | 32, blob).astype(np.uint8), labels.offsets
        )
    return Texts.of([label.casefold() for label in labels])


@dataclass(frozen=True, eq=False)
class Projection:
    """A revision of the map as a graph; see the file's head for the numbering.

    ``dated`` is how many dependencies that can carry an outage state a time of validity; all count, whatever the day.
    ``owned`` says which elements name an owner; ``criticality`` is 1 low, 2 medium, 3 high, 4 critical, 0 where nothing
    is said, and of several the highest. ``known_ids`` is what ``find`` looks in, where it is known already.
    ``besides`` says by class which elements are of it although their own class does not tell; a class that is not there
    is not known.
    """

    revision: str
    iris: Sequence[str]
    ids: Sequence[str]
    labels: Sequence[str]
    classes: Sequence[str]
    stub: Bools
    edges: Edges
    groups: Groups
    kinds: tuple[DependencyKind, ...]
    dated: int = 0
    findings: tuple[Finding, ...] = ()
    owned: Bools = field(default_factory=lambda: np.zeros(0, np.bool_))
    criticality: Bytes = field(default_factory=lambda: np.zeros(0, np.int8))
    known_ids: Ids | None = field(default=None, repr=False)
    besides: Mapping[str, Ints] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.iris)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Vertex number of each element's IRI."""
        return _Index(_as_texts(self.iris))

    @property
    def vertices(self) -> int:
        """Elements and groups together."""
        return len(self.iris) + len(self.groups)

    @cached_property
    def by_provider(self) -> bool:
        """Whether the edges stand in the order of their providers."""
        return bool((self.edges.provider[1:] >= self.edges.provider[:-1]).all())

    @cached_property
    def users(self) -> Ints:
        """Where the users of a vertex stand when all edges are in the order of their providers."""
        return _starts(self.edges.provider, self.vertices)

    @cached_property
    def uses(self) -> tuple[Ints, Ints]:
        """Edges by dependent: those of vertex v are ``order[start[v]:start[v + 1]]``."""
        return _starts(self.edges.dependent, self.vertices), _order(self.edges.dependent)

    @cached_property
    def used_by(self) -> tuple[Ints, Ints]:
        """Edges by provider: those of vertex v are ``order[start[v]:start[v + 1]]``."""
        order = np.arange(len(self.edges), dtype=np.int32) if self.by_provider else _order(self.edges.provider)
        return self.users, order

    def with_groups(self, groups: Groups) -> Projection:
        """The same map where groups need other numbers of members; indexes of its dependencies are kept."""
        made = replace(self, groups=groups)
        kept = ((name, value) for name, value in vars(self).items() if name in _INDEXES)
        vars(made).update(kept)
        return made

    def with_edges(self, edges: Edges) -> Projection:
        """The same map where dependencies are of other strengths; indexes of its dependencies are kept."""
        made = replace(self, edges=edges)
        kept = ((name, value) for name, value in vars(self).items() if name in _INDEXES)
        vars(made).update(kept)
        return made

    @cached_property
    def weight(self) -> Ints | None:
        """As how many members the provider of each edge counts in its group; None where each counts once."""
        return weights(self.edges, len(self))

    def counted(self, edges: Ints) -> Ints:
        """The same edges, each as often as its provider counts in its group: where members are counted."""
        return edges if self.weight is None else np.repeat(edges, self.weight[edges])

    @property
    def nbytes(self) -> int:
        """Bytes that the dependencies take, to be walked in both directions; IRIs are put together when asked for."""
        edges = self.edges
        columns = (edges.dependent, edges.provider, edges.kind, edges.claim, self.users, *self.uses)
        return sum(column.nbytes for column in columns)

    @property
    def dependencies(self) -> int:
        """How many dependencies the sources state; the edge from an element to its group is none of its own."""
        return int((self.edges.provider < len(self.iris)).sum())

    @cached_property
    def assumed(self) -> tuple[int, int]:
        """Of the dependencies that can carry an outage: for how many no source states a strength, and how many."""
        claim = self.edges.claim
        usable = (self.edges.provider < len(self.iris)) & (claim & 3 != STRUCTURE + 1) & (claim >> 2 & 3 == 0)
        return int((usable & (claim & 16 != 0)).sum()), int(usable.sum())

    @cached_property
    def exposing(self) -> Ints:
        """The edges that pass on no outage but an exposure: to be blind, unprotected, unrecoverable, unmanageable."""
        exposing = np.array([bool(kind.exposure) for kind in self.kinds], np.bool_)
        return np.flatnonzero(exposing[self.edges.kind]).astype(np.int32)

    @cached_property
    def direct(self) -> tuple[Ints, Ints, Ints]:
        """Direct dependencies between elements, also through groups: dependent, provider and edge."""
        edge = np.flatnonzero(self.edges.provider < len(self.iris)).astype(np.int32)
        dependent = self.edges.dependent[edge]
        inside = dependent >= len(self.iris)
        dependent[inside] = self.owners[dependent[inside] - len(self.iris)]
        known = dependent >= 0
        return dependent[known], self.edges.provider[edge][known], edge[known]

    @cached_property
    def owners(self) -> Ints:
        """The element whose alternatives each group holds, through the groups that it is in; -1 where there is none."""
        elements, edges = len(self.iris), self.edges
        around = np.arange(elements, self.vertices, dtype=np.int32)
        into = np.flatnonzero(edges.provider >= elements)
        around[edges.provider[into] - elements] = edges.dependent[into]
        owner = around.copy()
        for _ in range(len(self.groups)):
            inner = owner >= elements
            further = around[owner[inner] - elements]
            if not inner.any() or (further == owner[inner]).all():
                break
            owner[inner] = further
        owner[owner >= elements] = -1
        return owner

    def is_group(self, vertex: int) -> bool:
        """Whether a vertex is a group and not an element."""
        return vertex >= len(self.iris)

    def meant(self, name: str) -> Sequence[int]:
        """The elements that a name fits, as ``find`` reads it; none for what names nothing, which is told at once."""
        if name in self.index:
            return (self.index[name],)
        for spelling in (self._by_id, self._by_short_id, self._by_label):
            if found := spelling(name) or spelling(name.casefold()):
                return found
        return ()

    def find(self, name: str) -> int:
        """The element that a person means: its IRI, ``namespace/id``, id, or exact name.

        Raises InputError when nothing or more than one element fits, and says what would.
        """
        found = self.meant(name)
        if len(found) == 1:
            return found[0]
        if found:
            choices = ", ".join(self.ids[v] for v in found[:5])
            raise InputError.of(
                f"'{name}' fits {len(found)} elements", remedy=f"write one of {choices}", check="ambiguous-element"
            )
        names = chain(self.ids, (identifier.partition("/")[2] for identifier in self.ids), self.labels)
        raise InputError.of(
            f"no element '{name}' in this map",
            remedy=did_you_mean(name, names) or "see them all with: servicemap list",
            check="unknown-element",
        )

    def edges_called(self, iris: Set[str]) -> list[int]:
        """The edges with one of these IRIs, in order. Cost: the edges of the elements whose IRIs they begin with.

        An IRI that does not begin with that of its element is looked for among those that are kept as they are.
        """
        e, mine = self.edges, np.zeros(self.vertices, np.bool_)
        owners = {iri.partition(part)[0] for iri in iris for part in ("/dependency/", "/group/")}
        mine[[self.index[owner] for owner in owners if owner in self.index]] = True
        inner = e.provider >= len(self.iris)
        while not mine[groups := e.provider[inner & mine[e.dependent]]].all():
            mine[groups] = True
        near = mine[e.dependent]
        near[e.iris.other.edges if isinstance(e.iris, DependencyIris) else slice(None)] = True
        return [edge for edge in np.flatnonzero(near).tolist() if e.iris[edge] in iris]

    def find_all(self, names: Iterable[str]) -> list[int]:
        """The elements that a person means by several names, as ``find``.

        Raises InputError with a problem for each name that does not fit, not the first alone.
        """
        found, problems = [], list[Finding]()
        for name in names:
            try:
                found.append(self.find(name))
            except InputError as error:
                problems += error.problems
        if problems:
            raise InputError(*problems)
        return found

    @cached_property
    def names(self) -> Ids:
        """What ``find`` looks in."""
        return self.known_ids or Ids.of(_as_texts(self.ids), _as_texts(self.labels))

    def _by_id(self, name: str) -> list[int]:
        return [v for v in self.names.full.candidates(name) if self.ids[v] == name]

    def _by_short_id(self, name: str) -> list[int]:
        return [v for v in self.names.short.candidates(name) if self.ids[v].partition("/")[2] == name]

    def _by_label(self, name: str) -> list[int]:
        return [v for v in self.names.label.candidates(name) if self.labels[v].casefold() == name]

    def networkx(self) -> nx.MultiDiGraph[str]:
        """The same graph for networkx: vertices are IRIs, edges point from dependent to provider.

        Costs time and memory in proportion to the map: for analyses of a part, or of an ordinary map.
        """
        import networkx as nx

        graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
        names = [*self.iris, *self.groups.iris]
        graph.add_nodes_from((iri, {"label": label}) for iri, label in zip(self.iris, self.labels, strict=True))
        for number, iri in enumerate(self.groups.iris):
            graph.add_node(iri, group=True, k=int(self.groups.k[number]), full=int(self.groups.full[number]))
        e = self.edges
        columns = (e.dependent.tolist(), e.provider.tolist(), e.kind.tolist(), e.strength.tolist(), e.iris)
        for dependent, provider, kind, strength, iri in zip(*columns, strict=True):
            key = self.kinds[kind].key
            graph.add_edge(names[dependent], names[provider], key=iri, kind=key, strength=strength)
        return graph


_INDEXES = frozenset(
    {"by_provider", "users", "uses", "used_by", "weight", "index", "assumed", "direct", "exposing", "owners"}
)
"""What is worked out of the dependencies alone, whatever the groups need."""


def _as_texts(texts: Sequence[str]) -> Texts:
    return texts if isinstance(texts, Texts) else Texts.of(texts)


def _starts(column: Ints, vertices: int) -> Ints:
    start = np.zeros(vertices + 1, np.int32)
    np.cumsum(np.bincount(column, minlength=vertices), out=start[1:])
    return start


def _order(column: Ints) -> Ints:
    return np.argsort(column, kind="stable").astype(np.int32)
