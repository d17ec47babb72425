"""How do triples become the service graph? Whole columns at a time, as the engine writes them.

For each predicate the store writes one answer as text; subjects and values in it are matched by hash and comparison
over whole columns, so that no Python object is made for a triple. What is rare (groups, claims that clash) is plain.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import numpy as np
import numpy.typing as npt

from graph.model import Finding, Severity
from graph.ntriples import readable_id
from graph.projection.model import (
    PHASES,
    REQUIRED,
    STRENGTHS,
    STRUCTURE,
    Coded,
    DependencyIris,
    Edges,
    Groups,
    Projection,
    Sparse,
    weight_of,
    weights,
)
from graph.texts import Stretches, Table, Texts, columns_of, find_in, first_of_each, joined
from ontology import terms as t
from ontology.vocabulary import DependencyKind, Vocabulary, vocabulary

__all__ = ["OWNERS", "RARE", "dated", "pairs", "project", "words_of_kinds"]

RARE = {
    "tolerance": t.TOLERANCE_MINUTES,
    "refill": t.REFILL_MINUTES,
    "lag": t.RECOVERY_LAG_MINUTES,
    "weight": t.WEIGHT,
    "protocol": t.PROTOCOL,
    "slot": t.SLOT,
    "valid_from": t.VALID_FROM,
    "valid_until": t.VALID_UNTIL,
}
OWNERS = (
    t.OWNED_BY,
    t.BUSINESS_OWNER,
    t.TECHNICAL_OWNER,
    t.INFRASTRUCTURE_OWNER,
    t.DATA_OWNER,
    t.COST_OWNER,
)

CRITICALITIES = (t.CRITICALITY_LOW, t.CRITICALITY_MEDIUM, t.CRITICALITY_HIGH, t.CRITICALITY_CRITICAL)

Places = npt.NDArray[np.int64]
Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]


class Statements(Protocol):
    """What the projection needs of a store."""

    @property
    def revision(self) -> str: ...
    def column(self, predicate: str) -> bytes: ...
    def subjects(self, predicate: str) -> bytes: ...
    def instances(self, cls: str) -> bytes: ...


def project(store: Statements, words: Vocabulary | None = None) -> Projection:
    """Turn the statements of a store into the service graph. Time and memory grow with the map, nothing more.

    Two sources that give one dependency different strengths: the stronger claim counts, and a finding says so.
    """
    words = words or vocabulary()
    kinds = tuple(words.kinds.values())
    iris, classes, besides = _elements(store, words)
    groups = _GroupFacts(store)
    elements = len(iris)
    found = _Found(store, Table(joined([iris, groups.iris])), groups)
    edges = found.edges(kinds, words)
    order = _in_order(found, edges, kinds)
    names, group_names = iris.texts(), groups.iris.texts()
    iris_of_edges = found.iris.take(order)
    dependent, provider, kind = edges.dependent[order], edges.provider[order], edges.kind[order]
    owner = find_in(iris, groups.element).astype(np.int32)
    columns = (dependent, provider, kind, edges.claim[order])
    made = _put_together(columns[:3], (names, group_names), owner, words_of_kinds(kinds), iris_of_edges)
    back = np.argsort(order)
    rare = {name: _rare(_said(store, name, term), found.table, back) for name, term in RARE.items()}
    done = Edges.packed(columns, made, rare)
    identifiers = _first_values(store, t.DCTERMS_IDENTIFIER, iris)
    ids = _ids(names, identifiers)
    return Projection(
        revision=store.revision,
        iris=names,
        ids=ids,
        labels=_labels(_first_values(store, t.RDFS_LABEL, iris), identifiers, ids),
        classes=classes,
        stub=_stubs(store, iris),
        owned=_owned(store, iris),
        criticality=_criticality(store, iris),
        edges=done,
        groups=groups.groups(group_names, dependent, elements, weights(done, elements)),
        kinds=kinds,
        dated=dated(done),
        findings=(*found.findings(), *_other_numbers(store, found.table), *groups.findings),
        besides=besides,
    )


# What the engine writes


def pairs(store: Statements, predicate: str) -> tuple[Stretches, Stretches]:
    """Subject and value of every statement with a predicate; what several sources say may come several times."""
    subjects, values = columns_of(store.column(predicate))
    return _bare(subjects), _bare(values)


def _subjects(store: Statements, predicate: str) -> Stretches:
    """The subjects of the statements with a predicate."""
    return _bare(columns_of(store.subjects(predicate))[0])


def _bare(column: Stretches) -> Stretches:
    """The texts of terms without what marks them as IRI, blank node or literal."""
    blob, start, end = column.blob, column.start.copy(), column.end.copy()
    if not len(column):
        return column
    first, last = blob[start], blob[end - 1]
    iri, blank, literal = first == ord("<"), first == ord("_"), first == ord('"')
    iri &= last == ord(">")
    end[iri] -= 1
    start[iri] += 1
    start[blank] += 2
    plain = literal & (last == ord('"'))
    start[literal] += 1
    end[plain] -= 1
    for row in np.flatnonzero(literal & ~plain).tolist():
        end[row] = start[row] + blob[start[row] : end[row]].tobytes().rindex(b'"')
    slashes = np.flatnonzero(blob == ord("\\"))
    place = np.searchsorted(slashes, start[literal])
    escaped = np.flatnonzero(literal)[np.append(slashes, len(blob))[place] < end[literal]]
    if not escaped.size:
        return Stretches(blob, start, end)
    meant = [_ESCAPE.sub(_unescaped, blob[start[row] : end[row]].tobytes()) for row in escaped.tolist()]
    lengths = np.array([len(text) for text in meant], np.int64)
    end[escaped] = len(blob) + np.cumsum(lengths)
    start[escaped] = end[escaped] - lengths
    return Stretches(np.concatenate([blob, np.frombuffer(b"".join(meant) + bytes(8), np.uint8)]), start, end)


_ESCAPE = re.compile(rb"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.DOTALL)
_SIGNS = {b"t": b"\t", b"n": b"\n", b"r": b"\r", b"b": b"\b", b"f": b"\f"}


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return chr(int(sign[1:], 16)).encode() if len(sign) > 1 else _SIGNS.get(sign, sign)


def _first(pairs: tuple[Stretches, Stretches]) -> tuple[Stretches, Stretches]:
    """The smallest value of each subject: the same, whatever the order of the sources."""
    subjects, values = pairs
    if not len(subjects):
        return pairs
    first, number = first_of_each(subjects)
    best = first.copy()
    for row in np.flatnonzero(np.bincount(number)[number] > 1).tolist():
        if values.bytes_at(row) < values.bytes_at(int(best[number[row]])):
            best[number[row]] = row
    return subjects.take(best), values.take(best)


def _first_values(store: Statements, predicate: str, subjects: Stretches) -> Stretches:
    """The smallest value of each of the subjects, and an empty text where there is none."""
    said, values = _first(pairs(store, predicate))
    row = find_in(said, subjects)
    if not len(said):
        none = np.zeros(len(subjects), np.int64)
        return Stretches(values.blob, none, none)
    found = values.take(np.maximum(row, 0))
    return Stretches(found.blob, found.start, np.where(row >= 0, found.end, found.start))


# Elements


def _elements(store: Statements, words: Vocabulary) -> tuple[Stretches, Coded, Mapping[str, Ints]]:
    """All elements in the order of their IRIs, each with its most specific class; and ``Projection.besides``."""
    classes = [iri for iri in words.classes if words.is_a(iri, t.ELEMENT)]
    classes.sort(key=lambda iri: (len(words.classes[iri].ancestors), iri), reverse=True)
    below = [{n for n, each in enumerate(classes) if words.is_a(each, cls)} for cls in classes]
    found, besides, sizes = dict[bytes, int](), list[list[bytes]](), list[int]()
    for number, cls in enumerate(classes):
        said = set(store.instances(cls).split(b"\n")[1:-1])
        besides.append([line for line in said if found.setdefault(line, number) not in below[number]])
        sizes.append(len(said))
    bare = {_inside(line): number for line, number in found.items()}
    iris = sorted(bare)
    codes = np.fromiter((bare[iri] for iri in iris), np.uint16, len(iris))
    many = np.bincount(codes, minlength=len(classes))
    at = {iri: vertex for vertex, iri in enumerate(iris)} if any(besides) else {}
    known = {
        cls: np.array(sorted(at[_inside(line)] for line in besides[n]), np.int32)
        for n, cls in enumerate(classes)
        if int(many[list(below[n])].sum()) + len(besides[n]) == sizes[n]  # else a class above is not said
    }
    return Texts.of(iris).stretches(), Coded(classes, codes), known


def _inside(line: bytes) -> bytes:
    """The text of an IRI or a blank node as the engine writes it."""
    return line[1:-1] if line.startswith(b"<") else line[2:]


def _stubs(store: Statements, iris: Stretches) -> Bools:
    subjects, values = pairs(store, t.IS_STUB)
    said = np.array([text == b"true" for text in values.to_bytes()], np.bool_)
    return find_in(subjects.take(np.flatnonzero(said)), iris) >= 0


def _owned(store: Statements, iris: Stretches) -> Bools:
    """Which elements name an owner of any sort."""
    owned = np.zeros(len(iris), np.bool_)
    for term in OWNERS:
        owned |= find_in(_subjects(store, term), iris) >= 0
    return owned


def _criticality(store: Statements, iris: Stretches) -> Bytes:
    """How critical each element is called."""
    subjects, values = pairs(store, t.CRITICALITY)
    level = find_in(Texts.of(list(CRITICALITIES)).stretches(), values).astype(np.int8) + np.int8(1)
    found, at = np.zeros(len(iris), np.int8), find_in(iris, subjects)
    np.maximum.at(found, at[at >= 0], level[at >= 0])
    return found


def _ids(iris: Texts, identifiers: Stretches) -> Texts:
    """``namespace/id`` of each element, for people."""
    given = identifiers.to_bytes()
    plain = not (iris.blob == ord("%")).any()
    made = []
    for iri, identifier in zip(iris, given, strict=True):
        if plain:
            namespace, _, name = iri.rpartition("/")
            namespace = namespace.rpartition("/")[2]
        else:
            namespace, _, name = readable_id(iri).partition("/")
        made.append(f"{namespace}/".encode() + (identifier or name.encode()))
    return Texts.of(made)


def _labels(labels: Stretches, identifiers: Stretches, ids: Texts) -> Texts:
    """What an element is called: its label, or else its id."""
    all_ = joined([labels, identifiers, ids.stretches()])
    n, row = len(labels), np.arange(len(labels))
    filled = all_.end > all_.start
    return all_.take(np.where(filled[:n], row, np.where(filled[n : 2 * n], row + n, row + 2 * n))).texts()


# Edges


@dataclass(frozen=True, slots=True, eq=False)
class _Columns:
    dependent: Ints
    provider: Ints
    kind: Bytes
    claim: npt.NDArray[np.uint8]


class _Found:
    """The dependencies whose both ends are known, then the groups whose dependent is: one row each.

    ``iris``, ``dependent``, ``provider``  of the rows; ``single`` is how many are dependencies
    """

    def __init__(self, store: Statements, table: Table, groups: _GroupFacts) -> None:
        self.store = store
        iris, providers = _first(pairs(store, t.PROVIDER))
        inner, self.outer = _first(pairs(store, t.MEMBER_OF_GROUP))
        dependents = _first(groups.dependents)
        provider = table.find(providers)
        dependent = self._ends(table, iris, dependents, (inner, self.outer))
        kept = np.flatnonzero((provider >= 0) & (dependent >= 0))
        from_group = self._ends(table, groups.iris, dependents, (inner, self.outer))
        joining = np.flatnonzero(from_group >= 0)
        self.single = len(kept)
        self.iris = joined([iris.take(kept), groups.iris.take(joining)])
        self.dependent = np.concatenate([dependent[kept], from_group[joining]])
        self.provider = np.concatenate([provider[kept], joining + len(table.texts) - len(groups.iris)])
        self.inner, self.table = inner, Table(self.iris)
        self.strengths = self._claims(t.STRENGTH)
        self.phases = self._claims(t.PHASE, self.single)

    @staticmethod
    def _ends(
        table: Table,
        iris: Stretches,
        dependents: tuple[Stretches, Stretches],
        outer: tuple[Stretches, Stretches],
    ) -> Places:
        """The vertex that each depends from: its group, or else its element; -1 when that is unknown."""
        found, known = np.full(len(iris), -1, np.int64), Table(iris)
        for subjects, values in (dependents, outer):
            row = known.find(subjects)
            found[row[row >= 0]] = table.find(values)[row >= 0]
        return found

    def _claims(self, predicate: str, most: int | None = None) -> _Claims:
        subjects, values = pairs(self.store, predicate)
        row = self.table.find(subjects)
        return _Claims(subjects, values, row if most is None else np.where(row < most, row, -1))

    def edges(self, kinds: tuple[DependencyKind, ...], words: Vocabulary) -> _Columns:
        """The columns of the rows."""
        kind = self._kinds(kinds)
        default = [STRENGTHS.get(k.strength, REQUIRED) if k.carries_impact else STRUCTURE for k in kinds]
        exposure = np.array([bool(k.exposure) for k in kinds], np.bool_)
        strength_of = {code.iri: STRENGTHS[code.key] for code in words.codes.values() if code.key in STRENGTHS}
        phase_of = {code.iri: PHASES.index(code.key) for code in words.codes.values() if code.key in PHASES}
        stated = self.strengths.extreme(len(self.iris), strength_of, np.maximum, -1)
        strength = np.where((stated >= 0) & ~exposure[kind], stated, np.array(default, np.int8)[kind])
        phase = self.phases.extreme(len(self.iris), phase_of, np.minimum, len(PHASES))
        phase = np.where(phase == len(PHASES), 0, phase)
        claim = (strength + 1) | (phase << 2) | (self._assumed().astype(np.int64) << 4)
        evident = self.table.find(_subjects(self.store, t.EVIDENCE_TYPE))
        claim[evident[evident >= 0]] |= 32
        ends = self.dependent.astype(np.int32), self.provider.astype(np.int32)
        return _Columns(*ends, kind.astype(np.int8), claim.astype(np.uint8))

    def _kinds(self, kinds: tuple[DependencyKind, ...]) -> Places:
        fallback = next(position for position, kind in enumerate(kinds) if kind.key == "needs")
        subjects, values = _first(pairs(self.store, t.KIND))
        row = self.table.find(subjects)
        number = find_in(Texts.of([kind.iri for kind in kinds]).stretches(), values)
        found = np.full(len(self.iris), fallback, np.int64)
        told = (row >= 0) & (row < self.single) & (number >= 0)
        found[row[told]] = number[told]
        return found

    def _assumed(self) -> Bools:
        """Where neither a dependency, nor a group that it belongs to, states a strength: a group speaks for members."""
        assumed = np.ones(len(self.iris), np.bool_)
        assumed[self.strengths.row[self.strengths.row >= 0]] = False
        holders = self.outer.to_bytes()
        outer = dict(zip(self.inner.to_bytes(), holders, strict=True))
        asked = list(dict.fromkeys(holders))
        states = find_in(self.strengths.subjects, Texts.of(asked).stretches()) >= 0
        claimed = {iri for iri, says in zip(asked, states.tolist(), strict=True) if says}
        member = self.table.find(self.inner)
        for row, holder in zip(member.tolist(), holders, strict=True):
            if row >= 0 and assumed[row]:
                depth, at = 1, holder
                while at not in claimed and at in outer and depth < _DEEPEST_GROUP:
                    at, depth = outer[at], depth + 1
                assumed[row] = at not in claimed
        return assumed

    def findings(self) -> Iterator[Finding]:
        """What sources disagree on, in the order of the IRIs, dependencies before groups."""
        for group in (False, True):
            clashes = [
                (self.iris.bytes_at(row).decode(), what)
                for what, claims in (("strength", self.strengths), ("phase", self.phases))
                for row in claims.clashes()
                if (row >= self.single) == group
            ]
            for iri, what in sorted(clashes, key=lambda clash: (clash[0], clash[1] == "phase")):
                yield _conflict(iri, what, "the stronger")


_DEEPEST_GROUP = 100


@dataclass(frozen=True, slots=True, eq=False)
class _Claims:
    """What sources claim of rows: ``row`` is -1 where the subject is none of them."""

    subjects: Stretches
    values: Stretches
    row: Places

    def extreme(self, rows: int, codes: Mapping[str, int], which: np.ufunc, nothing: int) -> Places:
        """Of the known codes that are claimed of each row the greatest or least; ``nothing`` where none is."""
        found = np.full(rows, nothing, np.int64)
        place = find_in(Texts.of(list(codes)).stretches(), self.values)
        known = (place >= 0) & (self.row >= 0)
        which.at(found, self.row[known], np.array(list(codes.values()), np.int64)[place[known]])
        return found

    def clashes(self) -> list[int]:
        """Rows of which different things are claimed."""
        rows = self.row[self.row >= 0]
        if np.unique(rows).size == rows.size:
            return []
        said: dict[int, set[bytes]] = {}
        counts = np.bincount(rows)
        for position in np.flatnonzero((self.row >= 0) & (counts[np.maximum(self.row, 0)] > 1)).tolist():
            said.setdefault(int(self.row[position]), set()).add(self.values.bytes_at(position))
        return sorted(row for row, values in said.items() if len(values) > 1)


def _in_order(found: _Found, edges: _Columns, kinds: tuple[DependencyKind, ...]) -> Places:
    """By provider, then by dependent, then by IRI, the same for any order of the sources."""
    spoken = words_of_kinds(kinds)
    rank = np.argsort(np.argsort(np.array([f"{word}/" for word in spoken])))
    order = np.lexsort((rank[edges.kind], edges.dependent, edges.provider))
    ends = edges.provider[order].astype(np.int64) << 32 | edges.dependent[order]
    equal = np.flatnonzero(ends[1:] == ends[:-1])
    for start, end in _runs(equal.tolist()):
        order[start:end] = sorted(order[start:end], key=found.iris.bytes_at)
    return order


def _runs(equal: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Stretches of rows that are alike, from the places where a row is like the next."""
    start = end = -1
    for place in equal:
        if place != end - 1:
            if start >= 0:
                yield start, end
            start = place
        end = place + 2
    if start >= 0:
        yield start, end


