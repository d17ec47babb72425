"""How long does availability take? The shipped enterprise, and services with 10,000 elements beneath them.

Three shapes of 10,000: a layered map with a few spares, one in which everything has a spare of its own, and one in
which the spares of everything cross, which no diagram holds. Prints seconds of a processor, method and error.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from graph.analysis.availability import availability, services
from graph.analysis.impact import State
from graph.analysis.known import Known
from graph.analysis.likelihood import likelihood
from graph.analysis.structure import Part, structure
from graph.figures import figures
from graph.maps import open_map
from graph.projection import REQUIRED, Edges, Groups, Projection
from ontology.vocabulary import vocabulary

CHANCE = 0.0005


def made(elements: int, edges: list[tuple[int, int]], groups: list[tuple[int, int, list[int]]]) -> Projection:
    """A map of these edges (dependent, provider) and groups (dependent, k, members)."""
    rows = list(edges)
    for number, (dependent, _, members) in enumerate(groups):
        rows += [(dependent, elements + number), *((elements + number, member) for member in members)]
    dependent, provider = np.array(sorted(set(rows)), np.int32).T
    size, names = len(dependent), [f"https://x/id/m/{n}" for n in range(elements)]
    k = np.array([least for _, least, _ in groups], np.int32)
    kinds = tuple(vocabulary().kinds.values())
    return Projection(
        revision="bench",
        iris=names,
        ids=names,
        labels=names,
        classes=names,
        stub=np.zeros(elements, np.bool_),
        edges=Edges(
            np.ascontiguousarray(dependent),
            np.ascontiguousarray(provider),
            np.full(size, next(n for n, kind in enumerate(kinds) if kind.key == "needs"), np.int8),
            np.full(size, REQUIRED, np.int8),
            np.zeros(size, np.int8),
            np.zeros(size, np.bool_),
            [""] * size,
        ),
        groups=Groups(
            [f"https://x/id/m/0/group/{n}" for n in range(len(groups))],
            k,
            k,
            np.array([len(set(members)) for _, _, members in groups], np.int32),
        ),
        kinds=kinds,
    )


def layered(elements: int, rng: np.random.Generator) -> Projection:
    """Every element is beneath the first; five dependencies each, and 60 groups of two to five with a spare or two."""
    edges = [(int(rng.integers(max(0, v - 500), v)), v) for v in range(1, elements)]
    edges += [(v, int(v + 1 + (elements - v - 1) * rng.random() ** 3)) for v in range(elements - 1) for _ in range(4)]
    groups = []
    for _ in range(60):
        dependent = int(rng.integers(0, elements // 2))
        members = sorted({int(m) for m in rng.integers(dependent + 1, elements, rng.integers(2, 6))})
        groups.append((dependent, max(1, len(members) - int(rng.integers(1, 3))), members))
    return made(elements, [(a, min(b, elements - 1)) for a, b in edges], groups)


def paired(elements: int, rng: np.random.Generator) -> Projection:
    """The first needs one of each pair; what a pair stands on, it mostly shares with its neighbours alone."""
    pairs, per = elements // 20, 8
    edges, groups = [], []
    for pair in range(pairs):
        base = 1 + pair * (2 + 2 * per)
        members = [base, base + 1]
        groups.append((0, 1, members))
        own = range(base + 2, base + 2 + 2 * per)
        edges += [(members[n % 2], each) for n, each in enumerate(own)]
        edges += [(members[0], own[1])] if rng.random() < 0.2 else []
        edges += [(members[1], 1 + (pair - 1) * (2 + 2 * per) + 2)] if pair and rng.random() < 0.5 else []
    return made(1 + pairs * (2 + 2 * per), edges, groups)


def crossing(elements: int, rng: np.random.Generator) -> Projection:
    """Layers of 400, each element on two groups of 2 of 3 anywhere in the next: causes shared by everything."""
    width, groups = 400, [(0, 2, sorted(rng.choice(np.arange(1, 401), 3, replace=False).tolist())) for _ in range(200)]
    for first in range(1, elements - 2 * width, width):
        below = np.arange(first + width, first + 2 * width)
        groups += [
            (v, 2, sorted(rng.choice(below, 3, replace=False).tolist()))
            for v in range(first, first + width)
            for _ in range(2)
        ]
    return made(elements, [], groups)


def measured(p: Projection) -> Iterator[str]:
    """One answer for the first element."""
    start = time.process_time()
    whole = structure(p, 0, {v: (Part(v, CHANCE),) for v in range(len(p))}, state=State.DOWN)
    reduced = time.process_time()
    found = likelihood(whole)
    done = time.process_time()
    yield f"{len(whole.vertices):,} elements beneath, {len(whole.causes):,} causes, {len(whole.groups):,} groups left:"
    yield f"{reduced - start:.2f} s to reduce, {done - reduced:.2f} s to answer;"
    yield f"{found.method.value}, unavailability {found.unavailability:.4g}, "
    yield f"of which {found.rest:.3g} in groups, error {100 * found.error / found.unavailability:.2g} %"


def main() -> None:
    """Print a row for each map."""
    elements = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    opened = open_map([Path(__file__).parents[1] / "data" / "enterprise"])
    known = Known(opened.projection, figures(opened.store))
    start = time.process_time()
    found = [availability(known, each) for each in services(known)]
    took = time.process_time() - start
    print(f"enterprise: {len(found)} business services in {took:.3f} s, {found[0].likelihood.method.value}")
    for shape in (layered, paired, crossing):
        print(f"{shape.__name__}:", " ".join(measured(shape(elements, np.random.default_rng(7)))))


if __name__ == "__main__":
    main()
