"""Which lines should run apart from their trunk, with place-holders of their own? Those that cross less ink there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from graph.layout.coordinates import Places
from graph.layout.model import Strand
from graph.layout.nets import APART, Net, Nets

__all__ = ["Apart", "apart"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Side = tuple[float, ...]
T = TypeVar("T")
TRUNKS = 6
CUTS = 6
BESIDE = 16.0


@dataclass(frozen=True, slots=True)
class Apart:
    """A strand, how many crossings fewer there would be about, and the x of its place-holder in each row."""

    strand: Strand
    gain: int
    at: Mapping[int, float]


def apart(nets: Nets, rows: Sequence[Sequence[int]], places: Places) -> list[Apart]:
    """The strands that might save crossings in a picture where all else stays: of each trunk the best, best first.

    Of the trunks that cross most, the lines left of some place are tried, and single ones. The way of a strand
    through the gaps of the rows is the one with the fewest crossings: a shortest path, row by row.

    Args:
        nets: the map as nodes and nets.
        rows: the order of all rows.
        places: where everything stands.
    """
    picture = _Picture(nets, rows, places)
    ranked = sorted(((-trunk.crossed, trunk.target, trunk.way), trunk) for trunk in picture.trunks())
    found = [trunk.best() for (crossed, _, _), trunk in ranked[:TRUNKS] if crossed < 0]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.gain, one.strand))


class _Pins:
    """The pins of some nets of a channel: their x on each side, whose they are (a table), and the span of each net."""

    def __init__(self, sides: Sequence[tuple[Side, Side]]) -> None:
        self.sides = sides
        self.spans = [(min(top + bottom), max(top + bottom)) for top, bottom in sides]

    def crossed(self, top: Side, bottom: Side) -> int:
        """How often a net with such pins crosses all these, each in the better order."""
        low, high = min(top + bottom), max(top + bottom)
        total = 0
        for (tops, bottoms), (left, right) in zip(self.sides, self.spans, strict=True):
            if left < high and low < right:
                above, below = _inside(tops, low, high), _inside(bottoms, low, high)
                total += min(above + _inside(bottom, left, right), below + _inside(top, left, right))
        return total

    def crossed_with(self, top: Side, bottom: Side, *, over: Sequence[Floats], under: Sequence[Floats]) -> Floats:
        """The same for many nets, which have these pins and some of their own on each side; those are broadcast."""
        low, high = np.array(min(top + bottom, default=np.inf)), np.array(max(top + bottom, default=-np.inf))
        for pin in (*over, *under):
            low, high = np.minimum(low, pin), np.maximum(high, pin)
        shape, low, high = low.shape, low.reshape(-1, 1), high.reshape(-1, 1)
        tops, whose_top, bottoms, whose_bottom, _, _ = self._arrays
        above = ((tops > low) & (tops < high)).astype(np.float64) @ whose_top
        below = ((bottoms > low) & (bottoms < high)).astype(np.float64) @ whose_bottom
        above, below = above.reshape(*shape, -1), below.reshape(*shape, -1)
        self._add(above, bottom, under)
        self._add(below, top, over)
        found: Floats = np.minimum(above, below, out=above).sum(axis=-1)
        return found

    def _add(self, counts: Floats, fixed: Side, pins: Sequence[Floats]) -> None:
        """Count how many of some pins stand inside of each net; changes ``counts``."""
        *_, left, right = self._arrays
        if fixed:
            counts += [_inside(fixed, *span) for span in self.spans]
        for pin in pins:
            each = pin[..., None]
            counts += (each > left) & (each < right)

    @cached_property
    def _arrays(self) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
        tops, bottoms = zip(*self.sides, strict=True) if self.sides else ((), ())
        left, right = np.array(self.spans, dtype=np.float64).reshape(-1, 2).T
        return (*_flat(tops), *_flat(bottoms), left, right)


def _inside(pins: Side, low: float, high: float) -> int:
    return sum([low < x < high for x in pins])


def _flat(parts: Sequence[Side]) -> tuple[Floats, Floats]:
    if len(parts) == 1:
        return np.array(parts[0], dtype=np.float64), np.ones((len(parts[0]), 1))
    owner = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    table = (owner[:, None] == np.arange(len(parts))).astype(np.float64)
    return np.array([x for part in parts for x in part], dtype=np.float64), table


class _Picture:
    """The pins of all nets by channel, and the gaps of all rows."""

    def __init__(self, nets: Nets, rows: Sequence[Sequence[int]], places: Places) -> None:
        self.nets, self.places = nets, places
        self.slots = [self._slots(row) for row in rows]
        self.channels: dict[int, list[tuple[Net, tuple[Side, Side]]]] = defaultdict(list)
        for net in nets.nets:
            self.channels[net.channel].append((net, places.sides(net)))

    def trunks(self) -> Iterator[_Trunk]:
        """The trunks with at least two lines that pass through a row, and no strand yet."""
        found: dict[tuple[str, str], dict[str, tuple[int, float]]] = defaultdict(dict)
        for hops in self.nets.hops.values():
            if len(hops) > 1:
                net, source = self.nets.nets[hops[0].net], self.nets.nodes[hops[0].start.node]
                found[net.target, net.way][source.id] = source.row, self.places.x(hops[0].start)
        for (target, way), sources in sorted(found.items()):
            if len(sources) > 1 and not way.endswith(APART) and (target, way + APART) not in found:
                yield _Trunk(self, target, way, sources)

    def _slots(self, row: Sequence[int]) -> Floats:
        """The middles of the gaps of a row, and a place at each end."""
        x, nodes = self.places.nodes, self.nets.nodes
        sides = [(x[n] - nodes[n].width / 2, x[n] + nodes[n].width / 2) for n in row]
        if not sides:
            return np.array([self.places.width / 2])
        between = [(left[1] + right[0]) / 2 for left, right in pairwise(sides)]
        return np.array([sides[0][0] - BESIDE, *between, sides[-1][1] + BESIDE])


@dataclass(slots=True)
class _Trunk:
    """The lines to a provider from one side that pass through rows: by source, its row and the x of its port."""

    picture: _Picture
    target: str
    way: str
    sources: Mapping[str, tuple[int, float]]
    step: int = field(init=False)
    own: dict[int, tuple[Net, tuple[Side, Side]]] = field(init=False)
    others: dict[int, _Pins] = field(init=False)
    holder: dict[int, float] = field(init=False)
    crossed: int = field(init=False)
    alone: dict[tuple[int, Side, float], int] = field(init=False, default_factory=dict)
    found: dict[tuple[object, ...], Floats] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        key, picture = (self.target, self.way), self.picture
        self.step = 1 if self.way == "down" else -1
        self.own, self.others = {}, {}
        for channel, members in picture.channels.items():
            for net, sides in members:
                if (net.target, net.way) == key:
                    self.own[channel] = net, sides
                    self.others[channel] = _Pins([far for one, far in members if one is not net])
        nodes = enumerate(picture.nets.nodes)
        self.holder = {node.row: picture.places.nodes[n] for n, node in nodes if (node.id, node.way) == key}
        self.crossed = sum(self.others[channel].crossed(*sides) for channel, (_, sides) in self.own.items())

    def cuts(self) -> list[tuple[str, ...]]:
        """The left part of the lines, cut where the widest gaps are; and single lines, outer ones first."""
        ordered = sorted(self.sources, key=lambda key: (self.sources[key][1], key))
        xs = [self.sources[key][1] for key in ordered]
        gaps = sorted(range(1, len(ordered)), key=lambda n: (xs[n - 1] - xs[n], n))[:CUTS]
        outer = sorted(range(len(ordered)), key=lambda n: (min(n, len(ordered) - 1 - n), n))[:CUTS]
        return sorted({tuple(sorted(ordered[:n])) for n in gaps} | {(ordered[n],) for n in outer})

    def best(self) -> Apart | None:
        """The strand that saves most, the first of equal ones; None where each crosses more than the trunk alone."""
        found, most = None, self.crossed
        for sources in self.cuts():
            one = self.apart(sources, most)
            if one is not None:
                found, most = one, self.crossed - one.gain - 1
        return found

    def apart(self, sources: tuple[str, ...], most: int) -> Apart | None:
        """What a strand saves: its own way as a shortest path, with the rest of the trunk where it was.

        None as soon as it is known that both cross more than ``most``.
        """
        slots, step = self.picture.slots, self.step
        rest = {key: self.sources[key] for key in self.sources if key not in sources}
        mine = {key: self.sources[key] for key in sources}
        begin, before = (min(row * step for row, _ in part.values()) for part in (mine, rest))
        last = max(self.holder) if step == 1 else min(self.holder)
        arriving = self._arriving(last)
        near = {
            row: (*(x for at, x in rest.values() if at == row), *([self.holder[row]] if row * step > before else ()))
            for row in range(before * step, last, step)
        }
        total = sum(self._alone(min(row, row + step), pins, self.holder[row + step]) for row, pins in near.items())
        least: Floats = np.zeros(1)
        back, left = list[Ints](), most - total - int(arriving.min())
        for row in range(begin * step, last, step):
            if least.min() > left:
                return None
            channel = min(row, row + step)
            start = tuple([x for at, x in mine.values() if at == row])
            here = row if row * step > begin else None
            cost = self._cost(channel, (), start, (), here, row + step)
            sums = least[:, None] + cost
            if row * step >= before:
                if sums.min() > left:
                    return None
                trunk = (*near[row], self.holder[row + step])
                sums += self._cost(channel, trunk, start, (), here, row + step)
            back.append(sums.argmin(axis=0))
            least = sums.min(axis=0)
        least = least + arriving
        spot = int(least.argmin())
        crossed = total + int(least[spot])
        if crossed > most:
            return None
        at = {}
        for row, came in zip(range(last, begin * step, -step), reversed(back), strict=True):
            at[row] = float(slots[row][spot])
            spot = int(came[spot])
        strand = Strand(self.target, self.way, tuple(sorted(sources)))
        return Apart(strand, self.crossed - crossed, at)

    def _alone(self, channel: int, near: Side, far: float) -> int:
        """What the trunk crosses in a channel with such pins and no other."""
        key = (channel, near, far)
        if key not in self.alone:
            self.alone[key] = self.others[channel].crossed(*_turned((near, (far,)), self.step))
        return self.alone[key]

    def _arriving(self, row: int) -> Floats:
        """What the net beside the provider crosses, with a place-holder more."""
        channel = min(row, row + self.step)
        net, sides = self.own[channel]
        head = (self.picture.places.x(net.head),)
        return self._cost(channel, (), sides[self.step < 0], head, row).reshape(-1)

    def _cost(
        self,
        channel: int,
        trunk: Side,
        near: Side,
        far: Side,
        here: int | None = None,
        ahead: int | None = None,
    ) -> Floats:
        """What a net crosses, with a pin more for each gap of the rows ``here``, and ``ahead`` on the way.

        It crosses the other nets of the channel or, if it is told, the ``trunk``: its pins, the last one its head.
        Most ways of a trunk ask the same, so that what is found is kept.
        """
        key = (channel, trunk, near, far, here, ahead)
        if key not in self.found:
            entry = [] if here is None else [self.picture.slots[here][:, None]]
            head = [] if ahead is None else [self.picture.slots[ahead][None, :]]
            others = _Pins([_turned((trunk[:-1], trunk[-1:]), self.step)]) if trunk else self.others[channel]
            (top, bottom), (over, under) = _turned((near, far), self.step), _turned((entry, head), self.step)
            self.found[key] = others.crossed_with(top, bottom, over=over, under=under)
        return self.found[key]


def _turned(sides: tuple[T, T], step: int) -> tuple[T, T]:
    """The upper side first; told are the one that lines come from and the one that they go to."""
    return sides if step == 1 else sides[::-1]