def words_of_kinds(kinds: Iterable[DependencyKind]) -> tuple[str, ...]:
    """Each kind as the IRI of a dependency says it."""
    return tuple(kind.key.replace(" ", "-") for kind in kinds)


def _put_together(
    ends: tuple[Ints, Ints, Bytes], names: tuple[Texts, Texts], owner: Ints, words: Sequence[str], said: Stretches
) -> DependencyIris:
    """IRIs that are made when asked for, and those kept that would come out otherwise."""
    none = Sparse(np.empty(0, np.int32), Texts.of([]))
    made = DependencyIris(ends, names, owner, words, none)
    regular = np.zeros(len(said), np.bool_)
    grouped = ends[0] >= len(names[0])
    alone = np.flatnonzero(~grouped & (ends[1] < len(names[0])))
    regular[alone] = _is_regular(ends, names[0].stretches(), words, said, alone)
    for row in np.flatnonzero(grouped | (ends[1] >= len(names[0]))).tolist():
        known = ends[1][row] >= len(names[0]) or owner[ends[0][row] - len(names[0])] >= 0
        regular[row] = known and made[row].encode() == said.bytes_at(row)
    other = np.flatnonzero(~regular)
    made.other = Sparse(other.astype(np.int32), said.take(other).texts())
    return made


