"""Users of a hub that are linked among themselves have a line of their own to it."""

import random
import sys

import pytest

from graph.layout import Box, Lane, Line, layout
from graph.layout.hubs import hubs
from graph.layout.rows import RowPlan
from graph.layout.seen import seen

LANES = [Lane("apps"), Lane("data")]


def hub_map(*groups, alone=0, seed=1):
    """A database that all use; in each group everyone needs one or two that come after."""
    chance, lines, boxes = random.Random(seed), [], [Box("db", "data", 100.0)]
    for number, size in enumerate(groups):
        names = [f"g{number}-{n:02}" for n in range(size)]
        links = {(names[chance.randrange(n)], names[n]) for n in range(1, size)}
        lines += sorted(links)
        boxes += [Box(name, "apps", 100.0) for name in names]
    boxes += [Box(f"alone-{n}", "apps", 100.0) for n in range(alone)]
    lines += [(box.id, "db") for box in boxes[1:]]
    return boxes, [Line(a, b, f"{a} {b}") for a, b in lines]


def planned(boxes):
    """Each user in a row of its own, the database below."""
    users = [box.id for box in boxes if box.id != "db"]
    return [RowPlan("apps", (key,)) for key in users] + [RowPlan("data", ("db",))]


def groups_of(strands):
    return [sorted({source.split("-")[0] for source in strand.sources}) for strand in strands]


def test_each_group_has_its_own_strand_and_those_alone_keep_the_trunk():
    boxes, lines = hub_map(12, 14, alone=5)
    found = hubs(lines, planned(boxes))
    assert [(one.target, one.way, len(one.sources)) for one in found] == [("db", "down", 14), ("db", "down", 12)]
    assert groups_of(found) == [["g1"], ["g0"]]


@pytest.mark.parametrize(
    ("groups", "alone", "why"),
    [((7, 8), 5, "the groups are small"), ((14,), 0, "there is one group alone"), ((), 30, "nobody is linked")],
)
def test_there_is_no_strand_where(groups, alone, why):
    boxes, lines = hub_map(*groups, alone=alone)
    assert hubs(lines, planned(boxes)) == (), why


def test_a_hub_among_many_lines_is_left_as_it_is():
    boxes, lines = hub_map(12, 14)
    ids = [box.id for box in boxes if box.id != "db"]
    more = [Line(a, b, f"{a}>{b}") for a in ids for b in ids if a < b]
    assert hubs(lines + more, planned(boxes)) == ()


def test_two_groups_with_a_line_between_them_are_told_apart_in_whatever_order_lines_come():
    boxes, lines = hub_map(16, 17)
    lines.append(Line("g0-03", "g1-05", "between"))
    found = hubs(lines, planned(boxes))
    assert len(found) == 2
    assert sum(len(one.sources) for one in found) == 33
    mixed = random.Random(3).sample(lines, len(lines))
    assert hubs(mixed, planned(boxes)) == found


def test_fewer_lines_cross_and_the_strands_stay_after_an_edit(monkeypatch):
    boxes, lines = hub_map(24, 22, 20, alone=6)
    made = layout(boxes, lines, LANES)
    assert len(made.strands) > 2
    fewer = [line for line in lines if line.id != "g0-03 db"]
    assert layout(boxes, fewer, LANES, previous=made).strands == made.strands
    monkeypatch.setattr(sys.modules["graph.layout"], "hubs", lambda *_: ())
    plain = layout(boxes, lines, LANES)
    assert seen(made.routes, lines).crossings < 0.8 * seen(plain.routes, lines).crossings
