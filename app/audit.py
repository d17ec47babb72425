"""What is noted of writes and of requests that were not let in? A line of JSON each, in a file that only grows."""

from __future__ import annotations

import json
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

__all__ = ["Audit"]


class Audit:
    """Where the lines go: a file, or standard error.

    >>> Audit(Path("/dev/null")).note("token 'ci'", "127.0.0.1", "PUT", "/graphs", 201)
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file, self._lock = file, threading.Lock()

    def note(self, who: str, address: str, method: str, path: str, status: int, **more: object) -> None:
        """Write a line; whatever is in it, it stays one line."""
        said = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "who": who, "address": address}
        line = json.dumps({**said, "method": method, "path": path[:500], "status": status, **more}) + "\n"
        with self._lock:
            if self._file is None:
                sys.stderr.write(line)
                return
            with self._file.open("a", encoding="utf-8") as out:
                out.write(line)
