"""Do our words meet those of other vocabularies, and do those words exist?"""

from __future__ import annotations

from pathlib import Path

from ontology import terms as t
from ontology.alignments import matches, read_as
from ontology.vocabulary import vocabulary

KNOWN = Path(__file__).with_name("external-terms.txt")
MATCHES = {t.SKOS + how for how in ("closeMatch", "exactMatch", "narrowMatch", "broadMatch")}
LEAST_PERCENT = 60


def test_an_alignment_is_a_match_from_a_word_of_ours_to_a_known_word_of_others() -> None:
    known = set(KNOWN.read_text(encoding="utf-8").split())
    words = vocabulary()
    own = {*words.classes, *(use.iri for cls in words.classes.values() for use in cls.properties.values())}
    own |= {kind.shortcut for kind in words.kinds.values()} | {t.DEPENDS_ON}

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


def test_a_word_of_noria_can_be_read_as_one_class_of_ours_only() -> None:
    """Else what is read would depend on the order of the file."""
    classes = vocabulary().classes
    several = {
        other: own
        for other, own in read_as().items()
        if other.startswith("https://w3id.org/noria/") and len([iri for iri in own if iri in classes]) > 1
    }

    assert several == {}


def test_a_broader_word_is_never_read_as_a_narrower_one_of_ours() -> None:
    broader = [(match.own, match.other) for match in matches() if match.how.endswith("broadMatch")]

    assert broader
    assert [row for row in broader if row[0] in read_as().get(row[1], ())] == []
