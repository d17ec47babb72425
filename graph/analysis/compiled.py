"""How does an effect spread, as loops that numba compiles? The same as in ``graph/analysis/kernels.py``.

Only there is this file imported: numba takes a third of a second to load. What is compiled is kept beside the file.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["levels", "radius", "spread"]


@numba.njit(cache=True, nogil=True)
def spread(start, dependent, claim, passes, soft_start, soft_edges, k, full, size, weight, changed, to, state, way):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, C901 numba infers the types, and inlines one loop
    """Fill ``state`` and ``way`` (distance, edge) and give the elements hit, worst and nearest first.

    A wave is walked in the order of its vertices, so that memory is read in one direction, and of several edges to a
    vertex the first counts, as in numpy. ``soft`` are the vertices whose softening edges a lower level must look at.
    """
    groups, weighted, elements = len(size), len(weight) > 0, len(start) - 1 - len(size)
    hit = np.empty(elements, np.int32)
    tip, worst, touched = np.empty(groups, np.int32), np.empty(groups, np.int8), np.zeros(groups, np.int32)
    into, following = np.empty(groups, np.int32), np.empty(groups, np.int32)
    soft, softs = np.empty(elements + groups + len(changed), np.int32), 0
    hits, wave = 0, 0
    fresh = np.zeros(elements // 64 + 1, np.uint64)
    for level in range(3, 0, -1):
        least = 1 if level == 3 else 0
        failing = np.zeros(groups, np.int32)
        begins = softs
        for each in range(len(changed)):
            v = changed[each]
            if to[each] == level and state[v] < level:
                state[v], way[v, 0], way[v, 1] = level, 0, -1
                soft[begins] = v
                begins += 1
        if begins == 0:
            continue
        seeds = soft[:begins].copy()
        seeds = seeds[np.argsort(way[seeds, 0], kind="mergesort")]
        begun, depth, taken = hits, 0, 0
        while taken < len(seeds) or hits > begun:
            if hits == begun:
                depth = way[seeds[taken], 0]
            begin = taken
            while taken < len(seeds) and way[seeds[taken], 0] <= depth:
                taken += 1
            current = hit[begun:hits]
            if taken > begin:
                current = np.concatenate((current, seeds[begin:taken]))
                current.sort()
            begun = hits
            while len(current) > 0:
                wave += 1
                fell = 0
                for v in current:
                    worse = state[v] > level
                    begin, end = (soft_start[v], soft_start[v + 1]) if worse else (start[v], start[v + 1])
                    if not worse and soft_start[v + 1] > soft_start[v]:
                        soft[softs] = v
                        softs += 1
                    for place in range(begin, end):
                        e = soft_edges[place] if worse else place
                        t = dependent[e]
                        if t < elements:
                            if state[t] < level and passes[claim[e]] > least:
                                state[t], way[t, 0], way[t, 1] = level, depth + 1, e
                                fresh[t >> 6] |= np.uint64(1) << np.uint64(t & 63)
                                hit[hits] = t
                                hits += 1
                        elif passes[claim[e]] > least:
                            g = t - elements
                            failing[g] += weight[e] if weighted else 1
                            if touched[g] != wave:
                                touched[g], tip[g], worst[g] = wave, e, state[v]
                                into[fell] = g
                                fell += 1
                            elif state[v] > worst[g]:
                                worst[g] = state[v]
                tipped = 0
                for g in into[:fell]:
                    left = size[g] - failing[g]
                    falls = left < full[g] if level == 2 else left < k[g]
                    falls = falls or (level == 1 and worst[g] >= 2)
                    t = g + elements
                    if falls and k[g] > 0 and state[t] < level:
                        state[t], way[t, 0], way[t, 1] = level, depth, tip[g]
                        following[tipped] = t
                        tipped += 1
                current = np.sort(following[:tipped])
            depth += 1
            if hits - begun > elements // 64:
                at = begun
                for word in range(len(fresh)):
                    if fresh[word]:
                        for bit in range(64):
                            if fresh[word] >> np.uint64(bit) & np.uint64(1):
                                hit[at] = word * 64 + bit
                                at += 1
                        fresh[word] = 0
            else:
                for v in hit[begun:hits]:
                    fresh[v >> 6] = 0
                hit[begun:hits].sort()
    return hit[:hits].copy()


@numba.njit(cache=True, nogil=True)
def levels(start, dependent, claim, passes, k, full, size, weight, changed, to, state, turn):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, C901 numba infers the types, and inlines one loop
    """Fill ``state`` and ``turn`` (when each vertex came to its own), without distances, edges and order.

    ``later`` are the edges that a lower level must look at: those into groups, and those that pass on less. Room for
    all is kept from the start, because an array that may be another one later costs more in the loop than the walk.
    """
    groups, weighted, elements = len(size), len(weight) > 0, len(start) - 1 - len(size)
    queue, later, laters, now = np.empty(len(start) - 1, np.int32), np.empty(len(dependent), np.int32), 0, 0
    for level in range(3, 0, -1):
        least = 1 if level == 3 else 0
        failing = np.zeros(groups, np.int32)
        done, found = 0, 0
        for each in range(len(changed)):
            v = changed[each]
            if to[each] == level and state[v] < level:
                now += 1
                state[v], turn[v] = level, now
                queue[found] = v
                found += 1
        before, laters, place = later[:laters].copy(), 0, 0
        while place < len(before) or done < found:
            worse = place < len(before)
            if worse:
                begin, end = before[place], before[place] + 1
                place += 1
            else:
                begin, end = start[queue[done]], start[queue[done] + 1]
                done += 1
            for e in range(begin, end):
                t = dependent[e]
                if state[t] >= level:
                    continue
                passed = passes[claim[e]]
                reached = passed > least
                if passed > 0 and (t >= elements or not reached):
                    later[laters] = e
                    laters += 1
                if reached and t >= elements:
                    g = t - elements
                    failing[g] += weight[e] if weighted else 1
                    left = size[g] - failing[g]
                    falls = left < (full[g] if level == 2 else k[g]) or (worse and level == 1)
                    reached = falls and k[g] > 0
                if reached:
                    now += 1
                    state[t], turn[t] = level, now
                    queue[found] = t
                    found += 1


@numba.njit(cache=True, nogil=True)
def radius(start, below, columns, place, reached, bits, counts):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, C901 numba infers the types, and inlines one loop
    """Add to ``counts`` how many of the columns rest on each row; rows below a row have smaller numbers.

    ``columns`` are the rows of up to 64 x W elements, ``place`` is -1 throughout and is left so, ``reached`` and
    ``bits`` are room to work in: a row of W words for each row that the columns rest on.
    """
    words = bits.shape[1]
    found = 0
    for row in columns:
        if place[row] < 0:
            place[row] = 0
            reached[found] = row
            found += 1
    done = 0
    while done < found:
        row = reached[done]
        done += 1
        for each in range(start[row], start[row + 1]):
            if place[below[each]] < 0:
                place[below[each]] = 0
                reached[found] = below[each]
                found += 1
    rows = np.sort(reached[:found])
    for at in range(found):
        place[rows[at]] = at
        for word in range(words):
            bits[at, word] = 0
    for column in range(len(columns)):
        bits[place[columns[column]], column >> 6] |= np.uint64(1) << np.uint64(column & 63)
    for at in range(found - 1, -1, -1):
        row = rows[at]
        total = np.int64(0)
        for word in range(words):
            left = bits[at, word]
            left = left - ((left >> np.uint64(1)) & np.uint64(0x5555555555555555))
            left = (left & np.uint64(0x3333333333333333)) + ((left >> np.uint64(2)) & np.uint64(0x3333333333333333))
            left = (left + (left >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
            total += np.int64((left * np.uint64(0x0101010101010101)) >> np.uint64(56))
        counts[row] += total
        for each in range(start[row], start[row + 1]):
            to = place[below[each]]
            for word in range(words):
                bits[to, word] |= bits[at, word]
    for at in range(found):
        place[rows[at]] = -1
