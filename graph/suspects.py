"""What speaks for an element as a cause? A change under way there or made lately, and how often it fails."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from graph.analysis.cause import Suspicion
from graph.analysis.known import Known
from graph.figures import figures
from graph.projection import Projection
from graph.records import Records
from graph.store import Reader

__all__ = ["LATELY", "suspicions"]

LATELY = 7 * 86_400
"""Seconds: how long ago a change may have ended, unless somebody says otherwise."""


def suspicions(
    store: Reader, projection: Projection, *, at: int, lately: int = LATELY
) -> tuple[Mapping[int, Suspicion], tuple[str, ...]]:
    """What speaks for each element of which anything is known, and what is wrong with the records.

    How often an element fails is its own figure; one that is meant end to end is of all beneath it as well, and counts
    only where there is nothing beneath. Cost: the change records and figures of the map.

    Args:
        store: what the map says.
        projection: its graph.
        at: the moment that is asked about, in seconds since 1970.
        lately: how many seconds ago a change may have ended.
    """
    records, changed = Records(store, projection, at, at + 1), defaultdict[int, list[str]](list)
    made = [plan for plan, _ in records.past(range(len(projection))) if plan.end >= at - lately]
    for plan in (*records.running, *made):
        for element in plan.elements:
            changed[element].append(plan.name)
    known = Known(projection, figures(store, money=False))
    rate = {
        v: figure.unavailability for v, figure in known.figure.items() if not (figure.end_to_end and known.rests[v])
    }
    found = {v: Suspicion(tuple(changed.get(v, ())), rate.get(v)) for v in {*changed, *rate}}
    return found, tuple(str(finding) for finding in records.findings)
