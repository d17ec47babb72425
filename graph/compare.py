"""What is different between two states of a map? Elements and dependencies added, removed and changed, with places.

Compared is what the sources say, statement by statement; what follows from it (derived statements) is not. Sources
whose content is the same in both are passed over unread.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import Enum

import numpy as np
import numpy.typing as npt

from graph.answer import Answer, count
from graph.facts import words_of
from graph.maps import Map
from graph.model import NOT_LISTED, Finding, Where
from graph.ntriples import readable_id
from graph.store import source_graph
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.laid import LaidStore
from graph.store.marks import differing, marks_of
from graph.validation import Places
from ontology import terms as t

__all__ = ["Comparison", "Difference", "How", "Told", "answer", "compare", "removed"]


class How(Enum):
    """What happened to a thing from the first state to the second."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Told:
    """One property that is not said the same: its name in words, and its values before and after ("" for none)."""

    property: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Difference:
    """An element or a dependency that is not the same.

    ``iri``     of the element, the dependency or the group
    ``owner``   IRI of the element that it is or belongs to
    ``name``    in words: an element's name, or "Checkout → Payments"
    ``where``   where the second state says it; for what is removed, the first
    ``provider``  IRI of what a dependency is on; "" for elements and groups
    """

    how: How
    what: str
    iri: str
    owner: str
    name: str
    told: tuple[Told, ...]
    where: Where | None
    provider: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Result of ``compare``: differences in the order added, removed, changed, then by name; findings new and gone.

    ``cuts`` says what could not be compared to its end.
    """

    before: str
    after: str
    differences: tuple[Difference, ...]
    new_findings: tuple[Finding, ...]
    gone_findings: tuple[Finding, ...]
    cuts: tuple[str, ...] = ()

    def of(self, what: str, how: How) -> tuple[Difference, ...]:
        """The differences of one sort: what "element" or "dependency"."""
        return tuple(d for d in self.differences if d.what == what and d.how is how)


def compare(before: Map, after: Map) -> Comparison:
    """What the second map says otherwise than the first. Cost: the statements of the sources that differ."""
    gone, come = (
        _as_laid(before, after)
        or _by_marks(before, after)
        or _different(_statements(before, after), _statements(after, before))
    )
    subjects = defaultdict[str, tuple[set[_Said], set[_Said]]](lambda: (set(), set()))
    for side, lines in enumerate((gone, come)):
        for subject, said in map(_split, lines):
            subjects[_whole(subject, before, after)][side].add((subject, said))
    names = _Names(before, after)
    found = [names.difference(iri, old, new) for iri, (old, new) in subjects.items()]
    known = _listed(before, after), _listed(after, before)
    cut = {f.check for opened in (before, after) for f in opened.findings if _stands_for_more(f)}
    return Comparison(
        before=before.store.revision,
        after=after.store.revision,
        differences=tuple(sorted(found, key=_order)),
        new_findings=tuple(_without(known[1], known[0])),
        gone_findings=tuple(_without(known[0], known[1])),
        cuts=tuple(f"the findings '{check}' are compared as far as both states list them" for check in sorted(cut)),
    )


def removed(comparison: Comparison, before: Map, after: Map) -> tuple[str, ...]:
    """IRIs of the elements that were defined and are no more; what still needs one of them names it all the same."""
    old, new = before.projection, after.projection
    gone = (d.iri for d in comparison.of("element", How.REMOVED))
    return tuple(
        iri
        for iri in gone
        if iri in old.index and not old.stub[old.index[iri]] and (iri not in new.index or new.stub[new.index[iri]])
    )


def _listed(here: Map, there: Map) -> list[Finding]:
    """The findings of a map, as far as the other lists those of the same check."""
    last = dict[str, str]()
    for finding in there.findings:
        last[finding.check] = max(last.get(finding.check, ""), finding.subject)
    cut = {finding.check for finding in there.findings if _stands_for_more(finding)}
    return [f for f in here.findings if not (_stands_for_more(f) or (f.check in cut and f.subject > last[f.check]))]


def _stands_for_more(finding: Finding) -> bool:
    return not finding.subject and NOT_LISTED in finding.message


def _without(findings: Sequence[Finding], known: Sequence[Finding]) -> Iterator[Finding]:
    """The findings that are none of the known ones; one that only counts otherwise is the same."""
    left = Counter(finding.identity for finding in known)
    told = {(finding.check, finding.subject, finding.message) for finding in known}
    for finding in sorted(findings, key=lambda f: (f.check, f.subject, f.message) not in told):
        if left[finding.identity]:
            left[finding.identity] -= 1
        else:
            yield finding


_Said = tuple[str, str]


def _order(difference: Difference) -> tuple[int, str, str, str]:
    return list(How).index(difference.how), difference.what, difference.name.casefold(), difference.iri


def _other(here: Map, there: Map) -> list[str]:
    """Ids of the sources that the other map does not have just so."""
    same = {(s.id, s.digest, s.namespace, s.importer) for s in there.store.sources}
    return [
        source.id
        for source in here.store.sources
        if source.importer and (source.id, source.digest, source.namespace, source.importer) not in same
    ]


def _statements(here: Map, there: Map) -> list[bytes]:
    """What the sources say that the other map does not have just so: a text for each, of one statement a line."""
    return [here.store.triples(source_graph(source_id)) for source_id in _other(here, there)]


def _as_laid(before: Map, after: Map) -> tuple[Set[bytes], Set[bytes]] | None:
    """As ``_different``, where the second is the first with a patch laid over it that is known."""
    if isinstance(after.store, LaidStore) and after.store.base is before.store:
        return after.store.gone - after.store.come, after.store.come - after.store.gone
    return None


def _by_marks(before: Map, after: Map) -> tuple[set[bytes], set[bytes]] | None:
    """As ``_different``, by the marks that stores keep of subjects; None where there are none, or much differs."""
    one, two = before.store, after.store
    if not (isinstance(one, MemoryStore | DiskStore) and isinstance(two, MemoryStore | DiskStore)):
        return None
    sides = (one, _other(before, after)), (two, _other(after, before))
    noted = [[store.marks(source_id) for source_id in ids] for store, ids in sides]
    if not any(marks for side in noted for marks in side):
        return None
    first, second = (
        [marks or marks_of(store.triples(source_graph(each))) for each, marks in zip(ids, side, strict=True)]
        for (store, ids), side in zip(sides, noted, strict=True)
    )
    subjects = differing(first, second)
    if len(subjects) > _MANY or not all(subject.startswith("<") for subject in subjects):
        return None
    here, there = (
        {
            line
            for source_id in ids
            for subject in subjects
            for line in store.triples_of(subject[1:-1], source_graph(source_id)).split(b"\n")
            if line
        }
        for store, ids in sides
    )
    return here - there, there - here


_MANY = 50_000


def _by_lines(before: Map, after: Map) -> tuple[set[bytes], set[bytes]]:
    """All that the sources say which differ is read."""
    return _different(_statements(before, after), _statements(after, before))


def _different(first: Sequence[bytes], second: Sequence[bytes]) -> tuple[set[bytes], set[bytes]]:
    """The lines that only the first texts have, and those that only the second have; by 64-bit hashes of lines."""
    here, there = _hashes(first), _hashes(second)
    return _lines(first, np.setdiff1d(here, there)), _lines(second, np.setdiff1d(there, here))


def _lines(texts: Sequence[bytes], wanted: npt.NDArray[np.int64]) -> set[bytes]:
    chosen = frozenset(wanted.tolist())
    return {line for text in texts for line in text.split(b"\n") if line and hash(line) in chosen} if chosen else set()


def _hashes(texts: Sequence[bytes]) -> npt.NDArray[np.int64]:
    return np.unique(np.fromiter((hash(line) for text in texts for line in text.split(b"\n")), np.int64))


def _split(line: bytes) -> _Said:
    subject, _, rest = line.decode("utf-8", "surrogatepass").partition(" ")
    return subject[1:-1], rest.removesuffix(" .")


def _whole(subject: str, before: Map, after: Map) -> str:
    """The element, dependency or group that a subject is or is a part of."""
    if "/dependency/" in subject or "/group/" in subject:
        return subject
    holder = subject
    while holder.count("/") > _SHORTEST:
        if holder in after.projection.index or holder in before.projection.index:
            return holder
        holder = holder.rpartition("/")[0]
    return subject


_SHORTEST = 3


class _Names:
    """Says what subjects and values are called, from the state that has them."""

    def __init__(self, before: Map, after: Map) -> None:
        self.before, self.after = before, after
        self.places = {id(before): Places(before.store), id(after): Places(after.store)}

    def difference(self, iri: str, old: set[_Said], new: set[_Said]) -> Difference:
        had, has = _exists(self.before, iri, old), _exists(self.after, iri, new)
        how = How.CHANGED if had and has else How.ADDED if has else How.REMOVED
        dependency = "/dependency/" in iri or "/group/" in iri
        owner = iri.partition("/dependency/")[0].partition("/group/")[0]
        state = self.before if how is How.REMOVED else self.after
        told = tuple(self._told(iri, old, new)) if how is How.CHANGED else ()
        return Difference(
            how=how,
            what="dependency" if dependency else "element",
            iri=iri,
            owner=owner,
            name=self._dependency(state, iri, owner) if dependency else self.element(iri, state),
            told=told,
            where=self.places[id(state)].of(iri),
            provider=self._provider(state, iri),
        )

    def element(self, iri: str, state: Map | None = None) -> str:
        """The name of an element in a state that has it, else its id."""
        for each in (state, self.after, self.before):
            number = each.projection.index.get(iri) if each else None
            if each and number is not None:
                return each.projection.labels[number]
        return readable_id(iri)

    def _dependency(self, state: Map, iri: str, owner: str) -> str:
        if "/dependency/" not in iri:
            return f"{self.element(owner, state)} → a group"
        provider = self._provider(state, iri)
        return f"{self.element(owner, state)} → {self.element(provider, state) if provider else '?'}"

    @staticmethod
    def _provider(state: Map, iri: str) -> str:
        if "/dependency/" not in iri:
            return ""
        return next((value.text for predicate, value, _ in state.store.about(iri) if predicate == t.PROVIDER), "")

    def _told(self, iri: str, old: set[_Said], new: set[_Said]) -> Iterator[Told]:
        """Property by property; what stands in a part of the thing has the part's name before it."""
        values: dict[tuple[str, str], tuple[list[str], list[str]]] = defaultdict(lambda: ([], []))
        for side, said in enumerate((old, new)):
            for subject, rest in said:
                predicate, _, value = rest.partition(" ")
                part = subject.removeprefix(iri).strip("/").split("/")[0]
                values[part, predicate[1:-1]][side].append(self._value(value))
        for (part, predicate), (before, after) in sorted(values.items()):
            if predicate != t.RDF_TYPE or not part:
                words = f"{part.replace('_', ' ')} {words_of(predicate)}".strip()
                yield Told(words.lower(), ", ".join(sorted(before)), ", ".join(sorted(after)))

    def _value(self, written: str) -> str:
        """A value in words: names of elements and codes, plain text for the rest."""
        if written.startswith("<"):
            iri = written[1:-1]
            if iri in self.after.projection.index or iri in self.before.projection.index:
                return self.element(iri)
            return words_of(iri) if iri.startswith(t.SM) else readable_id(iri)
        return written[1:].rpartition('"')[0].replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\")


