"""Something new or changed has no owner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["LEVEL", "look"]

LEVEL = "warn"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """New findings of the check for owners."""
    for finding in case.comparison.new_findings:
        if finding.check == "no-owner":
            yield Hit(finding.message, finding.subject, finding.where, finding.remedy)
