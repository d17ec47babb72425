"""Which queries are answered by looking up a few statements? Those that ask what is said of things that they name.

To hand such a query to another process takes longer than its answer. So it is read here by its form, which is a small
part of SPARQL, and answered by look-ups, of which there is a limit. No text of a user comes to the engine, and none can
take long or much memory. Whatever is of another form, or needs more, is left to whoever can be stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from operator import attrgetter, itemgetter
from typing import Any, NamedTuple

import pyoxigraph as ox

from graph.ntriples import RDF_TYPE
from graph.store.guard import PREFIXES
from graph.store.interface import Limits
from graph.store.properties import Properties
from graph.store.written import Wanted, boolean, row_writer, rows

__all__ = ["LookedUp", "looked_up"]

_MOST = 200  # look-ups, and statements that they find
_LONGEST, _MOST_PATTERNS, _MOST_ROWS = 8_000, 12, 100
_SPACE = r"[ \t\r\n]"
_IRIS = re.compile(r'(<[A-Za-z][A-Za-z0-9+.-]*+:[^<>"{}|^`\\\x00-\x20]*+>)')
_TAKEN_OUT = "<>"  # what stands in the form of a query for an IRI
_NAME = r"(?:[A-Za-z][A-Za-z0-9_-]*+)?:[A-Za-z_][A-Za-z0-9_-]*+(?![A-Za-z0-9_:%\\-]|\.[^ \t\r\n}])"
_VARIABLE = r"[?$][A-Za-z_][A-Za-z0-9_]*+"
_WORD = rf"(?:<>|{_NAME}|{_VARIABLE}|a(?=[ \t\r\n<?$])|[;,]|\.(?=[ \t\r\n}}]))"
_PREFIX = rf"(?i:PREFIX){_SPACE}++((?:[A-Za-z][A-Za-z0-9_-]*+)?):{_SPACE}*+<>"
_FORM = re.compile(
    rf"(?P<head>(?:{_SPACE}*+{_PREFIX})*+){_SPACE}*+"
    rf"(?:(?P<ask>(?i:ASK))|(?i:SELECT)(?P<distinct>{_SPACE}++(?i:DISTINCT))?(?P<columns>(?:{_SPACE}++{_VARIABLE})++))"
    rf"{_SPACE}*+(?:(?i:WHERE){_SPACE}*+)?\{{(?P<body>(?:{_SPACE}*+{_WORD})++){_SPACE}*+\}}"
    rf"(?:{_SPACE}*+(?i:LIMIT){_SPACE}++(?P<limit>\d{{1,9}}+))?{_SPACE}*+"
)
_COMMENTS = re.compile(rf"(?:{_SPACE}|\#[^\r\n]*+(?![^\r\n]))*+")
_PREFIXES, _WORDS = re.compile(_PREFIX), re.compile(_WORD)

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_Row = tuple[Term | None, ...]
_Read = tuple[ox.Store, Properties | None]


class LookedUp(NamedTuple):
    """An answer: its form (select or ask), its notation, how many rows it has, and its bytes."""

    form: str
    notation: str
    rows: int
    body: bytes


class _Step(NamedTuple):
    """A look-up for each row that there is.

    ``parts`` are places among what is known: nothing, the terms of the query, and the values of the row; ``new`` takes
    from a statement what is known from then on, ``single`` says whether that is one value. ``usual``: it begins at a
    thing and a property, so it may lie in a table.
    """

    parts: tuple[int, int, int]
    new: Callable[[ox.Quad], Any]
    single: bool
    once: bool
    usual: bool


class _Plan(NamedTuple):
    """What is looked up in which order, and what of a row is told.

    ``most`` is how many rows may be told, ``terms`` are those of the query that are not written as IRIs.
    """

    form: str
    distinct: bool
    most: int
    terms: tuple[ox.NamedNode, ...]
    steps: tuple[_Step, ...]
    columns: tuple[str, ...]
    told: Callable[[_Row], _Row]


class _Unlike(Exception):  # noqa: N818  it is no error
    """The query is of another form, or its answer needs more than is looked up."""


def looked_up(
    triples: ox.Store, text: str, wanted: Wanted, limits: Limits, table: Properties | None = None
) -> LookedUp | None:
    r"""The answer to a query over the union of all graphs, as a worker gives it; None for what a worker has to answer.

    ``table`` is of the same revision. Cost: at most 200 look-ups and statements.

    >>> store, name = ox.Store(), ox.NamedNode("x:name")
    >>> store.add(ox.Quad(ox.NamedNode("x:a"), name, ox.Literal("A")))
    >>> looked_up(store, "SELECT ?n { <x:a> <x:name> ?n }", Wanted({"select": "csv"}), Limits()).body
    b'n\r\nA\r\n'
    >>> looked_up(store, "SELECT ?n { ?x <x:name> ?n }", Wanted({"select": "csv"}), Limits()) is None
    True
    """
    if len(text) > _LONGEST or not wanted.everything:
        return None
    try:
        return _answer((triples, table), *_read(text), wanted, limits)
    except (_Unlike, ValueError, OSError, RuntimeError):
        return None


def _answer(read: _Read, plan: _Plan, iris: Sequence[ox.NamedNode], wanted: Wanted, limits: Limits) -> LookedUp | None:
    notation = wanted.notations.get(plan.form, "")
    if not notation:
        return None
    known = (None, *iris, *plan.terms)
    found = _found(read, plan.steps, known)
    if plan.form == "ask":
        return LookedUp("ask", notation, 1, boolean(notation, bool(found)))
    kept = list(map(plan.told, found))
    if plan.distinct:
        kept = list(dict.fromkeys(kept))
    if len(kept) > min(plan.most, limits.rows):
        return None
    written = list(map(_writer(notation, plan.columns), kept))
    if sum(map(len, written)) > limits.size:
        return None
    return LookedUp("select", notation, len(kept), b"".join(rows(notation, plan.columns, written, "")))


_writer = lru_cache(maxsize=200)(row_writer)


def _found(read: _Read, steps: Sequence[_Step], known: _Row) -> list[_Row]:
    """What the variables are in each row, behind what is known in all, as often as the engine finds it."""
    triples, table = read
    found, left = [known], _MOST
    for step in steps:
        before, found = found, []
        said: list[_Row] | None = None
        for row in before:
            if said is None or not step.once:
                subject, verb, value = (row[part] for part in step.parts)
                said = None if table is None or not step.usual else _tabulated(table, subject, verb, value, left)
                if said is None:
                    quads = _statements(triples, subject, verb, value, left)
                    said = [(step.new(quad),) for quad in quads] if step.single else list(map(step.new, quads))
                left -= 1 + len(said)
            found += [row + more for more in said]
            if left < 0 or len(found) > _MOST:
                raise _Unlike
    return found


def _tabulated(
    table: Properties, subject: Term | None, verb: Term | None, value: Term | None, most: int
) -> list[_Row] | None:
    """What ``_statements`` would say of a property of a thing, from the table; None where that does not tell."""
    if not (isinstance(subject, ox.NamedNode) and isinstance(verb, ox.NamedNode)):
        return None
    values = table.of(subject, verb, max(most, 0))
    if values is None or value is None:
        return None if values is None else [(each,) for each in values]
    return None if len(values) > most else [() for each in values if each == value]


def _statements(
    triples: ox.Store, subject: Term | None, verb: Term | None, value: Term | None, most: int
) -> Iterable[ox.Quad]:
    """Those that say so, and no more than one too many; what cannot stand in its place is said by none."""
    if isinstance(subject, ox.Literal) or not (verb is None or isinstance(verb, ox.NamedNode)):
        return ()
    return list(islice(triples.quads_for_pattern(subject, verb, value, None), max(most, 0) + 1))


# ── the form ───────────────────────────────────────────────────────────────────────────────────


_Part = ox.NamedNode | int | str
"""A part of a pattern: a term, the number of an IRI of the query, or the name of a variable."""
_Pattern = tuple[_Part, _Part, _Part]


def _read(text: str) -> tuple[_Plan, Sequence[ox.NamedNode]]:
    """How to answer a query, and the IRIs of its patterns."""
    parts = _IRIS.split(text)
    form, iris = _TAKEN_OUT.join(parts[::2]), parts[1::2]
    ends = form.find("#")
    if ends >= 0 and _COMMENTS.fullmatch(form, ends) is not None:
        form, iris = form[:ends], iris[: form.count(_TAKEN_OUT, 0, ends)]
    if _TAKEN_OUT in text or (shape := _shape(form)) is None:
        raise _Unlike
    many = len(shape.prefixes)
    plan = _plan(shape, tuple(iris[:many]))
    if plan is None:
        raise _Unlike
    return plan, [ox.NamedNode(iri[1:-1]) for iri in iris[many:]]


class _Shape(NamedTuple):
    """A query of the form, without its IRIs; those of its prefixes come first."""

    prefixes: tuple[str, ...]
    ask: bool
    distinct: bool
    columns: tuple[str, ...]
    body: str
    limit: int


@lru_cache(maxsize=200)  # a program always sends the same, about other things
def _shape(form: str) -> _Shape | None:
    asked = _FORM.fullmatch(form)
    if asked is None or (asked["ask"] and asked["limit"]):
        return None
    columns = tuple(word[1:] for word in (asked["columns"] or "").split())
    limit = _MOST_ROWS if asked["limit"] is None else min(int(asked["limit"]), _MOST_ROWS)
    prefixes = tuple(_PREFIXES.findall(asked["head"]))
    return _Shape(prefixes, bool(asked["ask"]), bool(asked["distinct"]), columns, asked["body"], limit)


@lru_cache(maxsize=200)
def _plan(shape: _Shape, iris: tuple[str, ...]) -> _Plan | None:
    """How to answer a query with these IRIs of its prefixes; None where that is no matter of a few look-ups."""
    names = PREFIXES | {name: iri[1:-1] for name, iri in zip(shape.prefixes, iris, strict=True)}
    numbers, variables, steps = count(), list[str](), list[_Step]()
    try:
        patterns = list(_patterns([_word(word, names, numbers) for word in _WORDS.findall(shape.body)]))
        terms = [part for pattern in patterns for part in pattern if isinstance(part, ox.NamedNode)]
        places = _Places(1 + next(numbers), terms, variables)
        while patterns:
            pattern = next((each for each in patterns if _begins(each[0], variables)), None)
            pattern = pattern or next((each for each in patterns if _begins(each[2], variables)), None)
            if pattern is None:
                return None
            patterns.remove(pattern)
            steps.append(_step(pattern, places))
    except (_Unlike, ValueError):
        return None
    told = shape.columns
    if not set(told) <= set(variables) or len(set(told)) < len(told) or len(steps) > _MOST_PATTERNS:
        return None
    form, chosen = "ask" if shape.ask else "select", _taking([places.of(name) for name in told])
    return _Plan(form, shape.distinct, shape.limit, tuple(terms), tuple(steps), told, chosen)


class _Places(NamedTuple):
    """Where things stand among what is known: nothing, the IRIs of the query, its other terms, the values of a row."""

    iris: int
    terms: list[ox.NamedNode]
    variables: list[str]

    def of(self, part: _Part) -> int:
        """The place of a part of a pattern; that of nothing for a variable that is not known yet."""
        if isinstance(part, int):
            return 1 + part
        if isinstance(part, ox.NamedNode):
            return self.iris + self.terms.index(part)
        known = part in self.variables
        return self.iris + len(self.terms) + self.variables.index(part) if known else 0


def _taking(places: Sequence[int]) -> Callable[[_Row], _Row]:
    if not places:
        return lambda _: ()
    return itemgetter(*places) if len(places) > 1 else lambda row, at=places[0]: (row[at],)  # type: ignore[misc]


def _begins(part: _Part, variables: Sequence[str]) -> bool:
    return not isinstance(part, str) or part in variables


_PARTS = ("subject", "predicate", "object")


def _step(pattern: _Pattern, places: _Places) -> _Step:
    """The look-up of a pattern, when some variables are known; afterwards its own are known, too."""
    once = not any(part in places.variables for part in pattern if isinstance(part, str))
    parts = (places.of(pattern[0]), places.of(pattern[1]), places.of(pattern[2]))
    new = [n for n, place in enumerate(parts) if not place]
    places.variables.extend(str(pattern[n]) for n in new)
    if len(set(places.variables)) < len(places.variables):  # it names a variable twice
        raise _Unlike
    values = attrgetter(*(_PARTS[n] for n in new)) if new else lambda _: ()
    return _Step(parts, values, len(new) == 1, once, bool(parts[0] and parts[1]))


def _word(word: str, names: Mapping[str, str], iris: Iterator[int]) -> _Part:
    """A word of a pattern; a variable keeps its mark, a sign is as it is."""
    if word == "<>":
        return next(iris)
    if word[0] in "?$":
        return "?" + word[1:]
    if word in ("a", ";", ",", "."):
        return word
    prefix, _, local = word.partition(":")
    if prefix not in names:
        raise _Unlike
    return ox.NamedNode(names[prefix] + local)


def _patterns(words: Sequence[_Part]) -> Iterator[_Pattern]:
    at = 0

    def take(*, verb: bool = False) -> _Part:
        nonlocal at
        word = words[at] if at < len(words) else "."
        at += 1
        if verb and word == "a":
            return ox.NamedNode(RDF_TYPE)
        if not isinstance(word, str):
            return word
        if word[0] != "?":
            raise _Unlike
        return word[1:]

    while at < len(words):
        subject = take()
        sign: object = ";"
        while sign == ";":
            verb = take(verb=True)
            sign = ","
            while sign == ",":
                yield subject, verb, take()
                sign = words[at] if at < len(words) else "."
                at += 1
        if sign != ".":
            raise _Unlike
