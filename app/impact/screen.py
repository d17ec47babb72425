"""How does the page of a change look? The verdict, before and after, the picture, the lists and the report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from dash import html
from dash.development.base_component import Component

from app.answers import part_of, table_of
from app.atlas import Atlas
from app.impact.hit import (
    FIRST,
    HIT,
    PATCH,
    PROOFS,
    REACHED,
    ROWS,
    STATES,
    TOLD,
    UNFOLDED,
    folded,
    hit_list,
    place_of,
    reached_list,
    spared_list,
    told_list,
)
from app.impact.judged import MOST_DRAWN, Judged
from app.impact.offers import patch_of
from app.impact.picking import edits_of, party_of
from app.impact.question import Question, link
from app.missing import Missing
from app.parts import (
    attrs,
    button,
    element_address,
    entity,
    icon,
    in_words,
    labelled,
    most_used,
    section,
    sentence,
    stopped,
    tile,
    unsplit,
)
from app.view import View
from app.view import link as map_link
from app.words import plural, short
from graph.analysis.budgets import Verdict
from graph.analysis.shift import Shift
from graph.analysis.states import State
from graph.analysis.windows import ALWAYS
from graph.answer import Answer, Section, words_of_cell
from graph.beside import COST, PROMISES, SAME, approval
from graph.model import InputError
from graph.people import Part
from graph.people import heading as people_heading
from graph.reports.svg import lanes, places, titles_end

__all__ = ["article", "so_far", "wrong"]

_FILES = {
    ".html": "Report to read and print",
    ".md": "Report as text (Markdown)",
    ".csv": "Who is hit, as a table (CSV)",
    ".rolled-up.csv": "Services, customers and places, as a table (CSV)",
    ".json": "Who is hit, for programs (JSON)",
    ".whole.json": "The whole report, for programs (JSON)",
    ".proofs.json": "Every step with its source, to check again (JSON)",
    ".sarif": "Who is hit, beside the lines of the files (SARIF)",
    ".ttl": "All statements, for other tools (RDF)",
    ".trig": "The same, as named graphs (RDF)",
    ".light.svg": "The picture, light (SVG)",
    ".dark.svg": "The picture, dark (SVG)",
}


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
    people_are = people_heading(planned=judged.planned)
    own = (HIT, people_are, REACHED, *_beside(judged))
    rest = [part for part in report.sections if part.heading not in own]
    sides = {part.heading: part.answer for part in report.sections}
    head = html.Section(
        [
            html.H2(short(report.title, 300), className="verdict-title"),
            _supposed(atlas, judged.question),
            _tally(judged),
            *_helps(judged),
            html.Ul([html.Li(short(in_words(line), 400)) for line in report.summary], className="verdict-lines"),
            _named_first(sides, sides.get(people_are), partial(party_of, judged.atlas), judged.question.left_out),
            _saves(judged),
        ],
        className="section",
        id="changed",
    )
    cards = [html.Div(head, className="card")]
    if judged.without:
        cards.append(html.Div(_shifted(judged, sides), className="card", id="before-and-after"))
    cards.append(html.Div(_picture(judged), className="card"))
    people = sides.get(people_are)
    left = [html.Div(hit_list(judged), className="card")]
    if found.spared:
        left.append(html.Div(spared_list(judged), className="card", id="spared"))
    left += [html.Div(told_list(judged, people), className="card", id="told")] if people else []
    right = [html.Div(reached_list(judged), className="card")] if judged.reach.reached else []
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


_ACCESS, _LOST = "Who has access, and who would lose it?", "would lose access"
_PROMISES = "Which promises break or lose time?"
_BECOMES = {
    Verdict.BROKEN: "Breaks: ",
    Verdict.MAY_BREAK: "May break: ",
    Verdict.ALREADY: "Broken already, without this: ",
    Verdict.OPEN: "May break, by how long it lasts: ",
}
_MOST_NAMED = 6


def _place(part: Section) -> dict[str, Any]:
    return {"id": "promises"} if part.heading == _PROMISES else {}


def _beside(judged: Judged) -> dict[str, tuple[str, str]]:
    """What a what-if is compared in: the heading of the report, that of the page, and what is said where nothing is."""
    who = Part.APPROVE.said(planned=judged.planned)
    nobody = f"Nobody is named who {'approves' if judged.planned else 'decides'}, neither before nor with it."
    return {
        PROMISES: ("Promises", "Neither takes anything from a promise that the map knows of."),
        approval(planned=judged.planned): (f"Who {who}", nobody),
        COST: (
            "What it costs",
            "Of nothing that goes down the map says what an hour costs, neither before nor with it.",
        ),
    }


def _named_first(
    sides: dict[str, Answer],
    people: Answer | None,
    called: Callable[[str], str] = str,
    silent: Sequence[str] = (),
) -> Component | None:
    """Who must be told, who is not as somebody asked, which promises break: names that lead to their parts below."""
    lines: list[Component] = []
    told = _column(people, "id", "part", Part.TELL.words)
    if people and told:
        lines.append(html.Li(_jump("Must be told: ", [*map(called, told)], _where_told(people))))
    if silent:
        lines.append(html.Li(_jump("Not notified, as asked: ", [*map(called, silent)], "#told")))
    for verdict, words in _BECOMES.items():
        names = _column(sides.get(_PROMISES), "agreement", "verdict", verdict.value)
        if verdict is Verdict.ALREADY:  # what a what-if spares is broken all the same
            names = list(dict.fromkeys([*names, *_column(sides.get(PROMISES), "agreement", "before", verdict.value)]))
        if names:
            line = _jump(words, names, "#promises")
            lines.append(html.Li([line, ". ", _time_wanted()]) if verdict is Verdict.OPEN else html.Li(line))
    return html.Ul(lines, className="verdict-lines") if lines else None


def _where_told(people: Answer) -> str:
    """The place on the page of those who must be told; the list of people, where they are not among the first."""
    first = replace(people, rows=people.rows[:ROWS])
    return f"#{TOLD}" if _column(first, "who", "part", Part.TELL.words) else "#told"


def _column(answer: Answer | None, column: str, where: str, value: str) -> list[str]:
    """The words of a column in the rows that have a value in another one, once each."""
    if answer is None:
        return []
    rows = (dict(zip(answer.columns, map(words_of_cell, row), strict=True)) for row in answer.rows)
    return list(dict.fromkeys(row[column] for row in rows if row[where] == value))


def _time_wanted() -> Component:
    """What puts the cursor into the field of the start, above."""
    return html.Button(
        "Choose a start and a length", className="more-link", type="button", **attrs({"data-act": "time"})
    )


def _jump(words: str, names: list[str], place: str) -> Component:
    said: list[Component | str] = [part for each in names[:_MOST_NAMED] for part in (", ", unsplit(short(each, 60)))]
    more: list[Component | str] = (
        [" and ", unsplit(f"{len(names) - _MOST_NAMED:,} more")] if len(names) > _MOST_NAMED else []
    )
    return html.Span([words, html.A([*said[1:], *more], href=place, className="more-link")])


_ON_PAGE = {
    "more with --response-plans; the plan of each is on its page and in `servicemap response-plan`": (
        "more by “Response plans of how many services”, beside the answer; the plan of each is on its page"
    ),
    "a start and a length": "a start and a length above",
    "--save keeps the proof of each": "a row of who is hit opens its own",
}
"""What notes of a report say of the command line, as it is said on the page."""


_OF_WHAT = {
    "used before": "minutes used before",
    "left": "minutes left",
    "at least": "takes at least (min)",
    "at most": "takes at most (min)",
}
"""Columns of promises, which say on a page of what they tell."""


def _above(part: Section) -> Section:
    """The same in words of the page: the fields of a time and the list of who is hit stand above."""
    notes = part.answer.notes
    for told, here in _ON_PAGE.items():
        notes = tuple(note.replace(told, here) for note in notes)
    nothing_lost = not any(note.startswith(_LOST) for note in notes)
    heading = "Who has access?" if part.heading == _ACCESS and nothing_lost else part.heading
    return replace(part, heading=heading, answer=_said_once(replace(part.answer, notes=notes)))


def _said_once(answer: Answer) -> Answer:
    """Promises without the columns in which nothing is counted: the note below says so once, and why."""
    if answer.of != "promises" or not answer.rows:
        return answer
    silent = {"", Verdict.OPEN.value}
    kept = [n for n in range(len(answer.columns)) if any(words_of_cell(row[n]) not in silent for row in answer.rows)]
    kept.sort(
        key=lambda n: (answer.columns[n] != "agreement", answer.columns[n] != "verdict")
    )  # the verdict is read first
    columns = tuple(_OF_WHAT.get(answer.columns[n], answer.columns[n]) for n in kept)
    return replace(answer, columns=columns, rows=tuple(tuple(row[n] for n in kept) for row in answer.rows))


def _tells_unknowns(part: Section) -> bool:
    return part.heading == "What do we not know?"


def _beginning(atlas: Atlas) -> Component:
    ids = atlas.projection.ids
    words = "Pick what fails or is changed. The page says who is hit and when, why, and who must know or agree."
    most = most_used(atlas, lambda element: link(Question(elements=(ids[element],))))
    inside = [html.H2("What fails, or what do you want to change?"), html.P(words), most]
    return html.Div(html.Div(inside, className="empty-card"), className="article-inner beginning")


def _supposed(atlas: Atlas, question: Question) -> Component | None:
    """What the what-if is, and the way back to the map as it is."""
    if not question.what_if:
        return None
    undo = html.A("Undo", href=link(question.as_it_is), className="more-link")
    said = html.P(["What if: ", html.B(edits_of(atlas, question)), ". ", undo], className="words supposed")
    try:
        lines = patch_of(atlas, question).splitlines()
    except InputError:  # which edit is not offered is said above
        return said
    text = html.Ol([html.Li(html.Code(line)) for line in lines], className="patch-lines")
    inside = [html.Summary("What the what-if says, line by line"), text]
    return html.Div([said, html.Details(inside, className="fold", id=PATCH)])


def so_far(judged: Judged) -> list[Component]:
    """The answer in a line, for where the choices hide it, and the way to it."""
    numbers = {state: _many(judged, state) for state in STATES}
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
    for state, name in STATES.items():
        number = judged.counted[state]
        first = next((bracket.element for bracket in judged.listed[:PROOFS] if bracket.upper is state), None)
        said = _many(judged, state)
        small = html.Small([html.Span(className=f"badge {name}"), sentence(state.words)])
        place = "" if first is None else place_of(first)
        boxes.append(_number([html.B(said), small], place, f"Why {state.words}?", f"state-{name}" if number else ""))
    said = f"{len(old.spared):,} → {len(found.spared):,}" if old else f"{len(found.spared):,}"
    small = html.Small([html.Span(className="badge unaffected"), "Spared"])
    boxes.append(_number([html.B(said), small], "spared" if found.spared else "", "What saved them?", ""))
    return html.Div(boxes, className="tally")


def _helps(judged: Judged) -> list[Component]:
    """With a what-if, whether it helps, in a line."""
    if not judged.without:
        return []
    better = sum(each.better for each in judged.shifted)
    worse = len(judged.shifted) - better
    if not judged.shifted:
        words = "It changes nothing: all fare as without it."
        if all(change.windows == ALWAYS for change in judged.shown.changes):
            words = "Without a time it changes nothing. What holds out for a while shows with a start and a length."
        return [html.P(html.B(words), className="helps")]
    verdict = "It helps some and harms others" if better and worse else "It helps" if better else "It harms"
    states = [
        f"{judged.counted_without[state]:,} {state.words} become {judged.counted[state]:,}"
        for state in (State.DOWN, State.DEGRADED)
        if judged.counted_without[state] != judged.counted[state]
    ]
    fares = f"{better or 'none'} {'fares' if better == 1 else 'fare'} better, {worse or 'none'} worse"
    said = f"{verdict}: {'; '.join([', '.join(states), fares] if states else [fares])}."
    return [html.P(html.B(said), className="helps")]


def _number(inside: list[Component], place: str, title: str, look: str) -> Component:
    """A number that leads to where it is explained, if that is anywhere."""
    return html.A(inside, href=f"#{place}", title=title, className=look) if place else html.Div(inside, className=look)


def _shifted(judged: Judged, sides: dict[str, Answer]) -> Component:
    """Before and with the what-if: who fares better and who worse, promises, who approves, and what it costs."""
    parts = _fares(judged)
    for heading, (words, nothing) in _beside(judged).items():
        parts.append(html.H3(words))
        answer = sides.get(heading)
        if answer is None or not answer.rows:
            parts.append(html.P(nothing, className="words"))
            continue
        notes = [html.P(sentence(note), className="words") for note in answer.notes]
        inside = [table_of(judged.atlas, answer), *notes]
        if answer.title.endswith(SAME):  # nothing to compare: the rows unfold
            parts.append(html.Details([html.Summary(sentence(answer.title)), *inside], className="fold"))
        else:
            parts += [html.P(sentence(answer.title), className="words"), *inside]
    return section("Before and after", parts)


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
        found = [each for each in judged.shifted if each.better is better]
        if not found:
            continue
        title = f"{plural(len(found), 'element')} {'fares' if len(found) == 1 else 'fare'} {words}"
        head = html.Thead(html.Tr([html.Th(each, scope="col") for each in ("Name", "Before", "With the what-if")]))
        rows = [
            html.Tr([html.Td(_who(judged, each)), _state(each.before), _state(each.after, each.lasts)])
            for each in found[:UNFOLDED]
        ]
        table = html.Table([head, html.Tbody(rows[:FIRST])], className="list")
        parts += [html.H3(title), html.Div(table, className="table-box", tabIndex=0, role="region", **labelled(title))]
        if rest := rows[FIRST:]:
            more = html.Table(html.Tbody(rest), className="list")
            inside: Component = html.Div(
                more, className="table-box", tabIndex=0, role="region", **labelled(f"{title}, more")
            )
            parts.append(folded(inside, len(found) - FIRST, len(rest)))
    return [*parts, *_added(judged)]


def _who(judged: Judged, each: Shift) -> Component:
    return entity(judged.atlas, each.element, element_address(judged.atlas, each.element))


def _state(state: State, lasts: str = "") -> Component:
    name, words = STATES.get(state, "unaffected"), ", ".join(filter(None, (state.words, lasts)))
    return html.Td(html.Span([html.Span(className=f"badge {name}"), words], className=f"state-word {name}"))


def _saves(judged: Judged) -> Component:
    question, drawn = judged.question, judged.drawn <= MOST_DRAWN
    files = [
        html.A(words, href=link(replace(question, words=""), ending=ending), target="_self")
        for ending, words in _FILES.items()
        if drawn or not ending.endswith(".svg")
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
        **labelled("Picture of what is hit"),
    )
    return section("On the map", [_times(judged), seen, _on_the_map(judged)])


def _on_the_map(judged: Judged) -> Component:
    """Who is hit, and how, on the page of the map; where that is too many, what rests on the change."""
    few = judged.drawn <= MOST_DRAWN
    asked = View(impact=replace(judged.question, words="").query)
    around = View(focus=judged.atlas.projection.ids[judged.changed[0]], direction="up")
    words = "Show who is hit on the map" if few else "Show on the map"
    return html.A(words, href=map_link(asked if few else around), className="more-link")


def _spots(judged: Judged) -> Iterator[Component]:
    """Over each box of the picture a link to why it is hit; the list below has the same for the keyboard."""
    p = judged.atlas.projection
    told = {p.ids[bracket.element]: bracket for bracket in judged.listed[:PROOFS]}
    names = {p.ids[v]: p.labels[v] for v in judged.states()}
    for identifier, at in places(judged.drawing[1]).items():
        bracket = told.get(identifier)
        name = short(names.get(identifier, identifier), 60)
        yield html.A(
            href=f"#{place_of(bracket.element)}" if bracket else "#changed",
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


def _times(judged: Judged) -> Component:
    """The times at which a state begins or ends, to choose from."""
    question, moments = judged.question, judged.breakpoints
    if not moments:
        return html.P("Nobody said when: the picture holds at any time.", className="words")
    zone = judged.zone
    entries, day = [("Worst", "", "At its worst")], ""
    for moment in moments[:FIRST]:
        at = datetime.fromtimestamp(moment, zone)
        whole = f"{at:%a} {at.day} {at:%b, %H:%M}"  # a day is said at its first time
        entries.append((f"{at:%H:%M}" if f"{at:%F}" == day else whole, str(moment), whole))
        day = f"{at:%F}"
    links = [
        html.A(
            words,
            href=link(replace(question, at=at)),
            className="segment",
            title=whole,
            **attrs({"aria-current": "true"} if at == question.at else {}),
        )
        for words, at, whole in entries
    ]
    choice = html.Nav(links, className="segments times", **labelled("Time of the picture"))
    if len(moments) <= FIRST:
        return choice
    words = f"The first {FIRST} of {len(moments):,} times; all are in the files above."
    return html.Div([choice, html.P(words, className="words")])
