"""How does the catalogue look? Filters with counts, the table of services, and what is said where there are none."""

from __future__ import annotations

from dataclasses import replace

from dash import html
from dash.development.base_component import Component

from app.atlas import MOST_CHECKED, Atlas
from app.catalogue.choice import FACETS, PAGE_SIZE, Choice, Chosen, Facet, link
from app.parts import attrs, button, element_address, entity, focus_address, icon, sentence, spare
from app.words import plural, short
from graph.catalogue import Entry, carried_words, promise_words

__all__ = ["bar", "facets", "footer", "table"]

_VALUES = 8
_HEADS = {
    "name": ("Service", ""),
    "kind": ("Kind", "less"),
    "owner": ("Owner", "less"),
    "promised": ("Promised", "number"),
    "carried": ("Can it be kept?", ""),
    "": ("Offerings", "least"),
    "criticality": ("Criticality", "least"),
    "state": ("State", "least"),
    "used": ("Used by", "number less"),
}
_LIVES = {"current": "Current", "retired": "Retired", "all": "All"}
_GOOD = ("Guaranteed", "Strong enough beneath")
_WEAK = ("Not guaranteed", "Weaker beneath", "Not expected to hold")


def bar(found: Chosen) -> list[Component]:
    """Above the table: current or retired, what is filtered, and the same as CSV and JSON."""
    choice = found.choice
    lives = [
        html.A(
            [label, html.Span(f"{found.lives[life]:,}", className="count")],
            href=link(replace(choice, life=life, page=1)),
            className="segment",
            **attrs({"aria-current": "true"} if life == choice.life else {}),
        )
        for life, label in _LIVES.items()
    ]
    chips = [
        html.A(
            [html.Span(f"{FACETS[key]}: "), html.B(short(value, 30)), icon("x")],
            href=link(choice.toggled(key, value)),
            className="chip",
            title="Take this filter away",
        )
        for key, values in choice.filters.items()
        for value in values
    ]
    saves = html.Span(
        [
            html.A(["CSV"], href=link(choice, ending=".csv"), className="chip", title="Save these rows as CSV"),
            html.A(["JSON"], href=link(choice, ending=".json"), className="chip", title="These rows as JSON"),
        ],
        className="saves not-phone",
    )
    segments = html.Nav(lives, className="segments", **attrs({"aria-label": "Current or retired"}))
    return [segments, *chips, html.Span(className="grow"), saves]


def facets(found: Chosen) -> list[Component]:
    """The ways to filter, each value a link with how many services it has; what all have in common is no choice."""
    kept = found.choice.filters
    return [_facet(found.choice, facet) for facet in found.facets if len(facet.values) > 1 or facet.key in kept]


def _facet(choice: Choice, facet: Facet) -> Component:
    entries = [_value(choice, facet.key, value, number) for value, number in facet.values]
    parts: list[Component] = [html.H2(facet.label), html.Ul(entries[:_VALUES])]
    if rest := entries[_VALUES:]:
        parts.append(html.Details([html.Summary(f"{len(rest):,} more"), html.Ul(rest[:200])], className="fold"))
    return html.Section(parts, className="facet")


def _value(choice: Choice, key: str, value: str, number: int) -> Component:
    on = value in choice.filters.get(key, ())
    said = short(value if key in ("owner", "environment") else sentence(value), 80)
    words = html.Span(said, className="anywhere grow")
    inside = [
        html.Span(icon("check") if on else [], className="box"),
        words,
        html.Span(f"{number:,}", className="count"),
    ]
    state = {"aria-current": "true"} if on else {}
    return html.Li(html.A(inside, href=link(choice.toggled(key, value)), **attrs(state)))


