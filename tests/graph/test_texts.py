"""Texts in one run of bytes behave as the list they were made of, alone and in columns."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.texts import Names, Table, Texts, first_of_each, joined

LONG = st.builds(
    lambda head, n, tail: head + "x" * n + tail, st.text(max_size=3), st.integers(490, 530), st.text(max_size=3)
)
TEXTS = st.lists(st.one_of(st.text(st.characters(codec="utf-8"), max_size=20), LONG), max_size=30)


@given(TEXTS)
def test_texts_are_the_list_they_were_made_of(texts):
    held = Texts.of(texts)
    assert held == texts
    assert list(held) == [held[n] for n in range(len(held))] == texts
    assert held[1:3] == texts[1:3]
    assert held.stretches().texts() == texts


@given(TEXTS, st.text(st.characters(codec="utf-8")))
def test_a_search_in_sorted_texts_finds_what_is_there_and_nothing_else(texts, other):
    ordered = sorted(set(texts), key=str.encode)
    held = Texts.of(ordered)
    assert [held.place(text) for text in ordered] == list(range(len(ordered)))
    assert (held.place(other) >= 0) == (other in ordered)


@given(TEXTS, TEXTS)
def test_a_table_finds_the_last_row_of_each_text(known, wanted):
    rows = {text: row for row, text in enumerate(known)}
    found = Table(Texts.of(known).stretches()).find(Texts.of(wanted).stretches())
    assert found.tolist() == [rows.get(text, -1) for text in wanted]


@given(TEXTS)
def test_each_text_is_told_once(texts):
    column = joined([Texts.of(texts[:2]).stretches(), Texts.of(texts[2:]).stretches()])
    first, number = first_of_each(column)
    different = column.take(first).texts()
    assert sorted(different) == sorted(set(texts))
    assert [different[n] for n in number.tolist()] == texts


@given(TEXTS)
def test_names_lead_to_all_that_bear_them(texts):
    names = Names.of(Texts.of(texts))
    for text in texts:
        assert [n for n in names.candidates(text) if texts[n] == text] == [n for n, t in enumerate(texts) if t == text]


def test_texts_that_differ_only_far_behind_are_told_apart():
    one, two = "x" * 2000 + "a", "x" * 2000 + "b"
    assert Table(Texts.of([one]).stretches()).find(Texts.of([two, one]).stretches()).tolist() == [-1, 0]


def test_a_place_beyond_the_end_is_an_error_as_in_a_list():
    with pytest.raises(IndexError):
        Texts.of(["a"])[1]
    assert Texts.of(["a", "b"])[-1] == "b"
