"""Does each shape accept what is right and refuse what is wrong? ``shapes/passing.ttl`` is right; a table says what is wrong."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib.namespace import RDF

from ontology import terms as t
from ontology.vocabulary import ontology_files, shape_files, vocabulary
from tests.ontology.examples import words_of_examples

PASSING = Path(__file__).parent / "shapes" / "passing.ttl"
GOOD = "https://w3id.org/servicemap/id/good/"
BAD = "https://w3id.org/servicemap/id/bad/"
HEAD = f"""
@prefix : <{BAD}> .
@prefix good: <{GOOD}> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sm: <https://w3id.org/servicemap#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ELEMENT = 'dcterms:identifier "x"'

# class, what it says, the property that its shape objects to ("" for the thing as a whole), what is wrong
FAILING = [
    ("Service", 'rdfs:label "No id"', "identifier", "no id"),
    ("Service", 'dcterms:identifier "a", "b"', "identifier", "two ids"),
    ("Service", f"{ELEMENT} ; sm:ownedBy good:database", "ownedBy", "an owner that is no party"),
    ("Service", f'{ELEMENT} ; sm:ownedBy "shop team"', "ownedBy", "an owner that is a text"),
    ("Service", f"{ELEMENT} ; sm:lifecycle sm:criticality-high", "lifecycle", "a word of another list"),
    ("Service", f"{ELEMENT} ; sm:lifecycle sm:lifecycle-planned, sm:lifecycle-retired", "lifecycle", "two states"),
    ("Service", f"{ELEMENT} ; sm:measuredAvailability 101.0", "measuredAvailability", "more than all"),
    ("Service", f'{ELEMENT} ; sm:runbook "https://example.org"', "runbook", "an address that is a text"),
    ("Service", f"{ELEMENT} ; sm:locatedIn good:team", "locatedIn", "a location that is no place"),
    ("Service", f"{ELEMENT} ; sm:facing sm:duty-informed", "facing", "a word of another list"),
    ("Dependency", "sm:provider good:vm ; sm:kind sm:kind-needs", "dependent", "nobody depends"),
    ("Dependency", "sm:dependent good:vm ; sm:kind sm:kind-needs", "provider", "on nothing"),
    ("Dependency", "sm:dependent good:vm ; sm:provider good:link ; sm:kind sm:kind-needs", "provider", "on no element"),
    (
        "Dependency",
        "sm:dependent good:vm ; sm:provider good:vm ; sm:kind sm:kind-needs ; sm:port 70000",
        "port",
        "a port that does not exist",
    ),
    ("DependencyGroup", "sm:dependent good:vm ; sm:minimumMembers -1", "minimumMembers", "fewer than none"),
    ("DependencyKind", "sm:shortcut sm:needs", "propagatesImpact", "no word about outages"),
    ("Exposure", "sm:position 1", "label", "no name"),
    ("Lane", 'sm:position "first"', "position", "a position that is no number"),
    ("Source", 'sm:path "a" ; sm:importedBy "map"', "digest", "no fingerprint"),
    ("Link", "sm:priority 'x'", "", "neither name nor address"),
    ("SourceFact", 'sm:factValue "x"', "name", "no name"),
    ("ConfigurationFile", "sm:priority 'x'", "", "neither name nor path"),
    ("MonetaryAmount", 'sm:amount 3.0 ; sm:currency "yen"', "currency", "no currency code"),
    (
        "BusinessService",
        f"{ELEMENT} ; sm:servesCustomer good:database",
        "servesCustomer",
        "a customer that is no party",
    ),
    ("TechnicalService", f"{ELEMENT} ; sm:capacity 4", "capacity", "a number where text is wanted"),
    ("VendorService", f"{ELEMENT} ; sm:underContract good:price", "underContract", "a contract that is none"),
    ("ServiceOffering", ELEMENT, "offeringOf", "an offering of nothing"),
    ("Price", 'sm:amount "300" ; sm:currency "JPY"', "amount", "an amount that is a text"),
    ("BusinessCapability", f'{ELEMENT} ; sm:businessDomain "a", "b"', "businessDomain", "two domains"),
    ("Agreement", f"{ELEMENT} ; sm:agreedFor good:customer", "agreedBy", "nobody promises"),
    ("Agreement", f"{ELEMENT} ; sm:agreedBy good:supplier", "agreedFor", "promised to nobody"),
    ("ServiceCredit", "sm:creditBelow 99.9", "creditPercent", "nothing is given back"),
    ("ServiceLevelObjective", "sm:targetPercent 99.9", "metric", "nothing is measured"),
    ("ServiceLevelObjective", "sm:metric sm:metric-availability", "", "nothing to reach"),
    ("PlannedWindow", 'sm:starts "2026-12-05T22:00:00+01:00"^^xsd:dateTime', "ends", "a window without an end"),
    ("Application", f'{ELEMENT} ; sm:product "a", "b"', "product", "two products"),
    ("Component", f"{ELEMENT} ; sm:language 7", "language", "a language that is a number"),
    ("ApplicationInstance", f"{ELEMENT} ; sm:instanceOf good:vm", "instanceOf", "an instance of a machine"),
    ("Platform", f"{ELEMENT} ; sm:serviceModel sm:duty-informed", "serviceModel", "a word of another list"),
    ("Database", f"{ELEMENT} ; sm:sizeGibibytes -1.0", "sizeGibibytes", "less than nothing"),
    ("MessageBroker", f"{ELEMENT} ; sm:topic good:vm", "topic", "a topic that is a thing"),
    ("Cache", f'{ELEMENT} ; sm:evictionPolicy "a", "b"', "evictionPolicy", "two policies"),
    ("Cluster", f"{ELEMENT} ; sm:nodeCount 2.5", "nodeCount", "half a machine"),
    ("Infrastructure", f"{ELEMENT} ; sm:assetNumber 17", "assetNumber", "a number where text is wanted"),
    ("VirtualMachine", f"{ELEMENT} ; sm:processorCount -4", "processorCount", "less than nothing"),
    ("Server", f'{ELEMENT} ; sm:serialNumber "a", "b"', "serialNumber", "two serial numbers"),
    ("StorageVolume", f'{ELEMENT} ; sm:sizeGibibytes "big"', "sizeGibibytes", "a size that is no number"),
    ("Network", f"{ELEMENT} ; sm:addressRange 10.0", "addressRange", "a range that is a number"),
    ("LoadBalancer", f"{ELEMENT} ; sm:hostName good:vm", "hostName", "a name that is a thing"),
    ("Tool", f'{ELEMENT} ; sm:purpose "a", "b"', "purpose", "two purposes"),
    ("DataSet", f'{ELEMENT} ; sm:personalData "yes"', "personalData", "a word that is no truth value"),
    ("Certificate", f'{ELEMENT} ; sm:expires "soon"', "expires", "a moment that is none"),
    ("BackupCopy", f"{ELEMENT} ; sm:backupOf good:price", "backupOf", "a copy of no element"),
    ("Person", f'{ELEMENT} ; sm:email "ann"', "email", "an address without an @"),
    ("Person", f"{ELEMENT} ; sm:memberOf good:role", "memberOf", "a team that is none"),
    ("Organisation", f'{ELEMENT} ; sm:legalName "a", "b"', "legalName", "two legal names"),
    ("Team", f'{ELEMENT} ; sm:objectiveAlertsToChat "x"', "objectiveAlertsToChat", "a word that is no truth value"),
    ("Supplier", f"{ELEMENT} ; sm:subcontractor good:server", "subcontractor", "a subcontractor that is a machine"),
    ("Customer", f"{ELEMENT} ; sm:userCount -1", "userCount", "fewer than none"),
    ("Role", f"{ELEMENT} ; sm:holding good:person", "holding", "a holder without a holding"),
    ("RaciAssignment", "sm:duty sm:duty-accountable", "assignedTo", "a duty of nobody"),
    ("RoleHolding", "sm:holder good:role", "holder", "a role held by a role"),
    ("ContactPoint", "sm:contactActor good:server", "contactActor", "a contact that is a machine"),
    ("Process", f"{ELEMENT} ; sm:usesTool good:role", "usesTool", "a tool that is a role"),
    ("Environment", f"{ELEMENT} ; sm:environmentType good:environment", "environmentType", "a type that is no word"),
    ("Location", f"{ELEMENT} ; sm:latitude 91.0", "latitude", "north of the pole"),
    ("Site", f'{ELEMENT} ; sm:openingHours "a", "b"', "openingHours", "two sets of hours"),
    ("Zone", f'{ELEMENT} ; sm:region "a", "b"', "region", "two regions"),
    ("FailureDomain", f"{ELEMENT} ; sm:sharedCause good:vm", "sharedCause", "a cause that is a thing"),
    ("Subscription", f'{ELEMENT} ; sm:tenant "a", "b"', "tenant", "two tenants"),
    ("ResourceGroup", f"{ELEMENT} ; sm:inSubscription good:resource", "inSubscription", "a subscription that is none"),
    ("Resource", f'{ELEMENT} ; sm:resourceType "a", "b"', "resourceType", "two types"),
    ("Revision", 'sm:contentName "a"', "revisionNumber", "no number"),
    ("SourceVersion", "sm:errorCount 0 ; sm:warningCount 0 ; sm:noteCount 0", "whatChanged", "nothing that was done"),
    ("Load", "sm:madeWith 1", "madeWith", "a number where text is wanted"),
    ("RuleRun", 'sm:name "a" ; sm:digest "b"', "statementCount", "no word on what was concluded"),
    ("Attestation", "sm:attestedBy good:person", "attestedAt", "no day"),
    (
        "ReferenceModel",
        f"{ELEMENT} ; sm:hasResponsibility good:role",
        "hasResponsibility",
        "a responsibility that is a role",
    ),
    ("ModelBox", f"{ELEMENT} ; sm:inModel good:role", "inModel", "a model that is a role"),
    (
        "Responsibility",
        "sm:serviceModel sm:service-model-saas ; sm:partySide sm:side-cloud-provider ; sm:modelLayer sm:layer-fabric",
        "responsibleRole",
        "carried by no role",
    ),
    (
        "Responsibility",
        "sm:serviceModel sm:service-model-saas ; sm:partySide sm:side-cloud-provider ; sm:responsibleRole good:role",
        "",
        "for no layer and no boundary",
    ),
    ("MaturityAssessment", "sm:momentum sm:momentum-slow", "maturityStatus", "no status"),
    ("Principle", f"{ELEMENT} ; sm:inModel good:role", "inModel", "a model that is a role"),
    ("DesignConcept", f"{ELEMENT} ; sm:inModel good:role", "inModel", "a model that is a role"),
    ("Lesson", f'{ELEMENT} ; sm:lessonImpact "Clouds"', "lessonAction", "nothing to do"),
    ("Deliverable", f'{ELEMENT} ; sm:deliveredBy "work"', "deliveredBy", "delivered by a text"),
    ("OperatingMode", f'{ELEMENT} ; sm:modeGoal "a", "b"', "modeGoal", "two goals"),
    ("ManagementGroup", f'{ELEMENT} ; sm:internetFacing "no"', "internetFacing", "a word that is no truth value"),
    ("ResourceProvider", f"{ELEMENT} ; sm:providesResourceType 4", "providesResourceType", "a type that is a number"),
    ("DeploymentTemplate", f"{ELEMENT} ; sm:deploys good:price", "deploys", "deploys a price"),
    ("Placement", "sm:wave sm:wave-first", "placedOn", "no target"),
    ("ManagementActivity", f"{ELEMENT} ; sm:activityTime sm:duty-informed", "activityTime", "a word of another list"),
    ("Swimlane", f"{ELEMENT}", "inProcess", "a lane of no process"),
    ("ProcessStep", f"{ELEMENT}", "inProcess", "a step of no process"),
    ("Task", f"{ELEMENT} ; sm:inProcess good:process ; sm:usesTool good:role", "usesTool", "a tool that is a role"),
    (
        "Decision",
        f'{ELEMENT} ; sm:inProcess good:process ; sm:decisionQuestion "a", "b"',
        "decisionQuestion",
        "two questions",
    ),
    ("StartEvent", f"{ELEMENT} ; sm:inProcess good:role", "inProcess", "a start of a role"),
    ("EndEvent", f"{ELEMENT} ; sm:inProcess good:role", "inProcess", "an end of a role"),
    ("Transition", 'sm:condition "yes"', "nextStep", "leads nowhere"),
    ("Committee", f"{ELEMENT} ; sm:committeeObjective 4", "committeeObjective", "an objective that is a number"),
    ("AccessGroup", f"{ELEMENT} ; sm:groupMember good:database", "groupMember", "a member that is a database"),
    ("Policy", f"{ELEMENT} ; sm:policyEffect sm:effect-deny", "policyEffect", "a word of another list"),
    ("Control", f"{ELEMENT} ; sm:mitigates good:role", "mitigates", "a risk that is a role"),
    ("Requirement", f'{ELEMENT} ; sm:satisfiedBy "us"', "satisfiedBy", "satisfied by a text"),
    ("Risk", f"{ELEMENT} ; sm:likelihood sm:criticality-high", "likelihood", "a word of another list"),
    (
        "PolicyException",
        f"{ELEMENT} ; sm:exceptionFrom good:policy ; sm:appliesTo good:database",
        "validUntil",
        "leave without end",
    ),
    ("Approval", "sm:approver good:person", "approvedAt", "no day"),
    ("NamingConvention", f'{ELEMENT} ; sm:separator "-"', "hasSegment", "no parts"),
    ("NamingSegment", 'sm:name "A" ; sm:segmentOrder 1', "segmentRole", "tells nothing"),
    ("NamingCode", 'sm:codeLetters "SQL"', "codeMeaning", "stands for nothing"),
    ("AccessRole", f"{ELEMENT} ; sm:permits sm:effect-deny", "permits", "a word of another list"),
    ("AccessAssignment", "sm:grantsRole good:accessRole", "principal", "access of nobody"),
    ("SeparationOfDuties", f"{ELEMENT} ; sm:separatesOne good:accessRole", "separatesOther", "one side only"),
    ("LayerRule", f'{ELEMENT} ; sm:ruleFrom "business service"', "ruleTo", "no second kind"),
    (
        "LayerRule",
        f'{ELEMENT} ; sm:ruleFrom "service" ; sm:ruleTo "service" ; sm:ruleFromTier sm:lifecycle-planned',
        "ruleFromTier",
        "a tier of another list",
    ),
    ("Incident", f"{ELEMENT} ; sm:severity sm:severity-major", "", "no beginning, and nobody noticed"),
    ("Problem", f'{ELEMENT} ; sm:rootCause "a", "b"', "rootCause", "two causes"),
    ("KnownError", f'{ELEMENT} ; sm:workaround "a", "b"', "workaround", "two ways to live with it"),
    ("Change", f"{ELEMENT} ; sm:affects good:database", "changeType", "no type"),
    ("ServiceRequest", f"{ELEMENT} ; sm:requestsOffering good:role", "requestsOffering", "an offering that is a role"),
    ("MaintenanceWindow", f'{ELEMENT} ; sm:recurrence "a", "b"', "recurrence", "two rhythms"),
    ("MaintenanceWindow", f"{ELEMENT}", "", "never"),
    (
        "NamingSegment",
        'sm:name "A" ; sm:segmentRole sm:segment-type ; sm:segmentOrder 0',
        "segmentOrder",
        "before the first",
    ),
    ("PlanMessage", 'sm:name "A" ; sm:messageOrder 0', "messageOrder", "before the first"),
    ("Organisation", f"{ELEMENT} ; sm:hasConsumption good:role", "hasConsumption", "use that is a role"),
    ("Team", f"{ELEMENT} ; sm:supportTier 0", "supportTier", "a line before the first"),
    ("Person", f"{ELEMENT} ; sm:deputy good:role", "deputy", "a deputy that is no party"),
    ("ChangeFreeze", f'{ELEMENT} ; sm:plannedStart "2026-12-20T00:00:00Z"^^xsd:dateTime', "plannedEnd", "no end"),
    ("RunbookDocument", f'{ELEMENT} ; sm:runbookFor "it"', "runbookFor", "for a text"),
    ("ResponsePlan", f'{ELEMENT} ; sm:impactStatement "Bad."', "runbookFor", "a plan for nothing"),
    ("Communication", 'sm:communicationFrequency "hourly"', "communicationMethod", "no means"),
    ("PlanMessage", "sm:messageOrder 1", "name", "no name"),
    ("RequestPath", 'sm:requestPhone "0"', "urgency", "no urgency"),
    ("OperationalStatus", "sm:operationalState sm:state-down", "observedAt", "no time"),
    ("BusinessImpactAnalysis", f'{ELEMENT} ; sm:peakPeriod "December"', "analyses", "of nothing"),
    ("RecoveryPlan", f"{ELEMENT} ; sm:plannedMinutes 240.0", "recovers", "recovers nothing"),
    ("RecoveryTest", f"{ELEMENT} ; sm:testsPlan good:recoveryPlan", "testedAt", "no day"),
    ("DataFlow", f"{ELEMENT} ; sm:flowSource good:database", "flowTarget", "goes nowhere"),
    (
        "CostItem",
        'sm:amount 40.0 ; sm:currency "EUR" ; sm:costKind sm:cost-period-monthly',
        "costKind",
        "a word of another list",
    ),
    ("Budget", f"{ELEMENT} ; sm:budgetFor good:subscription", "budgetLimit", "no limit"),
    ("Consumption", "sm:userCount 40", "requestsOffering", "of nothing"),
    ("ImpactResult", 'sm:judgedUnder "required"', "digest", "no fingerprint"),
    ("JudgedChange", 'sm:changeDone "outage"', "onElement", "a change of nothing"),
    (
        "Effect",
        "sm:onElement good:database ; sm:stateAtLeast sm:impact-down ; sm:stateAtMost sm:state-down",
        "stateAtMost",
        "a word of another list",
    ),
    ("EffectSpan", 'sm:plannedStart "Saturday"', "plannedStart", "a start that is no moment"),
    ("WitnessStep", "sm:stepNumber 1", "throughDependency", "a step over nothing"),
    ("Involvement", "sm:involvedParty good:person", "partTaken", "no part"),
    (
        "RolledUpEffect",
        'sm:onElement good:service ; sm:rolledUpAs "customer" ; sm:worstAtLeast sm:impact-down ; sm:worstAtMost sm:impact-down',
        "rolledUpFrom",
        "a whole that nothing is reached by",
    ),
    ("SparedElement", "sm:onElement good:service", "sparedBecause", "no reason"),
    ("ExposureFound", "sm:onElement good:service ; sm:exposedAs sm:exposure-blind", "exposedThrough", "by nothing"),
    ("OutageLoss", "sm:onElement good:service", "lossPerHour", "no price"),
    ("AbilityFound", "sm:onElement good:database", "ableParty", "nobody"),
    ("CollisionFound", 'sm:collisionKind "joint" ; sm:collidingName "New disks"', "collisionBecause", "no reason"),
    ("WayBackFinding", 'sm:wayBackAbout "backup" ; sm:wayBackBecause "unknown"', "wayBackHolds", "neither yes nor no"),
    ("RestartPlace", "sm:onElement good:database ; sm:restartStep 0", "restartStep", "before the first step"),
    ("RestartCircle", "sm:onElement good:service", "startsFromCold", "no word on a cold start"),
    ("ResponseTold", 'sm:responseSummary "8 gaps."', "onElement", "a plan of nothing"),
    ("ResponseLine", 'sm:lineNumber 1 ; sm:lineQuestion "Who?"', "lineSays", "no answer"),
    ("AlreadySo", "sm:onElement good:database", "baselineKind", "no kind"),
    (
        "PromiseUse",
        'sm:usesPromiseOf good:database ; sm:onElement good:database ; sm:promiseVerdict "kept" ; sm:minutesAllowed 1.0',
        "usesPromiseOf",
        "a promise of a database",
    ),
]