def table(atlas: Atlas, found: Chosen) -> Component:
    """The services of a page, or what is said where there are none."""
    if not atlas.catalogue:
        return _nothing(
            "No services in this map",
            "The catalogue lists business, technical and vendor services. The sources of this map define none.",
            button("Show the map", name="hierarchy-3", href="/map", filled=True),
        )
    if not found.entries:
        return _nothing(
            "No service fits",
            "Nothing has all that is asked for. Take a filter away, or look among all, retired ones too.",
            button("Show all services", name="layout-list", href=link(Choice(life="all")), filled=True),
        )
    silent = _silent(atlas)
    heads: list[Component] = [html.Th(html.Span("Compare", className="sr"), scope="col", className="pick-cell")]
    heads += [_head(found.choice, key, *said) for key, said in _HEADS.items() if said[0] not in silent]
    heads.append(html.Th(html.Span("Show on the map", className="sr"), scope="col"))
    words = f"{plural(len(found.entries), 'service')}, sorted by {_sorted_words(found.choice)}"
    rows = [_row(atlas, entry, silent) for entry in found.page]
    return html.Table(
        [html.Caption(words, className="sr"), html.Thead(html.Tr(heads)), html.Tbody(rows)], className="list services"
    )


def _silent(atlas: Atlas) -> frozenset[str]:
    """Columns of which no service of the map says anything; the status line names them."""
    said = {
        "Promised": lambda each: each.promised or each.check,
        "Can it be kept?": lambda each: each.promised or each.check,
        "Offerings": lambda each: each.offerings or each.price,
        "Criticality": lambda each: each.criticality,
        "State": lambda each: each.state,
    }
    return frozenset(words for words, get in said.items() if atlas.catalogue and not any(map(get, atlas.catalogue)))


def _sorted_words(choice: Choice) -> str:
    words = _HEADS[choice.sort.removeprefix("-")][0].lower()
    return f"{words}, the other way round" if choice.sort.startswith("-") else words


def _nothing(title: str, words: str, action: Component) -> Component:
    return html.Div([html.H2(title), html.P(words), html.Div(action, className="actions")], className="message")


def _head(choice: Choice, column: str, words: str, extra: str) -> Component:
    if not column:
        return html.Th(words, scope="col", className=extra)
    down, up = choice.sort == f"-{column}", choice.sort == column
    mark = [icon("chevron-down" if down else "chevron-up", extra="icon-14")] if down or up else []
    said = {"aria-sort": "descending" if down else "ascending"} if down or up else {}
    sort = html.A([words, *mark], href=link(choice.sorted_by(column)), title=f"Sort by {words.lower()}")
    return html.Th(sort, scope="col", className=extra, **attrs(said))


def _row(atlas: Atlas, entry: Entry, silent: frozenset[str]) -> Component:
    p = atlas.projection
    name = p.labels[entry.element]
    owners: list[Component | str] = []
    for party in entry.owners[:3]:
        owners += [", "] if owners else []
        owners.append(html.A(short(p.labels[party], 40), href=element_address(atlas, party)))
    if len(entry.owners) > 3:
        owners.append(f" and {len(entry.owners) - 3} more")
    show = html.A(
        [icon("hierarchy-3"), html.Span(f"Show {short(name, 60)} on the map", className="sr")],
        href=focus_address(atlas, entry.element),
        title="Show on the map",
        className="button button-icon button-plain small",
    )
    pick = html.Button(
        html.Span(className="box"),
        type="button",
        role="checkbox",
        className="pick-box",
        title="Pick it to compare it with another",
        **attrs(
            {
                "data-act": "compare-pick",
                "data-id": p.ids[entry.element],
                "aria-checked": "false",
                "aria-label": f"Compare {short(name, 60)}",
            }
        ),
    )
    missing = html.Span("–", className="missing")
    least = {
        "Offerings": _offerings(atlas, entry),
        "Criticality": _word(entry.criticality),
        "State": _word(entry.state),
    }
    return html.Tr(
        [
            html.Td(pick, className="pick-cell"),
            html.Td(entity(atlas, entry.element, element_address(atlas, entry.element))),
            html.Td(atlas.kind(entry.element).removesuffix(" service"), className="less"),
            html.Td(owners or html.Span("Nobody", className="missing"), className="less"),
            *([] if "Promised" in silent else [html.Td(promise_words(entry) or missing, className="number")]),
            *([] if "Can it be kept?" in silent else [html.Td(_carried(entry))]),
            *(html.Td(inside, className="least") for words, inside in least.items() if words not in silent),
            html.Td(f"{atlas.users(entry.element):,}", className="number less"),
            html.Td(show, className="act"),
        ]
    )


