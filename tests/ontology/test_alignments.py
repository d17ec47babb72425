"""Do our words meet those of other vocabularies, and do those words exist?"""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from ontology import terms as t
from ontology.vocabulary import HOME, vocabulary

KNOWN = Path(__file__).with_name("external-terms.txt")
MATCHES = {t.SKOS + "closeMatch", t.SKOS + "exactMatch"}
LEAST_PERCENT = 60


def matches() -> list[tuple[str, str, str]]:
    parsed = ox.parse(path=str(HOME / "alignments.ttl"), format=ox.RdfFormat.TURTLE)
    return [(quad.subject.value, quad.predicate.value, quad.object.value) for quad in parsed]


def test_an_alignment_is_a_match_from_a_word_of_ours_to_a_known_word_of_others() -> None:
    known = set(KNOWN.read_text(encoding="utf-8").split())
    own = vocabulary().classes

    assert [row for row in matches() if row[0] not in own or row[1] not in MATCHES or row[2] not in known] == []


def test_most_classes_have_a_match_or_stand_below_a_class_of_others() -> None:
    aligned = {subject for subject, _, _ in matches()}
    words = vocabulary()
    lists = {code.scheme for code in words.codes.values()}
    classes = [cls for cls in words.classes.values() if cls.iri not in lists]

    found = [cls for cls in classes if cls.iri in aligned or any(not above.startswith(t.SM) for above in cls.ancestors)]

    assert len(found) * 100 >= LEAST_PERCENT * len(classes)


def test_the_list_of_known_words_holds_nothing_that_is_not_used() -> None:
    used = {other for _, _, other in matches()}

    assert sorted(set(KNOWN.read_text(encoding="utf-8").split()) - used) == []
