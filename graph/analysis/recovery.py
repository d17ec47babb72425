"""In which order does what is down come back? Steps of a restart, each after what it needs to start.

What an element needs to run it needs to start as well, so run-phase and start-phase dependencies count; optional and
degrading ones do not hold a start up. A group is there when as many members work as it must have. Elements that need
each other in a circle come back together; a circle with a start-phase dependency in it cannot be started from cold.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._frontier import gather
from graph.analysis.elements import kind_of
from graph.answer import Answer, count, few
from graph.projection import PHASES, REQUIRED, Projection

__all__ = ["Recovery", "answer", "recovery"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


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
    """The order of a restart of these elements. Cost: linear in their dependencies, a pass for each step."""
    chosen = np.array(sorted(down), np.int32)
    if not chosen.size:
        return Recovery((), (), ())
    walk = _Restart(projection, chosen)
    step = walk.steps()[chosen]
    order = np.argsort(step, kind="stable")
    ends = np.searchsorted(step[order], np.arange(1, int(step.max()) + 1), "right")
    steps = [part.tolist() for part in np.split(chosen[order], ends[:-1])]
    return Recovery(tuple(map(tuple, steps)), *walk.circles())


class _Restart:
    """What each vertex waits for: required dependencies of the run and start phases on what is down.

    ``part`` is the number of the circle, or else of itself, that each vertex is in; -1 for what is not down.
    """

    def __init__(self, projection: Projection, down: Ints) -> None:
        self.projection, edges, size = projection, projection.edges, projection.vertices
        holding = (edges.strength == REQUIRED) & (edges.phase <= PHASES.index("start"))
        self.inside = self._with_groups(holding, down)
        self.edges = np.flatnonzero(holding & self.inside[edges.dependent]).astype(np.int32)
        dependent, provider = edges.dependent[self.edges], edges.provider[self.edges]
        self.waits = self.inside[provider]
        self.dependent, self.provider = dependent, provider
        self.vertices = np.flatnonzero(self.inside).astype(np.int32)
        self.part = np.full(size, -1, np.int32)
        self.part[self.vertices] = self._parts(dependent[self.waits], provider[self.waits])
        self.count = int(self.part.max()) + 1
        self.circle = self._circles()

    def _with_groups(self, holding: Bools, down: Ints) -> Bools:
        """What is down, and the groups between, nested ones too."""
        p, inside = self.projection, np.zeros(self.projection.vertices, np.bool_)
        frontier = down
        while frontier.size:
            inside[frontier] = True
            edges = gather(p.uses, frontier)
            reached = np.unique(p.edges.provider[edges[holding[edges]]])
            frontier = reached[(reached >= len(p)) & ~inside[reached]]
        return inside

    def _parts(self, dependent: Ints, provider: Ints) -> Ints:
        """Strongly connected parts of what is down (Tarjan's, as compiled in scipy)."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        size, number = len(self.vertices), np.full(self.projection.vertices, -1, np.int32)
        number[self.vertices] = np.arange(size, dtype=np.int32)
        ends = number[dependent], number[provider]
        found: Ints = connected_components(
            coo_array((np.ones(len(dependent), np.int8), ends), shape=(size, size)).tocsr(), connection="strong"
        )[1]
        return found

    def _circles(self) -> Bools:
        """Which parts are circles: of several elements, or of one that needs itself."""
        elements = self.vertices[self.vertices < len(self.projection)]
        counts = np.bincount(self.part[elements], minlength=self.count)
        itself = self.dependent[self.dependent == self.provider]
        alone = np.zeros(self.count, np.bool_)
        alone[self.part[itself[itself < len(self.projection)]]] = True
        circle: Bools = (counts > 1) | (alone & (counts == 1))
        return circle

    def steps(self) -> Ints:
        """The step in which each vertex is there; 0 for what is there already. Parts are gone through in waves."""
        above, below = self.part[self.dependent], np.where(self.waits, self.part[self.provider], -1)
        outside = above != below
        crossing = outside & self.waits
        waiting = np.bincount(above[crossing], minlength=self.count)
        uses, users = (
            _by(column, self.count) for column in (np.where(outside, above, -1), np.where(crossing, below, -1))
        )
        members = _by(self.part[self.vertices], self.count)
        step, wave = np.zeros(self.projection.vertices, np.int32), np.flatnonzero(waiting == 0).astype(np.int32)
        while wave.size:
            last = np.zeros(self.count, np.int32)
            self._ready(gather(uses, wave), step, last)
            vertices = self.vertices[gather(members, wave)]
            part = self.part[vertices]
            step[vertices] = last[part] + ((vertices < len(self.projection)) | self.circle[part])
            reached = above[gather(users, wave)]
            np.subtract.at(waiting, reached, 1)
            wave = np.unique(reached[waiting[reached] == 0])
        return step

    def _ready(self, rows: Ints, step: Ints, last: Ints) -> None:
        """Note for each part after which step its vertices have what they need from outside of it."""
        elements, groups = len(self.projection), self.projection.groups
        dependent, steps = self.dependent[rows], step[self.provider[rows]]
        alone = dependent < elements
        np.maximum.at(last, self.part[dependent[alone]], steps[alone])
        grouped = np.flatnonzero(~alone)
        if not grouped.size:
            return
        if self.projection.weight is not None:
            grouped = np.repeat(grouped, self.projection.weight[self.edges[rows[grouped]]])
        order = grouped[np.lexsort((steps[grouped], dependent[grouped]))]
        group, first, size = np.unique(dependent[order], return_index=True, return_counts=True)
        k = groups.k[group - elements]
        there = steps[order[first + np.maximum(np.minimum(k, size) - 1, 0)]]
        np.maximum.at(last, self.part[group], np.where(k > 0, there, 0))

    def circles(self) -> tuple[tuple[tuple[int, ...], ...], tuple[tuple[int, ...], ...]]:
        """The elements of each circle, and those of the circles in which one waits for the start of another."""
        starting = self.projection.edges.phase[self.edges] == PHASES.index("start")
        within = self.waits & (self.part[self.dependent] == self.part[self.provider]) & starting
        cold = np.zeros(self.count, np.bool_)
        cold[self.part[self.dependent[within]]] = True
        elements = self.vertices[self.vertices < len(self.projection)]
        elements = elements[self.circle[self.part[elements]]]
        found: dict[int, list[int]] = {}
        for vertex, part in zip(elements.tolist(), self.part[elements].tolist(), strict=True):
            found.setdefault(part, []).append(vertex)
        all_ = sorted((tuple(circle), bool(cold[part])) for part, circle in found.items())
        return tuple(circle for circle, _ in all_), tuple(circle for circle, is_cold in all_ if is_cold)


def _by(column: Ints, size: int) -> tuple[Ints, Ints]:
    """Rows by the number in a column: those of n are ``order[start[n]:start[n + 1]]``; rows below 0 are left out."""
    rows = np.flatnonzero(column >= 0).astype(np.int32)
    start = np.zeros(size + 1, np.int32)
    np.cumsum(np.bincount(column[rows], minlength=size), out=start[1:])
    return start, rows[np.argsort(column[rows], kind="stable")]


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