def _exists(state: Map, iri: str, said: set[_Said]) -> bool:
    """Whether a state has the thing at all."""
    typed = any(subject == iri and rest.startswith(f"<{t.RDF_TYPE}>") for subject, rest in said)
    return typed or any(
        predicate == t.RDF_TYPE for predicate, _, graph in state.store.about(iri) if "/source/" in graph
    )


def answer(result: Comparison) -> Answer:
    """The differences as rows: what, how, name, and for changed things what was and what is."""
    numbers = [
        count(len(result.of(what, how)), what, "dependencies" if what == "dependency" else "") + f" {how.value}"
        for what in ("element", "dependency")
        for how in How
        if result.of(what, how)
    ]
    return Answer(
        title=", ".join(numbers) or "no difference",
        of="differences",
        columns=("how", "what", "name", "property", "before", "after", "where"),
        rows=tuple(row for d in result.differences for row in _rows(d)),
        facts={"before": result.before, "after": result.after},
        notes=(
            *(f"new finding: {finding}" for finding in result.new_findings),
            *(f"no longer found: {finding}" for finding in result.gone_findings),
            *result.cuts,
        ),
    )


def _rows(d: Difference) -> Iterator[tuple[str, str, str, str, str, str, str]]:
    where = str(d.where) if d.where else ""
    if not d.told:
        yield d.how.value, d.what, d.name, "", "", "", where
    for told in d.told:
        yield d.how.value, d.what, d.name, told.property, told.before, told.after, where
