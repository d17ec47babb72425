"""The projection as obvious code: a statement at a time, with dictionaries. What the fast one must equal."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from graph.model import Finding, Severity
from graph.ntriples import readable_id
from graph.projection import PHASES, REQUIRED, STRENGTHS, STRUCTURE
from ontology import terms as t
from ontology.vocabulary import DependencyKind, Vocabulary, vocabulary


class Statements(Protocol):
    """What the projection needs of a store."""

    @property
    def revision(self) -> str: ...
    def pairs(self, predicate: str) -> Iterable[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True)
class Plain:
    """Elements as (iri, id, label, class, stub), edges as (iri, dependent, provider, kind, strength, phase, assumed)."""

    elements: list[tuple[str, str, str, str, bool]]
    edges: list[tuple[str, str, str, str, int, int, bool]]
    groups: list[tuple[str, int, int, int]]
    dated: int
    findings: list[Finding]


def project(store: Statements, words: Vocabulary | None = None) -> Plain:
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
    names = [*iris, *group_iris]
    rows = [
        (iri, names[row[0]], names[row[1]], kinds[row[2]].iri, *row[3:])
        for iri, row in zip(edges.iris, edges.rows, strict=True)
    ]
    weight, size = _weights(store), Counter[int]()
    for iri, row in zip(edges.iris, edges.rows, strict=True):
        size[row[0]] += min(weight.get(iri, {1}))
    return Plain(
        elements=[
            (iri, ids[n], labels.get(iri) or identifiers.get(iri) or ids[n], classes[iri], iri in stubs)
            for n, iri in enumerate(iris)
        ],
        edges=sorted(rows),
        groups=[(iri, *group_facts.numbers(iri, size[number[iri]])) for iri in group_iris],
        dated=sum(row[0] in dated for row in rows if row[4] != STRUCTURE),
        findings=[*edges.findings, *_other_numbers(store, {row[0] for row in rows}), *group_facts.findings],
    )


def _weights(store: Statements) -> dict[str, set[int]]:
    """The weights that are said of each dependency, of those that count."""
    said: dict[str, set[int]] = {}
    for iri, text in store.pairs(t.WEIGHT):
        if re.fullmatch("[0-9]{1,9}", text) and 1 <= int(text) <= 1_000:
            said.setdefault(iri, set()).add(int(text))
    return said


def _other_numbers(store: Statements, known: set[str]) -> list[Finding]:
    """Dependencies of which different times or weights are said."""
    weights = sorted(iri for iri, said in _weights(store).items() if len(said) > 1 and iri in known)
    found = [_conflict(iri, "weight", "the smaller") for iri in weights]
    for term, what, wins in (
        (t.TOLERANCE_MINUTES, "tolerance", "the shorter"),
        (t.RECOVERY_LAG_MINUTES, "recovery lag", "the longer"),
        (t.REFILL_MINUTES, "refill time", "the longer"),
    ):
        for iri, claims in _all(store.pairs(term)).items():
            numbers = {Decimal(claim) for claim in claims if re.fullmatch(r"\d+(\.\d+)?", claim)}
            if len(numbers) > 1 and iri in known:
                found.append(_conflict(iri, what, wins))
    return found


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

    def numbers(self, iri: str, size: int) -> tuple[int, int, int]:
        k = self.k(iri, size)
        return k, max(int(self.full.get(iri, k)), k), size

    def k(self, iri: str, size: int) -> int:
        """How many members must work: a count, or a percentage rounded up."""
        if iri in self.members:
            return int(self.members[iri])
        if iri in self.percent:
            return math.ceil(self.percent[iri] * size / 100)
        return 1


_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")
_MOST_MEMBERS = 1_000_000
