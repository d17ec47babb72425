"""What must hold in a map? Each check by a map that breaks it and by one that keeps it."""

from __future__ import annotations

import random
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
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
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

NAMES = """
:names a sm:NamingConvention ; sm:separator "-" ; sm:letterCase sm:case-upper ; sm:hasSegment :s1, :s2 .
:s1 sm:name "A" ; sm:segmentRole sm:segment-environment ; sm:segmentOrder 1 ; sm:shortest 2 ; sm:longest 3 ; sm:hasNamingCode :pd .
:s2 sm:name "B" ; sm:segmentRole sm:segment-sequence ; sm:segmentOrder 2 ; sm:segmentForm "^[0-9]+$" .
:pd sm:codeLetters "PD" ; sm:codeMeaning "production" ; sm:meansEnvironment sm:environment-production .
:live a sm:Environment ; sm:environmentType sm:environment-production . :lab a sm:Environment ; sm:environmentType sm:environment-lab .
:vm a sm:VirtualMachine ; sm:namedUnder :names ; sm:technicalName "%s" ; sm:inEnvironment :%s .
"""
NO_LAB_CODE = (
    NAMES
    + ':s1 sm:hasNamingCode :lb . :lb sm:codeLetters "LB" ; sm:codeMeaning "lab" ; sm:meansEnvironment sm:environment-lab .'
)
PROMISES = """
:sla a sm:Agreement ; rdfs:label "SLA" ; sm:covers :shop ; sm:hasObjective :o1 .
:o1 sm:metric sm:metric-availability ; sm:targetPercent 99.9 .
:ola a sm:Agreement ; sm:covers :pay ; sm:hasObjective :o2 . :o2 sm:metric sm:metric-availability ; sm:targetPercent %s .
:shop a sm:BusinessService ; rdfs:label "Shop" ; sm:needs :pay . :pay a sm:TechnicalService ; rdfs:label "Pay" .
"""
STORAGE = """
:names a sm:NamingConvention ; sm:separator "-" ; sm:letterCase sm:case-upper ; sm:hasSegment :s1, :s2 .
:s1 sm:name "A" ; sm:segmentRole sm:segment-type ; sm:segmentOrder 1 ; sm:shortest 3 ; sm:longest 3 ; sm:hasNamingCode :sta .
:s2 sm:name "B" ; sm:segmentRole sm:segment-sequence ; sm:segmentOrder 2 ; sm:shortest 2 ; sm:longest 2 .
:sta sm:codeLetters "STA" ; sm:codeMeaning "storage account" ; sm:meansKind "storage" ; sm:separator "none" ; sm:letterCase sm:case-lower .
:disk a sm:StorageVolume ; sm:namedUnder :names ; sm:technicalName "%s" .
"""
SPARES = """
:web a sm:Application ; rdfs:label "Web" . :g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers 1 .
:web-1 a sm:Dependency ; sm:dependent :web ; sm:provider :vm-1 ; sm:kind sm:kind-runs-on ; sm:memberOfGroup :g .
:web-2 a sm:Dependency ; sm:dependent :web ; sm:provider :vm-2 ; sm:kind sm:kind-runs-on ; sm:memberOfGroup :g .
:vm-1 sm:runsOn :box-1 . :vm-2 sm:runsOn :box-%s . :box-1 a sm:Server ; rdfs:label "Box 1" . :box-2 a sm:Server ; rdfs:label "Box 2" .
"""
PAIR = """
:web a sm:Application ; rdfs:label "Web" . :g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers %s .
:web-a a sm:Dependency ; sm:dependent :web ; sm:provider :a ; sm:kind sm:kind-needs ; sm:memberOfGroup :g .
:web-b a sm:Dependency ; sm:dependent :web ; sm:provider :b ; sm:kind sm:kind-needs ; sm:memberOfGroup :g .
:a a sm:Server ; rdfs:label "A" . :b a sm:Server ; rdfs:label "B" .
"""
ACCESS = """
:apart a sm:SeparationOfDuties ; rdfs:label "Apart" ; sm:separatesOne :owner ; sm:separatesOther :auditor .
:owner a sm:AccessRole . :auditor a sm:AccessRole . :ann a sm:Person ; rdfs:label "Ann" .
:cloud a sm:Subscription ; rdfs:label "Cloud" ; sm:hasAccess :a1 . :group a sm:ResourceGroup ; sm:inSubscription :cloud ; sm:hasAccess :a2 .
:a1 a sm:AccessAssignment ; sm:grantsRole :owner ; sm:principal :ann .
:a2 a sm:AccessAssignment ; sm:grantsRole :auditor ; sm:principal :%s . :bob a sm:Person .
"""
FREEZE = """
:f a sm:ChangeFreeze ; rdfs:label "Year end" ; sm:affects :shop ; sm:freezeAllows sm:change-type-emergency ;
  sm:plannedStart "2026-12-20T00:00:00Z"^^xsd:dateTime ; sm:plannedEnd "2027-01-02T00:00:00Z"^^xsd:dateTime .
:shop a sm:BusinessService ; sm:needs :db . :db a sm:Database .
:c a sm:Change ; rdfs:label "Upgrade" ; sm:affects :db ; sm:changeType sm:change-type-%s ;
  sm:plannedStart "2026-12-24T09:00:00Z"^^xsd:dateTime ; sm:plannedEnd "2026-12-24T10:00:00Z"^^xsd:dateTime .
"""
STEPS = """
:p a sm:Process . :end a sm:EndEvent ; sm:inProcess :p . :yes sm:nextStep :end . :no sm:nextStep :end .
:d a sm:Decision ; rdfs:label "Fine?" ; sm:inProcess :p ; sm:hasTransition %s .
"""
PLAN = """
:plan a sm:RecoveryPlan ; rdfs:label "Plan" ; sm:recovers :db ; sm:plannedMinutes %s .
:db a sm:Database ; rdfs:label "DB" ; sm:recoveryTimeObjective 60 .
"""
LONG_AGO, LONG_FROM_NOW = '"2020-01-01T00:00:00Z"^^xsd:dateTime', '"2999-01-01T00:00:00Z"^^xsd:dateTime'

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
    "group-needs-none": (
        PAIR % 0,
        "g",
        "the group needs none of its members, so no outage of them is ever felt",
        PAIR % 1,
    ),
    "weight-without-group": (
        A_GROUP + ":d a sm:Dependency ; sm:dependent :web ; sm:provider :db ; sm:weight 3 .",
        "d",
        "the weight 3 does nothing: this is no member of a group",
        A_GROUP + ":web-1 sm:weight 3 .",
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
    "raci-incomplete": (
        ':web a sm:Application ; rdfs:label "Web" ; sm:raci :r1 . :r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann .',
        "web",
        "nobody is responsible for 'Web': everything done to it",
        ':web a sm:Application ; rdfs:label "Web" ; sm:raci :r1, :r2 . :r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann .'
        ":r2 sm:duty sm:duty-responsible ; sm:assignedTo :bob .",
    ),
    "promise-not-carried": (
        PROMISES % "99.5",
        "sla",
        "'SLA' promises 99.9 % and rests on 'Pay', which is promised at 99.5 %",
        PROMISES % "99.95",
    ),
    "promise-without-backing": (
        PROMISES.replace("sm:covers :pay", "sm:covers :other") % "99.5",
        "sla",
        "'SLA' rests on 1 service that nobody has promised, such as 'Pay'",
        PROMISES % "99.5",
    ),
    "agreement-misfits": (
        ':a a sm:Agreement ; rdfs:label "OLA" ; sm:agreementType sm:agreement-ola ; sm:agreedBy :team ; sm:agreedFor :client .'
        ":client a sm:Customer . :team a sm:Team .",
        "a",
        "'OLA' is called an OLA and is made for a customer",
        ':a a sm:Agreement ; rdfs:label "UC" ; sm:agreementType sm:agreement-underpinning-contract ; sm:agreedBy :v ; sm:agreedFor :t .'
        ":v a sm:VendorService . :t a sm:Team .",
    ),
    "start-circle": (
        ':web a sm:Application ; rdfs:label "Web" .'
        ":d a sm:Dependency ; sm:dependent :web ; sm:provider :web ; sm:phase sm:phase-start .",
        "web",
        "'Web' cannot be started: it needs itself to run first, directly or through others",
        ":d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:phase sm:phase-start ."
        ":e a sm:Dependency ; sm:dependent :b ; sm:provider :a ; sm:phase sm:phase-run .",
    ),
    "layer-rule": (
        ':r a sm:LayerRule ; rdfs:label "No metal" ; sm:ruleFrom "application" ; sm:ruleTo "server" .'
        ':web a sm:Application ; rdfs:label "Web" ; sm:runsOn :box . :box a sm:Server ; rdfs:label "Box" .',
        "web",
        "'Web' depends on 'Box' against the rule 'No metal'",
        ':r a sm:LayerRule ; rdfs:label "No metal" ; sm:ruleFrom "application" ; sm:ruleTo "server" .'
        ':web a sm:Application ; rdfs:label "Web" ; sm:runsOn :vm . :vm a sm:VirtualMachine ; sm:runsOn :box . :box a sm:Server .',
    ),
    "tier-reversed": (
        ':web a sm:Application ; rdfs:label "Web" ; sm:criticality sm:criticality-critical ; sm:needs :db .'
        ':db a sm:Database ; rdfs:label "DB" ; sm:criticality sm:criticality-low .',
        "web",
        "'Web' is critical and needs 'DB', whose criticality is low",
        ':web a sm:Application ; rdfs:label "Web" ; sm:criticality sm:criticality-critical ; sm:monitoredBy :db .'
        ':db a sm:Database ; rdfs:label "DB" ; sm:criticality sm:criticality-low .',
    ),
    "scope-without-parent": (
        ':g a sm:ResourceGroup ; rdfs:label "Group" . :s a sm:Subscription .',
        "g",
        "'Group' is in no subscription, so nobody can tell who may change it",
        ':g a sm:ResourceGroup ; rdfs:label "Group" ; sm:inSubscription :cloud .',
    ),
    "duties-not-separated": (
        ACCESS % "ann",
        "ann",
        "'Ann' has two access roles on 'Cloud' against 'Apart'",
        ACCESS % "bob",
    ),
    "name-parts": (
        NO_LAB_CODE % ("PD-07-X", "live"),
        "vm",
        "the name 'PD-07-X' has 3 parts and should have 2",
        NO_LAB_CODE % ("PD-07", "live"),
    ),
    "name-segment": (
        NO_LAB_CODE % ("QA-07", "live"),
        "vm",
        "part A of the name 'QA-07': 'QA' is no code of this part",
        NO_LAB_CODE % ("PD1-07", "live"),
    ),
    "name-contradicts-the-map": (
        NO_LAB_CODE % ("PD-07", "lab"),
        "vm",
        "the name 'PD-07' says production ('PD'), the map says lab",
        NO_LAB_CODE % ("PD-07", "live"),
    ),
    "naming-code-missing": (
        NAMES % ("PD-07", "live") + ':names rdfs:label "Names" .',
        "names",
        "'Names' has no code for environments of type 'lab'",
        NO_LAB_CODE % ("PD-07", "live"),
    ),
    "name-of-a-type": (
        STORAGE % "STA-01",
        "disk",
        "the name 'STA-01' of a storage account is written with '-'",
        STORAGE % "sta01",
    ),
    "name-taken-twice": (
        STORAGE % "sta01" + ':disc a sm:StorageVolume ; sm:namedUnder :names ; sm:technicalName "sta01" .',
        "disc",
        "2 elements are called 'sta01'",
        STORAGE % "sta01" + ':disc a sm:StorageVolume ; sm:namedUnder :names ; sm:technicalName "sta02" .',
    ),
    "false-redundancy": (
        SPARES % "1",
        "web",
        "the alternatives of 'Web' rest together on 'Box 1'",
        SPARES % "2",
    ),
    "half-owned": (
        ':web a sm:Application ; rdfs:label "Web" ; sm:businessOwner :ann .',
        "web",
        "'Web' has a business owner and no technical owner",
        ':web a sm:Application ; rdfs:label "Web" ; sm:businessOwner :ann ; sm:technicalOwner :bob .',
    ),
    "past-its-end": (
        f':c a sm:Certificate ; rdfs:label "C" ; sm:expires {LONG_AGO} .',
        "c",
        "'C' expires on 2020-01-01, which is past",
        f':c a sm:Certificate ; rdfs:label "C" ; sm:expires {LONG_FROM_NOW} .'
        f":old a sm:Server ; sm:endOfSupport {LONG_AGO} ; sm:lifecycle sm:lifecycle-retired .",
    ),
    "backup-not-proven": (
        f':b a sm:BackupCopy ; rdfs:label "B" ; sm:lastRestored {LONG_AGO} .',
        "b",
        "nobody has restored from 'B' since 2020-01-01",
        f':b a sm:BackupCopy ; rdfs:label "B" ; sm:lastRestored {LONG_AGO}, {LONG_FROM_NOW} .',
    ),
    "recovery-plan-not-tested": (
        f':p a sm:RecoveryPlan ; rdfs:label "P" . :t sm:testsPlan :p ; sm:testPassed false ; sm:testedAt {LONG_FROM_NOW} .',
        "p",
        "no test of 'P' has passed",
        f':p a sm:RecoveryPlan ; rdfs:label "P" . :t sm:testsPlan :p ; sm:testPassed true ; sm:testedAt {LONG_FROM_NOW} .',
    ),
    "recovery-slower-than-needed": (
        PLAN % "240",
        "plan",
        "'Plan' should take 240 minutes and 'DB' must be back within 60",
        PLAN % "45",
    ),
    "stale-evidence": (
        f':d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:lastSeen {LONG_AGO} . :a rdfs:label "A" . :b rdfs:label "B" .',
        "d",
        "that 'A' depends on 'B' was last seen on 2020-01-01",
        f":d a sm:Dependency ; sm:dependent :a ; sm:provider :b ; sm:lastSeen {LONG_AGO} ; sm:validUntil {LONG_AGO} .",
    ),
    "approves-own-change": (
        ':c a sm:Change ; rdfs:label "Upgrade" ; sm:carriedOutBy :bob ; sm:hasApproval :y . :y sm:approver :bob . :bob rdfs:label "Bob" .',
        "c",
        "'Bob' approves and carries out 'Upgrade'",
        ':c a sm:Change ; rdfs:label "Upgrade" ; sm:carriedOutBy :bob ; sm:hasApproval :y . :y sm:approver :ann .',
    ),
    "change-in-a-freeze": (
        FREEZE % "normal",
        "c",
        "'Upgrade' falls into the freeze 'Year end'",
        FREEZE % "emergency",
    ),
    "process-stops-short": (
        STEPS % ":yes",
        "d",
        "'Fine?' is a decision with one way only",
        STEPS % ":yes, :no",
    ),
    "group-without-spare": (
        PAIR % 2,
        "g",
        "the group needs all its members, so none of them has an alternative",
        PAIR % 1,
    ),
    "moment-without-zone": (
        ':c a sm:Change ; sm:plannedStart "2026-12-24T09:00:00"^^xsd:dateTime .',
        "c",
        "'2026-12-24T09:00:00' ('planned start') has no time zone, so that no question can set it against another moment",
        ':c a sm:Change ; sm:plannedStart "2026-12-24T09:00:00+09:00"^^xsd:dateTime ; sm:plannedEnd "2026-12-24T09:00:00Z"^^xsd:dateTime .',
    ),
    "change-without-dates": (
        ':c a sm:Change ; rdfs:label "Upgrade" ; sm:plannedStart "2026-12-24T09:00:00Z"^^xsd:dateTime .',
        "c",
        "'Upgrade' has no planned end: it counts as going on from its start",
        ":c a sm:Change ; sm:changeState sm:change-state-done .",
    ),
    "vendor-without-contract": (
        ':v a sm:VendorService ; rdfs:label "Mail" .',
        "v",
        "nothing is agreed about the vendor service 'Mail'",
        ':v a sm:VendorService ; rdfs:label "Mail" . :a a sm:Agreement ; sm:covers :v .',
    ),
    "orphan": (
        ':vm a sm:VirtualMachine ; rdfs:label "VM" .',
        "vm",
        "nothing is connected with 'VM'",
        ':vm a sm:VirtualMachine ; rdfs:label "VM" . :web a sm:Application ; sm:runsOn :vm . :live sm:instanceOf :spare .'
        ":spare a sm:Application .",
    ),
    "over-budget": (
        ':b a sm:Budget ; rdfs:label "B" ; sm:budgetFor :cloud ; sm:costPeriod sm:cost-period-monthly ; sm:budgetLimit :l .'
        ':l sm:amount 800 ; sm:currency "EUR" . :cloud sm:hasCost :i, :j .'
        ':i sm:amount 900 ; sm:currency "EUR" ; sm:costPeriod sm:cost-period-monthly .'
        ':j sm:amount 900 ; sm:currency "EUR" ; sm:costPeriod sm:cost-period-yearly .',
        "b",
        "'B' allows 800 EUR, and 900 EUR are spent",
        ':b a sm:Budget ; rdfs:label "B" ; sm:budgetFor :cloud ; sm:costPeriod sm:cost-period-monthly ; sm:budgetLimit :l .'
        ':l sm:amount 800 ; sm:currency "EUR" . :cloud sm:hasCost :i .'
        ':i sm:amount 900 ; sm:currency "USD" ; sm:costPeriod sm:cost-period-monthly .',
    ),
    "same-name-elsewhere": (
        ':a a sm:Team ; rdfs:label "Web" . <https://w3id.org/servicemap/id/other/a> a sm:Team ; rdfs:label "Web" .',
        "a",
        "'Web' is in 2 namespaces",
        ':a a sm:Team ; rdfs:label "Web" ; sm:sameAs <https://w3id.org/servicemap/id/other/a> .'
        '<https://w3id.org/servicemap/id/other/a> a sm:Team ; rdfs:label "Web" .',
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
    return sorted((row["subject"].value.rpartition("/")[2], row["message"].value) for row in found)


@pytest.mark.parametrize("check", CASES)
def test_a_check_finds_what_is_wrong_and_says_it_in_words(check: str, store_of, derive) -> None:
    wrong, subject, message, _ = CASES[check]

    assert rows(check, wrong, store_of, derive) == [(subject, message)]


@pytest.mark.parametrize("check", CASES)
def test_a_check_is_silent_when_all_is_well(check: str, store_of, derive) -> None:
    *_, right = CASES[check]

    assert rows(check, right, store_of, derive) == []


THEN = '"2024-01-01T00:00:00Z"^^xsd:dateTime'
LATER = '"2999-01-01T00:00:00Z"^^xsd:dateTime'
TWO_ACCOUNTABLE = """
:web a sm:Application ; rdfs:label "Web" ; sm:raci :r1, :r2 .
:r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann . :r2 sm:duty sm:duty-accountable ; sm:assignedTo :bob .
"""
ONE_OF_EACH = """
:web a sm:Application ; rdfs:label "Web" ; sm:raci :r1, :r2 .
:r1 sm:duty sm:duty-accountable ; sm:assignedTo :ann . :r2 sm:duty sm:duty-responsible ; sm:assignedTo :bob .
"""


@pytest.mark.parametrize("ended", [f":r1 sm:validUntil {THEN} .", f":r2 sm:validFrom {LATER} ."])
def test_those_accountable_one_after_the_other_are_not_two(ended: str, store_of, derive) -> None:
    assert rows("two-accountable", TWO_ACCOUNTABLE + ended, store_of, derive) == []


def test_two_activities_of_the_catalogue_may_have_one_accountable_each(store_of, derive) -> None:
    both = ":r1 sm:forActivity :patch . :r2 sm:forActivity :%s . :patch rdfs:label 'Patch' . :%s rdfs:label 'Patch' ."

    assert rows("two-accountable", TWO_ACCOUNTABLE + both % ("patch", "patch"), store_of, derive) == [
        ("web", "2 are accountable for 'Web': Patch")
    ]
    apart = (
        ":r1 sm:forActivity :patch . :r2 sm:forActivity :test . :patch rdfs:label 'Patch' . :test rdfs:label 'Test' ."
    )
    assert rows("two-accountable", TWO_ACCOUNTABLE + apart, store_of, derive) == []


def test_a_duty_that_has_ended_is_missing_from_the_chart(store_of, derive) -> None:
    assert rows("raci-incomplete", ONE_OF_EACH + f":r2 sm:validUntil {LATER} .", store_of, derive) == []
    assert rows("raci-incomplete", ONE_OF_EACH + f":r2 sm:validUntil {THEN} .", store_of, derive) == [
        ("web", "nobody is responsible for 'Web': everything done to it")
    ]


def test_an_access_role_that_holds_both_sides_is_found_and_one_that_has_ended_is_not(store_of, derive) -> None:
    both = ACCESS % "bob" + ":all a sm:AccessRole ; sm:includesRole :owner, :auditor . :cloud sm:hasAccess :a3 ."
    both += ":a3 a sm:AccessAssignment ; sm:grantsRole :all ; sm:principal :ann ."
    found = [subject for subject, _ in rows("duties-not-separated", both, store_of, derive)]

    assert set(found) == {"ann"}
    assert rows("duties-not-separated", ACCESS % "ann" + f":a2 sm:validUntil {THEN} .", store_of, derive) == []
    assert rows("duties-not-separated", ACCESS % "ann" + f":a2 sm:validFrom {LATER} .", store_of, derive) == []


@pytest.mark.parametrize("holder", ["ann", "team"])
@pytest.mark.parametrize(
    ("dates", "found"),
    [
        ([""], True),
        ([f"; sm:validUntil {THEN}"], False),
        ([f"; sm:validFrom {LATER}"], False),
        ([f"; sm:validUntil {THEN}", f"; sm:validFrom {THEN} ; sm:validUntil {LATER}"], True),
    ],
    ids=["without end", "ended", "not begun", "held again"],
)
def test_access_of_a_role_counts_for_those_who_hold_it_today(holder, dates, found, store_of, derive) -> None:
    said = ACCESS % "desk" + ":desk a sm:Role . :team a sm:Team . :ann sm:memberOf :team . "
    for number, when in enumerate(dates):
        said += f":desk sm:holding :h{number} . :h{number} a sm:Holding ; sm:holder :{holder} {when} ."

    assert bool(rows("duties-not-separated", said, store_of, derive)) == found


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("sm:plannedStart %s ; sm:plannedEnd %s", "it is planned to start at %s but ends at %s"),
        ("sm:startedAt %s ; sm:restoredAt %s", "it started at %s but ends at %s"),
        ("sm:startedAt %s ; sm:fulfilledAt %s", "it started at %s but ends at %s"),
        ("sm:detectedAt %s ; sm:restoredAt %s", "it was noticed at %s but ends at %s"),
        ("sm:startedAt %s ; sm:detectedAt %s", "it started at %s but was noticed at %s"),
    ],
)
def test_a_record_that_ends_before_it_begins_is_found(said: str, message: str, store_of, derive) -> None:
    early, late = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"

    def record(start: str, end: str) -> str:
        return f":c a sm:Record ; {said % (f'{start!r}^^xsd:dateTime', f'{end!r}^^xsd:dateTime')} ."

    assert rows("window-reversed", record(late, early), store_of, derive) == [("c", message % (late, early))]
    assert rows("window-reversed", record(early, late), store_of, derive) == []


