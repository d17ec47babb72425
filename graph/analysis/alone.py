"""What does each element take with it when it fails alone? How much, and which services."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from graph.analysis.batch import Batch
from graph.analysis.impact import State
from graph.analysis.single_points import business_services
from graph.projection import Projection

__all__ = ["Alone", "alone"]

_MOST_BYTES, _FEWEST = 50_000_000, 64


@dataclass(frozen=True, slots=True)
class Alone:
    """What the outage of one element does by itself.

    ``elements``  how many others are then degraded or down
    ``services``  the business services among them, without the element itself
    ``down``      those of the services that are down
    """

    elements: int
    services: frozenset[int]
    down: frozenset[int]


def alone(projection: Projection, elements: Collection[int]) -> dict[int, Alone]:
    """What each of the elements does. Cost: one step for each dependency that rests on any, over as many bytes."""
    chosen, services = sorted(set(elements)), business_services(projection)
    batch = Batch(projection, chosen)
    rows = np.flatnonzero(batch.vertices < len(projection))
    inside = [service for service in services if service in batch.row]
    of_services = [batch.row[service] for service in inside]
    found = {}
    at_once = max(_FEWEST, _MOST_BYTES // max(len(batch.vertices), 1))
    for begin in range(0, len(chosen), at_once):
        block = chosen[begin : begin + at_once]
        states = batch.states([{element: State.DOWN} for element in block])
        hit = (states[rows] >= State.DEGRADED).sum(axis=0) - 1
        for column, element in enumerate(block):
            felt = states[of_services, column].tolist()
            worse = {s for s, state in zip(inside, felt, strict=True) if state >= State.DEGRADED}
            down = {s for s, state in zip(inside, felt, strict=True) if state == State.DOWN}
            found[element] = Alone(int(hit[column]), frozenset(worse - {element}), frozenset(down - {element}))
    return found
