"""What alternatives share first, what is least beneath, what is called less critical: each by a small map."""

from __future__ import annotations

import numpy as np

from graph.analysis._condensed import condense
from graph.analysis.resting import NONE, least_below, least_within, less_critical, no_alternative, shared_first, unused
from graph.servicegraph import ServiceGraph
from tests.graph.written import opened

MAP = """
elements:
  - {id: shop, kind: business service, criticality: critical, depends_on: [{of: [vm-1, vm-2], k: 1}, {on: pay, strength: required}]}
  - {id: pay, kind: technical service, criticality: low, depends_on: [{on: host, strength: degrading}]}
  - {id: vm-1, kind: virtual machine, depends_on: [{on: host, kind: runs on}]}
  - {id: vm-2, kind: virtual machine, depends_on: [{on: host, kind: runs on}, {on: site, kind: located in}]}
  - {id: host, kind: server, criticality: high, depends_on: [{on: site, kind: located in}]}
  - {id: site, kind: site}
"""


def made(tmp_path):
    of = opened(tmp_path, MAP)
    return of.projection, ServiceGraph(of.store, of.projection)


def ids(projection, rows):
    return [tuple(projection.ids[v].partition("/")[2] for v in row) for row in rows]


def test_what_lies_beneath_a_shared_thing_is_left_out(tmp_path):
    p, graph = made(tmp_path)
    found = list(
        shared_first(
            p, condense(p, graph._reaching), graph._uses, lambda vertex: graph.walk(vertex, back=False, also=True)
        )
    )
    assert ids(p, [row[1:] for row in found]) == [("vm-1", "vm-2", "host")]


def test_an_alternative_that_rests_on_the_other_one_shares_it(tmp_path):
    of = opened(tmp_path, MAP.replace("{on: site, kind: located in}]", "{on: vm-1, kind: needs}]", 1))
    graph = ServiceGraph(of.store, of.projection)
    found = [row[1:] for row in graph.shared_causes(10)]
    assert [[iri.rpartition("/")[2] for iri in row] for row in found] == [["vm-1", "vm-2", "vm-1"]]


def test_the_least_number_of_all_beneath_and_not_ones_own(tmp_path):
    p, graph = made(tmp_path)
    own = np.full(len(p), NONE)
    at = {p.ids[v].partition("/")[2]: v for v in range(len(p))}
    own[at["shop"]], own[at["pay"]], own[at["host"]] = 1, 7, 5
    found = least_below(p, condense(p, graph._reaching), graph.circular, own)
    assert least_within(graph._uses, graph._used_by, own, 9).tolist() == found.tolist()
    assert least_within(graph._uses, graph._used_by, own, 2) is None
    assert {name: int(found[v]) for name, v in at.items() if found[v] < NONE} == {
        "shop": 5,
        "pay": 5,
        "vm-1": 5,
        "vm-2": 5,
    }


def test_only_what_is_said_to_be_required_is_called_less_critical(tmp_path):
    p, _ = made(tmp_path)
    assert ids(p, less_critical(p, 10)) == [("pay", "shop")]
    assert less_critical(p, 0) == []


def test_what_says_no_strength_has_no_alternative_and_the_most_critical_come_first(tmp_path):
    p, graph = made(tmp_path)
    found = ids(p, no_alternative(p, graph._carries, None, 10))
    assert found[0] == ("shop", "pay")
    assert ("vm-1", "host") in found
    assert ("pay", "host") not in found
    assert ids(p, no_alternative(p, graph._carries, None, 1)) == [("shop", "pay")]


def test_only_what_no_dependency_names_is_unused(tmp_path):
    p, _ = made(tmp_path)
    assert [p.ids[v] for v in unused(p, None, 10)] == ["shop/shop"]
    assert unused(p, np.zeros(len(p), np.bool_), 10) == []
