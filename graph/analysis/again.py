"""What is the answer after one edit of the map, when the answer before it is known? At most what rests on the edit.

What rested on the edit is taken back and made again, by over-deletion and re-derivation (Gupta, Mumick and
Subrahmanian, "Maintaining views incrementally", SIGMOD 1993): on a circle, what holds itself up alone must not stay.
So each state has a turn, and only what had its own in an earlier turn counts as holding it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.analysis.kernels import Wiring, distinct, expand, is_compiled, passes, wiring
from graph.analysis.levels import levels
from graph.analysis.states import State
from graph.projection import DEGRADING, OPTIONAL, Projection
from graph.projection.edits import Edit, edited

__all__ = ["Answered", "Run", "answered"]

Ints = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.int8]
Bools = npt.NDArray[np.bool_]

_PASSES = passes()
_MOST = np.where(_PASSES > DEGRADING, State.DOWN, np.where(_PASSES > OPTIONAL, State.DEGRADED, 0)).astype(np.int8)
_LARGE, _A_WAVE = 32, 200  # numpy's calls for one wave take as long as so many vertices


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One reading of the map: the state of each vertex, and the turn in which it came to it (0 without a state).

    Each element with a state is changed to it, or held there by a provider that came to its own
    in an earlier turn, or to a worse one since.
    A group is held by all of its members that are hit.
    """

    state: Bytes
    turn: Ints


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
        made = edited(self.projection, edit).projection
        touched = np.array(edit.touched(self.projection), np.int32)
        least = self._kept(made, self.least, touched, edit, optimistic=True)
        most = None if least is None else self._kept(made, self.most, touched, edit, optimistic=False)
        return _computed(made, self.changes, most, least)

    def _kept(self, made: Projection, run: Run, touched: Ints, edit: Edit, *, optimistic: bool) -> Run | None:
        """The run after the edit, from the one before it; None where the edit touches too much of the map."""
        old, new = (wiring(each, optimistic=optimistic) for each in (self.projection, made))
        gone = self._resting(old, run, touched, edit) if old.edge is None else None
        return None if gone is None else _derived(made, new, run, gone, touched, self.changes)

    def _resting(self, w: Wiring, run: Run, touched: Ints, edit: Edit) -> Ints | None:
        """All that nothing holds any more without the edges of the edit; None where that is too much of the map."""
        lost = np.zeros(len(w.claim), np.bool_)
        lost[[*edit.removed, *edit.claims]] = True
        own = np.zeros(len(run.state), np.int8)
        own[list(self.changes)] = list(self.changes.values())
        wave, left = touched[run.state[touched] > 0], int(len(run.state) / _LARGE)
        if is_compiled():
            return _fallen_compiled(self.projection, w, run, own, lost, wave, left)
        gone, found = np.zeros(len(run.state), np.bool_), [touched[:0]]
        while wave.size:
            left -= len(wave) + _A_WAVE
            if left < 0:
                return None
            wave = wave[~self._held(w, run, wave, gone, lost, own)]
            gone[wave] = True
            found.append(wave)
            out = expand(w.start, wave)
            targets = w.dependent[out]
            wave = distinct(targets[(run.state[targets] > 0) & ~gone[targets] & (_MOST[w.claim[out]] > 0)])
        return np.concatenate(found)

    def _held(self, w: Wiring, run: Run, vertices: Ints, gone: Bools, lost: Bools, own: Bytes) -> Bools:
        """Whether vertices are in their states still: by a change, or by what was there before and is not gone."""
        edges, of = _uses(self.projection, vertices)
        provider, state = self.projection.edges.provider[edges], run.state[vertices]
        holding = np.minimum(run.state[provider], _MOST[w.claim[edges]]) >= state[of]
        holding &= (run.turn[provider] < run.turn[vertices][of]) & ~(gone[provider] | lost[edges])
        held = np.bincount(of[holding], minlength=len(vertices)) > 0
        held &= vertices < w.elements
        held |= own[vertices] >= state
        return held


def answered(projection: Projection, changes: Mapping[int, State]) -> Answered:
    """What changes do, so that it can be said again after an edit."""
    _ = projection.uses
    return _computed(projection, dict(changes), None, None)


def _computed(projection: Projection, changes: Mapping[int, State], most: Run | None, least: Run | None) -> Answered:
    """Both runs, computed where they are not known: the one that passes more on is made from the other."""
    least = least or Run(*levels(wiring(projection, optimistic=True), changes))
    most = most or _risen(projection, least, changes) or Run(*levels(wiring(projection), changes))
    return Answered(projection, changes, most, least)


