"""Columns that lie ready say what the engine says, are found by whoever asks first, and whatever is spoilt is no column."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from graph.maps import load_into
from graph.store.child import Task, _At
from graph.store.embedded import DiskStore
from graph.store.packed import pack, packed
from graph.store.prepared import Terms, read_column, read_prepared, write_prepared
from graph.store.reading import Opened
from graph.store.sums import Sums, weighed
from ontology import terms as t
from tests.graph.written import write

COSTS = """
    currency: EUR
    elements:
      - {id: shop, kind: business service, monthly_cost: {amount: 100.5, currency: EUR}}
      - {id: app, kind: application, monthly_cost: {amount: 20, currency: EUR}}
      - {id: db, kind: database, monthly_cost: {amount: 7, currency: SEK}}
"""
SUM = (
    f"SELECT ?k (SUM(?a) AS ?s) {{ ?x <{t.MONTHLY_COST}> ?m . ?m <{t.AMOUNT}> ?a ; <{t.CURRENCY}> ?k }}"
    " GROUP BY ?k ORDER BY ?k"
)


@pytest.fixture
def store(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, COSTS.replace("    currency: EUR\n", ""))])
    return DiskStore(tmp_path / "store")


def asked(triples, query):
    return triples.query(query, use_default_graph_as_union=True).serialize(format=ox.QueryResultsFormat.TSV)


def test_a_sum_that_is_asked_for_the_first_time_comes_from_columns_that_lie_ready(store):
    assert pack(store.newest)
    folder = packed(store.newest)
    triples = ox.Store.read_only(str(folder))
    written = Sums(triples, folder.with_name("sums")).rewritten(SUM, seconds=1)
    assert written != SUM
    assert asked(triples, written) == asked(triples, SUM)
    assert asked(triples, written).count(b"\n") == 3
    assert Sums(triples).rewritten(SUM, seconds=1) == SUM


def test_a_child_finds_them_beside_what_it_has_open(store):
    pack(store.newest)
    folder = packed(store.newest)
    at = _At(ox.Store.read_only(str(folder)), folder, lambda _: str)
    rewrite = at.rewriting(Task("it", text=SUM))
    assert rewrite is not None
    assert rewrite(SUM) != SUM
    assert not at.spent()


def test_more_columns_can_be_read_beside_them(store):
    pack(store.newest)
    folder = packed(store.newest)
    triples = ox.Store.read_only(str(folder))
    sums = Sums(triples, folder.with_name("sums"))
    query = f"SELECT ?n (SUM(?a) AS ?s) {{ ?x <{t.RDFS_LABEL}> ?n ; <{t.MONTHLY_COST}> ?m . ?m <{t.AMOUNT}> ?a }} GROUP BY ?n"
    assert sums.rewritten(query, seconds=60) == query
    sums.answered()
    assert sums.rewritten(query, seconds=60) != query
    assert sorted(asked(triples, sums.rewritten(query, seconds=60)).split()) == sorted(asked(triples, query).split())


def test_columns_are_read_as_they_were_written(store, tmp_path):
    triples = ox.Store.read_only(str(store.newest))
    write_prepared(triples, tmp_path / "sums", weighed)
    ready = read_prepared(tmp_path / "sums")
    assert ready is not None
    for (verb, thing), column in ready.columns.items():
        terms = Terms()
        fresh, _ = read_column(triples, (verb, thing), terms, 1_000)
        for named, other in ((column.subjects, fresh.subjects), (column.values, fresh.values)):
            assert [ready.terms[n] for n in named.tolist()] == [terms[n] for n in other.tolist()]
        for back in (False, True):
            rebuilt = type(column)(column.subjects, column.values)
            assert [part.tolist() for part in column.of(back)] == [part.tolist() for part in rebuilt.of(back)]
    assert [weighed(term) for term in ready.terms] == list(
        zip(ready.numbers.tolist(), ready.kinds.tolist(), strict=True)
    )
    amounts = {ready.terms[n] for n in ready.columns[t.AMOUNT, ""].values.tolist()}
    assert amounts == {b"100.5", b"20", b"7"} or {weighed(term)[0] for term in amounts} == {
        100_500_000,
        20_000_000,
        7_000_000,
    }


@pytest.mark.parametrize("name", ["index.json", "terms", "ends.npy", "0-values.npy"])
def test_what_is_spoilt_or_not_there_is_no_column(store, tmp_path, name):
    assert read_prepared(tmp_path / "sums") is None
    triples = ox.Store.read_only(str(store.newest))
    write_prepared(triples, tmp_path / "sums", weighed)
    (tmp_path / "sums" / name).write_bytes(b"")
    assert read_prepared(tmp_path / "sums") is None
    assert Sums(triples, tmp_path / "sums").rewritten(SUM, seconds=1) == SUM


def test_a_column_with_too_many_rows_is_none(store):
    triples = ox.Store.read_only(str(store.newest))
    assert read_column(triples, (t.AMOUNT, ""), Terms(), 2)[0] is None
    assert len(read_column(triples, (t.AMOUNT, ""), Terms(), 3)[0].values) == 3


def test_who_reads_whole_columns_gets_those_that_lie_ready(store):
    generation = store.newest.parent
    triples, columns = ox.Store.read_only(str(generation / "triples")), (t.MONTHLY_COST, t.AMOUNT, t.OWNED_BY)
    asked = [sorted(Opened(triples, None).column(each).splitlines()) for each in columns]
    pack(store.newest)
    told = Opened(ox.Store(), generation)  # an engine that could not say it
    assert [sorted(told.column(each).splitlines()) for each in columns] == asked
    assert told.column(t.DEPENDS_ON) == b"?s\t?o\n"
