"""What does the right pane say? Facts about the view, or about the element that is selected."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas, Link
from app.badges import WORDS
from app.elements import MOST_LINES
from app.map.screen import Screen, dependencies
from app.map.several import hit_pane, line_pane, picked_pane, ways_pane
from app.map.sift import facets
from app.parts import (
    IN_PANE,
    Here,
    attrs,
    button,
    by_name,
    change_words,
    element_address,
    fact_list,
    far,
    findings_list,
    focus_address,
    icon,
    impact_address,
    in_words,
    link_rows,
    own_facts,
    party_rows,
    section,
    sentence,
    tile,
    title_size,
)
from app.view import link
from app.words import plural, short
from graph.analysis.reach import Direction
from graph.facts import Fact
from graph.model import Severity

__all__ = ["pane"]

_LISTED, _FACTS, _FIRSTS = 8, 16, 6
_TAGGED = ("tier", "lifecycle", "criticality", "environment")


def pane(atlas: Atlas, now: Screen, *, filters: bool = True) -> list[Component]:
    """Facts about the selection, or about the view when nothing is selected; ``filters`` stand elsewhere on a phone."""
    handle = html.Button(
        className="sheet-handle", type="button", **attrs({"data-act": "sheet", "aria-label": "Show more or less"})
    )
    return [handle, *_inside(atlas, now, filters=filters)]


def _inside(atlas: Atlas, now: Screen, *, filters: bool) -> list[Component]:
    if now.asked.edge is not None:
        return line_pane(atlas, now, now.asked.edge)
    if now.selected is not None:
        return _selection_pane(atlas, now, now.selected)
    if now.picked:
        return picked_pane(atlas, now)
    if now.ways is not None:
        return ways_pane(atlas, now, now.ways)
    if now.hit is not None and not now.hit.wrong:
        return hit_pane(atlas, now, now.hit)
    return _view_pane(atlas, now, filters=filters)


def _view_pane(atlas: Atlas, now: Screen, *, filters: bool) -> list[Component]:
    p, shown = atlas.projection, now.picture.shown
    if now.focus is not None:
        name, words = p.labels[now.focus], "What it depends on, and who uses it. Pick an element for its facts."
        look = atlas.look[now.focus]
    else:
        name, words, look = atlas.title, "Pick an element for its facts, or search for one.", ""
    title = html.H2(
        [*([tile(look, extra="tile-24")] if look else []), short(name, 120)],
        className=f"pane-title {title_size(name)}".strip(),
    )
    edges = [edge for line in shown.lines if not line.through for edge in line.edges]
    edges = [edge for edge in edges if p.kinds[int(p.edges.kind[edge])].carries_impact]
    declared, total = sum(1 for edge in edges if not p.edges.assumed[edge]), len(edges)
    numbers = [
        ("Elements", f"{len(shown.elements):,}"),
        ("Dependencies", f"{dependencies(now.picture):,}"),
        *([("Carry an outage", f"{total:,}"), ("Their strength declared", f"{declared:,}")] if total else []),
    ]
    listed = html.Dl([part for word, value in numbers for part in (html.Dt(word), html.Dd(value))], className="numbers")
    parts: list[Component] = [html.Section([title, html.P(words, className="words")], className="section")]
    if not shown.wall:
        parts.append(section("In this view", listed))
    parts += facets(atlas, now) if filters else []
    if first := _look_at_first(atlas, now):
        parts.append(section("Look at first", first))
    if not shown.wall:
        parts.append(section("Lines and marks", _legend(atlas, now)))
    return parts


def _look_at_first(atlas: Atlas, now: Screen) -> list[Component]:
    """Stubs, circles, self-loops and findings that concern what is shown; a few, the rest as a number."""
    p, shown = atlas.projection, frozenset(now.picture.shown.elements)
    if now.picture.shown.wall:
        shown = frozenset(range(len(p)))
    rows = [_circle(atlas, circle, now) for circle in atlas.cycles.circles if shown.issuperset(circle)]
    rows += [_first(atlas, (e,), p.labels[e], "Depends on itself", now) for e in atlas.cycles.selves if e in shown]
    told = {*atlas.stubs, *atlas.cycles.selves, *(circle[0] for circle in atlas.cycles.circles)}
    for finding in atlas.findings if atlas.findings_known else ():
        element = p.index.get(finding.subject, -1)
        if element in shown and element not in told and finding.severity is not Severity.NOTE:
            rows.append(
                _first(atlas, (element,), p.labels[element], short(in_words(sentence(finding.message)), 400), now)
            )
    rows, further = rows[:_FIRSTS], max(0, len(rows) - _FIRSTS)
    if further:
        rows.append(
            html.P(f"{plural(further, 'more finding')} on the pages of their elements", className="words muted")
        )
    if not atlas.findings_known:
        rows.append(html.P("Findings are still being looked for.", className="words muted"))
    stubs = [e for e in atlas.stubs if e in shown]
    rows += [_stub(atlas, e, now) for e in stubs[:4]]
    if len(stubs) > 4:
        words = html.Summary(f"{len(stubs) - 4:,} more not defined anywhere")
        rows.append(html.Details([words, *(_stub(atlas, e, now) for e in stubs[4:60])], className="fold"))
    return rows


def _circle(atlas: Atlas, circle: tuple[int, ...], now: Screen) -> Component:
    names = ", ".join(short(atlas.projection.labels[e], 30) for e in circle[:5])
    rest = f" and {len(circle) - 5} more" if len(circle) > 5 else ""
    words = f"{names}{rest} depend on each other"
    return _first(atlas, circle, f"{plural(len(circle), 'element')} in a circle", words, now)


def _stub(atlas: Atlas, element: int, now: Screen) -> Component:
    used = atlas.users(element)
    words = f"Used {_times(used)}, not defined anywhere" if used else "Mentioned, not defined anywhere"
    return _first(atlas, (element,), atlas.projection.labels[element], words, now)


def _times(number: int) -> str:
    return {1: "once", 2: "twice"}.get(number, f"{number:,} times")


_MOST_PICKED = 50
"""A circle of more elements is not picked as a whole: no map shows it at once."""


def _first(atlas: Atlas, about: tuple[int, ...], title: str, words: str, now: Screen) -> Component:
    """What to look at: a click picks all that it is about."""
    picks = ",".join(atlas.projection.ids[element] for element in about[:_MOST_PICKED])
    return html.A(
        [icon("alert-triangle-filled", extra="warning"), html.B(short(title, 60)), html.Span(words)],
        href=link(replace(now.view, selected=picks)) if not now.picture.shown.wall else focus_address(atlas, about[0]),
        className="first",
    )


def _legend(atlas: Atlas, now: Screen) -> Component:
    shown = now.picture.shown
    entries: list[tuple[str, str, str]] = [("", "", "depends on; points to what is needed")]
    if len(shown.lines) > MOST_LINES:
        entries = [("", "", f"{len(shown.lines):,} lines are too many: they show where you point or pick")]
    if any(line.is_relation(atlas.projection) for line in shown.lines if not line.through):
        entries.append(("sample-relation", "", "belongs to, or hands on to; no outage passes"))
    if any(line.through for line in shown.lines):
        entries.append(("sample-through", "", "through hidden elements"))
    if any(line.group >= 0 for line in shown.lines):
        entries.append(("sample-group", "1 of 2", "so many are enough"))
    if now.sieve.lit is not None:
        entries.append(("sample-asked", "", "what you asked for"))
    if any(card.stub for card in now.picture.cards):
        entries.append(("sample-stub", "", "not defined anywhere"))
    hung = {badge.kind for element in shown.elements for badge in atlas.badges.get(element, ())}
    corners = [
        html.Li([html.Span(html.Span(className=f"corner corner-{kind}"), className="sample-box"), html.Span(words)])
        for kind, words in WORDS.items()
        if kind in hung
    ]
    return html.Ul(
        [
            html.Li([html.Span(text, className=f"sample {name}".strip()), html.Span(words)])
            for name, text, words in entries
        ]
        + corners,
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
            html.H2(short(p.labels[element], 200), className=f"pane-title {title_size(p.labels[element])}".strip()),
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
    findings = atlas.findings_about(element)
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
    return [fact_list(atlas, facts[:_FACTS], longest=IN_PANE), *more]


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
    words, question = change_words(atlas, element)
    change = [button(words, name="bolt", title=question, href=impact_address(atlas, element))] if words else []
    ways = button(
        "Path to…",
        name="hierarchy",
        title="Paths from here to another element",
        href=link(replace(now.view, selected="", start=atlas.projection.ids[element], end="", way=0)),
    )
    return html.Div([first, *second, *change, ways, copy], className="actions")


def _side(
    atlas: Atlas, now: Screen, element: int, title: str, links: list[Link], direction: Direction, page: str
) -> Component:
    if not links:
        nothing = "Nothing that the map knows of" if title == "Depends on" else "Nobody that the map knows of"
        return section(title, html.P(nothing, className="words"))
    direct = len({each.element for each in links})
    total, words = far(atlas, element, direction)
    rows: list[Component] = [link_rows(atlas, by_name(atlas, links), _here(now), most=_LISTED, more=page)]
    if words:
        rows.append(html.P(words, className="words far"))
    return section(title, rows, note=f"{direct:,} directly, {total:,} in all")
