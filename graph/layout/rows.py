"""Which row of its lane does each box stand in? Who needs stands above what is needed; rows fit the picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, inf

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
    width = {key: boxes[key].width + GAP for key in ids}
    needed = ceil(sum(width.values()) / capacity)
    count = max(needed, min(max(height.values()) + 1, deepest), max(fixed.values(), default=-1) + 1)
    fill = _Fill([0.0] * max(count, ceil(needed * 1.25)), capacity, max(sum(width.values()) / count, *width.values()))
    row_of = dict(fixed)
    for key, row in fixed.items():
        fill.used[row] += width[key]
    tied = {key for pair in inner for key in pair}
    for key in sorted((k for k in order if k not in fixed), key=lambda k: k not in tied):
        low = max((row_of[o] + 1 for o in before[key] if o in row_of), default=0)
        high = min((row_of[o] - 1 for o in after[key] if o in row_of), default=len(fill.used))
        pull = min(above[key], 3) - min(below[key], 3) + (2 if before[key] else 0)
        row_of[key] = fill.best(width[key], low, min(high, count - 1 - height[key]), pull)
        fill.used[row_of[key]] += width[key]
    filled: list[list[str]] = [[] for _ in fill.used]
    for key in ids:
        filled[row_of[key]].append(key)
    return [row for row in filled if row]


@dataclass(frozen=True, slots=True)
class _Fill:
    """How full the rows of a lane are, what they hold at most, and what they should hold."""

    used: list[float]
    capacity: float
    share: float

    def best(self, width: float, low: int, high: int, pull: int) -> int:
        """The row for a box: between two others where there is room, near its lines, rows about equally full."""
        wanted = range(low, min(max(low, high) + 1, len(self.used)))
        found, least, share = -1, inf, self.share
        for row in wanted:
            taken = self.used[row] + width
            if taken <= self.capacity:
                cost = 0.3 * pull * row + 2.0 * self.used[row] / share + 4.0 * (max(0.0, taken - share) / share)
                if cost < least:
                    found, least = row, cost
        if found >= 0:
            return found
        later = [r for r in range(low, len(self.used)) if self.used[r] + width <= self.capacity]
        if not later:
            self.used.append(0.0)  # below all that need it, where no row has room
        return later[0] if later else len(self.used) - 1


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
    sinks = {k for k in outgoing if not outgoing[k]}
    sources = {k for k in outgoing if not incoming[k]}
    while outgoing:
        if sinks:
            key = max(sinks)
            tail.append(key)
        else:
            key = min(sources) if sources else min(outgoing, key=lambda k: (len(incoming[k]) - len(outgoing[k]), k))
            head.append(key)
        sinks.discard(key)
        sources.discard(key)
        for other in outgoing.pop(key):
            incoming[other].discard(key)
            sources |= set() if incoming[other] else {other}
        for other in incoming.pop(key):
            outgoing[other].discard(key)
            sinks |= set() if outgoing[other] else {other}
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
