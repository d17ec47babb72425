"""Which files does the engine read fastest? A packed copy beside a generation, made while nobody waits for it.

A load writes many layers of files, and each look-up goes through all of them. ``pack`` has the engine write them anew
as one layer, in a copy that begins with hard links: a compacted store costs nothing more. Who finds no copy reads the
triples themselves. The copy goes with its generation.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext, suppress
from pathlib import Path
from threading import Event, Thread

import pyoxigraph as ox

from graph.model import InputError
from graph.store.embedded import DiskStore
from graph.store.folder import PACKED, PROPERTIES, SUMS
from graph.store.prepared import write_prepared
from graph.store.reading import Opened
from graph.store.sums import weighed
from graph.store.tabulated import write_properties

__all__ = ["Packing", "opened", "pack", "packed", "packing"]

_LEAST = 20_000_000  # bytes of triples from which a copy is worth its while
_LOOK, _QUIET = 2.0, 20.0
_HOME = str(Path(__file__).resolve().parents[2])
# A program of its own: it stands above all floors, and may join what they hold.
_CHILD = """import os, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
os.nice(10)
from graph.fast import service_graph
from graph.store.child import die_with_parent
from graph.store.packed import opened, pack
die_with_parent()
if pack(Path(sys.argv[2])):
    service_graph(opened(Path(sys.argv[2]))).keep_costs()
"""


def packed(triples: Path) -> Path:
    """The folder in which the triples of a generation are read: its packed copy, where there is one."""
    copy = triples.parent / PACKED
    return copy if copy.is_dir() else triples


def opened(triples: Path) -> Opened:
    """The triples of a generation, open for reading."""
    return Opened(ox.Store.read_only(str(packed(triples))), triples.parent)


def pack(triples: Path) -> bool:
    """Make the packed copy of the triples of a generation; says whether it is there afterwards.

    Nothing is done where another process is at it, and nothing is left behind when it fails. Beside it lie the columns
    that sums are mostly about, and a table of what is looked up most. Cost: at 100,000 elements some thirty seconds of
    one processor, 260 MB of memory, and on the disk two thirds of what the triples take.
    """
    generation, draft = triples.parent, triples.with_name(f"{PACKED}.new")
    try:
        with (generation / f"{PACKED}.lock").open("w") as held:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if not (generation / PACKED).is_dir():
                shutil.rmtree(draft, ignore_errors=True)
                ox.Store.read_only(str(triples)).backup(str(draft))
                store = ox.Store(str(draft))
                store.optimize()
                store.flush()
                write_prepared(store, generation / SUMS, weighed)
                write_properties(store, generation / PROPERTIES)
                del store
                draft.rename(generation / PACKED)
            elif not (generation / PROPERTIES).is_dir():  # an older version packed it
                write_properties(ox.Store.read_only(str(generation / PACKED)), generation / PROPERTIES)
    except (OSError, RuntimeError):  # no room, no right to write, or the generation has gone: the triples are there
        shutil.rmtree(draft, ignore_errors=True)
    return (generation / PACKED).is_dir()


class Packing:
    """Keeps the newest generation of a store packed for as long as a server runs, by a process of its own.

    Args:
        newest: the triples of the newest generation.
        quiet: seconds for which a generation must have been the newest; what is written often is not packed.
        least: bytes of triples from which on it is done.
    """

    def __init__(self, newest: Callable[[], Path], *, quiet: float = _QUIET, least: int = _LEAST) -> None:
        self._newest, self._quiet, self._least = newest, quiet, least
        self._tried: set[Path] = set()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._look, name="packing", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop, also in the middle."""
        self._stopped.set()
        if self._process is not None:
            self._process.kill()
        self._thread.join()

    def _look(self) -> None:
        while not self._stopped.is_set():
            with suppress(InputError, OSError):  # a store that is being written or taken away: the next look sees it
                self._pack_newest()
            self._stopped.wait(_LOOK)

    def _pack_newest(self) -> None:
        triples = self._newest()
        if triples in self._tried or time.time() - triples.stat().st_mtime < self._quiet:
            return
        self._tried.add(triples)
        if packed(triples) != triples or _size(triples) < self._least:
            return
        words = [sys.executable, "-I", "-c", _CHILD, _HOME, str(triples.absolute())]
        nothing = subprocess.DEVNULL
        self._process = subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing)  # noqa: S603 our own interpreter and our own code
        if self._stopped.is_set():
            self._process.kill()
        self._process.wait()


def packing(store: object) -> AbstractContextManager[object]:
    """Keep a store in a folder packed while something runs; any other store needs that not."""
    return closing(Packing(lambda: store.newest)) if isinstance(store, DiskStore) else nullcontext()


def _size(folder: Path) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(folder))
