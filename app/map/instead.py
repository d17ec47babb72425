"""What stands in place of the map? The table of what it shows, and the words where there is nothing to draw."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.map.screen import Screen
from app.missing import Missing
from app.parts import button, entity, focus_address, most_used, stopped
from app.view import link
from app.words import plural, short
from graph.natural import natural

__all__ = ["empty", "not_found", "table"]


def empty(atlas: Atlas, now: Screen) -> list[Component]:
    """What is said where nothing can be drawn: why, and one thing to do."""
    if not len(atlas):
        return [
            _card(
                "This map is empty",
                "No source defines an element. Start the server with a file or a folder that does.",
                [],
            )
        ]
    return [
        _card(
            "Everything is hidden",
            "Hidden lanes, filters or expressions leave nothing of this view.",
            [
                button(
                    "Show everything again",
                    name="eye",
                    href=link(replace(now.view, hidden=(), without="", kept=())),
                    filled=True,
                )
            ],
        )
    ]


def _card(title: str, words: str, actions: list[Component]) -> Component:
    return html.Div(
        [html.H2(title), html.P(words), html.Div(actions, className="actions")], className="empty-card", role="status"
    )


def not_found(atlas: Atlas, missing: Missing) -> list[Component]:
    """What is said when the address names an element that the map does not have."""
    words = [
        html.H2(missing.title),
        html.P(stopped(missing.help)),
        most_used(atlas, partial(focus_address, atlas)),
    ]
    return [html.Div(words, className="empty-card", role="status")]


def table(atlas: Atlas, now: Screen) -> list[Component]:
    """Everything that the map shows, for readers who cannot or do not want to see the canvas."""
    p = atlas.projection
    lanes = {row.key: row.label for row in atlas.rows}
    head = html.Tr(
        [
            html.Th("Name", scope="col"),
            html.Th("Kind", scope="col"),
            html.Th("Lane", scope="col", className="less"),
            html.Th("Owner", scope="col", className="less"),
            html.Th("Depends on", scope="col", className="number"),
            html.Th("Used by", scope="col", className="number"),
        ]
    )
    order = {row.key: place for place, row in enumerate(atlas.rows)}
    elements = sorted(now.picture.shown.elements, key=lambda e: (order[atlas.lane[e]], natural(p.labels[e]), p.ids[e]))
    body = [
        html.Tr(
            [
                html.Td(entity(atlas, e, link(replace(now.view, selected=p.ids[e])))),
                html.Td(atlas.kind(e)),
                html.Td(lanes[atlas.lane[e]], className="less"),
                html.Td(_owner(atlas, e), className="less"),
                html.Td(f"{len(atlas.depends_on(e)):,}", className="number"),
                html.Td(f"{len(atlas.used_by(e)):,}", className="number"),
            ]
        )
        for e in elements
    ]
    words = f"{plural(len(elements), 'element')} of the view, by lane and name"
    return [html.Table([html.Caption(words), html.Thead(head), html.Tbody(body)], className="list")]


_NAMED = 3
"""So many owners of an element are named in its row, the others in a hint."""


def _owner(atlas: Atlas, element: int) -> Component | str:
    owners = [short(atlas.projection.labels[party]) for party in atlas.teams.get(element, ())]
    if len(owners) > _NAMED:
        words = f"{', '.join(owners[:_NAMED])} and {len(owners) - _NAMED} more"
        return html.Span(words, title=", ".join(owners))
    if owners:
        return ", ".join(owners)
    return html.Span("Nobody", className="missing")
