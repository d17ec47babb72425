"""How is what the map shows taken along? Each format of the exporters, of the view that an address asks for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from types import ModuleType
from typing import Final, Literal

from dash import html
from dash.development.base_component import Component
from flask import Flask, Response, request

from app.atlas import Atlas
from app.drawn import stroke
from app.live import Live
from app.map.plotted import plotted
from app.map.screen import Screen, screen, whole
from app.missing import Missing
from app.parts import attrs, icon
from app.view import View, link
from graph.drawing import Drawing
from graph.excerpt import Excerpt
from graph.reports import Written, writers
from graph.reports._typeset import printed

__all__ = ["MOST_IN_FILE", "connect", "export_menu", "pictured"]

MOST_IN_FILE = 20_000
"""A file of the page holds at most so many elements; the command line writes a whole map."""
_WORDS: Final[Mapping[str, tuple[str, str, str]]] = {
    "svg": ("Picture", "svg", "Picture that stays sharp (SVG)"),
    "png": ("Picture", "png", "Picture for slides (PNG)"),
    "pdf": ("Picture", "pdf", "Page to print (PDF)"),
    "mermaid": ("Diagram as text", "mmd", "Mermaid"),
    "dot": ("Diagram as text", "dot", "Graphviz (DOT)"),
    "graphml": ("Graph", "graphml", "GraphML"),
    "cytoscape": ("Graph", "cyjs", "Cytoscape (JSON)"),
    "yaml": ("Map", "yaml", "Map file (YAML)"),
    "turtle": ("Map", "ttl", "Statements (Turtle)"),
    "jsonld": ("Map", "jsonld", "Statements (JSON-LD)"),
    "rdfxml": ("Map", "rdf", "Statements (RDF/XML)"),
    "ntriples": ("Map", "nt", "Statements (N-Triples)"),
    "nquads": ("Map", "nq", "Statements (N-Quads)"),
    "trig": ("Map", "trig", "Statements (TriG)"),
    "annotated": ("Map", "annotated.ttl", "Statements about dependencies (Turtle)"),
    "prov": ("Map", "prov.ttl", "Where it comes from (PROV)"),
    "archimate": ("Map", "archimate.ttl", "ArchiMate (Turtle)"),
    "noria": ("Map", "noria.ttl", "NORIA-O (Turtle)"),
    "backstage": ("Map", "backstage.yaml", "Backstage catalogue"),
}
_TABLES: Final = {"elements": "Elements (CSV)", "dependencies": "Dependencies (CSV)"}
_KINDS: Final = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "pdf": "application/pdf",
    "graphml": "application/xml",
    "rdf": "application/rdf+xml",
    "cyjs": "application/json",
    "jsonld": "application/ld+json",
    "ttl": "text/turtle",
    "nt": "application/n-triples",
    "nq": "application/n-quads",
    "trig": "application/trig",
    "csv": "text/csv",
    "yaml": "application/yaml",
}


def _formats() -> dict[str, ModuleType]:
    """The formats that can be written here, pictures first."""
    known = writers("map", "picture")
    ready = find_spec("typst") is not None
    names = [*_WORDS, *sorted(set(known) - {*_WORDS, "json"})]
    return {name: known[name] for name in names if name in known and (ready or name not in ("png", "pdf"))}


def _ending(name: str) -> str:
    return _WORDS.get(name, ("", f"{name}.txt", ""))[1]


def export_menu(view: View) -> Component:
    """The formats, as links to files of what is shown."""
    inside: list[Component] = []
    before = ""
    for name in _formats():
        group, ending, words = _WORDS.get(name, ("Others", _ending(name), name))
        if group != before:
            inside.append(html.H3(group, className="menu-head"))
            before = group
        inside.append(_entry(words, view, ending))
    inside.append(html.H3("Table", className="menu-head"))
    inside += [_entry(words, view, f"{table}.csv") for table, words in _TABLES.items()]
    inside.append(_entry("The view, for programs (JSON)", view, "json"))
    summary = html.Summary(
        [icon("download"), html.Span("Export", className="wide"), icon("chevron-down", extra="wide")],
        className="chip",
        title="Save what is shown as a file",
        **attrs({"aria-label": "Export"}),
    )
    return html.Details([summary, html.Div(inside, className="menu-list")], className="menu", id="export-menu")


def _entry(words: str, view: View, ending: str) -> Component:
    return html.A(words, href=link(view).replace("/map", f"/map.{ending}", 1), target="_self")


def connect(server: Flask, live: Live) -> None:
    """An address for each format, beside that of the map."""
    for name, writer in _formats().items():
        give = _giving(live, name, writer)
        server.add_url_rule(f"/map.{_ending(name)}", f"map as {name}", give)
    for table in _TABLES:
        server.add_url_rule(f"/map.{table}.csv", f"map as table of {table}", _tabling(live, table))
    server.add_url_rule("/map.csv", "map as CSV", _tabling(live, "elements"))


def _giving(live: Live, name: str, writer: ModuleType) -> Callable[[], Response]:
    def give() -> Response:
        atlas = live.atlas
        now = screen(atlas, request.query_string.decode("utf-8", "replace"))
        scheme: Literal["light", "dark"] = "dark" if request.args.get("scheme") == "dark" else "light"
        if "picture" in writer.TAKES:
            return _file(_picture(atlas, now, name, writer, scheme), _ending(name))
        part = _part(atlas, now, getattr(writer, "MOST", MOST_IN_FILE))
        made = writer.write(part, None)
        return _file(_remarked(made, name) if isinstance(made, Written) else made, _ending(name))

    return give


def _remarked(made: Written, name: str) -> str:
    """The file, with what its format cannot say of the map in remarks at its head; no label can end a remark."""
    said = ["".join(sign if sign.isprintable() else " " for sign in each.message) for each in made.findings]
    if not said:
        return made.text
    said = ["What this file leaves out:", *said]
    if name == "rdfxml":
        first, rest = made.text.split("\n", 1)
        return "\n".join([first, *(f"<!-- {re.sub(r'-(?=-)', '- ', line)} -->" for line in said), rest])
    mark = "%%" if name == "mermaid" else "#"
    return "".join(f"{mark} {line}\n" for line in said) + made.text


def _tabling(live: Live, table: str) -> Callable[[], Response]:
    def give() -> Response:
        now = screen(live.atlas, request.query_string.decode("utf-8", "replace"))
        text = writers("answer")["csv"].write(_part(live.atlas, now, MOST_IN_FILE).table(table))
        return _file(text, f"{table}.csv")

    return give


def _file(content: str | bytes, ending: str) -> Response:
    kind = _KINDS.get(ending) or _KINDS.get(ending.rpartition(".")[2], "text/plain")
    saved = {"Content-Disposition": f'attachment; filename="map.{ending}"'}
    return Response(content, content_type=f"{kind}; charset=utf-8" if isinstance(content, str) else kind, headers=saved)


def _part(atlas: Atlas, now: Screen, most: int) -> Excerpt:
    """The elements that are shown, or that the shown groups hold. Raises Missing where a format takes fewer."""
    chosen = whole(atlas, now.view).tolist() if now.overview else list(now.picture.shown.elements)
    if len(chosen) > most:
        raise Missing(
            "Too much for this file",
            f"{len(chosen):,} elements are shown, and this format takes {most:,} here",
            "focus on an element or filter first",
            {link(now.view): "Back to the map"},
        )
    left = len(atlas) - len(chosen)
    notes = (f"{len(chosen):,} of {len(atlas):,} elements",) if left else ()
    return Excerpt(
        atlas.map, chosen, whole=not left, notes=notes, focus=-1 if now.focus not in chosen else now.focus or 0
    )


def _picture(atlas: Atlas, now: Screen, name: str, writer: ModuleType, scheme: Literal["light", "dark"]) -> str | bytes:
    """As it stands on the page."""
    if now.overview is not None:
        groups, width, height = plotted(atlas, now.overview, scheme=scheme)
        return groups if name == "svg" else printed(groups, width, height, form="png" if name == "png" else "pdf")
    text: str | bytes = writer.write(pictured(atlas, now), now.picture.layout, scheme=scheme)
    return text


def pictured(atlas: Atlas, now: Screen) -> Drawing:
    """The elements and lines of a view, for whoever draws them."""
    p, shown = atlas.projection, now.picture.shown
    used = {card.lane for card in now.picture.cards}
    filtered = f"{shown.by_filter:,} hidden by filters" if shown.by_filter else ""
    return Drawing(
        title=atlas.title,
        cards=now.picture.cards,
        strokes=tuple(stroke(atlas, line) for line in shown.lines),
        rows=tuple(row for row in atlas.rows if row.key in used),
        marks={
            p.groups.iris[line.group]: f"{p.groups.k[line.group]} of {p.groups.size[line.group]}"
            for line in shown.lines
            if line.group >= 0
        },
        notes=tuple(filter(None, (shown.cut, filtered))),
        states={p.ids[v]: words for v, words in ((now.hit.states or {}) if now.hit is not None else {}).items()},
        focus=p.ids[now.focus] if now.focus is not None else "",
    )
