"""How does a long test start a server of its own? As a process, whose port and end it knows."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextmanager
def served(*words: object) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    """Run ``servicemap serve`` with these words on a free port; gives the port and the process."""
    command = [sys.executable, str(ROOT / "servicemap.py"), "serve", *map(str, words), "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert process.stdout is not None
    said = next((line for line in process.stdout if "stop with" in line), "")
    reading = threading.Thread(target=process.stdout.read)
    reading.start()
    try:
        assert said, "the server did not start"
        yield int(re.findall(r":(\d+)/", said)[0]), process
    finally:
        process.terminate()
        process.wait(20)
        reading.join()
        process.stdout.close()
