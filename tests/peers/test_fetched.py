"""The service graph of a map in an engine elsewhere is made anew from the sources that changed, and is the same."""

from __future__ import annotations

import pytest

from graph.maps import load_into
from graph.projection import project
from graph.projection.cache import fetched
from graph.store.engine import Engine
from graph.store.interface import DERIVED, source_graph
from graph.store.remote import CHANGE, RemoteStore
from ontology import terms as t


class Plain(RemoteStore):
    """Asks the engine for every column."""

    def column(self, predicate):
        return self.tsv(f"SELECT ?s ?o {{ ?s <{predicate}> ?o }}")

    def subjects(self, predicate):
        return self.tsv(f"SELECT ?s {{ ?s <{predicate}> ?o }}")

    def instances(self, cls):
        return self.tsv(f"SELECT ?s {{ ?s a <{cls}> }}")


@pytest.fixture
def asked(monkeypatch):
    """The graphs that the engine was asked about, question by question."""
    said = []
    once = Engine.once

    def noted(self, query, graphs=(), **more):
        said.append(set(graphs))
        return once(self, query, graphs, **more)

    monkeypatch.setattr(Engine, "once", noted)
    return said


@pytest.fixture
def place(oxigraph, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    address = oxigraph()
    folder = tmp_path / "shop"
    folder.mkdir()
    for name in ("a", "b", "c"):
        (folder / f"{name}.yaml").write_text(
            f"elements:\n  - {{id: {name}, kind: server}}\n  - {{id: s{name}, kind: service, depends_on: [{name}]}}\n"
        )
    load_into(f"{address}/query", [folder])
    yield f"{address}/query", folder
    oxigraph.stop(address)


def same(one, other):
    assert list(one.iris) == list(other.iris)
    assert list(one.labels) == list(other.labels)
    for name in ("dependent", "provider", "kind", "claim"):
        assert getattr(one.edges, name).tolist() == getattr(other.edges, name).tolist(), name


def test_only_what_changed_is_fetched_again_and_the_graph_is_the_same(place, asked):
    address, folder = place
    (folder / "b.yaml").write_text("elements:\n  - {id: b, kind: server, name: New}\n  - {id: x, kind: server}\n")
    load_into(address, [folder])
    store = RemoteStore(address)
    changed = Plain(address)
    store.beside("projection").unlink()  # the load has made it; here it is made once more
    asked.clear()
    same(fetched(store), project(changed))
    mine = [graphs for graphs in asked if len(graphs) < len(store.graphs)]
    assert not mine, "everything was kept by the load"

    (folder / "c.yaml").write_text("elements:\n  - {id: c, kind: database}\n  - {id: sc, kind: service}\n")
    kept = store.parts
    with pytest.MonkeyPatch.context() as patch:  # somebody else loads, so that nothing is kept here by that
        patch.setenv("XDG_CACHE_HOME", str(folder / "elsewhere"))
        load_into(address, [folder])
    store = RemoteStore(address)
    new = {graph for graph, part in store.parts.items() if part not in kept.values()}
    asked.clear()
    made = fetched(store)
    assert {graph for graphs in asked for graph in graphs} == new
    assert source_graph("shop/c.yaml") in new
    assert not {source_graph("shop/a.yaml"), source_graph("shop/b.yaml")} & new
    same(made, project(Plain(address)))
    asked.clear()
    same(fetched(RemoteStore(address)), made)
    assert not asked, "the projection is opened where it lies"


def test_what_a_broken_load_may_have_changed_is_never_taken_from_what_is_kept(place, asked):
    address, _ = place
    store = RemoteStore(address)
    store._note(CHANGE, {"sources": b'["shop/a.yaml"]'})
    store.renew()
    assert store.parts[source_graph("shop/a.yaml")] == ""
    store.beside("projection").unlink()
    asked.clear()
    fetched(store)
    assert {graph for graphs in asked for graph in graphs} == {DERIVED, source_graph("shop/a.yaml")}


def test_a_column_is_asked_for_once_whoever_asks_and_says_what_the_engine_says(place, asked):
    address, _ = place
    columns = [t.OWNED_BY, t.DEPENDENT, t.RDFS_LABEL, t.DCTERMS_IDENTIFIER, t.MONTHLY_COST]
    store = RemoteStore(address)
    for each in columns:
        told = set(Plain(address).pairs(each))
        assert set(store.pairs(each)) == told, each
        assert bool(told) == (each in columns[1:4])
    asked.clear()
    for each in columns:
        assert [*RemoteStore(address).pairs(each)] == [*store.pairs(each)]
    assert not asked


def test_what_an_engine_writes_in_lines_is_what_it_writes_in_json(place, monkeypatch):
    store = RemoteStore(place[0])
    everything = "SELECT ?s ?p ?o ?none { ?s ?p ?o }"
    lines = set(store.rows(everything)), sorted(store.tsv(everything).splitlines())
    monkeypatch.setattr(Engine, "_writes_lines", False)
    assert (set(store.rows(everything)), sorted(store.tsv(everything).splitlines())) == lines
    assert len(lines[0]) > 5_000


def test_where_nothing_can_be_kept_all_is_fetched(place, monkeypatch, tmp_path):
    address, _ = place
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    store = RemoteStore(address)
    same(fetched(store), project(Plain(address)))