@pytest.mark.parametrize(("state", "found"), [("approved", True), ("rejected", False), ("cancelled", False)])
def test_a_change_that_is_not_made_falls_into_no_freeze(state: str, *, found: bool, store_of, derive) -> None:
    wrong, subject, *_ = CASES["change-in-a-freeze"]
    said = wrong + f" :{subject} sm:changeState sm:change-state-{state} ."

    assert bool(rows("change-in-a-freeze", said, store_of, derive)) is found


UNTIL = ' ; sm:plannedEnd "2026-12-24T10:00:00Z"^^xsd:dateTime'


@pytest.mark.parametrize(
    ("day", "state", "found"),
    [
        ("2026-12-24", "approved", True),
        ("2026-12-01", "in-progress", True),
        ("2027-01-02", "approved", False),
        ("2026-12-20", "done", True),
        ("2026-12-01", "done", False),
    ],
    ids=["begins in it", "began before", "begins after", "made in it", "made before"],
)
def test_a_change_that_says_no_end_goes_on_into_a_freeze(day, state, found, store_of, derive) -> None:
    said = (FREEZE % "normal").replace(UNTIL, f" ; sm:changeState sm:change-state-{state}").replace("2026-12-24", day)

    assert bool(rows("change-in-a-freeze", said, store_of, derive)) is found


