"""Checks are run again only where what they read differs; what they find is told in test_laid."""

import pytest

from graph.rechecked import _NEAR, _OF_ELEMENTS, _OF_GROUPS, _digest, _reads
from graph.store.laid import Differing
from ontology import terms as t
from ontology.vocabulary import HOME

CHECKS = {file.stem: file.read_text(encoding="utf-8") for file in HOME.glob("checks/*.rq")}
DEPENDENCY = frozenset({t.DEPENDENCY})


@pytest.mark.parametrize(
    ("check", "properties", "classes", "labels", "read"),
    [
        ("tier-reversed", {t.CRITICALITY}, set(), False, True),
        ("tier-reversed", {t.TOLERANCE_MINUTES}, set(), False, False),
        ("retired-provider", {t.RDFS_LABEL}, {t.DATABASE}, False, False),  # the name of something new
        ("retired-provider", {t.RDFS_LABEL}, set(), True, True),  # another name for something that stays
        ("self-dependency", {t.TOLERANCE_MINUTES}, set(), False, True),  # it asks for any property
        ("no-owner", set(), {t.SERVICE}, False, True),
        ("no-owner", {t.DEPENDS_ON}, {t.DEPENDENCY}, False, False),
        ("duplicate-name", {t.DEPENDS_ON}, {t.DEPENDENCY}, False, False),
        ("duplicate-name", set(), {t.DATABASE}, False, True),
        ("stub", {t.IS_STUB}, set(), False, True),
        ("raci-incomplete", {t.RDFS_LABEL}, {t.DATABASE}, False, True),  # the name of an activity makes its findings
    ],
)
def test_a_check_is_run_again_where_it_may_read_what_differs(check, properties, classes, labels, read):
    differing = Differing(frozenset(properties), frozenset(classes), labels)
    assert _reads(CHECKS[check], differing) is read


def test_checks_that_are_known_are_those_that_there_are():
    changed = {name: _digest(CHECKS[name]) for digest, name in _NEAR.items() if _digest(CHECKS[name]) != digest}
    assert changed == {}, "a check is another: write its digest where it still looks no further, else take it out"
    assert {*_OF_ELEMENTS, _OF_GROUPS} <= {_digest(text) for text in CHECKS.values()}
