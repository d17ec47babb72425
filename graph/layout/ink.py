"""How much ink will cross? An order of the rows judged, and improved, by the trunks that will be drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graph.layout.channels import Wire, least_crossings
from graph.layout.nets import Nets

__all__ = ["least_ink", "less_ink"]

_Span = tuple[float, float, list[float], list[float]]


def least_ink(nets: Nets, x: Sequence[float]) -> float:
    """How often lines to different providers will cross at least, when nodes stand at ``x`` and ports in the middle."""
    channels: dict[int, list[Wire]] = defaultdict(list)
    for net in nets.nets:
        top, bottom = sorted({x[pin.node] for pin in net.top}), sorted({x[pin.node] for pin in net.bottom})
        channels[net.channel].append(Wire(tuple(top), tuple(bottom)))
    return sum(least_crossings(wires) for wires in channels.values())


def less_ink(nets: Nets, rows: Sequence[Sequence[int]], x: Sequence[float], *, rounds: int = 4) -> list[list[int]]:
    """Swap neighbours while fewer lines to different providers will cross: the last touch to the order of small maps.

    What ``orders`` counts are single links; here a trunk counts once, however many lines are in it.

    Args:
        nets: the map as nodes and nets.
        rows: the nodes of each row from left to right.
        x: where nodes will stand about, as ``least_ink`` takes it.
        rounds: how often all rows are gone through at most.
    """
    swapper = _Swapper(nets, x)
    found = [list(row) for row in rows]
    for _ in range(rounds):
        if not sum(swapper.improve(row) for row in found):
            break
    return found


class _Swapper:
    """The nets of each node and channel, and the x of the nodes, two of which change places at a time."""

    def __init__(self, nets: Nets, x: Sequence[float]) -> None:
        self.at, self.nets = list(x), nets.nets
        self.of: dict[int, set[int]] = defaultdict(set)
        self.beside: dict[int, list[int]] = defaultdict(list)
        self.ends = []
        for number, net in enumerate(nets.nets):
            self.beside[net.channel].append(number)
            self.ends.append(({pin.node for pin in net.top}, {pin.node for pin in net.bottom}))
            for pin in net.top | net.bottom:
                self.of[pin.node].add(number)

    def improve(self, row: list[int]) -> int:
        """Swap neighbours of a row where that makes fewer crossings; how many were swapped."""
        swapped = 0
        for place in range(len(row) - 1):
            left, right = row[place], row[place + 1]
            numbers = self.of[left] | self.of[right]
            before = self._cost(numbers)
            if not before:
                continue
            self._swap(left, right)
            if self._cost(numbers) < before:
                row[place], row[place + 1] = right, left
                swapped += 1
            else:
                self._swap(left, right)
        return swapped

    def _swap(self, left: int, right: int) -> None:
        self.at[left], self.at[right] = self.at[right], self.at[left]

    def _cost(self, numbers: set[int]) -> int:
        """How often some nets cross all others of their channels."""
        spans: dict[int, _Span] = {}
        total = 0
        for one in sorted(numbers):
            for other in self.beside[self.nets[one].channel]:
                if other == one or (other in numbers and other < one):
                    continue
                for each in (one, other):
                    if each not in spans:
                        spans[each] = self._span(each)
                total += _least(spans[one], spans[other])
        return total

    def _span(self, net: int) -> _Span:
        top, bottom = ([self.at[node] for node in side] for side in self.ends[net])
        return min(top + bottom), max(top + bottom), top, bottom


def _least(one: _Span, other: _Span) -> int:
    """How often two nets of a channel cross in their better order: lower pins of the upper one, upper of the lower.

    >>> _least((0, 40, [0], [40]), (20, 20, [20], [20]))
    1
    """
    low1, high1, top1, bottom1 = one
    low2, high2, top2, bottom2 = other
    if high1 < low2 or high2 < low1:
        return 0
    above = sum(low2 < x < high2 for x in bottom1) + sum(low1 < x < high1 for x in top2)
    below = sum(low1 < x < high1 for x in bottom2) + sum(low2 < x < high2 for x in top1)
    return min(above, below)
