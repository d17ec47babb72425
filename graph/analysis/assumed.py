"""How much of an answer rests on what nobody states? Strengths above all; with a profile also what else is open."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from graph.analysis._frontier import carrying
from graph.analysis.changes import Profile
from graph.analysis.unknowns import Readings, What
from graph.answer import count
from graph.projection import Projection

__all__ = ["assumptions", "open_words", "strength_words"]

_SORTS = {
    What.NEEDED: ("group does not say how many members must work", "groups do not say how many members must work"),
    What.EVIDENCE: ("dependency has old evidence", "dependencies have old evidence"),
    What.MEMBERSHIP: ("membership has old evidence", "memberships have old evidence"),
    What.TOLERANCE: ("tolerance is not known", "tolerances are not known"),
}


def assumptions(projection: Projection, elements: Collection[int], readings: Readings | None = None) -> Iterator[str]:
    """What is assumed of the dependencies of some elements, those through groups as well, in sentences.

    Args:
        projection: the map.
        elements: what was looked at.
        readings: what is read at best and at worst; None where everything is taken as required.
    """
    dependent, _, edge = projection.direct
    usable = edge[np.isin(dependent, np.array(sorted(set(elements)), np.int32)) & carrying(projection)[edge]]
    profile = Profile.REQUIRED if readings is None else readings.profile
    yield from strength_words(int(projection.edges.assumed[usable].sum()), len(usable), profile)
    if readings is not None:
        into = np.flatnonzero(np.isin(projection.edges.dependent, projection.edges.dependent[usable]))
        groups = into[projection.edges.provider[into] >= len(projection)]
        words = open_words(readings.counts([*usable.tolist(), *groups.tolist()]), readings.doubts.stale_after)
        yield from [words] if words else []


def strength_words(assumed: int, dependencies: int, profile: Profile, *, here: str = "") -> Iterator[str]:
    """For how many dependencies nobody states a strength; nothing where all are stated.

    >>> list(strength_words(3, 7, Profile.REQUIRED))
    ['strength assumed for 3 of 7 dependencies (profile: required)']
    """
    if assumed:
        all_ = count(dependencies, "dependency", "dependencies")
        yield f"strength assumed for {assumed:,} of {all_}{here} (profile: {profile.value})"


def open_words(counts: Mapping[What, int], stale_after: int) -> str:
    """How much is open beside strengths; "" where nothing is.

    >>> open_words({What.EVIDENCE: 2}, 86_400)
    'read at best and at worst: 2 dependencies have old evidence (older than 1 day)'
    """
    said = [count(number, *_SORTS[what]) for what, number in counts.items() if what in _SORTS]
    old = {What.EVIDENCE, What.MEMBERSHIP} & counts.keys() and stale_after
    limit = f" (older than {count(stale_after // 86_400, 'day')})" if old else ""
    return f"read at best and at worst: {', '.join(said)}{limit}" if said else ""
