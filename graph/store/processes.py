"""How is a child process that answers queries started, spoken with, waited for and ended?"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, Self

from graph.model import InputError
from graph.store import child
from graph.store.asking import Asking
from graph.store.child import Task
from graph.store.embedded import MemoryStore
from graph.store.interface import Limits, Table, Value

__all__ = ["Worker", "in_fork", "wrong"]

_HOME = str(Path(__file__).resolve().parents[2])
# A program of its own: it stands above all floors, and may join what they hold.
_CHILD = """import sys
sys.path.insert(0, sys.argv[1])
from graph.fast import rewriter
from graph.store import child
child.serve(rewriter, sockets={})
"""
_RELAY = """import sys
sys.path.insert(0, sys.argv[1])
from graph.fast import rewriter
from graph.store import relay
relay.serve(rewriter)
"""
# glibc sets 64 MB of addresses aside for each thread that asks for memory, up to eight times for each processor; what
# is limited are addresses, and the engine's threads would use up a limit of 1 GB without holding anything.
_FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
_OPENING = 120.0  # seconds to have the triples at hand; they are ours, so this is no limit of the query
_WRONG = b'{"error"'
_PIECE, _SHORT = 1 << 20, 1 << 16  # bytes of an answer that are read at a time
_PIPE = 1 << 19  # bytes of an answer that a worker can write before somebody reads
_LOOK = 0.1  # seconds between two looks whether whoever waits has left


class Child(Protocol):
    """A process that answers."""

    out: _Frames

    def kill(self) -> None:
        """End it now."""

    def code(self) -> int:
        """Wait for its end; its exit code, below zero the signal that ended it."""


class Worker:
    """A process that answers one query after another."""

    def __init__(self, *, elsewhere: bool = False, sockets: bool = False) -> None:
        """Start it: for triples here, or for an engine ``elsewhere``; with ``sockets`` a query may call a server."""
        self.key = ""
        self.fit = True
        self._process = subprocess.Popen(  # noqa: S603 our own interpreter and our own code
            [sys.executable, "-I", "-c", _RELAY if elsewhere else _CHILD.format(sockets), _HOME],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | _FEW_ARENAS,
        )
        assert self._process.stdout is not None
        self.out = _Frames(self._process.stdout.fileno())
        with suppress(AttributeError, OSError):  # where the system has it, an answer waits for no reader
            fcntl.fcntl(self.out.fileno(), fcntl.F_SETPIPE_SZ, _PIPE)

    def open(self, task: Task, asking: Asking, quads: bytes = b"") -> None:
        """Have triples at hand, if these are not those that it has."""
        if task.key == self.key:
            return
        self.fit = False
        reply = self._do(task, asking, quads)
        if reply.get("error"):
            raise wrong({"remedy": "load the files again", **reply})
        self.key, self.fit = task.key, True

    def ask(self, task: Task, asking: Asking, taken: float = 0.0) -> Table:
        """Answer a query; afterwards ``fit`` says whether it can take another. ``taken`` as for ``send``."""
        reply = _reply(self, self.send(task, asking, taken), task.limits, asking)
        self.fit = not reply.get("spent")
        return _told(reply)

    def tell(self, task: Task, asking: Asking, taken: float = 0.0) -> tuple[dict[str, Any], Iterator[bytes]]:
        """Answer in pieces: what comes, and the pieces; at their end ``fit`` says whether it can take another."""
        return self.told(self.send(task, asking, taken), task.limits, asking)

    def send(self, task: Task, asking: Asking, taken: float = 0.0) -> float:
        """Hand over a query; until when ``told`` may wait for its answer. ``taken`` of its time has gone already."""
        self.fit = False
        until = time.monotonic() + task.limits.seconds - taken
        self._write(replace(task, key=self.key), asking)
        return until

    def told(self, until: float, limits: Limits, asking: Asking) -> tuple[dict[str, Any], Iterator[bytes]]:
        """What comes, and the pieces."""
        reply = _reply(self, until, limits, asking)
        if "error" in reply:
            self.fit = not reply.get("spent")
            raise wrong(reply)
        return reply, self._pieces(until, limits, asking)

    def _pieces(self, until: float, limits: Limits, asking: Asking) -> Iterator[bytes]:
        while said := _next(self, until, limits, asking):
            if not said.startswith(child.PIECE):
                self.fit = not json.loads(said).get("spent")
                return
            yield said[len(child.PIECE) :]
        raise _why(self.code(), limits)

    def write(self, task: Task, parts: Sequence[bytes]) -> dict[str, Any]:
        """Write; what it says at the end."""
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):
            for frame in (task.to_json(), *parts):
                child.write_frame(self._process.stdin, frame)
        return _reply(self, time.monotonic() + task.limits.seconds, task.limits, Asking())

    def _do(self, task: Task, asking: Asking, quads: bytes = b"") -> dict[str, Any]:
        self._write(task, asking, quads)
        return _reply(self, time.monotonic() + _OPENING, replace(task.limits, seconds=_OPENING), asking)

    def _write(self, task: Task, asking: Asking, quads: bytes = b"") -> None:
        assert self._process.stdin is not None
        with asking.under_way(self.kill), suppress(BrokenPipeError):
            child.write_frame(self._process.stdin, task.to_json())
            if task.quads:
                child.write_frame(self._process.stdin, quads)

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def code(self) -> int:
        """Wait for its end; its exit code, below zero the signal that ended it."""
        return self._process.wait()

    def end(self) -> None:
        """Kill it and leave nothing behind."""
        self.kill()
        with suppress(BrokenPipeError), self._process:
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()


class _Fork:
    """A child that shares the memory of its parent."""

    def __init__(self, number: int, out: int) -> None:
        self.number, self.out = number, _Frames(out)
        self._code: int | None = None

    def kill(self) -> None:
        if self._code is None:
            os.kill(self.number, signal.SIGKILL)

    def code(self) -> int:
        if self._code is None:
            self._code = os.waitstatus_to_exitcode(os.waitpid(self.number, 0)[1])
        return self._code


def in_fork(store: MemoryStore, task: Task, asking: Asking) -> Table:
    """The child shares the parent's memory until one of them writes: nothing is copied. Not safe beside threads."""
    asking.check()
    reading, writing = os.pipe()
    number = os.fork()
    if number == 0:
        try:
            os.close(reading)
            child.answer_once(store._triples, task, writing)  # noqa: SLF001 the engine's handle stays here
            os._exit(0)
        finally:
            os._exit(1)
    os.close(writing)
    forked = _Fork(number, reading)
    try:
        return _told(_reply(forked, time.monotonic() + task.limits.seconds, task.limits, asking))
    finally:
        os.close(reading)
        forked.code()


