"""The numbers of a map are those that one counts by hand."""

from hypothesis import given

from graph.analysis.stats import answer, stats
from tests.graph.analysis.small import maps, plain, projection
from tests.graph.written import SHOP, opened

NOTED = SHOP.replace("- web\n", "- {on: web, evidence_type: observed}\n")


def test_the_numbers_of_a_small_map(tmp_path):
    p = opened(tmp_path, NOTED).projection
    rows = dict(answer(p, stats(p)).rows)
    expected = {
        "elements": 6,
        "not defined anywhere": 0,
        "dependencies": 4,
        "groups of alternatives": 1,
        "layers": 3,
        "kind: virtual machine": 2,
        "elements with an owner": "2 of 6 (33 %)",
        "dependencies with a stated strength": "1 of 4 (25 %)",
        "dependencies with evidence": "1 of 4 (25 %)",
    }
    assert {name: rows[name] for name in expected} == expected


@given(maps())
def test_users_are_those_of_networkx(made):
    n, edges, _ = made
    g = plain(n, edges)
    users = {v: len(set(g.predecessors(v)) - {v}) for v in range(n)}
    said = stats(projection(n, edges))
    assert dict(said.most_used).items() <= users.items()
    assert said.used[2] == max(users.values())


def test_an_empty_map_has_numbers_too():
    p = projection(0, [])
    assert answer(p, stats(p)).title == "0 elements in 0 layers"
