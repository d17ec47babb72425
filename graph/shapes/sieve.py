"""Which things might break a shape? Queries that let every one of them through, and as few others as can be.

The judge has the last word, so a query may name too many things and never too few. How the engine answers fast was
measured: MINUS (a hash join) instead of NOT EXISTS (a look-up for each thing), one pass for all properties that want
the same class, and two counts before a grouping, which most often say that there is nothing to group.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from graph.shapes.terms import written
from ontology import terms as t
from ontology.constraints import Constraint, Route, Shape, Targets, Term

__all__ = ["Part", "Sieve", "parts_of", "sieves"]

_NUMBERS = (t.XSD_INTEGER, t.XSD_DECIMAL, t.XSD + "double", t.XSD + "float")
_TYPE = f"<{t.RDF_TYPE}>"
_Link = Callable[[str, str], str]


@dataclass(frozen=True, slots=True)
class Part:
    """A shape of its own, or a property of a node shape: what is sieved, judged and counted together."""

    targets: Targets
    shape: Shape


@dataclass(frozen=True, slots=True)
class Sieve:
    """A query for ``?focus`` (and ``?path``, where it asks for several properties), and the parts to judge for each.

    ``unless`` are two queries that count: when they say the same, there is nothing to be found.
    """

    query: str
    parts: Mapping[str, tuple[Part, ...]]
    unless: tuple[str, str] | None = None


def parts_of(shapes: Iterable[Shape]) -> Iterator[Part]:
    """The parts of all shapes that are not switched off."""
    for shape in shapes:
        if shape.deactivated:
            continue
        if shape.route is not None:
            yield Part(shape.targets, shape)
            continue
        own = tuple(constraint for constraint in shape.constraints if constraint.name != "property")
        if own:
            yield Part(shape.targets, replace(shape, constraints=own))
        for constraint in shape.constraints:
            if constraint.name == "property" and not constraint.shapes[0].deactivated:
                yield Part(shape.targets, constraint.shapes[0])


def sieves(
    parts: Iterable[Part], *, below: Callable[[str], Iterable[str]], is_used: Callable[[str], bool], excused: str = ""
) -> Iterator[Sieve]:
    """The queries for these parts.

    Args:
        parts: what is to be checked.
        below: the classes below a class that have instances, with the class itself.
        is_used: whether any statement has a property.
        excused: a property that is true of things which may be of any class.
    """
    of_class: dict[str, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    of_query: dict[_Question, list[Part]] = defaultdict(list)
    for part in parts:
        things = _things(part.targets, below)
        if things:
            for question in _questions(part.shape, things, is_used):
                of_query[question].append(part)
            for cls, path in _classes_wanted(part.shape, is_used):
                of_class[cls][path].append(part)
    for question, asking in of_query.items():
        yield Sieve(question.query, {"": tuple(asking)}, question.unless)
    for cls, paths in of_class.items():
        yield _of_class(cls, paths, excused)


def _questions(shape: Shape, things: str, is_used: Callable[[str], bool]) -> Iterator[_Question]:
    """All questions about one shape, but for those about classes, which are put together."""
    if shape.route is None:
        yield _Question(f"SELECT DISTINCT ?focus {{ {things} FILTER ({_breaks(shape)}) }}")
        return
    link = _link(shape.route)
    if link is None:
        yield _Question(f"SELECT DISTINCT ?focus {{ {things} }}")
        return
    used = is_used(shape.route.iri or shape.route.parts[0].iri)
    together = {"class"} if shape.route.kind == "predicate" else set()
    for constraint in shape.constraints:
        if (
            constraint.name in _OF_ALL
            and constraint.name not in together
            and (used or constraint.name in _EVEN_WITHOUT)
        ):
            yield from _OF_ALL[constraint.name](constraint, things, link)
    if used and (query := _of_values(shape, link)):
        yield _Question(query)


def _classes_wanted(shape: Shape, is_used: Callable[[str], bool]) -> Iterator[tuple[str, str]]:
    if shape.route is not None and shape.route.kind == "predicate" and is_used(shape.route.iri):
        yield from ((each.terms[0].text, shape.route.iri) for each in shape.constraints if each.name == "class")


class _Question(NamedTuple):
    """A query, asked once for all parts that ask the same; ``unless`` as in ``Sieve``."""

    query: str
    unless: tuple[str, str] | None = None


_EVEN_WITHOUT = {"minCount", "hasValue", "equals", "qualifiedValueShape"}


def _things(targets: Targets, below: Callable[[str], Iterable[str]]) -> str:
    """A pattern that binds ?focus to what a shape is about; "" when that is nothing."""
    classes = sorted({each for cls in targets.classes for each in below(cls)})
    named_classes = " ".join(f"<{cls}>" for cls in classes)
    patterns = [f"{{ VALUES ?class {{ {named_classes} }} ?focus {_TYPE} ?class }}"] * bool(classes)
    patterns += [f"{{ ?focus <{predicate}> ?any }}" for predicate in targets.subjects_of]
    patterns += [f"{{ ?any <{predicate}> ?focus }}" for predicate in targets.objects_of]
    named = [written(node) for node in targets.nodes if node.kind != "bnode"]
    patterns += [f"{{ VALUES ?focus {{ {' '.join(named)} }} }}"] * bool(named)
    return " UNION ".join(patterns)


def _link(route: Route) -> _Link | None:
    """How ?focus and a value hang together by one property, either way; None for longer paths."""
    if route.kind == "predicate":
        return lambda focus, value: f"{focus} <{route.iri}> {value} ."
    if route.kind == "inverse" and route.parts[0].kind == "predicate":
        return lambda focus, value: f"{value} <{route.parts[0].iri}> {focus} ."
    return None


def _of_class(cls: str, paths: Mapping[str, list[Part]], excused: str) -> Sieve:
    """All properties that want values of one class, in one pass."""
    properties = " ".join(f"<{path}>" for path in paths)
    others = f"MINUS {{ ?value <{excused}> true }}" if excused else ""
    query = (
        f"SELECT DISTINCT ?path ?focus {{ VALUES ?path {{ {properties} }} ?focus ?path ?value "
        f"MINUS {{ ?value {_TYPE} <{cls}> }} {others} }}"
    )
    return Sieve(query, {path: tuple(parts) for path, parts in paths.items()})


def _too_few(constraint: Constraint, things: str, link: _Link) -> Iterator[_Question]:
    found = link("?focus", "?value")
    if constraint.least == 1:
        either = f"SELECT (COUNT(DISTINCT ?focus) AS ?number) {{ {{ {things} }} UNION {{ {found} }} }}"
        query = f"SELECT DISTINCT ?focus {{ {things} MINUS {{ {found} }} }}"
        yield _Question(query, (either, _distinct(found)))
    elif constraint.least:
        enough = f"{{ {_grouped(found)} >= {constraint.least}) }}"
        yield _Question(f"SELECT DISTINCT ?focus {{ {things} MINUS {enough} }}")


def _too_many(constraint: Constraint, _: str, link: _Link) -> Iterator[_Question]:
    found = link("?focus", "?value")
    once = (f"SELECT (COUNT(*) AS ?number) {{ {found} }}", _distinct(found)) if constraint.most else None
    yield _Question(f"{_grouped(found)} > {constraint.most})", once)


def _without(constraint: Constraint, things: str, link: _Link) -> Iterator[_Question]:
    wanted = constraint.terms[0]
    having = f"MINUS {{ {link('?focus', written(wanted))} }}" if wanted.kind != "bnode" else ""
    yield _Question(f"SELECT DISTINCT ?focus {{ {things} {having} }}")


def _qualified(constraint: Constraint, things: str, link: _Link) -> Iterator[_Question]:
    pattern = things if constraint.least else link("?focus", "?value")
    yield _Question(f"SELECT DISTINCT ?focus {{ {pattern} }}")


def _unequal(constraint: Constraint, _: str, link: _Link) -> Iterator[_Question]:
    found, other = link("?focus", "?value"), f"?focus <{constraint.terms[0].text}> ?value ."
    apart = f"{{ {found} MINUS {{ {other} }} }} UNION {{ {other} MINUS {{ {found} }} }}"
    yield _Question(f"SELECT DISTINCT ?focus {{ {apart} }}")


def _in_both(constraint: Constraint, _: str, link: _Link) -> Iterator[_Question]:
    found = link("?focus", "?value")
    yield _Question(f"SELECT DISTINCT ?focus {{ {found} ?focus <{constraint.terms[0].text}> ?value }}")


def _not_less(constraint: Constraint, _: str, link: _Link) -> Iterator[_Question]:
    """Numbers and moments with a time zone are compared alike everywhere; the judge compares all else."""
    less = f"?value {'<' if constraint.name == 'lessThan' else '<='} ?other"
    numbers = f"COALESCE(isNumeric(?value) && isNumeric(?other) && {less}, false)"
    clocks = f'COALESCE(TZ(?value) != "" && TZ(?other) != "" && {less}, false)'
    both = f"{link('?focus', '?value')} ?focus <{constraint.terms[0].text}> ?other"
    yield _Question(f"SELECT DISTINCT ?focus {{ {both} FILTER (!({numbers} || {clocks})) }}")


def _said_twice(constraint: Constraint, _: str, link: _Link) -> Iterator[_Question]:
    if constraint.terms[0].text == "true":
        said = f'{link("?focus", "?value")} FILTER (LANG(?value) != "")'
        twice = "GROUP BY ?focus (LCASE(LANG(?value)) AS ?language) HAVING (COUNT(DISTINCT ?value) > 1)"
        yield _Question(f"SELECT ?focus {{ {said} }} {twice}")


def _has_any(_: Constraint, __: str, link: _Link) -> Iterator[_Question]:
    yield _Question(f"SELECT DISTINCT ?focus {{ {link('?focus', '?value')} }}")


_OF_ALL: Mapping[str, Callable[[Constraint, str, _Link], Iterator[_Question]]] = {
    "minCount": _too_few,
    "maxCount": _too_many,
    "hasValue": _without,
    "qualifiedValueShape": _qualified,
    "equals": _unequal,
    "disjoint": _in_both,
    "lessThan": _not_less,
    "lessThanOrEquals": _not_less,
    "uniqueLang": _said_twice,
} | dict.fromkeys(("class", "node", "not", "and", "or", "xone", "property", "closed"), _has_any)


def _grouped(found: str) -> str:
    """Begins a condition on how many values there are."""
    return f"SELECT ?focus {{ {found} }} GROUP BY ?focus HAVING (COUNT(DISTINCT ?value)"


def _distinct(found: str) -> str:
    return f"SELECT (COUNT(DISTINCT ?focus) AS ?number) {{ {found} }}"


def _of_values(shape: Shape, link: _Link) -> str:
    """The demands on every single value of a property, in one pass over the values."""
    wrong = [_WRONG[each.name](each) for each in shape.constraints if each.name in _WRONG]
    return f"SELECT DISTINCT ?focus {{ {link('?focus', '?value')} FILTER ({' || '.join(wrong)}) }}" if wrong else ""


def _unless(fine: str) -> str:
    """True where a condition is not met, and where it cannot be answered."""
    return f"!COALESCE({fine}, false)"


# what reads a value costs a look into the engine's table of texts, so what is most often true comes first
_PLAIN = f'(DATATYPE(?value) = <{t.XSD_STRING}> || LANG(?value) != "" || isIRI(?value))'
_MOMENT = "^[0-9]{4}-[0-9]{2}-[0-9]{2}T([01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})?$"
_READ_ALIKE = {
    t.XSD_STRING: "true",
    t.XSD_ANY_URI: "true",
    t.XSD_INTEGER: "isNumeric(?value)",
    t.XSD_DECIMAL: "isNumeric(?value)",
    t.XSD_BOOLEAN: "?value IN (true, false)",
    t.XSD_DATE_TIME: f'REGEX(STR(?value), "{_MOMENT}") && YEAR(?value) > 0',
}


def _wrong_kind(constraint: Constraint) -> str:
    allowed = constraint.terms[0].text.removeprefix(t.SH).split("Or")
    test = {"IRI": "isIRI(?value)", "Literal": "isLiteral(?value)", "BlankNode": "isBlank(?value)"}
    return f"!({' || '.join(test[word] for word in allowed)})"


def _wrong_datatype(constraint: Constraint) -> str:
    wanted = constraint.terms[0].text
    if wanted not in _READ_ALIKE:
        return "true"
    return _unless(f"DATATYPE(?value) = <{wanted}> && {_READ_ALIKE[wanted]}")


def _too_short(constraint: Constraint) -> str:
    if constraint.least == 1:
        return _unless('STR(?value) != ""')
    return _unless(f"{_PLAIN} && STRLEN(STR(?value)) >= {constraint.least}")


def _too_long(constraint: Constraint) -> str:
    return _unless(f"{_PLAIN} && STRLEN(STR(?value)) <= {constraint.most}")


_SAME_IN_BOTH = re.compile(r"(?:[^\\(\[&~-]|\\[dwsDWS.\\+*?(){}|^$/@\[\]-]|\((?!\?)|\[(?![\[:])|-(?!-))*")


def _wrong_text(constraint: Constraint) -> str:
    """The engine's expressions are another dialect: it decides on plain letters and plain expressions alone."""
    pattern = constraint.terms[0].text
    if not _SAME_IN_BOTH.fullmatch(pattern):
        return "true"
    words = written(Term("literal", pattern, t.XSD_STRING))
    match = f'REGEX(STR(?value), {words}, "{constraint.flags}")'
    return _unless(f'{_PLAIN} && {match} && !REGEX(STR(?value), "[^ -~]")')


