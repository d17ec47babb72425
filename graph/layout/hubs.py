"""Which lines to a hub run apart from the start? Those of elements that are linked among themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import numpy as np
import numpy.typing as npt

from graph.layout.model import Line, Strand
from graph.layout.rows import RowPlan

__all__ = ["hubs"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Links = Mapping[str, Set[str]]
HUB, SHARE = 16, 1 / 3
LEAST, EACH, MOST = 10, 18, 4
LOOSE = 0.25
ROUNDS = 60


def hubs(lines: Sequence[Line], plans: Sequence[RowPlan]) -> tuple[Strand, ...]:
    """Strands for the lines to each hub: one for each group of its users that are linked among themselves.

    A trunk that all users join stands in the way of every line between users on both of its sides. Where users of a
    hub (16 or more, a third of all lines, from one side, some of them more than a row away) fall into groups of at
    least 10, each group has its own strand, which runs among them, and all arrive together. Large groups are halved
    while few of their lines run between the halves. At most 4 strands for a hub, for each takes room in all rows that
    it passes.

    Args:
        lines: the lines that are drawn.
        plans: the rows and what stands in them.
    """
    row = {key: number for number, plan in enumerate(plans) for key in plan.ids}
    users: dict[tuple[str, str], set[str]] = defaultdict(set)
    passing = set()
    for line in lines:
        step = row[line.target] - row[line.source]
        if step:
            key = line.target, "down" if step > 0 else "up"
            users[key].add(line.source)
            if abs(step) > 1:
                passing.add(key)
    least = max(HUB, SHARE * len(lines))
    large = [key for key in sorted(passing) if len(users[key]) >= least]
    if not large:
        return ()
    near = _links(lines, {target for target, _ in large})
    return tuple(
        Strand(target, way, tuple(sorted(group)))
        for target, way in large
        for group in _groups(users[target, way], near)[:MOST]
        if len(group) < len(users[target, way])
    )


def _links(lines: Iterable[Line], without: Set[str]) -> Links:
    """Who is linked with whom by a line, of either direction, leaving some out."""
    found: dict[str, set[str]] = defaultdict(set)
    for line in lines:
        if line.source not in without and line.target not in without:
            found[line.source].add(line.target)
            found[line.target].add(line.source)
    return found


def _groups(users: Set[str], near: Links) -> list[list[str]]:
    """The users of a hub that belong together, largest groups first."""
    parts = [part for whole in _components(users, near) if len(whole) >= LEAST for part in _halved(whole, near)]
    return sorted(parts, key=lambda part: (-len(part), part))


def _components(users: Set[str], near: Links) -> Iterator[list[str]]:
    left = set(users)
    for first in sorted(users):
        if first in left:
            left.discard(first)
            found = [first]
            for one in found:
                more = sorted(left & near.get(one, set()))
                left.difference_update(more)
                found += more
            yield sorted(found)


def _halved(group: list[str], near: Links) -> list[list[str]]:
    """A group, or its halves while they are large and few lines run between them."""
    if len(group) <= EACH:
        return [group]
    place = {key: n for n, key in enumerate(group)}
    pairs = [(n, place[other]) for key, n in place.items() for other in sorted(near[key]) if other in place]
    ends = np.array(pairs, dtype=np.int64).T
    order = _smooth(ends, len(group)).argsort(kind="stable")
    later = np.zeros(len(group), dtype=np.bool_)
    later[order[len(group) // 2 :]] = True
    if np.count_nonzero(later[ends[0]] != later[ends[1]]) > LOOSE * len(pairs):
        return [group]
    halves = [[key for key, n in place.items() if later[n] == side] for side in (False, True)]
    return [part for half in halves for part in _halved(half, near)]


def _smooth(ends: Ints, size: int) -> Floats:
    """A number for each member, near for those that are linked: about the second eigenvector of the Laplacian.

    From steps away from the member that is farthest from the first one, smoothed along the links (Fiedler 1973).
    """
    x = _away(ends, size, int(_away(ends, size, 0).argmax()))
    links = np.bincount(ends[0] * size + ends[1], minlength=size * size).reshape(size, size).astype(np.float64)
    degree = links.sum(axis=1)
    step = (links - np.diag(degree)) / (2 * degree.max())
    for _ in range(ROUNDS):
        x = x - x.sum() / size
        x = x + step @ x
    return np.round(x / max(1e-9, float(np.abs(x).max())), 9)


def _away(ends: Ints, size: int, start: int) -> Floats:
    """How many links each member is away from one; those that no way leads to as far as the farthest and one more."""
    found = np.full(size, -1.0)
    found[start], steps = 0.0, 0
    while len(more := ends[1][(found[ends[0]] == steps) & (found[ends[1]] < 0)]):
        steps += 1
        found[more] = steps
    return np.where(found < 0, steps + 1.0, found)
