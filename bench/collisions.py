"""How fast are all pairs of changes looked through for collisions? Maps of 520 elements, medians of processor time."""

from __future__ import annotations

import statistics
import time

import numpy as np

from graph.analysis.collisions import Collisions, collisions
from graph.analysis.impact import State
from graph.analysis.timed import Happening
from graph.analysis.windows import ALWAYS
from graph.projection import Projection
from tests.graph.analysis.small import projection

ELEMENTS, DEGREE, GROUPS, RUNS = 520, 4, 40, 5


def made(seed: int = 7) -> Projection:
    """Five layers, each resting on those below, with groups of two to five alternatives in the lower ones."""
    rng = np.random.default_rng(seed)
    dependent = rng.integers(0, ELEMENTS - 100, DEGREE * ELEMENTS)
    provider = np.minimum(dependent + 1 + (200 * rng.random(len(dependent)) ** 3).astype(int), ELEMENTS - 1)
    edges = [(int(a), int(b)) for a, b in zip(dependent, provider, strict=True)]
    groups = []
    for _ in range(GROUPS):
        owner, size = int(rng.integers(0, ELEMENTS // 2)), int(rng.integers(2, 6))
        members = rng.choice(np.arange(ELEMENTS // 2, ELEMENTS), size, replace=False).tolist()
        groups.append((owner, int(rng.integers(1, size)), members))
    return projection(ELEMENTS, edges, groups)


def main() -> None:
    """Every pair of outages, everything down at the same time."""
    p = made()
    plans = [[Happening(element, State.DOWN, ALWAYS)] for element in range(ELEMENTS)]
    taken, result = [], Collisions((), 0, 0)
    for _ in range(RUNS):
        started = time.process_time()
        result = collisions(p, plans, most=2)
        taken.append(time.process_time() - started)
    share = 100 * len(result.found) / result.possible
    print(
        f"{ELEMENTS} elements, {result.possible:,} pairs: {statistics.median(taken):.2f} s; "
        f"{result.looked_at:,} pairs meet, {len(result.found):,} collide ({share:.1f} %)"
    )


if __name__ == "__main__":
    main()
