"""How is the explorer served? One Flask server: pages, the same as JSON, search, health; strict in what it lets in."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from html import escape
from threading import Thread
from typing import Any
from urllib.parse import unquote

import dash_cytoscape
from dash import ClientsideFunction, Dash, Input, Output, State
from flask import Blueprint, Flask, Response, jsonify, request

from app import look, queries
from app.atlas import Atlas
from app.beside import LATER, SOON, Still, beside, keep
from app.callbacks import check_callbacks
from app.doors import Doors
from app.errors import answer_errors
from app.groupings import GROUPINGS, grouping
from app.headers import guard
from app.health import answer_health
from app.listen import listen
from app.live import Live
from app.map import files as map_files
from app.map import views
from app.map.finding import typed
from app.map.screen import screen
from app.missing import Missing
from app.pages import Page, pages
from app.parts import focus_address
from app.query import files
from app.shell import FIRST, before, document, shell
from app.sieve import FACETS
from app.sources import files as sent
from app.sparql.endpoint import Endpoint
from app.sparql.quick import Quick
from app.versions import ASSETS, look_address, versioned
from app.vocabulary import answer_vocabulary
from app.words import short
from graph.analysis.impact import State as ElementState
from graph.analysis.impact import impact
from graph.analysis.kernels import LARGE
from graph.answer import Answer
from graph.look import slug
from graph.maps import Map
from graph.model import InputError
from graph.reports import csv
from graph.turns import giving_way

__all__ = ["create_app", "create_server", "serve", "try_out"]

_MOST_HITS = 12
_LONGEST_SEARCH = 200


class _Explorer(Dash):
    """Dash, with the title that whoever asks may know, and with a first page that needs no script."""

    live: Live
    found: tuple[Page, ...]

    def interpolate_index(self, **parts: Any) -> Any:  # type: ignore[override] # noqa: ANN401 as Dash calls it
        """As Dash does it; the first page is there before any script has run."""
        document = super().interpolate_index(**{**parts, "title": escape(self.live.atlas.title)})  # type: ignore[no-untyped-call]
        if _page_at(request.path, self.found[:1]) is None:
            return document
        narrow = "Mobi" in request.headers.get("User-Agent", "")
        return document.replace(FIRST, before(self.live, self.found, _query(), narrow=narrow), 1)


def create_server(opened: Map | Live) -> Flask:
    """The WSGI application of a map; see ``create_app``."""
    server: Flask = create_app(opened).server
    return server


def create_app(opened: Map | Live, endpoint: Endpoint | None = None, also: Sequence[Blueprint] = ()) -> Dash:
    """Make the explorer of a map. Nothing is read or sent outside; every address that is not a page answers 404.

    ``also`` brings more addresses, behind the same doors.
    """
    live = opened if isinstance(opened, Live) else Live(opened)
    endpoint = endpoint or Endpoint(lambda: live.atlas.map.store)
    found = pages()
    dash_cytoscape._js_dist.clear()  # noqa: SLF001  (the recipe of its users: our own bundle takes its place)
    server = Flask("servicemap", static_folder=None)
    app = _Explorer(
        "servicemap",
        server=server,  # type: ignore[arg-type]  # Dash takes a server, its annotation forgets it
        assets_folder=str(ASSETS),
        assets_ignore=".*",
        external_scripts=[
            versioned("cytoscape.bundle.js"),
            look_address("look.js"),
            versioned("painted.js"),
            versioned("cards.js"),
            versioned("paper.js"),
            versioned("explorer.js"),
            versioned("exploring.js"),
            versioned("pictures.js"),
            versioned("change.js"),
            versioned("sources.js"),
            versioned("query.js"),
        ],
        external_stylesheets=[look_address("look.css"), versioned("explorer.css"), versioned("query.css")],
        title=escape(live.atlas.title),
        update_title="",
        index_string=document(),
        serve_locally=True,
        add_log_handler=False,
    )
    app.live, app.found, app.layout = live, found, lambda: shell(live, found)
    app.validation_layout = None  # a copy of the frames in every page, with the title that the server sees
    for page in found:
        page.connect(app, live)
    _connect_addresses(app, found)
    server.config["MAX_CONTENT_LENGTH"] = 1_000_000
    server.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider of Flask has it
    _answer_addresses(server, live, found)
    answer_health(server, endpoint.reach)
    answer_vocabulary(server)
    queries.connect(server, live, endpoint)
    files.connect(server, live, endpoint)
    map_files.connect(server, live)
    endpoint.doors.watch(server)
    doors = endpoint.doors
    for blueprint in (endpoint.blueprint(), views.blueprint(live, doors), sent.blueprint(live, doors), *also):
        server.register_blueprint(blueprint)
    _let_pages_in(server, live, found)
    check_callbacks(app)
    answer_errors(server)
    guard(server, scripts := app.csp_hashes())
    server.wsgi_app = Quick(server.wsgi_app, endpoint, scripts)  # type: ignore[assignment,method-assign]  # as Flask says to do it
    return app


def serve(
    opened: Map | Live,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    doors: Doors | None = None,
    also: Callable[[Endpoint], AbstractContextManager[Sequence[Blueprint]]] = lambda _: nullcontext(()),
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the explorer, and the map for programs, until the process is stopped; as ``listen``.

    ``also`` brings more addresses for as long.
    """
    live = opened if isinstance(opened, Live) else Live(opened)
    endpoint = Endpoint(
        lambda: live.atlas.map.store, doors, wrote=lambda: Thread(target=live.renew, name="renew").start()
    )

    still = Still()

    def begun(address: str) -> None:
        ready(address)
        # No daemon: ended in the middle of compiled code, it would take the whole process down with it.
        Thread(target=_get_ready, args=(live.atlas, endpoint, still), name="first picture").start()

    gc.collect()
    gc.freeze()
    try:
        with also(endpoint) as more:
            server = create_app(live, endpoint, more).server
            still.watch(server)
            listen(server, endpoint.doors, host=host, port=port, ready=begun)
    finally:
        still.over()
        endpoint.close()


