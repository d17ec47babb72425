"""Old words of a query are found by what they mean, not by how they look, and only they change."""

from __future__ import annotations

import pytest

from graph.library import questions
from graph.renamed import in_todays_words, old_words
from graph.store.guard import PREFIXES
from ontology import terms as t
from ontology.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("query", "now"),
    [
        ("ASK { ?a sm:requiresProcess/sm:partOf+ ?b }", "ASK { ?a sm:doneInProcess/sm:partOf+ ?b }"),
        ("ASK { ?a a sm:SeparationRule }", "ASK { ?a a sm:SeparationOfDuties }"),
        (
            "PREFIX x: <https://w3id.org/servicemap#> ASK { FILTER(?a IN (x:placement-private)) }",
            "PREFIX x: <https://w3id.org/servicemap#> ASK { FILTER(?a IN (x:placement-private-cloud)) }",
        ),
        (
            "PREFIX x: <https://w3id.org/servicemap#placement-> ASK { ?a ?b x:private }",
            "PREFIX x: <https://w3id.org/servicemap#placement-> ASK { ?a ?b x:private-cloud }",
        ),
        (
            "PREFIX x: <https://w3id.org/servicemap#requires> ASK { ?a x:Process ?b }",
            "PREFIX x: <https://w3id.org/servicemap#requires> ASK { ?a <https://w3id.org/servicemap#doneInProcess> ?b }",
        ),
        (f"ASK {{ ?a <{t.REPLACES_CERTIFICATE}> ?b }}", f"ASK {{ ?a <{t.CERTIFICATE_FOR}> ?b }}"),
    ],
)
def test_a_word_is_old_however_it_is_written(query: str, now: str) -> None:
    assert in_todays_words(query, PREFIXES) == now
    assert old_words(now, PREFIXES) == ()


@pytest.mark.parametrize(
    "query",
    [
        "ASK { ?a sm:placedOn sm:placement-private-cloud }",
        "ASK { ?a rdfs:label 'sm:requiresProcess' } # sm:requiresProcess",
        "PREFIX sm: <urn:other:> ASK { ?a sm:requiresProcess ?b }",
        "SELECT ?new { sm:requiresProcess dcterms:isReplacedBy ?new }",
        "ASK { ?old owl:deprecated true FILTER(?old = sm:SeparationRule) }",
    ],
)
def test_other_words_texts_comments_and_queries_about_words_stay(query: str) -> None:
    assert old_words(query, PREFIXES) == ()
    assert in_todays_words(query, PREFIXES) == query


def test_every_renamed_word_is_known_and_no_shipped_question_names_one() -> None:
    for iri, word in vocabulary().renamed.items():
        assert in_todays_words(f"ASK {{ ?a ?b <{iri}> }}", PREFIXES) == f"ASK {{ ?a ?b <{word.instead}> }}"
    assert [name for name, asked in questions().items() if old_words(asked.text + asked.fast, PREFIXES)] == []
