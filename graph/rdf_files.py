"""How is a file of RDF parsed without harm? Depth, length, entities and contexts elsewhere are looked at first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Set
from io import BytesIO
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph as ox

from graph.documents import MAX_TEXT
from graph.model import InputError, ReadOptions
from graph.ntriples import XSD, Statement, Term, segment
from ontology.context import ADDRESS, context

__all__ = [
    "FORMATS",
    "NOISE",
    "checked_text",
    "file_base",
    "name_of",
    "not_valid",
    "spoken",
    "subject_lines",
    "triples",
]

FORMATS = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".trig": ox.RdfFormat.TRIG,
    ".nq": ox.RdfFormat.N_QUADS,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
}
_DEEPEST = 100
_MOST_VALUES = 1_000_000  # of JSON-LD, whose parser keeps a whole node in memory
NOISE = re.compile(
    rb'"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    rb"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    rb'|"(?:[^"\\\n]++|\\.)*+"'
    rb"|'(?:[^'\\\n]++|\\.)*+'"
    rb'|<[^<>"{}|^`\\\s]*>'
    rb"|\#[^\n]*",
    re.DOTALL,
)
# What an object of JSON is about, but for one that says no more and only points there; and a description in XML.
_ABOUT = re.compile(rb'"@?id"\s*+:\s*+"(?P<json>[^"\\]*+)"(?!\s*+\})|\brdf:about\s*+=\s*+["\'](?P<xml>[^"\'<>]*+)["\']')
_OWN_CONTEXT = re.compile(rb'("@context"\s*+:\s*+(?:\[\s*+)?)"' + re.escape(ADDRESS.encode()) + b'"')


def checked_text(path: Path) -> bytes:
    """What a file says, when it is safe to hand to a parser.

    Raises:
        InputError: it is no ordinary file, is nested too deep, holds entities of XML or triple terms of RDF 1.2, or is
            too much at once.
    """
    if path.exists() and not path.is_file():
        raise InputError.of("this is not an ordinary file", path=path, remedy="copy what it holds into a file")
    text = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    form = FORMATS[path.suffix.lower()]
    if form is ox.RdfFormat.RDF_XML:
        _check_xml(path, text)
    else:
        _check_depth(path, text)
    return _with_own_context(text) if form is ox.RdfFormat.JSON_LD else text


def _with_own_context(text: bytes) -> bytes:
    """Our own context, where a file names it by its address, stands in the file: no line moves, nothing is fetched.

    Once in a file, so that a small file does not become a large one.
    """

    def written(found: re.Match[bytes]) -> bytes:
        return found[1] + json.dumps(dict(context())).encode()

    return _OWN_CONTEXT.sub(written, text, count=1)


def file_base(options: ReadOptions) -> str:
    """What relative addresses in a file are relative to, where it names no base."""
    return f"{options.base}{segment(options.namespace)}/"


def triples(path: Path, text: bytes, options: ReadOptions, graphs: set[str]) -> Iterator[ox.Triple]:
    """The statements, each blank node named by its turn; ``graphs`` takes the names of the graphs."""
    base = file_base(options)
    source = f"{base}.well-known/genid/{segment(options.source_id)}/"
    names: dict[str, ox.NamedNode] = {}

    def thing(term: object) -> ox.NamedNode:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term.value, ox.NamedNode(f"{source}{len(names) + 1}"))
        if isinstance(term, ox.NamedNode):
            return term
        raise ValueError("it holds a triple term of RDF 1.2; write RDF 1.1")

    try:
        for quad in ox.parse(input=text, format=FORMATS[path.suffix.lower()], base_iri=base):
            graphs.add(str(quad.graph_name))
            value = quad.object if isinstance(quad.object, ox.Literal) else thing(quad.object)
            subject = thing(quad.subject)
            _check_length(path, max(len(subject.value), len(quad.predicate.value), len(value.value)))
            yield ox.Triple(subject, quad.predicate, value)
    except MemoryError:  # the buffer of the parser, 16 MB, is full
        _check_length(path, MAX_TEXT + 1)
    except SyntaxError as error:
        raise not_valid(path, error) from None
    except ValueError as error:
        raise InputError.of(f"not valid RDF: {error}", path=path, remedy="correct the file", check="syntax") from None


def spoken(path: Path, text: bytes, options: ReadOptions) -> Iterator[Statement]:
    """The statements as values, in the order of the file."""
    for triple in triples(path, text, options, set()):
        value = triple.object
        if isinstance(value, ox.Literal):
            datatype = "" if value.datatype.value == XSD + "string" or value.language else value.datatype.value
            term = Term(value.value, datatype=datatype, language=value.language or "")
        else:
            term = Term(name_of(value), is_iri=True)
        yield Statement(name_of(triple.subject), triple.predicate.value, term)


def not_valid(path: Path, error: SyntaxError) -> InputError:
    """The parser's complaint, with the line and what to do."""
    message, remedy = f"not valid RDF: {' '.join(str(error.msg).split())[:300]}", "correct the file"
    if "LoadDocumentCallback" in message:
        message, remedy = "it refers to a context elsewhere, and nothing is fetched", "write the context into the file"
    return InputError.of(message, path=path, line=error.lineno or 0, remedy=remedy, check="syntax")


