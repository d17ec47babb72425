"""How is something worked out beside requests, so that they hardly notice? In short turns, or when nobody asks."""

from __future__ import annotations

import gc
import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event

from flask import Flask, g

__all__ = ["LATER", "SOON", "Still", "beside", "keep"]

SOON, LATER = 5.0, 60.0
"""How many seconds to wait at most until nobody asks: for what the next visitor needs, and for other pages."""

_TURN = 0.0005
"""Seconds that one thread of Python runs while another waits; ten times more are usual. A request lets go a hundred
times, as each larger sum of numpy does, and would wait for as many turns."""
_STILL, _LOOK = 1.0, 0.1
"""Seconds without a request after which nobody asks, and between two looks for that."""
_WORK, _REST, _GLANCE, _QUICK = 0.01, 0.12, 0.003, 0.5
"""Seconds of work after which requests go first, how long at most, between two looks whether they are answered, and
after which a request no longer counts. So what somebody waits for goes on, at a twelfth of its speed at least."""


@contextmanager
def beside() -> Iterator[None]:
    """Let threads take short turns for as long as something is worked out."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(min(_TURN, usual))
    try:
        yield
    finally:
        sys.setswitchinterval(usual)


def keep() -> None:
    """Have Python look no more through what was made so far for circles of memory: on a large map each look is felt."""
    gc.collect(1)
    gc.freeze()


class Still:
    """Notices when nobody asks a server."""

    def __init__(self) -> None:
        self._asked, self._rested = -math.inf, -math.inf
        self._answering: dict[object, float] = {}
        self._over = Event()

    def watch(self, server: Flask) -> None:
        """Look after the requests of a server."""
        server.before_request(self._begun)
        server.teardown_request(self._ended)

    def wait(self, most: float) -> bool:
        """Wait until nobody has asked for a moment, or for ``most`` seconds; False where all is over."""
        end = time.monotonic() + most
        while not self._over.is_set() and (now := time.monotonic()) < end and now - self._asked < _STILL:
            self._over.wait(_LOOK)
        return not self._over.is_set()

    def pause(self) -> None:
        """Wait while a request is answered, for a short while at most; called often, it looks some times a second."""
        now = time.monotonic()
        if now - self._rested < _WORK:
            return
        end = now + _REST
        while self._is_answering() and not self._over.is_set() and time.monotonic() < end:
            self._over.wait(_GLANCE)
        self._rested = time.monotonic()

    def _is_answering(self) -> bool:
        """Whether a request is answered that has not taken long yet: who waits longer may wait for this very work."""
        now = time.monotonic()
        return any(now - began < _QUICK for began in [*self._answering.values()])

    def over(self) -> None:
        """Wait no longer."""
        self._over.set()

    def _begun(self) -> None:
        self._asked = time.monotonic()
        g.answering = object()
        self._answering[g.answering] = self._asked

    def _ended(self, _error: BaseException | None = None) -> None:
        self._asked = time.monotonic()
        self._answering.pop(g.pop("answering", None), None)  # what was refused before it began is not there
