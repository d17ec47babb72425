"""How is a report written for a wiki or a pull request? Markdown whose text can never become markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from graph.answer import Answer, Report, words_of_cell

__all__ = ["TAKES", "write"]

TAKES = ("report",)
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&@])")


def write(report: Report) -> str:
    r"""The short of it first, then a table a section.

    >>> from graph.answer import Section
    >>> told = Answer("1 element", "x", ("id", "state"), (("a|b", "down"),), notes=("assumed",))
    >>> print(write(Report("Outage of *A*", ("1 element down.",), (Section("Who is hit?", told),))), end="")
    # Outage of \*A\*
    <BLANKLINE>
    - 1 element down.
    <BLANKLINE>
    ## Who is hit?
    <BLANKLINE>
    1 element
    <BLANKLINE>
    | id | state |
    | --- | --- |
    | a\|b | down |
    <BLANKLINE>
    - assumed
    """
    parts = [f"# {_text(report.title)}\n", _list(report.summary)]
    for section in report.sections:
        parts += [f"## {_text(section.heading)}\n", *_answer(section.answer)]
    return "\n".join(part for part in parts if part)


def _answer(answer: Answer) -> Iterator[str]:
    if answer.title:
        yield _text(answer.title) + "\n"
    if answer.rows:
        lines = [answer.columns, tuple("---" for _ in answer.columns)]
        table = [f"| {' | '.join(map(_text, answer.columns))} |", f"| {' | '.join(lines[1])} |"]
        table += [f"| {' | '.join(_text(words_of_cell(cell)) for cell in row)} |" for row in answer.rows]
        yield "\n".join(table) + "\n"
    yield _list(answer.notes)


def _list(lines: tuple[str, ...]) -> str:
    return "".join(f"- {_text(line)}\n" for line in lines)


def _text(text: str) -> str:
    """Text on one line, in which nothing is markup, a link or a mention."""
    plain = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return _MARKUP.sub(r"\\\1", plain)
