"""How is a whole report written for programs? JSON: the short of it, then each section with its rows and notes."""

from __future__ import annotations

import json
from typing import Any

from graph.answer import Report, Section

__all__ = ["TAKES", "data", "write"]

TAKES = ("report",)


def data(report: Report) -> dict[str, Any]:
    """The report as plain values; the rows of a section are objects, by the names of its columns.

    >>> from graph.answer import Answer
    >>> told = Answer("1 element", "affected", ("id",), (("shop/web",),), {"revision": "r1"}, ("assumed",))
    >>> data(Report("Outage", ("1 down.",), (Section("Who is hit?", told),)))["sections"][0]["rows"]
    [{'id': 'shop/web'}]
    """
    return {
        "title": report.title,
        **report.facts,
        "summary": list(report.summary),
        "sections": [_section(section) for section in report.sections],
    }


def _section(section: Section) -> dict[str, Any]:
    answer = section.answer
    return {
        "heading": section.heading,
        "of": answer.of,
        "title": answer.title,
        "rows": [dict(zip(answer.columns, row, strict=True)) for row in answer.rows],
        "facts": dict(answer.facts),
        "notes": list(answer.notes),
    }


def write(report: Report) -> str:
    r"""JSON text, indented, with a line end; letters beyond ASCII are escaped, so that no terminal obeys any of it.

    >>> write(Report("A\x9b", (), ())).splitlines()[1]
    '  "title": "A\\u009b",'
    """
    return json.dumps(data(report), indent=2, default=list) + "\n"