def test_a_freeze_does_not_allow_a_change_of_no_type(store_of, derive) -> None:
    said = (FREEZE % "emergency").replace("sm:changeType sm:change-type-emergency ;", "")

    assert bool(rows("change-in-a-freeze", said, store_of, derive))


HELD = """
:c a sm:Change ; sm:carriedOutBy :bob ; sm:hasApproval :y . :y sm:approver :lead . :lead a sm:Role . :bob a sm:Person .
:h a sm:Dependency ; sm:dependent :lead ; sm:provider :bob ; sm:kind sm:kind-held-by ; sm:validUntil %s .
"""


@pytest.mark.parametrize(("until", "found"), [(THEN, False), (LATER, True)])
def test_a_role_counts_for_those_who_hold_it_today_by_a_dependency_too(until, found, store_of, derive) -> None:
    assert bool(rows("approves-own-change", HELD % until, store_of, derive)) is found

    held = HELD % until + ACCESS % "lead"
    assert bool(rows("duties-not-separated", held.replace(":ann", ":bob"), store_of, derive)) is found


def test_what_was_noticed_after_it_had_ended_is_no_mistake(store_of, derive) -> None:
    moments = [f'"2024-01-0{day}T00:00:00Z"^^xsd:dateTime' for day in (1, 2, 3)]
    said = ":i a sm:Incident ; sm:startedAt {} ; sm:restoredAt {} ; sm:detectedAt {} .".format(*moments)

    assert rows("window-reversed", said, store_of, derive) == []


