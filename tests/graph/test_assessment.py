"""The report about a change says everything that a change board asks, and no label in it can become markup."""

import re
from datetime import datetime

import pytest

from graph.analysis.changes import Change, ChangeKind, Profile, times_of
from graph.analysis.judgement import judge
from graph.assessment import assess
from graph.reports import html, markdown
from tests.graph.written import opened

MAP = """
    elements:
      - id: shop
        kind: business service
        name: Shop
        raci: [{duty: accountable, to: ann}]
        depends_on: [{on: db, strength: required, tolerance: 10 min}, mail]
      - {id: mail, kind: application, name: "Mail|<script>alert(1)</script> @all [x](http://y)", depends_on: [db]}
      - {id: db, kind: database, name: Database, depends_on: [{on: disk, strength: required}]}
      - {id: disk, kind: server, name: Disk, owner: ops}
      - {id: watched, kind: application, name: Watched, depends_on: [{on: db, kind: monitored by}]}
      - {id: ann, kind: person, name: Ann}
      - {id: ops, kind: team, name: Operations, time_zone: Europe/Amsterdam}
      - {id: deal, kind: agreement, name: Deal, agreement_type: sla, by: ops, for: ops, covers: shop,
         objectives: [{metric: availability, percent: 99.9 %, period: month}]}
"""
START = int(datetime.fromisoformat("2026-12-05T02:00+01:00").timestamp())


@pytest.fixture
def report(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection
    change = Change(ChangeKind.MAINTENANCE, p.find("disk"), ((START, START + 7200),))
    return assess(opened_map, judge(p, [change], times=times_of(p), profile=Profile.UNKNOWN))


def test_promises_that_stand_in_one_agreement_are_told_as_such(tmp_path):
    more = "percent: 99.9 %, period: month}, {metric: availability, percent: 99.99 %, period: week}]}"
    both = opened(tmp_path, MAP.replace("percent: 99.9 %, period: month}]}", more))
    p = both.projection
    change = Change(ChangeKind.MAINTENANCE, p.find("disk"), ((START, START + 7200),))
    assert "2 promises broken, in 1 agreement." in assess(both, judge(p, [change], times=times_of(p))).summary


def test_spares_that_must_take_over_or_be_started_are_told_with_what_that_takes(tmp_path):
    text = """
        elements:
          - {id: shop, kind: business service, name: Shop, depends_on: [{of: [a, b], k: 1, mode: cold, switchover: 5 min}]}
          - {id: web, kind: application, name: Web, depends_on: [{of: [a, b], k: 1, mode: standby}]}
          - {id: both, kind: application, name: Both, depends_on: [{of: [a, b], k: 1, mode: active}]}
          - {id: a, kind: server}
          - {id: b, kind: server}
    """
    small = opened(tmp_path, text)
    p = small.projection
    notes = assess(small, judge(p, [Change(ChangeKind.OUTAGE, p.find("a"))])).sections[-1].answer.notes
    told = [note for note in notes if note.startswith("The spares of")]
    assert sorted(told) == [
        "The spares of Shop must be started (cold), which takes 5 minutes; the states above take that for at once, "
        "availability counts it where it is said.",
        "The spares of Web must take over (standby), which takes a time that nobody says; the states above take that "
        "for at once, availability counts it where it is said.",
    ]


def test_the_short_of_it_comes_first(report):
    assert report.title == "Maintenance of Disk"
    assert report.summary == (
        "Disk: maintenance, 2026-12-05T01:00+00:00 to 2026-12-05T03:00+00:00.",
        "Nothing says what of Disk stays up during the maintenance, so it counts as an outage does.",
        "At most 3 elements down.",
        "For 1 element one cannot tell; the last section says what decides.",
        "For 2 of 4 dependencies here nobody says how strong the need is; each is read both ways, so the answer says at "
        "least and at most.",
        "1 promise broken.",
        "To approve: Ann.",
        "1 gap in who is responsible.",
    )


def test_what_nobody_plans_is_decided_on_by_those_accountable_and_approved_by_nobody(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection
    for change, heading, short, part in (
        (
            Change(ChangeKind.OUTAGE, p.find("disk")),
            "Who must decide, mend, be asked, be told?",
            "decide",
            "must decide",
        ),
        (
            Change(ChangeKind.OUTAGE, p.find("disk"), name="A record"),
            "Who must approve, do, be asked, be told?",
            "approve",
            "must approve",
        ),
    ):
        told = assess(opened_map, judge(p, [change]))
        assert f"To {short}: Ann." in told.summary
        people = {section.heading: section.answer for section in told.sections}[heading]
        assert people.rows[0][:2] == (part, "Ann")
        assert people.columns[0] == "part"


def test_of_a_person_who_is_away_nobody_says_that_none_approves(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection
    said = assess(opened_map, judge(p, [Change(ChangeKind.OUTAGE, p.find("ann"))])).summary
    assert not [line for line in said if "approve" in line or "gap" in line]


def test_every_question_of_a_change_board_has_its_section(report):
    assert [section.heading for section in report.sections] == [
        "Who is hit, and when?",
        "How many of each kind?",
        "Which services, customers and places does it reach?",
        "What runs on, but exposed?",
        "Which promises break or lose time?",
        "What does it cost?",
        "What can be claimed for it?",
        "Who must approve, do, be asked, be told?",
        "Who has access, and who would lose it?",
        "In which order does it come back?",
        "If Shop is down: who does and says what?",
        "How do we know?",
        "What do we not know?",
    ]
    told = {section.heading: section.answer for section in report.sections}
    assert told["Which promises break or lose time?"].rows[0][-1] == "broken"
    assert [row[2] for row in told["In which order does it come back?"].rows] == [
        "Disk", "Database", "Mail|<script>alert(1)</script> @all [x](http://y)", "Shop",
    ]  # fmt: skip
    assert told["What runs on, but exposed?"].rows[0][1:] == ("Watched", "blind", "Database")


def test_no_label_becomes_markup_in_html(report):
    page = html.write(report)
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert not re.search(r"(src|href)=\"(?!#)", page)
    assert "@media print" in page


def test_no_label_becomes_markup_in_markdown(report):
    text = markdown.write(report)
    assert "Mail\\|&lt;script&gt;alert\\(1\\)&lt;/script&gt; @\u200ball \\[x\\]\\(http:\u200b//y\\)" in text
    for line in text.splitlines():
        if line.startswith("|"):
            assert len(re.findall(r"(?<!\\)\|", line)) in {3, 4, 5, 6, 7, 8, 9, 10, 11}


def test_without_an_effect_it_is_no_known_impact_and_not_safe(tmp_path):
    opened_map = opened(tmp_path, MAP)
    p = opened_map.projection
    report = assess(opened_map, judge(p, [Change(ChangeKind.OUTAGE, p.find("shop"))]))
    assert "No known impact." in report.summary
    assert any("not the same as safe" in note for section in report.sections for note in section.answer.notes)
