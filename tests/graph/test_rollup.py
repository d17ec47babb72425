"""What is hit is gathered by service, process, customer, place and environment; what the map does not say is counted."""

import pytest

from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.rollup import answer, reach
from tests.graph.written import opened

MAP = """
    elements:
      - {id: sell, kind: process, name: Sell, depends_on: [{on: shop, strength: required}]}
      - id: shop
        kind: business service
        name: Shop
        customer: gardeners
        depends_on: [{on: web, strength: required}]
      - {id: alone, kind: business service, name: Alone, depends_on: [{on: web, strength: degrading}]}
      - {id: web, kind: application, name: Web, environment: live, depends_on: [{of: [vm-1, vm-2], k: 1}]}
      - {id: core, kind: technical service, name: Core, depends_on: [vm-1]}
      - {id: mail, kind: application, name: Mail, environment: [live, lab], depends_on: [{on: vm-1, kind: runs on}]}
      - {id: vm-1, kind: virtual machine, name: VM 1, depends_on: [{on: host, kind: runs on}]}
      - {id: vm-2, kind: virtual machine, name: VM 2, location: north}
      - {id: host, kind: server, name: Host, location: hall}
      - {id: hall, kind: zone, name: Hall, location: site}
      - {id: site, kind: site, name: Site}
      - {id: north, kind: site, name: North}
      - {id: live, kind: environment, name: Live, environment_type: production}
      - {id: lab, kind: environment, name: Lab, environment_type: lab}
      - {id: gardeners, kind: customer, name: Gardeners}
      - {id: firms, kind: customer, name: Firms}
      - {id: ops, kind: team, name: Ops}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: ops, for: [firms, ops], covers: shop}
"""


@pytest.fixture
def reached(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection

    def ask(*names, profile=Profile.REQUIRED, kind=ChangeKind.OUTAGE):
        changes = [Change(kind, p.find(name)) for name in names]
        return p, reach(opened_map, judge(p, changes, times=times_of(p), profile=profile))

    return ask


def rows(p, found, *kinds):
    return [(r[0], r[2], r[3], r[4]) for r in answer(p, found).rows if r[0] in kinds]


def test_services_applications_and_processes_are_told_with_their_own_state(reached):
    p, found = reached("vm-1")
    own = ("business service", "technical service", "application", "process")
    assert rows(p, found, *own) == [
        ("business service", "Alone", "at risk", 1),
        ("business service", "Shop", "at risk", 1),
        ("technical service", "Core", "down", 1),
        ("application", "Mail", "down", 1),
        ("application", "Web", "at risk", 1),
        ("process", "Sell", "at risk", 1),
    ]


def test_customers_are_those_that_a_service_or_an_agreement_names_and_teams_are_none(reached):
    p, found = reached("vm-1", "vm-2")
    only = "its only service is down"
    assert rows(p, found, "customer") == [("customer", "Firms", only, 1), ("customer", "Gardeners", only, 1)]
    assert "1 business service is hit for which nobody names a customer" in answer(p, found).notes


def test_a_thing_stands_where_it_is_located_or_else_where_what_it_runs_on_stands_and_in_all_around_that(reached):
    p, found = reached("vm-1")
    assert rows(p, found, "location") == [
        ("location", "Hall", "2 of its 3 elements are down", 2),
        ("location", "Site", "2 of its 4 elements are down", 2),
    ]
    assert "5 elements are hit of which nobody says where they stand" in answer(p, found).notes


def test_a_location_that_fails_is_told_with_all_that_stands_in_it(reached):
    p, found = reached("site")
    told = {row[2]: row for row in answer(p, found).rows if row[0] == "location"}
    assert set(told) == {"Hall", "Site"}
    assert told["Hall"][3] == "down"


def test_environments_are_told_by_what_is_in_them(reached):
    p, found = reached("vm-1")
    assert rows(p, found, "environment") == [
        ("environment", "Live", "1 of its 2 elements is down", 2),
        ("environment", "Lab", "its only element is down", 1),
    ]


def test_what_is_not_certain_is_told_as_at_least_and_at_most(reached):
    p, found = reached("vm-1", profile=Profile.UNKNOWN)
    assert ("technical service", "Core", "unaffected … down", 1) in rows(p, found, "technical service")


def test_a_cut_is_told(reached):
    p, found = reached("vm-1")
    told = answer(p, found, most=1)
    assert sum(row[0] == "application" for row in told.rows) == 1
    assert "of 2 applications the worst 1 are listed; the rolled-up list has all" in told.notes
