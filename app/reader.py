"""Whose eyes does an answer have? The namespaces that whoever sent this request may read by name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from flask import g, has_request_context

__all__ = ["eyes", "reads", "sees"]

_eyes: ContextVar[tuple[str, ...] | None] = ContextVar("eyes", default=None)


@contextmanager
def eyes(namespaces: tuple[str, ...]) -> Iterator[None]:
    """While this runs, only these namespaces are read by name, () for everything; for a thread that has no request.

    >>> with eyes(("shop",)):
    ...     reads()
    ('shop',)
    """
    before = _eyes.set(namespaces)
    try:
        yield
    finally:
        _eyes.reset(before)


def sees(namespaces: tuple[str, ...]) -> None:
    """From now on in this request, only these namespaces are read by name; () for everything."""
    g.reads = namespaces


def reads() -> tuple[str, ...]:
    """The namespaces, () for everything: what no request asks for is asked by the server itself."""
    said = _eyes.get()
    if said is not None:
        return said
    found: tuple[str, ...] = g.get("reads", ()) if has_request_context() else ()
    return found
