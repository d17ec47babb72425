"""How does a test of the gate write a case? A map before, the same with edits after, and a plan."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from textwrap import dedent

from graph.gate.case import NO_PLANS, Case
from graph.gate.settings import shipped
from graph.gate.verdict import Verdict, verdict
from graph.planned import planning
from graph.plans import read_plan
from tests.graph.planned import resource, write_plan
from tests.graph.written import opened

TODAY = date(2026, 11, 25)
MAP = """
    title: A shop
    teams:
      - {id: web-team, name: Web team}
    people:
      - {id: ann, name: Ann}
    agreements:
      - id: shop-sla
        name: Shop SLA
        agreement_type: sla
        covers: shop
        valid_until: 2026-01-31
        objectives: [{metric: availability, percent: 99.5 %}]
      - id: db-ola
        name: Database OLA
        agreement_type: ola
        covers: db
        objectives: [{metric: availability, percent: 99.9 %}]
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web-team
        criticality: critical
        raci: [{duty: accountable, to: ann}]
        depends_on: [web]
      - id: blog
        kind: business service
        name: Blog
        owner: web-team
        raci: [{duty: accountable, to: ann}]
        depends_on: [{on: cache, strength: degrading}]
      - id: web
        kind: application
        owner: web-team
        description: The front of the shop
        depends_on:
          - {on: db, strength: degrading}
          - {id: machines, of: [vm-1, vm-2], k: 1}
      - {id: db, kind: database, name: Orders database, owner: web-team, external_id: aws_db_instance.orders}
      - {id: cache, kind: database, name: Cache, owner: web-team}
      - {id: vm-1, kind: virtual machine, name: VM 1, owner: web-team, external_id: "aws_instance.web[0]"}
      - {id: vm-2, kind: virtual machine, name: VM 2, owner: web-team, external_id: "aws_instance.web[1]"}
"""


def edited(*edits: tuple[str, str], text: str = MAP) -> str:
    """The map with some text in place of other text, which must be there."""
    told = dedent(text)
    for old, new in edits:
        assert old in told, old
        told = told.replace(old, new)
    return told


def case(folder: Path, *edits: tuple[str, str], before: tuple[tuple[str, str], ...] = (), plan=()) -> Case:
    """The map with edits, before and after, and a plan with these resources."""
    old = opened(folder / "before", edited(*before))
    new = opened(folder / "after", edited(*before, *edits))
    told = planning(new, [read_plan(write_plan(folder / "plan.json", *plan))]) if plan else NO_PLANS
    return Case(old, new, TODAY, told)


PLAN = [
    resource("aws_db_instance.orders", "create", "delete"),
    resource("aws_instance.cache", "update"),
    resource("aws_lb.front", "delete"),
]


def judged(folder: Path, *edits: tuple[str, str], plan=()) -> Verdict:
    """The verdict on a case, by the shipped rules."""
    return verdict(case(folder, *edits, plan=plan), shipped(), base="main (1a2b3c4)", head="side (5d6e7f8)")