def _reply(answering: Child, until: float, limits: Limits, asking: Asking) -> dict[str, Any]:
    """Wait for a child, and no longer than allowed; what it says, or why it says nothing."""
    if said := _next(answering, until, limits, asking):
        reply: dict[str, Any] = json.loads(said)
        return reply
    code = answering.code()
    asking.check()
    raise _why(code, limits)


def _next(answering: Child, until: float, limits: Limits, asking: Asking) -> bytes:
    """The next frame of a child, b"" when it has ended. InputError when it is late or cancelled, and it is ended."""
    if (said := answering.out.waiting()) is not None:
        return said
    try:
        with asking.under_way(answering.kill):
            return answering.out.next(until, asking)
    except TimeoutError:
        answering.kill()
        raise _late(limits) from None
    except BaseException:
        answering.kill()
        raise


class _Frames:
    """The frames that come out of a pipe; what came with one and belongs to the next is kept for it."""

    def __init__(self, out: int) -> None:
        self._out, self._said, self._ready = out, bytearray(), select.poll()
        self._ready.register(out, select.POLLIN)
        self._looked, self._begun = 0, False  # how far ``arrived`` has seen, and whether an answer has begun there

    def fileno(self) -> int:
        """The pipe."""
        return self._out

    @property
    def size(self) -> int:
        """Bytes that wait here."""
        return len(self._said)

    def arrived(self) -> bool:
        """Take what has come, without waiting; whether an answer is here to its end, or nothing more will come."""
        while self._ready.poll(0):
            piece = os.read(self._out, _SHORT)
            if not piece:
                return True
            self._said += piece
            if len(piece) < _SHORT:
                break
        said = self._said
        while len(said) >= (body := self._looked + child.HEAD):
            end = body + child.length(said[self._looked : body])
            if len(said) < end:
                break
            first, piece_of_it = not self._begun, said.startswith(child.PIECE, body)
            self._looked, self._begun = end, True
            if not piece_of_it and not (first and not said.startswith(_WRONG, body)):
                return True
        return False

    def waiting(self) -> bytes | None:
        """The next frame, where all of it is here already."""
        end = self._end()
        if end is None or len(self._said) < end:
            return None
        frame = bytes(self._said[child.HEAD : end])
        del self._said[:end]
        self._looked, self._begun = 0, False
        return frame

    def next(self, until: float, asking: Asking) -> bytes:
        """The next frame; b"" when it ends before its end. TimeoutError when it is late."""
        while (frame := self.waiting()) is None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if not self._ready.poll(min(left, _LOOK) * 1000):
                if not asking.cancelled:  # else it has been stopped, and its end says so
                    asking.check()
                continue
            piece = os.read(self._out, _PIECE if (self._end() or 0) > _SHORT else _SHORT)
            if not piece:
                return b""
            self._said += piece
        return frame

    def _end(self) -> int | None:
        """Where the next frame ends, as soon as that is known."""
        known = len(self._said) >= child.HEAD
        return child.HEAD + child.length(self._said[: child.HEAD]) if known else None


def _late(limits: Limits) -> InputError:
    return InputError.of(
        f"the query took longer than {limits.seconds:g} seconds and was stopped",
        remedy="ask for less, or raise --seconds",
        check="late",
    )


def _why(code: int, limits: Limits) -> InputError:
    """Why a child ended without an answer; its exit code is the signal that ended it, below zero."""
    if code == -signal.SIGALRM:
        return _late(limits)
    if code in (-signal.SIGABRT, -signal.SIGKILL):
        return InputError.of(child.hungry(limits), remedy=child.MORE_MEMORY, check="hungry")
    return InputError.of(
        "the query made the engine stop (it is too deep or too large)",
        remedy="write it shorter and flatter",
        check="died",
    )


def _told(reply: dict[str, Any]) -> Table:
    """What a child says, as a table; InputError when it says why not."""
    if "error" in reply:
        raise wrong(reply)
    rows = tuple(tuple(None if term is None else Value(*term) for term in row) for row in reply["rows"])
    return Table(tuple(reply["columns"]), rows, reply["truncated"], reply["form"])


def wrong(reply: dict[str, Any]) -> InputError:
    """What a child says is wrong."""
    return InputError.of(reply["error"], remedy=reply.get("remedy", ""), check=reply.get("check", "input"))
