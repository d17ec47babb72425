"""Is each word of the vocabulary used: by a question or a shape, and by what is shipped in ``data``?"""

from __future__ import annotations

from functools import cache
from itertools import chain
from pathlib import Path

import pyoxigraph as ox

from graph.maps import open_map
from graph.ntriples import statements
from graph.store.interface import DERIVED, META, source_graph
from graph.wordbook.uses import uses
from ontology import terms as t
from ontology.vocabulary import ontology_files
from ontology.words import Word, words
from tests.ontology.examples import words_of_examples

WORDS = words()
DATA = Path(__file__).parents[2] / "data"
MAPS = [folder for folder in chain(DATA.iterdir(), (DATA / "samples").iterdir()) if folder.name != "samples"]
BELOW = {iri: [other for other in WORDS.values() if iri in other.above] for iri in WORDS}


@cache
def said() -> frozenset[str]:
    """The properties, classes and codes in all shipped maps and examples, with what follows from them, and in the code lists."""
    found = set(words_of_examples())
    for folder in MAPS:
        store = open_map([folder]).store
        for graph in (*(source_graph(source.id) for source in store.sources), DERIVED, META):
            for statement in statements(store.triples(graph)):
                found.add(statement.predicate)
                if statement.value.is_iri:
                    found.add(statement.value.text)
    for file in ontology_files():
        for quad in ox.parse(path=str(file), format=ox.RdfFormat.TURTLE):
            found.add(quad.predicate.value)
            if quad.predicate.value in (t.RDF_TYPE, t.IN_LANE, t.CARRIES_EXPOSURE):
                found.add(quad.object.value)
    return frozenset(found)


def is_used(word: Word, used: frozenset[str] | set[str]) -> bool:
    """A word is used when it, or one below it, is."""
    return word.iri in used or any(is_used(other, used) for other in BELOW[word.iri])


def test_each_class_and_property_is_used_by_a_question_or_a_shape() -> None:
    """A rule or a check is no use; and one below it stands for an abstract class alone."""
    named = {iri for iri, places in uses().items() if any(place.page in ("questions", "shapes") for place in places)}
    wanted = [word for word in WORDS.values() if word.sort not in ("code", "annotation") and not word.deprecated]

    assert [word.name for word in wanted if not word.abstract and word.iri not in named] == []
    assert [word.name for word in wanted if word.abstract and not is_used(word, named)] == []


def test_each_class_property_and_code_is_used_by_what_is_shipped() -> None:
    wanted = [word for word in WORDS.values() if word.sort != "annotation" and not word.deprecated]

    assert [word.name for word in wanted if not is_used(word, said())] == []
