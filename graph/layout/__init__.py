"""Where does everything on the map stand, and where do the lines run? One pure function from boxes to a picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from math import sqrt

from graph.layout.coordinates import place, rough
from graph.layout.hubs import hubs
from graph.layout.model import Box, Lane, LaneBand, Layout, Line, Mark, Place, Point, Rect, Route, Row, Strand
from graph.layout.nets import Nets, build
from graph.layout.order import orders, reorder
from graph.layout.parted import Drawing, parted
from graph.layout.routes import draw
from graph.layout.rows import RowPlan, rows
from graph.layout.search import fewest
from graph.layout.segments import Segments, segments

__all__ = [
    "Box",
    "Lane",
    "LaneBand",
    "Layout",
    "Line",
    "Mark",
    "Place",
    "Point",
    "Rect",
    "Route",
    "Row",
    "Segments",
    "Strand",
    "layout",
    "segments",
]

TITLE_WIDTH = 120.0
WIDTH = 1200.0
PAD = 10.0
FULL = 0.95
SEARCHED = 210
VERSION = "5"


def layout(
    boxes: Iterable[Box],
    lines: Iterable[Line],
    lanes: Iterable[Lane],
    *,
    width: float = WIDTH,
    height: float = 0.0,
    title_width: float = TITLE_WIDTH,
    previous: Layout | None = None,
) -> Layout:
    """Lay out a map: lanes as bands from top to bottom, each with as many rows as its boxes need.

    Lines run from who needs to who is needed, in the channels between the rows: never through a box, the title
    column or along the line of another provider. Lines against the order of the lanes arrive from below. The method
    is that of Sugiyama, Tagawa and Toda (1981) with given lanes and one trunk per provider; in small maps some lines
    run beside their trunk where that saves crossings.

    Args:
        boxes: the elements; ids are unique.
        lines: the dependencies, from source to target. Several lines between two boxes share their route.
        lanes: the lanes from top to bottom; a lane without boxes does not appear.
        width: the wanted width of the whole picture for up to 60 boxes; it grows with their square root.
        height: the wanted height; room that is left goes to the channels.
        title_width: the width of the title column.
        previous: the last picture of this view; what it holds keeps its row, its order and its trunk.

    Returns:
        The picture. The same input gives the same picture, in whatever order it comes.

    Raises:
        ValueError: an id stands twice, a line ends nowhere, or a box stands in no lane.

    >>> made = layout([Box("shop", "a", 100), Box("db", "b", 88)], [Line("shop", "db", "1")], [Lane("a"), Lane("b")])
    >>> made.routes["1"].points
    ((660.0, 40.0), (660.0, 70.0))
    """
    by_id, usable, loops, lanes = _checked(boxes, lines, lanes)
    fingerprint = _digest(by_id, usable, loops, lanes, width, height, title_width)
    if previous is not None and previous.fingerprint == fingerprint:
        return previous
    inner = (width * _growth(len(by_id), len(usable)) - title_width) // 4 * 4
    seed = previous.rows if previous else ()
    plans = rows(by_id, usable, lanes, capacity=(inner - 2 * PAD) * FULL, previous=seed)
    strands = previous.strands if previous else hubs(usable, plans)
    nets = build(by_id, usable, plans, strands)
    before = _before(nets, plans, seed)
    held = _held(plans, previous) if previous else None

    def finish(strands: tuple[Strand, ...], nets: Nets, ordered: list[list[int]]) -> Drawing:
        places = place(nets, ordered, width=inner, pad=PAD, before=before)
        picture = draw(nets, places, plans, by_id, lanes, title_width=title_width, height=height, held=held)
        return Drawing(strands, nets, ordered, places, picture)

    drawing = finish(strands, nets, _ordered(nets, plans, before, inner))
    if previous is None:
        drawing = parted(drawing, usable, lambda some: build(by_id, usable, plans, some), finish, pad=PAD)
    nets, ordered, places, picture = drawing.nets, drawing.rows, drawing.places, drawing.picture
    return Layout(
        positions=picture.positions,
        lanes=picture.lanes,
        routes=picture.routes,
        dots=picture.dots,
        marks=picture.marks,
        loops=loops,
        width=title_width + places.width,
        height=picture.height,
        title_width=title_width,
        rows=_kept(nets, plans, ordered, places.nodes),
        strands=drawing.strands,
        fingerprint=fingerprint,
    )


def _checked(
    boxes: Iterable[Box], lines: Iterable[Line], lanes: Iterable[Lane]
) -> tuple[dict[str, Box], list[Line], tuple[str, ...], list[Lane]]:
    """Sort everything, put lines to oneself aside, and refuse what cannot be drawn."""
    every, edges, lanes = sorted(boxes), sorted(lines), list(lanes)
    for what, counted in (
        ("box", Counter(box.id for box in every)),
        ("line", Counter(line.id for line in edges)),
        ("lane", Counter(lane.key for lane in lanes)),
    ):
        twice = sorted(key for key, count in counted.items() if count > 1)
        if twice:
            raise ValueError(f"{what} {twice[0]!r} stands twice; give each {what} an id of its own")
    by_id = {box.id: box for box in every}
    keys = {lane.key for lane in lanes}
    for box in every:
        if box.lane not in keys:
            raise ValueError(f"box {box.id!r} stands in lane {box.lane!r}, which is not among the lanes")
    for line in edges:
        for end in (line.source, line.target):
            if end not in by_id:
                raise ValueError(f"line {line.id!r} ends at {end!r}, which is no box")
    usable = [line for line in edges if line.source != line.target]
    loops = tuple(sorted(line.id for line in edges if line.source == line.target))
    return by_id, usable, loops, lanes


def _growth(boxes: int, lines: int) -> float:
    """How much wider than a small map a large one is: with the root of its boxes, and more when lines are dense."""
    if boxes <= 60:
        return 1.0
    dense = min(2.2, max(1.0, lines / boxes / 1.5))
    return float(sqrt(boxes / 60) * dense ** min(1.0, (boxes - 60) / 140))


def _digest(*parts: object) -> str:
    return sha256(repr((VERSION, *parts)).encode()).hexdigest()[:32]


def _before(nets: Nets, plans: Sequence[RowPlan], seed: Sequence[Row]) -> dict[int, float]:
    """The x that nodes had in the last picture, as far as they still stand in the row that was theirs."""
    home = {p.id: n for n, row in enumerate(seed) for p in row.places if not p.way}
    matched: dict[int, int] = {}
    for number, plan in enumerate(plans):
        votes = Counter(home[key] for key in plan.ids if key in home and seed[home[key]].lane == plan.lane)
        if votes:
            matched[number] = max(votes, key=lambda n: (votes[n], -n))
    xs = [{(p.id, p.way): p.x for p in row.places} for row in seed]
    found = {}
    for index, node in enumerate(nets.nodes):
        if node.row in matched and (node.id, node.way) in xs[matched[node.row]]:
            found[index] = xs[matched[node.row]][node.id, node.way]
    return found


def _held(plans: Sequence[RowPlan], previous: Layout) -> dict[int, float]:
    """The middle that each row had in the last picture, of shelves the top: that of most of its boxes."""
    lane_of = {place.id: (row.lane, row.shelf) for row in previous.rows for place in row.places if not place.way}
    found: dict[int, float] = {}
    for number, plan in enumerate(plans):
        known = [previous.positions[key] for key in plan.ids if lane_of.get(key) == (plan.lane, plan.shelf)]
        if plan.shelf:
            found |= {number: min(box.y for box in known)} if known else {}
        elif middles := Counter(box.centre[1] for box in known):
            found[number] = max(middles, key=lambda middle: (middles[middle], -middle))
    return found


def _ordered(nets: Nets, plans: Sequence[RowPlan], before: Mapping[int, float], width: float) -> list[list[int]]:
    """The order of all rows: linked nodes by their lines, then the others where they fit."""
    linked = {port.node for port in nets.ports} | {n for n, node in enumerate(nets.nodes) if not node.real}
    free = set(range(len(nets.nodes))) - linked
    links, same = [], []
    for net in nets.nets:
        for pin in sorted((net.top | net.bottom) - {net.head}):
            ends = (pin.node, net.head.node)
            if nets.nodes[ends[0]].row == nets.nodes[ends[1]].row:
                same.append(ends)
            else:
                links.append(ends if nets.nodes[ends[0]].row < nets.nodes[ends[1]].row else ends[::-1])
    if before:
        return reorder(nets.rows, links, same, before, width)
    rows_of = [[n for n in row if n in linked] for row in nets.rows]
    small = len(nets.nodes) <= SEARCHED
    candidates = orders(rows_of, links, same, swapped=not small)
    if small:
        ordered, x = fewest(nets, rows_of, links, candidates, width=width, pad=PAD)
    else:
        ordered = candidates[0]
        shelves = free and any(plan.shelf and row for plan, row in zip(plans, ordered, strict=True))
        x = rough(nets, ordered, width=width, pad=PAD) if shelves else []
    if not free:
        return ordered
    return [
        _with_free(row, [n for n in full if n in free], nets, plan, x, width)
        for row, full, plan in zip(ordered, nets.rows, plans, strict=True)
    ]


def _with_free(
    row: list[int], free: list[int], nets: Nets, plan: RowPlan, x: Sequence[float], width: float
) -> list[int]:
    """Boxes without lines come last in a row; the columns of a shelf stand evenly among the trunks."""
    if not plan.shelf or not row:
        return row + free
    taken = sum(nets.nodes[n].width for n in free)
    between = max(0.0, width - taken) / (len(free) + 1)
    centres, left = {}, between
    for n in free:
        centres[n] = left + nets.nodes[n].width / 2
        left += nets.nodes[n].width + between
    trunks = {n: (x[n], place) for place, n in enumerate(row)}
    merged: list[int] = []
    waiting = list(free)
    for trunk in row:
        while waiting and centres[waiting[0]] < trunks[trunk][0]:
            merged.append(waiting.pop(0))
        merged.append(trunk)
    return merged + waiting


def _kept(
    nets: Nets, plans: Sequence[RowPlan], ordered: Sequence[Sequence[int]], x: Sequence[float]
) -> tuple[Row, ...]:
    """The rows as the next picture needs them."""
    return tuple(
        Row(
            plan.lane,
            plan.shelf,
            tuple(
                Place(key, nets.nodes[n].way, x[n]) for n in row for key in nets.nodes[n].members or (nets.nodes[n].id,)
            ),
        )
        for plan, row in zip(plans, ordered, strict=True)
    )
