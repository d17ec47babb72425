"""How is the map served to programs alone, without pages?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from flask import Blueprint, Flask, Response
from werkzeug.exceptions import HTTPException

from app.doors import Doors
from app.headers import guard
from app.health import answer_health
from app.listen import listen
from app.live import Live
from app.problem import Problem, problem
from app.sparql.endpoint import Endpoint
from app.sparql.quick import Quick

__all__ = ["create_programs", "serve_programs"]

_WHERE = "the map is asked at /sparql, its graphs are at /graphs, numbers of the server at /metrics"


def create_programs(endpoint: Endpoint, also: Sequence[Blueprint] = ()) -> Flask:
    """A server with the addresses for programs, and of its health; ``also`` brings more addresses."""
    server = Flask("servicemap", static_folder=None)
    server.config["MAX_CONTENT_LENGTH"] = 1_000_000
    server.json.sort_keys = False  # type: ignore[attr-defined]  # the default provider of Flask has it
    endpoint.doors.watch(server)
    for blueprint in (endpoint.blueprint(), *also):
        server.register_blueprint(blueprint)
    answer_health(server, endpoint.reach)

    @server.errorhandler(Problem)
    def wrong(wrong: Problem) -> Response:
        return problem(wrong.status, wrong.title, wrong.detail, wrong.help)

    @server.errorhandler(HTTPException)
    def http(wrong: HTTPException) -> Response:
        return problem(wrong.code or 500, wrong.name, wrong.description or wrong.name, _WHERE)

    @server.errorhandler(Exception)
    def anything(wrong: Exception) -> Response:
        server.logger.exception("an address failed", exc_info=wrong)
        return problem(500, "Something failed here", "the server could not answer; its log says why", "try again")

    guard(server)
    server.wsgi_app = Quick(server.wsgi_app, endpoint)  # type: ignore[assignment,method-assign]  # as Flask says to do it
    return server


def serve_programs(
    live: Live,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    doors: Doors | None = None,
    also: Callable[[Endpoint], AbstractContextManager[Sequence[Blueprint]]] = lambda _: nullcontext(()),
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Serve programs until the process is stopped; as ``listen``.

    ``also`` brings more addresses for as long.
    """
    endpoint = Endpoint(lambda: live.atlas.map.store, doors)
    try:
        with also(endpoint) as more:
            endpoint.get_ready()
            listen(create_programs(endpoint, more), endpoint.doors, host=host, port=port, ready=ready)
    finally:
        endpoint.close()
