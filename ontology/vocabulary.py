"""What do the ontology and its shapes say, as values that programs can use?

Everything here is read from the ``.ttl`` files: a class, a property, a dependency kind or a code that is added
there is known here, in the map format, in its JSON Schema and on the screen, without another line of code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from ontology import terms as t

__all__ = [
    "Code",
    "DependencyKind",
    "ElementClass",
    "Exposure",
    "Facts",
    "Lane",
    "PropertyUse",
    "Renamed",
    "Term",
    "Vocabulary",
    "migration_files",
    "ontology_files",
    "shape_files",
    "vocabulary",
]

HOME = Path(__file__).parent
_SHACL = t.SH.encode()
RangeKind = Literal["value", "code", "reference", "part"]


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the vocabulary. ``key`` is how map files write it, ``label`` how screens say it."""

    iri: str
    key: str
    label: str
    definition: str


@dataclass(frozen=True, slots=True)
class Lane(Term):
    """A row of the map; ``position`` orders them from the customer down to the ground."""

    position: int


@dataclass(frozen=True, slots=True)
class Code(Term):
    """An entry of a code list; ``scheme`` is the IRI of its class."""

    scheme: str


@dataclass(frozen=True, slots=True)
class PropertyUse(Term):
    """A property as one class uses it.

    ``kind``      value (a literal), code (an entry of a code list), reference (another element),
                  part (a description of its own that lives inside this one: a price, an objective)
    ``range``     IRI of the datatype or class
    ``unit``      "minutes" or "percent" where numbers have a unit, else ""
    ``many``      more than one value is allowed
    """

    kind: RangeKind
    range: str
    unit: str
    many: bool
    required: bool
    pattern: str
    minimum: Decimal | None
    maximum: Decimal | None


@dataclass(frozen=True, slots=True)
class ElementClass(Term):
    """A class: ``ancestors`` from near to far (without itself), ``lane`` "" when it has none.

    ``called`` is what people also say for it: "DB".
    """

    ancestors: tuple[str, ...]
    abstract: bool
    section: str
    lane: str
    properties: Mapping[str, PropertyUse]
    called: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Exposure(Term):
    """What happens to the dependent of a provider that carries no outage: blind, unprotected, ..."""


@dataclass(frozen=True, slots=True)
class DependencyKind(Term):
    """A kind of dependency: the direct property it implies, and what it carries.

    ``strength``  "required", "degrading" or "optional" where it carries impact and no strength is declared, else ""
    ``exposure``  IRI of the exposure it carries instead, else ""
    """

    shortcut: str
    carries_impact: bool
    strength: str
    exposure: str


