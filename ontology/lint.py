"""Is a vocabulary well made? The pitfalls that can be seen without a reasoner, each with the term and what to write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from ontology import terms as t
from ontology.vocabulary import ontology_files

__all__ = ["Pitfall", "lint"]

_PROPERTIES = {t.OWL_OBJECT_PROPERTY, t.OWL_DATATYPE_PROPERTY}
_SORTS = {t.OWL_CLASS, t.OWL_ANNOTATION_PROPERTY, *_PROPERTIES}
_REASONED = {t.XSD_STRING, t.XSD_ANY_URI, t.XSD_DECIMAL, t.XSD_INTEGER, t.XSD_BOOLEAN, t.XSD_DATE_TIME}

_Facts = dict[str, dict[str, list[ox.NamedNode | ox.Literal | ox.BlankNode]]]


@dataclass(frozen=True, slots=True)
class Pitfall:
    """Something wrong with a term: ``critical`` when answers would be wrong, else a matter of care."""

    term: str
    message: str
    remedy: str
    critical: bool = False


def lint(files: Iterable[Path] | None = None, *, namespace: str = t.SM) -> tuple[Pitfall, ...]:
    """Look at the terms of a namespace, in some Turtle files.

    Args:
        files: the files to read; those of the shipped vocabulary unless told.
        namespace: only terms whose address begins so are looked at.

    Returns:
        The pitfalls, critical ones first, then by term.

    >>> lint()
    ()
    """
    facts: _Facts = defaultdict(lambda: defaultdict(list))
    for number, file in enumerate(files or ontology_files()):
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            at = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else f"_:{number}-{quad.subject}"
            if not isinstance(quad.object, ox.Triple):
                facts[at][quad.predicate.value].append(quad.object)
    own = sorted(iri for iri in facts if iri.startswith(namespace) and iri != namespace)
    found = [pitfall for iri in own for pitfall in _of_term(iri, facts)]
    found += _circles(own, facts)
    found += _same_labels(own, facts)
    return tuple(sorted(set(found), key=lambda p: (not p.critical, p.term, p.message)))


def _of_term(iri: str, facts: _Facts) -> Iterator[Pitfall]:
    sorts = _SORTS & set(_values(facts, iri, t.RDF_TYPE))
    labels = facts[iri].get(t.RDFS_LABEL, [])
    definitions = [term.value for term in facts[iri].get(t.SKOS_DEFINITION, [])]
    if not facts[iri].get(t.RDF_TYPE):
        yield Pitfall(iri, "has no type", "write whether it is a class, a property or a code", critical=True)
    if len(sorts) > 1:
        yield Pitfall(iri, "is of two sorts", "keep one of class and property", critical=True)
    if len(labels) != 1:
        yield Pitfall(iri, f"has {len(labels)} labels", "write one 'rdfs:label'")
    if len(definitions) != 1:
        yield Pitfall(iri, f"has {len(definitions)} definitions", "write one 'skos:definition'")
    elif labels and definitions[0].strip(". ").casefold() == labels[0].value.casefold():
        yield Pitfall(iri, "is defined by its own label", "say what it means in other words")
    if not facts[iri].get(t.DCTERMS_SOURCE):
        yield Pitfall(iri, "names no source", "write 'dcterms:source'")
    if sorts & _PROPERTIES:
        yield from _of_property(iri, facts)
    local = iri.rpartition("#")[2]
    begins = "[A-Z]" if t.OWL_CLASS in sorts else "[a-z]"
    if not re.fullmatch(rf"{begins}[A-Za-z0-9-]*", local):
        yield Pitfall(iri, "is not named as its sort is", "begin classes with a capital, all else with a small letter")
    if t.OWL_DEPRECATED in facts[iri] and not facts[iri].get(t.DCTERMS + "isReplacedBy"):
        yield Pitfall(iri, "is deprecated and names no successor", "write 'dcterms:isReplacedBy'")


def _of_property(iri: str, facts: _Facts) -> Iterator[Pitfall]:
    ranges, domains = _values(facts, iri, t.RDFS_RANGE), _values(facts, iri, t.RDFS_DOMAIN)
    if len(domains) > 1 or len(ranges) > 1:
        yield Pitfall(iri, "has several domains or ranges, and all would hold at once", "keep one", critical=True)
    if not ranges:
        yield Pitfall(iri, "has no range", "write 'rdfs:range'")
    for place in (*domains, *ranges):
        if place.startswith(t.XSD) and place not in _REASONED:
            yield Pitfall(
                iri, f"uses {place.rpartition('#')[2]}, at which reasoners stop", "take another datatype", critical=True
            )
        if place.startswith(t.SM) and t.OWL_CLASS not in _values(facts, place, t.RDF_TYPE):
            yield Pitfall(iri, f"points at {place.rpartition('#')[2]}, which is no class", "declare it", critical=True)


def _circles(own: list[str], facts: _Facts) -> Iterator[Pitfall]:
    for iri in own:
        seen: set[str] = set()
        waiting = [*_values(facts, iri, t.RDFS_SUB_CLASS_OF), *_values(facts, iri, t.RDFS_SUB_PROPERTY_OF)]
        while waiting:
            above = waiting.pop()
            if above not in seen:
                seen.add(above)
                waiting += [*_values(facts, above, t.RDFS_SUB_CLASS_OF), *_values(facts, above, t.RDFS_SUB_PROPERTY_OF)]
        if iri in seen:
            yield Pitfall(iri, "stands above itself", "take one of the links out", critical=True)


def _same_labels(own: list[str], facts: _Facts) -> Iterator[Pitfall]:
    by_label: dict[str, list[str]] = defaultdict(list)
    for iri in own:
        if t.OWL_CLASS in _values(facts, iri, t.RDF_TYPE):
            for label in _values(facts, iri, t.RDFS_LABEL):
                by_label[label.casefold()].append(iri)
    for label, named in by_label.items():
        for iri in named[1:]:
            yield Pitfall(iri, f"is another class called '{label}'", "give each its own label")


def _values(facts: _Facts, iri: str, predicate: str) -> list[str]:
    return [term.value for term in facts[iri].get(predicate, [])] if iri in facts else []
