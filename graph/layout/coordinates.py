"""Where does each item of a row stand, and each port on its box? Lines as straight as the gaps allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import numpy.typing as npt

from graph.layout.nets import Nets, Node, Pin
from graph.layout.rows import GAP

__all__ = ["Places", "Tie", "place", "rough", "ties", "with_ports"]

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
LARGEST_STRAIGHTENED = 250
ANCHOR, PINNED = 20.0, 1000.0
STRAIGHTENINGS = 2
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


@dataclass(frozen=True, slots=True)
class Tie:
    """Two pins that should stand above each other, and how much that matters."""

    a: Pin
    b: Pin
    weight: float


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
        return cls(nets, rows, ties(nets), _spread(nets.nodes, rows, width), before, width, pad)


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
    sides = _sides(nets, task.ties, _sweep(task, [0.0] * len(nets.ports), rounds=10))
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
    offsets = _offsets(nets, _sides(nets, ties(nets), x))
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


def ties(nets: Nets) -> list[Tie]:
    """What each net wants: its pins above its head. Trunks want it most, then lines that are alone in their net."""
    found = []
    for net in nets.nets:
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
    for value, weight in zip(wanted, weights, strict=True):
        here, heavy, many = value, weight, 1
        while blocks and blocks[-1][0] >= here:
            before, much, more = blocks.pop()
            here, heavy, many = (before * much + here * heavy) / (much + heavy), much + heavy, many + more
        blocks.append((here, heavy, many))
    return [value for value, _, many in blocks for _ in range(many)]


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
        chain = trunks[key] if key[1] == "up" else trunks[key][::-1]
        wanted, run, low, high = ends[key], list[int](), task.pad, task.width - task.pad
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
    model = _Model(count + len(task.nets.ports))
    _demand_gaps(model, task)
    _demand_ports(model, task.nets, sides, offsets)
    ends = [[count + pin.port if pin.port >= 0 else pin.node for pin in (tie.a, tie.b)] for tie in task.ties]
    parts = [model.near(a, b, 0.0, tie.weight) for tie, (a, b) in zip(task.ties, ends, strict=True)]
    x = model.solve()
    for turn in range(STRAIGHTENINGS if count <= LARGEST_STRAIGHTENED else 0):
        for tie, (a, b), part in zip(task.ties, ends, parts, strict=True):
            away = abs(x[a] - x[b])
            dear = 4.0 if turn and 0 < away < SHORT else 1.0
            model.price(part, dear * tie.weight * (0.5 + BEND / (BEND / 8 + away)))
        x = model.solve()
    return Places(x[:count], x[count : count + len(task.nets.ports)], task.width)


def _programme_of_nodes(task: _Task, offsets: Sequence[float]) -> list[float]:
    """The linear programme of a map that is not small: ports stay where they are on their boxes."""
    model = _Model(len(task.nets.nodes))
    _demand_gaps(model, task, hold=PINNED)
    for tie in task.ties:
        away = sum(sign * offsets[pin.port] for sign, pin in ((1, tie.b), (-1, tie.a)) if pin.port >= 0)
        model.near(tie.a.node, tie.b.node, away, tie.weight)
    return model.solve()


def _demand_gaps(model: _Model, task: _Task, *, hold: float = ANCHOR) -> None:
    """Nodes keep their order and their distance, stay inside the band, and near where they stood or would stand."""
    nodes = task.nets.nodes
    for index, node in enumerate(nodes):
        model.bounds[index] = (task.pad + node.width / 2, task.width - task.pad - node.width / 2)
    for row in task.rows:
        for left, right in pairwise(row):
            model.at_least(right, left, gap(nodes[left], nodes[right]))
    for wanted, cost in ((task.ideal, 0.02), (task.before, hold)):
        for index, value in wanted.items():
            model.anchor(index, value, cost)


def _demand_ports(model: _Model, nets: Nets, sides: Sequence[Sequence[int]], offsets: Sequence[float]) -> None:
    """Ports stand on their box, in order, 8 to 14 px apart where there is room, and around the middle if they can."""
    count = len(nets.nodes)
    for side in sides:
        for (left, right), step in zip(pairwise(side), _port_gaps(nets, side), strict=True):
            marked = nets.ports[left].group or nets.ports[right].group
            model.at_least(count + right, count + left, step if marked else min(step, PORT_LEAST))
            model.at_least(count + left, count + right, -max(step, PORT_GAP))
        for port in side:
            box = nets.ports[port].node
            room = min(PORT_SHIFT, nets.nodes[box].width / 2 - CORNER - abs(offsets[port]))
            room = 0.0 if nets.ports[port].group else max(0.0, room)
            model.near(count + port, box, offsets[port], 0.5 if nets.ports[port].arrow else 0.3, room)


class _Model:
    """A linear programme in the making. Distances are split into a part to the right and a part to the left."""

    def __init__(self, variables: int) -> None:
        self.size = variables
        self.bounds: dict[int, tuple[float | None, float | None]] = {}
        self.cost: dict[int, float] = {}
        self.ub: tuple[list[int], list[int], list[float]] = ([], [], [])
        self.eq: tuple[list[int], list[int], list[float]] = ([], [], [])
        self.ub_right: list[float] = []
        self.eq_right: list[float] = []
        self._demands: tuple[tuple[object, Floats], tuple[object, Floats], Floats] | None = None

    def at_least(self, right: int, left: int, distance: float) -> None:
        """Demand right - left >= distance."""
        self._add(self.ub, len(self.ub_right), (left, 1.0), (right, -1.0))
        self.ub_right.append(-distance)

    def near(self, a: int, b: int, offset: float, cost: float, most: float | None = None) -> tuple[int, int]:
        """Pay for the distance of a from b + offset, no further than ``most``; returns what is paid for."""
        plus, minus = self._parts(cost, most)
        self._add(self.eq, len(self.eq_right), (a, 1.0), (b, -1.0), (plus, -1.0), (minus, 1.0))
        self.eq_right.append(offset)
        return plus, minus

    def anchor(self, a: int, value: float, cost: float) -> None:
        """Pay for the distance of a from a value."""
        plus, minus = self._parts(cost, None)
        self._add(self.eq, len(self.eq_right), (a, 1.0), (plus, -1.0), (minus, 1.0))
        self.eq_right.append(value)

    def price(self, parts: tuple[int, int], cost: float) -> None:
        """Change the price of a distance."""
        self.cost[parts[0]] = self.cost[parts[1]] = cost

    def solve(self) -> list[float]:
        """The values of all variables, rounded to a tenth of a pixel."""
        from scipy.optimize import linprog

        if self._demands is None:
            self._demands = self._matrix(self.ub, self.ub_right), self._matrix(self.eq, self.eq_right), self._limits()
        at_most, equal, limits = self._demands
        cost = np.zeros(self.size)
        cost[list(self.cost)] = list(self.cost.values())
        solved = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrices, the function does
            cost,
            A_ub=at_most[0],
            b_ub=at_most[1],
            A_eq=equal[0],
            b_eq=equal[1],
            bounds=limits,
            method="highs-ds",
            options={"simplex_dual_edge_weight_strategy": "devex"},  # cheaper steps; these programmes are small
        )
        if solved.x is None:
            raise RuntimeError(f"the linear programme of the layout has no solution: {solved.message}")
        return cast("list[float]", np.round(solved.x, 1).tolist())

    def _matrix(self, cells: tuple[list[int], list[int], list[float]], right: list[float]) -> tuple[object, Floats]:
        from scipy.sparse import csc_array

        rows, columns = np.array(cells[0], dtype=np.int32), np.array(cells[1], dtype=np.int32)
        made = csc_array((np.array(cells[2], dtype=np.float64), (rows, columns)), shape=(len(right), self.size))
        return made, np.array(right, dtype=np.float64)

    def _limits(self) -> Floats:
        limits = np.full((self.size, 2), (-np.inf, np.inf))
        for variable, (least, most) in self.bounds.items():
            limits[variable] = -np.inf if least is None else least, np.inf if most is None else most
        return limits

    def _parts(self, cost: float, most: float | None) -> tuple[int, int]:
        plus, minus = self.size, self.size + 1
        self.size += 2
        self.cost[plus] = self.cost[minus] = cost
        self.bounds[plus] = self.bounds[minus] = (0.0, most)
        return plus, minus

    @staticmethod
    def _add(matrix: tuple[list[int], list[int], list[float]], row: int, *cells: tuple[int, float]) -> None:
        rows, columns, values = matrix
        rows += [row] * len(cells)
        columns += [column for column, _ in cells]
        values += [value for _, value in cells]