def _outside(sign: str) -> Callable[[Constraint], str]:
    def condition(constraint: Constraint) -> str:
        bound = constraint.terms[0]
        inside = f"?value {sign} {written(bound)}"
        if bound.datatype in _NUMBERS:
            return _unless(f"isNumeric(?value) && {inside}")
        if bound.datatype == t.XSD_DATE_TIME and bound.text.endswith("Z"):
            return _unless(f'TZ(?value) != "" && {inside}')
        return "true"

    return condition


def _not_in(constraint: Constraint) -> str:
    same = [f"sameTerm(?value, {written(term)})" for term in constraint.terms if term.kind != "bnode"]
    return f"!({' || '.join(same)})" if same else "true"


def _wrong_language(constraint: Constraint) -> str:
    languages = ", ".join(written(Term("literal", term.text.lower(), t.XSD_STRING)) for term in constraint.terms)
    return _unless(f"LCASE(LANG(?value)) IN ({languages})") if languages else "true"


_WRONG: Mapping[str, Callable[[Constraint], str]] = {
    "nodeKind": _wrong_kind,
    "datatype": _wrong_datatype,
    "minLength": _too_short,
    "maxLength": _too_long,
    "pattern": _wrong_text,
    "minInclusive": _outside(">="),
    "minExclusive": _outside(">"),
    "maxInclusive": _outside("<="),
    "maxExclusive": _outside("<"),
    "in": _not_in,
    "languageIn": _wrong_language,
}


def _breaks(shape: Shape) -> str:
    """A condition on ?focus that holds wherever a node shape may be broken, and elsewhere seldom."""
    return " || ".join(_breaks_one(constraint) for constraint in shape.constraints) or "false"


def _breaks_one(constraint: Constraint) -> str:
    inner = [f"({_of_inner(shape)})" for shape in constraint.shapes]
    match constraint.name:
        case "or":
            return f"({' && '.join(inner)})"
        case "and" | "node" | "property":
            return f"({' || '.join(inner)})"
    return "true"


def _of_inner(shape: Shape) -> str:
    """As ``_breaks``, also for a property; of one that only must be there, it is known for sure."""
    if shape.deactivated:
        return "false"
    if shape.route is None:
        return _breaks(shape)
    link = _link(shape.route)
    if link is None or {constraint.name for constraint in shape.constraints} != {"minCount"}:
        return "true"
    return f"NOT EXISTS {{ {link('?focus', '?value')} }}" if _wants_one(shape) else "true"


def _wants_one(shape: Shape) -> bool:
    return all(constraint.least == 1 for constraint in shape.constraints)