def name_of(term: object) -> str:
    """The address that a term is; "" for a text or a number."""
    return term.value if isinstance(term, ox.NamedNode) else ""


def subject_lines(text: bytes, subjects: Set[str], *, base: str = "") -> dict[str, int]:
    r"""Where subjects first stand: at the beginning of a line, in full, by a base, or with a prefix of the file.

    In JSON-LD and RDF/XML where an object or a description says in full what it is about.

    >>> text = b"@base <https://e.org/shop/> .\n<web> a <X> .\n"
    >>> subject_lines(text, {"https://e.org/shop/web"})
    {'https://e.org/shop/web': 2}
    """
    prefixes: dict[str, str] = {}
    found: dict[str, int] = {}
    for number, raw in enumerate(BytesIO(_without_long_texts(text)), 1):
        if not raw or raw[:1].isspace():
            continue
        line = raw.decode("utf-8", "replace")
        word = line.split(None, 1)[0]
        if word.casefold() in ("@prefix", "prefix"):
            _, name, iri, *_ = [*line.split(), "", ""]
            prefixes[name] = _resolved(base, iri.strip("<>."))
            continue
        if word.casefold() in ("@base", "base"):
            base = _resolved(base, line.split()[1].strip("<>.") if len(line.split()) > 1 else "")
            continue
        prefix, _, local = word.partition(":")
        if word.startswith("<"):
            iri = word[1:].partition(">")[0]
            iri = iri if iri in subjects else _resolved(base, iri)
        else:
            iri = prefixes.get(prefix + ":", "") + local.replace("\\", "")
        if iri in subjects:
            found.setdefault(iri, number)
    return found or dict(_described(text, subjects))


def _without_long_texts(text: bytes) -> bytes:
    """The same lines, with texts of several lines emptied: what stands in them is said of nothing."""
    if b'"""' not in text and b"'''" not in text:
        return text
    return NOISE.sub(lambda noise: b"\n" * noise[0].count(b"\n") if noise[0][:3] in _LONG else noise[0], text)


_LONG = (b'"""', b"'''")


def _resolved(base: str, iri: str) -> str:
    """A reference by its base. What is no address of the web is left as it is, and then found nowhere.

    >>> _resolved("https://e.org/shop/", "web#1"), _resolved("https://e.org/shop/", "https://x.org/")
    ('https://e.org/shop/web#1', 'https://x.org/')
    """
    try:
        return urljoin(base, iri) if base else iri
    except ValueError:
        return iri


def _described(text: bytes, subjects: Set[str]) -> Iterator[tuple[str, int]]:
    line, at, told = 1, 0, set[str]()
    for match in _ABOUT.finditer(text):
        iri = (match["json"] or match["xml"] or b"").decode("utf-8", "replace")
        if iri in subjects and iri not in told:
            told.add(iri)
            line, at = line + text.count(b"\n", at, match.start()), match.start()
            yield iri, line


def _check_length(path: Path, length: int) -> None:
    if length > MAX_TEXT:
        message = f"it holds a text or an address of more than {MAX_TEXT:,} characters"
        raise InputError.of(message, path=path, remedy="shorten it, or link to it", check="length")


def _check_depth(path: Path, text: bytes) -> None:
    """Nesting is counted before the parser, which recurses, sees it; texts, addresses and comments do not count."""
    if not any(sign in text for sign in (b"[", b"(", b"{", b"<<")):
        return
    bare = NOISE.sub(lambda found: b"\n" * found[0].count(b"\n"), text)
    if path.suffix.lower() == ".jsonld" and bare.count(b",") >= _MOST_VALUES:
        message, remedy = f"it holds {_MOST_VALUES:,} values or more", "split it, or write it as Turtle or N-Triples"
        raise InputError.of(message, path=path, remedy=remedy, check="length")
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
    from xml.sax.xmlreader import AttributesImpl

    from defusedxml import DefusedXmlException
    from defusedxml.sax import parseString

    class Shape(ContentHandler):
        depth = length = 0

        def startElement(self, name: str, attrs: AttributesImpl[str]) -> None:  # noqa: N802 called so by xml.sax
            self.depth += 1
            self.length = 0
            _check_length(path, max(map(len, (name, *attrs.values()))))
            if self.depth > _DEEPEST:
                raise InputError.of(
                    f"nested deeper than {_DEEPEST}", path=path, remedy="write it flatter", check="depth"
                )

        def endElement(self, name: str) -> None:  # noqa: ARG002, N802 called so by xml.sax
            self.depth -= 1
            self.length = 0

        def characters(self, content: str) -> None:
            self.length += len(content)
            _check_length(path, self.length)

    try:
        parseString(text, Shape(), forbid_dtd=True)
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
