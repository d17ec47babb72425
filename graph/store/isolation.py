"""How does a query of a user run without harm? In a child process that can be killed, behind limits, reading only.

Three ways lead there, by what they cost: a fork shares the map in memory, where nothing runs beside it; a new process
takes any map; ``Workers`` keeps processes ready, for servers with many threads.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import pyoxigraph as ox

from graph.model import InputError
from graph.store import child
from graph.store.child import Task
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.folder import PACKED, PROPERTIES
from graph.store.guard import PREFIXES, check_query, mentions_fast
from graph.store.interface import Limits, Table, Value
from graph.store.lookups import LookedUp, looked_up
from graph.store.packed import packed
from graph.store.properties import Properties, read_properties
from graph.store.shared import Shared, shared
from graph.store.turns import Share, Ticket, Turns
from graph.store.written import Wanted, Writing

if TYPE_CHECKING:
    from graph.store.remote import RemoteStore

__all__ = ["PREFIXES", "Answering", "Asking", "Begun", "Queued", "Workers", "ask", "check_query", "write_copy"]

_HOME = str(Path(__file__).resolve().parents[2])
# A program of its own: it stands above all floors, and may join what they hold.
_CHILD = """import sys
sys.path.insert(0, sys.argv[1])
from graph.fast import rewriter
from graph.store import child
child.serve(rewriter, sockets={})
"""
_RELAY = """import sys
sys.path.insert(0, sys.argv[1])
from graph.fast import rewriter
from graph.store import relay
relay.serve(rewriter)
"""
# glibc sets 64 MB of addresses aside for each thread that asks for memory, up to eight times for each processor; what
# is limited are addresses, and the engine's threads would use up a limit of 1 GB without holding anything.
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_OPENING = 120.0  # seconds to have the triples at hand; they are ours, so this is no limit of the query
_WRONG = b'{"error"'
_PIECE, _SHORT = 1 << 20, 1 << 16  # bytes of an answer that are read at a time
_PIPE = 1 << 19  # bytes of an answer that a worker can write before somebody reads
_LOOK = 0.1  # seconds between two looks whether whoever waits has left


class Asking:
    """A query under way, for whoever may want to stop it: from any thread, at any time, more than once.

    ``gone`` is asked ten times a second whether whoever waits has left; then the query is cancelled.

    >>> asking = Asking()
    >>> asking.cancel()
    >>> ask(MemoryStore(), "ASK {}", asking=asking)
    Traceback (most recent call last):
    ...
    graph.model.InputError: the query was cancelled
    """

    def __init__(self, gone: Callable[[], bool] | None = None) -> None:
        self._lock = threading.Lock()
        self._stop: Callable[[], None] | None = None
        self._gone = gone
        self.cancelled = False

    def cancel(self) -> None:
        """Stop the query at once; where it is over, nothing happens. Whoever waits for it gets an InputError."""
        with self._lock:
            self.cancelled = True
            if self._stop is not None:
                self._stop()

    @contextmanager
    def under_way(self, stop: Callable[[], None]) -> Iterator[None]:
        """While this runs, ``stop`` is what stops the query; InputError when it was cancelled before."""
        with self._lock:
            self.check()
            self._stop = stop
        try:
            yield
        finally:
            with self._lock:
                self._stop = None

    def check(self) -> None:
        """InputError when the query was cancelled."""
        if self._gone is not None and not self.cancelled and self._gone():
            self.cancelled = True
        if self.cancelled:
            raise InputError.of("the query was cancelled", check="cancelled")


def ask(
    store: MemoryStore | DiskStore | RemoteStore,
    text: str,
    limits: Limits | None = None,
    *,
    services: Collection[str] = (),
    asking: Asking | None = None,
) -> Table:
    """Answer a query of a user over the union of all graphs, or over those that it names with FROM.

    Args:
        store: what is asked; one revision of it, whatever changes meanwhile. An engine on a server is asked itself.
        text: the query. Nothing can be changed by it.
        limits: of wall time, memory, rows and bytes; what the last two cut is in ``Table.truncated``.
        services: addresses that the query may call with SERVICE, each exactly as it is written there.
        asking: where another thread may cancel it.

    Raises:
        InputError: the query is wrong, refused, too slow, too hungry or cancelled.
    """
    limits, asking = limits or Limits(), asking or Asking()
    check_query(text, services=services)
    if not isinstance(store, MemoryStore | DiskStore) and not mentions_fast(text):
        return store.ask(text, limits, services=services, asking=asking)
    task = Task("it", text=text, limits=limits, services=tuple(services))
    alone = threading.active_count() == 1 and not services
    if isinstance(store, MemoryStore) and store.in_memory and alone and not mentions_fast(text):
        return _in_fork(store, task, asking)
    elsewhere = not isinstance(store, MemoryStore | DiskStore)
    with _Worker(_RELAY if elsewhere else _CHILD.format(bool(services))) as worker:
        if isinstance(store, DiskStore):
            _open_disk(worker, store, asking)
        elif isinstance(store, MemoryStore):
            worker.open(Task("it", quads=True), asking, store.dump())
        else:
            _open_elsewhere(worker, store, asking)
        return worker.ask(task, asking)


def write_copy(folder: Path, writing: Writing, parts: Sequence[bytes], limits: Limits) -> None:
    """Have a child write into a store's triples in a folder that nobody else uses. InputError when it does not."""
    with _Worker() as worker:
        reply = worker.write(Task("it", str(folder), limits=limits, writing=writing), parts)
    if "error" in reply:
        raise _wrong(reply)


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
        self, worker: _Worker, until: float, limits: Limits, asking: Asking, close: Callable[[], object]
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
        turns: Turns[_Worker | None],
        ticket: Ticket[_Worker | None],
        until: float,
        start: Callable[[_Worker | None], Begun | None],
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
        self._all: set[_Worker] = set()
        self._makers: list[threading.Thread] = []
        self.turns: Turns[_Worker | None] = Turns()
        self.size, self.replaced = size, 0
        self._empty = size  # places of workers that are being made
        self._spare: list[_Worker] = []
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

        def start(worker: _Worker | None) -> Begun | None:
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

    def _start(self, worker: _Worker | None, task: Task, asking: Asking, taken: float, client: str) -> Begun | None:
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
    def _leased(self, client: str, share: Share | None, asking: Asking) -> Iterator[_Worker]:
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

    def _done(self, worker: _Worker, client: str) -> None:
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

    def _begin(self) -> _Worker:
        here = isinstance(self.store, MemoryStore | DiskStore)
        worker = _Worker(_CHILD.format(False) if here else _RELAY)  # noqa: FBT003 it is text
        with self._lock:
            self._all.add(worker)
        return worker

    def _end(self, worker: _Worker) -> None:
        worker.end()
        with self._lock:
            self._all.discard(worker)

    def _give_back(self, worker: _Worker | None) -> None:
        with self._lock:
            if not self._closed:
                self.turns.put(worker)
                return
        if worker is not None:
            self._end(worker)

    def _renew(self, stopped: _Worker | None = None) -> None:
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

    def _make(self, stopped: _Worker | None) -> None:
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

    def _open(self, worker: _Worker, asking: Asking) -> None:
        if isinstance(self.store, DiskStore):
            _open_disk(worker, self.store, asking)
        elif isinstance(self.store, MemoryStore):
            folder = self._copied(self.store)
            worker.open(Task(folder, folder), asking)
        else:
            _open_elsewhere(worker, self.store, asking)

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


