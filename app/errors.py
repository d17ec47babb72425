"""What does the server say when something is wrong? One shape of JSON for programs, a page that helps for people."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from string import Template

from dash.exceptions import DependencyException
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from app.missing import Missing
from app.parts import stopped
from app.problem import PROGRAMS, Problem, challenged, kind_of, problem, without_letters, without_options
from app.shell import HEAD
from app.versions import look_address, versioned
from graph.model import InputError
from graph.store.engine import EngineAwayError

__all__ = ["answer_errors", "error", "plain_page"]


def answer_errors(server: Flask) -> None:
    """One shape for errors: JSON for programs, a page that helps for people."""

    @server.errorhandler(Missing)
    def missing(wrong: Missing) -> Response:
        return error(404, wrong.title, wrong.detail, wrong.help, wrong.links)

    @server.errorhandler(InputError)
    def refused(wrong: InputError) -> Response:
        problem = wrong.problems[0]
        status, title = kind_of(problem.check)
        words = without_letters(problem.message)
        return error(status, title, words, without_options(problem.remedy) or "ask otherwise", {})

    @server.errorhandler(Problem)
    def kept_out(wrong: Problem) -> Response:
        response = error(wrong.status, wrong.title, wrong.detail, wrong.help, {"/map": "Show the map"})
        return challenged(response)

    @server.errorhandler(EngineAwayError)
    def engine_away(wrong: EngineAwayError) -> Response:
        problem = wrong.problems[0]
        return error(503, "The map is out of reach", problem.message, problem.remedy, {"/map": "Show the map"})

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> Response:
        return error(
            404, "No such file", "no library here has such a file", "start at the map", {"/map": "Show the map"}
        )

    @server.errorhandler(HTTPException)
    def http(wrong: HTTPException) -> Response:
        status = wrong.code or 500
        helps = {404: "start at the map, or search for an element", 405: "ask with GET", 413: "send less"}
        words = wrong.description or wrong.name
        response = error(status, wrong.name, words, helps.get(status, "try again"), {"/map": "Show the map"})
        if isinstance(wrong, MethodNotAllowed) and wrong.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(wrong.valid_methods))
        return response

    @server.errorhandler(Exception)
    def anything(wrong: Exception) -> Response:
        server.logger.exception("an address failed", exc_info=wrong)
        return error(
            500,
            "Something failed here",
            "the server could not answer; its log says why",
            "try again",
            {"/map": "Show the map"},
        )


def error(status: int, title: str, detail: str, remedy: str, links: Mapping[str, str]) -> Response:
    """What went wrong, in the form that the other side understands."""
    wants_json = (
        request.path.endswith((".json", ".csv"))
        or request.path.startswith(("/_dash-", *PROGRAMS))
        or request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"
    )
    if wants_json:
        return problem(status, title, detail, remedy)
    response = Response(_page(title, detail, remedy, links), mimetype="text/html")
    response.status_code = status
    return response


def _page(title: str, detail: str, remedy: str, links: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<a class="button" href="{escape(href, quote=True)}"><span class="anywhere">{escape(words)}</span></a>'
        for href, words in links.items()
    )
    said = [] if _letters(detail) == _letters(title) else [detail]
    words = escape(" ".join(stopped(each) for each in (*said, remedy)))
    field = _SEARCH if "search for" in remedy else ""
    return plain_page(title, f'<p>{words}</p>{field}<div class="actions">{buttons}</div>', kind="message")


_SEARCH = (
    '<form class="search-again" action="/map" role="search"><div class="search-box"><span class="icon icon-search">'
    '</span><input type="search" name="find" required placeholder="A part of the name" aria-label="A part of the name">'
    '</div><button class="button button-filled">Search</button></form>'
)
"""What lights up on the map what is looked for; it needs no script."""


def _letters(words: str) -> str:
    return "".join(filter(str.isalnum, words)).casefold()


def plain_page(title: str, inside: str, *, kind: str = "plain") -> str:
    """A page that needs no script: a title, and the HTML that stands below it."""
    return _PLAIN_PAGE.substitute(
        title=escape(title),
        inside=inside,
        kind=kind,
        scheme=versioned("scheme.js"),
        look=look_address("look.css"),
        style=versioned("explorer.css"),
    )


_PLAIN_PAGE = Template(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
"""
    + HEAD
    + """<script src="$scheme"></script><link rel="stylesheet" href="$look"><link rel="stylesheet" href="$style"></head>
<body><header class="header"><a class="logo" href="/map" aria-label="The whole map"><i></i></a>
<div class="header-title"><b>servicemap</b></div></header>
<main class="$kind"><h1 class="anywhere">$title</h1>$inside</main>
</body></html>
"""
)
