"""Whom does an edit of the map help, and whom does it harm? The states that a change brings, before and after the edit.

Elements are matched by IRI: an edit may bring new ones and take others away. What only one of the maps has is not told
here; the answer itself, and the comparison of both maps, name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.states import State
from graph.answer import count
from graph.projection import Projection

__all__ = ["Shift", "shifts", "told"]

Bytes = npt.NDArray[np.int8]
_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class Shift:
    """An element that fares otherwise: its number in the map after the edit, and its state before and after."""

    element: int
    before: State
    after: State


def shifts(before: Projection, was: Bytes, after: Projection, is_: Bytes) -> tuple[Shift, ...]:
    """Who fares otherwise, those that are helped or harmed most first; ``was`` and ``is_`` are states per vertex.

    >>> from bench.generator import generate
    >>> from bench.generator.service_graph import service_graph
    >>> p = service_graph(generate(1_000))
    >>> was, is_ = np.zeros(p.vertices, np.int8), np.zeros(p.vertices, np.int8)
    >>> is_[7] = State.DOWN
    >>> [(each.element, each.after.words) for each in shifts(p, was, p, is_)]
    [(7, 'down')]
    """
    elements = len(after)
    old, new = was[:elements], is_[:elements]
    if before.iris is not after.iris:
        place = np.array([before.index.get(iri, -1) for iri in after.iris], np.int64)
        old = np.where(place < 0, new, was[place])
    other = np.flatnonzero(old != new)
    far = np.abs(old[other].astype(np.int16) - new[other])
    order = other[np.lexsort((other, -far))].tolist()
    return tuple(Shift(v, State(int(old[v])), State(int(new[v]))) for v in order)


def told(projection: Projection, found: Sequence[Shift]) -> Iterator[str]:
    """The same in sentences: who fares better, who worse."""
    better = [each for each in found if each.after < each.before]
    worse = [each for each in found if each.after > each.before]
    for words, each in (("better", better), ("worse", worse)):
        if each:
            names = [f"{projection.labels[s.element]} ({s.before.words} → {s.after.words})" for s in each[:_MOST_NAMED]]
            more = f" and {len(each) - _MOST_NAMED:,} more" if len(each) > _MOST_NAMED else ""
            verb = "fares" if len(each) == 1 else "fare"
            yield f"with the what-if, {count(len(each), 'element')} {verb} {words}: {', '.join(names)}{more}"
    if not found:
        yield "with the what-if, every element fares as it would without it"
