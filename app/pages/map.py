"""What is connected to what? The map: lanes, focus, hops, selection."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import dash_cytoscape
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component

from app.atlas import Atlas, Link, Picture, age, plural, said_strength, short, two_lines
from app.elements import bounds, cytoscape_elements, wire_id
from app.pages import Missing, Page
from app.parts import (
    Here,
    attrs,
    button,
    element_address,
    entity,
    fact_list,
    findings_list,
    focus_address,
    icon,
    link_rows,
    own_facts,
    party_rows,
    section,
    sentence,
    tile,
)
from app.view import ALL, DIRECTIONS, HOPS, WALL, WALL_ON_PHONES, Direction, Line, View, link
from graph.analysis.reach import reach
from graph.facts import Fact
from graph.model import InputError, Severity

__all__ = ["PAGE", "Screen", "answer", "screen"]

_NO_PICTURE = "none"
_LISTED, _FACTS, _FIRSTS = 8, 16, 6
_TAGGED = ("tier", "lifecycle", "criticality", "environment")


@dataclass(frozen=True, slots=True, eq=False)
class Screen:
    """Everything that one address shows, before it becomes HTML."""

    view: View
    picture: Picture
    focus: int | None
    selected: int | None


def asked(atlas: Atlas, _rest: str, query: str) -> tuple[View, int | None, int | None]:
    """The view that an address means, its focus and selection. Raises Missing for elements that the map does not have."""
    view = View.parse(query)
    focus, selected = _element(atlas, view.focus), _element(atlas, view.selected)
    ids = atlas.projection.ids
    named = replace(view, focus="" if focus is None else ids[focus], selected="" if selected is None else ids[selected])
    return named, focus, selected


def screen(atlas: Atlas, query: str, *, narrow: bool = False) -> Screen:
    """What an address shows. Raises Missing when it names an element that the map does not have."""
    view, focus, selected = asked(atlas, "", query)
    return Screen(view, atlas.picture(view, narrow=narrow), focus, selected)


def _element(atlas: Atlas, name: str) -> int | None:
    if not name:
        return None
    try:
        return atlas.projection.find(name)
    except InputError as error:
        problem = error.problems[0]
        raise Missing(
            f"No element “{short(name, 60)}” in this map",
            problem.message,
            problem.remedy if problem.remedy.startswith(("did", "write")) else "search for it by a part of its name",
            {"/map": "Show the map"},
        ) from error


# ── as JSON ────────────────────────────────────────────────────────────────────────────────────


def answer(atlas: Atlas, _rest: str, query: str) -> dict[str, Any]:
    """The map of an address as plain values; positions are those of the picture."""
    now = screen(atlas, query)
    p, shown = atlas.projection, now.picture.shown
    places = now.picture.layout.positions
    return {
        "title": atlas.title,
        "revision": p.revision,
        "address": link(now.view),
        "focus": now.view.focus or None,
        "hops": shown.hops or "all",
        "direction": now.view.direction,
        "counts": {
            "elements": len(p),
            "shown": len(shown.elements),
            "dependencies": p.dependencies,
            "shown_dependencies": _dependencies(now.picture),
            "outside_focus": shown.by_focus,
            "in_hidden_lanes": shown.by_lane,
        },
        "cut": shown.cut or (_wall_words(atlas) if shown.wall else None),
        "lanes": [
            {
                "key": row.key,
                "label": row.label,
                "elements": atlas.lane_sizes[row.key],
                "hidden": row.key in now.view.hidden,
            }
            for row in atlas.rows
        ],
        "elements": [
            {
                "id": card.id,
                "iri": p.iris[element],
                "label": p.labels[element],
                "kind": card.kind,
                "lane": card.lane,
                "defined": not card.stub,
                "x": places[card.id].centre[0],
                "y": places[card.id].centre[1],
                "width": card.width,
                "height": card.height,
            }
            for element, card in zip(shown.elements, now.picture.cards, strict=True)
        ],
        "dependencies": [
            {
                "dependent": p.ids[line.dependent],
                "provider": p.ids[line.provider],
                "kinds": sorted({p.kinds[int(p.edges.kind[e])].label for e in line.edges}),
                "strength": _strength(atlas, line),
                "through_hidden": line.through,
            }
            for line in shown.lines
        ],
    }


def _strength(atlas: Atlas, line: Line) -> str:
    return said_strength(max(int(atlas.projection.edges.strength[e]) for e in line.edges))


def _dependencies(picture: Picture) -> int:
    return sum(len(line.edges) for line in picture.shown.lines if not line.through)


def _wall_words(atlas: Atlas) -> str:
    return f"{plural(len(atlas), 'element')} are too many to read at once: search, or start at one of these"


# ── as a page ──────────────────────────────────────────────────────────────────────────────────


def frame() -> Component:
    """The parts of the page; the callback fills them."""
    canvas = dash_cytoscape.Cytoscape(
        id="cy", className="cy", elements=[], layout={"name": "preset", "key": ""}, minZoom=0.05, maxZoom=3
    )
    stage = html.Div(
        [html.Div(id="map-bands", className="bands"), canvas],
        id="map-stage",
        className="stage",
        tabIndex=0,
        role="application",
        **attrs({"aria-label": "Map", "aria-describedby": "map-keys"}),
    )
    keys = "Arrow keys walk from element to element, Enter focuses, Space selects, Escape clears, plus, minus and nought zoom."
    body = html.Div(
        [
            stage,
            html.Div(id="map-lanes", className="lanes"),
            html.P(keys, id="map-keys", className="sr"),
            html.Div(id="map-tip", className="tip", hidden=True),
            html.Div(id="map-notice", className="notice"),
            html.Div(
                id="map-table",
                className="table-wrap",
                hidden=True,
                tabIndex=0,
                role="region",
                **attrs({"aria-label": "Table"}),
            ),
            html.Div(id="map-empty", className="empty", hidden=True),
        ],
        className="map-body",
    )
    return html.Div(
        [
            dcc.Store(id="map-address"),
            dcc.Store(id="map-picture"),
            dcc.Store(id="map-key", data=""),
            html.Div(
                [html.Div(id="map-toolbar", className="toolbar-start"), _tools(), html.Div(className="progress")],
                className="toolbar",
                role="toolbar",
                **attrs({"aria-label": "What the map shows"}),
            ),
            html.Div(
                [body, html.Aside(id="map-pane", className="pane", **attrs({"aria-label": "Details"}))],
                className="map-row",
            ),
            html.Div(id="map-status", className="status"),
        ],
        className="page",
        id="map-page",
        hidden=True,
    )


def _tools() -> Component:
    return html.Div(
        [
            html.Span(id="map-as"),
            button("Zoom out", name="minus", icon_only=True, extra="button-plain", **attrs({"data-act": "zoom-out"})),
            html.Output("100 %", id="zoom-level", **attrs({"aria-label": "Zoom"})),
            button("Zoom in", name="plus", icon_only=True, extra="button-plain", **attrs({"data-act": "zoom-in"})),
            button(
                "Fit the whole map", name="maximize", icon_only=True, extra="button-plain", **attrs({"data-act": "fit"})
            ),
        ],
        className="zoom",
    )


def connect(app: Dash, atlas: Atlas) -> None:
    """Fill the frame when the address changes; a picture that is on the screen already is not sent again."""

    @app.callback(
        Output("map-toolbar", "children"),
        Output("map-as", "children"),
        Output("map-lanes", "children"),
        Output("map-bands", "children"),
        Output("cy", "elements"),
        Output("cy", "layout"),
        Output("map-pane", "children"),
        Output("map-pane", "className"),
        Output("map-status", "children"),
        Output("map-notice", "children"),
        Output("map-table", "children"),
        Output("map-table", "hidden"),
        Output("map-empty", "children"),
        Output("map-empty", "hidden"),
        Output("map-key", "data"),
        Output("map-picture", "data"),
        Input("map-address", "data"),
        State("map-key", "data"),
        prevent_initial_call=True,
    )
    def show(address: dict[str, Any], key: str) -> tuple[Any, ...]:
        try:
            now = screen(atlas, address["query"], narrow=address["narrow"])
        except Missing as missing:
            return _not_found(atlas, missing)
        return _filled(atlas, now, key, narrow=address["narrow"])

    app.clientside_callback(
        ClientsideFunction("servicemap", "picture"), Output("map-page", "data-arrived"), Input("map-picture", "data")
    )


def _filled(atlas: Atlas, now: Screen, key: str, *, narrow: bool) -> tuple[Any, ...]:
    picture, wall = now.picture, now.picture.shown.wall
    new_key = f"{picture.key}{' narrow' if narrow else ''}" if not wall else _NO_PICTURE
    same = new_key == key
    nothing = wall or not picture.cards
    return (
        toolbar(atlas, now),
        _as_table(now.view),
        no_update if same else _lanes(atlas, now),
        no_update if same else _bands(picture),
        no_update if same else _elements(atlas, now),
        no_update if same else {"name": "preset", "key": new_key},
        pane(atlas, now),
        "pane selection" if now.selected is not None else "pane not-phone" if wall else "pane",
        _status(atlas, now),
        _notice(now),
        _table(atlas, now) if now.view.table else [],
        not now.view.table,
        _empty(atlas, now, narrow=narrow) if nothing else [],
        not nothing or (now.view.table and not wall),
        new_key,
        _for_browser(atlas, now, _NO_PICTURE if nothing else new_key),
    )


def _not_found(atlas: Atlas, missing: Missing) -> tuple[Any, ...]:
    card = html.Div(
        [html.H2(missing.title), html.P(f"{missing.help}."), _suggestions(atlas)], className="empty-card", role="status"
    )
    picture = {
        "key": _NO_PICTURE,
        "title": f"{missing.title} · {atlas.title}",
        "label": "Map",
        "announce": missing.title,
    }
    bare = View()
    return (
        [html.A([html.B("Whole map")], href=link(bare), className="chip")],
        [], [], [], [], {"name": "preset", "key": _NO_PICTURE}, [], "pane", [], [], [], True, [card], False, _NO_PICTURE,
        picture,
    )  # fmt: skip


def _elements(atlas: Atlas, now: Screen) -> list[dict[str, Any]]:
    lines = now.picture.shown.lines
    said = {wire_id(atlas.projection, line): _line_words(atlas, line) for line in lines}
    return cytoscape_elements(
        atlas.projection, now.picture.cards, lines, now.picture.layout, said=said, focus=now.view.focus
    )


def _line_words(atlas: Atlas, line: Line) -> str:
    p = atlas.projection
    kinds = sorted({p.kinds[int(p.edges.kind[e])].label.lower() for e in line.edges})
    group = f"{p.groups.k[line.group]} of {p.groups.size[line.group]} is enough" if line.group >= 0 else ""
    through = f"over {plural(line.through, 'hidden element')}" if line.through else ""
    count = plural(len(line.edges), "dependency", "dependencies") if len(line.edges) > 1 else ""
    return ", ".join(filter(None, [", ".join(kinds), _strength(atlas, line), group, through, count]))


def _for_browser(atlas: Atlas, now: Screen, key: str) -> dict[str, Any]:
    """What the browser needs besides the elements: what to light up, what to say, how large the picture is."""
    p, made = atlas.projection, now.picture.layout
    subject = now.selected if now.selected is not None else now.focus
    name = short(p.labels[subject], 60) if subject is not None else "Map"
    shown = now.picture.shown
    words = f"{plural(len(shown.elements), 'element')} and {plural(len(shown.lines), 'line')} shown"
    if now.selected is not None:
        links = f"depends on {len(atlas.depends_on(now.selected))}, used by {len(atlas.used_by(now.selected))}"
        words = f"{short(p.labels[now.selected], 60)}, {atlas.kind(now.selected)}, {links}"
    return {
        "key": key,
        "focus": now.view.focus,
        "selected": now.view.selected,
        "bounds": list(bounds(made)),
        "title": f"{name} · {atlas.title}" if subject is not None else f"{atlas.title} · Map",
        "label": f"Map of {atlas.title}: {plural(len(shown.elements), 'element')}",
        "announce": words,
    }


# ── toolbar ────────────────────────────────────────────────────────────────────────────────────


def toolbar(atlas: Atlas, now: Screen) -> list[Component]:
    """What is shown, as chips; every choice is a link."""
    view = now.view
    chips: list[Component] = []
    if now.focus is not None:
        label = short(atlas.projection.labels[now.focus], 60)
        away = link(View(hidden=view.hidden, table=view.table))
        chips.append(
            html.Span(
                [
                    icon("focus-2"),
                    html.B(label, title=label),
                    html.A(
                        icon("x"), href=away, title="Show the whole map", **attrs({"aria-label": "Clear the focus"})
                    ),
                ],
                className="chip chip-focus",
            )
        )
        hops = now.picture.shown.hops
        chips.append(
            _menu(
                "Hops",
                "All" if hops == ALL else str(hops),
                [
                    (
                        "All" if h == ALL else f"{h} {'hop' if h == 1 else 'hops'}",
                        link(replace(view, hops=h)),
                        h == hops,
                    )
                    for h in HOPS
                ],
            )
        )
        directions: list[Direction] = list(DIRECTIONS)
        chips.append(
            _menu(
                "Direction",
                DIRECTIONS[view.direction],
                [(DIRECTIONS[d], link(replace(view, direction=d)), d == view.direction) for d in directions],
                extra="not-phone",
            )
        )
    else:
        chips.append(html.Span([icon("world"), html.B("Whole map")], className="chip", style={"cursor": "default"}))
    chips.append(_lane_menu(atlas, now))
    return chips


def _menu(words: str, value: str, choices: list[tuple[str, str, bool]], *, extra: str = "") -> Component:
    entries = [
        html.A(
            [html.Span(label, className="grow"), *([icon("check")] if chosen else [])],
            href=href,
            **attrs({"aria-current": "true"} if chosen else {}),
        )
        for label, href, chosen in choices
    ]
    summary = html.Summary([f"{words} ", html.B(value), icon("chevron-down")], className="chip")
    return html.Details([summary, html.Div(entries, className="menu-list")], className=f"menu {extra}".strip())


def _lane_menu(atlas: Atlas, now: Screen) -> Component:
    here = Counter(card.lane for card in now.picture.cards)
    hidden = frozenset(now.view.hidden)
    entries = [
        html.A(
            [
                tile(row.look),
                html.Span(row.label, className="grow off" if row.key in hidden else "grow"),
                html.Span("hidden" if row.key in hidden else f"{here[row.key]}", className="count"),
                icon("eye-off" if row.key in hidden else "eye"),
            ],
            href=link(now.view.toggled(row.key)),
        )
        for row in atlas.rows
    ]
    note = html.Div("Lines through hidden lanes are drawn on, dotted.", className="menu-note")
    if atlas.aside and now.focus is None:
        also = html.A(
            [
                html.Span("People and papers without lines", className="grow"),
                icon("eye" if now.view.everything else "eye-off"),
            ],
            href=link(replace(now.view, everything=not now.view.everything)),
        )
        entries.append(also)
    words = [html.Span("Lanes", className="wide"), *([html.B(f"{len(hidden)} hidden")] if hidden else [])]
    chevron = icon("chevron-down", extra="wide")
    summary = html.Summary([icon("filter"), *words, chevron], className="chip", **attrs({"aria-label": "Lanes"}))
    return html.Details([summary, html.Div([*entries, note], className="menu-list")], className="menu")


def _as_table(view: View) -> Component:
    words = "Show as a map" if view.table else "Show as a table"
    return html.A(
        [icon("table"), html.Span(words, className="sr")],
        href=link(replace(view, table=not view.table)),
        title=words,
        className="button button-icon button-plain",
        **attrs({"aria-current": "true"} if view.table else {}),
    )


# ── lanes ──────────────────────────────────────────────────────────────────────────────────────


def _lanes(atlas: Atlas, now: Screen) -> list[Component]:
    here = Counter(card.lane for card in now.picture.cards)
    rows = {row.key: row for row in atlas.rows}
    return [
        html.A(
            [
                tile(rows[band.key].look),
                html.Span(
                    [html.B(rows[band.key].label), html.Small(_share(here[band.key], atlas.lane_sizes[band.key]))],
                    className="lane-words",
                ),
            ],
            href=link(replace(now.view, selected="").toggled(band.key)),
            className="lane",
            title=f"Hide {rows[band.key].label.lower()}",
            **attrs(
                {
                    "data-y": f"{band.y:g}",
                    "data-h": f"{band.height:g}",
                    "data-lines": "2" if two_lines(rows[band.key].label) else "1",
                }
            ),
        )
        for band in now.picture.layout.lanes
    ]


def _share(here: int, total: int) -> str:
    return f"{here:,}" if here == total else f"{here:,} of {total:,}"


def _bands(picture: Picture) -> list[Component]:
    return [
        html.Div(className="band", **attrs({"data-y": f"{band.y:g}", "data-h": f"{band.height:g}"}))
        for band in picture.layout.lanes
    ]


# ── pane ───────────────────────────────────────────────────────────────────────────────────────


def pane(atlas: Atlas, now: Screen) -> list[Component]:
    """Facts about the selection, or about the view when nothing is selected."""
    handle = html.Button(
        className="sheet-handle", type="button", **attrs({"data-act": "sheet", "aria-label": "Show more or less"})
    )
    inside = _view_pane(atlas, now) if now.selected is None else _selection_pane(atlas, now, now.selected)
    return [handle, *inside]


def _view_pane(atlas: Atlas, now: Screen) -> list[Component]:
    p, shown = atlas.projection, now.picture.shown
    if now.focus is not None:
        name, words = p.labels[now.focus], "What it depends on, and who uses it. Pick an element for its facts."
        look = atlas.look[now.focus]
    else:
        name, words, look = atlas.title, "Pick an element for its facts, or search for one.", ""
    title = html.H2([*([tile(look, extra="tile-24")] if look else []), short(name, 120)], className="pane-title")
    declared = sum(1 for line in shown.lines for e in line.edges if not p.edges.assumed[e])
    total = sum(len(line.edges) for line in shown.lines)
    numbers = [
        ("Elements", f"{len(shown.elements):,}"),
        ("Dependencies", f"{_dependencies(now.picture):,}"),
        *([("Strength declared", f"{declared:,} of {total:,}")] if total else []),
    ]
    listed = html.Dl([part for word, value in numbers for part in (html.Dt(word), html.Dd(value))], className="numbers")
    parts: list[Component] = [html.Section([title, html.P(words, className="words")], className="section")]
    if not shown.wall:
        parts.append(section("In this view", listed))
    if first := _look_at_first(atlas, now):
        parts.append(section("Look at first", first))
    if not shown.wall:
        parts.append(section("Lines", _legend(atlas, now)))
    return parts


def _look_at_first(atlas: Atlas, now: Screen) -> list[Component]:
    """Stubs, circles, self-loops and findings that concern what is shown; a few, the rest as a number."""
    p, shown = atlas.projection, frozenset(now.picture.shown.elements)
    if now.picture.shown.wall:
        shown = frozenset(range(len(p)))
    rows = [_circle(atlas, circle, now) for circle in atlas.cycles.circles if shown.issuperset(circle)]
    rows += [_first(atlas, e, p.labels[e], "Depends on itself", now) for e in atlas.cycles.selves if e in shown]
    told = {*atlas.stubs, *atlas.cycles.selves, *(circle[0] for circle in atlas.cycles.circles)}
    for finding in atlas.findings:
        element = p.index.get(finding.subject, -1)
        if element in shown and element not in told and finding.severity is not Severity.NOTE:
            rows.append(_first(atlas, element, p.labels[element], sentence(finding.message), now))
    rows, further = rows[:_FIRSTS], max(0, len(rows) - _FIRSTS)
    if further:
        rows.append(
            html.P(f"{plural(further, 'more finding')} on the pages of their elements", className="words muted")
        )
    stubs = [e for e in atlas.stubs if e in shown]
    rows += [_stub(atlas, e, now) for e in stubs[:4]]
    if len(stubs) > 4:
        words = html.Summary(f"{len(stubs) - 4:,} more not defined anywhere")
        rows.append(html.Details([words, *(_stub(atlas, e, now) for e in stubs[4:60])], className="fold"))
    return rows


def _circle(atlas: Atlas, circle: tuple[int, ...], now: Screen) -> Component:
    names = ", ".join(short(atlas.projection.labels[e], 30) for e in circle[:5])
    rest = f" and {len(circle) - 5} more" if len(circle) > 5 else ""
    return _first(
        atlas, circle[0], f"{plural(len(circle), 'element')} in a circle", f"{names}{rest} depend on each other", now
    )


def _stub(atlas: Atlas, element: int, now: Screen) -> Component:
    used = atlas.users(element)
    words = f"Used {_times(used)}, not defined anywhere" if used else "Mentioned, not defined anywhere"
    return _first(atlas, element, atlas.projection.labels[element], words, now)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


def _first(atlas: Atlas, element: int, title: str, words: str, now: Screen) -> Component:
    return html.A(
        [icon("alert-triangle-filled", extra="warning"), html.B(short(title, 60)), html.Span(words)],
        href=link(replace(now.view, selected=atlas.projection.ids[element]))
        if not now.picture.shown.wall
        else focus_address(atlas, element),
        className="first",
    )


def _legend(atlas: Atlas, now: Screen) -> Component:
    shown = now.picture.shown
    entries: list[tuple[str, str, str]] = [("", "", "depends on; points to what is needed")]
    if any(line.through for line in shown.lines):
        entries.append(("sample-through", "", "through hidden elements"))
    if any(line.group >= 0 for line in shown.lines):
        entries.append(("sample-group", "1 of 2", "so many are enough"))
    if any(card.stub for card in now.picture.cards):
        entries.append(("sample-stub", "", "not defined anywhere"))
    return html.Ul(
        [
            html.Li([html.Span(text, className=f"sample {name}".strip()), html.Span(words)])
            for name, text, words in entries
        ],
        className="legend",
    )


def _selection_pane(atlas: Atlas, now: Screen, element: int) -> list[Component]:
    p = atlas.projection
    depends, used = atlas.depends_on(element), atlas.used_by(element)
    facts = own_facts(atlas, element)
    close = html.A(
        icon("x"),
        href=link(replace(now.view, selected="")),
        className="button button-icon button-plain close",
        title="Close",
        **attrs({"aria-label": "Close"}),
    )
    head = html.Section(
        [
            html.Div([tile(atlas.look[element]), html.Span(atlas.kind(element)), close], className="pane-kind"),
            html.H2(short(p.labels[element], 200), className="pane-title"),
            *([html.P(short(words, 400), className="words")] if (words := atlas.description(element)) else []),
            _tags(atlas, element),
            _actions(atlas, now, element),
        ],
        className="section",
    )
    page = element_address(atlas, element)
    parts: list[Component] = [head]
    if not p.stub[element]:
        parts.append(section("Who", party_rows(atlas, element, _here(now), most=5)))
    parts += [
        _side(atlas, now, element, "Depends on", depends, "dependencies", page),
        _side(atlas, now, element, "Used by", used, "dependants", page),
    ]
    findings = atlas.findings_of.get(p.iris[element], [])
    if findings:
        parts.append(section("Findings", findings_list(findings[:4])))
    if facts:
        parts.append(section("Facts", _facts_of_pane(atlas, facts, page), right="Source"))
    return parts


def _here(now: Screen) -> Here:
    return Here(now.view, frozenset(now.picture.shown.elements))


def _facts_of_pane(atlas: Atlas, facts: list[list[Fact]], page: str) -> list[Component]:
    rest = len(facts) - _FACTS
    more = (
        [html.Div(html.A(html.Span(f"{rest:,} more", className="more"), href=page), className="rows")]
        if rest > 0
        else []
    )
    return [fact_list(atlas, facts[:_FACTS]), *more]


def _tags(atlas: Atlas, element: int) -> Component:
    """Short facts as tags: codes such as tier or lifecycle, each with its word."""
    tags = []
    if atlas.projection.stub[element]:
        tags.append(
            html.Span(
                [icon("alert-triangle-filled", extra="icon-14"), "Not defined anywhere"], className="tag tag-amber"
            )
        )
    for fact in atlas.facts(element):
        if fact.property in _TAGGED and not fact.about:
            number = fact.value.isdecimal()
            tags.append(
                html.Span(
                    short(f"{fact.property[:1].upper()}{fact.property[1:]}{' ' if number else ': '}{fact.value}", 40),
                    className="tag",
                )
            )
    return html.Div(tags, className="tags") if tags else html.Div(hidden=True)


def _actions(atlas: Atlas, now: Screen, element: int) -> Component:
    page = element_address(atlas, element)
    focused = now.focus == element
    first = (
        button("Open page", name="external-link", href=page, filled=True)
        if focused
        else button("Focus", name="focus-2", href=focus_address(atlas, element), filled=True)
    )
    second = [] if focused else [button("Open page", name="external-link", href=page)]
    copy = button(
        "Copy link",
        name="link",
        icon_only=True,
        **attrs({"data-copy": "link", "data-link": focus_address(atlas, element), "data-said": "Link copied"}),
    )
    return html.Div([first, *second, copy], className="actions")


def _side(
    atlas: Atlas, now: Screen, element: int, title: str, links: list[Link], direction: Direction, page: str
) -> Component:
    total = len(reach(atlas.projection, [element], direction=direction).elements)
    direct = len({each.element for each in links})
    note = f"{direct:,} directly, {max(total, direct):,} in all" if direct else ""
    if not links:
        nothing = "Nothing that the map knows of" if title == "Depends on" else "Nobody that the map knows of"
        return section(title, html.P(nothing, className="words"))
    return section(title, link_rows(atlas, links, _here(now), most=_LISTED, more=page), note=note)


# ── status, notices, empty states, table ───────────────────────────────────────────────────────


def _status(atlas: Atlas, now: Screen) -> list[Component]:
    shown, p = now.picture.shown, atlas.projection
    rows = {row.key: row.label for row in atlas.rows}
    folded = ", ".join(rows[key].lower() for key in now.view.hidden if key in rows)
    here = {card.lane for card in now.picture.cards}
    absent = [row.label.lower() for row in atlas.rows if row.key not in here and row.key not in now.view.hidden]
    bad = len({f.where.path for f in atlas.findings if f.where})
    sources = plural(len(atlas.sources), "source") + (f", {bad:,} with findings" if bad else "")
    left: list[Component] = [
        html.Span(f"{len(shown.elements):,} of {plural(len(p), 'element')} shown"),
        html.Span(f"{_dependencies(now.picture):,} of {plural(p.dependencies, 'dependency', 'dependencies')}"),
    ]
    if shown.by_focus:
        left.append(html.Span([icon("filter"), f"{shown.by_focus:,} outside the focus"]))
    if shown.by_lane:
        left.append(html.Span([icon("eye-off"), f"{shown.by_lane:,} hidden: {folded}"]))
    if shown.aside:
        words = f"{shown.aside:,} without lines left out"
        left.append(
            html.A([icon("eye-off"), words], href=link(replace(now.view, everything=True)), title="Show them too")
        )
    if absent and not shown.wall and now.focus is not None:
        left.append(
            html.Span(f"None here: {', '.join(absent[:4])}{' …' if len(absent) > 4 else ''}", className="muted less")
        )
    keys = html.Span(
        [html.Kbd("←"), html.Kbd("→"), "walk", html.Kbd("Enter"), "focus", html.Kbd("Esc"), "clear"], className="keys"
    )
    loaded = age(atlas.loaded_at, datetime.now(UTC))
    right = [keys] if now.selected is not None else [html.Span(sources, className="less")]
    if loaded:
        right.append(html.Span([icon("clock"), f"Loaded {loaded}"], title=atlas.loaded_at))
    return [*left, html.Span(className="grow"), *right]


def _notice(now: Screen) -> list[Component]:
    shown, view = now.picture.shown, now.view
    if shown.cut:
        return [html.Div([icon("alert-triangle-filled"), html.Span(f"{shown.cut[:1].upper()}{shown.cut[1:]}.")])]
    if now.selected is not None and now.selected not in frozenset(shown.elements) and not shown.wall:
        identifier = view.selected
        return [
            html.Div(
                [
                    icon("eye-off"),
                    html.Span(
                        [
                            "The selected element is outside this view. ",
                            html.A("Focus on it", href=link(View(focus=identifier, selected=identifier))),
                        ]
                    ),
                ]
            )
        ]
    return []


def _empty(atlas: Atlas, now: Screen, *, narrow: bool) -> list[Component]:
    if not len(atlas):
        return [
            _card(
                "This map is empty",
                "No source defines an element. Start the server with a file or a folder that does.",
                [],
            )
        ]
    if not now.picture.shown.wall:
        return [
            _card(
                "Everything is hidden",
                "All lanes of this view are hidden.",
                [button("Show all lanes", name="eye", href=link(replace(now.view, hidden=())), filled=True)],
            )
        ]
    lanes = [
        html.Div([tile(row.look), html.Span(row.label, className="grow"), html.B(f"{atlas.lane_sizes[row.key]:,}")])
        for row in atlas.rows
    ]
    return [
        html.Div(
            [
                html.H2(f"{plural(len(atlas), 'element')}: where do you want to start?"),
                html.P(_wall_reason(narrow=narrow)),
                html.Div([button("Search", name="search", filled=True, **attrs({"data-act": "search"}))]),
                _suggestions(atlas),
                html.Div([html.H3("Elements by lane"), html.Div(lanes, className="per-lane")]),
            ],
            className="empty-card",
        )
    ]


def _wall_reason(*, narrow: bool) -> str:
    most = f"{WALL_ON_PHONES} on a screen this small" if narrow else f"{WALL} at once"
    return f"More than {most} cannot be read. Pick one, and the map shows what it is connected to."


def _card(title: str, words: str, actions: list[Component]) -> Component:
    return html.Div(
        [html.H2(title), html.P(words), html.Div(actions, className="actions")], className="empty-card", role="status"
    )


def _suggestions(atlas: Atlas) -> Component:
    p = atlas.projection
    most = sorted(range(len(p)), key=lambda e: (-atlas.users(e), p.labels[e]))[:9]
    picks = [
        html.A(
            [
                tile(atlas.look[e], extra="tile-24"),
                html.B(short(p.labels[e], 60)),
                html.Small(f"{atlas.kind(e)}, used by {atlas.users(e):,}"),
            ],
            href=focus_address(atlas, e),
            className="pick",
        )
        for e in most
        if atlas.users(e)
    ]
    return html.Div([html.H3("Most used"), html.Div(picks, className="picks")]) if picks else html.Div()


def _table(atlas: Atlas, now: Screen) -> list[Component]:
    """Everything that the map shows, for readers who cannot or do not want to see the canvas."""
    p = atlas.projection
    lanes = {row.key: row.label for row in atlas.rows}
    head = html.Tr(
        [
            html.Th("Name", scope="col"),
            html.Th("Kind", scope="col"),
            html.Th("Lane", scope="col", className="less"),
            html.Th("Owner", scope="col", className="less"),
            html.Th("Depends on", scope="col", className="number"),
            html.Th("Used by", scope="col", className="number"),
        ]
    )
    order = {row.key: place for place, row in enumerate(atlas.rows)}
    elements = sorted(
        now.picture.shown.elements, key=lambda e: (order[atlas.lane[e]], p.labels[e].casefold(), p.ids[e])
    )
    body = [
        html.Tr(
            [
                html.Td(entity(atlas, e, link(replace(now.view, selected=p.ids[e])))),
                html.Td(atlas.kind(e)),
                html.Td(lanes[atlas.lane[e]], className="less"),
                html.Td(_owner(atlas, e), className="less"),
                html.Td(f"{len(atlas.depends_on(e)):,}", className="number"),
                html.Td(f"{len(atlas.used_by(e)):,}", className="number"),
            ]
        )
        for e in elements
    ]
    words = f"{plural(len(elements), 'element')} of the view, by lane and name"
    return [html.Table([html.Caption(words), html.Thead(head), html.Tbody(body)], className="list")]


def _owner(atlas: Atlas, element: int) -> Component | str:
    owners = atlas.owners(element)
    if owners:
        return ", ".join(dict.fromkeys(short(atlas.projection.labels[party]) for _, party in owners))
    return html.Span("Nobody", className="missing")


PAGE = Page(
    name="map",
    path="/map",
    title="Map",
    icon="hierarchy-3",
    position=1,
    below=False,
    frame=frame,
    connect=connect,
    check=asked,
    answer=answer,
)
