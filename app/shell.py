"""What stands around every page? Header, rail, tabs, and the document that the browser loads first."""

from __future__ import annotations

from typing import Any

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.live import Live
from app.markup import markup
from app.pages import Page
from app.parts import attrs, button, icon
from app.versions import versioned
from graph.look import CODE_FONT, FONT, TOKENS

__all__ = ["FIRST", "HEAD", "before", "document", "shell"]

FIRST = "<!-- first -->"
"""Where in the document stands what is to be seen before any script has run."""
FIND = "Find a service, system, person or agreement"

HEAD = f"""<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="{versioned("logo.svg")}">
"""
"""A browser asks for an icon again at each step to another address, unless it may keep it."""


def shell(live: Live, found: tuple[Page, ...]) -> Component:
    """Header, rail, the frames of all pages, and on phones the tabs."""
    addresses = [{"name": page.name, "title": page.title, "path": page.path, "below": page.below} for page in found]
    shown = attrs({"data-revision": live.atlas.projection.revision})
    main = [
        html.Div(
            [
                html.Span("", id="trouble-words"),
                button("Try again", name="refresh", **attrs({"data-act": "reload"})),
            ],
            id="trouble",
            className="offline",
            hidden=True,
            role="alert",
        ),
        html.Div(id="stale", className="offline", hidden=True, role="status"),
        html.Div(id="working", className="working", role="status"),
        *(page.frame() for page in found),
    ]
    made: Component = dmc.MantineProvider(
        [
            dcc.Location(id="address", refresh=False),
            dcc.Store(id="pages", data=addresses),
            *([html.Div(id="watching", hidden=True, **shown)] if live.watching else []),
            html.A("Skip to the content", href="#main", className="skip"),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(live.atlas), withBorder=False),
                    dmc.AppShellNavbar(_rail(found), withBorder=False, **attrs({"aria-label": "Pages"})),
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
    return made


def before(live: Live, found: tuple[Page, ...], query: str, *, narrow: bool) -> str:
    """What the first page shows before any script has run, and what stands around it; "" where it waits for them."""
    page = found[0]
    inside = page.first(live.atlas, {"query": query, "narrow": narrow}) if page.first is not None else ""
    if not inside:
        return ""
    field = f'<input type="search" placeholder="{FIND}" maxlength="200" autocomplete="off">'
    search = {"search-slot": f'<div class="grow">{field}</div>'}
    here = {f"{place}-{page.name}": {"aria-current": "page"} for place in ("rail", "tab")}
    around = [_header(live.atlas), _rail(found)]
    return (
        f'<div class="first-page" data-narrow="{int(narrow)}">{markup(around, here, search)}'
        f'<main class="main">{inside}</main>{markup(_tabs(found), here)}</div>'
    )


def _rail(found: tuple[Page, ...]) -> Component:
    words = [icon("file-text", extra="icon-20"), html.Span("Words")]
    entries = [
        html.A([icon(page.icon, extra="icon-20"), html.Span(page.title)], href=page.path, id=f"rail-{page.name}")
        for page in found
        if page.position
    ]
    return html.Div([*entries, html.A(words, href="/ontology/index.html", target="_self")], className="rail")


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
                    _help(),
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


def _help() -> Component:
    """What helps: hints, the small map, the words; and on phones the steps that have no place in the toolbar."""
    acts = [
        ("undo", "One step back", "arrow-left", "only-phone"),
        ("redo", "One step forth", "arrow-right", "only-phone"),
        ("tour", "Show the hints", "help-circle", ""),
        ("small-map", "Hide the small map", "eye-off", "not-phone"),
    ]
    entries: list[Component] = [
        html.Button(
            [icon(name), html.Span(words, className="grow")],
            type="button",
            className=extra,
            **attrs({"data-act": act}),
        )
        for act, words, name, extra in acts
    ]
    words = [icon("file-text"), html.Span("What the words mean", className="grow")]
    entries.append(html.A(words, href="/ontology/index.html", target="_self"))
    summary = html.Summary(
        [icon("help-circle"), html.Span("Help", className="sr")], className="button button-icon", title="Help"
    )
    return html.Details([summary, html.Div(entries, className="menu-list")], className="menu help-menu", id="help-menu")


def _tabs(found: tuple[Page, ...]) -> Component:
    """What phones have at the bottom: the pages, and the table of the map."""
    entries = [
        html.A([icon(page.icon), html.Span(page.title)], href=page.path, id=f"tab-{page.name}")
        for page in found
        if page.position
    ]
    table = html.A([icon("table"), html.Span("Table")], href="/map?as=table", id="tab-table")
    return html.Nav([*entries, table], className="tabs", **attrs({"aria-label": "Pages"}))


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


def document() -> str:
    """The page that Dash starts from; its own marks stand in braces."""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n{%metas%}\n<title>{%title%}</title>\n'
        + HEAD
        + f'<script src="{versioned("scheme.js")}"></script>\n'
        + "{%css%}\n</head>\n<body>\n"
        + f'{FIRST}\n<script src="{versioned("place.js")}"></script>\n'
        + "{%app_entry%}\n"
        + '<noscript><p>The explorer needs JavaScript. <a href="/map.json">The JSON</a> does not.</p></noscript>\n'
        + "{%config%}\n{%scripts%}\n{%renderer%}\n</body>\n</html>\n"
    )
