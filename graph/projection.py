"""What does the map look like as a graph? Triples become typed elements, dependencies and groups in compact arrays.

Vertices are numbered: elements are 0 … n-1 in the order of their IRIs, groups n … n+g-1. A group is never counted,
costs no hop and has no row of its own. An edge points from the dependent to the provider.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from graph.model import Finding, InputError, Severity
from graph.ntriples import readable_id
from graph.similar import did_you_mean
from ontology import terms as t
from ontology.vocabulary import DependencyKind, Vocabulary, vocabulary

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "DEGRADING",
    "OPTIONAL",
    "PHASES",
    "REQUIRED",
    "STRENGTHS",
    "STRUCTURE",
    "Edges",
    "Groups",
    "Projection",
    "project",
]

STRUCTURE, OPTIONAL, DEGRADING, REQUIRED = -1, 0, 1, 2
STRENGTHS = {"optional": OPTIONAL, "degrading": DEGRADING, "required": REQUIRED}
PHASES = ("run", "start", "change")

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]


class Statements(Protocol):
    """What the projection needs of a store."""

    @property
    def revision(self) -> str: ...
    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """All dependencies, one entry each in every array.

    ``dependent``, ``provider``  vertex numbers
    ``kind``      position in ``Projection.kinds``
    ``strength``  2 required, 1 degrading, 0 optional, -1 carries no outage (structure, or an exposure)
    ``phase``     position in ``PHASES``
    ``assumed``   True where no source states the strength and the default of the kind is used
    ``iris``      IRI of the dependency, or of the group for the edge from a dependent to its group
    """

    dependent: Ints
    provider: Ints
    kind: Bytes
    strength: Bytes
    phase: Bytes
    assumed: Bools
    iris: list[str]

    def __len__(self) -> int:
        return len(self.iris)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """All groups of alternatives: how many members must work, and how many for full service (``full`` >= ``k``)."""

    iris: list[str]
    k: Ints
    full: Ints
    size: Ints

    def __len__(self) -> int:
        return len(self.iris)


@dataclass(frozen=True, eq=False)
class Projection:
    """A revision of the map as a graph; see the file's head for the numbering.

    ``dated`` is how many dependencies that can carry an outage state a time of validity; all count, whatever the day.
    """

    revision: str
    iris: list[str]
    ids: list[str]
    labels: list[str]
    classes: list[str]
    stub: Bools
    edges: Edges
    groups: Groups
    kinds: tuple[DependencyKind, ...]
    dated: int = 0
    findings: tuple[Finding, ...] = ()

    def __len__(self) -> int:
        return len(self.iris)

    @cached_property
    def index(self) -> Mapping[str, int]:
        """Vertex number of each element's IRI."""
        return {iri: number for number, iri in enumerate(self.iris)}

    @property
    def vertices(self) -> int:
        """Elements and groups together."""
        return len(self.iris) + len(self.groups)

    @cached_property
    def uses(self) -> tuple[Ints, Ints]:
        """Edges by dependent: those of vertex v are ``order[start[v]:start[v + 1]]``."""
        return _by_vertex(self.edges.dependent, self.vertices)

    @cached_property
    def used_by(self) -> tuple[Ints, Ints]:
        """Edges by provider: those of vertex v are ``order[start[v]:start[v + 1]]``."""
        return _by_vertex(self.edges.provider, self.vertices)

    @cached_property
    def softened_by(self) -> tuple[Ints, Ints]:
        """Of ``used_by`` only the edges that may pass on less than they get: degrading ones, and those into a group."""
        softening = (self.edges.strength == DEGRADING) | (self.edges.dependent >= len(self.iris))
        edges = np.flatnonzero(softening).astype(np.int32)
        start, order = _by_vertex(self.edges.provider[edges], self.vertices)
        return start, edges[order]

    @property
    def dependencies(self) -> int:
        """How many dependencies the sources state; the edge from an element to its group is none of its own."""
        return int((self.edges.provider < len(self.iris)).sum())

    @cached_property
    def direct(self) -> tuple[Ints, Ints, Ints]:
        """Direct dependencies between elements, also through groups: dependent, provider and edge."""
        edge = np.flatnonzero(self.edges.provider < len(self.iris)).astype(np.int32)
        dependent = self.edges.dependent[edge]
        owner = np.arange(self.vertices, dtype=np.int32)
        into = self.edges.provider >= len(self.iris)
        owner[self.edges.provider[into]] = self.edges.dependent[into]
        for _ in range(len(self.groups)):
            inside = dependent >= len(self.iris)
            if not inside.any() or (owner[dependent[inside]] == dependent[inside]).all():
                break
            dependent[inside] = owner[dependent[inside]]
        known = dependent < len(self.iris)
        return dependent[known], self.edges.provider[edge][known], edge[known]

    def is_group(self, vertex: int) -> bool:
        """Whether a vertex is a group and not an element."""
        return vertex >= len(self.iris)

    def find(self, name: str) -> int:
        """The element that a person means: its IRI, ``namespace/id``, id, or exact name.

        Raises InputError when nothing or more than one element fits, and says what would.
        """
        if name in self.index:
            return self.index[name]
        for spelling in (self._by_id, self._by_short_id, self._by_label):
            found = spelling.get(name) or spelling.get(name.casefold())
            if found and len(found) == 1:
                return found[0]
            if found:
                choices = ", ".join(self.ids[v] for v in found[:5])
                raise InputError.of(
                    f"'{name}' fits {len(found)} elements", remedy=f"write one of {choices}", check="ambiguous-element"
                )
        names = [*self._by_id, *self._by_short_id, *(label for label in self.labels)]
        raise InputError.of(
            f"no element '{name}' in this map",
            remedy=did_you_mean(name, names) or "see them all with: servicemap list",
            check="unknown-element",
        )

    @cached_property
    def _by_id(self) -> dict[str, list[int]]:
        return {identifier: [number] for number, identifier in enumerate(self.ids)}

    @cached_property
    def _by_short_id(self) -> dict[str, list[int]]:
        return _collect((identifier.partition("/")[2], number) for number, identifier in enumerate(self.ids))

    @cached_property
    def _by_label(self) -> dict[str, list[int]]:
        return _collect((label.casefold(), number) for number, label in enumerate(self.labels))

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


