"""Do the shipped reference models say every row, and can the figures of R2 and R6 be asked back as they were drawn?

The page ``docs/reference/coverage.md`` is written by ``python -m tests.data.test_reference_model``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.pages import pages
from app.web import create_server
from graph.library import fill, questions
from graph.maps import Map, open_map
from graph.ntriples import BASE
from graph.store.guard import PREFIXES
from ontology import terms as t
from ontology.vocabulary import vocabulary

HOME = Path(__file__).parents[2]
PAGE = HOME / "docs" / "reference" / "coverage.md"
HEAD = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())

# row -> what it is about, and the page of the explorer whose subject it is
ROWS = {
    "R1": ("Business, technical and vendor services", "Catalogue"),
    "R2": ("Cloud services foundation reference model", "Reference model"),
    "R3": ("Management layer", "Reference model"),
    "R4": ("Management areas", "Reference model"),
    "R5": ("Roles from commodity to strategic skill", "Responsibility"),
    "R6": ("Responsibility by service model, layer and party", "Responsibility"),
    "R7": ("Role-based access with inheritance", "Access"),
    "R8": ("Naming convention", "Governance"),
    "R9": ("Access-management process", "Processes"),
    "R10": ("Major incident and response plan", "Response plans"),
    "R11": ("Incident, problem and follow-up", "Processes"),
    "R12": ("Process catalogue", "Processes"),
    "R13": ("Elements of a service level agreement", "Promises"),
    "R14": ("Service catalogue", "Catalogue"),
    "R15": ("Cost by service", "Promises"),
    "R16": ("Governance", "Governance"),
    "R17": ("Centre of excellence", "Responsibility"),
    "R18": ("Service framework", "Reference model"),
    "R19": ("Principles and concepts", "Reference model"),
    "R20": ("Workload placement", "Processes"),
    "R21": ("Maturity board", "Reference model"),
    "R22": ("Managed-service engagement", "Processes"),
    "R23": ("Operating modes and flow of work", "Reference model"),
}

# row -> class -> how many the row names
COUNTS: dict[str, dict[str, int]] = {
    "R2": {"model box": 41, "reference model": 1},
    "R3": {"model box": 13, "resource provider": 5, "deployment template": 1, "reference model": 1},
    "R4": {"model box": 19, "reference model": 1},
    "R5": {"role": 16},
    "R6": {"role": 10, "reference model": 1, "model box": 1},
    "R9": {
        "process": 2,
        "swimlane": 3,
        "start event": 3,
        "end event": 2,
        "decision": 1,
        "task": 7,
        "role": 4,
        "tool": 2,
    },
    "R12": {"process": 3, "activity": 23},
    "R17": {"committee": 4},
    "R18": {"activity": 48, "model box": 5, "reference model": 1},
    "R19": {"principle": 10, "concept": 13, "reference model": 1},
    "R22": {"lesson": 10, "deliverable": 3, "task": 17, "process": 1},
}

ARROWS = {
    ("Service Delivery", "defines", "Software/Platform/Infrastructure"),
    ("Service Delivery", "defines", "Management and Support"),
    ("Service Delivery", "defines", "Service Operations"),
    ("Service Operations", "defines", "Management and Support"),
    ("Software/Platform/Infrastructure", "enables services of", "Service Delivery"),
    ("Management and Support", "enables services of", "Service Delivery"),
    ("Infrastructure", "provides capability to", "Platform"),
    ("Infrastructure", "provides capability to", "Software"),
    ("Platform", "provides capability to", "Software"),
    ("Infrastructure", "provides capability to", "Management and Support"),
    ("Management and Support", "manages and supports", "Software/Platform/Infrastructure"),
    ("Management and Support", "supports", "Service Operations"),
}
BOXES = {
    "": {"Service Delivery", "Software/Platform/Infrastructure", "Management and Support", "Service Operations"},
    "Software/Platform/Infrastructure": {"Software", "Platform", "Infrastructure"},
    "Infrastructure": {"Virtualization", "Compute", "Network", "Storage"},
    "Service Delivery": {
        "Business Relationship Management",
        "Capacity Management",
        "Availability and Continuity Management",
        "Information Security Management",
        "Regulatory Policy and Compliance Management",
        "Financial Management",
        "Service Level Management",
        "Service Lifecycle Management",
    },
    "Management and Support": {
        "Consumer and Provider Portal",
        "Usage and Billing",
        "Service Reporting",
        "Service Monitoring",
        "Service Management",
        "Configuration Management",
        "Authorization",
        "Authentication",
        "Directory",
        "Data Protection",
        "Deployment and Provisioning",
        "Process Automation",
        "Fabric Management",
        "Network Support",
    },
    "Service Operations": {
        "Request Fulfillment",
        "Access Management",
        "Asset and Configuration Management",
        "Systems Administration",
        "Change Management",
        "Knowledge Management",
        "Release and Deployment Management",
        "Incident and Problem Management",
    },
}
SAAS, PAAS, IAAS = "software as a service", "platform as a service", "infrastructure as a service"
FABRIC = {"Fabric administrator", "Operations manager"}
AT_THE_BOUNDARY = {"Service manager", "Reliability manager", "Architect", "Management and support administrator"}
RESPONSIBILITY = {
    (SAAS, "application", "cloud provider"): {"Developer", "Operator"},
    (SAAS, "platform", "cloud provider"): {"Platform administrator"},
    (SAAS, "fabric", "cloud provider"): FABRIC,
    (SAAS, "above application", "service provider"): AT_THE_BOUNDARY,
    (PAAS, "application", "service consumer"): {"Developer", "Operator", "Author"},
    (PAAS, "platform", "cloud provider"): {"Platform administrator"},
    (PAAS, "fabric", "cloud provider"): FABRIC,
    (PAAS, "between application and platform", "service provider"): AT_THE_BOUNDARY,
    (IAAS, "application", "service consumer"): {"Developer", "Operator"},
    (IAAS, "platform", "service consumer"): {"Platform administrator", "Author"},
    (IAAS, "fabric", "cloud provider"): FABRIC,
    (IAAS, "between platform and fabric", "service provider"): AT_THE_BOUNDARY,
}


@cache
def shipped(name: str) -> Map:
    return open_map([HOME / "data" / name])


def rows(query: str, name: str = "reference_model") -> list[tuple[str, ...]]:
    table = shipped(name).store.select(HEAD + query)
    return [tuple(value.text if value else "" for value in row) for row in table.rows]


def asked(name: str, **values: str) -> list[tuple[str, ...]]:
    return rows(fill(questions()[name], values))


INSTANCES = """SELECT DISTINCT ?row ?key ?element WHERE {
  GRAPH ?source { ?element a ?class ; dcterms:identifier ?id } ?class sm:mapKey ?key . OPTIONAL { ?element sm:sourceRow ?row }
  FILTER(STRSTARTS(STR(?source), "https://w3id.org/servicemap/graph/source/")) }"""


@cache
def members() -> dict[str, dict[str, str]]:
    """For each row its instances, with the kind of each; R1 is the laundry."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for row, key, element in rows(INSTANCES):
        if row:
            found[row][element] = key
    found["R1"] = {element: key for _, key, element in rows(INSTANCES, "laundry")}
    return found


