"""Something is pointed at that nobody defines, and was not before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.gate.case import Case, Hit, Option

__all__ = ["COVERED_BY", "LEVEL", "look"]

LEVEL = "warn"
COVERED_BY = "new-error"


def look(case: Case, options: Mapping[str, Option]) -> Iterator[Hit]:  # noqa: ARG001 every rule is called so
    """New findings of the check for stubs; what was removed and is still needed is another rule's.

    In a map file it is an error, and that has a rule of its own too.
    """
    old = case.before.projection
    for finding in case.comparison.new_findings:
        known = finding.subject in old.index and old.stub[old.index[finding.subject]]
        if finding.check == "stub" and not known and finding.subject not in case.removed:
            yield Hit(finding.message, finding.subject, finding.where, finding.remedy)
