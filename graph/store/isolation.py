"""How does a query of a user run without harm? In a child process that can be killed, behind limits, reading only.

Three ways lead there, by what they cost: a fork shares the map in memory, where nothing runs beside it; a new process
takes any map; ``graph.store.workers`` keeps processes ready, for servers with many threads.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from graph.model import InputError
from graph.store.asking import Asking
from graph.store.child import Task
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.guard import check_query, mentions_fast
from graph.store.interface import Limits, Table
from graph.store.packed import packed
from graph.store.processes import Worker, in_fork, wrong
from graph.store.written import Writing

if TYPE_CHECKING:
    from graph.store.remote import RemoteStore

__all__ = ["ask", "open_disk", "open_elsewhere", "place_of", "write_copy"]


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
        return in_fork(store, task, asking)
    elsewhere = not isinstance(store, MemoryStore | DiskStore)
    with Worker(elsewhere=elsewhere, sockets=bool(services)) as worker:
        if isinstance(store, DiskStore):
            open_disk(worker, store, asking)
        elif isinstance(store, MemoryStore):
            worker.open(Task("it", quads=True), asking, store.dump())
        else:
            open_elsewhere(worker, store, asking)
        return worker.ask(task, asking)


def write_copy(folder: Path, writing: Writing, parts: Sequence[bytes], limits: Limits) -> None:
    """Have a child write into a store's triples in a folder that nobody else uses. InputError when it does not."""
    with Worker() as worker:
        reply = worker.write(Task("it", str(folder), limits=limits, writing=writing), parts)
    if "error" in reply:
        raise wrong(reply)


def open_disk(worker: Worker, store: DiskStore, asking: Asking) -> None:
    """Have the newest revision open; one that is swept away meanwhile is let go for the next."""
    while True:
        folder = store.newest
        try:
            worker.open(Task(*place_of(store)), asking)
        except (OSError, InputError):
            if folder == store.newest:
                raise
            continue
        return


def open_elsewhere(worker: Worker, store: RemoteStore, asking: Asking) -> None:
    """Have the newest revision of an engine on a server at hand."""
    worker.open(Task(f"{store.address} {store.revision}", store.address), asking)


def place_of(store: DiskStore) -> tuple[str, str]:
    """A key for the newest revision, and the folder in which it is read."""
    folder = store.newest
    status, place = folder.stat(), packed(folder)
    return f"{place} {status.st_ino} {status.st_ctime_ns}", str(place)
