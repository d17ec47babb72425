"""What is the answer after one edit of the map, when the answer before it is known? At most what rests on the edit.

What rested on the edit is taken back and made again, by over-deletion and re-derivation (Gupta, Mumick and
Subrahmanian, "Maintaining views incrementally", SIGMOD 1993): on a circle, what holds itself up alone must not stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.analysis.kernels import Wiring, distinct, expand, is_compiled, passes, spread, wiring
from graph.analysis.states import State
from graph.projection import DEGRADING, OPTIONAL, Projection
from graph.projection.edits import Edit, edited

__all__ = ["Answered", "Run", "answered"]

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]

_PASSES = passes()
_MOST = np.where(_PASSES > DEGRADING, State.DOWN, np.where(_PASSES > OPTIONAL, State.DEGRADED, 0)).astype(np.int8)
_LARGE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One reading of the map: the state of each vertex, and the edge by which it is held there (-1 without one).

    A group is held by all of its members that are hit, not by this one alone.
    """

    state: Bytes
    via: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """What changes do, at most and at least, and what is needed to say it again after an edit.

    ``most``   what nobody states is required, or what its kind says
    ``least``  what nobody states is optional
    """

    projection: Projection
    changes: Mapping[int, State]
    most: Run
    least: Run

    def after(self, edit: Edit) -> Answered:
        """The same changes to the map after an edit: the states are those of a new computation.

        Cost: the arrays once, then what rested on the edit; where that is much of the map, a computation.
        """
        made = edited(self.projection, edit)
        touched = np.array(edit.touched(self.projection), np.int32)
        runs = []
        for run, optimistic in ((self.most, False), (self.least, True)):
            old = wiring(self.projection, optimistic=optimistic)
            new = wiring(made.projection, optimistic=optimistic)
            gone = _resting(old, run, touched, edit) if old.edge is None else None
            kept = None
            if gone is not None:
                before = Run(run.state.copy(), made.numbers(run.via))
                kept = _derived(made.projection, new, before, gone, touched, self.changes)
            runs.append(kept or _run(new, self.changes))
        return Answered(made.projection, self.changes, *runs)


def answered(projection: Projection, changes: Mapping[int, State]) -> Answered:
    """What changes do, so that it can be said again after an edit."""
    _ = projection.uses
    runs = (_run(wiring(projection, optimistic=optimistic), changes) for optimistic in (False, True))
    return Answered(projection, dict(changes), *runs)


def _run(w: Wiring, changes: Mapping[int, State]) -> Run:
    found = spread(w, changes)
    return Run(found.state, np.where(found.state > 0, found.via, np.int32(-1)))


def _resting(w: Wiring, run: Run, touched: Ints, edit: Edit) -> Ints | None:
    """All that is held where it is by an edge of the edit, or by what is; None where that is too much of the map.

    A group is held by all of its members together, and an element that is changed at least by its change.
    """
    edges = np.array([*edit.removed, *edit.claims], np.int32)
    held = run.via[touched]
    lost = np.isin(held, edges) if edges.size else np.zeros(len(touched), np.bool_)
    wave = touched[(run.state[touched] > 0) & (lost | (touched >= w.elements))]
    seen = np.zeros(len(run.state), np.bool_)
    found, total = [wave], 0
    seen[wave] = True
    while wave.size:
        total += len(wave)
        if total * _LARGE > len(seen):
            return None
        out = expand(w.start, wave)
        targets = w.dependent[out]
        rest = (run.via[targets] == out) | ((targets >= w.elements) & (run.state[targets] > 0))
        targets = targets[rest]
        wave = distinct(targets[~seen[targets]])
        seen[wave] = True
        found.append(wave)
    return np.concatenate(found)


def _derived(
    projection: Projection, w: Wiring, run: Run, gone: Ints, touched: Ints, changes: Mapping[int, State]
) -> Run | None:
    """Take back what is gone, and let states rise again until none does; None where that is too much of the map."""
    run.state[gone], run.via[gone] = 0, -1
    for vertex, own in changes.items():
        run.state[vertex] = max(int(run.state[vertex]), own)
    wave, total = distinct(np.concatenate([gone, touched])), 0
    most = 3 * len(gone) + len(run.state) // (2 * _LARGE if is_compiled() else 3)
    while wave.size:
        total += len(wave)
        if total > most:
            return None
        state, via = _felt(projection, w, run, wave)
        risen = state > run.state[wave]
        wave, state, via = wave[risen], state[risen], via[risen]
        run.state[wave], run.via[wave] = state, via
        out = expand(w.start, wave)
        wave = distinct(w.dependent[out[_MOST[w.claim[out]] > run.state[w.dependent[out]]]])
    return run


def _felt(projection: Projection, w: Wiring, run: Run, vertices: Ints) -> tuple[Bytes, Ints]:
    """What each vertex feels now from its providers, and by which edge."""
    edges = gather(projection.uses, vertices)
    start = projection.uses[0]
    of = np.repeat(np.arange(len(vertices)), start[vertices + 1] - start[vertices])
    passed = np.minimum(run.state[projection.edges.provider[edges]], _MOST[w.claim[edges]])
    counts = [np.bincount(of[passed >= level], minlength=len(vertices)) for level in (1, 2, 3)]
    state = np.zeros(len(vertices), np.int8)
    for level, failing in enumerate(counts, 1):
        state[failing > 0] = level
    number = vertices - w.elements
    groups = np.flatnonzero(number >= 0)
    if groups.size:
        k, full, size = w.k[number[groups]], w.full[number[groups]], w.size[number[groups]]
        risk, degraded, down = (size - failing[groups] for failing in counts)
        worst = np.where(down < k, 3, np.where(degraded < full, 2, (risk < k) | (degraded < size)))
        state[groups] = np.where(k > 0, worst, 0)
    via = np.full(len(vertices), -1, np.int32)
    bringing = np.flatnonzero(np.where(vertices[of] >= w.elements, passed > 0, passed == state[of]))
    via[of[bringing[::-1]]] = edges[bringing[::-1]]
    return state, via
