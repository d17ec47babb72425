"""How do two elements differ? What each rests on, alone and shared, what breaks with it, promises, owners, findings."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import nsmallest
from typing import Any
from urllib.parse import parse_qs, quote

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.answers import table_of, with_unit
from app.atlas import Atlas
from app.impact.hit import folded
from app.live import Live
from app.missing import Missing
from app.pages import Page
from app.pages.element import find
from app.painted import painted
from app.parts import attrs, button, element_address, entity, in_words, message, section, sentence
from app.words import plural, short
from graph.analysis.impact import State, impact
from graph.analysis.reach import reach
from graph.analysis.single_points import single_points
from graph.answer import Answer, Cell
from graph.catalogue import answer as services
from graph.natural import natural
from graph.reports.json import data

__all__ = ["PAGE", "pair", "rows"]

_LISTED, _UNFOLDED = 40, 300
_WORDS = {
    "carried": "can it be kept?",
    "allowed": "may be out in the promise's period, minutes",
    "expected": "expected to be out, minutes",
    "guaranteed": "out at the worst that its contracts allow, minutes",
    "slack": "left of the promise then, minutes",
}
"""What the catalogue names shortly, in words that stand alone."""
_COLUMNS, _UNIT = {words: column for column, words in _WORDS.items()}, ", minutes"


def pair(atlas: Atlas, query: str) -> tuple[int, int]:
    """The two elements that an address names. Raises Missing where there are not two different ones."""
    named = [name for text in parse_qs(query).get("element", []) for name in text.split(",") if name]
    found = list(dict.fromkeys(find(atlas, name) for name in named))
    if len(found) != 2:
        raise Missing(
            "Two elements are compared",
            f"{plural(len(found), 'element')} named here",
            "name two: /compare?element=ID&element=ID, or pick two in the catalogue or on the map",
            {"/catalogue": "Show the catalogue", "/map": "Show the map"},
        )
    return found[0], found[1]


def _begun(atlas: Atlas, query: str) -> int | None:
    """The one element for which another is wanted, where an address names no more than that."""
    named = parse_qs(query).get("element", [])
    return find(atlas, named[0]) if len(named) == 1 and "," not in named[0] else None


def _checked(atlas: Atlas, _rest: str, query: str) -> None:
    if _begun(atlas, query) is None:
        pair(atlas, query)


def rows(atlas: Atlas, _rest: str, query: str) -> Answer:
    """Both elements side by side, one question in each row."""
    first, second = pair(atlas, query)
    p = atlas.projection
    beneath = _beneath(atlas, first, second)
    sides = [_side(atlas, element, rests) for element, rests in zip((first, second), beneath, strict=True)]
    names = dict.fromkeys(name for side in sides for name in side)
    return Answer(
        title=f"{p.labels[first]} and {p.labels[second]}, side by side",
        of="questions",
        columns=("question", "first", "second"),
        rows=tuple((name, *(side.get(name, "") for side in sides)) for name in names),
        facts={"revision": p.revision, "first": p.ids[first], "second": p.ids[second]},
    )


def _beneath(atlas: Atlas, *elements: int) -> list[frozenset[int]]:
    """What each of the elements rests on, directly or not."""
    p = atlas.projection
    return [frozenset(reach(p, [each], direction="dependencies").elements.tolist()) - {each} for each in elements]


def _side(atlas: Atlas, element: int, beneath: frozenset[int]) -> dict[str, Cell]:
    p = atlas.projection
    points = single_points(p, [element]).of[element].tolist()
    broken = impact(p, {element: State.DOWN})
    said: dict[str, Cell] = {
        "name": p.labels[element],
        "id": p.ids[element],
        "kind": atlas.kind(element),
        "who is named": ", ".join(f"{p.labels[party]} ({word})" for word, party in atlas.owners(element))
        or "nobody is named",
        **_of_catalogue(atlas, element),
        "rests on": len(beneath),
        "each alone takes it down": len(points),
        "used by": len(reach(p, [element], direction="dependants").elements),
        "down if it fails": broken.count(State.DOWN),
        "degraded if it fails": broken.count(State.DEGRADED),
        "open findings": len(atlas.findings_about(element)),
    }
    return said


def _of_catalogue(atlas: Atlas, element: int) -> dict[str, Cell]:
    """What the catalogue says of a service: criticality, state, price, promise, and whether that can be kept."""
    entry = next((each for each in atlas.catalogue if each.element == element), None)
    if entry is None:
        return {}
    told = services(atlas.projection, [entry])
    own = ("id", "name", "kind", "owners")
    cells = zip(told.columns, told.rows[0], strict=True)
    return {_WORDS.get(column, column): cell for column, cell in cells if column not in own}


def frame() -> Component:
    """An empty article."""
    body = html.Div(
        id="compare-article",
        className="article",
        tabIndex=0,
        role="region",
        **attrs({"aria-label": "Both side by side"}),
    )
    return html.Div(
        [dcc.Store(id="compare-address"), dcc.Store(id="compare-done"), html.H1("Compare", className="sr"), body],
        className="page",
        id="compare-page",
        hidden=True,
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the article when the address changes."""

    @app.callback(
        Output("compare-article", "children"),
        Output("compare-done", "data"),
        Input("compare-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Any, ...]:
        atlas = live.atlas
        try:
            return _filled(atlas, address["query"])
        except Missing as missing:
            links = [html.A(words, href=href, className="button") for href, words in missing.links.items()]
            said = message(missing.title, f"{missing.help[:1].upper()}{missing.help[1:]}.", links)
            return said, {"title": f"{missing.title} · {atlas.title}", "announce": missing.title}

    app.clientside_callback(
        ClientsideFunction("servicemap", "arrived"),
        Output("compare-page", "data-arrived"),
        Input("compare-done", "data"),
    )


def _filled(atlas: Atlas, query: str) -> tuple[Any, ...]:
    if (alone := _begun(atlas, query)) is not None:
        return _wanted(atlas, alone)
    first, second = pair(atlas, query)
    answer = rows(atlas, "", query)
    words = f"{short(answer.title, 200)}"
    inside = [html.Div(part, className="card") for part in _parts(atlas, first, second, answer)]
    return [html.Div(inside, className="article-inner impact side-by-side")], {
        "title": f"{words} · {atlas.title}",
        "announce": words,
    }


def _wanted(atlas: Atlas, first: int) -> tuple[Any, ...]:
    """What is shown until the second is named: the search has the cursor; others of the kind are offered."""
    p, name = atlas.projection, short(atlas.projection.labels[first], 60)
    alike = [v for v, of in enumerate(p.classes) if of == p.classes[first] and v != first and not p.stub[v]]
    offered = nsmallest(_LISTED, alike, key=lambda v: natural(p.labels[v]))
    asked = f"/compare?element={quote(p.ids[first], safe='/')}&element="
    title = f"Compare {name} with which other?"
    parts: list[Component] = [entity(atlas, v, asked + quote(p.ids[v], safe="/")) for v in offered]
    if len(alike) > _LISTED:
        parts.append(html.Span(f"and {len(alike) - _LISTED:,} more: find them with the search", className="muted"))
    words = "Find it with the search above" + (", or take one of the same kind." if parts else ".")
    head = [html.H2(title, className="verdict-title"), html.P(words, className="words")]
    kind = section(f"Of the same kind: {atlas.kind(first).lower()}", html.Div(parts, className="compared alike"))
    inside = html.Div([html.Section(head, className="section"), *([kind] if parts else [])], className="card")
    return [html.Div(inside, className="article-inner impact side-by-side")], {
        "title": f"{title} · {atlas.title}",
        "announce": title,
    }


def _parts(atlas: Atlas, first: int, second: int, answer: Answer) -> Iterator[list[Component]]:
    p = atlas.projection
    names = [short(p.labels[each], 60) for each in (first, second)]
    asked = "&".join(f"element={quote(p.ids[each], safe='/')}" for each in (first, second))
    both = f"/map?select={quote(p.ids[first], safe='/')},{quote(p.ids[second], safe='/')}"
    files = [
        html.A(w, href=f"/compare.{e}?{asked}", className="chip not-phone", target="_self")
        for e, w in (("json", "JSON"), ("csv", "CSV"))
    ]
    copy = button("Copy link", name="link", **attrs({"data-copy": "address", "data-said": "Link copied"}))
    cells = [
        (sentence(name.removesuffix(_UNIT)), *(with_unit(_COLUMNS.get(name, ""), each) or "–" for each in said))
        for name, said in ((str(row[0]), row[1:]) for row in answer.rows[2:])
    ]
    told = tuple(row for row in cells if row[1:] != ("–", "–"))
    shown = Answer(answer.title, answer.of, ("", *names), told)
    same = {number for number, (_, one, other) in enumerate(told) if one == other}
    differ = (
        f"{plural(len(told) - len(same), 'row')} of {len(told)} {'differs' if len(told) - len(same) == 1 else 'differ'}"
    )
    titles = [entity(atlas, each, element_address(atlas, each)) for each in (first, second)]
    head = [
        html.H2(short(answer.title, 200), className="verdict-title"),
        html.Div(titles, className="compared"),
        html.Div([button("Show on map", name="sitemap", href=both), copy, *files], className="saves wraps"),
        *([html.P(f"{differ}; what is the same stands in grey.", className="words")] if same else []),
        table_of(atlas, shown, stacks=False, named=True, held=same),
    ]
    yield [html.Section(head, className="section")]
    one, other = _beneath(atlas, first, second)
    yield [_listed(atlas, "What both rest on", one & other)]
    yield [_listed(atlas, f"Only {names[0]} rests on", one - other)]
    yield [_listed(atlas, f"Only {names[1]} rests on", other - one)]
    alone = [single_points(p, [each]).of[each].tolist() for each in (first, second)]
    for name, points in zip(names, alone, strict=True):
        yield [_listed(atlas, f"Each of these alone takes {name} down", frozenset(points))]
    found = [
        (name, finding)
        for name, each in zip(names, (first, second), strict=True)
        for finding in atlas.findings_about(each)
    ]
    listed = [html.Li(short(in_words(_about(name, finding.message)), 400)) for name, finding in found]
    none = html.P("None.", className="words")
    yield [section("Open findings", html.Ul(listed, className="notes") if listed else none)]


def _about(name: str, message: str) -> str:
    """A finding with the name of its element, unless it begins with that.

    >>> _about("Shop", "'Shop' depends on itself"), _about("Shop", "nobody owns it")
    ("'Shop' depends on itself", 'Shop: nobody owns it')
    """
    return message if message.startswith(f"'{name}'") else f"{name}: {message}"


def _listed(atlas: Atlas, title: str, elements: frozenset[int]) -> Component:
    ordered = sorted(elements, key=lambda v: natural(atlas.projection.labels[v]))
    parts: list[Component] = [entity(atlas, v, element_address(atlas, v)) for v in ordered[:_LISTED]]
    rest = [entity(atlas, v, element_address(atlas, v)) for v in ordered[_LISTED : _LISTED + _UNFOLDED]]
    more = [folded(html.Div(rest, className="compared"), len(ordered) - _LISTED, len(rest))] if rest else []
    inside = [html.Div(parts, className="compared"), *more] if parts else html.P("Nothing.", className="words")
    return section(title, inside, note=f"{len(ordered):,}")


PAGE = Page(
    name="compare",
    path="/compare",
    title="Compare",
    icon="layout-list",
    position=0,
    below=False,
    frame=frame,
    connect=connect,
    check=_checked,
    answer=lambda atlas, rest, query: data(rows(atlas, rest, query)),
    table=rows,
)
