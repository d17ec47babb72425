"""Does somebody wait for the processor? Long work that nobody waits for asks now and then, and lets them go first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar

__all__ = ["giving_way", "in_turns"]

T = TypeVar("T")

_OFTEN = 256
"""Things between two looks: some milliseconds of work."""
_way: ContextVar[Callable[[], None] | None] = ContextVar("way", default=None)


@contextmanager
def giving_way(pause: Callable[[], None]) -> Iterator[None]:
    """While this runs, ``in_turns`` calls ``pause`` between things; in this thread alone."""
    before = _way.set(pause)
    try:
        yield
    finally:
        _way.reset(before)


def in_turns(things: Iterable[T], often: int = _OFTEN) -> Iterable[T]:
    """The same things; where way is to be given, with a pause before each so many.

    >>> paused = []
    >>> with giving_way(lambda: paused.append(1)):
    ...     len([*in_turns(range(1_000))]), len(paused)
    (1000, 4)
    >>> len([*in_turns(range(1_000))]), len(paused)
    (1000, 4)
    """
    pause = _way.get()
    return things if pause is None else _paused(things, often, pause)


def _paused(things: Iterable[T], often: int, pause: Callable[[], None]) -> Iterator[T]:
    for number, thing in enumerate(things):
        if not number % often:
            pause()
        yield thing
