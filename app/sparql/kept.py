"""Which answers need not be worked out again? Short ones to what was asked before, of the revision that is stored."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from typing import NamedTuple

from app.at_once import Told

__all__ = ["Asked", "Kept"]

_LONGEST, _ALL = 100_000, 32_000_000  # bytes of an answer, and of all
_EACH_TIME = re.compile(r"\b(?:now|rand|uuid|struuid|bnode)\b", re.IGNORECASE | re.ASCII)


class Asked(NamedTuple):
    """A query with all that its answer depends on beside the revision."""

    text: str
    base: str
    accept: str
    squeezed: bool


class Kept:
    """The answers to those who may read everything, whole ones alone: of a cut one, another may be allowed more.

    Those of one revision are kept, and no more than 32 MB: what was not asked for longest goes first.

    >>> kept, asked = Kept(), Asked("ASK {}", "", "", False)
    >>> kept.keep("first", asked, Told((), b"yes", 1))
    >>> kept.told("first", asked).body, kept.told("second", asked)
    (b'yes', None)
    """

    def __init__(self, most: int = _ALL) -> None:
        self._most, self._size, self._revision = most, 0, ""
        self._told: OrderedDict[Asked, Told] = OrderedDict()
        self._lock = threading.Lock()

    def told(self, revision: str, asked: Asked) -> Told | None:
        """The answer that a revision gave."""
        with self._lock:
            found = self._told.get(asked) if revision and revision == self._revision else None
            if found is not None:
                self._told.move_to_end(asked)
            return found

    def keep(self, revision: str, asked: Asked, told: Told) -> None:
        """Have the answer of a revision at hand; those of others go. What differs each time is not kept."""
        size = _size(asked, told)
        if not revision or size > _LONGEST or _EACH_TIME.search(asked.text) is not None:
            return
        with self._lock:
            if revision != self._revision:
                self._told.clear()
                self._revision, self._size = revision, 0
            before = self._told.pop(asked, None)
            self._size += size - (_size(asked, before) if before is not None else 0)
            self._told[asked] = told
            while self._size > self._most:
                self._size -= _size(*self._told.popitem(last=False))


def _size(asked: Asked, told: Told) -> int:
    return 2_000 + len(told.body) + 4 * len(asked.text)
