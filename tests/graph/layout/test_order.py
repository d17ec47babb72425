"""Are the sweeps from all starts at once those from each start by itself, and are crossings counted alike in any way?"""

from __future__ import annotations

from itertools import pairwise
from random import Random

import numpy as np
import pytest

from graph.layout import order


def rows_and_links(seed: int) -> tuple[list[list[int]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Five rows of nodes, links between neighbours, and some pairs inside rows."""
    random = Random(seed)
    rows = [list(range(start, start + 24)) for start in range(0, 120, 24)]
    links = [(random.choice(a), random.choice(b)) for a, b in pairwise(rows) for _ in range(40)]
    same = [(row[0], row[n + 1]) for row in rows for n in range(3)]
    return rows, links, same


@pytest.mark.parametrize("seed", range(4))
def test_all_starts_at_once_say_what_each_says_by_itself(seed: int) -> None:
    rows, links, same = rows_and_links(seed)
    sweeper = order._Sweeper(rows, links, same)
    starts = [order._start(rows, number) for number in range(5)]
    together = sweeper.sweep(starts, rounds=order.SWEEPS)
    assert together == [sweeper.sweep([start], rounds=order.SWEEPS)[0] for start in starts]
    assert [cost for cost, _ in together] == [sweeper.cost(found) for _, found in together]
    assert {cost < sweeper.cost(start) for (cost, _), start in zip(together, starts, strict=True)} == {True}


@pytest.mark.parametrize(("square", "at_once"), [(0, 0), (1_500, 0), (1_500, 10**9)])
def test_crossings_are_counted_alike_in_any_way(square: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    random = Random(3)
    lines = np.array([random.sample(range(60), 60) for _ in range(4)])
    known = [order.crossings(enumerate(line.tolist())) for line in lines]
    monkeypatch.setattr(order, "SQUARE", square)
    monkeypatch.setattr(order, "AT_ONCE", at_once)
    order._after.cache_clear()
    assert order._inverted(lines).tolist() == known
    order._after.cache_clear()
