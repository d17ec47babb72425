"""Which lines should run apart from their trunk, with place-holders of their own? Those that cross less ink there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
    found = [
        max((trunk.apart(sources) for sources in trunk.cuts()), key=lambda one: one.gain)
        for (crossed, _, _), trunk in ranked[:TRUNKS]
        if crossed < 0
    ]
    return sorted((one for one in found if one.gain >= 0), key=lambda one: (-one.gain, one.strand))


class _Pins:
    """The pins of some nets of a channel: their x on each side, whose they are (a table), and the span of each net."""

    def __init__(self, sides: Sequence[tuple[Side, Side]]) -> None:
        self.top, self.tops = _flat([top for top, _ in sides])
        self.bottom, self.bottoms = _flat([bottom for _, bottom in sides])
        self.low = np.array([min(top + bottom) for top, bottom in sides])
        self.high = np.array([max(top + bottom) for top, bottom in sides])

    def crossed(self, tops: Sequence[Floats], bottoms: Sequence[Floats]) -> Floats:
        """How often a net with such pins crosses all these, each in the better order; pins are broadcast."""
        low, high = tops[0], tops[0]
        for pin in (*tops[1:], *bottoms):
            low, high = np.minimum(low, pin), np.maximum(high, pin)
        low, high = low[..., None], high[..., None]
        above = ((self.top > low) & (self.top < high)).astype(np.float64) @ self.tops
        below = ((self.bottom > low) & (self.bottom < high)).astype(np.float64) @ self.bottoms
        for pin in bottoms:
            above = above + ((pin[..., None] > self.low) & (pin[..., None] < self.high))
        for pin in tops:
            below = below + ((pin[..., None] > self.low) & (pin[..., None] < self.high))
        found: Floats = np.minimum(above, below).sum(axis=-1)
        return found


def _flat(parts: Sequence[Side]) -> tuple[Floats, Floats]:
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
            sides = tuple(sorted({places.x(p) for p in net.top})), tuple(sorted({places.x(p) for p in net.bottom}))
            self.channels[net.channel].append((net, sides))

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
        alone = {c: self.others[c].crossed(_each(top), _each(bottom)) for c, (_, (top, bottom)) in self.own.items()}
        self.crossed = int(sum(float(one) for one in alone.values()))

    def cuts(self) -> list[tuple[str, ...]]:
        """The left part of the lines, cut where the widest gaps are; and single lines, outer ones first."""
        ordered = sorted(self.sources, key=lambda key: (self.sources[key][1], key))
        xs = [self.sources[key][1] for key in ordered]
        gaps = sorted(range(1, len(ordered)), key=lambda n: (xs[n - 1] - xs[n], n))[:CUTS]
        outer = sorted(range(len(ordered)), key=lambda n: (min(n, len(ordered) - 1 - n), n))[:CUTS]
        return sorted({tuple(sorted(ordered[:n])) for n in gaps} | {(ordered[n],) for n in outer})

    def apart(self, sources: tuple[str, ...]) -> Apart:
        """What a strand saves: its own way as a shortest path, with the rest of the trunk where it was."""
        slots, step = self.picture.slots, self.step
        rest = {key: self.sources[key] for key in self.sources if key not in sources}
        mine = {key: self.sources[key] for key in sources}
        begin, before = (min(row * step for row, _ in part.values()) for part in (mine, rest))
        last = max(self.holder) if step == 1 else min(self.holder)
        least: Floats = np.zeros(1)
        back, total = list[Ints](), 0.0
        for row in range(min(begin, before) * step, last, step):
            channel = min(row, row + step)
            near = [x for at, x in rest.values() if at == row] + ([self.holder[row]] if row * step > before else [])
            if row * step >= before:
                total += float(self._cost(channel, (), near, [self.holder[row + step]]))
            if row * step < begin:
                continue
            start = [x for at, x in mine.values() if at == row]
            here = row if row * step > begin else None
            cost = self._cost(channel, (), start, [], here, row + step)
            if row * step >= before:
                trunk = (*near, self.holder[row + step])
                cost = cost + self._cost(channel, trunk, start, [], here, row + step)
            sums = least[:, None] + cost
            back.append(sums.argmin(axis=0))
            least = sums.min(axis=0)
        least = least + self._arriving(last)
        at, spot = {}, int(least.argmin())
        for row, came in zip(range(last, begin * step, -step), reversed(back), strict=True):
            at[row] = float(slots[row][spot])
            spot = int(came[spot])
        strand = Strand(self.target, self.way, tuple(sorted(sources)))
        return Apart(strand, self.crossed - int(total + least.min()), at)

    def _arriving(self, row: int) -> Floats:
        """What the net beside the provider crosses, with a place-holder more."""
        channel = min(row, row + self.step)
        net, sides = self.own[channel]
        head = [self.picture.places.x(net.head)]
        return self._cost(channel, (), sides[self.step < 0], head, row).reshape(-1)

    def _cost(
        self,
        channel: int,
        trunk: Side,
        near: Sequence[float],
        far: Sequence[float],
        here: int | None = None,
        ahead: int | None = None,
    ) -> Floats:
        """What a net crosses, with a pin more for each gap of the rows ``here``, and ``ahead`` on the way.

        It crosses the other nets of the channel or, if it is told, the ``trunk``: its pins, the last one its head.
        Most ways of a trunk ask the same, so that what is found is kept.
        """
        key = (channel, trunk, tuple(near), tuple(far), here, ahead)
        if key not in self.found:
            entry, head = _each(near), _each(far)
            if here is not None:
                entry.append(self.picture.slots[here][:, None])
            if ahead is not None:
                head.append(self.picture.slots[ahead][None, :])
            others = _Pins([_turned((trunk[:-1], trunk[-1:]), self.step)]) if trunk else self.others[channel]
            self.found[key] = others.crossed(*_turned((entry, head), self.step))
        return self.found[key]


def _turned(sides: tuple[T, T], step: int) -> tuple[T, T]:
    """The upper side first; told are the one that lines come from and the one that they go to."""
    return sides if step == 1 else sides[::-1]


def _each(xs: Sequence[float]) -> list[Floats]:
    return [np.array(x) for x in xs]
