"""A backup is a whole store of one moment; what is brought back is that, and nothing from elsewhere."""

from __future__ import annotations

import io
import multiprocessing
import shutil
import tarfile

import pytest

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.store import copies
from graph.store.copies import back_up, restore
from graph.store.embedded import DiskStore
from graph.store.verify import verify
from tests.examples import some
from tests.graph.written import SHOP, write

NAMES = ["backup", "backup.tar", "backup.tar.gz", "backup.tgz"]


@pytest.fixture
def store(tmp_path):
    load_into(tmp_path / "store", [write(tmp_path, SHOP)])
    return tmp_path / "store"


def ids(folder):
    return open_map(store=folder).projection.ids


def whole(folder):
    return [check.damage for check in verify(folder) if check.damage] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_restored_is_what_was_backed_up(store, tmp_path, name):
    back_up(store, tmp_path / name)
    restore(tmp_path / name, tmp_path / "again")
    assert ids(tmp_path / "again") == ids(store)
    assert dict(DiskStore(tmp_path / "again").lines("shop/map.yaml")) == dict(DiskStore(store).lines("shop/map.yaml"))
    assert DiskStore(tmp_path / "again").history == DiskStore(store).history
    assert whole(tmp_path / "again")
    assert load_into(tmp_path / "again", [tmp_path / "shop" / "map.yaml"]).unchanged == 1


def test_a_backup_shares_nothing_with_the_store(store, tmp_path):
    back_up(store, tmp_path / "backup")
    for file in store.rglob("*.sst"):
        file.write_bytes(b"")
    assert whole(tmp_path / "backup")


def test_what_others_keep_beside_the_triples_is_left_out(store, tmp_path):
    (DiskStore(store).generation.parent / "notes").mkdir()
    (DiskStore(store).generation.parent / "notes" / "edges").write_text("x")
    back_up(store, tmp_path / "backup")
    assert not list((tmp_path / "backup").rglob("notes"))
    assert not list((tmp_path / "backup").rglob("projection"))


def test_nothing_is_overwritten(store, tmp_path):
    (tmp_path / "mine").write_text("dear")
    with pytest.raises(InputError, match="exists already"):
        back_up(store, tmp_path / "mine")
    back_up(store, tmp_path / "backup")
    for there in (store, tmp_path / "mine"):
        with pytest.raises(InputError, match="exists already; name a new folder, or add --replace"):
            restore(tmp_path / "backup", there)
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    with pytest.raises(InputError, match="is no servicemap store"):
        restore(tmp_path / "backup", tmp_path / "letters", replace=True)
    assert (tmp_path / "mine").read_text() == (tmp_path / "letters" / "one.txt").read_text() == "dear"


@pytest.mark.parametrize("spoilt", [False, True])
def test_a_store_is_replaced_when_that_is_asked_for(store, tmp_path, spoilt):
    before = ids(store)
    back_up(store, tmp_path / "backup.tar")
    load_into(store, [write(tmp_path, "elements:\n  - {id: new, kind: service}\n")])
    if spoilt:
        (DiskStore(store).generation.parent / "loaded.json").write_text("[")
    restore(tmp_path / "backup.tar", store, replace=True)
    assert ids(store) == before
    assert whole(store)


def test_a_reader_keeps_its_revision_while_the_store_is_replaced(store, tmp_path):
    back_up(store, tmp_path / "backup")
    load_into(store, [write(tmp_path, "elements:\n  - {id: new, kind: service}\n")])
    reader = open_map(store=store)
    restore(tmp_path / "backup", store, replace=True)
    assert reader.projection.ids == ["shop/new"]


def test_a_store_in_use_is_not_replaced(store, tmp_path):
    back_up(store, tmp_path / "backup")
    with DiskStore(store, writable=True), pytest.raises(InputError, match="is being changed by another process"):
        restore(tmp_path / "backup", store, replace=True)


def packed(file, members):
    with tarfile.open(file, "w") as tar:
        for name, kind, text in members:
            member = tarfile.TarInfo(name)
            member.type, member.size, member.linkname = kind, len(text), "/etc/passwd"
            tar.addfile(member, io.BytesIO(text))
    return file