def _get_ready(atlas: Atlas, endpoint: Endpoint, still: Still) -> None:
    """Work out what is asked for first: the map, then what a large one is gathered by, then the other pages.

    Whoever answers questions about a large map in memory needs a copy of it, so that is begun here. On a large map each
    step waits for a moment in which nobody asks, those for other pages longest.
    """
    steps: list[Callable[[], object]] = [partial(atlas.facet, facet) for facet in FACETS]
    steps += [partial(grouping, atlas, by) for by in GROUPINGS]
    large = len(atlas) >= LARGE
    with beside(), giving_way(still.pause):
        screen(atlas, "")
        if large:
            endpoint.get_ready()
        for step, most in (*((each, SOON) for each in (*steps, *atlas.soon)), *((each, LATER) for each in atlas.later)):
            keep()
            if large and not still.wait(most):
                return
            step()
        keep()


def try_out(opened: Map) -> str:
    """Ask the explorer of a map for its pages, as a browser would; says what was seen. For ``demo --check``."""
    client = create_server(opened).test_client()
    most_used = max(range(len(opened.projection)), key=lambda v: len(_users(opened, v)))
    element = opened.projection.ids[most_used]
    for address in ("/map", "/map.json", f"/element/{element}", f"/element/{element}.json", "/healthz"):
        answer = client.get(address)
        if answer.status_code != 200:
            raise InputError.of(f"{address} answered {answer.status_code}")
    drawn = client.get("/map.json").get_json()
    result = impact(opened.projection, {most_used: ElementState.DOWN})
    said = f"if {opened.projection.labels[most_used]} fails, {len(result.affected)} elements are hit"
    return f"the pages answer; {len(drawn['elements'])} elements drawn; {said}"


def _users(opened: Map, vertex: int) -> set[int]:
    dependent, provider, _ = opened.projection.direct
    return set(dependent[provider == vertex].tolist())


def _connect_addresses(app: Dash, found: tuple[Page, ...]) -> None:
    """The address decides in the browser which page is asked; only that page asks the server."""
    app.clientside_callback(
        ClientsideFunction("servicemap", "route"),
        *(Output(f"{page.name}-address", "data") for page in found),
        *(Output(f"{page.name}-page", "hidden") for page in found),
        Input("address", "href"),
        State("pages", "data"),
    )


