"""How is an answer, or a map, written for programs? JSON: facts, rows as objects under their name, notes."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from graph.answer import Answer

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "data", "write"]

TAKES = ("answer", "map")

_CONTROL = re.compile(r"[\x7f-\x9f\ud800-\udfff]")


def data(answer: Answer) -> dict[str, Any]:
    """The answer as plain values.

    >>> data(Answer("1 element", "elements", ("id",), (("shop/web",),), {"revision": "r1"}))
    {'title': '1 element', 'revision': 'r1', 'elements': [{'id': 'shop/web'}], 'notes': []}
    """
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    return {"title": answer.title, **answer.facts, answer.of: rows, "notes": list(answer.notes)}


def write(result: Answer | Excerpt, layout: Layout | None = None) -> str:
    r"""JSON text, indented, with a line end. What a terminal could obey is escaped; programs read the same text.

    >>> print(write(Answer("a\x1bb\x9bc\x7f", "rows", (), ())), end="")
    {
      "title": "a\u001bb\u009bc\u007f",
      "rows": [],
      "notes": []
    }
    """
    found = data(result) if isinstance(result, Answer) else _map(result, layout)
    text = json.dumps(found, indent=2, ensure_ascii=False, default=list)
    return _CONTROL.sub(lambda sign: f"\\u{ord(sign[0]):04x}", text) + "\n"


def _map(excerpt: Excerpt, layout: Layout | None) -> dict[str, Any]:
    """A map as plain values: elements, groups and dependencies, each with its id, and positions where there are any."""
    p, names = excerpt.projection, excerpt.names
    elements = []
    for row in data(excerpt.table("elements"))["elements"]:
        place = layout.positions.get(row["id"]) if layout else None
        box = {"x": place.x, "y": place.y, "width": place.width, "height": place.height} if place else {}
        elements.append({key: value for key, value in row.items() if value not in ("", False)} | box)
    groups = [
        {"id": group.iri, "must work": group.k, "for full service": group.full, "members": group.size}
        for group in excerpt.groups
    ]
    arrows = []
    for arrow in excerpt.arrows():
        ends = {"dependent": names[arrow.dependent], "provider": names[arrow.provider]}
        said = {"kind": arrow.kind, "strength": arrow.strength, "phase": arrow.phase if arrow.strength else ""}
        iri = {"iri": arrow.iri} if not p.is_group(arrow.provider) else {}
        assumed = {"strength assumed": True} if arrow.assumed and arrow.strength else {}
        arrows.append({**ends, **{key: value for key, value in said.items() if value}, **assumed, **iri})
    head = {"title": excerpt.title, "revision": p.revision}
    return {**head, "elements": elements, "groups": groups, "dependencies": arrows, "notes": list(excerpt.notes)}
