"""What is connected to what? The map: lanes, focus, hops, selection."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import dash_cytoscape
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app.atlas import Atlas, plural, short
from app.elements import bounds, cytoscape_elements, wire_id
from app.live import Live
from app.map.bars import bands, lanes, notice, status, table_toggle, toolbar
from app.map.cards import canvas_elements, canvas_id, size
from app.map.files import export_menu
from app.map.finding import menu as find_menu
from app.map.first import drawable, plain
from app.map.first import picture as drawn_first
from app.map.gathered import chips
from app.map.gathered import pane as overview_pane
from app.map.gathered import status as overview_status
from app.map.gathered import table as overview_table
from app.map.instead import empty, not_found, table
from app.map.overview import Gathered
from app.map.pane import pane
from app.map.screen import Screen, answer, asked, line_words, lit, screen, stops
from app.map.sift import chips as sift_chips
from app.map.sift import facets
from app.map.views import menu as views_menu
from app.markup import markup
from app.missing import Missing
from app.pages import Page
from app.painted import painted
from app.parts import attrs, button, icon
from app.view import View, link

__all__ = ["PAGE"]

_NO_PICTURE = "none"
_PLACES = (
    ("map-toolbar", "children"),
    ("map-sift", "children"),
    ("map-as", "children"),
    ("map-lanes", "children"),
    ("map-bands", "children"),
    ("cy", "elements"),
    ("cy", "layout"),
    ("map-pane", "children"),
    ("map-pane", "className"),
    ("map-status", "children"),
    ("map-notice", "children"),
    ("map-table", "children"),
    ("map-table", "hidden"),
    ("map-empty", "children"),
    ("map-empty", "hidden"),
    ("map-key", "data"),
    ("map-picture", "data"),
)
"""What an answer fills, in its order."""


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    canvas = dash_cytoscape.Cytoscape(
        id="cy", className="cy", elements=[], layout={"name": "preset", "key": ""}, minZoom=0.05, maxZoom=3
    )
    stage = html.Div(
        [html.Div(id="map-bands", className="bands"), canvas],
        id="map-stage",
        className="stage",
        tabIndex=0,
        role="application",
        **attrs({"aria-label": "Map", "aria-describedby": "map-keys"}),
    )
    keys = (
        "Arrow keys walk from element to element, Enter focuses, Space selects, Shift and Space selects one more, "
        "F finds by an expression, Shift and F10 opens a menu, Escape clears; + - 0 zoom; "
        "Control Z and Control Y step back and forth."
    )
    body = html.Div(
        [
            stage,
            html.Div(id="map-lanes", className="lanes"),
            html.P(keys, id="map-keys", className="sr"),
            html.Div(id="map-tip", className="tip", hidden=True),
            html.Div(id="map-notice", className="notice"),
            html.Div(
                id="map-table",
                className="table-wrap",
                hidden=True,
                tabIndex=0,
                role="region",
                **attrs({"aria-label": "Table"}),
            ),
            html.Div(id="map-empty", className="empty", hidden=True),
        ],
        className="map-body",
    )
    side = [
        html.Aside(id="map-pane", className="pane", **attrs({"aria-label": "Details"})),
        html.Canvas(id="map-small", className="small-map", hidden=True, **attrs({"aria-hidden": "true"})),
    ]
    return html.Div(
        [
            dcc.Store(id="map-address"),
            dcc.Store(id="map-picture"),
            dcc.Store(id="map-key", data=""),
            html.H1("Map", className="sr"),
            html.Div(
                [
                    html.Div(id="map-toolbar", className="toolbar-start"),
                    find_menu(),
                    views_menu(),
                    _steps(),
                    _tools(),
                    html.Div(className="progress"),
                ],
                className="toolbar",
                role="toolbar",
                **attrs({"aria-label": "What the map shows"}),
            ),
            html.Div(id="map-sift", className="sift-bar"),
            html.Div([body, html.Div(side, className="side")], className="map-row"),
            html.Div(id="map-status", className="status"),
        ],
        className="page",
        id="map-page",
        hidden=True,
    )


def _steps() -> Component:
    """Steps back and forth through what was seen."""
    acts = (("undo", "One step back (Ctrl Z)", "arrow-left"), ("redo", "One step forth (Ctrl Y)", "arrow-right"))
    found = [
        html.Button(
            [icon(name), html.Span(words, className="sr")],
            id=act,
            type="button",
            title=words,
            disabled=True,
            className="button button-icon button-plain",
            **attrs({"data-act": act}),
        )
        for act, words, name in acts
    ]
    return html.Div(found, className="steps not-phone")


def _tools() -> Component:
    return html.Div(
        [
            html.Span(id="map-as", className="map-as"),
            button("Zoom out", name="minus", icon_only=True, extra="button-plain", **attrs({"data-act": "zoom-out"})),
            html.Output("100 %", id="zoom-level", **attrs({"aria-label": "Zoom"})),
            button("Zoom in", name="plus", icon_only=True, extra="button-plain", **attrs({"data-act": "zoom-in"})),
            button(
                "Fit the whole map", name="maximize", icon_only=True, extra="button-plain", **attrs({"data-act": "fit"})
            ),
        ],
        className="zoom",
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the frame when the address changes; a picture that is on the screen already is not sent again."""

    @app.callback(
        *(Output(place, part) for place, part in _PLACES),
        Input("map-address", "data"),
        State("map-key", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any], key: str) -> tuple[Any, ...]:
        atlas = live.atlas
        try:
            now = screen(atlas, address["query"], narrow=address["narrow"])
        except Missing as missing:
            return _not_found(atlas, missing)
        return _filled(atlas, now, key, narrow=address["narrow"])

    app.clientside_callback(
        ClientsideFunction("servicemap", "picture"), Output("map-page", "data-arrived"), Input("map-picture", "data")
    )