def _open_disk(worker: _Worker, store: DiskStore, asking: Asking) -> None:
    """Have the newest revision open; one that is swept away meanwhile is let go for the next."""
    while True:
        folder = store.newest
        try:
            worker.open(Task(*_place(store)), asking)
        except (OSError, InputError):
            if folder == store.newest:
                raise
            continue
        return


def _open_elsewhere(worker: _Worker, store: RemoteStore, asking: Asking) -> None:
    worker.open(Task(f"{store.address} {store.revision}", store.address), asking)


class _Places:
    """The newest place of a store, looked up again when its folders have changed: it is asked before every query."""

    def __init__(self) -> None:
        self._known: tuple[object, str, tuple[str, str]] | None = None

    def newest(self, store: DiskStore) -> tuple[str, str]:
        """As ``_place``. OSError where the store has gone."""
        known, marked = self._known, os.stat(f"{store.folder}/CURRENT")  # noqa: PTH116 it is asked often
        mark = (store.folder, marked.st_ino, marked.st_mtime_ns)
        if known is not None and known[0] == (*mark, os.stat(known[1]).st_mtime_ns):  # noqa: PTH116
            return known[2]
        generation = str(store.newest.parent)
        changed = os.stat(generation).st_mtime_ns  # noqa: PTH116
        place = _place(store)
        if place[1].startswith(generation):  # else another one has come just now
            self._known = (*mark, changed), generation, place
        return place


def _place(store: DiskStore) -> tuple[str, str]:
    """A key for the newest revision, and the folder in which it is read."""
    folder = store.newest
    status, place = folder.stat(), packed(folder)
    return f"{place} {status.st_ino} {status.st_ctime_ns}", str(place)


