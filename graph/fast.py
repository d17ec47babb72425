"""Which parts of a query are answered from the service graph? Properties of a namespace of their own become values.

The engine walks triples; the service graph is graph arrays. ``?service fast:dependsOn <x>`` says the same as
``?service sm:dependsOn+ <x>``, and is put in its place as ``VALUES``: any engine that speaks SPARQL 1.1 goes on from
there. The words are in docs/reference/fast.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.model import InputError
from graph.patterns import Group, Statement, read
from graph.similar import proposal
from graph.sparql import Token, iri, prefixes, replaced, tokens
from graph.store.guard import FAST, PREFIXES

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from graph.servicegraph import Bools, ServiceGraph
    from graph.store.reading import Opened
    from graph.store.remote import RemoteStore

__all__ = ["MOST_ROWS", "PROPERTIES", "Given", "expanded", "rewriter", "service_graph"]

MOST_ROWS, MOST_STARTS, MOST_FIGURES = 100_000, 1_000, 50
_MOST_PATTERNS = 20
_NO_ROW = "FILTER(false)"


@dataclass(frozen=True, slots=True)
class Given:
    """What was put in the place of one pattern: its property, and how many rows."""

    name: str
    rows: int


@dataclass(frozen=True, slots=True)
class _Pattern:
    """A pattern with a fast property: its subject, and its objects, one or a list in round brackets."""

    name: str
    subject: Token
    objects: tuple[Token, ...]
    group: Group


def expanded(text: str, graph: ServiceGraph, *, apart: bool = False) -> tuple[str, tuple[Given, ...]]:
    """The query with values in place of its fast patterns, and what was put in.

    With ``apart`` values of several variables stand in a query of their own: alone under UNION Virtuoso loses them.

    Raises:
        InputError: a fast property stands where it cannot be answered, or its answer is too large.
    """
    known = PREFIXES | prefixes(tokens(text))
    groups, changes, given = read(text, PREFIXES), [], list[Given]()
    order = None if apart else _order(text, groups, known)
    if order is not None:
        changes.append((*order, ""))
    answered = set[int]()
    for group in groups:
        for statement in group.statements:
            fast = [said for said in statement.said if _name(said[0], known)]
            if not fast:
                continue
            _check_place(group, statement)
            answered |= {said[0].start for said in fast}
            parts, told = [], ""
            for said in fast:
                pattern = _pattern(statement, said, group, known)
                answering = _Answering(pattern, graph, known, apart=apart, in_order=order is not None)
                words, rows = answering.values()
                parts.append(words)
                given.append(Given(pattern.name, rows))
                told = told or answering.told_class()
            # Where the values are of a class already, the engine need not look up each.
            others = [said for said in statement.said if said not in fast and not (told and _is(said, told, known))]
            rest = [text[said[0].start : said[-1].end] for said in others]
            if rest:
                assert statement.subject is not None
                parts.append(f"{statement.subject.text} {' ; '.join(rest)}")
            changes.append((statement.start, statement.end, " ".join(parts)))
    _check_rest(text, answered, known)
    if len(given) > _MOST_PATTERNS:
        raise InputError.of(f"the query has more than {_MOST_PATTERNS} fast patterns", remedy="ask in several queries")
    return replaced(text, changes), tuple(given)


def _order(text: str, groups: Sequence[Group], known: Mapping[str, str]) -> tuple[int, int] | None:
    """Where a query is told to put its rows in order, if they are the values of one pattern and have nothing else.

    The engine fetches two names for each comparison; the values can be put in order before it gets them. Tests hold it
    to giving them as they stand.
    """
    said = tokens(text)
    if len(groups) != 1 or len(groups[0].statements) != 1 or [token.word for token in said[-3:-1]] != ["ORDER", "BY"]:
        return None
    (group,), by = groups, said[-1]
    (statement,) = group.statements
    brace = next(number for number, token in enumerate(said) if token.text == "{")
    head, alone = [token.word or token.text for token in said[:brace]], f"{{ {text[statement.start : statement.end]} }}"
    body = text[said[brace].start : said[-4].end]
    if head[-2:] != ["SELECT", by.text] and head[-3:] != ["SELECT", by.text, "WHERE"]:
        return None
    if " ".join(body.replace(".", " ").split()) != " ".join(alone.replace(".", " ").split()):
        return None  # there is more between the braces
    fast = [each for each in statement.said if _name(each[0], known) in ("dependsOn", "dependsOnOrIs")]
    rest = [each for each in statement.said if each not in fast]
    if len(fast) != 1 or statement.subject is None or len(rest) > 1:
        return None
    ends = [end.variable for end in (statement.subject, fast[0][-1]) if end.variable]
    told = not rest or (rest[0][0].text == "a" and statement.subject.variable in group.types)
    return (said[-3].start, by.end) if ends == [by.variable] and told else None


def _name(token: Token, known: Mapping[str, str]) -> str:
    """The local name of a fast property; "" for other tokens."""
    full = iri(token, dict(known)) if token.kind in ("iri", "name") else ""
    return full.removeprefix(FAST) if full.startswith(FAST) else ""


def _is(said: Sequence[Token], cls: str, known: Mapping[str, str]) -> bool:
    """Whether the words of a statement say the class and nothing else."""
    return len(said) == 2 and said[0].text == "a" and iri(said[1], dict(known)) == cls


def _check_place(group: Group, statement: Statement) -> None:
    if group.inside("service"):
        raise InputError.of(
            "fast properties are answered here, not by another server (SERVICE)", remedy="move them out of SERVICE"
        )
    if group.inside("template"):
        raise InputError.of("fast properties cannot be built", remedy="write them in the WHERE part")
    if statement.subject is None:
        raise InputError.of(
            "a fast property needs a subject with a name", remedy="write a variable or an IRI before it"
        )


def _check_rest(text: str, answered: set[int], known: Mapping[str, str]) -> None:
    """Every fast property must have been answered: in a path or in brackets nobody would."""
    for token in tokens(text):
        if token.start not in answered and (name := _name(token, known)):
            raise InputError.of(
                f"fast:{name} stands where it cannot be answered",
                remedy="write it as the verb of a statement of its own: ?a fast:dependsOn ?b",
            )


def _pattern(statement: Statement, said: Sequence[Token], group: Group, known: Mapping[str, str]) -> _Pattern:
    name = _name(said[0], known)
    if name not in PROPERTIES:
        raise InputError.of(f"there is no fast:{name}", remedy=proposal(name, PROPERTIES))
    objects = tuple(said[1:])
    if len(objects) > 1 and objects[0].text == "(" and objects[-1].text == ")":
        objects = objects[1:-1]
    shape = PROPERTIES[name].shape
    fits = len(objects) in _LENGTHS.get(shape, (1,))
    if not fits or any(each.kind not in ("iri", "name", "var", "number") for each in objects):
        raise InputError.of(f"fast:{name} is written otherwise", remedy=f"write {PROPERTIES[name].form}")
    assert statement.subject is not None
    return _Pattern(name, statement.subject, objects, group)


@dataclass(frozen=True, slots=True)
class Property:
    """A fast property: how it is written, what it means, and the sort of its answer."""

    form: str
    meaning: str
    shape: str


_TOLD = ("shared", "broken", "least", "ranked", "needed", "unused")
_OR = ", or (?n 20) for the 20 with most, or (?n sm:Service) to count those of a class"
PROPERTIES: Mapping[str, Property] = {
    "dependsOn": Property(
        "?a fast:dependsOn ?b", "as ?a sm:dependsOn+ ?b; one end is given, or ?a fast:dependsOn ?a", "pairs"
    ),
    "dependsOnOrIs": Property("?a fast:dependsOnOrIs ?b", "as ?a sm:dependsOn* ?b; one end is given", "pairs"),
    "users": Property(f"?a fast:users ?n{_OR}", "how many depend on ?a directly", "count"),
    "blastRadius": Property(f"?a fast:blastRadius ?n{_OR}", "how many depend on ?a, directly or not", "count"),
    "monthlyCost": Property(
        "?a fast:monthlyCost (?amount ?currency)", "what ?a and all that it depends on cost in a month", "money"
    ),
    "availability": Property("?a fast:availability ?share", "expected availability, from 0 to 1", "figure"),
    "sharedCause": Property(
        "?group fast:sharedCause (?a ?b ?cause 500)", "what two members of a group rest on first", "shared"
    ),
    "brokenBy": Property(
        "?rule fast:brokenBy (?a ?b 500)",
        "?a depends on ?b, which the layer rule ?rule forbids; critical ?a first",
        "broken",
    ),
    "leastPromised": Property(
        "?a fast:leastPromised (?b ?percent)",
        "of what ?a, itself promised, rests on: that with the least availability promised today",
        "least",
    ),
    "lessCriticalThan": Property(
        "?a fast:lessCriticalThan (?b 200)", "?b cannot do without ?a and is called more critical; the worst", "ranked"
    ),
    "noAlternative": Property(
        "?a fast:noAlternative (?b 500)", "?a needs ?b in full, outside of any group; critical ?a first", "needed"
    ),
    "unused": Property(
        "?a fast:unused (?n 500), or (?n 500 sm:Application sm:Platform) for those of any of the classes",
        "nothing depends on ?a; ?n is how many it depends on itself",
        "unused",
    ),
    "slackMinutes": Property("?a fast:slackMinutes ?n", "minutes left of the promises for ?a, the least", "figure"),
    "elements": Property("?class fast:elements ?n", "how many elements are of ?class and of none below it", "kinds"),
}


_LENGTHS: Mapping[str, Sequence[int]] = {
    "count": (1, 2),
    "money": (1, 2),
    "shared": (4,),
    "broken": (3,),
    "least": (2,),
    "ranked": (2,),
    "needed": (2,),
    "unused": range(2, 12),
}


class _Answering:
    """One pattern, answered."""

    def __init__(
        self, pattern: _Pattern, graph: ServiceGraph, known: Mapping[str, str], *, apart: bool, in_order: bool = False
    ) -> None:
        self.pattern, self.graph, self.known, self.apart = pattern, graph, dict(known), apart
        self.in_order = in_order
        """Whether the values are put in the order of their IRIs, which is then left out of the query."""

    def values(self) -> tuple[str, int]:
        """What stands in the place of the pattern, and how many rows it has."""
        shape = PROPERTIES[self.pattern.name].shape
        if shape == "pairs":
            return self._pairs()
        if shape in _TOLD:
            return self._told(shape)
        if shape == "kinds":
            rows = [(f"<{cls}>", str(number)) for cls, number in self.graph.kinds.items()]
            return self._rows([self.pattern.subject, *self.pattern.objects], rows)
        return self._counts() if shape == "count" else self._facts(shape)

    def told_class(self) -> str:
        """The class that every value of the subject is of, since it was asked for; "" where none was."""
        subject = self.pattern.subject
        whole = PROPERTIES[self.pattern.name].shape in ("shared", "broken", "ranked", "kinds")
        free = subject.variable and not whole and self._starts(subject) is None
        return self.pattern.group.types.get(subject.variable, "") if free else ""

    def _told(self, shape: str) -> tuple[str, int]:
        """What is worked out for the whole map: rows of the subject and what stands in the round brackets."""
        terms, graph = [self.pattern.subject, *self.pattern.objects], self.graph
        if shape in ("shared", "broken"):
            most = self._number(terms.pop())
            found = graph.shared_causes(most) if shape == "shared" else graph.broken_rules(most)
            return self._rows(terms, [tuple(f"<{iri}>" for iri in row) for row in found])
        if shape == "ranked":
            pairs = graph.less_critical(self._number(terms.pop()))
            return self._table(terms[0], terms[1], pairs)
        narrowed = self._narrowed(terms[0])
        if shape == "needed":
            return self._table(terms[0], terms[1], graph.no_alternative(narrowed, self._number(terms.pop())))
        if shape == "unused":
            among = self._of_any(terms[3:], narrowed)
            idle = graph.unused(among, self._number(terms[2]))
            return self._rows(terms[:2], [(self._iri(v), str(rests)) for v, rests in idle])
        least, starts = graph.least_promised(), self._starts(terms[0])
        of = least if starts is None else [v for v in starts if v in least]
        chosen = [v for v in of if narrowed is None or narrowed[v]]
        self._check_size(len(chosen))
        return self._rows(terms, [(self._iri(v), self._iri(least[v][0]), least[v][1]) for v in chosen])

    def _of_any(self, classes: Sequence[Token], narrowed: Bools | None) -> Bools | None:
        """The elements of any of the classes of a list, of those that count; all of those where it names none."""
        if any(each.kind not in ("iri", "name") for each in classes):
            raise InputError.of(
                f"fast:{self.pattern.name} is written otherwise", remedy=f"write {PROPERTIES[self.pattern.name].form}"
            )
        found = narrowed
        for n, each in enumerate(classes):
            members = self.graph.members(iri(each, self.known))
            members = members if narrowed is None else members & narrowed
            found = members if n == 0 or found is None else found | members
        return found

    def _pairs(self) -> tuple[str, int]:
        subject, target = self.pattern.subject, self.pattern.objects[0]
        also = self.pattern.name == "dependsOnOrIs"
        if subject.variable and subject.variable == target.variable and not also:
            return self._circles(subject)
        back = self._starts(subject) is None
        given, free = (target, subject) if back else (subject, target)
        starts = self._starts(given)
        if starts is None:
            raise self._open_ends()
        narrowed = self._narrowed(free)
        rows: list[tuple[str, ...]] = []
        for start in starts:
            found = self.graph.walk(start, back=back, also=also)
            if narrowed is not None:
                found = found[narrowed[found]]
            self._check_size(len(rows) + len(found))
            others, known = self.graph.named(found), self._iri(start)
            if given.variable:
                rows += [(f"<{other}>", known) for other in others]
            else:  # what is asked about need not stand in each row
                rows += [(f"<{other}>",) for other in (sorted(others) if self.in_order else others)]
        return self._rows([free, given] if given.variable else [free], rows)

    def _circles(self, element: Token) -> tuple[str, int]:
        """The elements that depend on themselves: of those that are given, of a class, or of all."""
        starts, narrowed, found = self._starts(element), self._narrowed(element), self.graph.circular
        on = (found if narrowed is None else found & narrowed).nonzero()[0].tolist()
        chosen = on if starts is None else [v for v in starts if found[v]]
        self._check_size(len(chosen))
        return self._rows([element], [(self._iri(v),) for v in chosen])

    def _counts(self) -> tuple[str, int]:
        element, number = self.pattern.subject, self.pattern.objects[0]
        cls = self._counted()
        most = None if cls else self._most()
        starts, narrowed = self._starts(element), self._narrowed(element)
        found: Mapping[int, int] | npt.NDArray[np.int64]
        if cls:
            found = self.graph.users_in(cls) if self.pattern.name == "users" else self.graph.radius_in(cls)
        elif self.pattern.name == "users":
            found = self.graph.users
        elif starts is not None:
            found = self.graph.radius_of(starts)
        else:
            found = self.graph.radius
        chosen = self.graph.chosen(found, starts, narrowed, most)
        self._check_size(len(chosen))
        rows = [(self._iri(v), str(int(found[v]))) for v in chosen]
        return self._rows([element, number], rows)

    def _counted(self) -> str:
        """The class whose elements are counted; "" for all."""
        said = self.pattern.objects[1:]
        return iri(said[0], self.known) if said and said[0].kind in ("iri", "name") else ""

    def _most(self) -> int | None:
        if len(self.pattern.objects) == 1:
            return None
        return self._number(self.pattern.objects[1])

    def _number(self, token: Token) -> int:
        most = token.text
        if not most.isdecimal() or not 0 < int(most) <= MOST_ROWS:
            raise InputError.of(f"'{most}' is no number of rows", remedy=f"write {PROPERTIES[self.pattern.name].form}")
        return int(most)

    def _facts(self, shape: str) -> tuple[str, int]:
        element = self.pattern.subject
        starts = self._starts(element)
        if starts is None:
            narrowed = self._narrowed(element)
            if narrowed is None:
                raise self._open_ends()
            starts = narrowed.nonzero()[0].tolist()
        most = MOST_STARTS if shape == "money" else MOST_FIGURES
        if len(starts) > most:
            raise InputError.of(
                f"fast:{self.pattern.name} is asked of {len(starts):,} elements, at most {most:,} are answered",
                remedy="name them with VALUES",
            )
        ask = {
            "monthlyCost": self.graph.cost_of,
            "availability": self.graph.availability_of,
            "slackMinutes": self.graph.slack_of,
        }[self.pattern.name]
        rows = [(self._iri(v), *said) for v in starts for said in ask(v)]
        return self._rows([element, *self.pattern.objects], rows)

    def _table(self, subject: Token, target: Token, pairs: Sequence[tuple[int, int]]) -> tuple[str, int]:
        return self._rows([subject, target], [(self._iri(a), self._iri(b)) for a, b in pairs])

    def _rows(self, terms: Sequence[Token], rows: Sequence[tuple[str, ...]]) -> tuple[str, int]:
        """VALUES for the variables among the terms; what is a constant was asked about, or must fit."""
        places = [n for n, term in enumerate(terms) if term.variable]
        fixed = [(n, self._constant(term)) for n, term in enumerate(terms) if not term.variable]
        if fixed:
            rows = [row for row in rows if all(row[n] == value for n, value in fixed)]
        if not places:
            return ("FILTER(true)" if rows else _NO_ROW), len(rows)
        if len({terms[n].variable for n in places}) < len(places):
            raise InputError.of("a fast property joins a variable with itself", remedy="write two, and FILTER(?a = ?b)")
        head = " ".join(terms[n].text for n in places)
        if len(terms) == 1:
            body = " ".join([f"({row[0]})" for row in rows])
        else:
            body = " ".join(f"({' '.join(row[n] for n in places)})" for row in rows)
        values = f"VALUES ({head}) {{ {body} }}"
        if self.apart and len(places) > 1:
            values = f"{{ SELECT {head} WHERE {{ {values} }} }}"
        return values, len(rows)

    def _constant(self, term: Token) -> str:
        return f"<{iri(term, self.known)}>" if term.kind in ("iri", "name") else term.text

    def _iri(self, vertex: int) -> str:
        return f"<{self.graph.projection.iris[vertex]}>"

    def _starts(self, term: Token) -> list[int] | None:
        """The elements that a term names; None for a variable of which nothing is said in the same group."""
        said = self.pattern.group.values.get(term.variable) if term.variable else [term]
        if said is None or any(each.kind not in ("iri", "name") for each in said):
            return None if term.variable else []
        if len(said) > MOST_STARTS:
            raise InputError.of(f"?{term.variable} has more than {MOST_STARTS:,} values", remedy="ask for fewer")
        index = self.graph.projection.index
        named = (iri(each, self.known) for each in said)
        return [index[each] for each in dict.fromkeys(named) if each in index]

    def _narrowed(self, term: Token) -> Bools | None:
        cls = self.pattern.group.types.get(term.variable, "")
        return self.graph.members(cls) if cls else None

    def _check_size(self, rows: int) -> None:
        if rows > MOST_ROWS:
            raise InputError.of(
                f"fast:{self.pattern.name} has more than {MOST_ROWS:,} rows",
                remedy="say the class of what is asked for in the same braces: ?a a sm:BusinessService",
            )

    def _open_ends(self) -> InputError:
        return InputError.of(
            f"fast:{self.pattern.name} does not say where it begins",
            remedy="name an element, or give a variable its VALUES in the same braces",
        )


def rewriter(store: Opened | RemoteStore) -> Callable[[str], str]:
    """What takes the fast properties out of queries on a store.

    The service graph is mapped from beside the triples, or built; what is worked out is kept for the next query.
    """
    from graph.projection.cache import fetched
    from graph.servicegraph import ServiceGraph
    from graph.store.reading import Opened

    if not isinstance(store, Opened):
        away = ServiceGraph(store, fetched(store))
        return lambda text: expanded(text, away, apart=True)[0]
    graph = service_graph(store)
    return lambda text: expanded(text, graph)[0]


def service_graph(store: Opened) -> ServiceGraph:
    """The service graph of triples that are open."""
    from graph.projection import project
    from graph.projection.cache import cached
    from graph.servicegraph import ServiceGraph

    file = store.beside("projection")
    if file is None:
        return ServiceGraph(store, project(store))
    return ServiceGraph(store, cached(store, file), file.parent)
