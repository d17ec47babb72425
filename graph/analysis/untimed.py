"""Who is down, degraded or at risk when all that happens has neither beginning nor end? The states alone, and the ways.

Every span is then all of time: no reserve holds and nothing comes back. So the loops of ``graph/analysis/kernels.py``
answer, and give what ``graph/analysis/timed.py`` would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying
from graph.analysis.feels import Feels
from graph.analysis.kernels import Spread, rewired, spread
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.analysis.windows import FOREVER
from graph.projection import DEGRADING, OPTIONAL, Projection

__all__ = ["Why", "states", "untimed"]

Moment = tuple[int, State, int]


def untimed(
    projection: Projection, own: Mapping[int, State], strength: npt.NDArray[np.int8]
) -> tuple[Feels, Mapping[Moment, Moment]]:
    """What each vertex feels, for all of time; and why, as in ``Timed``.

    Cost: linear in the edges that the effect touches; why something is so is worked out when it is asked.

    Args:
        projection: the map.
        own: what the changes do to elements.
        strength: of each edge.
    """
    found = spread(rewired(projection, strength), own)
    return Feels.for_ever(found.state), Why(projection, own, strength, found)


def states(projection: Projection, own: Mapping[int, State], strength: npt.NDArray[np.int8]) -> npt.NDArray[np.int8]:
    """The state of each vertex, and nothing else."""
    return spread(rewired(projection, strength), own).state


class Why(Mapping[Moment, Moment]):
    """Vertex, state and start -> the edge that brought it, and the state of its provider; -1 for a change."""

    def __init__(
        self, projection: Projection, own: Mapping[int, State], strength: npt.NDArray[np.int8], found: Spread
    ) -> None:
        self.projection, self.own, self.strength, self.found = projection, own, strength, found

    def __getitem__(self, what: Moment) -> Moment:
        """Of several dependencies that brought it the one that is nearest to a change, and that was hit before."""
        vertex, state, start = what
        if start != -FOREVER or not state or self.found.state[vertex] < state:
            raise KeyError(what)
        if self.own.get(vertex, State.UNAFFECTED) >= state:
            return -1, state, start
        for edge in self._edges(vertex):
            for brought in self._brings(edge, state):
                return edge, brought, start
        raise AssertionError("a state that nothing brings")

    def __iter__(self) -> Iterator[Moment]:
        for vertex in np.flatnonzero(self.found.state).tolist():
            for state in range(int(self.found.state[vertex]), 0, -1):
                yield vertex, State(state), -FOREVER

    def __len__(self) -> int:
        return int(self.found.state.sum(dtype=np.int64))

    @cached_property
    def _far(self) -> npt.NDArray[np.int32]:
        return reach(self.projection, self.own).distance

    @cached_property
    def _usable(self) -> npt.NDArray[np.bool_]:
        return carrying(self.projection) & (self.strength > OPTIONAL)

    def _edges(self, vertex: int) -> list[int]:
        """The edges from providers that were hit before: so no way goes round a circle. A group costs no hop."""
        start, order = self.projection.uses
        edges = order[start[vertex] : start[vertex + 1]]
        provider, state, distance = self.projection.edges.provider[edges], self.found.state, self.found.distance
        before = distance[provider] < distance[vertex] + self.projection.is_group(vertex)
        edges = edges[self._usable[edges] & (state[provider] > 0) & before]
        far = self._far[self.projection.edges.provider[edges]]
        nearest_first: list[int] = edges[np.argsort(far, kind="stable")].tolist()
        return nearest_first

    def _brings(self, edge: int, state: State) -> Iterator[State]:
        """The state of its provider by which an edge brings a state."""
        provider = self.found.state[self.projection.edges.provider[edge]]
        if provider >= state and (state != State.DOWN or self.strength[edge] > DEGRADING):
            yield state
        elif state == State.AT_RISK and provider >= State.DEGRADED:
            yield State.DEGRADED