def _collect(pairs: Iterable[tuple[str, int]]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for name, number in pairs:
        found[name].append(number)
    return dict(found)


def _by_vertex(column: Ints, vertices: int) -> tuple[Ints, Ints]:
    order = np.argsort(column, kind="stable").astype(np.int32)
    start = np.zeros(vertices + 1, np.int32)
    np.cumsum(np.bincount(column, minlength=vertices), out=start[1:])
    return start, order


def project(store: Statements, words: Vocabulary | None = None) -> Projection:
    """Turn the statements of a store into the service graph. Time and memory grow with the map, nothing more.

    Two sources that give one dependency different strengths: the stronger claim counts, and a finding says so.
    """
    words = words or vocabulary()
    kinds = tuple(words.kinds.values())
    kind_number = {kind.iri: number for number, kind in enumerate(kinds)}
    classes = _classes(store, words)
    labels = _first(store.pairs(t.RDFS_LABEL))
    identifiers = _first(store.pairs(t.DCTERMS_IDENTIFIER))
    stubs = {subject for subject, value in store.pairs(t.IS_STUB) if value == "true"}
    iris = sorted(classes)
    group_facts = _GroupFacts(store)
    group_iris = sorted(group_facts.dependent)
    number = {iri: position for position, iri in enumerate([*iris, *group_iris])}
    ids = [_readable(iri, identifiers.get(iri, "")) for iri in iris]

    edges = _EdgeColumns(kinds, words)
    dependents, providers = _first(store.pairs(t.DEPENDENT)), _first(store.pairs(t.PROVIDER))
    kind_of, strengths = _first(store.pairs(t.KIND)), _all(store.pairs(t.STRENGTH))
    phases, outer = _all(store.pairs(t.PHASE)), _first(store.pairs(t.MEMBER_OF_GROUP))
    dated = {subject for term in (t.VALID_FROM, t.VALID_UNTIL) for subject, _ in store.pairs(term)}
    fallback = next(position for position, kind in enumerate(kinds) if kind.key == "needs")
    claims = _group_claims(strengths, outer)
    for iri in sorted(providers):
        dependent, provider = number.get(outer.get(iri, dependents.get(iri, ""))), number.get(providers[iri])
        if dependent is not None and provider is not None:
            kind = kind_number.get(kind_of.get(iri, ""), fallback)
            assumed = not claims(iri)
            edges.add(iri, dependent, provider, kind, strengths.get(iri, ()), phases.get(iri, ()), assumed=assumed)
    for iri in group_iris:
        dependent = number.get(outer.get(iri, group_facts.dependent[iri]))
        if dependent is not None:
            assumed = not claims(iri)
            edges.add(iri, dependent, number[iri], fallback, strengths.get(iri, ()), (), assumed=assumed)
    done = edges.done()
    return Projection(
        revision=store.revision,
        iris=iris,
        ids=ids,
        labels=[labels.get(iri) or identifiers.get(iri) or ids[position] for position, iri in enumerate(iris)],
        classes=[classes[iri] for iri in iris],
        stub=np.fromiter((iri in stubs for iri in iris), np.bool_, len(iris)),
        edges=done,
        groups=group_facts.groups(group_iris, done, len(iris)),
        kinds=kinds,
        dated=sum(
            iri in dated for iri, strength in zip(done.iris, done.strength, strict=True) if strength != STRUCTURE
        ),
        findings=(*edges.findings, *group_facts.findings),
    )


def _group_claims(strengths: Mapping[str, tuple[str, ...]], outer: Mapping[str, str]) -> Callable[[str], bool]:
    """Whether a dependency, or a group that it belongs to, states a strength: a group speaks for its members."""

    def claimed(iri: str, depth: int = 0) -> bool:
        return iri in strengths or (iri in outer and depth < _DEEPEST_GROUP and claimed(outer[iri], depth + 1))

    return claimed


_DEEPEST_GROUP = 100


def _readable(iri: str, identifier: str) -> str:
    readable = readable_id(iri)
    return f"{readable.partition('/')[0]}/{identifier}" if identifier else readable


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The smallest value of each subject: the same, whatever the order of the sources."""
    found: dict[str, str] = {}
    for subject, value in pairs:
        if subject not in found or value < found[subject]:
            found[subject] = value
    return found


def _all(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for subject, value in pairs:
        known = found.get(subject, ())
        if value not in known:
            found[subject] = (*known, value)
    return found


def _classes(store: Statements, words: Vocabulary) -> dict[str, str]:
    """The most specific class of each element."""
    elements = {iri: len(cls.ancestors) for iri, cls in words.classes.items() if words.is_a(iri, t.ELEMENT)}
    found: dict[str, str] = {}
    for subject, cls in store.pairs(t.RDF_TYPE):
        if cls in elements:
            known = found.get(subject)
            if known is None or (elements[cls], cls) > (elements[known], known):
                found[subject] = cls
    return found


class _EdgeColumns:
    """Collects edges; the strongest of several claims counts."""

    def __init__(self, kinds: tuple[DependencyKind, ...], words: Vocabulary) -> None:
        self.kinds = kinds
        self.default = [STRENGTHS.get(kind.strength, REQUIRED) if kind.carries_impact else STRUCTURE for kind in kinds]
        self.strength_of = {code.iri: STRENGTHS[code.key] for code in words.codes.values() if code.key in STRENGTHS}
        self.phase_of = {code.iri: PHASES.index(code.key) for code in words.codes.values() if code.key in PHASES}
        self.rows: list[tuple[int, int, int, int, int, bool]] = []
        self.iris: list[str] = []
        self.findings: list[Finding] = []

    def add(
        self,
        iri: str,
        dependent: int,
        provider: int,
        kind: int,
        claims: tuple[str, ...],
        phases: tuple[str, ...],
        *,
        assumed: bool,
    ) -> None:
        stated = [self.strength_of[claim] for claim in claims if claim in self.strength_of]
        strength = self.default[kind]
        if stated and not self.kinds[kind].exposure:
            strength = max(stated)
        phase = min((self.phase_of[claim] for claim in phases if claim in self.phase_of), default=0)
        for what, said in (("strength", claims), ("phase", phases)):
            if len(set(said)) > 1:
                self.findings.append(_conflict(iri, what, "the stronger"))
        self.rows.append((dependent, provider, kind, strength, phase, assumed))
        self.iris.append(iri)

    def done(self) -> Edges:
        columns = np.array(self.rows, np.int32).reshape(-1, 6).T
        return Edges(
            dependent=np.ascontiguousarray(columns[0]),
            provider=np.ascontiguousarray(columns[1]),
            kind=columns[2].astype(np.int8),
            strength=columns[3].astype(np.int8),
            phase=columns[4].astype(np.int8),
            assumed=columns[5].astype(np.bool_),
            iris=self.iris,
        )


def _conflict(iri: str, what: str, wins: str) -> Finding:
    """Two sources say different things about one dependency or group."""
    element = readable_id(iri.partition("/dependency/")[0].partition("/group/")[0])
    message = f"sources disagree on the {what} of {'a group' if '/group/' in iri else 'a dependency'} of {element}"
    remedy = f"{wins} claim counts; correct one of the sources"
    return Finding(Severity.WARNING, f"conflicting-{what}", iri, None, message, remedy)


class _GroupFacts:
    """What the sources say about groups."""

    def __init__(self, store: Statements) -> None:
        groups = {subject for subject, cls in store.pairs(t.RDF_TYPE) if cls == t.DEPENDENCY_GROUP}
        self.dependent = {iri: element for iri, element in _first(store.pairs(t.DEPENDENT)).items() if iri in groups}
        self.findings: list[Finding] = []
        self.members = self._largest(store, t.MINIMUM_MEMBERS, "number of members that must work")
        self.percent = self._largest(store, t.MINIMUM_PERCENT, "share of members that must work")
        self.full = self._largest(store, t.FULL_SERVICE_MEMBERS, "number of members for full service")

    def _largest(self, store: Statements, term: str, what: str) -> dict[str, Decimal]:
        """The largest claim of each group; what is no number is left to the shapes."""
        found: dict[str, Decimal] = {}
        for iri, claims in _all(store.pairs(term)).items():
            numbers = [Decimal(claim) for claim in claims if _NUMBER.fullmatch(claim)]
            if numbers:
                found[iri] = min(max(numbers), Decimal(_MOST_MEMBERS))
            if len(claims) > 1:
                self.findings.append(_conflict(iri, what, "the larger"))
        return found

    def groups(self, iris: list[str], edges: Edges, elements: int) -> Groups:
        size = np.bincount(edges.dependent, minlength=elements + len(iris))[elements:].astype(np.int32)
        k = [self.k(iri, int(n)) for iri, n in zip(iris, size, strict=True)]
        full = [max(int(self.full.get(iri, least)), least) for iri, least in zip(iris, k, strict=True)]
        return Groups(iris, np.array(k, np.int32), np.array(full, np.int32), size)

    def k(self, iri: str, size: int) -> int:
        """How many members must work: a count, or a percentage rounded up."""
        if iri in self.members:
            return int(self.members[iri])
        if iri in self.percent:
            return math.ceil(self.percent[iri] * size / 100)
        return 1


_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")
_MOST_MEMBERS = 1_000_000
