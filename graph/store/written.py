"""How is an answer written for others? Rows in the notations of SPARQL, triples in those of RDF."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import IO

import pyoxigraph as ox

__all__ = [
    "GRAPH_NOTATIONS",
    "ROW_NOTATIONS",
    "Pieces",
    "Wanted",
    "Writing",
    "boolean",
    "row_writer",
    "rows",
    "triples",
]

ROW_NOTATIONS = ("json", "xml", "csv", "tsv")
GRAPH_NOTATIONS = {
    "turtle": ox.RdfFormat.TURTLE,
    "trig": ox.RdfFormat.TRIG,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "nquads": ox.RdfFormat.N_QUADS,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}
_quoted = json.encoder.encode_basestring  # what json.dumps makes of a text, without its detours
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_QUOTED_IN_CSV = re.compile(r'[",\r\n]')
_HASH = ("turtle", "trig", "ntriples", "nquads")
_XML_HEAD = '<?xml version="1.0"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
_PIECE = 1 << 16

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How an answer is wanted, and over which graphs.

    ``notations``  form of the answer (select, ask, graph) -> its notation; a form that is missing is not acceptable
    ``default``, ``named``  IRIs of the graphs that make the dataset; None for all, their union and their names
    ``base``       what relative IRIs of the query stand on
    ``graph``      instead of a query: the graph whose statements are wanted, "*" for all of them
    """

    notations: dict[str, str] = field(default_factory=dict)
    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    base: str | None = None
    graph: str = ""

    @property
    def everything(self) -> bool:
        """Whether it is about all graphs, and a query."""
        return self.default is None and self.named is None and not self.graph

    @classmethod
    def of(cls, fields: dict[str, object]) -> Wanted:
        """The same after a way through JSON."""
        made = cls(**fields)  # type: ignore[arg-type]  # it was one before
        default, named = made.default, made.named
        return cls(
            made.notations,
            None if default is None else tuple(default),
            None if named is None else tuple(named),
            made.base,
            made.graph,
        )


@dataclass(frozen=True, slots=True)
class Writing:
    """What is to be written into a copy of a store: an update, or the parts of a graph, which follow in frames.

    ``notations``  of the parts; without parts and with ``replace`` the graph goes
    """

    update: str = ""
    base: str | None = None
    graph: str = ""
    replace: bool = False
    notations: tuple[str, ...] = ()


def row_writer(notation: str, columns: Sequence[str]) -> Callable[[Row], bytes]:
    """What writes a row; ValueError for a value that the notation has no sign for.

    >>> row_writer("json", ["n"])((ox.NamedNode("x:a"),)), row_writer("json", ["n"])((None,))
    (b'{"n":{"type":"uri","value":"x:a"}}', b'{}')
    >>> row_writer("json", ["m", "n"])((None, ox.Literal("a")))
    b'{"n":{"type":"literal","value":"a"}}'
    """
    if notation == "json":
        return _json_writer([f"{_quoted(column)}:" for column in columns])
    if notation == "xml":
        names = [_attribute(column) for column in columns]
        return lambda row: (
            "<result>"
            + "".join(
                f"<binding name={n}>{_xml(v)}</binding>" for n, v in zip(names, row, strict=True) if v is not None
            )
            + "</result>"
        ).encode()
    if notation == "csv":
        return lambda row: (",".join(map(_csv, row)) + "\r\n").encode()
    return lambda row: ("\t".join("" if value is None else _tsv(value) for value in row) + "\n").encode()


def _json_writer(keys: Sequence[str]) -> Callable[[Row], bytes]:
    """Long answers mostly have one column, which is written in a third of the time."""
    if len(keys) == 1:
        head = f"{{{keys[0]}"
        return lambda row: b"{}" if row[0] is None else f"{head}{_json(row[0])}}}".encode()
    return lambda row: (
        "{" + ",".join([k + _json(v) for k, v in zip(keys, row, strict=True) if v is not None]) + "}"
    ).encode()


