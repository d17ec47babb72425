"""Does one thing keep to a shape? SHACL core, exactly, a thing at a time.

Where the standard leaves the value of a literal to the processor, rdflib's reading of it counts, as in pySHACL.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import product

from graph.shapes.terms import literal, written
from graph.store import Reader, Value
from ontology import terms as t
from ontology.constraints import Constraint, Route, Shape, Targets

__all__ = ["Broken", "Classes", "Judge"]

_Values = frozenset[Value]
_NOTHING: _Values = frozenset()


@dataclass(frozen=True, slots=True)
class Broken:
    """One validation result: whose demand was broken, by what, and through which property ("" for another path)."""

    focus: Value
    path: str
    component: str
    shape: Shape
    value: Value | None = None


class Classes:
    """Which class is below which, as the store has it."""

    def __init__(self, store: Reader) -> None:
        self._below: dict[str, set[str]] = {}
        for sub, above in store.pairs(t.RDFS_SUB_CLASS_OF):
            self._below.setdefault(above, set()).add(sub)
        self._found: dict[str, frozenset[str]] = {}

    def below(self, cls: str) -> frozenset[str]:
        """The class and everything below it."""
        if cls not in self._found:
            found, queue = {cls}, [cls]
            while queue:
                new = self._below.get(queue.pop(), set()) - found
                found |= new
                queue += new
            self._found[cls] = frozenset(found)
        return self._found[cls]


class _Facts:
    """What the store says about a thing, and what points at it."""

    def __init__(self, store: Reader) -> None:
        self._store = store
        self.about = lru_cache(maxsize=4_096)(self._about)

    def _about(self, node: Value) -> Mapping[str, _Values]:
        found: dict[str, set[Value]] = {}
        if node.kind == "uri":
            for predicate, value, _ in self._store.about(node.text):
                found.setdefault(predicate, set()).add(value)
        elif node.kind == "bnode":
            for subject, predicate, value in self._unnamed:
                if subject == node:
                    found.setdefault(predicate, set()).add(value)
        return {predicate: frozenset(values) for predicate, values in found.items()}

    def of(self, node: Value, predicate: str) -> _Values:
        return self.about(node).get(predicate, _NOTHING)

    def pointing_at(self, node: Value, predicate: str) -> _Values:
        if node.kind == "bnode":
            return frozenset(s for s, p, value in self._unnamed if value == node and p == predicate)
        query = f"SELECT DISTINCT ?subject {{ ?subject <{predicate}> {written(node)} }}"
        return frozenset(subject for (subject,) in self._store.rows(query) if subject is not None)

    @cached_property
    def _unnamed(self) -> list[tuple[Value, str, Value]]:
        """All statements with a blank node; importers give names to those of files, so only few are left."""
        query = "SELECT ?s ?p ?o { ?s ?p ?o FILTER (isBlank(?s) || isBlank(?o)) }"
        return [(s, p.text, o) for s, p, o in self._store.rows(query) if s and p and o]


class Judge:
    """Holds things of one store against shapes."""

    def __init__(self, store: Reader, classes: Classes) -> None:
        self._facts = _Facts(store)
        self._classes = classes

    def is_target(self, targets: Targets, node: Value) -> bool:
        """Whether a shape with these targets is about a thing."""
        facts = self._facts
        return (
            any(self._is_a(node, cls) for cls in targets.classes)
            or any(facts.of(node, predicate) for predicate in targets.subjects_of)
            or any(facts.pointing_at(node, predicate) for predicate in targets.objects_of)
            or tuple(node) in targets.nodes
        )

    def broken(self, shape: Shape, focus: Value) -> Iterator[Broken]:
        """Every demand of a shape that a thing breaks."""
        if shape.deactivated:
            return
        values = self.values(shape.route, focus) if shape.route is not None else frozenset({focus})
        for constraint in shape.constraints:
            if constraint.name == "property":
                for value in sorted(values):
                    yield from self.broken(constraint.shapes[0], value)
                continue
            for component, wrong, path in self._failures(constraint, focus, values):
                own = shape.route.iri if shape.route is not None else ""
                yield Broken(focus, path or own, f"{component}ConstraintComponent", shape, wrong)

    def conforms(self, shape: Shape, node: Value) -> bool:
        """Whether a thing breaks nothing of a shape."""
        return next(self.broken(shape, node), None) is None

    def values(self, route: Route, node: Value) -> _Values:
        """Where a path leads to from a thing."""
        return frozenset(self._along(route, node, backwards=False))

    def _along(self, route: Route, node: Value, *, backwards: bool) -> set[Value]:
        match route.kind:
            case "predicate":
                facts = self._facts
                return set(facts.pointing_at(node, route.iri) if backwards else facts.of(node, route.iri))
            case "inverse":
                return self._along(route.parts[0], node, backwards=not backwards)
            case "alternative":
                return {end for part in route.parts for end in self._along(part, node, backwards=backwards)}
            case "sequence":
                ends = {node}
                for part in reversed(route.parts) if backwards else route.parts:
                    ends = {end for each in ends for end in self._along(part, each, backwards=backwards)}
                return ends
            case "zeroOrOne":
                return {node} | self._along(route.parts[0], node, backwards=backwards)
        found: set[Value] = set()
        queue = self._along(route.parts[0], node, backwards=backwards)
        while queue:
            found |= queue
            queue = {end for each in queue for end in self._along(route.parts[0], each, backwards=backwards)} - found
        return found | {node} if route.kind == "zeroOrMore" else found

    def _is_a(self, node: Value, cls: str) -> bool:
        return any(each.text in self._classes.below(cls) for each in self._facts.of(node, t.RDF_TYPE))

    def _failures(
        self, constraint: Constraint, focus: Value, values: _Values
    ) -> Iterator[tuple[str, Value | None, str]]:
        """Component, value and, where it is not the shape's own, property of every failure."""
        component = constraint.name[0].upper() + constraint.name[1:]
        if constraint.name == "closed":
            yield from ((component, value, predicate) for predicate, value in self._not_allowed(constraint, values))
        elif constraint.name == "qualifiedValueShape":
            for name in self._qualified(constraint, values):
                yield name, None, ""
        elif constraint.name in _OF_ALL:
            if _OF_ALL[constraint.name](constraint, values):
                yield component, None, ""
        elif constraint.name in _OF_PAIRS:
            others = self._facts.of(focus, constraint.terms[0].text)
            for value in _OF_PAIRS[constraint.name](values, others):
                yield component, value, ""
        else:
            yield from ((component, value, "") for value in values if not self._holds(constraint, value))

    def _not_allowed(self, constraint: Constraint, values: _Values) -> Iterator[tuple[str, Value]]:
        allowed = {term.text for term in constraint.terms}
        for node in values:
            for predicate, found in self._facts.about(node).items():
                if predicate not in allowed:
                    yield from ((predicate, value) for value in found if (predicate, value.text) != _ALWAYS)

    def _holds(self, constraint: Constraint, value: Value) -> bool:
        """Whether a single value meets a demand."""
        conforming = (self.conforms(shape, value) for shape in constraint.shapes)
        match constraint.name:
            case "class":
                return value.kind != "literal" and self._is_a(value, constraint.terms[0].text)
            case "node" | "and":
                return all(conforming)
            case "or":
                return any(conforming)
            case "not":
                return not all(conforming)
            case "xone":
                return sum(conforming) == 1
        return _OF_ONE[constraint.name](constraint, value)

    def _qualified(self, constraint: Constraint, values: _Values) -> Iterator[str]:
        shape, *siblings = constraint.shapes
        number = sum(
            self.conforms(shape, value) and not any(self.conforms(other, value) for other in siblings)
            for value in values
        )
        if constraint.least is not None and number < constraint.least:
            yield "QualifiedMinCount"
        if constraint.most is not None and number > constraint.most:
            yield "QualifiedMaxCount"


