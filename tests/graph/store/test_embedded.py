"""The store keeps a source whole or not at all, in memory and on disk."""

import errno
import multiprocessing
import os
import shutil
import signal
import time
from pathlib import Path

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.sources import read_sources
from graph.store import embedded, folder
from graph.store.embedded import DiskStore, MemoryStore
from tests.examples import some
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
        (lambda s: (s / "CURRENT").write_text(""), "is damaged"),
        (lambda s: (s / "CURRENT").write_text("../../etc"), "is damaged"),
        (lambda s: (s / "CURRENT").write_bytes(b"\xff\xfe"), "is damaged"),
        (lambda s: (s / "format").write_bytes(b"\xff\xfe"), "is damaged"),
        (lambda s: (s / "000001" / "loaded.json").write_text("[]"), "is damaged"),
        (lambda s: (s / "000001" / "history.jsonl").write_text("[]"), "is damaged"),
        (lambda s: (s / "000001" / "history.jsonl").unlink(), "is damaged"),
        (
            lambda s: (s / "000001" / "loaded.json").write_text(
                '{"held": [1], "words": "", "ruled": [], "revision": ""}'
            ),
            "is damaged",
        ),
        (lambda s: [file.unlink() for file in (s / "000001" / "triples").glob("*.sst")], "is damaged"),
        (lambda s: [os.truncate(file, 100) for file in (s / "000001" / "triples").glob("*.sst")], "is damaged"),
    ],
)
def test_a_damaged_store_is_one_clear_line_for_readers_and_writers(tmp_path, spoil, message):
    file = write(tmp_path, SHOP)
    load_into(tmp_path / "store", [file])
    spoil(tmp_path / "store")
    with pytest.raises(InputError, match=message):
        DiskStore(tmp_path / "store")
    with pytest.raises(InputError, match=message):
        load_into(tmp_path / "store", [file])
    assert (tmp_path / "store" / "000001").is_dir()


def test_a_store_without_its_format_is_never_made_anew(tmp_path):
    file = write(tmp_path, SHOP)
    load_into(tmp_path / "store", [file])
    (tmp_path / "store" / "format").unlink()
    with pytest.raises(InputError, match="is no servicemap store"):
        DiskStore(tmp_path / "store")
    with pytest.raises(InputError, match="exists and is no servicemap store"):
        load_into(tmp_path / "store", [file])