@cache
def instances() -> dict[str, Counter[str]]:
    """For each row how many instances there are of each kind."""
    return {row: Counter(found.values()) for row, found in members().items()}


@cache
def explorer(name: str) -> FlaskClient:
    return create_server(shipped(name)).test_client()


@cache
def shown() -> dict[str, set[str]]:
    """The pages of the explorer that draw or list elements, with the addresses of those."""
    found: dict[str, set[str]] = {"Map": set(), "Catalogue": set()}
    for name in ("reference_model", "laundry"):
        client = explorer(name)
        found["Map"] |= {element["iri"] for element in client.get("/map.json").get_json()["elements"]}
        listed = {service["id"] for service in client.get("/catalogue.json").get_json()["services"]}
        found["Catalogue"] |= {BASE + service for service in listed}
    return found


def today(row: str) -> str:
    """Where the explorer shows the instances of a row now: each has a page of its own, the others show some."""
    counts = {title: len(found & members()[row].keys()) for title, found in shown().items()}
    some = [f"{title} ({count} of {len(members()[row])})" for title, count in counts.items() if count]
    return ", ".join(["Element", *some])


def page() -> str:
    """The table of what says each row, and which questions ask for it."""
    titles = {page.title for page in pages()}
    asking = defaultdict(list)
    for question in questions().values():
        for row in question.rows:
            asking[row].append(f"`{question.name}`")
    lines = [
        "# What the reference models ask for, and where it is",
        "",
        "For each row of the reference models, from left to right: the classes that say it, with how many instances of each are",
        "shipped in `data/reference_model` (R1: `data/laundry`); the questions of the library that ask for it",
        "(`servicemap ask NAME`); and where the explorer shows it.",
        "",
        "- **Today**: pages that show the instances now. Every instance has a page of its own (Element); the Map draws those that",
        "  have relations, the Catalogue lists services.",
        "- **Own page**: the page whose subject the row is. *To come*: it is not there yet.",
        "",
        "This page is written from the data and the explorer: `python -m tests.data.test_reference_model`.",
        "",
        "| row | about | classes (instances) | questions | today | own page |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for row, (about, subject) in ROWS.items():
        classes = ", ".join(f"{key} ({count})" for key, count in sorted(instances()[row].items()))
        own = subject if subject in titles else f"{subject}, *to come*"
        lines.append(f"| {row} | {about} | {classes} | {', '.join(sorted(asking[row]))} | {today(row)} | {own} |")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("row", ROWS)
def test_every_row_has_instances_and_questions(row: str) -> None:
    assert instances()[row]
    assert [question.name for question in questions().values() if row in question.rows]


@pytest.mark.parametrize("row", COUNTS)
def test_a_row_has_as_many_instances_as_it_names(row: str) -> None:
    assert dict(instances()[row]) == COUNTS[row]


@pytest.mark.parametrize("row", ROWS)
def test_every_instance_has_a_page_in_the_explorer(row: str) -> None:
    client = explorer("laundry" if row == "R1" else "reference_model")
    element = min(members()[row])

    assert client.get(f"/element/{element.removeprefix(BASE)}").status_code == 200


def test_no_instance_names_a_row_that_is_none() -> None:
    assert set(instances()) == set(ROWS)


def test_the_figure_of_the_foundation_model_has_its_twelve_arrows() -> None:
    assert len(ARROWS) == 12
    assert sorted(asked("reference-arrows")) == sorted(ARROWS)


def test_the_figure_of_the_foundation_model_has_its_boxes() -> None:
    assert sorted(asked("reference-boxes")) == sorted((domain, box) for domain, boxes in BOXES.items() for box in boxes)


def test_the_arrows_carry_no_outage() -> None:
    kinds = {relation for _, relation, _ in ARROWS}

    assert {
        kind.key: kind.carries_impact or bool(kind.exposure)
        for kind in vocabulary().kinds.values()
        if kind.key in kinds
    } == dict.fromkeys(kinds, False)


def test_the_responsibility_matrix_is_the_figure() -> None:
    expected = sorted((*where, role) for where, roles in RESPONSIBILITY.items() for role in roles)

    assert sorted(asked("responsibility-matrix")) == expected


def test_in_saas_the_cloud_provider_operates_the_application_layer() -> None:
    assert (SAAS, "application", "cloud provider") in asked("who-operates")
    assert len(asked("who-operates")) == 9


def test_each_maturity_status_and_momentum_is_shown_and_each_placement_word_is_used() -> None:
    used = {
        row[0]
        for row in rows("SELECT DISTINCT ?code WHERE { ?part ?property ?code . ?code a/rdfs:subClassOf skos:Concept }")
    }
    lists = [t.MATURITY_STATUS_CODE, t.MOMENTUM_CODE, t.PLACEMENT_CODE, t.DRIVER_CODE, t.DISPOSITION_CODE, t.WAVE_CODE]
    lists += [
        t.PLACEMENT_OBJECTIVE_CODE,
        t.LAYER_CODE,
        t.BOUNDARY_CODE,
        t.PARTY_SIDE_CODE,
        t.CONTACT_URGENCY_CODE,
        t.PACE_CODE,
    ]

    assert [code.key for scheme in lists for code in vocabulary().codes_of(scheme) if code.iri not in used] == []


def test_the_files_hold_nothing_but_notes_and_the_gaps_of_their_sources_are_found() -> None:
    findings = [f for f in shipped("reference_model").validate() if f.severity.value != "note"]
    notes = {f.message for f in shipped("reference_model").findings}

    assert findings == []
    assert "'Names of six segments' has no code for environments of type 'lab'" in notes


def test_the_coverage_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "write it anew: python -m tests.data.test_reference_model"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
