"""What do many sets of changes do, each by itself? All at once: a row of states for every vertex, a column a set.

The meaning is that of ``impact``; what is compiled here is the number of sets, not the size of the map. Planning asks
so: all pairs of changes, all causes, all samples.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying
from graph.analysis._parts import parts
from graph.analysis.reach import reach
from graph.analysis.states import State
from graph.projection import DEGRADING, OPTIONAL, Projection

__all__ = ["Batch", "States"]

States = npt.NDArray[np.int8]


class Batch:
    """A map made ready to answer many sets of changes to some of its elements.

    Making it costs time in proportion to the part of the map that rests on the elements; a call then costs one step
    over as many bytes as there are sets, for each dependency in that part.

    Args:
        projection: the map.
        elements: all that may be changed; None for every element.
        strength: strength of each edge, in place of the map's own.
    """

    def __init__(
        self, projection: Projection, elements: Sequence[int] | None = None, *, strength: States | None = None
    ) -> None:
        self.projection = projection
        strength = projection.edges.strength if strength is None else strength
        usable = carrying(projection) & (strength > OPTIONAL)
        chosen = range(len(projection)) if elements is None else elements
        touched = np.flatnonzero(reach(projection, chosen).distance >= 0)
        self.row: Mapping[int, int] = {vertex: row for row, vertex in enumerate(touched.tolist())}
        self.vertices: npt.NDArray[np.int64] = touched
        start, order = projection.uses
        provider = projection.edges.provider
        self._inner: dict[int, list[tuple[int, bool]]] = {}
        for vertex in self.row:
            edges = order[start[vertex] : start[vertex + 1]]
            counted = projection.counted(edges[usable[edges]]).tolist()
            felt = [(int(provider[e]), bool(strength[e] <= DEGRADING)) for e in counted]
            # a provider that nothing can touch is and stays unaffected
            self._inner[vertex] = [(self.row[end], softened) for end, softened in felt if end in self.row]
        self._parts = list(parts(set(self.row), self._providers))

    def _providers(self, vertex: int) -> set[int]:
        return {int(self.vertices[row]) for row, _ in self._inner[vertex]}

    def states(self, sets: Sequence[Mapping[int, State]]) -> States:
        """The state of each vertex of ``vertices`` (rows) under each set of changes (columns)."""
        own = np.zeros((len(self.vertices), len(sets)), np.int8)
        for column, changes in enumerate(sets):
            for element, state in changes.items():
                own[self.row[element], column] = state
        return self.spread(own)

    def spread(self, own: States) -> States:
        """As ``states``, from the changes as a matrix of the same shape, which is written over."""
        for part in self._parts:
            if len(part) == 1:
                self._step(part[0], own)
                continue
            while sum(self._step(vertex, own) for vertex in part):  # all of them, then again
                pass
        return own

    def touched(self, own: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Which vertices (rows) rest on something of each column, whatever saves them; ``own`` is written over."""
        for part in self._parts:
            reached = own[[self.row[vertex] for vertex in part]].any(axis=0)
            for vertex in part:
                for row, _ in self._inner[vertex]:
                    reached |= own[row]
            own[[self.row[vertex] for vertex in part]] = reached
        return own

    def beneath(self, rows: Iterable[int]) -> set[int]:
        """The rows that some row of these rests on, whatever saves it, and these themselves."""
        waiting = list(rows)
        found = set(waiting)
        while waiting:
            fresh = {row for row, _ in self._inner[int(self.vertices[waiting.pop()])]} - found
            found |= fresh
            waiting += fresh
        return found

    def members(self) -> Iterator[list[int]]:
        """The rows of the members of each group that something can touch."""
        for vertex, inner in self._inner.items():
            if self.projection.is_group(vertex):
                yield list(dict.fromkeys(row for row, _ in inner))

    def _step(self, vertex: int, states: States) -> bool:
        """Bring one row to what its providers make of it; whether that changed it."""
        row, inner = self.row[vertex], self._inner[vertex]
        if not inner:
            return False
        found = self._counted(vertex, states) if self.projection.is_group(vertex) else states[row].copy()
        if not self.projection.is_group(vertex):
            for felt in self._felt(inner, states):
                np.maximum(found, felt, out=found)
        changed = not np.array_equal(found, states[row])
        states[row] = found
        return changed

    @staticmethod
    def _felt(inner: list[tuple[int, bool]], states: States) -> Iterator[States]:
        for provider, softened in inner:
            yield np.minimum(states[provider], State.DEGRADED) if softened else states[provider]

    def _counted(self, vertex: int, states: States) -> States:
        """The state of the k-th best member; at least degraded below full service, at risk with any member worse."""
        groups, number = self.projection.groups, vertex - len(self.projection)
        k, size = int(groups.k[number]), int(groups.size[number])
        found = np.zeros(states.shape[1], np.int8)
        if not 0 < k <= size:
            return found
        full = min(max(int(groups.full[number]), k), size)
        hit = {state: np.zeros(states.shape[1], np.int32) for state in (State.AT_RISK, State.DEGRADED, State.DOWN)}
        for felt in self._felt(self._inner[vertex], states):
            for state in hit:
                hit[state] += felt >= state
        found[(hit[State.AT_RISK] > size - k) | (hit[State.DEGRADED] > 0)] = State.AT_RISK
        found[hit[State.DEGRADED] > size - full] = State.DEGRADED
        found[hit[State.DOWN] > size - k] = State.DOWN
        return found
