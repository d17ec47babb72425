"""Do all notations of the vocabulary say the same, and is a map with the shipped context the map that it was?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import rdflib
from rdflib import RDF, SKOS, Literal, URIRef
from rdflib.compare import isomorphic

from graph.excerpt import excerpt
from graph.maps import open_map
from graph.reports import jsonld, ntriples
from graph.wordbook import Wordbook, wordbook
from ontology.context import ADDRESS, CONTEXT_FILE, context, context_text
from ontology.vocabulary import ontology_files, vocabulary
from ontology.words import words

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # rdflib warns of itself
LISTED = {SKOS.prefLabel, SKOS.inScheme, SKOS.topConceptOf, SKOS.hasTopConcept}
FORMATS = {"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml", "nt": "nt"}


def graph(text: str, ending: str) -> rdflib.Graph:
    return rdflib.Graph().parse(data=text, format=FORMATS[ending])


@pytest.mark.parametrize("module", ["data", "codes"])
def test_a_module_says_the_same_in_every_notation(module: str) -> None:
    first, *others = (graph(wordbook().file(f"{module}.{ending}"), ending) for ending in FORMATS)

    assert len(first) > 0
    assert all(isomorphic(first, other) for other in others)


def test_the_whole_is_all_that_the_files_say() -> None:
    said = rdflib.Graph()
    for file in ontology_files():
        said.parse(file, format="turtle")

    whole = graph(wordbook().file("servicemap.jsonld"), "jsonld")
    for triple in (*whole.triples((None, None, None)),):
        if triple[1] in LISTED or triple[2] == SKOS.ConceptScheme:
            whole.remove(triple)
    assert isomorphic(whole, said)


def test_tools_that_know_skos_alone_find_each_list_and_its_words() -> None:
    found = graph(wordbook().file("codes.ttl"), "ttl")

    schemes = set(found.subjects(RDF.type, SKOS.ConceptScheme))
    assert len(schemes) == len({code.scheme for code in vocabulary().codes.values()})
    for code in vocabulary().codes.values():
        (scheme,) = found.objects(URIRef(code.iri), SKOS.inScheme)
        assert scheme in schemes
        assert (scheme, SKOS.hasTopConcept, URIRef(code.iri)) in found
        assert (URIRef(code.iri), SKOS.topConceptOf, scheme) in found
        assert list(found.objects(URIRef(code.iri), SKOS.prefLabel)) == [Literal(code.label, lang="en")]
    assert all(len(list(found.objects(scheme, SKOS.prefLabel))) == 1 for scheme in schemes)


def test_a_word_is_described_by_its_own_statements() -> None:
    first, *others = (graph(wordbook().word("Service", ending), ending) for ending in FORMATS)

    assert {str(subject) for subject in first.subjects()} == {"https://w3id.org/servicemap#Service"}
    assert all(isomorphic(first, other) for other in others)


def test_the_same_vocabulary_gives_the_same_bytes() -> None:
    for name in ("servicemap.ttl", "shapes.ttl"):
        assert Wordbook().file(name) == wordbook().file(name)


@pytest.mark.parametrize("name", ["nothing.ttl", "core.xyz", "core", ""])
def test_there_is_no_file_of_another_name(name: str) -> None:
    with pytest.raises(KeyError):
        wordbook().file(name)


def test_the_context_in_the_repository_is_current() -> None:
    assert CONTEXT_FILE.read_text(encoding="utf-8") == context_text(), "write it anew: python -m ontology.context"


def test_every_property_has_a_name_of_its_own_in_the_context() -> None:
    properties = [word.name for word in words().values() if word.sort == "property"]

    said = {name: value["@id"] if isinstance(value, dict) else value for name, value in context().items()}

    assert [name for name in properties if said.get(name) != f"sm:{name}"] == []


def test_a_map_with_the_shipped_context_is_the_same_graph(root: Path, tmp_path: Path) -> None:
    part = excerpt(open_map([root / "data" / "laundry"]))
    said = json.loads(jsonld.write(part))
    prefixes = {name: home for name, home in said["@context"].items() if name not in context()}
    by_address = tmp_path / "laundry" / "map.jsonld"
    by_address.parent.mkdir()
    by_address.write_text(json.dumps(said | {"@context": [ADDRESS, prefixes]}), encoding="utf-8")
    again = excerpt(open_map([by_address]))
    said["@context"] = dict(context()) | {
        name: home for name, home in said["@context"].items() if name not in context()
    }

    assert isomorphic(graph(json.dumps(said), "jsonld"), graph(ntriples.write(part), "nt"))
    assert ntriples.write(again) == ntriples.write(part)