@pytest.mark.parametrize("state", ["normal", "emergency"])
def test_a_freeze_that_names_nothing_holds_for_everything(state: str, store_of, derive) -> None:
    said = FREEZE.replace("sm:affects :shop ;", "") % state

    assert bool(rows("change-in-a-freeze", said, store_of, derive)) is (state == "normal")


def test_who_decides_on_the_data_of_a_data_set_owns_it(store_of, derive) -> None:
    orders = ":%s a sm:%s ; dcterms:identifier 'x' ; rdfs:label 'X' ; sm:dataOwner :team ."

    assert rows("no-owner", orders % ("orders", "DataSet"), store_of, derive) == []
    assert [s for s, _ in rows("no-owner", orders % ("web", "Application"), store_of, derive)] == ["web"]


def test_an_agreement_that_has_ended_backs_nothing(store_of, derive) -> None:
    backed = PROMISES % "99.95"

    assert rows("promise-without-backing", backed, store_of, derive) == []
    assert [
        s for s, _ in rows("promise-without-backing", backed + f":ola sm:validUntil {THEN} .", store_of, derive)
    ] == ["sla"]
    assert rows("promise-not-carried", PROMISES % "99.5" + f":ola sm:validUntil {THEN} .", store_of, derive) == []


AGREED = (
    ':a a sm:Agreement ; rdfs:label "A" ; sm:agreementType sm:agreement-%s ; sm:agreedBy :by ; sm:agreedFor :for . '
)
OWN = (
    ':c a sm:Change ; rdfs:label "Upgrade" ; sm:carriedOutBy :bob ; sm:hasApproval :y . :y sm:approver :lead . '
    ':bob rdfs:label "Bob" . :lead a sm:Role ; %s .'
)
TIERS = """
:r a sm:LayerRule ; rdfs:label "R" ; sm:ruleFrom "service" ; sm:ruleTo "service" ;
  sm:ruleFromTier sm:criticality-critical ; sm:ruleToTier sm:criticality-low .
:a a sm:Service ; rdfs:label "A" ; sm:criticality sm:criticality-%s ; sm:needs :b .
:b a sm:Service ; rdfs:label "B" ; sm:criticality sm:criticality-low .
"""
TYPED = (
    STORAGE
    + ':s1 sm:hasNamingCode :sql . :sql sm:codeLetters "SQL" ; sm:codeMeaning "database" ; sm:meansKind "database" . '
    + ':vm a sm:%s ; sm:namedUnder :names ; sm:technicalName "SQL-01" .'
)
CRITICAL = ':a a sm:Service ; rdfs:label "A" ; sm:criticality sm:criticality-critical'
TESTING = """
:names a sm:NamingConvention ; sm:separator "-" ; sm:letterCase sm:case-upper ; sm:hasSegment :s1, :s2, :s3 .
:s1 sm:name "A" ; sm:segmentOrder 1 ; sm:shortest 3 ; sm:longest 3 ; sm:hasNamingCode :sta .
:s2 sm:name "B" ; sm:segmentOrder 2 ; sm:shortest 1 ; sm:longest 1 ; sm:hasNamingCode :p .
:s3 sm:name "C" ; sm:segmentOrder 3 ; sm:shortest 1 ; sm:longest 1 .
:sta sm:codeLetters "STA" ; sm:codeMeaning "storage account" ; sm:meansKind "storage" ; sm:separator "none" ; sm:letterCase sm:case-lower .
:p sm:codeLetters "P" ; sm:codeMeaning "production" ; sm:meansEnvironment sm:environment-production .
:disk a sm:StorageVolume ; sm:namedUnder :names ; sm:technicalName "stap1" ; sm:inEnvironment :where .
:where a sm:Environment ; sm:environmentType sm:environment-%s .
"""
APPLIED = (
    STORAGE
    + ':s1 sm:hasNamingCode :shp . :shp sm:codeLetters "SHP" ; sm:codeMeaning "shop" ; sm:meansElement :shop . '
    + ':vm a sm:VirtualMachine ; sm:namedUnder :names ; sm:technicalName "SHP-01" . :%s a sm:Application ; sm:runsOn :vm .'
)
# what a check finds beside its first example: the check, what is wrong, what it says; "" where all is well
MORE = [
    ("agreement-misfits", AGREED % "ola" + ":by a sm:Supplier .", "'A' is called an OLA and is made by a supplier"),
    (
        "agreement-misfits",
        AGREED % "underpinning-contract" + ":by a sm:Team .",
        "'A' is called an underpinning contract and is not made by a supplier",
    ),
    (
        "half-owned",
        ':a a sm:Service ; rdfs:label "A" ; sm:technicalOwner :t .',
        "'A' has a technical owner and no business owner",
    ),
    (
        "half-owned",
        ':a a sm:DataSet ; rdfs:label "A" ; sm:ownedBy :t ; sm:personalData true .',
        "'A' has data about people and no data owner",
    ),
    ("half-owned", ':a a sm:Service ; rdfs:label "A" ; sm:technicalOwner :t ; sm:ownedBy :u .', ""),
    ("group-needs-none", PAIR % 1 + ":g sm:minimumPercent 5.0 .", ""),
    ("group-without-spare", PAIR % 2 + ":web-a sm:weight 2 .", ""),
    ("group-without-spare", PAIR % 2 + ":g sm:memberOfGroup :outer .", ""),
    ("half-owned", ':a a sm:Process ; rdfs:label "A" ; sm:businessOwner :t .', ""),
    (
        "half-owned",
        ':a a sm:Server ; rdfs:label "A" ; sm:infrastructureOwner :t ; sm:monthlyCost :c .',
        "'A' has a cost and no cost owner",
    ),
    ("half-owned", ":a a sm:Server ; sm:infrastructureOwner :t ; sm:monthlyCost :c ; sm:costOwner :u .", ""),
    (
        "half-owned",
        f"{CRITICAL} ; sm:businessOwner :t ; sm:technicalOwner :u .",
        "'A' has owners and no support group, though it is critical",
    ),
    ("half-owned", f"{CRITICAL} ; sm:businessOwner :t ; sm:technicalOwner :u ; sm:supportGroup :v .", ""),
    ("false-redundancy", PAIR % 1 + ":a sm:needs :b .", "the alternatives of 'Web' rest together on 'B'"),
    ("false-redundancy", PAIR % 1, ""),
    ("false-redundancy", PAIR % 2, ""),
    ("layer-rule", TIERS % "critical", "'A' depends on 'B' against the rule 'R'"),
    ("layer-rule", TIERS % "high", ""),
    (
        "name-contradicts-the-map",
        TYPED % ("sta01", "VirtualMachine"),
        "the name 'SQL-01' says database ('SQL'), the map says another kind",
    ),
    ("name-contradicts-the-map", TYPED % ("sta01", "Database"), ""),
    (
        "name-contradicts-the-map",
        APPLIED % ("sta01", "desk"),
        "the name 'SHP-01' says shop ('SHP'), the map says not a part of it",
    ),
    ("name-contradicts-the-map", APPLIED % ("sta01", "shop"), ""),
    (
        "name-contradicts-the-map",
        APPLIED % ("sta01", "live") + ":live a sm:ApplicationInstance ; sm:instanceOf :shop .",
        "",
    ),
    ("name-contradicts-the-map", APPLIED % ("sta01", "web") + ":shop a sm:Application ; sm:needs :web .", ""),
    ("vendor-without-contract", ":v a sm:VendorService . :o sm:offeringOf :v . :a a sm:Agreement ; sm:covers :o .", ""),
    (
        "change-without-dates",
        ':c a sm:Change ; rdfs:label "Upgrade" ; sm:changeState sm:change-state-approved .',
        "'Upgrade' has no planned start: nobody can tell what it falls together with",
    ),
    (
        "name-contradicts-the-map",
        TESTING % "test",
        "the name 'stap1' says production ('P'), the map says test",
    ),
    ("name-contradicts-the-map", TESTING % "production", ""),
    ("name-segment", STORAGE % "staxx", "part B of the name 'staxx': 'XX' is no number"),
    ("name-segment", STORAGE % "sta01", ""),
    (
        "name-segment",
        STORAGE.replace('sm:separator "-"', 'sm:separator "none"') % "STAXX",
        "part B of the name 'STAXX': 'XX' is no number",
    ),
    ("name-parts", STORAGE.replace('sm:separator "-"', 'sm:separator "none"') % "STA01", ""),
    ("name-of-a-type", STORAGE % "STA01", "the name 'STA01' of a storage account is not in small letters"),
    ("name-of-a-type", STORAGE % "sta1", "the name 'sta1' of a storage account is shorter than 5"),
    ("name-of-a-type", STORAGE % "sta001", "the name 'sta001' of a storage account is longer than 5"),
    ("name-of-a-type", STORAGE % "dsk01", "the name 'dsk01' of a storage account does not hold 'STA'"),
    (
        "name-segment",
        STORAGE % "sta01" + ':vm a sm:Server ; sm:namedUnder :names ; sm:technicalName "STA-XX" .',
        "part B of the name 'STA-XX': 'XX' is no number",
    ),
    (
        "past-its-end",
        f':a a sm:Agreement ; rdfs:label "A" ; sm:validUntil {LONG_AGO} .',
        "'A' is valid until 2020-01-01, which is past",
    ),
    (
        "past-its-end",
        f':a a sm:Server ; rdfs:label "A" ; sm:endOfSupport {LONG_AGO} .',
        "'A' is supported until 2020-01-01, which is past",
    ),
    (
        "raci-incomplete",
        ':a rdfs:label "A" ; sm:raci :r . :r sm:duty sm:duty-responsible .',
        "nobody is accountable for 'A': everything done to it",
    ),
    (
        "raci-incomplete",
        ':a rdfs:label "A" ; sm:raci :r . :r sm:duty sm:duty-informed ; sm:activity "release" .',
        "nobody is accountable or responsible for 'A': release",
    ),
    (
        "scope-without-parent",
        ':a a sm:Resource ; rdfs:label "A" . :g a sm:ResourceGroup ; sm:inSubscription :s .',
        "'A' is in no resource group, so nobody can tell who may change it",
    ),
    ("scope-without-parent", ':a a sm:Resource ; rdfs:label "A" .', ""),
    ("scope-without-parent", ':a a sm:Resource ; rdfs:label "A" . :s a sm:Subscription .', ""),
    ("scope-without-parent", ":g a sm:ResourceGroup .", ""),
    ("scope-without-parent", ":g a sm:ResourceGroup ; sm:hasAccess :x . :s a sm:Subscription .", ""),
    (
        "agreement-misfits",
        AGREED % "underpinning-contract" + ":by a sm:Service ; sm:suppliedBy :v . :v a sm:Supplier .",
        "",
    ),
    ("promise-not-carried", PROMISES % "99.5" + f":sla sm:validUntil {LONG_AGO} .", ""),
    ("promise-not-carried", PROMISES % "99.5" + f":ola sm:validFrom {LONG_FROM_NOW} .", ""),
    (
        "promise-without-backing",
        PROMISES % "99.5" + f":sla sm:validFrom {LONG_FROM_NOW} . :ola sm:validUntil {LONG_AGO} .",
        "",
    ),
    (
        "vendor-without-contract",
        f':v a sm:VendorService ; rdfs:label "Mail" . :a a sm:Agreement ; sm:covers :v ; sm:validUntil {LONG_AGO} .',
        "nothing is agreed about the vendor service 'Mail'",
    ),
    (
        "recovery-slower-than-needed",
        PLAN % "45" + f":t sm:testsPlan :plan ; sm:measuredMinutes 90 ; sm:testedAt {LONG_AGO} .",
        "'Plan' took 90 minutes and 'DB' must be back within 60",
    ),
    (
        "recovery-slower-than-needed",
        PLAN % "45"
        + f":t sm:testsPlan :plan ; sm:measuredMinutes 90 ; sm:testedAt {LONG_AGO} . "
        + f":u sm:testsPlan :plan ; sm:measuredMinutes 50 ; sm:testedAt {LONG_FROM_NOW} .",
        "",
    ),
    ("approves-own-change", OWN % "sm:heldBy :bob", "'Bob' approves and carries out 'Upgrade'"),
    ("approves-own-change", OWN % "sm:heldBy :ann", ""),
    ("approves-own-change", OWN % f"sm:holding :h . :h sm:holder :bob ; sm:validUntil {LONG_AGO}", ""),
]


