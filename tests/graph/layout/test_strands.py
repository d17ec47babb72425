"""Do lines run apart from their trunk where that saves crossings, is that foretold, and does it stay?"""

from __future__ import annotations

import importlib
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from graph.layout import Layout, Line, layout, strands
from graph.layout.channels import Wire, least_crossings
from graph.layout.coordinates import place
from graph.layout.nets import Nets, build
from graph.layout.rows import rows
from graph.layout.seen import Seen, seen
from graph.layout.strands import apart
from tests.graph.layout.test_laws import HARD, chance, check

WIDTH = 1_000.0


def straight(lines: list[Line]) -> list[Line]:
    """The lines that are drawn."""
    return [line for line in lines if line.source != line.target]


def by_hand(made: Layout, lines: list[Line]) -> Seen:
    """What is seen, piece beside piece."""
    places, length, bends = set(), 0.0, 0
    for one in lines:
        points = made.routes[one.id].points
        bends += len(points) - 2
        length += sum(abs(x - u) + abs(y - v) for (x, y), (u, v) in pairwise(points))
        for other in lines:
            if {one.source, one.target} & {other.source, other.target}:
                continue
            for (left, y), (right, same) in pairwise(points):
                for (x, top), (x2, bottom) in pairwise(made.routes[other.id].points):
                    inside = min(left, right) < x < max(left, right) and min(top, bottom) < y < max(top, bottom)
                    if y == same and x == x2 and inside:
                        places.add((round(x), round(y), *sorted((one.target, other.target))))
    return Seen(len(places), length, bends)


def test_strands_save_crossings_that_are_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    some = HARD["lines beside their trunks"]
    drawn = straight(some[1])
    made = layout(*some)
    assert made.strands
    monkeypatch.setattr(importlib.import_module("graph.layout.parted"), "LARGEST", 0)
    whole = layout(*some)
    assert not whole.strands
    with_them, without = seen(made.routes, drawn), seen(whole.routes, drawn)
    assert (with_them, without) == (
        pytest.approx(by_hand(made, drawn), abs=1e-6),
        pytest.approx(by_hand(whole, drawn), abs=1e-6),
    )
    assert with_them.crossings < without.crossings
    assert with_them.length / without.length - 1 <= 1 - with_them.crossings / without.crossings


def test_strands_stay_and_a_new_line_takes_the_trunk() -> None:
    some = chance(18, 26, seed=9)
    made = layout(*some)
    again = layout(*some, previous=replace(made, fingerprint=""))
    assert (again.positions, again.strands) == (made.positions, made.strands)
    target, sources = made.strands[0].target, made.strands[0].sources
    for kept in (
        [line for line in some[1] if (line.source, line.target) != (sources[0], target)],
        [line for line in some[1] if line.target != target or line.source in sources],
        [line for line in some[1] if target not in (line.source, line.target)],
        [*some[1], *(Line(box.id, target, f"new {box.id}") for box in some[0][:4])],
    ):
        after = layout(some[0], kept, some[2], previous=made)
        check(after, some[0], kept)
        assert after.strands == made.strands
    fewer = layout(some[0], some[1][1:], some[2])
    assert layout(*some, previous=fewer).strands == fewer.strands, "what was one trunk stays one"


@pytest.mark.parametrize("seed", range(4))
def test_what_a_strand_saves_is_what_counting_says(seed: int) -> None:
    boxes, every, lanes = chance(24, 36, seed=seed)
    known, lines = {box.id: box for box in boxes}, straight(sorted(every))
    plans = rows(known, lines, lanes, capacity=WIDTH)
    nets = build(known, lines, plans)
    places = place(nets, nets.rows, width=WIDTH, pad=10.0, before={})
    nodes = {(n.id, n.way, n.row): x for n, x in zip(nets.nodes, places.nodes, strict=True)}
    ports = {(nets.nodes[p.node].id, p.side, p.key): x for p, x in zip(nets.ports, places.ports, strict=True)}

    def crossings(some: Nets, at: dict[tuple[str, str, int], float]) -> float:
        channels: dict[int, list[Wire]] = defaultdict(list)
        for net in some.nets:
            top, bottom = (
                sorted(
                    at[some.nodes[pin.node].id, some.nodes[pin.node].way, some.nodes[pin.node].row]
                    if pin.port < 0
                    else ports[some.nodes[pin.node].id, some.ports[pin.port].side, some.ports[pin.port].key]
                    for pin in side
                )
                for side in (net.top, net.bottom)
            )
            channels[net.channel].append(Wire(tuple(sorted(set(top))), tuple(sorted(set(bottom)))))
        return sum(least_crossings(wires) for wires in channels.values())

    found = apart(nets, nets.rows, places)
    assert found
    for one in found:
        way = f"{one.strand.way} apart"
        at = nodes | {(one.strand.target, way, row): x for row, x in one.at.items()}
        parted = build(known, lines, plans, [one.strand])
        assert {n.row for n in parted.nodes if n.way == way} == set(one.at)
        assert crossings(nets, nodes) - crossings(parted, at) == one.gain
    trunks = sorted(strands._Picture(nets, nets.rows, places).trunks(), key=lambda one: (-one.crossed, one.target))
    for trunk in trunks[: strands.TRUNKS]:
        if trunk.crossed:
            every = [trunk.apart(sources, 10**6) for sources in trunk.cuts()]
            most = max((one for one in every if one), key=lambda one: one.gain)
            assert trunk.best() == (most if most.gain >= 0 else None), "a way that is given up is not the best"