def _word(word: str) -> Component | str:
    return f"{word[:1].upper()}{word[1:]}" if word else html.Span("–", className="missing", title="Not said")


def _carried(entry: Entry) -> Component:
    words, check = carried_words(entry), entry.check
    promised = [html.Span(promise_words(entry), className="only-phone promised")] if entry.promised else []
    if check is None:
        return html.Div([*promised, html.Span(words, className="missing")])
    mark, tone = ("check", "good") if words in _GOOD else ("help-circle", "open")
    if words in _WEAK:
        mark, tone = "", "weak"
    minutes: list[Component] = []
    if check.slack is not None and words != "Not backed":
        minutes.append(html.Span(spare(check.slack), className="slack"))
    told = [f"allowed {check.allowed:,.1f} min" + (f" in a {check.period}" if check.period else "")]
    told += [f"expected {check.expected:,.1f}"] if check.expected is not None else []
    told += [f"in the worst case {check.promised:,.1f}"] if check.promised is not None else []
    sign = icon(mark, extra="icon-14") if mark else html.Span(className="corner corner-promise")  # as on the map
    said = html.Span([sign, html.Span(words)], className=f"carried {tone}")
    return html.Div([*promised, said, *minutes], title=", ".join(told))


def _offerings(atlas: Atlas, entry: Entry) -> list[Component]:
    lines: list[Component] = [
        html.Div(
            [
                html.A(short(atlas.projection.labels[each.element], 60), href=element_address(atlas, each.element)),
                *([html.Span(str(each.price), className="price")] if each.price else []),
            ],
            className="offering",
        )
        for each in entry.offerings[:4]
    ]
    if len(entry.offerings) > 4:
        lines.append(html.Div(f"{len(entry.offerings) - 4:,} more", className="muted"))
    if entry.price:
        lines.append(html.Div(html.Span(str(entry.price), className="price")))
    return lines or [html.Span("–", className="missing")]


def footer(atlas: Atlas, found: Chosen) -> list[Component]:
    """How many are shown of how many, and the way to the next page."""
    page = min(found.choice.page, found.pages)
    first = (page - 1) * PAGE_SIZE
    total = len(atlas.catalogue)
    here = len(found.page)
    shown = f"{first + 1:,}–{first + here:,} of " if found.pages > 1 else ""
    words = f"{shown}{plural(len(found.entries), 'service')}"
    parts: list[Component] = [html.Span(words)]
    if len(found.entries) < total:
        parts.append(html.Span([icon("filter"), f"{total - len(found.entries):,} left out"]))
    if len(atlas) > MOST_CHECKED:
        words = f"promises are not checked above {MOST_CHECKED:,} elements; whoever runs this server can check one"
        parts.append(html.Span([icon("alert-triangle-filled"), sentence(words)], className="cut"))
    if silent := _silent(atlas):
        unsaid = sorted("a promise" if words == "Promised" else words.lower() for words in silent - {"Can it be kept?"})
        parts.append(html.Span(f"No service says: {', '.join(unsaid)}", className="less"))
    parts.append(html.Span(className="grow"))
    if found.pages > 1:
        before = link(replace(found.choice, page=page - 1)) if page > 1 else ""
        after = link(replace(found.choice, page=page + 1)) if page < found.pages else ""
        parts += [
            *([html.A([icon("arrow-left"), "Previous"], href=before)] if before else []),
            html.Span(f"Page {page:,} of {found.pages:,}"),
            *([html.A(["Next", icon("arrow-right")], href=after)] if after else []),
        ]
    elif "Promised" not in silent:
        parts.append(
            html.Span("Minutes to spare or short: what a promise allows, less the worst case", className="less")
        )
    return parts
