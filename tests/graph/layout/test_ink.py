"""Does the last touch to the order of small maps make fewer crossings, and never more?"""

from __future__ import annotations

import pytest

from graph.layout import Box, Lane, Line, layout
from graph.layout.coordinates import rough
from graph.layout.ink import least_ink, less_ink
from graph.layout.nets import build
from graph.layout.rows import rows
from tests.graph.layout.test_laws import chance

WIDTH = 1_000.0


@pytest.mark.parametrize("seed", range(12))
def test_the_touch_makes_no_order_worse(seed: int) -> None:
    boxes, lines, lanes = chance(30, 50, seed=seed)
    known = {box.id: box for box in boxes}
    straight = [line for line in sorted(lines) if line.source != line.target]
    nets = build(known, straight, rows(known, straight, lanes, capacity=WIDTH))
    x = rough(nets, nets.rows, width=WIDTH, pad=10.0)
    touched = less_ink(nets, nets.rows, x)
    assert [sorted(row) for row in touched] == [sorted(row) for row in nets.rows]
    placed = list(x)
    for before, after in zip(nets.rows, touched, strict=True):
        for node, spot in zip(after, sorted(x[n] for n in before), strict=True):
            placed[node] = spot
    straightened = list(x)
    for before in nets.rows:
        for node, spot in zip(before, sorted(x[n] for n in before), strict=True):
            straightened[node] = spot
    assert least_ink(nets, placed) <= least_ink(nets, straightened)


def test_two_lines_that_cross_without_need_are_parted() -> None:
    boxes = [Box(name, lane, 100.0) for name, lane in (("a", "up"), ("b", "up"), ("c", "down"), ("d", "down"))]
    lines = [Line("a", "d", "1"), Line("b", "c", "2")]
    known = {box.id: box for box in boxes}
    lanes = [Lane("up"), Lane("down")]
    nets = build(known, lines, rows(known, lines, lanes, capacity=WIDTH))
    x = [100.0, 300.0, 140.0, 340.0]
    assert least_ink(nets, x) == 1
    touched = less_ink(nets, nets.rows, x)
    assert touched in ([[1, 0], [2, 3]], [[0, 1], [3, 2]])
    assert len(layout(boxes, lines, lanes).routes["1"].points) == 2, "the engine draws both straight"
