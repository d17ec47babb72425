"""Who is down, degraded or at risk, from when to when? Windows of change through dependencies, reserves and groups.

For each state an element has a set of spans of time in which it is at least that bad. A change contributes its windows.
A dependency hands on its provider's spans after its tolerance, and until its lag after they end; spans that lie less
than its refill time apart use up one reserve together; a group counts its members at every moment. Union, counting and
this shortening are monotone under inclusion, so there is one least fixed point, whatever the order, on circles too.
While a tolerance runs, and until it is full again, the dependent is at risk: it lives on its reserve.

A circle whose lags keep it from coming back never ends by itself: it lasts to the horizon, and is told as a circular
restart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from graph.analysis._run import MANY, Run, Steps
from graph.analysis.feels import LEVELS, Feels
from graph.analysis.happening import Happening, Times
from graph.analysis.states import State
from graph.analysis.untimed import states, untimed
from graph.analysis.windows import ALWAYS, FOREVER, Spans
from graph.projection import Projection

__all__ = ["LEVELS", "Happening", "Timed", "Times", "timed", "worst"]


@dataclass(frozen=True, eq=False)
class Timed:
    """Result of ``timed``.

    ``feels``     what each vertex feels, and when
    ``why``       vertex, state and start of a span -> the edge that brought it, and the state and start of its
                  provider's span; a change's own spans have the edge -1
    ``circular``  vertices that a circle of lags keeps from coming back: their last span ends at the horizon
    ``horizon``   no span goes beyond it
    ``cuts``      what a limit left out, in words
    """

    revision: str
    happenings: tuple[Happening, ...]
    feels: Feels
    why: Mapping[tuple[int, State, int], tuple[int, State, int]]
    circular: tuple[int, ...]
    horizon: int
    cuts: tuple[str, ...] = ()

    @cached_property
    def spans(self) -> Mapping[State, Mapping[int, Spans]]:
        """State -> vertex -> when it is at least that bad; vertices that never are have no entry."""
        return {state: self.feels.spans(state) for state in LEVELS}

    def of(self, vertex: int, state: State) -> Spans:
        """When the vertex is at least that bad."""
        return self.feels.of(vertex)[state]

    def worst(self, vertex: int) -> State:
        """The worst state that the vertex reaches at any time."""
        felt = self.feels.of(vertex)
        return next((state for state in LEVELS if felt[state]), State.UNAFFECTED)

    @cached_property
    def worsts(self) -> npt.NDArray[np.int8]:
        """The same of all vertices at once."""
        return self.feels.worst()

    def path(self, projection: Projection, vertex: int) -> tuple[int, ...]:
        """Edges from a change to the vertex, in the order in which its worst state first travels."""
        state, edges = self.worst(vertex), list[int]()
        if not state:
            return ()
        start = self.of(vertex, state)[0][0]
        while (step := self.why[vertex, state, start])[0] >= 0:
            edge, state, start = step
            edges.append(edge)
            vertex = int(projection.edges.provider[edge])
        return tuple(reversed(edges))


def timed(
    projection: Projection,
    happenings: Iterable[Happening],
    *,
    times: Times | None = None,
    horizon: int = FOREVER,
    strength: npt.NDArray[np.int8] | None = None,
    lost: frozenset[int] = frozenset(),
) -> Timed:
    """What the happenings do to the rest of the map, and when.

    Cost: linear in the dependencies below which something happens, and in the different answers with the spans that
    meet there; circles are gone through again until nothing changes. Where nothing has a beginning or an end, that of
    ``untimed``.

    Args:
        projection: the map.
        happenings: what the changes do to elements; one element may have several.
        times: tolerances, lags and refill times of the dependencies.
        horizon: spans are cut there, in seconds since 1970.
        strength: strength of each edge, in place of the map's own: what an assumption makes of it.
        lost: edges from a group to members that count as lost whenever a member is hit.
    """
    told = tuple(sorted(happenings, key=lambda h: (h.element, -h.state, h.spans)))
    strength = projection.edges.strength if strength is None else strength
    times = times or Times()
    if horizon == FOREVER and not lost and (own := _for_ever(projection, told, times)) is not None:
        return Timed(projection.revision, told, *untimed(projection, own, strength), (), horizon)
    for known in _LAST.get(projection, ()):
        if known.is_of(told, times, horizon, strength, lost):
            return known.run
    run = Run(projection, told, times, horizon, strength, lost)
    made = Timed(
        revision=projection.revision,
        happenings=told,
        feels=run.feels,
        why=Steps(run),
        circular=tuple(sorted(run.circular)),
        horizon=horizon,
        cuts=tuple(run.cuts),
    )
    if int((run.distance >= 0).sum()) > MANY:
        _LAST[projection] = (_Kept(times, strength, lost, made), *_LAST.get(projection, ())[:1])
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Kept:
    """A run that took long, and what it was of: a judgement asks for the same several times over."""

    times: Times
    strength: npt.NDArray[np.int8]
    lost: frozenset[int]
    run: Timed

    def is_of(
        self,
        told: tuple[Happening, ...],
        times: Times,
        horizon: int,
        strength: npt.NDArray[np.int8],
        lost: frozenset[int],
    ) -> bool:
        same = (self.run.happenings, self.run.horizon, self.lost) == (told, horizon, lost) and self.times == times
        return same and (self.strength is strength or np.array_equal(self.strength, strength))


_LAST: WeakKeyDictionary[Projection, tuple[_Kept, ...]] = WeakKeyDictionary()
"""The last two runs over each map that reached many elements."""


def worst(
    projection: Projection,
    happenings: Sequence[Happening],
    *,
    times: Times | None = None,
    horizon: int = FOREVER,
    strength: npt.NDArray[np.int8] | None = None,
    lost: frozenset[int] = frozenset(),
) -> npt.NDArray[np.int8]:
    """The worst state of each vertex at any time: as ``timed``, and fast where nothing has a beginning or an end."""
    if horizon == FOREVER and not lost and (own := _for_ever(projection, happenings, times or Times())) is not None:
        return states(projection, own, projection.edges.strength if strength is None else strength)
    run = timed(projection, happenings, times=times, horizon=horizon, strength=strength, lost=lost)
    return run.worsts


def _for_ever(projection: Projection, happenings: Sequence[Happening], times: Times) -> dict[int, State] | None:
    """The state each element is brought to for all of time.

    None where anything begins or ends, or leaves a group, or where a reserve outlasts all of time.
    """
    if not all(happening.spans == ALWAYS for happening in happenings):
        return None
    if max(times.tolerance.values(), default=0) > FOREVER:
        return None
    if projection.groups.share and any(happening.gone is not None for happening in happenings):
        return None
    own: dict[int, State] = {}
    for happening in happenings:
        own[happening.element] = max(happening.state, own.get(happening.element, State.UNAFFECTED))
    return own
