"""How do the tables of the sources page look? Sources, findings, what is not defined, declared and seen."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import PurePath

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.parts import attrs, button, element_address, entity, focus_address, icon, in_words, parted, sentence
from app.sources.ledger import PAGE_SIZE, TABS, Ledger, link, numbers, table
from app.words import age, plural, short
from graph.answer import Answer, Cell
from graph.evidence import Standing
from graph.reports.findings import unlisted

__all__ = ["bar", "footer", "shown"]

_MARKS = {
    "error": ("alert-circle", "bad"),
    "warning": ("alert-triangle-filled", "weak"),
    "note": ("point", "quiet"),
    Standing.UNDECLARED.value: ("alert-triangle-filled", "weak"),
    Standing.UNSEEN.value: ("help-circle", "open"),
    Standing.BOTH.value: ("check", "good"),
}
_NOTHING = {
    "findings": ("No findings", "Nothing in the sources needs a look."),
    "undefined": ("Everything is defined", "Each element that is used is defined by a source."),
    "evidence": (
        "Nothing was observed",
        "No source says that it saw dependencies in use, as traces do. What is declared cannot be held against it.",
    ),
    "files": ("No sources", "Nothing is loaded."),
}
_MOST_NAMES = 5


def bar(atlas: Atlas, ledger: Ledger) -> list[Component]:
    """The tables to choose from, each with how many rows it has."""
    counted = numbers(atlas, ledger.show)
    tabs = [
        html.A(
            [label, *([html.Span(f"{counted[show]:,}", className="count")] if counted.get(show) is not None else [])],
            href=link(Ledger(show)),
            className="segment",
            **attrs({"aria-current": "true"} if show == ledger.show else {}),
        )
        for show, label in TABS.items()
    ]
    first = replace(ledger, page=1)
    saves = [
        html.A("CSV", href=link(first, ending=".csv"), className="chip", title="Save these rows as CSV"),
        html.A("JSON", href=link(first, ending=".json"), className="chip", title="These rows as JSON"),
    ]
    return [
        html.Nav(tabs, className="segments", **attrs({"aria-label": "What is shown"})),
        html.Span(className="grow"),
        *([html.Span(saves, className="saves not-phone")] if ledger.show in counted else []),
    ]


def shown(atlas: Atlas, ledger: Ledger) -> Component:
    """The table of the address, or what is said where it is empty."""
    found = table(atlas, ledger)
    if not found.rows:
        title, words = _NOTHING[ledger.show]
        if ledger.words:
            title, words = "Nothing fits", f"No row has “{short(ledger.words, 60)}” in it."
        back = button("Show the sources", name="database", href=link(Ledger()), filled=True)
        return html.Div([html.H2(title), html.P(words), html.Div(back, className="actions")], className="message")
    made = {"findings": _findings, "undefined": _undefined, "evidence": _evidence}.get(ledger.show, _files)
    heads, rows = made(atlas, _on_page(found, ledger))
    head = html.Tr([html.Th(words, scope="col", className=extra) for words, extra in heads])
    caption = html.Caption(sentence(found.title), className="sr")
    return html.Table([caption, html.Thead(head), html.Tbody(rows)], className="list ledger")


def _on_page(found: Answer, ledger: Ledger) -> list[dict[str, Cell]]:
    first = (min(ledger.page, _pages(found)) - 1) * PAGE_SIZE
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows[first : first + PAGE_SIZE]]


def _pages(found: Answer) -> int:
    return max(1, -(-len(found.rows) // PAGE_SIZE))


_Heads = list[tuple[str, str]]


def _files(atlas: Atlas, rows: list[dict[str, Cell]]) -> tuple[_Heads, list[Component]]:
    now, folder = datetime.now(UTC), _folder(atlas)
    heads = [
        ("File", ""),
        ("Read as", "less"),
        ("Elements", "number"),
        ("Findings", ""),
        ("Loaded", "less"),
        ("Digest", "least"),
        ("Commit", "least"),
    ]
    return heads, [
        html.Tr(
            [
                html.Td(
                    html.Span(parted(_below(folder, str(row["path"]))), className="name", title=str(row["source"]))
                ),
                html.Td(str(row["importer"]), className="less"),
                html.Td(f"{row['elements']:,}", className="number"),
                html.Td(_counts(row)),
                html.Td(html.Span(age(str(row["loaded at"]), now), title=str(row["loaded at"])), className="less"),
                html.Td(_code(str(row["digest"])[:12], str(row["digest"])), className="least"),
                html.Td(_code(str(row["commit"])[:10], str(row["commit"])), className="least"),
            ]
        )
        for row in rows
    ]


def _folder(atlas: Atlas) -> str:
    """The folder that all sources lie in; "" where there is none. It is said once, not in each row."""
    try:
        return os.path.commonpath([PurePath(source.path).parent for source in atlas.sources])
    except ValueError:  # none is loaded, or they have nothing in common
        return ""


def _below(folder: str, path: str) -> str:
    """The path as it is said where the folder is known.

    >>> _below("/maps/shop", "/maps/shop/net/a.yaml"), _below("", "b.yaml")
    ('net/a.yaml', 'b.yaml')
    """
    return str(PurePath(path).relative_to(folder)) if folder else path


def _counts(row: dict[str, Cell]) -> Component:
    parts: list[Component] = []
    if row["stale"]:
        parts.append(html.Span([icon("clock", extra="icon-14"), "Out of date"], className="carried weak"))
    for severity in ("error", "warning", "note"):
        number = row[f"{severity}s"]
        if number and isinstance(number, int):
            mark, tone = _MARKS[severity]
            parts.append(
                html.Span([icon(mark, extra="icon-14"), plural(number, severity)], className=f"carried {tone}")
            )
    if row["errors"] is None:
        return html.Div([*parts, html.Span("Being worked out", className="missing")])
    there = html.A(parts, href=link(Ledger("findings", words=PurePath(str(row["path"])).name)))
    return there if parts else html.Span("None", className="missing")


def _code(text: str, whole: str) -> Component:
    return html.Code(text, title=whole, className="muted") if text else html.Span("–", className="missing")


def _findings(_atlas: Atlas, rows: list[dict[str, Cell]]) -> tuple[_Heads, list[Component]]:
    heads = [("How bad", ""), ("What", ""), ("What to do", "less"), ("Where", "less")]
    return heads, [
        html.Tr(
            [
                html.Td(_mark(str(row["severity"]))),
                html.Td(
                    [
                        html.Span(short(in_words(sentence(str(row["finding"]))), 400), className="anywhere"),
                        html.Div(
                            [
                                html.Div(sentence(str(row["remedy"])), className="words"),
                                _where(row["where"]),
                            ],
                            className="only-phone",
                        ),
                    ]
                ),
                html.Td(html.Span(sentence(str(row["remedy"])), className="anywhere"), className="less"),
                html.Td(_where(row["where"]), className="less where-cell"),
            ]
        )
        for row in rows
    ]


def _where(where: Cell) -> Component:
    whole = html.Span("The whole map", className="missing", title="This is about several elements, and of no file")
    return _code(_place(where), str(where)) if where else whole


def _folded(*said: tuple[str, Component | str]) -> Component:
    """On a phone, beneath a cell: what the columns say that have no room there."""
    lines = [html.Div([f"{word}: " if word else "", value], className="words") for word, value in said]
    return html.Div(lines, className="only-phone")


def _place(where: Cell) -> str:
    return PurePath(str(where)).name


def _mark(word: str) -> Component:
    mark, tone = _MARKS[word]
    return html.Span([icon(mark, extra="icon-14"), sentence(word)], className=f"carried {tone}")


def _undefined(atlas: Atlas, rows: list[dict[str, Cell]]) -> tuple[_Heads, list[Component]]:
    heads = [("Element", ""), ("Used by", ""), ("First", "less"), ("What to do", "less")]
    p = atlas.projection
    made: list[Component] = []
    for row in rows:
        stub = p.find(str(row["id"]))
        users = [p.find(str(name)) for name in (row["by"] if isinstance(row["by"], tuple) else ())]
        names: list[Component | str] = [
            html.Div(entity(atlas, e, element_address(atlas, e))) for e in users[:_MOST_NAMES]
        ]
        names += [html.Div(f"{len(users) - _MOST_NAMES:,} more", className="muted")] if len(users) > _MOST_NAMES else []
        first = _code(_place(row["first"]), str(row["first"]))
        at = [("First", first)] if row["first"] else []
        todo = html.Span(["Define ", html.Code(short(str(row["id"]), 60)), ", or correct its name"])
        made.append(
            html.Tr(
                [
                    html.Td([entity(atlas, stub, focus_address(atlas, stub)), _folded(*at, ("", todo))]),
                    html.Td(names or html.Span("Mentioned, not used", className="missing")),
                    html.Td(first, className="less where-cell"),
                    html.Td(todo, className="less"),
                ]
            )
        )
    return heads, made


def _evidence(atlas: Atlas, rows: list[dict[str, Cell]]) -> tuple[_Heads, list[Component]]:
    heads = [
        ("Element", ""),
        ("Depends on", ""),
        ("How it stands", ""),
        ("Declared in", "less"),
        ("Seen in", "less"),
        ("Calls", "number less"),
    ]
    p = atlas.projection
    made: list[Component] = []
    for row in rows:
        ends = [p.find(str(row[name])) for name in ("dependent", "provider")]
        declared, seen = (_code(_place(row[name]), str(row[name])) for name in ("declared", "seen"))
        calls = f"{row['calls']:,}" if isinstance(row["calls"], int) else "–"
        told = (("Declared in", declared, "declared"), ("Seen in", seen, "seen"), ("Calls", calls, "calls"))
        folded = _folded(*((word, value) for word, value, name in told if row[name]))
        made.append(
            html.Tr(
                [
                    html.Td([entity(atlas, ends[0], focus_address(atlas, ends[0])), folded]),
                    html.Td(entity(atlas, ends[1], focus_address(atlas, ends[1]))),
                    html.Td(_mark(str(row["standing"]))),
                    html.Td(declared, className="less where-cell"),
                    html.Td(seen, className="less where-cell"),
                    html.Td(calls, className="number less"),
                ]
            )
        )
    return heads, made


def _of_no_file(atlas: Atlas) -> int:
    """How many findings are counted at no file."""
    if not atlas.findings_known:
        return 0
    files = {source.path for source in atlas.sources}
    return sum(finding.where is None or finding.where.path not in files for finding in atlas.findings)


def footer(atlas: Atlas, ledger: Ledger) -> list[Component]:
    """How many rows, how old the map is, and the way to the next page."""
    found = table(atlas, ledger) if ledger.show != "check" else None
    loaded = age(atlas.loaded_at, datetime.now(UTC))
    parts: list[Component] = [html.Span(sentence(found.title))] if found else []
    if found and ledger.words:
        parts.append(html.Span([icon("filter"), f"{plural(len(found.rows), 'row')} with these words"]))
    if ledger.show == "files" and (of_none := _of_no_file(atlas)):
        words = f"{plural(of_none, 'finding')} about the map as a whole, of no file"
        parts.append(html.A(words, href=link(Ledger("findings"))))
    if ledger.show == "files" and atlas.findings_known and (more := unlisted(atlas.findings)):
        parts.append(html.Span(f"{plural(more, 'finding')} more, not listed"))
    if ledger.show == "files" and (folder := _folder(atlas)):
        parts.append(html.Span(f"All in the folder {PurePath(folder).name or folder}", title=folder))
    parts.append(html.Span(className="grow"))
    if found and (pages := _pages(found)) > 1:
        page = min(ledger.page, pages)
        before, after = link(replace(ledger, page=page - 1)), link(replace(ledger, page=page + 1))
        parts += [
            *([html.A([icon("arrow-left"), "Previous"], href=before)] if page > 1 else []),
            html.Span(f"Page {page:,} of {pages:,}"),
            *([html.A(["Next", icon("arrow-right")], href=after)] if page < pages else []),
        ]
    if loaded:
        parts.append(html.Span([icon("clock"), f"Loaded {loaded}"], title=atlas.loaded_at))
    return parts