def _is_regular(
    ends: tuple[Ints, Ints, Bytes], names: Stretches, words: Sequence[str], said: Stretches, rows: Places
) -> Bools:
    """Whether an IRI is ``<dependent>/dependency/<kind>/<last two parts of the provider>``, part by part."""
    middle = Texts.of([f"/dependency/{word}/" for word in words]).stretches()
    whole, parts = said.take(rows), (names.take(ends[0][rows]), middle.take(ends[2][rows]))
    regular, at = np.ones(len(rows), np.bool_), whole.start
    for part in (*parts, _last_two(names).take(ends[1][rows])):
        until = at + part.end - part.start
        fits = until <= whole.end
        regular &= fits
        regular &= Stretches(said.blob, at, np.where(fits, until, at)).equal(part)
        at = np.minimum(until, whole.end)
    regular &= at == whole.end
    return regular


def _last_two(names: Stretches) -> Stretches:
    """The last two parts of each IRI, those between slashes."""
    slashes = np.concatenate([[-1, -1], np.flatnonzero(names.blob == ord("/"))])
    place = np.searchsorted(slashes, names.end) - 2
    return Stretches(names.blob, np.maximum(slashes[np.maximum(place, 0)] + 1, names.start), names.end)


_HARM = {
    "tolerance": (min, "tolerance", "the shorter"),
    "lag": (max, "recovery lag", "the longer"),
    "refill": (max, "refill time", "the longer"),
    "weight": (min, "weight", "the smaller"),
}
"""Of several numbers that sources state of one dependency the one counts that does most harm: which, and in words."""


