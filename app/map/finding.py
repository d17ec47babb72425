"""What is answered while somebody types an expression? How many fit, what may come next, and what is wrong where."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from dash import html
from dash.development.base_component import Component

from app.atlas import Atlas
from app.parts import attrs, icon
from graph.analysis.expression import ExpressionError
from graph.analysis.find import completions

__all__ = ["menu", "typed"]

_LONGEST = 2_000
_EXAMPLES = (
    ("environment = production", "what runs in production"),
    ("kind = database and used by > 2", "databases that several use"),
    ("criticality = critical and not has owner", "critical, and nobody owns it"),
    ("defined = no", "mentioned, not defined anywhere"),
)


def typed(atlas: Atlas, text: str, at: int) -> dict[str, Any]:
    """As plain values, for the place ``at`` in the text."""
    text, at = text[:_LONGEST], min(max(at, 0), len(text[:_LONGEST]))
    offered = completions(atlas.projection, atlas.attributes, text, at)
    answer: dict[str, Any] = {
        "text": text,
        "count": None,
        "notes": [],
        "problem": None,
        "meant": [],
        "completions": [{"at": each.at, "text": each.text, "said": each.said} for each in offered],
    }
    if not text.strip():
        return {**answer, "examples": [words for words, _ in _EXAMPLES if atlas.found(words).fits.any()]}
    try:
        found = atlas.found(text.strip())
    except ExpressionError as error:
        lead = len(text) - len(text.lstrip())
        place = {"at": error.at + lead, "until": error.until + lead}
        return {**answer, "problem": {"message": error.message, "remedy": error.remedy, **place}}
    lead = len(text) - len(text.lstrip())
    meant = (replace(each, at=each.at + lead, until=each.until + lead) for each in found.meant)
    return {
        **answer,
        "count": int(found.fits.sum()),
        "notes": list(found.notes),
        "meant": [asdict(each) for each in meant],
    }


def menu() -> Component:
    """The field with its buttons; the browser fills in the field and the list."""
    acts = [
        ("Light up", "eye", "find-light", True),
        ("Show only", "filter", "find-only", False),
        ("Hide", "eye-off", "find-hide", False),
    ]
    buttons = [
        html.Button(
            [icon(name), html.Span(words)],
            type="button",
            className=f"button{' button-filled' if filled else ''}",
            **attrs({"data-act": act}),
        )
        for words, name, act, filled in acts
    ]
    examples = [
        html.Button(
            [html.Code(text), html.Span(words)], type="button", **attrs({"data-act": "find-example", "data-text": text})
        )
        for text, words in _EXAMPLES
    ]
    inside = [
        html.Div(id="find-slot"),
        html.Div(id="find-said", className="find-said", role="status"),
        html.Ul(id="find-list", className="find-list", role="listbox", hidden=True, **attrs({"aria-label": "Goes on"})),
        html.Div(buttons, className="actions"),
        html.Div([html.H3("For example"), *examples], className="find-examples"),
    ]
    chevron = icon("chevron-down", extra="wide")
    summary = html.Summary(
        [icon("eye"), html.Span("Show by rule", className="wide"), chevron],
        className="chip",
        title="Light up, show only or hide all that fits a rule, such as environment = production (F)",
        **attrs({"aria-label": "Show by rule"}),
    )
    return html.Details([summary, html.Div(inside, className="menu-list find-box")], className="menu", id="find-menu")
