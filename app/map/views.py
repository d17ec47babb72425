"""How are views saved, shared and taken along? Addresses that list, keep, forget and export views with a name."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Any

import yaml
from dash import html
from dash.development.base_component import Component
from flask import Blueprint, Response, jsonify, request

from app.doors import Doors
from app.live import Live
from app.parts import attrs, icon
from app.problem import Problem
from app.reader import reads
from app.view import View, link
from graph.model import InputError
from graph.store.embedded import DiskStore
from graph.store.views import SavedView, forget_view, own_place, save_view, views_of

__all__ = ["blueprint", "menu"]


def blueprint(live: Live, doors: Doors) -> Blueprint:
    """The addresses, behind the doors of the server."""
    made = Blueprint("views", __name__)
    one_at_a_time = Lock()

    @made.get("/views.json")
    def listed() -> Response:
        why = _why_not(live, doors)
        return jsonify({"views": [_told(view) for view in _known(live, doors)], "why_not": why})

    @made.get("/views.yaml")
    def exported() -> Response:
        said = [{key: value for key, value in _told(view).items() if value} for view in _known(live, doors)]
        text = yaml.safe_dump({"views": said}, allow_unicode=True, sort_keys=False)
        saved = {"Content-Disposition": 'attachment; filename="views.yaml"'}
        return Response(text, mimetype="application/yaml", headers=saved)

    @made.post("/views.json")
    def save() -> Response:
        folder = _folder(live, doors)
        caller = doors.keeper(request)
        name, query, again = _said()
        with one_at_a_time:
            kept = save_view(folder, name, View.parse(query).query, by=caller.name, again=again)
        doors.wrote(caller, 200, live.atlas.projection.revision, ())
        return jsonify({"saved": _told(kept)})

    @made.delete("/views.json")
    def forget() -> Response:
        folder = _folder(live, doors)
        caller = doors.keeper(request)
        with one_at_a_time:
            forget_view(folder, request.args.get("name", ""))
        doors.wrote(caller, 200, live.atlas.projection.revision, ())
        return jsonify({"forgotten": request.args.get("name", "")})

    return made


def _said() -> tuple[str, str, bool]:
    """Name and query of the view that was sent, and whether it replaces one of that name."""
    said = request.get_json(silent=True)
    if not isinstance(said, dict) or not all(isinstance(said.get(key), str) for key in ("name", "query")):
        raise Problem(400, "Not a view", "a view is a name and a query", 'send {"name": …, "query": …} as JSON')
    return said["name"], said["query"], said.get("again") is True


def _told(view: SavedView) -> dict[str, Any]:
    return {"name": view.name, "address": link(View.parse(view.query)), "by": view.by, "saved_at": view.saved_at}


def _kept_in(live: Live, doors: Doors) -> Path | None:
    """The folder of the store, or one's own for a map of files that only this machine asks; None where there is none.

    Readers who may not know every name have none.
    """
    store = live.atlas.map.store
    if reads():
        return None
    if isinstance(store, DiskStore):
        return store.folder
    alone = doors.own and doors.open and not doors.proxies
    paths = [source.path for source in live.atlas.sources]
    return own_place(paths) if alone and paths else None


def _known(live: Live, doors: Doors) -> tuple[SavedView, ...]:
    folder = _kept_in(live, doors)
    return views_of(folder) if folder is not None else ()


def _folder(live: Live, doors: Doors) -> Path:
    folder = _kept_in(live, doors)
    if folder is None:
        raise Problem(403, "Not allowed", *_no_place())
    return folder


def _no_place() -> tuple[str, str]:
    if reads():
        return "views may name what you may not read", "copy the address of this view instead"
    return (
        "this map is read from files, and views are kept in a store",
        "copy the address of this view instead, or ask whoever serves the map to keep it in a store",
    )


def _why_not(live: Live, doors: Doors) -> str:
    """Why whoever asks cannot save a view here; "" where that one can."""
    if _kept_in(live, doors) is None:
        return ": ".join(_no_place())
    try:
        doors.keeper(request)
    except Problem as problem:
        return f"{problem}: {problem.help}"
    except InputError as error:
        return str(error)
    return ""


def menu() -> Component:
    """The list with the field for a name; the browser fills it when it is opened."""
    inside = [
        html.Div(id="views-list", className="views-list"),
        html.Div(id="views-slot", className="views-slot"),
        html.Div(id="views-said", className="find-said views-said", role="status"),
        html.Div(
            [
                html.A([icon("download"), html.Span("YAML")], href="/views.yaml", className="button", download=""),
                html.A([icon("download"), html.Span("JSON")], href="/views.json", className="button", download=""),
            ],
            className="actions",
        ),
    ]
    summary = html.Summary(
        [icon("bookmark"), html.Span("Views", className="wide"), icon("chevron-down", extra="wide")],
        className="chip",
        title="Views that were saved",
        **attrs({"aria-label": "Saved views"}),
    )
    return html.Details([summary, html.Div(inside, className="menu-list find-box")], className="menu", id="views-menu")
