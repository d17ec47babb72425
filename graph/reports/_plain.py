"""What of a table is for people who do not know the system? Names, ids where names are not enough, a section once."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from graph.answer import Answer

__all__ = ["plain"]

_NAMES = ("name", "who")
T = TypeVar("T")


def plain(answer: Answer) -> Answer:
    """The table without its ids, unless two of them have the same name.

    >>> plain(Answer("", "x", ("id", "name"), (("shop/web", "Web"),))).rows
    (('Web',),)
    >>> plain(Answer("", "x", ("id", "name"), (("a/db", "DB"), ("b/db", "DB")))).columns
    ('id', 'name')
    >>> plain(Answer("", "x", ("section", "entry"), (("Who?", "Ann"), ("Who?", "Bob"), ("Where?", "A")))).rows
    (('Who?', 'Ann'), ('', 'Bob'), ('Where?', 'A'))
    """
    if answer.columns[:1] == ("section",):
        before = [None, *(row[0] for row in answer.rows)]
        rows = (("" if row[0] == last else row[0], *row[1:]) for last, row in zip(before, answer.rows, strict=False))
        return replace(answer, rows=tuple(rows))
    named = next((name for name in _NAMES if name in answer.columns), "")
    if not named or "id" not in answer.columns:
        return answer
    at, name = answer.columns.index("id"), answer.columns.index(named)
    if len({row[at] for row in answer.rows}) > len({row[name] for row in answer.rows}):
        return answer
    return replace(answer, columns=_without(answer.columns, at), rows=tuple(_without(row, at) for row in answer.rows))


def _without(row: tuple[T, ...], at: int) -> tuple[T, ...]:
    return (*row[:at], *row[at + 1 :])
