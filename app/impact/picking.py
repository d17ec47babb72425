"""What is changed, and how is more picked? The bar above the page of a change, and what stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, tzinfo

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.impact.offers import offers, titles
from app.impact.question import KINDS, MOST_ELEMENTS, MOST_LISTED, MOST_PLANS, Question, link
from app.parts import (
    attrs,
    icon,
    labelled,
    sentence,
    tile,
)
from app.words import short, zone_words
from graph.analysis.windows import FOREVER
from graph.assessment import USUAL
from graph.library import questions
from graph.model import InputError
from graph.natural import natural
from graph.records import Plan, Records, seconds
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["bar", "edits_of", "name_of", "named_so", "party_of", "picker", "recorded_times", "spoken", "when"]

_HITS, _RECORDS = 8, 100


def bar(atlas: Atlas, question: Question) -> list[Component]:
    """Above the page: what is changed, each part with a way to take it away."""
    parts = [("", name_of(atlas, each), question.without(each)) for each in question.elements]
    if question.record:
        parts.append(("Record: ", name_of(atlas, question.record), replace(question, record="", at="")))
    if question.asked in questions():
        values = ", ".join(text for _, text in question.values)
        title = questions()[question.asked].title + (f" ({values})" if values else "")
        parts.append(("All that: ", title, replace(question, asked="", values=(), at="")))
    if question.sparql:
        parts.append(("", "All that a query of your own finds", replace(question, sparql="", at="")))
    for act in question.acts:
        rest = tuple(each for each in question.acts if each != act)
        parts.append((f"{sentence(act[0])}: ", name_of(atlas, act[1]), replace(question, acts=rest, at="")))
    chips: list[Component] = [
        html.Span(
            [
                words,
                html.B(short(name, 80), title=name),
                html.A(icon("x"), href=link(there), **labelled(f"Without {name}")),
            ],
            className="chip chip-focus",
        )
        for words, name, there in parts
    ]
    if question.what_if and chips:
        undo = html.A(icon("x"), href=link(question.as_it_is), title="Undo", **labelled("Undo the what-if"))
        chips.append(
            html.Span(
                ["What if: ", html.B(short(edits_of(atlas, question), 120), title=edits_of(atlas, question)), undo],
                className="chip chip-focus",
            )
        )
    if not chips:
        return [html.Span("Nothing is picked yet", className="muted")]
    return [*chips, html.A("Start again", href=link(Question()), className="more-link", title="Judge another change")]


def edits_of(atlas: Atlas, question: Question) -> str:
    """The what-if in words."""
    try:
        return ", and ".join(titles(atlas, question))
    except InputError:
        return "an edit that is not offered here"


def when(question: Question) -> list[Component]:
    """Under the fields of time: the window in words with its zone, or what is wrong with it and how to write it."""
    _, problem = question.slip
    if problem:
        words = ". The answer below leaves it out." if question.named else ""
        return [html.Span(f"{sentence(problem)}{words}", className="when-wrong")]
    return [html.Span(words)] if (words := spoken(question)) else []


def spoken(question: Question) -> str:
    """The window of a question in words, with its zone; "" for none. Raises InputError for what cannot be.

    >>> spoken(Question(start="2026-12-05T02:00Z", lasts="2 h"))
    'Sat 5 Dec 2026, 02:00–04:00, UTC'
    >>> spoken(Question(start="2026-12-05T22:00Z", lasts="4 h"))
    'Sat 5 Dec 2026, 22:00 to Sun 6 Dec 2026, 02:00, UTC'
    """
    spans = question.window()
    if spans is None:
        return ""
    (first, last), zone = spans[0], question.zone
    start = "From any time" if abs(first) >= FOREVER else _moment(first, zone)
    end = " without an end" if abs(last) >= FOREVER else f" to {_moment(last, zone)}"
    if end[4:].startswith(start[:-5]):  # a day that the window does not leave is said once
        end = f"–{end[-5:]}"
    said = zone_words(datetime.fromtimestamp(0 if abs(first) >= FOREVER else first, zone))
    return f"{start}{end}, {said}"


def _moment(seconds: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(seconds, zone)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"


def name_of(atlas: Atlas, name: str) -> str:
    """What people call what an address names; the name itself where the map does not have it."""
    try:
        return atlas.projection.labels[atlas.projection.find(name)]
    except InputError:
        return name


def party_of(atlas: Atlas, name: str) -> str:
    """The same of a person or a team; a team says that it is one."""
    try:
        return atlas.party_words(atlas.projection.find(name))
    except InputError:
        return name


def picker(atlas: Atlas, question: Question) -> list[Component]:
    """Beside the page: what else to change, what is done to it, and what is taken for granted."""
    parts = list[Component]()
    if question.named:
        said = _kinds(atlas, question)
        kinds = [_choice(sentence(kind), replace(question, kind=kind, at=""), on=kind in said) for kind in KINDS]
        parts.append(_facet("What happens to it?", kinds, one=True))
        parts += _taken(question)
    if found := offers(atlas, question):
        entries = [_choice(each.words, each.question, on=each.chosen) for each in found]
        if question.what_if:
            entries.append(_action("Undo: the map as it is", question.as_it_is, name="refresh"))
        parts.append(_facet("What if it were different?", entries, open_=question.what_if))
    return [*parts, *_ready(atlas, question)]


def _taken(question: Question) -> Iterator[Component]:
    """What is taken for granted that nobody states, from when on evidence is old, how far one looks, what is told."""
    given = [
        _choice(words, replace(question, assume=name, at=""), on=question.assume == name)
        for name, words in _ASSUMED.items()
    ]
    yield _facet("Where nobody says how strong a need is", given, one=True)
    if question.assume:
        ages = _one_of(_OLD, question.stale, lambda chosen: replace(question, stale=chosen, at=""))
        yield _facet("Evidence is old", ages, one=True, open_=bool(question.stale))
    hops = _one_of(_FAR, question.depth, lambda chosen: replace(question, depth=chosen, at=""))
    yield _facet("How far dependencies are followed", hops, one=True, open_=bool(question.depth))
    rows = _one_of(_LISTS, question.most, lambda chosen: replace(question, most=chosen, at=""))
    yield _facet("Rows of each list", rows, one=True, open_=bool(question.most))
    plans = _one_of(_PLANS, question.plans, lambda chosen: replace(question, plans=chosen, at=""))
    yield _facet("Response plans of how many services", plans, one=True, open_=bool(question.plans))


_ASSUMED = {
    "": "Take it as required",
    "unknown": "Say the least and the most that can be hit",
    "nothing": "The same, and no reserve is trusted",
}
_OLD = {"30 d": "After 30 days", "90 d": "After 90 days", "": "After 180 days", "365 d": "After a year"}
_LISTS = {"10": "10 rows", "100": "100 rows", "": f"{MOST_LISTED:,} rows"}
_PLANS = {
    "0": "No plans",
    "": f"{USUAL.plans} services",
    "20": "20 services",
    str(MOST_PLANS): f"{MOST_PLANS} services",
}
_FAR = {"": "All the way", "1": "For 1 hop", "2": "For 2 hops", "3": "For 3 hops", "5": "For 5 hops"}


def _one_of(known: Mapping[str, str], chosen: str, there: Callable[[str], Question]) -> list[Component]:
    """The values to choose from, and the one that the address has, where it is none of them."""
    words = known if chosen in known else {**known, chosen: f"As the address says: {short(chosen, 20)}"}
    return [_choice(each, there(value), on=value == chosen) for value, each in words.items()]


def _kinds(atlas: Atlas, question: Question) -> set[str]:
    """What happens: what the address says, else what the record does, else an outage."""
    if question.kind or not question.record:
        return {question.kind or KINDS[0]}
    plan = _plan_of(atlas, question)
    return {change.kind.value for change in plan.changes} if plan else set()


def _plan_of(atlas: Atlas, question: Question) -> Plan | None:
    """What the change record of a question says; None where it cannot be read, which the answer tells."""
    try:
        records = Records(atlas.map.store, atlas.projection, seconds(datetime.now(UTC)))
        return records.change(question.record)
    except InputError:
        return None


def recorded_times(atlas: Atlas, question: Question) -> list[Component]:
    """Under the fields of time: the window of the record, where nobody chose another; the fields show it in grey."""
    plan = _plan_of(atlas, question) if question.record and not (question.start or question.end) else None
    if plan is None or not plan.window:
        return []
    first, last = plan.window[0][0], plan.window[-1][1]
    start, end = (datetime.fromtimestamp(m, plan.zone).isoformat() if abs(m) < FOREVER else "" for m in (first, last))
    words = spoken(replace(Question(), start=start, end=end))
    return [html.Span(f"As the record says: {words}", **attrs({"data-from": start, "data-until": end}))]


def named_so(atlas: Atlas, question: Question) -> list[Component]:
    """Under the field in which one searches: what has such a name; Enter picks the first."""
    if not question.words:
        return []
    hits = atlas.index.search(question.words, limit=_HITS)
    rows = [
        html.Li(
            html.A(
                [
                    tile(atlas.look[hit.element]),
                    html.Span([html.B(short(hit.label, 60)), html.Small(atlas.kind(hit.element))], className="grow"),
                ],
                href=link(_with(atlas, question, hit.element)),
                title=f"Add {short(hit.label, 60)}",
            )
        )
        for hit in hits
    ]
    if not rows:
        words = f"Nothing is called “{short(question.words, 60)}”. Try a part of the name or the id."
        return [html.P(words, className="nothing")]
    return [html.Ul(rows, id="impact-found", **attrs({"data-for": question.words}))]


def _with(atlas: Atlas, question: Question, element: int) -> Question:
    identifier = atlas.projection.ids[element]
    if element in _records(atlas):
        return replace(question, record=identifier, words="", kind="", at="")
    elements = tuple(dict.fromkeys((*question.elements, identifier)))[-MOST_ELEMENTS:]
    return replace(question, elements=elements, words="", at="")


def _records(atlas: Atlas) -> list[int]:
    """The change records of the map."""
    p, is_a = atlas.projection, vocabulary().is_a
    kinds = {cls for cls in set(p.classes) if cls and is_a(cls, t.CHANGE)}
    found = [v for v, cls in enumerate(p.classes) if cls in kinds]
    return sorted(found, key=lambda v: natural(atlas.projection.labels[v]))


def _choice(words: str, there: Question, *, on: bool) -> Component:
    inside = [html.Span(icon("check") if on else [], className="box"), html.Span(words, className="anywhere grow")]
    return html.Li(html.A(inside, href=link(there), **attrs({"aria-current": "true"} if on else {})))


def _asking(title: str, name: str) -> Component:
    """A question that needs values: they are given on the page of queries, whose answer is then used as a change."""
    words = "It needs values: give them on the next page, then use the answer as a change"
    inside = [icon("chevron-right"), html.Span(title, className="anywhere grow")]
    return html.Li(html.A(inside, href=f"/query?ask={name}", title=words))


def _action(words: str, there: Question, *, name: str = "plus") -> Component:
    return html.Li(html.A([icon(name), html.Span(words, className="anywhere grow")], href=link(there)))


def _facet(title: str, entries: list[Component], *, open_: bool = True, one: bool = False) -> Component:
    """A group of choices; with ``one`` just one of them holds."""
    if open_:
        return html.Section([html.H2(title), html.Ul(entries)], className="facet one-of" if one else "facet")
    look = "facet fold one-of" if one else "facet fold"
    return html.Details([html.Summary(title), html.Ul(entries)], className=look)


def _ready(atlas: Atlas, question: Question) -> Iterator[Component]:
    """Change records of the map, and ready questions that find elements."""
    records = _records(atlas)[:_RECORDS]
    if records:
        p = atlas.projection
        entries = [
            _choice(short(p.labels[v], 60), Question(record=p.ids[v]), on=question.record == p.ids[v]) for v in records
        ]
        yield _facet("Change records", entries, open_=not question.named)
    entries = [
        _asking(each.title, each.name)
        if each.parameters
        else _choice(each.title, replace(question, asked=each.name, values=(), at=""), on=question.asked == each.name)
        for each in sorted(questions().values(), key=lambda each: each.title)
    ]
    yield _facet("All that a ready question finds", entries, open_=False)
