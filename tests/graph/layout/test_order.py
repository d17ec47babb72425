"""Is the order of wide rows the same whether nodes are gone through one by one or as arrays?"""

from __future__ import annotations

from itertools import pairwise
from random import Random

import pytest

from graph.layout import order


def rows_and_links(seed: int) -> tuple[list[list[int]], list[tuple[int, int]], list[tuple[int, int]]]:
    """Five rows of nodes, links between neighbours, and some pairs inside rows."""
    random = Random(seed)
    rows = [list(range(start, start + 24)) for start in range(0, 120, 24)]
    links = [(random.choice(a), random.choice(b)) for a, b in pairwise(rows) for _ in range(40)]
    same = [tuple(random.sample(random.choice(rows), 2)) for _ in range(12)]
    return rows, links, same


@pytest.mark.parametrize("seed", range(6))
def test_the_order_by_arrays_is_the_order_by_nodes(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = order.orders(*rows_and_links(seed))
    monkeypatch.setattr(order, "MANY", 0)
    assert order.orders(*rows_and_links(seed)) == plain


@pytest.mark.parametrize("square", [0, 1_500])
def test_crossings_are_counted_alike_in_any_way(square: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sweep is judged by its crossings, so a wrong count would choose other rows."""
    plain = order.orders(*rows_and_links(9))
    monkeypatch.setattr(order, "MANY", 0)
    monkeypatch.setattr(order, "SQUARE", square)
    assert order.orders(*rows_and_links(9)) == plain
