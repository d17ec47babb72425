"""What layer rules keep apart: by the classes of both ends and their tiers, the most critical first."""

from __future__ import annotations

from graph.analysis.breaches import NO_LEVEL, Rule, breaches
from graph.servicegraph import ServiceGraph
from ontology import terms as t
from tests.graph.written import opened

MAP = """
elements:
  - {id: app, kind: application, depends_on: [box, db]}
  - {id: till, kind: application, criticality: critical, depends_on: [box]}
  - {id: db, kind: database, criticality: low, depends_on: [box]}
  - {id: box, kind: server, criticality: high}
"""
METAL = Rule("r", t.SM + "Application", t.SM + "Server")


def found(tmp_path, *rules, most=10):
    of = opened(tmp_path, MAP)
    p, graph = of.projection, ServiceGraph(of.store, of.projection)
    rows = breaches(p, *graph._pairs, rules, graph.members, most)
    return [f"{iri} {p.ids[a].partition('/')[2]} {p.ids[b].partition('/')[2]}" for iri, a, b in rows]


def test_the_most_critical_dependents_come_first_and_no_more_than_wanted(tmp_path):
    other = Rule("a", t.SM + "Element", t.SM + "Server")
    assert found(tmp_path, METAL) == ["r till box", "r app box"]
    assert found(tmp_path, METAL, other) == ["a till box", "r till box", "a db box", "a app box", "r app box"]
    assert found(tmp_path, METAL, other, most=2) == ["a till box", "r till box"]


def test_a_rule_for_tiers_looks_at_these_alone(tmp_path):
    def rule(ends, levels):
        return Rule("r", METAL.above, METAL.below, **{ends: frozenset(levels)})

    assert found(tmp_path, rule("from_levels", [4])) == ["r till box"]
    assert found(tmp_path, rule("from_levels", [1, 2, 3])) == []
    assert found(tmp_path, rule("to_levels", [3])) == ["r till box", "r app box"]
    assert found(tmp_path, rule("to_levels", [NO_LEVEL])) == []