def first(atlas: Atlas, address: Mapping[str, Any]) -> str:
    """The page before any script has run; "" where that would keep the scripts waiting, or something is lit up."""
    view, narrow = View.parse(address["query"]), address["narrow"]
    if not plain(view):
        return ""
    if view.focus:
        return _first(atlas, address)
    if not atlas.at_hand(view, narrow=narrow):
        return ""
    minute = int(time.time()) // 60  # how long ago something was read stands there
    return atlas.kept(("first", view.query, narrow, minute, atlas.findings_known), lambda: _first(atlas, address))


def _first(atlas: Atlas, address: Mapping[str, Any]) -> str:
    query, narrow = address["query"], address["narrow"]
    now = screen(atlas, query, narrow=narrow)
    if not drawable(atlas, now):
        return ""
    filled: dict[str, dict[str, Any]] = {"map-page": {"hidden": False}}
    known = f"{now.picture.key}{' narrow' if narrow else ''}"  # the canvas comes later, from the same function
    for (place, part), said in zip(_PLACES, _filled(atlas, now, known, narrow=narrow), strict=True):
        filled.setdefault(place, {})[part] = said
    filled |= {"map-lanes": {"children": lanes(atlas, now)}, "map-bands": {"children": bands(now.picture)}}
    if narrow:
        filled["map-pane"]["className"] += " folded"
    return markup(frame(), filled, {"cy": drawn_first(atlas, now)})


def _filled(atlas: Atlas, now: Screen, key: str, *, narrow: bool) -> tuple[Any, ...]:
    if now.overview is not None:
        return _gathered(atlas, now, now.overview, key)
    picture, wall = now.picture, now.picture.shown.wall
    new_key = f"{picture.key}{' narrow' if narrow else ''}" if not wall else _NO_PICTURE
    same = new_key == key
    nothing = wall or not picture.cards
    return (
        toolbar(atlas, now),
        sift_chips(atlas, now),
        [export_menu(now.view), table_toggle(now.view)],
        no_update if same else lanes(atlas, now),
        no_update if same else bands(picture),
        no_update if same else _elements(atlas, now),
        no_update if same else {"name": "preset", "key": new_key},
        pane(atlas, now),
        "pane selection" if _about_something(now) else "pane not-phone" if wall else "pane",
        status(atlas, now),
        notice(atlas, now),
        table(atlas, now) if now.view.table else [],
        not now.view.table,
        empty(atlas, now) if nothing else [],
        not nothing or (now.view.table and not wall),
        new_key,
        _for_browser(atlas, now, _NO_PICTURE if nothing else new_key),
    )


def _about_something(now: Screen) -> bool:
    return bool(now.picked) or now.ways is not None or now.asked.edge is not None


def _sifted(view: View) -> str:
    """What is left out of the map; where that changes the picture is fitted anew, and where a group opens it stays."""
    return str((view.hidden, view.without, view.kept, view.everything))


