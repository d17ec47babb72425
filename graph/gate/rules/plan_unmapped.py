"""The plan touches something that is not on the map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "look"]

LEVEL = "warn"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Addresses of the plans that no element records and that are changed, replaced or deleted."""
    for planned in case.planning.unmapped:
        yield Hit(
            f"the plan touches what is not on the map, so nobody knows what rests on it: {planned}",
            planned.address,
            None,
            "record the address as 'external_id' of an element",
        )
