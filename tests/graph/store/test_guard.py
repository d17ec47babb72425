"""What is too large, too deep, changes the map or reaches outside is refused before a parser sees it, in linear time."""

import contextlib
import time

import pytest

from graph.model import InputError
from graph.store.guard import check_query, graphs_asked, without_allowed


def test_words_inside_texts_addresses_and_comments_are_no_commands():
    check_query('SELECT * { ?service ?load "SERVICE { INSERT }" } # SERVICE <http://x>')
    check_query("SELECT * { ?s <http://x/service> 'it''s {{{{{{' }")
    check_query("PREFIX service: <http://x/> SELECT * { ?s service:load ?o }")


@pytest.mark.parametrize(
    "text",
    [
        "a",
        '\\"',
        ":",
        "<",
        "'''",
        '"""',
        "'",
        '"',
        "'''a",
        "'\n",
        "a:",
        "a.",
        ".",
        "\\",
        "?",
        "@",
        "#",
        "#\r",
        "<a",
        "1:-",
        "-",
        "a:\\",
        "''''",
        "x ",
        "é",
        "service:",
        "<(",
        "\\u0061",
    ],
)
def test_the_check_is_linear(text):
    started = time.process_time()
    with contextlib.suppress(InputError):
        check_query(text * (190_000 // len(text.encode())))
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("query", "graphs"),
    [
        ("SELECT * { ?s ?p ?o }", None),
        ("SELECT ?from { ?from ?p 'FROM <http://x/>' } # FROM <http://x/>", None),
        ("PREFIX from: <http://x/> SELECT * { ?s from:p ?o }", None),
        ("PREFIX a: <http://x/> SELECT * { ?s a:x.from <http://x/o> }", None),
        ("PREFIX a: <http://x/> DESCRIBE a:x.from <http://x/o>", None),
        ("SELECT * FROM <http://x/a> { ?s ?p ?o }", ("http://x/a",)),
        ("SELECT * from#\n<http://x/a>FROM NAMED<http://x/b>{ ?s ?p ?o }", ("http://x/a", "http://x/b")),
        ("PREFIX a: <http://x/> SELECT * FROM a:b { ?s ?p ?o }", ("http://x/b",)),
        ("PREFIX named: <http://x/> ASK FROM named:b { ?s ?p ?o }", ("http://x/b",)),
        ("SELECT * FROM unknown:b { ?s ?p ?o }", ()),
        ("BASE <http://x/> SELECT * FROM <b> { ?s ?p ?o }", ()),
        ("CONSTRUCT { ?s ?p ?o } FROM <http://x/a> WHERE { ?s ?p ?o }", ("http://x/a",)),
    ],
)
def test_the_graphs_that_a_query_names_are_known(query, graphs):
    assert graphs_asked(query) == graphs


ALLOWED = {"http://good/sparql"}


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://good/sparql> { ?s ?p ?o } }",
        "SELECT * { service  silent\n<http://good/sparql>{ ?s ?p ?o } }",
        "SELECT * { SERV\\u0049CE <http://good/\\u0073parql> { ?s ?p ?o } }",
    ],
)
def test_a_server_that_is_allowed_may_be_called(query):
    check_query(query, services=ALLOWED)
    with pytest.raises(InputError, match=r"calls another server \(SERVICE\); take that part out"):
        check_query(query)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://good/sparql/> { ?s ?p ?o } }",
        "SELECT * { SERVICE <HTTP://good/sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://good/sparql?x> { ?s ?p ?o } }",
        "SELECT * { SERVICE ?where { ?s ?p ?o } VALUES ?where { <http://good/sparql> } }",
        "PREFIX good: <http://good/> SELECT * { SERVICE good:sparql { ?s ?p ?o } }",
        "BASE <http://good/> SELECT * { SERVICE <sparql> { ?s ?p ?o } }",
        "SELECT * { SERVICE <http://good/sparql> { SERVICE <http://bad/> { ?s ?p ?o } } }",
        "SELECT * { SERVICE # <http://good/sparql>\n<http://bad/> { ?s ?p ?o } }",
    ],
)
def test_a_server_that_is_not_allowed_is_refused_beside_one_that_is(query):
    with pytest.raises(InputError, match=r"write one that is allowed, in full: <http://good/sparql>$"):
        check_query(query, services=ALLOWED)


def test_without_a_list_no_server_is_taken_out():
    assert without_allowed("SERVICE <http://good/sparql>", ()) == "SERVICE <http://good/sparql>"
