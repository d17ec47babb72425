"""Who needs stands above what is needed, and no row is wider than there is room."""

import random

import pytest

from graph.layout import Box, Lane, Line
from graph.layout.rows import GAP, rows


@pytest.mark.parametrize("capacity", [310.0, 700.0])
@pytest.mark.parametrize("seed", range(5))
def test_a_line_goes_down_however_narrow_the_page_is(seed, capacity):
    chance = random.Random(seed)
    boxes = {f"b{n:02}": Box(f"b{n:02}", "apps", chance.choice([120.0, 180.0])) for n in range(24)}
    pairs = {tuple(sorted(chance.sample(sorted(boxes), 2))) for _ in range(30)}
    lines = [Line(a, b, f"{a} {b}") for a, b in sorted(pairs)]
    plans = rows(boxes, lines, [Lane("apps")], capacity=capacity)
    row = {key: number for number, plan in enumerate(plans) for key in plan.ids}
    assert sorted(row) == sorted(boxes)
    assert all(row[line.source] < row[line.target] for line in lines)
    for plan in plans:
        assert plan.shelf or sum(boxes[key].width + GAP for key in plan.ids) <= capacity
