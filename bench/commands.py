"""How long does a command take as a whole process? Medians of several runs, side by side with bare Python."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REAL = Path(os.environ.get("SERVICEMAP_REALWORLD", ROOT.parent / "shared" / "realworld"))
PROGRAM = [sys.executable, str(ROOT / "servicemap.py")]
RUNS = 9


def main() -> None:
    """Print one row a command: median seconds of wall time and of the process's own time."""
    with tempfile.TemporaryDirectory() as folder:
        store = str(Path(folder) / "store")
        enterprise, gitlab = str(ROOT / "data" / "enterprise"), str(REAL / "gitlab-service-catalog")
        subprocess.run([*PROGRAM, "load", enterprise, "--store", store], check=True, capture_output=True)
        rows = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "python -c 'import numpy, pyoxigraph, yaml, click'": [
                sys.executable, "-c", "import numpy, pyoxigraph, yaml, click",
            ],
            "servicemap --help": [*PROGRAM, "--help"],
            "servicemap impact, enterprise from files": [*PROGRAM, "impact", "sql-cluster", enterprise],
            "servicemap impact, enterprise from a store": [*PROGRAM, "impact", "sql-cluster", "--store", store],
            "servicemap query, enterprise from a store": [*PROGRAM, "query", "ASK { ?s ?p ?o }", "--store", store],
            "servicemap validate, enterprise": [*PROGRAM, "validate", enterprise],
        }  # fmt: skip
        if REAL.is_dir():
            rows["servicemap impact, GitLab's catalogue"] = [*PROGRAM, "impact", "postgres", gitlab]
        times: dict[str, list[tuple[float, float]]] = {name: [] for name in rows}
        for _ in range(RUNS):
            for name, command in rows.items():
                times[name].append(timed(command))
        for name, measured in times.items():
            wall, own = (statistics.median(column) for column in zip(*measured, strict=True))
            print(f"{name:52} {wall:6.3f} s wall {own:6.3f} s own")


def timed(command: list[str]) -> tuple[float, float]:
    """Wall seconds and processor seconds of one run."""
    before, start = os.times(), time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    wall, after = time.perf_counter() - start, os.times()
    return wall, after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    main()
