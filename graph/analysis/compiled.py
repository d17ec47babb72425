"""How does an effect spread, as loops that numba compiles? The same as in ``graph/analysis/kernels.py``.

Only there is this file imported: numba takes a third of a second to load. What is compiled is kept beside the file.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["radius", "spread"]


@numba.njit(cache=True, nogil=True)
def spread(start, dependent, claim, passes, elements, k, full, size, changed, to, state, distance, via):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, C901
    """Fill ``state``, ``distance`` and ``via`` and give the elements hit, worst and nearest first.

    A wave is walked in the order of its vertices, so that memory is read in one direction, and of several edges to a
    vertex the first counts, as in numpy. ``soft`` are the vertices whose edges a lower level must look at again.
    """
    groups = len(size)
    hit = np.empty(elements, np.int32)
    tip, worst, touched = np.empty(groups, np.int32), np.empty(groups, np.int8), np.zeros(groups, np.int32)
    into, following = np.empty(groups, np.int32), np.empty(groups, np.int32)
    soft, softs = np.empty(1024 + len(changed), np.int32), 0
    hits, wave = 0, 0
    for level in range(3, 0, -1):
        least = 1 if level == 3 else 0
        failing = np.zeros(groups, np.int32)
        begins = softs
        for each in range(len(changed)):
            v = changed[each]
            if to[each] == level and state[v] < level:
                state[v], distance[v], via[v] = level, 0, -1
                soft[begins] = v
                begins += 1
        if begins == 0:
            continue
        seeds = soft[:begins].copy()
        seeds = seeds[np.argsort(distance[seeds], kind="mergesort")]
        begun, depth, taken = hits, 0, 0
        while taken < len(seeds) or hits > begun:
            if hits == begun:
                depth = distance[seeds[taken]]
            begin = taken
            while taken < len(seeds) and distance[seeds[taken]] <= depth:
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
                    for e in range(start[v], start[v + 1]):
                        t = dependent[e]
                        if t < elements and state[t] >= level:
                            continue  # a softer edge brings nothing worse either
                        strength = passes[claim[e]]
                        if strength == 1 or t >= elements:
                            if not worse and (softs == 0 or soft[softs - 1] != v):
                                if softs + len(changed) == len(soft):
                                    soft = np.concatenate((soft, np.empty(len(soft), np.int32)))
                                soft[softs] = v
                                softs += 1
                        elif worse:
                            continue
                        if strength <= least:
                            continue
                        if t < elements:
                            if state[t] < level:
                                state[t], distance[t], via[t] = level, depth + 1, e
                                hit[hits] = t
                                hits += 1
                        else:
                            g = t - elements
                            failing[g] += 1
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
                        state[t], distance[t], via[t] = level, depth, tip[g]
                        following[tipped] = t
                        tipped += 1
                current = np.sort(following[:tipped])
            depth += 1
            if hits - begun > elements // 16:
                place = begun
                for v in range(elements):
                    if distance[v] == depth and state[v] == level:
                        hit[place] = v
                        place += 1
            else:
                hit[begun:hits].sort()
    return hit[:hits].copy()


@numba.njit(cache=True, nogil=True)
def radius(start, below, columns, place, reached, bits, counts):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN201, C901
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
