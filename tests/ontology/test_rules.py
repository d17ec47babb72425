"""What follows from a map? Each rule by an example of what it concludes and of what it leaves alone."""

from __future__ import annotations

import re
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.ntriples import dependency_iri
from ontology.vocabulary import HOME, vocabulary

RULES = sorted(HOME.glob("rules/*.rq"))

MAP = """
:web a sm:Application ; dcterms:identifier "web" ; rdfs:label "Web" ; sm:locatedIn :tokyo ; sm:ownedBy :shop-team .
:tokyo a sm:Site ; dcterms:identifier "tokyo" ; rdfs:label "Tokyo" .
:vm a sm:VirtualMachine ; dcterms:identifier "vm" ; rdfs:label "VM" .
:shop-team dcterms:identifier "shop team" .
:manager a sm:Role ; dcterms:identifier "manager" ; sm:holding :manager-1 .
:manager-1 a sm:RoleHolding ; sm:holder :ann ; sm:validFrom "2026-01-01T00:00:00Z"^^xsd:dateTime .
:ann a sm:Person ; dcterms:identifier "ann" .
:web-vm a sm:Dependency ; sm:dependent :web ; sm:provider :vm ; sm:kind sm:kind-runs-on .
:web-db a sm:Dependency ; sm:dependent :web ; sm:provider :db .
"""

