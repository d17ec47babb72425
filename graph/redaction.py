"""What does somebody see who may read some namespaces alone? All effects, and of what is hidden no names.

The view is a map of its own: the statements of every source are read once more, and what is not to be known is left out
before anything is worked out from them. So every page, query and analysis of the view tells the same states and counts,
and none of them can tell a name.

Shown as it is written is what the sources of the namespaces say about elements of these namespaces. Everything else is
hidden: its IRIs become others (the same all over the view), its name "hidden element". Of its properties stay
references, codes, numbers, dates, and times of service, because effects come from them; texts and addresses go.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from urllib.parse import unquote

from graph.hours import week_of
from graph.maps import Map
from graph.model import Finding, InputError, Source, Statements
from graph.ntriples import BASE, Statement, Term, Writer, segment, statements
from graph.store import source_graph
from graph.store.embedded import MemoryStore
from ontology import terms as t

__all__ = ["HIDDEN", "MOST", "NAME", "View", "redacted"]

HIDDEN, NAME = "hidden", "hidden element"
MOST = 5_000_000  # statements; more would take minutes and gigabytes for each view
_ANONYMOUS = f"{BASE}{HIDDEN}/"
_WORDS = (t.SM, "http://www.w3.org/", "http://purl.org/")  # what vocabularies say, and no map
_NUMBERS, _TIMES = ("integer", "decimal", "double", "float", "boolean"), ("date", "dateTime", "gYear", "duration")
_VALUES = {f"http://www.w3.org/2001/XMLSchema#{name}" for name in (*_NUMBERS, *_TIMES, "dayTimeDuration")}
_HOURS = {t.SM + name for name in ("serviceHours", "supportHours", "maintenanceHours", "peakHours")}
_SHORT = {
    t.SM + "currency": re.compile(r"[A-Z]{3}"),
    t.SM + "priority": re.compile(r"[A-Za-z]?\d{1,2}"),
    t.SM + "timeZone": re.compile(r"UTC|[A-Z][A-Za-z]+/[A-Z][A-Za-z_]+(/[A-Z][A-Za-z_]+)?"),
}


class View(Map):
    """A map in which names are hidden. What its checks find about hidden things is left out: that is for others."""

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """As those of the map, about what is shown."""
        return tuple(finding for finding in super().findings if not finding.subject.startswith(_ANONYMOUS))


def redacted(opened: Map, namespaces: Collection[str], key: bytes) -> View:
    """The map as those see it who may read these namespaces. Cost: the statements of all sources, once.

    Args:
        opened: the map.
        namespaces: whose names are shown.
        key: makes the IRIs of what is hidden; with the same key they are the same, without it nobody can guess them.

    Raises:
        InputError: the map is too large for it.
    """
    sources = [source for source in opened.store.sources if source.importer]
    texts = {source.id: opened.store.triples(source_graph(source.id)) for source in sources}
    if sum(text.count(b"\n") for text in texts.values()) > MOST:
        raise InputError.of(
            f"the map has more than {MOST:,} statements: who may read some namespaces alone cannot be answered",
            remedy="ask with a token that reads everything",
            check="refused",
        )
    shown = [source for source in sources if source.namespace in namespaces]
    hidden = [texts[source.id] for source in sources if source not in shown]
    veil = _Veil(namespaces, key, [texts[source.id] for source in shown], hidden)
    read = [_shown(source, texts[source.id], opened, veil) for source in shown]
    memory = MemoryStore()
    memory.replace([*read, _hidden(hidden, veil)])
    return View(memory, ())


def _shown(source: Source, text: bytes, opened: Map, veil: _Veil) -> Statements:
    kept = "".join(f"{each}\n" for said in _read(text) if (each := veil.told(said, whole=True)))
    lines = {
        iri: line
        for iri, line in opened.store.lines(source.id).items()
        if veil.may_name(iri.partition(" ")[0]) and veil.iri(iri.partition(" ")[0]) == iri.partition(" ")[0]
    }
    return Statements(replace(source, digest=_digest(kept)), kept.encode("utf-8", "surrogatepass"), lines)


def _hidden(texts: Collection[bytes], veil: _Veil) -> Statements:
    lines = dict.fromkeys(each for text in texts for said in _read(text) if (each := veil.told(said, whole=False)))
    writer = Writer()
    for iri in sorted(veil.named):
        writer.text(iri, t.RDFS_LABEL, NAME)
    kept = "".join(f"{each}\n" for each in lines).encode("utf-8", "surrogatepass") + writer.result()
    return Statements(Source(HIDDEN, HIDDEN, HIDDEN, hashlib.sha256(kept).hexdigest(), HIDDEN), kept, {})


class _Veil:
    """Which IRIs and values are shown, and what stands in the place of the others."""

    def __init__(
        self, namespaces: Collection[str], key: bytes, shown: Collection[bytes], hidden: Collection[bytes]
    ) -> None:
        self._key = key
        self._homes = tuple(f"{BASE}{segment(name)}/" for name in namespaces)
        ours = {each.subject for text in shown for each in _read(text)}
        theirs = {each.subject for text in hidden for each in _read(text)}
        said = {iri for text in shown for each in _read(text) for iri in _iris(each)}
        self._foreign = {iri for iri in said - (theirs - ours) if not iri.startswith(BASE)}
        self._secret = {"/".join(iri.split("/")[-2:]) for iri in said | theirs if not self.may_name(iri)}
        self._known: dict[str, str] = {}
        self.named: set[str] = set()
        """The elements that are hidden and were met, by their new IRIs."""

    def told(self, said: Statement, *, whole: bool) -> Statement | None:
        """The statement as it may be told, None where it may not be; ``whole`` for a source that may be read."""
        subject, value = self.iri(said.subject), said.value
        if not (whole and self.may_name(said.subject)):
            if not said.predicate.startswith(_WORDS) or not _has_effect(said.predicate, value):
                return None
            if said.predicate == t.RDF_TYPE and not value.text.startswith(_WORDS):
                return None
        return Statement(subject, said.predicate, Term(self.iri(value.text), is_iri=True) if value.is_iri else value)

    def may_name(self, iri: str) -> bool:
        """Whether somebody may know this thing."""
        return iri.startswith(self._homes) if iri.startswith(BASE) else iri in self._foreign

    def iri(self, iri: str) -> str:
        """The IRI that stands for this one."""
        if iri not in self._known:
            self._known[iri] = self._made(iri)
        return self._known[iri]

    def _made(self, iri: str) -> str:
        if iri.startswith(_WORDS):
            return iri
        if not self.may_name(iri):
            made = f"{_ANONYMOUS}{self._digest(iri)}"
            if not iri.startswith(BASE) or iri.count("/", len(BASE)) == 1:
                self.named.add(made)
            return made
        parts = iri.removeprefix(BASE).split("/") if iri.startswith(BASE) else []
        inside = pairwise(parts[2:])  # a dependency has its provider in its IRI
        if any(f"{space}/{name}" in self._secret for space, name in inside):
            return f"{BASE}{parts[0]}/{parts[1]}/{HIDDEN}/{self._digest(iri)}"
        return iri

    def _digest(self, iri: str) -> str:
        return hmac.digest(self._key, unquote(iri).encode("utf-8", "surrogatepass"), "sha256").hex()[:16]


def _has_effect(predicate: str, value: Term) -> bool:
    """Whether something may follow from a value, that tells no name."""
    if value.is_iri or value.datatype in _VALUES:
        return True
    if predicate in _HOURS:
        return week_of(value.text) is not None
    return predicate in _SHORT and _SHORT[predicate].fullmatch(value.text) is not None


def _iris(said: Statement) -> tuple[str, ...]:
    return (said.subject, said.value.text) if said.value.is_iri else (said.subject,)


def _read(text: bytes) -> Iterator[Statement]:
    """The statements of a graph; lines that are none of ours (blank nodes, quoted triples) are not told to anybody."""
    try:
        yield from list(statements(text))
    except ValueError:
        for line in text.split(b"\n"):
            try:
                yield from statements(line)
            except ValueError:
                continue


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
