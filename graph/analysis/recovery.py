"""In which order does what is down come back? Steps of a restart, each after what it needs to start.

What an element needs to run it needs to start as well, so run-phase and start-phase dependencies count; optional and
degrading ones do not hold a start up. A group is there when as many members work as it must have. Elements that need
each other in a circle come back together; a circle with a start-phase dependency in it cannot be started from cold.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from graph.analysis._parts import parts
from graph.analysis.elements import kind_of
from graph.answer import Answer, count, few
from graph.projection import PHASES, REQUIRED, Projection

__all__ = ["Recovery", "answer", "recovery"]


@dataclass(frozen=True, slots=True)
class Recovery:
    """Result of ``recovery``.

    ``steps``    elements that can be started at the same time, one step after the other
    ``circles``  elements that need each other, so that they only work together
    ``cold``     those of the circles that cannot be started from cold: one waits for the other's start
    """

    steps: tuple[tuple[int, ...], ...]
    circles: tuple[tuple[int, ...], ...]
    cold: tuple[tuple[int, ...], ...]


def recovery(projection: Projection, down: Collection[int]) -> Recovery:
    """The order of a restart of these elements. Cost: linear in their dependencies."""
    walk = _Restart(projection, down)
    step: dict[int, int] = {}
    circles, cold = [], []
    for part in parts(walk.vertices, walk.waits_for):
        inside = set(part)
        last = max(walk.ready(vertex, inside, step) for vertex in part)
        for vertex in part:
            step[vertex] = last + (0 if projection.is_group(vertex) else 1)
        elements = tuple(v for v in part if not projection.is_group(v))
        if len(elements) > 1 or (elements and elements[0] in walk.waits_for(elements[0])):
            step |= dict.fromkeys(part, last + 1)
            circles.append(elements)
            cold += [elements] if walk.starts_inside(inside) else []
    most = max((step[v] for v in down), default=0)
    found: list[list[int]] = [[] for _ in range(most)]
    for vertex in sorted(down):
        found[step[vertex] - 1].append(vertex)
    return Recovery(tuple(map(tuple, found)), tuple(sorted(circles)), tuple(sorted(cold)))


class _Restart:
    """What each vertex waits for: required dependencies of the run and start phases on what is down."""

    def __init__(self, projection: Projection, down: Collection[int]) -> None:
        self.projection = projection
        edges = projection.edges
        self.holding = (edges.strength == REQUIRED) & (edges.phase <= PHASES.index("start"))
        self.starting = self.holding & (edges.phase == PHASES.index("start"))
        self.vertices = {*down, *self._groups(down)}

    def _groups(self, down: Collection[int]) -> set[int]:
        """Groups between the elements, nested ones too."""
        found: set[int] = set()
        waiting = list(down)
        while waiting:
            fresh = {v for v in self._providers(waiting.pop()) if self.projection.is_group(v)} - found
            found |= fresh
            waiting += sorted(fresh)
        return found

    def _edges(self, vertex: int) -> list[int]:
        start, order = self.projection.uses
        edges = order[start[vertex] : start[vertex + 1]]
        found: list[int] = self.projection.counted(edges[self.holding[edges]]).tolist()
        return found

    def _providers(self, vertex: int) -> list[int]:
        found: list[int] = self.projection.edges.provider[self._edges(vertex)].tolist()
        return found

    def waits_for(self, vertex: int) -> set[int]:
        """What is down and must be there first."""
        return set(self._providers(vertex)) & self.vertices

    def ready(self, vertex: int, inside: set[int], step: dict[int, int]) -> int:
        """The step after which a vertex has what it needs from outside its circle; 0 when it has it already."""
        steps = sorted(step.get(p, 0) for p in self._providers(vertex) if p not in inside)
        if not self.projection.is_group(vertex):
            return steps[-1] if steps else 0
        k = int(self.projection.groups.k[vertex - len(self.projection)])
        return steps[min(k, len(steps)) - 1] if steps and k else 0

    def starts_inside(self, inside: set[int]) -> bool:
        """Whether a start in this circle waits for another one in it."""
        edges = np.array([e for v in inside for e in self._edges(v)], np.int64)
        within = np.isin(self.projection.edges.provider[edges], list(inside))
        return bool(self.starting[edges][within].any())


def answer(projection: Projection, result: Recovery, *, most: int | None = None) -> Answer:
    """The steps as rows; ``most`` cuts them, and says so."""
    labels = projection.labels

    def names(circle: Sequence[int]) -> str:
        return few([labels[v] for v in circle])

    rows = [(number, v) for number, step in enumerate(result.steps, start=1) for v in step]
    cut = most is not None and len(rows) > most
    return Answer(
        title=f"{count(len(rows), 'element')} to restart in {count(len(result.steps), 'step')}",
        of="steps",
        columns=("step", "id", "name", "kind"),
        rows=tuple((number, projection.ids[v], labels[v], kind_of(projection, v)) for number, v in rows[:most]),
        facts={"revision": projection.revision},
        notes=(
            *([f"the first {most:,} of {len(rows):,} elements are listed"] if cut else ()),
            *(f"cannot cold-start, each waits for the other: {names(c)}" for c in result.cold),
            *(f"only work together: {names(c)}" for c in result.circles if c not in result.cold),
        ),
    )
