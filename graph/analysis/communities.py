"""Which elements belong together where nobody says so? Those that depend on each other more than on the rest.

The method is that of Louvain (Blondel and others 2008), with all moves of a quarter of the elements at once, so that it
runs over arrays. Nothing is left to chance: the same map has the same communities.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graph.projection import Projection
from graph.turns import in_turns

__all__ = ["communities", "modularity"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_ROUNDS, _LEVELS, _PARTS = 12, 6, 4


def communities(projection: Projection) -> npt.NDArray[np.int32]:
    """The community of each element, numbered from 0: the largest first, then by their first element.

    An element without dependencies is a community of its own. Cost: some twenty sorts of the dependencies, in shrinking
    graphs; about two seconds for half a million dependencies.

    >>> from bench.generator import generate
    >>> from bench.generator.service_graph import service_graph
    >>> found = communities(service_graph(generate(1_000)))
    >>> len(found), int(found.min())
    (1000, 0)
    """
    dependent, provider, _ = projection.direct
    a, b, weight = _merged(dependent.astype(np.int64), provider.astype(np.int64), np.ones(len(dependent)))
    found = np.arange(len(projection), dtype=np.int64)
    for _ in range(_LEVELS):
        level = _moved(a, b, weight, int(found.max(initial=-1)) + 1)
        found = level[found]
        if len(np.unique(level)) == len(level):
            break
        a, b, weight = _merged(level[a], level[b], weight)
    return _largest_first(found)


def modularity(projection: Projection, community: npt.ArrayLike) -> float:
    """How much more runs inside the communities than chance would have it (Newman 2004): 0 for nothing, below 1."""
    dependent, provider, _ = projection.direct
    group = np.asarray(community, np.int64)
    degree = np.bincount(np.concatenate((dependent, provider)), minlength=len(group)).astype(np.float64)
    total = len(dependent)
    inside = float((group[dependent] == group[provider]).sum())
    share = np.bincount(group, degree) / max(2.0 * total, 1.0)
    return inside / max(total, 1) - float((share**2).sum())


def _merged(a: Ints, b: Ints, weight: Floats) -> tuple[Ints, Ints, Floats]:
    """Each pair once, the smaller number first, with the weights added up; pairs of one stay, for they have weight."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    size = int(high.max(initial=0)) + 1
    code, place = np.unique(low * size + high, return_inverse=True)
    return code // size, code % size, np.bincount(place, weight, minlength=len(code)).astype(np.float64)


def _moved(a: Ints, b: Ints, weight: Floats, size: int) -> Ints:
    """One level: each vertex moves to the neighbouring community where modularity gains most, until few move."""
    degree = np.zeros(size)
    for ends in (a, b):
        degree += np.bincount(ends, weight, minlength=size)
    total = float(weight.sum())
    apart = a != b
    start, end = np.concatenate((a[apart], b[apart])), np.concatenate((b[apart], a[apart]))
    weight = np.concatenate((weight[apart], weight[apart]))
    order = np.argsort(start, kind="stable")
    start, end, weight = start[order], end[order], weight[order]
    part = (np.arange(size) * 2_654_435_761 >> 7) % _PARTS  # neighbours in number fall into different parts
    of = [np.flatnonzero(part[start] == number) for number in range(_PARTS)]
    community = np.arange(size, dtype=np.int64)
    heavy = degree.copy()
    for _ in range(_ROUNDS if len(start) else 0):
        moved = 0
        for near in in_turns(of, 1):
            moved += _round(community, heavy, degree, total, start[near], end[near], weight[near])
        if moved * 200 < size:
            break
    return np.unique(community, return_inverse=True)[1].astype(np.int64)


def _round(community: Ints, heavy: Floats, degree: Floats, total: float, start: Ints, end: Ints, weight: Floats) -> int:
    """Move some vertices at once; ``community`` and the weight of each (``heavy``) change. Returns how many moved."""
    if not len(start):
        return 0
    size = len(community)
    code, place = np.unique(start * size + community[end], return_inverse=True)
    towards = np.bincount(place, weight, minlength=len(code))
    vertex, target = code // size, code % size
    own = community[vertex] == target
    gain = towards - degree[vertex] * (heavy[target] - np.where(own, degree[vertex], 0.0)) / (2 * total)
    stay = np.zeros(size)
    alone = -degree * (heavy[community] - degree) / (2 * total)
    stay[:] = alone
    stay[vertex[own]] = gain[own]
    best = np.lexsort((target, -gain, vertex))
    first = best[np.concatenate(([True], vertex[best][1:] != vertex[best][:-1]))]
    better = first[gain[first] > stay[vertex[first]] + 1e-9]
    who, where = vertex[better], target[better]
    np.subtract.at(heavy, community[who], degree[who])
    community[who] = where
    np.add.at(heavy, where, degree[who])
    return len(who)


def _largest_first(found: Ints) -> npt.NDArray[np.int32]:
    names, first, place, sizes = np.unique(found, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(names), np.int32)
    rank[order] = np.arange(len(names), dtype=np.int32)
    return rank[place]
