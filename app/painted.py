"""How does a large part of a page reach the screen at once? As one component that draws a tree of plain HTML.

Dash wraps each component, and after a change each of them tells all others: a part of 3,000 components would take a
minute. What a page is filled with asks nothing back, so one component draws all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

from dash.development.base_component import Component

__all__ = ["Painted", "painted", "tree"]

P = ParamSpec("P")

_HTML = "dash_html_components"


class Painted(Component):
    """A tree of HTML that React draws; ``assets/painted.js`` has its other half."""

    _namespace, _type = "servicemap", "Painted"
    _prop_names: list[str] = ["tree"]  # noqa: RUF012 as Dash declares it
    _valid_wildcard_attributes: list[str] = []  # noqa: RUF012 as Dash declares it

    def __init__(self, tree: list[Any]) -> None:
        super().__init__(tree=tree)  # type: ignore[no-untyped-call]  # Dash has no types here


def painted(fill: Callable[P, Any]) -> Callable[P, Any]:
    """A callback whose answers hold at most one component for each place that it fills.

    >>> from dash import html
    >>> words, number = painted(lambda: ([html.P("a"), html.P("b")], 3))()
    >>> words.tree, number
    ([['p', {}, ['a']], ['p', {}, ['b']]], 3)
    """

    @wraps(fill)
    def painting(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 as Dash takes it
        parts = fill(*args, **kwargs)
        return tuple(map(_painted, parts)) if isinstance(parts, tuple) else _painted(parts)

    return painting


def _painted(part: Any) -> Any:  # noqa: ANN401 as Dash takes it
    if isinstance(part, Component):
        return Painted(tree=tree([part]))
    if isinstance(part, list) and any(isinstance(each, Component) for each in part):
        return Painted(tree=tree(part))
    return part


def tree(parts: Sequence[Any]) -> list[Any]:
    """Components as plain lists: a tag, its attributes, what is inside; texts as they are.

    >>> from dash import html
    >>> tree(["See ", html.A(html.B("here"), href="/map", className="chip")])
    ['See ', ['a', {'className': 'chip', 'href': '/map'}, [['b', {}, ['here']]]]]
    """
    return [_node(part) for part in parts if part is not None]


def _node(part: Any) -> Any:  # noqa: ANN401 as Dash takes it
    if not isinstance(part, Component):
        return part
    said: dict[str, Any] = part.to_plotly_json()
    if said["namespace"] != _HTML:
        raise TypeError(f"{said['type']} is not plain HTML: it cannot be drawn as a part of a tree")
    attributes = dict(said["props"])
    inside = attributes.pop("children", None)
    inside = inside if isinstance(inside, (list, tuple)) else [inside]
    return [said["type"].lower(), {k: v for k, v in attributes.items() if v is not None}, tree(inside)]
