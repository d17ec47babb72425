"""Does the server live, and can it answer? For whoever starts it, and for what stands before it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response

from app.problem import problem
from graph.store.engine import EngineAwayError

__all__ = ["answer_health"]


def answer_health(server: Flask, reach: Callable[[], None]) -> None:
    """`/healthz` says that the process lives, `/readyz` that its map can be asked: ``reach`` asks it."""

    def ready() -> Response:
        try:
            reach()
        except EngineAwayError:
            return problem(503, "Not ready", "the map is out of reach", "try again in a moment")
        return _well()

    server.add_url_rule("/healthz", "alive", _well)
    server.add_url_rule("/readyz", "ready", ready)


def _well() -> Response:
    return Response("OK", mimetype="text/plain")
