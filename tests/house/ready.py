"""How is the program run a hundred times without starting it a hundred times? A process that has it at hand forks each run.

What it imports takes longer than what most commands do. Each run is a process of its own, with the arguments, the
folder, the environment and the files 0, 1 and 2 of whoever calls the script; what it leaves behind in memory dies with
it. The start itself is tried where the program is really started: by the doors of the wheel, and by servers.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import pkgutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HEAVY = (
    "graph.maps",
    "graph.doubts",
    "graph.validation",
    "graph.analysis.timed",
    "graph.store.engine",
    "graph.documents",
)
CALLER = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as door:
    door.connect(sys.argv[1])
    socket.send_fds(door, [json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode() + b"\\n"], [0, 1, 2])
    sys.exit(int(door.makefile().read() or 70))
"""


class Ready:
    """The program at hand; ``script`` is what to call."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        """Start it, with a script in ``home``; the environment is that of a run."""
        self.script, door = home / "servicemap", home / "door"
        caller = home / "caller.py"
        caller.write_text(CALLER, encoding="utf-8")
        self.script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{caller}" "{door}" "$@"\n', encoding="utf-8")
        self.script.chmod(0o755)
        self._process = subprocess.Popen(
            [sys.executable, __file__, str(door)],
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        )
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def close(self) -> None:
        """End it; a run that is under way goes on."""
        self._process.terminate()
        self._process.communicate()


def _run(door: socket.socket) -> None:
    """One run, in the process that was forked for it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    message, files, *_ = socket.recv_fds(door, 1 << 20, 3)
    while not message.endswith(b"\n"):
        message += door.recv(1 << 20)
    words, folder, environment = json.loads(message)
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["servicemap", *words]
    code: object = 1
    try:
        sys.modules["servicemap"].main()
        code = 0
    except SystemExit as end:
        code = end.code
    finally:  # as the interpreter ends
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        door.sendall(str(code or 0).encode())
        os._exit(0)


def _serve(address: str) -> None:
    """Import what the program needs, then fork a run for each caller."""
    sys.path.insert(0, str(ROOT))
    importlib.import_module("servicemap")
    commands = importlib.import_module("app.commands")
    for name in [*HEAVY, *(each.name for each in pkgutil.iter_modules(commands.__path__, "app.commands."))]:
        importlib.import_module(name)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for a run but its caller
    with socket.socket(socket.AF_UNIX) as doors:
        doors.bind(address)
        doors.listen(16)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            door, _ = doors.accept()
            with door:
                if not os.fork():
                    doors.close()
                    _run(door)


if __name__ == "__main__":
    _serve(sys.argv[1])
