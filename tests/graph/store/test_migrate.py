"""A store of the first format becomes one of the second, and says the same; until it is done the old one stays."""

from __future__ import annotations

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.store import migrate as module
from graph.store.embedded import DiskStore
from graph.store.folder import write_whole
from graph.store.migrate import migrate
from graph.store.verify import verify
from tests.graph.store.format_one import write_format_one
from tests.graph.written import SHOP, write


@pytest.fixture
def old(tmp_path):
    write(tmp_path, SHOP)
    write(tmp_path, "elements:\n  - {id: more, kind: service, depends_on: [web]}\n", "more.yaml")
    return write_format_one(tmp_path / "store", [tmp_path / "shop"])


def files(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file() and p.name != "LOG"}


def test_an_old_store_is_not_read_and_the_way_out_is_told(old):
    for opening in (DiskStore, lambda folder: load_into(folder, [folder.parent / "shop"])):
        with pytest.raises(InputError, match="servicemap migrate --store"):
            opening(old)


def test_what_is_migrated_says_what_it_said(old, tmp_path):
    assert migrate(old) is True
    store, fresh = DiskStore(old), load_into(tmp_path / "fresh", [tmp_path / "shop"]).store
    assert all(not check.damage for check in verify(old))
    assert store.titles == fresh.titles == {"title": "A shop"}
    for source in fresh.sources:
        graph = f"https://w3id.org/servicemap/graph/source/{source.id}"
        assert sorted(store.triples(graph).splitlines()) == sorted(fresh.triples(graph).splitlines()) != []
        assert dict(store.lines(source.id)) == dict(fresh.lines(source.id)) != {}
        assert store.place(source) == fresh.place(source)
    assert open_map(store=old).projection.ids == open_map([tmp_path / "shop"]).projection.ids
    assert not list((old / "lines").glob("*.json"))


def test_the_first_load_after_it_reads_all_files_and_the_second_none(old, tmp_path):
    migrate(old)
    assert load_into(old, [tmp_path / "shop"]).unchanged == 0
    assert load_into(old, [tmp_path / "shop"]).unchanged == 2


def test_migrating_again_changes_nothing(old):
    migrate(old)
    before = files(old)
    assert migrate(old) is False
    assert files(old) == before


@pytest.mark.parametrize("step", ["lines", "history.jsonl", "loaded.json", "format", "CURRENT"])
def test_a_migration_that_breaks_off_leaves_the_old_store_and_the_next_one_finishes(old, monkeypatch, step):
    before = files(old / "000001")

    def breaks(file, text):
        if step in (file.name, file.parent.name):
            raise KeyboardInterrupt
        write_whole(file, text)

    with monkeypatch.context() as patch:
        patch.setattr(module, "write_whole", breaks)
        with pytest.raises(KeyboardInterrupt):
            migrate(old)
    assert files(old / "000001") == before
    with pytest.raises(InputError, match="servicemap migrate --store"):
        DiskStore(old)
    assert migrate(old) is True
    assert all(not check.damage for check in verify(old))


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda s: (s / "format").write_text("servicemap store 9\n"), "has the format 'servicemap store 9'"),
        (lambda s: (s / "000001" / "loaded.json").write_text("{"), "is damaged"),
        (lambda s: (s / "000001" / "loaded.json").write_text('{"sources": [{"id": 1}], "titles": {}}'), "is damaged"),
        (lambda s: [file.write_text("[") for file in (s / "lines").iterdir()], "is damaged"),
        (lambda s: [file.unlink() for file in (s / "000001" / "triples").glob("*.sst")], "is damaged"),
        (lambda s: (s / "CURRENT").unlink(), "is no servicemap store"),
    ],
)
def test_what_cannot_be_migrated_is_one_clear_line(old, spoil, message):
    spoil(old)
    before = (old / "format").read_bytes()
    with pytest.raises(InputError, match=message):
        migrate(old)
    assert (old / "format").read_bytes() == before
