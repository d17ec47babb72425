"""Which edges leave a set of vertices? The one gather that the walks over the projection share."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from graph.projection import STRUCTURE, Projection

__all__ = ["carries", "carrying", "gather", "starts_of", "way_of", "witness"]

Ints = npt.NDArray[np.int32]


def gather(adjacency: tuple[Ints, Ints], vertices: Ints) -> Ints:
    """Edge numbers of all given vertices, in the order of the vertices; cost grows with the edges found."""
    start, order = adjacency
    first = start.take(vertices)
    counts = start.take(vertices + 1) - first
    ends = counts.cumsum()
    if not len(ends) or not ends[-1]:
        return np.empty(0, np.int32)
    offsets = (first - ends + counts).repeat(counts)
    offsets += np.arange(len(offsets))
    found: Ints = order.take(offsets)
    return found


def starts_of(column: Ints, size: int) -> Ints:
    """Where what belongs to each of so many numbers begins, in the order of a column of numbers."""
    start = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(column, minlength=size), out=start[1:])
    return start


def carrying(projection: Projection) -> npt.NDArray[np.bool_]:
    """Which edges can carry an outage while things run: neither structure, nor exposure, nor start or change only."""
    return carries(projection.edges.claim)


def carries(claims: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """As ``carrying``, for some of ``Edges.claim``."""
    return _CARRIES[claims]


_CARRIES = np.array([claim & 3 != STRUCTURE + 1 and claim >> 2 & 3 == 0 for claim in range(256)], np.bool_)


def witness(via: Ints, towards: Ints, vertex: int) -> tuple[int, ...]:
    """Edge numbers from where a walk started to the vertex; ``towards[e]`` is the end that edge e was entered from."""
    path: list[int] = []
    while (edge := int(via[vertex])) >= 0:
        path.append(edge)
        vertex = int(towards[edge])
    return tuple(reversed(path))


_LONGEST_WAY = 24


def way_of(projection: Projection, via: Ints, towards: Ints, vertex: int) -> list[str]:
    """Short ids from where a walk started to the vertex, groups left out.

    Of a way of more than 24 steps only the end is told, after "…": all ways of a deep map would be quadratic.
    """
    ends = [vertex]
    while (edge := int(via[ends[-1]])) >= 0 and len(ends) <= _LONGEST_WAY:
        ends.append(int(towards[edge]))
    cut = ["…"] if int(via[ends[-1]]) >= 0 else []
    names = [projection.ids[v].partition("/")[2] for v in reversed(ends) if not projection.is_group(v)]
    return [*cut, *names]
