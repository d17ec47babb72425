"""What stands around the map? Toolbar, lane titles, bands, status line and notices."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas, Picture
from app.groupings import GROUPINGS
from app.map.screen import Screen, dependencies
from app.map.sift import problems
from app.parts import attrs, icon, tile
from app.view import ALL, DIRECTIONS, HOPS, View, link
from app.words import age, plural, short, two_lines
from graph.analysis.nearby import Direction
from graph.answer import few

__all__ = ["bands", "lanes", "menu", "notice", "status", "table_toggle", "toolbar"]

_WORD = 12
"""Letters of a word that a chip in the toolbar of a phone has room for."""


def toolbar(atlas: Atlas, now: Screen) -> list[Component]:
    """What is shown, as chips; every choice is a link."""
    view = now.view
    chips: list[Component] = []
    if now.focus is not None:
        named = now.focus in now.asked.ends  # on a phone the chip of the path says it
        chips.append(_focus_chip(atlas, view, now.focus, extra=" not-phone" if named else ""))
    if now.focus is not None and now.alone:
        chips.append(_extent(now))
    elif now.focus is not None:
        hops = now.picture.shown.hops
        chips.append(
            menu(
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
            menu(
                "Direction",
                DIRECTIONS[view.direction],
                [(DIRECTIONS[d], link(replace(view, direction=d)), d == view.direction) for d in directions],
                extra="not-phone",
            )
        )
    else:
        chips.append(_extent(now))
        groups = [(words, link(replace(view, by=by, selected="", edge="")), False) for by, words in GROUPINGS.items()]
        chips.append(menu("Group by", "nothing", groups, extra="not-phone"))
    chips.append(_lane_menu(atlas, now))
    return chips


def _extent(now: Screen) -> Component:
    """What is shown where nothing is in focus: all of the map, or what was asked for alone."""
    name, words = "world", "Whole map"
    if now.picture.shown.by_focus:
        if now.ways is None and now.view.among:
            away = link(replace(now.view, among=()))
            cross = html.A(
                icon("x"), href=away, title="Show the whole map", **attrs({"aria-label": "Show the whole map"})
            )
            words = f"Only the {len(now.picture.shown.elements):,} of the answer"
            return html.Span([icon("check"), html.B(words), cross], className="chip chip-focus")
        if now.hit is not None:
            name, words = "bolt", f"Only the {len(now.picture.shown.elements):,} changed or hit"
        elif now.ways is not None:
            name, words = "hierarchy", f"Only the {'paths' if len(now.ways.ways) > 1 else 'path'}"
        else:
            name, words = "check", f"Only the {len(now.picked):,} picked"
    return html.Span([icon(name), html.B(words)], className="chip", style={"cursor": "default"})


def _focus_chip(atlas: Atlas, view: View, focus: int, *, extra: str = "") -> Component:
    label = short(atlas.projection.labels[focus], 60)
    away = link(replace(view, focus="", hops=-1, direction="both", selected=""))
    cross = html.A(icon("x"), href=away, title="Show the whole map", **attrs({"aria-label": "Clear the focus"}))
    long = max(map(len, label.split()), default=0) > _WORD
    extra += " chip-long" if long and not extra else ""
    return html.Span([icon("focus-2"), html.B(label, title=label), cross], className=f"chip chip-focus{extra}")


def menu(words: str, value: str, choices: list[tuple[str, str, bool]], *, extra: str = "") -> Component:
    """A chip that unfolds into links: (words, address, whether it is the one in force)."""
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
        if here[row.key] or row.key in hidden
    ]
    empty = len(atlas.rows) - len(entries)
    said = html.Div("Lines through hidden lanes are drawn on, dotted.")
    nothing = html.Div(f"{plural(empty, 'lane')} {'has' if empty == 1 else 'have'} nothing here.") if empty else None
    note = html.Div([said, nothing], className="menu-note")
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
    summary = html.Summary([icon("stack-2"), *words, chevron], className="chip", **attrs({"aria-label": "Lanes"}))
    return html.Details([summary, html.Div([*entries, note], className="menu-list")], className="menu")


def table_toggle(view: View) -> Component:
    """The link between the map and its table."""
    words = "Show as a map" if view.table else "Show as a table"
    return html.A(
        [icon("table"), html.Span(words, className="sr")],
        href=link(replace(view, table=not view.table)),
        title=words,
        className="button button-icon button-plain",
        **attrs({"aria-current": "true"} if view.table else {}),
    )


def lanes(atlas: Atlas, now: Screen) -> list[Component]:
    """The titles of the lanes; the browser moves them with the map."""
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


def bands(picture: Picture) -> list[Component]:
    """The bands of the lanes, under the canvas."""
    return [
        html.Div(className="band", **attrs({"data-y": f"{band.y:g}", "data-h": f"{band.height:g}"}))
        for band in picture.layout.lanes
    ]


def status(atlas: Atlas, now: Screen) -> list[Component]:
    """How much of the map is shown, what is left out and why, and how old it is."""
    shown, p = now.picture.shown, atlas.projection
    rows = {row.key: row.label for row in atlas.rows}
    folded = ", ".join(rows[key].lower() for key in now.view.hidden if key in rows)
    here = {card.lane for card in now.picture.cards}
    absent = [row.label.lower() for row in atlas.rows if row.key not in here and row.key not in now.view.hidden]
    bad = len({f.where.path for f in atlas.findings if f.where}) if atlas.findings_known else 0
    sources = plural(len(atlas.sources), "source") + (f", {bad:,} with findings" if bad else "")
    left: list[Component] = [
        html.Span(f"{len(shown.elements):,} of {plural(len(p), 'element')} shown", title="Elements of the whole map"),
        html.Span(
            f"{dependencies(now.picture):,} of {plural(p.dependencies, 'dependency', 'dependencies')}",
            title="Dependencies of the whole map, also those that carry no outage",
        ),
    ]
    if shown.by_focus:
        rest = "not asked for" if now.hit is None else "not hit"
        words = "outside the focus" if now.focus is not None and not now.alone else rest
        left.append(html.Span([icon("filter"), f"{shown.by_focus:,} {words}"]))
    if shown.by_lane:
        left.append(html.Span([icon("eye-off"), f"{shown.by_lane:,} hidden: {folded}"]))
    if shown.by_filter:
        left.append(html.Span([icon("eye-off"), f"{shown.by_filter:,} hidden by filters"]))
    if shown.aside:
        them = "person, paper or record" if shown.aside == 1 else "people, papers and records"
        words = f"{shown.aside:,} {them} without lines left out"
        told = html.Span([f"{shown.aside:,} ", html.Span(f"{them} ", className="less"), "without lines left out"])
        there = link(replace(now.view, everything=True))
        left.append(html.A([icon("eye-off"), told], href=there, title=f"{words}. Show them too"))
    if absent and not shown.wall and now.focus is not None:
        left.append(html.Span(f"None here: {few(absent, most=2)}", className="muted less", title=", ".join(absent)))
    keys = html.Span(
        [html.Kbd("←"), html.Kbd("→"), "walk", html.Kbd("Enter"), "focus", html.Kbd("Esc"), "clear"], className="keys"
    )
    loaded = age(atlas.loaded_at, datetime.now(UTC))
    right = [keys] if now.selected is not None else [html.Span(sources, className="less")]
    if loaded:
        right.append(html.Span([icon("clock"), f"Loaded {loaded}"], title=atlas.loaded_at))
    return [*left, html.Span(className="grow"), *right]


def _held(atlas: Atlas, now: Screen) -> int:
    """How many of several that are picked are drawn though filters or lanes would hide them."""
    asked = now.picked if now.hit is None else now.hit.elements
    if len(asked) < 2 or now.overview is not None or now.alone:
        return 0
    stays, lanes = now.sieve.stays, frozenset(now.view.hidden)
    return sum(atlas.lane[v] in lanes or (stays is not None and not stays[v]) for v in asked)


def notice(atlas: Atlas, now: Screen) -> list[Component]:
    """What was cut, said on the map itself."""
    shown, view = now.picture.shown, now.view
    if wrong := problems(now):
        return [html.Div([icon("alert-triangle-filled"), html.Span([part for each in wrong for part in (each, " ")])])]
    if now.view.start and not now.view.end:
        words = "Search for the element that the path leads to, or pick it here."
        return [html.Div([icon("hierarchy"), html.Span(words)])]
    if shown.cut:
        return [html.Div([icon("alert-triangle-filled"), html.Span(f"{shown.cut[:1].upper()}{shown.cut[1:]}.")])]
    if held := _held(atlas, now):
        many = len(now.picked) if now.hit is None else len(now.hit.elements)
        words = f"{held:,} of these {many:,} {'does' if held == 1 else 'do'} not fit the filters; all are shown. "
        free = html.A("Take the filters away", href=link(replace(view, hidden=(), kept=(), without="")))
        return [html.Div([icon("eye"), html.Span([words, free])])]
    if now.selected is not None and now.selected not in frozenset(shown.elements) and not shown.wall:
        identifier = view.selected
        return [
            html.Div(
                [
                    icon("eye-off"),
                    html.Span(
                        [
                            "The selected element is outside this view. ",
                            html.A("Focus on it", href=link(replace(view, focus=identifier, by="", opened=()))),
                        ]
                    ),
                ]
            )
        ]
    return []
