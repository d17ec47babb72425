"""How does JSON become a map? A JSON-LD context with a short name for each property, made from the vocabulary.

``python -m ontology.context`` writes ``context.jsonld`` anew; a test says when that is due.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from ontology import terms as t
from ontology.vocabulary import HOME, PropertyUse, vocabulary
from ontology.words import words

__all__ = ["ADDRESS", "CONTEXT_FILE", "KEYWORDS", "context", "context_text", "name_of", "type_of", "used"]

ADDRESS = f"{t.ONTOLOGY}/context.jsonld"
CONTEXT_FILE = HOME / "context.jsonld"
KEYWORDS = ("id", "type")
_PREFIXES = {"sm": t.SM, "rdfs": t.RDFS, "dcterms": t.DCTERMS, "skos": t.SKOS, "prov": t.PROV, "xsd": t.XSD}
_OTHERS = (t.RDFS_LABEL, t.DCTERMS_IDENTIFIER, t.DCTERMS_DESCRIPTION, t.SKOS_ALT_LABEL)
_POINTERS = (t.DEPENDENT, t.PROVIDER, t.MEMBER_OF_GROUP)
_WHOLE = ("integer", "int", "long", "nonNegativeInteger", "positiveInteger")
_NUMBERS = ("decimal", "double", "float")
_WORD = re.compile(r"[A-Za-z][\w-]*")


@cache
def context() -> Mapping[str, Any]:
    """The context: prefixes, then every property by its own name, with what a plain value of it is taken for.

    >>> context()["dependent"]
    {'@id': 'sm:dependent', '@type': '@id'}
    """
    named = {iri: word.range for iri, word in words().items() if word.sort in ("property", "annotation")}
    codes = {iri for iri, word in words().items() if word.sort == "code list"}
    found: dict[str, Any] = {"@vocab": t.SM, "id": "@id", "type": "@type", **_PREFIXES}
    for iri in sorted((*named, *_OTHERS), key=name_of):
        kind, range_ = type_of(iri), named.get(iri, "")
        if not kind and range_:
            kind = _of_value(range_) if not range_.startswith(t.SM) else "@vocab" if range_ in codes else "@id"
        found[name_of(iri)] = {"@id": _short(iri), "@type": _short(kind)} if kind else _short(iri)
    return found


def context_text() -> str:
    """The context as its file holds it."""
    lines = ",\n".join(f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in context().items())
    return f'{{"@context": {{\n{lines}\n}}}}\n'


def name_of(iri: str) -> str:
    """The short name of a property: its own, where it is a plain word; else "".

    >>> name_of(t.DEPENDENT), name_of("https://example.org/x")
    ('dependent', '')
    """
    if not iri.startswith((t.SM, t.DCTERMS, t.RDFS)) and iri != t.SKOS_ALT_LABEL:
        return ""
    name = re.split(r"[/#]", iri)[-1]
    return name if _WORD.fullmatch(name) and name not in KEYWORDS else ""


def type_of(iri: str) -> str:
    """What a plain value of a property is taken for: "@id", "@vocab" for codes, a datatype, or "" for text.

    >>> type_of(t.DEPENDENT), type_of(t.STRENGTH), type_of(t.RDFS_LABEL)
    ('@id', '@vocab', '')
    """
    if iri in _POINTERS:
        return "@id"
    use = used().get(iri)
    if use is None:
        return ""
    if use.kind != "value":
        return "@vocab" if use.kind == "code" else "@id"
    return _of_value(use.range)


def _of_value(datatype: str) -> str:
    name = datatype.rpartition("#")[2]
    if name in _WHOLE:
        return t.XSD_INTEGER
    if name in _NUMBERS:
        return t.XSD_DECIMAL
    return "" if name in ("string", "langString") else datatype


@cache
def used() -> Mapping[str, PropertyUse]:
    """The properties that a class may have, by address."""
    return {use.iri: use for cls in vocabulary().classes.values() for use in cls.properties.values()}


def _short(iri: str) -> str:
    for prefix, home in _PREFIXES.items():
        if iri.startswith(home):
            return f"{prefix}:{iri.removeprefix(home)}"
    return iri


if __name__ == "__main__":
    CONTEXT_FILE.write_text(context_text(), encoding="utf-8")
