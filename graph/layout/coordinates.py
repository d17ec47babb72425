"""Where does each item of a row stand, and each port on its box? Lines as straight as the gaps allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf

import numpy as np
import numpy.typing as npt

from graph.layout.nets import APART, Net, Nets, Node, Pin, Tie
from graph.layout.programme import OUTSIDE, Programme
from graph.layout.rows import GAP

__all__ = ["Places", "place", "rough", "with_ports"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
HOLDER_GAP = 10.0
PORT_GAP = 14.0
PORT_LEAST = 8.0
PORT_SHIFT = 20.0
MARK_GAP = 28.0
CORNER = 12.0
SPREAD_GAP = 72.0
LARGEST_PROGRAMME = 1500
LARGEST_WITH_PORTS = 250
ANCHOR, PINNED = 20.0, 1000.0
STRAIGHTENINGS = 2
GUESSED = 4
SNAPS = 2
BEND = 24.0
SHORT = 12.0


@dataclass(frozen=True, slots=True)
class Places:
    """The x of each node (its middle) and of each port, from the left end of the bands."""

    nodes: list[float]
    ports: list[float]
    width: float

    def x(self, pin: Pin) -> float:
        """The x of a pin."""
        return self.ports[pin.port] if pin.port >= 0 else self.nodes[pin.node]

    def sides(self, net: Net) -> tuple[tuple[float, ...], tuple[float, ...]]:
        """Where the pins of a net stand, on its upper and on its lower side, from left to right."""
        nodes, ports = self.nodes, self.ports
        return (
            tuple(sorted({ports[port] if port >= 0 else nodes[node] for node, port in net.top})),
            tuple(sorted({ports[port] if port >= 0 else nodes[node] for node, port in net.bottom})),
        )


@dataclass(frozen=True, slots=True)
class _Task:
    """What is to be placed: the order, what draws whom, and where nodes would stand without lines, or stood before."""

    nets: Nets
    rows: Sequence[Sequence[int]]
    ties: Sequence[Tie]
    ideal: Mapping[int, float]
    before: Mapping[int, float]
    width: float
    pad: float

    @classmethod
    def of(
        cls, nets: Nets, rows: Sequence[Sequence[int]], width: float, pad: float, before: Mapping[int, float]
    ) -> _Task:
        least = max((_row_width(nets.nodes, row) for row in rows), default=0.0)
        width = max(width, least + 2 * pad)
        return cls(nets, rows, nets.ties, _spread(nets.nodes, rows, width), before, width, pad)


def place(
    nets: Nets, rows: Sequence[Sequence[int]], *, width: float, pad: float, before: Mapping[int, float]
) -> Places:
    """Give every node and port an x; the order of the rows stays.

    Up to some size this is a linear programme: the horizontal way of all lines is shortest, trunks count most, rows
    are drawn to the middle a little, and nodes that had a place (``before``) are held there. In small maps it places
    the ports too; in others they stand around the middle of their box, and move where that makes a line straight.
    Above, it is sweeps of isotonic regression with the same weights.

    Args:
        nets: the map as nodes and nets.
        rows: the nodes of each row from left to right.
        width: the wanted width of the bands; more is used when a row needs it.
        pad: the room left and right in a band.
        before: x of nodes in the last picture.
    """
    task = _Task.of(nets, rows, width, pad, before)
    sides = _sides(nets, task.ties, _sweep(task, [0.0] * len(nets.ports), rounds=GUESSED))
    offsets = _offsets(nets, sides)
    if 0 < len(nets.nodes) <= LARGEST_WITH_PORTS:
        return _programme(task, sides, offsets)
    whole = 0 < len(nets.nodes) <= LARGEST_PROGRAMME
    if whole:
        found = _programme_of_nodes(task, offsets)
        sides = _sides(nets, task.ties, found)
        offsets = _offsets(nets, sides)
    else:
        found = _sweep(task, offsets, rounds=24)
    ports = [found[port.node] + offsets[n] for n, port in enumerate(nets.ports)]
    for _ in range(SNAPS if nets.nodes and not whole else 0):
        _snap_trunks(task, found, ports)
    _snap_ports(task, sides, found, ports)
    return Places(found, ports, task.width)


def rough(nets: Nets, rows: Sequence[Sequence[int]], *, width: float, pad: float) -> list[float]:
    """A quick guess of where the nodes of some rows will stand; nodes that are in no row get no sensible place."""
    return _sweep(_Task.of(nets, rows, width, pad, {}), [0.0] * len(nets.ports), rounds=10)


def with_ports(nets: Nets, x: list[float]) -> Places:
    """The ports around the middle of their boxes, when nodes stand at ``x``."""
    offsets = _offsets(nets, _sides(nets, nets.ties, x))
    return Places(x, [x[port.node] + offsets[n] for n, port in enumerate(nets.ports)], max(x, default=0.0))


def gap(left: Node, right: Node) -> float:
    """The least distance between the middles of two neighbours."""
    between = GAP if left.real and right.real else HOLDER_GAP
    return between + (left.width + right.width) / 2


def _row_width(nodes: Sequence[Node], row: Sequence[int]) -> float:
    if not row:
        return 0.0
    inner = sum(gap(nodes[a], nodes[b]) for a, b in pairwise(row))
    return inner + (nodes[row[0]].width + nodes[row[-1]].width) / 2


def _spread(nodes: Sequence[Node], rows: Sequence[Sequence[int]], width: float) -> dict[int, float]:
    """Where the boxes of a row would stand if there were no lines: evenly, around the middle."""
    ideal = {}
    for row in rows:
        real = [n for n in row if nodes[n].real]
        if not real:
            continue
        taken = sum(nodes[n].width for n in real)
        between = min(SPREAD_GAP, max(GAP, (width - taken) / (len(real) + 1)))
        x = (width - taken - between * (len(real) - 1)) / 2
        for n in real:
            ideal[n] = float(round(x + nodes[n].width / 2))
            x += nodes[n].width + between
    return ideal


def _sides(nets: Nets, drawn: Sequence[Tie], rough: Sequence[float]) -> list[list[int]]:
    """The ports of each side of each box, ordered by where their lines go."""
    far: dict[int, list[float]] = defaultdict(list)
    for tie in drawn:
        for mine, other in ((tie.a, tie.b), (tie.b, tie.a)):
            if mine.port >= 0:
                far[mine.port].append(rough[other.node])
    sides: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, port in enumerate(nets.ports):
        sides[port.node, port.side].append(index)
    return [
        sorted(sides[key], key=lambda n: (sum(far[n]) / len(far[n]), nets.ports[n].arrow, nets.ports[n].key))
        for key in sorted(sides)
    ]


def _port_gaps(nets: Nets, side: Sequence[int]) -> list[float]:
    """The wanted distances between the ports of a side: 14 px, more beside a group's mark, less when it is full."""
    wanted = [MARK_GAP if nets.ports[a].group or nets.ports[b].group else PORT_GAP for a, b in pairwise(side)]
    room = nets.nodes[nets.ports[side[0]].node].width - 2 * CORNER
    return [one * min(1.0, room / sum(wanted)) for one in wanted] if wanted else []


