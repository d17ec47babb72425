"""An element is removed, and something still depends on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "look"]

LEVEL = "fail"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Removed elements that are still pointed at."""
    for iri in case.removed:
        if iri in case.after.projection.index:
            name = case.before.projection.labels[case.before.projection.index[iri]]
            remedy = "keep it, or remove the dependencies on it"
            yield Hit(f"{name} is removed, and others still depend on it", iri, case.place(iri), remedy)
