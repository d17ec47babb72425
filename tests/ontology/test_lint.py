"""Does the lint see each pitfall, and nothing in a vocabulary that is well made?"""

from __future__ import annotations

from pathlib import Path

import pytest

from ontology.lint import lint

HEAD = """
@prefix : <https://example.org/words#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SAID = (
    'rdfs:label "crate"@en ; skos:definition "Something that holds bottles."@en ; dcterms:source <https://example.org>'
)
CRATE = f":Crate a owl:Class ; {SAID} ."

# what is wrong -> (Turtle, the term, the message, critical)
PITFALLS = {
    "no label": (CRATE.replace('rdfs:label "crate"@en ; ', ""), "Crate", "has 0 labels", False),
    "two labels": (CRATE + ':Crate rdfs:label "box"@en .', "Crate", "has 2 labels", False),
    "no definition": (CRATE.replace("skos:definition", "rdfs:comment"), "Crate", "has 0 definitions", False),
    "the label again": (
        CRATE.replace("Something that holds bottles.", "Crate."),
        "Crate",
        "is defined by its own label",
        False,
    ),
    "no source": (CRATE.replace("dcterms:source", "rdfs:seeAlso"), "Crate", "names no source", False),
    "no type": (CRATE.replace("a owl:Class ; ", ""), "Crate", "has no type", True),
    "two sorts": (CRATE + ":Crate a owl:AnnotationProperty .", "Crate", "is of two sorts", True),
    "a small class": (CRATE.replace(":Crate", ":crate"), "crate", "is not named as its sort is", False),
    "two domains": (
        f":holds a owl:DatatypeProperty ; {SAID} ; rdfs:range xsd:string ; rdfs:domain :A, :B .",
        "holds",
        "has several domains or ranges, and all would hold at once",
        True,
    ),
    "no range": (f":holds a owl:DatatypeProperty ; {SAID} .", "holds", "has no range", False),
    "a datatype that stops reasoners": (
        f":holds a owl:DatatypeProperty ; {SAID} ; rdfs:range xsd:duration .",
        "holds",
        "uses duration, at which reasoners stop",
        True,
    ),
    "a circle": (
        CRATE
        + f":Box a owl:Class ; {SAID.replace('crate', 'box')} ; rdfs:subClassOf :Crate . :Crate rdfs:subClassOf :Box .",
        "Crate",
        "stands above itself",
        True,
    ),
    "one label for two": (
        CRATE + f":Box a owl:Class ; {SAID} .",
        "Crate",
        "is another class called 'crate'",
        False,
    ),
    "deprecated without a successor": (
        CRATE + ":Crate owl:deprecated true .",
        "Crate",
        "is deprecated and names no successor",
        False,
    ),
}


def found(turtle: str, folder: Path) -> list[tuple[str, str, bool]]:
    file = folder / "words.ttl"
    file.write_text(HEAD + turtle, encoding="utf-8")
    pitfalls = lint([file], namespace="https://example.org/words#")
    return [(p.term.rpartition("#")[2], p.message, p.critical) for p in pitfalls]


def test_the_shipped_vocabulary_has_no_pitfalls() -> None:
    assert lint() == ()


def test_a_word_that_is_well_made_is_no_pitfall(tmp_path: Path) -> None:
    assert found(CRATE, tmp_path) == []


@pytest.mark.parametrize("wrong", PITFALLS)
def test_a_pitfall_is_seen_and_weighed(wrong: str, tmp_path: Path) -> None:
    turtle, term, message, critical = PITFALLS[wrong]

    assert (term, message, critical) in found(turtle, tmp_path)


def test_what_is_critical_comes_first(tmp_path: Path) -> None:
    both = found(CRATE.replace("a owl:Class ; ", "").replace("dcterms:source", "rdfs:seeAlso"), tmp_path)

    assert [critical for *_, critical in both] == sorted((critical for *_, critical in both), reverse=True)
    assert len(both) == 3
