"""How is a map in RDF read? Turtle and N-Triples in our vocabulary, taken as they are."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from graph.model import Confidence, Head, InputError, ReadOptions, Source, Statements
from graph.ntriples import Writer, readable_id, segment
from ontology import terms as t

__all__ = ["ENDINGS", "NAME", "read", "recognises"]

NAME = "rdf"
_FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nt": ox.RdfFormat.N_TRIPLES}
ENDINGS = frozenset(_FORMATS)
_POINTERS = (t.DEPENDENT, t.PROVIDER)


def recognises(head: Head) -> Confidence:
    """By the ending of the name: Turtle and N-Triples carry no other mark."""
    return Confidence.LIKELY if head.path.suffix.lower() in ENDINGS else Confidence.NO


def read(path: Path, options: ReadOptions) -> Statements:
    """Read all statements. Blank nodes get names, so that links and comparisons stay possible.

    Lines are known for N-Triples and for the subjects of Turtle that stand at the beginning of a line.
    """
    source = Source(options.source_id, str(path), NAME, "", options.namespace)
    text = path.read_bytes()
    _refuse_depth(path, text)
    base = f"{options.base}{segment(options.namespace)}/"
    form = _FORMATS[path.suffix.lower()]
    try:
        triples = [
            ox.Triple(_thing(quad.subject, base, options), quad.predicate, _named(quad.object, base, options))
            for quad in ox.parse(input=text, format=form, base_iri=base)
        ]
    except SyntaxError as error:
        raise InputError.of(
            f"not valid RDF: {error.msg}", path=path, line=error.lineno or 0, remedy="correct the file", check="syntax"
        ) from None
    except ValueError as error:
        raise InputError.of(f"not valid RDF: {error}", path=path, remedy="correct the file", check="syntax") from None
    defined = {_name(x.subject) for x in triples if x.predicate.value == t.RDF_TYPE}
    named = Writer()
    for triple in triples:
        target = triple.object
        if triple.predicate.value in _POINTERS and isinstance(target, ox.NamedNode) and target.value not in defined:
            named.text(target.value, t.DCTERMS_IDENTIFIER, readable_id(target.value).partition("/")[2])
    body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return Statements(
        source=source,
        triples=body + named.result(),
        lines=_lines(text, {_name(x.subject) for x in triples}),
        defines=frozenset(defined),
    )


def _named(term: object, base: str, options: ReadOptions) -> ox.NamedNode | ox.Literal:
    return term if isinstance(term, ox.Literal) else _thing(term, base, options)


def _thing(term: object, base: str, options: ReadOptions) -> ox.NamedNode:
    """A blank node becomes a name inside its source; a statement about a statement is not RDF 1.1."""
    if isinstance(term, ox.BlankNode):
        return ox.NamedNode(f"{base}.well-known/genid/{segment(options.source_id)}/{segment(term.value)}")
    if isinstance(term, ox.NamedNode):
        return term
    raise ValueError("it holds a triple term of RDF 1.2; write RDF 1.1")


def _name(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _refuse_depth(path: Path, text: bytes) -> None:
    """Nesting is counted before the parser, which recurses, sees it."""
    depth = 0
    for number, line in enumerate(text.split(b"\n"), 1):
        depth += (
            line.count(b"[")
            + line.count(b"(")
            + line.count(b"<<")
            - line.count(b"]")
            - line.count(b")")
            - line.count(b">>")
        )
        if depth > 200 or line.count(b"[") + line.count(b"(") + line.count(b"<<") > 10_000:
            raise InputError.of(
                "nested deeper than 200", path=path, line=number, remedy="write it flatter", check="depth"
            )


def _lines(text: bytes, subjects: set[str]) -> dict[str, int]:
    """Where subjects first stand written in full at the beginning of a line, or with a prefix of the file."""
    prefixes: dict[str, str] = {}
    found: dict[str, int] = {}
    for number, raw in enumerate(text.decode("utf-8", "replace").splitlines(), 1):
        if not raw or raw[0].isspace():
            continue
        word = raw.split(None, 1)[0]
        if word.casefold() in ("@prefix", "prefix"):
            _, name, iri, *_ = [*raw.split(), "", ""]
            prefixes[name] = iri.strip("<>.")
        elif word.startswith("<"):
            found.setdefault(word.strip("<>"), number)
        elif ":" in word:
            prefix, _, local = word.partition(":")
            found.setdefault(prefixes.get(prefix + ":", "") + local, number)
    return {iri: line for iri, line in found.items() if iri in subjects}
