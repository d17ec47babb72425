"""How does a large part of a page reach the screen at once? As one component that draws a tree of plain HTML.

Dash wraps each component, and after a change each of them tells all others: a part of 3,000 components would take a
minute. What a page is filled with asks nothing back, so one component draws all of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, ParamSpec

from dash.development.base_component import Component

from app.words import as_written

__all__ = ["Painted", "paint", "painted", "tree"]

P = ParamSpec("P")

_HTML = "dash.html."


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
        return tuple(map(paint, parts)) if isinstance(parts, tuple) else paint(parts)

    return painting


def paint(part: Any) -> Any:  # noqa: ANN401 as Dash takes it
    """One component for a part that has any; what is painted already stays as it is."""
    if isinstance(part, Painted):
        return part
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
        return as_written(part) if isinstance(part, str) else part
    kind = type(part)
    if not kind.__module__.startswith(_HTML):
        raise TypeError(f"{kind.__name__} is not plain HTML: it cannot be drawn as a part of a tree")
    said, order = vars(part), _ORDER.get(kind)
    if order is None:
        order = _ORDER[kind] = {name: number for number, name in enumerate(said["available_properties"])}
    inside = said.get("children")
    inside = inside if isinstance(inside, (list, tuple)) else [inside]
    names = sorted((name for name in said if name in order), key=order.__getitem__)
    names += [name for name in said if name.startswith(_FREE)]
    attributes = {name: value for name in names if (value := said[name]) is not None and name != "children"}
    return [kind.__name__.lower(), attributes, tree(inside)]


_FREE = ("data-", "aria-")
_ORDER: dict[type[Component], dict[str, int]] = {}
"""In which order the attributes of each kind of component are told."""
