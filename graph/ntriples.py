"""How is a statement written? N-Triples, the exchange form between importers and stores."""

from __future__ import annotations

import re
from decimal import Decimal
from urllib.parse import quote, unquote

__all__ = ["Writer", "dependency_iri", "element_iri", "readable_id", "segment"]

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
            value = _NEEDS_ESCAPE.sub(lambda m: _ESCAPES.get(m[0]) or f"\\u{ord(m[0]):04X}", value)
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
