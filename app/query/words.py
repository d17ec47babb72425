"""Which words can stand in a query of this map? Classes and properties of the vocabulary, and those that are used."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from graph.model import InputError
from graph.store.guard import PREFIXES
from graph.store.interface import META, ONTOLOGY, Table
from graph.wordbook import wordbook

__all__ = ["known", "label_of", "short_name", "words"]

_SAID = f"GRAPH ?g {{ %s }} FILTER(?g != <{ONTOLOGY}> && ?g != <{META}>)"
_PROPERTIES = f"SELECT ?word (COUNT(*) AS ?n) {{ {_SAID % '?s ?word ?o'} }} GROUP BY ?word"
_CLASSES = f"SELECT ?word (COUNT(*) AS ?n) {{ {_SAID % '?s a ?word'} }} GROUP BY ?word"
_USUAL = {
    PREFIXES["rdf"] + "type": "is a",
    PREFIXES["rdfs"] + "label": "name",
    PREFIXES["rdfs"] + "subClassOf": "is a kind of",
    PREFIXES["dcterms"] + "identifier": "id",
    PREFIXES["dcterms"] + "description": "description",
}


@cache
def _vocabulary() -> Mapping[str, Mapping[str, str]]:
    """Sort of word ("class", "property") -> IRI -> label; what is no longer used is left out."""
    found: dict[str, dict[str, str]] = {}
    for word in wordbook().book.words.values():
        if not word.deprecated:
            found.setdefault(word.sort, {})[word.iri] = word.label
    return found


def known() -> frozenset[str]:
    """The IRIs of all words of the vocabulary, old ones too."""
    return frozenset(wordbook().book.words)


def label_of(word: str) -> str:
    """What a property is called that a query writes with a usual prefix; "" for one that is not known.

    >>> label_of("sm:dependsOn"), label_of("a"), label_of("ex:own")
    ('depends on', 'is a', '')
    """
    prefix, _, local = word.partition(":")
    iri = PREFIXES["rdf"] + "type" if word == "a" else f"{PREFIXES.get(prefix, '')}{local}"
    said = _vocabulary()
    return _USUAL.get(iri) or next(
        (said[sort][iri] for sort in ("property", "annotation") if iri in said.get(sort, {})), ""
    )


def words(ask: Callable[[str], Table]) -> dict[str, list[dict[str, Any]]]:
    """Classes and properties, each with its label and how often it is used, the most used first.

    ``ask`` puts a query to the engine; where that takes too long, the words of the vocabulary stand without counts.
    """
    said = _vocabulary()
    return {
        "classes": _listed(said.get("class", {}), _used(ask, _CLASSES)),
        "properties": _listed({**_USUAL, **said.get("property", {})}, _used(ask, _PROPERTIES)),
    }


def _used(ask: Callable[[str], Table], query: str) -> dict[str, int]:
    try:
        rows = ask(query).rows
    except InputError:
        return {}
    return {word.text: int(number.text) for word, number in rows if word is not None and number is not None}


def _listed(labels: Mapping[str, str], used: Mapping[str, int]) -> list[dict[str, Any]]:
    found = sorted({*labels, *used}, key=lambda iri: (-used.get(iri, 0), iri))
    return [
        {"iri": iri, "name": short_name(iri), "label": labels.get(iri, ""), "used": used.get(iri, 0)} for iri in found
    ]


def short_name(iri: str) -> str:
    """An IRI with a prefix that every query may use, else in angle brackets.

    >>> short_name("https://w3id.org/servicemap#dependsOn"), short_name("https://example.org/x")
    ('sm:dependsOn', '<https://example.org/x>')
    """
    for prefix, start in PREFIXES.items():
        local = iri.removeprefix(start)
        if local != iri and local.replace("-", "").replace("_", "").isalnum():
            return f"{prefix}:{local}"
    return f"<{iri}>"