def _offsets(nets: Nets, sides: Sequence[Sequence[int]]) -> list[float]:
    """Each port's distance from the middle of its box, when all ports of the side stand around the middle."""
    offsets = [0.0] * len(nets.ports)
    for side in sides:
        gaps = _port_gaps(nets, side)
        x = -sum(gaps) / 2
        for port, step in zip(side, [*gaps, 0.0], strict=True):
            offsets[port] = round(x, 1)
            x += step
    return offsets


def _sweep(task: _Task, offsets: Sequence[float], *, rounds: int) -> list[float]:
    """Sweeps of isotonic regression: each row moves to the mean of its neighbours, the gaps kept."""
    nodes = task.nets.nodes
    x, pull, hold = np.zeros(len(nodes)), np.zeros(len(nodes)), np.zeros(len(nodes))
    for wanted, strength in ((task.ideal, 0.05), (task.before, ANCHOR)):
        for node, value in wanted.items():
            x[node], pull[node], hold[node] = value, value, strength
    strips = _strips(task, offsets, hold)
    for turn in range(rounds):
        for strip in strips if turn % 2 == 0 else reversed(strips):
            index = strip.nodes
            total = np.bincount(strip.mine, strip.weight * (x[strip.far] + strip.apart), len(index))
            target = np.where(strip.heavy > 0, (total + hold[index] * pull[index]) / strip.most, x[index])
            fitted = np.array(_isotonic((target - strip.fixed).tolist(), strip.most.tolist()))
            x[index] = np.minimum(np.maximum(fitted, strip.first), strip.last) + strip.fixed
    return [float(one) for one in np.round(x)]


def _isotonic(wanted: list[float], weights: list[float]) -> list[float]:
    """The nearest values that never fall, by pooling neighbours (as ``scipy.optimize.isotonic_regression``).

    Rows are short: to call that takes longer than to go through a row.
    """
    blocks: list[tuple[float, float, int]] = []
    last = -inf
    for value, weight in zip(wanted, weights, strict=True):
        here, heavy, many = value, weight, 1
        while last >= here:
            before, much, more = blocks.pop()
            here, heavy, many = (before * much + here * heavy) / (much + heavy), much + heavy, many + more
            last = blocks[-1][0] if blocks else -inf
        blocks.append((here, heavy, many))
        last = here
    found: list[float] = []
    for value, _, many in blocks:
        found += [value] * many
    return found


