"""Who rests on this, and what does this rest on? Everything that can be reached, with distance and a witness path."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import carrying, gather, way_of, witness
from graph.analysis.elements import kind_of
from graph.answer import Answer, count
from graph.projection import Projection

__all__ = ["Direction", "Reach", "answer", "reach"]

Direction = Literal["dependants", "dependencies"]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Result of ``reach``.

    ``elements``   numbers of the elements reached, nearest first, the starts left out
    ``distance``   hops per vertex, -1 where not reached; a group has the distance of the element before it
    ``via``        the edge by which each vertex was first reached, -1 for the starts
    ``cuts``       what a limit left out, in words
    """

    direction: Direction
    starts: tuple[int, ...]
    elements: Ints
    distance: Ints
    via: Ints
    cuts: tuple[str, ...] = ()

    def path(self, projection: Projection, vertex: int) -> tuple[int, ...]:
        """Edges of one shortest path from a start to the vertex, in walking order."""
        edges = projection.edges
        return witness(self.via, edges.provider if self.direction == "dependants" else edges.dependent, vertex)


def reach(
    projection: Projection, starts: Iterable[int], *, direction: Direction = "dependants", hops: int | None = None
) -> Reach:
    """Walk all dependencies that carry an outage, from the starts.

    An element on a cycle through a start is not its own dependant. Cost grows with the edges walked.

    Args:
        projection: the map.
        starts: vertex numbers.
        direction: ``dependants`` (who needs the starts) or ``dependencies`` (what the starts need).
        hops: stop after so many hops; the cut is said in the result.
    """
    adjacency = projection.used_by if direction == "dependants" else projection.uses
    ends = projection.edges.dependent if direction == "dependants" else projection.edges.provider
    usable, elements = carrying(projection), len(projection)
    origin = np.unique(np.fromiter(starts, np.int32))
    distance = np.full(projection.vertices, -1, np.int32)
    via = np.full(projection.vertices, -1, np.int32)
    distance[origin] = 0
    frontier, depth, cuts = origin, 0, []
    while frontier.size:
        found, groups = [], frontier
        while groups.size:
            edges = gather(adjacency, groups)
            edges = edges[usable[edges]]
            targets = ends[edges]
            fresh = distance[targets] < 0
            new, first = np.unique(targets[fresh], return_index=True)
            if hops is not None and depth >= hops and (new < elements).any():
                cuts = [f"stopped after {hops} {'hop' if hops == 1 else 'hops'}; there is more beyond"]
                new, first = new[new >= elements], first[new >= elements]
            via[new] = edges[fresh][first]
            is_group = new >= elements
            groups = new[is_group]
            distance[groups] = depth
            distance[new[~is_group]] = depth + 1
            found.append(new[~is_group])
        frontier = np.sort(np.concatenate(found))
        depth += 1
    reached = np.flatnonzero(distance[:elements] > 0).astype(np.int32)
    order = np.argsort(distance[reached], kind="stable")
    return Reach(direction, tuple(origin.tolist()), reached[order], distance, via, tuple(cuts))


def answer(projection: Projection, result: Reach) -> Answer:
    """The elements reached as rows, nearest first, each with one shortest way."""
    starts = ", ".join(projection.labels[v] for v in result.starts)
    number = count(len(result.elements), "element")
    back = result.direction == "dependants"
    return Answer(
        title=f"{number} {'rests' if len(result.elements) == 1 else 'rest'} on {starts}"
        if back
        else f"{starts} rests on {number}",
        of=result.direction,
        columns=("id", "name", "kind", "distance", "path"),
        rows=tuple(
            (
                projection.ids[v],
                projection.labels[v],
                kind_of(projection, v),
                int(result.distance[v]),
                (" ← " if back else " → ").join(_way(projection, result, v)),
            )
            for v in result.elements.tolist()
        ),
        facts={"revision": projection.revision, "starts": [projection.ids[v] for v in result.starts]},
        notes=result.cuts,
    )


def _way(projection: Projection, result: Reach, vertex: int) -> list[str]:
    """Short ids from a start to the vertex, groups left out; a long way is cut, and says so."""
    back = result.direction == "dependants"
    return way_of(projection, result.via, projection.edges.provider if back else projection.edges.dependent, vertex)