_ALWAYS = (t.RDF_TYPE, t.RDFS + "Resource")


def _too_few(constraint: Constraint, values: _Values) -> bool:
    return len(values) < (constraint.least or 0)


def _too_many(constraint: Constraint, values: _Values) -> bool:
    return constraint.most is not None and len(values) > constraint.most


def _without(constraint: Constraint, values: _Values) -> bool:
    return Value(*constraint.terms[0]) not in values


def _said_twice(constraint: Constraint, values: _Values) -> bool:
    languages = [value.language.lower() for value in values if value.language]
    return constraint.terms[0].text == "true" and len(set(languages)) < len(languages)


_OF_ALL: Mapping[str, Callable[[Constraint, _Values], bool]] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "hasValue": _without,
    "uniqueLang": _said_twice,
}
_OF_PAIRS: Mapping[str, Callable[[_Values, _Values], list[Value]]] = {
    "equals": lambda values, others: sorted(values ^ others),
    "disjoint": lambda values, others: sorted(values & others),
    "lessThan": lambda values, others: [v for v, other in product(values, others) if not _less(v, other, equal=False)],
    "lessThanOrEquals": lambda values, others: [
        v for v, other in product(values, others) if not _less(v, other, equal=True)
    ],
}


def _of_kind(constraint: Constraint, value: Value) -> bool:
    word = {"uri": "IRI", "literal": "Literal", "bnode": "BlankNode"}[value.kind]
    return word in constraint.terms[0].text.removeprefix(t.SH).split("Or")


