"""What happens to whom if this fails or is changed? The page that judges a change, and its files."""

from __future__ import annotations

import json as plain_json
from collections.abc import Callable
from typing import Any

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask import Flask, Response, jsonify, request

from app.atlas import Atlas
from app.impact.judged import Judged, checked, judged
from app.impact.picking import bar, named_so, picker, recorded_times, spoken, when
from app.impact.planned import LARGEST_PLAN, planned
from app.impact.question import LONGEST_PATCH, Question
from app.impact.screen import article, so_far, wrong
from app.live import Live
from app.missing import Missing
from app.pages import Page
from app.painted import paint, painted
from app.parts import attrs, icon, sentence
from app.problem import Problem
from graph.answer import Answer
from graph.model import InputError
from graph.reports import csv, markdown, sarif, trig, turtle, whole
from graph.reports import html as web
from graph.reports import json as as_json
from graph.reports.json import data
from graph.whereabouts import whereabouts

__all__ = ["PAGE"]

_PATCH = "change:\n  database-1:\n    depends_on:\n      remove: [disk-1]"


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    fields = [
        _field("Start: date and time", "from", "Start, as Sat 10:00", **{"data-time": "true"}),
        _field("Length, as 2 h", "lasts", "Length, as 2 h"),
        _field("End: date and time", "until", "or end", **{"data-time": "true"}),
    ]
    patch = html.Details(
        [
            html.Summary("Write a what-if yourself"),
            html.P(
                "Write what to add, change or remove, in the format of map files. The map is judged as it would be "
                "then; no file changes, and the text stays in the address.",
                className="words",
            ),
            html.Div(
                html.Div(className="grow"),
                className="patch",
                **attrs(
                    {
                        "data-filter": "What-if, in the format of map files",
                        "data-key": "what-if",
                        "data-most": str(LONGEST_PATCH),
                        "data-hint": _PATCH,
                    }
                ),
            ),
        ],
        className="facet fold",
    )
    search = html.Div(
        [
            icon("search"),
            html.Div(className="grow"),
            html.Div(id="impact-hits", className="search-list hits-list", tabIndex=-1),
        ],
        className="search-box filter-box picks-box",
        **attrs({"data-filter": "Pick what fails or is changed", "data-picks": "#impact-found"}),
    )
    ways = html.Details(
        [
            html.Summary([icon("filter"), "Kind, what-if, records"], className="chip only-narrow"),
            html.Nav(
                [html.Div(id="impact-picker"), _own_query(), _plan(), patch],
                className="facets",
                **attrs({"aria-label": "The change"}),
            ),
            html.Div(id="impact-so-far", className="so-far"),
        ],
        className="facet-menu",
        open=True,
    )
    slip = html.Div(id="impact-slip", className="when-said when-wrong", role="alert")
    times = html.Div(id="impact-when", className="when-said", **attrs({"aria-live": "polite"}))
    answer = html.Div(
        id="impact-article", className="article", tabIndex=0, role="region", **attrs({"aria-label": "The answer"})
    )
    before = html.Span("; what stands here is the one from before", className="from-before")
    body = html.Div(
        [html.P(["The answer is being worked out", before, "."], className="wait"), answer], className="judged-answer"
    )
    return html.Div(
        [
            dcc.Store(id="impact-address"),
            dcc.Store(id="impact-asked"),
            dcc.Store(id="impact-done"),
            html.H1("Change impact", className="sr"),
            html.Div(
                [
                    search,
                    html.Div(id="impact-bar", className="toolbar-start"),
                    html.Details(
                        [
                            html.Summary(
                                [icon("clock"), html.Span("When does it happen?")], className="chip only-narrow"
                            ),
                            html.Div([*fields, slip], className="times-fields"),
                        ],
                        className="times-fold",
                        open=True,
                    ),
                    times,
                    html.Div(className="progress"),
                ],
                className="toolbar toolbar-wraps",
            ),
            html.Div([ways, body], className="listing"),
        ],
        className="page",
        id="impact-page",
        hidden=True,
    )


def _own_query() -> Component:
    """The field for a query whose elements are changed."""
    field = {
        "data-filter": "Query that gives what is changed",
        "data-key": "query",
        "data-most": str(LONGEST_PATCH),
        "data-hint": "SELECT ?x { ?x a sm:Database }",
    }
    words = "All elements that the rows name are changed."
    box = html.Div(html.Div(className="grow"), className="own-box", **attrs(field))
    return html.Details(
        [html.Summary("All that a query of your own finds"), html.P(words, className="words"), box],
        className="facet fold",
    )


def _plan() -> Component:
    """Where a plan is picked; the browser adds the field."""
    words = "The file that terraform show -json writes. It is read and forgotten; the address keeps what it does."
    box = html.Div(id="impact-plan", className="own-box plan-box")
    return html.Details(
        [html.Summary("What a Terraform plan does"), html.P(words, className="words"), box], className="facet fold"
    )


