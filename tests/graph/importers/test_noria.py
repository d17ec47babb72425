"""Does instance data of NORIA-O arrive by the alignments: what has a word is said, the rest is listed, nothing made up?"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from graph.importers import noria
from graph.maps import open_map
from graph.model import Confidence, InputError
from graph.sources import read_sources
from tests.graph.importers.told import OPTIONS, Told, head, surest, told

HEAD = """@prefix noria: <https://w3id.org/noria/ontology/> .
@prefix bot: <https://w3id.org/bot#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix seas: <https://w3id.org/seas/> .
@prefix x: <https://net.example/> .
"""
CLASSES = {
    "Application": "Application",
    "ApplicationModule": "Component",
    "Service": "Service",
    "OrganizationalUnit": "Team",
    "Organization": "Organisation",
    "Person": "Person",
    "TroubleTicket": "Incident",
    "OperationPlan": "RunbookDocument",
    "Site": "Site",
}


@pytest.fixture(scope="module")
def folder(realworld: Path) -> Path:
    return realworld / "rdf-noria"


@pytest.fixture(scope="module")
def truth(realworld: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((realworld / "expected.json").read_text())["items"]["rdf-noria"]["truth"]
    return found


@pytest.fixture(scope="module")
def files(folder: Path) -> list[Told]:
    return [told(statements) for statements in read_sources([folder], namespace="x")]


def read(folder: Path, text: str, name: str = "net.ttl") -> Told:
    file = folder / name
    file.write_text(HEAD + text if name.endswith("ttl") else text, encoding="utf-8")
    return told(noria.read(file, OPTIONS))


def test_every_file_is_recognised_and_a_file_of_our_own_is_not(folder: Path, tmp_path: Path) -> None:
    assert {surest(file) for file in folder.rglob("*.ttl")} == {"noria"}
    ours = tmp_path / "ours.ttl"
    ours.write_text("@prefix noria: <https://w3id.org/noria/ontology/> . @prefix sm: <https://w3id.org/servicemap#> .")
    assert noria.recognises(head(ours)) is Confidence.NO
    assert surest(ours) == "rdf"


def test_each_class_that_has_a_word_arrives_with_all_its_things(files: list[Told], truth: dict[str, Any]) -> None:
    found: dict[str, str] = {}
    for file in files:
        found |= file.classes()
    many = Counter(found.values())

    theirs = truth["instances_by_class"]

    assert {own: many[own] for own in CLASSES.values()} == {own: theirs[name] for name, own in CLASSES.items()}
    assert many["Location"] == sum(theirs[name] for name in ("Building", "Storey", "Room", "Locus"))
    assert many["Infrastructure"] + many["Server"] == theirs["Resource"]
    assert sum(many.values()) + many_left_out(files) + theirs["CorporateUserIdentifier"] == sum(theirs.values())


def many_left_out(files: list[Told]) -> int:
    return sum(int(f.message.split()[0]) for file in files for f in file.findings("no-word"))


def test_each_class_without_a_word_is_listed_with_its_number(files: list[Told], truth: dict[str, Any]) -> None:
    left = {f.message.split("'")[1]: int(f.message.split()[0]) for file in files for f in file.findings("no-word")}

    names = (
        "EventRecord",
        "NetworkInterface",
        "NetworkLink",
        "ProductModel",
        "TroubleTicketNote",
        "ActionPreCondition",
    )
    assert left == {f"noria:{name}": truth["instances_by_class"][name] for name in names}


def test_subsystems_are_parts_and_a_service_needs_its_own(files: list[Told], truth: dict[str, Any]) -> None:
    parts = {(s, o) for file in files for s, p, o in file.triples if p == "partOf"}
    modules = {(s, o) for s, o in parts if ":APPM_" in s and ":APP_" in o}
    units = {(s, o) for s, o in parts if s.startswith("agent:")}
    edges = set().union(*(file.edges() for file in files))

    rule = truth["subSystemOf_edges"]

    assert len(parts - modules - units) == rule["edges_unique"] == 19
    assert len(modules) == truth["predicates_top"]["applicationModuleOf"]
    for part, told_of in rule["impact"].items():
        users = {who.removeprefix("object:") for who, what in edges if what == f"object:{part}" and ":SVC_" in who}
        assert users == set(told_of["transitive_dependants_list"])


def test_what_stands_in_a_place_and_what_is_there_for_an_application_is_told(
    files: list[Told], truth: dict[str, Any]
) -> None:
    triples = set().union(*(file.triples for file in files))
    places = [s for s, p, o in triples if p == "locatedIn" and s.startswith("object:")]
    owners = [s for s, p, o in triples if p == "technicalOwner"]

    assert len(places) == truth["predicates_top"]["hasElement"]
    assert len(owners) == truth["predicates_top"]["resourceManagedBy"]
    assert ("agent:USER_TOY_LF004", "accessId", "LF004") in triples
    assert ("object:SVC_TOY_DBAccess", "facing", "facing-customer") in triples
    assert ("object:RES_TOY_as2", "assetNumber", "as2") in triples


def test_no_statement_is_lost_without_a_word(files: list[Told], folder: Path, truth: dict[str, Any]) -> None:
    """Of each thing that is an element, every value stands in what was read, or it is an address that is an element."""
    said = {o for file in files for _, _, o in file.triples}
    kept = set().union(*(file.classes() for file in files)) | {s for file in files for s in file.stubs}
    lost = []
    for file in sorted(folder.rglob("*.ttl")):
        for triple in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            subject = noria._identifier(triple.subject.value)
            value = triple.object.value
            if subject in kept and triple.predicate.value != noria.RDF_TYPE and value not in said:
                target = noria._identifier(value)
                lost += [(subject, triple.predicate.value, value)] if target not in said and target not in kept else []
    known = {"holdsAccount", "firstName", "lastName", "serviceType", "resourceType"}
    assert {predicate.rpartition("/")[2] for _, predicate, _ in lost} <= known


def test_two_files_may_speak_of_one_thing_and_do_not_contradict_each_other(folder: Path) -> None:
    opened = open_map([folder])
    p = opened.projection

    assert [f for f in opened.findings if f.check in ("defined-twice", "duplicate-id")] == []
    assert p.labels[p.find("object:APPM_TOY_APP01_M01")] == "APP01_M01"


def test_a_thing_of_another_host_keeps_its_host_in_its_id(tmp_path: Path) -> None:
    found = read(tmp_path, 'x:a a noria:Resource ; noria:resourceHostName "alpha" ; noria:resourceForApplication x:b .')

    assert found.classes() == {"net.example:a": "Infrastructure"}
    assert found.edges() == {("net.example:b", "net.example:a")}
    assert found.of("net.example:a", "externalId") == ["https://net.example/a"]


def test_relations_of_a_thing_whose_class_stands_elsewhere_are_said_and_the_rest_counted(tmp_path: Path) -> None:
    found = read(tmp_path, 'x:a seas:subSystemOf x:b ; noria:resourceHostName "alpha" .\nx:room bot:hasElement x:a .')

    assert ("net.example:a", "partOf", "net.example:b") in found.triples
    assert ("net.example:a", "locatedIn", "net.example:room") in found.triples
    assert len(found.findings("left-out")) == 1


def test_a_second_value_of_what_has_one_and_a_wrong_value_are_kept_in_words(tmp_path: Path) -> None:
    ticket = 'noria:troubleTicketDetectionDateTime "yesterday" ; rdfs:label "Down" .'
    found = read(
        tmp_path, f'x:a a noria:Resource ; noria:resourceHostName "a1", "a2" .\nx:t a noria:TroubleTicket ; {ticket}'
    )

    assert len(found.of("net.example:a", "technicalName")) == 1
    assert {name for name, _ in found.facts("net.example:a")} == {"noria:resourceHostName"}
    assert found.of("net.example:t", "detectedAt") == []
    assert len(found.findings("wrong-value")) == 1


def test_other_notations_are_read_too(tmp_path: Path) -> None:
    text = (
        '{"@context": {"@vocab": "https://w3id.org/noria/ontology/"},'
        '"@id": "https://net.example/s", "@type": "Service", "http://www.w3.org/2000/01/rdf-schema#label": "Sign-on"}'
    )
    assert read(tmp_path, text, "net.jsonld").classes() == {"net.example:s": "Service"}


def test_a_broken_file_is_told_and_nothing_is_taken(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not valid RDF"):
        read(tmp_path, "x:a a noria:Resource ; ")
