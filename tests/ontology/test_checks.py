"""What must hold in a map? Each check by a map that breaks it and by one that keeps it."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from ontology.vocabulary import HOME

GRAPH = "https://w3id.org/servicemap/graph/"
PREFIXES = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <https://w3id.org/servicemap/id/shop/> .
"""
CHECKS = sorted(HOME.glob("checks/*.rq"))

A_GROUP = """
:web a sm:Application ; dcterms:identifier "web" .
:g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers 1 ; sm:fullServiceMembers 2 .
:web-1 a sm:Dependency ; sm:dependent :web ; sm:provider :db-1 ; sm:kind sm:kind-needs ; sm:memberOfGroup :g .
"""
A_SECOND_MEMBER = (
    ":web-2 a sm:Dependency ; sm:dependent :web ; sm:provider :db-2 ; sm:kind sm:kind-needs ; sm:memberOfGroup :g ."
)
ENVIRONMENTS = """
:live a sm:Environment ; dcterms:identifier "live" ; sm:environmentType sm:environment-production .
:lab a sm:Environment ; dcterms:identifier "lab" ; sm:environmentType sm:environment-lab .
:web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" ; sm:inEnvironment :live ; sm:needs :db .
"""

# check -> (what breaks it, subject, message, the same put right)
CASES = {
    "stub": (
        ':web a sm:Application ; dcterms:identifier "web" ; sm:needs :db . :db dcterms:identifier "db" .',
        "db",
        "'db' is defined nowhere; 1 element points at it",
        ':web a sm:Application ; dcterms:identifier "web" ; sm:needs :db . :db a sm:Database ; dcterms:identifier "db" .',
    ),
    "no-owner": (
        ':web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" .',
        "web",
        "'Web' has no owner",
        ':web a sm:Application ; dcterms:identifier "web" ; sm:businessOwner :ann . :ann a sm:Person .',
    ),
    "self-dependency": (
        ':web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" ; sm:needs :web .',
        "web",
        "'Web' depends on itself",
        ':web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" ; sm:needs :db .',
    ),
    "duplicate-name": (
        ':a a sm:Team ; rdfs:label "Web" . :b a sm:Team ; rdfs:label "Web" .',
        "a",
        "2 elements of one class are called 'Web'",
        ':a a sm:Team ; rdfs:label "Web" . :b a sm:Application ; rdfs:label "Web" .'
        '<https://w3id.org/servicemap/id/other/a> a sm:Team ; rdfs:label "Web" .',
    ),
    "group-too-small": (
        A_GROUP,
        "g",
        "the group needs 2 members for full service and has 1",
        A_GROUP + A_SECOND_MEMBER,
    ),
    "group-of-one": (
        A_GROUP,
        "g",
        "the group has a single member, so it has no alternative",
        A_GROUP + A_SECOND_MEMBER,
    ),
    "validity-reversed": (
        ':c sm:validFrom "2026-05-01T00:00:00Z"^^xsd:dateTime ; sm:validUntil "2026-01-01T00:00:00+01:00"^^xsd:dateTime .',
        "c",
        "it is valid from 2026-05-01T00:00:00Z but only until 2026-01-01T00:00:00+01:00",
        ':c sm:validFrom "2026-01-01T00:00:00Z"^^xsd:dateTime ; sm:validUntil "2026-05-01T00:00:00Z"^^xsd:dateTime .',
    ),
    "window-reversed": (
        ':c sm:hasPlannedWindow :w . :w sm:starts "2026-05-01T00:00:00Z"^^xsd:dateTime ; sm:ends "2026-05-01T00:00:00+01:00"^^xsd:dateTime .',
        "c",
        "a planned window starts at 2026-05-01T00:00:00Z but ends at 2026-05-01T00:00:00+01:00",
        ':c sm:hasPlannedWindow :w . :w sm:starts "2026-05-01T00:00:00Z"^^xsd:dateTime ; sm:ends "2026-05-01T02:00:00Z"^^xsd:dateTime .',
    ),
    "retired-provider": (
        ':web a sm:Application ; rdfs:label "Web" ; sm:needs :db .'
        ':db a sm:Database ; rdfs:label "DB" ; sm:lifecycle sm:lifecycle-retired .',
        "web",
        "'Web' depends on 'DB', which is retired",
        ':web a sm:Application ; rdfs:label "Web" ; sm:needs :db ; sm:lifecycle sm:lifecycle-retired .'
        ':db a sm:Database ; rdfs:label "DB" ; sm:lifecycle sm:lifecycle-retired .',
    ),
    "production-needs-test": (
        ENVIRONMENTS + ':db a sm:Database ; rdfs:label "DB" ; sm:inEnvironment :lab .',
        "web",
        "'Web' is production and depends on 'DB', which is not",
        ENVIRONMENTS + ':db a sm:Database ; rdfs:label "DB" ; sm:inEnvironment :lab, :live .',
    ),
    "two-accountable": (
        ':web a sm:Application ; rdfs:label "Web" ; sm:raci :r1, :r2 .'
        ":r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann . :r2 sm:duty sm:duty-accountable ; sm:assignedTo :bob .",
        "web",
        "2 are accountable for 'Web': everything done to it",
        ':web a sm:Application ; rdfs:label "Web" ; sm:raci :r1, :r2 .'
        ":r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann . :r2 sm:duty sm:duty-responsible ; sm:assignedTo :bob .",
    ),
}


