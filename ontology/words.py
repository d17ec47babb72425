"""What is said of each word of the vocabulary, whole? For its reference, and to compare two versions of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ontology import terms as t
from ontology.vocabulary import Facts, ontology_files

__all__ = ["Word", "module_of", "words"]

_SORTS = {
    t.OWL_CLASS: "class",
    t.OWL_OBJECT_PROPERTY: "property",
    t.OWL_DATATYPE_PROPERTY: "property",
    t.OWL_ANNOTATION_PROPERTY: "annotation",
}
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the vocabulary with all that its file says.

    ``name``         its address without that of the vocabulary
    ``sort``         class, property, annotation, code list, or code
    ``module``       the file that defines it, without its ending: ``catalogue``, ``codes/agreement``
    ``note``         where its use ends and that of another word begins, "" where nothing needs to be said
    ``key``          how map files write it, "" where they do not
    ``scheme``       of a code: the address of its list
    ``above``        the classes or properties that it is a case of, in the order of their addresses
    ``matches``      (which kind of match, address) for words of others that mean nearly the same
    ``replaced_by``  the address of the word to write instead, where it is ``deprecated``
    """

    iri: str
    name: str
    label: str
    definition: str
    sort: str
    module: str
    note: str = ""
    key: str = ""
    scheme: str = ""
    source: str = ""
    domain: str = ""
    range: str = ""
    unit: str = ""
    abstract: bool = False
    above: tuple[str, ...] = ()
    matches: tuple[tuple[str, str], ...] = ()
    deprecated: bool = False
    replaced_by: str = ""


def module_of(file: Path) -> str:
    """The name of a module: its file without the ending, code lists after their folder.

    >>> module_of(Path("ontology/codes/agreement.ttl")), module_of(Path("ontology/core.ttl"))
    ('codes/agreement', 'core')
    """
    return f"codes/{file.stem}" if file.parent.name == "codes" else file.stem


def words(files: Iterable[Path] | None = None, *, namespace: str = t.SM) -> Mapping[str, Word]:
    """All words of a namespace by address, in the order of the files; those of the shipped vocabulary unless told.

    Cost: about 60 ms for the shipped files. Raises SyntaxError where a file is no Turtle.

    >>> words()[t.SERVICE].label
    'service'
    """
    files = ontology_files() if files is None else tuple(files)
    facts = Facts(files)
    home = {iri: module_of(file) for file in reversed(files) for iri in _defined(Facts([file]))}
    lists = {iri for iri in facts.typed(t.OWL_CLASS) if t.SKOS_CONCEPT in facts.of(iri, t.RDFS_SUB_CLASS_OF)}
    return {iri: _word(facts, iri, home[iri], lists) for iri in _defined(facts) if iri.startswith(namespace)}


def _defined(facts: Facts) -> list[str]:
    """What has a type, in the order of the files."""
    return [iri for iri, about in facts.by_subject.items() if t.RDF_TYPE in about]


def _word(facts: Facts, iri: str, module: str, lists: set[str]) -> Word:
    types = facts.of(iri, t.RDF_TYPE)
    sort = next((_SORTS[of] for of in types if of in _SORTS), "code")
    _, key, label, definition = facts.term(iri)
    return Word(
        iri=iri,
        name=iri.removeprefix(t.SM),
        label=label,
        definition=definition,
        sort="code list" if iri in lists else sort,
        module=module,
        note=facts.one(iri, t.SKOS + "scopeNote"),
        key=key,
        scheme=next((of for of in types if of.startswith(t.SM)), "") if sort == "code" else "",
        source=facts.one(iri, t.DCTERMS_SOURCE),
        domain=facts.one(iri, t.RDFS_DOMAIN),
        range=facts.one(iri, t.RDFS_RANGE),
        unit=facts.one(iri, t.UNIT),
        abstract=facts.one(iri, t.IS_ABSTRACT) == "true",
        above=tuple(sorted((*facts.of(iri, t.RDFS_SUB_CLASS_OF), *facts.of(iri, t.RDFS_SUB_PROPERTY_OF)))),
        matches=tuple((kind, other) for kind in _MATCHES for other in sorted(facts.of(iri, t.SKOS + kind))),
        deprecated=facts.one(iri, t.OWL_DEPRECATED) == "true",
        replaced_by=facts.one(iri, t.DCTERMS_IS_REPLACED_BY),
    )
