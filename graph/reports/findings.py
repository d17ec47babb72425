"""How are findings told? One row each: how bad, where, what, and what to do."""

from __future__ import annotations

from collections.abc import Sequence

from graph.answer import Answer, count
from graph.model import Finding, Severity

__all__ = ["answer", "lines", "worst"]


def worst(findings: Sequence[Finding]) -> Severity | None:
    """The worst severity among findings, None when there are none."""
    order = list(Severity)
    return min((finding.severity for finding in findings), key=order.index, default=None)


def answer(findings: Sequence[Finding], *, title: str = "") -> Answer:
    """Findings as rows, errors first."""
    order = list(Severity)
    rows = tuple(
        (f.severity.value, str(f.where) if f.where else "", f.message, f.remedy, f.check)
        for f in sorted(findings, key=lambda f: order.index(f.severity))
    )
    numbers = {s: sum(f.severity is s for f in findings) for s in Severity}
    said = ", ".join(count(n, s.value) for s, n in numbers.items() if n) or "no findings"
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
