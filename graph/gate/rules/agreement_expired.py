"""An agreement that this is about has run out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["LEVEL", "look"]

LEVEL = "warn"
_DATE = 10


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Agreements that ended before today, and are changed or cover what is changed or hit."""
    p, words = case.after.projection, vocabulary()
    about = {*case.touched(), *(p.iris[bracket.element] for bracket in case.harm.affected)}
    covered: defaultdict[str, set[str]] = defaultdict(set)
    for agreement, element in case.after.store.pairs(t.COVERS):
        covered[agreement].add(element)
    for iri, until in sorted(set(case.after.store.pairs(t.VALID_UNTIL))):
        number = p.index.get(iri)
        if number is None or not words.is_a(p.classes[number], t.AGREEMENT):
            continue
        if until[:_DATE] < case.today.isoformat() and (iri in about or covered[iri] & about):
            message = f"{p.labels[number]} has ended on {until[:_DATE]}"
            yield Hit(message, iri, case.place(iri), "renew it, or say what holds now")
