"""How high is each row and channel, and through which points does each line run? From places in rows to the picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from graph.layout.channels import Track, Wire, tracks
from graph.layout.coordinates import Places
from graph.layout.model import Box, Lane, LaneBand, Mark, Point, Rect, Route
from graph.layout.nets import BOTTOM, Hop, Nets, Pin
from graph.layout.rows import GAP, RowPlan

__all__ = ["Picture", "draw"]

BAND = 6.0
LEAVE = 14.0
ARRIVE = 18.0
STRAIGHT = 30.0
BETWEEN = 10.0
HOLE = 130.0


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is seen, in coordinates of the whole picture."""

    positions: dict[str, Rect]
    lanes: tuple[LaneBand, ...]
    routes: dict[str, Route]
    dots: tuple[Point, ...]
    marks: tuple[Mark, ...]
    height: float


def draw(
    nets: Nets,
    places: Places,
    plans: Sequence[RowPlan],
    boxes: Mapping[str, Box],
    lanes: Sequence[Lane],
    *,
    title_width: float,
    height: float = 0.0,
    held: Mapping[int, float] | None = None,
) -> Picture:
    """Run every net in its channel, stack rows and channels, and write down the points of each line.

    Args:
        nets: the map as nodes and nets.
        places: the x of nodes and ports.
        plans: the rows.
        boxes: the boxes by id.
        lanes: the lanes, for the height of their titles.
        title_width: where the bands begin.
        height: the wanted height; room that is left goes to the channels.
        held: the middle that rows had in the last picture, of shelves the top; they stay there unless that leaves a
            large hole.
    """
    channel_nets: list[list[int]] = [[] for _ in plans]
    for index, net in enumerate(nets.nets):
        channel_nets[net.channel].append(index)
    found: dict[int, Track] = {}
    heights: list[_Channel] = []
    for number, members in enumerate(channel_nets):
        wires = [Wire(*places.sides(nets.nets[n])) for n in members]
        laid, levels = tracks(wires, left=4.0)
        found |= dict(zip(members, laid, strict=True))
        heights.append(_channel(nets, members, wires, levels, number, plans))
    stack = _stack(plans, nets, heights, {lane.key: lane.title_height for lane in lanes}, height, held or {})
    placer = _Placer(nets, places, stack, found, title_width)
    return Picture(
        positions=_positions(nets, places, boxes, stack, title_width),
        lanes=tuple(
            LaneBand(key, title_width, round(top, 2), round(places.width, 2), round(bottom - top, 2))
            for key, top, bottom in stack.bands
        ),
        routes={key: placer.route(key) for key in sorted(nets.hops)},
        dots=placer.dots(),
        marks=placer.marks(),
        height=round(stack.height, 2),
    )


@dataclass(frozen=True, slots=True)
class _Channel:
    """The inner measures of a channel: room above the first track, between tracks, and below the last."""

    above: float
    step: float
    below: float
    levels: int
    border: bool

    @property
    def height(self) -> float:
        return self.above + self.below + self.step * max(0, self.levels - 1)


def _channel(
    nets: Nets, members: Sequence[int], wires: Sequence[Wire], levels: int, number: int, plans: Sequence[RowPlan]
) -> _Channel:
    last = number + 1 == len(plans)
    border = not last and plans[number].lane != plans[number + 1].lane
    if not members:
        empty = 0.0 if last else 2 * BAND + BETWEEN if border else GAP
        return _Channel(empty / 2, 0.0, empty / 2, 0, border)
    arrives = any(not wire.straight and _arrives_up(nets, n) for n, wire in zip(members, wires, strict=True))
    above = ARRIVE if arrives else LEAVE
    if not levels:
        return _Channel(STRAIGHT / 2, 0.0, STRAIGHT / 2, 0, border)
    step = 10.0 if levels <= 8 else 8.0 if levels <= 20 else 6.0
    return _Channel(above, step, BAND if last else ARRIVE, levels, border)


def _arrives_up(nets: Nets, net: int) -> bool:
    return nets.nets[net].way == "up" and nets.nets[net].head.port >= 0


@dataclass(frozen=True, slots=True)
class _Stack:
    """The heights of everything: rows, first tracks and steps of channels, bands and the whole."""

    rows: tuple[tuple[float, float], ...]
    tracks: tuple[tuple[float, float], ...]
    bands: tuple[tuple[str, float, float], ...]
    height: float


