"""How is a report or a verdict written for a wiki or a pull request? Markdown whose text can never become markup."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from graph.answer import Answer, Report, words_of_cell
from graph.reports._markup import text
from graph.reports._plain import plain

if TYPE_CHECKING:
    from graph.gate.verdict import Verdict

__all__ = ["TAKES", "write"]

TAKES = ("report", "verdict")


def write(told: Report | Verdict) -> str:
    r"""Of a report the short of it first, then a table a section; of a verdict what somebody must know who merges.

    >>> from graph.answer import Section
    >>> told = Answer("1 element", "x", ("name", "state"), (("a|b", "down"),), notes=("assumed",))
    >>> print(write(Report("Outage of *A*", ("1 element down.",), (Section("Who is hit?", told),))), end="")
    # Outage of \*A\*
    <BLANKLINE>
    - 1 element down.
    <BLANKLINE>
    ## Who is hit?
    <BLANKLINE>
    1 element
    <BLANKLINE>
    | name | state |
    | --- | --- |
    | a\|b | down |
    <BLANKLINE>
    - assumed
    """
    if not isinstance(told, Report):
        from graph.reports import _verdict

        return _verdict.write(told)
    parts = [f"# {text(told.title)}\n", _list(told.summary)]
    for section in told.sections:
        parts += [f"## {text(section.heading)}\n", *_answer(plain(section.answer) if told.named else section.answer)]
    return "\n".join(part for part in parts if part)


def _answer(answer: Answer) -> Iterator[str]:
    if answer.title:
        yield text(answer.title) + "\n"
    if answer.rows:
        lines = [answer.columns, tuple("---" for _ in answer.columns)]
        table = [f"| {' | '.join(map(text, answer.columns))} |", f"| {' | '.join(lines[1])} |"]
        table += [f"| {' | '.join(text(words_of_cell(cell)) for cell in row)} |" for row in answer.rows]
        yield "\n".join(table) + "\n"
    yield _list(answer.notes)


def _list(lines: tuple[str, ...]) -> str:
    return "".join(f"- {text(line)}\n" for line in lines)
