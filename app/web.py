"""How is the explorer served? One Flask server: pages, the same as JSON, search, health; strict in what it lets in."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Mapping
from html import escape
from pathlib import Path
from string import Template
from threading import Lock, Thread
from typing import Any
from urllib.parse import unquote

import dash_cytoscape
import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from dash.exceptions import DependencyException
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from app import look
from app.atlas import Atlas
from app.live import Live
from app.missing import Missing
from app.pages import Page, pages
from app.parts import (
    attrs,
    button,
    focus_address,
    icon,
    sentence,
)
from graph.analysis.impact import State as ElementState
from graph.analysis.impact import impact
from graph.analysis.search import search
from graph.answer import Answer
from graph.look import CODE_FONT, FONT, TOKENS, slug
from graph.maps import Map
from graph.model import InputError
from graph.reports import csv

__all__ = ["create_app", "create_server", "serve", "try_out"]

ASSETS = Path(__file__).parent / "assets"
_YEAR = 31_536_000
_COMPRESSED = ("text/", "application/json", "application/javascript", "image/svg+xml")
_SMALLEST, _KEPT = 900, 64
_MOST_HITS = 12
_LONGEST_SEARCH = 200


def create_server(opened: Map | Live) -> Flask:
    """The WSGI application of a map; see ``create_app``."""
    server: Flask = create_app(opened).server
    return server


def create_app(opened: Map | Live) -> Dash:
    """Make the explorer of a map. Nothing is read or sent outside; every address that is not a page answers 404."""
    live = opened if isinstance(opened, Live) else Live(opened)
    found = pages()
    dash_cytoscape._js_dist.clear()  # noqa: SLF001  (the recipe of its users: our own bundle takes its place)
    server = Flask("servicemap", static_folder=None)
    app = Dash(
        "servicemap",
        server=server,  # type: ignore[arg-type]  # Dash takes a server, its annotation forgets it
        assets_folder=str(ASSETS),
        assets_ignore=".*",
        external_scripts=[_versioned("cytoscape.bundle.js"), _look_address("look.js"), _versioned("explorer.js")],
        external_stylesheets=[_look_address("look.css"), _versioned("explorer.css")],
        title=escape(live.atlas.title),
        update_title="",
        index_string=_index(),
        health_endpoint="healthz",
        serve_locally=True,
        add_log_handler=False,
    )
    app.layout = _shell(live, found)
    for page in found:
        page.connect(app, live)
    _connect_addresses(app, found)
    server.config["MAX_CONTENT_LENGTH"] = 1_000_000
    server.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider of Flask has it
    _answer_addresses(server, live, found)
    _answer_errors(server, live)
    _guard(server, app)
    return app


def serve(
    opened: Map | Live,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    threads: int = 8,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve the explorer until the process is stopped.

    Args:
        opened: the map; a live one where it may change.
        host: an address of this machine alone; nobody is asked who they are, so no other is allowed.
        port: 0 takes any free one.
        threads: how many requests are answered at a time.
        ready: called with the address as soon as it answers.

    Raises:
        InputError: the address is not this machine's own, or the port is taken.
    """
    from waitress.server import create_server as listen

    if host not in ("127.0.0.1", "localhost", "::1"):
        raise InputError.of(
            f"'{host}' could be reached by others, and the explorer does not ask who they are",
            remedy="leave --host out, or put a proxy that asks in front",
        )
    live = opened if isinstance(opened, Live) else Live(opened)
    try:
        server = listen(
            create_server(live),
            host=host,
            port=port,
            threads=threads,
            ident="servicemap",
            clear_untrusted_proxy_headers=True,
        )
    except OSError as error:
        raise InputError.of(
            f"port {port} cannot be had ({error.strerror or error})", remedy="name another with --port, or 0 for any"
        ) from error
    ready(f"http://{'[::1]' if host == '::1' else host}:{server.effective_port}/")
    # No daemon: ended in the middle of compiled code, it would take the whole process down with it.
    Thread(target=live.atlas.warm, name="first picture").start()
    server.run()


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


# ── the shell ──────────────────────────────────────────────────────────────────────────────────