def _of_datatype(constraint: Constraint, value: Value) -> bool:
    wanted = constraint.terms[0].text
    if value.kind != "literal" or wanted == t.RDFS + "Literal":
        return value.kind == "literal"
    if value.language:
        return wanted == t.RDF + "langString"
    if value.datatype != wanted or wanted == t.XSD_STRING:
        return value.datatype == wanted
    read = literal(value)
    types = _python_types().get(wanted)
    return read.ill_typed is not True and (types is None or isinstance(read.value, types))


@lru_cache(maxsize=1)
def _python_types() -> Mapping[str, type]:
    import datetime as dt

    return {
        t.XSD_INTEGER: int,
        t.XSD_DECIMAL: Decimal,
        t.XSD_BOOLEAN: bool,
        t.XSD_DATE_TIME: dt.datetime,
        t.XSD + "float": float,
        t.XSD + "date": dt.date,
        t.XSD + "time": dt.time,
    }


def _in_language(constraint: Constraint, value: Value) -> bool:
    allowed = {term.text.lower() for term in constraint.terms}
    language = value.language.lower()
    return bool(language) and bool({"*", language, language.partition("-")[0]} & allowed)


def _matches(constraint: Constraint, value: Value) -> bool:
    flags = re.IGNORECASE * ("i" in constraint.flags) | re.MULTILINE * ("m" in constraint.flags)
    return value.kind != "bnode" and re.search(constraint.terms[0].text, _text(value), flags) is not None


def _is_long(constraint: Constraint, value: Value) -> bool:
    return not constraint.least or (value.kind != "bnode" and len(_text(value)) >= constraint.least)


def _is_short(constraint: Constraint, value: Value) -> bool:
    return value.kind != "bnode" and len(_text(value)) <= (constraint.most or 0)


def _within(accepts: Callable[[int], bool]) -> Callable[[Constraint, Value], bool]:
    def holds(constraint: Constraint, value: Value) -> bool:
        order = _order(value, Value(*constraint.terms[0]))
        return order is not None and accepts(order)

    return holds


_OF_ONE: Mapping[str, Callable[[Constraint, Value], bool]] = {
    "nodeKind": _of_kind,
    "datatype": _of_datatype,
    "in": lambda constraint, value: tuple(value) in constraint.terms,
    "languageIn": _in_language,
    "pattern": _matches,
    "minLength": _is_long,
    "maxLength": _is_short,
    "minInclusive": _within(lambda order: order >= 0),
    "minExclusive": _within(lambda order: order > 0),
    "maxInclusive": _within(lambda order: order <= 0),
    "maxExclusive": _within(lambda order: order < 0),
}


def _text(value: Value) -> str:
    return value.text if value.datatype in ("", t.XSD_STRING) else str(literal(value))


def _order(value: Value, bound: Value) -> int | None:
    """-1, 0 or 1 as a value is below, at or above a bound; None where the two cannot be compared."""
    if value.kind != "literal" or bound.kind != "literal":
        return None
    one, other = literal(value), literal(bound)
    if isinstance(one.value, str) != isinstance(other.value, str):
        return None
    try:
        if one.eq(other):
            return 0
        above = one.value > other.value if _has_a_clock(one.value) else one > other
    except (TypeError, NotImplementedError, ArithmeticError):
        return None
    return 1 if above else -1


def _has_a_clock(value: object) -> bool:
    import datetime as dt

    return type(value) in (dt.datetime, dt.time)


def _less(value: Value, other: Value, *, equal: bool) -> bool:
    """Whether a value is less than another (or equal, when that is enough); False where they cannot be compared."""
    one, two = _comparable(value), _comparable(other)
    if (type(one) is str) != (type(two) is str):
        return False
    try:
        return bool(one <= two if equal else one < two)
    except TypeError:
        return False


def _comparable(value: Value) -> str:
    """An IRI or a text as text; rdflib's literal (which is a kind of text, too) for whatever else has a value."""
    if value.kind != "literal":
        return value.text
    read = literal(value)
    return str(read.value) if isinstance(read.value, str) else read
