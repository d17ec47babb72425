"""How is a small query answered without waking a thread? Who reads requests hands it on, and hands the answer back.

Each thread that is woken costs a small query as much time as the engine takes for it. So where a worker is free, the
thread that has read a request gives it the query at once, and sends the answer when that has come. It never waits: what
takes longer, is long, or is no ordinary query goes to one of the threads of the server, as everything did before.
"""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import finalize

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.server import BaseWSGIServer
from waitress.task import ThreadedTaskDispatcher, WSGITask
from waitress.utilities import build_http_date
from waitress.wasyncore import close_all

from app.plain import PlainParser
from app.rounds import go_round
from graph.model import InputError
from graph.store.workers import Queued

if TYPE_CHECKING:
    from graph.store.workers import Begun

__all__ = ["BEGUN", "HEAD", "AtOnce", "Begin", "Finish", "More", "Straight", "Told"]

BEGUN = "servicemap.begun"  # in the environment of a request: its query, which a worker is at
HEAD = "servicemap.head"  # there, too: its head as it came, where that is plain and nothing is at hand for it yet
_MOMENT = 0.2  # seconds after which somebody waits for the answer
_LOOK = 0.1  # seconds between two looks for that
_PIPE = 4_096  # bytes that are read at a time from where turns come through
_LONG = 256_000  # bytes of an answer for which somebody waits


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: its headers but for its length, its body, and how many rows it has."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    rows: int


class More(NamedTuple):
    """What is read of a request of which bytes are missing."""

    said: bytes


Straight = Callable[[bytes, str], "Told | More | None"]
"""What tells the answer to a request from its bytes and the address that they came from, where it knows how.

It gives ``More`` where the rest of the bytes has to come first, and None for what has to be read in full."""
Begin = Callable[[dict[str, Any], Callable[[], None]], "Begun | Queued | Told | None"]
"""What begins the query of a request, of which it is given the environment, or tells its answer where that is at hand.

What it has queued it tells by a call from any thread, when the turn has come. It gives None for all else."""
Finish = Callable[[dict[str, Any]], Told | None]
"""What tells the answer to what was begun, as soon as that has come; None where the application has to do it."""


class AtOnce(ThreadedTaskDispatcher):  # type: ignore[misc]  # waitress has no types
    """The threads of a server, and what is done without them.

    ``begin``, ``finish`` and ``straight`` are asked in the thread that reads requests, and must not wait.
    """

    def __init__(self, begin: Begin, finish: Finish = lambda _: None, straight: Straight = lambda _, __: None) -> None:
        super().__init__()
        self._begin, self._finish, self.straight = begin, finish, straight
        self._reader: int | None = None
        self._queue = _Queue(self._turn, self._arrived)

    def run(self, server: Any) -> None:  # noqa: ANN401 waitress has no types
        """Run a server in this thread, which reads its requests."""
        self._reader = threading.get_ident()
        looked_after = server._map if hasattr(server, "_map") else server.map  # noqa: SLF001 it has two forms
        looked_after[self._queue.number] = self._queue
        for each in looked_after.values():
            if isinstance(each, BaseWSGIServer):
                each.channel_class = _Channel
        try:
            go_round(looked_after, lambda found: isinstance(found, _Channel))
        except (SystemExit, KeyboardInterrupt):
            self.shutdown()
            close_all(looked_after)

    def add_task(self, task: HTTPChannel) -> None:
        """Begin a request, or have a thread do all of it."""
        if threading.get_ident() != self._reader or not self._begun(task):
            super().add_task(task)

    def _begun(self, channel: _Channel) -> bool:
        request = channel.requests[0]
        if request.error or len(channel.requests) > 1:
            return False
        request.environ = WSGITask(channel, request).get_environment()
        request.environ[HEAD] = getattr(request, "head", b"")
        begun = self._begin(request.environ, lambda: self._queue.call(request))
        if begun is None:
            return False
        if isinstance(begun, Told):
            if channel.stays:
                channel.requests.pop()
                channel.tell(begun)
                request.close()
                return True
            request.environ[BEGUN] = begun  # told in the next round, when the request is read to its end
            channel.server.trigger.pull_trigger(channel.service)
            return True
        request.environ[BEGUN] = begun
        if isinstance(begun, Queued):
            self._queue.waiting[request] = channel, begun
        else:
            _Arrival(channel, begun, super().add_task, self._arrived)
        return True

    def _turn(self, channel: _Channel, queued: Queued) -> None:
        """The turn of a query has come."""
        environ, begun = channel.requests[0].environ, None
        with suppress(InputError, OSError):  # a thread finds it again, and tells it
            begun = queued.begin()
        if begun is None:
            del environ[BEGUN]
            super().add_task(channel)
        else:
            environ[BEGUN] = begun
            _Arrival(channel, begun, super().add_task, self._arrived)

    def _arrived(self, channel: _Channel) -> None:
        """The answer to what was begun is here."""
        request = channel.requests[0]
        told = self._finish(request.environ) if channel.connected and channel.stays else None
        if told is None:
            channel.service()
            return
        channel.tell(told)
        request.close()
        with channel.requests_lock:
            channel.requests.pop(0)
            if channel.requests:
                self.add_task(channel)