class _Child(Protocol):
    """A process that answers."""

    out: _Frames

    def kill(self) -> None:
        """End it now."""

    def code(self) -> int:
        """Wait for its end; its exit code, below zero the signal that ended it."""


class _Worker:
    """A process that answers one query after another."""

    def __init__(self, program: str = "") -> None:
        self.key = ""
        self.fit = True
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and our own code
            [sys.executable, "-I", "-c", program or _CHILD.format(False), _HOME],  # noqa: FBT003 it is text
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _FEW_ARENAS,
        )
        assert self._process.stdout is not None
        self.out = _Frames(self._process.stdout.fileno())
        with suppress(AttributeError, OSError):  # where the system has it, an answer waits for no reader
            fcntl.fcntl(self.out.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)

    def open(self, task: Task, asking: Asking, quads: bytes = b"") -> None:
        """Have triples at hand, if these are not those that it has."""
        if task.key == self.key:
            return
        self.fit = False
        reply = self._do(task, asking, quads)
        if reply.get("error"):
            raise _wrong({"remedy": "load the files again", **reply})
        self.key, self.fit = task.key, True

    def ask(self, task: Task, asking: Asking, taken: float = 0.0) -> Table:
        """Answer a query; afterwards ``fit`` says whether it can take another. ``taken`` as for ``send``."""
        reply = _reply(self, self.send(task, asking, taken), task.limits, asking)
        self.fit = not reply.get("spent")
        return _told(reply)

    def tell(self, task: Task, asking: Asking, taken: float = 0.0) -> tuple[dict[str, Any], Iterator[bytes]]:
        """Answer in pieces: what comes, and the pieces; at their end ``fit`` says whether it can take another."""
        return self.told(self.send(task, asking, taken), task.limits, asking)

    def send(self, task: Task, asking: Asking, taken: float = 0.0) -> float:
        """Hand over a query; until when ``told`` may wait for its answer. ``taken`` of its time has gone already."""
        self.fit = False
        until = time.monotonic() + task.limits.seconds - taken
        self._write(replace(task, key=self.key), asking)
        return until

    def told(self, until: float, limits: Limits, asking: Asking) -> tuple[dict[str, Any], Iterator[bytes]]:
        """What comes, and the pieces."""
        reply = _reply(self, until, limits, asking)
        if "error" in reply:
            self.fit = not reply.get("spent")
            raise _wrong(reply)
        return reply, self._pieces(until, limits, asking)

    def _pieces(self, until: float, limits: Limits, asking: Asking) -> Iterator[bytes]:
        while said := _next(self, until, limits, asking):
            if not said.startswith(child.PIECE):
                self.fit = not json.loads(said).get("spent")
                return
            yield said[len(child.PIECE) :]
        raise _why(self.code(), limits)

    def write(self, task: Task, parts: Sequence[bytes]) -> dict[str, Any]:
        """Write; what it says at the end."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            for frame in (task.to_json(), *parts):
                child.write_frame(self._process.stdin, frame)
        return _reply(self, time.monotonic() + task.limits.seconds, task.limits, Asking())

    def _do(self, task: Task, asking: Asking, quads: bytes = b"") -> dict[str, Any]:
        self._write(task, asking, quads)
        return _reply(self, time.monotonic() + _OPENING, replace(task.limits, seconds=_OPENING), asking)

    def _write(self, task: Task, asking: Asking, quads: bytes = b"") -> None:
        assert self._process.stdin is not None
        with asking.under_way(self.kill), suppress(BrokenPipeError):
            child.write_frame(self._process.stdin, task.to_json())
            if task.quads:
                child.write_frame(self._process.stdin, quads)

    def kill(self) -> None:
        self._process.kill()

    def code(self) -> int:
        return self._process.wait()

    def end(self) -> None:
        """Kill it and leave nothing behind."""
        self.kill()
        with suppress(BrokenPipeError), self._process:
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class _Fork:
    """A child that shares the memory of its parent."""

    def __init__(self, number: int, out: int) -> None:
        self.number, self.out = number, _Frames(out)
        self._code: int | None = None

    def kill(self) -> None:
        if self._code is None:
            os.kill(self.number, signal.SIGKILL)

    def code(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1])
        return self._code


def _in_fork(store: MemoryStore, task: Task, asking: Asking) -> Table:
    """The child shares the parent's memory until one of them writes: nothing is copied. Not safe beside threads."""
    asking.check()
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        try:
            os.close(reading)
            child.answer_once(store._triples, task, writing)  # noqa: SLF001 the engine's handle stays here
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    forked = _Fork(number, reading)
    try:
        return _told(_reply(forked, time.monotonic() + task.limits.seconds, task.limits, asking))
    finally:
        os.close(reading)
        forked.code()


