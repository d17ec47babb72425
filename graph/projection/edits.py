"""What is the service graph after an edit? The same arrays, with what is different put in place; nothing is built anew.

Vertices stay as they are: an edit adds, removes and changes dependencies, and says what a group needs.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from graph.projection.build import dated, words_of_kinds
from graph.projection.model import Edges, Groups, Projection, Sparse
from graph.texts import Listed

__all__ = ["Added", "Edit", "Edited", "edited"]

Ints = npt.NDArray[np.int32]
_T = TypeVar("_T", np.int32, np.int8, np.uint8)


@dataclass(frozen=True, slots=True)
class Added:
    """A dependency that is new: vertices, position of its kind, strength, phase and what few say as in ``Edges``."""

    dependent: int
    provider: int
    kind: int
    strength: int
    phase: int = 0
    assumed: bool = False
    iri: str = ""
    rare: Mapping[str, str] = field(default_factory=dict)

    @property
    def claim(self) -> int:
        """As ``Edges.claim``."""
        return (self.strength + 1) | (self.phase << 2) | (int(self.assumed) << 4)


@dataclass(frozen=True, slots=True)
class Edit:
    """What is different.

    ``removed``  edge numbers
    ``added``    new edges
    ``claims``   edge number -> strength, phase and the rest in one byte, as ``Edges.claim``
    ``needs``    group number -> how many members it needs, and how many for full service; a group that needs a share
                 of its members gets here the count that the share comes to
    ``rare``     edge number -> what few edges say, as ``Edges.rare``; "" takes it away
    """

    removed: tuple[int, ...] = ()
    added: tuple[Added, ...] = ()
    claims: Mapping[int, int] = field(default_factory=dict)
    needs: Mapping[int, tuple[int, int]] = field(default_factory=dict)
    rare: Mapping[int, Mapping[str, str]] = field(default_factory=dict)

    def touched(self, projection: Projection) -> list[int]:
        """The vertices whose own edges, or whose need, are not the same."""
        dependent = projection.edges.dependent
        edges = (*self.removed, *self.claims)
        groups = (number + len(projection) for number in self.needs)
        return sorted({*(int(dependent[e]) for e in edges), *(a.dependent for a in self.added), *groups})


@dataclass(frozen=True, slots=True, eq=False)
class Edited:
    """The graph after an edit.

    ``removed``  numbers of the edges that are no more, in order
    ``before``   for each new edge, in order, the number that the edge behind it has without those
    """

    projection: Projection
    removed: tuple[int, ...]
    before: tuple[int, ...]

    def numbers(self, edges: Ints) -> Ints:
        """What number these edges have now, -1 for those that are removed. Cost: once for each edge of the edit."""
        found = _shifted(edges.copy(), self)
        for edge in self.removed:
            found[edges == edge] = -1
        return found


def edited(projection: Projection, edit: Edit) -> Edited:
    """The graph after an edit. Cost: its arrays are gone through once for each edge of the edit.

    >>> from bench.generator import generate
    >>> from bench.generator.service_graph import service_graph
    >>> p = service_graph(generate(1_000))
    >>> after = edited(p, Edit(removed=(7,))).projection
    >>> len(p.edges) - len(after.edges)
    1
    """
    old, words = projection.edges, words_of_kinds(projection.kinds)
    removed = sorted(edit.removed)
    added = sorted(edit.added, key=lambda a: (a.provider, a.dependent, f"{words[a.kind]}/"))
    places = [_before(projection, each, words) for each in added]
    before = [place - bisect_left(removed, place) for place in places]

    def spliced(column: npt.NDArray[_T], values: list[int]) -> npt.NDArray[_T]:
        kept = np.delete(column, removed) if removed else column
        return np.insert(kept, before, np.array(values, column.dtype)) if added else kept

    claim = old.claim
    if edit.claims:
        claim = claim.copy()
        claim[list(edit.claims)] = list(edit.claims.values())
    columns = (
        spliced(old.dependent, [each.dependent for each in added]),
        spliced(old.provider, [each.provider for each in added]),
        spliced(old.kind, [each.kind for each in added]),
        spliced(claim, [each.claim for each in added]),
    )
    new = {at + number: each.iri for number, (at, each) in enumerate(zip(before, added, strict=True))}
    made = Edited(projection, tuple(removed), tuple(before))
    iris = _Iris(old.iris, made, new) if removed or added else old.iris
    rare = {name: _moved(said, made) for name, said in old.rare.items()}
    told = {edge: said for edge, said in zip(sorted(new), (each.rare for each in added), strict=True) if said}
    if edit.rare or told:
        kept = zip(made.numbers(np.array([*edit.rare], np.int32)).tolist(), edit.rare.values(), strict=True)
        rare = _said(rare, {**dict(kept), **told})
    edges = Edges.packed(columns, iris, rare)
    after = replace(projection, edges=edges, groups=_groups(projection, edit), dated=dated(edges))
    _keep(projection, after, made, sorted(new), edit)
    return replace(made, projection=after)


def _before(projection: Projection, each: Added, words: Sequence[str]) -> int:
    """The edge before which a new one stands, in the order of the projection."""
    edges = projection.edges
    if not projection.by_provider:
        return len(edges)
    first, last = (int(projection.users[each.provider + n]) for n in (0, 1))
    run = edges.dependent[first:last]
    at, end = (first + int(np.searchsorted(run, each.dependent, side)) for side in ("left", "right"))
    while at < end and f"{words[edges.kind[at]]}/" <= f"{words[each.kind]}/":
        at += 1
    return at


def _moved(said: Sparse, made: Edited) -> Sparse:
    edges = made.numbers(said.edges)
    kept = np.flatnonzero(edges >= 0)
    values = said.values if len(kept) == len(said) else [said.values[row] for row in kept.tolist()]
    return Sparse(edges[kept], values)


def _said(rare: Mapping[str, Sparse], new: Mapping[int, Mapping[str, str]]) -> dict[str, Sparse]:
    """What few edges say, once some say something else."""
    found = dict(rare)
    for name in dict.fromkeys(name for said in new.values() for name in said):
        old = found.get(name, Sparse(np.empty(0, np.int32), []))
        values = dict(zip(old.edges.tolist(), old.values, strict=True))
        values |= {edge: said[name] for edge, said in new.items() if name in said}
        kept = sorted((edge, text) for edge, text in values.items() if text)
        if kept or name in rare:
            found[name] = Sparse(np.array([edge for edge, _ in kept], np.int32), [text for _, text in kept])
    return found


class _Iris(Listed):
    """The IRIs of the edges after an edit: those from before in their new places, and the new ones."""

    __slots__ = ("before", "edit", "new")

    def __init__(self, before: Sequence[str], edit: Edited, new: Mapping[int, str]) -> None:
        self.before, self.edit, self.new = before, edit, new

    def __len__(self) -> int:
        return len(self.before) - len(self.edit.removed) + len(self.new)

    def _one(self, edge: int) -> str:
        if edge in self.new:
            return self.new[edge]
        was = edge - sum(new < edge for new in self.new)
        for removed in self.edit.removed:
            was += removed <= was
        return self.before[was]


def _groups(projection: Projection, edit: Edit) -> Groups:
    groups, elements = projection.groups, len(projection)
    if not len(groups):
        return groups
    k, full, size = groups.k.copy(), groups.full.copy(), groups.size.copy()
    for number, (least, whole) in edit.needs.items():
        k[number], full[number] = least, whole
    for edge in edit.removed:
        if projection.edges.dependent[edge] >= elements:
            counts = 1 if projection.weight is None else projection.weight[edge]
            size[projection.edges.dependent[edge] - elements] -= counts
    for each in edit.added:
        if each.dependent >= elements:
            size[each.dependent - elements] += 1
    share = {number: percent for number, percent in groups.share.items() if number not in edit.needs}
    return Groups(groups.iris, k, full, size, share)


def _keep(old: Projection, made: Projection, edit: Edited, new: Sequence[int], said: Edit) -> None:
    """What is known of the order of the edges, brought up to date instead of sorted anew."""
    if not old.by_provider:
        return
    if not new and not said.removed:
        vars(made).update(by_provider=True, users=old.users, uses=old.uses)
        return
    gone, added = list(said.removed), said.added
    dependents = [*old.edges.dependent[gone].tolist(), *(each.dependent for each in added)]
    providers = [*old.edges.provider[gone].tolist(), *(each.provider for each in added)]
    more = [-1] * len(gone) + [1] * len(added)
    users, start = (_counted(known, at, more) for known, at in ((old.users, providers), (old.uses[0], dependents)))
    order = old.uses[1]
    if gone:
        order = np.delete(order, [_place(old.uses, *each) for each in zip(dependents, gone, strict=False)])
    order = _shifted(order, edit)
    dependent = made.edges.dependent
    for vertex, edge in sorted((int(dependent[edge]), edge) for edge in new):
        run = order[start[vertex] : start[vertex + 1]].tolist()
        known = [each for each in run if dependent[each] == vertex]
        order = np.insert(order, int(start[vertex]) + bisect_left(known, edge), np.int32(edge))
    vars(made).update(by_provider=True, users=users, uses=(start, order))


def _place(uses: tuple[Ints, Ints], dependent: int, edge: int) -> int:
    """Where an edge stands in the order of the dependents; those of one dependent stand by their numbers."""
    first, last = int(uses[0][dependent]), int(uses[0][dependent + 1])
    return first + int(np.searchsorted(uses[1][first:last], edge))


def _shifted(edges: Ints, edit: Edited) -> Ints:
    """What number edges that stay have now."""
    for edge in reversed(edit.removed):
        edges = edges - (edges > edge)
    for at in reversed(edit.before):
        edges = edges + (edges >= at)
    return edges


def _counted(start: Ints, vertices: Sequence[int], more: Sequence[int]) -> Ints:
    """Where the edges of each vertex stand once some vertices have more or fewer."""
    found = start.copy()
    for vertex, count in zip(vertices, more, strict=True):
        found[vertex + 1 :] += count
    return found
