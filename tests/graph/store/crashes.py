"""What do the tests of crashes share? A process that loads again and again and says what is done, and a way to end it."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from graph.maps import open_map
from graph.store.embedded import DiskStore
from graph.store.verify import verify

ROOT = Path(__file__).resolve().parents[3]
ELEMENTS = 40

WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from graph.maps import load_into
from tests.graph.store.crashes import write_version
home, version = Path(sys.argv[2]), int(sys.argv[3])
print("ready", flush=True)
while True:
    version += 1
    write_version(home / "shop", version)
    print("begin", version, flush=True)
    load_into(home / "store", [home / "shop"])
    print("done", version, flush=True)
"""


def write_version(folder: Path, version: int) -> None:
    """A map of which each element and each file tells its version; the second file comes and goes."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = [
        f"  - {{id: e{n}-v{version}, kind: service, depends_on: [e{(n + 1) % ELEMENTS}-v{version}]}}"
        for n in range(ELEMENTS)
    ]
    (folder / "map.yaml").write_text("\n".join(["elements:", *rows, ""]))
    other = folder / "other.yaml"
    other.unlink(missing_ok=True)
    if version % 2:
        other.write_text(f"elements:\n  - {{id: other-v{version}, kind: service, depends_on: [e0-v{version}]}}\n")


def version_of(store: Path) -> int:
    """The version that a store holds, whole: all of its elements, no other's, and the file that belongs to it."""
    ids = open_map(store=store).projection.ids
    versions = {int(name.rpartition("-v")[2]) for name in ids}
    assert len(versions) == 1, f"half of one load and half of another: {sorted(versions)}"
    version = versions.pop()
    assert len(ids) == ELEMENTS + version % 2
    return version


def kill_while_loading(home: Path, kills: int, seed: int) -> list[int]:
    """Kill a loading process ``kills`` times, at moments spread over all that it does; the version after each.

    Every other time the process has loaded once before. How long a load takes here and now is measured first.
    After each: the store opens, holds the last load that was acknowledged or the one that had begun, whole.
    """
    dice = random.Random(seed)
    span = _seconds_of_a_load(home / "measured")
    found, version = [], 0
    for kill in range(kills):
        writer = _started(home, version)
        lines = [_heard(writer, "done")] if kill % 2 else []
        time.sleep(1.5 * span * dice.random())
        os.kill(writer.pid, signal.SIGKILL)
        assert writer.stdout is not None
        said = [line.split() for line in [*lines, *writer.stdout.read().splitlines()]]
        writer.wait()
        writer.stdout.close()
        done = max([int(number) for word, number in said if word == "done"], default=version)
        begun = max([int(number) for word, number in said if word == "begin"], default=version)
        if not (home / "store" / "format").exists():
            assert done == 0, "an acknowledged load is gone"
            continue
        DiskStore(home / "store", writable=True).close()  # what the crash left behind goes away
        if DiskStore(home / "store").sources or done:
            now = version_of(home / "store")
            assert now in {done, max(begun, done)}, f"acknowledged {done}, begun {begun}, the store holds {now}"
            version = now
        assert [check for check in verify(home / "store") if check.damage] == []
        found.append(version)
    return found


def _started(home: Path, version: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(ROOT), str(home), str(version)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    _heard(writer, "ready")
    return writer


def _heard(writer: subprocess.Popen[str], word: str) -> str:
    """The next line that begins with a word."""
    assert writer.stdout is not None
    return next(line for line in writer.stdout if line.startswith(word))


def _seconds_of_a_load(home: Path) -> float:
    writer = _started(home, 0)
    begun = time.monotonic()
    _heard(writer, "done")
    seconds = time.monotonic() - begun
    writer.kill()
    writer.communicate()
    return seconds