def _reply(answering: _Child, until: float, limits: Limits, asking: Asking) -> dict[str, Any]:
    """Wait for a child, and no longer than allowed; what it says, or why it says nothing."""
    if said := _next(answering, until, limits, asking):
        reply: dict[str, Any] = json.loads(said)
        return reply
    code = answering.code()
    asking.check()
    raise _why(code, limits)


def _next(answering: _Child, until: float, limits: Limits, asking: Asking) -> bytes:
    """The next frame of a child, b"" when it has ended. InputError when it is late or cancelled, and it is ended."""
    if (said := answering.out.waiting()) is not None:
        return said
    try:
        with asking.under_way(answering.kill):
            return answering.out.next(until, asking)
    except TimeoutError:
        answering.kill()
        raise _late(limits) from None
    except BaseException:
        answering.kill()
        raise


class _Frames:
    """The frames that come out of a pipe; what came with one and belongs to the next is kept for it."""

    def __init__(self, out: int) -> None:
        self._out, self._said, self._ready = out, bytearray(), select.poll()
        self._ready.register(out, select.POLLIN)
        self._looked, self._begun = 0, False  # how far ``arrived`` has seen, and whether an answer has begun there

    def fileno(self) -> int:
        """The pipe."""
        return self._out

    @property
    def size(self) -> int:
        """Bytes that wait here."""
        return len(self._said)

    def arrived(self) -> bool:
        """Take what has come, without waiting; whether an answer is here to its end, or nothing more will come."""
        while self._ready.poll(0):
            piece = os.read(self._out, _SHORT)
            if not piece:
                return True
            self._said += piece
            if len(piece) < _SHORT:
                break
        said = self._said
        while len(said) >= (body := self._looked + child.HEAD):
            end = body + child.length(said[self._looked : body])
            if len(said) < end:
                break
            first, piece_of_it = not self._begun, said.startswith(child.PIECE, body)
            self._looked, self._begun = end, True
            if not piece_of_it and not (first and not said.startswith(_WRONG, body)):
                return True
        return False

    def waiting(self) -> bytes | None:
        """The next frame, where all of it is here already."""
        end = self._end()
        if end is None or len(self._said) < end:
            return None
        frame = bytes(self._said[child.HEAD : end])
        del self._said[:end]
        self._looked, self._begun = 0, False
        return frame

    def next(self, until: float, asking: Asking) -> bytes:
        """The next frame; b"" when it ends before its end. TimeoutError when it is late."""
        while (frame := self.waiting()) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not self._ready.poll(min(left, _LOOK) * 1000):
                if not asking.cancelled:  # else it has been stopped, and its end says so
                    asking.check()
                continue
            piece = os.read(self._out, _PIECE if (self._end() or 0) > _SHORT else _SHORT)
            if not piece:
                return b""
            self._said += piece
        return frame

    def _end(self) -> int | None:
        """Where the next frame ends, as soon as that is known."""
        known = len(self._said) >= child.HEAD
        return child.HEAD + child.length(self._said[: child.HEAD]) if known else None


def _late(limits: Limits) -> InputError:
    return InputError.of(
        f"the query took longer than {limits.seconds:g} seconds and was stopped",
        remedy="ask for less, or raise --seconds",
        check="late",
    )


def _why(code: int, limits: Limits) -> InputError:
    """Why a child ended without an answer; its exit code is the signal that ended it, below zero."""
    if code == -signal.SIGALRM:
        return _late(limits)
    if code in (-signal.SIGABRT, -signal.SIGKILL):
        return InputError.of(child.hungry(limits), remedy=child.MORE_MEMORY, check="hungry")
    return InputError.of(
        "the query made the engine stop (it is too deep or too large)",
        remedy="write it shorter and flatter",
        check="died",
    )


def _told(reply: dict[str, Any]) -> Table:
    """What a child says, as a table; InputError when it says why not."""
    if "error" in reply:
        raise _wrong(reply)
    rows = tuple(tuple(None if term is None else Value(*term) for term in row) for row in reply["rows"])
    return Table(tuple(reply["columns"]), rows, reply["truncated"], reply["form"])


def _wrong(reply: dict[str, Any]) -> InputError:
    return InputError.of(reply["error"], remedy=reply.get("remedy", ""), check=reply.get("check", "input"))
