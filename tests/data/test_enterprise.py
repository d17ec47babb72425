"""Is the sample enterprise large enough to be worth a look, and are its deliberate faults there to be found?"""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.analysis.cycles import cycles
from graph.analysis.impact import State, impact
from graph.maps import Map, open_map
from ontology.vocabulary import vocabulary

PREFIXES = """
PREFIX sm: <https://w3id.org/servicemap#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="module")
def enterprise(root: Path) -> Map:
    return open_map((root / "data" / "enterprise",))


def names(enterprise: Map, pattern: str) -> set[str]:
    """The names that a pattern over the enterprise finds."""
    table = enterprise.store.select(f"{PREFIXES} SELECT DISTINCT ?name WHERE {{ {pattern} }}")
    return {value.text for (value,) in table.rows if value}


def test_every_lane_has_something_in_it(enterprise: Map) -> None:
    words = vocabulary()
    lanes = {words.lanes[words.classes[cls].lane].label for cls in enterprise.projection.classes}

    elsewhere = {"Services", "Governance", "Records", "Reference models", "Not defined anywhere"}
    assert lanes >= {lane.label for lane in words.lanes.values()} - elsewhere


def test_the_files_hold_no_error(enterprise: Map) -> None:
    assert [str(finding) for finding in enterprise.validate() if finding.severity.value == "error"] == []


def test_both_sql_replicas_stand_in_one_zone(enterprise: Map) -> None:
    graph = enterprise.projection
    cluster, zone = graph.find("sql-cluster"), graph.find("zone-a")

    one = impact(graph, {graph.find("sql-replica-1"): State.DOWN})
    all_of_the_zone = impact(graph, {zone: State.DOWN})

    assert one.state[cluster] == State.AT_RISK
    assert all_of_the_zone.state[cluster] == State.DOWN


def test_the_other_groups_survive_the_loss_of_any_one_zone(enterprise: Map) -> None:
    graph = enterprise.projection
    redundant = [graph.find(name) for name in ("kubernetes", "event-bus", "storage-account", "edge-firewall")]

    for zone in ("zone-a", "zone-b", "zone-c"):
        state = impact(graph, {graph.find(zone): State.DOWN}).state
        assert all(state[element] < State.DOWN for element in redundant), zone


def test_the_order_hub_and_the_stock_ledger_need_each_other(enterprise: Map) -> None:
    graph = enterprise.projection

    found = cycles(graph)

    assert [{graph.labels[vertex] for vertex in circle} for circle in found.circles] == [{"Order hub", "Stock ledger"}]
    assert found.selves == ()


OPEN_FAULTS = {
    "an application that nobody owns or answers for": (
        "?e a sm:Application ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:ownedBy ?o } FILTER NOT EXISTS { ?e sm:raci ?r }",
        {"Points ledger"},
    ),
    "a service that two answer for": (
        "?e sm:raci ?one , ?two ; rdfs:label ?name . FILTER (STR(?one) < STR(?two)) "
        "?one sm:duty sm:duty-accountable . ?two sm:duty sm:duty-accountable",
        {"Returns"},
    ),
    "a contract that ends within 90 days": (
        "?e a sm:Agreement ; rdfs:label ?name ; sm:validUntil ?end . "
        'FILTER (?end < "2027-02-20T00:00:00Z"^^xsd:dateTime)',
        {"Streetlark contract"},
    ),
    "a vendor service without a contract": (
        "?e a sm:VendorService ; rdfs:label ?name . FILTER NOT EXISTS { ?c a sm:Agreement ; sm:covers ?e }",
        {"Drizzle Data"},
    ),
    "a machine that nothing uses": (
        "?e a ?class ; rdfs:label ?name . ?class rdfs:subClassOf* sm:Infrastructure . "
        "FILTER NOT EXISTS { ?d sm:provider ?e }",
        {"Old file server"},
    ),
    "a role that nobody holds": (
        "?e a sm:Role ; rdfs:label ?name . FILTER NOT EXISTS { ?e sm:holding ?h }",
        {"Problem manager"},
    ),
}


@pytest.mark.parametrize(("pattern", "found"), OPEN_FAULTS.values(), ids=OPEN_FAULTS.keys())
def test_a_deliberate_fault_is_there_and_alone(enterprise: Map, pattern: str, found: set[str]) -> None:
    assert names(enterprise, pattern) == found
