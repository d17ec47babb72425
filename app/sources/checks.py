"""Would a file that somebody has here make a map? It is read in a process of its own, told, and thrown away.

Nothing of it reaches the map that is served. The process has limits of time and memory, and can be stopped.
"""

from __future__ import annotations

import json
import re
import secrets
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

from graph.sources import known_endings

__all__ = ["LARGEST", "SECONDS", "Check", "Checks", "safe_name"]

LARGEST = 20_000_000
"""Bytes of a file."""
SECONDS, _MEMORY, _AT_ONCE, _KEPT, _FINDINGS = 60, 3_000_000_000, 2, 20, 500
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
    """One file under check. ``state`` is reading, done, refused, stopped."""

    name: str
    began: float = field(default_factory=time.monotonic)
    state: str = "reading"
    said: dict[str, Any] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    def told(self) -> dict[str, Any]:
        """As plain values."""
        return {"file": self.name, "state": self.state, "seconds": round(time.monotonic() - self.began, 1), **self.said}


class Checks:
    """The checks of a server: two at a time, and the last twenty results. Safe for many threads."""

    def __init__(self) -> None:
        self._checks: OrderedDict[str, Check] = OrderedDict()
        self._lock = Lock()

    def begin(self, name: str, content: bytes) -> str | None:
        """Start to read a file; its key, or None while too many are read."""
        check = Check(name)
        with self._lock:
            if sum(each.state == "reading" for each in self._checks.values()) >= _AT_ONCE:
                return None
            key = secrets.token_urlsafe(12)
            self._checks[key] = check
            while len(self._checks) > _KEPT:
                self._checks.popitem(last=False)
        Thread(target=self._judge, args=(check, content), name="check", daemon=True).start()
        return key

    def get(self, key: str) -> Check | None:
        """A check that is still known."""
        with self._lock:
            return self._checks.get(key)

    def stop(self, key: str) -> None:
        """Stop reading; nothing of the file stays."""
        check = self.get(key)
        if check is not None and check.state == "reading":
            check.state = "stopped"
            if check.process is not None:
                check.process.kill()

    def _judge(self, check: Check, content: bytes) -> None:
        try:
            self._read(check, content)
        except OSError as error:  # no space, no process, a folder that somebody swept away
            check.said = _refusal([f"the check could not be made here: {error.strerror or error}; try again"])
        if check.state == "reading":
            check.state = "done" if check.said.get("loads") else "refused"

    def _read(self, check: Check, content: bytes) -> None:
        with tempfile.TemporaryDirectory(prefix="servicemap-check-") as folder:
            file = Path(folder) / _namespace(check.name) / safe_name(check.name)
            file.parent.mkdir()  # a map without a name is called as its folder is
            file.write_bytes(content)
            command = [sys.executable, "-c", _CHILD, _HOME, "validate", file.name, "--format", "json"]
            pipe = subprocess.PIPE
            if check.state == "stopped":
                return
            process = subprocess.Popen(  # noqa: S603 our own program; of the file's name only safe signs are left
                command, cwd=file.parent, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe
            )
            check.process = process
            _limit(process.pid)
            if check.state == "stopped":
                process.kill()
            try:
                out, wrong = process.communicate(timeout=SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.communicate()
                check.said = _refusal([f"reading took longer than {SECONDS} seconds; give a smaller file"])
            else:
                check.said = _said(process.returncode, out, wrong)


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
    }


def _said(code: int, out: bytes, wrong: bytes) -> dict[str, Any]:
    """What ``validate`` said: its findings, or why it gave up."""
    if code not in (0, 1):
        lines = [line.removeprefix("error: ") for line in wrong.decode("utf-8", "replace").splitlines() if line]
        return _refusal(lines or ["reading it needs more memory than a check may have"])
    told = json.loads(out)
    rows = told["findings"]
    loads = code == 0
    return {
        "loads": loads,
        "title": told["title"],
        "findings": rows[:_FINDINGS],
        "left_out": max(0, len(rows) - _FINDINGS),
    }
