"""The plan hits a business service, or may hit it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["COVERED_BY", "LEVEL", "look"]

LEVEL = "warn"
COVERED_BY = "plan-takes-down"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Services that are down or degraded, or may be; those that the other rule names are not said twice."""
    p = case.after.projection
    if not case.planning.effects:
        return
    for bracket in case.hit_services(case.harm):
        name, iri = p.labels[bracket.element], p.iris[bracket.element]
        verb = "is" if bracket.lower == bracket.upper else "may be"
        message = f"{name} {verb} {bracket.upper.words} when the plan is carried out"
        yield Hit(message, iri, case.place(iri), "tell those who use it, and agree on a window")
