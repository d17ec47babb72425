"""Which elements depend on each other in a circle, and which on themselves?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from graph.analysis._frontier import carrying
from graph.model import Finding, Severity
from graph.projection import Projection

__all__ = ["Cycles", "cycles", "findings"]


@dataclass(frozen=True, slots=True)
class Cycles:
    """``circles``: sets of at least two elements that all reach each other, largest first; ``selves``: self-loops."""

    circles: tuple[tuple[int, ...], ...]
    selves: tuple[int, ...]


def cycles(projection: Projection) -> Cycles:
    """Strongly connected elements (Tarjan's components, as compiled in scipy); linear in the map."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    edges, usable, size = projection.edges, carrying(projection), projection.vertices
    dependent, provider = edges.dependent[usable], edges.provider[usable]
    selves = np.unique(dependent[dependent == provider])
    matrix = coo_array((np.ones(len(dependent)), (dependent, provider)), shape=(size, size)).tocsr()
    _, component = connected_components(matrix, directed=True, connection="strong")
    component = component[: len(projection)]
    counts = np.bincount(component) if len(component) else np.empty(0, int)
    members = {int(c): np.flatnonzero(component == c).tolist() for c in np.flatnonzero(counts > 1)}
    circles = sorted((tuple(m) for m in members.values()), key=lambda m: (-len(m), m))
    return Cycles(tuple(circles), tuple(selves.tolist()))


_SHOWN = 8


def findings(projection: Projection) -> tuple[Finding, ...]:
    """Each circle as a note: normal in real maps, and good to know before a restart."""
    found = []
    for circle in cycles(projection).circles:
        names = [projection.ids[v].partition("/")[2] for v in circle]
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        found.append(
            Finding(
                Severity.NOTE,
                "cycle",
                projection.iris[circle[0]],
                None,
                f"{len(names)} elements depend on each other in a circle: {', '.join(names[:_SHOWN])}{more}",
                "see whether one of the dependencies is optional, or only needed at the start",
            )
        )
    return tuple(found)
