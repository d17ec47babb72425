"""Nobody, or more than one, is accountable for a service, and that is new."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "look"]

LEVEL = "warn"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """New gaps in the responsibilities of all services."""
    for gap in case.follows.new_gaps:
        yield Hit(gap.message, gap.subject, case.place(gap.subject), "say who is accountable, in 'raci'")
