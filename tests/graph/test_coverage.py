"""A report says how well the part of the map is known that it rests on, and calls safe only what was attested lately."""

from datetime import datetime

import pytest

from graph.analysis.changes import Change, ChangeKind
from graph.analysis.judgement import judge
from graph.assessment import assess
from graph.coverage import coverage
from tests.graph.written import opened

MAP = """
    elements:
      - {id: shop, kind: business service, owner: ops, depends_on: [{on: db, strength: required, evidence_type: declared}, web],
         attested: {by_whom: ops, attested_at: 2026-03-01T00:00:00Z}}
      - {id: web, kind: application, depends_on: [db]}
      - {id: db, kind: database, owner: ops}
      - {id: lone, kind: tool, name: Lone, attested: {by_whom: ops, attested_at: 2026-05-01T00:00:00Z}}
      - {id: ops, kind: team, name: Operations}
"""
DAY = datetime.fromisoformat("2026-12-05T02:00+01:00")


@pytest.fixture
def small(tmp_path):
    return opened(tmp_path, MAP)


def test_owners_strengths_evidence_and_attestations_are_counted(small):
    p = small.projection
    found = coverage(small, [p.find(name) for name in ("shop", "web", "db")], at=DAY)
    assert (found.elements, found.owned, found.dependencies, found.stated) == (3, 2, 3, 1)
    assert (found.evident, found.attested, found.oldest, found.safe) == (1, 1, "2026-03-01", False)
    assert str(found) == (
        "Of 3 elements here 2 have an owner, 1 is attested as complete (since 2026-03-01). "
        "Of 3 dependencies 1 says how strong the need is, 1 how that is known."
    )


@pytest.mark.parametrize(("year", "attested"), [(2026, 1), (2027, 0), (2025, 0)])
def test_an_attestation_counts_for_a_year_and_not_before_it_is_made(small, year, attested):
    assert coverage(small, [small.projection.find("shop")], at=DAY.replace(year=year)).attested == attested


def notes(small, name, windows):
    report = assess(small, judge(small.projection, [Change(ChangeKind.OUTAGE, small.projection.find(name), windows)]))
    return report.sections[-1].answer.notes


def test_safe_is_said_only_where_all_of_it_is_attested_and_when_is_known(small):
    start = int(DAY.timestamp())
    assert notes(small, "lone", ((start, start + 60),))[-1] == (
        "Safe, as far as people have attested: all of it was found complete since 2026-05-01."
    )
    for name, windows in (("lone", ((-(2**62), 2**62),)), ("ops", ((start, start + 60),))):
        assert notes(small, name, windows)[-1] == (
            "No known impact is not the same as safe: not all of it is attested as complete in the last year."
        )
