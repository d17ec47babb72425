"""What was answered is at hand until the store says something else, and takes no more room than it may."""

from __future__ import annotations

import pytest

from app.sparql.kept import Asked, Kept, Told


def asked(text):
    return Asked(text, "http://localhost/sparql", "*/*", squeezed=False)


def told(body):
    return Told((("Content-Type", "text/csv"),), body, 1)


def test_another_revision_another_notation_or_another_base_is_another_question():
    kept = Kept()
    kept.keep("first", asked("ASK {}"), told(b"yes"))
    assert kept.told("first", asked("ASK {}")).body == b"yes"
    for other in (asked("ASK { }"), asked("ASK {}")._replace(accept="text/csv"), asked("ASK {}")._replace(base="x")):
        assert kept.told("first", other) is None
    assert kept.told("second", asked("ASK {}")) is None
    kept.keep("second", asked("ASK { }"), told(b"no"))
    assert kept.told("first", asked("ASK {}")) is None


def test_what_was_not_asked_for_longest_makes_room():
    kept = Kept(most=8_000)
    for name in "abc":
        kept.keep("r", asked(name), told(b"x" * 500))
    assert kept.told("r", asked("a")) is not None
    kept.keep("r", asked("d"), told(b"x" * 500))
    assert [name for name in "abcd" if kept.told("r", asked(name))] == ["a", "c", "d"]
    kept.keep("r", asked("e"), told(b"x" * 200_000))
    assert kept.told("r", asked("e")) is None


@pytest.mark.parametrize("text", ["SELECT (NOW() AS ?n) {}", "SELECT (uuid() AS ?n) {}", "SELECT (Rand() AS ?n) {}"])
def test_what_differs_each_time_is_not_kept(text):
    kept = Kept()
    kept.keep("r", asked(text), told(b"x"))
    assert kept.told("r", asked(text)) is None


def test_without_a_revision_nothing_is_kept():
    kept = Kept()
    kept.keep("", asked("ASK {}"), told(b"yes"))
    assert kept.told("", asked("ASK {}")) is None
