"""How would one element be written in a map file? Its entry alone, to copy; what a map file cannot say is told."""

from __future__ import annotations

from collections.abc import Iterator

from graph.mapfile.compose import Composed, compose
from graph.ntriples import XSD, Statement, Term
from graph.store.interface import DERIVED, ONTOLOGY, Reader
from ontology import terms as t

__all__ = ["snippet"]

_HANGING = {t.DEPENDENT, t.MEMBER_OF_GROUP}


def snippet(store: Reader, iri: str) -> Composed:
    """The entry of an element with its parts and dependencies, under its namespace.

    >>> from pathlib import Path
    >>> from graph.maps import open_map
    >>> laundry = open_map([Path("data/laundry")])
    >>> made = snippet(laundry.store, laundry.projection.iris[laundry.projection.find("boiler")])
    >>> print(made.text, end="")
    namespace: laundry
    <BLANKLINE>
    elements:
      - id: boiler
        kind: infrastructure
        name: Boiler
        owner: factory-team
        depends_on:
          - {on: factory-yard, kind: located in, strength: required}
    """
    return compose(_said(store, iri), stubs=False)


def _said(store: Reader, iri: str) -> Iterator[Statement]:
    """What sources say about an element, what is described inside it, and its dependencies and groups."""
    waiting, seen = [iri], {iri}
    while waiting:
        subject = waiting.pop()
        found = []
        for predicate, value, graph in store.about(subject):
            if graph in (DERIVED, ONTOLOGY) or value.kind == "bnode":
                continue
            is_iri = value.kind == "uri"
            datatype = "" if value.datatype == XSD + "string" else value.datatype
            yield Statement(subject, predicate, Term(value.text, is_iri, datatype, value.language))
            if is_iri and value.text.startswith(subject + "/"):
                found.append(value.text)
        for other, predicate, _ in store.pointing_at(subject, besides=(t.PROVIDER, DERIVED, ONTOLOGY)):
            if predicate in _HANGING:
                found.append(other)
        waiting += [each for each in dict.fromkeys(found) if each not in seen]
        seen.update(found)
