"""What do the sources say about one element? Every fact with its words, its source and its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np

from graph.analysis.elements import kind_of
from graph.answer import Answer, count
from graph.natural import natural
from graph.ntriples import readable_id
from graph.projection import STRENGTHS, Projection
from graph.store import DERIVED, ONTOLOGY, Reader, Value, source_graph
from graph.validation import Places
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["UNITS", "Fact", "answer", "facts_of", "named_by", "words_of"]

UNITS = {"minutes": " min", "percent": " %"}

_HIDDEN = {t.RDF_TYPE, t.RDFS_LABEL, t.DCTERMS_IDENTIFIER, t.DEPENDENT, t.IS_STUB}


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a source says.

    ``property``  in words; ``about`` says which part of the element it belongs to ("" for the element itself), and
                  ``part`` is the IRI of that part, because an element may have several of a kind
    ``value``     in words; ``iri`` of the element that it names, else ""
    ``unit``      "minutes", "percent" or ""
    ``source``    id of the source, "" for what was derived; ``path`` and ``line`` where it says so (0: not known)
    """

    property: str
    value: str
    iri: str
    unit: str
    source: str
    path: str
    line: int
    about: str = ""
    part: str = ""


def words_of(iri: str) -> str:
    """A term of the vocabulary as people say it; for others the end of the address.

    >>> words_of("http://www.w3.org/2000/01/rdf-schema#seeAlso")
    'see also'
    """
    known = _labels().get(iri)
    if known:
        return known
    end = iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
    return "".join(f" {c.lower()}" if c.isupper() else c for c in end).replace("_", " ").strip()


@lru_cache(maxsize=1)
def _labels() -> dict[str, str]:
    words = vocabulary()
    labels = {use.iri: use.label for cls in words.classes.values() for use in cls.properties.values()}
    for group in (words.classes, words.kinds, words.codes, words.lanes, words.exposures):
        labels |= {iri: term.label for iri, term in group.items()}
    labels |= {kind.shortcut: kind.label for kind in words.kinds.values() if kind.shortcut}
    return labels


def named_by(store: Reader, projection: Projection, vertex: int) -> tuple[tuple[str, int], ...]:
    """Elements that name this one other than by a dependency, each with the word: "covers" and an agreement.

    What stands in a part of an element (a role in a RACI entry) counts for the element.
    """
    found: dict[int, set[str]] = {}
    for subject, predicate, _ in store.pointing_at(projection.iris[vertex], besides=_BESIDES):
        words = _property(predicate)[0]
        holder = subject
        while holder not in projection.index and holder.count("/") > _SHORTEST:
            holder = holder.rpartition("/")[0]
        number = projection.index.get(holder, vertex)
        if number != vertex:
            found.setdefault(number, set()).add(words if holder == subject else _part_words(holder, subject))
    named = ((", ".join(sorted(words)), number) for number, words in found.items())
    return tuple(sorted(named, key=lambda pair: (natural(projection.labels[pair[1]]), pair[1])))


_BESIDES = {t.DEPENDENT, t.PROVIDER, DERIVED, ONTOLOGY}
_SHORTEST = 3


def _part_words(holder: str, part: str) -> str:
    """The property through which a part hangs on its element, as its address says it."""
    return part.removeprefix(holder + "/").partition("/")[0].replace("_", " ")


def facts_of(store: Reader, projection: Projection, vertex: int) -> tuple[Fact, ...]:
    """Facts of an element and of the parts inside it (prices, objectives), in the order of their words.

    Dependencies are no facts here; the graph has them. Cost: the statements about the element and its parts.
    """
    sources = {source_graph(source.id): source for source in store.sources}
    places = Places(store)
    found: dict[tuple[str, str, str, str], Fact] = {}

    def collect(subject: str, about: str, part: str, depth: int, within: int) -> None:
        for predicate, value, graph in sorted(store.about(subject), key=_as_written):
            if predicate in _HIDDEN or graph in (DERIVED, ONTOLOGY):
                continue
            label, unit = _property(predicate)
            if value.kind == "uri" and value.text.startswith(subject + "/") and depth < _DEEPEST:
                here = sources.get(graph)
                line = places.line(here.id, subject, predicate) if here else 0
                collect(value.text, f"{about} {label}".strip(), part or value.text, depth + 1, line or within)
                continue
            text, iri = _value(value, projection)
            source = sources.get(graph)
            line = places.line(source.id, subject, predicate) if source else 0
            if source and not line:
                line = places.line(source.id, part or projection.iris[vertex], predicate) or within
            fact = Fact(
                label, text, iri, unit, source.id if source else "", source.path if source else "", line, about, part
            )
            found.setdefault((part, label, text, fact.source), fact)

    collect(projection.iris[vertex], "", "", 0, 0)
    return tuple(sorted(found.values(), key=lambda fact: (fact.about or fact.property).casefold()))


