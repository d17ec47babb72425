"""A crash, a full disk and a folder that may not be written leave one whole state, and one clear line."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from graph.maps import load_into, open_map
from graph.store.embedded import DiskStore
from graph.store.verify import verify
from tests.examples import some
from tests.graph.store.crashes import ROOT, kill_while_loading, version_of, write_version
from tests.graph.written import SHOP, write

NOBODY = 65534


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_kill_9_loses_nothing_that_was_acknowledged_and_tears_nothing(tmp_path):
    found = kill_while_loading(tmp_path, kills=3, seed=7)
    assert found == sorted(found)
    assert found[-1] > 0
    write_version(tmp_path / "shop", found[-1] + 1)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    assert version_of(tmp_path / "store") == found[-1] + 1
    assert len([entry for entry in (tmp_path / "store").iterdir() if entry.name.isdigit()]) <= 2


LIMITED = """
import resource, sys
sys.path.insert(0, sys.argv[1])
limit = int(sys.argv[2])
from app.cli import main
if limit >= 0:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv = ["servicemap", *sys.argv[3:]]
main()
"""


def limited(*words, limit=-1):
    """Run the program with files of at most ``limit`` bytes."""
    command = [sys.executable, "-c", LIMITED, str(ROOT), str(limit), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, cwd=ROOT)
    assert "Traceback" not in done.stderr, done.stderr
    return done


def one_line(done):
    assert done.returncode == 2, (done.stdout, done.stderr)
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: ")
    return line


NOBODYS = """
import importlib, locale, os, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import app.commands, graph
from app.cli import main
for package in (app.commands, graph):  # nobody may not be able to read what Python is made of
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
for words in sys.stdin:
    if not os.fork():
        os.setgid(int(sys.argv[2])); os.setuid(int(sys.argv[2]))
        sys.argv = ["servicemap", *words.rstrip("\\n").split("\\t")]
        main()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.wait()[1]) == 2, words
"""


def refused_to_nobody(*commands):
    """The one line that each command gets who runs it as a user that owns nothing."""
    lines = "".join("\t".join(map(str, words)) + "\n" for words in commands)
    command = [sys.executable, "-c", NOBODYS, str(ROOT), str(NOBODY)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=False, timeout=100, cwd=ROOT)
    assert (done.returncode, done.stdout) == (0, ""), (done.stdout, done.stderr)
    told = done.stderr.splitlines()
    assert [line.partition(" ")[0] for line in told] == ["error:"] * len(commands), told
    return told


def files(folder):
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize("limit", some([0, 1_000, 20_000, 60_000], 2))
def test_a_full_disk_leaves_the_store_as_it_was(tmp_path, limit):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    before, names = open_map(store=tmp_path / "store").projection.ids, files(tmp_path / "store")
    write_version(tmp_path / "shop", 1)
    line = one_line(limited("load", tmp_path / "shop", "--store", tmp_path / "store", limit=limit))
    assert "could not be written" in line or "cannot be used" in line
    assert open_map(store=tmp_path / "store").projection.ids == before
    assert files(tmp_path / "store") <= names | {"lock"}
    assert [check for check in verify(tmp_path / "store") if check.damage] == []
    assert load_into(tmp_path / "store", [tmp_path / "shop"]).projection.ids != before


@pytest.mark.parametrize("limit", [0, 20_000])
def test_a_full_disk_in_a_first_load_leaves_nothing_in_the_way(tmp_path, limit):
    write(tmp_path, SHOP)
    line = one_line(limited("load", tmp_path / "shop", "--store", tmp_path / "store", limit=limit))
    assert "no store can be made" in line or "could not be written" in line
    assert len(load_into(tmp_path / "store", [tmp_path / "shop"]).projection.ids) == 6


def test_a_full_disk_leaves_no_half_backup(tmp_path):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    for name in ("copy", "copy.tar", "copy.tar.gz"):
        line = one_line(limited("backup", tmp_path / name, "--store", tmp_path / "store", limit=20_000))
        assert "cannot be written" in line
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["shop", "store"]


@pytest.fixture
def open_folder():
    """A folder that everybody may read; those of pytest are for one user, and each run of it makes sure of that."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can become another user")
def test_a_folder_that_may_not_be_written_is_one_clear_line_and_may_still_be_read(open_folder):
    tmp_path = open_folder
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    names = files(tmp_path / "store")
    write_version(tmp_path / "shop", 1)
    told = refused_to_nobody(
        ("load", tmp_path / "shop", "--store", tmp_path / "store"),
        ("load", tmp_path / "shop", "--store", tmp_path / "new"),
        ("compact", "--store", tmp_path / "store"),
        ("backup", tmp_path / "copy", "--store", tmp_path / "store"),
        ("migrate", "--store", tmp_path / "store"),
    )
    assert all("Permission denied" in line for line in told), told
    assert files(tmp_path / "store") == names
    command = [sys.executable, "-c", READER, str(ROOT), str(tmp_path / "store"), str(NOBODY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, cwd=ROOT)
    assert (done.stdout, done.returncode) == ("['shop/map.yaml'] True\n", 0), done.stderr
    assert files(tmp_path / "store") == names


READER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from importlib.metadata import version
from pathlib import Path
from graph.store.embedded import DiskStore, program
from graph.store.verify import verify
os.setgid(int(sys.argv[3])); os.setuid(int(sys.argv[3]))
store = Path(sys.argv[2])
print([source.id for source in DiskStore(store).sources], not any(check.damage for check in verify(store)))
"""


def test_a_file_where_the_folder_should_be_is_one_clear_line(tmp_path):
    write(tmp_path, SHOP)
    (tmp_path / "store").write_text("mine")
    one_line(limited("load", tmp_path / "shop", "--store", tmp_path / "store"))
    one_line(limited("load", tmp_path / "shop", "--store", tmp_path / "store" / "inside"))
    assert (tmp_path / "store").read_text() == "mine"


@pytest.mark.parametrize("command", ["load", "compact", "migrate", "restore"])
def test_a_store_in_use_is_one_clear_line_and_stays_as_it_is(tmp_path, command):
    write(tmp_path, SHOP)
    load_into(tmp_path / "store", [tmp_path / "shop"])
    words = {"load": [tmp_path / "shop"], "restore": [tmp_path / "copy.tar", "--replace"]}.get(command, [])
    if command == "restore":
        assert limited("backup", tmp_path / "copy.tar", "--store", tmp_path / "store").returncode == 0
    with DiskStore(tmp_path / "store", writable=True) as holder:
        names = files(tmp_path / "store")
        line = one_line(limited(command, *words, "--store", tmp_path / "store"))
        assert "is being changed by another process; try again when that is done" in line
        assert files(tmp_path / "store") == names
        assert holder.sources
