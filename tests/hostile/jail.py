"""How does a test run the program where nothing gets out? In a child that counts what it opens, and has no sockets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KILLED_AFTER = 120.0  # seconds; a busy machine is not a wrong answer
_INSIDE = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_AS, (6_000_000_000, 6_000_000_000))
log = open(sys.argv.pop(1), "a", buffering=1, errors="surrogateescape")
def watch(event, given):
    if event == "open" and isinstance(given[0], (str, bytes)):
        log.write("open " + os.path.abspath(os.fsdecode(given[0])).replace("\\n", " ") + "\\n")
    elif event.startswith("socket.") and event not in ("socket.__new__",):
        log.write(event + "\\n")
        raise PermissionError("no sockets here")
    elif event in ("os.system", "os.exec", "os.posix_spawn", "os.spawn"):
        log.write(event + " " + str(given[0]) + "\\n")
sys.path.insert(0, sys.argv.pop(1))
from graph.store.child import forbid_sockets
forbid_sockets()
sys.addaudithook(watch)
from servicemap import main
try:
    main()
finally:
    if os.path.exists("/proc/self/status"):
        lines = open("/proc/self/status").read().splitlines()
        log.write("memory " + next(line.split()[1] for line in lines if line.startswith("VmHWM:")) + "\\n")
"""


@dataclass(frozen=True)
class Ran:
    """What a command left behind: its exit code, words, peak memory in bytes, seconds (``work``: of processor), and what it touched."""

    code: int
    out: str
    err: str
    memory: int
    seconds: float
    work: float
    opened: frozenset[str]
    reached: tuple[str, ...]


def run(*words: object, cwd: Path | None = None) -> Ran:
    """Run ``servicemap WORDS`` in the jail."""

    with tempfile.TemporaryDirectory(prefix="jail-") as folder:
        log = Path(folder, "log")
        with Path(folder, "out").open("wb") as out, Path(folder, "err").open("wb") as err:
            command = [sys.executable, "-I", "-c", _INSIDE, str(log), str(ROOT), *map(str, words)]
            started = time.monotonic()
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=err, cwd=cwd)
            clock = threading.Timer(KILLED_AFTER, process.kill)
            clock.start()
            _, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - started
            clock.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
        said = log.read_text("utf-8", "surrogateescape").splitlines() if log.exists() else []
        return Ran(
            code=process.returncode,
            out=Path(folder, "out").read_text("utf-8", "replace"),
            err=Path(folder, "err").read_text("utf-8", "replace"),
            memory=_peak(said) or used.ru_maxrss * 1024,
            seconds=seconds,
            work=used.ru_utime + used.ru_stime,
            opened=frozenset(line[5:] for line in said if line.startswith("open ")),
            reached=tuple(line for line in said if not line.startswith(("open ", "memory "))),
        )


def _peak(said: list[str]) -> int:
    """Bytes as the program has seen them at its end: what the system tells later counts the one that started it too."""
    return next((int(line[7:]) * 1024 for line in said if line.startswith("memory ")), 0)


def was_killed(ran: Ran) -> bool:
    """Whether it did not end by itself."""
    return ran.code == -signal.SIGKILL
