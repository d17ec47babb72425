"""What is loaded, from where and how old, and what is wrong with it? The sources, and the check of a file."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.live import Live
from app.pages import Page
from app.painted import painted
from app.parts import attrs, icon
from app.sources.checks import LARGEST
from app.sources.ledger import TABS, Ledger, table, values
from app.sources.tables import bar, footer, shown
from graph.answer import Answer
from graph.sources import known_endings

__all__ = ["PAGE"]

_FORM = 100_000  # what stands around a file in a request


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    slot = html.Div(
        [icon("search"), html.Div(className="grow")],
        className="search-box filter-box",
        id="sources-filter",
        **attrs({"data-filter": "Find in these rows"}),
    )
    rows = html.Div(
        id="sources-table", className="table-flow", tabIndex=0, role="region", **attrs({"aria-label": "Rows"})
    )
    return html.Div(
        [
            dcc.Store(id="sources-address"),
            dcc.Store(id="sources-done"),
            html.H1("Sources", className="sr"),
            html.Div(
                [html.Div(id="sources-bar", className="toolbar-start"), slot, html.Div(className="progress")],
                className="toolbar toolbar-wraps",
            ),
            html.Div([rows, _check_frame()], className="listing"),
            html.Div(id="sources-status", className="status status-always"),
        ],
        className="page",
        id="sources-page",
        hidden=True,
    )


def _check_frame() -> Component:
    """Where a file is given and judged; the browser fills it, as no file is kept."""
    words = (
        "It is read in a process of its own and judged as a load would judge it. The map that you see does not change "
        "until you load the file, where you may; else nothing of it is kept."
    )
    most = f"{', '.join(sorted(known_endings()))}; {LARGEST // 1_000_000} MB at most"
    return html.Div(
        [
            html.H2("Would this file make a map?"),
            html.P(words),
            html.Div(
                [icon("file-text", extra="icon-20"), html.Div(className="pick-file"), html.P(most, className="words")],
                className="drop",
            ),
            html.Div(id="check-result", **attrs({"aria-live": "polite"})),
        ],
        id="sources-check",
        className="check",
        hidden=True,
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the frame when the address changes, and take files to check."""

    @app.callback(
        Output("sources-bar", "children"),
        Output("sources-table", "children"),
        Output("sources-table", "hidden"),
        Output("sources-check", "hidden"),
        Output("sources-filter", "hidden"),
        Output("sources-status", "children"),
        Output("sources-done", "data"),
        Input("sources-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        atlas, ledger = live.atlas, Ledger.parse(address["query"])
        checking = ledger.show == "check"
        said = {"title": f"{TABS[ledger.show]} · {atlas.title}", "announce": TABS[ledger.show]}
        found = None if checking else shown(atlas, ledger)
        return bar(atlas, ledger), found, checking, not checking, checking, footer(atlas, ledger), said

    app.clientside_callback(
        ClientsideFunction("servicemap", "arrived"),
        Output("sources-page", "data-arrived"),
        Input("sources-done", "data"),
    )


def rows(atlas: Atlas, _rest: str, query: str) -> Answer:
    """The table that an address means, all its pages."""
    return table(atlas, Ledger.parse(query))


PAGE = Page(
    name="sources",
    path="/sources",
    title="Sources",
    icon="database",
    position=9,
    below=False,
    frame=frame,
    connect=connect,
    check=lambda _atlas, _rest, query: Ledger.parse(query),
    answer=lambda atlas, _rest, query: values(atlas, Ledger.parse(query)),
    table=rows,
)
