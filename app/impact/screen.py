"""How does the page of a change look? What is changed, the verdict, who is hit and why, the report, the picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from functools import partial
from pathlib import PurePath
from typing import Any

from dash import html
from dash.development.base_component import Component

from app.answers import part_of, table_of
from app.atlas import Atlas, plural, short
from app.impact.judged import MOST_DRAWN, WHAT_IF, Judged
from app.impact.offers import offers, patch_of, titles
from app.impact.question import KINDS, MOST_ELEMENTS, MOST_LISTED, MOST_PLANS, Question, link
from app.missing import Missing
from app.parts import (
    attrs,
    button,
    element_address,
    entity,
    icon,
    in_words,
    most_used,
    section,
    sentence,
    stopped,
    tile,
)
from app.view import View
from app.view import link as map_link
from graph.analysis.budgets import Verdict
from graph.analysis.judgement import Bracket
from graph.analysis.shift import Shift
from graph.analysis.states import State
from graph.analysis.windows import FOREVER
from graph.answer import Answer, Section, words_of_cell
from graph.assessment import USUAL
from graph.beside import APPROVAL, COST, PROMISES, SAME
from graph.library import questions
from graph.model import InputError
from graph.people import Part
from graph.reports.svg import lanes, places, titles_end
from graph.rollup import KINDS as KINDS_REACHED
from graph.rollup import plural as plural_of
from graph.rollup import state_words
from ontology import terms as t
from ontology.vocabulary import vocabulary

__all__ = ["article", "bar", "picker", "so_far", "spoken", "when", "wrong"]

_STATES = {State.DOWN: "down", State.DEGRADED: "degraded", State.AT_RISK: "risk"}
_HITS, _PROOFS, _ROWS, _RECORDS = 8, 300, 200, 100
_FIRST, _REACHED_ROWS, _UNFOLDED = 12, 5, 300
_FILES = {
    ".html": "Report to read and print",
    ".md": "Report as text (Markdown)",
    ".csv": "Who is hit, as a table (CSV)",
    ".rolled-up.csv": "Services, customers and places, as a table (CSV)",
    ".json": "Who is hit, for programs (JSON)",
    ".proofs.json": "Every step with its source, to check again (JSON)",
    ".ttl": "All statements, for other tools (RDF)",
}


# ── what is changed ────────────────────────────────────────────────────────────────────────────


def bar(atlas: Atlas, question: Question) -> list[Component]:
    """Above the page: what is changed, each part with a way to take it away."""
    parts = [("", _name(atlas, each), question.without(each)) for each in question.elements]
    if question.record:
        parts.append(("Record: ", _name(atlas, question.record), replace(question, record="", at="")))
    if question.asked in questions():
        values = ", ".join(text for _, text in question.values)
        title = questions()[question.asked].title + (f" ({values})" if values else "")
        parts.append(("All that: ", title, replace(question, asked="", values=(), at="")))
    if question.sparql:
        parts.append(("", "All that a query of your own finds", replace(question, sparql="", at="")))
    for act in question.acts:
        rest = tuple(each for each in question.acts if each != act)
        parts.append((f"{sentence(act[0])}: ", _name(atlas, act[1]), replace(question, acts=rest, at="")))
    chips: list[Component] = [
        html.Span(
            [
                words,
                html.B(short(name, 80), title=name),
                html.A(icon("x"), href=link(there), **_label(f"Without {name}")),
            ],
            className="chip chip-focus",
        )
        for words, name, there in parts
    ]
    if question.what_if and chips:
        undo = html.A(icon("x"), href=link(question.as_it_is), title="Undo", **_label("Undo the what-if"))
        chips.append(
            html.Span(
                ["What if: ", html.B(short(_edits(atlas, question), 120), title=_edits(atlas, question)), undo],
                className="chip chip-focus",
            )
        )
    return chips or [html.Span("Nothing is picked yet", className="muted")]


def _edits(atlas: Atlas, question: Question) -> str:
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
    name = datetime.fromtimestamp(0 if abs(first) >= FOREVER else first, zone).strftime("%z")
    return f"{start}{end}, UTC{name[:3]}:{name[3:]}" if name != "+0000" else f"{start}{end}, UTC"


def _moment(seconds: int, zone: tzinfo) -> str:
    at = datetime.fromtimestamp(seconds, zone)
    return f"{at:%a} {at.day} {at:%b %Y, %H:%M}"


def _label(words: str) -> dict[str, Any]:
    return attrs({"aria-label": words})


def _name(atlas: Atlas, name: str) -> str:
    try:
        return atlas.projection.labels[atlas.projection.find(name)]
    except InputError:
        return name


def picker(atlas: Atlas, question: Question) -> list[Component]:
    """Beside the page: what else to change, what is done to it, and what is taken for granted."""
    parts = [_found(atlas, question)] if question.words else []
    if question.named:
        kinds = [_choice(sentence(kind), replace(question, kind=kind, at=""), on=_is(question, kind)) for kind in KINDS]
        parts.append(_facet("What is done to it?", kinds, one=True))
        parts += _taken(question)
    if found := offers(atlas, question):
        entries = [_choice(each.words, each.question, on=each.chosen) for each in found]
        if question.what_if:
            entries.insert(0, _action("Undo: the map as it is", question.as_it_is, name="refresh"))
        parts.append(_facet("What if it were different?", entries, open_=question.what_if))
    return [*parts, *_ready(atlas, question)]


def _taken(question: Question) -> Iterator[Component]:
    """What is taken for granted that nobody states, from when on evidence is old, how far one looks, what is told."""
    given = [
        _choice(words, replace(question, assume=name, at=""), on=question.assume == name)
        for name, words in _ASSUMED.items()
    ]
    yield _facet("Where no strength is declared", given, one=True)
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


def _is(question: Question, kind: str) -> bool:
    return question.kind == kind or (not question.kind and not question.record and kind == KINDS[0])


def _found(atlas: Atlas, question: Question) -> Component:
    hits = atlas.index.search(question.words, limit=_HITS)
    rows = [
        html.Li(
            html.A(
                [tile(atlas.look[hit.element]), html.Span(short(hit.label, 60), className="anywhere grow")],
                href=link(_with(atlas, question, hit.element)),
                title=f"Change {short(hit.label, 60)} too",
            )
        )
        for hit in hits
    ]
    nothing = html.P("Nothing has this name.", className="words facet-words")
    inside = html.Ul(rows, id="impact-found", **attrs({"data-for": question.words})) if rows else nothing
    return html.Section([html.H2("Pick what is changed"), inside], className="facet")


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
    return sorted(found, key=lambda v: atlas.projection.labels[v])


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


# ── the answer ─────────────────────────────────────────────────────────────────────────────────


def wrong(problem: Missing | InputError) -> list[Component]:
    """What cannot be judged, and how to mend it."""
    if isinstance(problem, Missing):
        lines = [html.P(f"{stopped(problem.detail)} {stopped(problem.help)}")]
        title = problem.title
    else:
        title = "This cannot be judged"
        lines = [html.P(str(each) if each.where else sentence(str(each))) for each in problem.problems[:20]]
        if len(problem.problems) > 20:
            lines.append(html.P(f"{len(problem.problems) - 20:,} more"))
    return [html.Div([html.H2(title), *lines], className="message", role="alert")]


def article(atlas: Atlas, judged: Judged | None) -> list[Component]:
    """The answer, or how to begin where nothing is changed yet; ``atlas`` is the map without a what-if."""
    if judged is None:
        return [_beginning(atlas)]
    report, found = judged.report, judged.shown
    rest = [part for part in report.sections if part.heading not in _OWN]
    sides = {part.heading: part.answer for part in report.sections}
    head = html.Section(
        [
            html.H2(short(report.title, 300), className="verdict-title"),
            _supposed(atlas, judged.question),
            _tally(judged),
            html.Ul([html.Li(short(in_words(line), 400)) for line in report.summary], className="verdict-lines"),
            _named_first(sides),
            _saves(judged.question),
        ],
        className="section",
        id="changed",
    )
    cards = [html.Div(head, className="card")]
    if judged.without:
        cards.append(html.Div(_shifted(judged, sides), className="card", id="before-and-after"))
    cards.append(html.Div(_picture(judged), className="card"))
    people = sides.get(_PEOPLE)
    left = [html.Div(_hit(judged), className="card")]
    if found.spared:
        left.append(html.Div(_spared(judged), className="card", id="spared"))
    left += [html.Div(_people(judged, people), className="card", id="told")] if people else []
    right = [html.Div(_reached(judged), className="card")] if judged.reach.reached else []
    right += [
        html.Div(part_of(judged.atlas, part), className="card") for part in report.sections if _tells_unknowns(part)
    ]
    columns = html.Div([html.Div(left, className="column"), html.Div(right, className="column")], className="columns")
    more = [
        html.Div(part_of(judged.atlas, _above(part)), className="card", **_place(part))
        for part in rest
        if not _tells_unknowns(part)
    ]
    return [html.Div([*cards, columns, *more], className="article-inner impact")]


_HIT, _PEOPLE = "Who is hit, and when?", "Who must approve, do, be asked, be told?"
_REACHED = "Which services, customers and places does it reach?"
_PROMISES, _OPEN = (
    "Which promises does it take from?",
    "May break, by how long it lasts (choose a start and a length above): ",
)
_BECOMES = {
    Verdict.BROKEN: "Breaks: ",
    Verdict.MAY_BREAK: "May break: ",
    Verdict.ALREADY: "Broken already, without this: ",
    Verdict.OPEN: _OPEN,
}
_BESIDE = {PROMISES: "Promises", APPROVAL: "Who must approve", COST: "What it costs"}
_OWN = (_HIT, _PEOPLE, _REACHED, *_BESIDE)
_MOST_NAMED = 6
_TOLD = "must-be-told"


def _place(part: Section) -> dict[str, Any]:
    return {"id": "promises"} if part.heading == _PROMISES else {}


def _named_first(sides: dict[str, Answer]) -> Component | None:
    """Who must be told, and which promises break: names that lead to their parts below."""
    lines: list[Component] = []
    told = _column(sides.get(_PEOPLE), "who", "part", Part.TELL.words)
    if told:
        lines.append(_jump("Must be told: ", told, _where_told(sides[_PEOPLE])))
    for verdict, words in _BECOMES.items():
        if names := _column(sides.get(_PROMISES), "agreement", "verdict", verdict.value):
            lines.append(_jump(words, names, "#promises"))
    return html.Ul(lines, className="verdict-lines") if lines else None


def _where_told(people: Answer) -> str:
    """The place on the page of those who must be told; the list of people, where they are not among the first."""
    first = replace(people, rows=people.rows[:_ROWS])
    return f"#{_TOLD}" if _column(first, "who", "part", Part.TELL.words) else "#told"


def _column(answer: Answer | None, column: str, where: str, value: str) -> list[str]:
    """The words of a column in the rows that have a value in another one, once each."""
    if answer is None:
        return []
    rows = (dict(zip(answer.columns, map(words_of_cell, row), strict=True)) for row in answer.rows)
    return list(dict.fromkeys(row[column] for row in rows if row[where] == value))


def _jump(words: str, names: list[str], place: str) -> Component:
    more = f" and {len(names) - _MOST_NAMED:,} more" if len(names) > _MOST_NAMED else ""
    return html.Li(
        [
            words,
            html.A(
                ", ".join(short(each, 60) for each in names[:_MOST_NAMED]) + more, href=place, className="more-link"
            ),
        ]
    )


def _above(part: Section) -> Section:
    """The same, where it asks for a time: the fields stand above."""
    notes = tuple(note.replace("a start and a length", "a start and a length above") for note in part.answer.notes)
    return replace(part, answer=replace(part.answer, notes=notes))


def _tells_unknowns(part: Section) -> bool:
    return part.heading == "What do we not know?"


def _beginning(atlas: Atlas) -> Component:
    ids = atlas.projection.ids
    words = "Pick what fails or is changed. The page says who is hit and when, why, and who must agree."
    most = most_used(atlas, lambda element: link(Question(elements=(ids[element],))))
    inside = [html.H2("What do you want to change?"), html.P(words), most]
    return html.Div(html.Div(inside, className="empty-card"), className="article-inner beginning")


def _supposed(atlas: Atlas, question: Question) -> Component | None:
    """What the what-if is, and the way back to the map as it is."""
    if not question.what_if:
        return None
    undo = html.A("Undo", href=link(question.as_it_is), className="more-link")
    said = html.P(["What if: ", html.B(_edits(atlas, question)), ". ", undo], className="words supposed")
    try:
        lines = patch_of(atlas, question).splitlines()
    except InputError:  # which edit is not offered is said above
        return said
    text = html.Ol([html.Li(html.Code(line)) for line in lines], className="patch-lines")
    inside = [html.Summary("What the what-if says, line by line"), text]
    return html.Div([said, html.Details(inside, className="fold", id=_PATCH)])


_PATCH = "what-if-lines"


def so_far(judged: Judged) -> list[Component]:
    """The answer in a line, for where the choices hide it, and the way to it."""
    numbers = {state: _many(judged, state) for state in _STATES}
    said = [f"{words} {state.words}" for state, words in numbers.items() if words.strip("0 →")]
    see = html.A("See the answer", href="#changed", className="more-link")
    return [html.Span(", ".join(said) or "No known impact"), see]


def _many(judged: Judged, state: State) -> str:
    """How many fare so; with a what-if before it and with it."""
    now = f"{judged.counted[state]:,}"
    return f"{judged.counted_without[state]:,} → {now}" if judged.without else now


def _tally(judged: Judged) -> Component:
    """How many fare how; with a what-if before it and with it."""
    found, old = judged.shown, judged.without.shown if judged.without else None
    boxes = []
    for state, name in _STATES.items():
        number = judged.counted[state]
        first = next((bracket.element for bracket in found.affected[:_PROOFS] if bracket.upper is state), None)
        said = _many(judged, state)
        small = html.Small([html.Span(className=f"badge {name}"), sentence(state.words)])
        place = "" if first is None else _why(first)
        boxes.append(_number([html.B(said), small], place, f"Why {state.words}?", f"state-{name}" if number else ""))
    said = f"{len(old.spared):,} → {len(found.spared):,}" if old else f"{len(found.spared):,}"
    small = html.Small([html.Span(className="badge unaffected"), "Spared"])
    boxes.append(_number([html.B(said), small], "spared" if found.spared else "", "What saved them?", ""))
    return html.Div(boxes, className="tally")


def _number(inside: list[Component], place: str, title: str, look: str) -> Component:
    """A number that leads to where it is explained, if that is anywhere."""
    return html.A(inside, href=f"#{place}", title=title, className=look) if place else html.Div(inside, className=look)


def _shifted(judged: Judged, sides: dict[str, Answer]) -> Component:
    """Before and with the what-if: who fares better and who worse, promises, who approves, and what it costs."""
    parts = _fares(judged)
    for heading, words in _BESIDE.items():
        parts.append(html.H3(words))
        answer = sides.get(heading)
        if answer is None or not answer.rows:
            parts.append(html.P(_NONE_BESIDE[heading], className="words"))
            continue
        notes = [html.P(sentence(note), className="words") for note in answer.notes]
        inside = [table_of(judged.atlas, answer), *notes]
        if answer.title.endswith(SAME):  # nothing to compare: the rows unfold
            parts.append(html.Details([html.Summary(sentence(answer.title)), *inside], className="fold"))
        else:
            parts += [html.P(sentence(answer.title), className="words"), *inside]
    return section("Before and after", parts)


_NONE_BESIDE = {
    PROMISES: "Neither takes anything from a promise that the map knows of.",
    APPROVAL: "Nobody is named who approves, neither before nor with it.",
    COST: "Of nothing that goes down the map says what an hour costs, neither before nor with it.",
}


def _added(judged: Judged) -> list[Component]:
    """What the what-if adds and is hit too: the numbers above count it."""
    p, before = judged.atlas.projection, judged.before
    found = [each for each in judged.shown.affected if before and p.iris[each.element] not in before.projection.index]
    if not found:
        return []
    names = ", ".join(f"{short(p.labels[each.element], 60)} ({each.upper.words})" for each in found[:3])
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    words = f"What it adds is hit too, and counted above: {names}{more}. Its row below says why."
    return [html.P(words, className="words")]


def _fares(judged: Judged) -> list[Component]:
    """The elements that fare otherwise, the first of them."""
    if not judged.shifted:
        return [html.P("Every element fares as it would without the what-if.", className="words"), *_added(judged)]
    parts: list[Component] = []
    for words, better in (("better", True), ("worse", False)):
        found = [each for each in judged.shifted if (each.after < each.before) is better]
        if not found:
            continue
        title = f"{plural(len(found), 'element')} {'fares' if len(found) == 1 else 'fare'} {words}"
        head = html.Thead(html.Tr([html.Th(each, scope="col") for each in ("Name", "Before", "With the what-if")]))
        rows = [
            html.Tr([html.Td(_who(judged, each)), _state(each.before), _state(each.after)])
            for each in found[:_UNFOLDED]
        ]
        table = html.Table([head, html.Tbody(rows[:_FIRST])], className="list")
        parts += [html.H3(title), html.Div(table, className="table-box", tabIndex=0, role="region", **_label(title))]
        if rest := rows[_FIRST:]:
            more = html.Table(html.Tbody(rest), className="list")
            inside: Component = html.Div(
                more, className="table-box", tabIndex=0, role="region", **_label(f"{title}, more")
            )
            parts.append(_folded(inside, len(found) - _FIRST, len(rest)))
    return [*parts, *_added(judged)]


def _who(judged: Judged, each: Shift) -> Component:
    return entity(judged.atlas, each.element, element_address(judged.atlas, each.element))


def _state(state: State) -> Component:
    name = _STATES.get(state, "unaffected")
    return html.Td(html.Span([html.Span(className=f"badge {name}"), state.words], className=f"state-word {name}"))


def _saves(question: Question) -> Component:
    files = [
        html.A(words, href=link(replace(question, words=""), ending=ending), target="_self")
        for ending, words in _FILES.items()
    ]
    copy = button(
        "Copy link", name="link", **attrs({"data-copy": "address", "data-said": "Link copied"}), extra="only-copy"
    )
    summary = html.Summary([icon("download"), "Download", icon("chevron-down")], className="chip")
    return html.Div(
        [copy, html.Details([summary, html.Div(files, className="menu-list")], className="menu")],
        className="saves wraps",
    )


def _picture(judged: Judged) -> Component:
    """The picture of what is hit, and the times at which it changes."""
    number = judged.drawn
    if number > MOST_DRAWN:
        words = f"{number:,} elements are too many for a picture: {MOST_DRAWN} are drawn at most. Read the list below."
        return section("On the map", html.P(words, className="words"))
    question = judged.question
    images = [
        html.Img(
            src=link(replace(question, words=""), ending=f".{scheme}.svg"),
            alt=f"Map of {plural(number, 'element')}, each with its state; the same stands in the list below",
            className=f"impact-picture in-{scheme}",
        )
        for scheme in ("light", "dark")
    ]
    inner = html.Div([*images, *_spots(judged)], className="picture-inner")
    seen = html.Div(
        [inner, _lanes(judged)],
        className="picture-box",
        tabIndex=0,
        role="region",
        **_label("Picture of what is hit"),
    )
    there = map_link(View(focus=judged.atlas.projection.ids[judged.changed[0]], direction="up"))
    return section("On the map", [_times(judged), seen, html.A("Show on the map", href=there, className="more-link")])


def _spots(judged: Judged) -> Iterator[Component]:
    """Over each box of the picture a link to why it is hit; the list below has the same for the keyboard."""
    p, shown = judged.atlas.projection, judged.shown
    told = {p.ids[bracket.element]: bracket for bracket in shown.affected[:_PROOFS]}
    names = {p.ids[v]: p.labels[v] for v in judged.states()}
    for identifier, at in places(judged.drawing[1]).items():
        bracket = told.get(identifier)
        name = short(names.get(identifier, identifier), 60)
        yield html.A(
            href=f"#{_why(bracket.element)}" if bracket else "#changed",
            className="spot",
            title=f"Why is {name} {bracket.upper.words}?" if bracket else f"{name} is what is changed",
            tabIndex=-1,
            style={"left": f"{at.x}px", "top": f"{at.y}px", "width": f"{at.width}px", "height": f"{at.height}px"},
            **attrs({"aria-hidden": "true"}),
        )


def _lanes(judged: Judged) -> Component:
    """The marks of the lanes, for where their titles are out of sight."""
    marks = [
        html.Span(tile(look), title=name, **attrs({"data-middle": f"{middle:.0f}"}))
        for name, look, middle in lanes(*judged.drawing)
    ]
    told = {"aria-hidden": "true", "data-titles": f"{titles_end(judged.drawing[1]):.0f}"}
    return html.Div(marks, className="picture-lanes", hidden=True, **attrs(told))


def _why(element: int) -> str:
    """Where on the page it stands why an element is hit."""
    return f"why-{element}"


def _times(judged: Judged) -> Component:
    """The times at which a state begins or ends, to choose from."""
    question, moments = judged.question, judged.breakpoints
    if not moments:
        return html.P("Nobody said when: the picture holds at any time.", className="words")
    zone = question.zone
    entries = [("Worst", "")]
    entries += [
        (f"{at:%a} {at.day} {at:%b, %H:%M}", str(moment))
        for moment in moments[:_FIRST]
        for at in (datetime.fromtimestamp(moment, zone),)
    ]
    links = [
        html.A(
            words,
            href=link(replace(question, at=at)),
            className="segment",
            **attrs({"aria-current": "true"} if at == question.at else {}),
        )
        for words, at in entries
    ]
    choice = html.Nav(links, className="segments times", **_label("Time of the picture"))
    if len(moments) <= _FIRST:
        return choice
    words = f"The first {_FIRST} of {len(moments):,} times; all are in the files above."
    return html.Div([choice, html.P(words, className="words")])


def _hit(judged: Judged) -> Component:
    found = judged.shown
    if not found.affected:
        words = "No known impact: nothing that the map knows of rests on it. That is not the same as safe."
        return section(_HIT, html.P(words, className="words"))
    told = found.affected[:_PROOFS]
    row = partial(_bracket, judged, judged.why([bracket.element for bracket in told]))
    rows = [row(bracket) for bracket in told]
    parts: list[Component] = [html.Div(rows[:_FIRST], className="hits")]
    if rest := rows[_FIRST:]:
        inside: list[Component] = [_more(len(found.affected) - _FIRST), html.Div(rest)]
        if len(found.affected) > _PROOFS:
            inside.append(html.P(f"The first {_PROOFS} of {len(found.affected):,}; all are in the files above."))
        parts.append(html.Details(inside, className="fold"))
    return section(_HIT, parts)


def _bracket(judged: Judged, proofs: dict[int, list[dict[str, Any]]], bracket: Bracket) -> Component:
    """One element that is hit: its state and times; it unfolds to the way on which that comes."""
    atlas, p = judged.atlas, judged.atlas.projection
    name = _STATES[bracket.upper]
    state = bracket.upper.words
    if bracket.untold:
        state = f"cannot tell, at most {state}"
    elif bracket.lower is not bracket.upper:
        state = f"{bracket.lower.words}, at most {state}"
    head = html.Summary(
        [
            tile(atlas.look[bracket.element]),
            html.Span(short(p.labels[bracket.element]), className="anywhere grow name"),
            html.Span([html.Span(className=f"badge {name}"), state], className=f"state-word {name}"),
            html.Span(_when(bracket, judged), className="when"),
        ]
    )
    steps = [html.Li(_step(judged, step)) for step in proofs.get(bracket.element, [])]
    page = html.A("Its page", href=element_address(atlas, bracket.element), className="more-link")
    way = html.Ol(steps, className="proof") if steps else html.P("It is so already.", className="words")
    return html.Details([head, way, page], className="hit", id=_why(bracket.element))


def _when(bracket: Bracket, judged: Judged) -> str:
    spans = [(a, b) for a, b in bracket.spans if abs(a) < FOREVER or abs(b) < FOREVER]
    said = [_span(a, b, judged) for a, b in spans[:2]]
    return ", ".join(said) + (f" and {len(spans) - 2} more" if len(spans) > 2 else "")


def _span(start: int, end: int, judged: Judged) -> str:
    """A span of time; a day that it does not leave is said once."""
    first, last = _clock(start, judged), _clock(end, judged)
    day, _, clock = last.rpartition(" ")
    return f"{first}–{clock if day and first.startswith(day) else last}"


def _clock(moment: int, judged: Judged) -> str:
    if abs(moment) >= FOREVER:
        return "…"
    at = datetime.fromtimestamp(moment, judged.question.zone)
    return f"{at.day} {at:%b, %H:%M}"


_MINUTES = re.compile(r"\b(\d+) min\b")


def _span_of(found: re.Match[str]) -> str:
    """Minutes in the largest unit that they fill: 1440 min is a day."""
    minutes = int(found[1])
    for unit, size in (("day", 1_440), ("hour", 60)):
        if minutes and minutes % size == 0:
            return plural(minutes // size, unit)
    return found[0]


def _step(judged: Judged, step: dict[str, object]) -> list[Component | str]:
    """One dependency on the way: who needs whom, by which rule, and where that is said."""
    p = judged.atlas.projection

    def name(iri: object) -> str:
        number = p.index.get(str(iri))
        return short(p.labels[number], 60) if number is not None else "a group of alternatives"

    rule = _MINUTES.sub(_span_of, f"{step['rule']}{', assumed' if step['assumed'] else ''}")
    if isinstance(moment := step.get("used_up"), int):
        rule += f"; reserve used up at {_clock(moment, judged)}"
    said: list[Component | str] = [html.B(name(step["dependent"])), " depends on ", html.B(name(step["provider"]))]
    said.append(html.Span(f" ({rule})", className="muted"))
    if step.get("source") == WHAT_IF:
        said += [" ", html.A(f"{WHAT_IF}, line {step['line']}", href=f"#{_PATCH}", className="more-link")]
    elif "source" in step:
        place = f"{PurePath(str(step['source'])).name}:{step['line']}" if step["line"] else str(step["source"])
        said += [" ", html.Code(PurePath(place).name, title=f"{step['source']}:{step['line']}")]
    return said


def _spared(judged: Judged) -> Component:
    """Who rests on the change and is not hit, and what saves each."""
    savers = judged.saved(judged.shown.spared[:_ROWS])
    rows: list[Component] = [
        html.Div(
            [
                entity(judged.atlas, v, element_address(judged.atlas, v)),
                html.Span(_saved(savers.get(v, [])), className="muted"),
            ],
            className="spared",
        )
        for v in judged.shown.spared[:_ROWS]
    ]
    if len(judged.shown.spared) > _ROWS:
        rows.append(html.P(f"The first {_ROWS} of {len(judged.shown.spared):,}."))
    return section("Who is spared?", rows, note=f"{len(judged.shown.spared):,}")


def _saved(savers: list[dict[str, object]]) -> str:
    words = {"optional": "it can do without", "reserve": "a reserve lasts long enough"}
    said = [
        f"{each['left']} of its alternatives stay, {each['needs']} must work"
        if "group" in each
        else words[str(each["because"])]
        for each in savers
    ]
    return "; ".join(dict.fromkeys(said)) or "what it needs stays up"


def _reached(judged: Judged) -> Component:
    """Services, processes, customers, locations and environments, the worst of each kind."""
    atlas, found, rows = judged.atlas, judged.reach, list[Component]()
    for what in KINDS_REACHED:
        every = [each for each in found.reached if each.what == what]
        if every:
            rows.append(html.H3([sentence(plural_of(what)), html.Span(f" {len(every):,}", className="muted")]))
        said: list[Component] = []
        for each in every[:_UNFOLDED]:
            state = _STATES.get(each.upper, "unaffected")
            words: list[Component | str] = [html.Span(className=f"badge {state}"), state_words(each)]
            who = entity(atlas, each.element, element_address(atlas, each.element))
            said.append(html.Div([who, html.Span(words, className=f"state-word {state}")], className="party"))
        rows += said[:_REACHED_ROWS]
        if rest := said[_REACHED_ROWS:]:
            rows.append(_folded(html.Div(rest), len(every) - _REACHED_ROWS, len(rest)))
    return section(_REACHED, rows)


def _folded(rest: Component, many: int, shown: int) -> Component:
    """What comes after the first, to unfold; says what is not even there."""
    inside: list[Component] = [_more(many), rest]
    if many > shown:
        inside.append(html.P(f"and {many - shown:,} more; all are in the files above", className="muted"))
    return html.Details(inside, className="fold")


def _more(many: int) -> Component:
    """The line that unfolds the rest, and folds it again."""
    return html.Summary(
        [html.Span(f"{many:,} more", className="if-shut"), html.Span("Show fewer", className="if-open")]
    )


def _people(judged: Judged, people: Answer) -> Component:
    """Who must do what, one line each with the reasons; gaps first in words, and a way to leave somebody out."""
    atlas, question = judged.atlas, judged.question
    rows: list[Component] = []
    part = ""
    for row in people.rows[:_ROWS]:
        each = dict(zip(people.columns, (words_of_cell(cell) for cell in row), strict=True))
        if each.get("part", "") != part:
            part = each.get("part", "")
            place: dict[str, Any] = {"id": _TOLD} if part == Part.TELL.words else {}
            rows.append(html.H3(sentence(part), **place))
        number = atlas.projection.index.get(atlas.projection.iris[atlas.projection.find(each["id"])])
        who = entity(atlas, number, element_address(atlas, number)) if number is not None else each["who"]
        out = html.A("Leave out", href=link(question.leaving_out(each["id"])), className="more-link")
        rows.append(html.Div([who, out, html.Span(each.get("why", ""), className="muted why")], className="party"))
    back = [
        html.A(
            ["Left out: ", html.B(_name(atlas, each)), icon("x")],
            href=link(question.leaving_out(each)),
            className="chip",
            title="Tell them again",
        )
        for each in question.left_out
    ]
    notes = [html.Li(short(sentence(note), 400)) for note in people.notes]
    gaps: list[Component] = [html.H3("Gaps and notes"), html.Ul(notes, className="notes")] if notes else []
    left_out = [html.Div(back, className="saves wraps")] if back else []
    return section(_PEOPLE, [*left_out, *rows, *gaps], note=people.title)
