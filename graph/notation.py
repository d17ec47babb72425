"""How are statements written in the notations of RDF? In a fixed order, with short names, by the engine's writers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from graph.ntriples import RDF_TYPE, XSD, Term, statements
from ontology import terms as t

__all__ = [
    "NOTATIONS",
    "PREFIXES",
    "as_addresses",
    "in_order",
    "notate",
    "prefixes_of",
    "triples_of",
    "unsaid_in_xml",
    "with_sorted_prefixes",
]

NOTATIONS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
}
PREFIXES = {
    "sm": t.SM,
    "rdf": RDF_TYPE.partition("#")[0] + "#",
    "rdfs": t.RDFS_LABEL.partition("#")[0] + "#",
    "dcterms": t.DCTERMS_IDENTIFIER.rpartition("/")[0] + "/",
    "xsd": XSD,
}
_TYPE = f"<{RDF_TYPE}>".encode()
_PREFIX = re.compile(r"[a-z][a-z0-9-]*[a-z0-9]|[a-z]")
_MOST_PREFIXES = 50
_ROOT = re.compile(r"<rdf:RDF ([^>]*)>")
_NCNAME_AT_END = re.compile(r"[^\W\d][\w.-]*$")
_NAMELESS = re.compile(rb"(^|> )(_:\w+)( <| \.$)")
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def notate(graphs: Mapping[str, bytes], notation: str, prefixes: Mapping[str, str]) -> str:
    r"""Write statements in a notation; the same statements give the same text, whatever their order.

    Args:
        graphs: IRI of each named graph -> its statements as N-Triples. Notations without graphs get all of them once.
        notation: one of ``NOTATIONS``.
        prefixes: short name -> what it stands for.

    >>> text = notate({"https://x/g": b'<https://x/a> <https://x/p> "1" .\n'}, "turtle", {"x": "https://x/"})
    >>> print(text, end="")
    @prefix x: <https://x/> .
    x:a x:p "1" .
    """
    form = NOTATIONS[notation]
    if form.supports_datasets:
        quads = (
            ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph))
            for graph in sorted(graphs)
            for triple in _parsed(in_order([graphs[graph]]))
        )
        made = ox.serialize(quads, format=form, prefixes=_usable(form, prefixes)) or b""
    else:
        made = ox.serialize(_parsed(in_order(graphs.values())), format=form, prefixes=_usable(form, prefixes)) or b""
    return with_sorted_prefixes(made.decode("utf-8"), form)


def with_sorted_prefixes(text: str, form: ox.RdfFormat) -> str:
    """A text of the engine's with its prefixes in order: it declares them in an order of the day."""
    if form == ox.RdfFormat.RDF_XML:
        text = text.replace("\r", "&#13;")
        return _ROOT.sub(lambda root: f"<rdf:RDF {' '.join(sorted(root[1].split()))}>", text, count=1)
    lines = text.split("\n")
    count = next((n for n, line in enumerate(lines) if not line.startswith("@prefix ")), len(lines))
    return "\n".join([*sorted(lines[:count]), *lines[count:]])


def _usable(form: ox.RdfFormat, prefixes: Mapping[str, str]) -> dict[str, str] | None:
    return None if form in (ox.RdfFormat.N_TRIPLES, ox.RdfFormat.N_QUADS) else dict(prefixes)


def triples_of(turtle: Iterable[Path]) -> bytes:
    """The statements of Turtle files as N-Triples; what has no name gets the same one each time.

    Raises SyntaxError where a file is no Turtle.
    """
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def named(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Any:  # noqa: ANN401 as it came
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"b{len(names) + 1}"))
        return term

    quads = (quad for file in turtle for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE))
    triples = (ox.Triple(named(quad.subject), quad.predicate, named(quad.object)) for quad in quads)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


def as_addresses(lines: Iterable[bytes]) -> bytes:
    """N-Triples whose nodes without a name are written as addresses, ``<_:b1>``, so that ``statements`` reads them."""
    return b"\n".join(_NAMELESS.sub(rb"\1<\2>\3", line) for line in lines)


def in_order(parts: Iterable[bytes]) -> list[bytes]:
    """Lines of N-Triples, each once: by subject, what it is first."""
    return sorted({line for part in parts for line in part.split(b"\n") if line}, key=_key)


def _key(line: bytes) -> tuple[bytes, bool, bytes]:
    subject, _, rest = line.partition(b" ")
    return subject[:-1], not rest.startswith(_TYPE), rest


def _parsed(lines: list[bytes]) -> Iterator[ox.Triple]:
    for quad in ox.parse(b"\n".join([*lines, b""]), format=ox.RdfFormat.N_TRIPLES):
        yield quad.triple


def prefixes_of(iris: Iterable[str]) -> dict[str, str]:
    """The usual prefixes, and one for each place that these elements stand in, called as its namespace is.

    >>> prefixes_of(["https://x/id/shop/web"])["shop"]
    'https://x/id/shop/'
    """
    found = dict(PREFIXES)
    for home in sorted({iri.rpartition("/")[0] + "/" for iri in iris if "/" in iri})[:_MOST_PREFIXES]:
        name = home.rstrip("/").rpartition("/")[2]
        if not _PREFIX.fullmatch(name) or name in found:
            name = f"ns{len(found) - len(PREFIXES) + 1}"
        if name not in found:
            found[name] = home
    return found


def unsaid_in_xml(text: bytes) -> tuple[bytes, list[str]]:
    """What of N-Triples RDF/XML can say, and the lines that it cannot: signs that XML forbids, odd names."""
    kept: list[str] = []
    left: list[str] = []
    for statement in statements(text):
        line = str(statement)
        odd = _NOT_IN_XML.search(statement.value.text) or not _NCNAME_AT_END.search(statement.predicate)
        (left if odd or _odd_type(statement.predicate, statement.value) else kept).append(line)
    return "".join(f"{line}\n" for line in kept).encode(), left


def _odd_type(predicate: str, value: Term) -> bool:
    return predicate == RDF_TYPE and not _NCNAME_AT_END.search(value.text)
