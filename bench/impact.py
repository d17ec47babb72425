"""Does impact hold its bars? Both runs, at least and at most, beside rustworkx walking plain reachability, in one run.

``python bench/impact.py 1000000`` takes another number of elements. Times are medians in milliseconds of a processor.
The bars: at most 0.6 of rustworkx with numba and 3 with numpy where most of a million elements are hit; under 0.3 ms
where 20 are; under 60 ms for 95,000 of 100,000; under 20 ms for the new answer after one edit there, also of the edge
that most rests on, and of one that hits most of a map that nothing hit. A run that misses one says so, and ends with 1.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import rustworkx as rx

from bench.generator import generate
from bench.generator.service_graph import service_graph
from bench.structure import RUNS, chosen, medians
from graph.analysis import kernels
from graph.analysis.again import Answered, answered
from graph.analysis.states import State
from graph.projection import DEGRADING, OPTIONAL, REQUIRED, Edges, Projection
from graph.projection.edits import Added, Edit

ROUND = 100_000


def loosened(p: Projection) -> Projection:
    """The optimistic reading, where a tenth of the dependencies state no strength: those are optional."""
    e = p.edges
    unknown = np.random.default_rng(3).random(len(e)) < 0.1
    strength = np.where(unknown, OPTIONAL, e.strength).astype(np.int8)
    return replace(p, edges=Edges(e.dependent, e.provider, e.kind, strength, e.phase, e.assumed, e.iris, e.rare))


def main() -> None:
    """Print a row for each size of answer, and whether its bars hold."""
    compiled = kernels.warm()
    missed = []
    for elements in [int(word) for word in sys.argv[1:]] or [ROUND]:
        p = service_graph(generate(elements))
        runs = kernels.wiring(p), kernels.wiring(loosened(p))
        peer = rx.PyDiGraph()
        peer.add_nodes_from(range(p.vertices))
        peer.extend_from_edge_list(list(zip(p.edges.provider.tolist(), p.edges.dependent.tolist(), strict=True)))
        print(f"{elements:,} elements")
        for vertex in chosen(p):
            missed += _row(runs, vertex, peer, compiled=compiled)
            missed += _edited(p, vertex)
    sys.exit(f"missed: {'; '.join(missed)}" if missed else 0)


def _row(runs: tuple[kernels.Wiring, kernels.Wiring], vertex: int, peer: rx.PyDiGraph, *, compiled: bool) -> list[str]:
    hit = len(kernels.spread(runs[0], {vertex: 3}).hit)
    calls = {"rustworkx": partial(rx.descendants, peer, vertex), "numpy": partial(_both, runs, vertex, compiled=False)}
    if compiled:
        calls["numba"] = partial(_both, runs, vertex, compiled=True)
    said = medians(calls, RUNS if hit > ROUND // 10 else 51)
    print(f"  {hit:>9,} hit: " + ", ".join(f"{n} {ms:.3f} ({ms / said['rustworkx']:.2f})" for n, ms in said.items()))
    return list(_missed(hit, runs[0].elements, said))


def _both(runs: tuple[kernels.Wiring, kernels.Wiring], vertex: int, *, compiled: bool) -> None:
    for wiring in runs:
        kernels.spread(wiring, {vertex: 3}, compiled=compiled)


def _missed(hit: int, elements: int, said: dict[str, float]) -> Iterator[str]:
    """The bars that do not hold, in words."""
    fastest = said.get("numba", said["numpy"])
    if hit < ROUND // 1000 and fastest > 0.3:
        yield f"{hit} hit took {fastest:.2f} ms, the bar is 0.3"
    if hit > elements // 2 and elements <= ROUND and fastest > 60:
        yield f"{hit:,} hit took {fastest:.0f} ms, the bar is 60"
    for name, bar in (("numba", 0.6), ("numpy", 3.0)):
        if hit > elements // 2 and elements > ROUND and name in said and said[name] > bar * said["rustworkx"]:
            yield f"{name} took {said[name] / said['rustworkx']:.2f} of rustworkx, the bar is {bar}"


def _edited(p: Projection, vertex: int) -> Iterator[str]:
    """Times of the new answer after one edit, both runs: medians over edits of each sort."""
    e = p.edges
    assumed = np.random.default_rng(3).random(len(e)) < 0.1
    p = replace(p, edges=Edges(e.dependent, e.provider, e.kind, e.strength, e.phase, assumed, e.iris, e.rare))
    found = answered(p, {vertex: State.DOWN})
    found.after(Edit())  # what is compiled is loaded with the first call
    said: dict[str, list[float]] = {}
    nobody = int(np.flatnonzero(np.diff(p.users)[: len(p)] == 0)[0])
    alone, all_ = answered(p, {nobody: State.DOWN}), Edit(added=(Added(vertex, nobody, 0, REQUIRED),))
    for name, before, edit in (*((n, found, e) for n, e in _edits(found)), *[("all that is hit", alone, all_)] * 5):
        start = time.process_time()
        before.after(edit)
        said.setdefault(name, []).append((time.process_time() - start) * 1000)
    middle = {name: statistics.median(each) for name, each in said.items()}
    worst = {name: max(each) for name, each in said.items()}
    told = ", ".join(f"{name} {ms:.1f} (at most {worst[name]:.1f})" for name, ms in middle.items())
    print(f"            new answer after one edit: {told}")
    for name, ms in middle.items():
        if len(p) <= ROUND and ms > 20:
            yield f"{name}: the new answer took {ms:.1f} ms, the bar is 20"


def _edits(found: Answered) -> Iterator[tuple[str, Edit]]:
    """Twenty edits of each sort, and the removal of the edge that holds up most."""
    p, rng = found.projection, random.Random(4)
    for _ in range(20):
        edge = rng.randrange(len(p.edges))
        ends = rng.randrange(len(p)), rng.randrange(len(p))
        yield "added", Edit(added=(Added(*ends, int(p.edges.kind[edge]), REQUIRED),))
        yield "removed", Edit(removed=(edge,))
        yield "kind changed", Edit(claims={edge: int(p.edges.claim[edge]) & ~3 | DEGRADING + 1})
        yield "k of a group", Edit(needs={rng.randrange(len(p.groups)): (rng.randint(1, 2), 2)})
    spread = kernels.spread(kernels.wiring(p), found.changes)
    via = np.where(spread.state > 0, spread.via, -1)
    held = np.ones(len(via), np.int64)
    for hit in np.flatnonzero(via >= 0)[:: max(1, len(via) // 5_000)].tolist():
        at = hit
        while via[at] >= 0:
            held[at] += 1
            at = int(p.edges.provider[via[at]])
    held[via < 0] = 0
    for _ in range(5):
        yield "worst removed", Edit(removed=(int(via[int(held.argmax())]),))


if __name__ == "__main__":
    main()
