"""Costs that lie beside a store are those that it says, and are read by whoever holds the same elements alone."""

import pytest

from bench.generator import generate, write_triples
from graph.costs import kept_costs
from graph.fast import service_graph
from graph.maps import load_into
from graph.store.embedded import DiskStore
from graph.store.packed import opened


@pytest.fixture(scope="module")
def triples(tmp_path_factory):
    home = tmp_path_factory.mktemp("costs")
    with (home / "map.nt").open("wb") as out:
        write_triples(generate(1_000), out)
    load_into(home / "store", [home / "map.nt"])
    return DiskStore(home / "store").newest


class Silent:
    """A store that says no column."""

    def column(self, predicate):
        raise AssertionError(predicate)


def told(graph):
    return [list(graph.cost_of(element)) for element in range(len(graph.projection))]


def test_costs_are_read_from_the_file(triples):
    graph = service_graph(opened(triples))
    expected = told(graph)
    assert any(expected)
    graph.keep_costs()
    again = service_graph(opened(triples))
    again.store = Silent()
    assert told(again) == expected


def test_costs_of_others_and_spoilt_ones_are_not_read(triples):
    graph = service_graph(opened(triples))
    graph.keep_costs()
    file = triples.parent / "costs"
    assert kept_costs(file, "other elements") is None
    assert kept_costs(file.with_name("none"), graph._elements) is None
    whole = file.read_bytes()
    for spoilt in (b"", whole[: len(whole) // 2], b"costs"):
        file.write_bytes(spoilt)
        assert kept_costs(file, graph._elements) is None
    assert told(service_graph(opened(triples))) == told(graph)
