"""How fast are impact and the questions about a whole map, beside networkx, rustworkx and scipy? Medians, in one run.

``python bench/structure.py 100000`` takes another number of elements, or several. Times are milliseconds of a
processor, because the machine may be busy.
"""

from __future__ import annotations

import resource
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial

import networkx as nx
import numpy as np

from bench.generator import generate
from bench.generator.service_graph import service_graph
from graph.analysis import kernels
from graph.analysis.blast_radius import blast_radius
from graph.analysis.impact import State, impact
from graph.analysis.layers import layers
from graph.analysis.single_points import single_points
from graph.projection import Projection

RUNS = 7
NETWORKX_UP_TO = 200_000


def medians(calls: dict[str, Callable[[], object]], runs: int) -> dict[str, float]:
    """Milliseconds of a processor, each call in turn, so that what else the machine does hits all alike."""
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(runs + 1):
        for name, call in calls.items():
            start = time.process_time()
            call()
            times[name].append((time.process_time() - start) * 1000)
    return {name: statistics.median(each[1:]) for name, each in times.items()}


def main() -> None:
    """Print one row a question and size of answer."""
    compiled = kernels.warm()
    for elements in [int(word) for word in sys.argv[1:]] or [10_000, 100_000]:
        p = service_graph(generate(elements))
        print(f"{elements:,} elements, {len(p.edges):,} edges, {p.nbytes / elements:.1f} bytes an element")
        peers = _peers(p)
        for vertex in chosen(p):
            _one(p, vertex, peers, compiled=compiled)
        _whole(p, compiled=compiled)
        print(f"  at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB, peers included")


def chosen(p: Projection) -> list[int]:
    """Elements with about 20, about 3,000 and the most dependants."""
    w, rng = kernels.wiring(p), np.random.default_rng(1)
    hubs = np.argsort(-np.diff(p.users)[: len(p)])[:5].tolist()
    size = {v: len(kernels.spread(w, {v: 3}).hit) for v in [*hubs, *rng.integers(0, len(p), 300).tolist()]}
    return [min(size, key=lambda v: (abs(size[v] - wanted), v)) for wanted in (20, 3_000, len(p))]


def _peers(p: Projection) -> dict[str, Callable[[int], object]]:
    pairs = list(zip(p.edges.provider.tolist(), p.edges.dependent.tolist(), strict=True))
    found: dict[str, Callable[[int], object]] = {}
    try:
        import rustworkx as rx
    except ImportError:
        print("  rustworkx is not installed")
    else:
        compact = rx.PyDiGraph()
        compact.add_nodes_from(range(p.vertices))
        compact.extend_from_edge_list(pairs)
        found["rustworkx"] = lambda v: rx.descendants(compact, v)
    if len(p) <= NETWORKX_UP_TO:
        g = nx.DiGraph(pairs)
        g.add_nodes_from(range(p.vertices))
        found["networkx"] = lambda v: nx.descendants(g, v)
    return found


def _one(p: Projection, vertex: int, peers: dict[str, Callable[[int], object]], *, compiled: bool) -> None:
    """Impact with groups, ids as arrays, beside plain reachability."""
    w, changes = kernels.wiring(p), {vertex: 3}
    hit = len(kernels.spread(w, changes).hit)
    calls: dict[str, Callable[[], object]] = {"numpy": lambda: kernels.spread(w, changes, compiled=False)}
    if compiled:
        calls["numba"] = lambda: kernels.spread(w, changes, compiled=True)
    calls["whole answer"] = lambda: impact(p, {vertex: State.DOWN})
    for name, peer in peers.items():
        calls[name] = partial(peer, vertex)
    said = medians(calls, RUNS if hit > 10_000 else 51)
    base = said.get("rustworkx")
    ratio = {name: f" ({ms / base:.2f})" if base and hit > 1000 else "" for name, ms in said.items()}
    print(f"  impact, {hit:>9,} hit: " + ", ".join(f"{name} {ms:.3f}{ratio[name]}" for name, ms in said.items()))


def _whole(p: Projection, *, compiled: bool) -> None:
    """Questions about all elements, once each: they take seconds."""
    questions: dict[str, Callable[[], object]] = {"layers": lambda: layers(p)}
    if compiled:
        questions["blast radii, numba"] = lambda: blast_radius(p, compiled=True)
    if len(p) <= NETWORKX_UP_TO:
        questions["blast radii, numpy"] = lambda: blast_radius(p, compiled=False)
        questions["single points of the first 1,000"] = lambda: single_points(p, range(1000))
    for name, question in questions.items():
        start, own = time.perf_counter(), time.process_time()
        question()
        print(f"  {name}: {time.perf_counter() - start:.2f} s, {time.process_time() - own:.2f} s of a processor")


if __name__ == "__main__":
    main()
