"""How is a query under way stopped, by whoever waits for it or because nobody does any more?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from graph.model import InputError

__all__ = ["Asking"]


class Asking:
    """A query under way, for whoever may want to stop it: from any thread, at any time, more than once.

    ``gone`` is asked ten times a second whether whoever waits has left; then the query is cancelled.

    >>> asking = Asking()
    >>> asking.cancel()
    >>> asking.check()
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
