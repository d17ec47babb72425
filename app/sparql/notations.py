"""Which media type means which notation? Both ways, for rows, yes or no, and graphs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from app.accept import best
from graph.store.written import Wanted

__all__ = ["GRAPHS", "ROWS", "media_type", "notation_of", "notations"]

ROWS = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "application/json": "json",
    "application/xml": "xml",
    "text/xml": "xml",
}
YES_OR_NO = {offer: notation for offer, notation in ROWS.items() if notation in ("json", "xml")}
GRAPHS = {
    "text/turtle": "turtle",
    "application/n-triples": "ntriples",
    "application/rdf+xml": "rdfxml",
    "application/ld+json": "jsonld",
    "application/trig": "trig",
    "application/n-quads": "nquads",
    "application/turtle": "turtle",
    "application/x-turtle": "turtle",
    "application/json": "jsonld",
    "application/xml": "rdfxml",
}
_LONG = 300  # signs of a header that is not kept
_FORMS: Mapping[str, Mapping[str, str]] = {"select": ROWS, "ask": YES_OR_NO, "graph": GRAPHS}


def notations(accept: str) -> dict[str, str]:
    """Form of an answer -> the notation that is liked best; forms that are not accepted in any are left out.

    >>> notations("text/turtle, text/csv;q=0.5")
    {'select': 'csv', 'graph': 'turtle'}
    """
    return dict(_liked(accept) if len(accept) < _LONG else _liked.__wrapped__(accept))


@lru_cache(maxsize=200)  # most clients always send the same
def _liked(accept: str) -> Mapping[str, str]:
    found = {form: best(accept, list(offers)) for form, offers in _FORMS.items()}
    return {form: _FORMS[form][offer] for form, offer in found.items() if offer is not None}


def media_type(form: str, notation: str, accept: str = "") -> str:
    """What to call a notation: as the other side does, where it names it itself; else its first name.

    >>> media_type("select", "json"), media_type("select", "json", "application/json")
    ('application/sparql-results+json', 'application/json')
    """
    called = _called if len(accept) < _LONG else _called.__wrapped__
    return called(form, notation, accept)


@lru_cache(maxsize=200)
def _called(form: str, notation: str, accept: str) -> str:
    names = [offer for offer, each in _FORMS[form].items() if each == notation]
    liked = best(accept, names) or names[0]
    name = liked if liked in accept.lower() else names[0]
    return f"{name}; charset=utf-8" if name.startswith("text/") else name


def notation_of(content_type: str) -> str | None:
    """The notation of a graph that is sent, None for a media type that is not known."""
    return GRAPHS.get(content_type.partition(";")[0].strip().lower())


def wanted_graph(graph: str, notation: str) -> Wanted:
    """What is asked of the store for a graph as a whole."""
    return Wanted({"graph": notation}, graph=graph)
