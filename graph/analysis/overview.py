"""How does a map look from far away? Its elements gathered into groups, and how much runs between the groups."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.projection import Projection

__all__ = ["NOWHERE", "Overview", "overview"]

Ints = npt.NDArray[np.int32]

NOWHERE = -1
"""The group of an element that is left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Overview:
    """Groups of elements, numbered from 0, and the dependencies between them.

    ``sizes``   how many elements each group has
    ``inside``  how many dependencies run inside each group
    ``dependent``, ``provider``, ``count``  pairs of groups, and how many dependencies run between them; most first
    """

    sizes: Ints
    inside: Ints
    dependent: Ints
    provider: Ints
    count: Ints

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


def overview(projection: Projection, member: npt.ArrayLike, groups: int) -> Overview:
    """Gather the elements of a map: the quotient of the service graph. One pass over the dependencies.

    A dependency through alternatives counts from the element that has them to each of the alternatives.

    Args:
        projection: the map.
        member: the group of each element, ``NOWHERE`` for those that are left out with their dependencies.
        groups: how many groups there are.

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
    )
