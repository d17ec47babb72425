"""What do the test suites of the W3C ask, and is an answer the one that they expect? Blank nodes may be called anything."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.compare import isomorphic

MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
RDFS_LABEL, RDF_TYPE = rdflib.RDFS.label, rdflib.RDF.type
LEFT_OUT = ("service", "entailment", "http-rdf-update", "syntax-fed")
FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".n3": ox.RdfFormat.N3,
}
RESULTS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = {
    XSD + name
    for name in (
        "integer",
        "decimal",
        "double",
        "float",
        "int",
        "long",
        "short",
        "byte",
        "nonNegativeInteger",
        "positiveInteger",
        "unsignedInt",
    )
}


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    name: str
    kind: str
    query: Path
    data: tuple[Path, ...] = ()
    named: tuple[tuple[str, Path], ...] = ()
    result: Path | None = None

    def __str__(self) -> str:
        return self.name


def cases(folder: Path) -> Iterator[Case]:
    """The tests of queries below a folder of suites: evaluation, syntax, and formats of results."""
    for manifest in sorted(folder.glob("sparql1[01]/*/manifest.ttl")):
        home = manifest.parent
        if home.name in LEFT_OUT:
            continue
        graph = rdflib.Graph().parse(manifest, format="turtle", publicID=home.as_uri() + "/")
        for entries in graph.objects(None, MF.entries):
            for test in Collection(graph, entries):
                kind = str(graph.value(test, RDF_TYPE)).rpartition("#")[2]
                if kind.removesuffix("11") in (
                    "QueryEvaluationTest",
                    "PositiveSyntaxTest",
                    "NegativeSyntaxTest",
                    "CSVResultFormatTest",
                ):
                    yield _case(graph, test, kind, f"{home.parent.name}/{home.name}/{str(test).rpartition('#')[2]}")


def _case(graph: rdflib.Graph, test: Any, kind: str, name: str) -> Case:
    action, result = graph.value(test, MF.action), graph.value(test, MF.result)
    query = graph.value(action, QT.query) or action
    named = []
    for each in graph.objects(action, QT.graphData):
        inner = graph.value(each, QT.graph)
        named.append((str(inner or each), _path(inner or each)))
    data = tuple(_path(each) for each in graph.objects(action, QT.data))
    return Case(name, kind, _path(query), data, tuple(named), _path(result) if result is not None else None)


def _path(iri: Any) -> Path:
    return Path(str(iri).removeprefix("file://"))


def statements(file: Path) -> list[ox.Quad]:
    """What a data file says, its blank nodes under names of their own."""
    return list(ox.parse(path=str(file), format=FORMATS[file.suffix], base_iri=file.as_uri(), rename_blank_nodes=True))


def expected(file: Path) -> Any:
    """The result that a file holds: True or False, (variables, rows), or a graph."""
    if file.suffix in RESULTS:
        found = ox.parse_query_results(path=str(file), format=RESULTS[file.suffix])
        if isinstance(found, ox.QueryBoolean):
            return bool(found)
        return [v.value for v in found.variables], [tuple(row) for row in found]
    graph = rdflib.Graph().parse(file, format="xml" if file.suffix == ".rdf" else "turtle", publicID=file.as_uri())
    top = graph.value(None, RDF_TYPE, RS.ResultSet)
    if top is None:
        return graph
    if (answer := graph.value(top, RS.boolean)) is not None:
        return bool(answer.toPython())
    names = sorted(str(name) for name in graph.objects(top, RS.resultVariable))
    rows = []
    for solution in sorted(graph.objects(top, RS.solution), key=lambda s: int(graph.value(s, RS["index"]) or 0)):
        bound = {
            str(graph.value(b, RS.variable)): graph.value(b, RS.value) for b in graph.objects(solution, RS.binding)
        }
        rows.append(tuple(None if bound.get(name) is None else _of_rdflib(bound[name]) for name in names))
    return names, rows


def _of_rdflib(term: Any) -> Any:
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    return ox.Literal(
        str(term), language=term.language, datatype=ox.NamedNode(str(term.datatype)) if term.datatype else None
    )


def same(answer: Any, wanted: Any, *, ordered: bool, reduced: bool = False) -> bool:
    """Whether an answer is the one that is expected: values of numbers compared, blank nodes matched."""
    if isinstance(wanted, bool) or isinstance(answer, bool):
        return answer is wanted
    if isinstance(wanted, rdflib.Graph):
        return isinstance(answer, rdflib.Graph) and isomorphic(_valued(answer), _valued(wanted))
    (names, rows), (wanted_names, wanted_rows) = answer, wanted
    if sorted(names) != sorted(wanted_names):
        return False
    rows = [tuple(_value(row[names.index(name)]) for name in wanted_names) for row in rows]
    wanted_rows = [tuple(map(_value, row)) for row in wanted_rows]
    if reduced:
        rows, wanted_rows = list(dict.fromkeys(rows)), list(dict.fromkeys(wanted_rows))
    if len(rows) != len(wanted_rows):
        return False
    if not any(isinstance(value, ox.BlankNode) for row in (*rows, *wanted_rows) for value in row):
        return rows == wanted_rows if ordered else sorted(rows, key=repr) == sorted(wanted_rows, key=repr)
    return isomorphic(_as_graph(rows, ordered=ordered), _as_graph(wanted_rows, ordered=ordered))


def _value(term: Any) -> Any:
    """A term, numbers in one form: what is compared is the value and its type."""
    if isinstance(term, ox.Literal) and term.datatype.value in NUMBERS:
        try:
            if term.datatype.value in (XSD + "double", XSD + "float"):
                return (repr(float(term.value)), term.datatype.value)
            return (str(Decimal(term.value).normalize()), term.datatype.value)
        except (InvalidOperation, ValueError):
            return term
    return term


def _valued(graph: rdflib.Graph) -> rdflib.Graph:
    made = rdflib.Graph()
    for s, p, o in graph:
        value = _value(_of_rdflib(o))
        made.add((s, p, rdflib.Literal(f"{value}") if isinstance(value, tuple) else o))
    return made


def _as_graph(rows: list[tuple[Any, ...]], *, ordered: bool) -> rdflib.Graph:
    made = rdflib.Graph()
    for number, row in enumerate(rows):
        node = rdflib.BNode()
        made.add((node, RS["index"], rdflib.Literal(number if ordered else 0)))
        for column, value in enumerate(row):
            term = rdflib.BNode(value.value) if isinstance(value, ox.BlankNode) else rdflib.Literal(repr(value))
            made.add((node, rdflib.URIRef(f"urn:column:{column}"), term))
    return made


def told(content_type: str, body: bytes) -> Any:
    """The answer of a server in the shape of ``expected``."""
    if "sparql-results+json" in content_type:
        said = json.loads(body)
        if "boolean" in said:
            return said["boolean"]
        found = ox.parse_query_results(body, format=ox.QueryResultsFormat.JSON)
        return [v.value for v in found.variables], [tuple(row) for row in found]
    return rdflib.Graph().parse(data=body, format="nt" if "n-triples" in content_type else "turtle")


def same_csv(body: bytes, file: Path) -> bool:
    """Whether two tables in CSV say the same; rows in any order, numbers by value, blank nodes by where they stand."""
    return _csv(body.decode()) == _csv(file.read_text())


def _csv(text: str) -> tuple[list[str], list[list[str]]]:
    head, *rows = csv.reader(io.StringIO(text, newline=""))
    order = sorted(range(len(head)), key=lambda n: head[n])  # SELECT * says nothing about the order of columns
    return sorted(head), sorted([_cell(row[n]) for n in order] for row in rows)


def _cell(cell: str) -> str:
    if cell.startswith("_:"):
        return "_:"
    try:
        return repr(float(cell))
    except ValueError:
        return cell
