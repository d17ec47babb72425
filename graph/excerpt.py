"""Which part of a map is written, and what is in it? All of it, or what is near one element, groups kept whole."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.analysis.elements import kind_of
from graph.analysis.impact import State, impact
from graph.analysis.impact import answer as told
from graph.analysis.nearby import Direction, distances, with_whole_groups
from graph.answer import Answer, count
from graph.maps import Map
from graph.notation import prefixes_of
from graph.ntriples import statements
from graph.projection import PHASES, STRENGTHS, Projection
from graph.store.interface import DERIVED, source_graph
from ontology import terms as t
from ontology.vocabulary import Lane, vocabulary

__all__ = ["Arrow", "Excerpt", "Group", "excerpt", "hit"]

_STRENGTH = {number: word for word, number in STRENGTHS.items()}


@dataclass(frozen=True, slots=True)
class Arrow:
    """A dependency between two vertices, or the way from an element to its group; in the words of the vocabulary.

    ``kind`` is "" for the way to a group, ``strength`` "" where the kind carries no outage.
    """

    dependent: int
    provider: int
    kind: str
    strength: str
    assumed: bool
    phase: str
    iri: str


@dataclass(frozen=True, slots=True)
class Group:
    """A group of alternatives: its vertex, and how many of its members must work."""

    vertex: int
    k: int
    full: int
    size: int
    iri: str

    @property
    def words(self) -> str:
        """How pictures call it.

        >>> Group(9, 1, 1, 2, "").words
        '1 of 2'
        """
        return f"{self.k} of {self.size}"


@dataclass(frozen=True, eq=False)
class Excerpt:
    """A part of a map.

    ``elements``  numbers of its elements, in the order of the map
    ``whole``     True where nothing is left out
    ``derived``   whether statements that follow from rules are part of it
    ``notes``     what is not in it, in words
    ``states``    element -> a word for how it fares, where the part answers what an outage does
    ``focus``     the element in the middle, -1 for none
    ``about``     what it answers, as the title of its picture; "" where it is no more than a part
    """

    map: Map
    elements: Sequence[int]
    whole: bool
    derived: bool = False
    notes: tuple[str, ...] = ()
    states: Mapping[int, str] = field(default_factory=dict)
    focus: int = -1
    about: str = ""

    @property
    def projection(self) -> Projection:
        """The graph of the whole map."""
        return self.map.projection

    @property
    def title(self) -> str:
        """What the map is called."""
        return self.map.title

    # What is in it, as a graph

    @cached_property
    def _inside(self) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
        return with_whole_groups(self.projection, np.array(self.elements, np.int32))

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The groups of alternatives in it."""
        p, inside = self.projection, self._inside[0]
        g = p.groups
        return tuple(
            Group(len(p) + n, int(g.k[n]), int(g.full[n]), int(g.size[n]), g.iris[n])
            for n in np.flatnonzero(inside[len(p) :]).tolist()
        )

    def arrows(self) -> Iterator[Arrow]:
        """The dependencies in it, in the order of the map."""
        p = self.projection
        e = p.edges
        for edge in np.flatnonzero(self._inside[1]).tolist():
            dependent, provider = int(e.dependent[edge]), int(e.provider[edge])
            kind = "" if p.is_group(provider) else p.kinds[int(e.kind[edge])].key
            strength = _STRENGTH.get(int(e.strength[edge]), "")
            phase = PHASES[int(e.phase[edge])]
            yield Arrow(dependent, provider, kind, strength, bool(e.assumed[edge]), phase, e.iris[edge])

    @property
    def lines(self) -> int:
        """How many dependencies are in it."""
        return int(self._inside[1].sum())

    @cached_property
    def names(self) -> dict[int, str]:
        """Vertex -> a name that no other has: ``namespace/id``, or the address where two would be called the same."""
        p = self.projection
        wanted = {vertex: p.ids[vertex] for vertex in self.elements}
        often = Counter(wanted.values())
        names = {vertex: name if often[name] == 1 else p.iris[vertex] for vertex, name in wanted.items()}
        return names | {group.vertex: group.iri for group in self.groups}

    def kind(self, element: int) -> str:
        """What an element is, in words."""
        return kind_of(self.projection, element)

    def lane(self, element: int) -> Lane | None:
        """The row of the map that an element stands in."""
        return self._lane_of.get(self.projection.classes[element])

    @cached_property
    def _lane_of(self) -> dict[str, Lane]:
        words = vocabulary()
        return {iri: words.lanes[cls.lane] for iri, cls in words.classes.items() if cls.lane in words.lanes}

    def by_lane(self) -> list[tuple[str, list[int]]]:
        """The elements by the rows of the map, from top to bottom; those without a row last, under "Others"."""
        rows: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
        for element in self.elements:
            lane = self.lane(element)
            rows[(lane.position, lane.label) if lane else (10**6, "Others")].append(element)
        return [(label, rows[position, label]) for position, label in sorted(rows)]

    # What is in it, as statements

    def prefixes(self) -> dict[str, str]:
        """Short names for the notations of RDF: the usual ones, and one for each place that elements stand in."""
        return prefixes_of(self.projection.iris[v] for v in self.elements)

    def graphs(self) -> dict[str, bytes]:
        """IRI of each named graph -> what it says about this part, as N-Triples; those that say nothing are not."""
        store = self.map.store
        names = [source_graph(source.id) for source in store.sources if source.importer]
        found = {name: store.triples(name) for name in [*names, *([DERIVED] if self.derived else [])]}
        if not self.whole:
            about = self._subjects(found)
            found = {name: _only(text, about) for name, text in found.items()}
        return {name: text for name, text in found.items() if text}

    def _subjects(self, graphs: Mapping[str, bytes]) -> set[bytes]:
        """Elements, dependencies and groups of this part, and what is described inside them."""
        p = self.projection
        about = {p.iris[vertex] for vertex in self.elements} | {group.iri for group in self.groups}
        about |= {arrow.iri for arrow in self.arrows()}
        others = {*p.iris, *p.edges.iris, *p.groups.iris}
        inner: defaultdict[str, list[str]] = defaultdict(list)
        for text in graphs.values():
            for said in statements(text):
                if said.value.is_iri and said.value.text not in others:
                    inner[said.subject].append(said.value.text)
        waiting = list(about)
        while waiting:
            for part in inner.get(waiting.pop(), ()):
                if part not in about:
                    about.add(part)
                    waiting.append(part)
        return {f"<{iri}>".encode() for iri in about}

    # What is in it, as tables

    def table(self, of: str) -> Answer:
        """Its elements or its dependencies as rows."""
        return self._elements() if of == "elements" else self._dependencies()

    def _elements(self) -> Answer:
        p = self.projection
        said = dict(self.map.store.pairs(t.DCTERMS_DESCRIPTION))
        rows = []
        for v in self.elements:
            lane = self.lane(v)
            row = (p.ids[v], p.labels[v], self.kind(v), lane.label if lane else "", bool(p.stub[v]))
            rows.append((*row, said.get(p.iris[v], ""), self.states.get(v, ""), p.iris[v]))
        columns = ("id", "name", "kind", "lane", "not defined", "description", "state", "iri")
        return Answer(count(len(rows), "element"), "elements", columns, tuple(rows), self._facts(), self.notes)

    def _dependencies(self) -> Answer:
        p = self.projection
        groups = {group.vertex: group for group in self.groups}
        owner, outer = self._owners()
        rows: list[tuple[str | bool, ...]] = []
        for arrow in self.arrows():
            if p.is_group(arrow.provider):
                continue
            group = groups.get(arrow.dependent)
            row = (p.ids[owner.get(arrow.dependent, arrow.dependent)], p.ids[arrow.provider], arrow.kind)
            which = (group.iri, group.words, outer.get(group.vertex, "")) if group else ("", "", "")
            rows.append((*row, arrow.strength, arrow.assumed, arrow.phase, *which, arrow.iri))
        edge = ("dependent", "provider", "kind", "strength", "strength assumed", "phase")
        columns = (*edge, "group", "must work", "group within", "iri")
        title = count(len(rows), "dependency", "dependencies")
        return Answer(title, "dependencies", columns, tuple(rows), self._facts(), self.notes)

    def _owners(self) -> tuple[dict[int, int], dict[int, str]]:
        """Group -> the element that it belongs to, and the group around it where there is one."""
        p, up = self.projection, {}
        for arrow in self.arrows():
            if p.is_group(arrow.provider):
                up[arrow.provider] = arrow.dependent
        owner = {}
        for group in up:
            vertex = group
            while vertex in up:
                vertex = up[vertex]
            owner[group] = vertex
        iris = {group.vertex: group.iri for group in self.groups}
        return owner, {group: iris[above] for group, above in up.items() if above in iris}

    def _facts(self) -> dict[str, str]:
        return {"revision": self.projection.revision}


