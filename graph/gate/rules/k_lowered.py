"""A group of alternatives needs fewer working members than before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.compare import How
from graph.facts import words_of
from graph.gate.case import Case, Hit, Option
from ontology import terms as t

__all__ = ["LEVEL", "look"]

LEVEL = "warn"
_COUNTS = {words_of(iri).lower() for iri in (t.MINIMUM_MEMBERS, t.MINIMUM_PERCENT)}


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Groups whose k is a smaller number: the map then promises more than it did, and somebody must know why."""
    for difference in case.comparison.of("dependency", How.CHANGED):
        for told in difference.told:
            if told.property in _COUNTS and _number(told.after) < _number(told.before):
                name = difference.name.partition(" → ")[0]
                message = f"{name} is said to need {told.after} of its alternatives, it was {told.before}"
                yield Hit(message, difference.iri, difference.where, "check that so few are enough")


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("inf")
