"""How does a query of ours become what an engine elsewhere can run? As an update, or on the statements it looks at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from graph.sparql import Token, tokens
from graph.store.rules import Rule

__all__ = ["as_update", "builds", "built_from", "pairs_of", "predicates"]

_CONSTRUCT = re.compile(r"^CONSTRUCT\s*\{([^{}]*)\}\s*WHERE", re.MULTILINE)


def as_update(rule: Rule, into: str, graphs: Sequence[str]) -> str:
    """The rule as an update that puts what it concludes from the union of some graphs into one.

    A rule with GRAPH sees the same graphs by name.

    >>> rule = Rule("1", "", "CONSTRUCT { ?a ?b ?c } WHERE { ?a ?b ?c }")
    >>> as_update(rule, "http://x/d", ["http://x/s"])
    'INSERT { GRAPH <http://x/d> { ?a ?b ?c } } USING <http://x/s> WHERE { ?a ?b ?c }'
    """
    using = " ".join(f"USING <{graph}>" for graph in graphs)
    if re.search(r"\bGRAPH\b", rule.query):
        using += "".join(f" USING NAMED <{graph}>" for graph in graphs)
    written, times = _CONSTRUCT.subn(
        lambda found: f"INSERT {{ GRAPH <{into}> {{ {found[1].strip()} }} }} {using} WHERE", rule.query, count=1
    )
    if not times:
        raise ValueError(f"{rule.name} is no CONSTRUCT with one template")
    return written


def builds(query: str) -> bool:
    """Whether a query is answered with statements.

    >>> builds("DESCRIBE <http://x/select>"), builds("SELECT ?construct {}")
    (True, False)
    """
    form = _form(query)
    return form is not None and form.word in ("CONSTRUCT", "DESCRIBE")


def _form(query: str) -> Token | None:
    forms = ("CONSTRUCT", "DESCRIBE", "SELECT", "ASK")
    return next((token for token in tokens(query) if token.word in forms), None)


def built_from(query: str) -> str:
    """The query for the rows from which a CONSTRUCT builds its statements; "" for queries that build none.

    >>> built_from("PREFIX x: <http://x/> CONSTRUCT { ?a x:b ?c } WHERE { ?a x:c ?c } LIMIT 5")
    'PREFIX x: <http://x/> SELECT * WHERE { ?a x:c ?c } LIMIT 5'
    >>> built_from("CONSTRUCT WHERE { ?a ?b ?c }"), built_from("DESCRIBE <http://x/construct>")
    ('SELECT * WHERE { ?a ?b ?c }', '')
    """
    form = _form(query)
    if form is None or form.word != "CONSTRUCT":
        return ""
    depth, end = 0, form.end
    for token in (token for token in tokens(query) if token.start > form.start):
        depth += {"{": 1, "}": -1}.get(token.text, 0)
        if token.text in ("{", "}"):
            end = token.end
        if not depth:
            break
    return f"{query[: form.start]}SELECT *{query[end:]}"


def pairs_of(column: bytes) -> Iterator[tuple[str, str]]:
    r"""The texts of both columns of an answer in TSV.

    >>> list(pairs_of(b'?s\t?o\n<x:a>\t<x:b>\n<x:a>\t0.95\n<x:a>\t"so"\n<x:a>\t"a\\tb"@en\n<x:a>\t"1"^^<x:d>\n'))
    [('x:a', 'x:b'), ('x:a', '0.95'), ('x:a', 'so'), ('x:a', 'a\tb'), ('x:a', '1')]
    """
    for line in column.decode().split("\n")[1:-1]:
        subject, _, value = line.partition("\t")
        yield _text(subject), _text(value)


def _text(term: str) -> str:
    """What a term says; numbers and truth are written bare."""
    first = term[0]
    if "\\" not in term and term[:2] not in ("<<", "_:"):
        return term[1:-1] if first == "<" else term[1 : term.rindex('"')] if first == '"' else term
    found = ox.parse_query_results(f"?t\n{term}\n".encode(), format=ox.QueryResultsFormat.TSV)
    assert isinstance(found, ox.QuerySolutions)
    value = next(found)[0]
    return str(getattr(value, "value", value))


def predicates(query: str) -> frozenset[str] | None:
    """The predicates whose statements a query looks at; None where it looks at those of any.

    >>> sorted(iri.rpartition("#")[2] for iri in predicates("ASK { ?a a/<http://x#subClassOf>* ?b }"))
    ['subClassOf', 'type']
    """
    from rdflib.plugins.sparql import prepareQuery
    from rdflib.term import URIRef, Variable

    found: set[str] = set()
    for predicate in _predicates(prepareQuery(query).algebra.p):
        if isinstance(predicate, Variable):
            return None
        if isinstance(predicate, URIRef):
            found.add(str(predicate))
    return frozenset(found)


def _predicates(part: object) -> Iterator[object]:
    """What stands in the middle of every triple pattern of an algebra; of a path, its steps."""
    if isinstance(part, dict):
        for name, inner in part.items():
            for each in inner if name == "triples" else ():
                yield from _steps(each[1])
            yield from _predicates(None if name == "triples" else inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from _predicates(inner)


def _steps(predicate: object) -> Iterator[object]:
    from rdflib.paths import Path as PropertyPath

    if not isinstance(predicate, PropertyPath):
        yield predicate
        return
    for inner in vars(predicate).values():
        for each in inner if isinstance(inner, list | tuple) else [inner]:
            yield from _steps(each)