def _stack(
    plans: Sequence[RowPlan],
    nets: Nets,
    channels: Sequence[_Channel],
    titles: Mapping[str, float],
    wanted: float,
    held: Mapping[int, float],
) -> _Stack:
    tall = [max((nets.nodes[n].height for n in row), default=0.0) for row in nets.rows]
    spare = _spare(plans, tall, channels, titles, wanted)
    rows: list[tuple[float, float]] = []
    first: list[tuple[float, float]] = []
    bands: list[tuple[str, float, float]] = []
    y = BAND
    top = extra = 0.0
    for number, plan in enumerate(plans):
        if number == 0 or plans[number - 1].lane != plan.lane:
            extra = _title_extra(number, plans, tall, channels, titles, spare)
            top = y - BAND
            y += extra / 2
        rows.append((y, tall[number]))
        y += tall[number]
        last = number + 1 == len(plans) or plans[number + 1].lane != plan.lane
        if last:
            bands.append((plan.lane, top, y + BAND + extra / 2))
            y += extra / 2
        channel = channels[number]
        more = spare if channel.levels or channel.above + channel.below > GAP else 0.0
        if number + 1 < len(plans):
            following = _title_extra(number + 1, plans, tall, channels, titles, spare) / 2 if last else 0.0
            at = y + channel.height + more + following + (0.0 if plans[number + 1].shelf else tall[number + 1] / 2)
            away = held.get(number + 1, at) - at
            more += away if 0 < away <= HOLE else 0.0
        first.append((y + channel.above + more / 2, channel.step))
        y += channel.height + (more if number + 1 < len(plans) else 0.0)
    bottom = max(y, bands[-1][2]) if bands else 0.0
    return _Stack(tuple(rows), tuple(first), tuple(bands), bottom)


def _title_extra(
    number: int,
    plans: Sequence[RowPlan],
    tall: Sequence[float],
    channels: Sequence[_Channel],
    titles: Mapping[str, float],
    spare: float,
) -> float:
    """How much higher a band has to be than its rows, for its title."""
    own = [n for n in range(number, len(plans)) if plans[n].lane == plans[number].lane]
    inner = sum(tall[n] for n in own) + sum(channels[n].height + spare for n in own[:-1]) + 2 * BAND
    return max(0.0, titles[plans[number].lane] - inner)


def _spare(
    plans: Sequence[RowPlan],
    tall: Sequence[float],
    channels: Sequence[_Channel],
    titles: Mapping[str, float],
    wanted: float,
) -> float:
    """Room that is left of the wanted height, per channel, at most 28 px."""
    used = 2 * BAND + sum(tall) + sum(channel.height for channel in channels)
    used += sum(
        _title_extra(n, plans, tall, channels, titles, 0.0)
        for n in range(len(plans))
        if n == 0 or plans[n - 1].lane != plans[n].lane
    )
    open_channels = sum(1 for channel in channels[:-1] if channel.levels or channel.above + channel.below > GAP)
    return float(min(28.0, max(0.0, (wanted - used) / open_channels))) // 1 if open_channels else 0.0


def _positions(
    nets: Nets,
    places: Places,
    boxes: Mapping[str, Box],
    stack: _Stack,
    shift: float,
) -> dict[str, Rect]:
    found: dict[str, Rect] = {}
    for index, node in enumerate(nets.nodes):
        if not node.real:
            continue
        top, tall = stack.rows[node.row]
        left = places.nodes[index] - node.width / 2 + shift
        y = top if node.members else top + (tall - node.height) / 2
        for key in node.members or (node.id,):
            box = boxes[key]
            x = left if node.members else left + (node.width - box.width) / 2
            found[key] = Rect(round(x, 2), round(y, 2), box.width, box.height)
            y += box.height + GAP
    return {key: found[key] for key in sorted(found)}


class _Rounded(dict[float, float]):
    """Numbers rounded to a hundredth: few differ, and to round takes longer than to look up."""

    def __missing__(self, value: float) -> float:
        self[value] = found = round(value, 2)
        return found


