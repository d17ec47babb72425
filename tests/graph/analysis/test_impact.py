"""Impact equals an obvious, slow evaluator, whatever the map; the worked cases of the meaning are named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.analysis.impact import State, answer, impact
from graph.analysis.reach import reach
from graph.projection import DEGRADING, OPTIONAL, REQUIRED
from tests.graph.analysis.small import maps, projection
from tests.graph.written import opened

DOWN, DEGRADED, AT_RISK, UNAFFECTED = State.DOWN, State.DEGRADED, State.AT_RISK, State.UNAFFECTED


def obvious(n, edges, groups, changes):
    """The words of the meaning, turned into code one by one and repeated until nothing changes."""
    state = dict.fromkeys(range(n + len(groups)), 0) | changes
    while True:
        before = dict(state)
        for dependent, provider, strength in edges:
            carried = {REQUIRED: state[provider], DEGRADING: min(state[provider], 2), OPTIONAL: 0}[strength]
            state[dependent] = max(state[dependent], carried)
        for number, (dependent, k, members) in enumerate(groups):
            best_first = sorted(state[m] for m in members)
            if k == 0:
                continue
            worst = best_first[k - 1]
            if any(s >= 2 for s in best_first):
                worst = max(worst, 1)
            if sum(s < 2 for s in best_first) < k:
                worst = max(worst, 2)
            state[n + number] = max(state[n + number], worst)
            if dependent >= 0:
                state[dependent] = max(state[dependent], state[n + number])
        if state == before:
            return [state[v] for v in range(n)]


@given(maps(groups=True, strengths=True), st.data())
def test_states_equal_the_obvious_evaluator(made, data):
    n, edges, groups = made
    states = st.sampled_from([DOWN, DEGRADED, AT_RISK])
    changes = data.draw(st.dictionaries(st.integers(0, n - 1), states, min_size=1, max_size=3))
    p = projection(n, edges, groups)
    assert impact(p, changes).state[:n].tolist() == obvious(n, edges, groups, {v: int(s) for v, s in changes.items()})


@given(maps(), st.data())
def test_with_required_edges_alone_impact_is_reachability(made, data):
    n, edges, _ = made
    start = data.draw(st.integers(0, n - 1))
    p = projection(n, edges)
    result = impact(p, {start: DOWN})
    walked = reach(p, [start])
    assert sorted(result.affected.tolist()) == sorted(walked.elements.tolist())
    assert all(result.distance[v] == walked.distance[v] for v in walked.elements)


@given(maps(groups=True, strengths=True), st.data())
def test_every_affected_element_has_a_witness_that_starts_at_a_change(made, data):
    n, edges, groups = made
    start = data.draw(st.integers(0, n - 1))
    p = projection(n, edges, groups)
    result = impact(p, {start: DOWN})
    for vertex in result.affected.tolist():
        way = result.path(p, vertex)
        assert p.edges.provider[way[0]] == start
        assert p.edges.dependent[way[-1]] == vertex


@given(maps(groups=True, strengths=True), st.data())
def test_affected_and_spared_together_are_all_that_rest_on_the_change(made, data):
    n, edges, groups = made
    start = data.draw(st.integers(0, n - 1))
    p = projection(n, edges, groups)
    result = impact(p, {start: DOWN})
    both = [*result.affected.tolist(), *result.spared.tolist()]
    assert sorted(both) == sorted(reach(p, [start]).elements.tolist())


@given(maps(groups=True), st.data())
def test_more_changes_never_make_anything_better(made, data):
    n, edges, groups = made
    first, second = data.draw(st.integers(0, n - 1)), data.draw(st.integers(0, n - 1))
    p = projection(n, edges, groups)
    assert (impact(p, {first: DOWN, second: DOWN}).state >= impact(p, {first: DOWN}).state).all()


def test_a_degrading_dependency_passes_at_most_degraded_on():
    p = projection(3, [(0, 1, DEGRADING), (1, 2)])
    assert impact(p, {2: DOWN}).state.tolist() == [DEGRADED, DOWN, DOWN]


def test_an_optional_dependency_passes_nothing_on_and_is_named():
    p = projection(2, [(0, 1, OPTIONAL)])
    result = impact(p, {1: DOWN})
    assert result.affected.size == 0
    assert result.spared.tolist() == [0]
    assert "no known impact" in answer(p, result).title


@pytest.mark.parametrize(
    ("k", "down", "state"),
    [(1, [1], AT_RISK), (1, [1, 2], DOWN), (2, [1], DOWN), (0, [1, 2], UNAFFECTED)],
)
def test_a_group_has_the_state_of_its_kth_best_member(k, down, state):
    p = projection(3, [], [(0, k, [1, 2])])
    assert impact(p, dict.fromkeys(down, DOWN)).state[0] == state


def test_a_self_loop_and_a_cycle_change_nothing():
    p = projection(3, [(0, 0), (0, 1), (1, 0), (1, 2)])
    result = impact(p, {2: DOWN})
    assert result.state.tolist() == [DOWN, DOWN, DOWN]
    assert result.affected.tolist() == [1, 0]


def test_rows_come_worst_first_then_nearest():
    p = projection(4, [(0, 1, DEGRADING), (1, 3), (2, 1)])
    rows = answer(p, impact(p, {3: DOWN})).rows
    assert [(row[0], row[3], row[4]) for row in rows] == [
        ("t/e001", "down", 1),
        ("t/e002", "down", 2),
        ("t/e000", "degraded", 2),
    ]


def test_a_group_that_needs_more_than_it_has_is_unknown_and_not_down():
    p = projection(3, [], [(0, 5, [1, 2])])
    result = impact(p, {1: DOWN})
    assert result.state[0] == UNAFFECTED
    assert result.unknowns == ("a group of t/e000 needs 5 members and has 2: what its failure does is not known",)


def test_a_long_way_is_cut_and_says_so():
    p = projection(60, [(n, n + 1) for n in range(59)])
    rows = {row[0]: row[5] for row in answer(p, impact(p, {59: DOWN})).rows}
    assert rows["t/e057"] == "e059 ← e058 ← e057"
    assert rows["t/e000"].startswith("… ← e024 ← ")


EXPOSED = """
    elements:
      - id: web
        kind: application
        depends_on: [{of: [{on: one, kind: monitored by}, {on: two, kind: monitored by}], k: 1}]
      - id: app
        kind: application
        depends_on: [{on: host, kind: runs on}, {on: one, kind: monitored by}]
      - {id: one, kind: tool, depends_on: [host]}
      - {id: two, kind: tool}
      - {id: host, kind: server}
"""


def test_a_group_of_monitors_exposes_when_too_few_are_left(tmp_path):
    p = opened(tmp_path, EXPOSED).projection
    one, two = p.find("one"), p.find("two")
    assert [p.labels[e.element] for e in impact(p, {one: DOWN}).exposed] == ["app"]
    both = answer(p, impact(p, {one: DOWN, two: DOWN}))
    assert both.facts["exposed"] == ["shop/app: blind", "shop/web: blind"]


def test_what_is_down_is_not_also_exposed(tmp_path):
    p = opened(tmp_path, EXPOSED).projection
    assert impact(p, {p.find("host"): DOWN}).exposed == ()


def test_dependencies_with_a_time_of_validity_are_told(tmp_path):
    text = "elements:\n  - {id: a, kind: service, depends_on: [{on: b, valid_until: 2020-01-01}]}\n  - {id: b, kind: service}\n"
    p = opened(tmp_path, text).projection
    notes = answer(p, impact(p, {p.find("b"): DOWN})).notes
    assert "1 dependency states a time of validity, which is not looked at" in notes