class _Queue:
    """Queries that wait for a worker, among the sockets that a server looks after.

    What their turns come through is a pipe, which whoever gives a worker back writes to.
    """

    accepting = False

    def __init__(self, turn: Callable[[_Channel, Queued], None], over: Callable[[_Channel], None]) -> None:
        self.waiting: dict[object, tuple[_Channel, Queued]] = {}  # by the request
        self._turn, self._over, self._next = turn, over, 0.0
        self._called = deque[object]()
        self.number, self._out = os.pipe()
        os.set_blocking(self._out, False)
        for end in (self.number, self._out):
            finalize(self, os.close, end)  # not before: whoever reads requests may look at it until then

    def call(self, request: object) -> None:
        """The turn of a request has come; said by any thread."""
        self._called.append(request)
        with suppress(OSError):  # it is full, or closed: there is enough to read, or nobody who does
            os.write(self._out, b".")

    def readable(self) -> bool:
        """Its turns are waited for. What has left or has waited too long waits no more."""
        if self.waiting and time.monotonic() > self._next:
            self._next = time.monotonic() + _LOOK
            for request, (channel, queued) in list(self.waiting.items()):
                if queued.late or not channel.connected:
                    del self.waiting[request]
                    queued.close()
                    self._over(channel)
        return True

    def writable(self) -> bool:
        """Nothing is written to it here."""
        return False

    def handle_read_event(self) -> None:
        """Some turns have come."""
        os.read(self.number, _PIPE)
        for _ in range(len(self._called)):
            found = self.waiting.pop(self._called.popleft(), None)
            if found is not None:
                self._turn(*found)

    def handle_expt_event(self) -> None:
        """A pipe has none."""

    def handle_error(self) -> None:
        """What fails in its turn waits no more, and is told as late."""

    handle_close = handle_error

    def close(self) -> None:
        """Nothing waits any more."""
        while self.waiting:
            self.waiting.popitem()[1][1].close()


class _Arrival:
    """An answer that is on its way, among the sockets that a server looks after."""

    accepting = False

    def __init__(
        self,
        channel: HTTPChannel,
        begun: Begun,
        give_away: Callable[[HTTPChannel], None],
        arrived: Callable[[_Channel], None],
    ) -> None:
        self._channel, self._begun, self._give_away, self._arrived = channel, begun, give_away, arrived
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
            self._leave(self._arrived)
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

    task_class, parser_class = _Task, PlainParser
    _said = b""  # of a request that will be told straight, when the rest of it has come

    def received(self, data: bytes) -> bool:
        """As waitress does it; what can be told straight is told."""
        if self.request is None and not (self.requests or self.will_close or self.close_when_flushed):
            data = self._said + data
            told = self.server.task_dispatcher.straight(data, self.addr[0])
            self._said = b""
            if isinstance(told, More):
                self._said = told.said
                return True
            if told is not None:
                self.tell(told)
                return True
        return bool(super().received(data))

    def handle_read(self) -> None:
        """As waitress does it; what programs send after a head has mostly come when the head has been read."""
        super().handle_read()
        if (self.request is None and not self._said) or not self.connected or self.will_close:
            return
        with suppress(OSError):  # nothing has come, or the next look says what is wrong
            if more := self.socket.recv(self.adj.recv_bytes):
                self.received(more)

    @property
    def stays(self) -> bool:
        """Whether the connection stays open after the first of its requests, by what that says."""
        request = self.requests[0]
        return bool(request.version == "1.1" and not request.connection_close)

    def tell(self, told: Told) -> None:
        """Send an answer, as ``service`` does it, by the thread that reads; nobody else writes to the connection."""
        said = b"%bContent-Length: %d\r\nDate: %b\r\n\r\n%b" % (
            _lines(told.headers, self.server.adj.ident),
            len(told.body),
            _date(int(time.time())),
            told.body,
        )
        with suppress(ClientDisconnected):
            sent = 0 if self.total_outbufs_len else self.send(said)
            if sent < len(said):
                self.write_soon(said[sent:])

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


@lru_cache(maxsize=100)  # they are few: what differs is said by the notation
def _lines(headers: tuple[tuple[str, str], ...], ident: str) -> bytes:
    """The beginning of an answer."""
    lines = "".join(f"{name}: {said}\r\n" for name, said in sorted((*headers, ("Server", ident)), key=lambda h: h[0]))
    return f"HTTP/1.1 200 OK\r\n{lines}".encode("latin-1")


@lru_cache(maxsize=2)
def _date(second: int) -> bytes:
    return str(build_http_date(second)).encode()