def _theme() -> dict[str, Any]:
    accent = TOKENS["accent"][0]
    shades = ["#ECEFFC", "#D5DBF8", "#B3BDFF", "#94A2FF", "#7685EE", "#5A6BDB", accent, "#3445B4", "#2C3A98", "#262D52"]
    return {
        "primaryColor": "accent",
        "colors": {"accent": shades},
        "primaryShade": {"light": 6, "dark": 3},
        "defaultRadius": 8,
        "fontFamily": FONT,
        "fontFamilyMonospace": CODE_FONT,
        "fontSizes": {"xs": "11px", "sm": "12px", "md": "13px", "lg": "16px", "xl": "20px"},
    }


def _shell(live: Live, found: tuple[Page, ...]) -> Component:
    """Header, rail, the frames of all pages, and on phones the tabs."""
    addresses = [{"name": page.name, "title": page.title, "path": page.path, "below": page.below} for page in found]
    rail = [
        html.A([icon(page.icon, extra="icon-20"), html.Span(page.title)], href=page.path, id=f"rail-{page.name}")
        for page in found
        if page.position
    ]
    main = [
        html.Div(
            [
                "The server does not answer; what you see may be out of date. ",
                button("Try again", name="refresh", **attrs({"data-act": "reload"})),
            ],
            id="trouble",
            className="offline",
            hidden=True,
            role="alert",
        ),
        html.Div(id="stale", className="offline", hidden=True, role="status"),
        *(page.frame() for page in found),
    ]
    shell: Component = dmc.MantineProvider(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="pages", data=addresses),
            *([html.Div(id="watching", hidden=True)] if live.watching else []),
            html.A("Skip to the content", href="#main", className="skip"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(live.atlas), withBorder=False),
                    dmc.AppShellNavbar(
                        html.Div(rail, className="rail"), withBorder=False, **attrs({"aria-label": "Pages"})
                    ),
                    dmc.AppShellMain(main, id="main", className="main", tabIndex=-1),
                ],
                header={"height": {"base": 52, "sm": 48}},
                navbar={"width": 72, "breakpoint": 721, "collapsed": {"mobile": True}},
                padding=0,
                className="shell",
            ),
            _tabs(found),
            html.Div(id="announce", className="sr", role="status", **attrs({"aria-live": "polite"})),
        ],
        id="mantine",
        theme=_theme(),
        defaultColorScheme="auto",
    )
    return shell


def _header(atlas: Atlas) -> Component:
    return html.Div(
        [
            html.A(
                html.I(), href="/map", className="logo", title="The whole map", **attrs({"aria-label": "The whole map"})
            ),
            html.Div([html.B("Map", id="page-title"), html.Span(atlas.title)], className="header-title"),
            html.Div(
                [
                    html.Div(
                        [
                            icon("search"),
                            html.Div(id="search-slot", className="grow"),
                            html.Kbd("/", className="not-phone", title="Press / to search"),
                        ],
                        className="search-box",
                    ),
                    html.Ul(
                        id="search-list",
                        className="search-list",
                        hidden=True,
                        role="listbox",
                        **attrs({"aria-label": "Found"}),
                    ),
                ],
                className="search",
                role="search",
            ),
            html.Div(
                [
                    button(
                        "Search", name="search", icon_only=True, extra="only-phone", **attrs({"data-act": "search"})
                    ),
                    button(
                        "Copy the address of this view",
                        name="link",
                        icon_only=True,
                        **attrs({"data-copy": "address", "data-said": "Link copied"}),
                    ),
                    html.Button(
                        [icon("moon"), icon("sun"), html.Span("Light or dark", className="sr")],
                        type="button",
                        className="button button-icon scheme-button",
                        title="Light or dark",
                        **attrs({"data-act": "scheme"}),
                    ),
                    button(
                        "Close the search",
                        name="x",
                        icon_only=True,
                        extra="search-close only-searching",
                        **attrs({"data-act": "search-close"}),
                    ),
                ],
                className="header-tools",
            ),
        ],
        className="header",
    )


