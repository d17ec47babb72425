"""The map has a warning that it did not have before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option
from graph.model import Severity

__all__ = ["LEVEL", "look"]

LEVEL = "warn"
_RULES_OF_THEIR_OWN = ("stub", "two-accountable")


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """Findings of the checks that are warnings and new; some have a rule of their own."""
    for finding in case.comparison.new_findings:
        if finding.severity is Severity.WARNING and finding.check not in _RULES_OF_THEIR_OWN:
            yield Hit(finding.message, finding.subject, finding.where, finding.remedy)
