"""Whom does an edit of the map help, and whom does it harm? The states that a change brings, before and after the edit.

Elements are matched by IRI: an edit may bring new ones and take others away. What only one of the maps has is not told
here; the answer itself, and the comparison of both maps, name it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.states import State
from graph.analysis.timed import LEVELS, Timed
from graph.analysis.windows import Spans, length
from graph.answer import count
from graph.figures import span_words
from graph.projection import Projection

__all__ = ["Shift", "shifts", "timed_shifts", "told"]

Bytes = npt.NDArray[np.int8]
_MOST_NAMED, _YEAR = 8, 366 * 86_400


@dataclass(frozen=True, slots=True)
class Shift:
    """An element that fares otherwise: its number in the map after the edit, and its state before and after.

    ``seconds``  where its worst state is the same: how much longer it is in ``after``, below 0 for shorter
    """

    element: int
    before: State
    after: State
    seconds: int = 0

    @property
    def better(self) -> bool:
        """Whether the edit helps it."""
        return (self.after, self.seconds) < (self.before, 0)

    @property
    def lasts(self) -> str:
        """How much longer or shorter it lasts, in words; "" where its worst state is another.

        >>> Shift(0, State.DOWN, State.DOWN, -1800).lasts
        '30 min less'
        """
        far = abs(self.seconds)
        if far >= _YEAR:
            return "without an end" if self.seconds > 0 else "with an end"
        return f"{span_words(far / 60)} {'more' if self.seconds > 0 else 'less'}" if far else ""


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


def timed_shifts(before: Projection, was: Timed, after: Projection, is_: Timed) -> tuple[Shift, ...]:
    """Who fares otherwise at worst, as ``shifts``; then who fares so for longer or shorter, the most so first.

    Cost: a look at the spans of each element that is hit in both.
    """
    found = shifts(before, was.worsts, after, is_.worsts)
    told, other = {each.element for each in found}, []
    spans = [(state, was.spans[state], is_.spans[state]) for state in LEVELS]
    for v in np.flatnonzero(is_.worsts[: len(after)]).tolist():
        u = v if before.iris is after.iris else before.index.get(after.iris[v], -1)
        if v not in told and u >= 0:
            state, seconds = _longer(spans, u, v)
            if seconds:
                other.append(Shift(v, state, state, seconds))
    return (*found, *sorted(other, key=lambda each: (-each.after, -abs(each.seconds), each.element)))


def _longer(
    spans: Sequence[tuple[State, Mapping[int, Spans], Mapping[int, Spans]]], old: int, new: int
) -> tuple[State, int]:
    """The worst state in which an element is for longer or shorter, and by how many seconds."""
    for state, was, is_ in spans:
        if seconds := length(is_.get(new, ())) - length(was.get(old, ())):
            return state, seconds
    return State.UNAFFECTED, 0


def told(projection: Projection, found: Sequence[Shift]) -> Iterator[str]:
    """The same in sentences: who fares better, who worse."""
    better = [each for each in found if each.better]
    worse = [each for each in found if not each.better]
    for words, each in (("better", better), ("worse", worse)):
        if each:
            names = [f"{projection.labels[s.element]} ({_otherwise(s)})" for s in each[:_MOST_NAMED]]
            more = f" and {len(each) - _MOST_NAMED:,} more" if len(each) > _MOST_NAMED else ""
            verb = "fares" if len(each) == 1 else "fare"
            yield f"with the what-if, {count(len(each), 'element')} {verb} {words}: {', '.join(names)}{more}"
    if not found:
        yield "with the what-if, every element fares as it would without it"


def _otherwise(shift: Shift) -> str:
    return f"{shift.after.words}, {shift.lasts}" if shift.seconds else f"{shift.before.words} → {shift.after.words}"
