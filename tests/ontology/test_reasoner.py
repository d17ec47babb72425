"""Is the ontology free of contradictions? HermiT, an OWL 2 DL reasoner, is asked; it needs Java and owlready2."""

from __future__ import annotations

import shutil
from itertools import chain
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.maps import open_map
from graph.store.interface import DERIVED, source_graph
from ontology import terms as t
from ontology.vocabulary import ontology_files
from tests.examples import some

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
NEW_WORDS = "https://w3id.org/servicemap/id/impossible/"


def unsatisfiable(triples: list[ox.Triple], folder: Path) -> list[str]:
    """The classes that nothing can be of; raises when the whole contradicts itself."""
    if shutil.which("java") is None:
        pytest.skip("no Java: HermiT needs one")
    owlready2 = pytest.importorskip("owlready2", reason="owlready2 is not installed")
    file = folder / "all.nt"
    file.write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
    world = owlready2.World()
    with file.open("rb") as stream:
        loaded = world.get_ontology(t.ONTOLOGY + "/all").load(fileobj=stream)
    with loaded:
        owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
    return [cls.iri for cls in world.inconsistent_classes() if cls.iri != t.OWL + "Nothing"]


@pytest.fixture(scope="module")
def ontology() -> list[ox.Triple]:
    files = (ox.parse(path=str(file), rename_blank_nodes=True) for file in ontology_files())
    return [quad.triple for quad in chain.from_iterable(files)]


def test_no_class_is_impossible(ontology: list[ox.Triple], tmp_path: Path) -> None:
    assert unsatisfiable(ontology, tmp_path) == []


@pytest.mark.parametrize("name", some(["reference_model", "laundry"], 2))
def test_a_shipped_map_does_not_contradict_the_ontology(
    name: str, ontology: list[ox.Triple], root: Path, tmp_path: Path
) -> None:
    store = open_map((root / "data" / name,)).store
    said = chain.from_iterable(
        ox.parse(store.triples(graph), format=ox.RdfFormat.N_TRIPLES)
        for graph in [*(source_graph(source.id) for source in store.sources), DERIVED]
    )

    assert unsatisfiable([*ontology, *(quad.triple for quad in said)], tmp_path) == []


def test_the_reasoner_sees_a_contradiction(ontology: list[ox.Triple], tmp_path: Path) -> None:
    thing, is_a = ox.NamedNode(NEW_WORDS + "PersonAndCompany"), ox.NamedNode(t.RDFS_SUB_CLASS_OF)
    impossible = [
        ox.Triple(thing, ox.NamedNode(RDF + "type"), ox.NamedNode(t.OWL_CLASS)),
        ox.Triple(thing, is_a, ox.NamedNode(t.PERSON)),
        ox.Triple(thing, is_a, ox.NamedNode(t.ORGANISATION)),
    ]

    assert unsatisfiable([*ontology, *impossible], tmp_path) == [thing.value]
