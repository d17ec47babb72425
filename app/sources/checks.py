"""Would a file that somebody has here make a map? It is read in a process of its own, and loaded where that is asked.

What is read alone reaches no map. Each process has a limit of time and can be stopped; a store that is being loaded
holds then what it held.
"""

from __future__ import annotations

import json
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath, PureWindowsPath
from threading import Lock, Thread
from typing import Any
from weakref import finalize

from app.problem import Problem
from graph.sources import known_endings

__all__ = ["LARGEST", "LOADING", "SECONDS", "Check", "Checks", "safe_name"]

LARGEST = 20_000_000
"""Bytes of a file."""
SECONDS, _MEMORY, _AT_ONCE, _KEPT, _FINDINGS = 60, 3_000_000_000, 2, 20, 500
LOADING = 1_800
"""Seconds that a load may take: the map that it goes into may be large."""
_OPEN = " is not defined"
_HOME = str(Path(__file__).resolve().parents[2])
_CHILD = "import sys; sys.path.insert(0, sys.argv.pop(1)); from app.cli import main; main()"


def safe_name(name: str) -> str:
    r"""A name that is safe as a file's, with the same ending; "" where no importer knows the ending.

    >>> safe_name("../../etc/Shop map.yaml"), safe_name("C:\\maps\\a.ttl"), safe_name("virus.exe")
    ('Shop-map.yaml', 'a.ttl', '')
    """
    last = PureWindowsPath(PurePosixPath(name).name).name
    ending = PurePosixPath(last).suffix.lower()
    stem = re.sub(r"[^A-Za-z0-9_.]+", "-", PurePosixPath(last).stem).strip("-.")[:60]
    return f"{stem or 'file'}{ending}" if ending in known_endings() else ""


@dataclass
class Check:
    """One file under check. ``state`` is reading, done, refused, stopped; then loading, loaded, failed.

    ``file`` is where it lies for who may want it loaded, in a ``folder`` that goes with the check.
    """

    name: str
    began: float = field(default_factory=time.monotonic)
    state: str = "reading"
    said: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    folder: Path | None = None

    @property
    def namespace(self) -> str:
        """What its elements are in, where it does not say that itself."""
        return _namespace(self.name)

    @property
    def file(self) -> Path | None:
        """Where it lies; None where nothing of it is left."""
        return self.folder / self.namespace / safe_name(self.name) if self.folder else None

    def drop(self) -> None:
        """Have nothing of the file left."""
        folder, self.folder = self.folder, None
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {"file": self.name, "state": self.state, "seconds": round(time.monotonic() - self.began, 1), **self.said}


class Checks:
    """The checks of a server: two at a time, and the last twenty results. Safe for many threads."""

    def __init__(self) -> None:
        self._checks: OrderedDict[str, Check] = OrderedDict()
        self._lock, self._loading = Lock(), Lock()

    def begin(self, name: str, content: bytes) -> str | None:
        """Start to read a file; its key, or None while too many are read."""
        check = Check(name)
        with self._lock:
            if sum(each.state == "reading" for each in self._checks.values()) >= _AT_ONCE:
                return None
            key = secrets.token_urlsafe(12)
            self._checks[key] = check
            while len(self._checks) > _KEPT:
                self._checks.popitem(last=False)[1].drop()
        Thread(target=self._judge, args=(check, content), name="check", daemon=True).start()
        return key

    def get(self, key: str) -> Check | None:
        """A check that is still known."""
        with self._lock:
            return self._checks.get(key)

    def stop(self, key: str) -> None:
        """Stop reading, or loading; nothing of the file stays."""
        check = self.get(key)
        if check is not None and check.state in ("reading", "loading"):
            check.state = "stopped"
            if check.process is not None:
                check.process.kill()
        elif check is not None:
            check.drop()

    def load(self, check: Check, store: Path) -> None:
        """Load a file that was judged into a store, all of it or nothing; returns when that is done.

        Raises Problem while another is loaded, and where nothing of the file is left.
        """
        file = check.file
        if check.state not in ("done", "refused") or file is None:
            raise Problem(409, "Nothing to load", "of this file nothing is left here", "give it again")
        if not self._loading.acquire(blocking=False):
            raise Problem(503, "Wait a moment", "another file is being loaded", "try again when it is there")
        try:
            check.state = "loading"
            words = ["load", file.name, "--store", str(store)]
            code, out, wrong = _run(check, words, file.parent, LOADING, limit=False)
            if check.state == "loading":
                check.state = "loaded" if code in (0, 1) else "failed"
                check.said = _loaded(out, wrong) if check.state == "loaded" else _refusal(_lines(wrong))
        except OSError as error:
            said = f"it could not be loaded: {error.strerror or error}; try again"
            check.state, check.said = "failed", _refusal([said])
        finally:
            self._loading.release()
            check.drop()

    def _judge(self, check: Check, content: bytes) -> None:
        try:
            self._read(check, content)
        except OSError as error:  # no space, no process, a folder that somebody swept away
            check.said = _refusal([f"the check could not be made here: {error.strerror or error}; try again"])
        if check.state == "reading":
            check.state = "done" if check.said.get("loads") else "refused"
        if not check.said.get("loads") and not check.said.get("open"):
            check.drop()

    def _read(self, check: Check, content: bytes) -> None:
        check.folder = Path(tempfile.mkdtemp(prefix="servicemap-check-"))
        finalize(check, shutil.rmtree, check.folder, ignore_errors=True)  # at the latest when the server ends
        file = check.file
        assert file is not None
        file.parent.mkdir()  # a map without a name is called as its folder is
        file.write_bytes(content)
        if check.state == "stopped":
            return
        code, out, wrong = _run(check, ["validate", file.name, "--format", "json"], file.parent, SECONDS, limit=True)
        check.said = _said(code, out, wrong)


