"""Is what is sent to fill a page what its scripts send? Anything else is told, instead of failing inside of Dash."""

from __future__ import annotations

from typing import Any

from dash import Dash
from flask import request

from app.problem import Problem

__all__ = ["check_callbacks"]

_ADDRESS = "/_dash-update-component"


def check_callbacks(app: Dash) -> None:
    """Refuse bodies of another shape, and what no page fills, with 400."""

    def check() -> None:
        if request.method == "POST" and request.path == _ADDRESS and not _is_one(app, request.get_json(silent=True)):
            raise Problem(400, "Not a request of a page", "this is no call of a page's own scripts", "open the page")

    app.server.before_request(check)


def _is_one(app: Dash, body: Any) -> bool:  # noqa: ANN401 whatever was sent
    output = body.get("output") if isinstance(body, dict) else None
    if not isinstance(output, str) or output not in app.callback_map:
        return False
    parts = [*_list(body, "inputs"), *_list(body, "state")]
    changed = body.get("changedPropIds", [])
    wanted = app.callback_map[output]
    return (
        all(isinstance(each, dict) and {"id", "property"} <= each.keys() for each in parts)
        and len(_list(body, "inputs")) == len(wanted["inputs"])
        and len(_list(body, "state")) == len(wanted["state"])
        and isinstance(changed, list)
        and all(isinstance(each, str) for each in changed)
        and isinstance(body.get("outputs"), list | dict)
    )


def _list(body: dict[str, Any], name: str) -> list[Any]:
    found = body.get(name, [])
    return found if isinstance(found, list) else [None]
