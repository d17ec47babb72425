"""How is a map written for Cytoscape? Its JSON: nodes and edges with their facts, and where they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:
    """The elements as Cytoscape desktop opens them, and as Cytoscape.js takes them.

    A group of alternatives is a node with ``k``, ``full`` and ``members``. With a layout the nodes stand where the map
    has them: positions are middles, y grows downwards.
    """
    p, names = excerpt.projection, excerpt.names
    nodes, edges = [], []
    for v in excerpt.elements:
        lane = excerpt.lane(v)
        data: dict[str, Any] = {
            "id": names[v],
            "name": p.labels[v],
            "kind": excerpt.kind(v),
            "lane": lane.label if lane else "",
            "stub": bool(p.stub[v]),
            "iri": p.iris[v],
        }
        if v in excerpt.states:
            data["state"] = excerpt.states[v]
        box = layout.positions.get(p.ids[v]) if layout else None
        if box is None:
            nodes.append({"data": data})
        else:
            data |= {"width": box.width, "height": box.height}
            nodes.append({"data": data, "position": {"x": box.centre[0], "y": box.centre[1]}})
    for group in excerpt.groups:
        counts = {"k": group.k, "full": group.full, "members": group.size}
        nodes.append(
            {"data": {"id": names[group.vertex], "name": group.words, "kind": "group of alternatives"} | counts}
        )
    for number, arrow in enumerate(excerpt.arrows()):
        facts: dict[str, Any] = {
            "kind": arrow.kind,
            "strength": arrow.strength,
            "phase": arrow.phase if arrow.strength else "",
        }
        facts |= {"assumed": bool(arrow.assumed and arrow.strength), "iri": arrow.iri}
        ends = {"id": f"e{number}", "source": names[arrow.dependent], "target": names[arrow.provider]}
        edges.append({"data": ends | facts})
    made = {
        "format_version": "1.0",
        "generated_by": "servicemap",
        "target_cytoscapejs_version": "~3.34",
        "data": {"name": excerpt.title},
        "elements": {"nodes": nodes, "edges": edges},
    }
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"