def _only(text: bytes, subjects: set[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in text.split(b"\n") if line.partition(b" ")[0] in subjects)


def excerpt(
    map_: Map,
    *,
    focus: str = "",
    hops: int | None = None,
    direction: Direction = "both",
    derived: bool = False,
) -> Excerpt:
    """All of a map, or what is near one of its elements along dependencies of any kind.

    A group of alternatives is never cut: its other members come along.

    Args:
        map_: the map.
        focus: the element in the middle, as people name it; "" for the whole map.
        hops: how far to go; None for as far as it leads.
        direction: "down" to what the element depends on, "up" to what depends on it.
        derived: take the statements that follow from rules too.

    Raises:
        InputError: the focus names no element, or several.
    """
    p = map_.projection
    if not focus:
        return Excerpt(map_, range(len(p)), whole=True, derived=derived)
    far = distances(p, p.find(focus), direction)[: len(p)]
    near = np.flatnonzero((far >= 0) & (far <= (len(p) if hops is None else hops)))
    return replace(_around(map_, near, derived=derived), focus=p.find(focus))


def hit(map_: Map, failing: Sequence[str], *, derived: bool = False) -> Excerpt:
    """What breaks if these elements fail: they and all that is hit, each with its state.

    Raises InputError when a name fits no element, or several.
    """
    p = map_.projection
    result = impact(p, {p.find(name): State.DOWN for name in failing})
    states = {v: State(int(result.state[v])).words for v in (*result.changes, *result.affected.tolist())}
    found = _around(map_, np.array(sorted(states)), derived=derived, states=states)
    said = told(p, result)
    about = said.title.partition(":")[0] if result.changes else ""
    return replace(found, notes=(said.title, *said.notes, *found.notes), about=f"{about[:1].upper()}{about[1:]}")


def _around(
    map_: Map, reached: npt.NDArray[np.int_], *, derived: bool, states: Mapping[int, str] | None = None
) -> Excerpt:
    p = map_.projection
    inside, edges = with_whole_groups(p, reached.astype(np.int32))
    chosen = np.flatnonzero(inside[: len(p)])
    notes = [f"{count(len(chosen), 'element')} of {len(p):,}"] if len(chosen) < len(p) else []
    touching = inside[p.edges.dependent] | inside[p.edges.provider]
    if beyond := int((touching & ~edges).sum()):
        notes.append(f"{count(beyond, 'dependency', 'dependencies')} to or from the others left out")
    return Excerpt(map_, chosen.tolist(), whole=False, derived=derived, notes=tuple(notes), states=states or {})
