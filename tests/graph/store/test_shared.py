"""A map in memory is read by other processes from a folder that looks like a generation and goes with its owner."""

import gc
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from graph.model import InputError
from graph.projection.cache import load
from graph.store.reading import Opened
from graph.store.shared import shared
from graph.store.workers import Workers
from tests.graph.written import SHOP, opened

LEFT = """import sys
from pathlib import Path
from graph.maps import open_map
from graph.store import shared
shared.LARGE = 1
print(shared.shared(open_map([Path(sys.argv[1])]).store).triples, flush=True)
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def shop(tmp_path):
    return opened(tmp_path, SHOP)


def said(quads):
    """The statements; things without a name have another one in each store."""
    return sorted(b"_:" if b"_:" in line else line for line in quads.splitlines())


@pytest.mark.parametrize("large", [1, 20_000_000])
def test_a_copy_says_what_the_map_says_and_has_its_service_graph_beside(shop, monkeypatch, large):
    monkeypatch.setattr("graph.store.shared.LARGE", large)
    revision = shop.projection.revision
    copy = shared(shop.store)
    triples = Path(copy.triples)
    read = Opened(ox.Store.read_only(copy.triples), triples.parent)
    assert said(read._triples.dump(format=ox.RdfFormat.N_QUADS)) == said(shop.store.dump())
    assert load(triples.parent / "projection", revision).ids == shop.projection.ids
    assert {entry.name for entry in triples.parent.iterdir()} == {
        "triples", "projection", "loaded.json", "history.jsonl",
    }  # fmt: skip
    copy.remove()
    assert not triples.exists()


def test_a_copy_goes_with_its_map(shop):
    folder = Path(shared(shop.store).triples).parent
    vars(shop)["store"] = None
    gc.collect()
    assert not folder.exists()


def test_a_large_copy_goes_when_its_process_is_killed(tmp_path, shop):
    del shop
    done = subprocess.run(
        [sys.executable, "-c", LEFT, str(tmp_path / "shop")], capture_output=True, text=True, check=False,
        cwd=Path(__file__).parents[3], timeout=60,
    )  # fmt: skip
    folder = Path(done.stdout.strip()).parent
    assert folder.name.startswith("servicemap-")
    until = time.monotonic() + 20
    while folder.exists() and time.monotonic() < until:
        time.sleep(0.02)
    assert not folder.exists()


def test_a_copy_that_nobody_waits_for_any_more_is_given_up(shop, monkeypatch, tmp_path):
    monkeypatch.setattr("graph.store.shared.LARGE", 1)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "passing"))
    (tmp_path / "passing").mkdir()
    with pytest.raises(InputError, match="cannot be copied"):
        shared(shop.store, lambda: True)
    assert list((tmp_path / "passing").iterdir()) == []


def test_a_disk_without_room_is_said_in_one_line(shop, monkeypatch):
    def full(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shop.store, "dump_into", full)
    with pytest.raises(
        InputError, match=r"cannot be copied for those who answer questions \(No space left on device\)"
    ):
        shared(shop.store)


def test_who_asks_while_a_copy_is_made_is_told_that(shop, monkeypatch):
    with Workers(shop.store, size=1) as workers:
        workers.ask("ASK {}")
        monkeypatch.setattr(workers, "_waiting", 0.05)
        held = workers.turns.take("other", seconds=5)
        with workers._copying, pytest.raises(InputError, match="still being made ready"):
            workers.ask("ASK {}")
        workers._give_back(held)
        workers.turns.done("other")
        monkeypatch.setattr(workers, "_waiting", 10)
        assert workers.ask("ASK {}").rows[0][0].text == "true"