def _said(store: Statements, name: str, predicate: str) -> tuple[Stretches, Stretches]:
    """What is said of each subject, once: the number that does most harm; of anything else the smallest text."""
    subjects, values = _numbers(store, name, predicate)
    if name not in _HARM or not (others := _several(subjects, values)):
        return _first((subjects, values))
    worst, kept = _HARM[name][0], np.ones(len(subjects), np.bool_)
    for rows in others:
        kept[rows] = False
        kept[worst(rows, key=lambda row: _minutes(values, row))] = True
    return _first((subjects.take(np.flatnonzero(kept)), values.take(np.flatnonzero(kept))))


def _numbers(store: Statements, name: str, predicate: str) -> tuple[Stretches, Stretches]:
    """What is said of each subject; of weights only those that count."""
    subjects, values = pairs(store, predicate)
    if name != "weight":
        return subjects, values
    rows = [row for row, value in enumerate(values.to_bytes()) if weight_of(value.decode())]
    return subjects.take(np.array(rows, np.int64)), values.take(np.array(rows, np.int64))


def _several(subjects: Stretches, values: Stretches) -> list[list[int]]:
    """The rows of each subject of which different numbers are said."""
    if not len(subjects):
        return []
    _, number = first_of_each(subjects)
    rows: dict[int, list[int]] = {}
    for row in np.flatnonzero(np.bincount(number)[number] > 1).tolist():
        if _NUMBER.fullmatch(values.bytes_at(row).decode()):
            rows.setdefault(int(number[row]), []).append(row)
    return [each for each in rows.values() if len({_minutes(values, row) for row in each}) > 1]


