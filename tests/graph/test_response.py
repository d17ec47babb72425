"""A response plan says everything that the map knows of a bad day, names what is missing, and whether it can be used."""

import pytest

from graph.reports import html, markdown
from graph.response import flat, response_plan
from tests.graph.written import opened

MAP = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        owner: web
        criticality: high
        request_channel: Ticket desk
        raci: [{duty: accountable, to: head}]
        contacts: [{purpose: complaints, name: Front desk, phone: "+31 1", hours: "24 x 7"}]
        depends_on: [{on: db, strength: required}, {on: cloud, strength: required}]
      - {id: sales, kind: process, name: Sales, depends_on: [{on: shop, strength: required}]}
      - {id: db, kind: database, name: Database, subscription: sub, endpoint: "https://db.example.org", depends_on: [{on: sign-on, strength: required}]}
      - {id: cloud, kind: vendor service, name: Cloud}
      - {id: chat, kind: application, name: Team chat, depends_on: [{on: sign-on, strength: required}]}
      - {id: status, kind: application, name: Status page, depends_on: [{on: shop, strength: required}]}
      - {id: sign-on, kind: application, name: Sign-on}
      - {id: sub, kind: subscription, name: Production, account_number: "4711", tenant: example.org}
      - {id: head, kind: role, name: Head of shops, held_by: [{party: ann}]}
      - {id: ann, kind: person, name: Ann, phone: "+31 2", email: ann@example.org, access_id: ann1, job_title: Manager}
      - {id: web, kind: team, name: Web}
      - {id: buyers, kind: organisation, name: Buyers, email: buyers@example.org}
      - {id: vendor, kind: organisation, name: Vendor Ltd, phone: "+31 3"}
      - {id: sla, kind: agreement, name: SLA, agreement_type: sla, by: web, for: buyers, covers: shop}
      - {id: uc, kind: agreement, name: UC, agreement_type: underpinning contract, by: vendor, for: web, covers: cloud}
      - id: plan
        kind: response plan
        name: Shop down
        used_for: shop
        depends_on: [status]
        impact_statement: Nobody can buy.
        communications:
          - {method: Team chat, contact: web, frequency: every 30 min, hours: 24 x 7}
          - {method: phone}
        messages:
          - {name: Restored, order: 3}
          - {name: Investigating, order: 1, text: We know.}
          - {name: Review}
        how_to_request:
          - {urgency: critical, do: call the vendor, call: "+31 4"}
          - {urgency: important, do: open a case on the status page}
      - {id: secret, kind: response plan, name: Theft, used_for: shop, for_security: true, impact_statement: Data is lost.}
      - {id: book, kind: runbook, name: Restart the shop, used_for: shop, steps: [stop, start]}
