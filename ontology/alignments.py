"""Which words of other vocabularies mean nearly the same as ours, and which may stand for which?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import pyoxigraph as ox

from ontology import terms as t
from ontology.vocabulary import HOME

__all__ = ["Match", "matches", "read_as"]

SAME = (f"{t.SKOS}exactMatch", f"{t.SKOS}closeMatch")
NARROWER, BROADER = f"{t.SKOS}narrowMatch", f"{t.SKOS}broadMatch"


class Match(NamedTuple):
    """A word of ours, how it meets a word of others, and that word."""

    own: str
    how: str
    other: str


@cache
def matches() -> tuple[Match, ...]:
    """Every row of ``alignments.ttl``.

    >>> any(match.own == t.SERVICE for match in matches())
    True
    """
    parsed = ox.parse(path=str(HOME / "alignments.ttl"), format=ox.RdfFormat.TURTLE)
    return tuple(Match(quad.subject.value, quad.predicate.value, quad.object.value) for quad in parsed)


@cache
def read_as() -> Mapping[str, tuple[str, ...]]:
    """What a word of others can be read as: words of ours that mean the same, or something broader.

    A word of ours that is narrower says more than theirs does, so it is never concluded from it.
    """
    found: defaultdict[str, list[str]] = defaultdict(list)
    for match in matches():
        if match.how in (*SAME, NARROWER):
            found[match.other].append(match.own)
    return {other: tuple(own) for other, own in found.items()}