def _minutes(values: Stretches, row: int) -> Decimal:
    return Decimal(values.bytes_at(row).decode())


def _other_numbers(store: Statements, iris: Table) -> Iterator[Finding]:
    """Dependencies of which two sources state different times or weights."""
    for name, (_, what, wins) in _HARM.items():
        subjects, values = _numbers(store, name, RARE[name])
        named = sorted(subjects.bytes_at(rows[0]).decode() for rows in _several(subjects, values))
        known = iris.find(Texts.of(named).stretches()) if named else ()
        yield from (_conflict(iri, what, wins) for iri, row in zip(named, known, strict=True) if row >= 0)


def _rare(said: tuple[Stretches, Stretches], iris: Table, position: Places) -> Sparse:
    subjects, values = said
    row = iris.find(subjects)
    known = np.flatnonzero(row >= 0)
    edge = position[row[known]]
    order = np.argsort(edge)
    return Sparse(edge[order].astype(np.int32), values.take(known[order]).texts())


def dated(edges: Edges) -> int:
    """How many edges that can carry an outage state a time of validity."""
    saying = [edges.rare[name].edges for name in ("valid_from", "valid_until") if name in edges.rare]
    told = np.unique(np.concatenate(saying)) if saying else edges.provider[:0]
    return int((edges.claim[told] & 3 != STRUCTURE + 1).sum())


