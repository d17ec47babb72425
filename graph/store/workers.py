"""How are many queries answered at a time? By child processes that are kept ready, which clients take in turns."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyoxigraph as ox

from graph.model import InputError
from graph.store.asking import Asking
from graph.store.child import Task
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.folder import PACKED, PROPERTIES
from graph.store.guard import check_query
from graph.store.interface import Limits, Table
from graph.store.isolation import ask, open_disk, open_elsewhere, place_of
from graph.store.lookups import LookedUp, looked_up
from graph.store.processes import Worker
from graph.store.properties import Properties, read_properties
from graph.store.shared import Shared, shared
from graph.store.turns import Share, Ticket, Turns
from graph.store.written import Wanted

if TYPE_CHECKING:
    from graph.store.remote import RemoteStore

__all__ = ["Answering", "Begun", "Queued", "Workers"]


class Answering:
    """An answer on its way: what it is, then its bytes, piece by piece. Whoever has it closes it, or reads its end.

    ``form`` (select, ask, graph), ``notation``, ``truncated`` (in words, "" for no cut) and ``rows`` are known before
    the first piece, and so is ``key``, which tells the revision that was asked from others. Closed before the end, its
    query is stopped.
    """

    def __init__(
        self, head: dict[str, Any], pieces: Iterator[bytes], close: Callable[[], object], key: str = ""
    ) -> None:
        self.key = key
        self.form, self.notation = str(head["form"]), str(head["notation"])
        self.truncated, self.rows = str(head["truncated"]), int(head["rows"])
        self._pieces, self._close = pieces, close

    def __iter__(self) -> Iterator[bytes]:
        """The pieces. Raises InputError when it breaks off."""
        try:
            yield from self._pieces
        finally:
            self.close()

    def close(self) -> None:
        """Need it no more; may be called again."""
        self._close()


class Begun:
    """A query that a worker is at, and for which nobody waits yet. Whoever has it takes the answer, or closes it."""

    def __init__(
        self, worker: Worker, until: float, limits: Limits, asking: Asking, close: Callable[[], object]
    ) -> None:
        self._worker, self._until, self._limits, self._asking = worker, until, limits, asking
        self._close: Callable[[], object] = close
        self.began = until - limits.seconds
        """When that was, by the clock of ``time.monotonic``."""

    def fileno(self) -> int:
        """What there is something to read from when ``arrived`` should be asked again."""
        return self._worker.out.fileno()

    @property
    def size(self) -> int:
        """Bytes of the answer that have come."""
        return self._worker.out.size

    def arrived(self) -> bool:
        """Take what has come, without waiting; whether that is all: an answer, or why there is none."""
        return self._worker.out.arrived()

    def answering(self) -> Answering:
        """The answer, waited for where it is not here. Raises InputError as ``Workers.tell``."""
        close, self._close = self._close, lambda: None
        try:
            head, pieces = self._worker.told(self._until, self._limits, self._asking)
        except BaseException:
            close()
            raise
        return Answering(head, pieces, close, self._worker.key)

    def close(self) -> None:
        """Need it no more: the query is stopped. Does nothing where somebody took the answer."""
        close, self._close = self._close, lambda: None
        close()


class Queued:
    """A query that waits for a worker, without a thread. Whoever has it begins it in its turn, or closes it."""

    def __init__(
        self,
        turns: Turns[Worker | None],
        ticket: Ticket[Worker | None],
        until: float,
        start: Callable[[Worker | None], Begun | None],
    ) -> None:
        self._turns, self._ticket, self._until, self._start = turns, ticket, until, start
        self._over = False
        self.began = time.monotonic()
        """When that was, by the clock of ``time.monotonic``."""

    @property
    def late(self) -> bool:
        """Whether it has waited for as long as anything may."""
        return time.monotonic() >= self._until

    def begin(self) -> Begun | None:
        """Begin it, now that its turn has come; None where whoever begins has to wait, as for ``Workers.begin``."""
        self._over = True
        return self._start(self._ticket.got[0])

    def answering(self) -> Answering:
        """There is none: it waited too long."""
        raise _busy()

    def close(self) -> None:
        """Wait no more. Does nothing where it was begun or closed."""
        over, self._over = self._over, True
        if not over:
            self._turns.leave(self._ticket)


class Workers:
    """Processes that wait for queries on a store: for a server, whose threads all may ask.

    Args:
        store: what is asked, in its newest revision where it is on disk or in an engine on a server.
        size: how many queries run at a time.
        spare: how many more processes have the map open, and take the place of one that is stopped.
        waiting: seconds that the next one waits for a free worker before it is turned away.
        limits: for queries that bring none.
        services: as for ``ask``; a query that calls one gets a process of its own, these here can open no socket.

    Clients that ask take turns. A worker that was stopped, or that has grown, is replaced while nobody waits for it.
    ``replaced`` counts them.

    >>> with Workers(MemoryStore(), size=1) as workers:
    ...     workers.ask("ASK { ?s ?p ?o }").rows[0][0].text
    'true'
    """

    def __init__(
        self,
        store: MemoryStore | DiskStore | RemoteStore,
        *,
        size: int = 2,
        spare: int = 0,
        waiting: float = 10.0,
        limits: Limits | None = None,
        services: Collection[str] = (),
    ) -> None:
        self.store, self._limits, self._services = store, limits or Limits(), tuple(services)
        self._waiting = waiting
        self._copy: tuple[str, Shared] | None = None  # revision, and where it is read
        self._copying = threading.Lock()
        self._places = _Places()
        # the newest revision, opened for look-ups
        self._at_hand: tuple[str, ox.Store | None, Properties | None] = "", None, None
        self._lock, self._closed = threading.Lock(), False
        self._all: set[Worker] = set()
        self._makers: list[threading.Thread] = []
        self.turns: Turns[Worker | None] = Turns()
        self.size, self.replaced = size, 0
        self._empty = size  # places of workers that are being made
        self._spare: list[Worker] = []
        for _ in range(size + spare):
            self._renew()

    def ask(
        self,
        text: str,
        limits: Limits | None = None,
        *,
        asking: Asking | None = None,
        client: str = "",
        share: Share | None = None,
    ) -> Table:
        """As the function ``ask``; InputError too when no worker was free in time, or ``client`` has its ``share``."""
        limits, asking = limits or self._limits, asking or Asking()
        taken = _checked(text, self._services)
        if self._services and "service" in text.casefold():
            return ask(self.store, text, limits, services=self._services, asking=asking)
        with self._leased(client, share, asking) as worker:
            return worker.ask(Task("it", text=text, limits=limits), asking, taken)

    def tell(
        self,
        text: str,
        wanted: Wanted,
        limits: Limits | None = None,
        *,
        asking: Asking | None = None,
        client: str = "",
        share: Share | None = None,
    ) -> Answering:
        """Answer a query, or with ``wanted.graph`` a graph, in a notation and in pieces.

        Args:
            text: the query, "" for a graph.
            wanted: notations and dataset.
            limits: as for ``ask``. A graph that has more rows is refused, not cut.
            asking: where another thread may cancel it.
            client: who asks; all that one client asks counts together.
            share: what the client may have at a time.

        Raises:
            InputError: as for ``ask``; its ``check`` says which kind: syntax, not-acceptable, no-graph, too-large,
                late, hungry, busy, share, cancelled, died, refused or input.
        """
        limits, asking = limits or self._limits, asking or Asking()
        taken = _checked(text) if text else 0.0
        lease = ExitStack()
        try:
            worker = lease.enter_context(self._leased(client, share, asking))
            head, pieces = worker.tell(Task("it", text=text, limits=limits, wanted=wanted), asking, taken)
        except BaseException:
            lease.close()
            raise
        return Answering(head, pieces, lease.close, worker.key)

    def begin(
        self,
        text: str,
        wanted: Wanted,
        limits: Limits | None = None,
        *,
        asking: Asking | None = None,
        client: str = "",
        share: Share | None = None,
        then: Callable[[], None] | None = None,
    ) -> Begun | Queued | None:
        """As ``tell``, for a thread that must not wait; None where it would have to.

        That is: no worker is free, or the free one has another revision open. With ``then`` it is queued where none is
        free, and ``then`` is called in its turn, by any thread; it must not wait, and not ask for anything here.
        InputError only for a query that is refused before anybody is asked.
        """
        limits, asking = limits or self._limits, asking or Asking()
        taken = _checked(text)
        if self._closed or not self.key():
            return None
        task = Task("it", text=text, limits=limits, wanted=wanted)

        def start(worker: Worker | None) -> Begun | None:
            return self._start(worker, task, asking, taken, client)

        if (worker := self.turns.take_now(client, share=share)) is not None:
            return start(worker)
        if then is None:
            return None
        try:
            ticket = self.turns.queue(client, then, share=share)
        except InputError:  # it has too many that wait: whoever can wait is told
            return None
        return Queued(self.turns, ticket, time.monotonic() + self._waiting, start)

    def _start(self, worker: Worker | None, task: Task, asking: Asking, taken: float, client: str) -> Begun | None:
        """Have a worker begin; None where it has to open the newest revision first."""
        if worker is None or worker.key != self.key():
            self._give_back(worker)
            self.turns.done(client)
            return None
        close = ExitStack()
        close.callback(self._done, worker, client)
        try:
            until = worker.send(task, asking, taken)
        except BaseException:
            close.close()
            raise
        return Begun(worker, until, task.limits, asking, close.close)

    def look_up(self, text: str, wanted: Wanted, limits: Limits | None = None, *, key: str) -> LookedUp | None:
        """Answer a query that takes a few look-ups at most, here and at once (see ``lookups``); None for all others.

        None too while the revision of that key is being opened for it.
        """
        opened, triples, table = self._at_hand
        if opened != key:
            self._have_at_hand(*self._newest())
            return None
        return None if triples is None else looked_up(triples, text, wanted, limits or self._limits, table)

    def _have_at_hand(self, key: str, folder: str) -> None:
        with self._lock:
            if not key or self._closed or self._at_hand[0] == key:
                return
            self._at_hand = key, None, None
        threading.Thread(target=self._open_here, args=(key, folder), name="look-ups", daemon=True).start()

    def _open_here(self, key: str, folder: str) -> None:
        with suppress(OSError, RuntimeError):  # it has gone meanwhile: the next request sees the newest
            triples, place = ox.Store.read_only(folder), Path(folder)
            table = read_properties(place.with_name(PROPERTIES)) if place.name == PACKED else None
            with self._lock:
                if self._at_hand[0] == key and not self._closed:
                    self._at_hand = key, triples, table

    def key(self) -> str:
        """The key of the newest revision, as far as that is at hand; "" for one that is not, or is elsewhere."""
        return self._newest()[0]

    def _newest(self) -> tuple[str, str]:
        """That key, and the folder of the triples."""
        if isinstance(self.store, DiskStore):
            with suppress(OSError, InputError):
                return self._places.newest(self.store)
        copy = self._copy
        at_hand = isinstance(self.store, MemoryStore) and copy is not None and copy[0] == self.store.revision
        return (copy[1].triples, copy[1].triples) if at_hand and copy is not None else ("", "")

    @contextmanager
    def _leased(self, client: str, share: Share | None, asking: Asking) -> Iterator[Worker]:
        """A worker that has the newest revision open. Afterwards it comes back, or another in its place."""
        if self._closed:
            raise _busy()
        try:
            worker = self.turns.take(client, seconds=self._waiting, share=share, check=asking.check) or self._begin()
        except InputError as error:
            if error.problems[0].check == "busy" and self._copying.locked():
                raise _not_ready() from error
            raise
        try:
            self._open(worker, asking)
            yield worker
        finally:
            self._done(worker, client)

    def _done(self, worker: Worker, client: str) -> None:
        if worker.fit:
            self._give_back(worker)
        else:
            self.replaced += 1
            worker.kill()
            with self._lock:
                self._all.discard(worker)
                spare = self._spare.pop() if self._spare else None
                self._empty += spare is None
            if spare is not None:
                self._give_back(spare)
            self._renew(worker)
        self.turns.done(client)

    def _begin(self) -> Worker:
        worker = Worker(elsewhere=not isinstance(self.store, MemoryStore | DiskStore))
        with self._lock:
            self._all.add(worker)
        return worker

    def _end(self, worker: Worker) -> None:
        worker.end()
        with self._lock:
            self._all.discard(worker)

    def _give_back(self, worker: Worker | None) -> None:
        with self._lock:
            if not self._closed:
                self.turns.put(worker)
                return
        if worker is not None:
            self._end(worker)

    def _renew(self, stopped: Worker | None = None) -> None:
        """Have another worker ready, made in the background.

        There the end of the one that was stopped is waited for, too: the kernel needs a while for much memory, and
        whoever asked is told at once.
        """
        thread = threading.Thread(target=self._make, args=(stopped,), name="worker of queries", daemon=True)
        with self._lock:
            if not self._closed:
                self._makers = [maker for maker in self._makers if maker.is_alive()] + [thread]
                thread.start()
                return
        if stopped is not None:
            self._end(stopped)

    def _make(self, stopped: Worker | None) -> None:
        worker = None
        try:
            worker = self._begin()
            self._open(worker, Asking())
        except (OSError, InputError):  # whoever asks next tries again, and is told
            if worker is not None:
                self._end(worker)
            worker = None
        with self._lock:
            spare = not self._empty and not self._closed
            self._empty -= not spare
            if spare and worker is not None:
                self._spare.append(worker)
        if not spare:
            self._give_back(worker)
        if stopped is not None:
            self._end(stopped)

    def _open(self, worker: Worker, asking: Asking) -> None:
        if isinstance(self.store, DiskStore):
            open_disk(worker, self.store, asking)
        elif isinstance(self.store, MemoryStore):
            folder = self._copied(self.store)
            worker.open(Task(folder, folder), asking)
        else:
            open_elsewhere(worker, self.store, asking)

    def _copied(self, store: MemoryStore) -> str:
        """The triples of a map in memory, in a folder that all workers read; made once for a revision."""
        with self._copying:
            copy = self._copy
            if copy is None or copy[0] != store.revision:
                copy = store.revision, shared(store, lambda: self._closed)
                with self._lock:
                    before, self._copy, closed = self._copy, copy, self._closed
                if before is not None:
                    before[1].remove()
                if closed:
                    copy[1].remove()
                    raise _busy()
            return copy[1].triples

    def close(self) -> None:
        """End all workers, and the queries that they are at."""
        with self._lock:
            self._closed = True
            self._at_hand = "", None, None
            if self._copy is not None:
                self._copy[1].remove()
            running = list(self._all)
        for worker in running:
            worker.kill()
        for maker in self._makers:
            maker.join()
        for idle in (*self.turns.empty(), *self._spare):
            if idle is not None:
                self._end(idle)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _checked(text: str, services: Collection[str] = ()) -> float:
    """As ``check_query``; the seconds that it took, which count as the query's: long texts need some."""
    begun = time.monotonic()
    check_query(text, services=services)
    return time.monotonic() - begun


def _busy() -> InputError:
    return InputError.of("too many queries are under way", remedy="try again in a moment", check="busy")


def _not_ready() -> InputError:
    return InputError.of(
        "the map is still being made ready for questions", remedy="try again in a minute", check="busy"
    )


class _Places:
    """The newest place of a store, looked up again when its folders have changed: it is asked before every query."""

    def __init__(self) -> None:
        self._known: tuple[object, str, tuple[str, str]] | None = None

    def newest(self, store: DiskStore) -> tuple[str, str]:
        """As ``place_of``. OSError where the store has gone."""
        known, marked = self._known, os.stat(f"{store.folder}/CURRENT")  # noqa: PTH116 it is asked often
        mark = (store.folder, marked.st_ino, marked.st_mtime_ns)
        if known is not None and known[0] == (*mark, os.stat(known[1]).st_mtime_ns):  # noqa: PTH116
            return known[2]
        generation = str(store.newest.parent)
        changed = os.stat(generation).st_mtime_ns  # noqa: PTH116
        place = place_of(store)
        if place[1].startswith(generation):  # else another one has come just now
            self._known = (*mark, changed), generation, place
        return place
