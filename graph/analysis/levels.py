"""Which state does a change bring each vertex to, and in which turn? The states alone, without hops and ways.

It says the states of ``graph/analysis/kernels.py``. The answer after an edit wants no more, and a walk that keeps
neither hops nor edges nor an order costs a third.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from graph.analysis.kernels import Wiring, distinct, expand, is_compiled, levels_compiled, spread
from graph.projection import DEGRADING, REQUIRED

__all__ = ["levels"]

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

_WORST, _STRIDE = 3, 1 << 24
_MANY = 6
_SORTED = 100


def levels(w: Wiring, changes: Mapping[int, int]) -> tuple[Bytes, Ints]:
    """The state of each vertex, and a turn: what brought an element to its state had it in an earlier turn.

    The turn is 0 where the state is 0. Cost: linear in the edges that the effect touches.
    """
    if is_compiled():
        return levels_compiled(w, changes)
    if w.weight is not None:  # what counts for more than one is known to the other walk alone
        found = spread(w, changes)
        turn = (_WORST - found.state.astype(np.int32)) * _STRIDE + found.distance + 1
        return found.state, np.where(found.state > 0, turn, 0).astype(np.int32, copy=False)
    walk = _Walk(w, changes)
    for level in (_WORST, 2, 1):
        walk.spread(level)
    return walk.state, walk.turn


def _open(claims: npt.NDArray[np.uint8], level: int) -> Bools:
    """Whether an edge passes a level on while things run: what ``passes`` says of its claim, by its bits."""
    open_: Bools = claims & 15 == REQUIRED + 1 if level == _WORST else claims & 14 == DEGRADING + 1
    return open_


class _Walk:
    def __init__(self, w: Wiring, changes: Mapping[int, int]) -> None:
        self.w, self.changes = w, changes
        vertices = len(w.start) - 1
        self.state, self.turn = np.zeros(vertices, np.int8), np.zeros(vertices, np.int32)
        self.reached: list[Ints] = []
        self.soft: list[Ints] = []
        self.now = 0

    def spread(self, level: int) -> None:
        """Bring every vertex that reaches the level to it: from what is worse, then from one turn to the next."""
        w = self.w
        hits = np.zeros(len(w.size), np.int32)
        changed = np.array([v for v, to in self.changes.items() if to == level and self.state[v] < level], np.int32)
        if not (changed.size or self.reached or self.soft):
            return
        edges = self._softened()
        self._reach(changed, level)
        wave = np.concatenate([changed, self._next(self._targets(edges, level), hits, level, risky=level == 1)])
        while wave.size:
            wave = self._next(self._targets(self._out(wave), level), hits, level)

    def _softened(self) -> Ints:
        """The edges of all that is worse that may pass on less than they get."""
        worse, self.reached = np.concatenate([*self.reached, np.empty(0, np.int32)]), []
        start, edges = self.w.soft
        if len(worse) < len(edges):
            self.soft.append(edges.take(expand(start, worse)))
        else:
            self.soft.append(edges.compress(self._front(worse).take(self.w.provider.take(edges))))
        return np.concatenate(self.soft)

    def _out(self, wave: Ints) -> Ints | Bools:
        """The places of the edges of a wave; where it is much of the map, for each edge whether it is one."""
        if len(wave) * _MANY < len(self.state):
            return expand(self.w.start, wave)
        return self._front(wave).take(self.w.provider)

    def _front(self, wave: Ints) -> Bools:
        front = np.zeros(len(self.state), np.bool_)
        front[wave] = True
        return front

    def _targets(self, edges: Ints | Bools, level: int) -> Ints:
        """What is felt by whom over these edges."""
        w = self.w
        if edges.dtype == np.bool_:
            return w.dependent.compress(edges & _open(w.claim, level))
        return w.dependent.take(edges.compress(_open(w.claim.take(edges), level)))

    def _next(self, targets: Ints, hits: Ints, level: int, *, risky: bool = False) -> Ints:
        """What comes to the level in this turn; ``risky`` where a group is at risk by any of these members."""
        elements = self.w.elements
        groups = targets[targets >= elements] - np.int32(elements)
        tipped = self._tipped(groups, hits, level, risky=risky)
        if len(targets) * _SORTED < len(self.state):
            fresh = distinct(targets[(self.state[targets] < level) & (targets < elements)])
        else:
            mark = np.bincount(targets, minlength=len(self.state))[:elements] > 0
            fresh = np.flatnonzero(mark & (self.state[:elements] < level)).astype(np.int32)
        wave = np.concatenate([fresh, tipped])
        self._reach(wave, level)
        return wave

    def _tipped(self, numbers: Ints, hits: Ints, level: int, *, risky: bool) -> Ints:
        """Groups that these failing members bring to the level."""
        if not numbers.size:
            return numbers
        w = self.w
        np.add.at(hits, numbers, 1)
        touched = distinct(numbers)
        left = w.size[touched] - hits[touched]
        falls = left < (w.full[touched] if level == 2 else w.k[touched])
        can = (falls | risky) & (w.k[touched] > 0) & (self.state[touched + w.elements] < level)
        fallen: Ints = touched[can] + np.int32(w.elements)
        return fallen

    def _reach(self, vertices: Ints, level: int) -> None:
        if vertices.size:
            self.now += 1
            self.state[vertices], self.turn[vertices] = level, self.now
            self.reached.append(vertices)
