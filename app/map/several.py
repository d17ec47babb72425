"""What does the right pane say of more than one element? Several that are selected, ways between two, a line."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath
from urllib.parse import quote

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.map.hit import MARKS, Hit
from app.map.screen import MOST_WAYS, Screen
from app.parts import Here, arrows, attrs, button, element_address, icon, section, sentence, tile, unsplit
from app.view import View, link
from app.words import age, plural, said_kind, said_strength, short
from graph.analysis.paths import Paths, passing, paths
from graph.model import Where
from graph.natural import natural

__all__ = ["hit_pane", "line_pane", "picked_pane", "ways_pane"]

_LISTED, _MOST_CHANGED = 60, 50


def _close(href: str) -> Component:
    return html.A(
        icon("x"),
        href=href,
        className="button button-icon button-plain close",
        title="Close",
        **attrs({"aria-label": "Close"}),
    )


def _head(kind: str, title: str | Component, words: str, close: str, actions: list[Component]) -> Component:
    return html.Section(
        [
            html.Div([html.Span(kind), _close(close)], className="pane-kind"),
            html.H2(title, className="pane-title"),
            *([html.P(words, className="words")] if words else []),
            *([html.Div(actions, className="actions")] if actions else []),
        ],
        className="section",
    )


# ── a selection of several ─────────────────────────────────────────────────────────────────────


def picked_pane(atlas: Atlas, now: Screen) -> list[Component]:
    """The elements of the selection, what they share, and what can be done with them."""
    p, picked = atlas.projection, now.picked
    kinds = Counter(atlas.kind(element).lower() for element in picked)
    words = ", ".join(_count(count, kind) for kind, count in kinds.most_common(4))
    words += f" and {rest:,} more" if (rest := kinds.total() - sum(n for _, n in kinds.most_common(4))) else ""
    changed = "&".join(f"element={quote(p.ids[element], safe='/')}" for element in picked[:_MOST_CHANGED])
    actions = [button("If they fail", name="bolt", href=f"/impact?{changed}", filled=True)]
    if len(picked) == 2:
        actions.append(button("Compare", name="layout-list", href=f"/compare?{changed}"))
    if len(picked) > _MOST_CHANGED:
        actions = []
    rows = [_picked(atlas, now, element) for element in picked[:_LISTED]]
    if len(picked) > _LISTED:
        rows.append(html.Div(f"{len(picked) - _LISTED:,} more", className="row muted"))
    parts = [
        _head("Selection", plural(len(picked), "element"), words, link(replace(now.view, selected="")), actions),
        section("Selected", html.Div(rows, className="rows")),
    ]
    if len(picked) == 2:
        parts.append(section("Paths between the two", _between(atlas, now, picked)))
    if now.overview is not None or not set(now.picture.shown.elements) <= set(picked):
        parts.append(section("On the map", _legend("what you picked or asked for")))
    shared = _shared(atlas, picked)
    if shared:
        here = Here(now.view, frozenset(now.picture.shown.elements))
        listed = [
            html.A(
                [
                    tile(atlas.look[e]),
                    html.Span(short(p.labels[e]), className="name"),
                    html.Span(f"{count:,} of {len(picked):,}", className="note"),
                ],
                href=here.selecting(atlas, e),
            )
            for e, count in shared
        ]
        parts.append(section("Used by more than one of them", html.Div(listed, className="rows")))
    return parts


def _legend(words: str) -> Component:
    """What the rings on the map mean."""
    rows = [("sample-asked", words), ("sample-plain", "linked with one of them"), ("sample-dim", "not linked with any")]
    samples = [html.Li([html.Span(className=f"sample {name}"), html.Span(said)]) for name, said in rows]
    return html.Ul(samples, className="legend")


def _picked(atlas: Atlas, now: Screen, element: int) -> Component:
    p = atlas.projection
    rest = ",".join(p.ids[other] for other in now.picked if other != element)
    return html.Div(
        [
            html.A(
                [tile(atlas.look[element]), html.Span(short(p.labels[element]), className="name")],
                href=link(replace(now.view, selected=p.ids[element])),
                className="grow-link",
            ),
            html.Span(atlas.kind(element), className="note"),
            html.A(
                icon("x", extra="icon-14"),
                href=link(replace(now.view, selected=rest)),
                title="Leave out",
                **attrs({"aria-label": f"Leave out {short(p.labels[element], 60)}"}),
            ),
        ],
        className="row picked",
    )


def _between(atlas: Atlas, now: Screen, picked: tuple[int, ...]) -> Component:
    p, rows = atlas.projection, list[Component]()
    for start, end in (picked, picked[::-1]):
        found = paths(p, start, end, most=1)
        words = arrows(short(p.labels[start], 30), short(p.labels[end], 30))
        note = plural(found.hops, "hop") if found.ways else "no path"
        ids = p.ids[start], p.ids[end]
        href = link(replace(now.view, selected="", start=ids[0], end=ids[1]))
        inside = [icon("hierarchy"), html.Span(words, className="name"), html.Span(note, className="note")]
        rows.append(html.A(inside, href=href) if found.ways else html.Div(inside, className="row muted"))
    return html.Div(rows, className="rows")


def _shared(atlas: Atlas, picked: tuple[int, ...]) -> list[tuple[int, int]]:
    """What more than one of the elements depends on directly, the most shared first."""
    found = Counter(other for element in picked for other in {each.element for each in atlas.depends_on(element)})
    names = atlas.projection.labels
    many = [(element, count) for element, count in found.items() if count > 1]
    return sorted(many, key=lambda pair: (-pair[1], natural(names[pair[0]])))[:8]


# ── who is hit by a change ─────────────────────────────────────────────────────────────────────


def hit_pane(atlas: Atlas, now: Screen, hit: Hit) -> list[Component]:
    """How each element fares, the worst first, and the way back to why."""
    p, states = atlas.projection, hit.states or {}
    back = button("Why, and who must know", name="bolt", title="Back to Impact", href=hit.href, filled=True)
    parts = [_head("Who is hit", hit.title, f"{sentence(hit.words)}.", link(replace(now.view, impact="")), [back])]
    seen = {words for v, words in states.items() if v in frozenset(now.picture.shown.elements)}
    signs = [html.Li([_state_box(name), html.Span(words)]) for words, name in MARKS.items() if words in seen]
    ring = html.Li([html.Span(className="sample sample-changed"), html.Span("what is changed")])
    rest = set(now.picture.shown.elements) - set(hit.elements)
    dim = [html.Li([html.Span(className="sample sample-dim"), html.Span("not hit")])] if rest else []
    parts.append(section("On the map", html.Ul([*signs, ring, *dim], className="legend")))
    groups = {"Changed": list(hit.changed)}
    for v, words in states.items():
        if v not in hit.changed:
            groups.setdefault(sentence(words), []).append(v)
    for title, those in groups.items():
        rows: list[Component] = [
            html.A(
                [
                    tile(atlas.look[v]),
                    html.Span(short(p.labels[v]), className="name"),
                    html.Span(states.get(v, "") if title == "Changed" else atlas.kind(v), className="note"),
                ],
                href=link(replace(now.view, selected=p.ids[v])),
            )
            for v in those[:_LISTED]
        ]
        if len(those) > _LISTED:
            rows.append(html.Div(f"{len(those) - _LISTED:,} more", className="row muted"))
        parts.append(section(title, html.Div(rows, className="rows"), note=f"{len(those):,}"))
    return parts


def _state_box(name: str) -> Component:
    """A state in the colours of its elements, with its sign."""
    return html.Span(html.Span(className=f"corner corner-{name}"), className=f"sample-box sample-state state-{name}")


# ── ways from one element to another ───────────────────────────────────────────────────────────


def ways_pane(atlas: Atlas, now: Screen, ways: Paths) -> list[Component]:
    """The ways one by one; a click lights one up alone."""
    p, view = atlas.projection, now.view
    start, end = (short(p.labels[v], 60) for v in (ways.source, ways.target))
    close = link(replace(view, start="", end="", within=0, way=0))
    turned = link(replace(view, start=view.end, end=view.start, way=0))
    turn = button("The other way round", name="repeat", href=turned)
    if not ways.ways:
        other = button("Another end", name="search", href=link(replace(view, end="", way=0)))
        return _no_way(atlas, now, (start, end), close, [turn, other])
    longest = " or longer" if view.within else ""
    title = html.Span([unsplit(start), " depends on ", unsplit(end)])
    words = f"{plural(len(ways.ways), 'path')} of {plural(ways.hops, 'hop')}{longest}" + (
        f"; {ways.cuts[0]}" if ways.cuts else ""
    )
    limits = [("Shortest", 0), *((f"Up to {n}", n) for n in range(ways.hops + 1, ways.hops + 4))]
    limits[-1] = (f"{limits[-1][0]} hops", limits[-1][1])
    chosen = view.within if view.within > ways.hops else 0
    choice = [
        html.A(
            text,
            href=link(replace(view, within=n, way=0)),
            className="segment",
            **attrs({"aria-current": "true"} if n == chosen else {}),
        )
        for text, n in limits
    ]
    rows = [_way(atlas, now, number, way) for number, way in enumerate(ways.ways[:MOST_WAYS], 1)]
    everything = html.A(
        [icon("eye"), html.Span("All of them", className="name")],
        href=link(replace(view, way=0)),
        **attrs({"aria-current": "true"} if not view.way else {}),
    )
    return [
        _head("Paths", title, words, close, [turn]),
        html.Section(html.Div(choice, className="segments ways-length"), className="section"),
        section("One by one", html.Div([everything, *rows], className="rows ways"))
        if len(ways.ways) > 1
        else section("Step by step", html.Div(rows, className="rows ways")),
    ]


def _no_way(atlas: Atlas, now: Screen, names: tuple[str, str], close: str, ways: list[Component]) -> list[Component]:
    """Why an outage does not pass: nothing leads there, or links of which one carries none."""
    if not now.linked:
        title = f"{names[0]} does not depend on {names[1]}"
        return [_head("Paths", title, "No link of any kind leads there.", close, ways)]
    links = list(zip(now.linked, passing(atlas.projection, now.linked), strict=True))
    rows = [_link(atlas, edge, passes=passes) for edge, passes in links]
    holds = [_said(atlas, edge) for edge, passes in links if not passes]
    title = f"Linked, but an outage of {names[1]} does not reach {names[0]}"
    words = f"It does not pass here: {'; '.join(holds)}. " + "Such a link carries no outage while things run."
    return [
        _head("Paths", title, words, close, ways),
        section("How they are linked", html.Ul(rows, className="linked")),
    ]


def _said(atlas: Atlas, edge: int) -> str:
    """A link in words: "Kubernetes, monitored by Monitoring"."""
    p = atlas.projection
    ends = (int(p.edges.dependent[edge]), int(p.edges.provider[edge]))
    names = [short(p.labels[v], 60) if v < len(p) else "alternatives" for v in ends]
    return f"{names[0]}, {said_kind(p.kinds[int(p.edges.kind[edge])].label)} {names[1]}"


def _link(atlas: Atlas, edge: int, *, passes: bool) -> Component:
    note = [] if passes else [html.Span("no outage passes", className="note")]
    return html.Li([html.Span(_said(atlas, edge), className="anywhere"), *note], className="" if passes else "stops")


def _count(number: int, kind: str) -> str:
    """So many of a kind, in words.

    >>> _count(2, "component"), _count(2, "process"), _count(3, "policy"), _count(2, "not defined")
    ('2 components', '2 processes', '3 policies', '2 not defined')
    """
    if number == 1 or kind in ("not defined", "infrastructure"):
        return f"{number:,} {kind}"
    ending = (
        f"{kind[:-1]}ies"
        if kind[-1:] == "y" and kind[-2:-1] not in "aeiou"
        else f"{kind}es"
        if kind[-1:] == "s"
        else ""
    )
    return plural(number, kind, ending)


def _way(atlas: Atlas, now: Screen, number: int, way: tuple[int, ...]) -> Component:
    p = atlas.projection
    steps = [v for v in way if v < len(p)]
    words = arrows(*(short(p.labels[v], 40) for v in steps))
    here = number == now.view.way
    return html.A(
        [html.Span(f"{number}", className="way-number"), html.Span(words, className="name anywhere")],
        href=link(replace(now.view, way=0 if here else number)),
        title=plural(len(steps) - 1, "hop"),
        **attrs({"aria-current": "true"} if here else {}),
    )


# ── a line ─────────────────────────────────────────────────────────────────────────────────────


def line_pane(atlas: Atlas, now: Screen, edge: tuple[int, int]) -> list[Component]:
    """One line of the map: every dependency that it stands for, and who says so."""
    p = atlas.projection
    line = next((each for each in now.picture.shown.lines if (each.dependent, each.provider) == edge), None)
    links = [each for each in atlas.depends_on(edge[0]) if each.element == edge[1]]
    names = [short(p.labels[v], 60) for v in edge]
    words = f"Over {plural(line.through, 'hidden element')}" if line is not None and line.through else ""
    actions = []
    if words:
        ids = [p.ids[v] for v in edge]
        actions = [button("Show the paths", name="hierarchy", href=link(View(start=ids[0], end=ids[1])), filled=True)]
    title = f"{names[0]} depends on {names[1]}"
    parts = [_head("Dependency", title, words, link(replace(now.view, edge="")), actions)]
    ends = [
        html.A(
            [tile(atlas.look[v]), html.Span(names[n], className="name"), html.Span(word, className="note")],
            href=element_address(atlas, v),
        )
        for n, (v, word) in enumerate(zip(edge, ("depends on", "is needed"), strict=True))
    ]
    parts.append(section("Between", html.Div(ends, className="rows")))
    parts += [section(sentence(said_kind(each.kind)), _evidence(atlas, each.edge, each.group)) for each in links]
    if not links and not words:
        parts.append(section("Dependency", html.P("The map knows of none any more.", className="words")))
    seen = next((w for w in atlas.witnesses if (w.dependent, w.provider) == edge), None)
    if seen is not None:
        calls = f", {plural(seen.calls, 'call')}" if seen.calls is not None else ""
        places = [("Declared", seen.declared), ("Seen", seen.seen)]
        rows = [part for word, where in places if where for part in (html.Dt(word), html.Dd(_place(where)))]
        parts.append(section(f"{sentence(seen.standing.value)}{calls}", html.Dl(rows)))
    return parts


def _evidence(atlas: Atlas, edge: int, group: str) -> Component:
    """How strong a dependency is, who says so, where, and how old that is."""
    p = atlas.projection
    strength = said_strength(int(p.edges.strength[edge]))
    where = atlas.where(edge)
    source = next((s for s in atlas.sources if where is not None and s.path == where.path), None)
    rows = [("Strength", f"{strength}{', assumed' if p.edges.assumed[edge] else ''}" if strength else "")]
    rows += [("Alternatives", f"{group} is enough" if group else "")]
    rows += [(name.replace("_", " ").capitalize(), said.get(edge)) for name, said in p.edges.rare.items()]
    said = [part for word, value in rows if value for part in (html.Dt(word), html.Dd(value))]
    said += [html.Dt("Says"), html.Dd(_place(where) if where else "no place is known")]
    if source is not None and source.loaded_at:
        said += [html.Dt("Read"), html.Dd(age(source.loaded_at, datetime.now(UTC)), title=source.loaded_at)]
    return html.Dl(said, className="numbers evidence")


def _place(where: Where) -> Component:
    name = PurePath(where.path).name
    return html.Code(f"{name}:{where.line}" if where.line else name, title=str(where))