CASES = {
    "a mention becomes a stub": (
        "010-stubs",
        MAP,
        {("shop-team", "type", "Element"), ("shop-team", "isStub", "true"), ("shop-team", "label", "shop team")},
        {("web", "isStub", "true"), ("shop-team", "identifier", "shop-team")},
    ),
    "a provider that has not even an id becomes a stub under the end of its address": (
        "010-stubs",
        MAP,
        {("db", "type", "Element"), ("db", "isStub", "true"), ("db", "identifier", "db"), ("db", "label", "db")},
        set(),
    ),
    "a stub keeps the name that a source gives it": (
        "010-stubs",
        ':db dcterms:identifier "db" ; rdfs:label "Orders" .',
        {("db", "isStub", "true")},
        {("db", "label", "db"), ("db", "label", "Orders")},
    ),
    "both ends of a shortcut become stubs": (
        "010-stubs",
        ":web sm:needs :db . :r sm:holding :h . :h sm:holder :ann .",
        {("web", "isStub", "true"), ("db", "isStub", "true"), ("db", "label", "db"), ("ann", "isStub", "true")},
        {("r", "isStub", "true")},
    ),
    "a dependency without a kind is a need": (
        "020-default-kind",
        MAP,
        {("web-db", "kind", "kind-needs")},
        {("web-vm", "kind", "kind-needs")},
    ),
    "a role depends on its holder, for as long as it is held": (
        "030-role-holders",
        MAP,
        {
            ("manager/dependency/held-by/shop/ann/slot/manager-1", "type", "Dependency"),
            ("manager/dependency/held-by/shop/ann/slot/manager-1", "dependent", "manager"),
            ("manager/dependency/held-by/shop/ann/slot/manager-1", "provider", "ann"),
            ("manager/dependency/held-by/shop/ann/slot/manager-1", "kind", "kind-held-by"),
            ("manager/dependency/held-by/shop/ann/slot/manager-1", "validFrom", "2026-01-01T00:00:00Z"),
        },
        set(),
    ),
    "a direct statement implies a dependency that says what it follows from": (
        "040-implied-dependencies",
        MAP,
        {
            ("web/dependency/located-in/shop/tokyo", "type", "Dependency"),
            ("web/dependency/located-in/shop/tokyo", "dependent", "web"),
            ("web/dependency/located-in/shop/tokyo", "provider", "tokyo"),
            ("web/dependency/located-in/shop/tokyo", "kind", "kind-located-in"),
            ("web/dependency/located-in/shop/tokyo", "evidenceType", "evidence-inferred"),
            ("web/dependency/located-in/shop/tokyo", "evidence", "follows from the property 'location'"),
        },
        set(),
    ),
    "a direct statement that is also written out as a dependency implies nothing": (
        "040-implied-dependencies",
        ":a sm:runsOn :b . :d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:kind sm:kind-runs-on .",
        set(),
        {("a/dependency/runs-on/shop/b", "type", "Dependency")},
    ),
    "a direct statement of one kind is not a dependency of another": (
        "040-implied-dependencies",
        ":a sm:runsOn :b . :d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:kind sm:kind-needs .",
        {("a/dependency/runs-on/shop/b", "kind", "kind-runs-on")},
        set(),
    ),
    "a dependency implies its direct property and the one above it": (
        "050-shortcuts",
        MAP,
        {("web", "runsOn", "vm"), ("web", "dependsOn", "vm")},
        {("web", "relatesTo", "vm"), ("web", "dependsOn", "tokyo")},
    ),
    "a relation that carries no outage is no dependsOn": (
        "050-shortcuts",
        ":d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:kind sm:kind-part-of .",
        {("a", "partOf", "b"), ("a", "relatesTo", "b")},
        {("a", "dependsOn", "b")},
    ),
    "a member of a group implies its direct property too": (
        "050-shortcuts",
        ":g a sm:DependencyGroup ; sm:dependent :a ."
        ":d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:kind sm:kind-needs ; sm:memberOfGroup :g .",
        {("a", "needs", "b"), ("a", "dependsOn", "b")},
        set(),
    ),
    "a thing is of all classes above its own, among ours": (
        "060-class-closure",
        ":ann a sm:Person . :sam a sm:Supplier .",
        {
            *((("ann", "type", name)) for name in ("Party", "Actor", "Element")),
            *((("sam", "type", name)) for name in ("Organisation", "Party", "Actor", "Element")),
        },
        set(),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str, store_of, derive) -> None:
    rule, turtle, concluded, left_alone = CASES[name]

    found = derive(store_of(turtle), rule)

    assert concluded <= found
    assert not left_alone & found


def test_every_rule_has_an_example() -> None:
    assert {rule for rule, *_ in CASES.values()} == {file.stem for file in RULES}


@pytest.mark.parametrize("rule", RULES, ids=lambda file: file.stem)
def test_every_rule_says_what_it_does_and_why(rule: Path) -> None:
    text = rule.read_text(encoding="utf-8")

    assert re.fullmatch(r"\d\d\d-[a-z-]+", rule.stem)
    assert re.match(r"# title: [A-Z].+\n# why: \w.+\n", text)
    assert isinstance(ox.Store().query(text), ox.QueryTriples)


def test_a_second_run_of_all_rules_finds_nothing_new(store_of, derive) -> None:
    store = store_of(MAP)

    first, second = derive(store), derive(store)

    assert first
    assert second == set()


def test_rules_build_on_one_another(store_of, derive) -> None:
    found = derive(store_of(MAP))

    assert {("web", "dependsOn", "tokyo"), ("manager", "heldBy", "ann"), ("web", "needs", "db")} <= found
    assert ("db", "isStub", "true") in found


def test_an_implied_dependency_has_the_address_that_importers_give_it(store_of, derive) -> None:
    base = "https://w3id.org/servicemap/id/"
    for kind in vocabulary().kinds.values():
        store = store_of(f"<{base}shop/order%20hub> <{kind.shortcut}> <{base}other/a%2Fb> .")
        derive(store, "040-implied-dependencies")
        expected = dependency_iri(f"{base}shop/order%20hub", kind.key.replace(" ", "-"), f"{base}other/a%2Fb")

        assert any(store.quads_for_pattern(ox.NamedNode(expected), None, None, None)), kind.key


def test_rules_leave_the_words_of_the_ontology_alone(store_of, derive) -> None:
    assert derive(store_of("")) == set()
