"""Single points of failure are what impact, asked for every element one by one, says that they are."""

from hypothesis import given
from hypothesis import strategies as st

from graph.analysis import single_points as module
from graph.analysis.impact import State, impact
from graph.analysis.single_points import answer, business_services, single_points
from tests.examples import examples
from tests.graph.analysis.small import maps, projection
from tests.graph.written import opened


def one_by_one(p, service):
    down = (v for v in range(len(p)) if impact(p, {v: State.DOWN}).state[service] == State.DOWN)
    return [v for v in down if v != service]


@examples(200, deadline=None)
@given(maps(groups=True, strengths=True))
def test_they_equal_brute_force_with_impact(made):
    n, edges, groups = made
    p = projection(n, edges, groups)
    found = single_points(p, range(n))
    assert {s: points.tolist() for s, points in found.of.items()} == {s: one_by_one(p, s) for s in range(n)}


@given(maps(groups=True), st.integers(1, 3))
def test_candidates_taken_in_small_blocks_give_the_same(made, size):
    n, edges, groups = made
    p = projection(n, edges, groups)
    whole = single_points(p, range(n)).of
    before = module._AT_ONCE
    module._AT_ONCE = size
    try:
        parts = single_points(p, range(n)).of
    finally:
        module._AT_ONCE = before
    assert [points.tolist() for points in parts.values()] == [points.tolist() for points in whole.values()]


def test_a_member_that_a_group_can_lose_is_none_and_what_all_members_rest_on_is_one():
    p = projection(4, [(1, 3), (2, 3)], [(0, 1, [1, 2])])
    assert single_points(p, [0]).of[0].tolist() == [3]


def test_business_services_are_looked_at_and_those_without_a_single_point_are_told(tmp_path):
    p = opened(
        tmp_path,
        """
        elements:
          - {id: shop, kind: business service, depends_on: [db]}
          - {id: news, kind: business service, depends_on: [{of: [db, copy], k: 1}]}
          - {id: db, kind: database}
          - {id: copy, kind: database}
        """,
    ).projection
    services = business_services(p)
    assert [p.labels[v] for v in services] == ["news", "shop"]
    said = answer(p, single_points(p, services))
    assert said.title == "1 single point of failure under 2 services"
    assert said.rows == (("shop/db", "db", "database", 1, "shop"),)
    assert said.notes == ("1 service without any single point of failure",)


def test_a_cut_is_said():
    p = projection(4, [(0, 1), (0, 2), (0, 3)])
    said = answer(p, single_points(p, [0]), most=2)
    assert len(said.rows) == 2
    assert said.notes == ("the first 2 of 3 elements; raise --most to see more",)