@pytest.mark.parametrize(("check", "turtle", "message"), MORE)
def test_a_check_tells_one_fault_from_another(check: str, turtle: str, message: str, store_of, derive) -> None:
    assert [said for _, said in rows(check, turtle, store_of, derive)] == ([message] if message else [])


def test_a_group_without_members_is_too_small(store_of, derive) -> None:
    empty = ":web a sm:Application . :g a sm:DependencyGroup ; sm:dependent :web ; sm:minimumMembers 1 ."

    assert rows("group-too-small", empty, store_of, derive) == [("g", "the group needs 1 members and has 0")]


def test_a_member_with_a_weight_counts_as_so_many(store_of, derive) -> None:
    assert rows("group-too-small", A_GROUP, store_of, derive)
    assert not rows("group-too-small", A_GROUP + ":web-1 sm:weight 2 .", store_of, derive)


@pytest.mark.parametrize("when", [f"sm:validUntil {THEN}", f"sm:validFrom {LATER}"])
def test_who_was_accountable_or_will_be_is_no_owner_today(when: str, store_of, derive) -> None:
    said = f":a a sm:Application ; rdfs:label 'A' ; sm:raci :r . :r sm:duty sm:duty-accountable ; {when} ."

    assert rows("no-owner", said, store_of, derive) == [("a", "'A' has no owner")]


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
    return sorted(row["message"].value for row in store.query(text, use_default_graph_as_union=True))


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


