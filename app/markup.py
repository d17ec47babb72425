"""How do components become the text of a page that shows them before any script has run? As plain HTML. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from dash.development.base_component import Component

from app.words import as_written

__all__ = ["markup"]

_HTML = "dash_html_components"
_RENAMED = {"className": "class", "htmlFor": "for"}
_EMPTY = ("br", "hr", "img", "input")
_POINTING = ("aria-controls", "aria-describedby", "aria-labelledby", "for", "list")
_LATER = ("data-rest",)
"""What scripts alone make something of."""
_NONE: Mapping[str, Any] = {}


def markup(part: Any, filled: Mapping[str, Mapping[str, Any]] = _NONE, drawn: Mapping[str, str] = _NONE) -> str:  # noqa: ANN401 whatever Dash takes as a child
    """Components as HTML. Ids are left out, and what points at them: the page that follows has the same ones.

    Args:
        part: a component, a text or a number, a list of them, None.
        filled: by id the properties that an answer of the server would fill.
        drawn: by id what stands in the place of a component, as HTML.

    >>> from dash import html
    >>> markup(
    ...     html.Div([html.B("a < b"), html.Div(id="more")], className="card", hidden=False), {"more": {"title": "?"}}
    ... )
    '<div class="card"><b>a &lt; b</b><div title="?"></div></div>'
    """
    if part is None or isinstance(part, bool):
        return ""
    if isinstance(part, (list, tuple)):
        return "".join(markup(each, filled, drawn) for each in part)
    if not isinstance(part, Component):
        return _words(as_written(str(part)))
    said: dict[str, Any] = part.to_plotly_json()
    attributes = dict(said["props"])
    identifier = attributes.pop("id", "")
    if identifier in drawn:
        return drawn[identifier]
    if said["namespace"] != _HTML:
        return ""
    attributes |= filled.get(identifier, {})
    inside = markup(attributes.pop("children", None), filled, drawn)
    tag = said["type"].lower()
    head = "".join(_attribute(_RENAMED.get(name, name.lower()), value) for name, value in attributes.items())
    return f"<{tag}{head}>" if tag in _EMPTY else f"<{tag}{head}>{inside}</{tag}>"


def _attribute(name: str, value: Any) -> str:  # noqa: ANN401 whatever Dash takes as an attribute
    if value is None or value is False or name in (*_POINTING, *_LATER):
        return ""
    if isinstance(value, Mapping):
        value = ";".join(f"{key}:{each}" for key, each in value.items())
    return f" {name}" if value is True else f' {name}="{_words(str(value))}"'


def _words(text: str) -> str:
    return escape(text.encode("utf-8", "replace").decode())