def _field(words: str, key: str, hint: str, **more: str) -> Component:
    return html.Div(
        html.Div(className="grow"),
        className="search-box filter-box time-box",
        **attrs({"data-filter": words, "data-key": key, "data-hint": hint, **more}),
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the frame when the address changes, and give the answer as files."""

    @app.callback(
        Output("impact-bar", "children"),
        Output("impact-when", "children"),
        Output("impact-hits", "children"),
        Output("impact-picker", "children"),
        Output("impact-asked", "data"),
        Input("impact-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def pick(address: dict[str, Any]) -> tuple[Any, ...]:
        return *_picked(live.atlas, address["query"]), address

    @app.callback(
        Output("impact-article", "children"),
        Output("impact-so-far", "children"),
        Output("impact-done", "data"),
        Input("impact-asked", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        return _answered(live.atlas, address["query"], form=paint)

    app.clientside_callback(
        ClientsideFunction("servicemap", "taken"),
        Output("impact-page", "data-taken"),
        Input("impact-asked", "data"),
    )
    app.clientside_callback(
        ClientsideFunction("servicemap", "arrived"),
        Output("impact-page", "data-arrived"),
        Input("impact-done", "data"),
    )
    _give_files(app.server, live)
    app.server.add_url_rule("/impact/when.json", "impact when", lambda: jsonify(_times(_query())))
    _take_plans(app.server, live)


def _picked(atlas: Atlas, query: str) -> tuple[Any, ...]:
    """What an address picks, and what else can be picked: it is there before the answer is worked out."""
    question = _question(query)[0]
    times = when(question) or recorded_times(atlas, question)
    return bar(atlas, question), times, named_so(atlas, question), picker(atlas, question)


def _answered(atlas: Atlas, query: str, *, form: Callable[[Any], Any] = lambda part: part) -> tuple[Any, ...]:
    """The answer to what an address asks, in a form; what is wrong with it stands in its place."""
    told: Component | list[Component] = []
    question, problem = _question(query)
    try:
        if problem:
            raise problem
        asked = question.at_any_time if question.slip[0] else question  # what is wrong is said beside the times
        found = judged(atlas, asked)
        if found is None:
            inside, told, title = article(atlas, None), [], "Change impact"
        else:
            inside, told = _written(atlas, found, form)
            title = found.report.title
    except (Missing, InputError) as slip:
        inside, title = wrong(slip), "This cannot be judged"
    return inside, told, {"title": f"{title[:120]} · {atlas.title}", "announce": title}


def _written(atlas: Atlas, found: Judged, form: Callable[[Any], Any]) -> tuple[Any, Any]:
    """The answer and the short of it as they are looked at; made once of each answer."""
    if form not in found.screens:
        found.screens[form] = form(article(atlas, found)), form(so_far(found))
    inside, told = found.screens[form]
    return inside, told


def _question(query: str) -> tuple[Question, Missing | InputError | None]:
    """What an address asks, as far as it can be read, and what is wrong with it."""
    question = Question()
    try:
        question = Question.read(query)
        question.check(window=False)
    except (Missing, InputError) as problem:
        return question, problem
    return question, None


def _give_files(server: Flask, live: Live) -> None:
    """The report, the proofs and the picture by their own addresses."""

    def give(write: Callable[[Judged], str], kind: str) -> Callable[[], Response]:
        return lambda: Response(write(_asked(live.atlas, _query())), mimetype=kind)

    def proofs(found: Judged) -> str:
        return plain_json.dumps(found.proofs, indent=1) + "\n"

    for ending, write, kind in (
        (".whole.json", lambda found: whole.write(found.report), "application/json"),
        (".md", lambda found: markdown.write(found.report), "text/markdown"),
        (".html", lambda found: web.write(found.report), "text/html"),
        (".ttl", lambda found: turtle.write(found.graph), "text/turtle"),
        (".trig", lambda found: trig.write(found.graph), "application/trig"),
        (".proofs.json", proofs, "application/json"),
        (".sarif", lambda found: sarif.write(found.report, whereabouts(found.atlas.map)), "application/sarif+json"),
        (".rolled-up.csv", lambda found: csv.write(found.rolled_up), "text/csv"),
        (".rolled-up.json", lambda found: as_json.write(found.rolled_up), "application/json"),
        (".light.svg", lambda found: found.picture("light"), "image/svg+xml"),
        (".dark.svg", lambda found: found.picture("dark"), "image/svg+xml"),
    ):
        server.add_url_rule(f"/impact{ending}", f"impact{ending}", give(write, kind))


def _take_plans(server: Flask, live: Live) -> None:
    """The address that a plan is sent to; nothing is kept, so who may read may ask."""

    @server.post("/impact/plan.json")
    def plan() -> Response:
        if request.content_length is None or request.content_length > LARGEST_PLAN:
            remedy = "a larger one is judged at the command line, from its file"
            raise Problem(413, "Too large", f"a plan here has at most {LARGEST_PLAN // 1_000_000} MB", remedy)
        return jsonify(planned(live.atlas, request.get_data()))


def _times(query: str) -> dict[str, str]:
    """What times mean that somebody wrote, what is still to be said, or which field holds what cannot be and why."""
    question = Question.read(query)
    field, problem = question.slip
    if question.wanted:
        return {"wanted": question.wanted}
    return {"field": field, "wrong": sentence(problem)} if field else {"said": spoken(question)}


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def _asked(atlas: Atlas, query: str) -> Judged:
    found = judged(atlas, Question.parse(query))
    if found is None:
        raise InputError.of("nothing is changed", remedy="name an element: ?element=ID, or a record: ?change=ID")
    return found


def rows(atlas: Atlas, _rest: str, query: str) -> Answer:
    """Who is hit by what an address asks."""
    return _asked(atlas, query).table


PAGE = Page(
    name="impact",
    path="/impact",
    title="Impact",
    icon="bolt",
    position=3,
    below=False,
    frame=frame,
    connect=connect,
    check=checked,
    answer=lambda atlas, _rest, query: data(_asked(atlas, query).for_programs),
    table=rows,
)
