"""How is an answer written for a spreadsheet? CSV whose cells can never run as formulas."""

from __future__ import annotations

import csv
import io

from graph.answer import Answer, Cell, words_of_entry

__all__ = ["TAKES", "write"]

TAKES = ("answer",)


def write(answer: Answer) -> str:
    """A heading and the rows; text that a spreadsheet would run gets an apostrophe in front.

    >>> print(write(Answer("", "x", ("name", "hops"), (("=1+1", -1), ("a, b", 2)))), end="")
    name,hops
    '=1+1,-1
    "a, b",2
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(cell) for cell in row] for row in answer.rows)
    return out.getvalue()


def _cell(cell: Cell) -> str | int | float:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int | float):
        return cell
    if isinstance(cell, dict):
        cell = words_of_entry(cell)
    text = cell if isinstance(cell, str) else "; ".join(map(str, cell))
    text = "".join(c if c.isprintable() or c in "\n\t" else " " for c in text)
    return "'" + text if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