def test_what_the_engine_finds_spoilt_while_it_answers_is_damage(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    for table in (tmp_path / "store" / "000001" / "triples").glob("*.sst"):
        os.truncate(table, min(100, table.stat().st_size))  # all of them: the engine may put some together meanwhile
    with pytest.raises(InputError, match="is damaged"):
        DiskStore(tmp_path / "store").select("SELECT ?a ?b ?c { ?a ?b ?c }")


@pytest.mark.parametrize("text", ["", "[[", "[]", '{"a": "b"}', "[" * 100_000])
def test_broken_lines_are_damage(tmp_path, text):
    store = load_into(tmp_path / "store", [write(tmp_path, SHOP)]).store
    (file,) = (tmp_path / "store" / "lines").iterdir()
    file.write_text(text)
    with pytest.raises(InputError, match="is damaged"):
        store.lines("shop/map.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize("name", ["CURRENT", "format", "lines"])
def test_what_may_not_be_read_is_damage(tmp_path, name):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    (tmp_path / "store" / name).chmod(0)
    with pytest.raises(InputError, match="is damaged"):
        DiskStore(tmp_path / "store").lines("shop/map.yaml")
    (tmp_path / "store" / name).chmod(0o700)


def test_missing_lines_come_back_and_old_ones_go(tmp_path):
    file = write(tmp_path, SHOP)
    load_into(tmp_path / "store", [file])
    shutil.rmtree(tmp_path / "store" / "lines")
    for number in range(4):
        file.write_text(f"elements:\n  - {{id: new-{number}, kind: service}}\n")
        assert load_into(tmp_path / "store", [file]).store.lines("shop/map.yaml")
    assert len(list((tmp_path / "store" / "lines").iterdir())) == 2  # those of the generation before may be read still


@pytest.mark.parametrize("name", ["x" * 300, "\udcff", "file/store"])
def test_a_name_that_cannot_be_a_store_is_one_clear_line(tmp_path, name):
    (tmp_path / "file").write_text("")
    file = write(tmp_path, SHOP)
    for opening in (DiskStore, lambda folder: load_into(folder, [file])):
        with pytest.raises(InputError, match="store"):
            opening(tmp_path / name)


@pytest.mark.parametrize("step", range(8))
def test_a_full_disk_in_the_first_load_leaves_what_the_next_one_makes_anew(tmp_path, monkeypatch, step):
    file, write_, left = write(tmp_path, SHOP), folder.write_whole, iter(range(100))

    def full(target, text):
        if next(left) == step:
            target.with_name(target.name + ".new").write_bytes(text[:3].encode() if isinstance(text, str) else text[:3])
            raise OSError(errno.ENOSPC, "No space left on device")
        write_(target, text)

    with monkeypatch.context() as patch:
        patch.setattr(embedded, "write_whole", full)
        patch.setattr(folder, "write_whole", full)
        with pytest.raises(InputError, match="No space left on device"):
            load_into(tmp_path / "store", [file])
    assert len(facts(load_into(tmp_path / "store", [file]).store)) == 6


@pytest.mark.parametrize(
    "others",
    [
        {"letter.txt": "dear"},
        {"lock": "mine"},
        {"lock": "", "000000/photo.jpg": "me"},
        {"lock": "", "lines/a.json": "{}"},
        {"000000/loaded.json": ""},
    ],
)
def test_only_what_is_surely_an_unfinished_store_is_made_anew(tmp_path, others):
    for name, text in others.items():
        (tmp_path / "mine" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "mine" / name).write_text(text)
    with pytest.raises(InputError, match="exists and is no servicemap store"):
        load_into(tmp_path / "mine", [write(tmp_path, SHOP)])
    assert {
        str(p.relative_to(tmp_path / "mine")): p.read_text() for p in (tmp_path / "mine").rglob("*") if p.is_file()
    } == others


def _load_once(folder, file, ready, go):
    ready.release()
    go.wait()
    load_into(folder, [file])


def test_kill_9_in_a_first_load_leaves_nothing_in_the_way(tmp_path):
    file, start = write(tmp_path, SHOP), multiprocessing.get_context("spawn")
    ready, go = start.Semaphore(0), start.Event()
    pauses = some((0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3), 2)
    loads = [
        start.Process(target=_load_once, args=(tmp_path / f"{n}.store", file, ready, go)) for n in range(len(pauses))
    ]
    for process in loads:
        process.start()
    for _ in loads:
        ready.acquire()
    go.set()
    begun = time.monotonic()
    for pause, process in zip(pauses, loads, strict=True):
        time.sleep(max(0, begun + 4 * pause - time.monotonic()))
        os.kill(process.pid, signal.SIGKILL)
        process.join()
    for number in range(len(pauses)):
        assert len(facts(load_into(tmp_path / f"{number}.store", [file]).store)) == 6


def _load_quietly(folder, file, ready, go, said):
    ready.release()
    go.wait()
    try:
        load_into(folder, [file])
    except InputError as error:
        said.put(str(error))
    else:
        said.put("")


def test_of_three_first_loads_at_once_one_makes_the_store_and_the_others_do_or_wait(tmp_path):
    file, start = write(tmp_path, SHOP), multiprocessing.get_context("spawn")
    ready, go, said = start.Semaphore(0), start.Event(), start.Queue()
    loads = [start.Process(target=_load_quietly, args=(tmp_path / "store", file, ready, go, said)) for _ in range(3)]
    for process in loads:
        process.start()
    for _ in loads:
        ready.acquire()
    go.set()
    words = [said.get(timeout=60) for _ in loads]
    for process in loads:
        process.join()
    assert "" in words
    assert all("is being changed by another process" in word for word in words if word)
    assert len(facts(DiskStore(tmp_path / "store"))) == 6


def two(tmp_path):
    write(tmp_path, SHOP)
    return write(tmp_path, "elements:\n  - {id: more, kind: service}\n", "more.yaml")


@pytest.mark.parametrize("away", ["unlink", "rename", "empty"])
def test_what_a_folder_does_not_give_any_more_is_removed_and_that_is_said(tmp_path, away):
    more = two(tmp_path)
    before = load_into(tmp_path / "store", [tmp_path / "shop"])
    {
        "unlink": more.unlink,
        "rename": lambda: more.rename(more.with_name("much.yaml")),
        "empty": lambda: more.write_text(""),
    }[away]()
    after = load_into(tmp_path / "store", [tmp_path / "shop"])
    (note,) = [f for f in after.reading if f.check == "removed"]
    assert str(note) == f"{more}: removed: loaded before, not read this time"
    left = ["shop/map.yaml"] + ["shop/much.yaml"] * (away == "rename")
    assert [source.id for source in after.store.sources] == left
    assert ("shop/more" in after.projection.ids) == (away == "rename")
    assert before.projection.ids.count("shop/more") == 1
    assert not [f for f in load_into(tmp_path / "store", [tmp_path / "shop"]).reading if f.check == "removed"]


def test_other_folders_other_namespaces_and_single_files_remove_nothing(tmp_path, monkeypatch):
    more = two(tmp_path)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    load_into(tmp_path / "store", [more], namespace="other")
    more.unlink()
    write(tmp_path / "x", "elements:\n  - {id: x, kind: service}\n", "x.yaml")
    load_into(tmp_path / "store", [tmp_path / "x" / "shop"])
    store = load_into(tmp_path / "store", [tmp_path / "shop" / "map.yaml"]).store
    assert [source.id for source in store.sources] == [
        "other/more.yaml",
        "shop/map.yaml",
        "shop/more.yaml",
        "shop/x.yaml",
    ]
    monkeypatch.chdir(tmp_path / "shop")  # the same folder by another name
    store = load_into(tmp_path / "store", [tmp_path / "shop" / ".." / "shop"]).store
    assert [source.id for source in store.sources] == ["other/more.yaml", "shop/map.yaml", "shop/x.yaml"]


def test_who_points_at_what_was_removed_is_told_with_its_line_and_stays_as_it_was(tmp_path):
    more = two(tmp_path)
    last = write(tmp_path, "elements:\n  - {id: last, kind: service, depends_on: [more]}\n", "last.yaml")
    load_into(tmp_path / "store", [tmp_path / "shop"])
    more.unlink()
    for _ in range(2):
        after = load_into(tmp_path / "store", [tmp_path / "shop"])
        assert f"{last}:2: 'more' is not defined" in str(after.reading[0])
        assert after.failed
        assert [source.id for source in after.stale] == ["shop/last.yaml"]
        number = after.projection.find("shop/more")
        assert bool(after.projection.stub[number])
    more.write_text("elements:\n  - {id: more, kind: service}\n")
    mended = load_into(tmp_path / "store", [tmp_path / "shop"])
    assert (mended.failed, mended.stale) == (False, ())


def test_two_folders_of_one_name_do_not_replace_each_other(tmp_path, monkeypatch):
    write(tmp_path / "x", SHOP)
    write(tmp_path / "y", SHOP)
    monkeypatch.chdir(tmp_path / "x")
    before = load_into(tmp_path / "store", [Path("shop")]).store.revision
    monkeypatch.chdir(tmp_path / "y")
    with pytest.raises(
        InputError, match=r"would both be the source 'shop/map\.yaml'; load this one with its own --namespace"
    ):
        load_into(tmp_path / "store", [Path("shop")])
    assert DiskStore(tmp_path / "store").revision == before
    assert len(load_into(tmp_path / "store", [Path("shop")], namespace="y").store.sources) == 2
    (tmp_path / "z").symlink_to(tmp_path / "x")  # another way to the same file
    load_into(tmp_path / "store", [tmp_path / "z" / "shop"])
    shutil.rmtree(tmp_path / "x")  # and a folder that was moved
    assert len(load_into(tmp_path / "store", [tmp_path / "y" / "shop"]).store.sources) == 2


def test_a_folder_with_other_things_is_never_made_a_store(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(InputError, match="exists and is no servicemap store"):
        load_into(tmp_path / "mine", [write(tmp_path, SHOP)])
    assert (tmp_path / "mine" / "letter.txt").read_text() == "dear"


def _load_again_and_again(folder, file, texts):
    while True:
        for text in texts:
            file.write_text(text)
            load_into(folder, [file])


def test_kill_9_leaves_one_whole_state_or_the_other(tmp_path):
    one = write(tmp_path, SHOP)
    texts = [one.read_text(), "elements:\n  - {id: new, kind: service}\n"]
    whole = {tuple(facts(open_map([write(tmp_path, text)]).store)) for text in texts}
    load_into(tmp_path / "store", [one])
    start = multiprocessing.get_context("spawn")
    for pause in some((0.05, 0.12, 0.2, 0.33), 2):
        process = start.Process(target=_load_again_and_again, args=(tmp_path / "store", one, texts))
        process.start()
        time.sleep(1.2 + pause)
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        assert tuple(facts(DiskStore(tmp_path / "store"))) in whole
    one.write_text(texts[0])
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
