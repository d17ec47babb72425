"""How thick is a line where several run together? As thick as all of them, piece by piece. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.map.overview import Bundle
from graph.layout import Point, Route

__all__ = ["Run", "runs"]

_Piece = tuple[Point, Point]


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a trunk: where it lies, of which bundle it is a part, and how many dependencies run in it.

    ``ends``  whether it ends at the provider
    """

    bundle: Bundle
    points: tuple[Point, ...]
    count: int
    ends: bool


def runs(bundles: Sequence[Bundle], routes: Mapping[str, Route]) -> Iterator[Run]:
    """The pieces on which more than one bundle to the same provider lies, each once, along the thickest bundle first.

    >>> a, b = Route(((0, 0), (0, 50), (90, 50), (90, 99))), Route(((40, 0), (40, 50), (90, 50), (90, 99)))
    >>> one, two = Bundle("x", "db", 5), Bundle("y", "db", 3)
    >>> [(run.count, run.points, run.ends) for run in runs([one, two], {one.id: a, two.id: b})]
    [(8, ((40, 50), (90, 50), (90, 99)), True)]
    """
    for provider in dict.fromkeys(bundle.provider for bundle in bundles):
        mine = [bundle for bundle in bundles if bundle.provider == provider and bundle.id in routes]
        if len(mine) > 1:
            yield from _of_provider(sorted(mine, key=lambda each: (-each.count, each.id)), routes)


def _of_provider(bundles: Sequence[Bundle], routes: Mapping[str, Route]) -> Iterator[Run]:
    corners = {point for bundle in bundles for point in routes[bundle.id].points}
    pieces = {bundle.id: list(_pieces(routes[bundle.id].points, corners)) for bundle in bundles}
    count, many = dict[_Piece, int](), dict[_Piece, int]()
    for bundle in bundles:
        for piece in pieces[bundle.id]:
            count[piece] = count.get(piece, 0) + bundle.count
            many[piece] = many.get(piece, 0) + 1
    drawn: set[_Piece] = set()
    for bundle in bundles:
        run, said = list[Point](), 0
        for piece in pieces[bundle.id]:
            here = count[piece] if many[piece] > 1 and piece not in drawn else 0
            drawn.add(piece)
            if run and here != said:
                yield Run(bundle, _straight(run), said, ends=False)
                run = []
            if here:
                run = [*(run or piece[:1]), piece[1]]
            said = here
        if run:
            yield Run(bundle, _straight(run), said, ends=True)


def _pieces(points: Sequence[Point], corners: set[Point]) -> Iterator[_Piece]:
    """A route cut at every corner of every route that lies on it."""
    for (ax, ay), (bx, by) in pairwise(points):
        low, high = (min(ax, bx), min(ay, by)), (max(ax, bx), max(ay, by))
        on = {(x, y) for x, y in corners if low[0] <= x <= high[0] and low[1] <= y <= high[1]} | {(ax, ay), (bx, by)}
        yield from pairwise(sorted(on, key=lambda p: abs(p[0] - ax) + abs(p[1] - ay)))


def _straight(points: Sequence[Point]) -> tuple[Point, ...]:
    """The same without points on a straight line."""
    kept = [
        here
        for before, here, after in zip(points, points[1:], points[2:], strict=False)
        if (before[0] == here[0]) != (here[0] == after[0])
    ]
    return (points[0], *kept, points[-1])
