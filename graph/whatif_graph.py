"""Which edit of the service graph does a what-if come to? Then no statement is gone through.

Elements may be added, and named, owned or called critical otherwise. Dependencies may be added or removed, members of a
group among them, and their strength, phase, tolerance or time to recover changed, or what a group needs. What else is
said of an element makes no difference to the graph. For all that does (elements that are removed, properties that imply
dependencies, groups that are new or inside others), and where a property would bring a removed dependency back, there
is no edit: the statements decide.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal

from graph.maps import Map
from graph.ntriples import readable_id
from graph.projection import PHASES, REQUIRED, STRENGTHS, STRUCTURE, Projection
from graph.projection.build import CRITICALITIES, OWNERS, RARE
from graph.projection.edits import Added, Edit
from graph.projection.grown import Element, answered_for, grown, renamed
from graph.store import DERIVED
from ontology import terms as t
from ontology.vocabulary import DependencyKind, vocabulary

__all__ = ["Edits", "Said", "edits_of"]

_OF_FEW = {RARE[name]: name for name in ("tolerance", "refill", "lag")}
_OF_EDGES = {t.STRENGTH, t.PHASE, *_OF_FEW}
_OF_GROUPS = {t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT, t.FULL_SERVICE_MEMBERS, t.STRENGTH, t.GROUP_MODE}
_OF_NEW = {t.RDF_TYPE, t.DEPENDENT, t.PROVIDER, t.KIND, t.MEMBER_OF_GROUP, *_OF_EDGES}
_WHOLE = re.compile(r"0|[1-9]\d{0,8}")


@dataclass(frozen=True, slots=True)
class Said:
    """What a patch takes away and says: IRIs that are gone, properties that are unsaid, lines of N-Triples."""

    gone: frozenset[str]
    unsaid: frozenset[tuple[str, str]]
    lines: tuple[str, ...]

    @property
    def of(self) -> Mapping[str, Mapping[str, str]]:
        """Subject -> property -> value, as N-Triples write it without brackets and quotes."""
        found = defaultdict[str, dict[str, str]](dict)
        for line in self.lines:
            subject, predicate, value = line.removesuffix(" .").split(" ", 2)
            text = value[1:-1] if value.startswith("<") else value[1:].rpartition('"')[0]
            found[subject[1:-1]][predicate[1:-1]] = text
        return found


@dataclass(frozen=True, slots=True)
class Edits:
    """What a patch comes to: the graph with its elements, and then the edit of dependencies.

    ``added``  whether there are more elements than before, so that all have other numbers
    """

    projection: Projection
    edit: Edit
    added: bool


def edits_of(opened: Map, said: Said) -> Edits | None:
    """The edits that a patch comes to; None where it is more.

    Cost: the dependencies of the elements that it names, and a pass over the graph where elements are added.
    """
    try:
        elements = _Elements(opened, said)
        made = elements.edited()
        return Edits(made, _Reading(opened, elements.rest, made).edit(), bool(elements.new))
    except _MoreError:
        return None


class _MoreError(Exception):
    """The patch says more than the arrays hold."""


class _Elements:
    """What a patch says of elements and their parts; ``rest`` is what it says of dependencies and groups."""

    def __init__(self, opened: Map, said: Said) -> None:
        self.opened, self.projection, self.words = opened, opened.projection, vocabulary()
        self.values = defaultdict[str, dict[str, list[str]]](lambda: defaultdict(list))
        lines = []
        for line in said.lines:
            subject, predicate, value = line.removesuffix(" .").split(" ", 2)
            if _is_dependency(subject):
                lines.append(line)
            else:
                self.values[subject[1:-1]][predicate[1:-1]].append(value)
        self.unsaid = defaultdict[str, set[str]](set)
        for subject, predicate in said.unsaid:
            if not _is_dependency(subject):
                self.unsaid[subject].add(predicate)
        rest = frozenset(pair for pair in said.unsaid if _is_dependency(pair[0]))
        self.rest = Said(frozenset(iri for iri in said.gone if _is_dependency(iri)), rest, tuple(lines))
        if len(self.rest.gone) < len(said.gone):
            raise _MoreError
        self.new: list[Element] = []

    def edited(self) -> Projection:
        """The graph with what is said of elements. Raises _MoreError where that is more than it holds."""
        p, named, others = self.projection, dict[int, str](), dict[int, tuple[bool, int]]()
        for iri in sorted({*self.values, *self.unsaid}):
            said, number = self.values[iri], p.index.get(iri, -1)
            if number >= 0 and not p.stub[number]:
                self._change(iri, number, said, named, others)
            elif t.RDF_TYPE in said and self._is_element(said[t.RDF_TYPE]):
                self._add(iri, number, said)
            elif (said.keys() | self.unsaid[iri]) & _OF_PARTS or self._renamed(said):
                raise _MoreError
        if named:
            p = renamed(p, named)
        if others:
            p = answered_for(p, others)
        made = grown(p, self.new) if self.new else p
        if made is None:
            raise _MoreError
        return made

    def _is_element(self, classes: Sequence[str]) -> bool:
        return any(self.words.is_a(cls[1:-1], t.ELEMENT) for cls in classes)

    def _renamed(self, said: Mapping[str, object]) -> bool:
        """Whether an old word is used, from which a new one follows."""
        return any(word in self.words.renamed for word in said)

    def _add(self, iri: str, number: int, said: Mapping[str, list[str]]) -> None:
        known = number >= 0 or any(True for _ in self.opened.store.about(iri))
        classes, identifiers, labels = said[t.RDF_TYPE], said[t.DCTERMS_IDENTIFIER], said[t.RDFS_LABEL]
        if known or len(classes) != 1 or len(identifiers) != 1 or len(labels) > 1 or self._implies(said):
            raise _MoreError
        identifier = _plain(identifiers[0])
        called = f"{readable_id(iri).partition('/')[0]}/{identifier}"
        label = _plain(labels[0]) if labels else identifier
        owned = any(owner in said for owner in OWNERS)
        self.new.append(Element(iri, called, label, classes[0][1:-1], owned, _level(said[t.CRITICALITY])))

    def _implies(self, said: Mapping[str, object]) -> bool:
        """Whether something is said from which more follows than the graph holds of an element."""
        shortcuts = {kind.shortcut for kind in self.words.kinds.values()}
        return bool(said.keys() & (shortcuts | {t.HOLDING, t.IS_STUB})) or self._renamed(said)

    def _change(
        self, iri: str, number: int, said: Mapping[str, list[str]], named: dict[int, str],
        others: dict[int, tuple[bool, int]],
    ) -> None:  # fmt: skip
        gone = self.unsaid[iri]
        touched = said.keys() | gone
        if self._implies(dict.fromkeys(touched)) or touched & {t.RDF_TYPE, t.DCTERMS_IDENTIFIER}:
            raise _MoreError
        if t.RDFS_LABEL in touched:
            if t.RDFS_LABEL not in gone or len(said[t.RDFS_LABEL]) != 1:
                raise _MoreError
            named[number] = _plain(said[t.RDFS_LABEL][0])
        if touched & {*OWNERS, t.CRITICALITY}:
            stays = [(p, value.text) for p, value, _ in self.opened.store.about(iri) if p not in gone]
            owned = any(p in OWNERS for p, _ in stays) or any(owner in said for owner in OWNERS)
            levels = [f"<{text}>" for p, text in stays if p == t.CRITICALITY]
            others[number] = owned, _level([*levels, *said[t.CRITICALITY]])


def _is_dependency(subject: str) -> bool:
    return "/dependency/" in subject or "/group/" in subject


def _level(values: Sequence[str]) -> int:
    """How critical something is called, of several words the highest."""
    return max((CRITICALITIES.index(v[1:-1]) + 1 for v in values if v[1:-1] in CRITICALITIES), default=0)


def _plain(value: str) -> str:
    """The text of a literal. Raises _MoreError where it is not written plainly."""
    if not value.startswith('"') or not value.endswith('"') or "\\" in value:
        raise _MoreError
    return value[1:-1]


_OF_PARTS = {
    t.DCTERMS_IDENTIFIER, t.DEPENDENT, t.PROVIDER, t.KIND, t.HOLDER, t.HOLDING, t.MEMBER_OF_GROUP, t.IS_STUB,
}  # fmt: skip


class _Reading:
    def __init__(self, opened: Map, said: Said, projection: Projection) -> None:
        self.opened, self.said, self.of = opened, said, said.of
        self.projection, self.words = projection, vocabulary()
        self.codes = {code.iri: code.key for code in self.words.codes.values()}
        self.groups = {iri: number for number, iri in enumerate(self.projection.groups.iris)} if self._grouped() else {}
        self.removed: list[int] = []
        self.added: list[Added] = []
        self.claims: dict[int, int] = {}
        self.rare: dict[int, Mapping[str, str]] = {}
        self.touched: set[int] = set()

    def _grouped(self) -> bool:
        names = (*self.said.gone, *self.of, *(subject for subject, _ in self.said.unsaid))
        return any("/group/" in name or "/member/" in name for name in names)

    def edit(self) -> Edit:
        """Raises _MoreError where there is something that is no edit of the arrays."""
        unsaid = defaultdict[str, set[str]](set)
        for subject, predicate in self.said.unsaid:
            unsaid[subject].add(predicate)
        for iri in sorted(self.said.gone - self.of.keys()):
            self._remove(iri)
        for subject in sorted({*unsaid, *self.of}):
            self._say(subject, {*unsaid[subject], *self.of.get(subject, {})}, known=subject in unsaid)
        needs = {number: self._need(number) for number in sorted(self.touched)}
        return Edit(tuple(self.removed), tuple(self.added), self.claims, needs, self.rare)

    def _remove(self, iri: str) -> None:
        edge, p = self._edge(iri), self.projection
        provider = int(p.edges.provider[edge])
        shortcut = p.kinds[p.edges.kind[edge]].shortcut
        implied = any(
            predicate == shortcut and value.text == p.iris[provider] and graph != DERIVED
            for predicate, value, graph in self.opened.store.about(iri.partition("/dependency/")[0])
        )
        if p.stub[provider] or implied:
            raise _MoreError
        self.removed.append(edge)
        self._touch(int(p.edges.dependent[edge]))

    def _say(self, subject: str, properties: set[str], *, known: bool) -> None:
        """What is said of one dependency, or one group."""
        again = subject in self.said.gone
        if subject in self.groups and properties <= _OF_GROUPS | (_OF_NEW if again else set()):
            self._group(subject, self.groups[subject])
        elif (known and properties <= _OF_EDGES) or (again and properties <= _OF_NEW):
            edge = self._edge(subject)
            self.claims[edge] = self._claim(edge, subject)
            self.rare[edge] = self._few(subject)
            if again and self.of[subject].get(t.KIND) != self.projection.kinds[self.projection.edges.kind[edge]].iri:
                raise _MoreError
        elif properties <= _OF_NEW and {t.DEPENDENT, t.PROVIDER, t.KIND} <= properties:
            self._add(subject)
        else:
            raise _MoreError

    def _edge(self, iri: str) -> int:
        """The edge of a dependency on an element, from an element or from a group."""
        p, (start, order) = self.projection, self.projection.uses
        dependent = p.index.get(iri.partition("/dependency/")[0], -1)
        if "/member/" in iri:
            dependent = self._holder({p: value.text for p, value, _ in self.opened.store.about(iri)})
        edges = [] if dependent < 0 else order[start[dependent] : start[dependent + 1]].tolist()
        found = [e for e in edges if p.edges.provider[e] < len(p) and p.edges.iris[e] == iri]
        if len(found) != 1:
            raise _MoreError
        edge: int = found[0]
        return edge

    def _holder(self, said: Mapping[str, str]) -> int:
        """The vertex that a dependency starts from: its group, or else its element; -1 where that is not known."""
        if t.MEMBER_OF_GROUP not in said:
            return self.projection.index.get(said.get(t.DEPENDENT, ""), -1)
        number = self.groups.get(said[t.MEMBER_OF_GROUP], -1)
        return number if number < 0 else number + len(self.projection)

    def _touch(self, vertex: int) -> None:
        if vertex >= len(self.projection):
            self.touched.add(vertex - len(self.projection))

    def _claim(self, edge: int, iri: str) -> int:
        """What an edge says once its strength or phase is another."""
        p, stated = self.projection, dict(self._stated(iri, _OF_EDGES))
        kept = 0 if iri in self.said.gone else int(p.edges.claim[edge]) & ~31
        dependent = int(p.edges.dependent[edge])
        return kept | self._of_kind(p.kinds[p.edges.kind[edge]], stated, dependent)

    def _few(self, iri: str) -> dict[str, str]:
        """What few dependencies say; "" where this one says it no more."""
        stated = dict(self._stated(iri, set(_OF_FEW)))
        if not all(_WHOLE.fullmatch(value) for value in stated.values()):
            raise _MoreError
        return {name: stated.get(predicate, "") for predicate, name in _OF_FEW.items()}

    def _stated(self, iri: str, predicates: Set[str]) -> Iterator[tuple[str, str]]:
        """Properties and values once the patch is laid over; of several values none is sure."""
        seen = set[str]()
        about = () if iri in self.said.gone else self.opened.store.about(iri)
        for predicate, value, graph in about:
            if predicate in predicates and (iri, predicate) not in self.said.unsaid:
                if predicate in seen or graph == DERIVED:
                    raise _MoreError
                seen.add(predicate)
                yield predicate, value.text
        yield from ((p, v) for p, v in self.of.get(iri, {}).items() if p in predicates)

    def _of_kind(self, kind: DependencyKind, stated: Mapping[str, str], dependent: int) -> int:
        """Strength, phase and whether the strength is assumed, in one byte; a group speaks for its members."""
        strength = STRENGTHS.get(kind.strength, REQUIRED) if kind.carries_impact else STRUCTURE
        said = STRENGTHS.get(self.codes.get(stated.get(t.STRENGTH, ""), ""))
        if said is not None and not kind.exposure:
            strength = said
        phase = PHASES.index(self.codes[stated[t.PHASE]]) if t.PHASE in stated else 0
        assumed = t.STRENGTH not in stated and not self._speaks(dependent)
        return Added(0, 0, 0, strength, phase, assumed=assumed).claim

    def _speaks(self, vertex: int) -> bool:
        """Whether a vertex is a group that states a strength. Raises _MoreError for one inside another."""
        number = vertex - len(self.projection)
        if number < 0:
            return False
        stated = dict(self._stated(self.projection.groups.iris[number], {t.STRENGTH, t.MEMBER_OF_GROUP}))
        if t.MEMBER_OF_GROUP in stated:
            raise _MoreError
        return t.STRENGTH in stated

    def _add(self, iri: str) -> None:
        p, said = self.projection, self.of[iri]
        dependent, provider = self._holder(said), p.index.get(said[t.PROVIDER], -1)
        kind = next((n for n, kind in enumerate(p.kinds) if kind.iri == said[t.KIND]), -1)
        known = any(predicate == t.RDF_TYPE for predicate, _, _ in self.opened.store.about(iri))
        if min(dependent, provider, kind) < 0 or known:
            raise _MoreError
        claim = self._of_kind(p.kinds[kind], said, dependent)
        few = {name: text for name, text in self._few(iri).items() if text}
        parts = (claim & 3) - 1, claim >> 2 & 3
        self.added.append(Added(dependent, provider, kind, *parts, assumed=bool(claim & 16), iri=iri, rare=few))
        self._touch(dependent)

    def _group(self, iri: str, number: int) -> None:
        """A group that needs another number, has another strength, or is said anew with other members."""
        p, vertex = self.projection, number + len(self.projection)
        self.touched.add(number)
        stated = dict(self._stated(iri, {t.STRENGTH}))
        if self._speaks(vertex) != bool(stated) or (t.STRENGTH in self.of.get(iri, {}) and iri not in self.said.gone):
            raise _MoreError
        for edge in p.used_by[1][p.users[vertex] : p.users[vertex + 1]].tolist():
            kind = p.kinds[p.edges.kind[edge]]
            claim = self._of_kind(kind, stated, int(p.edges.dependent[edge])) | int(p.edges.claim[edge]) & ~31
            if claim != p.edges.claim[edge]:
                self.claims[edge] = claim
        start, order = p.uses
        for edge in order[start[vertex] : start[vertex + 1]].tolist():
            if edge not in self.removed and edge not in self.claims and p.edges.provider[edge] < len(p):
                claim = self._claim(edge, p.edges.iris[edge])
                if claim != p.edges.claim[edge]:
                    self.claims[edge] = claim

    def _need(self, number: int) -> tuple[int, int]:
        """How many members a group needs, and how many for full service."""
        groups, vertex = self.projection.groups, number + len(self.projection)
        stated = dict(self._stated(groups.iris[number], _OF_GROUPS))
        size = int(groups.size[number]) + sum(each.dependent == vertex for each in self.added)
        size -= sum(int(self.projection.edges.dependent[edge]) == vertex for edge in self.removed)
        if t.MINIMUM_MEMBERS in stated:
            least = int(Decimal(stated[t.MINIMUM_MEMBERS]))
        elif t.MINIMUM_PERCENT in stated:
            least = math.ceil(Decimal(stated[t.MINIMUM_PERCENT]) * size / 100)
        else:
            least = 1
        if least > size:
            raise _MoreError
        return least, max(int(Decimal(stated.get(t.FULL_SERVICE_MEMBERS, least))), least)
