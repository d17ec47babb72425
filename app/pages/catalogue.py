"""Which services are there, to what terms, and can what is promised be kept? The catalogue."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.catalogue.choice import Choice, chosen
from app.catalogue.table import bar, facets, footer, table
from app.live import Live
from app.pages import Page
from app.painted import painted
from app.parts import attrs, icon
from app.words import plural
from graph.answer import Answer
from graph.catalogue import answer as services
from graph.reports.json import data

__all__ = ["PAGE"]


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    ways = html.Details(
        [
            html.Summary([icon("filter"), "Filters"], className="chip only-narrow"),
            html.Nav(id="catalogue-facets", className="facets", **attrs({"aria-label": "Filters"})),
        ],
        className="facet-menu",
        open=True,
    )
    rows = html.Div(
        id="catalogue-table",
        className="table-flow",
        tabIndex=0,
        role="region",
        **attrs({"aria-label": "Services"}),
    )
    slot = html.Div(
        [icon("search"), html.Div(id="catalogue-words", className="grow")],
        className="search-box filter-box",
        **attrs({"data-filter": "Find in these services"}),
    )
    return html.Div(
        [
            dcc.Store(id="catalogue-address"),
            dcc.Store(id="catalogue-done"),
            html.H1("Catalogue", className="sr"),
            html.Div(
                [
                    slot,
                    html.Div(id="catalogue-bar", className="toolbar-start"),
                    _compare(),
                    html.Div(className="progress"),
                ],
                className="toolbar toolbar-wraps",
            ),
            html.Div([ways, rows], className="listing"),
            html.Div(id="catalogue-status", className="status status-always"),
        ],
        className="page",
        id="catalogue-page",
        hidden=True,
    )


def _compare() -> Component:
    """What compares the two services that are ticked; the browser says how many are missing."""
    compare = html.Button(
        [icon("layout-list"), html.Span("Compare")],
        type="button",
        className="button",
        disabled=True,
        id="compare-picked",
        title="Compare the two services that are ticked",
        **attrs({"data-act": "compare"}),
    )
    said = html.Span("Tick two services to compare them", id="compare-said", className="muted not-phone")
    return html.Div([said, compare], className="compare-bar", role="group", **attrs({"aria-label": "Compare"}))


def connect(app: Dash, live: Live) -> None:
    """Fill the frame when the address changes."""

    @app.callback(
        Output("catalogue-bar", "children"),
        Output("catalogue-facets", "children"),
        Output("catalogue-table", "children"),
        Output("catalogue-status", "children"),
        Output("catalogue-done", "data"),
        Input("catalogue-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        atlas = live.atlas
        found = chosen(atlas, Choice.parse(address["query"]))
        said = {"title": f"Catalogue · {atlas.title}", "announce": plural(len(found.entries), "service")}
        return bar(found), facets(found), table(atlas, found), footer(atlas, found), said

    app.clientside_callback(
        ClientsideFunction("servicemap", "arrived"),
        Output("catalogue-page", "data-arrived"),
        Input("catalogue-done", "data"),
    )


def rows(atlas: Atlas, _rest: str, query: str) -> Answer:
    """All services that an address means, on whichever page."""
    return services(atlas.projection, chosen(atlas, Choice.parse(query)).entries)


PAGE = Page(
    name="catalogue",
    path="/catalogue",
    title="Catalogue",
    icon="layout-list",
    position=2,
    below=False,
    frame=frame,
    connect=connect,
    check=lambda _atlas, _rest, query: Choice.parse(query),
    answer=lambda atlas, rest, query: data(rows(atlas, rest, query)),
    table=rows,
)
