"""How is a map written for Graphviz? DOT with the lanes as boxes; groups of alternatives are small round nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the format must be known without the store behind a map
    from graph.excerpt import Arrow, Excerpt
    from graph.layout import Layout

__all__ = ["MOST", "TAKES", "quoted", "write"]

TAKES = ("map",)
MOST = 1_000
_STYLES = {"optional": "dotted", "degrading": "dashed"}
_STATES = {"down": "#fce9e7", "degraded": "#ffebcf", "at risk": "#fbf5c8"}
_POINTS = 72.0


def write(excerpt: Excerpt, layout: Layout | None = None) -> str:
    """Nodes in the boxes of their lanes, edges from who needs to who is needed.

    Dashed: degrading. Dotted: optional. Grey: structure, which carries no outage. With a layout each node has its place
    (``neato -n`` keeps it).
    """
    return "".join(_lines(excerpt, layout))


def quoted(text: str) -> str:
    r"""A text as Graphviz reads it back: no escape, no entity, no HTML.

    >>> print(quoted('say "a\\b" & c'))
    "say \"a\\b\" &amp; c"
    """
    clean = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in text.replace("\r\n", "\n"))
    for sign, instead in (("\\", "\\\\"), ('"', '\\"'), ("&", "&amp;"), ("\n", "\\n")):
        clean = clean.replace(sign, instead)
    return f'"{clean}"'


def _lines(excerpt: Excerpt, layout: Layout | None) -> Iterator[str]:
    p = excerpt.projection
    yield f"digraph {quoted(excerpt.title)} {{\n"
    yield '  graph [rankdir=TB, fontname="sans-serif", labeljust=l];\n'
    yield '  node [shape=box, style="rounded,filled", fillcolor=white, fontname="sans-serif", fontsize=11];\n'
    yield '  edge [fontname="sans-serif", fontsize=9, arrowsize=0.7];\n'
    for number, (lane, elements) in enumerate(excerpt.by_lane()):
        yield f"  subgraph cluster_{number} {{\n    label={quoted(lane)}; color=grey85;\n"
        for v in elements:
            state = excerpt.states.get(v, "")
            words = [p.labels[v], f"{excerpt.kind(v)}{', ' + state if state else ''}"]
            more = f", fillcolor={quoted(_STATES[state])}" if state in _STATES else ""
            more += ', style="rounded,dashed"' if p.stub[v] else ""
            box = layout.positions.get(p.ids[v]) if layout else None
            if box and layout:
                x, y = box.centre
                size = f"width={box.width / _POINTS:.3f}, height={box.height / _POINTS:.3f}"
                more += f', pos="{x:g},{layout.height - y:g}!", {size}'
            yield f"    n{v} [label={quoted(chr(10).join(words))}, tooltip={quoted(p.ids[v])}{more}];\n"
        yield "  }\n"
    for group in excerpt.groups:
        full = f", {group.full} for full service" if group.full > group.k else ""
        tip = f"{group.words} must work{full}"
        yield f"  n{group.vertex} [label={quoted(group.words)}, tooltip={quoted(tip)}, shape=ellipse, fontsize=9];\n"
    for arrow in excerpt.arrows():
        yield f"  n{arrow.dependent} -> n{arrow.provider}{_edge(arrow)};\n"
    yield "}\n"


def _edge(arrow: Arrow) -> str:
    said = [f"label={quoted(arrow.kind)}"] if arrow.kind and arrow.kind != "needs" else []
    if arrow.strength in _STYLES:
        said.append(f"style={_STYLES[arrow.strength]}")
    if not arrow.strength:
        said.append("color=grey60")
    return f" [{', '.join(said)}]" if said else ""
