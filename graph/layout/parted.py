"""Is a picture better when some lines run apart from their trunk? Judged by the finished picture, in small maps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from graph.layout.coordinates import Places
from graph.layout.guess import Guess
from graph.layout.ink import Ink
from graph.layout.model import Line, Strand
from graph.layout.nets import Nets
from graph.layout.routes import Picture
from graph.layout.search import touched
from graph.layout.seen import Seen, seen
from graph.layout.strands import Apart, apart

__all__ = ["Drawing", "parted"]

Floats = npt.NDArray[np.float64]
Build = Callable[[Sequence[Strand]], Nets]
Finish = Callable[[tuple[Strand, ...], Nets, list[list[int]]], "Drawing"]
LARGEST = 120
"""With more boxes and place-holders all lines stay in their trunks: a second picture takes too long there."""
TRIES = 3
BENDS = 2.0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture, and what it was drawn from."""

    strands: tuple[Strand, ...]
    nets: Nets
    rows: list[list[int]]
    places: Places
    picture: Picture


@dataclass(frozen=True, slots=True)
class _Guessed:
    """What a picture with some strands will be, about."""

    strands: tuple[Strand, ...]
    nets: Nets
    x: Sequence[float]
    rows: list[list[int]]
    crossings: int

    @classmethod
    def of(cls, drawing: Drawing, pad: float) -> _Guessed:
        """A finished picture, as the guess sees it."""
        nets, x = drawing.nets, np.array([drawing.places.nodes])
        settled = Guess(nets, nets.rows, width=drawing.places.width, pad=pad).settled(x)
        return cls(drawing.strands, nets, settled[0].tolist(), drawing.rows, _crossings(Ink(nets, nets.rows), settled))

    def with_strand(self, one: Apart, build: Build, width: float, pad: float) -> _Guessed:
        """The same with a strand more: nodes near where they stood, those around the strand moved by the crossings."""
        strands = (*self.strands, one.strand)
        nets = build(strands)
        known = {(node.id, node.way, node.row): x for node, x in zip(self.nets.nodes, self.x, strict=True)}
        x = [known.get((node.id, node.way, node.row), one.at.get(node.row, 0.0)) for node in nets.nodes]
        guess, ink = Guess(nets, nets.rows, width=width, pad=pad), Ink(nets, nets.rows)
        around = {row + beside for row in one.at for beside in (-1, 0, 1)}
        settled = guess.settled(touched(guess, ink, guess.settled(np.array([x]), rounds=1), around))
        return _Guessed(strands, nets, settled[0].tolist(), guess.orders(settled)[0], _crossings(ink, settled))


def _crossings(ink: Ink, x: Floats) -> int:
    return int(ink.crossings(x)[0])


def parted(drawing: Drawing, lines: Sequence[Line], build: Build, finish: Finish, *, pad: float) -> Drawing:
    """The picture with strands where they pay: fewer crossings are seen, and lines grow less than crossings fall.

    Strands are added one by one as long as a guess crosses no more with them. The picture with all of them is
    finished, and held beside the one without.

    Args:
        drawing: the picture without these strands; hubs may have some.
        lines: the lines that are drawn.
        build: makes the nets for some strands.
        finish: makes the picture of some nets and an order.
        pad: the room left and right in a band.
    """
    if len(drawing.nets.nodes) > LARGEST:
        return drawing
    before = seen(drawing.picture.routes, lines)
    found = apart(drawing.nets, drawing.rows, drawing.places)[:TRIES] if before.crossings else []
    if not found:
        return drawing
    width = drawing.places.width
    first = best = _Guessed.of(drawing, pad)
    for one in found:
        more = best.with_strand(one, build, width, pad)
        if more.crossings < best.crossings + (one.gain > 0):
            best = more
    if best is first:
        return drawing
    tried = finish(best.strands, best.nets, best.rows)
    return tried if _better(seen(tried.picture.routes, lines), before) else drawing


def _better(new: Seen, old: Seen) -> bool:
    """Whether crossings fall by a larger part than lines grow, and bends not by more than twice that."""
    if new.crossings >= old.crossings:
        return False
    fall = 1 - new.crossings / old.crossings
    return new.length <= old.length * (1 + fall) and new.bends <= old.bends * (1 + BENDS * fall)
