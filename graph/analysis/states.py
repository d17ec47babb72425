"""How badly is something hit? The states of an element, from nothing to the worst."""

from __future__ import annotations

from enum import IntEnum

__all__ = ["State"]


class State(IntEnum):
    """What a change does to an element, from nothing to the worst."""

    UNAFFECTED = 0
    AT_RISK = 1
    DEGRADED = 2
    DOWN = 3

    @property
    def words(self) -> str:
        """As people say it: "at risk"."""
        return self.name.lower().replace("_", " ")
