"""What is retired is a member of its groups no more: a share of them is a share of those that are left."""

from dataclasses import replace
from decimal import Decimal
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.changes import Change, ChangeKind, times_of
from graph.analysis.impact import State, impact
from graph.analysis.judgement import judge
from graph.analysis.windows import ALWAYS, FOREVER
from graph.checker import check
from graph.results import document
from tests.examples import examples
from tests.graph.analysis.small import maps, projection
from tests.graph.written import opened

DOWN = State.DOWN
MAP = """
    elements:
      - {id: s, kind: application, depends_on: [{of: [x, y, {on: z, weight: WEIGHT}], k: 50 %, strength: required}]}
      - {id: x, kind: server}
      - {id: y, kind: server}
      - {id: z, kind: server}
"""


@pytest.fixture
def asked(tmp_path):
    def found(kinds, *, weight=1, windows=ALWAYS, surely=None):
        map_ = opened(tmp_path, MAP.replace("WEIGHT", str(weight)))
        p = map_.projection
        changes = [Change(kind, p.find(name), windows, surely) for name, kind in kinds.items()]
        result = judge(p, changes, times=times_of(p))
        assert check(map_.store, document(map_, result)) == ()
        s = p.find("s")
        return result.most.worst(s), result.least.worst(s), result

    return found


OUT, GONE = ChangeKind.OUTAGE, ChangeKind.RETIREMENT


@pytest.mark.parametrize(
    ("kinds", "state"),
    [
        ({"x": OUT}, State.AT_RISK),
        ({"x": OUT, "y": OUT}, DOWN),
        ({"x": ChangeKind.MAINTENANCE, "y": ChangeKind.MAINTENANCE}, DOWN),
        ({"x": GONE, "y": GONE}, State.AT_RISK),
        ({"x": GONE, "y": OUT}, State.AT_RISK),
        ({"x": GONE, "y": OUT, "z": OUT}, DOWN),
        ({"x": GONE, "y": GONE, "z": GONE}, DOWN),
    ],
)
def test_half_of_three_after_a_retirement_is_half_of_those_that_are_left(asked, kinds, state):
    assert asked(kinds)[:2] == (state, state)


def test_a_member_with_a_weight_takes_it_along(asked):
    assert asked({"z": OUT}, weight=4)[0] == DOWN
    assert asked({"z": GONE}, weight=4)[0] == State.AT_RISK
    assert asked({"z": GONE, "x": OUT}, weight=4)[0] == State.AT_RISK


def test_it_counts_from_when_it_is_certain_at_most_and_from_when_it_is_possible_at_least(asked):
    _, _, result = asked({"x": GONE, "y": GONE}, windows=((0, 100),), surely=((40, 60),))
    s = next(v for v, label in enumerate(["s"]) if label == "s")
    assert result.most.of(s, DOWN) == ((0, 40),)
    assert result.least.of(s, DOWN) == ()


def test_until_it_is_retired_all_members_count(asked):
    _, _, result = asked({"x": GONE, "y": GONE}, windows=((0, 100),))
    assert result.most.of(0, State.AT_RISK) == ((0, FOREVER),)
    assert result.most.of(0, DOWN) == ()


@st.composite
def cases(draw):
    """Random maps in which groups need shares, and elements that are retired or fail."""
    n, edges, groups = draw(maps(groups=True, strengths=True))
    shares = [draw(st.sampled_from([Decimal(30), Decimal(50), Decimal("66.7"), Decimal(100)])) for _ in groups]
    retired = draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=3))
    return n, edges, groups, shares, retired, draw(st.sets(st.integers(0, n - 1), max_size=2)) - retired


def needed(shares, groups):
    return [(d, ceil(share * len(m) / 100), m) for (d, _, m), share in zip(groups, shares, strict=True)]


@examples(250)
@given(cases())
def test_for_all_time_it_is_the_map_without_the_retired_members_and_with_them_down(case):
    n, edges, groups, shares, retired, failed = case
    p = projection(n, edges, needed(shares, groups))
    p = replace(p, groups=replace(p.groups, share=dict(enumerate(shares))))
    changes = [Change(GONE, v) for v in sorted(retired)] + [Change(OUT, v) for v in sorted(failed)]
    result = judge(p, changes)
    left = [(d, k, [m for m in members if m not in retired]) for d, k, members in groups]
    lost = [n + g for g, (before, now) in enumerate(zip(groups, left, strict=True)) if len(now[2]) < len(before[2])]
    fewer = {group: State.AT_RISK if left[group - n][2] else DOWN for group in lost}
    expected = impact(projection(n, edges, needed(shares, left)), dict.fromkeys([*retired, *failed], DOWN) | fewer)
    assert [result.most.worst(v) for v in range(n)] == expected.state[:n].tolist()