def _conflict(iri: str, what: str, wins: str) -> Finding:
    """Two sources say different things about one dependency or group."""
    element = readable_id(iri.partition("/dependency/")[0].partition("/group/")[0])
    message = f"sources disagree on the {what} of {'a group' if '/group/' in iri else 'a dependency'} of {element}"
    remedy = f"{wins} claim counts; correct one of the sources"
    return Finding(Severity.WARNING, f"conflicting-{what}", iri, None, message, remedy)


# Groups


class _GroupFacts:
    """What the sources say about groups; ``iris`` in order, ``element`` the one whose alternatives they hold."""

    def __init__(self, store: Statements) -> None:
        lines = set(store.instances(t.DEPENDENCY_GROUP).split(b"\n")[1:-1])
        said = sorted(line[1:-1] if line.startswith(b"<") else line[2:] for line in lines)
        self.dependents = pairs(store, t.DEPENDENT)
        typed = Texts.of(said).stretches()
        subjects, elements = self.dependents
        row = find_in(typed, subjects)
        mine = np.flatnonzero(row >= 0)
        subjects, elements = _first((subjects.take(mine), elements.take(mine)))
        row = find_in(subjects, typed)
        self.iris, self.element = typed.take(np.flatnonzero(row >= 0)), elements.take(row[row >= 0])
        self.findings: list[Finding] = []
        self.members = self._largest(store, t.MINIMUM_MEMBERS, "number of members that must work")
        self.percent = self._largest(store, t.MINIMUM_PERCENT, "share of members that must work")
        self.full = self._largest(store, t.FULL_SERVICE_MEMBERS, "number of members for full service")

    def _largest(self, store: Statements, term: str, what: str) -> dict[str, Decimal]:
        """The largest claim of each group; what is no number is left to the shapes."""
        said: dict[str, dict[str, None]] = {}
        subjects, values = pairs(store, term)
        for subject, value in zip(subjects.to_bytes(), values.to_bytes(), strict=True):
            said.setdefault(subject.decode(), {}).setdefault(value.decode())
        found: dict[str, Decimal] = {}
        for iri, claims in said.items():
            numbers = [Decimal(claim) for claim in claims if _NUMBER.fullmatch(claim)]
            if numbers:
                found[iri] = min(max(numbers), Decimal(_MOST_MEMBERS))
            if len(claims) > 1:
                self.findings.append(_conflict(iri, what, "the larger"))
        return found

    def groups(self, iris: Texts, dependent: Ints, elements: int, weight: Ints | None) -> Groups:
        size = np.bincount(dependent, weight, minlength=elements + len(iris))[elements:].astype(np.int32)
        k = [self.k(iri, int(n)) for iri, n in zip(iris, size, strict=True)]
        full = [max(int(self.full.get(iri, least)), least) for iri, least in zip(iris, k, strict=True)]
        share = {n: self.percent[iri] for n, iri in enumerate(iris) if iri in self.percent and iri not in self.members}
        return Groups(iris, np.array(k, np.int32), np.array(full, np.int32), size, share)

    def k(self, iri: str, size: int) -> int:
        """How many members must work: a count, or a percentage rounded up."""
        if iri in self.members:
            return int(self.members[iri])
        if iri in self.percent:
            return math.ceil(self.percent[iri] * size / 100)
        return 1


_NUMBER = re.compile(r"\d{1,12}(\.\d{1,12})?")
_MOST_MEMBERS = 1_000_000
