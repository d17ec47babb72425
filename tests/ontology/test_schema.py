"""Is the JSON Schema of map files current, and does it tell good from bad?"""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml

from ontology.schema import SCHEMA_FILE, map_schema, schema_text

GOOD = """
namespace: laundry
title: A laundry
description: Takes clothes in.
base: https://example.org/id/
teams:
  - {id: shop-team, name: Shop team, email: shop@example.org, on_call_schedule: "https://example.org/on-call"}
people:
  - {id: 12, name: Ann, team: shop-team}
suppliers:
organisations:
  - {id: steam, kind: supplier, supplier_number: 0815}
roles:
  - id: manager
    held_by: {party: ann, valid_from: "2026-01-01"}
offerings:
  - id: next-day
    service: laundry
    turnaround: 12 h
    price: {amount: 300, currency: JPY}
    depends_on:
      - {on: carrier-4h, slot: out}
      - {on: carrier-4h, slot: back}
agreements:
  - id: sla
    agreement_type: sla
    for: shop-team
    by: other/laundry
    objectives:
      - {metric: availability, percent: 99.9 %, period: month, planned_time_excluded: yes}
      - {metric: restore time, within: 1 day 4 h, percentile: 95}
    valid_until: "2027-01-01T00:00:00+01:00"
elements:
  - id: laundry
    kind: business service
    owner: [shop-team]
    alias: no
    lifecycle: in service
    measured_availability: 99.5
    runbook:
    log: [{name: Till, url: "https://example.org/log"}]
    raci: [{duty: accountable, to: manager, for: opening hours}]
    facts: {name: colour, value: green}
    depends_on:
      - carrier
      - {on: factory, kind: needs, strength: required, phase: run, tolerance: 30 min, port: 443, evidence: contract 12}
      - of: [db-1, {on: db-2, kind: runs on}, {of: [x, y], k: 1}]
        k: 50 %
        full: 2
        mode: active
        id: databases
  - {id: carrier, kind: technical service, depends_on: factory}
"""

# what is wrong with it -> a map that is otherwise fine
BAD = {
    "an unknown section": "servces: []",
    "a section that is no list": "teams: {id: a}",
    "an entry without an id": "teams: [{name: A}]",
    "an entry without a kind where the section has none": "elements: [{id: a}]",
    "an unknown kind": "elements: [{id: a, kind: sevice}]",
    "an abstract kind": "elements: [{id: a, kind: workload}]",
    "a kind that does not belong in the section": "teams: [{id: a, kind: server}]",
    "an unknown property": "teams: [{id: a, colour: red}]",
    "a property of another class": "teams: [{id: a, database_name: b}]",
    "an id with a slash": "teams: [{id: a/b}]",
    "an unknown word of a code list": "elements: [{id: a, kind: server, lifecycle: alive}]",
    "a length of time without a unit": "elements: [{id: a, kind: server, recovery_time_objective: 30}]",
    "a percentage above 100": "elements: [{id: a, kind: server, measured_availability: 101}]",
    "a number that is none": "elements: [{id: a, kind: cluster, node_count: many}]",
    "two values where one is allowed": "elements: [{id: a, kind: server, description: [b, c]}]",
    "a time without a zone": "agreements: [{id: a, for: b, by: c, valid_from: '2026-01-01T08:00:00'}]",
    "an address without a scheme": "elements: [{id: a, kind: server, runbook: docs/run.md}]",
    "an e-mail address without an @": "teams: [{id: a, email: shop}]",
    "a part that is a text": "offerings: [{id: a, service: b, price: 300 JPY}]",
    "a part without what it needs": "offerings: [{id: a, service: b, price: {amount: 300}}]",
    "an unknown property of a part": "offerings: [{id: a, service: b, price: {amount: 3, currency: JPY, vat: 1}}]",
    "an offering of nothing": "offerings: [{id: a}]",
    "a dependency on nothing": "teams: [{id: a, depends_on: [{kind: needs}]}]",
    "an unknown kind of dependency": "teams: [{id: a, depends_on: [{on: b, kind: sits on}]}]",
    "an unknown strength": "teams: [{id: a, depends_on: [{on: b, strength: strong}]}]",
    "a port that does not exist": "teams: [{id: a, depends_on: [{on: b, port: 70000}]}]",
    "a group with an unknown key": "teams: [{id: a, depends_on: [{of: [b, c], minimum: 1}]}]",
    "a group with a negative k": "teams: [{id: a, depends_on: [{of: [b, c], k: -1}]}]",
    "a base without an end": "base: https://example.org/id",
}


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(map_schema())


class EditorLoader(yaml.SafeLoader):
    """Reads YAML 1.2 as editors do: dates, ``on``, ``yes`` and ``no`` are words."""


EditorLoader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith(":timestamp") and (not tag.endswith(":bool") or first in "tTfF")
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def content(text: str) -> Any:
    return yaml.load(text, Loader=EditorLoader)  # noqa: S506 a SafeLoader


def test_the_shipped_schema_is_current() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run: python -m ontology.schema"


def test_the_schema_is_itself_valid() -> None:
    jsonschema.Draft202012Validator.check_schema(map_schema())


def test_a_good_map_passes(validator: jsonschema.Draft202012Validator) -> None:
    assert [f"{e.json_path}: {e.message}" for e in validator.iter_errors(content(GOOD))] == []


@pytest.mark.parametrize("problem", BAD)
def test_a_bad_map_fails(problem: str, validator: jsonschema.Draft202012Validator) -> None:
    assert not validator.is_valid(content(BAD[problem])), problem


def test_every_reference_of_the_schema_leads_somewhere() -> None:
    schema = map_schema()
    found: set[str] = set()
    waiting: list[Any] = [schema]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            found |= {value["$ref"].removeprefix("#/$defs/")} if isinstance(value.get("$ref"), str) else set()
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value

    assert found == set(schema["$defs"])