def _tabs(found: tuple[Page, ...]) -> Component:
    """What phones have at the bottom: pages, the table, the search."""
    entries = [
        html.A([icon(page.icon), html.Span(page.title)], href=page.path, id=f"tab-{page.name}")
        for page in found
        if page.position
    ]
    more = [
        html.A([icon("table"), html.Span("Table")], href="/map?as=table", id="tab-table"),
        html.Button([icon("search"), html.Span("Search")], type="button", **attrs({"data-act": "search"})),
    ]
    return html.Nav([*entries, *more], className="tabs", **attrs({"aria-label": "Pages"}))


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
        server.add_url_rule(f"{page.path}.json", f"{page.name} as JSON", _as_json(live, page))
        if page.below:
            server.add_url_rule(f"{page.path}/<path:rest>.json", f"{page.name} below as JSON", _as_json(live, page))
        if page.table:
            server.add_url_rule(f"{page.path}.csv", f"{page.name} as CSV", _as_csv(live, page.name, page.table))
    server.add_url_rule("/search.json", "search", lambda: jsonify(_search(live.atlas, request.args.get("q", ""))))
    server.add_url_rule("/revision.json", "revision", lambda: jsonify(_revision(live)))
    styles, canvas = look.css(), f"window.servicemapLook={json.dumps(look.canvas(), separators=(',', ':'))};"
    server.add_url_rule("/look.css", "look", lambda: Response(styles, mimetype="text/css"))
    server.add_url_rule("/look.js", "canvas", lambda: Response(canvas, mimetype="application/javascript"))
    server.add_url_rule(
        "/favicon.ico", "favicon", lambda: Response((ASSETS / "logo.svg").read_bytes(), mimetype="image/svg+xml")
    )


def _as_json(live: Live, page: Page) -> Callable[..., Response]:
    def answer(rest: str = "") -> Response:
        return jsonify(page.answer(live.atlas, rest, _query()))

    return answer


def _as_csv(live: Live, name: str, table: Callable[[Atlas, str, str], Answer]) -> Callable[[], Response]:
    def answer() -> Response:
        saved = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
        return Response(csv.write(table(live.atlas, "", _query())), mimetype="text/csv", headers=saved)

    return answer


def _query() -> str:
    return request.query_string.decode("utf-8", "replace")


def _revision(live: Live) -> dict[str, Any]:
    """Which state is shown, and why a newer one is not."""
    return {"revision": live.atlas.projection.revision, "trouble": [str(problem) for problem in live.trouble[:3]]}


def _search(atlas: Atlas, text: str) -> dict[str, Any]:
    p = atlas.projection
    hits = search(p, text[:_LONGEST_SEARCH], limit=_MOST_HITS)
    return {
        "query": text[:_LONGEST_SEARCH],
        "hits": [
            {
                "id": p.ids[hit.element],
                "label": p.labels[hit.element],
                "kind": atlas.kind(hit.element),
                "look": slug(atlas.look[hit.element]),
                "users": atlas.users(hit.element),
                "href": focus_address(atlas, hit.element),
            }
            for hit in hits
        ],
    }


def _page_at(path: str, found: tuple[Page, ...]) -> tuple[Page, str] | None:
    """The page at a path, and what follows its own path."""
    for page in found:
        if path == page.path or (path == "/" and page.position == 1):
            return (page, "") if not page.below else None
        if page.below and path.startswith(f"{page.path}/"):
            return page, path.removeprefix(f"{page.path}/")
    return None


# ── errors ─────────────────────────────────────────────────────────────────────────────────────


def _answer_errors(server: Flask, live: Live) -> None:
    """One shape for errors: JSON for programs, a page that helps for people."""
    found = pages()

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

    @server.errorhandler(Missing)
    def missing(error: Missing) -> Response:
        return _error(404, error.title, error.detail, error.help, error.links)

    @server.errorhandler(DependencyException)
    def no_such_file(_: DependencyException) -> Response:
        return _error(
            404, "No such file", "no library here has such a file", "start at the map", {"/map": "Show the map"}
        )

    @server.errorhandler(HTTPException)
    def http(error: HTTPException) -> Response:
        status = error.code or 500
        helps = {404: "start at the map, or search for an element", 405: "ask with GET", 413: "send less"}
        return _error(
            status,
            error.name,
            error.description or error.name,
            helps.get(status, "try again"),
            {"/map": "Show the map"},
        )

    @server.errorhandler(Exception)
    def anything(error: Exception) -> Response:
        server.logger.exception("an address failed", exc_info=error)
        return _error(
            500,
            "Something failed here",
            "the server could not answer; its log says why",
            "try again",
            {"/map": "Show the map"},
        )


