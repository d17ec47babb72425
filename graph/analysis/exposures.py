"""What keeps running, without what watches, protects, restores or manages it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis.states import State
from graph.projection import Projection
from ontology.vocabulary import vocabulary

__all__ = ["Exposed", "exposure_words", "exposures"]


@dataclass(frozen=True, slots=True)
class Exposed:
    """An element that keeps running, but blind, unprotected, unrecoverable or unmanageable; why by ``edge``."""

    element: int
    edge: int
    exposure: str


def exposures(projection: Projection, state: npt.NDArray[np.int8]) -> tuple[Exposed, ...]:
    """Elements that run on, without what watches, protects, restores or manages them.

    A group of alternatives exposes its element when fewer than k members are left.

    Args:
        projection: the map.
        state: of each vertex.
    """
    e, elements = projection.edges, len(projection)
    hit = projection.exposing
    hit = hit[state[e.provider[hit]] == State.DOWN]
    if not hit.size:
        return ()
    grouped = e.dependent[hit] - elements
    among = e.dependent[projection.counted(hit)] - elements
    lost = np.bincount(among[among >= 0], minlength=len(projection.groups))
    gone = projection.groups.size - lost < projection.groups.k
    dependents, _, edges = projection.direct
    inside = np.isin(edges, hit)
    holder = dict(zip(edges[inside].tolist(), dependents[inside].tolist(), strict=True))
    told: dict[tuple[int, str], Exposed] = {}
    for edge, group in zip(hit.tolist(), grouped.tolist(), strict=True):
        element = holder.get(edge, -1)
        if element >= 0 and state[element] != State.DOWN and (group < 0 or gone[group]):
            exposure = projection.kinds[e.kind[edge]].exposure
            told.setdefault((element, exposure), Exposed(element, edge, exposure))
    return tuple(told.values())


def exposure_words(exposed: Exposed) -> str:
    """In words: "blind", "unprotected" ..."""
    return vocabulary().exposures[exposed.exposure].label.lower()