def rows(check: str, turtle: str, store_of, derive) -> list[tuple[str, str]]:
    store = store_of(turtle)
    derive(store)
    found = store.query((HOME / f"checks/{check}.rq").read_text(encoding="utf-8"), use_default_graph_as_union=True)
    return [(row["subject"].value.rpartition("/")[2], row["message"].value) for row in found]


@pytest.mark.parametrize("check", CASES)
def test_a_check_finds_what_is_wrong_and_says_it_in_words(check: str, store_of, derive) -> None:
    wrong, subject, message, _ = CASES[check]

    assert rows(check, wrong, store_of, derive) == [(subject, message)]


@pytest.mark.parametrize("check", CASES)
def test_a_check_is_silent_when_all_is_well(check: str, store_of, derive) -> None:
    *_, right = CASES[check]

    assert rows(check, right, store_of, derive) == []


def test_a_group_without_members_is_too_small(store_of, derive) -> None:
    empty = ":web a sm:Application . :g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers 1 ."

    assert rows("group-too-small", empty, store_of, derive) == [("g", "the group needs 1 members and has 0")]


def test_an_accountable_role_counts_as_an_owner(store_of, derive) -> None:
    owned = ":web a sm:Application ; sm:raci :r . :r sm:duty sm:duty-accountable ; sm:assignedTo :ann ."

    assert rows("no-owner", owned, store_of, derive) == []


@pytest.mark.parametrize("check", ["no-owner", "duplicate-name"])
def test_a_stub_is_listed_as_a_stub_only(check: str, store_of, derive) -> None:
    stubs = ':web sm:needs :a, :b . :a dcterms:identifier "a" ; rdfs:label "X" . :b dcterms:identifier "b" ; rdfs:label "X" .'

    assert rows(check, stubs, store_of, derive) == []


def twice(first: str, second: str, store_of) -> list[str]:
    store = store_of(first)
    other = ox.NamedNode(GRAPH + "source/other.yaml")
    store.load(input=(PREFIXES + second).encode(), format=ox.RdfFormat.TURTLE, to_graph=other)
    text = (HOME / "checks/defined-twice.rq").read_text(encoding="utf-8")
    return [row["message"].value for row in store.query(text, use_default_graph_as_union=True)]


@pytest.mark.parametrize(
    ("second", "messages"),
    [
        (':web a sm:Service ; rdfs:label "Web" .', ["'web' is application in shop.yaml and service in other.yaml"]),
        (':web a sm:Application ; rdfs:label "Net" .', ["'web' is 'Net' in other.yaml and 'Web' in shop.yaml"]),
        (':web a sm:Application ; rdfs:label "Web" .', []),
        (':web a sm:Application, sm:Element ; rdfs:label "Web", "Netz"@de .', []),
    ],
)
def test_what_two_sources_define_differently_is_found(second: str, messages: list[str], store_of) -> None:
    first = ':web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" .'

    assert twice(first, second, store_of) == messages


@pytest.mark.timeout(60)
def test_what_many_things_are_called_twice_is_found_in_time(store_of) -> None:
    def many(name: str) -> str:
        return "".join(f':e{n} a sm:Application ; rdfs:label "{name} {n}" .' for n in range(3_000))

    assert twice(many("A"), many("A"), store_of) == []
    assert len(twice(many("A"), many("B"), store_of)) == 3_000


def test_every_check_has_an_example() -> None:
    assert {*CASES, "defined-twice"} == {file.stem for file in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda file: file.stem)
def test_every_check_has_a_title_a_severity_a_remedy_and_its_columns(check: Path) -> None:
    text = check.read_text(encoding="utf-8")

    assert re.match(r"# title: [A-Z].+\n# severity: (error|warning|note)\n# remedy: [a-z].+\n", text)
    assert re.search(r"^SELECT (DISTINCT )?\?subject \?message$", text, re.MULTILINE)
    assert re.search(r"^ORDER BY ", text, re.MULTILINE)