PLAIN = sorted((Path(__file__).parent / "plain_checks").glob("*.rq"))
SAYINGS = [
    *(
        "{a} a sm:Application .",
        "{a} a sm:Team .",
        "{a} a sm:Database .",
        "{a} sm:needs {b} .",
        "{a} sm:partOf {b} .",
        "{a} sm:needs {a} .",
    ),
    *(
        '{a} rdfs:label "One" .',
        '{a} rdfs:label "Two" .',
        '{a} rdfs:label "One"@en .',
        "{a} sm:ownedBy {b} .",
        "{a} sm:technicalOwner {b} .",
    ),
    *(
        "{a} sm:lifecycle sm:lifecycle-retired .",
        "{a} sm:inEnvironment :live .",
        "{a} sm:inEnvironment :lab .",
        "{a} sm:inEnvironment :dr .",
    ),
    *(
        '{a} dcterms:identifier "{a}" .',
        "{a} sm:raci [ sm:duty sm:duty-accountable ; sm:assignedTo {b} ] .",
        "{a} sm:raci [ sm:duty sm:duty-informed ] .",
    ),
]
WHERE = """
:live sm:environmentType sm:environment-production . :lab sm:environmentType sm:environment-lab, sm:environment-test .
:dr sm:environmentType sm:environment-disaster-recovery .
"""


