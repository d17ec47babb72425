"""By what can a map be gathered? By layer, system, owner, location or community: the group of each element."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from app.atlas import Atlas
from graph.analysis.communities import communities
from graph.analysis.overview import NOWHERE

__all__ = ["GROUPINGS", "By", "Group", "Grouping", "best_grouping", "grouping"]

Ints = npt.NDArray[np.int32]
By = Literal["layer", "system", "owner", "location", "community"]
GROUPINGS: Final[Mapping[By, str]] = {
    "layer": "Layer",
    "system": "System",
    "owner": "Owner",
    "location": "Location",
    "community": "Community",
}
_READ, _COVERED = 24, 0.6
"""A grouping is of use when so many groups hold that share of the elements."""
_NOT_SAID: Final[Mapping[By, str]] = {
    "layer": "No layer",
    "system": "In no system",
    "owner": "Owner not said",
    "location": "Location not said",
    "community": "No community",
}
_INSIDE = ("part of", "contained in")
_ROUND_ABOUT = ("located in", "in failure domain")
_RESTS = ("runs on", "contained in", "part of")
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class Group:
    """A group of elements: a key for addresses, its name, its look, and the element that it is named after (or -1)."""

    key: str
    label: str
    look: str
    element: int = -1


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The groups, and the number of the group of each element; elements of which nothing is said share a last group."""

    by: By
    groups: tuple[Group, ...]
    member: Ints

    @property
    def useful(self) -> bool:
        """Whether the map says a group of most elements, and not too many groups."""
        sizes = np.bincount(self.member, minlength=len(self.groups))
        named = sizes[: len(sizes) - (1 if self.groups and self.groups[-1].key == "-" else 0)]
        return len(named) > 1 and float(np.sort(named)[-_READ:].sum()) >= _COVERED * len(self.member)


def grouping(atlas: Atlas, by: By) -> Grouping:
    """The groups of a map; worked out once for each revision."""
    made = {"layer": _layers, "system": _systems, "owner": _owners, "location": _locations, "community": _communities}
    return atlas.kept(("grouping", by), lambda: made[by](atlas))


def best_grouping(atlas: Atlas) -> By:
    """What a large map is gathered by when nobody says: the first that a few groups say much with, else communities."""
    order: tuple[By, ...] = ("system", "owner", "layer", "location")
    return next((by for by in order if grouping(atlas, by).useful), "community")


def _layers(atlas: Atlas) -> Grouping:
    rank = {row.key: number for number, row in enumerate(atlas.rows)}
    groups = tuple(Group(row.key, row.label, row.look) for row in atlas.rows)
    return Grouping("layer", groups, np.array([rank[key] for key in atlas.lane], np.int32))


def _systems(atlas: Atlas) -> Grouping:
    """The outermost of what an element is part of or contained in."""
    return _named(atlas, "system", _outermost(atlas, _parents(atlas, _INSIDE)))


def _owners(atlas: Atlas) -> Grouping:
    """The owner, else the team, of each element; a party is its own."""
    owner = np.full(len(atlas), NOWHERE, np.int64)
    for element, parties in atlas.teams.items():
        if parties:
            owner[element] = parties[0]
    names = np.unique(owner[owner != NOWHERE])
    owner[names] = names
    return _named(atlas, "owner", owner)


def _locations(atlas: Atlas) -> Grouping:
    """Where an element stands, or what it runs on, or what that is part of."""
    place = _parents(atlas, _ROUND_ABOUT)
    outer = place.copy()
    below = _parents(atlas, _RESTS)
    for _ in range(_DEEPEST):
        missing = (place == NOWHERE) & (below != NOWHERE)
        place[missing] = place[below[missing]]
    places = np.unique(outer[outer != NOWHERE])
    place[places] = places
    return _named(atlas, "location", place)


def _communities(atlas: Atlas) -> Grouping:
    """Elements that depend on each other more than on the rest, named after the one that most others use."""
    found = communities(atlas.projection)
    sizes = np.bincount(found)
    users = np.diff(atlas.projection.users)[: len(atlas)]
    order = np.lexsort((np.arange(len(found)), -users, found))
    first = order[np.concatenate(([True], found[order][1:] != found[order][:-1]))] if len(order) else order
    head = np.where(sizes[found] > 1, first[found], NOWHERE) if len(order) else np.zeros(0, np.int64)
    return _named(atlas, "community", head.astype(np.int64), around=True)


def _parents(atlas: Atlas, kinds: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """What each element stands in by one of these kinds; earlier kinds count more, then earlier elements."""
    p = atlas.projection
    found = np.full(len(p), NOWHERE, np.int64)
    numbers = {kind.key: number for number, kind in enumerate(p.kinds)}
    for key in reversed([key for key in kinds if key in numbers]):
        fits = (p.edges.kind == numbers[key]) & (p.edges.provider < len(p)) & (p.edges.dependent < len(p))
        dependent, provider = p.edges.dependent[fits][::-1], p.edges.provider[fits][::-1]
        found[dependent] = provider
    return found


def _outermost(atlas: Atlas, parent: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Follow the parents up; what has none and is none has no group. Circles end after a few steps."""
    top = np.where(parent == NOWHERE, np.arange(len(atlas)), parent)
    for _ in range(_DEEPEST):
        top = top[top]
    is_parent = np.zeros(len(atlas), np.bool_)
    is_parent[top[parent != NOWHERE]] = True
    return np.where((parent != NOWHERE) | is_parent, top, NOWHERE)


def _named(atlas: Atlas, by: By, head: npt.NDArray[np.int64], *, around: bool = False) -> Grouping:
    """Groups that are named after an element each, the largest first; who has none comes last."""
    p = atlas.projection
    sizes = Counter(head[head != NOWHERE].tolist())
    order = sorted(sizes, key=lambda e: (-sizes[e], p.labels[e], e))
    groups = [Group(p.ids[e], f"Around {p.labels[e]}" if around else p.labels[e], atlas.look[e], e) for e in order]
    rank = np.full(len(p) + 1, len(groups), np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    member = np.where(head == NOWHERE, len(groups), rank[np.where(head == NOWHERE, len(p), head)]).astype(np.int32)
    if (head == NOWHERE).any():
        groups.append(Group("-", _NOT_SAID[by], ""))
    return Grouping(by, tuple(groups), member)
