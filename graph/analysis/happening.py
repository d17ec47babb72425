"""What happens to an element, and what do the sources say of time? The two things that a run over spans is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from graph.analysis.states import State
from graph.analysis.windows import Spans

__all__ = ["Happening", "Times"]


@dataclass(frozen=True, slots=True)
class Happening:
    """What a change does to one element: the state it brings, and when (seconds since 1970).

    ``gone``  from when on it is no member of its groups any more, so that a share of them is one of fewer; None: never
    """

    element: int
    state: State
    spans: Spans
    gone: int | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """What the sources say of time, by edge number, in seconds; edges that are not here have none.

    ``tolerance``  how long the dependent goes on without its provider
    ``lag``        how long it takes to come back after its provider has
    ``refill``     how long its provider must be back until the reserve is full again
    """

    tolerance: Mapping[int, int] = field(default_factory=dict)
    lag: Mapping[int, int] = field(default_factory=dict)
    refill: Mapping[int, int] = field(default_factory=dict)
