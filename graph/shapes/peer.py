"""What does pySHACL, the published engine, object to? Slow, so for comparison: some milliseconds for each thing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from graph.shapes.judge import Broken
from graph.shapes.terms import literal, read_strictly
from graph.store import Reader, Value
from ontology import terms as t
from ontology.constraints import Shape, Term, Triple

if TYPE_CHECKING:
    import rdflib

__all__ = ["broken_by_pyshacl"]


def broken_by_pyshacl(store: Reader, triples: Iterable[Triple], shapes: Iterable[Shape]) -> Iterator[Broken]:
    """As ``run.broken``, by pySHACL: it sees what the store holds, and the shapes as the engine spells them.

    Args:
        store: what is checked.
        triples: the statements of the shapes.
        shapes: the same, as they were read from these statements.
    """
    import pyshacl
    import rdflib

    data, rules = rdflib.Graph(), rdflib.Graph()
    for subject, predicate, value in triples:
        rules.add((_node(subject), rdflib.URIRef(predicate), _node(value)))
    with read_strictly():
        for statement in store.rows("SELECT ?subject ?predicate ?value { ?subject ?predicate ?value }"):
            s, p, o = (_node(term) for term in statement if term is not None)
            data.add((s, p, o))
        _, report, _ = pyshacl.validate(data, shacl_graph=rules, inference="none", advanced=False, meta_shacl=False)
    assert isinstance(report, rdflib.Graph)
    known = {shape.node: shape for shape in _all(shapes)}
    names = rdflib.Namespace(t.SH)
    for result in report.objects(None, names.result):
        path, wrong = report.value(result, names.resultPath), report.value(result, names.value)
        component = str(report.value(result, names.sourceConstraintComponent)).removeprefix(t.SH)
        yield Broken(
            focus=_value(report.value(result, names.focusNode)),
            path=str(path) if isinstance(path, rdflib.URIRef) else "",
            component=component,
            shape=known[Term(*_value(report.value(result, names.sourceShape)))],
            value=None if wrong is None else _value(wrong),
        )


def _all(shapes: Iterable[Shape]) -> Iterator[Shape]:
    for shape in shapes:
        yield shape
        for constraint in shape.constraints:
            yield from _all(constraint.shapes)


def _node(term: Term | Value) -> rdflib.term.IdentifiedNode | rdflib.Literal:
    import rdflib

    if term.kind == "uri":
        return rdflib.URIRef(term.text)
    if term.kind == "bnode":
        return rdflib.BNode(term.text)
    return literal(term)


def _value(node: object) -> Value:
    import rdflib

    if isinstance(node, rdflib.Literal):
        return Value(
            "literal", str(node), "" if node.language else str(node.datatype or t.XSD_STRING), node.language or ""
        )
    return Value("bnode" if isinstance(node, rdflib.BNode) else "uri", str(node))