"""


@pytest.fixture
def plan(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection

    def told(service="shop", *failing, **more):
        return response_plan(opened_map.store, p, p.find(service), failing=[p.find(f) for f in failing], **more)

    return told


def rows(report, heading):
    return next(section.answer.rows for section in report.sections if section.heading == heading)


def test_it_says_what_an_outage_means(plan):
    assert rows(plan(), "What does an outage mean?") == (
        ("impact statement", "Nobody can buy.", ""),
        ("criticality", "high", ""),
        ("also hit", "Sales", "process, down"),
        ("also hit", "Shop down", "response plan, down"),
        ("also hit", "Status page", "application, down"),
    )


def test_roles_come_with_name_access_id_title_phone_and_mail(plan):
    assert rows(plan(), "Who does what?") == (
        ("accountable as Head of shops", "Ann", "ann1", "Manager", ["+31 2"], ["ann@example.org"]),
        ("owner", "Web", "", "", [], []),
    )


def test_contacts_of_the_service_and_of_both_sides_of_agreements(plan):
    assert rows(plan(), "Whom can one reach?") == (
        ("service", "complaints", "Front desk", "+31 1", "", "24 x 7"),
        ("customer", "", "Buyers", "", "buyers@example.org", ""),
        ("provider", "", "Vendor Ltd", "+31 3", "", ""),
    )


def test_communications_places_requests_and_messages(plan):
    report = plan()
    assert rows(report, "Who is told, how and how often?") == (
        ("Team chat", "", ["Web"], "every 30 min", "24 x 7"),
        ("phone", "", [], "", ""),
    )
    assert rows(report, "Where does it run?") == (
        ("Database", "database", "Production", "4711", "example.org", ["https://db.example.org"]),
    )
    assert rows(report, "How does one ask for help?") == (
        ("critical", "call the vendor", "+31 4"),
        ("important", "open a case on the status page", ""),
        ("any", "Ticket desk", ""),
        ("runbook", "Restart the shop", ""),
    )
    assert rows(report, "What is said, in which order?") == (
        (1, "Investigating", "We know."),
        (3, "Restored", ""),
        (None, "Review", ""),
    )


def test_a_plan_that_rests_on_what_fails_says_so(plan):
    report = plan()
    assert rows(report, "Does the plan rest on what fails?") == (
        ("Status page", "Shop down needs it", "down", ["Cloud", "Database", "Production", "Sign-on"]),
        ("Team chat", "told by: Team chat", "unaffected", ["Sign-on"]),
    )
    assert "The plan rests on what fails: Status page." in report.summary


def test_another_failure_can_be_named(plan):
    report = plan("shop", "sign-on")
    states = {row[0]: row[2] for row in rows(report, "Does the plan rest on what fails?")}
    assert states == {"Status page": "down", "Team chat": "down"}
    assert report.summary[0] == "For the time when Sign-on is down."


def test_gaps_are_named(plan):
    assert [row[0] for row in rows(plan(), "What is missing?")] == [
        "no phone or e-mail of Web",
        "nobody is named who is told by phone",
        "nobody says how often it is told by phone",
        "nobody says how to ask for help when it is: escalation in business hours",
        "nobody says how to ask for help when it is: escalation after hours",
    ]


def test_plans_for_security_incidents_are_for_those_who_need_to_know(plan):
    assert "Data is lost." not in str(plan())
    assert "1 plan for security incidents not shown: for those alone who need to know." in plan().summary
    assert "Data is lost." in str(plan(security=True))


def test_without_a_plan_what_the_map_knows_is_still_told(plan):
    report = plan("cloud")
    assert "The map holds no response plan; this one is made from what else it says." in report.summary
    gaps = [row[0] for row in rows(report, "What is missing?")]
    assert "no messages are prepared" in gaps
    assert "nobody is accountable for Cloud" in gaps
    assert ("provider", "", "Vendor Ltd", "+31 3", "", "") in rows(report, "Whom can one reach?")


def test_it_is_written_as_a_document_and_as_rows(plan):
    report = plan()
    assert "# Response plan of Shop" in markdown.write(report)
    assert "<h1>Response plan of Shop</h1>" in html.write(report)
    told = flat(report)
    assert told.columns == ("section", "entry")
    assert ("What does an outage mean?", {"what": "impact statement", "told": "Nobody can buy."}) in told.rows
    assert len(told.rows) == sum(len(section.answer.rows) for section in report.sections)


def test_a_role_is_reached_by_whoever_holds_it_now_and_by_its_own_phone_first(tmp_path):
    text = MAP.replace(
        'contacts: [{purpose: complaints, name: Front desk, phone: "+31 1", hours: "24 x 7"}]',
        "contacts: [{purpose: emergency, contact: head}, {purpose: at night, contact: on-call}, "
        "{purpose: on paper, contact: clerk}]",
    ) + (
        '      - {id: on-call, kind: role, name: On call, phone: "+31 5", held_by: [{party: ann}]}\n'
        "      - {id: clerk, kind: role, name: Clerk, held_by: [{party: bob, valid_until: 2020-01-01}]}\n"
        '      - {id: bob, kind: person, name: Bob, phone: "+31 6"}\n'
    )
    opened_map = opened(tmp_path, text)
    p = opened_map.projection
    report = response_plan(opened_map.store, p, p.find("shop"))
    assert rows(report, "Whom can one reach?")[:3] == (
        ("service", "emergency", "Head of shops (Ann)", "+31 2", "ann@example.org", ""),
        ("service", "at night", "On call", "+31 5", "", ""),
        ("service", "on paper", "Clerk", "", "", ""),
    )
    assert ("no phone or e-mail of Clerk",) in rows(report, "What is missing?")
