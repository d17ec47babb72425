"""What stands around an overview? Chips to choose by, the pane with the counts, the table, and what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.groupings import GROUPINGS
from app.map.bars import menu
from app.map.cards import bundle_width
from app.map.overview import Bools, Bundle, Gathered, Node, Plane, title
from app.map.screen import whole
from app.parts import attrs, button, icon, most_used, section, sentence, tile
from app.view import WALL, View, link
from app.words import age, plural, short
from graph.look import LOOKS

__all__ = ["chips", "pane", "status", "table"]

_LISTED, _KINDS, _ROWS = 8, 9, 500


def chips(view: View, now: Gathered) -> list[Component]:
    """What the map is gathered by; each choice is a link."""
    closed = replace(view, opened=(), selected="")
    choices = [(words, link(replace(closed, by=by)), by == now.by) for by, words in GROUPINGS.items()]
    found = [menu("Grouped by", title(now.by), choices)]
    if view.opened:
        away = [icon("x"), html.Span(f"{plural(len(view.opened), 'group')} open", className="not-phone")]
        found.append(html.A(away, href=link(closed), className="chip", title="Close all groups"))
    return found


def status(atlas: Atlas, now: Gathered, of: int) -> list[Component]:
    """How much is gathered into what, what is left out, and how old the map is.

    ``of`` is how many elements would be gathered if none were hidden.
    """
    plane = now.plane
    left = [html.Span(f"{plural(now.elements, 'element')} in {plural(len(plane.nodes), 'group')}")]
    if plane.bundles or plane.thin:
        total = len(plane.bundles) + plane.thin
        left.append(html.Span(f"{len(plane.bundles):,} of {plural(total, 'line')} shown"))
        if plane.thin:
            words = f"the others stand for {plural(plane.left_out, 'dependency', 'dependencies')}"
            left.append(html.Span(words, className="less"))
    if plane.inside:
        within = "the group" if len(plane.nodes) == 1 else "the groups"
        words = f"{plural(plane.inside, 'dependency', 'dependencies')} inside {within}"
        left.append(html.Span(words, className="less"))
    if aside := len(atlas) - max(of, now.elements):
        left.append(html.Span([icon("eye-off"), f"{aside:,} without lines left out"]))
    if (hidden := of - now.elements) > 0:
        onward = html.Span("; lines lead on through them", className="less")
        left.append(html.Span([icon("eye-off"), html.Span([f"{hidden:,} hidden", onward])]))
    loaded = age(atlas.loaded_at, datetime.now(UTC))
    right = [html.Span([icon("clock"), f"Loaded {loaded}"], title=atlas.loaded_at)] if loaded else []
    return [*left, html.Span(className="grow"), *right]


def pane(atlas: Atlas, view: View, now: Gathered, lit: Bools | None = None) -> list[Component]:
    """What is gathered and lit up, how many elements of each kind, the thickest lines, and how to read them."""
    handle = html.Button(
        className="sheet-handle", type="button", **attrs({"data-act": "sheet", "aria-label": "Show more or less"})
    )
    head = html.Section(
        [
            html.H2(short(atlas.title, 120), className="pane-title"),
            html.P(_words(view, now), className="words"),
            *_lit(now, lit),
        ],
        className="section",
    )
    most = atlas.most_used_of(whole(atlas, view))
    start = html.Div(most_used(atlas, partial(_focused, atlas, view), most), className="section")
    parts: list[Component] = [handle, head, section("What they are", _kinds(now))]
    if now.plane.bundles:
        parts.append(section("Thickest lines", _thickest(now)))
        parts.append(section("Line thickness", _legend(now)))
    parts.append(start)
    if view.by and not now.elements > WALL:
        each = button("Show the elements", name="hierarchy-3", href=link(replace(view, by="", opened=())))
        parts.append(html.Section([html.Div(each, className="actions")], className="section"))
    return parts


def _lit(now: Gathered, lit: Bools | None) -> list[Component]:
    """How many elements are lit up, and in how many of the groups."""
    if lit is None:
        return []
    counted = [fits for node in now.plane.nodes if (fits := node.fits(lit))]
    one = sum(counted) == 1
    words = f"{plural(sum(counted), 'element')} {'fits' if one else 'fit'}, in {plural(len(counted), 'group')}."
    return [html.P(words if counted else "None of these elements fits.", className="words")]


def _focused(atlas: Atlas, view: View, element: int) -> str:
    """Around an element, with the filters that hold."""
    name = atlas.projection.ids[element]
    return link(replace(view, focus=name, selected=name, by="", opened=(), find="", table=False))


def _words(view: View, now: Gathered) -> str:
    many, by = plural(now.elements, "element"), title(now.by)
    if view.table:
        return f"{many}, grouped by {by}."
    if now.chosen:
        inside = any(node.inner for node in now.plane.nodes)
        hint = "Open a group to see what is in it."
        if inside:
            hint = "Point at a line, or tap it, to see what it means inside." if now.plane.bundles else ""
        elif len(now.plane.nodes) == 1:
            hint = "All are in one group: open it, or group by something else."
        return f"{many}, grouped by {by}. {hint}".rstrip()
    return f"{many} are too many to draw. They are grouped by {by}; open a group to see what is in it."


def _kinds(now: Gathered) -> Component:
    counted: Counter[str] = Counter()
    for node in now.plane.nodes:
        counted.update(dict(node.parts) if node.parts else {node.look: 1})
    rows = [(look, counted[look]) for look in LOOKS if counted[look]]
    rows = sorted(rows, key=lambda row: -row[1])
    lines = [
        html.Div([tile(look), html.Span(sentence(_many(look)), className="grow"), html.B(f"{count:,}")])
        for look, count in rows[:_KINDS]
    ]
    if rest := sum(count for _, count in rows[_KINDS:]):
        lines.append(html.Div([html.Span("Other kinds", className="grow"), html.B(f"{rest:,}")]))
    return html.Div(lines, className="per-lane")


def _many(look: str) -> str:
    """The word for several of a look.

    >>> _many("application"), _many("policy"), _many("infrastructure"), _many("process")
    ('applications', 'policies', 'infrastructure', 'processes')
    """
    known = {
        "infrastructure": "infrastructure",
        "person": "people",
        "platform": "platform",
        "element": "other elements",
    }
    if look in known:
        return known[look]
    return f"{look[:-1]}ies" if look.endswith("y") else f"{look}es" if look.endswith("s") else f"{look}s"


def _thickest(now: Gathered) -> Component:
    names = {node.path: node.label for node in now.plane.nodes}
    rows = [
        html.Div(
            [
                html.Span(
                    [short(names[b.dependent], 40), html.Small(f"to {short(names[b.provider], 40)}")], className="grow"
                ),
                html.B(f"{b.count:,}"),
            ],
            className="thick",
        )
        for b in sorted(now.plane.bundles, key=lambda b: (-b.count, b.id))[:_LISTED]
    ]
    return html.Div(rows)


def _legend(now: Gathered) -> Component:
    """Three lines as thick as they are drawn."""
    counts = sorted({bundle.count for plane in _planes(now.plane) for bundle in plane.bundles})
    most = counts[-1]
    samples = sorted({counts[0], counts[len(counts) // 2], most})
    rows = []
    for count in samples:
        words = plural(count, "dependency", "dependencies")
        line = html.Span(className="thickness", style={"borderTopWidth": f"{bundle_width(count, most):.2f}px"})
        rows.append(html.Li([line, html.Span(f"{words}, the most here" if count == most else words)]))
    return html.Ul(rows, className="legend")


def _planes(plane: Plane) -> Iterator[Plane]:
    yield plane
    for node in plane.nodes:
        if node.inner:
            yield from _planes(node.inner)


def table(atlas: Atlas, view: View, now: Gathered, lit: Bools | None = None) -> list[Component]:
    """All cards and bundles, for readers who cannot or do not want to see the canvas."""
    into, out = Counter[str](), Counter[str]()
    for bundle in _all_bundles(now.plane):
        out[bundle.dependent] += bundle.count
        into[bundle.provider] += bundle.count
    head = html.Tr(
        [
            html.Th("Group", scope="col"),
            html.Th("Elements", scope="col", className="number"),
            *([] if lit is None else [html.Th("Lit up", scope="col", className="number")]),
            html.Th("Depends on others", scope="col", className="number"),
            html.Th("Used by others", scope="col", className="number"),
        ]
    )
    rows = [
        html.Tr(
            [
                html.Td(_cell(atlas, view, node, depth)),
                html.Td(f"{len(node.members):,}", className="number"),
                *([] if lit is None else [html.Td(f"{node.fits(lit):,}", className="number")]),
                html.Td(f"{out[node.path]:,}", className="number"),
                html.Td(f"{into[node.path]:,}", className="number"),
            ]
        )
        for node, depth in _deep(now.plane, 0)
    ]
    words = f"{plural(now.elements, 'element')} by {title(now.by)}; dependencies of the lines that are drawn"
    body = html.Tbody(rows)
    return [html.Table([html.Caption(words), html.Thead(head), body], className="list few"), _bundle_table(now)]


def _cell(atlas: Atlas, view: View, node: Node, depth: int) -> Component:
    look = [tile(node.look)] if node.look else []
    label = html.Span(short(node.label), className="anywhere")
    href = link(replace(view, selected=atlas.projection.ids[node.element])) if node.element >= 0 else ""
    href = href or link(view.toggled_group(node.path))
    said = {} if node.element >= 0 else {"aria-expanded": "true" if node.inner else "false"}
    style = {"marginLeft": f"{16 * depth}px"}
    return html.A([*look, label], href=href, className="entity", style=style, role="button", **attrs(said))


def _bundle_table(now: Gathered) -> Component:
    names = {node.path: node.label for node in now.plane.walk()}
    head = html.Tr(
        [
            html.Th("From", scope="col"),
            html.Th("To", scope="col"),
            html.Th("Dependencies", scope="col", className="number"),
        ]
    )
    rows = [
        html.Tr(
            [
                html.Td(short(names[b.dependent])),
                html.Td(short(names[b.provider])),
                html.Td(f"{b.count:,}", className="number"),
            ]
        )
        for b in _all_bundles(now.plane)[:_ROWS]
    ]
    return html.Table(
        [html.Caption("Lines, the thickest first"), html.Thead(head), html.Tbody(rows)], className="list few"
    )


def _all_bundles(plane: Plane) -> list[Bundle]:
    found = [bundle for each in _planes(plane) for bundle in each.bundles]
    return sorted(found, key=lambda bundle: (-bundle.count, bundle.id))


def _deep(plane: Plane, depth: int) -> Iterator[tuple[Node, int]]:
    for node in plane.nodes:
        yield node, depth
        if node.inner:
            yield from _deep(node.inner, depth + 1)