def objections(*data: str | Path) -> dict[str, set[tuple[str, str]]]:
    """What the shapes object to: for each thing the local names of the properties, with the messages."""
    graph, rules = rdflib.Graph(), rdflib.Graph()
    for file in ontology_files():
        graph.parse(file, format="turtle")
    for item in data:
        graph.parse(**({"data": item} if isinstance(item, str) else {"source": item}), format="turtle")
    for file in shape_files():
        rules.parse(file, format="turtle")
    _, report, _ = pyshacl.validate(graph, shacl_graph=rules, inference="none", advanced=False)
    found = defaultdict(set)
    sh = rdflib.Namespace(t.SH)
    for result in report.subjects(RDF.type, sh.ValidationResult):
        path = str(report.value(result, sh.resultPath) or "").replace("#", "/").rpartition("/")[2]
        found[str(report.value(result, sh.focusNode))].add((path, str(report.value(result, sh.resultMessage))))
    return dict(found)


@pytest.fixture(scope="module")
def refused() -> dict[str, set[tuple[str, str]]]:
    things = [f":{number} a sm:{cls} ; {says} ." for number, (cls, says, _, _) in enumerate(FAILING)]
    return objections(PASSING, HEAD + "\n".join(things))


def test_what_is_right_and_the_ontology_itself_are_accepted() -> None:
    assert objections(PASSING) == {}


