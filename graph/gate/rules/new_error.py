"""The map has an error that it did not have before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from graph.model import Severity

__all__ = ["COVERED_BY", "LEVEL", "look"]

LEVEL = "fail"
COVERED_BY = "removed-still-needed"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Findings that are errors and new, those about what is pointed at and nobody defines among them."""
    for finding in case.comparison.new_findings:
        if finding.severity is Severity.ERROR:
            yield Hit(finding.message, finding.subject, finding.where, finding.remedy)
