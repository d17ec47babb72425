"""The plan takes a business service down that matters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.analysis.impact import State
from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "OPTIONS", "look"]

LEVEL = "fail"
OPTIONS: Mapping[str, Option] = {"criticality": ("critical", "high")}


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:
    """Services of this criticality that are down for certain."""
    wanted, p = options["criticality"], case.after.projection
    assert isinstance(wanted, tuple)
    if not case.planning.effects:
        return
    for bracket in case.hit_services(case.harm):
        iri = p.iris[bracket.element]
        if bracket.lower == State.DOWN and case.criticality.get(iri) in wanted:
            message = f"the plan takes {p.labels[bracket.element]} down"
            yield Hit(message, iri, case.place(iri), "do it in a window that is agreed on, or keep an alternative")
