"""Where does each item of a row stand, and each port on its box? Lines as straight as the gaps allow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.layout.nets import Nets, Node, Pin
from graph.layout.rows import GAP

__all__ = ["Places", "place", "rough"]

Floats = npt.NDArray[np.float64]
HOLDER_GAP = 10.0
PORT_GAP = 14.0
PORT_LEAST = 8.0
PORT_SHIFT = 20.0
MARK_GAP = 28.0
CORNER = 12.0
SPREAD_GAP = 72.0
LARGEST_PROGRAMME = 1500
STRAIGHTENINGS = 2
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
class _Tie:
    """Two pins that should stand above each other, and how much that matters."""

    a: Pin
    b: Pin
    weight: float


def place(
    nets: Nets, rows: Sequence[Sequence[int]], *, width: float, pad: float, before: Mapping[int, float]
) -> Places:
    """Give every node and port an x; the order of the rows stays.

    Up to some size this is a linear programme: the horizontal way of all lines is shortest, trunks count most, rows
    are drawn to the middle a little, and nodes that had a place (``before``) are held there. Above, it is sweeps of
    isotonic regression with the same weights.

    Args:
        nets: the map as nodes and nets.
        rows: the nodes of each row from left to right.
        width: the wanted width of the bands; more is used when a row needs it.
        pad: the room left and right in a band.
        before: x of nodes in the last picture.
    """
    least = max((_row_width(nets.nodes, row) for row in rows), default=0.0)
    width = max(width, least + 2 * pad)
    ties = _ties(nets)
    ideal = _spread(nets.nodes, rows, width)
    rough = _sweep(nets, rows, ties, [0.0] * len(nets.ports), ideal, before, width, pad)
    sides = _sides(nets, ties, rough)
    offsets = _offsets(nets, sides)
    if len(nets.nodes) <= LARGEST_PROGRAMME:
        return _programme(nets, rows, ties, sides, offsets, ideal, before, width, pad)
    found = _sweep(nets, rows, ties, offsets, ideal, before, width, pad, rounds=24)
    return Places(found, [found[p.node] + offsets[n] for n, p in enumerate(nets.ports)], width)


def rough(nets: Nets, rows: Sequence[Sequence[int]], width: float, pad: float) -> list[float]:
    """A quick guess of where the nodes of some rows will stand; nodes that are in no row get no sensible place."""
    least = max((_row_width(nets.nodes, row) for row in rows), default=0.0)
    width = max(width, least + 2 * pad)
    ideal = _spread(nets.nodes, rows, width)
    return _sweep(nets, rows, _ties(nets), [0.0] * len(nets.ports), ideal, {}, width, pad)


def gap(left: Node, right: Node) -> float:
    """The least distance between the middles of two neighbours."""
    between = GAP if left.real and right.real else HOLDER_GAP
    return between + (left.width + right.width) / 2


def _row_width(nodes: Sequence[Node], row: Sequence[int]) -> float:
    if not row:
        return 0.0
    inner = sum(gap(nodes[a], nodes[b]) for a, b in zip(row, row[1:], strict=False))
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


def _ties(nets: Nets) -> list[_Tie]:
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
            found.append(_Tie(pin, net.head, weight))
    return found


def _sides(nets: Nets, ties: Sequence[_Tie], rough: Sequence[float]) -> list[list[int]]:
    """The ports of each side of each box, ordered by where their lines go."""
    far: dict[int, list[float]] = defaultdict(list)
    for tie in ties:
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
    wanted = [
        MARK_GAP if nets.ports[a].group or nets.ports[b].group else PORT_GAP
        for a, b in zip(side, side[1:], strict=False)
    ]
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


def _sweep(
    nets: Nets,
    rows: Sequence[Sequence[int]],
    ties: Sequence[_Tie],
    offsets: Sequence[float],
    ideal: Mapping[int, float],
    before: Mapping[int, float],
    width: float,
    pad: float,
    rounds: int = 10,
) -> list[float]:
    """Sweeps of isotonic regression: each row moves to the mean of its neighbours, the gaps kept."""
    from scipy.optimize import isotonic_regression

    x = np.zeros(len(nets.nodes))
    pull = np.zeros(len(nets.nodes))
    hold = np.zeros(len(nets.nodes))
    for node, value in ideal.items():
        x[node], pull[node], hold[node] = value, value, 0.05
    for node, value in before.items():
        x[node], pull[node], hold[node] = value, value, 20.0
    row_of = np.array([node.row for node in nets.nodes])
    shift = [offsets[tie.a.port] if tie.a.port >= 0 else 0.0 for tie in ties]
    other = [offsets[tie.b.port] if tie.b.port >= 0 else 0.0 for tie in ties]
    a = np.array([tie.a.node for tie in ties], dtype=np.int64)
    b = np.array([tie.b.node for tie in ties], dtype=np.int64)
    apart = np.array(other, dtype=np.float64) - np.array(shift, dtype=np.float64)
    mine, far = np.concatenate((a, b)), np.concatenate((b, a))
    apart, weight = np.concatenate((apart, -apart)), np.tile([tie.weight for tie in ties], 2)
    strips = []
    for number, row in enumerate(rows):
        index = np.array(row, dtype=np.int64)
        steps = [0.0, *(gap(nets.nodes[p], nets.nodes[q]) for p, q in zip(row, row[1:], strict=False))]
        strips.append((index, np.cumsum(np.array(steps)), np.flatnonzero(row_of[mine] == number)))
    for turn in range(rounds):
        for index, fixed, near in strips if turn % 2 == 0 else reversed(strips):
            if not len(index):
                continue
            total = np.bincount(mine[near], weight[near] * (x[far[near]] + apart[near]), len(x))[index]
            heavy = np.bincount(mine[near], weight[near], len(x))[index]
            total, heavy = total + hold[index] * pull[index], heavy + hold[index]
            wanted = np.where(heavy > 0, total / np.maximum(heavy, 1e-9), x[index])
            fitted = isotonic_regression(wanted - fixed, weights=np.maximum(heavy, 0.01)).x
            half = nets.nodes[int(index[0])].width / 2
            last = width - pad - nets.nodes[int(index[-1])].width / 2 - fixed[-1]
            x[index] = np.clip(fitted, pad + half, last) + fixed
    return [float(one) for one in np.round(x)]


def _programme(
    nets: Nets,
    rows: Sequence[Sequence[int]],
    ties: Sequence[_Tie],
    sides: Sequence[Sequence[int]],
    offsets: Sequence[float],
    ideal: Mapping[int, float],
    before: Mapping[int, float],
    width: float,
    pad: float,
) -> Places:
    """The linear programme; its corner solutions make exactly straight lines (Gansner and others 1993)."""
    if not nets.nodes:
        return Places([], [], width)
    nodes, count = nets.nodes, len(nets.nodes)
    model = _Model(count + len(nets.ports))
    for index, node in enumerate(nodes):
        model.bounds[index] = (pad + node.width / 2, width - pad - node.width / 2)
    for row in rows:
        for left, right in zip(row, row[1:], strict=False):
            model.at_least(right, left, gap(nodes[left], nodes[right]))
    for side in sides:
        gaps = _port_gaps(nets, side)
        for left, right, step in zip(side, side[1:], gaps, strict=False):
            least = step if nets.ports[left].group or nets.ports[right].group else min(step, PORT_LEAST)
            model.at_least(count + right, count + left, least)
            model.at_least(count + left, count + right, -max(step, PORT_GAP))
        for port in side:
            box = nets.ports[port].node
            room = min(PORT_SHIFT, nodes[box].width / 2 - CORNER - abs(offsets[port]))
            model.near(count + port, box, offsets[port], 0.5 if nets.ports[port].arrow else 0.3, max(0.0, room))
    parts = []
    ends = [[count + pin.port if pin.port >= 0 else pin.node for pin in (tie.a, tie.b)] for tie in ties]
    for tie, (a, b) in zip(ties, ends, strict=True):
        parts.append(model.near(a, b, 0.0, tie.weight))
    for node_index, value in ideal.items():
        model.anchor(node_index, value, 0.02)
    for node_index, value in before.items():
        model.anchor(node_index, value, 20.0)
    x = model.solve()
    for turn in range(STRAIGHTENINGS if count <= 400 else 0):
        for tie, (a, b), part in zip(ties, ends, parts, strict=True):
            away = abs(x[a] - x[b])
            dear = 4.0 if turn and 0 < away < SHORT else 1.0
            model.price(part, dear * tie.weight * (0.5 + BEND / (BEND / 8 + away)))
        x = model.solve()
    return Places(x[:count], x[count : count + len(nets.ports)], width)


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

    def at_least(self, right: int, left: int, distance: float) -> None:
        """Demand right - left >= distance."""
        self._add(self.ub, len(self.ub_right), (left, 1.0), (right, -1.0))
        self.ub_right.append(-distance)

    def near(self, a: int, b: int, offset: float, cost: float, most: float | None = None) -> tuple[int, int]:
        """Pay for the distance of a from b + offset, and allow it no further than ``most``; returns what is paid for."""
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
        from scipy.sparse import csr_array

        solved = linprog(  # type: ignore[call-overload] # the stubs know no sparse matrices, the function does
            [self.cost.get(n, 0.0) for n in range(self.size)],
            A_ub=csr_array((self.ub[2], (self.ub[0], self.ub[1])), shape=(len(self.ub_right), self.size)),
            b_ub=self.ub_right,
            A_eq=csr_array((self.eq[2], (self.eq[0], self.eq[1])), shape=(len(self.eq_right), self.size)),
            b_eq=self.eq_right,
            bounds=[self.bounds.get(n, (None, None)) for n in range(self.size)],
            method="highs-ds",
        )
        if solved.x is None:
            raise RuntimeError(f"the linear programme of the layout has no solution: {solved.message}")
        return [round(float(x), 1) for x in solved.x]

    def _parts(self, cost: float, most: float | None) -> tuple[int, int]:
        plus, minus = self.size, self.size + 1
        self.size += 2
        self.cost[plus] = self.cost[minus] = cost
        self.bounds[plus] = self.bounds[minus] = (0.0, most)
        return plus, minus

    @staticmethod
    def _add(matrix: tuple[list[int], list[int], list[float]], row: int, *cells: tuple[int, float]) -> None:
        for column, value in cells:
            matrix[0].append(row)
            matrix[1].append(column)
            matrix[2].append(value)
