"""How are filters and expressions shown? Chips of what is in force, facets with counts, and what is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.map.hit import Hit
from app.map.screen import Screen
from app.parts import arrows, attrs, icon, section, stopped
from app.query.answers import library
from app.query.asked import Asked
from app.query.asked import link as query_link
from app.sieve import FACETS, NOT_SAID, Choice, choices, kept_silent, only_of, sieve
from app.view import View, link
from app.words import plural, short
from graph.model import InputError

__all__ = ["chips", "facets", "filter_menu", "problems"]

_MOST = 8


def chips(atlas: Atlas, now: Screen) -> list[Component]:
    """What is lit up, hidden and filtered, each with a cross that takes it away."""
    view, found = now.view, list[Component]()
    if view.answer:
        found.append(_answer(view))
    if now.hit is not None:
        found.append(_hit(view, now.hit))
    if view.start or view.end:
        found.append(_chip("hierarchy", _ends(atlas, now), "", replace(view, start="", end="", within=0, way=0)))
    if view.find:
        words = "" if now.sieve.lit is None else f"{int(now.sieve.lit.sum()):,} fit"
        found.append(_chip("eye", f"Lit up: {short(view.find, 120)}", words, replace(view, find="")))
    if now.alone and (view.sifted or view.hidden):  # what was asked for is shown whatever they hide
        rest = replace(view, without="", kept=(), hidden=())
        return [*found, _chip("filter", "Filters do not apply here", "", rest)]
    if view.without:
        only = only_of(view.without)
        words = f"Only: {short(only, 120)}" if only else f"Hidden: {short(view.without, 120)}"
        found.append(_chip("filter" if only else "eye-off", words, "", replace(view, without="")))
    for facet, value in view.kept:
        words = "not said" if value == NOT_SAID else short(value, 30)
        found.append(_chip("filter", f"{FACETS.get(facet, facet)}: {words}", "", view.with_kept(facet, value)))
    return [*found, *_silent(atlas, now), *_silent_only(atlas, now)]


def _answer(view: View) -> Component:
    """The question whose answer is shown, with the way back to it."""
    asked = _asked(view.answer)
    question = library().get(asked.name)
    title = question.title if question else "A query of your own"
    words = f"{title} ({', '.join(asked.values.values())})" if question and asked.values else title
    inside = html.B(short(words, 80), title=words)
    back = (
        html.A(inside, href=query_link(asked), title="Back to the answer", className="chip-name")
        if asked.anything
        else inside
    )
    let_go = link(replace(view, answer="", selected=""))
    away = html.A(icon("x"), href=let_go, title="Let the answer go", **attrs({"aria-label": "Let the answer go"}))
    return html.Span([icon("terminal-2"), "Answer: ", back, away], className="chip chip-focus chip-sift")


def _hit(view: View, hit: Hit) -> Component:
    """The change whose answer is shown, with the way back to it."""
    words = f"{hit.title}: {hit.words}" if hit.words else hit.title
    back = html.A(html.B(words, title=words), href=hit.href, title="Back to Impact", className="chip-name")
    told = {"title": "Let the change go", **attrs({"aria-label": f"Let the change go: {hit.title}"})}
    away = html.A(icon("x"), href=link(replace(view, impact="")), **told)
    return html.Span([icon("bolt"), back, away], className="chip chip-focus chip-sift")


def _asked(text: str) -> Asked:
    """The question of an address; none where it cannot be read, for a chip is no place to say so."""
    try:
        return Asked.parse(text)
    except InputError:
        return Asked()


def _silent(atlas: Atlas, now: Screen) -> Iterator[Component]:
    """How many a filter hides of which nobody says what it asks for, and a click that keeps them."""
    for facet in dict.fromkeys(facet for facet, _ in now.view.kept if facet in FACETS):
        values = choices(now.view, facet, atlas.facet, _among(atlas, now, now.view))
        silent = next((each for each in values if each.value == NOT_SAID and not each.chosen), None)
        if silent is not None and silent.count:
            yield _keep_them(silent.count, FACETS[facet].lower(), now.view.with_kept(facet, NOT_SAID))


def _silent_only(atlas: Atlas, now: Screen) -> Iterator[Component]:
    """The same for an expression that alone is shown."""
    view = now.view
    if view.without and "without" not in now.sieve.wrong and now.sieve.stays is not None:
        among = _among(atlas, now, replace(view, without=""))
        for key, kept in kept_silent(view.without).items():
            wider = replace(view, without=kept)
            stays = sieve(wider, atlas.found, atlas.facet, len(atlas)).stays
            count = int((among & stays & ~now.sieve.stays).sum()) if stays is not None else 0
            if count:
                yield _keep_them(count, key.replace("_", " ").lower(), wider)


def _keep_them(count: int, what: str, wider: View) -> Component:
    keep = html.A("Keep them", href=link(wider), className="more-link")
    words = f"{count:,} hidden: no {what} is said"
    return html.Span([icon("eye-off"), html.Span(words), keep], className="chip chip-note")


def _ends(atlas: Atlas, now: Screen) -> tuple[str, ...]:
    names = [atlas.projection.labels[end] if end is not None else "?" for end in now.asked.ends]
    return tuple(short(name, 28) for name in names)


def _chip(name: str, words: str | tuple[str, ...], note: str, without: View) -> Component:
    inside, said = (words, words) if isinstance(words, str) else (arrows(*words), " → ".join(words))
    away = html.A(icon("x"), href=link(without), title="Take away", **attrs({"aria-label": f"Take away {said}"}))
    return html.Span(
        [icon(name), html.B(inside, title=said), *([html.Small(note)] if note else []), away],
        className="chip chip-focus chip-sift",
    )


def problems(now: Screen) -> list[Component]:
    """Expressions that cannot be understood, with the place; values that nobody has; names that are not here."""
    found: list[Component] = []
    for name, error in now.sieve.wrong.items():
        words = "Nothing is lit up" if name == "find" else "Nothing is hidden"
        marked = html.Mark(error.text[error.at : error.until] or " ")
        text: list[str | Component] = [error.text[: error.at], marked, error.text[error.until :]]
        remedy = f"{stopped(error.remedy)} " if error.remedy else ""
        found.append(html.Span([f"{words}: {error.message}. {remedy}", html.Code(text)]))
    found += [html.Span(stopped(note)) for note in (*now.sieve.notes, *now.view.slips)]
    if now.hit is not None and now.hit.wrong:
        found.append(html.Span(f"The change cannot be shown. {stopped(now.hit.wrong)}"))
    if now.hit is not None and now.hit.absent:
        found.append(html.Span(f"{plural(now.hit.absent, 'element')} of the what-if cannot be shown: not in this map."))
    if strangers := now.asked.strangers:
        named = ", ".join(short(name, 40) for name in strangers[:3])
        more = f" and {len(strangers) - 3:,} more" if len(strangers) > 3 else ""
        found.append(html.Span(f"Not in this map: {named}{more}."))
    return found


def facets(atlas: Atlas, now: Screen) -> list[Component]:
    """Each facet with its values and how many elements each leaves; a click keeps a value, or lets it go."""
    among = _among(atlas, now, now.view)
    parts = [
        _facet(now.view, name, choices(now.view, name, atlas.facet, among), words) for name, words in FACETS.items()
    ]
    shown = [part for part in parts if part is not None]
    return [section("Filter", shown)] if shown else []


def filter_menu(atlas: Atlas, now: Screen) -> list[Component]:
    """The filters in a menu of the toolbar, for a phone, whose sheet is short; rules are a press away."""
    rule = html.Button(
        [icon("eye"), html.Span("Show by rule…", className="grow")], type="button", **attrs({"data-act": "rule"})
    )
    summary = html.Summary(icon("filter"), className="chip", title="Filter", **attrs({"aria-label": "Filter"}))
    inside = html.Div([*facets(atlas, now), rule], className="menu-list")
    return [html.Details([summary, inside], className="menu", id="filter-menu")]


def _among(atlas: Atlas, now: Screen, view: View) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """What filters choose from: all that could be on the screen without them."""
    inside = np.ones(len(atlas), np.bool_)
    if not view.everything:
        inside[list(atlas.aside)] = False
    if now.focus is not None:
        inside = atlas.distances(now.focus, view.direction)[: len(atlas)] >= 0
    if view.without and "without" not in now.sieve.wrong:
        inside &= ~atlas.found(view.without).fits
    return inside


def _facet(view: View, name: str, values: tuple[Choice, ...], words: str) -> Component | None:
    chosen = sum(choice.chosen for choice in values)
    if len(values) < 2 and not chosen:
        return None
    first = values if len(values) <= _MOST + 1 else values[:_MOST]
    head = html.Summary([words, *([html.Small(f"{chosen} kept")] if chosen else []), icon("chevron-down")])
    more = f"{len(values) - _MOST:,} more"
    if not chosen:
        later = _later(view, name, values[: _MOST + 200], len(first), more)
        return html.Details(head, className="facet sift", id=f"sift-{name}", open=False, **attrs({"data-rest": later}))
    rows: list[Component] = [_choice(view, name, choice) for choice in first]
    if rest := values[len(first) : _MOST + 200]:
        if any(choice.chosen for choice in rest):
            inside = [_choice(view, name, choice) for choice in rest]
            rows.append(html.Details([html.Summary(more), *inside], className="fold"))
        else:
            later = _later(view, name, rest)
            rows.append(html.Details(html.Summary(more), className="fold", **attrs({"data-rest": later})))
    return html.Details([head, html.Div(rows)], className="facet sift", id=f"sift-{name}", open=True)


def _later(view: View, name: str, values: tuple[Choice, ...], *shown: object) -> str:
    """Values that are drawn once their fold is opened: most never are, and there may be two hundred.

    Of each how many elements it leaves, itself, and its words where they are other ones: in full, and in short. Where
    not all are ``shown`` then: how many are, and the words of the fold that the others are in.
    """
    rows = [
        [choice.count, choice.value, *(words if (words := _words(choice)) != [choice.value] * 2 else [])]
        for choice in values
    ]
    return json.dumps([link(view), name, rows, *shown], ensure_ascii=False, separators=(",", ":"))


def _words(choice: Choice) -> list[str]:
    return [choice.label, short(choice.label, 60)]


def _choice(view: View, name: str, choice: Choice) -> Component:
    return html.A(
        [
            html.Span([icon("check")] if choice.chosen else [], className="box"),
            html.Span(short(choice.label, 60), className="grow anywhere"),
            html.Span(f"{choice.count:,}", className="count"),
        ],
        href=link(view.with_kept(name, choice.value)),
        title=f"{'Let go' if choice.chosen else 'Keep'} {choice.label}: {plural(choice.count, 'element')}",
        **attrs({"aria-current": "true"} if choice.chosen else {}),
    )
