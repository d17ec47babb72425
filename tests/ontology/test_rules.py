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
    "what is said with a new word is said with its old name too": (
        "015-renamed-words",
        ":act sm:doneInProcess :process .",
        {("act", "requiresProcess", "process")},
        set(),
    ),
    "what is said with an old name is said with the new word too": (
        "015-renamed-words",
        ":act sm:requiresProcess :process .",
        {("act", "doneInProcess", "process")},
        set(),
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
    "an offering works for its service": (
        "070-offering-service",
        ":express sm:offeringOf :checkout .",
        {("express", "worksFor", "checkout")},
        {("checkout", "worksFor", "checkout")},
    ),
    "an application works for the services above it, and its instances with it": (
        "080-instance-service",
        ":web a sm:Workload . :shop a sm:Service ; sm:dependsOn :web . :live sm:instanceOf :web . :team sm:dependsOn :web .",
        {("web", "worksFor", "shop"), ("live", "worksFor", "shop")},
        {("web", "worksFor", "team"), ("shop", "worksFor", "shop")},
    ),
    "a member of a group in a group is in both, and so are the people of a team": (
        "090-group-members",
        ":all a sm:AccessGroup ; sm:groupMember :night, :web-team . :night a sm:AccessGroup ; sm:groupMember :cyd ."
        ":ann sm:memberOf :web-team . :bob sm:memberOf :other .",
        {("all", "allMember", "cyd"), ("all", "allMember", "ann"), ("night", "allMember", "cyd")},
        {("night", "allMember", "ann"), ("all", "allMember", "bob")},
    ),
    "groups that hold each other come to an end": (
        "090-group-members",
        ":a a sm:AccessGroup ; sm:groupMember :b . :b a sm:AccessGroup ; sm:groupMember :a, :cyd .",
        {("a", "allMember", "cyd"), ("a", "allMember", "a"), ("b", "allMember", "b")},
        {("cyd", "allMember", "a")},
    ),
    "a role in a group stays a role: who holds it is asked on a day": (
        "090-group-members",
        ":all a sm:AccessGroup ; sm:groupMember :lead . :lead sm:heldBy :ann .",
        {("all", "allMember", "lead")},
        {("all", "allMember", "ann")},
    ),
    "an access role permits what the roles in it permit": (
        "100-role-permissions",
        ":owner a sm:AccessRole ; sm:permits sm:permission-grant ; sm:includesRole :writer ."
        ":writer a sm:AccessRole ; sm:permits sm:permission-write ; sm:includesRole :reader ."
        ":reader a sm:AccessRole ; sm:permits sm:permission-read .",
        {("owner", "allPermits", "permission-read"), ("owner", "allPermits", "permission-grant")},
        {("reader", "allPermits", "permission-write"), ("writer", "allPermits", "permission-grant")},
    ),
    "an assignment reaches everyone in its group and its team; who holds its role is asked on a day": (
        "110-access",
        ":x a sm:AccessAssignment ; sm:principal :all ; sm:grantsRole :writer . :all sm:allMember :cyd ."
        ":y a sm:AccessAssignment ; sm:principal :team . :ann sm:memberOf :team ."
        ":z a sm:AccessAssignment ; sm:principal :lead . :lead sm:heldBy :bob ."
        ":writer sm:allPermits sm:permission-write .",
        {
            ("x", "givesTo", "all"),
            ("x", "givesTo", "cyd"),
            ("x", "givesPermission", "permission-write"),
            ("y", "givesTo", "ann"),
            ("z", "givesTo", "lead"),
        },
        {("y", "givesPermission", "permission-write"), ("y", "givesTo", "cyd"), ("z", "givesTo", "bob")},
    ),
    "what implements a component implements its domain": (
        "120-implemented-boxes",
        ":domain a sm:ModelBox . :box sm:partOf :domain . :tool sm:implementsBox :box . :other sm:implementsBox :domain .",
        {("tool", "implementsBox", "domain")},
        {("other", "implementsBox", "box")},
    ),
    "what is needed to start starts before": (
        "130-start-order",
        ":d a sm:Dependency ; sm:dependent :web ; sm:provider :db ; sm:phase sm:phase-start ."
        ":e a sm:Dependency ; sm:dependent :web ; sm:provider :log ; sm:phase sm:phase-run .",
        {("web", "startsAfter", "db")},
        {("web", "startsAfter", "log"), ("db", "startsAfter", "web")},
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


def test_the_rules_find_all_at_once_in_a_map_with_access(store_of, derive) -> None:
    store = store_of(
        ":x a sm:AccessAssignment ; sm:principal :all ; sm:grantsRole :owner . :all a sm:AccessGroup ; sm:groupMember :in ."
        ":in a sm:AccessGroup ; sm:groupMember :cyd . :cyd a sm:Person . :owner a sm:AccessRole ; sm:includesRole :writer ."
        ":writer a sm:AccessRole ; sm:permits sm:permission-write . :domain a sm:ModelBox . :box a sm:ModelBox ;"
        "sm:partOf :domain . :tool sm:implementsBox :box . :web a sm:Application . :shop a sm:BusinessService ; sm:needs :web ."
    )

    first, second = derive(store), derive(store)

    assert ("x", "givesTo", "cyd") in first
    assert ("x", "givesPermission", "permission-write") in first
    assert ("tool", "implementsBox", "domain") in first
    assert ("web", "worksFor", "shop") in first
    assert second == set()


@pytest.mark.filterwarnings("ignore")  # owlrl 7.6 and rdflib 7.6 warn about each other's ways
def test_what_the_rules_say_of_classes_and_properties_an_owl_reasoner_says_too(store_of, derive) -> None:
    """The rules find all that an OWL 2 RL reasoner finds among our words, for classes and for properties above."""
    import owlrl
    import rdflib

    turtle = (
        ":shop a sm:BusinessService ; sm:needs :web . :web a sm:Application ; sm:runsOn :vm . :vm a sm:VirtualMachine ."
    )
    store = store_of(turtle)
    derive(store)
    sm, base = "https://w3id.org/servicemap#", "https://w3id.org/servicemap/id/shop/"
    graph = rdflib.Graph()
    for quad in store_of(turtle):
        plain = (
            quad.predicate.value.startswith(sm)
            or "rdf-schema#sub" in quad.predicate.value
            or "#type" in quad.predicate.value
        )
        if plain and isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            graph.add(tuple(rdflib.URIRef(term.value) for term in (quad.subject, quad.predicate, quad.object)))
    owlrl.DeductiveClosure(owlrl.OWLRL_Semantics).expand(graph)
    theirs = {
        (str(s), str(p), str(o))
        for s, p, o in graph
        if str(s).startswith(base) and (str(p).startswith(sm) or str(o).startswith(sm))
    }
    ours = {(q.subject.value, q.predicate.value, q.object.value) for q in store if isinstance(q.subject, ox.NamedNode)}

    assert (base + "shop", sm + "dependsOn", base + "web") in theirs
    assert theirs - ours == set()


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
