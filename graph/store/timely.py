"""How is a query of ours asked that may take longer than anybody waits? Where it can be stopped.

The engine here cannot be stopped, so a large store is asked by a child process, which can. An engine on a server is
given so long, and is hung up on. What lies in memory, and a small store, is asked without a limit: it ends in seconds.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from graph.model import InputError
from graph.store import child
from graph.store.embedded import DiskStore
from graph.store.interface import Limits, Reader, Row
from graph.store.reading import Opened

if TYPE_CHECKING:
    from graph.store.remote import RemoteStore

__all__ = ["Asking", "First", "Gathering", "NotMadeError", "asking", "first_of", "serve"]

LARGE = 300_000
"""Statements from which on a store is asked by a child: starting it takes a third of a second."""
MEMORY = 8_000_000_000
_HOME = str(Path(__file__).resolve().parents[2])
_CHILD = "import sys; sys.path.insert(0, sys.argv[1]); from graph.store.timely import serve; serve()"


class NotMadeError(Exception):
    """A query did not end; the words say why: "it took longer than 600 seconds"."""


@dataclass(frozen=True, slots=True)
class First:
    """The first rows of an answer, each once, by subject and words; and how many more there are."""

    told: tuple[tuple[str, str], ...]
    rest: int = 0


Asking = Callable[[str, int], First]
"""Ask a query for a subject and words, and keep so many; NotMadeError when it does not end."""


class Gathering:
    """The first rows of an answer in the order of what they are about; of the rest it keeps a number each."""

    def __init__(self, most: int) -> None:
        self._most, self._seen, self._kept = most, set[int](), list[tuple[str, str]]()

    def add(self, subject: str, words: str) -> None:
        """Take one more row; what was there before changes nothing."""
        row = hash((subject, words))
        if row not in self._seen:
            self._seen.add(row)
            self._kept.append((subject, words))
            if len(self._kept) >= 2 * self._most:
                self._kept = sorted(self._kept)[: self._most]

    def first(self) -> First:
        """What was taken until now."""
        return First(tuple(sorted(self._kept)[: self._most]), max(0, len(self._seen) - self._most))


def first_of(rows: Iterable[Row], most: int, seconds: float = float("inf")) -> First:
    """The first rows of an answer. Raises NotMadeError when it takes longer than so many seconds."""
    gathering, until = Gathering(most), time.monotonic() + seconds
    for subject, words, *_ in rows:
        if time.monotonic() > until:
            raise _late(seconds)
        if subject is not None:
            gathering.add(subject.text, words.text if words is not None else "")
    return gathering.first()


@contextmanager
def asking(store: Reader, seconds: float) -> Iterator[Asking]:
    """Where a store is asked one query after another, each for so many seconds at most."""
    if isinstance(store, DiskStore) and sum(each.statements for each in store.held) > LARGE:
        beside = _Beside(store.generation, seconds)
        try:
            yield beside.ask
        finally:
            beside.end()
    elif (elsewhere := _elsewhere(store)) is not None:
        yield lambda text, most: _asked_elsewhere(elsewhere, text, most, seconds)
    else:
        yield lambda text, most: first_of(store.rows(text), most)


def _elsewhere(store: Reader) -> RemoteStore | None:
    from graph.store.remote import RemoteStore  # known by those alone who have one

    return store if isinstance(store, RemoteStore) else None


def _asked_elsewhere(store: RemoteStore, text: str, most: int, seconds: float) -> First:
    try:
        return first_of(store.rows(text, seconds=seconds), most)
    except InputError as error:
        if error.problems[0].check == "late":
            raise _late(seconds) from error
        raise


class _Beside:
    """A child that has a revision open; the next query gets a new one when it had to be killed."""

    def __init__(self, folder: Path, seconds: float) -> None:
        self._folder, self._seconds = folder, seconds
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, text: str, most: int) -> First:
        """As ``Asking``. Raises InputError where the store cannot be read."""
        process = self._process = self._process or self._begun()
        assert process.stdin is not None
        assert process.stdout is not None
        task = {"text": text, "most": most, "seconds": self._seconds, "memory": MEMORY}
        with suppress(BrokenPipeError):  # it ended since it answered last: there is nothing to read then
            child.write_frame(process.stdin, json.dumps(task).encode())
        ready, _, _ = select.select([process.stdout], [], [], self._seconds)
        said = child.read_frame(process.stdout) if ready else b""
        if not said:
            self.end()
            raise _late(self._seconds) if not ready else _died(process.returncode, self._seconds)
        return _told(json.loads(said))

    def _begun(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-I", "-c", _CHILD, _HOME, str(self._folder)]
        return subprocess.Popen(  # noqa: S603 our own interpreter and our own code
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"MALLOC_ARENA_MAX": "2"},  # what is limited are addresses
        )

    def end(self) -> None:
        """Let go of the child."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def _told(said: dict[str, Any]) -> First:
    if said.get("check") == "hungry":
        raise _hungry()
    if "error" in said:
        raise InputError.of(said["error"], remedy=said.get("remedy", ""))
    return First(tuple((subject, words) for subject, words in said["told"]), said["rest"])


def _late(seconds: float) -> NotMadeError:
    return NotMadeError(f"it took longer than {seconds:g} seconds")


def _hungry() -> NotMadeError:
    return NotMadeError(f"it needed more than {MEMORY / 1e9:g} GB of memory")


def _died(code: int, seconds: float) -> NotMadeError:
    if code == -signal.SIGALRM:
        return _late(seconds)
    return _hungry() if code in (-signal.SIGABRT, -signal.SIGKILL) else NotMadeError("the engine stopped")


def serve() -> None:
    """The child: takes queries from its standard input and tells their first rows, until there are no more."""
    out = os.fdopen(os.dup(1), "wb")
    child.let_go()
    child.forbid_sockets()
    store = Opened(ox.Store.read_only(sys.argv[2]), None)
    while said := child.read_frame(sys.stdin.buffer):
        task = json.loads(said)
        limits = Limits(seconds=task["seconds"], memory=task["memory"])
        try:
            with child.walled(limits, files=True):
                found = first_of(store.rows(task["text"]), task["most"])
            reply = json.dumps({"told": found.told, "rest": found.rest}).encode()
        except child.FAILURES as error:
            reply = child.failed(error, limits)
        child.write_frame(out, reply)