@dataclass(frozen=True, slots=True)
class _Strip:
    """A row in the sweeps: its nodes, their least distances from the first, where that may stand, and what draws them.

    ``mine`` is the place in the row of the node that is drawn, ``heavy`` the sum of what draws each, ``most`` the same
    and never nothing.
    """

    nodes: Ints
    fixed: Floats
    first: float
    last: float
    mine: Ints
    far: Ints
    apart: Floats
    weight: Floats
    heavy: Floats
    most: Floats


def _strips(task: _Task, offsets: Sequence[float], hold: Floats) -> list[_Strip]:
    nodes = task.nets.nodes
    mine, far, apart, weight = _draws(task.ties, offsets)
    row_of = np.array([node.row for node in nodes], dtype=np.int64)[mine]
    place = np.zeros(len(nodes), dtype=np.int64)
    strips = []
    for number, row in enumerate(task.rows):
        if not row:
            continue
        index, near = np.array(row), np.flatnonzero(row_of == number)
        place[index] = np.arange(len(row))
        fixed = np.cumsum(np.array([0.0, *(gap(nodes[p], nodes[q]) for p, q in pairwise(row))]))
        first = task.pad + nodes[row[0]].width / 2
        last = task.width - task.pad - nodes[row[-1]].width / 2 - float(fixed[-1])
        inside = place[mine[near]]
        heavy = np.bincount(inside, weight[near], len(row)) + hold[index]
        most = np.maximum(heavy, 0.01)
        strips.append(_Strip(index, fixed, first, last, inside, far[near], apart[near], weight[near], heavy, most))
    return strips


def _draws(ties: Sequence[Tie], offsets: Sequence[float]) -> tuple[Ints, Ints, Floats, Floats]:
    """The ties from both ends: the node, the node that draws it, how far beside that it should stand, the weight."""
    a = np.array([tie.a.node for tie in ties], dtype=np.int64)
    b = np.array([tie.b.node for tie in ties], dtype=np.int64)
    own = np.array([offsets[tie.a.port] if tie.a.port >= 0 else 0.0 for tie in ties], dtype=np.float64)
    other = np.array([offsets[tie.b.port] if tie.b.port >= 0 else 0.0 for tie in ties], dtype=np.float64)
    weight = np.tile(np.array([tie.weight for tie in ties], dtype=np.float64), 2)
    return np.concatenate((a, b)), np.concatenate((b, a)), np.concatenate((other - own, own - other)), weight


def _snap_trunks(task: _Task, x: list[float], ports: Sequence[float]) -> None:
    """Make trunks straight as far as the room between their neighbours goes; changes ``x``."""
    nodes = task.nets.nodes
    beside: dict[int, tuple[int, int]] = {}
    trunks: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in task.rows:
        for left, node, right in zip([-1, *row], row, [*row[1:], -1], strict=False):
            if not nodes[node].real:
                trunks[nodes[node].id, nodes[node].way].append(node)
                beside[node] = (left, right)
    ends = {(net.target, net.way): ports[net.head.port] for net in task.nets.nets if net.head.port >= 0}
    for key in sorted(trunks):
        target, way = key[0], key[1].partition(APART)[0]
        chain = trunks[key] if way == "up" else trunks[key][::-1]
        wanted, run, low, high = ends[target, way], list[int](), task.pad, task.width - task.pad
        for node in [*chain, -1]:
            least, most = _room(task, beside[node], node, x) if node >= 0 else (task.width, 0.0)
            if max(low, least) <= min(high, most):
                run, low, high = [*run, node], max(low, least), min(high, most)
                continue
            wanted = min(max(wanted, low), high)
            for one in run:
                x[one] = wanted
            run, low, high = [node], least, most


def _room(task: _Task, beside: tuple[int, int], node: int, x: Sequence[float]) -> tuple[float, float]:
    """The least and the greatest x that the neighbours leave to a node."""
    nodes, (left, right) = task.nets.nodes, beside
    least = x[left] + gap(nodes[left], nodes[node]) if left >= 0 else task.pad
    most = x[right] - gap(nodes[node], nodes[right]) if right >= 0 else task.width - task.pad
    return least, most


