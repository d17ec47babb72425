"""How does a map look from far away? Its elements gathered into groups, and how much runs between the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.projection import Projection

__all__ = ["NOWHERE", "Overview", "overview"]

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NOWHERE = -1
"""The group of an element that is left out."""
_BITS = 62


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Groups of elements, numbered from 0, and the dependencies between them.

    ``sizes``   how many elements each group has
    ``inside``  how many dependencies run inside each group
    ``dependent``, ``provider``, ``count``  pairs of groups, and how many dependencies run between them; most first
    ``through``  how many of these lead over elements that are hidden
    """

    sizes: Ints
    inside: Ints
    dependent: Ints
    provider: Ints
    count: Ints
    through: Ints

    @property
    def between(self) -> int:
        """How many dependencies run between groups."""
        return int(self.count.sum())

    def worth_drawing(self, *, most: int, share: float) -> int:
        """How many pairs to draw, from the thickest on: until they cover a share of what runs between groups.

        Never fewer than three for two groups; what is as thick as the last is drawn too, as far as ``most`` allows.
        """
        if not len(self.count):
            return 0
        covering = int(np.searchsorted(np.cumsum(self.count), share * self.between)) + 1
        enough = min(max(covering, 3 * len(self.sizes) // 2), len(self.count))
        return min(int(np.searchsorted(-self.count, -self.count[enough - 1], side="right")), most)


def overview(projection: Projection, member: npt.ArrayLike, groups: int, *, hidden: Bools | None = None) -> Overview:
    """Gather the elements of a map: the quotient of the service graph. One pass over the dependencies.

    A dependency through alternatives counts from the element that has them to each of the alternatives. One on a hidden
    element counts once for each group that is reached over hidden elements alone.

    Args:
        projection: the map.
        member: the group of each element, ``NOWHERE`` for those that are left out with their dependencies.
        groups: how many groups there are; at most 63 where something is hidden.
        hidden: which of the elements that are left out are hidden, so that what leads through them counts.

    >>> from bench.generator import generate
    >>> from bench.generator.service_graph import service_graph
    >>> p = service_graph(generate(1_000))
    >>> found = overview(p, [element % 2 for element in range(len(p))], 2)
    >>> found.sizes.tolist(), int(found.inside.sum()) + found.between == p.dependencies
    ([500, 500], True)
    """
    member = np.asarray(member, np.int64)
    dependent, provider, _ = projection.direct
    start, end = member[dependent], member[provider]
    seen = (start != NOWHERE) & (end != NOWHERE)
    pairs = start[seen] * groups + end[seen]
    over = np.zeros(0, np.int64)
    if hidden is not None and hidden.any():
        over = _over_hidden(dependent, provider, member, groups, hidden)
        pairs = np.concatenate([pairs, over])
    if groups * groups <= max(1_000_000, len(pairs)):
        counted = np.bincount(pairs, minlength=groups * groups)
        code = np.flatnonzero(counted)
        count = counted[code]
    else:
        code, count = np.unique(pairs, return_counts=True)
    start, end = code // max(groups, 1), code % max(groups, 1)
    inside = np.zeros(groups, np.int32)
    inside[start[start == end]] = count[start == end]
    across = start != end
    order = np.argsort(-count[across], kind="stable")
    return Overview(
        sizes=np.bincount(member[member != NOWHERE], minlength=groups).astype(np.int32),
        inside=inside,
        dependent=start[across][order].astype(np.int32),
        provider=end[across][order].astype(np.int32),
        count=count[across][order].astype(np.int32),
        through=_times(over, code[across][order]),
    )


def _times(codes: Longs, wanted: Longs) -> Ints:
    """How often each of the wanted codes is among the codes."""
    known, times = np.unique(codes, return_counts=True)
    place = np.searchsorted(known, wanted)
    found = np.zeros(len(wanted), np.int32)
    inside = place < len(known)
    hit = inside & (known[np.where(inside, place, 0)] == wanted) if len(known) else inside
    found[hit] = times[place[hit]]
    return found


def _over_hidden(dependent: Ints, provider: Ints, member: Longs, groups: int, hidden: Bools) -> Longs:
    """Pairs of groups, as codes: a dependency on a hidden element, and a group that is reached through it.

    Each hidden element gets a bit for each group; what it reaches goes to those that rest on it, until nothing changes.
    """
    if groups > _BITS:
        raise ValueError(f"{groups} groups: dependencies over hidden elements are counted for {_BITS} at most")
    mine = np.where(member >= 0, np.left_shift(np.int64(1), np.maximum(member, 0)), 0)
    reached = np.zeros(len(member), np.int64)
    inner = hidden[dependent]
    order = np.argsort(provider[inner], kind="stable")
    below, above = dependent[inner][order], provider[inner][order]
    np.bitwise_or.at(reached, below, mine[above])
    changed = np.flatnonzero(reached)
    while len(changed):
        first, last = np.searchsorted(above, changed, "left"), np.searchsorted(above, changed, "right")
        many = last - first
        rows = np.repeat(first - np.concatenate([[0], np.cumsum(many)[:-1]]), many) + np.arange(many.sum())
        ends = np.unique(below[rows])
        before = reached[ends]
        np.bitwise_or.at(reached, below[rows], reached[above[rows]])
        changed = ends[reached[ends] != before]
    first_steps = (member[dependent] != NOWHERE) & hidden[provider]
    starts, bits = member[dependent[first_steps]], reached[provider[first_steps]]
    found = [starts[bits >> group & 1 > 0] * groups + group for group in range(groups)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)
