"""How fast are reach and impact, beside networkx on the same graph? Ratios of medians in one run."""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import networkx as nx
import numpy as np

from graph.analysis.impact import State, impact
from graph.analysis.reach import reach
from graph.projection import REQUIRED, Edges, Groups, Projection
from ontology.vocabulary import vocabulary

RUNS = 7


def made(elements: int, seed: int = 7) -> Projection:
    """A layered map with hubs: 4.9 dependencies an element, most of them to popular providers."""
    rng = np.random.default_rng(seed)
    count = int(4.9 * elements)
    dependent = rng.integers(0, elements, count)
    provider = np.minimum(dependent + 1 + (elements * rng.random(count) ** 6).astype(np.int64), elements - 1)
    keep = dependent != provider
    dependent, provider = dependent[keep].astype(np.int32), provider[keep].astype(np.int32)
    size, none = len(dependent), np.empty(0, np.int32)
    names = [f"https://x/id/m/{n}" for n in range(elements)]
    return Projection(
        revision="bench",
        iris=names,
        ids=names,
        labels=names,
        classes=names,
        stub=np.zeros(elements, np.bool_),
        edges=Edges(
            dependent,
            provider,
            np.zeros(size, np.int8),
            np.full(size, REQUIRED, np.int8),
            np.zeros(size, np.int8),
            np.zeros(size, np.bool_),
            [""] * size,
        ),
        groups=Groups([], none, none, none),
        kinds=tuple(vocabulary().kinds.values()),
    )


def median(call: Callable[[], object]) -> float:
    """Milliseconds."""
    call()
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        call()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times)


def main() -> None:
    """Print a row for a small, a middling and a large answer at each size."""
    for elements in [int(word) for word in sys.argv[1:]] or [10_000, 100_000]:
        p = made(elements)
        g = nx.DiGraph()
        g.add_edges_from(zip(p.edges.provider.tolist(), p.edges.dependent.tolist(), strict=True))
        sizes = {start: len(reach(p, [start]).elements) for start in range(0, elements, max(1, elements // 50))}
        ordered = sorted(sizes, key=lambda start: sizes[start])
        for start in (ordered[len(ordered) // 4], ordered[len(ordered) // 2], ordered[-1]):
            ours = median(partial(reach, p, [start]))
            states = median(partial(impact, p, {start: State.DOWN}))
            theirs = median(partial(nx.descendants, g, start))
            print(
                f"{elements:>9,} elements, {sizes[start]:>8,} dependants: reach {ours:8.2f} ms,"
                f" impact {states:8.2f} ms, networkx {theirs:8.2f} ms; reach / networkx {ours / theirs:5.2f}"
            )


if __name__ == "__main__":
    main()
