"""Whose eyes does an answer have? The namespaces that whoever sent this request may read by name."""

from __future__ import annotations

from flask import g, has_request_context

__all__ = ["reads", "sees"]


def sees(namespaces: tuple[str, ...]) -> None:
    """From now on in this request, only these namespaces are read by name; () for everything."""
    g.reads = namespaces


def reads() -> tuple[str, ...]:
    """The namespaces, () for everything: what no request asks for is asked by the server itself."""
    found: tuple[str, ...] = g.get("reads", ()) if has_request_context() else ()
    return found