class _Placer:
    """Turns pins and tracks into points."""

    def __init__(self, nets: Nets, places: Places, stack: _Stack, found: Mapping[int, Track], shift: float) -> None:
        self.nets, self.places, self.stack, self.found, self.shift = nets, places, stack, found, shift
        self.tails: dict[int, list[Point]] = {}
        self.rounded = _Rounded()

    def route(self, line: str) -> Route:
        hops = self.nets.hops[line]
        key = hops[1].start.node if len(hops) > 1 else -1 - hops[0].end.port
        tail = self.tails[key] if key in self.tails else self._tail(hops)
        return Route(tuple(_merged(self._shifted([self._touch(hops[0].start), *self._hop(hops[0])]), tail)))

    def _tail(self, hops: Sequence[Hop]) -> list[Point]:
        """The points from the first place-holder on, along a trunk to its end; lines that join it have these in common.

        Where a line goes along no trunk, they are its end alone. Each tail is the next one with what comes before it.
        """
        keys = [*(hop.start.node for hop in hops[1:]), -1 - hops[-1].end.port]
        known = next((number for number, key in enumerate(keys) if key in self.tails), len(hops))
        for number in range(known - 1, -1, -1):
            if number + 1 == len(hops):
                tail = self._shifted([self._touch(hops[-1].end)])
            else:
                points, tail = self._shifted(self._hop(hops[number + 1])), self.tails[keys[number + 1]]
                tail = _merged(points, tail) if points else tail
            self.tails[keys[number]] = tail
        return self.tails[keys[0]]

    def _shifted(self, points: Sequence[Point]) -> list[Point]:
        shift, rounded = self.shift, self.rounded
        return [(rounded[x + shift], rounded[y]) for x, y in points]

    def _hop(self, hop: Hop) -> list[Point]:
        """The bends of a line inside a channel."""
        net, first, last = hop
        start, end = self.places.x(first), self.places.x(last)
        if self._is_bottom(net, first):
            return self._bends(net, end, start)[::-1]
        return self._bends(net, start, end, both_top=not self._is_bottom(net, last))

    def _bends(self, net: int, top: float, bottom: float, *, both_top: bool = False) -> list[Point]:
        """The bends between a pin of the upper side and one of the lower side, from top to bottom."""
        track = self.found[net]
        tail: list[Point] = []
        x = bottom
        columns = {} if both_top else {pin: (column, level) for pin, column, level in track.detours}
        while x in columns:
            column, level = columns[x]
            y = self._y(net, level)
            tail = [(column, y), (x, y), *tail]
            x = column
        if top == x and not tail:
            return []
        y = self._y(net, track.level)
        return [(top, y), (x, y), *tail]

    def _is_bottom(self, net: int, pin: Pin) -> bool:
        return pin in self.nets.nets[net].bottom

    def _y(self, net: int, level: float) -> float:
        first, step = self.stack.tracks[self.nets.nets[net].channel]
        return first + level * step

    def _touch(self, pin: Pin) -> Point:
        """The point on the side of a box."""
        node, port = self.nets.nodes[pin.node], self.nets.ports[pin.port]
        top, tall = self.stack.rows[node.row]
        y = top + (tall - node.height) / 2
        return self.places.ports[pin.port], y + (node.height if port.side == BOTTOM else 0.0)

    def dots(self) -> tuple[Point, ...]:
        """The points of tracks where at least three ways of one net meet."""
        found: set[Point] = set()
        nodes, ports = self.places.nodes, self.places.ports
        for index, net in enumerate(self.nets.nets):
            if len(net.top) + len(net.bottom) < 3:
                continue
            ways: dict[float, int] = defaultdict(int)
            for node, port in net.top | net.bottom:
                ways[ports[port] if port >= 0 else nodes[node]] += 1
            if len(ways) < 2:
                continue
            low, high = min(ways), max(ways)
            y = self._y(index, self.found[index].level)
            for x, count in ways.items():
                if count + (x > low) + (x < high) >= 3:
                    found.add((self.rounded[x + self.shift], self.rounded[y]))
        return tuple(sorted(found))

    def marks(self) -> tuple[Mark, ...]:
        """The ports of groups."""
        found = []
        for index, port in enumerate(self.nets.ports):
            if port.group:
                x, y = self._touch(Pin(port.node, index))
                found.append(Mark(port.group, self.nets.nodes[port.node].id, round(x + self.shift, 2), round(y, 2)))
        return tuple(sorted(found, key=lambda mark: (mark.box, mark.group, mark.y)))


def _merged(points: Sequence[Point], tail: Sequence[Point]) -> list[Point]:
    """Leave out points that change nothing: repeated ones, and those inside a straight piece.

    Args:
        points: the first points of a line.
        tail: its last ones, of which none is to be left out but the first two.
    """
    kept: list[Point] = []
    for point in (*points, *tail[:2]):
        if kept:
            x, y = point
            upright, level = _near(kept[-1], x, y)
            if upright and level:
                continue
            while (upright or level) and len(kept) > 1:
                above, beside = _near(kept[-2], x, y)
                if not ((upright and above) or (level and beside)):
                    break
                kept.pop()
                upright, level = above, beside
        kept.append(point)
    return [*kept, *tail[2:]]


def _near(point: Point, x: float, y: float) -> tuple[bool, bool]:
    """Whether a point stands above another, and whether beside it."""
    return -0.01 < point[0] - x < 0.01, -0.01 < point[1] - y < 0.01
