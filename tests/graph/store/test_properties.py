"""The table of usual properties says what the engine says, in its order; what is spoilt, or not in it, is asked."""

from __future__ import annotations

import json
import shutil

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.maps import load_into
from graph.ntriples import RDF_TYPE
from graph.store.embedded import DiskStore
from graph.store.interface import Limits
from graph.store.lookups import looked_up
from graph.store.packed import pack
from graph.store.properties import INDEX, SECTIONS, read_properties
from graph.store.tabulated import write_properties
from graph.store.workers import Workers
from graph.store.written import Wanted
from ontology import terms as t
from tests.graph.written import SHOP, write

NOTATIONS = Wanted({"select": "json", "ask": "json"})
THINGS = [ox.NamedNode(f"http://x/{name}") for name in ("a", "b", "\u00e9", "a/long/name/of/a/thing")]
VERBS = [ox.NamedNode(verb) for verb in (t.RDFS_LABEL, t.OWNED_BY, RDF_TYPE, "http://x/other")]
TEXTS = ["", "A", 'a "b"', "a\tb\nc\r", "back\\slash\\n", "\u00e9\U0001f600", "\x00\x7f", "1", "<x:a>"]
XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS = [("01", "integer"), ("1.50", "decimal"), ("1e3", "double"), ("NaN", "double"), ("true", "boolean")]
DATES = [("2026-11-27", "date"), ("2026-11-27T01:00:00Z", "dateTime"), ("no date", "date"), ("P1D", "duration")]
VALUES = [
    *THINGS,
    *map(ox.Literal, TEXTS),
    *[ox.Literal(text, language="en-GB") for text in TEXTS],
    *[ox.Literal(text, datatype=ox.NamedNode(XSD + kind)) for text, kind in NUMBERS + DATES],
    ox.Literal("a", datatype=ox.NamedNode("x:kind")),
    ox.BlankNode("b"),
    ox.Triple(THINGS[0], VERBS[0], ox.Literal("said")),
]
statements = st.tuples(
    st.sampled_from([*THINGS, ox.BlankNode("b")]),
    st.sampled_from(VERBS),
    st.sampled_from(VALUES),
    st.sampled_from([ox.DefaultGraph(), ox.NamedNode("http://g/1"), ox.NamedNode("http://g/2")]),
)


def by_engine(store, subject, verb):
    return [quad.object for quad in store.quads_for_pattern(subject, verb, None, None)]


def rows(found):
    return sorted(json.dumps(row, sort_keys=True) for row in json.loads(found.body)["results"]["bindings"])


@settings(max_examples=60)
@given(said=st.lists(statements, max_size=30))
def test_it_says_what_the_engine_says(tmp_path_factory, said):
    store, folder = ox.Store(), tmp_path_factory.mktemp("table") / "properties"
    store.extend(ox.Quad(*each) for each in said)
    write_properties(store, folder)
    table = read_properties(folder)
    for subject in THINGS:
        for verb in VERBS:
            found, expected = table.of(subject, verb, 200), by_engine(store, subject, verb)
            labelled = by_engine(store, subject, VERBS[0]) or by_engine(store, subject, VERBS[1])
            alone = not any(isinstance(each, ox.Triple | ox.BlankNode) for each in expected)
            if alone and labelled and verb != VERBS[-1]:
                assert found == expected
            else:
                assert found is None
        one, two, three = (verb.value for verb in VERBS[:3])
        for text in (
            f"SELECT ?n ?c {{ <{subject.value}> <{one}> ?n ; <{three}> ?c }}",
            f"SELECT ?o ?n {{ <{subject.value}> <{two}> ?o . ?o <{one}> ?n }}",
            f"ASK {{ <{subject.value}> <{two}> <{THINGS[0].value}> }}",
            f"SELECT ?n {{ <{subject.value}> <{two}> ?n , ?n ; <{one}> ?n }}",
        ):
            ours, plain = (looked_up(store, text, NOTATIONS, Limits(), each) for each in (table, None))
            assert (ours is None) == (plain is None)
            assert ours is None or (ours.form == "ask" and ours.body == plain.body) or rows(ours) == rows(plain)


def test_no_more_is_read_than_may_be_found(tmp_path):
    store = ox.Store()
    store.extend(ox.Quad(THINGS[0], VERBS[0], ox.Literal(f"name {n}")) for n in range(500))
    write_properties(store, tmp_path / "properties")
    table, text = read_properties(tmp_path / "properties"), f"{{ <http://x/a> <{t.RDFS_LABEL}> ?n }}"
    assert len(table.of(THINGS[0], VERBS[0], 200)) == 201
    assert looked_up(store, f"SELECT ?n {text}", NOTATIONS, Limits(), table) is None


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("loaded")
    load_into(home / "store", [write(home, SHOP)])
    assert pack(DiskStore(home / "store").newest)
    return home / "store"


def test_what_is_looked_up_comes_from_the_table_of_the_revision(loaded, monkeypatch):
    store, read = DiskStore(loaded), []
    things = {row[0].text for row in store.select(f"SELECT ?x {{ ?x <{t.DCTERMS_IDENTIFIER}> ?i }}").rows}
    monkeypatch.setattr("graph.store.lookups._statements", lambda *said: read.append(said) or ())
    with Workers(store, size=1) as workers:
        newest = workers._newest()
        workers._at_hand = newest[0], None, None
        workers._open_here(*newest)
        for thing in sorted(things):
            text = f"SELECT ?n ?c {{ <{thing}> rdfs:label ?n ; a ?c }}"
            found = workers.look_up(text, NOTATIONS, key=workers.key())
            plain = store.select(text.replace("rdfs:label", f"<{t.RDFS_LABEL}>"))
            assert found.rows == len(plain.rows) > 0
    assert things
    assert not read


def test_a_copy_that_an_older_version_packed_gets_a_table(loaded, tmp_path):
    shutil.copytree(loaded, tmp_path / "store")
    newest = DiskStore(tmp_path / "store").newest
    shutil.rmtree(newest.parent / "properties")
    assert pack(newest)
    assert read_properties(newest.parent / "properties") is not None


@pytest.mark.parametrize(("name", "said"), [(INDEX, "{}"), (INDEX, ""), (SECTIONS, ""), (SECTIONS, "cut"), ("", "")])
def test_what_is_spoilt_is_no_table(loaded, tmp_path, name, said):
    folder = shutil.copytree(DiskStore(loaded).newest.parent / "properties", tmp_path / "properties")
    (folder / name).write_text(said) if name else shutil.rmtree(folder)
    assert read_properties(folder) is None


def test_a_damaged_table_says_nothing(loaded, tmp_path):
    folder = shutil.copytree(DiskStore(loaded).newest.parent / "properties", tmp_path / "properties")
    found = DiskStore(loaded).select(f"SELECT ?x {{ ?x <{t.DCTERMS_IDENTIFIER}> ?i }}").rows
    things = [ox.NamedNode(row[0].text) for row in found]
    size = (folder / SECTIONS).stat().st_size
    (folder / SECTIONS).write_bytes(b"\xff" * size)
    table = read_properties(folder)
    assert {str(table.of(thing, verb, 200)) for thing in things for verb in VERBS} == {"None"}
