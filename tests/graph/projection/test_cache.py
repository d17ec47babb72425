"""A projection beside its triples is opened as it was built; a file that does not fit is as good as none."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from graph.analysis.impact import State, impact
from graph.maps import Map, load_into, open_map
from graph.projection import cache, project
from graph.projection.cache import Other, cached, load, save
from graph.store.embedded import DiskStore
from tests.examples import examples
from tests.graph.projection.test_build import STATEMENT, dependencies, stored, told
from tests.graph.written import SHOP, write


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A store that was loaded once; each test has its copy, and may load the same file from elsewhere."""
    folder = tmp_path_factory.mktemp("loaded")
    load_into(folder / "store", [file := write(folder, SHOP)])
    file.unlink()
    return folder / "store"


@pytest.fixture
def store(loaded, tmp_path):
    return DiskStore(shutil.copytree(loaded, tmp_path / "store"))


def kept(store):
    return store.generation.parent / "projection"


def test_a_load_keeps_the_projection_and_readers_open_it(store, monkeypatch):
    monkeypatch.setattr(cache, "project", None)  # whoever builds would fail
    p = Map(store).projection
    monkeypatch.undo()
    assert told(p) == told(project(store))
    assert p.edges.rare["tolerance"].values == ["30"]
    assert p.find("Shop") == p.find("shop/shop")
    down = impact(p, {p.find("db"): State.DOWN})
    assert [p.ids[v] for v in down.affected.tolist()] == ["shop/shop"]


def _empty(content):
    return b""


def _cut(content):
    return content[: len(content) // 2]


def _other(content):
    return b"something else entirely\n" * 100


def _head(content):
    return content[:60] + bytes([content[60] ^ 1]) + content[61:]


def _array(content):
    return content[:-60] + bytes([content[-60] ^ 1]) + content[-59:]


def _longer(content):
    return content + b"x"


@pytest.mark.parametrize("spoil", [_empty, _cut, _other, _head, _array, _longer])
def test_a_damaged_file_is_made_anew(store, spoil):
    file = kept(store)
    good = file.read_bytes()
    file.unlink()
    file.write_bytes(spoil(good))
    assert load(file, store.revision) is None
    assert told(Map(store).projection) == told(project(store))
    assert file.read_bytes() == good


def test_every_single_changed_byte_of_the_arrays_is_noticed_or_lies_between_them(store):
    file = kept(store)
    good = file.read_bytes()
    expected = told(project(store))
    for place in range(len(good) - 1, 0, -397):
        file.unlink()
        file.write_bytes(good[:place] + bytes([good[place] ^ 0x40]) + good[place + 1 :])
        found = load(file, store.revision)
        assert found is None or told(found) == expected


def test_a_missing_file_is_made_anew(store):
    kept(store).unlink()
    assert told(Map(store).projection) == told(project(store))
    assert kept(store).exists()


def test_a_file_of_another_version_is_made_anew(store, monkeypatch):
    monkeypatch.setattr(cache, "FORMAT", 0)
    save(project(store), kept(store))
    monkeypatch.undo()
    assert load(kept(store), store.revision) is None
    assert told(Map(store).projection) == told(project(store))
    assert load(kept(store), store.revision) is not None


def test_a_file_of_another_revision_is_left_alone(store, tmp_path):
    other = project(open_map([write(tmp_path, "elements:\n  - {id: a, kind: service}\n", "other.yaml")]).store)
    save(other, kept(store))
    assert told(Map(store).projection) == told(project(store))
    assert load(kept(store), store.revision) == Other(other.revision)


def test_where_nothing_can_be_written_the_projection_is_built_all_the_same(store, tmp_path):
    assert told(cached(store, tmp_path / "nowhere" / "projection")) == told(project(store))


HELD = {"triples", "loaded.json", "files.json", "history.jsonl"}  # what a generation has without it


def test_a_full_disk_leaves_nothing_behind(store, tmp_path):
    """The limit is that of a child process: this one goes on writing."""
    code = (
        "import resource, signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[3])\n"
        "from graph.maps import Map; from graph.store.embedded import DiskStore\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "print(len(Map(DiskStore(Path(sys.argv[1]))).projection))"
    )
    kept(store).unlink()
    words = [sys.executable, "-c", code, str(store.folder), "", str(Path(__file__).resolve().parents[3])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("6\n", "")
    assert {file.name for file in store.generation.parent.iterdir()} == HELD


def test_nothing_else_is_left_in_the_folder(store):
    assert {file.name for file in store.generation.parent.iterdir()} == HELD | {"projection"}


def test_a_change_of_the_store_has_a_projection_of_its_own(store, tmp_path):
    before = Map(store)
    after = load_into(tmp_path / "store", [write(tmp_path, "elements:\n  - {id: new, kind: service}\n")])
    assert after.projection.ids == ["shop/new"]
    assert "shop/db" in before.projection.ids


@examples(25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STATEMENT, max_size=30), st.lists(dependencies(), max_size=6))
def test_what_is_kept_comes_back_equal(tmp_path_factory, rows, whole):
    store = stored([*rows, *(row for each in whole for row in each)])
    file = tmp_path_factory.mktemp("kept") / "projection"
    save(p := project(store), file)
    again = load(file, store.revision)
    assert told(again) == told(p)
    for mine, theirs in ((p.uses, again.uses), (p.used_by, again.used_by)):
        assert [column.tolist() for column in mine] == [column.tolist() for column in theirs]
