"""N-Triples: what is written is read as it was, and what is no statement is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.ntriples import XSD, Statement, Term, Writer, statements

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(TEXT, st.sampled_from(["", XSD + "date"]))
def test_a_text_is_read_as_it_was_written(text, datatype):
    writer = Writer()
    writer.text("https://x/é", "https://x/p", text, datatype)
    (found,) = statements(writer.result())
    assert found == Statement("https://x/é", "https://x/p", Term(text, datatype=datatype))
    assert f"{found}\n".encode() == writer.result()


def test_many_statements_come_back_in_the_order_in_which_they_were_said():
    writer = Writer()
    for number in range(60_000):
        writer.text(f"https://x/{number}", "https://x/p", "a")
    assert [said.subject for said in statements(writer.result())] == [f"https://x/{n}" for n in range(60_000)]
    assert writer.result() == writer.result()


def test_languages_types_and_escapes_of_others_are_read():
    lines = rb"""
<https://x/a> <https://x/p> "\u00e9\U0001F600\'"@en-GB .
<https://x/a> <https://x/p> "1"^^<http://www.w3.org/2001/XMLSchema#string> .
<https://x/a> <https://x/p> <https://x/b> .
"""
    assert [statement.value for statement in statements(lines)] == [
        Term("é😀'", language="en-GB"),
        Term("1"),
        Term("https://x/b", is_iri=True),
    ]


@pytest.mark.parametrize("line", ["<a> <b> .", "_:b <https://x/p> <https://x/b> .", '<a> <b> "c', "<a> <b> <c> . #"])
def test_other_lines_are_refused(line):
    with pytest.raises(ValueError, match="not a statement"):
        list(statements(line.encode()))
