"""How is a map said in the terms of others? By a CONSTRUCT over the alignments; what has no word is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from graph.answer import count
from graph.model import Finding, Severity
from graph.ntriples import RDF_TYPE, Statement

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt

__all__ = ["PREFIXES", "Said", "said_in"]

PREFIXES = {
    "archimate": "http://bp4mc2.org/def/archimate#",
    "bot": "https://w3id.org/bot#",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "noria": "https://w3id.org/noria/ontology/",
    "org": "http://www.w3.org/ns/org#",
    "seas": "https://w3id.org/seas/",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A part of a map in the terms of others, and what is not in it."""

    statements: Sequence[Statement]
    findings: Sequence[Finding]

    @property
    def text(self) -> bytes:
        """The statements as N-Triples."""
        return "".join(f"{statement}\n" for statement in self.statements).encode()


def said_in(name: str, excerpt: Excerpt) -> Said:
    """What the query ``ontology/exports/NAME.rq`` makes of a part.

    A relation is kept where both of its ends are things there too.
    """
    from graph.ntriples import statements
    from graph.store.constructed import constructed
    from ontology.vocabulary import HOME

    query = (HOME / "exports" / f"{name}.rq").read_text(encoding="utf-8")
    called = re.search(r"^# called: (.+)$", query, re.MULTILINE)
    made = list(statements(constructed(query, replace(excerpt, derived=True).graphs().values())))
    inside = {excerpt.projection.iris[v] for v in excerpt.elements}
    things = {s.subject for s in made if s.predicate == RDF_TYPE} & inside
    kept = [s for s in made if s.subject in things and (_names(s) or s.value.text in things)]
    return Said(kept, tuple(_left_out(called[1] if called else name, excerpt, things, kept)))


def _names(statement: Statement) -> bool:
    return statement.predicate == RDF_TYPE or not statement.value.is_iri


def _left_out(called: str, excerpt: Excerpt, things: set[str], kept: Sequence[Statement]) -> Iterator[Finding]:
    """One line for each kind of element and of dependency that is not said, with how many there are."""
    iris = excerpt.projection.iris
    elements = Counter(excerpt.kind(v) for v in excerpt.elements if iris[v] not in things)
    for kind, number in sorted(elements.items()):
        yield _finding(
            "no-word", f"{count(number, 'element')} of the kind '{kind}' cannot be said in {called}, left out"
        )
    said = {frozenset((s.subject, s.value.text)) for s in kept if s.value.is_iri and s.predicate != RDF_TYPE}
    arrows = [a for a in excerpt.arrows() if a.dependent < len(iris) and a.provider < len(iris)]
    lost = Counter(a.kind for a in arrows if frozenset((iris[a.dependent], iris[a.provider])) not in said)
    for kind, number in sorted(lost.items()):
        yield _finding("no-word", f"{_many(number)} of the kind '{kind}' cannot be said in {called}, left out")
    if len(arrows) > sum(lost.values()):
        message = f"{called} has no strength, phase, period or evidence of a dependency; they are not written"
        yield _finding("plain-dependencies", message)
    if excerpt.groups:
        many = count(len(excerpt.groups), "group")
        yield _finding(
            "plain-groups", f"{many} of alternatives: {called} cannot say how many of the members are enough"
        )


def _many(number: int) -> str:
    return "1 dependency" if number == 1 else f"{number:,} dependencies"


def _finding(check: str, message: str) -> Finding:
    return Finding(Severity.NOTE, check, "", None, message)
