"""How does one get a made map into a folder? ``python -m bench.generator 100000 --out FOLDER``."""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

from bench.generator import LARGEST_MAP_FILE, generate, write_map_file, write_triples


def main() -> None:
    """Write ``map.nt``, and ``map.yaml`` of a map that is not too large, and say how long it took."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("elements", type=int, help="between 1,000 and 1,000,000, without commas")
    parser.add_argument("--seed", type=int, default=7, help="another number gives another map")
    parser.add_argument("--out", type=Path, required=True, help="the folder")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    start = time.perf_counter()
    made = generate(asked.elements, seed=asked.seed)
    arrays = time.perf_counter() - start
    with (asked.out / "map.nt").open("wb") as file:
        triples = write_triples(made, file)
        size = file.tell()
    written = time.perf_counter() - start - arrays
    if asked.elements <= LARGEST_MAP_FILE:
        with (asked.out / "map.yaml").open("wb") as file:
            write_map_file(made, file)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{made.elements:,} elements, {len(made.src):,} dependencies, {len(made.groups):,} groups: {arrays:.1f} s;"
        f" {triples:,} statements, {size / 1e6:,.1f} MB: {written:.1f} s; at most {memory:,.0f} MB of memory"
    )


if __name__ == "__main__":
    main()
