"""How is a large store read as if it said a little less and more? In a copy, where only what differs is worked out.

The copy is made of links, so it costs little. What follows from the statements is not derived anew for the whole map:
nearly every rule looks no further than one dependency and the elements around it. So the rules are run twice on what
lies around the statements that differ, as it is and as it would be, and the difference is taken over. A rule that looks
further, or is not known here, must not read anything that differs; else there is no short way, and that is said.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path
from tempfile import mkdtemp
from weakref import finalize

import pyoxigraph as ox

from graph.model import Source, Statements
from graph.store.digest import GraphDigest
from graph.store.embedded import DiskStore, MemoryStore, ontology_in_memory
from graph.store.held import held_of, now, program
from graph.store.interface import DERIVED, META, ONTOLOGY, source_graph
from graph.store.lines import LineTable, packed
from graph.store.loaded import Loaded
from graph.store.provenance import provenance
from graph.store.rules import Rule, derive, rules
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["Differing", "LaidStore", "laid_on"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_MOST = 100_000
"""So many statements around what differs are looked at."""


@dataclass(frozen=True, slots=True)
class Differing:
    """What statements that differ are about: IRIs of properties, of classes, and of what is named otherwise.

    ``labels`` tells whether something that stays what it is has another name.
    """

    properties: frozenset[str]
    classes: frozenset[str]
    labels: bool

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Differing:
        """What some statements are about."""
        found = list(quads)
        typed = {quad.subject for quad in found if quad.predicate.value == t.RDF_TYPE}
        labels = any(quad.predicate.value == t.RDFS_LABEL and quad.subject not in typed for quad in found)
        classes = frozenset(_iri(quad.object) for quad in found if quad.predicate.value == t.RDF_TYPE)
        return cls(frozenset(quad.predicate.value for quad in found) - {t.RDF_TYPE}, classes, labels)

    @property
    def words(self) -> frozenset[str]:
        """Properties and classes."""
        return self.properties | self.classes


class LaidStore(MemoryStore):
    """A store with some statements taken away and others added; its copy goes when nobody asks it any more.

    ``base``, ``own``   the store, and the id of the source that is added
    ``folder``          where the copy lies
    ``gone``, ``come``  the lines of N-Triples that sources say no more, and those that they say now
    ``differing``       what the statements are about that differ, derived ones included
    ``elsewhere``       the same of those alone that are about something that was there before, and is no dependency
    ``touched``         what any of them says something of, and the elements and groups whose dependencies they are
    """

    in_memory = False

    def __init__(
        self, base: DiskStore, triples: ox.Store, loaded: Loaded, own: Statements, said: _Said, follows: _Follows
    ) -> None:
        self._triples, self._loaded, self.beside = triples, loaded, {}
        self._lines = {own.source.id: LineTable(packed(own.lines))}
        self.base, self.own, self.folder = base, own.source.id, Path()
        self.gone, self.come = _lines(said.gone), _lines(said.come)
        self._near = follows.near
        stated = said.gone | said.more
        quads = stated | follows.gone | follows.come
        self.differing = Differing.of(quads)
        self.elsewhere = Differing.of(quad for quad in stated if _is_elsewhere(quad, said.known))
        self.touched = frozenset(self._touched(quads))

    def _touched(self, quads: Iterable[ox.Quad]) -> Iterator[str]:
        for quad in quads:
            yield _iri(quad.subject)
            if quad.predicate.value in (t.DEPENDENT, t.MEMBER_OF_GROUP):
                yield _iri(quad.object)
        for subject in {_iri(quad.subject) for quad in quads} - {""}:
            ends = (value.text for p, value, _ in self.about(subject) if p in (t.DEPENDENT, t.MEMBER_OF_GROUP))
            yield from ends

    def around(self, query: str) -> tuple[set[tuple[str, ...]], set[tuple[str, ...]]]:
        """The rows of a SELECT of ours over what lies around the statements that differ, before and after."""
        return _rows(self._near[0], query), _rows(self._near[1], query)

    def lines(self, source_id: str) -> Mapping[str, int]:
        """As ``Reader.lines``."""
        return self._lines.get(source_id) or self.base.lines(source_id)


def laid_on(
    base: DiskStore, gone: Mapping[str, Sequence[bytes]], changed: Mapping[str, Source], own: Statements
) -> LaidStore | None:
    """A store with some statements of its sources taken away, and those of one more source.

    Args:
        base: the store; it stays as it is.
        gone: id of a source -> lines of N-Triples that it says no more.
        changed: the same sources as they are to be called.
        own: the source that is added.

    Returns:
        None where there is no short way: a rule that looks far reads what differs, too much lies around it, it
        speaks of things without a name, or there is no room for a copy.

    Cost: a copy made of links, and the rules on what lies around the statements that differ.
    """
    lines = [line for each in gone.values() for line in each]
    if any(b"_:" in line for line in lines) or b"_:" in own.triples:
        return None
    less = {quad for source_id, each in gone.items() for quad in _quads(each, source_graph(source_id))}
    more = set(_quads(own.triples.split(b"\n"), source_graph(own.source.id)))
    try:
        triples, folder = _copied(base)
    except (OSError, RuntimeError):
        return None
    try:
        follows = _follows(triples, less, more)
        if follows is None:
            shutil.rmtree(folder, ignore_errors=True)
            return None
        known = frozenset(quad.subject for quad in less | more if _is_known(triples, quad.subject))
        for quad in chain(less, follows.gone):
            triples.remove(quad)
        triples.extend(chain(more, follows.come))
        loaded = _loaded(base, changed, own)
        triples.remove_graph(ox.NamedNode(META))
        triples.load(input=provenance(loaded), format=_NTRIPLES, to_graph=ox.NamedNode(META))
        come = {quad for quad in more if not any(_in(graph, quad) in triples for graph in map(source_graph, changed))}
        store = LaidStore(base, triples, loaded, own, _Said(less, come, more, known), follows)
        store.folder = folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finalize(store, shutil.rmtree, folder, ignore_errors=True)
    return store


@dataclass(frozen=True, slots=True, eq=False)
class _Said:
    """Statements of sources that are gone, that have come, all that the patch says; and what is known of already."""

    gone: set[ox.Quad]
    come: set[ox.Quad]
    more: set[ox.Quad]
    known: Set[object]


@dataclass(frozen=True, slots=True, eq=False)
class _Follows:
    """What follows no more, what follows now; and all that lies around, before and after."""

    gone: set[ox.Quad]
    come: set[ox.Quad]
    near: tuple[ox.Store, ox.Store]


def _is_known(triples: ox.Store, subject: object) -> bool:
    if not isinstance(subject, ox.NamedNode):
        return True
    return any(_is_stated(quad) for quad in triples.quads_for_pattern(subject, None, None, None))


def _is_elsewhere(quad: ox.Quad, known: Set[object]) -> bool:
    """Whether a statement is about something that was there before, and is no dependency."""
    iri = _iri(quad.subject)
    return quad.subject in known and "/dependency/" not in iri and "/group/" not in iri


def _rows(store: ox.Store, query: str) -> set[tuple[str, ...]]:
    found = store.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return {tuple(map(str, solution)) for solution in found}


def _copied(base: DiskStore) -> tuple[ox.Store, Path]:
    folder = Path(mkdtemp(prefix="servicemap-"))
    try:
        base.copy(folder / "triples")
        return ox.Store(str(folder / "triples")), folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _loaded(base: DiskStore, changed: Mapping[str, Source], own: Statements) -> Loaded:
    held = [replace(each, source=changed.get(each.source.id, each.source)) for each in base.held]
    kept = [each for each in held if each.source.importer and each.source.id != own.source.id]
    before = Loaded(words=base.words, ruled=base.ruled)
    return before.changed([*kept, held_of(own, GraphDigest(0, ""), "")], at=now(), program=program())


def _quads(lines: Iterable[bytes], graph: str) -> Iterator[ox.Quad]:
    named = ox.NamedNode(graph)
    for said in ox.parse(input=b"\n".join(lines), format=_NTRIPLES):
        yield ox.Quad(said.subject, said.predicate, said.object, named)


def _in(graph: str, quad: ox.Quad) -> ox.Quad:
    """The same statement in a graph."""
    return ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(graph))


def _lines(quads: Iterable[ox.Quad]) -> frozenset[bytes]:
    text = ox.serialize((quad.triple for quad in quads), format=_NTRIPLES) or b""
    return frozenset(text.split(b"\n")) - {b""}


def _iri(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


# What follows


def _follows(triples: ox.Store, less: Set[ox.Quad], more: Set[ox.Quad]) -> _Follows | None:
    """What follows no more, and what follows now; None where the short way cannot tell."""
    around = list(islice(_Around(triples, less | more).quads(), _MOST))
    if len(around) == _MOST:
        return None
    near = _derived(around), _derived((set(around) - less) | more)
    was, is_ = (set(store.quads_for_pattern(None, None, None, ox.NamedNode(DERIVED))) for store in near)
    differing = was ^ is_
    words = Differing.of(chain(less, more, differing)).words
    if any(words & _read_by(rule) for rule in rules() if rule.digest[:16] not in _NEAR):
        return None
    return _Follows(was - is_, is_ - was, near)


def _derived(quads: Iterable[ox.Quad]) -> ox.Store:
    """Some statements with what the rules conclude from them."""
    store = ontology_in_memory()
    store.extend(quads)
    derive(store)
    return store


def _read_by(rule: Rule) -> frozenset[str]:
    """All words of the vocabulary that a rule names."""
    return frozenset(f"{t.SM}{word}" for word in re.findall(r"\bsm:([\w-]+)", rule.query))


_NEAR = {  # by the first signs of the digest: rules that look no further than what ``_Around`` gives
    "d3081245e015dd0c": "010-stubs",
    "533b90b2df77168d": "015-renamed-words",
    "dea0aed1bc04f743": "020-default-kind",
    "f5d9f723b0c0d670": "030-role-holders",
    "9e8bccccb969e2fb": "040-implied-dependencies",
    "7dc0b7a8f2c5e080": "050-shortcuts",
    "1356079481767613": "060-class-closure",
    "ad116be2595da891": "070-offering-service",
    "95b27c39817b4bb0": "080-instance-service",
    "a01429b65ae619e3": "130-start-order",
}


class _Around:
    """The statements of sources that may decide what follows from some statements; those that are there among them."""

    def __init__(self, triples: ox.Store, changed: Set[ox.Quad]) -> None:
        self.triples, self.changed = triples, changed

    def quads(self) -> Iterator[ox.Quad]:
        """Each may come several times."""
        subjects: set[object] = {quad.subject for quad in self.changed}
        elements: set[object] = subjects | {
            quad.object for quad in self.changed if isinstance(quad.object, ox.NamedNode)
        }
        for subject in subjects:
            elements |= set(self._values(subject, t.DEPENDENT)) | set(self._values(subject, t.PROVIDER))
            elements |= set(self._pointing(subject, t.HOLDING))
        kinds: set[object] = {quad.subject for quad in self.changed if quad.predicate.value == t.RDF_TYPE}
        kinds |= {quad.object for quad in self.changed if quad.predicate.value == t.INSTANCE_OF}
        for element in kinds:
            for dependency in self._pointing(element, t.PROVIDER):
                yield from self._about(dependency)
                for user in self._values(dependency, t.DEPENDENT):
                    if user not in elements:
                        elements.add(user)
                        yield from self._about(user)
        for element in elements:
            yield from self._about(element)
            yield from self._beside(element)
            yield from self._mentions(element)
            for dependency in self._pointing(element, t.DEPENDENT):
                yield from self._about(dependency)
                for provider in self._values(dependency, t.PROVIDER):
                    yield from self._about(provider)
                    yield from self._beside(provider)
                    yield from self._said(None, t.INSTANCE_OF, provider)
            for holding in self._values(element, t.HOLDING):
                yield from self._about(holding)

    def _beside(self, element: object) -> Iterator[ox.Quad]:
        """The environments of an element, what is agreed about it, and that something else needs it, for the checks."""
        for environment in self._values(element, t.IN_ENVIRONMENT):
            yield from self._about(environment)
        for agreement in self._pointing(element, t.COVERS):
            yield from self._about(agreement)
            for objective in self._values(agreement, t.HAS_OBJECTIVE):
                yield from self._about(objective)
        yield from islice((q for q in self._said(None, t.PROVIDER, element) if q not in self.changed), 1)

    def _mentions(self, element: object) -> Iterator[ox.Quad]:
        """Of what nobody defines a statement of each sort that speaks of it and stays, if there is one."""
        if any(quad.predicate.value == t.RDF_TYPE for quad in self._about(element)):
            return
        shortcuts = (kind.shortcut for kind in vocabulary().kinds.values() if kind.shortcut)
        for predicate in (t.PROVIDER, t.DEPENDENT, t.HOLDER, *shortcuts):
            staying = (quad for quad in self._said(None, predicate, element) if quad not in self.changed)
            yield from islice(staying, 1)

    def _said(self, subject: object, predicate: str, value: object) -> Iterator[ox.Quad]:
        """Statements of sources; what is derived tells who uses something, and is no statement of one."""
        yield from (quad for quad in self._all(subject, predicate, value) if _is_stated(quad))

    def _all(self, subject: object, predicate: str, value: object) -> Iterator[ox.Quad]:
        if isinstance(subject, ox.NamedNode | None) and isinstance(value, ox.NamedNode | None):
            yield from self.triples.quads_for_pattern(subject, ox.NamedNode(predicate), value, None)

    def _about(self, subject: object) -> Iterator[ox.Quad]:
        if isinstance(subject, ox.NamedNode):
            found = self.triples.quads_for_pattern(subject, None, None, None)
            yield from (quad for quad in found if _is_stated(quad))

    def _values(self, subject: object, predicate: str) -> Iterator[object]:
        yield from (quad.object for quad in self._all(subject, predicate, None))
        yield from (q.object for q in self.changed if q.subject == subject and q.predicate.value == predicate)

    def _pointing(self, value: object, predicate: str) -> Iterator[object]:
        yield from (quad.subject for quad in self._all(None, predicate, value))


def _is_stated(quad: ox.Quad) -> bool:
    graph = getattr(quad.graph_name, "value", "")
    return graph not in (DERIVED, META, ONTOLOGY)
