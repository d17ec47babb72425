"""What does somebody want to know that no page tells? The library of questions, and queries of one's own."""

from __future__ import annotations

import json
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.live import Live
from app.missing import Missing
from app.pages import Page
from app.painted import painted
from app.parts import attrs, icon, stopped
from app.query.answers import library, named
from app.query.asked import VIEWS, Asked, link
from app.query.screen import bare, fields, head, shelves
from app.versions import versioned
from graph.asking import filled
from graph.model import InputError
from graph.store.guard import PREFIXES

__all__ = ["PAGE"]

_STARTERS = (
    "services-and-owners",
    "no-alternative",
    "shared-by-many",
    "promises-on-lesser-promises",
    "nobody-accountable",
    "what-ends-next",
)


def frame() -> Component:
    """The parts of the page; the callback fills the library, the browser the rest."""
    slot = html.Div(
        [icon("search"), html.Div(className="grow")],
        className="search-box filter-box",
        **attrs({"data-filter": f"Find one of {len(library())} questions"}),
    )
    ways = html.Details(
        [
            html.Summary([icon("list-details"), "Questions and values"], className="chip only-narrow"),
            html.Div(
                [
                    slot,
                    html.Nav(
                        id="query-library",
                        className="query-library",
                        tabIndex=0,
                        **attrs({"aria-label": "Ready questions"}),
                    ),
                    html.Div(
                        id="query-fields", className="query-fields", role="group", **attrs({"aria-label": "Values"})
                    ),
                ],
                className="query-side",
            ),
        ],
        className="facet-menu query-menu",
        open=True,
    )
    editor = {
        "data-script": versioned("yasqe.bundle.js"),
        "data-style": versioned("yasqe.bundle.css"),
        "data-prefixes": json.dumps(PREFIXES),
    }
    main = html.Div(
        [
            html.Div(
                [
                    html.Div(id="query-head", className="grow query-said"),
                    html.Div(id="query-tools", className="query-acts"),
                ],
                className="query-head",
            ),
            html.Details(
                [
                    html.Summary(
                        [icon("terminal-2"), html.Span("Show SPARQL"), html.Span("Hide SPARQL")], id="query-shows"
                    ),
                    html.Div(id="query-editor", className="query-editor", **attrs(editor)),
                ],
                className="query-sparql",
                id="query-sparql",
            ),
            html.Div(id="query-problem", className="query-problem", role="status", hidden=True),
            html.Div(
                [
                    html.Nav(
                        id="query-views", className="segments", **attrs({"aria-label": "How the answer is shown"})
                    ),
                    html.Div(id="query-count", className="query-count", role="status"),
                    _find(),
                    html.Span(className="grow"),
                    html.Div(id="query-acts", className="query-acts"),
                    html.Div(className="progress"),
                ],
                className="query-bar",
                id="query-bar",
            ),
            html.Div(
                id="query-result",
                className="table-flow query-result",
                tabIndex=0,
                role="region",
                **attrs({"aria-label": "The answer"}),
            ),
        ],
        className="query-main",
    )
    return html.Div(
        [
            dcc.Store(id="query-address"),
            dcc.Store(id="query-done"),
            html.H1("Query", className="sr"),
            html.Div([ways, main], className="listing"),
            html.Div(id="query-status", className="status status-always"),
        ],
        className="page",
        id="query-page",
        hidden=True,
    )


def _find() -> Component:
    """Where rows are looked for; the words stay in the address."""
    return html.Div(
        [icon("search"), html.Div(className="grow")],
        className="search-box filter-box",
        id="query-find",
        hidden=True,
        **attrs(
            {"data-filter": "Find in these rows", "data-key": "find", "data-hint": "Find rows", "data-live": "yes"}
        ),
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the frame when the address changes; the browser then asks for the answer, so that it can be cancelled."""

    @app.callback(
        Output("query-library", "children"),
        Output("query-head", "children"),
        Output("query-done", "data"),
        Input("query-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        return _filled(live.atlas, address["query"])

    app.clientside_callback(
        ClientsideFunction("servicemap", "query"),
        Output("query-page", "data-arrived"),
        Input("query-done", "data"),
    )


def _filled(atlas: Atlas, query: str) -> tuple[Any, ...]:
    """The library, the head of the question, and what the browser needs: the query, its fields, where its answer is."""
    asked, question, text, wrong = Asked(), None, "", ""
    known = library()
    try:
        asked = Asked.parse(query)
        question = named(known, asked.name) if asked.name else None
        text = question.text if question else asked.text
        if question:
            text, _ = filled(question, asked.values, atlas.projection)
    except (InputError, Missing) as problem:
        wrong = _words(problem)
    title = question.title if question else "Your own query" if asked.anything else "Query"
    said = {
        "title": f"{title[:120]} · {atlas.title}",
        "announce": title,
        "revision": atlas.projection.revision,
        "name": asked.name,
        "text": bare(text),
        "given": asked.text,
        "fields": fields(atlas, question, asked),
        "views": VIEWS,
        "view": asked.view,
        "find": asked.find,
        "sort": asked.sort,
        "page": asked.page,
        "wrong": wrong,
        "asked": link(
            Asked(asked.name, asked.values, asked.text, asked.rows, find=asked.find, sort=asked.sort), ending=".json"
        )
        if asked.anything and not wrong
        else "",
        "sources": len(atlas.sources),
        "starters": [
            {"href": link(Asked(name=each)), "title": known[each].title} for each in _STARTERS if each in known
        ],
    }
    return shelves(known, asked), head(asked, question, text), said


def _words(problem: InputError | Missing) -> str:
    if isinstance(problem, Missing):
        return f"{stopped(problem.detail)} {stopped(problem.help)}"
    first = problem.problems[0]
    return " ".join(stopped(each) for each in (first.message, first.remedy) if each)


def _checked(_atlas: Atlas, _rest: str, query: str) -> None:
    asked = Asked.parse(query)
    if asked.name:
        named(library(), asked.name)


PAGE = Page(
    name="query",
    path="/query",
    title="Query",
    icon="terminal-2",
    position=4,
    below=False,
    frame=frame,
    connect=connect,
    check=_checked,
)
