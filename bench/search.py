"""How long does a keystroke take in the search field? Each letter of some names, with and without slips.

``python bench/search.py STORE`` asks a store that is loaded already, without it a made map of 20,000 elements.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.generator import generate, write_triples
from graph.analysis.search import Index
from graph.attributes import Attributes, index
from graph.maps import Map, open_map
from graph.projection import Projection

NAMES, LIMIT = 40, 12


def main() -> None:
    """Print how long the index and the keystrokes take."""
    if sys.argv[1:]:
        measure(open_map(store=Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "map.nt"
        with file.open("wb") as out:
            write_triples(generate(20_000, seed=7), out)
        measure(open_map([file]))


def measure(opened: Map) -> None:
    """Type, and print."""
    p = opened.projection
    said = Attributes(opened.store, p)
    began = time.perf_counter()
    said.of("owner"), said.of("alias")
    read = time.perf_counter()
    made = index(p, said).warm()
    print(f"{len(p):,} elements: owners and other names read in {read - began:.1f} s, ", end="")
    print(f"index made in {time.perf_counter() - read:.1f} s")
    times = sorted(seconds(made, text) for text in texts(p))
    at = {"median": len(times) // 2, "p95": int(len(times) * 0.95), "longest": -1}
    print(f"{len(times)} keystrokes:", ", ".join(f"{word} {times[n] * 1e3:.0f} ms" for word, n in at.items()))


def seconds(made: Index, text: str) -> float:
    """How long one search takes."""
    began = time.perf_counter()
    made.search(text, limit=LIMIT)
    return time.perf_counter() - began


def texts(p: Projection) -> Iterator[str]:
    """Names letter by letter, with two letters changed about, one left out, words in another order, and ids."""
    chance = random.Random(1)
    for n in chance.sample(range(len(p)), NAMES):
        name = p.labels[n]
        yield from (name[:size] for size in range(1, len(name) + 1))
        yield from (name[:4] + name[5:6] + name[4:5] + name[6:], name[:3] + name[4:])
        yield from (" ".join(reversed(name.split())), p.ids[n], f"zzqx{name[:5]}")


if __name__ == "__main__":
    main()
