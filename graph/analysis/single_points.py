"""Which element alone takes a service down when it fails? Single points of failure, k-of-n groups counted in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.analysis._condensed import condense
from graph.analysis.elements import all_of, kind_of
from graph.analysis.kernels import passes
from graph.answer import Answer, count
from graph.projection import REQUIRED, Projection
from ontology import terms as t

__all__ = ["SinglePoints", "answer", "business_services", "single_points"]

Ints = npt.NDArray[np.int32]

_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class SinglePoints:
    """``of`` each service: the elements, it itself left out, whose failure alone takes it down, in their order."""

    revision: str
    of: dict[int, Ints]

    def by_element(self) -> dict[int, list[int]]:
        """Element -> the services that it alone takes down, those that take most first."""
        found: dict[int, list[int]] = {}
        for service, points in self.of.items():
            for point in points.tolist():
                found.setdefault(point, []).append(service)
        return dict(sorted(found.items(), key=lambda item: (-len(item[1]), item[0])))


def business_services(projection: Projection) -> list[int]:
    """The elements that are business services."""
    return all_of(projection, t.BUSINESS_SERVICE)


def single_points(
    projection: Projection, services: Iterable[int], *, candidates: Iterable[int] | None = None
) -> SinglePoints:
    """For each service the elements of which ``impact`` says: if this fails, the service is down.

    A set of candidates goes up from the ground: an element has its own bit and those of what it requires, a group
    the bits that more than n - k of its members have. Circles are gone through until nothing changes. Cost: for every
    4,096 candidates once through what the services require and that requires a candidate.

    Args:
        projection: the map.
        services: element numbers.
        candidates: the elements to ask about; None for all that the services require.
    """
    services = list(services)
    walk = _Walk(projection, services, candidates)
    found: dict[int, list[Ints]] = {service: [] for service in services}
    for begin in range(0, len(walk.candidates), _AT_ONCE):
        block = walk.candidates[begin : begin + _AT_ONCE]
        bits = walk.up(block)
        for service in services:
            points = block[_positions(bits.get(service, 0), len(block))]
            found[service].append(points[points != service])
    none = np.empty(0, np.int32)
    return SinglePoints(projection.revision, {s: np.concatenate([none, *parts]) for s, parts in found.items()})


def _positions(bits: int, length: int) -> npt.NDArray[np.int64]:
    octets = np.frombuffer(bits.to_bytes(-(-length // 8), "little"), np.uint8)
    return np.flatnonzero(np.unpackbits(octets, bitorder="little")[:length])


class _Walk:
    def __init__(self, projection: Projection, services: Sequence[int], candidates: Iterable[int] | None) -> None:
        edges, self.elements = projection.edges, len(projection)
        required = passes()[edges.claim] == REQUIRED
        self.k, self.size = projection.groups.k.tolist(), projection.groups.size.tolist()
        start, order = projection.uses
        kept = projection.counted(order[required[order]])
        counts = required if projection.weight is None else required * projection.weight
        ends = np.concatenate([[0], np.cumsum(counts[order])])[start]
        self.start: list[int] = ends.tolist()
        self.provider: list[int] = edges.provider[kept].tolist()
        reached = self._required(services)
        wanted = None if candidates is None else set(candidates)
        asked = [v for v in reached if v < self.elements and (wanted is None or v in wanted)]
        self.candidates = np.array(asked, np.int32)
        self.row = condense(projection, required).row if asked else np.empty(0, np.int32)
        chosen = reached if wanted is None else self._requiring(reached, asked)
        self.order = sorted(chosen, key=lambda v: (int(self.row[v]), v))

    def _required(self, services: Sequence[int]) -> list[int]:
        """The services and all that they require, groups included."""
        seen, stack = set(services), list(services)
        while stack:
            vertex = stack.pop()
            fresh = [p for p in self.providers(vertex) if p not in seen]
            seen.update(fresh)
            stack += fresh
        return sorted(seen)

    def _requiring(self, reached: Sequence[int], asked: Sequence[int]) -> list[int]:
        """Of the reached vertices those that require what is asked about: nothing else can be taken down by it."""
        users: dict[int, list[int]] = {}
        for vertex in reached if asked else ():
            for provider in self.providers(vertex):
                users.setdefault(provider, []).append(vertex)
        seen, stack = set(asked), list(asked)
        while stack:
            fresh = [user for user in users.get(stack.pop(), ()) if user not in seen]
            seen.update(fresh)
            stack += fresh
        return sorted(seen)

    def providers(self, vertex: int) -> list[int]:
        return self.provider[self.start[vertex] : self.start[vertex + 1]]

    def up(self, block: Ints) -> dict[int, int]:
        """For each vertex the candidates of the block that alone take it down, as bits."""
        bits = {vertex: 1 << place for place, vertex in enumerate(block.tolist())}
        for circle in self._circles():
            changed = True
            while changed:
                changed = False
                for vertex in circle:
                    before = bits.get(vertex, 0)
                    after = before | self._down(vertex, bits)
                    if after != before:
                        bits[vertex], changed = after, len(circle) > 1
        return bits

    def _circles(self) -> Iterator[list[int]]:
        """The vertices from the ground up, those of one circle together."""
        begin = 0
        for end in range(1, len(self.order) + 1):
            if end == len(self.order) or self.row[self.order[end]] != self.row[self.order[begin]]:
                yield self.order[begin:end]
                begin = end

    def _down(self, vertex: int, bits: dict[int, int]) -> int:
        below = [bits.get(provider, 0) for provider in self.providers(vertex)]
        if vertex < self.elements:
            any_ = 0
            for each in below:
                any_ |= each
            return any_
        k, size = self.k[vertex - self.elements], self.size[vertex - self.elements]
        return _at_least(below, size - k + 1) if 0 < k <= size else 0


def _at_least(sets: Sequence[int], least: int) -> int:
    """The bits that so many of the sets have.

    >>> _at_least([0b011, 0b110, 0b010], 2)
    2
    """
    found = [0] * least
    for each in sets:
        for place in range(least - 1, 0, -1):
            found[place] |= found[place - 1] & each
        found[0] |= each
    return found[-1]


def answer(projection: Projection, result: SinglePoints, *, most: int = 100) -> Answer:
    """The elements that alone take a service down, as rows; ``most`` cuts them, and the cut is said."""
    points = result.by_element()
    services = count(len(result.of), "service")
    safe = sum(not len(points) for points in result.of.values())
    notes = [f"the first {most:,} of {len(points):,} elements; raise --most to see more"] * (len(points) > most)
    if safe:
        notes.append(f"{count(safe, 'service')} without any single point of failure")
    return Answer(
        title=f"{count(len(points), 'single point', 'single points')} of failure under {services}",
        of="elements",
        columns=("id", "name", "kind", "services", "takes down"),
        rows=tuple(
            (
                projection.ids[v],
                projection.labels[v],
                kind_of(projection, v),
                len(down),
                _names(projection, down),
            )
            for v, down in list(points.items())[:most]
        ),
        facts={"revision": result.revision, "services": len(result.of)},
        notes=tuple(notes),
    )


_NAMED = 8


def _names(projection: Projection, vertices: Sequence[int]) -> str:
    names = ", ".join(projection.labels[v] for v in vertices[:_NAMED])
    return f"{names} and {len(vertices) - _NAMED} more" if len(vertices) > _NAMED else names