def rows(notation: str, columns: Sequence[str], written: Sequence[bytes], truncated: str) -> Iterator[bytes]:
    """The document around rows that ``row_writer`` wrote. CSV and TSV have no place for ``truncated``."""
    if notation == "json":
        head = ", ".join(map(_quoted, columns))
        cut = f',"truncated":{json.dumps(truncated)}' if truncated else ""
        yield f'{{"head":{{"vars": [{head}]}}{cut},"results":{{"bindings":['.encode()
        yield from _pieces(written, b",")
        yield b"]}}"
    elif notation == "xml":
        variables = "".join(f"<variable name={_attribute(column)}/>" for column in columns)
        cut = f"<!-- truncated: {truncated} -->" if truncated else ""
        yield f"{_XML_HEAD}<head>{variables}</head>{cut}<results>".encode()
        yield from _pieces(written, b"")
        yield b"</results></sparql>"
    elif notation == "csv":
        yield (",".join(map(_in_csv, columns)) + "\r\n").encode()
        yield from _pieces(written, b"")
    else:
        yield ("\t".join(f"?{column}" for column in columns) + "\n").encode()
        yield from _pieces(written, b"")


def _pieces(written: Sequence[bytes], between: bytes) -> Iterator[bytes]:
    for start in range(0, len(written), 500):
        yield (between if start else b"") + between.join(written[start : start + 500])


def boolean(notation: str, answer: bool) -> bytes:  # noqa: FBT001 it is the answer
    """The answer to an ASK.

    >>> boolean("json", True)
    b'{"head":{},"boolean":true}'
    """
    said = "true" if answer else "false"
    if notation == "json":
        return f'{{"head":{{}},"boolean":{said}}}'.encode()
    return f"{_XML_HEAD}<head></head><boolean>{said}</boolean></sparql>".encode()


def triples(
    notation: str,
    found: Iterable[ox.Triple] | Iterable[ox.Quad],
    prefixes: dict[str, str],
    truncated: str,
    out: IO[bytes],
) -> None:
    """Write statements; JSON-LD has no place for ``truncated``."""
    form = GRAPH_NOTATIONS[notation]
    usable = None if notation in ("ntriples", "nquads") else prefixes
    if truncated and notation in _HASH:
        out.write(f"# truncated: {truncated}\n".encode())
    ox.serialize(found, out, form, prefixes=usable)
    if truncated and notation == "rdfxml":
        out.write(f"\n<!-- truncated: {truncated} -->\n".encode())


def _json(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return f'{{"type":"uri","value":{_quoted(term.value)}}}'
    if isinstance(term, ox.BlankNode):
        return f'{{"type":"bnode","value":{_quoted(term.value)}}}'
    if isinstance(term, ox.Literal):
        mark = ""
        if term.language:
            mark = f',"xml:lang":{_quoted(term.language)}'
        elif (datatype := term.datatype.value) != _STRING:
            mark = f',"datatype":{_quoted(datatype)}'
        return f'{{"type":"literal","value":{_quoted(term.value)}{mark}}}'
    assert isinstance(term, ox.Triple)
    parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
    return f'{{"type":"triple","value":{{{",".join(f"{_quoted(name)}:{_json(part)}" for name, part in parts)}}}}}'


def _attribute(text: str) -> str:
    return f'"{escape(text)}"'


def _xml(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{escape(term.value, quote=False)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{escape(term.value, quote=False)}</bnode>"
    if isinstance(term, ox.Literal):
        if _NOT_IN_XML.search(term.value):
            raise ValueError("a value holds a sign that XML has no way to write; take JSON, CSV or TSV")
        mark = ""
        if term.language:
            mark = f" xml:lang={_attribute(term.language)}"
        elif term.datatype.value != _STRING:
            mark = f" datatype={_attribute(term.datatype.value)}"
        return f"<literal{mark}>{escape(term.value, quote=False).replace(chr(13), '&#13;')}</literal>"
    assert isinstance(term, ox.Triple)
    parts = (("subject", term.subject), ("predicate", term.predicate), ("object", term.object))
    return f"<triple>{''.join(f'<{name}>{_xml(part)}</{name}>' for name, part in parts)}</triple>"


def _csv(term: object) -> str:
    if term is None:
        return ""
    return _in_csv(str(term) if isinstance(term, ox.BlankNode | ox.Triple) else str(getattr(term, "value", term)))


def _in_csv(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED_IN_CSV.search(text) else text


def _tsv(term: object) -> str:
    return str(term).replace("\t", "\\t")


class Pieces:
    """A file that hands on what is written into it, in pieces of 64 kB."""

    def __init__(self, take: Callable[[bytes], None]) -> None:
        self._take, self._kept = take, bytearray()

    def write(self, said: bytes) -> int:
        """Take some bytes."""
        self._kept += said
        if len(self._kept) >= _PIECE:
            self.flush_all()
        return len(said)

    def flush(self) -> None:
        """Nothing: a piece goes when it is full."""

    def flush_all(self) -> None:
        """Hand on the rest."""
        if self._kept:
            self._take(bytes(self._kept))
            self._kept.clear()