def _gathered(atlas: Atlas, now: Screen, found: Gathered, key: str) -> tuple[Any, ...]:
    """The map of groups, where the elements are too many or the address asks for it."""
    same, nothing = now.picture.key == key, not found.plane.nodes
    left, top, right, bottom = size(found.plane)
    groups = plural(len(found.plane.nodes), "group")
    picture = {
        "key": now.picture.key if not nothing else _NO_PICTURE,
        "focus": "",
        "selected": [atlas.projection.ids[element] for element in now.picked],
        "lit": _lit_groups(atlas, now, found),
        "litLines": None,
        "line": None,
        "bounds": [left, top, right, bottom],
        "whole": True,
        "family": f"overview {found.by} {_sifted(now.view)}",
        "open": [canvas_id(path) for path in now.view.opened],
        "title": f"{atlas.title} · Map",
        "label": f"Map of {atlas.title}: {plural(found.elements, 'element')} in {groups}",
        "announce": f"{plural(found.elements, 'element')} in {groups}, {plural(len(found.plane.bundles), 'line')}",
    }
    return (
        chips(now.view, found),
        sift_chips(atlas, now),
        [export_menu(now.view), table_toggle(now.view)],
        [],
        [],
        no_update if same else canvas_elements(atlas, found, now.view),
        no_update if same else {"name": "preset", "key": now.picture.key},
        pane(atlas, now) if _about_something(now) else [*overview_pane(atlas, now.view, found), *facets(atlas, now)],
        "pane selection" if _about_something(now) else "pane",
        overview_status(atlas, found, len(atlas) if now.view.everything else len(atlas) - len(atlas.aside)),
        notice(atlas, now),
        overview_table(atlas, now.view, found) if now.view.table else [],
        not now.view.table,
        empty(atlas, now) if nothing else [],
        not nothing or now.view.table,
        now.picture.key,
        picture,
    )


def _lit_groups(atlas: Atlas, now: Screen, found: Gathered) -> list[str] | None:
    """The cards that hold something that was asked for."""
    lit = now.sieve.lit
    if lit is None:
        return None
    ids = atlas.projection.ids
    nodes = [node for node in found.plane.walk() if lit[node.members].any()]
    return [ids[node.element] if node.element >= 0 else canvas_id(node.path) for node in nodes]


def _not_found(atlas: Atlas, missing: Missing) -> tuple[Any, ...]:
    picture = {
        "key": _NO_PICTURE,
        "title": f"{missing.title} · {atlas.title}",
        "label": "Map",
        "announce": missing.title,
    }
    return (
        [html.A([html.B("Whole map")], href=link(View()), className="chip")],
        [], [], [], [], [], {"name": "preset", "key": _NO_PICTURE}, [], "pane", [], [], [], True,
        not_found(atlas, missing), False, _NO_PICTURE, picture,
    )  # fmt: skip


def _elements(atlas: Atlas, now: Screen) -> list[dict[str, Any]]:
    lines = now.picture.shown.lines
    said = {wire_id(atlas.projection, line): line_words(atlas, line) for line in lines}
    ids, known = atlas.projection.ids, atlas.badges
    hung = {ids[e]: [(badge.kind, badge.words) for badge in known[e]] for e in now.picture.shown.elements if e in known}
    return cytoscape_elements(
        atlas.projection, now.picture.cards, lines, now.picture.layout, said=said, focus=now.view.focus, badges=hung
    )


def _for_browser(atlas: Atlas, now: Screen, key: str) -> dict[str, Any]:
    """What the browser needs besides the elements: what to light up, what to say, how large the picture is."""
    p, made = atlas.projection, now.picture.layout
    subject = now.selected if now.selected is not None else now.focus
    name = short(p.labels[subject], 60) if subject is not None else "Map"
    shown = now.picture.shown
    words = f"{plural(len(shown.elements), 'element')} and {plural(len(shown.lines), 'line')} shown"
    if now.selected is not None:
        links = f"depends on {len(atlas.depends_on(now.selected))}, used by {len(atlas.used_by(now.selected))}"
        words = f"{short(p.labels[now.selected], 60)}, {atlas.kind(now.selected)}, {links}"
    return {
        "key": key,
        "focus": now.view.focus,
        "selected": [p.ids[element] for element in now.picked],
        "lit": shining[0] if (shining := lit(atlas, now)) is not None else None,
        "litLines": shining[1] if shining is not None else None,
        "stops": stops(atlas, now),
        "line": None if now.asked.edge is None else " > ".join(p.ids[end] for end in now.asked.edge),
        "bounds": list(bounds(made)),
        "title": f"{name} · {atlas.title}" if subject is not None else f"{atlas.title} · Map",
        "label": f"Map of {atlas.title}: {plural(len(shown.elements), 'element')}",
        "announce": words,
    }


PAGE = Page(
    name="map",
    path="/map",
    title="Map",
    icon="hierarchy-3",
    position=1,
    below=False,
    frame=frame,
    connect=connect,
    check=asked,
    answer=answer,
    first=first,
)
