"""How is a statement written? N-Triples, the exchange form between importers and stores."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple
from urllib.parse import quote, unquote

__all__ = [
    "BASE",
    "Statement",
    "Term",
    "Writer",
    "dependency_iri",
    "element_iri",
    "readable_id",
    "segment",
    "statements",
]

BASE = "https://w3id.org/servicemap/id/"
XSD = "http://www.w3.org/2001/XMLSchema#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_NEEDS_ESCAPE = re.compile(r'[\\"\x00-\x1f\x7f]')
_BAD_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\]')


def segment(identifier: str) -> str:
    """One id as one segment of an IRI: reversible, and never two ids the same.

    >>> segment("order hub/2"), segment("pgbouncer-ci")
    ('order%20hub%2F2', 'pgbouncer-ci')
    """
    return quote(identifier, safe="-._~@+!$&'()*,;=:")


def element_iri(base: str, namespace: str, identifier: str) -> str:
    """The IRI of an element: ``<base><namespace>/<id>``.

    >>> element_iri("https://w3id.org/servicemap/id/", "gitlab", "api")
    'https://w3id.org/servicemap/id/gitlab/api'
    """
    return f"{base}{segment(namespace)}/{segment(identifier)}"


def readable_id(iri: str) -> str:
    """``namespace/id`` of an element's IRI, for people.

    >>> readable_id("https://w3id.org/servicemap/id/gitlab/order%20hub")
    'gitlab/order hub'
    """
    namespace, _, identifier = iri.rpartition("/")
    return f"{unquote(namespace.rpartition('/')[2])}/{unquote(identifier)}"


def dependency_iri(
    dependent: str, kind: str, provider: str, *, environment: str = "", slot: str = "", group: str = ""
) -> str:
    """The IRI of a dependency, the same whenever the same fact is read again.

    A member of a group says less than a dependency that stands alone, so ``group`` (its IRI) tells the two apart.

    >>> dependency_iri("https://x/id/shop/web", "runs-on", "https://x/id/shop/vm-1", slot="blue")
    'https://x/id/shop/web/dependency/runs-on/shop/vm-1/slot/blue'
    """
    namespace, _, identifier = provider.rpartition("/")
    parts = [dependent, "dependency", kind, namespace.rpartition("/")[2], identifier]
    if environment:
        parts += ["in", segment(environment)]
    if slot:
        parts += ["slot", segment(slot)]
    if group:
        parts += ["member", segment(group.rpartition("/group/")[2])]
    return "/".join(parts)


class Writer:
    """Collects statements as N-Triples lines.

    >>> w = Writer()
    >>> w.iri("https://x/a", "https://x/p", "https://x/b")
    >>> w.text("https://x/a", "https://x/label", "hi")
    >>> print(w.result().decode(), end="")
    <https://x/a> <https://x/p> <https://x/b> .
    <https://x/a> <https://x/label> "hi" .
    """

    __slots__ = ("_lines",)

    def __init__(self) -> None:
        self._lines: list[str] = []

    def iri(self, subject: str, predicate: str, value: str) -> None:
        """Say that the subject points at another thing. Raises ValueError when the value is no IRI."""
        if _BAD_IRI.search(value):
            raise ValueError(f"not an IRI: {value!r}")
        self._lines.append(f"<{subject}> <{predicate}> <{value}> .\n")

    def type(self, subject: str, cls: str) -> None:
        """Say what the subject is."""
        self._lines.append(f"<{subject}> <{RDF_TYPE}> <{cls}> .\n")

    def text(self, subject: str, predicate: str, value: str, datatype: str = "") -> None:
        """Say a text, or a value in its lexical form when a datatype IRI is given."""
        if _NEEDS_ESCAPE.search(value):
            value = _escaped(value)
        suffix = f"^^<{datatype}>" if datatype else ""
        self._lines.append(f'<{subject}> <{predicate}> "{value}"{suffix} .\n')

    def number(self, subject: str, predicate: str, value: int | Decimal) -> None:
        """Say a number: whole numbers as xsd:integer, the rest as xsd:decimal."""
        kind = "integer" if isinstance(value, int) else "decimal"
        self.text(subject, predicate, format(value, "f") if isinstance(value, Decimal) else str(value), XSD + kind)

    def truth(self, subject: str, predicate: str, *, value: bool) -> None:
        """Say yes or no."""
        self.text(subject, predicate, "true" if value else "false", XSD + "boolean")

    def result(self) -> bytes:
        """All statements so far, without repeats, in the order said."""
        return "".join(dict.fromkeys(self._lines)).encode("utf-8", "surrogatepass")


class Term(NamedTuple):
    """The value of a statement: an IRI, or a literal with its datatype ("" for plain text) or its language."""

    text: str
    is_iri: bool = False
    datatype: str = ""
    language: str = ""

    def __str__(self) -> str:
        if self.is_iri:
            return f"<{self.text}>"
        suffix = f"@{self.language}" if self.language else f"^^<{self.datatype}>" if self.datatype else ""
        return f'"{_escaped(self.text)}"{suffix}'


class Statement(NamedTuple):
    """One statement, as values; its text is its line of N-Triples.

    >>> print(Statement("https://x/a", "https://x/p", Term("hi")))
    <https://x/a> <https://x/p> "hi" .
    """

    subject: str
    predicate: str
    value: Term

    def __str__(self) -> str:
        return f"<{self.subject}> <{self.predicate}> {self.value} ."


def statements(text: bytes) -> Iterator[Statement]:
    r"""Read N-Triples as importers and stores write them: a line each, no blank nodes. ValueError for other lines.

    >>> [found] = statements(b'<https://x/a> <https://x/p> "1"^^<https://x/int> .\n')
    >>> found.subject, found.value.text, found.value.datatype
    ('https://x/a', '1', 'https://x/int')
    """
    for line in text.decode("utf-8").split("\n"):
        found = _LINE.fullmatch(line)
        if found:
            subject, predicate, iri, said, datatype, language = found.groups()
            datatype = "" if datatype is None or datatype == XSD + "string" else datatype
            value = (
                Term(iri, is_iri=True)
                if iri is not None
                else Term(_unescaped(said), datatype=datatype, language=language or "")
            )
            yield Statement(subject, predicate, value)
        elif line.strip():
            raise ValueError(f"not a statement: {line[:80]!r}")


_IRI = r'<([^\x00-\x20<>"{}|^`\\]*)>'
_LINE = re.compile(rf'{_IRI} {_IRI} (?:{_IRI}|"((?:[^"\\]|\\.)*)"(?:\^\^{_IRI}|@([A-Za-z0-9-]+))?) \.')
_ESCAPED = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))")
_PLAIN = {short[1]: sign for sign, short in _ESCAPES.items()} | {"'": "'"}


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return _ESCAPED.sub(lambda m: _PLAIN[m[3]] if m[3] else chr(int(m[1] or m[2], 16)), text)


def _escaped(text: str) -> str:
    return _NEEDS_ESCAPE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", text)
