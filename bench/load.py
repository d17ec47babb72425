"""What does it cost to load a map, beside the engine alone? The same file of N-Triples, into a named graph, in one run.

``python bench/load.py [ELEMENTS]``. Ours reads, checks, notes lines and digests, runs the rules, says where it all
comes from and makes the projection; a second row adds the shapes and checks of the map. ``oxigraph`` comes with the
group ``peers``.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PEER = Path(sys.executable).with_name("oxigraph")
OURS = """
import resource, sys
from pathlib import Path
from graph.maps import load_into
done = load_into(Path(sys.argv[1]), [Path(sys.argv[2])])
if len(sys.argv) > 3:
    done.validate()
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def main() -> None:
    """Print seconds of wall time and of processor time, and the most memory, of each."""
    elements = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        subprocess.run(
            [sys.executable, "-m", "bench.generator", str(elements), "--out", str(folder / "made")],
            check=True,
            cwd=ROOT,
        )
        file, store = folder / "made" / "map.nt", folder / "store"
        ours = [sys.executable, "-c", OURS, str(store), str(file)]
        checked = [sys.executable, "-c", OURS, str(folder / "checked"), str(file), "validate"]
        rows = {"load": ours, "load again, unchanged": ours, "load and validate": checked}
        if PEER.exists():
            graph = ["--graph", "urn:graph", "--file", str(file)]
            rows = {"oxigraph load --graph": [str(PEER), "load", "--location", str(folder / "peer"), *graph], **rows}
        times = {what: timed(command) for what, command in rows.items()}
        for what, (wall, own, memory) in times.items():
            print(f"{what:24} {wall:8.1f} s wall {own:8.1f} s own {memory:>8} MB")
        if PEER.exists():
            peer = times["oxigraph load --graph"]
            for what in ("load", "load and validate"):
                wall, own, _ = times[what]
                print(f"{what} / oxigraph: {wall / peer[0]:.2f} of wall, {own / peer[1]:.2f} of own")


def timed(command: list[str]) -> tuple[float, float, str]:
    """Wall seconds, processor seconds, and what the program says of its memory."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    own = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return wall, own, done.stdout.strip().splitlines()[-1] if done.stdout.strip().isdecimal() else "?"


if __name__ == "__main__":
    main()