@pytest.mark.parametrize("number", range(len(FAILING)), ids=[f"{cls}: {wrong}" for cls, _, _, wrong in FAILING])
def test_what_is_wrong_is_refused_for_that_reason_alone(number: int, refused: dict[str, set[tuple[str, str]]]) -> None:
    *_, path, _ = FAILING[number]

    found = refused[f"{BAD}{number}"]

    assert {where for where, _ in found} == {path}
    assert all(message.endswith(".") for _, message in found)


def test_nothing_else_is_refused(refused: dict[str, set[tuple[str, str]]]) -> None:
    assert [thing for thing in refused if not thing.startswith(BAD)] == []


def test_every_shape_has_a_passing_and_a_failing_example(shapes: ox.Store) -> None:
    query = f"SELECT ?class WHERE {{ ?shape <{t.SH_TARGET_CLASS}> ?class }}"
    targets = {row["class"].value for row in shapes.query(query)}
    concrete = {iri for iri in targets if not vocabulary().classes[iri].abstract}
    passing = {quad.object.value for quad in ox.parse(path=str(PASSING)) if quad.predicate.value == t.RDF_TYPE}
    passing |= words_of_examples()

    assert concrete - passing == set()
    assert concrete - {t.SM + cls for cls, *_ in FAILING} == set()


def test_a_message_names_the_word_of_the_map_file() -> None:
    wrong = (
        HEAD
        + f":x a sm:Application ; {ELEMENT} ; sm:technicalOwner good:database . good:database a sm:Database ; {ELEMENT} ."
    )

    assert objections(wrong)[f"{BAD}x"] == {("technicalOwner", "'technical_owner' takes the id of a party.")}
