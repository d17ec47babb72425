"""What is connected to what? The map: lanes, focus, hops, selection."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

import dash_cytoscape
from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Response, jsonify, request

from app.atlas import Atlas
from app.live import Live
from app.map.bars import bands, lanes, notice, status, table_toggle, toolbar
from app.map.canvas import ahead, missing_picture, picture
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
from app.map.screen import Screen, answer, asked, screen
from app.map.sift import chips as sift_chips
from app.map.sift import facets, filter_menu
from app.map.views import menu as views_menu
from app.markup import markup
from app.missing import Missing
from app.pages import Page
from app.painted import painted
from app.parts import attrs, button, icon
from app.view import View, link

__all__ = ["PAGE"]

_PLACES = (
    ("map-toolbar", "children"),
    ("map-sift", "children"),
    ("map-as", "children"),
    ("map-pane", "children"),
    ("map-pane", "className"),
    ("map-status", "children"),
    ("map-notice", "children"),
    ("map-table", "children"),
    ("map-table", "hidden"),
    ("map-empty", "children"),
    ("map-empty", "hidden"),
    ("map-picture", "data"),
)
"""What an answer fills, in its order."""


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    canvas = dash_cytoscape.Cytoscape(
        id="cy", className="cy", elements=[], layout={"name": "preset"}, minZoom=0.05, maxZoom=3
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
        "F shows by a rule, Shift and F10 opens a menu, Escape clears; + - 0 zoom; "
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
    """Fill the frame when the address changes; a picture that is on the screen already is not sent again.

    The page asks for the picture alone first, draws it, and asks for what stands around it then (``ahead``).
    """

    @app.callback(
        *(Output(place, part) for place, part in _PLACES),
        Input("map-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        atlas = live.atlas
        try:
            now = screen(atlas, address["query"], narrow=address["narrow"])
        except Missing as missing:
            return _not_found(atlas, missing)
        return _filled(atlas, now, address["known"], narrow=address["narrow"])

    app.clientside_callback(
        ClientsideFunction("servicemap", "picture"), Output("map-page", "data-arrived"), Input("map-picture", "data")
    )

    def drawn() -> Response:
        query = request.query_string.decode("utf-8", "replace")
        return jsonify(ahead(live.atlas, query, narrow="narrow" in request.args))

    app.server.add_url_rule("/map/picture.json", "picture", drawn)


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


def _filled(atlas: Atlas, now: Screen, known: str, *, narrow: bool) -> tuple[Any, ...]:
    if now.overview is not None:
        return _gathered(atlas, now, now.overview, known, narrow=narrow)
    wall = now.picture.shown.wall
    nothing = wall or not now.picture.cards
    return (
        [*toolbar(atlas, now), *(filter_menu(atlas, now) if narrow else [])],
        sift_chips(atlas, now),
        [export_menu(now.view), table_toggle(now.view)],
        pane(atlas, now, filters=not narrow),
        "pane selection" if _about_something(now) else "pane not-phone" if wall else "pane",
        status(atlas, now),
        notice(atlas, now),
        table(atlas, now) if now.view.table else [],
        not now.view.table,
        empty(atlas, now) if nothing else [],
        not nothing or (now.view.table and not wall),
        picture(atlas, now, known, narrow=narrow),
    )


def _about_something(now: Screen) -> bool:
    hit = now.hit is not None and bool(now.hit.elements)
    return hit or bool(now.picked) or now.ways is not None or now.asked.edge is not None


def _gathered(atlas: Atlas, now: Screen, found: Gathered, known: str, *, narrow: bool) -> tuple[Any, ...]:
    """The map of groups, where the elements are too many or the address asks for it."""
    nothing = not found.plane.nodes
    return (
        [*chips(now.view, found), *(filter_menu(atlas, now) if narrow else [])],
        sift_chips(atlas, now),
        [export_menu(now.view), table_toggle(now.view)],
        pane(atlas, now)
        if _about_something(now)
        else [*overview_pane(atlas, now.view, found, now.sieve.lit), *([] if narrow else facets(atlas, now))],
        "pane selection" if _about_something(now) else "pane",
        overview_status(atlas, found, len(atlas) if now.view.everything else len(atlas) - len(atlas.aside)),
        notice(atlas, now),
        overview_table(atlas, now.view, found, now.sieve.lit) if now.view.table else [],
        not now.view.table,
        empty(atlas, now) if nothing else [],
        not nothing or now.view.table,
        picture(atlas, now, known, narrow=narrow),
    )


def _not_found(atlas: Atlas, missing: Missing) -> tuple[Any, ...]:
    return (
        [html.A([html.B("Whole map")], href=link(View()), className="chip")],
        [], [], [], "pane", [], [], [], True, not_found(atlas, missing), False, missing_picture(atlas, missing),
    )  # fmt: skip


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
