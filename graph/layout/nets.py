"""Which lines run in which channel? All lines to a provider join one net per channel, and one place-holder per row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import NamedTuple

from graph.layout.model import Box, Line, Strand
from graph.layout.rows import GAP, RowPlan

__all__ = ["Hop", "Net", "Nets", "Node", "Pin", "Port", "Tie", "build"]

BOTTOM, TOP = 1, -1
APART = " apart"
"""What comes after the way of a trunk in that of its strands, once for the first, twice for the second and so on."""


@dataclass(frozen=True, slots=True)
class Node:
    """An item of a row: a box, a column of a shelf (``members``), or the place-holder of a trunk (``way``)."""

    id: str
    way: str
    row: int
    width: float
    height: float
    members: tuple[str, ...] = ()

    @property
    def real(self) -> bool:
        """Whether this is something to see, not a place-holder."""
        return not self.way


@dataclass(frozen=True, slots=True)
class Port:
    """Where lines touch a side of a box. ``key`` names it: "in", or the target or the group of the lines."""

    node: int
    side: int
    key: str
    arrow: bool
    group: str = ""


class Pin(NamedTuple):
    """An end of a net in a channel: a port of a box, or a place-holder (``port`` is -1)."""

    node: int
    port: int


@dataclass(slots=True)
class Net:
    """The lines to one provider in one channel. ``head`` is the pin that is nearest to the provider."""

    channel: int
    target: str
    way: str
    head: Pin
    top: set[Pin] = field(default_factory=set)
    bottom: set[Pin] = field(default_factory=set)


class Hop(NamedTuple):
    """One step of a line: through a net, from a pin to a pin."""

    net: int
    start: Pin
    end: Pin


class Tie(NamedTuple):
    """Two pins that should stand above each other, and how much that matters."""

    a: Pin
    b: Pin
    weight: float


@dataclass
class Nets:
    """The map as nodes in rows and nets in channels; channel n is the one below row n."""

    rows: list[list[int]]
    nodes: list[Node] = field(default_factory=list)
    ports: list[Port] = field(default_factory=list)
    nets: list[Net] = field(default_factory=list)
    hops: dict[str, tuple[Hop, ...]] = field(default_factory=dict)

    @cached_property
    def ties(self) -> list[Tie]:
        """What each net wants: its pins above its head. Trunks want it most, then lines that are alone in their net.

        Read once, when all lines are laid.
        """
        found = []
        for net in self.nets:
            others = [pin for pin in sorted(net.top | net.bottom) if pin != net.head]
            for pin in others:
                holders = (pin.port < 0) + (net.head.port < 0)
                weight = (1.0, 2.0, 8.0)[holders]
                if pin.port < 0 and net.head.port >= 0:
                    weight = 5.0
                elif len(others) == 1:
                    weight += 1.0
                found.append(Tie(pin, net.head, weight))
        return found


def build(
    boxes: Mapping[str, Box], lines: Sequence[Line], plans: Sequence[RowPlan], strands: Iterable[Strand] = ()
) -> Nets:
    """Lay the lines along the rows: place-holders in the rows between, one net per channel and provider.

    Lines of a strand have place-holders and nets of their own until the channel beside the provider.
    """
    return _Builder(boxes, plans, strands).lay(lines)


class _Builder:
    """Makes the nets; holds what has been made so far, by key."""

    def __init__(self, boxes: Mapping[str, Box], plans: Sequence[RowPlan], strands: Iterable[Strand]) -> None:
        self.made = Nets([[] for _ in plans])
        self.apart = _ways(strands)
        self.row: dict[str, int] = {}
        self.node: dict[tuple[str, str, int], int] = {}
        self.holder: dict[tuple[str, str, int], Pin] = {}
        self.port: dict[tuple[int, int, str], Pin] = {}
        self.net: dict[tuple[int, str, str], int] = {}
        self.onward: dict[int, tuple[Hop, ...]] = {}
        for number, plan in enumerate(plans):
            for group in _columns(plan):
                width = max(boxes[key].width for key in group)
                height = sum(boxes[key].height for key in group) + GAP * (len(group) - 1)
                members = group if plan.shelf else ()
                index = self._node(Node(group[0], "", number, width, height, members))
                self.row.update(dict.fromkeys(group, number))
                self.node |= {(key, "", number): index for key in group}

    def lay(self, lines: Sequence[Line]) -> Nets:
        for line in sorted(lines, key=attrgetter("target", "source", "group", "id")):
            self.made.hops[line.id] = self._line(line)
        return self.made

    def _line(self, line: Line) -> tuple[Hop, ...]:
        source, target = line.source, line.target
        start, end = self.row[source], self.row[target]
        way, step = ("down", 1) if start < end else ("up", -1)
        own = self.apart.get((target, way, source), way) if self.apart else way
        side = BOTTOM if start <= end else TOP
        pin = self._port(source, side, f"group {line.group}" if line.group else f"to {target}", line.group)
        nets = self.made.nets
        if start == end:
            head = self._port(target, BOTTOM, "in")
            net = self._net(start, target, way, head)
            nets[net].top |= {pin, head}
            return (Hop(net, pin, head),)
        hops = []
        for row in range(start + step, end + step, step):
            last = row == end
            head = self._port(target, -step, "in") if last else self._holder(target, own, row)
            if step == 1:
                net = self._net(row - 1, target, way if last else own, head)
                nets[net].top.add(pin)
                nets[net].bottom.add(head)
            else:
                net = self._net(row, target, way if last else own, head)
                nets[net].top.add(head)
                nets[net].bottom.add(pin)
            hops.append(Hop(net, pin, head))
            pin = head
            if not last and head.node in self.onward:
                break
        return self._joined(hops)

    def _joined(self, hops: list[Hop]) -> tuple[Hop, ...]:
        """A line up to a trunk, and on along it; keeps for the place-holders on the way what comes after each."""
        whole = (*hops, *(self.onward[hops[-1].end.node] if hops[-1].end.port < 0 else ()))
        for number, hop in enumerate(hops, 1):
            if hop.end.port < 0:
                self.onward.setdefault(hop.end.node, whole[number:])
        return whole

    def _node(self, node: Node) -> int:
        self.made.nodes.append(node)
        self.made.rows[node.row].append(len(self.made.nodes) - 1)
        return len(self.made.nodes) - 1

    def _holder(self, target: str, way: str, row: int) -> Pin:
        key = (target, way, row)
        found = self.holder.get(key)
        if found is None:
            found = self.holder[key] = Pin(self._node(Node(target, way, row, 0.0, 0.0)), -1)
        return found

    def _port(self, box: str, side: int, name: str, group: str = "") -> Pin:
        node = self.node[box, "", self.row[box]]
        key = (node, side, name)
        found = self.port.get(key)
        if found is None:
            self.made.ports.append(Port(node, side, name, name == "in", group))
            found = self.port[key] = Pin(node, len(self.made.ports) - 1)
        return found

    def _net(self, channel: int, target: str, way: str, head: Pin) -> int:
        key = (channel, target, way)
        found = self.net.get(key)
        if found is None:
            self.made.nets.append(Net(channel, target, way, head))
            found = self.net[key] = len(self.made.nets) - 1
        return found


def _ways(strands: Iterable[Strand]) -> dict[tuple[str, str, str], str]:
    """The way of the lines that run apart, by provider, way of the trunk, and source."""
    found: dict[tuple[str, str, str], str] = {}
    many = Counter[tuple[str, str]]()
    for one in strands:
        many[one.target, one.way] += 1
        way = one.way + APART * many[one.target, one.way]
        found |= {(one.target, one.way, source): way for source in one.sources}
    return found


def _columns(plan: RowPlan) -> list[tuple[str, ...]]:
    """The boxes of a row one by one; those of a shelf column by column."""
    if not plan.shelf:
        return [(key,) for key in plan.ids]
    return [plan.ids[n :: plan.columns] for n in range(plan.columns)]
