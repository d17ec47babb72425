"""How long until it works again, when what it needs comes back one after the other? The longest path of the restart.

Something starts when what it needs works. A group starts when as many members work as it must have: with all of them
down that is the k-th to come back. Those on a cycle are taken one after the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from graph.projection import PHASES, REQUIRED, Projection

__all__ = ["Restart", "Restore", "restore"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Restore:
    """Result of ``restore``: minutes per vertex looked at, ``path`` the longest way, from what starts first.

    ``inf`` stands where nobody said how long it takes.
    """

    minutes: float
    path: tuple[int, ...]
    vertices: tuple[int, ...]


def restore(projection: Projection, target: int, minutes: Mapping[int, float], *, cut: Bools) -> Restore:
    """How long the target takes to work again at the longest.

    Cost: linear in the required dependencies below the target. ``Restart`` asks more than once for one target.

    Args:
        projection: the map.
        target: number of the element.
        minutes: how long each element takes by itself, or with all beneath it when it is cut; 0 where left out.
        cut: elements beneath which nothing is looked at.
    """
    return Restart(projection, target, cut).longest(minutes)


class Restart:
    """What a start of the target waits for; ``vertices`` are all of it, groups too."""

    def __init__(self, projection: Projection, target: int, cut: Bools) -> None:
        self.projection, self.target = projection, target
        edges, (start, order) = projection.edges, projection.uses
        waits = (edges.strength == REQUIRED) & (edges.phase != PHASES.index("change"))
        self.providers: dict[int, list[int]] = {}
        waiting = [target]
        while waiting:
            vertex = waiting.pop()
            if vertex in self.providers:
                continue
            closed = vertex < len(projection) and bool(cut[vertex]) and vertex != target
            mine = order[start[vertex] : start[vertex + 1]] if not closed else order[:0]
            self.providers[vertex] = edges.provider[projection.counted(mine[waits[mine]])].tolist()
            waiting += self.providers[vertex]
        place = {vertex: number for number, vertex in enumerate(self.providers)}
        pairs = [(place[v], place[u]) for v, under in self.providers.items() for u in under]
        rows, columns = np.array(pairs, np.int32).reshape(-1, 2).T
        graph = csr_array((np.ones(len(pairs), np.int8), (rows, columns)), shape=(len(place), len(place)))
        count, labels = connected_components(graph, directed=True, connection="strong")
        self.members: list[list[int]] = [[] for _ in range(count)]
        self.component = dict(zip(place, labels.tolist(), strict=True))
        for vertex, component in self.component.items():
            self.members[component].append(vertex)

        self._order = self._lowest_first()

    @property
    def vertices(self) -> tuple[int, ...]:
        """The target and what it waits for."""
        return tuple(sorted(self.providers))

    def longest(self, minutes: Mapping[int, float]) -> Restore:
        """The longest way, when each element takes so many minutes."""
        total: dict[int, float] = {}
        first: dict[int, int] = {}
        for component in self._order:
            members = self.members[component]
            if len(members) == 1 and self.projection.is_group(members[0]):
                found, by = self._kth(members[0], self.providers[members[0]], total)
            else:
                reached = [(total[u], u) for v in members for u in self.providers[v] if u in total]
                found, by = max(reached, default=(0.0, -1), key=lambda pair: (pair[0], -pair[1]))
            found += sum(minutes.get(v, 0.0) for v in members)
            for vertex in members:
                total[vertex], first[vertex] = found, by
        path = [self.target]
        while first[path[-1]] >= 0:
            path.append(first[path[-1]])
        way = tuple(v for v in reversed(path) if not self.projection.is_group(v))
        return Restore(total[self.target], way, self.vertices)

    def _lowest_first(self) -> list[int]:
        """Components, each after those that it waits for."""
        after = [
            {self.component[u] for v in members for u in self.providers[v]} - {number}
            for number, members in enumerate(self.members)
        ]
        users: list[list[int]] = [[] for _ in after]
        for number, under in enumerate(after):
            for each in under:
                users[each].append(number)
        left = [len(under) for under in after]
        ready = [number for number, waits in enumerate(left) if not waits]
        for number in ready:
            for user in users[number]:
                left[user] -= 1
                if not left[user]:
                    ready.append(user)
        return ready

    def _kth(self, group: int, members: list[int], total: Mapping[int, float]) -> tuple[float, int]:
        """When enough members of a group work, and which of them is the last that it waits for.

        A group that needs more than it has is left out: nobody knows what it waits for.
        """
        k = int(self.projection.groups.k[group - len(self.projection)])
        back = sorted((total[member], member) for member in members)
        return back[k - 1] if 0 < k <= len(back) else (0.0, -1)
