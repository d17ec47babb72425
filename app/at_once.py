"""How is a small query answered without waking a thread? Who reads requests hands it on, and hands the answer back.

Each thread that is woken costs a small query as much time as the engine takes for it. So where a worker is free, the
thread that has read a request gives it the query at once, and sends the answer when that has come. It never waits: what
takes longer, is long, or is no ordinary query goes to one of the threads of the server, as everything did before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask

if TYPE_CHECKING:
    from graph.store.isolation import Begun

__all__ = ["BEGUN", "AtOnce", "Begin"]

BEGUN = "servicemap.begun"  # in the environment of a request: its query, which a worker is at
_MOMENT = 0.2  # seconds after which somebody waits for the answer
_LOOK = 0.1  # seconds between two looks for that
_LONG = 256_000  # bytes of an answer for which somebody waits

Begin = Callable[[dict[str, Any]], Any]
"""What begins the query of a request, of which it is given the environment; None for what cannot be begun.

It gives a ``Begun``, or anything else where the answer is at hand."""


class AtOnce(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """The threads of a server, and what is done without them.

    ``begin`` is asked in the thread that reads requests, and must not wait.
    """

    def __init__(self, begin: Begin) -> None:
        super().__init__()
        self._begin = begin
        self._reader: int | None = None

    def run(self, server: Any) -> None:  # noqa: ANN401 waitress has no types
        """Run a server in this thread, which reads its requests."""
        self._reader = threading.get_ident()
        for each in server._map.values() if hasattr(server, "_map") else server.map.values():  # noqa: SLF001 it has two forms
            if isinstance(each, BaseWSGIServer):
                each.channel_class = _Channel
        server.adj.asyncore_loop_timeout = _LOOK
        server.run()

    def add_task(self, task: HTTPChannel) -> None:
        """Begin a request, or have a thread do all of it."""
        if threading.get_ident() != self._reader or not self._begun(task):
            super().add_task(task)

    def _begun(self, channel: HTTPChannel) -> bool:
        request = channel.requests[0]
        if request.error or len(channel.requests) > 1:
            return False
        request.environ = WSGITask(channel, request).get_environment()
        begun = self._begin(request.environ)
        if begun is None:
            return False
        request.environ[BEGUN] = begun
        if not hasattr(begun, "fileno"):  # it is at hand; told in the next round, when the request is read to its end
            channel.server.trigger.pull_trigger(channel.service)
            return True
        _Arrival(channel, begun, super().add_task)
        return True


class _Arrival:
    """An answer that is on its way, among the sockets that a server looks after."""

    accepting = False

    def __init__(self, channel: HTTPChannel, begun: Begun, give_away: Callable[[HTTPChannel], None]) -> None:
        self._channel, self._begun, self._give_away = channel, begun, give_away
        self._until = time.monotonic() + _MOMENT
        self._map, self._number = channel._map, begun.fileno()  # noqa: SLF001 where all of them stand
        self._map[self._number] = self

    def readable(self) -> bool:
        """Whether it is still waited for here."""
        if not self._channel.connected:
            self._begun.close()
            self._leave(_Channel.service)
        elif time.monotonic() > self._until:
            self._leave(self._give_away)
        return self._map.get(self._number) is self

    def writable(self) -> bool:
        """Nothing is written to it."""
        return False

    def handle_read_event(self) -> None:
        """Something has come."""
        if self._begun.arrived():
            self._leave(_Channel.service)
        elif self._begun.size > _LONG:
            self._leave(self._give_away)

    def handle_expt_event(self) -> None:
        """It has come to its end: that is read, too."""
        self.handle_read_event()

    def handle_error(self) -> None:
        """What fails here fails again in a thread, and is told there."""
        self._leave(self._give_away)

    handle_close = handle_error

    def _leave(self, then: Callable[[HTTPChannel], None]) -> None:
        if self._map.get(self._number) is self:
            del self._map[self._number]
            then(self._channel)


class _Task(WSGITask):  # type: ignore[misc]  # waitress has no types
    """A request with the environment in which its query was begun."""

    wrote_header = False

    def get_environment(self) -> dict[str, Any]:
        """As WSGI wants it."""
        known: dict[str, Any] | None = getattr(self.request, "environ", None)
        return super().get_environment() if known is None else known

    def write(self, data: bytes) -> None:
        """As waitress does it; head and body of a short answer go together, which saves the other side a look."""
        if data and not self.wrote_header and self.content_length == len(data) and self.has_body:
            self.wrote_header, self.content_bytes_written = True, len(data)
            self.channel.write_soon(self.build_response_header() + data)
        else:
            super().write(data)


class _Channel(HTTPChannel):  # type: ignore[misc]  # waitress has no types
    """A connection that lets go of a query for which nobody waits any more."""

    task_class = _Task

    def service(self) -> None:
        """Answer a request."""
        request = self.requests[0]
        try:
            super().service()
        finally:
            environment = getattr(request, "environ", None) or {}
            close: Callable[[], object] | None = getattr(environment.get(BEGUN), "close", None)
            if close is not None:
                close()
