"""How are findings told? One row each: how bad, where, what, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from graph.answer import Answer, count
from graph.model import NOT_LISTED, Finding, Severity

__all__ = ["answer", "lines", "unlisted", "worst"]

_REST = re.compile(rf"\(([\d,]+) {NOT_LISTED}\)$|^(\d+) more findings of the kind '.*' are not listed$")


def worst(findings: Sequence[Finding]) -> Severity | None:
    """The worst severity among findings, None when there are none."""
    order = list(Severity)
    return min((finding.severity for finding in findings), key=order.index, default=None)


def unlisted(findings: Sequence[Finding]) -> int:
    """How many findings are counted and not listed, as there are too many of their kind.

    >>> rest = "Nobody answers for it (1,238 more of these are not listed)"
    >>> unlisted([Finding(Severity.NOTE, "no-owner", "", None, text) for text in ("'A' has no owner", rest)])
    1238
    """
    rests = (_REST.search(finding.message) for finding in findings if not finding.subject)
    return sum(int((rest[1] or rest[2]).replace(",", "")) for rest in rests if rest)


def answer(findings: Sequence[Finding], *, title: str = "") -> Answer:
    """Findings as rows, errors first."""
    order = list(Severity)
    rows = tuple(
        (f.severity.value, str(f.where) if f.where else "", f.message, f.remedy, f.check)
        for f in sorted(findings, key=lambda f: order.index(f.severity))
    )
    numbers = {s: sum(f.severity is s for f in findings) for s in Severity}
    said = ", ".join(count(n, s.value) for s, n in numbers.items() if n) or "no findings"
    if more := unlisted(findings):
        said = f"{said}; {more:,} more {'is' if more == 1 else 'are'} not listed"
    return Answer(
        title=f"{title}; {said}" if title else said,
        of="findings",
        columns=("severity", "where", "finding", "remedy", "check"),
        rows=rows,
        facts={f"{s.value}s": n for s, n in numbers.items()},
    )


def lines(findings: Sequence[Finding]) -> str:
    """Findings as compilers tell them: ``warning: file:line: what; what to do``, errors first."""
    order = list(Severity)
    told = sorted(findings, key=lambda f: order.index(f.severity))
    return "".join(f"{f.severity.value}: {''.join(c if c.isprintable() else ' ' for c in str(f))}\n" for f in told)
