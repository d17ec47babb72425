"""How much ink will cross? An order of the rows judged, and improved, by the trunks that will be drawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from graph.layout.channels import Wire, least_crossings
from graph.layout.nets import Nets

__all__ = ["least_ink", "less_ink"]

_Span = tuple[float, float, list[float], list[float]]
_MOST = 1_000_000_000


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
            self.ends.append(([*{pin.node for pin in net.top}], [*{pin.node for pin in net.bottom}]))
            for pin in net.top | net.bottom:
                self.of[pin.node].add(number)
        self.spans = [self._span(number) for number in range(len(self.nets))]

    def improve(self, row: list[int]) -> int:
        """Swap neighbours of a row where that makes fewer crossings; how many were swapped."""
        swapped = 0
        for place in range(len(row) - 1):
            left, right = row[place], row[place + 1]
            numbers = self.of[left] | self.of[right]
            before = self._cost(numbers, _MOST)
            if not before:
                continue
            kept = [(number, self.spans[number]) for number in numbers]
            self._swap(left, right)
            for number in numbers:
                self.spans[number] = self._span(number)
            if self._cost(numbers, before) < before:
                row[place], row[place + 1] = right, left
                swapped += 1
            else:
                self._swap(left, right)
                for number, span in kept:
                    self.spans[number] = span
        return swapped

    def _swap(self, left: int, right: int) -> None:
        self.at[left], self.at[right] = self.at[right], self.at[left]

    def _cost(self, numbers: set[int], most: int) -> int:
        """How often some nets cross all others of their channels; ``most`` ends the count."""
        spans, total = self.spans, 0
        for one in numbers:
            span = spans[one]
            low, high = span[0], span[1]
            for other in self.beside[self.nets[one].channel]:
                beside = spans[other]
                if beside[0] > high or low > beside[1] or other == one or (other < one and other in numbers):
                    continue
                total += _least(span, beside)
            if total >= most:
                return total
        return total

    def _span(self, net: int) -> _Span:
        at, (upper, lower) = self.at, self.ends[net]
        top, bottom = [at[node] for node in upper], [at[node] for node in lower]
        both = top + bottom
        return min(both), max(both), top, bottom


def _least(one: _Span, other: _Span) -> int:
    """How often two nets of a channel cross in their better order: lower pins of the upper one, upper of the lower.

    >>> _least((0, 40, [0], [40]), (20, 20, [20], [20]))
    1
    """
    low1, high1, top1, bottom1 = one
    low2, high2, top2, bottom2 = other
    if high1 < low2 or high2 < low1:
        return 0
    above = below = 0
    for x in bottom1:
        above += low2 < x < high2
    for x in top2:
        above += low1 < x < high1
    if not above:
        return 0
    for x in bottom2:
        below += low1 < x < high1
    for x in top1:
        below += low2 < x < high2
    return min(above, below)
