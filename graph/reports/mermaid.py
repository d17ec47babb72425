"""How is a map written in Mermaid? A flowchart for pages in Markdown; groups of alternatives are hexagons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph.model import Finding, Severity
from graph.reports import Written

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Arrow, Excerpt
    from graph.layout import Layout

__all__ = ["MOST", "TAKES", "quoted", "write"]

TAKES = ("map",)
MOST = 250
_MOST_LINES, _MOST_LETTERS = 500, 50_000
_SPECIAL = re.compile(r"[^\w .,;:()/+=!?'€£$@%°-]")
_STATES = {"down": "#fce9e7,stroke:#b3261e", "degraded": "#ffebcf,stroke:#bd7100", "at risk": "#fbf5c8,stroke:#9a8800"}


def write(excerpt: Excerpt, layout: Layout | None = None) -> Written:  # noqa: ARG001 Mermaid places the nodes itself
    """Nodes in the boxes of their lanes, arrows from who needs to who is needed; dotted where it is not required."""
    text = "".join(_lines(excerpt))
    findings = []
    if excerpt.lines > _MOST_LINES or len(text) > _MOST_LETTERS:
        message = (
            f"{excerpt.lines:,} lines and {len(text):,} letters: Mermaid draws {_MOST_LINES} and {_MOST_LETTERS:,}"
        )
        remedy = "write a part with --focus, or raise maxEdges and maxTextSize where it is shown"
        findings.append(Finding(Severity.WARNING, "too-large-for-mermaid", "", None, message, remedy))
    return Written(text, findings)


def quoted(text: str) -> str:
    """A text as Mermaid shows it: signs that could mean something to it are written as their numbers.

    >>> quoted('end "[a]" #1')
    '"end #34;#91;a#93;#34; #35;1"'
    """
    plain = " ".join(text.split())
    return '"' + _SPECIAL.sub(lambda sign: f"#{ord(sign[0])};" if sign[0].isprintable() else " ", plain) + '"'


def _lines(excerpt: Excerpt) -> Iterator[str]:
    p = excerpt.projection
    yield "flowchart TB\n"
    for number, (lane, elements) in enumerate(excerpt.by_lane()):
        yield f"  subgraph lane{number}[{quoted(lane)}]\n"
        for v in elements:
            yield f"    n{v}[{quoted(p.labels[v] or p.ids[v])}]\n"
        yield "  end\n"
    for group in excerpt.groups:
        yield f"  n{group.vertex}{{{{{quoted(group.words)}}}}}\n"
    for arrow in excerpt.arrows():
        yield f"  n{arrow.dependent} {_arrow(arrow)} n{arrow.provider}\n"
    stubs = [v for v in excerpt.elements if p.stub[v]]
    if stubs:
        yield "  classDef undefined stroke-dasharray:4 3\n"
        yield f"  class {','.join(f'n{v}' for v in stubs)} undefined\n"
    for number, (state, style) in enumerate(_STATES.items()):
        hit = [v for v in excerpt.elements if excerpt.states.get(v) == state]
        if hit:
            yield f"  classDef state{number} fill:{style},color:#171c24\n"
            yield f"  class {','.join(f'n{v}' for v in hit)} state{number}\n"


def _arrow(arrow: Arrow) -> str:
    shaft = "-->" if arrow.strength == "required" or not arrow.kind else "-.->"
    said = arrow.kind if arrow.kind != "needs" else ""
    return f"{shaft}|{quoted(said)}|" if said else shaft
