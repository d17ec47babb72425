"""How long does it take to build the graph of a store, to keep it, and to ask it, beside the load of the same file?

``python bench/projection.py 100000`` takes another number of elements. The load is ``oxigraph load --graph``.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from bench.generator import generate, write_triples
from graph.maps import load_into
from graph.projection import Projection, project
from graph.projection.cache import load, save
from graph.store.embedded import DiskStore

ROOT = Path(__file__).resolve().parents[1]
PROGRAM = [sys.executable, str(ROOT / "servicemap.py")]
RUNS = 5


def seconds(name: str, act: Callable[[], object]) -> float:
    """Do it once and say how long it took, with the memory that it has needed so far."""
    started, own = time.perf_counter(), time.process_time()
    act()
    wall, own = time.perf_counter() - started, time.process_time() - own
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  {name}: {wall:.2f} s, {own:.2f} s of a processor, at most {memory:,.0f} MB")
    return wall


def main() -> None:
    """Generate, load with both, build, keep, open, ask."""
    for elements in [int(word) for word in sys.argv[1:]] or [10_000]:
        with tempfile.TemporaryDirectory() as folder:
            _measure(elements, Path(folder))


def _measure(elements: int, folder: Path) -> None:
    file, kept = folder / "map.nt", folder / "projection"
    with file.open("wb") as out:
        triples = write_triples(generate(elements), out)
    print(f"{elements:,} elements, {triples:,} statements")
    peer = shutil.which("oxigraph", path=str(Path(sys.executable).parent))
    if peer:
        words = ["load", "--location", str(folder / "peer"), "--file", str(file), "--graph", "https://x/g"]
        bare = seconds("oxigraph load --graph", lambda: subprocess.run([peer, *words], check=True, capture_output=True))
    whole = seconds("load_into, rules and projection included", lambda: load_into(folder / "store", [file]))
    store = DiskStore(folder / "store")
    made: list[Projection] = []
    share = seconds("of it the projection: project", lambda: made.append(project(store)))
    seconds("save", lambda: save(made[0], kept))
    print(f"  the file has {kept.stat().st_size / 1e6:.1f} MB, dependencies {made[0].nbytes / len(made[0]):.1f} B each")
    seconds("open by memory map", lambda: load(kept, store.revision))
    if peer:
        print(f"  load / oxigraph load {whole / bare:.2f}, projection / oxigraph load {share / bare:.2f}")
    most_used = int(np.argmax(np.diff(made[0].users)[: len(made[0])]))
    asked = [*PROGRAM, "impact", made[0].ids[most_used], "--store", str(folder / "store"), "--most", "10"]
    for _ in range(RUNS):
        seconds("a whole impact process", lambda: subprocess.run(asked, check=True, capture_output=True))


if __name__ == "__main__":
    main()
