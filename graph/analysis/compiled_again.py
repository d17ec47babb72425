"""What falls and what rises after an edit, as loops that numba compiles? The same as in ``graph/analysis/again.py``.

It is imported only where ``graph/analysis/compiled.py`` is.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["fallen", "raised"]


@numba.njit(cache=True, nogil=True)
def fallen(start, dependent, provider, claim, most, uses, order, elements, lost, own, wave, state, turn, left):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 numba infers the types, and inlines one loop
    """What nothing holds any more, and whether that was found before more than ``left`` vertices were looked at.

    ``most``  by claim, what an edge passes on at most
    ``lost``  by edge, whether it holds nothing any more
    ``own``   by vertex, what it is changed to
    """
    gone, waiting = np.zeros(len(state), np.bool_), np.zeros(len(state), np.bool_)
    found, following, count = np.empty(len(state), np.int32), np.empty(len(state), np.int32), 0
    while len(wave) > 0:
        left -= len(wave)
        if left < 0:
            break
        waiting[wave] = False
        more = 0
        for v in wave:
            held = gone[v] or own[v] >= state[v]
            if v < elements and not held:
                for place in range(uses[v], uses[v + 1]):
                    e = order[place]
                    p = provider[e]
                    if turn[p] < turn[v] and state[p] >= state[v] and most[claim[e]] >= state[v]:
                        held = held or not (gone[p] or lost[e])
            if held:
                continue
            gone[v] = True
            found[count] = v
            count += 1
            for e in range(start[v], start[v + 1]):
                t = dependent[e]
                if state[t] > 0 and not gone[t] and not waiting[t] and most[claim[e]] > 0:
                    waiting[t] = True
                    following[more] = t
                    more += 1
        wave = following[:more].copy()
    return found[:count].copy(), left >= 0


@numba.njit(cache=True, nogil=True)
def raised(start, dependent, provider, claim, most, uses, order, k, full, size, weight, wave, state, turn, left):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201 numba infers the types, and inlines one loop
    """Let states rise from a wave on until none does; whether it ended before ``left`` vertices were looked at."""
    elements, weighted, now = len(state) - len(size), len(weight) > 0, turn.max()
    following, waiting = np.empty(len(state), np.int32), np.zeros(len(state), np.bool_)
    level = np.zeros(4, np.int32)
    while len(wave) > 0:
        left -= len(wave)
        if left < 0:
            break
        waiting[wave] = False
        more = 0
        for v in wave:
            level[:] = 0
            worst = 0
            for place in range(uses[v], uses[v + 1]):
                e = order[place]
                passed = min(state[provider[e]], most[claim[e]])
                level[passed] += weight[e] if weighted else 1
                worst = max(worst, passed)
            g = v - elements
            if g >= 0:
                working = size[g] - level[3]
                whole = working - level[2]
                unharmed = whole - level[1]
                worst = 1 if unharmed < k[g] or whole < size[g] else 0
                worst = 2 if whole < full[g] else worst
                worst = 3 if working < k[g] else worst
                worst = worst if k[g] > 0 else 0
            if worst <= state[v]:
                continue
            now += 1
            state[v], turn[v] = worst, now
            for e in range(start[v], start[v + 1]):
                t = dependent[e]
                if most[claim[e]] > state[t] and not waiting[t]:
                    waiting[t] = True
                    following[more] = t
                    more += 1
        wave = following[:more].copy()
    return left >= 0
