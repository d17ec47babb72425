"""How is a map written in GraphML? For yEd, Gephi, networkx and others; groups of alternatives are nodes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graph.reports._xml import attribute, text

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Excerpt
    from graph.layout import Layout

__all__ = ["TAKES", "write"]

TAKES = ("map",)
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns" xmlns:y="http://www.yworks.com/xml/graphml"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://graphml.graphdrawing.org/xmlns
 http://www.yworks.com/xml/schema/graphml/1.1/ygraphml.xsd">
"""
_NODE = {
    "name": "string", "kind": "string", "lane": "string", "stub": "boolean", "state": "string", "iri": "string",
    "k": "int", "full": "int", "members": "int",
}  # fmt: skip
_EDGE = {"kind": "string", "strength": "string", "assumed": "boolean", "phase": "string", "iri": "string"}
_WIDE = 7.5

Value = str | int | bool


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:
    """Nodes with name, kind and lane, edges from who needs to who is needed.

    A group is a node with ``k``, ``full`` and ``members``; an edge leads to it from its element, and edges from it to
    its members. With a layout the nodes stand where the map has them.
    """
    return "".join(_lines(excerpt, layout))


def _lines(excerpt: Excerpt, layout: Layout | None) -> Iterator[str]:
    yield _HEAD
    for target, keys in (("node", _NODE), ("edge", _EDGE)):
        for name, kind in keys.items():
            yield f' <key id="{target}-{name}" for="{target}" attr.name="{name}" attr.type="{kind}"/>\n'
        yield f' <key id="{target}-drawn" for="{target}" yfiles.type="{target}graphics"/>\n'
    yield f' <graph id={attribute(excerpt.title)} edgedefault="directed">\n'
    p, names = excerpt.projection, excerpt.names
    for v in excerpt.elements:
        lane = excerpt.lane(v)
        said: dict[str, Value] = {"name": p.labels[v], "kind": excerpt.kind(v), "lane": lane.label if lane else ""}
        said |= {"stub": True} if p.stub[v] else {}
        said |= {"state": excerpt.states.get(v, ""), "iri": p.iris[v]}
        box = layout.positions.get(p.ids[v]) if layout else None
        place = (box.x, box.y, box.width, box.height) if box else (None, None, 30 + _WIDE * len(p.labels[v]), 34.0)
        yield _node(names[v], said, p.labels[v], "roundrectangle", place)
    for group in excerpt.groups:
        counts: dict[str, Value] = {"kind": "group of alternatives", "k": group.k, "full": group.full}
        yield _node(
            names[group.vertex], {**counts, "members": group.size}, group.words, "ellipse", (None, None, 54, 26)
        )
    for number, arrow in enumerate(excerpt.arrows()):
        facts: dict[str, Value] = {"kind": arrow.kind, "strength": arrow.strength}
        facts |= {"assumed": True} if arrow.assumed and arrow.strength else {}
        facts |= {"phase": arrow.phase if arrow.strength else "", "iri": arrow.iri}
        ends = f"source={attribute(names[arrow.dependent])} target={attribute(names[arrow.provider])}"
        style = "dashed" if arrow.strength in ("optional", "degrading") else "line"
        yield f'  <edge id="e{number}" {ends}>\n{_data("edge", _EDGE, facts)}   <data key="edge-drawn"><y:PolyLineEdge>'
        yield f'<y:LineStyle type="{style}" width="1.0"/><y:Arrows source="none" target="standard"/>'
        yield f"<y:EdgeLabel>{text(arrow.kind)}</y:EdgeLabel></y:PolyLineEdge></data>\n  </edge>\n"
    yield " </graph>\n</graphml>\n"


def _node(
    name: str, said: Mapping[str, Value], label: str, shape: str, place: tuple[float | None, float | None, float, float]
) -> str:
    x, y, width, height = place
    at = f'x="{x:g}" y="{y:g}" ' if x is not None and y is not None else ""
    drawn = f'<y:ShapeNode><y:Geometry {at}width="{width:g}" height="{height:g}"/>'
    drawn += f'<y:NodeLabel>{text(label)}</y:NodeLabel><y:Shape type="{shape}"/></y:ShapeNode>'
    data = _data("node", _NODE, said)
    return f'  <node id={attribute(name)}>\n{data}   <data key="node-drawn">{drawn}</data>\n  </node>\n'


def _data(target: str, keys: Mapping[str, str], said: Mapping[str, Value]) -> str:
    found = ((name, said[name]) for name in keys if said.get(name, "") != "")
    return "".join(f'   <data key="{target}-{name}">{text(_plain(value))}</data>\n' for name, value in found)


def _plain(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
