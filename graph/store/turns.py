"""Whose query is next? What is free goes round among those who wait, so that nobody waits for another's crowd."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Generic, TypeVar

from graph.model import InputError

__all__ = ["Share", "Ticket", "Turns"]

T = TypeVar("T")
_LOOK = 0.05  # seconds between two looks whether somebody who waits has left


@dataclass(frozen=True, slots=True)
class Share:
    """What one client may have of a pool: so many at a time, and so many more that wait."""

    at_once: int = 1_000
    waiting: int = 1_000


def _shut() -> Lock:
    """What whoever waits waits at, and nobody else: it opens once."""
    gate = Lock()
    gate.acquire()
    return gate


@dataclass(eq=False, slots=True)
class Ticket(Generic[T]):
    """A place in the queue; ``got`` is empty until its turn has come."""

    client: str
    share: Share
    got: list[T] = field(default_factory=list)
    gate: Lock = field(default_factory=_shut)
    then: Callable[[], None] = lambda: None


class Turns(Generic[T]):
    """A pool of things that are handed out client by client; of what is free, what was used last goes first.

    >>> turns = Turns[str]()
    >>> turns.put("worker")
    >>> turns.take("somebody", seconds=1)
    'worker'
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._free: list[T] = []
        self._waiting: dict[str, deque[Ticket[T]]] = {}
        self._held: Counter[str] = Counter()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    @property
    def held(self) -> int:
        """How many are handed out now."""
        with self._lock:
            return self._held.total()

    def put(self, thing: T) -> None:
        """Have one more to hand out."""
        with self._lock:
            self._free.append(thing)
            self._deal()

    def done(self, client: str) -> None:
        """A client needs what it took no more; it comes back, or another in its place, by ``put``."""
        with self._lock:
            self._held[client] -= 1
            self._held += Counter()
            self._deal()

    def take(
        self,
        client: str,
        *,
        seconds: float,
        share: Share | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> T:
        """Wait for one. ``check`` is asked now and then, and ends the waiting by raising.

        Raises InputError when nothing was free in time, or when the client has too many that wait already.
        """
        ticket, until = Ticket[T](client, share or Share()), time.monotonic() + seconds
        self._enter(ticket)
        try:
            while not ticket.gate.acquire(timeout=_LOOK):
                _check_time(until)
                check()
        except BaseException:
            self.leave(ticket)
            raise
        return ticket.got[0]

    def queue(self, client: str, then: Callable[[], None], *, share: Share | None = None) -> Ticket[T]:
        """As ``take``, for whoever must not wait: ``then`` is called once the ticket has got something.

        That is by whoever gave it, at once, and before anything else can be given or taken. ``leave`` ends the waiting.
        """
        ticket = Ticket[T](client, share or Share(), then=then)
        self._enter(ticket)
        return ticket

    def take_now(self, client: str, *, share: Share | None = None) -> T | None:
        """Take one where one is free, nobody waits, and the client's share allows it; None at once where not."""
        with self._lock:
            free = self._free and not self._waiting and self._held[client] < (share or Share()).at_once
            if not free or self._free[-1] is None:  # whoever can wait has to make what is missing there
                return None
            self._held[client] += 1
            return self._free.pop()

    def empty(self) -> list[T]:
        """Take all that is free, for nobody."""
        with self._lock:
            free, self._free = self._free, []
            return free

    def leave(self, ticket: Ticket[T]) -> None:
        """Wait no more; what the ticket has got goes to the next."""
        with self._lock:
            if ticket.got:
                self._held[ticket.client] -= 1
                self._free += ticket.got
                self._deal()
            elif ticket in (mine := self._waiting.get(ticket.client, deque())):
                mine.remove(ticket)
                if not mine:
                    del self._waiting[ticket.client]

    def _enter(self, ticket: Ticket[T]) -> None:
        with self._lock:
            mine = self._waiting.setdefault(ticket.client, deque())
            free = self._free and self._held[ticket.client] < ticket.share.at_once
            if len(mine) >= ticket.share.waiting and not free:
                raise InputError.of(
                    f"{len(mine)} queries of yours wait already", remedy="try again in a moment", check="share"
                )
            mine.append(ticket)
            self._deal()

    def _deal(self) -> None:
        """Hand out what is free: the client that got something last comes last."""
        for client in list(self._waiting):
            mine = self._waiting[client]
            while self._free and mine and self._held[client] < mine[0].share.at_once:
                ticket = mine.popleft()
                ticket.got.append(self._free.pop())
                ticket.gate.release()
                self._held[client] += 1
                ticket.then()
                if mine:  # the others come first now
                    del self._waiting[client]
                    self._waiting[client] = mine
                    break
            if not mine:
                self._waiting.pop(client, None)


def _check_time(until: float) -> None:
    if time.monotonic() >= until:
        raise InputError.of("too many queries are under way", remedy="try again in a moment", check="busy")
