"""Are crossings counted alike in many pictures and in one, and does the search find an order with fewer?"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from graph.layout import Box, Lane, Line, layout, search
from graph.layout import ink as counted
from graph.layout.channels import Wire, least_crossings
from graph.layout.guess import Guess
from graph.layout.ink import Ink
from graph.layout.nets import Nets, build
from graph.layout.rows import rows
from tests.graph.layout.test_laws import chance

WIDTH = 1_000.0


def some(seed: int) -> tuple[Nets, list[list[int]], list[tuple[int, int]]]:
    """A map that chance made: its nets, its rows, and the links between them."""
    boxes, lines, lanes = chance(30, 50, seed=seed)
    known = {box.id: box for box in boxes}
    straight = [line for line in sorted(lines) if line.source != line.target]
    nets = build(known, straight, rows(known, straight, lanes, capacity=WIDTH))
    ends = {
        tuple(sorted((pin.node, net.head.node), key=lambda node: nets.nodes[node].row))
        for net in nets.nets
        for pin in net.top | net.bottom
    }
    links = [(a, b) for a, b in sorted(ends) if nets.nodes[a].row < nets.nodes[b].row]
    return nets, nets.rows, links


def by_hand(nets: Nets, x: list[float]) -> float:
    """The crossings of one picture, from the wires of each channel."""
    channels: dict[int, list[Wire]] = defaultdict(list)
    for net in nets.nets:
        top, bottom = sorted({x[pin.node] for pin in net.top}), sorted({x[pin.node] for pin in net.bottom})
        channels[net.channel].append(Wire(tuple(top), tuple(bottom)))
    return sum(least_crossings(wires) for wires in channels.values())


@pytest.mark.parametrize("at_once", [1, 1_000_000])
@pytest.mark.parametrize("byte", [0, 255])
def test_many_pictures_are_counted_as_one(at_once: int, byte: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted, "_AT_ONCE", at_once)
    monkeypatch.setattr(counted, "_BYTE", byte)
    nets, order, _ = some(3)
    guess = Guess(nets, order, width=WIDTH, pad=10.0)
    x = guess.settled(search._shuffled(guess, 9))
    assert Ink(nets, order).crossings(x).tolist() == [by_hand(nets, one) for one in x.tolist()]


def test_one_picture_is_guessed_as_many() -> None:
    nets, order, _ = some(4)
    guess = Guess(nets, order, width=WIDTH, pad=10.0)
    many = guess.swept(search._shuffled(guess, 9))
    settled = guess.settled(many).tolist()
    assert [guess.settled(one[None]).tolist() for one in many] == [[one] for one in settled]


def test_a_guess_keeps_the_order_and_the_gaps() -> None:
    nets, order, _ = some(5)
    guess = Guess(nets, order, width=WIDTH, pad=10.0)
    begun = search._shuffled(guess, 6)
    x = guess.settled(begun)
    assert guess.orders(x) == guess.orders(begun)
    for row, found in zip(guess.rows, zip(*guess.orders(x), strict=True), strict=True):
        for line, places in enumerate(found):
            apart = np.diff(x[line, places]) - np.array([row.half[list(row.nodes).index(n)] for n in places])[1:]
            assert (apart >= 9).all(), "half a box and a gap, to a whole pixel"


@pytest.mark.parametrize("seed", range(6))
def test_moves_make_no_picture_worse_and_the_search_takes_the_best(seed: int) -> None:
    nets, order, links = some(seed)
    guess, ink = Guess(nets, order, width=WIDTH, pad=10.0), Ink(nets, order)
    sifter = search._Sifter(guess, ink, links, 3)
    x = guess.settled(search._shuffled(guess, 4))
    touched = sifter.touch(x, 4)
    assert (ink.crossings(touched) <= ink.crossings(x)).all()
    assert (ink.crossings(touched) < ink.crossings(x)).any()
    found, places = search.fewest(nets, order, links, [order], width=WIDTH, pad=10.0)
    assert [sorted(row) for row in found] == [sorted(row) for row in order]
    assert by_hand(nets, places) <= min(ink.crossings(touched))


def test_two_lines_that_cross_without_need_are_parted() -> None:
    boxes = [Box(name, lane, 100.0) for name, lane in (("a", "up"), ("b", "up"), ("c", "down"), ("d", "down"))]
    lines = [Line("a", "d", "1"), Line("b", "c", "2")]
    known = {box.id: box for box in boxes}
    lanes = [Lane("up"), Lane("down")]
    nets = build(known, lines, rows(known, lines, lanes, capacity=WIDTH))
    guess, ink = Guess(nets, nets.rows, width=WIDTH, pad=10.0), Ink(nets, nets.rows)
    x = np.array([[100.0, 300.0, 140.0, 340.0]])
    assert ink.crossings(x).tolist() == [1]
    sifter = search._Sifter(guess, ink, [(0, 3), (1, 2)], 3)
    assert ink.crossings(guess.settled(sifter.touch(x, 1))).tolist() == [0]
    assert ink.crossings(guess.settled(sifter.sift(x))).tolist() == [0]
    assert len(layout(boxes, lines, lanes).routes["1"].points) == 2, "the engine draws both straight"
