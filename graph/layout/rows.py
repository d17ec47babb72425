"""Which row of its lane does each box stand in? Who needs stands above what is needed; rows no wider than the picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from graph.layout.model import Box, Lane, Line, Row

__all__ = ["GAP", "RowPlan", "rows"]

GAP = 12.0
TRUNK = 10.0
FLATTEST, DEEPEST = 3, 8
PITCH = 135.0


@dataclass(frozen=True, slots=True)
class RowPlan:
    """The boxes of a row, not yet in order. A shelf is a grid: its boxes, line by line, in ``columns`` columns."""

    lane: str
    ids: tuple[str, ...]
    columns: int = 0

    @property
    def shelf(self) -> bool:
        """Whether this is the grid of the boxes without lines."""
        return self.columns > 0


def rows(
    boxes: Mapping[str, Box],
    lines: Sequence[Line],
    lanes: Sequence[Lane],
    *,
    capacity: float,
    previous: Sequence[Row] = (),
) -> tuple[RowPlan, ...]:
    """Cut each lane into rows, from top to bottom. Boxes of ``previous`` stay in their rows.

    Args:
        boxes: the boxes by id.
        lines: lines between two different boxes.
        lanes: lanes from top to bottom.
        capacity: the width of a row, for boxes and for trunks that pass through it.
        previous: the rows of the last picture.
    """
    rank = {lane.key: n for n, lane in enumerate(lanes)}
    linked = {end for line in lines for end in (line.source, line.target)}
    members: dict[str, list[str]] = defaultdict(list)
    for key in sorted(boxes):
        members[boxes[key].lane].append(key)
    old: dict[str, list[Row]] = defaultdict(list)
    for row in previous:
        old[row.lane].append(row)
    deepest = max(FLATTEST, min(DEEPEST, round(capacity / PITCH / max(1, len(members)))))
    plans: list[RowPlan] = []
    for lane in lanes:
        if members[lane.key]:
            passing = TRUNK * _passing(lane.key, boxes, lines, rank)
            room = max(capacity - passing, capacity / 2)
            plans += _lane(lane.key, members[lane.key], boxes, lines, rank, linked, room, deepest, old[lane.key])
    return tuple(plans)


def _passing(lane: str, boxes: Mapping[str, Box], lines: Sequence[Line], rank: Mapping[str, int]) -> int:
    """How many trunks pass through a lane: providers on one side that are needed on the other."""
    here = rank[lane]
    found = set()
    for line in lines:
        start, end = rank[boxes[line.source].lane], rank[boxes[line.target].lane]
        if start < here < end or end < here < start:
            found.add((line.target, start < end))
    return len(found)


def _lane(
    lane: str,
    ids: list[str],
    boxes: Mapping[str, Box],
    lines: Sequence[Line],
    rank: Mapping[str, int],
    linked: set[str],
    capacity: float,
    deepest: int,
    previous: Sequence[Row],
) -> list[RowPlan]:
    fixed = {p.id: n for n, row in enumerate(previous) if not row.shelf for p in row.places if not p.way}
    fixed = {key: n for key, n in fixed.items() if key in boxes and boxes[key].lane == lane}
    mine = [key for key in ids if key in linked or key in fixed]
    loose = [key for key in ids if key not in linked and key not in fixed]
    filled = _spread(lane, mine, boxes, lines, rank, capacity, deepest, fixed)
    had_shelf = any(row.shelf for row in previous)
    if loose and filled and not had_shelf:
        room = [capacity - sum(boxes[k].width + GAP for k in row) for row in filled]
        best = max(range(len(filled)), key=lambda n: (room[n], n))
        if sum(boxes[k].width + GAP for k in loose) <= room[best]:
            filled[best] += loose
            loose = []
    plans = [RowPlan(lane, tuple(sorted(row))) for row in filled]
    if loose:
        plans.append(RowPlan(lane, tuple(loose), _columns([boxes[k].width for k in loose], capacity)))
    return plans


def _columns(widths: list[float], capacity: float) -> int:
    """As many columns as fit, and no more than the last line of the grid needs."""
    if sum(widths) + GAP * (len(widths) - 1) <= capacity:
        return len(widths)
    fitting = max(1, int((capacity + GAP) // (max(widths) + GAP)))
    return ceil(len(widths) / ceil(len(widths) / fitting))


def _spread(
    lane: str,
    ids: list[str],
    boxes: Mapping[str, Box],
    lines: Sequence[Line],
    rank: Mapping[str, int],
    capacity: float,
    deepest: int,
    fixed: Mapping[str, int],
) -> list[list[str]]:
    """Give each linked box of a lane a row: below the boxes that need it, where there is room, near its lines."""
    if not ids:
        return []
    above, below, inner = _pulls(lane, set(ids), lines, boxes, rank)
    before = _acyclic(ids, inner)
    order = _topological(ids, before)
    height: dict[str, int] = dict.fromkeys(ids, 0)
    after: dict[str, set[str]] = defaultdict(set)
    for key in reversed(order):
        for other in before[key]:
            after[other].add(key)
            height[other] = max(height[other], height[key] + 1)
    total = sum(boxes[k].width + GAP for k in ids)
    needed = ceil(total / capacity)
    count = max(needed, min(max(height.values()) + 1, deepest), max(fixed.values(), default=-1) + 1)
    limit = max(count, ceil(needed * 1.25))
    share = max(total / count, max(boxes[k].width for k in ids) + GAP)
    row_of: dict[str, int] = dict(fixed)
    fill = [0.0] * limit
    for key, row in fixed.items():
        fill[row] += boxes[key].width + GAP
    tied = {key for pair in inner for key in pair}
    for key in sorted(order, key=lambda k: k not in tied):
        if key in fixed:
            continue
        width = boxes[key].width + GAP
        low = min(max((row_of[o] + 1 for o in before[key] if o in row_of), default=0), limit - 1)
        high = min((row_of[o] - 1 for o in after[key] if o in row_of), default=limit - 1)
        high = max(low, min(high, max(low, count - 1 - height[key])))
        choices = [r for r in range(low, high + 1) if fill[r] + width <= capacity]
        if not choices:
            choices = [r for r in range(low, limit) if fill[r] + width <= capacity]
            choices = choices[:1] or [min(range(low, limit), key=lambda r: (fill[r], r))]
        pull = min(above[key], 3) - min(below[key], 3)
        if before[key]:
            pull += 2

        def cost(r: int, pull: int = pull, width: float = width) -> tuple[float, int]:
            crowd = max(0.0, fill[r] + width - share) / share
            return pull * r * 0.3 + 2.0 * fill[r] / share + 4.0 * crowd, r

        row_of[key] = min(choices, key=cost)
        fill[row_of[key]] += width
    filled: list[list[str]] = [[] for _ in range(limit)]
    for key in ids:
        filled[row_of[key]].append(key)
    return [row for row in filled if row]


def _pulls(
    lane: str, ids: set[str], lines: Sequence[Line], boxes: Mapping[str, Box], rank: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int], set[tuple[str, str]]]:
    """How many boxes of other lanes pull each box up or down, and the lines inside the lane."""
    above: dict[str, int] = defaultdict(int)
    below: dict[str, int] = defaultdict(int)
    inner: set[tuple[str, str]] = set()
    for source, target in sorted({(line.source, line.target) for line in lines}):
        if source in ids and target in ids:
            inner.add((source, target))
            continue
        for mine, other in ((source, target), (target, source)):
            if mine in ids:
                up = rank[boxes[other].lane] < rank[lane]
                above[mine] += up
                below[mine] += not up
    return above, below, inner


def _acyclic(ids: Iterable[str], pairs: set[tuple[str, str]]) -> dict[str, set[str]]:
    """Leave out few lines so that no cycle is left (Eades, Lin and Smyth 1993); who stands above whom remains."""
    outgoing: dict[str, set[str]] = {key: set() for key in ids}
    incoming: dict[str, set[str]] = {key: set() for key in ids}
    for source, target in pairs:
        outgoing[source].add(target)
        incoming[target].add(source)
    head: list[str] = []
    tail: list[str] = []
    left = set(outgoing)
    sinks = {k for k in left if not outgoing[k]}
    sources = {k for k in left if not incoming[k]} - sinks
    while left:
        if sinks:
            key = max(sinks)
            tail.append(key)
        elif sources:
            key = min(sources)
            head.append(key)
        else:
            key = min(left, key=lambda k: (len(incoming[k]) - len(outgoing[k]), k))
            head.append(key)
        left.discard(key)
        sinks.discard(key)
        sources.discard(key)
        for other in outgoing.pop(key):
            incoming[other].discard(key)
            if not incoming[other] and other not in sinks:
                sources.add(other)
        for other in incoming.pop(key):
            outgoing[other].discard(key)
            if not outgoing[other]:
                sinks.add(other)
                sources.discard(other)
    place = {key: n for n, key in enumerate(head + tail[::-1])}
    before: dict[str, set[str]] = {key: set() for key in place}
    for source, target in pairs:
        if place[source] < place[target]:
            before[target].add(source)
    return before


def _topological(ids: Sequence[str], before: Mapping[str, set[str]]) -> list[str]:
    """Who is needed comes after who needs it; level by level, then by id."""
    depth: dict[str, int] = {}
    for start in ids:
        stack = [start]
        while stack:
            key = stack[-1]
            waiting = [o for o in before[key] if o not in depth]
            if waiting:
                stack += waiting
            else:
                depth[key] = max((depth[o] + 1 for o in before[key]), default=0)
                stack.pop()
    return sorted(ids, key=lambda k: (depth[k], k))
