"""What is left of the graph when every circle is one vertex? A graph without circles, numbered from the ground up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.kernels import distinct, expand
from graph.projection import Projection

__all__ = ["Condensed", "condense"]

Ints = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Condensed:
    """Rows are sets of vertices that all reach each other; what a row rests on has smaller numbers.

    ``row``            of each vertex
    ``layer``          of each row: elements on the longest chain below it, groups not counted
    ``wave``           of each row: steps on the longest chain below it, groups counted; rows of one do not touch
    ``start, below``   the rows that row r rests on directly: ``below[start[r]:start[r + 1]]``, each once
    """

    row: Ints
    layer: Ints
    wave: Ints
    start: Ints
    below: Ints

    def __len__(self) -> int:
        return len(self.layer)


def condense(projection: Projection, edges: Bools) -> Condensed:
    """Strongly connected components (as compiled in scipy) of the chosen edges, in topological order; linear."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    size = projection.vertices
    dependent, provider = projection.edges.dependent[edges], projection.edges.provider[edges]
    matrix = coo_array((np.ones(len(dependent)), (dependent, provider)), shape=(size, size)).tocsr()
    count, component = connected_components(matrix, directed=True, connection="strong")
    above, below = component[dependent], component[provider]
    pairs = distinct(below[above != below].astype(np.int64) * size + above[above != below])
    below, above = (pairs // max(size, 1)).astype(np.int32), (pairs % max(size, 1)).astype(np.int32)
    counted = np.zeros(count, np.int32)
    counted[component[: len(projection)]] = 1
    number, layer, wave = _numbered(count, below, above, counted)
    order = np.lexsort((number[below], number[above]))
    start = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(number[above], minlength=count), out=start[1:])
    back = np.argsort(number)
    below = number[below][order].astype(np.int32)
    return Condensed(number[component].astype(np.int32), layer[back], wave[back], start, below)


def _numbered(count: int, below: Ints, above: Ints, counted: Ints) -> tuple[Ints, Ints, Ints]:
    """Kahn's order: a wave that rests on nothing, then one that rests on those alone, and so on; with the layers."""
    start = np.zeros(count + 1, np.int32)
    np.cumsum(np.bincount(below, minlength=count), out=start[1:])
    waiting = np.bincount(above, minlength=count).astype(np.int32)
    number, layer, in_wave = np.empty(count, np.int32), np.zeros(count, np.int32), np.empty(count, np.int32)
    wave, done, waves = np.flatnonzero(waiting == 0).astype(np.int32), 0, 0
    while wave.size:
        number[wave], in_wave[wave] = np.arange(done, done + len(wave)), waves
        done, waves = done + len(wave), waves + 1
        edges = expand(start, wave)
        reached = above[edges]
        np.maximum.at(layer, reached, np.repeat(layer[wave] + counted[wave], start[wave + 1] - start[wave]))
        np.subtract.at(waiting, reached, 1)
        ready = distinct(reached)
        wave = ready[waiting[ready] == 0].astype(np.int32)
    return number, layer, in_wave