_DEEPEST = 4


def _as_written(statement: tuple[str, Value, str]) -> tuple[str, int, str]:
    """By property, then by the number that the parts of one property carry, then by the value."""
    predicate, value, _ = statement
    number = value.text.rpartition("/")[2]
    return predicate, int(number) if value.kind == "uri" and number.isdecimal() else 0, value.text


@lru_cache(maxsize=2048)
def _property(iri: str) -> tuple[str, str]:
    words = vocabulary()
    unit = next((use.unit for cls in words.classes.values() for use in cls.properties.values() if use.iri == iri), "")
    return words_of(iri), unit


def _value(value: Value, projection: Projection) -> tuple[str, str]:
    """The value in words, and the IRI when it is an element of the map."""
    if value.kind != "uri":
        return value.text, ""
    if value.text in projection.index:
        return projection.labels[projection.index[value.text]], value.text
    if value.text in _labels():
        return _labels()[value.text], ""
    return value.text if "/servicemap/id/" not in value.text else readable_id(value.text), ""


def answer(store: Reader, projection: Projection, vertex: int, facts: tuple[Fact, ...]) -> Answer:
    """An element as rows: its facts, then its dependencies both ways."""
    places = Places(store)
    here = _place(places, projection.iris[vertex])
    rows: list[tuple[str, str, str]] = [
        ("name", projection.labels[vertex], here),
        ("kind", kind_of(projection, vertex), here),
        ("id", projection.ids[vertex], here),
    ]
    for _, group in groupby(facts, key=lambda fact: fact.part or id(fact)):
        together = list(group)
        first = together[0]
        where = f"{first.path}:{first.line}" if first.line else first.path
        rows.append(((first.about or first.property).lower(), _told(together), where))
    for words, number in named_by(store, projection, vertex):
        rows.append((f"named by, {words.lower()}", projection.labels[number], _place(places, projection.iris[number])))
    dependent, provider, edge = projection.direct
    for label, mine, other in (("depends on", dependent, provider), ("used by", provider, dependent)):
        for position in np.flatnonzero(mine == vertex).tolist():
            number = int(edge[position])
            name = projection.labels[int(other[position])]
            how = ", ".join(_how(store, projection, number))
            rows.append((label, f"{name} ({how})", _place(places, projection.edges.iris[number])))
    uses = len({row for row in rows if row[0] == "depends on"})
    used = len({row for row in rows if row[0] == "used by"})
    return Answer(
        title=f"{projection.labels[vertex]}: depends on {count(uses, 'element')}, used by {count(used, 'element')}",
        of="facts",
        columns=("fact", "value", "source"),
        rows=tuple(rows),
        facts={"id": projection.ids[vertex], "iri": projection.iris[vertex]},
    )


def _how(store: Reader, projection: Projection, edge: int) -> Iterator[str]:
    """A dependency in words: its kind, strength, how many of its group must work, and what else is said of it."""
    edges = projection.edges
    yield projection.kinds[edges.kind[edge]].label.lower()
    strength = int(edges.strength[edge])
    if strength >= 0:
        word = next(key for key, number in STRENGTHS.items() if number == strength)
        yield f"{word}, assumed" if edges.assumed[edge] else word
    group = int(edges.dependent[edge]) - len(projection)
    if group >= 0:
        yield f"{projection.groups.k[group]} of {projection.groups.size[group]}"
    for predicate, value, graph in sorted(store.about(edges.iris[edge]), key=_as_written):
        if predicate not in _EDGE and graph not in (DERIVED, ONTOLOGY):
            label, unit = _property(predicate)
            yield f"{label.lower()} {_value(value, projection)[0]}{UNITS.get(unit, '')}"


_EDGE = {t.RDF_TYPE, t.DEPENDENT, t.PROVIDER, t.KIND, t.STRENGTH, t.MEMBER_OF_GROUP}


def _told(facts: list[Fact]) -> str:
    """A fact in words, or all facts of a part in one."""
    values = [fact.value + UNITS.get(fact.unit, "") for fact in facts]
    if not facts[0].part:
        return values[0]
    return ", ".join(f"{fact.property} {value}" for fact, value in zip(facts, values, strict=True))


def _place(places: Places, iri: str) -> str:
    where = places.of(iri)
    return str(where) if where else ""