def _risen(projection: Projection, least: Run, changes: Mapping[int, State]) -> Run | None:
    """What rises where all that nobody states is required too; None where that is too much of the map."""
    w = wiring(projection)
    if w.edge is not None:
        return None
    more = np.flatnonzero(w.claim != wiring(projection, optimistic=True).claim)
    passed = np.minimum(least.state.take(w.provider.take(more)), _MOST.take(w.claim.take(more)))
    dependent = w.dependent.take(more)
    rising = passed > np.where(dependent < w.elements, least.state.take(dependent), 0)
    return _derived(projection, w, least, dependent[:0], dependent[rising], changes, large=_LARGE / 4)


def _derived(
    projection: Projection,
    w: Wiring,
    before: Run,
    gone: Ints,
    touched: Ints,
    changes: Mapping[int, State],
    *,
    large: float = 0,
) -> Run | None:
    """Take back what is gone, and let states rise again until none does; None where that is too much of the map."""
    run = Run(before.state.copy(), before.turn.copy())
    now = int(run.turn.max(initial=0))
    run.state[gone] = run.turn[gone] = 0
    for vertex, own in changes.items():
        if run.state[vertex] < own:
            run.state[vertex], run.turn[vertex] = own, now
    wave, left = distinct(np.concatenate([gone, touched])), 2 * len(gone) + int(len(run.state) / (large or _LARGE))
    if is_compiled():
        return run if _raised_compiled(projection, w, run, wave, left) else None
    while wave.size:
        left -= len(wave) + _A_WAVE
        if left < 0:
            return None
        now += 1
        state = _felt(projection, w, run, wave)
        risen = state > run.state[wave]
        wave = wave[risen]
        run.state[wave], run.turn[wave] = state[risen], now
        out = expand(w.start, wave)
        wave = distinct(w.dependent[out[_MOST[w.claim[out]] > run.state[w.dependent[out]]]])
    return run


def _fallen_compiled(
    projection: Projection, w: Wiring, run: Run, own: Bytes, lost: Bools, wave: Ints, left: int
) -> Ints | None:
    from graph.analysis.compiled_again import fallen

    gone, whole = fallen(*_plain(projection, w), w.elements, lost, own, wave, run.state, run.turn, left)
    return gone if whole else None


def _raised_compiled(projection: Projection, w: Wiring, run: Run, wave: Ints, left: int) -> bool:
    from graph.analysis.compiled_again import raised

    weight = np.empty(0, np.int32) if w.weight is None else w.weight
    groups = w.k, w.full, w.size, weight
    return bool(raised(*_plain(projection, w), *groups, wave, run.state, run.turn, left))


def _plain(projection: Projection, w: Wiring) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint8], Bytes, Ints, Ints]:
    """The edges for the compiled loops, which know arrays alone."""
    return w.start, w.dependent, w.provider, w.claim, _MOST, *projection.uses


def _uses(projection: Projection, vertices: Ints) -> tuple[Ints, Ints]:
    """The edges of vertices to what they use, and for each the place of its vertex."""
    start = projection.uses[0]
    counts = start[vertices + 1] - start[vertices]
    return gather(projection.uses, vertices), np.repeat(np.arange(len(vertices), dtype=np.int32), counts)


def _felt(projection: Projection, w: Wiring, run: Run, vertices: Ints) -> Bytes:
    """What each vertex feels now from its providers."""
    edges, of = _uses(projection, vertices)
    passed = np.minimum(run.state.take(projection.edges.provider.take(edges)), _MOST.take(w.claim.take(edges)))
    weight = None if w.weight is None else w.weight.take(edges)
    level = np.bincount(of * 4 + passed, weight, minlength=4 * len(vertices)).reshape(-1, 4)
    down = level[:, 3]
    degraded = level[:, 2] + down
    counts = level[:, 1] + degraded, degraded, down
    state = np.zeros(len(vertices), np.int8)
    for step, failing in enumerate(counts, 1):
        state[failing > 0] = step
    number = vertices - w.elements
    groups = np.flatnonzero(number >= 0)
    if groups.size:
        k, full, size = w.k[number[groups]], w.full[number[groups]], w.size[number[groups]]
        left, whole, working = (size - failing[groups] for failing in counts)
        worst = np.where(working < k, 3, np.where(whole < full, 2, (left < k) | (whole < size)))
        state[groups] = np.where(k > 0, worst, 0)
    return state
