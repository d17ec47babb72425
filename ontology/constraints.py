"""What do the shapes ask for, as values? SHACL core, read whole or refused with the shape's name."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple

import pyoxigraph as ox

from ontology import terms as t

__all__ = ["Constraint", "Route", "Shape", "ShapeError", "Targets", "Term", "Triple", "read_shapes", "shape_triples"]

PathKind = Literal["predicate", "inverse", "sequence", "alternative", "zeroOrMore", "oneOrMore", "zeroOrOne"]


class ShapeError(ValueError):
    """A shape asks for something that cannot be checked, or asks for it in a wrong way."""


class Term(NamedTuple):
    """A term as the engine holds it: literals in the one spelling that the engine gives them."""

    kind: Literal["uri", "literal", "bnode"]
    text: str
    datatype: str = ""
    language: str = ""


Triple = tuple[Term, str, Term]


@dataclass(frozen=True, slots=True)
class Route:
    """The way from a thing to its values: one property, or property paths put together. ``iri`` only of a property."""

    kind: PathKind
    iri: str = ""
    parts: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class Targets:
    """Which things a shape is about: instances of classes, who has or is the value of a property, things by name."""

    classes: tuple[str, ...] = ()
    subjects_of: tuple[str, ...] = ()
    objects_of: tuple[str, ...] = ()
    nodes: tuple[Term, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.classes or self.subjects_of or self.objects_of or self.nodes)


@dataclass(frozen=True, slots=True)
class Constraint:
    """One demand. ``name`` as SHACL writes it: "minCount", "class", "or".

    ``terms``   what it names: a class, a bound, the members of "in", the properties that "closed" allows
    ``shapes``  the shapes that it refers to; of "qualifiedValueShape" the first, then its siblings
    ``least``, ``most``  the numbers of a count or of a length; None where there is none
    ``flags``   of a pattern
    """

    name: str
    terms: tuple[Term, ...] = ()
    shapes: tuple[Shape, ...] = ()
    least: int | None = None
    most: int | None = None
    flags: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """A shape with all that it refers to. ``route`` is None for a node shape, ``message`` "" when it has none."""

    node: Term
    name: str
    route: Route | None
    targets: Targets
    constraints: tuple[Constraint, ...]
    severity: str
    message: str
    deactivated: bool


def shape_triples(files: Iterable[Path]) -> tuple[Triple, ...]:
    """The statements of shape files, with their literals as the engine spells them.

    Raises ShapeError when a file is no Turtle or cannot be read.
    """
    store = ox.Store()
    for file in files:
        try:
            store.load(path=str(file), format=ox.RdfFormat.TURTLE)
        except (OSError, SyntaxError, ValueError) as error:
            raise ShapeError(f"{file}: {' '.join(str(error).split())[:200]}") from error
    quads = store.quads_for_pattern(None, None, None, None)
    return tuple((_term(quad.subject), quad.predicate.value, _term(quad.object)) for quad in quads)


def read_shapes(triples: Iterable[Triple]) -> tuple[Shape, ...]:
    """The shapes that have targets, in the order of their names.

    Raises ShapeError, with the name of the shape, for whatever is not SHACL core, is not well formed, or refers to
    itself: a shape is checked whole or not at all.

    >>> from ontology.vocabulary import shape_files
    >>> link = next(shape for shape in read_shapes(shape_triples(shape_files())) if shape.name == "shape of a link")
    >>> sorted({constraint.name for constraint in link.constraints}), link.message
    (['or', 'property'], 'A link has a name or an address.')
    """
    return _Reading(triples).targeted()


def _term(term: object) -> Term:
    if isinstance(term, ox.NamedNode):
        return Term("uri", term.value)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    if isinstance(term, ox.Literal):
        return Term("literal", term.value, "" if term.language else term.datatype.value, term.language or "")
    raise ShapeError(f"the shapes hold a statement about a statement: {term}")


_VALID = frozenset({"class", "hasValue", "equals", "disjoint", "lessThan", "lessThanOrEquals"})
_BOUNDS = frozenset({"minInclusive", "maxInclusive", "minExclusive", "maxExclusive"})
_LENGTHS = frozenset({"minLength", "maxLength"})
_COUNTS = frozenset({"minCount", "maxCount"})
_SHAPES = frozenset({"property", "node", "not"})
_SHAPE_LISTS = frozenset({"and", "or", "xone"})
_LISTS = frozenset({"in", "languageIn"})
_ONCE = _COUNTS | _LENGTHS | _LISTS | {"datatype", "nodeKind", "uniqueLang", "closed", "path", "flags", "severity"}
_ONLY_ON_PROPERTIES = _COUNTS | {"lessThan", "lessThanOrEquals", "uniqueLang", "qualifiedValueShape"}
_QUALIFIED = frozenset({"qualifiedMinCount", "qualifiedMaxCount", "qualifiedValueShapesDisjoint"})
_TARGETS = frozenset({"targetClass", "targetSubjectsOf", "targetObjectsOf", "targetNode"})
_SAID = frozenset({
    "name", "description", "order", "group", "defaultValue", "message", "severity", "deactivated", "path", "flags",
    "ignoredProperties",
})  # fmt: skip
_CONSTRAINTS = (
    _VALID | _BOUNDS | _LENGTHS | _COUNTS | _SHAPES | _SHAPE_LISTS | _LISTS
    | {"datatype", "nodeKind", "pattern", "uniqueLang", "closed", "qualifiedValueShape"}
)  # fmt: skip
_KNOWN = _CONSTRAINTS | _TARGETS | _SAID | _QUALIFIED
_NODE_KINDS = frozenset({"IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral"})
_REPEATED: dict[str, PathKind] = {
    "zeroOrMorePath": "zeroOrMore", "oneOrMorePath": "oneOrMore", "zeroOrOnePath": "zeroOrOne",
    "inversePath": "inverse",
}  # fmt: skip
_WHOLE = {"true": True, "false": False}


@dataclass(slots=True)
class _Reading:
    """Reads shapes out of statements, each shape once."""

    triples: Iterable[Triple]
    facts: dict[Term, dict[str, list[Term]]] = field(default_factory=dict)
    done: dict[Term, Shape] = field(default_factory=dict)
    within: list[Term] = field(default_factory=list)

    def __post_init__(self) -> None:
        found: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, value in self.triples:
            found[subject][predicate].append(value)
        self.facts = {s: {p: sorted(values) for p, values in facts.items()} for s, facts in found.items()}

    def targeted(self) -> tuple[Shape, ...]:
        typed = {Term("uri", t.SH + "NodeShape"), Term("uri", t.SH + "PropertyShape")}
        marks = {t.SH + name for name in (*_CONSTRAINTS, *_TARGETS, "rule", "sparql", "js", "target", "expression")}
        roots = [n for n, said in self.facts.items() if marks & said.keys() or typed & set(said.get(t.RDF_TYPE, ()))]
        shapes = [self.shape(node) for node in sorted(roots, key=lambda node: node.kind == "bnode")]
        return tuple(sorted((s for s in shapes if s.targets), key=lambda s: (s.name, s.node)))

    def shape(self, node: Term) -> Shape:
        if node in self.done:
            return self.done[node]
        if node in self.within:
            raise self.error(node, "refers to itself; a shape that does is not checked")
        if node.kind == "literal" or node not in self.facts:
            raise self.error(node, "refers to a shape that is not there")
        self.within.append(node)
        said = {
            predicate.removeprefix(t.SH): values
            for predicate, values in self.facts[node].items()
            if predicate.startswith(t.SH)
        }
        self.check(node, said)
        messages = sorted(said.get("message", ()), key=lambda term: (term.language not in ("", "en"), term))
        shape = Shape(
            node=node,
            name=self.name(node),
            route=self.route(node, said["path"][0]) if "path" in said else None,
            targets=self.targets(node, said),
            constraints=tuple(self.constraints(node, said)),
            severity=said["severity"][0].text if "severity" in said else t.SH_VIOLATION,
            message=" ".join(messages[0].text.split()) if messages else "",
            deactivated=self.truth(node, said, "deactivated"),
        )
        self.within.pop()
        self.done[node] = shape
        return shape

    def check(self, node: Term, said: dict[str, list[Term]]) -> None:
        """Whether everything on the shape is known and stands where it may."""
        for name, values in said.items():
            if name not in _KNOWN:
                raise self.error(node, f"uses sh:{name}, which is not checked here")
            if name in _ONCE and len(values) > 1:
                raise self.error(node, f"has more than one sh:{name}")
            if name in _ONLY_ON_PROPERTIES and "path" not in said:
                raise self.error(node, f"has sh:{name} without sh:path")
        for name, needed in (("flags", "pattern"), ("ignoredProperties", "closed"), *_NEEDED):
            if name in said and needed not in said:
                raise self.error(node, f"has sh:{name} without sh:{needed}")

    def targets(self, node: Term, said: dict[str, list[Term]]) -> Targets:
        classes = self.iris(node, said, "targetClass")
        if Term("uri", t.RDFS + "Class") in self.facts[node].get(t.RDF_TYPE, ()) and node.kind == "uri":
            classes = (*classes, node.text)
        return Targets(
            classes=classes,
            subjects_of=self.iris(node, said, "targetSubjectsOf"),
            objects_of=self.iris(node, said, "targetObjectsOf"),
            nodes=tuple(said.get("targetNode", ())),
        )

    def constraints(self, node: Term, said: dict[str, list[Term]]) -> Iterator[Constraint]:
        for name in sorted(said.keys() & _CONSTRAINTS):
            if name in _LISTS or name == "closed":
                yield from self.of_terms(node, said, name)
            elif name == "qualifiedValueShape":
                yield from self.qualified(node, said)
            else:
                for value in said[name]:
                    yield self.single(node, said, name, value)

    def single(self, node: Term, said: dict[str, list[Term]], name: str, value: Term) -> Constraint:
        if name in _SHAPES:
            return Constraint(name, shapes=(self.referred(node, name, value),))
        if name in _SHAPE_LISTS:
            return Constraint(name, shapes=tuple(self.shape(member) for member in self.members(node, name, value)))
        if name in _COUNTS | _LENGTHS:
            number = self.number(node, name, value)
            return Constraint(name, least=number) if name.startswith("min") else Constraint(name, most=number)
        if name == "pattern":
            return self.pattern(node, said, value)
        if name == "uniqueLang":
            self.truth(node, said, name)
        if name == "nodeKind" and value.text.removeprefix(t.SH) not in _NODE_KINDS:
            raise self.error(node, "has a sh:nodeKind that is none")
        wanted = "literal" if name in _BOUNDS | {"uniqueLang"} else "uri"
        if value.kind != wanted and name != "hasValue":
            raise self.error(node, f"has a sh:{name} that is no {'literal' if wanted == 'literal' else 'IRI'}")
        return Constraint(name, terms=(value,))

    def referred(self, node: Term, name: str, value: Term) -> Shape:
        shape = self.shape(value)
        if (name == "property" and shape.route is None) or (name == "node" and shape.route is not None):
            raise self.error(node, f"has a sh:{name} that is no {name} shape")
        return shape

    def pattern(self, node: Term, said: dict[str, list[Term]], value: Term) -> Constraint:
        flags = said["flags"][0].text if "flags" in said else ""
        if value.kind != "literal" or set(flags) - set("im"):
            raise self.error(node, "has a sh:pattern that is no literal, or sh:flags other than i and m")
        try:
            re.compile(value.text)
        except re.error as error:
            raise self.error(node, f"has a sh:pattern that is none ({error})") from error
        return Constraint("pattern", terms=(value,), flags=flags)

    def of_terms(self, node: Term, said: dict[str, list[Term]], name: str) -> Iterator[Constraint]:
        if name in _LISTS:
            yield Constraint(name, terms=self.members(node, name, said[name][0]))
        elif self.truth(node, said, "closed"):
            own = [self.shape(value).route for value in said.get("property", ())]
            allowed = [Term("uri", route.iri) for route in own if route is not None and route.kind == "predicate"]
            for value in said.get("ignoredProperties", ()):
                allowed += self.members(node, "ignoredProperties", value)
            yield Constraint("closed", terms=tuple(sorted(set(allowed))))

    def qualified(self, node: Term, said: dict[str, list[Term]]) -> Iterator[Constraint]:
        least, most = (
            self.number(node, name, said[name][0]) if name in said else None
            for name in ("qualifiedMinCount", "qualifiedMaxCount")
        )
        if least is None and most is None:
            raise self.error(node, "has sh:qualifiedValueShape without a count")
        for value in said["qualifiedValueShape"]:
            siblings: tuple[Shape, ...] = ()
            if self.truth(node, said, "qualifiedValueShapesDisjoint"):
                siblings = tuple(self.shape(other) for other in self.siblings(node) if other != value)
            yield Constraint("qualifiedValueShape", shapes=(self.shape(value), *siblings), least=least, most=most)

    def siblings(self, node: Term) -> list[Term]:
        """The qualified shapes of all properties beside this one, under whatever shape it stands."""
        holders = [facts for facts in self.facts.values() if node in facts.get(t.SH_PROPERTY, ())]
        beside = {other for facts in holders for other in facts[t.SH_PROPERTY]}
        found = (self.facts.get(other, {}).get(t.SH + "qualifiedValueShape", ()) for other in beside)
        return sorted({shape for shapes in found for shape in shapes})

    def route(self, node: Term, value: Term) -> Route:
        if value.kind == "uri":
            return Route("predicate", iri=value.text)
        facts = self.facts.get(value, {})
        for name, kind in _REPEATED.items():
            if t.SH + name in facts:
                return Route(kind, parts=(self.route(node, facts[t.SH + name][0]),))
        if t.SH + "alternativePath" in facts:
            members = self.members(node, "alternativePath", facts[t.SH + "alternativePath"][0])
            return Route("alternative", parts=tuple(self.route(node, member) for member in members))
        if t.RDF_FIRST in facts:
            members = self.members(node, "path", value)
            if len(members) > 1:
                return Route("sequence", parts=tuple(self.route(node, member) for member in members))
        raise self.error(node, "has a sh:path that is none")

    def members(self, node: Term, name: str, head: Term) -> tuple[Term, ...]:
        found: list[Term] = []
        nil, seen = Term("uri", t.RDF_NIL), set()
        while head != nil:
            facts = self.facts.get(head, {})
            firsts, rests = facts.get(t.RDF_FIRST, ()), facts.get(t.RDF_REST, ())
            if len(firsts) != 1 or len(rests) != 1 or head in seen:
                raise self.error(node, f"has a list in sh:{name} that is none")
            seen.add(head)
            found.append(firsts[0])
            head = rests[0]
        if not found and name not in ("in", "ignoredProperties", "languageIn"):
            raise self.error(node, f"has an empty list in sh:{name}")
        return tuple(found)

    def iris(self, node: Term, said: dict[str, list[Term]], name: str) -> tuple[str, ...]:
        values = said.get(name, ())
        if any(value.kind != "uri" for value in values):
            raise self.error(node, f"has a sh:{name} that is no IRI")
        return tuple(value.text for value in values)

    def number(self, node: Term, name: str, value: Term) -> int:
        if value.kind != "literal" or value.datatype != t.XSD_INTEGER or not value.text.isdecimal():
            raise self.error(node, f"has a sh:{name} that is no whole number of 0 or more")
        return int(value.text)

    def truth(self, node: Term, said: dict[str, list[Term]], name: str) -> bool:
        if name not in said:
            return False
        value = said[name][0]
        if len(said[name]) > 1 or value.datatype != t.XSD_BOOLEAN or value.text not in _WHOLE:
            raise self.error(node, f"has a sh:{name} that is neither true nor false")
        return _WHOLE[value.text]

    def name(self, node: Term) -> str:
        """The label of the shape, or else its IRI; of a part without either, the name of what it stands in."""
        labels = self.facts.get(node, {}).get(t.RDFS_LABEL, ())
        if labels:
            return labels[0].text
        if node.kind == "uri":
            return node.text
        owner = self.within[0] if self.within else node
        return f"a part of {self.name(owner)}" if owner != node else "without a name"

    def error(self, node: Term, words: str) -> ShapeError:
        return ShapeError(f"the shape '{self.name(node)}' {words}")


_NEEDED = tuple((name, "qualifiedValueShape") for name in sorted(_QUALIFIED))
