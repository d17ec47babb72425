"""How do other processes read a map that is in memory? From a copy in a folder, like a generation of a store.

Beside the triples lies what was worked out of them, so nobody works it out again. A large copy is written by a process
of its own, which gives back the memory that takes; and another one waits for the end of this process, however that
comes, to take the folder away.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from weakref import finalize

import pyoxigraph as ox

from graph.model import InputError
from graph.store.embedded import MemoryStore

__all__ = ["LARGE", "Shared", "fill", "shared"]

LARGE = 20_000_000
"""Bytes of statements from which on a process of its own writes the copy."""
_HOME = str(Path(__file__).resolve().parents[2])
_LOOK = 0.1
_FILLING = """import signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from graph.store.child import die_with_parent
from graph.store.shared import fill
die_with_parent()
signal.signal(signal.SIGINT, signal.SIG_DFL)
fill(Path(sys.argv[2]), Path(sys.argv[3]))
"""
_GUARDING = "import shutil, sys; sys.stdin.read(); shutil.rmtree(sys.argv[1], True)"


@dataclass(frozen=True, slots=True)
class Shared:
    """Where a copy is read, and what takes it away."""

    triples: str
    remove: Callable[[], object]


def shared(store: MemoryStore, gone: Callable[[], bool] = lambda: False) -> Shared:
    """Copy a map to where other processes read it. InputError when the disk has no room, or nobody needs it any more.

    It goes when ``remove`` is called, or with this process. ``gone`` is asked ten times a second whether anybody still
    waits. Cost: at 20,000 elements 10 seconds of a processor, at 300 some hundredths.
    """
    folder = Path(tempfile.mkdtemp(prefix="servicemap-"))
    remove: finalize[[], MemoryStore] = finalize(store, partial(shutil.rmtree, folder, ignore_errors=True))
    try:
        store.write_beside(folder)
        statements = folder / "all.nq"
        store.dump_into(statements)
        if statements.stat().st_size < LARGE:
            fill(statements, folder / "triples")
        else:
            remove.detach()
            remove = finalize(store, _guard(folder))
            _fill_elsewhere(statements, folder / "triples", gone)
        statements.unlink()
    except (OSError, RuntimeError) as error:
        remove()
        said = getattr(error, "strerror", None) or str(error)[:160]
        raise InputError.of(
            f"the map cannot be copied for those who answer questions ({said})",
            remedy="see that the disk has room, or load the files into a store and serve that",
        ) from error
    return Shared(str(folder / "triples"), remove)


def fill(statements: Path, triples: Path) -> None:
    """Put a file of N-Quads into a new folder of the engine."""
    engine = ox.Store(str(triples))
    engine.bulk_load(path=str(statements), format=ox.RdfFormat.N_QUADS, lenient=True)
    engine.flush()


def _fill_elsewhere(statements: Path, triples: Path, gone: Callable[[], bool]) -> None:
    words = [sys.executable, "-I", "-c", _FILLING, _HOME, str(statements), str(triples)]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(words, stdin=nothing, stdout=nothing, stderr=nothing) as filling:  # noqa: S603 our own interpreter and our own code
        while filling.poll() is None:
            if gone():
                filling.kill()
            with suppress(subprocess.TimeoutExpired):
                filling.wait(_LOOK)
    if filling.returncode:
        raise OSError("the process that writes it ended before its time")


def _guard(folder: Path) -> Callable[[], object]:
    """Have a process wait for the end of this one; what is returned does not wait for that."""
    guard = subprocess.Popen(  # noqa: S603 our own interpreter and our own code
        [sys.executable, "-I", "-S", "-c", _GUARDING, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what interrupts the server does not end it
    )

    def end() -> None:
        with suppress(OSError):
            if guard.stdin is not None:
                guard.stdin.close()
        guard.wait()

    return end
