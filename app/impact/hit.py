"""Who is hit and why, who is spared, what is reached, who must be told? The lists on the page of a change."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial
from pathlib import PurePath
from typing import Any

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.impact.judged import WHAT_IF, Judged
from app.impact.picking import party_of
from app.impact.question import link
from app.parts import (
    attrs,
    element_address,
    entity,
    icon,
    labelled,
    section,
    sentence,
    tile,
    way_to,
)
from app.words import plural, short
from graph.analysis.judgement import Bracket
from graph.analysis.states import State
from graph.analysis.windows import FOREVER
from graph.answer import Answer, words_of_cell
from graph.people import Part, heading
from graph.rollup import KINDS as KINDS_REACHED
from graph.rollup import plural as plural_of
from graph.rollup import state_words

__all__ = [
    "FIRST",
    "HIT",
    "PATCH",
    "PROOFS",
    "REACHED",
    "ROWS",
    "STATES",
    "TOLD",
    "UNFOLDED",
    "folded",
    "hit_list",
    "place_of",
    "reached_list",
    "spared_list",
    "told_list",
]

STATES = {State.DOWN: "down", State.DEGRADED: "degraded", State.AT_RISK: "risk"}
HIT = "Who is hit, and when?"
REACHED = "Which services, customers and places does it reach?"
TOLD, PATCH = "must-be-told", "what-if-lines"
"""Where on the page who must be told stands, and the lines of the what-if."""
FIRST, PROOFS, ROWS, UNFOLDED = 12, 300, 200, 300
"""How many rows are seen, how many are hit with their proof, how many rows a list has, and one that unfolds."""
_REACHED_ROWS = 5


def place_of(element: int) -> str:
    """Where on the page it stands why an element is hit."""
    return f"why-{element}"


def hit_list(judged: Judged) -> Component:
    """Who is hit, the first with the way on which it comes."""
    found = judged.shown
    if not found.affected:
        words = "No known impact: nothing that the map knows of rests on it. That is not the same as safe."
        return section(HIT, html.P(words, className="words"))
    told = judged.listed[:PROOFS]
    row = partial(_bracket, judged, judged.why([bracket.element for bracket in told]))
    rows = [row(bracket) for bracket in told]
    parts: list[Component] = [
        html.P(_order(judged), className="words"),
        html.Div(rows[:FIRST], className="hits"),
    ]
    if rest := rows[FIRST:]:
        inside: list[Component] = [_more(len(found.affected) - FIRST), html.Div(rest)]
        if len(found.affected) > PROOFS:
            inside.append(html.P(f"The first {PROOFS} of {len(found.affected):,}; all are in the files above."))
        parts.append(html.Details(inside, className="fold"))
    return section(HIT if judged.breakpoints else "Who is hit?", parts)


def _order(judged: Judged) -> str:
    """How the list is ordered, and what its least plain word means."""
    affected = judged.shown.affected
    services = (
        "Business services first, by how bad it is, how critical they are and how near; then the rest, the worst first."
    )
    said = [services if judged.serving else "The worst first, then the nearest."] if len(affected) > 1 else []
    if any(State.AT_RISK in (each.lower, each.upper) for each in affected):
        said.append("At risk: it still works, on a reserve that runs out or with one alternative fewer.")
    return " ".join([*said, "What is changed itself is not counted.", "Open a row to see why."])


def _bracket(judged: Judged, ways: dict[int, tuple[int, list[dict[str, Any]]]], bracket: Bracket) -> Component:
    """One element that is hit: its state and times; it unfolds to the way on which that comes."""
    atlas, p = judged.atlas, judged.atlas.projection
    name = STATES[bracket.upper]
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
    many, proof = ways.get(bracket.element, (0, []))
    steps = [html.Li(_step(judged, step)) for step in proof]
    page = html.A("Its page", href=element_address(atlas, bracket.element), className="more-link")
    way = html.Ol(steps, className="proof") if steps else html.P("It is so already.", className="words")
    several = (
        [html.P(f"One of {many:,} ways: each would do alone.", className="words")]
        if steps and many > 1 and bracket.upper > State.AT_RISK
        else []
    )
    return html.Details([head, *several, way, page], className="hit", id=place_of(bracket.element))


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
    at = datetime.fromtimestamp(moment, judged.zone)
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
        said += [" ", html.A(f"{WHAT_IF}, line {step['line']}", href=f"#{PATCH}", className="more-link")]
    elif "source" in step:
        place = f"{PurePath(str(step['source'])).name}:{step['line']}" if step["line"] else str(step["source"])
        said += [" ", html.Code(PurePath(place).name, title=f"{step['source']}:{step['line']}")]
    return said


def spared_list(judged: Judged) -> Component:
    """Who rests on the change and is not hit, and what saves each."""
    savers = judged.saved(judged.shown.spared[:ROWS])
    rows: list[Component] = [
        html.Div(
            [
                entity(judged.atlas, v, element_address(judged.atlas, v)),
                html.Span(_saved(savers.get(v, [])), className="muted"),
            ],
            className="spared",
        )
        for v in judged.shown.spared[:ROWS]
    ]
    if len(judged.shown.spared) > ROWS:
        rows.append(html.P(f"The first {ROWS} of {len(judged.shown.spared):,}."))
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


def reached_list(judged: Judged) -> Component:
    """Services, processes, customers, locations and environments, the worst of each kind."""
    atlas, found, rows = judged.atlas, judged.reach, list[Component]()
    told = {bracket.element for bracket in judged.listed[:PROOFS]}
    for what in KINDS_REACHED:
        every = [each for each in found.reached if each.what == what]
        if every:
            rows.append(html.H3([sentence(plural_of(what)), html.Span(f" {len(every):,}", className="muted")]))
        said: list[Component] = []
        for each in every[:UNFOLDED]:
            state = STATES.get(each.upper, "unaffected")
            words: list[Component | str] = [html.Span(className=f"badge {state}"), state_words(each)]
            there = f"#{place_of(each.element)}" if each.element in told else element_address(atlas, each.element)
            who = entity(atlas, each.element, there)  # why it is hit, where that is told; its page is a step from there
            said.append(html.Div([who, html.Span(words, className=f"state-word {state}")], className="party"))
        rows += said[:_REACHED_ROWS]
        if rest := said[_REACHED_ROWS:]:
            rows.append(folded(html.Div(rest), len(every) - _REACHED_ROWS, len(rest)))
    return section(REACHED, rows)


def folded(rest: Component, many: int, shown: int) -> Component:
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


def _reached(atlas: Atlas, party: int) -> list[Component]:
    """How somebody is reached, where the map says it: phone first, in a line under the name."""
    ways = [way_to(value) for value in atlas.reached_at(party)]
    parts = [part for way in ways for part in (", ", way)][1:]
    return [html.Span(parts, className="why reached")] if parts else []


def told_list(judged: Judged, people: Answer) -> Component:
    """Who must do what, one line each with the reasons; gaps first in words, and a way to leave somebody out."""
    atlas, question = judged.atlas, judged.question
    rows: list[Component] = []
    part = ""
    for row in people.rows[:ROWS]:
        each = dict(zip(people.columns, (words_of_cell(cell) for cell in row), strict=True))
        if each.get("part", "") != part:
            part = each.get("part", "")
            place: dict[str, Any] = {"id": TOLD} if part == Part.TELL.words else {}
            rows.append(html.H3(sentence(part), **place))
        number = atlas.projection.index.get(atlas.projection.iris[atlas.projection.find(each["id"])])
        who = entity(atlas, number, element_address(atlas, number), team=True) if number is not None else each["who"]
        name = atlas.party_words(number) if number is not None else each["who"]
        out = html.A(
            "Do not notify",
            href=link(question.leaving_out(each["id"])),
            className="more-link",
            title=f"Take {name} off this list; a note below says so",
            **labelled(f"Do not notify {name}"),
            **attrs({"data-told": f"{name} is not notified."}),
        )
        reached = _reached(atlas, number) if number is not None else []
        why = html.Span(each.get("why", ""), className="muted why")
        rows.append(html.Div([who, out, *reached, why], className="party"))
    back = [
        html.A(
            ["Not notified: ", html.B(party_of(atlas, each)), icon("x")],
            href=link(question.leaving_out(each)),
            className="chip",
            title="Notify them again",
        )
        for each in question.left_out
    ]
    notes = [html.Li(short(sentence(note), 400)) for note in people.notes]
    gaps: list[Component] = [html.H3("Gaps and notes"), html.Ul(notes, className="notes")] if notes else []
    left_out = [html.Div(back, className="saves wraps")] if back else []
    return section(heading(planned=judged.planned), [*left_out, *rows, *gaps], note=people.title)
