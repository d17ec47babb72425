"""How are names sorted that people read? Their numbers count by value: db-2 before db-10."""

from __future__ import annotations

import re

__all__ = ["natural"]

_LONGEST = 12


def natural(text: str) -> str:
    """A key to sort names by.

    >>> sorted(["db-10", "DB-2", "db-1", "zone"], key=natural)
    ['db-1', 'DB-2', 'db-10', 'zone']
    """
    return re.sub(r"\d+", lambda number: number[0].zfill(_LONGEST), text.casefold())
