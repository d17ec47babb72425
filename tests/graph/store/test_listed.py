"""A query that holds its answer is answered as the engine answers it; all others are left to it."""

import pyoxigraph as ox
import pytest

from graph.store.listed import listed

LISTS = [
    "SELECT ?x { VALUES ?x { <http://x/a> <http://x/b> <http://x/a> } }",
    "SELECT DISTINCT ?x { VALUES ?x { <http://x/b> <http://x/a> <http://x/b> } }",
    "PREFIX x: <http://x/#> PREFIX : <x:>\nselect ?x_1 where { values (?x_1) { (<http://x/\u00e4>) ( <x:b> ) } }  # 0",
    "SELECT ?x { VALUES (?x) { } }",
    "SELECT ?x { VALUES ?x { <http://x/%41?a=b#c> } } # <http://x/d>",
]
OTHERS = [
    "SELECT ?x { VALUES ?x { <a> } }",
    "SELECT ?x { VALUES ?x { <http://x/a/../b> } }",
    "SELECT ?x { VALUES ?x { <http://x/a> } } LIMIT 1",
    "SELECT ?y { VALUES ?x { <http://x/a> } }",
    "SELECT ?x ?y { VALUES (?x ?y) { (<http://x/a> <http://x/b>) } }",
    "SELECT ?x { VALUES ?x { <http://x/a> 'b' } }",
    "SELECT ?x { VALUES ?x { <http://x/a> } ?x ?p ?o }",
    "SELECT ?x { VALUES ?x { <http://x/a> } } VALUES ?x { <http://x/b> }",
    "ASK { VALUES ?x { <http://x/a> } }",
    "SELECT ?x { VALUES ?x { <http://x/%zz> } }",
    "PREFIX x: <http://x/%zz> SELECT ?x { VALUES ?x { <http://x/a> } }",
    "SELECT ?x { VALUES ?x { <http://x/a> # } }",
]


@pytest.mark.parametrize("text", LISTS)
def test_a_list_is_told_as_the_engine_tells_it(text):
    said, expected = listed(text), ox.Store().query(text)
    assert [name.value for name in said.variables] == [name.value for name in expected.variables]
    assert list(said) == [tuple(row) for row in expected]


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_more_than_a_list_is_left(text):
    assert listed(text) is None
