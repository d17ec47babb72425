"""What is loaded, from where and how old, and what is wrong with it? The sources, and the check of a file."""

from __future__ import annotations

from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, abort, jsonify, request

from app.atlas import Atlas
from app.doors import of_this_server
from app.live import Live
from app.missing import Missing
from app.pages import Page
from app.painted import painted
from app.parts import attrs, icon
from app.sources.checks import LARGEST, Check, Checks, safe_name
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
        "It is read in a process of its own and judged as a load would judge it. "
        "Nothing is kept, and the map that you see does not change."
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
    _take_files(app.server, Checks())


def _take_files(server: Flask, checks: Checks) -> None:
    """A file to check is sent, its result asked for, and its check stopped, each by an address."""

    def known(key: str) -> Check:
        check = checks.get(key)
        if check is None:
            raise Missing("No such check", "it is over, or never was", "give the file again")
        return check

    def begin() -> tuple[Response, int]:
        origin = request.headers.get("Origin", "")
        if origin and not of_this_server(request, origin):
            abort(403, "only the pages of this server may send files")
        request.max_content_length = LARGEST + _FORM
        file = request.files.get("file")
        if file is None or not safe_name(file.filename or ""):
            abort(
                415, f"This kind of file cannot be read here; its name must end in {', '.join(sorted(known_endings()))}"
            )
        key = checks.begin(file.filename or "", file.read())
        if key is None:
            abort(503, "two other files are being read; wait a moment")
        return jsonify({"key": key}), 202

    def stop(key: str) -> Response:
        known(key)
        checks.stop(key)
        return jsonify(known(key).told())

    server.add_url_rule("/sources/checks", "begin a check", begin, methods=["POST"])
    server.add_url_rule("/sources/checks/<key>", "a check", lambda key: jsonify(known(key).told()), methods=["GET"])
    server.add_url_rule("/sources/checks/<key>", "stop a check", stop, methods=["DELETE"])


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
