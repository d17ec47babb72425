"""No query hurts: it is refused in one line, cut, or answered; the next one is answered, and the map is as it was."""

from __future__ import annotations

import re

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.store import Limits
from graph.store.isolation import ask
from graph.store.workers import Workers
from tests.examples import some
from tests.graph.written import SHOP, write
from tests.hostile.queries import LIMITS, QUERIES

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
COUNT = "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }"


@pytest.fixture(scope="module", params=["memory", "disk"])
def asked(request, tmp_path_factory):
    """A store, and workers that ask it."""
    folder = tmp_path_factory.mktemp("asked")
    file = write(folder, SHOP)
    store = load_into(folder / "store", [file]).store if request.param == "disk" else open_map([file]).store
    with Workers(store, size=1, waiting=60) as workers:
        yield store, workers


def told(asking, query):
    """What is said: the words of an error, those of a cut, or "" for an answer."""
    try:
        table = asking(query, LIMITS)
    except InputError as error:
        (problem,) = error.problems
        said = str(problem)
        assert said.isprintable()
        assert len(said) < 600
        return said
    assert len(table.rows) <= LIMITS.rows
    return f"cut: {table.truncated}" if table.truncated else ""


@pytest.mark.parametrize("name", some(sorted(QUERIES), 5))
def test_a_hostile_query_does_no_harm(asked, name):
    store, workers = asked
    query, says = QUERIES[name]
    before = workers.ask(COUNT).rows
    said = told(workers.ask, query)
    assert re.search(says, said) if says else said == "", said
    assert workers.ask(COUNT).rows == before
    assert workers.ask("SELECT ?n { ?x a sm:Database ; rdfs:label ?n }").rows[0][0].text == "db"
    assert store.sources


@pytest.mark.parametrize(
    "name", ["a count of a cross product", "a text that doubles", "10,000 braces", "everything, sorted", "LOAD"]
)
def test_alone_it_is_told_the_same(asked, name):
    store, _ = asked
    query, says = QUERIES[name]
    assert re.search(says, told(lambda text, limits: ask(store, text, limits), query))
    assert ask(store, "ASK { ?x a sm:Database }").rows[0][0].text == "true"


def test_there_are_enough_of_them():
    assert len(QUERIES) >= 30
    assert Limits() == Limits(seconds=10, memory=1_000_000_000, rows=10_000, size=20_000_000)