def _snap_ports(task: _Task, sides: Sequence[Sequence[int]], x: Sequence[float], ports: list[float]) -> None:
    """Move ports by less than 12 px where that makes a line straight; changes ``ports``."""
    goal = {}
    for tie in task.ties:
        if tie.a.port >= 0 and not task.nets.ports[tie.a.port].group:
            goal[tie.a.port] = ports[tie.b.port] if tie.b.port >= 0 else x[tie.b.node]
    for side in sides:
        box = task.nets.ports[side[0]].node
        half = task.nets.nodes[box].width / 2 - CORNER
        for place, port in enumerate(side):
            if 0 < abs(goal.get(port, ports[port]) - ports[port]) < SHORT:
                least = ports[side[place - 1]] + PORT_LEAST if place else x[box] - half
                most = ports[side[place + 1]] - PORT_LEAST if place + 1 < len(side) else x[box] + half
                if least <= goal[port] <= most:
                    ports[port] = goal[port]


def _programme(task: _Task, sides: Sequence[Sequence[int]], offsets: Sequence[float]) -> Places:
    """The linear programme; its corner solutions make exactly straight lines (Gansner and others 1993).

    It is solved again with higher prices for what is nearly straight, so that few lines bend rather than many a little.
    """
    count = len(task.nets.nodes)
    model = Programme(count + len(task.nets.ports))
    _demand_gaps(model, task)
    _demand_ports(model, task.nets, sides, offsets)
    a, b = (
        np.array([count + pin.port if pin.port >= 0 else pin.node for pin in pins], dtype=np.int64)
        for pins in ([tie.a for tie in task.ties], [tie.b for tie in task.ties])
    )
    weight = np.array([tie.weight for tie in task.ties])
    paid = model.near(a, b, 0.0, weight)
    x = model.solve()
    for turn in range(STRAIGHTENINGS):
        away = np.abs(x[a] - x[b])
        dear = np.where((away > 0) & (away < SHORT), 4.0, 1.0) if turn else 1.0
        model.price(paid, dear * weight * (0.5 + BEND / (BEND / 8 + away)))
        x = model.solve()
    return Places(x[:count].tolist(), x[count:].tolist(), task.width)


def _programme_of_nodes(task: _Task, offsets: Sequence[float]) -> list[float]:
    """The linear programme of a map that is not small: ports stay where they are on their boxes."""
    model = Programme(len(task.nets.nodes))
    _demand_gaps(model, task, hold=PINNED)
    half = len(task.ties)
    mine, far, apart, weight = _draws(task.ties, offsets)
    model.near(mine[:half], far[:half], apart[:half], weight[:half])
    found: list[float] = model.solve().tolist()
    return found


def _demand_gaps(model: Programme, task: _Task, *, hold: float = ANCHOR) -> None:
    """Nodes keep their order and their distance, stay inside the band, and near where they stood or would stand."""
    nodes, rows = task.nets.nodes, [row for row in task.rows if row]
    pairs = [(left, right) for row in rows for left, right in pairwise(row)]
    gaps = [gap(nodes[left], nodes[right]) for left, right in pairs]
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    model.at_least(right, left, gaps)
    first, last = [row[0] for row in rows], [row[-1] for row in rows]
    model.at_least(first, OUTSIDE, [task.pad + nodes[n].width / 2 for n in first])
    model.at_least(OUTSIDE, last, [nodes[n].width / 2 + task.pad - task.width for n in last])
    for wanted, cost in ((task.ideal, 0.02), (task.before, hold)):
        model.anchor(list(wanted), list(wanted.values()), cost)


def _demand_ports(model: Programme, nets: Nets, sides: Sequence[Sequence[int]], offsets: Sequence[float]) -> None:
    """Ports stand on their box, in order, 8 to 14 px apart where there is room, and around the middle if they can."""
    count = len(nets.nodes)
    beside, least, most = list[tuple[int, int]](), list[float](), list[float]()
    own, room = list[int](), list[float]()
    for side in sides:
        for (left, right), step in zip(pairwise(side), _port_gaps(nets, side), strict=True):
            marked = nets.ports[left].group or nets.ports[right].group
            apart = offsets[right] - offsets[left]  # both are rounded: on a full side, not quite the step
            beside.append((left, right))
            least.append(min(apart, step if marked else min(step, PORT_LEAST)))
            most.append(max(apart, step, PORT_GAP))
        for port in side:
            box = nets.nodes[nets.ports[port].node]
            free = max(0.0, min(PORT_SHIFT, box.width / 2 - CORNER - abs(offsets[port])))
            own.append(port)
            room.append(0.0 if nets.ports[port].group else free)
    ports = np.array(beside, dtype=np.int64).reshape(-1, 2) + count
    model.at_least(ports[:, 1], ports[:, 0], least)
    model.at_least(ports[:, 0], ports[:, 1], -np.array(most))
    boxes = [nets.ports[port].node for port in own]
    cost = [0.5 if nets.ports[port].arrow else 0.3 for port in own]
    model.near(np.array(own, dtype=np.int64) + count, boxes, [offsets[port] for port in own], cost, room)
