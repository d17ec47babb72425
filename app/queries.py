"""Where do the ready questions answer? ``/queries/`` lists them, each has an address as JSON and as CSV."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import partial
from html import escape
from pathlib import Path

from flask import Flask, Response, request

from app.errors import plain_page
from app.live import Live
from app.missing import Missing
from app.sparql.endpoint import Endpoint
from graph.answer import Answer
from graph.asking import answer, listed, wanted
from graph.library import OWN, Question, questions
from graph.model import InputError
from graph.reports import csv, json
from graph.similar import proposal

__all__ = ["connect"]

_ONCE = "say it once"


def connect(server: Flask, live: Live, endpoint: Endpoint) -> None:
    """Let the questions be asked: those that are shipped, and those of the folder that the environment names.

    The workers of the endpoint answer, so that whoever asks here and at /sparql takes turns as one.
    """
    own = Path(os.environ[OWN]) if os.environ.get(OWN) else None
    questions(own)  # what is wrong with them is said now, not to whoever asks first

    def index() -> Response:
        return Response(plain_page("Ready questions", _index(questions(own))), mimetype="text/html")

    def index_as_json() -> Response:
        return _json(listed(questions(own), persona=_values().pop("persona", "")))

    def told(name: str) -> Answer:
        caller = endpoint.doors.reader(request)
        gone = request.environ.get("waitress.client_disconnected")
        ask = partial(endpoint.ask, caller=caller, gone=gone)
        atlas = live.atlas
        return answer(_known(questions(own), name), _values(), atlas.projection, ask, fast=atlas.map.fast)

    def as_json(name: str) -> Response:
        return _json(told(name))

    def as_csv(name: str) -> Response:
        found = told(name)
        response = Response(csv.write(found), mimetype="text/csv")
        response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        if found.facts["truncated"]:
            response.headers["Servicemap-Truncated"] = str(found.facts["truncated"])
        return response

    server.add_url_rule("/queries/", "ready questions", index)
    server.add_url_rule("/queries.json", "ready questions as JSON", index_as_json)
    server.add_url_rule("/queries/<name>.json", "a ready question as JSON", as_json)
    server.add_url_rule("/queries/<name>.csv", "a ready question as CSV", as_csv)


def _json(told: Answer) -> Response:
    return Response(json.write(told), mimetype="application/json")


def _known(known: Mapping[str, Question], name: str) -> Question:
    if name not in known:
        raise Missing(
            "No such question",
            f"no question is called '{name[:60]}'",
            proposal(name, known, most=5),
            {"/queries/": "Show the questions"},
        )
    return known[name]


def _values() -> dict[str, str]:
    """What the address asks about; InputError for what is said twice."""
    for name, said in request.args.lists():
        if len(said) > 1:
            raise InputError.of(f"'{name[:60]}' is said {len(said)} times", remedy=_ONCE)
    return request.args.to_dict()


def _index(known: Mapping[str, Question]) -> str:
    parts, persona = list[str](), None
    for asked in sorted(known.values(), key=lambda asked: (asked.persona, asked.name)):
        if asked.persona != persona:
            parts.append(f"{'</ul>' if parts else ''}<h2>{escape(asked.persona or 'anybody')}</h2><ul>")
            persona = asked.persona
        takes = "".join(f" · <code>{each.option}</code>: {escape(wanted(each))}" for each in asked.parameters)
        links = " ".join(f'<a href="/queries/{asked.name}.{form}">{form.upper()}</a>' for form in ("json", "csv"))
        parts.append(f"<li>{escape(asked.title)} {links}{takes}</li>")
    return "".join((*parts, "</ul>"))
