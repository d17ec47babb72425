"""What is asked of the store is little: what no statement is about is not asked, and one question is asked once."""

from __future__ import annotations

from collections.abc import Iterator

from graph.shapes.sieve import Sieve, parts_of, sieves
from tests.graph.shapes.alike import Bare, shapes_of


def asked(folder, turtle: str, *, classes=("https://example.org/C",), used=True) -> list[Sieve]:
    def below(cls: str) -> Iterator[str]:
        yield from (each for each in classes if each == cls)

    return list(sieves(parts_of(shapes_of(folder, turtle)[1]), below=below, is_used=lambda _: used))


def test_a_shape_of_a_class_without_instances_asks_nothing(tmp_path) -> None:
    assert asked(tmp_path, ":s sh:targetClass :D ; sh:property [ sh:path :p ; sh:minCount 1 ] .") == []


def test_a_property_that_nothing_has_is_only_missed(tmp_path) -> None:
    shape = ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ; sh:class :D ; sh:nodeKind sh:IRI ] ."

    (missing,) = asked(tmp_path, shape, used=False)

    assert "MINUS { ?focus <https://example.org/p> ?value . }" in missing.query
    assert len(asked(tmp_path, shape)) == 4


def test_properties_that_want_one_class_are_asked_for_together(tmp_path) -> None:
    wants = (
        ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :D ] ; sh:property [ sh:path :q ; sh:class :D ] ."
    )

    (together,) = asked(tmp_path, wants)

    assert {path.rpartition("/")[2]: len(parts) for path, parts in together.parts.items()} == {"p": 1, "q": 1}


def test_two_shapes_that_ask_the_same_ask_once(tmp_path) -> None:
    wants = "sh:property [ sh:path :p ; sh:maxCount 1 ] ."

    (once,) = asked(tmp_path, f":s sh:targetClass :C ; {wants} :t sh:targetSubjectsOf :q ; {wants}")

    assert len(once.parts[""]) == 2


def test_what_is_switched_off_asks_nothing(tmp_path) -> None:
    off = ":s sh:targetClass :C ; sh:deactivated true ; sh:class :D . :t sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:deactivated true ] ."

    assert asked(tmp_path, off) == []


def test_two_counts_tell_that_nothing_is_missing_or_doubled(tmp_path) -> None:
    once = ":s sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:maxCount 1 ] ."
    right, wrong = Bare(":a a :C ; :p 1 ."), Bare(":a a :C . :b a :C ; :p 1, 2 .")

    def numbers(data: Bare) -> list[bool]:
        return [
            len({value.text for query in each.unless for (value,) in data.rows(query)}) == 1
            for each in asked(tmp_path, once)
        ]

    assert numbers(right) == [True, True]
    assert numbers(wrong) == [False, False]


def test_links_are_sieved_by_what_they_must_have(tmp_path) -> None:
    """One of two properties must be there: who has one is not looked at."""
    (either,) = asked(
        tmp_path, ":s sh:targetClass :C ; sh:or ( [ sh:path :p ; sh:minCount 1 ] [ sh:path :q ; sh:minCount 1 ] ) ."
    )
    data = Bare(":a a :C ; :p 1 . :b a :C ; :q 1 . :c a :C .")

    assert [focus.text for (focus,) in data.rows(either.query)] == ["https://example.org/c"]
