"""How many elements rest on each element, directly or not? For every element of the map at once, exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis import kernels
from graph.analysis._condensed import Condensed, condense
from graph.analysis._frontier import carrying
from graph.analysis.elements import kind_of
from graph.analysis.kernels import distinct, expand
from graph.answer import Answer, count
from graph.projection import Projection

__all__ = ["BlastRadius", "answer", "blast_radius", "on_circle"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Words = npt.NDArray[np.uint64]

_WORDS = 32


@dataclass(frozen=True, slots=True, eq=False)
class BlastRadius:
    """``size`` of each element: how many others rest on it."""

    revision: str
    size: npt.NDArray[np.int64]

    def largest(self, most: int) -> list[int]:
        """The elements with the largest radius, of equal ones the first."""
        order: list[int] = np.argsort(-self.size, kind="stable")[:most].tolist()
        return order


def blast_radius(
    projection: Projection,
    *,
    compiled: bool | None = None,
    edges: Bools | None = None,
    counted: Bools | None = None,
    condensed: Condensed | None = None,
) -> BlastRadius:
    """As many as ``servicemap dependants`` lists, for all elements: plain reachability, whatever a group can lose.

    Circles are joined, then the dependents are taken in blocks of 2,048: of a block each row that it rests on has a
    set of bits, handed down from row to row. Memory: at most 256 bytes an element beside the map.

    Args:
        projection: the map.
        compiled: take the compiled loop, or numpy; else the compiled one where much is counted and numba is installed.
        edges: which count; else those that can carry an outage.
        counted: only these elements are counted; else all.
        condensed: what those edges come to without circles, where it is known already.
    """
    condensed = condensed or condense(projection, carrying(projection) if edges is None else edges)
    row = condensed.row[: len(projection)]
    columns = np.sort(row if counted is None else row[counted])
    counts = np.zeros(len(condensed), np.int64)
    if compiled is None:
        compiled = len(columns) >= kernels.LARGE and kernels.warm()
    if compiled:
        _count_compiled(condensed, columns, counts)
    else:
        walk = _Blocks(condensed)
        for begin in range(0, len(columns), 64 * _WORDS):
            walk.count(columns[begin : begin + 64 * _WORDS], counts)
    return BlastRadius(projection.revision, counts[row] - (1 if counted is None else counted))


def on_circle(projection: Projection, edges: Bools, condensed: Condensed | None = None) -> Bools:
    """Which elements reach themselves over the chosen edges; ``condensed`` are the same, where that is known."""
    row = (condensed or condense(projection, edges)).row
    found: Bools = np.bincount(row)[row] > 1
    itself = edges & (projection.edges.dependent == projection.edges.provider)
    found[projection.edges.provider[itself]] = True
    return found[: len(projection)]


def _count_compiled(condensed: Condensed, columns: Ints, counts: npt.NDArray[np.int64]) -> None:
    from graph.analysis import compiled

    rows = len(condensed)
    place, reached = np.full(rows, -1, np.int32), np.empty(rows, np.int32)
    bits = np.empty((rows, _WORDS), np.uint64)
    for begin in range(0, len(columns), 64 * _WORDS):
        block = columns[begin : begin + 64 * _WORDS]
        compiled.radius(condensed.start, condensed.below, block, place, reached, bits, counts)


class _Blocks:
    """The same in numpy, a wave of rows at a time: a row comes after all that rest on it."""

    def __init__(self, condensed: Condensed) -> None:
        self.c = condensed
        self.wave = condensed.wave
        self.place = np.empty(len(condensed), np.int32)
        self.seen = np.zeros(len(condensed), np.bool_)

    def count(self, columns: Ints, counts: npt.NDArray[np.int64]) -> None:
        """Add to ``counts`` how many of the columns rest on each row."""
        rows = self._below(columns)
        self.place[rows] = np.arange(len(rows), dtype=np.int32)
        bits = np.zeros((len(rows), _WORDS), np.uint64)
        at = np.arange(len(columns))
        np.bitwise_or.at(bits, (self.place[columns], at >> 6), np.uint64(1) << (at & 63).astype(np.uint64))
        ends = np.flatnonzero(np.diff(self.wave[rows], append=-1)) + 1
        for begin, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True):
            self._hand_down(rows[begin:end], bits)
        counts[rows] += np.bitwise_count(bits).sum(axis=1, dtype=np.int64)

    def _below(self, columns: Ints) -> Ints:
        """The rows of the columns and all that they rest on, those of the highest wave first."""
        frontier = distinct(columns)
        found = [frontier]
        self.seen[frontier] = True
        while frontier.size:
            targets = self.c.below[expand(self.c.start, frontier)]
            frontier = distinct(targets[~self.seen[targets]])
            self.seen[frontier] = True
            found.append(frontier)
        rows = np.concatenate(found)
        self.seen[rows] = False
        return rows[np.argsort(-self.wave[rows], kind="stable")]

    def _hand_down(self, rows: Ints, bits: Words) -> None:
        edges = expand(self.c.start, rows)
        if not edges.size:
            return
        to = self.place[self.c.below[edges]]
        of = np.repeat(self.place[rows], self.c.start[rows + 1] - self.c.start[rows])
        order = np.argsort(to, kind="stable")
        first = np.flatnonzero(np.diff(to[order], prepend=-1))
        bits[to[order][first]] |= np.bitwise_or.reduceat(bits[of[order]], first, axis=0)


def answer(projection: Projection, result: BlastRadius, *, most: int = 20) -> Answer:
    """The elements that most others rest on, as rows; ``most`` cuts them, and the cut is said."""
    shown, elements = result.largest(most), len(result.size)
    largest = f"{projection.labels[shown[0]]} with {count(int(result.size[shown[0]]), 'element')}" if shown else "none"
    notes = [f"the first {len(shown):,} of {elements:,} elements; raise --most to see more"] * (len(shown) < elements)
    if elements:
        notes.append(f"half of the elements carry {int(np.median(result.size)):,} or fewer")
    return Answer(
        title=f"the largest blast radius: {largest}",
        of="elements",
        columns=("id", "name", "kind", "resting on it"),
        rows=tuple(
            (projection.ids[v], projection.labels[v], kind_of(projection, v), int(result.size[v])) for v in shown
        ),
        facts={"revision": result.revision, "elements": elements},
        notes=(*notes, "groups count in full: see 'servicemap impact' for what they can lose"),
    )
