"""How is something made once while others wait for it, and only the last few kept?"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock, RLock
from typing import Generic, TypeVar

__all__ = ["Lately"]

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")


class Lately(Generic[K, T]):
    """The last few values that were made, by their keys. Safe to ask from many threads.

    >>> known = Lately(2)
    >>> [known.of(key, lambda: made) for key, made in (("a", 1), ("b", 2), ("a", 3), ("c", 4), ("b", 5))]
    [1, 2, 1, 4, 5]
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[K, T] = OrderedDict()
        self._turns: dict[K, RLock] = {}
        self._lock = Lock()

    def of(self, key: K, make: Callable[[], T]) -> T:
        """What is known under a key, else made; who asks for the same meanwhile waits for it."""
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                return self._known[key]
            turn = self._turns.setdefault(key, RLock())
        try:
            with turn:
                with self._lock:
                    if key in self._known:
                        self._known.move_to_end(key)
                        return self._known[key]
                made = make()
                with self._lock:
                    self._known[key] = made
                    if len(self._known) > self._most:
                        self._known.popitem(last=False)
                return made
        finally:
            with self._lock:
                self._turns.pop(key, None)

    def __contains__(self, key: K) -> bool:
        with self._lock:
            return key in self._known

    def all(self) -> dict[K, T]:
        """All that is kept now."""
        with self._lock:
            return dict(self._known)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._known.clear()