@pytest.mark.parametrize("plain", PLAIN, ids=lambda file: file.stem)
def test_a_check_that_was_made_fast_finds_what_its_plain_form_finds(plain: Path, store_of, derive) -> None:
    """The plain forms stand beside this file; they take minutes on a large map, and say what is meant."""
    rnd, found, names = random.Random(plain.stem), 0, [f":t{number}" for number in range(6)]
    for _ in range(12):
        one, other = (
            "\n".join(rnd.choice(SAYINGS).format(a=rnd.choice(names), b=rnd.choice(names)) for _ in range(30))
            for _ in "ab"
        )
        store = store_of(WHERE + one)
        graph = ox.NamedNode(GRAPH + "source/other.yaml")
        store.load(input=(PREFIXES + other).encode(), format=ox.RdfFormat.TURTLE, to_graph=graph)
        derive(store)
        ours, meant = (
            sorted(map(str, store.query(file.read_text(encoding="utf-8"), use_default_graph_as_union=True)))
            for file in (HOME / "checks" / plain.name, plain)
        )
        assert ours == meant
        found += len(ours)

    assert found > 5


def test_every_check_has_an_example() -> None:
    assert {*CASES, "defined-twice"} == {file.stem for file in CHECKS}


@pytest.mark.parametrize("check", CHECKS, ids=lambda file: file.stem)
def test_every_check_has_a_title_a_severity_a_remedy_and_its_columns(check: Path) -> None:
    text = check.read_text(encoding="utf-8")

    assert re.match(r"# title: [A-Z].+\n# severity: (error|warning|note)\n# remedy: [a-z].+\n", text)
    assert re.search(r"^SELECT (DISTINCT )?\?subject \?message$", text, re.MULTILINE)
