"""Which connections have something to read, or can be written to? Asked in rounds, each of which looks at few of them.

The loop of waitress asks every connection in every round what it waits for. Where fifty clients are connected, that
takes longer than a small query. Here a connection is asked again when something came for it; all are asked when
anything else happened, and several times a second, since some things are over after a while.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Any

from waitress import wasyncore

__all__ = ["Connections", "go_round"]

_READ, _WRITE, _URGENT = select.POLLIN, select.POLLOUT, select.POLLPRI
_OVER = select.POLLHUP | select.POLLERR | select.POLLNVAL
_ALL = 0.05  # seconds after which all are asked
_WAIT = 100  # milliseconds for which nothing may happen


class Connections(dict[int, Any]):
    """What is looked after, by its number; ``changed`` are the numbers that stand for something else than before."""

    def __init__(self) -> None:
        super().__init__()
        self.changed = set[int]()

    def __setitem__(self, number: int, looked_after: object) -> None:
        super().__setitem__(number, looked_after)
        self.changed.add(number)

    def __delitem__(self, number: int) -> None:
        super().__delitem__(number)
        self.changed.add(number)


def go_round(connections: Connections, alone: Callable[[object], bool]) -> None:
    """Look after connections until there are none; as ``waitress.wasyncore.loop`` with select.

    Args:
        connections: all that is looked after; any thread may change it, and whoever does makes something readable.
        alone: whether what comes for one changes nothing of the others.
    """
    poll, asked = select.poll(), dict[int, int]()
    due = 0.0
    look: set[int] = set()
    while connections:
        now = time.monotonic()
        if now >= due:
            due = now + _ALL
            look.update(list(connections), asked)
        while connections.changed:
            look.add(connections.changed.pop())
        for number in look:
            _ask(number, connections, poll, asked)
        look = set()
        for number, happened in poll.poll(0 if connections.changed else _WAIT):
            look.add(number)
            found, wanted = connections.get(number), asked.get(number, 0)
            if happened & (_READ | _OVER) and wanted & _READ and found is not None:
                wasyncore.read(found)
            if happened & (_WRITE | _OVER) and wanted & _WRITE and (found := connections.get(number)) is not None:
                wasyncore.write(found)
            if happened & _URGENT and (found := connections.get(number)) is not None:
                wasyncore._exception(found)  # noqa: SLF001 the loop of waitress calls it so
            if not alone(found):
                due = 0.0


def _ask(number: int, connections: Connections, poll: select.poll, asked: dict[int, int]) -> None:
    """Ask one what it waits for."""
    found, wanted = connections.get(number), 0
    if found is not None:
        wanted |= (_READ | _URGENT) if found.readable() else 0
        wanted |= _WRITE if found.writable() and not found.accepting else 0
    if wanted != asked.get(number, 0):
        if wanted:
            poll.register(number, wanted)  # another time it is changed
            asked[number] = wanted
        else:
            poll.unregister(number)
            del asked[number]
