"""How far is everything from here, whatever the kind of dependency? What a picture around one element shows."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.projection import Projection

__all__ = ["Direction", "distances", "with_whole_groups"]

Direction = Literal["both", "down", "up"]
Ints = npt.NDArray[np.int32]


def distances(projection: Projection, focus: int, direction: Direction = "both") -> Ints:
    """Hops from the focus to every vertex, -1 where the direction does not lead; "both" is the nearer of the two.

    A step over a group costs nothing.

    Args:
        projection: the map.
        focus: number of the element.
        direction: "down" to what it depends on, "up" to what depends on it.
    """
    down = _walk(projection.uses, projection.edges.provider, projection, focus) if direction != "up" else None
    up = _walk(projection.used_by, projection.edges.dependent, projection, focus) if direction != "down" else None
    if down is None or up is None:
        one = down if up is None else up
        assert one is not None
        return one
    nearest = np.minimum(down.view(np.uint32), up.view(np.uint32))  # -1 is further than all others
    return nearest.view(np.int32)


def _walk(adjacency: tuple[Ints, Ints], ends: Ints, projection: Projection, start: int) -> Ints:
    """Breadth first; a step over a group costs nothing."""
    distance, place = np.full(projection.vertices, -1, np.int32), np.empty(projection.vertices, np.int32)
    distance[start] = 0
    frontier, hops = np.array([start], np.int32), 0
    while frontier.size:
        ahead = []
        wave = frontier
        while wave.size:
            targets = ends.take(gather(adjacency, wave))
            fresh = targets.compress(distance.take(targets) < 0)
            order = np.arange(fresh.size, dtype=np.int32)
            place[fresh] = order
            fresh = fresh.compress(place.take(fresh) == order)  # each once
            group = fresh >= len(projection)
            groups, single = fresh.compress(group), fresh.compress(~group)
            distance[groups], distance[single] = hops, hops + 1
            ahead.append(single)
            wave = groups
        frontier = np.concatenate(ahead)
        hops += 1
    return distance


def with_whole_groups(projection: Projection, elements: Ints) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which vertices belong to a part of the map, groups and all their members, and which edges lie inside it.

    A group comes along when its element and one of its members are there; then all its members are, for "1 of 3"
    with one member would say something else.
    """
    edges, count = projection.edges, len(projection)
    inside = np.zeros(projection.vertices, np.bool_)
    inside[elements] = True
    into, out_of = edges.provider >= count, edges.dependent >= count
    while True:
        before = int(inside.sum())
        met = _groups_with_members(projection, inside, out_of, into)
        owned = np.zeros_like(inside)
        for _ in range(len(projection.groups)):
            step = into & met[edges.provider] & (inside | owned)[edges.dependent]
            if owned[edges.provider[step]].all():
                break
            owned[edges.provider[step]] = True
        inside |= owned
        inside[edges.provider[out_of & inside[edges.dependent]]] = True
        if int(inside.sum()) == before:
            return inside, inside[edges.dependent] & inside[edges.provider]


def _groups_with_members(
    projection: Projection, inside: npt.NDArray[np.bool_], out_of: npt.NDArray[np.bool_], into: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """The groups that have one of these elements in them, also in a group within."""
    edges, met = projection.edges, np.zeros(projection.vertices, np.bool_)
    met[edges.dependent[out_of & ~into & inside[edges.provider]]] = True
    for _ in range(len(projection.groups)):
        up = edges.dependent[out_of & into & met[edges.provider]]
        if met[up].all():
            break
        met[up] = True
    return met
