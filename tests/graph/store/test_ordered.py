"""Rows that are put in order beside the engine stand as the engine puts them; what it has to order is left to it."""

from collections import Counter

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store import ordered
from graph.store.ordered import in_order, order_of

THINGS = [ox.NamedNode(f"http://x/{name}") for name in ("a", "B", "ä", "\U0001f600", "ab", "\ufb01")]
TEXTS = [ox.Literal(text) for text in ("", "a", "B", "ä", "\U0001f600", "\ufb01")]
P, Q = ox.NamedNode("http://x/p"), ox.NamedNode("http://x/q")


def stored(statements):
    store = ox.Store()
    store.extend(ox.Quad(*statement) for statement in statements)
    return store


statements = st.lists(
    st.tuples(st.sampled_from(THINGS), st.sampled_from([P, Q]), st.sampled_from(THINGS + TEXTS)), max_size=30
)
by = st.lists(st.sampled_from(["?x", "?y", "$z", "ASC(?x)", "desc (?y)", "DESC( ?z )"]), min_size=1, max_size=3)
bounds = st.none() | st.integers(0, 8)
PATTERNS = ("?x <http://x/p> ?y OPTIONAL { ?y <http://x/q> ?z }", "{ ?x ?p ?y } UNION { ?z <http://x/q> ?x }")


@given(statements, by, st.sampled_from(PATTERNS), st.booleans(), bounds, bounds, st.integers(0, 6), st.integers(1, 4))
def test_rows_stand_as_the_engine_puts_them(quads, by, pattern, distinct, limit, offset, most, batch):
    store, whole = stored(quads), f"SELECT {'DISTINCT ' * distinct}?x ?y ?z WHERE {{ {pattern} }}"
    bounded = f" LIMIT {limit}" * (limit is not None) + f" OFFSET {offset}" * (offset is not None)
    text = f"{whole} ORDER BY {' '.join(by)}{bounded}"
    order = order_of(text)
    assert order is not None
    assert order.text == whole
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(ordered, "_BATCH", batch)
        found = in_order(store.query(order.text), order, most)
    expected = [tuple(row) for row in store.query(text)][: most + 1]
    told, every = list(found), Counter(tuple(row) for row in store.query(whole))

    def keys(rows):
        return [[row["xyz".index(name)] for name, _ in order.by] for row in rows]

    assert keys(told) == keys(expected)
    assert not Counter(told) - every


@pytest.mark.parametrize(
    "values",
    [[ox.Literal(2), ox.Literal(10)], [ox.Literal("a", language="de"), TEXTS[1]], [THINGS[0], ox.Literal(True)]],
)
def test_numbers_and_the_like_are_left_to_the_engine(values):
    store = stored((THINGS[0], P, value) for value in values)
    order = order_of("SELECT ?y { ?x ?p ?y } ORDER BY ?y")
    assert in_order(store.query(order.text), order, 10) is None


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x { ?x ?p ?y }",
        "SELECT ?x { ?x ?p ?y } LIMIT 3",
        "SELECT ?x { ?x ?p ?y } ORDER BY ?y",
        "SELECT ?x { ?x ?p ?y } ORDER BY STRLEN(?x)",
        "SELECT ?x { ?x ?p ?y } ORDER BY ?x VALUES ?y { 1 }",
        "SELECT ?x { ?x ?p ?y } GROUP BY ?x ORDER BY ?x",
        "SELECT ?x { { SELECT ?x (COUNT(*) AS ?n) { ?x ?p ?y } } } ORDER BY ?x",
        "SELECT REDUCED ?x { ?x ?p ?y } ORDER BY ?x",
        "SELECT (?y AS ?x) { ?z ?p ?y } ORDER BY ?x",
        "SELECT ?x FROM <http://x/g> { ?x ?p ?y } ORDER BY ?x",
        "SELECT ?x { ?x ?p ?y } # } ORDER BY ?x",
        "SELECT ?x { ?x ?p ?y } ORDER BY ?x # }",
        "SELECT ?x { { ?x ?p ?y } ORDER BY ?x",
        "CONSTRUCT { ?x ?p ?y } WHERE { ?x ?p ?y } ORDER BY ?x",
        "ASK { ?x ?p ?y } ORDER BY ?x",
    ],
)
def test_another_order_is_left_to_the_engine(text):
    assert order_of(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "PREFIX x: <http://x/#> BASE <http://x/> SELECT * { ?x ?p ?y } ORDER BY ?x # all of them",
        "select distinct ?x ?y\nwhere\n{ ?x ?p ?y FILTER(?y != '}') }\norder by desc(?y) ?x limit 3 offset 1",
    ],
)
def test_an_order_of_columns_is_read(text):
    assert order_of(text) is not None
