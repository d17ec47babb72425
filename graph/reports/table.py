"""How is an answer written for people at a terminal? Aligned columns, no control characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from graph.answer import Answer, Cell, words_of_entry

__all__ = ["TAKES", "write"]

TAKES = ("answer",)

_WIDEST = 100


def write(answer: Answer) -> str:
    r"""The rows as aligned columns with a heading; "" when there are none.

    >>> print(write(Answer("", "elements", ("id", "hops"), (("shop/web", 1), ("shop/vm", 12)))), end="")
    id        hops
    shop/web     1
    shop/vm     12
    """
    if not answer.rows:
        return ""
    texts = [[_text(cell) for cell in row] for row in answer.rows]
    numeric = [all(isinstance(row[c], int | float) for row in answer.rows) for c in range(len(answer.columns))]
    widths = [max(_width(name), *(_width(row[c]) for row in texts)) for c, name in enumerate(answer.columns)]
    lines = [answer.columns, *texts]
    return "".join(_line(line, widths, numeric) for line in lines)


def _line(cells: Sequence[str], widths: list[int], numeric: list[bool]) -> str:
    padded = []
    for text, width, right in zip(cells, widths, numeric, strict=True):
        space = " " * (width - _width(text))
        padded.append(space + text if right else text + space)
    return "  ".join(padded).rstrip() + "\n"


def _text(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, dict):
        text = words_of_entry(cell)
    elif isinstance(cell, list | tuple):
        text = ("; " if any("," in str(each) for each in cell) else ", ").join(map(str, cell))
    else:
        text = str(cell)
    text = text[: _WIDEST + 1]
    text = "".join(" " if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp", "Cs") else c for c in text)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _width(text: str) -> int:
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
