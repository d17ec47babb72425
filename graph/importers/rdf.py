"""How is a map in RDF read? Statements in our vocabulary, taken as they are, from any of the usual notations."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from graph.model import Confidence, Finding, Head, InputError, ReadOptions, Severity, Source, Statements, Where
from graph.ntriples import Writer, readable_id, segment
from ontology import terms as t

__all__ = ["ENDINGS", "NAME", "read", "recognises"]

NAME = "rdf"
_FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
ENDINGS = frozenset(_FORMATS)
_POINTERS = (t.DEPENDENT, t.PROVIDER)
_DEEPEST = 100
_NOISE = re.compile(
    rb'"""(?:[^"\\]|\\.|"(?!""))*"""'
    rb"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    rb'|"(?:[^"\\\n]|\\.)*"'
    rb"|'(?:[^'\\\n]|\\.)*'"
    rb'|<[^<>"{}|^`\\\s]*>'
    rb"|\#[^\n]*",
    re.DOTALL,
)


def recognises(head: Head) -> Confidence:
    """By the ending of the name: these notations carry no other mark."""
    return Confidence.LIKELY if head.path.suffix.lower() in ENDINGS else Confidence.NO


def read(path: Path, options: ReadOptions) -> Statements:
    """Read all statements.

    Blank nodes get names that stay the same as long as the file does, so that links and comparisons are possible.
    Named graphs inside a file are read as one, because the file is the source; a finding says so. Lines are known
    for subjects that stand at the beginning of a line. Nothing that the file refers to is fetched.

    Raises:
        InputError: the file is broken, incomplete, nested too deep, refers to a context elsewhere, holds entities
            of XML, or statements about statements (RDF 1.2).
    """
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    suffix = path.suffix.lower()
    if _FORMATS[suffix] is ox.RdfFormat.RDF_XML:
        _check_xml(path, text)
    else:
        _check_depth(path, text)
    graphs: set[str] = set()
    triples = list(_triples(path, text, options, graphs))
    defined = {_name(x.subject) for x in triples if x.predicate.value == t.RDF_TYPE}
    mentioned = Writer()
    for triple in triples:
        target = triple.object
        if triple.predicate.value in _POINTERS and isinstance(target, ox.NamedNode) and target.value not in defined:
            mentioned.text(target.value, t.DCTERMS_IDENTIFIER, readable_id(target.value).partition("/")[2])
    body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return Statements(
        source=Source(options.source_id, str(path), NAME, "", options.namespace),
        triples=body + mentioned.result(),
        lines=_lines(text, {_name(x.subject) for x in triples}),
        findings=tuple(_merged(path, graphs)),
        defines=frozenset(defined),
    )


def _merged(path: Path, graphs: set[str]) -> Iterator[Finding]:
    if len(graphs) > 1:
        message = f"{len(graphs)} named graphs are read as one: the file is the source"
        yield Finding(Severity.NOTE, "named-graphs", "", Where(str(path)), message, "split the file to keep them apart")


def _triples(path: Path, text: bytes, options: ReadOptions, graphs: set[str]) -> Iterator[ox.Triple]:
    """The statements, each blank node named by its turn; ``graphs`` takes the names of the graphs."""
    base = f"{options.base}{segment(options.namespace)}/"
    source = f"{base}.well-known/genid/{segment(options.source_id)}/"
    names: dict[str, ox.NamedNode] = {}

    def thing(term: object) -> ox.NamedNode:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term.value, ox.NamedNode(f"{source}{len(names) + 1}"))
        if isinstance(term, ox.NamedNode):
            return term
        raise ValueError("it holds a triple term of RDF 1.2; write RDF 1.1")

    try:
        for quad in ox.parse(input=text, format=_FORMATS[path.suffix.lower()], base_iri=base):
            graphs.add(str(quad.graph_name))
            value = quad.object if isinstance(quad.object, ox.Literal) else thing(quad.object)
            yield ox.Triple(thing(quad.subject), quad.predicate, value)
    except SyntaxError as error:
        message, remedy = f"not valid RDF: {' '.join(str(error.msg).split())[:300]}", "correct the file"
        if "LoadDocumentCallback" in message:
            message, remedy = (
                "it refers to a context elsewhere, and nothing is fetched",
                "write the context into the file",
            )
        raise InputError.of(message, path=path, line=error.lineno or 0, remedy=remedy, check="syntax") from None
    except ValueError as error:
        raise InputError.of(f"not valid RDF: {error}", path=path, remedy="correct the file", check="syntax") from None


def _name(term: object) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _check_depth(path: Path, text: bytes) -> None:
    """Nesting is counted before the parser, which recurses, sees it; texts, addresses and comments do not count."""
    if not any(sign in text for sign in (b"[", b"(", b"{", b"<<")):
        return
    bare = _NOISE.sub(lambda found: b"\n" * found[0].count(b"\n"), text)
    depth = 0
    for number, line in enumerate(bare.split(b"\n"), 1):
        if b"<<" in line:
            raise InputError.of(
                "it holds a triple term of RDF 1.2", path=path, line=number, remedy="write RDF 1.1", check="syntax"
            )
        for sign in re.findall(rb"[\[({\])}]", line):
            depth += 1 if sign in b"[({" else -1
            if depth > _DEEPEST:
                raise InputError.of(
                    f"nested deeper than {_DEEPEST}", path=path, line=number, remedy="write it flatter", check="depth"
                )


def _check_xml(path: Path, text: bytes) -> None:
    """Well formed to its end, without a document type, and not deep: parsers of RDF/XML forgive too much."""
    from xml.sax import SAXParseException
    from xml.sax.handler import ContentHandler

    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    class Depth(ContentHandler):
        depth = 0

        def startElement(self, name: str, attrs: object) -> None:  # noqa: ARG002, N802 called so by xml.sax
            self.depth += 1
            if self.depth > _DEEPEST:
                raise InputError.of(
                    f"nested deeper than {_DEEPEST}", path=path, remedy="write it flatter", check="depth"
                )

        def endElement(self, name: str) -> None:  # noqa: ARG002, N802 called so by xml.sax
            self.depth -= 1

    try:
        parseString(text, Depth(), forbid_dtd=True)
    except SAXParseException as error:
        raise InputError.of(
            f"not valid XML: {error.getMessage()}",
            path=path,
            line=error.getLineNumber() or 0,
            remedy="correct or complete the file",
            check="syntax",
        ) from None
    except DefusedXmlException:
        raise InputError.of(
            "it declares a document type or entities", path=path, remedy="write the texts out", check="syntax"
        ) from None


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
