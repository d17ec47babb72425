"""How does a file of whoever looks get into the map? It is sent, judged, and loaded where that one may write."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, abort, jsonify, request

from app.doors import Caller, Doors, of_this_server
from app.live import Live
from app.missing import Missing
from app.problem import Problem
from app.reader import reads
from app.sources.checks import LARGEST, Check, Checks, safe_name
from graph.model import InputError
from graph.sources import known_endings
from graph.store.embedded import DiskStore
from graph.store.interface import source_graph

__all__ = ["blueprint"]

_FORM = 10_000


def blueprint(live: Live, doors: Doors) -> Blueprint:
    """A file is sent, its result asked for, its check stopped, and what it says loaded, each by an address."""
    made, checks = Blueprint("files", __name__), Checks()

    def told(check: Check) -> Response:
        return jsonify(check.told() | ({"why_not": _why_not(live, doors)} if check.file else {}))

    @made.post("/sources/checks")
    def begin() -> tuple[Response, int]:
        return jsonify({"key": _begun(checks)}), 202

    @made.get("/sources/checks/<key>")
    def result(key: str) -> Response:
        return told(_known(checks, key))

    @made.delete("/sources/checks/<key>")
    def stop(key: str) -> Response:
        checks.stop(key)
        return told(_known(checks, key))

    @made.post("/sources/checks/<key>/load")
    def load(key: str) -> Response:
        check, caller = _known(checks, key), _loader(live, doors)
        checks.load(check, _folder(live))
        if check.state == "loaded":
            live.renew()
            graph = source_graph(f"{check.namespace}/{safe_name(check.name)}")
            doors.wrote(caller, 200, live.atlas.projection.revision, [graph])
        return told(check)

    return made


def _begun(checks: Checks) -> str:
    """Take the file that was sent; the key of its check."""
    origin = request.headers.get("Origin", "")
    if origin and not of_this_server(request, origin):
        abort(403, "only the pages of this server may send files")
    request.max_content_length = LARGEST + _FORM
    file = request.files.get("file")
    if file is None or not safe_name(file.filename or ""):
        abort(415, f"This kind of file cannot be read here; its name must end in {', '.join(sorted(known_endings()))}")
    key = checks.begin(file.filename or "", file.read())
    if key is None:
        abort(503, "two other files are being read; wait a moment")
    return key


def _known(checks: Checks, key: str) -> Check:
    check = checks.get(key)
    if check is None:
        raise Missing("No such check", "it is over, or never was", "give the file again")
    return check


def _loader(live: Live, doors: Doors) -> Caller:
    """Who asks, where that one may load; else Problem."""
    _folder(live)
    doors.check_writable()
    caller = doors.keeper(request)
    if caller.namespaces or reads():
        raise Problem(403, "Not allowed", "you may write some namespaces alone", "load it with the command line")
    return caller


def _folder(live: Live) -> Path:
    store = live.atlas.map.store
    if isinstance(store, DiskStore):
        return store.folder
    raise Problem(
        403,
        "Not allowed",
        "this map is read from files or from an engine elsewhere",
        "put the file beside the others, or load it there",
    )


def _why_not(live: Live, doors: Doors) -> str:
    """Why whoever asks cannot load a file here; "" where that one can."""
    try:
        _loader(live, doors)
    except Problem as problem:
        return f"{problem}: {problem.help}"
    except InputError as error:
        return str(error)
    return ""
