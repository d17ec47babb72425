"""The store keeps a source whole or not at all, in memory and on disk."""

import multiprocessing
import os
import signal
import time

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.sources import read_sources
from graph.store.embedded import DiskStore, MemoryStore
from tests.graph.written import SHOP, write


def facts(store):
    p = "http://www.w3.org/2000/01/rdf-schema#label"
    return sorted(pair for pair in store.pairs(p) if "/id/" in pair[0])


def test_disk_and_memory_say_the_same(tmp_path):
    file = write(tmp_path, SHOP)
    memory, disk = open_map([file]), load_into(tmp_path / "store", [file])
    assert facts(memory.store) == facts(disk.store)
    assert memory.store.revision == disk.store.revision
    (source,) = disk.store.sources
    assert memory.store.lines(source.id) == disk.store.lines(source.id)
    assert memory.projection.ids == disk.projection.ids


def test_loading_twice_changes_nothing(tmp_path):
    file = write(tmp_path, SHOP)
    first = load_into(tmp_path / "store", [file])
    again = load_into(tmp_path / "store", [file])
    assert (first.store.revision, facts(first.store)) == (again.store.revision, facts(again.store))


def test_a_changed_file_replaces_what_it_said_before(tmp_path):
    file = write(tmp_path, SHOP)
    before = load_into(tmp_path / "store", [file])
    file.write_text("elements:\n  - {id: new, kind: service}\n")
    after = load_into(tmp_path / "store", [file])
    assert after.projection.ids == ["shop/new"]
    assert before.store.revision != after.store.revision


def test_a_second_file_may_point_at_what_is_stored(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    more = write(tmp_path, "elements:\n  - {id: more, kind: service, depends_on: [web]}\n", "more.yaml")
    assert load_into(tmp_path / "store", [more]).projection.dependencies == 5


def test_a_wrong_file_leaves_the_store_as_it_was(tmp_path):
    file = write(tmp_path, SHOP)
    before = facts(load_into(tmp_path / "store", [file]).store)
    broken = write(tmp_path, "elements:\n  - {id: x, kind: nonsense}\n", "broken.yaml")
    with pytest.raises(InputError):
        load_into(tmp_path / "store", [file, broken])
    assert facts(DiskStore(tmp_path / "store")) == before


def test_a_reader_keeps_its_revision_while_another_one_writes(tmp_path):
    file = write(tmp_path, SHOP)
    reader = load_into(tmp_path / "store", [file]).store
    before = facts(reader)
    file.write_text("elements:\n  - {id: new, kind: service}\n")
    load_into(tmp_path / "store", [file])
    assert facts(reader) == before


def test_only_one_process_may_change_a_store(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    holder = DiskStore(tmp_path / "store", writable=True)
    with pytest.raises(InputError, match="is being changed by another process; try again when that is done"):
        DiskStore(tmp_path / "store", writable=True)
    assert facts(DiskStore(tmp_path / "store"))
    holder.close()
    DiskStore(tmp_path / "store", writable=True).close()


def test_a_store_opened_for_reading_refuses_to_change(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    with pytest.raises(InputError, match="opened for reading only"):
        DiskStore(tmp_path / "store").replace([])


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: (s / "format").write_text("servicemap store 99\n"), "has the format 'servicemap store 99'"),
        (lambda s: (s / "CURRENT").write_text("000777"), "is damaged"),
        (lambda s: (s / "format").unlink(), "is no servicemap store"),
    ],
)
def test_a_damaged_store_is_one_clear_line(tmp_path, spoil, message):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    spoil(tmp_path / "store")
    with pytest.raises(InputError, match=message):
        DiskStore(tmp_path / "store")


def test_a_folder_with_other_things_is_never_made_a_store(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="exists and is no servicemap store"):
        load_into(tmp_path / "mine", [write(tmp_path, SHOP)])
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def _load_again_and_again(folder, files):
    while True:
        for file in files:
            load_into(folder, [file])


def test_kill_9_leaves_one_whole_state_or_the_other(tmp_path):
    one = write(tmp_path, SHOP)
    other = tmp_path / "other" / "shop" / "map.yaml"
    other.parent.mkdir(parents=True)
    other.write_text("elements:\n  - {id: new, kind: service}\n")
    whole = {tuple(facts(open_map([file]).store)) for file in (one, other)}
    load_into(tmp_path / "store", [one])
    start = multiprocessing.get_context("spawn")
    for pause in (0.05, 0.12, 0.2, 0.33):
        process = start.Process(target=_load_again_and_again, args=(tmp_path / "store", [one, other]))
        process.start()
        time.sleep(1.2 + pause)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert tuple(facts(DiskStore(tmp_path / "store"))) in whole
    load_into(tmp_path / "store", [one])
    generations = [p.name for p in (tmp_path / "store").iterdir() if p.name.isdigit()]
    assert len(generations) <= 2


def test_each_source_is_a_named_graph_with_provenance(tmp_path):
    map_ = open_map([write(tmp_path, SHOP)])
    query = """PREFIX sm: <https://w3id.org/servicemap#>
        SELECT ?path ?importer { ?g a sm:Source ; sm:path ?path ; sm:importedBy ?importer
          FILTER EXISTS { GRAPH ?g { ?shop a sm:BusinessService } } }"""
    ((path, importer),) = map_.store.select(query).rows
    assert path.text.endswith("map.yaml")
    assert importer.text == "map"


def test_removing_a_source_removes_what_follows_from_it(tmp_path):
    store = MemoryStore()
    store.replace(read_sources([write(tmp_path, SHOP)]))
    assert facts(store)
    store.replace([], remove=[source.id for source in store.sources])
    assert facts(store) == []
    assert not list(store.pairs("https://w3id.org/servicemap#dependsOn"))