def _run(check: Check, words: list[str], at: Path, seconds: int, *, limit: bool) -> tuple[int, bytes, bytes]:
    """Run a command of ours in a process of its own, which whoever has the check may stop."""
    command, pipe = [sys.executable, "-c", _CHILD, _HOME, *words], subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 our own program; of the file's name only safe signs are left
        command, cwd=at, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
    )
    check.process = process
    if limit:
        _limit(process.pid)
    if check.state == "stopped":
        process.kill()
    try:
        out, wrong = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return 2, b"", f"error: it took longer than {seconds:,} seconds; give a smaller file".encode()
    return process.returncode, out, wrong


def _namespace(name: str) -> str:
    """What a file is called without its ending, as a namespace is written.

    >>> _namespace("Teams of 2026.yaml"), _namespace("§.yaml")
    ('teams-of-2026', 'file')
    """
    return re.sub(r"[^a-z0-9]+", "-", Path(name).stem.lower()).strip("-") or "file"


def _limit(process: int) -> None:
    with suppress(ImportError, AttributeError, OSError):  # only Linux can limit another process
        from resource import RLIMIT_AS, prlimit

        prlimit(process, RLIMIT_AS, (_MEMORY, _MEMORY))


def _refusal(lines: list[str]) -> dict[str, Any]:
    return {
        "loads": False,
        "title": "This file cannot be loaded",
        "findings": [{"severity": "error", "where": "", "finding": line, "remedy": ""} for line in lines[:_FINDINGS]],
        "left_out": max(0, len(lines) - _FINDINGS),
        "open": bool(lines) and all(_OPEN in line for line in lines),
    }


def _lines(wrong: bytes) -> list[str]:
    lines = [line.removeprefix("error: ") for line in wrong.decode("utf-8", "replace").splitlines() if line]
    return lines or ["it ended without a word; perhaps it needs more memory than there is"]


def _loaded(out: bytes, wrong: bytes) -> dict[str, Any]:
    """What ``load`` said: its last line, without the place of the store."""
    said = (out + wrong).decode("utf-8", "replace").splitlines()
    title = next((line.partition(": ")[2] for line in said if line.startswith("loaded into ")), "")
    return {"loads": True, "title": title, "findings": [], "left_out": 0}


def _said(code: int, out: bytes, wrong: bytes) -> dict[str, Any]:
    """What ``validate`` said: its findings, or why it gave up."""
    if code not in (0, 1):
        return _refusal(_lines(wrong) if wrong else ["reading it needs more memory than a check may have"])
    told = json.loads(out)
    rows = told["findings"]
    loads = code == 0
    return {
        "loads": loads,
        "title": told["title"],
        "findings": rows[:_FINDINGS],
        "left_out": max(0, len(rows) - _FINDINGS),
    }
