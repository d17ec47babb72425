"""Is every constant of ``terms.py`` a term of the ``.ttl`` files, named after it? A term that no code names needs none."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest

from ontology import terms

CONSTANTS = {name: value for name, value in vars(terms).items() if name.isupper()}
OWN = {name: value for name, value in CONSTANTS.items() if value.startswith(terms.SM) and value != terms.SM}


def upper_snake(local: str) -> str:
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", local).replace("-", "_").upper()


@pytest.fixture(scope="module")
def declared(words: list[ox.Triple]) -> set[str]:
    subjects = {triple.subject.value for triple in words if isinstance(triple.subject, ox.NamedNode)}
    return {iri for iri in subjects if iri.startswith(terms.SM)}


def test_every_constant_is_a_term_of_the_ontology(declared: set[str]) -> None:
    assert sorted(set(OWN.values()) - declared) == []


def test_no_two_constants_mean_the_same() -> None:
    assert len(set(CONSTANTS.values())) == len(CONSTANTS)


def test_constants_are_named_after_their_terms() -> None:
    assert {name: iri for name, iri in OWN.items() if name != upper_snake(iri.removeprefix(terms.SM))} == {}
    assert len(OWN) > 900