# ── addresses ──────────────────────────────────────────────────────────────────────────────────


def _answer_addresses(server: Flask, live: Live, found: tuple[Page, ...]) -> None:
    for page in found:
        if page.answer:
            server.add_url_rule(f"{page.path}.json", f"{page.name} as JSON", _as_json(live, page.answer))
        if page.answer and page.below:
            below = _as_json(live, page.answer)
            server.add_url_rule(f"{page.path}/<path:rest>.json", f"{page.name} below as JSON", below)
        if page.table:
            at = f"{page.path}/<path:rest>.csv" if page.below else f"{page.path}.csv"
            server.add_url_rule(at, f"{page.name} as CSV", _as_csv(live, page.name, page.table))
    server.add_url_rule("/search.json", "search", lambda: jsonify(_search(live.atlas, request.args.get("q", ""))))
    server.add_url_rule("/find.json", "find", lambda: jsonify(_typed(live.atlas)))
    server.add_url_rule("/revision.json", "revision", lambda: jsonify(_revision(live)))
    styles, canvas = look.css(), f"window.servicemapLook={json.dumps(look.canvas(), separators=(',', ':'))};"
    server.add_url_rule("/look.css", "look", lambda: Response(styles, mimetype="text/css"))
    server.add_url_rule("/look.js", "canvas", lambda: Response(canvas, mimetype="application/javascript"))
    server.add_url_rule(
        "/favicon.ico", "favicon", lambda: Response((ASSETS / "logo.svg").read_bytes(), mimetype="image/svg+xml")
    )


def _as_json(live: Live, answered: Callable[[Atlas, str, str], dict[str, Any]]) -> Callable[..., Response]:
    def answer(rest: str = "") -> Response:
        return jsonify(answered(live.atlas, rest, _query()))

    return answer


def _as_csv(live: Live, name: str, table: Callable[[Atlas, str, str], Answer]) -> Callable[..., Response]:
    def answer(rest: str = "") -> Response:
        saved = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(csv.write(table(live.atlas, rest, _query())), mimetype="text/csv", headers=saved)

    return answer


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def _revision(live: Live) -> dict[str, Any]:
    """Which state is shown, and why a newer one is not."""
    return {"revision": live.atlas.projection.revision, "trouble": [str(problem) for problem in live.trouble[:3]]}


def _typed(atlas: Atlas) -> dict[str, Any]:
    text = request.args.get("q", "")
    return typed(atlas, text, request.args.get("at", len(text), type=int))


def _search(atlas: Atlas, text: str) -> dict[str, Any]:
    p = atlas.projection
    hits = atlas.index.search(text[:_LONGEST_SEARCH], limit=_MOST_HITS)
    return {
        "query": text[:_LONGEST_SEARCH],
        "hits": [
            {
                "id": p.ids[hit.element],
                "label": p.labels[hit.element],
                "kind": atlas.kind(hit.element),
                "why": short(hit.why, 80),
                "look": slug(atlas.look[hit.element]),
                "users": atlas.users(hit.element),
                "href": focus_address(atlas, hit.element),
            }
            for hit in hits
        ],
    }


def _let_pages_in(server: Flask, live: Live, found: tuple[Page, ...]) -> None:
    """Have only addresses of pages come through to Dash."""

    @server.before_request
    def only_pages() -> None:
        """Dash would answer every unknown address with its index page; only addresses of pages come through."""
        if request.url_rule is not None and request.url_rule.rule in ("/", "/<path:path>"):
            at = _page_at(unquote(request.path), found)
            if at is None:
                raise Missing(
                    "No such page",
                    f"nothing is at {request.path[:200]}",
                    "start at the map, or search for an element",
                    {"/map": "Show the map"},
                )
            page, rest = at
            page.check(live.atlas, rest, _query())


def _page_at(path: str, found: tuple[Page, ...]) -> tuple[Page, str] | None:
    """The page at a path, and what follows its own path."""
    for page in found:
        if path == page.path or (path == "/" and page.position == 1):
            return (page, "") if not page.below else None
        if page.below and path.startswith(f"{page.path}/"):
            return page, path.removeprefix(f"{page.path}/")
    return None
