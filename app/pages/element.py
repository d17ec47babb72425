"""What is known about one element? Its facts with their sources, what it depends on, who uses it, what breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import PurePath
from typing import Any, NamedTuple, Self, TypeVar
from urllib.parse import parse_qs, unquote

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component

from app.answers import part_of, table_of
from app.atlas import Atlas, Link
from app.live import Live
from app.missing import Missing
from app.pages import Page
from app.painted import painted
from app.parts import (
    attrs,
    button,
    by_name,
    change_words,
    element_address,
    entity,
    fact_list,
    far,
    findings_list,
    focus_address,
    icon,
    impact_address,
    message,
    own_facts,
    parted,
    party_rows,
    section,
    sentence,
    tile,
    unbroken,
)
from app.repository import line_address
from app.words import plural, said_kind, short
from graph.analysis.impact import Impact, State, impact
from graph.analysis.reach import reach
from graph.answer import Answer, Cell, Report, words_of_cell
from graph.facts import Fact, words_of
from graph.model import InputError
from graph.people import is_actor
from graph.reports.json import data
from graph.snippet import snippet
from ontology import terms as t

__all__ = ["PAGE", "answer", "columns", "find", "more_columns", "table"]

T = TypeVar("T")
_LISTED, _NARROW = 25, 3
_MOST_ROWS, _MOST_LINKS = 300, 300
_MOST, _MOST_ASKED = 1_000, 100_000
_AFFECTS = words_of(t.AFFECTS)
_STATES = {State.DOWN: ("down", "Down"), State.DEGRADED: ("degraded", "Degraded"), State.AT_RISK: ("risk", "At risk")}


def find(atlas: Atlas, identifier: str) -> int:
    """The element that an address names, by ``namespace/id``. Raises Missing, with what is nearest."""
    p = atlas.projection
    try:
        number = p.find(identifier)
    except InputError as error:
        raise _missing(atlas, identifier) from error
    if p.ids[number] != identifier:
        raise _missing(atlas, identifier)
    return number


def _missing(atlas: Atlas, identifier: str) -> Missing:
    near = atlas.index.search(identifier.rpartition("/")[2], limit=5) or atlas.index.search(identifier, limit=5)
    links = {element_address(atlas, hit.element): short(hit.label, 60) for hit in near}
    return Missing(
        f"No element “{short(identifier, 60)}” in this map",
        f"nothing in {atlas.title} has the id {short(identifier, 120)}",
        "pick one of those with a similar name" if near else "search for it by a part of its name",
        {**links, "/map": "Show the map"},
    )


# ── as JSON ────────────────────────────────────────────────────────────────────────────────────


class Piece(NamedTuple):
    """Which part of long lists is told: so many from a place on. ``limit`` and ``offset`` in an address say it.

    >>> Piece.of("limit=2&offset=4").told("users", [1, 2, 3, 4, 5, 6, 7])
    ([5, 6], ['users: 5 to 6 of 7'])
    >>> Piece.of("").told("users", [1, 2])
    ([1, 2], [])
    """

    limit: int = _MOST
    offset: int = 0

    @classmethod
    def of(cls, query: str) -> Self:
        """As an address says it; what is no number counts as nothing."""
        said = {name: values[0] for name, values in parse_qs(query).items() if values[0].isdecimal()}
        limit, offset = (int(said.get(name, usual)[:9]) for name, usual in (("limit", str(_MOST)), ("offset", "0")))
        return cls(min(limit, _MOST_ASKED), offset)

    def told(self, name: str, each: Sequence[T]) -> tuple[Sequence[T], list[str]]:
        """The part, and in words what it is where it is not all."""
        some = each[self.offset : self.offset + self.limit]
        if len(some) == len(each):
            return some, []
        where = f"{self.offset + 1:,} to {self.offset + len(some):,}" if some else "none"
        return some, [f"{name}: {where} of {len(each):,}"]


def answer(atlas: Atlas, rest: str, query: str) -> dict[str, Any]:
    """Everything about an element as plain values; of its long lists the piece that the query asks for."""
    element, piece = find(atlas, rest), Piece.of(query)
    p = atlas.projection
    down, cut_down = piece.told("depends_on", atlas.depends_on(element))
    up, cut_up = piece.told("used_by", atlas.used_by(element))
    naming, cut_naming = piece.told("named_by", atlas.named_by(element))
    fails = _failing(atlas, {element: State.DOWN}, piece) if _can_fail(atlas, element) else None
    affected = _affected_by(atlas, element)
    also_fails = _failing(atlas, affected, piece) if affected else None
    cut = [*cut_down, *cut_up, *cut_naming, *(words for each in (fails, also_fails) if each for words in each["cut"])]
    return {
        "id": p.ids[element],
        "iri": p.iris[element],
        "label": p.labels[element],
        "kind": atlas.kind(element),
        "lane": atlas.lane[element],
        "defined": not bool(p.stub[element]),
        "description": atlas.description(element) or None,
        "owners": [
            {"relation": word, "id": p.ids[party], "label": p.labels[party]} for word, party in atlas.owners(element)
        ],
        "facts": [_fact_values(fact) for fact in atlas.facts(element)],
        "depends_on": [_link_values(atlas, each) for each in down],
        "used_by": [_link_values(atlas, each) for each in up],
        "in_all": {
            "depends_on": len(reach(p, [element], direction="dependencies").elements),
            "used_by": len(reach(p, [element], direction="dependants").elements),
        },
        "if_it_fails": fails,
        "if_what_it_affects_fails": also_fails,
        "named_by": [{"relation": words, "id": p.ids[each], "label": p.labels[each]} for words, each in naming],
        "findings": [str(finding) for finding in atlas.findings_about(element)],
        "more": [
            {"question": part.heading, **data(part.answer)}
            for part in atlas.dossiers.of(element, at=datetime.now(UTC)).sections
        ],
        "written": None if p.stub[element] else snippet(atlas.map.store, p.iris[element]).text,
        "cut": cut,
        "revision": p.revision,
    }


def table(atlas: Atlas, rest: str, query: str) -> Answer:
    """Facts of an element, what it depends on and what uses it, a row each; of long lists a piece, as ``answer``."""
    element, piece = find(atlas, rest), Piece.of(query)
    rows: list[tuple[Cell, ...]] = [
        (
            "fact",
            " ".join(filter(None, (fact.about, fact.property))),
            fact.value,
            fact.iri,
            fact.unit,
            fact.path,
            fact.line or None,
        )
        for fact in atlas.facts(element)
    ]
    for what, links in (("depends on", atlas.depends_on(element)), ("used by", atlas.used_by(element))):
        for each in map(partial(_link_values, atlas), piece.told(what, links)[0]):
            words = ", ".join(filter(None, (each["kind"], each["strength"], each["group"])))
            rows.append((what, words, each["label"], each["id"], "", each["source"], each["line"]))
    columns = ("what", "how", "value", "id", "unit", "source", "line")
    return Answer(atlas.projection.labels[element], "rows", columns, tuple(rows))


def _can_fail(atlas: Atlas, element: int) -> bool:
    """Whether it makes sense to ask what breaks: not for records, papers and people that nothing rests on."""
    return element not in atlas.aside


def _affected_by(atlas: Atlas, element: int) -> dict[int, State]:
    """What a record, such as an incident or a change, says that it affects."""
    if _can_fail(atlas, element):
        return {}
    index = atlas.projection.index
    named = (f.iri for f in atlas.facts(element) if f.property == _AFFECTS and not f.about)
    return dict.fromkeys((index[iri] for iri in named if iri in index), State.DOWN)


def _failing(atlas: Atlas, changes: dict[int, State], piece: Piece) -> dict[str, Any]:
    """What breaks, as plain values."""
    p = atlas.projection
    result = impact(p, changes)
    told, cut = piece.told("affected", result.affected.tolist())
    return {
        "down": result.count(State.DOWN),
        "degraded": result.count(State.DEGRADED),
        "at_risk": result.count(State.AT_RISK),
        "spared": len(result.spared),
        "affected": [{"id": p.ids[e], "label": p.labels[e], "state": State(int(result.state[e])).words} for e in told],
        "cut": cut,
        "unknowns": list(result.unknowns),
        "cuts": list(result.cuts),
    }


def _fact_values(fact: Fact) -> dict[str, Any]:
    return {
        "about": fact.about or None,
        "property": fact.property,
        "value": fact.value,
        "iri": fact.iri or None,
        "unit": fact.unit or None,
        "source": fact.path or None,
        "line": fact.line or None,
    }


def _link_values(atlas: Atlas, each: Link) -> dict[str, Any]:
    where = atlas.where(each.edge)
    return {
        "id": atlas.projection.ids[each.element],
        "label": atlas.projection.labels[each.element],
        "kind": each.kind,
        "strength": each.strength or None,
        "strength_assumed": bool(atlas.projection.edges.assumed[each.edge]),
        "group": each.group or None,
        "source": where.path if where else None,
        "line": where.line or None if where else None,
    }


# ── as a page ──────────────────────────────────────────────────────────────────────────────────


def frame() -> Component:
    """An empty article in two columns; what takes longer to find out comes below the rest, when it is there."""
    left, right = (
        html.Div([html.Div(id=f"element-{part}", className="column") for part in parts])
        for parts in (("left", "left-more", "left-last"), ("right", "right-more"))
    )
    article = html.Article(
        [html.Div(id="element-head"), html.Div([left, right], className="columns")], className="article-inner"
    )
    return html.Div(
        [
            dcc.Store(id="element-address"),
            dcc.Store(id="element-done"),
            html.Div(article, id="element-article", className="article", tabIndex=-1),
        ],
        className="page",
        id="element-page",
        hidden=True,
    )


def connect(app: Dash, live: Live) -> None:
    """Fill the article when the address changes."""

    def named(address: dict[str, Any]) -> int:
        return find(live.atlas, unquote(address["path"].removeprefix("/element/")))

    @app.callback(
        Output("element-head", "children"),
        Output("element-left", "children"),
        Output("element-right", "children"),
        Output("element-done", "data"),
        Input("element-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def show(address: dict[str, Any]) -> tuple[Component, list[Component], list[Component], dict[str, str]]:
        atlas = live.atlas
        try:
            element = named(address)
        except Missing as missing:
            links = [html.A(words, href=href, className="button") for href, words in missing.links.items()]
            said = message(missing.title, f"{missing.help[:1].upper()}{missing.help[1:]}.", links)
            return said, [], [], {"title": f"{missing.title} · {atlas.title}", "announce": missing.title}
        label = short(atlas.projection.labels[element], 60)
        done = {"title": f"{label} · {atlas.title}", "announce": f"{label}, {atlas.kind(element)}"}
        return _head(atlas, element), *columns(atlas, element), done

    @app.callback(
        Output("element-left-more", "children"),
        Output("element-right-more", "children"),
        Input("element-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def more(address: dict[str, Any]) -> tuple[list[Component], list[Component]]:
        try:
            return more_columns(live.atlas, named(address), source_link=live.source_link)
        except Missing:
            return [], []

    @app.callback(
        Output("element-left-last", "children"),
        Input("element-address", "data"),
        prevent_initial_call=True,
    )
    @painted
    def planned(address: dict[str, Any]) -> list[Component]:
        atlas = live.atlas
        try:
            plan = atlas.dossiers.plan(named(address))
        except Missing:
            return []
        return [_card([_plan(atlas, plan)])] if plan is not None else []

    app.clientside_callback(
        ClientsideFunction("servicemap", "arrived"),
        Output("element-page", "data-arrived"),
        Input("element-done", "data"),
    )


def columns(atlas: Atlas, element: int) -> tuple[list[Component], list[Component]]:
    """What is known at once: what breaks and both sides on the left, findings, people and facts on the right."""
    left = [
        *(_card([each]) for each in _consequences(atlas, element)),
        _card([_side(atlas, element, forward=True), _side(atlas, element, forward=False)]),
    ]
    right = [
        *(
            [_card([section("Findings", findings_list(atlas.findings_about(element)))])]
            if atlas.findings_about(element)
            else []
        ),
        *([] if atlas.projection.stub[element] else [_card([section("Who", party_rows(atlas, element, None))])]),
        *([_card(found)] if (found := _facts(atlas, element)) else []),
        *([_card(found)] if (found := _named_by(atlas, element)) else []),
        _card([_names(atlas, element)]),
    ]
    return left, right


def _card(sections: list[Component]) -> Component:
    return html.Div(sections, className="card")


def _head(atlas: Atlas, element: int) -> Component:
    p = atlas.projection
    lane = next(row.label for row in atlas.rows if row.key == atlas.lane[element])
    kind = atlas.kind(element)
    identifier = p.ids[element]
    words = atlas.description(element)
    stub = "It is used, but no source defines it: correct its name where it is used, or add it to a source."
    return html.Header(
        [
            tile(atlas.look[element], extra="tile-32"),
            html.H1(short(p.labels[element], 400)),
            html.Div(
                [
                    button("Show on the map", name="hierarchy-3", href=focus_address(atlas, element), filled=True),
                    *_judge(atlas, element),
                    button(
                        "Copy link",
                        name="link",
                        icon_only=True,
                        **attrs({"data-copy": "address", "data-said": "Link copied"}),
                    ),
                    button(
                        "Copy id",
                        name="copy",
                        icon_only=True,
                        **attrs({"data-copy": identifier, "data-said": "Id copied"}),
                    ),
                ],
                className="actions",
            ),
            html.Div(
                kind if lane.lower().rstrip("s") == kind.lower() else f"{kind}, in {lane.lower()}", className="kind"
            ),
            *([html.P(words, className="words words-13")] if words else []),
            *(
                [
                    html.P(
                        [icon("alert-triangle-filled", extra="icon-14 warning"), " ", stub], className="words words-13"
                    )
                ]
                if p.stub[element]
                else []
            ),
        ],
        className="article-head",
    )


def _judge(atlas: Atlas, element: int) -> list[Component]:
    """The way to what a change of it does; a person is away instead."""
    words, question = change_words(atlas, element)
    if not words:
        return []
    return [button(words, name="bolt", title=question, href=impact_address(atlas, element))]


# ── promises, people, access, records, cost, plan ──────────────────────────────────────────────


def more_columns(atlas: Atlas, element: int, *, source_link: str = "") -> tuple[list[Component], list[Component]]:
    """The dossier: what has wide tables on the left; rights, costs and the entry of the map file on the right."""
    report = atlas.dossiers.of(element, at=datetime.now(UTC))
    sides: tuple[list[Component], list[Component]] = [], []
    for part in report.sections:
        sides[len(part.answer.columns) <= _NARROW].append(_card([part_of(atlas, part, fold=True)]))
    if not atlas.projection.stub[element]:
        sides[1].append(_card([_written(atlas, element, source_link)]))
    return sides


def _plan(atlas: Atlas, plan: Report) -> Component:
    """The response plan: what is missing is said at once, the rest unfolds."""
    *parts, missing = plan.sections
    folds = [
        html.Details([html.Summary(part.heading), table_of(atlas, part.answer)], className="fold")
        for part in parts
        if part.answer.rows
    ]
    gaps = [html.Li(f"Gap: {words_of_cell(words)}") for (words,) in missing.answer.rows]
    parts_shown: list[Component] = [html.P(" ".join(plan.summary), className="words"), *folds]
    return section("Response plan", [*parts_shown, *([html.Ul(gaps, className="notes")] if gaps else [])])


def _written(atlas: Atlas, element: int, source_link: str) -> Component:
    """How a map file says it: to copy, and where to change it."""
    made = snippet(atlas.map.store, atlas.projection.iris[element])
    where = atlas.defined_at(element)
    copied = attrs({"data-copy": made.text, "data-said": "Entry copied"})
    place = f"{where}" if where else ""
    named = f"{PurePath(where.path).name}:{where.line}" if where else ""
    there = line_address(source_link, where) if where else ""
    parts: list[Component] = [
        *(
            [
                html.Div(
                    [
                        html.Span("Change it in", className="muted"),
                        html.A(html.Code(named, title=place), href=there) if there else html.Code(named, title=place),
                        button(
                            "Copy place", name="copy", icon_only=True, extra="button-plain",
                            **attrs({"data-copy": place, "data-said": "Place copied"}),
                        ),
                    ],
                    className="copy-line copy-line-wide",
                )
            ]
            if place
            else []
        ),
        html.Details([html.Summary("The entry, as a map file has it"), html.Pre(made.text)], className="fold"),
        button("Copy entry", name="copy", **copied),
        *([html.Ul([html.Li(sentence(f.message)) for f in made.findings], className="notes")] if made.findings else []),
    ]  # fmt: skip
    return section("In a map file", parts)


# ── what breaks ────────────────────────────────────────────────────────────────────────────────


def _consequences(atlas: Atlas, element: int) -> list[Component]:
    """What breaks with the element, or with what a record says that it affects; nothing for what cannot fail."""
    if _can_fail(atlas, element):
        words = change_words(atlas, element)[0] or "If it fails"
        result = impact(atlas.projection, {element: State.DOWN})
        if is_actor(atlas.projection, element) and not len(result.affected):
            return []  # whom a person leaves behind is told on the page of the change
        return [_breaks(atlas, result, words)]
    affected = _affected_by(atlas, element)
    if not affected:
        return []
    names = ", ".join(short(atlas.projection.labels[each], 60) for each in list(affected)[:3])
    rest = f" and {len(affected) - 3:,} more" if len(affected) > 3 else ""
    verb = "fails" if len(affected) == 1 else "fail"
    return [_breaks(atlas, impact(atlas.projection, affected), f"If {names}{rest} {verb}")]


def _breaks(atlas: Atlas, result: Impact, title: str) -> Component:
    boxes = [
        html.Div(
            [html.B(f"{result.count(state):,}"), html.Small([html.Span(className=f"badge {name}"), word])],
            className=f"state-{name}" if result.count(state) else "",
        )
        for state, (name, word) in _STATES.items()
    ]
    boxes.append(
        html.Div([html.B(f"{len(result.spared):,}"), html.Small([html.Span(className="badge unaffected"), "Spared"])])
    )
    many = len(result.affected)
    rows = [_affected(atlas, e, State(int(result.state[e]))) for e in result.affected[:_MOST_ROWS].tolist()]
    parts: list[Component] = [html.Div(boxes, className="tally")]
    if rows:
        parts.append(html.Div(rows[:10], className="rows"))
        if len(rows) > 10:
            parts.append(
                html.Details(
                    [
                        html.Summary(f"{many - 10:,} more"),
                        html.Div(rows[10:], className="rows"),
                        *_cut_rows(many),
                    ],
                    className="fold",
                )
            )
    else:
        parts.append(html.P("No known impact: nothing that the map knows of rests on it.", className="words"))
    notes = _notes(result)
    if notes:
        parts.append(html.P(notes, className="words muted below-list"))
    return section(title, parts)


def _cut_rows(number: int) -> list[Component]:
    return (
        [
            html.P(
                f"The first {_MOST_ROWS} of {number:,}; all are in the .json of this page, {_MOST:,} at a time.",
                className="words",
            )
        ]
        if number > _MOST_ROWS
        else []
    )


def _notes(result: Impact) -> str:
    assumed = (
        f"In the whole map {plural(result.dependencies, 'dependency', 'dependencies')} can carry an outage; "
        f"of {result.assumed:,} of them nobody says how strong the need is, and they count as required. "
        if result.assumed
        else ""
    )
    said = [*result.unknowns, *result.cuts]
    return assumed + " ".join(f"{words[:1].upper()}{words[1:]}." for words in said)


def _affected(atlas: Atlas, element: int, state: State) -> Component:
    name, word = _STATES[state]
    return html.A(
        [
            tile(atlas.look[element]),
            html.Span(short(atlas.projection.labels[element]), className="name"),
            html.Span([html.Span(className=f"badge {name}"), word], className=f"state-word {name}"),
        ],
        href=element_address(atlas, element),
    )


# ── both sides ─────────────────────────────────────────────────────────────────────────────────


def _side(atlas: Atlas, element: int, *, forward: bool) -> Component:
    title = "Depends on" if forward else "Used by"
    links = atlas.depends_on(element) if forward else atlas.used_by(element)
    if not links:
        return section(
            title,
            html.P("Nothing that the map knows of." if forward else "Nobody that the map knows of.", className="words"),
        )
    total, words = far(atlas, element, "dependencies" if forward else "dependants")
    direct = len({each.element for each in links})
    head = html.Tr(
        [
            html.Th("Element", scope="col"),
            html.Th("How", scope="col"),
            html.Th("Strength", scope="col"),
            html.Th("Source", scope="col", className="less"),
        ]
    )
    body = [html.Tr(_cells(atlas, each)) for each in by_name(atlas, links)[:_MOST_LINKS]]
    parts: list[Component] = [html.Table([html.Thead(head), html.Tbody(body[:_LISTED])], className="plain-table")]
    if len(body) > _LISTED:
        rest = html.Table([html.Tbody(body[_LISTED:])], className="plain-table")
        inside = [html.Summary(f"{len(links) - _LISTED:,} more"), rest]
        if len(links) > len(body):
            cut = f"The first {_MOST_LINKS} of {len(links):,}"
            words = f"{cut}; all are in the .json of this page, {_MOST:,} at a time."
            inside.append(html.P(words, className="words"))
        parts.append(html.Details(inside, className="fold"))
    if words:
        parts.append(html.P(words, className="words far"))
    return section(title, parts, note=f"{direct:,} directly, {total:,} in all")


def _cells(atlas: Atlas, each: Link) -> list[Component]:
    assumed = bool(atlas.projection.edges.assumed[each.edge])
    strength = each.strength or "carries no outage"
    words: list[Any] = [strength, *([html.Span(" (assumed)", className="muted")] if assumed and each.strength else [])]
    how = ", ".join(filter(None, [said_kind(each.kind), each.group and f"{each.group} is enough"]))
    where = atlas.where(each.edge)
    place = (
        f"{PurePath(where.path).name}:{where.line}"
        if where and where.line
        else PurePath(where.path).name
        if where
        else ""
    )
    return [
        html.Td(entity(atlas, each.element, element_address(atlas, each.element))),
        html.Td(how),
        html.Td(words),
        html.Td(
            html.Code(place, title=str(where or ""), className=f"muted {unbroken(place)}".strip()), className="less"
        ),
    ]


# ── facts, findings, names ─────────────────────────────────────────────────────────────────────


def _facts(atlas: Atlas, element: int) -> list[Component]:
    """All facts; the description stands at the top of the page, the people have their own card."""
    facts = own_facts(atlas, element)
    return [section("Facts", fact_list(atlas, facts), right="Source")] if facts else []


def _named_by(atlas: Atlas, element: int) -> list[Component]:
    """Agreements, offerings, people and others that name the element."""
    named = atlas.named_by(element)
    rows: list[Component] = [
        html.A(
            [
                tile(atlas.look[each]),
                html.Span(short(atlas.projection.labels[each]), className="name"),
                html.Span(words, className="note"),
            ],
            href=element_address(atlas, each),
        )
        for words, each in named[:_MOST_NAMED]
    ]
    if len(named) > _MOST_NAMED:
        rows.append(html.Div(f"{len(named) - _MOST_NAMED:,} more", className="row muted"))
    return [section("Named by", html.Div(rows, className="rows"))] if rows else []


_MOST_NAMED = 40


def _names(atlas: Atlas, element: int) -> Component:
    p = atlas.projection
    lines = [
        html.Div(
            [
                html.Span(word, className="muted"),
                html.Code(parted(short(value, 300))),
                button(
                    f"Copy {word}",
                    name="copy",
                    icon_only=True,
                    extra="button-plain",
                    **attrs({"data-copy": value, "data-said": f"{word} copied"}),
                ),
            ],
            className="copy-line",
        )
        for word, value in (("Id", p.ids[element]), ("IRI", p.iris[element]))
    ]
    return section(
        "Names",
        [
            *lines,
            html.A(
                "The same as JSON",
                href=f"{element_address(atlas, element)}.json",
                className="words",
                style={"textDecoration": "underline"},
            ),
        ],
    )


PAGE = Page(
    name="element",
    path="/element",
    title="Element",
    icon="list-details",
    position=0,
    below=True,
    frame=frame,
    connect=connect,
    check=lambda atlas, rest, _query: find(atlas, rest),
    answer=answer,
    table=table,
)
