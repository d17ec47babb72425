"""By which ways does one element depend on another? All shortest ways, or all up to a length."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from graph.analysis._frontier import carries, carrying
from graph.analysis.reach import reach
from graph.answer import Answer, count
from graph.projection import Projection

__all__ = ["Paths", "answer", "linked", "passing", "paths"]

_STEPS = 1_000_000


@dataclass(frozen=True, slots=True)
class Paths:
    """Result of ``paths``: each way is its vertices (elements and groups) from the dependent to what it needs."""

    source: int
    target: int
    ways: tuple[tuple[int, ...], ...]
    hops: int
    cuts: tuple[str, ...] = ()


def paths(projection: Projection, source: int, target: int, *, hops: int | None = None, most: int = 100) -> Paths:
    """Ways along dependencies from ``source`` to ``target``, shortest first.

    Only vertices from which the target can be reached in time are visited, so nothing is searched in vain.

    Args:
        projection: the map.
        source: the dependent.
        target: what it might rest on.
        hops: also longer ways, without repeated elements, up to so many hops; else only the shortest ways.
        most: stop after so many ways; the cut is said in the result.
    """
    back = reach(projection, [target]).distance
    nearest = int(back[source])
    if source == target or nearest < 0:
        return Paths(source, target, (), -1)
    walk = _Ways(projection, target, back.tolist())
    ways: list[tuple[int, ...]] = []
    cuts: tuple[str, ...] = ()
    for length in range(nearest, max(nearest, hops or 0) + 1):
        for way in walk.from_(source, length):
            if len(ways) == most:
                cuts = (f"the first {most} ways; there are more",)
                break
            ways.append(way)
        if cuts or walk.steps > _STEPS:
            break
    if walk.steps > _STEPS:
        cuts = (f"stopped after {_STEPS:,} steps; there may be more ways",)
    ways.sort(key=lambda way: (sum(v < len(projection) for v in way), way))
    return Paths(source, target, tuple(ways), nearest, cuts)


def linked(projection: Projection, source: int, target: int) -> tuple[int, ...]:
    """Edges of a way from ``source`` to ``target`` over links of any kind, empty where none leads there.

    Of all ways one with the fewest links that carry no outage, and of those a shortest. It says why two elements that
    are linked on a map do not depend on each other.
    """
    start, order = projection.uses
    passes, provider = carrying(projection), projection.edges.provider
    done: dict[int, int] = {}
    queue = [(0, 0, source, -1)]
    while queue:
        blocked, hops, vertex, via = heappop(queue)
        if vertex in done:
            continue
        done[vertex] = via
        if vertex == target:
            break
        for edge in order[start[vertex] : start[vertex + 1]].tolist():
            if (after := int(provider[edge])) not in done:
                heappush(queue, (blocked + (not passes[edge]), hops + 1, after, edge))
    way, vertex = list[int](), target
    while (via := done.get(vertex, -1)) >= 0:
        way.append(via)
        vertex = int(projection.edges.dependent[via])
    return tuple(reversed(way))


def passing(projection: Projection, edges: tuple[int, ...]) -> tuple[bool, ...]:
    """For each of the edges, whether an outage can pass while things run."""
    return tuple(bool(passes) for passes in carries(projection.edges.claim[list(edges)]))


class _Ways:
    def __init__(self, projection: Projection, target: int, back: list[int]) -> None:
        self.projection, self.target, self.back = projection, target, back
        self.usable, self.elements, self.steps = carrying(projection), len(projection), 0

    def next_of(self, vertex: int) -> list[int]:
        start, order = self.projection.uses
        edges = order[start[vertex] : start[vertex + 1]]
        providers = self.projection.edges.provider[edges[self.usable[edges]]]
        return sorted(set(providers.tolist()), reverse=True)

    def from_(self, source: int, length: int) -> Iterator[tuple[int, ...]]:
        """Ways of exactly ``length`` hops, depth first with an own stack of vertex, depth in the way, hops so far."""
        way: list[int] = []
        on_way: set[int] = set()
        stack = [(source, 0, 0)]
        while stack and self.steps <= _STEPS:
            self.steps += 1
            vertex, depth, hops = stack.pop()
            on_way.difference_update(way[depth:])
            del way[depth:]
            way.append(vertex)
            on_way.add(vertex)
            if vertex == self.target:
                if hops == length:
                    self.steps += len(way)
                    yield tuple(way)
                continue
            for provider in self.next_of(vertex):
                cost = hops + (provider < self.elements)
                if provider not in on_way and self.left(provider) >= 0 and cost + self.left(provider) <= length:
                    stack.append((provider, depth + 1, cost))

    def left(self, vertex: int) -> int:
        """Hops that are still needed from a vertex; a group's distance lies before its member, so one more."""
        return self.back[vertex] + 1 if vertex >= self.elements and self.back[vertex] >= 0 else self.back[vertex]


def answer(projection: Projection, result: Paths) -> Answer:
    """Each way as a row: how many hops, and the elements on it from the dependent on."""
    source, target = projection.labels[result.source], projection.labels[result.target]
    rows = []
    for way in result.ways:
        steps = [projection.ids[v].partition("/")[2] for v in way if not projection.is_group(v)]
        rows.append((len(steps) - 1, " → ".join(steps)))
    found = count(len(rows), "way")
    if result.source == result.target:
        return Answer(f"{source} is asked for twice", "paths", ("hops", "path"), ())
    return Answer(
        title=f"{source} depends on {target} by {found}" if rows else f"{source} does not depend on {target}",
        of="paths",
        columns=("hops", "path"),
        rows=tuple(rows),
        facts={"revision": projection.revision},
        notes=result.cuts,
    )
