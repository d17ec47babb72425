"""How long does validation take, beside pySHACL on a small map and beside ``oxigraph load`` on a large one?

``python bench/validation.py [ELEMENTS]``; up to 2,000 elements pySHACL runs beside, above that the bare load.
"""

from __future__ import annotations

import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.generator import generate, write_triples
from graph.model import Source, Statements
from graph.store import DERIVED, Reader
from graph.store.embedded import DiskStore, MemoryStore
from graph.validation import run_checks, run_shapes

MOST_FOR_PYSHACL, RUNS = 2_000, 5


def main() -> None:
    """Time every way in turn, several times, and print medians of wall time and of the processor's."""
    elements = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "map.nt"
        with file.open("wb") as out:
            count = write_triples(generate(elements), out)
        print(f"{elements:,} elements, {count:,} statements")
        small = elements <= MOST_FOR_PYSHACL
        store = stored(file, None if small else Path(folder) / "store")
        ways: dict[str, Callable[[], object]] = {
            "shapes as checks": lambda: run_shapes(store),
            "checks of the whole": lambda: run_checks(store),
        }
        if small:
            ways["shapes by pySHACL"] = lambda: run_shapes(store, engine="pyshacl")
        elif shutil.which("oxigraph"):
            ways["oxigraph load --graph"] = lambda: bare_load(file, Path(folder) / "bare")
        report(ways, RUNS if small else 3)
    print(f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB of memory")


def stored(file: Path, folder: Path | None) -> Reader:
    """The map in a store, in memory or in a folder, as it is after a load."""
    store = MemoryStore() if folder is None else DiskStore(folder, writable=True)
    source = Source("made/map.nt", str(file), "rdf", "", "made")
    store.replace([Statements(source, file.read_bytes(), {})])
    print(f"{store.triples(DERIVED).count(b' .'):,} statements follow from them")
    if folder is None:
        return store
    store.close()
    return DiskStore(folder)


def bare_load(file: Path, folder: Path) -> None:
    """What the engine's own command needs for the same file."""
    shutil.rmtree(folder, ignore_errors=True)
    graph = "https://w3id.org/servicemap/graph/source/made/map.nt"
    command = ["oxigraph", "load", "--location", str(folder), "--file", str(file), "--graph", graph]
    subprocess.run(command, check=True, capture_output=True)


def report(ways: dict[str, Callable[[], object]], runs: int) -> None:
    """One row a way."""
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for _ in range(runs):
        for name, way in ways.items():
            times[name].append(timed(way))
    for name, measured in times.items():
        wall, own = (statistics.median(column) for column in zip(*measured, strict=True))
        print(f"{name:24} {wall:8.3f} s wall {own:8.3f} s own")


def timed(way: Callable[[], object]) -> tuple[float, float]:
    """Wall seconds, and processor seconds of this process and those it started."""

    def own() -> float:
        return sum(resource.getrusage(who).ru_utime + resource.getrusage(who).ru_stime for who in _WHO)

    before, start = own(), time.perf_counter()
    way()
    return time.perf_counter() - start, own() - before


_WHO = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


if __name__ == "__main__":
    main()