@dataclass(frozen=True, slots=True)
class Renamed(Term):
    """A word that is deprecated: ``instead`` is the IRI of the one to write now.

    ``of`` is the code list of an old code, the class of an old class (``owl:Class``), and so on.
    """

    instead: str
    of: str = ""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The whole vocabulary, each part by IRI in the order of the files."""

    classes: Mapping[str, ElementClass]
    kinds: Mapping[str, DependencyKind]
    codes: Mapping[str, Code]
    lanes: Mapping[str, Lane]
    exposures: Mapping[str, Exposure]
    renamed: Mapping[str, Renamed]

    def class_named(self, key: str) -> ElementClass | None:
        """The class that map files call ``key``."""
        return next((c for c in self.classes.values() if c.key == key), None)

    def kind_named(self, key: str) -> DependencyKind | None:
        """The dependency kind that map files call ``key``."""
        return next((k for k in self.kinds.values() if k.key == key), None)

    def codes_of(self, scheme: str) -> tuple[Code, ...]:
        """The entries of one code list."""
        return tuple(code for code in self.codes.values() if code.scheme == scheme)

    def old_code(self, key: str, scheme: str) -> Code | None:
        """The entry of a code list that was once called ``key``."""
        found = (old.instead for old in self.renamed.values() if old.key == key and old.of == scheme)
        return next((self.codes[iri] for iri in found if iri in self.codes), None)

    def old_class(self, key: str) -> ElementClass | None:
        """The class that map files once called ``key``."""
        found = (old.instead for old in self.renamed.values() if old.key and old.key == key)
        return next((self.classes[iri] for iri in found if iri in self.classes), None)

    def key_today(self, key: str) -> str:
        """The key of the property that map files once called ``key``; "" when there is none."""
        now = {old.instead for old in self.renamed.values() if old.key and old.key == key}
        uses = (use for cls in self.classes.values() for use in cls.properties.values()) if now else ()
        return next((use.key for use in uses if use.iri in now), "")

    def word_today(self, key: str) -> str:
        """The class or code that map files once called ``key``, as they call it today; "" when there is none."""
        now = (old.instead for old in self.renamed.values() if old.key and old.key == key)
        known = {**self.classes, **self.codes}
        return next((known[iri].key for iri in now if iri in known), "")

    def is_a(self, cls: str, ancestor: str) -> bool:
        """Whether a class is, or is below, another."""
        return cls == ancestor or (cls in self.classes and ancestor in self.classes[cls].ancestors)


def ontology_files() -> tuple[Path, ...]:
    """The modules and code lists, without the shapes."""
    return (*sorted(HOME.glob("*.ttl")), *sorted(HOME.glob("codes/*.ttl")))


def shape_files() -> tuple[Path, ...]:
    """The SHACL shapes: those of the folder, and the modules that say beside a word what must hold of it."""
    beside = [file for file in sorted(HOME.glob("*.ttl")) if _SHACL in file.read_bytes()]
    return (*beside, *sorted(HOME.glob("shapes/*.ttl")))


def migration_files() -> tuple[Path, ...]:
    """The SPARQL updates that bring statements from old words to new ones, in the order in which they apply."""
    return tuple(sorted(HOME.glob("migrations/*.ru")))


class Facts:
    """The statements of some Turtle files, by subject and predicate; blank nodes begin with ``_:``."""

    def __init__(self, files: Iterable[Path]) -> None:
        self.by_subject: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for number, file in enumerate(files):
            for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
                subject, value = _name(quad.subject, number), _name(quad.object, number)
                self.by_subject[subject][quad.predicate.value].append(value)

    def of(self, subject: str, predicate: str) -> list[str]:
        """All values of a property, as text."""
        return self.by_subject[subject].get(predicate, []) if subject in self.by_subject else []

    def one(self, subject: str, predicate: str) -> str:
        """The first value of a property, "" when there is none."""
        return next(iter(self.of(subject, predicate)), "")

    def typed(self, cls: str) -> list[str]:
        """What is of a class, in the order of the files."""
        return [s for s, facts in self.by_subject.items() if cls in facts.get(t.RDF_TYPE, ())]

    def term(self, iri: str) -> tuple[str, str, str, str]:
        """What every term has: address, map key, label and definition."""
        label = self.one(iri, t.RDFS_LABEL) or self.one(iri, t.SKOS_PREF_LABEL)
        return iri, self.one(iri, t.MAP_KEY), label, self.one(iri, t.SKOS_DEFINITION)


def _name(term: object, file_number: int) -> str:
    if isinstance(term, ox.BlankNode):
        return f"_:{file_number}-{term.value}"
    return str(getattr(term, "value", term))


@cache
def vocabulary() -> Vocabulary:
    """Read the vocabulary that is shipped; once per process, about 25 ms."""
    facts = Facts(dict.fromkeys((*ontology_files(), *shape_files())))
    classes = [iri for iri in facts.typed(t.OWL_CLASS) if not facts.of(iri, t.OWL_DEPRECATED)]
    ancestors = {iri: _ancestors(facts, iri) for iri in classes}
    code_classes = {c for c in classes if t.SKOS_CONCEPT in ancestors[c]}
    part_classes = {c for c in classes if {t.DESCRIPTOR, t.ASSIGNMENT} & {c, *ancestors[c]}}
    codes = {
        iri: Code(*facts.term(iri), scheme)
        for scheme in facts.by_subject
        if scheme in code_classes
        for iri in facts.typed(scheme)
        if not facts.of(iri, t.OWL_DEPRECATED)
    }
    shapes: dict[str, list[PropertyUse]] = defaultdict(list)
    for shape in facts.typed(t.SH_NODE_SHAPE):
        found = [_property_use(facts, p, code_classes, part_classes) for p in facts.of(shape, t.SH_PROPERTY)]
        for target in facts.of(shape, t.SH_TARGET_CLASS):
            shapes[target] += [use for use in found if use is not None and use.key]

    def uses(cls: str) -> dict[str, PropertyUse]:
        found: dict[str, PropertyUse] = {}
        for holder in (cls, *ancestors[cls]):
            for use in shapes[holder]:
                found.setdefault(use.key, use)
        return found

    element_classes = {
        iri: ElementClass(
            *facts.term(iri),
            ancestors=ancestors[iri],
            abstract=facts.one(iri, t.IS_ABSTRACT) == "true",
            section=facts.one(iri, t.MAP_SECTION),
            lane=next((lane for c in (iri, *ancestors[iri]) if (lane := facts.one(c, t.IN_LANE))), ""),
            properties=uses(iri),
            called=tuple(facts.of(iri, t.SKOS_ALT_LABEL)),
        )
        for iri in classes
    }
    kinds = {
        iri: DependencyKind(
            *facts.term(iri),
            shortcut=facts.one(iri, t.SHORTCUT),
            carries_impact=facts.one(iri, t.PROPAGATES_IMPACT) == "true",
            strength=codes[s].key if (s := facts.one(iri, t.DEFAULT_STRENGTH)) in codes else "",
            exposure=facts.one(iri, t.CARRIES_EXPOSURE),
        )
        for iri in facts.typed(t.DEPENDENCY_KIND)
    }
    lanes = {iri: Lane(*facts.term(iri), int(facts.one(iri, t.POSITION) or 0)) for iri in facts.typed(t.LANE)}
    return Vocabulary(
        classes=element_classes,
        kinds=kinds,
        codes=codes,
        lanes=dict(sorted(lanes.items(), key=lambda item: item[1].position)),
        exposures={iri: Exposure(*facts.term(iri)) for iri in facts.typed(t.EXPOSURE)},
        renamed={
            iri: Renamed(*facts.term(iri), facts.one(iri, t.DCTERMS_IS_REPLACED_BY), facts.one(iri, t.RDF_TYPE))
            for iri, about in facts.by_subject.items()
            if t.OWL_DEPRECATED in about
        },
    )


def _ancestors(facts: Facts, iri: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    queue = list(facts.of(iri, t.RDFS_SUB_CLASS_OF))
    while queue:
        parent = queue.pop(0)
        if parent not in found and not parent.startswith("_:"):
            found[parent] = None
            queue += facts.of(parent, t.RDFS_SUB_CLASS_OF)
    return tuple(found)


def _property_use(facts: Facts, shape: str, code_classes: set[str], part_classes: set[str]) -> PropertyUse | None:
    path = facts.one(shape, t.SH_PATH)
    if not path or path.startswith("_:"):
        return None
    cls, datatype = facts.one(shape, t.SH_CLASS), facts.one(shape, t.SH_DATATYPE)
    kind: RangeKind = "value"
    if cls:
        kind = "code" if cls in code_classes else "part" if cls in part_classes else "reference"

    def number(predicate: str) -> Decimal | None:
        text = facts.one(shape, predicate)
        return Decimal(text) if text else None

    return PropertyUse(
        *facts.term(path),
        kind=kind,
        range=cls or datatype or t.XSD_STRING,
        unit=facts.one(path, t.UNIT),
        many=facts.one(shape, t.SH_MAX_COUNT) != "1",
        required=int(facts.one(shape, t.SH_MIN_COUNT) or 0) > 0,
        pattern=facts.one(shape, t.SH_PATTERN),
        minimum=number(t.SH_MIN_INCLUSIVE),
        maximum=number(t.SH_MAX_INCLUSIVE),
    )
