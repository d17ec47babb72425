"""A packed copy says what the triples say, workers read it as soon as it is there, and it goes with its generation."""

import fcntl
import shutil
import time

import pyoxigraph as ox
import pytest

from graph.maps import load_into
from graph.store.embedded import DiskStore, MemoryStore
from graph.store.packed import Packing, pack, packed, packing
from graph.store.workers import Workers
from tests.graph.written import SHOP, write

LABELS = "SELECT ?x ?n { ?x rdfs:label ?n } ORDER BY ?x ?n"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    home = tmp_path_factory.mktemp("loaded")
    load_into(home / "store", [write(home, SHOP)])
    return home / "store"


@pytest.fixture
def store(loaded, tmp_path):
    shutil.copytree(loaded, tmp_path / "store")
    return DiskStore(tmp_path / "store")


def quads(folder):
    return sorted(map(str, ox.Store.read_only(str(folder))))


def names(store):
    return {entry.name for entry in store.newest.parent.iterdir()}


def test_the_copy_says_what_the_triples_say(store):
    assert packed(store.newest) == store.newest
    assert pack(store.newest)
    copy = packed(store.newest)
    assert copy.name == "packed"
    assert quads(copy) == quads(store.newest)


def test_a_worker_reads_the_copy_from_the_next_query_on(store):
    with Workers(store, size=1) as workers:
        before = workers.ask(LABELS)
        (worker,) = workers._all
        assert "/packed " not in worker.key
        pack(store.newest)
        assert workers.ask(LABELS) == before
        assert str(packed(store.newest)) in worker.key
        assert workers.ask("ASK { ?x fast:users ?n }").rows[0][0].text == "true"


def test_the_copy_goes_with_its_generation(store, tmp_path):
    pack(store.newest)
    copy = packed(store.newest)
    for number in range(2):
        load_into(store.folder, [write(tmp_path, f"elements:\n  - {{id: more{number}, kind: service}}\n", "more.yaml")])
    assert not copy.exists()
    assert packed(store.newest) == store.newest


def test_what_an_earlier_one_left_unfinished_is_made_anew(store):
    draft = store.newest.with_name("packed.new")
    draft.mkdir()
    (draft / "000001.sst").write_bytes(b"half")
    assert packed(store.newest) == store.newest
    assert pack(store.newest)
    assert quads(packed(store.newest)) == quads(store.newest)
    assert not draft.exists()


def test_one_process_packs_at_a_time(store):
    with (store.newest.parent / "packed.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert not pack(store.newest)
    assert "packed" not in names(store)


def test_what_cannot_be_packed_is_read_as_it_is(store):
    spoilt = min(store.newest.glob("MANIFEST-*"))
    spoilt.write_bytes(b"")
    assert not pack(store.newest)
    assert names(store).isdisjoint({"packed", "packed.new"})


def test_a_server_packs_what_stays_and_is_large_enough(store):
    large = Packing(lambda: store.newest, quiet=0, least=1)
    try:
        until = time.monotonic() + 60
        while "costs" not in names(store) and time.monotonic() < until:
            time.sleep(0.05)
    finally:
        large.close()
    assert quads(packed(store.newest)) == quads(store.newest)
    assert {"costs", "packed", "projection"} < names(store)


@pytest.mark.parametrize("how", [{"quiet": 3600, "least": 1}, {"quiet": 0, "least": 10**9}])
def test_a_server_leaves_alone_what_is_new_or_small(store, how):
    looked = []

    def newest():
        looked.append(1)
        return store.newest

    watching = Packing(newest, **how)
    while not looked:
        time.sleep(0.01)
    watching.close()
    assert "packed.lock" not in names(store)


def test_a_map_in_memory_is_not_packed():
    with packing(MemoryStore()) as nothing:
        assert nothing is None
