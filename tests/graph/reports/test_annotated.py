"""Do statements about statements say all that the nodes of dependencies say, and where each stands?"""

from __future__ import annotations

import pyoxigraph as ox
import rdflib

from graph.excerpt import excerpt
from graph.maps import load_into, open_map
from graph.reports import annotated, ntriples, prov
from graph.store.interface import META
from ontology import terms as t
from tests.graph.reports.conftest import DATA

REIFIES = t.RDF + "reifies"


def test_a_dependency_is_the_name_of_the_statement_that_it_implies_and_nothing_is_lost() -> None:
    part = excerpt(open_map([DATA / "laundry"]))
    said = {str(quad.triple) for quad in ox.parse(annotated.write(part).encode(), format=ox.RdfFormat.TURTLE)}
    plain = {str(quad.triple) for quad in ox.parse(ntriples.write(part).encode(), format=ox.RdfFormat.N_TRIPLES)}

    back, implied = set(), set()
    for quad in ox.parse(annotated.write(part).encode(), format=ox.RdfFormat.TURTLE):
        if quad.predicate.value == REIFIES:
            assert isinstance(quad.object, ox.Triple)
            implied.add(str(quad.object))
            back.add(f"{quad.subject} <{t.RDF_TYPE}> <{t.DEPENDENCY}>")
            back.add(f"{quad.subject} <{t.DEPENDENT}> {quad.object.subject}")
            back.add(f"{quad.subject} <{t.PROVIDER}> {quad.object.object}")
        elif quad.predicate.value not in (t.PROV_WAS_DERIVED_FROM, t.DCTERMS_SOURCE):
            back.add(str(quad.triple))
    assert implied <= said
    assert len(implied) > 20
    assert back - implied == plain


def test_an_annotation_says_which_file_and_line() -> None:
    part = excerpt(open_map([DATA / "laundry"]))
    runs = next(block for block in annotated.write(part).split("|} .\n") if "carrier> sm:runsOn" in block)
    place = runs.partition('dcterms:source "')[2].partition('"')[0]
    path, _, line = place.rpartition(":")

    assert "prov:wasDerivedFrom <https://w3id.org/servicemap/graph/source/laundry/services.yaml>" in runs
    assert "on: vans" in (DATA.parent / path).read_text(encoding="utf-8").splitlines()[int(line) - 1]


def test_the_history_of_a_store_is_told_in_the_words_of_prov(tmp_path) -> None:
    file, store = tmp_path / "map.yaml", tmp_path / "map.store"
    for name in ("web", "shop"):
        file.write_text(f"namespace: x\nelements: [{{id: {name}, kind: tool}}]\n", encoding="utf-8")
        load_into(store, [file])
    opened = open_map((), store=store)
    found = rdflib.Graph().parse(data=prov.write(excerpt(opened)), format="turtle")
    of = rdflib.Namespace(t.PROV)
    entities, loads = set(found.subjects(rdflib.RDF.type, of.Entity)), set(found.subjects(rdflib.RDF.type, of.Activity))

    [(later, earlier)] = found.subject_objects(of.wasRevisionOf)
    assert {later, earlier} <= entities
    assert {found.value(later, of.wasGeneratedBy), found.value(earlier, of.wasGeneratedBy)} <= loads
    assert len(set(found.objects(None, of.used))) == 2
    assert len(found) >= len(opened.store.triples(META).splitlines())
