"""How is an answer written for programs? JSON: the facts, the rows as objects under their name, the notes."""

from __future__ import annotations

import json
import re
from typing import Any

from graph.answer import Answer

__all__ = ["data", "write"]

_CONTROL = re.compile(r"[\x7f-\x9f\ud800-\udfff]")


def data(answer: Answer) -> dict[str, Any]:
    """The answer as plain values.

    >>> data(Answer("1 element", "elements", ("id",), (("shop/web",),), {"revision": "r1"}))
    {'title': '1 element', 'revision': 'r1', 'elements': [{'id': 'shop/web'}], 'notes': []}
    """
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {"title": answer.title, **answer.facts, answer.of: rows, "notes": list(answer.notes)}


def write(answer: Answer) -> str:
    r"""JSON text, indented, with a line end. What a terminal could obey is escaped; programs read the same text.

    >>> print(write(Answer("a\x1bb\x9bc\x7f", "rows", (), ())), end="")
    {
      "title": "a\u001bb\u009bc\u007f",
      "rows": [],
      "notes": []
    }
    """
    text = json.dumps(data(answer), indent=2, ensure_ascii=False, default=list)
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text) + "\n"
