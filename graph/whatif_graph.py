"""Which edit of the service graph is a what-if about dependencies alone? Then no statement is gone through.

It is one where dependencies between elements are added or removed, their strength or phase is changed, or what a group
needs. For all else, and where a property would bring a removed dependency back, there is none: the statements decide.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from graph.maps import Map
from graph.projection import PHASES, REQUIRED, STRENGTHS, STRUCTURE
from graph.projection.edits import Added, Edit
from graph.store import DERIVED
from ontology import terms as t
from ontology.vocabulary import DependencyKind, vocabulary

__all__ = ["Said", "edit_of"]

_OF_EDGES = {t.STRENGTH, t.PHASE}
_OF_GROUPS = {t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT, t.FULL_SERVICE_MEMBERS}
_OF_NEW = {t.RDF_TYPE, t.DEPENDENT, t.PROVIDER, t.KIND, *_OF_EDGES}


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


def edit_of(opened: Map, said: Said) -> Edit | None:
    """The edit that a patch comes to; None where it is more than one of dependencies.

    Cost: the dependencies of the elements that it names.
    """
    reading = _Reading(opened, said)
    try:
        return reading.edit()
    except _MoreError:
        return None


class _MoreError(Exception):
    """The patch says more than the arrays hold."""


class _Reading:
    def __init__(self, opened: Map, said: Said) -> None:
        self.opened, self.said, self.of = opened, said, said.of
        self.projection, self.words = opened.projection, vocabulary()
        self.codes = {code.iri: code.key for code in self.words.codes.values()}

    def edit(self) -> Edit:
        """Raises _MoreError where there is something that is no edit of the arrays."""
        removed = tuple(self._removable(iri) for iri in sorted(self.said.gone))
        unsaid = defaultdict[str, set[str]](set)
        for subject, predicate in self.said.unsaid:
            unsaid[subject].add(predicate)
        claims: dict[int, int] = {}
        needs: dict[int, tuple[int, int]] = {}
        added: list[Added] = []
        for subject in sorted({*unsaid, *self.of}):
            properties = {*unsaid[subject], *self.of[subject]}
            if subject in self.projection.groups.iris and properties <= _OF_GROUPS:
                number = list(self.projection.groups.iris).index(subject)
                needs[number] = self._need(subject, number)
            elif subject in unsaid and properties <= _OF_EDGES:
                edge = self._edge(subject)
                claims[edge] = self._claim(edge, subject)
            elif properties <= _OF_NEW and {t.DEPENDENT, t.PROVIDER, t.KIND} <= properties:
                added.append(self._added(subject))
            else:
                raise _MoreError
        return Edit(removed, tuple(added), claims, needs)

    def _edge(self, iri: str) -> int:
        """The edge of a dependency between two elements."""
        p, (start, order) = self.projection, self.projection.uses
        owner = p.index.get(iri.partition("/dependency/")[0])
        edges = [] if owner is None else order[start[owner] : start[owner + 1]].tolist()
        found = [e for e in edges if p.edges.provider[e] < len(p) and p.edges.iris[e] == iri]
        if len(found) != 1:
            raise _MoreError
        edge: int = found[0]
        return edge

    def _removable(self, iri: str) -> int:
        edge, p = self._edge(iri), self.projection
        provider = int(p.edges.provider[edge])
        shortcut = p.kinds[p.edges.kind[edge]].shortcut
        owner = p.iris[int(p.edges.dependent[edge])]
        implied = any(
            predicate == shortcut and value.text == p.iris[provider] and graph != DERIVED
            for predicate, value, graph in self.opened.store.about(owner)
        )
        if p.stub[provider] or implied:
            raise _MoreError
        return edge

    def _claim(self, edge: int, iri: str) -> int:
        """What an edge says once its strength or phase is another."""
        p, stated = self.projection, dict(self._stated(iri, _OF_EDGES))
        kept = int(p.edges.claim[edge]) & ~31
        return kept | self._of_kind(p.kinds[p.edges.kind[edge]], stated)

    def _stated(self, iri: str, predicates: set[str]) -> Iterator[tuple[str, str]]:
        """Properties and values once the patch is laid over; of several values none is sure."""
        seen = set[str]()
        for predicate, value, graph in self.opened.store.about(iri):
            if predicate in predicates and (iri, predicate) not in self.said.unsaid:
                if predicate in seen or graph == DERIVED:
                    raise _MoreError
                seen.add(predicate)
                yield predicate, value.text
        yield from ((p, v) for p, v in self.of.get(iri, {}).items() if p in predicates)

    def _of_kind(self, kind: DependencyKind, stated: Mapping[str, str]) -> int:
        """Strength, phase and whether the strength is assumed, in one byte."""
        strength = STRENGTHS.get(kind.strength, REQUIRED) if kind.carries_impact else STRUCTURE
        said = STRENGTHS.get(self.codes.get(stated.get(t.STRENGTH, ""), ""))
        if said is not None and not kind.exposure:
            strength = said
        phase = PHASES.index(self.codes[stated[t.PHASE]]) if t.PHASE in stated else 0
        return Added(0, 0, 0, strength, phase, assumed=t.STRENGTH not in stated).claim

    def _added(self, iri: str) -> Added:
        p, said = self.projection, self.of[iri]
        dependent, provider = (p.index.get(said[end], -1) for end in (t.DEPENDENT, t.PROVIDER))
        kind = next((n for n, kind in enumerate(p.kinds) if kind.iri == said[t.KIND]), -1)
        known = any(predicate == t.RDF_TYPE for predicate, _, _ in self.opened.store.about(iri))
        if min(dependent, provider, kind) < 0 or (known and iri not in self.said.gone):
            raise _MoreError
        claim = self._of_kind(p.kinds[kind], said)
        return Added(dependent, provider, kind, (claim & 3) - 1, claim >> 2 & 3, assumed=bool(claim & 16), iri=iri)

    def _need(self, iri: str, number: int) -> tuple[int, int]:
        """How many members a group needs, and how many for full service."""
        stated, size = dict(self._stated(iri, _OF_GROUPS)), int(self.projection.groups.size[number])
        if t.MINIMUM_MEMBERS in stated:
            least = int(Decimal(stated[t.MINIMUM_MEMBERS]))
        elif t.MINIMUM_PERCENT in stated:
            least = math.ceil(Decimal(stated[t.MINIMUM_PERCENT]) * size / 100)
        else:
            least = 1
        if least > size:
            raise _MoreError
        return least, max(int(Decimal(stated.get(t.FULL_SERVICE_MEMBERS, least))), least)
