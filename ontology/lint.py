"""Is a vocabulary well made? The pitfalls that can be seen without a reasoner, each with the term and what to write."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ontology import terms as t
from ontology.vocabulary import Facts, ontology_files

__all__ = ["Pitfall", "lint"]

_PROPERTIES = {t.OWL_OBJECT_PROPERTY, t.OWL_DATATYPE_PROPERTY}
_SORTS = {t.OWL_CLASS, t.OWL_ANNOTATION_PROPERTY, *_PROPERTIES}
_REASONED = {t.XSD_STRING, t.XSD_ANY_URI, t.XSD_DECIMAL, t.XSD_INTEGER, t.XSD_BOOLEAN, t.XSD_DATE_TIME}


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
    facts = Facts(files or ontology_files())
    own = sorted(iri for iri in facts.by_subject if iri.startswith(namespace) and iri != namespace)
    found = [pitfall for iri in own for pitfall in _of_term(iri, facts)]
    found += _circles(own, facts)
    found += _same_labels(own, facts)
    return tuple(sorted(set(found), key=lambda p: (not p.critical, p.term, p.message)))


def _of_term(iri: str, facts: Facts) -> Iterator[Pitfall]:
    sorts = _SORTS & set(facts.of(iri, t.RDF_TYPE))
    labels = facts.of(iri, t.RDFS_LABEL)
    definitions = facts.of(iri, t.SKOS_DEFINITION)
    if not facts.of(iri, t.RDF_TYPE):
        yield Pitfall(iri, "has no type", "write whether it is a class, a property or a code", critical=True)
    if len(sorts) > 1:
        yield Pitfall(iri, "is of two sorts", "keep one of class and property", critical=True)
    if len(labels) != 1:
        yield Pitfall(iri, f"has {len(labels)} labels", "write one 'rdfs:label'")
    if len(definitions) != 1:
        yield Pitfall(iri, f"has {len(definitions)} definitions", "write one 'skos:definition'")
    elif labels and definitions[0].strip(". ").casefold() == labels[0].casefold():
        yield Pitfall(iri, "is defined by its own label", "say what it means in other words")
    if not facts.of(iri, t.DCTERMS_SOURCE):
        yield Pitfall(iri, "names no source", "write 'dcterms:source'")
    if sorts & _PROPERTIES:
        yield from _of_property(iri, facts)
    local = iri.rpartition("#")[2]
    begins = "[A-Z]" if t.OWL_CLASS in sorts else "[a-z]"
    if not re.fullmatch(rf"{begins}[A-Za-z0-9-]*", local):
        yield Pitfall(iri, "is not named as its sort is", "begin classes with a capital, all else with a small letter")
    if facts.of(iri, t.OWL_DEPRECATED) and not facts.of(iri, t.DCTERMS + "isReplacedBy"):
        yield Pitfall(iri, "is deprecated and names no successor", "write 'dcterms:isReplacedBy'")


def _of_property(iri: str, facts: Facts) -> Iterator[Pitfall]:
    ranges, domains = facts.of(iri, t.RDFS_RANGE), facts.of(iri, t.RDFS_DOMAIN)
    if len(domains) > 1 or len(ranges) > 1:
        yield Pitfall(iri, "has several domains or ranges, and all would hold at once", "keep one", critical=True)
    if not ranges:
        yield Pitfall(iri, "has no range", "write 'rdfs:range'")
    for place in (*domains, *ranges):
        if place.startswith(t.XSD) and place not in _REASONED:
            yield Pitfall(
                iri, f"uses {place.rpartition('#')[2]}, at which reasoners stop", "take another datatype", critical=True
            )
        if place.startswith(t.SM) and t.OWL_CLASS not in facts.of(place, t.RDF_TYPE):
            yield Pitfall(iri, f"points at {place.rpartition('#')[2]}, which is no class", "declare it", critical=True)


def _circles(own: list[str], facts: Facts) -> Iterator[Pitfall]:
    for iri in own:
        seen: set[str] = set()
        waiting = [*facts.of(iri, t.RDFS_SUB_CLASS_OF), *facts.of(iri, t.RDFS_SUB_PROPERTY_OF)]
        while waiting:
            above = waiting.pop()
            if above not in seen:
                seen.add(above)
                waiting += [*facts.of(above, t.RDFS_SUB_CLASS_OF), *facts.of(above, t.RDFS_SUB_PROPERTY_OF)]
        if iri in seen:
            yield Pitfall(iri, "stands above itself", "take one of the links out", critical=True)


def _same_labels(own: list[str], facts: Facts) -> Iterator[Pitfall]:
    by_label: dict[str, list[str]] = defaultdict(list)
    for iri in own:
        if t.OWL_CLASS in facts.of(iri, t.RDF_TYPE):
            for label in facts.of(iri, t.RDFS_LABEL):
                by_label[label.casefold()].append(iri)
    for label, named in by_label.items():
        for iri in named[1:]:
            yield Pitfall(iri, f"is another class called '{label}'", "give each its own label")
