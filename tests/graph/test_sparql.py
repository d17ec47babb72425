"""The words of a query are read as the engine reads them, and a value stays a value."""

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.library import questions
from graph.model import InputError
from graph.sparql import iri, prefixes, quoted, tokens


def texts(query):
    return [token.text for token in tokens(query)]


@pytest.mark.parametrize("name", questions())
def test_nothing_of_a_question_is_lost_between_its_words(name):
    text = questions()[name].text
    plain = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert "".join(texts(text)) == "".join(plain.split()) or '"' in text


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?a<?b", ["?a", "<", "?b"]),
        ("<http://a/#b>?c", ["<http://a/#b>", "?c"]),
        ("'a # b' # c\n'd'", ["'a # b'", "'d'"]),
        ('"""a "quoted" b""" \'\'\'c\'\'\'', ['"""a "quoted" b"""', "'''c'''"]),
        ('"a\\"b"@en-GB^^xsd:x', ['"a\\"b"', "@en-GB", "^^", "xsd:x"]),
        ("a:b.c.?x", ["a:b.c", ".", "?x"]),
        ("a:b.} _:c.", ["a:b", ".", "}", "_:c", "."]),
        ("sm:dependsOn+/rdfs:label?", ["sm:dependsOn", "+", "/", "rdfs:label", "?"]),
        ("1.5e-3-2 .5", ["1.5e-3", "-", "2", ".5"]),
        (":a a:\\,b", [":a", "a:\\,b"]),
        ("SELECT*{?s ?p ?o}", ["SELECT", "*", "{", "?s", "?p", "?o", "}"]),
    ],
)
def test_words_end_where_the_grammar_ends_them(query, words):
    assert texts(query) == words


def test_what_is_no_word_is_told_with_its_line():
    with pytest.raises(InputError, match="'\"open }' in line 2 is no word"):
        tokens('SELECT * {\n"open }')


def test_a_name_is_known_by_the_prefix_that_is_declared():
    said = tokens("PREFIX x: <http://x/> BASE <http://b/> SELECT * { x:a\\-b y:c 'd' }")
    assert prefixes(said) == {"x": "http://x/"}
    assert [iri(each, prefixes(said)) for each in said[-4:-1]] == ["http://x/a-b", "", ""]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_one_token_and_reads_back_as_it_was(text):
    term = quoted(text)
    assert [token.kind for token in tokens(term)] == ["text"]
    (row,) = ox.Store().query(f"SELECT ?x {{ VALUES ?x {{ {term} }} }}")
    assert row["x"].value == text