@pytest.mark.parametrize(
    "member",
    [
        ("../escaped", tarfile.REGTYPE, b"x"),
        ("/escaped", tarfile.REGTYPE, b"x"),
        ("000000/triples/../../../escaped", tarfile.REGTYPE, b"x"),
        ("000000/triples/escaped", tarfile.SYMTYPE, b""),
        ("000000/triples/escaped", tarfile.LNKTYPE, b""),
        ("000000/triples/escaped", tarfile.FIFOTYPE, b""),
        ("lines/escaped", tarfile.REGTYPE, b"x"),
        ("format\0/../escaped", tarfile.REGTYPE, b"x"),
    ],
)
def test_no_member_of_a_tar_leads_elsewhere(tmp_path, member):
    file = packed(tmp_path / "evil.tar", [("format", tarfile.REGTYPE, b"servicemap store 2\n"), member])
    with pytest.raises(InputError, match=r"no part of a backup|no backup of a store|cannot be read as a backup"):
        restore(file, tmp_path / "in" / "new")
    assert not list(tmp_path.rglob("escaped*"))
    assert not (tmp_path / "in" / "new").exists()


def test_a_member_that_is_larger_than_the_disk_is_refused_before_it_is_written(tmp_path, monkeypatch):
    file = packed(tmp_path / "large.tar", [("format", tarfile.REGTYPE, b"x" * 2000)])
    monkeypatch.setattr(copies.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(3000, 2000, 1000))
    with pytest.raises(InputError, match="has no room here"):
        restore(file, tmp_path / "new")


@pytest.mark.parametrize("name", NAMES[1:])
def test_a_cut_or_foreign_file_is_one_clear_line(store, tmp_path, name):
    back_up(store, tmp_path / name)
    data = (tmp_path / name).read_bytes()
    for text in (data[: len(data) // 2], b"", b"PK\3\4 zip", data[:-600] if name == "backup.tar.gz" else data[:5000]):
        (tmp_path / name).write_bytes(text)
        with pytest.raises(InputError, match="backup"):
            restore(tmp_path / name, tmp_path / "new")
        assert not (tmp_path / "new").exists()


def test_what_is_no_backup_is_told(tmp_path):
    (tmp_path / "mine").mkdir()
    for backup, words in ((tmp_path / "mine", "is no backup of a store"), (tmp_path / "none", "does not exist")):
        with pytest.raises(InputError, match=words):
            restore(backup, tmp_path / "new")
    with pytest.raises(InputError, match="is no servicemap store"):
        back_up(tmp_path / "mine", tmp_path / "backup")


def _write_on(folder, file, stop):
    number = 0
    while not stop.is_set():
        number += 1
        file.write_text(
            f"elements:\n  - {{id: one-{number}, kind: service}}\n  - {{id: two-{number}, kind: service}}\n"
        )
        load_into(folder, [file])


def test_a_backup_while_another_process_writes_is_of_one_moment(store, tmp_path):
    start = multiprocessing.get_context("spawn")
    stop = start.Event()
    writer = start.Process(target=_write_on, args=(store, tmp_path / "shop" / "map.yaml", stop))
    writer.start()
    try:
        for number in some(range(6), 2):
            back_up(store, tmp_path / f"{number}.store")
            found = ids(tmp_path / f"{number}.store")
            assert len(found) == 6 or (len(found) == 2 and len({name.rpartition("-")[2] for name in found}) == 1)
            assert whole(tmp_path / f"{number}.store")
    finally:
        stop.set()
        writer.join()


def test_a_generation_that_goes_while_it_is_copied_is_followed_by_the_next(store, tmp_path, monkeypatch):
    plain, times = copies._copy_generation, iter(range(10))

    def goes(*where):
        if next(times) < 2:
            write(tmp_path, f"elements:\n  - {{id: new-{next(times)}, kind: service}}\n")
            load_into(store, [tmp_path / "shop" / "map.yaml"])
            raise FileNotFoundError
        plain(*where)

    monkeypatch.setattr(copies, "_copy_generation", goes)
    back_up(store, tmp_path / "backup")
    assert ids(tmp_path / "backup") == ids(store) == ["shop/new-1"]
