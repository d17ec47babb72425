"""RDF in all notations: read(write(x)) == x by our own importer and by rdflib, in a fixed order."""

from __future__ import annotations

import json

import pytest
import rdflib

from graph.excerpt import excerpt
from graph.importers.rdf import read
from graph.model import ReadOptions
from graph.ntriples import BASE, statements
from graph.reports import Written, writers
from graph.store import DERIVED

ENDINGS = {"turtle": "ttl", "trig": "trig", "ntriples": "nt", "nquads": "nq", "jsonld": "jsonld", "rdfxml": "rdf"}
LIBRARY = {
    "turtle": "turtle",
    "trig": "trig",
    "ntriples": "nt",
    "nquads": "nquads",
    "jsonld": "json-ld",
    "rdfxml": "xml",
}


def said(part):
    return {statement for text in part.graphs().values() for statement in statements(text)}


def again(name, part, folder):
    made = writers("map")[name].write(part)
    text, findings = (made.text, made.findings) if isinstance(made, Written) else (made, ())
    file = folder / f"map.{ENDINGS[name]}"
    file.write_bytes(text.encode())
    return set(statements(read(file, ReadOptions("other", BASE, "x")).triples)), text, findings


@pytest.mark.parametrize("name", ENDINGS)
def test_our_importer_reads_what_was_written(name, shipped, tmp_path):
    found, _, findings = again(name, shipped, tmp_path)
    assert found == said(shipped)
    assert not findings


@pytest.mark.parametrize("name", [name for name in ENDINGS if name != "rdfxml"])
def test_hostile_texts_survive(name, hostile, tmp_path):
    assert again(name, hostile, tmp_path)[0] == said(hostile)


def test_xml_loses_what_it_must_and_says_so(hostile, tmp_path):
    found, text, findings = again("rdfxml", hostile, tmp_path)
    lost = said(hostile) - found
    assert found <= said(hostile)
    assert {statement.value.text for statement in lost} == {"=HYPERLINK(\u202egnp.exe\x07\x1b[31m)"}
    assert "1 statement not written: XML cannot hold" in str(findings[0])
    assert "&#13;" in text


RDFLIB = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself


@RDFLIB
@pytest.mark.parametrize("name", ENDINGS)
def test_another_library_reads_the_same(name, laundry):
    part = excerpt(laundry)
    made = writers("map")[name].write(part)
    found = rdflib.Dataset()
    found.parse(data=made.text if isinstance(made, Written) else made, format=LIBRARY[name])
    triples = {(str(s), str(p), str(o)) for s, p, o, _ in found.quads((None, None, None, None))}
    assert triples == {(x.subject, x.predicate, x.value.text) for x in said(part)}


@RDFLIB
@pytest.mark.parametrize("name", ["trig", "nquads"])
def test_each_source_keeps_its_graph(name, laundry):
    part = excerpt(laundry, derived=True)
    found = rdflib.Dataset()
    found.parse(data=writers("map")[name].write(part), format=LIBRARY[name])
    names = {str(graph.identifier) for graph in found.graphs() if len(graph)}
    assert names == set(part.graphs())
    assert DERIVED in names
    assert len(names) == 6


def test_what_follows_from_rules_is_written_only_when_asked(laundry):
    assert "sm:dependsOn" not in writers("map")["turtle"].write(excerpt(laundry))
    assert "sm:dependsOn" in writers("map")["turtle"].write(excerpt(laundry, derived=True))


def test_turtle_has_short_names_in_order(laundry):
    lines = writers("map")["turtle"].write(excerpt(laundry)).splitlines()
    prefixes = [line for line in lines if line.startswith("@prefix")]
    assert prefixes == sorted(prefixes)
    assert "@prefix laundry: <https://w3id.org/servicemap/id/laundry/> ." in prefixes
    subjects = [line.split(" ")[0] for line in lines[len(prefixes) :] if line[:1] not in ("\t", "")]
    assert subjects.index("laundry:carrier") < subjects.index(r"laundry:carrier\/raci\/1")
    assert "laundry:laundry a sm:BusinessService ;" in lines


def test_lines_of_things_written_in_turtle_are_known(laundry, tmp_path):
    file = tmp_path / "map.ttl"
    file.write_text(writers("map")["turtle"].write(excerpt(laundry)))
    lines = read(file, ReadOptions("other", BASE, "x")).lines
    assert BASE + "laundry/boiler/dependency/located-in/laundry/factory-yard" in lines
    assert BASE + "laundry/carrier" in lines


def test_json_ld_is_compact(laundry):
    found = json.loads(writers("map")["jsonld"].write(excerpt(laundry)))
    assert found["@context"]["ownedBy"] == {"@id": "sm:ownedBy", "@type": "@id"}
    carrier = next(thing for thing in found["@graph"] if thing["id"] == "laundry:carrier")
    assert carrier["type"] == "TechnicalService"
    assert carrier["ownedBy"] == "laundry:carrier-team"
    assert carrier["criticality"] == "criticality-high"
    group = next(thing for thing in found["@graph"] if thing["type"] == "DependencyGroup")
    assert group["minimumMembers"] == 1


def test_a_namespace_that_is_called_as_a_scheme_does_not_mislead(tmp_path):
    from tests.graph.written import opened

    part = excerpt(
        opened(
            tmp_path, "namespace: mailto\nelements:\n  - {id: a, kind: application, homepage: 'mailto:x@y.example'}\n"
        )
    )
    assert again("jsonld", part, tmp_path)[0] == said(part)
    part = excerpt(
        opened(
            tmp_path, "namespace: https\nelements:\n  - {id: a, kind: application, link: {url: 'https://y.example/'}}\n"
        )
    )
    for name in ENDINGS:
        assert again(name, part, tmp_path)[0] == said(part)


FOREIGN = """
@prefix sm: <https://w3id.org/servicemap#> .
@prefix x: <http://x.example/> .
x:web a sm:Application , x:1 ; x:1 "odd name" ; x:tag "a"@en-GB , "b"^^x:type , 1.50 , 2.5e0 , true ; sm:ownedBy "text" ; x:id "y" ; sm:id "z" ;
    sm:monthlyCost [ sm:amount 3 ; sm:currency "EUR" ] .
"""


@pytest.mark.parametrize("name", ENDINGS)
def test_foreign_words_languages_and_types_survive(name, tmp_path):
    from tests.graph.written import opened

    part = excerpt(opened(tmp_path, FOREIGN, "map.ttl"))
    found, _, findings = again(name, part, tmp_path)
    lost = said(part) - found
    assert found <= said(part)
    assert len(lost) == (2 if name == "rdfxml" else 0)
    assert bool(findings) == bool(lost)
