"""The places that cost least, found as the cheapest flow, are those of the linear programme itself."""

import random
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import linprog

from graph.layout.programme import OUTSIDE, Programme


def least_cost(places, gaps, ties, anchors):
    """The least cost by the programme as it is written down: distances as two columns each, a row for each demand."""
    count = places + 2 * (len(ties) + len(anchors))
    cost, at_most, right, equal, value = np.zeros(count), [], [], [], []
    bounds = [(None, None)] * places + [(0, None)] * (count - places)
    for to, away, distance in gaps:
        row = np.zeros(count)
        for place, sign in ((to, -1.0), (away, 1.0)):
            if place != OUTSIDE:
                row[place] += sign
        at_most.append(row)
        right.append(-distance)
    paid = [(a, b, offset, price, most) for a, b, offset, price, most in ties]
    paid += [(a, OUTSIDE, wanted, price, np.inf) for a, wanted, price in anchors]
    for number, (a, b, offset, price, most) in enumerate(paid):
        plus, minus = places + 2 * number, places + 2 * number + 1
        row = np.zeros(count)
        row[a], row[plus], row[minus] = 1.0, -1.0, 1.0
        if b != OUTSIDE:
            row[b] = -1.0
        cost[plus] = cost[minus] = price
        bounds[plus] = bounds[minus] = (0, None if most == np.inf else most)
        equal.append(row)
        value.append(offset)
    return linprog(cost, at_most, right, equal, value, bounds=bounds)


@pytest.mark.parametrize("seed", range(12))
def test_the_cheapest_flow_gives_the_least_cost(seed):
    chance = random.Random(seed)
    rows = [list(range(start, start + 5)) for start in range(0, 20, 5)]
    gaps = [(b, a, chance.choice([10.0, 34.5])) for row in rows for a, b in pairwise(row)]
    gaps += [(row[0], OUTSIDE, 20.0) for row in rows] + [(OUTSIDE, row[-1], -300.0) for row in rows]
    ties = [
        (chance.randrange(20), chance.randrange(20), chance.choice([0.0, 7.0]), chance.choice([1.0, 2.0, 8.0]), np.inf)
        for _ in range(24)
    ]
    ties = [tie for tie in ties if tie[0] != tie[1]]
    ties += [(row[1], row[0], 30.0, 0.5, 25.0) for row in rows]
    anchors = [(chance.randrange(20), float(chance.randrange(300)), 0.02) for _ in range(6)]

    model = Programme(20)
    to, away, distance = zip(*gaps, strict=True)
    model.at_least(to, away, distance)
    model.near(*zip(*ties, strict=True))
    model.anchor(*zip(*anchors, strict=True))
    x = model.solve()

    held = np.append(x, 0.0)  # OUTSIDE is the last
    assert all(held[a] - held[b] >= gap - 0.11 for a, b, gap in gaps)
    assert all(abs(x[a] - x[b] - offset) <= most + 0.11 for a, b, offset, _, most in ties)
    found = sum(price * abs(x[a] - x[b] - offset) for a, b, offset, price, _ in ties)
    found += sum(price * abs(x[a] - wanted) for a, wanted, price in anchors)
    assert found == pytest.approx(least_cost(20, gaps, ties, anchors).fun, abs=0.5)


def test_a_price_that_changes_moves_what_it_is_paid_for():
    model = Programme(2)
    paid = model.near([1], [0], [0.0], [1.0])
    model.anchor([0, 1], [0.0, 50.0], [0.5, 0.5])
    assert model.solve()[0] == model.solve()[1]
    model.price(paid, np.array([0.1]))
    assert model.solve().tolist() == [0.0, 50.0]


def test_demands_that_contradict_each_other_are_told():
    model = Programme(2)
    model.at_least([1, 0], [0, 1], [10.0, 10.0])
    with pytest.raises(RuntimeError, match="no solution"):
        model.solve()


def test_nothing_is_written_to_the_standard_output(capfd):
    model = Programme(1)
    model.anchor([0], [7.0], [1.0])
    assert model.solve().tolist() == [7.0]
    assert capfd.readouterr() == ("", "")
