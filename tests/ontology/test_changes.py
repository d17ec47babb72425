"""Is every difference between two versions of a vocabulary told, and does only what can break count as breaking?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ontology import terms as t
from ontology.changes import Changed, changes
from ontology.words import Word, words

SHIPPED = words()


def with_(iri: str, **said: Any) -> dict[str, Word]:
    return {**SHIPPED, iri: replace(SHIPPED[iri], **said)}


def test_a_version_does_not_differ_from_itself() -> None:
    assert changes(SHIPPED, SHIPPED) == ()


def test_a_removed_word_breaks_and_an_added_one_does_not() -> None:
    less = {iri: word for iri, word in SHIPPED.items() if iri != t.SERVICE}

    assert [(c.name, c.how, c.breaking) for c in changes(SHIPPED, less)] == [("Service", "removed", True)]
    assert [(c.name, c.how, c.breaking) for c in changes(less, SHIPPED)] == [("Service", "added", False)]


@pytest.mark.parametrize(
    ("iri", "said", "part", "breaking"),
    [
        (t.SERVICE, {"label": "a service"}, "label", False),
        (t.SERVICE, {"definition": "Something else."}, "definition", False),
        (t.SERVICE, {"key": "srv"}, "key", True),
        (t.SERVICE, {"sort": "property"}, "sort", True),
        (t.SERVICE, {"above": (t.ELEMENT, t.PLATFORM)}, "above", False),
        (t.SERVICE, {"above": ()}, "above", True),
        (t.SERVICE, {"abstract": True}, "abstract", True),
        (t.ELEMENT, {"abstract": False}, "abstract", False),
        (t.OFFERING_OF, {"range": t.ELEMENT}, "range", False),
        (t.OFFERING_OF, {"range": t.BUSINESS_SERVICE}, "range", True),
        (t.OFFERING_OF, {"range": ""}, "range", False),
        (t.TOLERANCE_MINUTES, {"range": t.XSD_INTEGER}, "range", True),
        (t.TOLERANCE_MINUTES, {"unit": "percent"}, "unit", True),
        (t.OFFERING_OF, {"domain": t.TEAM}, "domain", True),
        (t.STRENGTH_REQUIRED, {"scheme": t.PHASE_CODE}, "scheme", True),
    ],
)
def test_what_breaks_is_told_from_what_does_not(iri: str, said: dict[str, Any], part: str, *, breaking: bool) -> None:
    found = changes(SHIPPED, with_(iri, **said))

    assert [(c.how, c.part, c.breaking) for c in found] == [("changed", part, breaking)]


def test_a_deprecated_word_says_what_to_write_instead_and_breaks_nothing() -> None:
    old = with_(t.SERVICE, deprecated=True, replaced_by=t.BUSINESS_SERVICE)

    assert changes(SHIPPED, old) == (Changed("Service", "deprecated", instead="BusinessService"),)


def test_what_breaks_comes_first() -> None:
    new = with_(t.SERVICE, label="a service") | {t.TEAM: replace(SHIPPED[t.TEAM], key="crew")}

    assert [c.name for c in changes(SHIPPED, new)] == ["Team", "Service"]