def _error(status: int, title: str, detail: str, remedy: str, links: Mapping[str, str]) -> Response:
    wants_json = (
        request.path.endswith(".json")
        or request.path.startswith("/_dash-")
        or request.accept_mimetypes.best_match(["text/html", "application/json"], "text/html") == "application/json"
    )
    if wants_json:
        body = {"error": {"status": status, "title": title, "detail": detail, "help": remedy}}
        response = jsonify(body)
    else:
        response = Response(_error_page(title, detail, remedy, links), mimetype="text/html")
    response.status_code = status
    return response


def _error_page(title: str, detail: str, remedy: str, links: Mapping[str, str]) -> str:
    buttons = "".join(
        f'<a class="button" href="{escape(href, quote=True)}"><span class="anywhere">{escape(words)}</span></a>'
        for href, words in links.items()
    )
    return _ERROR_PAGE.substitute(
        title=escape(title),
        words=escape(f"{sentence(detail)}. {sentence(remedy)}."),
        buttons=buttons,
        scheme=_versioned("scheme.js"),
        look=_look_address("look.css"),
        style=_versioned("explorer.css"),
    )


_HEAD = """<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/assets/logo.svg">
"""
_ERROR_PAGE = Template(
    """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>$title</title>
"""
    + _HEAD
    + """<script src="$scheme"></script><link rel="stylesheet" href="$look"><link rel="stylesheet" href="$style"></head>
<body><header class="header"><a class="logo" href="/map" aria-label="The whole map"><i></i></a>
<div class="header-title"><b>servicemap</b></div></header>
<main class="message"><h1 class="anywhere">$title</h1><p>$words</p><div class="actions">$buttons</div></main>
</body></html>
"""
)


# ── headers, compression ───────────────────────────────────────────────────────────────────────


def _guard(server: Flask, app: Dash) -> None:
    """Add security headers, cache rules and compression to every answer."""
    policy = "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' {' '.join(app.csp_hashes())}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ]
    )
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    packed = _Packed()

    @server.after_request
    def finish(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        lasting = response.status_code == 200 and ("v" in request.args or "/_dash-component-suites/" in request.path)
        if request.path.startswith(("/assets/", "/look.")) or "/_dash-component-suites/" in request.path:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if lasting else "no-cache"
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        return packed.pack(response, keep=lasting)


class _Packed:
    """Compresses texts; what has a version in its address is compressed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def pack(self, response: Response, *, keep: bool) -> Response:
        """The same answer, compressed where the other side takes that."""
        response.headers.add("Vary", "Accept-Encoding")
        if (
            response.status_code not in (200, 404)
            or "gzip" not in request.headers.get("Accept-Encoding", "").lower()
            or "Content-Encoding" in response.headers
            or not (response.mimetype or "").startswith(_COMPRESSED)
            or request.method == "HEAD"
        ):
            return response
        response.direct_passthrough = False
        stream, key = response.response, request.full_path
        with self._lock:
            body = self._kept.get(key) if keep else None
        if body is None:
            plain = response.get_data()
            if len(plain) < _SMALLEST:
                return response
            body = gzip.compress(plain, 9 if keep else 5, mtime=0)
            if keep:
                with self._lock:
                    self._kept[key] = body
                    if len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
        if hasattr(stream, "close"):
            stream.close()
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
        return response


# ── files with a version ───────────────────────────────────────────────────────────────────────


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]


def _versioned(name: str) -> str:
    """The address of an asset with the digest of what is in it: it may be kept for ever."""
    return f"/assets/{name}?v={_digest((ASSETS / name).read_bytes())}"


def _look_address(name: str) -> str:
    content = look.css() if name.endswith(".css") else json.dumps(look.canvas())
    return f"/{name}?v={_digest(content.encode())}"


def _index() -> str:
    """The page that Dash starts from; its own marks stand in braces."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n{%metas%}\n<title>{%title%}</title>\n'
        + _HEAD
        + f'<script src="{_versioned("scheme.js")}"></script>\n'
        + "{%css%}\n</head>\n<body>\n{%app_entry%}\n"
        + '<noscript><p>The explorer needs JavaScript. <a href="/map.json">The JSON</a> does not.</p></noscript>\n'
        + "{%config%}\n{%scripts%}\n{%renderer%}\n</body>\n</html>\n"
    )
