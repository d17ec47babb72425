"""How do assistants ask over HTTP? At /mcp on the server that there is, through the same doors.

The SDK speaks ASGI and has a loop of its own; each request is handed to it whole and its answer comes back whole. So a
request is answered as all others are: by a thread of this server, after its doors, within its limits.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, MutableMapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, request

from app.doors import Doors
from app.live import Live
from app.mcp.comparing import Comparing, Opening
from app.mcp.server import server_of
from app.mcp.tools import Asker, Tools
from app.sparql.endpoint import Endpoint

if TYPE_CHECKING:
    from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

__all__ = ["Address", "addresses"]

_ASKER = "servicemap.asker"
_PART = "you read the names of a part of it; everything else is a hidden element, with its effects"


@dataclass
class _Told:
    """What the application says, collected."""

    status: int = 500
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")


class Address:
    """The address, while it is open; ``close`` ends its loop."""

    def __init__(self, tools: Tools, doors: Doors) -> None:
        self._doors = doors
        self._whole, self._part = _manager(tools, tools.about), _manager(tools, _PART)
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._thread = Thread(target=self._loop.run_forever, name="mcp", daemon=True)
        self._thread.start()
        begun = asyncio.Event()
        self._running = asyncio.run_coroutine_threadsafe(self._run(begun), self._loop)
        asyncio.run_coroutine_threadsafe(begun.wait(), self._loop).result()

    async def _run(self, begun: asyncio.Event) -> None:
        async with self._whole.run(), self._part.run():
            begun.set()
            await self._ended.wait()

    def close(self) -> None:
        """End the loop, and what is under way in it."""
        self._loop.call_soon_threadsafe(self._ended.set)
        self._running.result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def blueprint(self) -> Blueprint:
        """What a server registers."""
        made = Blueprint("mcp", __name__)
        made.add_url_rule("/mcp", "mcp", self._answer, methods=["POST"])
        return made

    def _answer(self) -> Response:
        caller = self._doors.reader(request)
        self._doors.check_origin(request, "ask")
        gone = request.environ.get("waitress.client_disconnected") or (lambda: False)
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in request.headers]
        scope: dict[str, Any] = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": request.method,
            "scheme": request.scheme, "path": request.path, "raw_path": request.path.encode(), "root_path": "",
            "query_string": request.query_string, "headers": headers, _ASKER: Asker(caller, gone),
        }  # fmt: skip
        manager = self._part if caller.reads else self._whole
        told = asyncio.run_coroutine_threadsafe(_asked(manager, scope, request.get_data()), self._loop).result()
        response = Response(bytes(told.body), status=told.status)
        response.headers.clear()
        for name, value in told.headers:
            response.headers.add(name, value)
        return response


def _manager(tools: Tools, about: str) -> StreamableHTTPSessionManager:
    """What answers requests. It says at once what the map is, so those who may not read all names have another."""
    from mcp.server.transport_security import TransportSecuritySettings

    made = server_of(tools, _asker, about)
    made.streamable_http_app(  # names and origins are looked at by the doors
        json_response=True,
        stateless_http=True,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    return made.session_manager


async def _asked(manager: StreamableHTTPSessionManager, scope: dict[str, Any], body: bytes) -> _Told:
    told, parts = _Told(), [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        if parts:
            return parts.pop()
        await asyncio.Event().wait()  # for ever: that somebody has left is noticed by the tools
        return {"type": "http.disconnect"}

    await manager.handle_request(scope, receive, told.send)
    return told


@contextmanager
def addresses(opening: Opening, live: Live, endpoint: Endpoint) -> Iterator[tuple[Blueprint, ...]]:
    """The address for assistants, while this runs."""
    with closing(
        Address(Tools(live, endpoint, Comparing(opening, history=False, key=live.key)), endpoint.doors)
    ) as address:
        yield (address.blueprint(),)


def _asker(context: Any) -> Asker:  # noqa: ANN401 a Context of the SDK
    asker = context.request_context.request.scope[_ASKER]
    assert isinstance(asker, Asker)
    return asker
