"""What does the service graph say of elements, as ``sm:dependsOn`` sees it? Reach, users, costs, availability.

Every number is what the plain query counts, so that one may stand for the other.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
import numpy.typing as npt

from graph.analysis._condensed import Condensed, condense
from graph.analysis._frontier import gather, starts_of
from graph.analysis.blast_radius import blast_radius, on_circle
from graph.analysis.breaches import NO_LEVEL, Rule, breaches
from graph.analysis.kernels import distinct
from graph.analysis.resting import (
    NONE,
    Alternatives,
    least_below,
    least_within,
    less_critical,
    no_alternative,
    rest_together,
    shared_first,
    unused,
)
from graph.costs import Costs, costs_of, keep_costs, kept_costs
from graph.figures import Said, figures
from graph.projection import Projection
from graph.projection.build import CRITICALITIES
from graph.projection.model import Coded
from graph.texts import Stretches, Table, Texts, columns_of, first_of_each, some
from ontology import terms as t
from ontology.vocabulary import vocabulary

if TYPE_CHECKING:
    from graph.analysis.known import Known

__all__ = ["Bools", "ServiceGraph", "Statements"]

Ints = npt.NDArray[np.int32]
Wide = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

COSTS = "costs"  # the file of costs beside a store
_FEW = 50
_XSD = "http://www.w3.org/2001/XMLSchema#"


class Statements(Protocol):
    """What is needed of a store."""

    def column(self, predicate: str) -> bytes:
        """As ``Reader.column``."""

    def instances(self, cls: str) -> bytes:
        """As ``Reader.instances``."""

    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]:
        """As ``Reader.pairs``."""

    def about(self, subject: str) -> Iterable[tuple[str, Said, str]]:
        """As ``Reader.about``."""

    def tsv(self, query: str) -> bytes:
        """As ``Reader.tsv``."""


@dataclass(frozen=True, slots=True, eq=False)
class _Promised:
    """For each element the place of the least promise times the size of the map, and its vertex; and its words."""

    least: Wide
    words: Mapping[int, str]


class ServiceGraph:
    """The service graph of one revision, as ``sm:dependsOn`` sees it; what is worked out once is kept.

    ``sm:dependsOn`` holds whatever its phase, so that both forms say the same.
    """

    def __init__(self, store: Statements, projection: Projection, beside: Path | None = None) -> None:
        self.store, self.projection, self._beside = store, projection, beside
        self._members: dict[str, Bools] = {}
        self._radii: dict[str, Wide] = {}

    @cached_property
    def _carries(self) -> Bools:
        return np.array([kind.carries_impact for kind in self.projection.kinds], np.bool_)

    @cached_property
    def _pairs(self) -> tuple[Ints, Ints]:
        """Dependent and provider of each pair that ``sm:dependsOn`` joins, once."""
        p = self.projection
        dependent, provider, edge = p.direct
        usable = self._carries[p.edges.kind[edge]]
        joined = distinct(dependent[usable].astype(np.int64) * max(len(p), 1) + provider[usable])
        return (joined // max(len(p), 1)).astype(np.int32), (joined % max(len(p), 1)).astype(np.int32)

    @cached_property
    def _uses(self) -> tuple[Ints, Ints]:
        dependent, provider = self._pairs
        return starts_of(dependent, len(self.projection)), provider

    @cached_property
    def _used_by(self) -> tuple[Ints, Ints]:
        dependent, provider = self._pairs
        order = np.argsort(provider, kind="stable")
        return starts_of(provider, len(self.projection)), dependent[order]

    def named(self, elements: Ints) -> list[str]:
        """The IRIs of some elements."""
        return some(self.projection.iris, elements)

    def walk(self, start: int, *, back: bool, also: bool = False) -> Ints:
        """What an element depends on, or ``back`` from what depends on it; itself when on a circle, or ``also``."""
        adjacency = self._used_by if back else self._uses
        seen = np.zeros(len(self.projection), np.bool_)
        last, numbers = np.empty(len(seen), np.int32), np.arange(len(seen) // _FEW + 1, dtype=np.int32)
        frontier = np.array([start], np.int32)
        while frontier.size:
            found = gather(adjacency, frontier)
            found = found[~seen.take(found)]
            if len(found) * _FEW < len(seen):  # of what was found more than once, the last stays
                places = numbers[: len(found)]
                last[found] = places
                frontier = found[last.take(found) == places]
            else:  # to mark and to look for marks is faster
                fresh = np.zeros(len(seen), np.bool_)
                fresh[found] = True
                frontier = np.flatnonzero(fresh).astype(np.int32)
            seen[frontier] = True
        seen[start] |= also
        return np.flatnonzero(seen).astype(np.int32)

    @cached_property
    def users(self) -> npt.NDArray[np.int64]:
        """How many elements depend on each directly."""
        return np.diff(self._used_by[0]).astype(np.int64)

    def users_in(self, cls: str) -> Wide:
        """How many elements of a class depend on each directly."""
        dependent, provider = self._pairs
        return np.bincount(provider[self.members(cls)[dependent]], minlength=len(self.projection)).astype(np.int64)

    @cached_property
    def _reaching(self) -> Bools:
        """The edges that are walked: those that carry impact, and from a group to its members."""
        p = self.projection
        walked: Bools = self._carries[p.edges.kind] | (p.edges.provider >= len(p))
        return walked

    @cached_property
    def circular(self) -> Bools:
        """Which elements depend on themselves, directly or not."""
        return on_circle(self.projection, self._reaching, self._condensed)

    @cached_property
    def radius(self) -> Wide:
        """How many elements depend on each, directly or not; one on a circle counts itself, as SPARQL does."""
        return blast_radius(self.projection, condensed=self._condensed).size + self.circular

    def radius_in(self, cls: str) -> Wide:
        """The same, of those elements that are of a class; kept for the next query."""
        if cls not in self._radii:
            counted = self.members(cls)
            found = blast_radius(self.projection, counted=counted, condensed=self._condensed).size
            self._radii[cls] = found + (self.circular & counted)
        return self._radii[cls]

    def radius_of(self, starts: Sequence[int]) -> Mapping[int, int]:
        """The same for some of them."""
        return {start: len(self.walk(start, back=True)) for start in starts}

    def chosen(
        self,
        found: Mapping[int, int] | npt.NDArray[np.int64],
        starts: Sequence[int] | None,
        narrowed: Bools | None,
        most: int | None,
    ) -> list[int]:
        """The elements that have a number above 0: those that are given, of a class, or all; the largest first."""
        if starts is not None:
            of = np.array(sorted(starts), np.int64)
            numbers = np.array([found[v] for v in of.tolist()], np.int64)
        else:
            assert not isinstance(found, Mapping)
            of = np.arange(len(found)) if narrowed is None else np.flatnonzero(narrowed)
            numbers = found[of]
        if most is not None and most * _FEW < len(numbers):  # what is less than the last of them is not sorted
            enough = max(int(np.partition(numbers, -most)[-most]), 1)
            of, numbers = of[numbers >= enough], numbers[numbers >= enough]
        else:
            of, numbers = of[numbers > 0], numbers[numbers > 0]
        chosen: list[int] = of[np.argsort(-numbers, kind="stable")][:most].tolist()
        return chosen

    def members(self, cls: str) -> Bools:
        """Which elements the triples say to be of a class."""
        if cls not in self._members:
            self._members[cls] = self._told_by_class(cls) if cls in self.projection.besides else self._asked_for(cls)
        return self._members[cls]

    @cached_property
    def kinds(self) -> Mapping[str, int]:
        """How many elements are of each class and of none below it; those that are of several count for each.

        What is defined nowhere is of no class.
        """
        p, words = self.projection, vocabulary()
        if isinstance(p.classes, Coded):
            found = Counter(dict(zip(p.classes.words, np.bincount(p.classes.codes).tolist(), strict=False)))
        else:
            found = Counter(p.classes)
        found[t.ELEMENT] -= sum(p.classes[v] == t.ELEMENT for v in np.flatnonzero(p.stub).tolist())
        for cls, others in p.besides.items():
            below = [each for each in p.besides if each != cls and words.is_a(each, cls)]
            of_those = np.concatenate([np.empty(0, np.int32), *(p.besides[each] for each in below)])
            found[cls] += int((~np.isin(others, of_those)).sum())
        return {cls: number for cls, number in sorted(found.items()) if number > 0}

    def _told_by_class(self, cls: str) -> Bools:
        """Members by the class of each element; a few are of other classes too."""
        p, words = self.projection, vocabulary()
        assert isinstance(p.classes, Coded), "who knows what is besides has the classes as codes"
        of_class = np.array([words.is_a(word, cls) for word in p.classes.words], np.bool_)
        member: Bools = of_class[p.classes.codes]
        member[p.besides[cls]] = True
        return member

    def _asked_for(self, cls: str) -> Bools:
        """Members as the engine tells them: of a class that is not ours, or where not all that follows is said."""
        member = np.zeros(len(self.projection), np.bool_)
        at = self._at(columns_of(self.store.instances(cls))[0])
        member[at[at >= 0]] = True
        return member

    def _at(self, written: Stretches) -> Wide:
        """The elements of IRIs in brackets; -1 for what is none."""
        return self._table.find(_within_brackets(written))

    @cached_property
    def _table(self) -> Table:
        iris = self.projection.iris
        return Table((iris if isinstance(iris, Texts) else Texts.of(iris)).stretches())

    @cached_property
    def _costs(self) -> Mapping[str, Costs]:
        found = None if self._beside is None else kept_costs(self._beside / COSTS, self._elements)
        return dict(costs_of(self.store, self._at, len(self.projection))) if found is None else found

    @cached_property
    def _elements(self) -> str:
        """Names the elements, in the order in which they stand here, of the revision."""
        iris = self.projection.iris
        said = hashlib.blake2b(np.ascontiguousarray((iris if isinstance(iris, Texts) else Texts.of(iris)).blob).data)
        return f"{self.projection.revision} {len(iris)} {said.hexdigest()}"

    def keep_costs(self) -> None:
        """Have the costs lie beside the store for other processes. OSError where they cannot."""
        if self._beside is not None:
            keep_costs(self._beside / COSTS, self._elements, self._costs)

    def cost_of(self, element: int) -> Iterator[tuple[str, str]]:
        """Sum and currency of what an element and all below it cost in a month, as SPARQL writes them."""
        return self._sums(self.walk(element, back=False, also=True))

    def own_cost_of(self, element: int) -> Iterator[tuple[str, str]]:
        """What an element costs by itself in a month, as ``cost_of``."""
        return self._sums(np.array([element]))

    def _sums(self, parts: npt.NDArray[np.integer]) -> Iterator[tuple[str, str]]:
        for currency, column in self._costs.items():
            if column.has[parts].any():
                words = _decimal(int(column.amount[parts].sum(dtype=np.int64)), column.scale)
                kind = "decimal" if column.fraction[parts].any() else "integer"
                yield f'"{words}"^^<{_XSD}{kind}>', currency

    @cached_property
    def _known(self) -> Known:
        from graph.analysis.known import Known  # with what else it needs it takes longer than most answers

        return Known(self.projection, figures(self.store, money=False))

    def availability_of(self, element: int) -> Iterator[tuple[str]]:
        """The share of time, from 0 to 1, that ``servicemap availability`` expects an element to be available."""
        from graph.analysis.availability import availability

        yield (f'"{1 - availability(self._known, element).unavailability:.9f}"^^<{_XSD}decimal>',)

    def slack_of(self, element: int) -> Iterator[tuple[str]]:
        """The least slack of the promises for an element, as ``servicemap promises`` says it; nothing without one."""
        from graph.analysis.promises import checks

        left = [check.slack for check in checks(self._known, element) if check.slack is not None]
        if left:
            yield (f'"{min(left):.6f}"^^<{_XSD}decimal>',)

    @cached_property
    def _condensed(self) -> Condensed:
        return condense(self.projection, self._reaching)

    def shared_causes(self, most: int) -> Sequence[tuple[str, ...]]:
        """A group, two of its members by address, and a thing that both rest on first; so many of them.

        The groups of what is most critical come first.
        """
        p = self.projection

        def reach(vertex: int) -> Ints:
            return self.walk(vertex, back=False, also=True)

        found = islice(shared_first(p, self._condensed, self._uses, reach), most)
        return [(p.groups.iris[group], p.iris[a], p.iris[b], p.iris[cause]) for group, a, b, cause in found]

    def rest_together(self, groups: Iterable[Alternatives], without: Sequence[str]) -> Iterator[tuple[int, int] | None]:
        """As ``resting.rest_together``; what is of a class of ``without`` does not count."""
        counted = np.ones(len(self.projection), np.bool_)
        for cls in without:
            counted &= ~self.members(cls)
        return rest_together(self._uses, groups, counted)

    def broken_rules(self, most: int) -> Sequence[tuple[str, ...]]:
        """A layer rule, and a dependent and a provider that it keeps apart; so many of them.

        The most critical dependents come first, of equal ones by address.
        """
        p = self.projection
        found = breaches(p, *self._pairs, self._rules, self.members, most)
        return [(rule, p.iris[a], p.iris[b]) for rule, a, b in found]

    @cached_property
    def _rules(self) -> Sequence[Rule]:
        """The layer rules, each with every pair of classes that its words name."""
        rows = (line.split("\t") for line in self.store.tsv(_RULES).decode().splitlines()[1:])
        found = dict[tuple[str, str, str], tuple[set[int], set[int]]]()
        for rule, above, below, *tiers in rows:
            named = found.setdefault((rule, above, below), (set(), set()))
            for levels, tier in zip(named, tiers, strict=True):
                if tier:
                    levels.add(_LEVELS.get(tier[1:-1], NO_LEVEL))
        return [
            Rule(rule[1:-1], above[1:-1], below[1:-1], from_levels=frozenset(higher), to_levels=frozenset(lower))
            for (rule, above, below), (higher, lower) in found.items()
        ]

    @cached_property
    def _promised(self) -> _Promised:
        """The least availability that is promised for each element."""
        elements, percents = columns_of(self.store.tsv(_PROMISED))
        first, number = first_of_each(percents)
        written = [each.decode() for each in percents.take(first).to_bytes()]
        amounts = [_amount(each) for each in written]
        levels = sorted({amount for amount in amounts if amount is not None})
        level = np.array([len(levels) if amount is None else levels.index(amount) for amount in amounts], np.int64)
        at = self._at(elements)
        known = (at >= 0) & (level[number] < len(levels)) if len(at) else np.zeros(0, np.bool_)
        at, number = at[known], number[known]
        least, size = np.full(len(self.projection), NONE), max(len(self.projection), 1)
        np.minimum.at(least, at, level[number] * size + at)
        words = dict[int, str]()
        for vertex, n in zip(at.tolist(), number.tolist(), strict=True):
            if level[n] == least[vertex] // size:
                words[vertex] = min(words.get(vertex, written[n]), written[n])
        return _Promised(least, words)

    def least_promised(self) -> Mapping[int, tuple[int, str]]:
        """Of all that an element rests on, that with the least availability promised, and how much; by address.

        Of those elements alone that are promised themselves, by agreements in force today.
        """
        size, promised = max(len(self.projection), 1), self._promised
        least = least_within(self._uses, self._used_by, promised.least, _STEPS)
        if least is None:
            least = least_below(self.projection, self._condensed, self.circular, promised.least)
        of = np.flatnonzero((least < NONE) & (promised.least < NONE))
        return {v: (at, promised.words[at]) for v, at in zip(of.tolist(), (least[of] % size).tolist(), strict=True)}

    def less_critical(self, most: int) -> list[tuple[int, int]]:
        """Providers that are called less critical than a dependent that cannot do without them, the worst first."""
        return less_critical(self.projection, most)

    def no_alternative(self, among: Bools | None, most: int) -> list[tuple[int, int]]:
        """Dependents and what they need in full, outside of any group; the most critical first."""
        return no_alternative(self.projection, self._carries, among, most)

    def unused(self, among: Bools | None, most: int) -> list[tuple[int, int]]:
        """What nothing depends on, by address, and how many it depends on itself."""
        rests = np.diff(self._uses[0])
        return [(v, int(rests[v])) for v in unused(self.projection, among, most)]


_LEVELS = {iri: n for n, iri in enumerate(CRITICALITIES, 1)}
_RULES = f"""SELECT DISTINCT ?rule ?above ?below ?from_tier ?to_tier {{
    ?rule a <{t.LAYER_RULE}> ; <{t.RULE_FROM}> ?from ; <{t.RULE_TO}> ?to .
    ?above <{t.MAP_KEY}> ?from . ?below <{t.MAP_KEY}> ?to .
    OPTIONAL {{ ?rule <{t.RULE_FROM_TIER}> ?from_tier }}
    OPTIONAL {{ ?rule <{t.RULE_TO_TIER}> ?to_tier }}
}}"""
_PROMISED = f"""SELECT ?element ?percent {{
    {{ SELECT ?promise ?element {{ ?promise <{t.COVERS}> ?element
        MINUS {{ SELECT ?promise {{ ?promise <{t.VALID_FROM}> ?since FILTER(?since > NOW()) }} }}
        MINUS {{ SELECT ?promise {{ ?promise <{t.VALID_UNTIL}> ?until FILTER(?until <= NOW()) }} }} }} }}
    {{ SELECT ?promise ?objective {{ ?promise <{t.HAS_OBJECTIVE}> ?objective }} }}
    {{ SELECT ?objective {{ ?objective <{t.METRIC}> <{t.METRIC_AVAILABILITY}> }} }}
    {{ SELECT ?objective ?percent {{ ?objective <{t.TARGET_PERCENT}> ?percent }} }}
}}"""
_STEPS = 100  # of a map that is not deeper, the least is found without taking the circles out first


def _within_brackets(terms: Stretches) -> Stretches:
    """IRIs without their brackets."""
    return Stretches(terms.blob, terms.start + 1, np.maximum(terms.end - 1, terms.start + 1))


def _amount(written: str) -> Decimal | None:
    """The number that a term of SPARQL says; None where it says none."""
    try:
        amount = Decimal(written.partition("^^")[0].strip('"'))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() else None


def _decimal(total: int, scale: int) -> str:
    """A number of parts of 10 ** scale, written out.

    >>> _decimal(-1250, 2), _decimal(7, 0)
    ('-12.50', '7')
    """
    whole, part = divmod(abs(total), 10**scale)
    return f"{'-' if total < 0 else ''}{whole}{f'.{part:0{scale}d}' if scale else ''}"
