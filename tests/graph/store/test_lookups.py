"""A query that is looked up is answered as the engine answers it; what is of another form, or needs more, is left."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store.interface import Limits
from graph.store.lookups import looked_up
from graph.store.written import Wanted

NOTATIONS = {"select": "json", "ask": "json"}
THINGS = [f"http://x/{name}" for name in "abcd"]
VERBS = [f"http://x/{name}" for name in "pq"]
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def asked(store, text, limits=None, **notations):
    return looked_up(store, text, Wanted(notations or NOTATIONS), limits or Limits())


def rows(found):
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(found)["results"]["bindings"])


def by_engine(store, text):
    answer = store.query(text, use_default_graph_as_union=True)
    return answer.serialize(format=ox.QueryResultsFormat.JSON)


def stored(quads):
    store = ox.Store()
    for subject, verb, value, graph in quads:
        thing = ox.NamedNode(value) if value.startswith("http") else ox.Literal(value)
        store.add(ox.Quad(ox.NamedNode(subject), ox.NamedNode(verb), thing, ox.NamedNode(f"http://g/{graph}")))
    return store


things, verbs = st.sampled_from(THINGS), st.sampled_from([*VERBS, RDF_TYPE])
values = st.sampled_from([*THINGS, "one", "two"])
quads = st.lists(st.tuples(things, verbs, values, st.integers(0, 1)), max_size=25)
variables = st.sampled_from(["?x", "?y", "?z", "$x"])
named = things.map("<{}>".format)
patterns = st.lists(
    st.tuples(named | variables, verbs.map("<{}>".format) | variables | st.just("a"), named | variables),
    min_size=1,
    max_size=4,
)


@given(quads, patterns, st.booleans())
def test_it_finds_what_the_engine_finds(quads, patterns, distinct):
    store, body = stored(quads), " . ".join(" ".join(pattern) for pattern in patterns)
    names = sorted({word[1:] for pattern in patterns for word in pattern if word[0] in "?$"})
    if names:
        text = f"SELECT {'DISTINCT ' * distinct}{' '.join('?' + name for name in names)} {{ {body} }}"
        found = asked(store, text)
        assert found is None or rows(found.body) == rows(by_engine(store, text))
        assert found is None or found.rows == len(rows(found.body))
    said = asked(store, f"ASK {{ {body} }}")
    assert said is None or json.loads(said.body) == json.loads(by_engine(store, f"ASK {{ {body} }}"))


MAP = stored(
    [
        ("http://x/a", RDF_TYPE, "http://x/Service", 0),
        ("http://x/a", "http://x/name", "A", 0),
        ("http://x/a", "http://x/name", "A", 1),
        ("http://x/a", "http://x/needs", "http://x/b", 0),
        ("http://x/b", "http://x/name", "B", 0),
    ]
)
LOOKED_UP = {
    "a star": "PREFIX x: <http://x/> SELECT ?c ?n { <http://x/a> a ?c ; x:name ?n }",
    "two steps": "PREFIX x: <http://x/>\nselect ?n where { x:a x:needs ?b . ?b x:name ?n . }",
    "backwards": "PREFIX x: <http://x/> SELECT ?n { ?x x:needs x:b . ?x x:name ?n }",
    "several values": "PREFIX x: <http://x/> ASK { x:a x:name ?n , ?m }",
    "each once": "PREFIX x: <http://x/> SELECT DISTINCT ?n { x:a x:name ?n }",
    "any verb": "SELECT ?p ?o { <http://x/a> ?p ?o }",
    "a limit that is not reached": "SELECT ?p { <http://x/b> ?p ?o } LIMIT 5",
    "a comment at the end": "SELECT ?p { <http://x/b> ?p ?o } # of b",
    "names in a comment": "SELECT ?p { <http://x/b> ?p ?o }\n# <http://x/a> #\n\t# <http://x/a> <",
    "nothing": "SELECT ?p { <http://x/none> ?p ?o }",
    "a value as a subject": "SELECT ?o { <http://x/b> <http://x/name> ?n . ?n ?p ?o }",
}
LEFT = {
    "no beginning": "SELECT ?s { ?s ?p ?o }",
    "a filter": "SELECT ?o { <http://x/a> ?p ?o FILTER(?o > 1) }",
    "a part that may lack": "SELECT ?o { <http://x/a> ?p ?o OPTIONAL { ?o ?q ?r } }",
    "a path": "SELECT ?o { <http://x/a> <http://x/p>+ ?o }",
    "a graph": "SELECT ?o { GRAPH <http://g/1> { <http://x/a> ?p ?o } }",
    "a dataset": "SELECT ?o FROM <http://g/1> { <http://x/a> ?p ?o }",
    "another server": "SELECT ?o { SERVICE <http://x/a> { <http://x/a> ?p ?o } }",
    "an order": "SELECT ?o { <http://x/a> ?p ?o } ORDER BY ?o",
    "a sum": "SELECT (COUNT(*) AS ?n) { <http://x/a> ?p ?o }",
    "all columns": "SELECT * { <http://x/a> ?p ?o }",
    "a text": "SELECT ?p { <http://x/a> ?p 'A' }",
    "no thing with a name": "SELECT ?p { _:a ?p <http://x/b> }",
    "an empty name": "SELECT ?o { <> <http://x/name> ?o } # <http://x/a> <http://x/name>",
    "an empty name in a comment": "SELECT ?o { <http://x/a> <http://x/name> ?o } # <>",
    "words after a comment": "SELECT ?o { <http://x/a> ?p ?o } # all\n LIMIT 1",
    "a comment between": "SELECT ?o # <http://x/a>\n { <http://x/a> ?p ?o }",
    "a relative name": "SELECT ?p { <a> ?p ?o }",
    "a prefix that nobody knows": "SELECT ?p { y:a ?p ?o }",
    "a column that nothing fills": "SELECT ?z { <http://x/a> ?p ?o }",
    "the same column twice": "SELECT ?p ?p { <http://x/a> ?p ?o }",
    "a variable twice in a pattern": "SELECT ?o { <http://x/a> ?o ?o }",
    "a limit that cuts": "SELECT ?p { <http://x/a> ?p ?o } LIMIT 1",
    "a yes with a limit": "ASK { <http://x/a> ?p ?o } LIMIT 0",
    "a name with a dot": "PREFIX x: <http://x/> SELECT ?o { x:a.b ?p ?o }",
    "a name in other letters": "PREFIX x: <http://x/> SELECT ?o { x:\u00e9 ?p ?o }",
    "an escape": "PREFIX x: <http://x/> SELECT ?o { x:a\\-b ?p ?o }",
    "a change": "INSERT DATA { <http://x/a> a <http://x/b> }",
    "a part of a query": "SELECT ?o { <http://x/a> ?p",
    "what is long": "SELECT ?o { <http://x/a> ?p ?o } #" + "x" * 9_000,
    "many patterns": "SELECT ?o { " + "<http://x/a> ?p ?o . " * 20 + "}",
}


@pytest.mark.parametrize("name", LOOKED_UP)
def test_what_names_things_is_looked_up(name):
    found = asked(MAP, LOOKED_UP[name])
    assert found is not None
    answer = json.loads(by_engine(MAP, LOOKED_UP[name]))
    if found.form == "ask":
        assert json.loads(found.body)["boolean"] == answer["boolean"]
    else:
        assert rows(found.body) == rows(by_engine(MAP, LOOKED_UP[name]))
        assert json.loads(found.body)["head"] == answer["head"]


@pytest.mark.parametrize("name", LEFT)
def test_all_else_is_left(name):
    assert asked(MAP, LEFT[name]) is None


def test_the_prefixes_of_the_map_need_not_be_written():
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("https://w3id.org/servicemap#a"), ox.NamedNode("x:p"), ox.Literal("o")))
    assert asked(store, "SELECT ?o { sm:a ?p ?o }").rows == 1


def test_the_same_form_about_other_things_is_another_question():
    text = "PREFIX x: <http://x/{}> SELECT ?n {{ <http://x/{}> x:ame ?n }}"
    assert [asked(MAP, text.format(*said)).rows for said in (("n", "a"), ("m", "a"), ("n", "b"), ("n", "c"))] == [
        2,
        0,
        1,
        0,
    ]


def test_many_statements_are_left():
    few, many = (stored([("http://x/a", "http://x/p", f"value {n}", 0) for n in range(size)]) for size in (90, 101))
    assert asked(few, "SELECT ?o { <http://x/a> ?p ?o }").rows == 90
    assert asked(many, "SELECT ?o { <http://x/a> ?p ?o }") is None
    assert asked(few, "SELECT ?o ?q { <http://x/a> ?p ?o , ?q }") is None
    assert asked(few, "ASK { <http://x/a> ?p ?o . <http://x/a> ?q ?r . <http://x/a> ?s ?t }") is None


def test_nothing_is_read_beyond_the_limit():
    read = []

    class Counting:
        def quads_for_pattern(self, *_):
            for number in range(10_000):
                read.append(number)
                yield ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:p"), ox.Literal(str(number)))

    assert asked(Counting(), "SELECT ?o { <http://x/a> ?p ?o }") is None
    assert len(read) <= 201


def test_limits_and_notations_hold():
    text = "SELECT ?p ?o { <http://x/a> ?p ?o }"
    assert asked(MAP, text, Limits(rows=3)) is None
    assert asked(MAP, text, Limits(size=20)) is None
    assert asked(MAP, text, turtle="turtle") is None
    assert asked(MAP, text, select="csv").body.startswith(b"p,o\r\n")
    assert looked_up(MAP, text, Wanted(NOTATIONS, default=("http://g/1",)), Limits()) is None
