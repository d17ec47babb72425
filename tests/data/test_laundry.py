"""Does the laundry say what row R1 of the reference model says: offerings and their sums, agreements, flow apart from need?"""

from __future__ import annotations

from decimal import Decimal
from math import prod
from pathlib import Path

import pytest

from graph.analysis.impact import State, impact
from graph.maps import Map, open_map

PREFIXES = """
PREFIX sm: <https://w3id.org/servicemap#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""


@pytest.fixture(scope="module")
def laundry(root: Path) -> Map:
    return open_map((root / "data" / "laundry",))


def rows(laundry: Map, query: str) -> list[tuple[str, ...]]:
    """What a query over the laundry answers, as text."""
    table = laundry.store.select(PREFIXES + query)
    return [tuple(value.text if value else "" for value in row) for row in table.rows]


# One row for each dependency of an offering on an offering: the carrier drives twice and counts twice.
STEPS = """
SELECT ?dependency ?minutes ?amount ?currency WHERE {{
  ?offering rdfs:label "{name}" ; a sm:ServiceOffering .
  ?dependency sm:dependent ?offering ; sm:provider ?step .
  ?step a sm:ServiceOffering ; sm:turnaroundMinutes ?minutes ; sm:listPrice ?price .
  ?price sm:amount ?amount ; sm:currency ?currency .
}}"""
PROMISE = """
SELECT ?minutes ?amount ?currency WHERE {{
  ?offering rdfs:label "{name}" ; a sm:ServiceOffering ; sm:turnaroundMinutes ?minutes ; sm:listPrice ?price .
  ?price sm:amount ?amount ; sm:currency ?currency .
}}"""


@pytest.mark.parametrize(("name", "hours", "cost", "price"), [("Next day", 12, 150, 300), ("Same day", 6, 300, 500)])
def test_an_offering_takes_and_costs_what_its_three_steps_take_and_cost(
    laundry: Map, name: str, hours: int, cost: int, price: int
) -> None:
    steps = rows(laundry, STEPS.format(name=name))
    [(promised_minutes, sold_for, currency)] = rows(laundry, PROMISE.format(name=name))

    assert len(steps) == 3
    assert {step[3] for step in steps} == {currency} == {"JPY"}
    assert sum(Decimal(step[1]) for step in steps) == Decimal(promised_minutes) == hours * 60
    assert sum(Decimal(step[2]) for step in steps) == cost
    assert Decimal(sold_for) == price


def test_the_carrier_is_used_twice_in_each_offering_of_the_laundry(laundry: Map) -> None:
    found = rows(
        laundry,
        """SELECT ?name (COUNT(DISTINCT ?dependency) AS ?times) WHERE {
          ?dependency sm:dependent/rdfs:label ?name ; sm:provider/sm:offeringOf/rdfs:label "Carrier" .
        } GROUP BY ?name ORDER BY ?name""",
    )

    assert found == [("Next day", "2"), ("Same day", "2")]


def test_there_are_an_sla_three_olas_and_an_underpinning_contract(laundry: Map) -> None:
    found = rows(
        laundry,
        """SELECT ?type ?customer ?provider WHERE {
          ?agreement sm:agreementType/rdfs:label ?type ; sm:agreedFor/rdfs:label ?customer ; sm:agreedBy/rdfs:label ?provider .
        } ORDER BY ?type ?customer""",
    )

    assert found == [
        ("operational level agreement", "Carrier", "Washing factory"),
        ("operational level agreement", "Laundry", "Carrier"),
        ("operational level agreement", "Washing factory", "Carrier"),
        ("service level agreement", "Neighbours", "Laundry"),
        ("underpinning contract", "Washing factory", "Soapworks"),
    ]


LEGS = """
SELECT ?minutes ?percentile WHERE {
  ?agreement sm:agreementType sm:agreement-ola ; sm:hasObjective ?objective .
  ?objective sm:metric sm:metric-turnaround ; sm:targetMinutes ?minutes ; sm:targetPercentile ?percentile .
}"""
PROMISED = """
SELECT ?minutes ?percentile WHERE {
  ?agreement sm:agreementType sm:agreement-sla ; sm:hasObjective ?objective .
  ?objective sm:metric sm:metric-turnaround ; sm:targetMinutes ?minutes ; sm:targetPercentile ?percentile .
}"""


def test_the_three_olas_together_carry_the_hours_and_the_share_that_the_sla_promises(laundry: Map) -> None:
    legs = rows(laundry, LEGS)
    promised = {Decimal(minutes): Decimal(share) / 100 for minutes, share in rows(laundry, PROMISED)}

    assert promised.keys() == {Decimal(12 * 60), Decimal(6 * 60)}
    for minutes, share in promised.items():
        carried = [Decimal(each) / 100 for leg, each in legs if Decimal(leg) == minutes / 3]
        assert len(carried) == 3
        assert prod(carried) >= share


def test_carrier_and_factory_together_are_promised_to_be_there_as_often_as_the_laundry(laundry: Map) -> None:
    available = rows(
        laundry,
        """SELECT DISTINCT ?type ?provider ?percent WHERE {
          ?agreement sm:agreementType/rdfs:label ?type ; sm:agreedBy/rdfs:label ?provider ; sm:hasObjective ?objective .
          ?objective sm:metric sm:metric-availability ; sm:targetPercent ?percent .
        }""",
    )
    by_provider = {row[1]: Decimal(row[2]) / 100 for row in available}

    assert by_provider.keys() == {"Laundry", "Carrier", "Washing factory"}
    assert by_provider["Carrier"] * by_provider["Washing factory"] >= by_provider["Laundry"]


def test_the_bags_go_to_the_factory_and_back(laundry: Map) -> None:
    flows = rows(laundry, "SELECT ?from ?to WHERE { ?from a sm:Process ; sm:flowsTo ?to }")
    used = rows(laundry, "SELECT ?step ?name WHERE { ?step a sm:Process ; sm:needs/rdfs:label ?name }")
    step = {row[0]: row[1] for row in flows}
    needs = {row[0]: row[1] for row in used}
    [way] = set(step) - set(step.values())
    services = [needs[way]]
    while way in step:
        way = step[way]
        services.append(needs[way])

    assert services == ["Laundry", "Carrier", "Washing factory", "Carrier", "Laundry"]


@pytest.mark.parametrize(
    ("broken", "affected"), [("laundry", set()), ("carrier", {"laundry"}), ("factory", {"laundry"})]
)
def test_a_flow_of_goods_is_no_need(laundry: Map, broken: str, affected: set[str]) -> None:
    graph = laundry.projection
    services = {graph.find(name): name for name in ("laundry", "carrier", "factory")}

    result = impact(graph, {graph.find(broken): State.DOWN})

    assert {services[vertex] for vertex in result.affected.tolist() if vertex in services} == affected


def test_one_washing_line_is_enough_but_slower_and_the_boiler_has_no_spare(laundry: Map) -> None:
    graph = laundry.projection
    factory = graph.find("factory")

    one_line = impact(graph, {graph.find("washing-line-1"): State.DOWN})
    both_lines = impact(graph, {graph.find(f"washing-line-{number}"): State.DOWN for number in (1, 2)})
    boiler = impact(graph, {graph.find("boiler"): State.DOWN})

    assert one_line.state[factory] == State.DEGRADED
    assert both_lines.state[factory] == boiler.state[factory] == State.DOWN
