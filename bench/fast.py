"""How much faster is the service graph inside SPARQL than the plain form? Each question both ways, in one run.

``python bench/fast.py 100000`` takes another number of elements. Both forms are asked of the same store on disk: the
engine alone for the plain form, as its best case; and through a waiting worker for both, as users ask. The rows of both
are compared. Milliseconds are medians of a wall clock; what counts is the ratio.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.generator import generate, write_triples
from graph.maps import load_into, open_map
from graph.store import Limits
from graph.store.guard import PREFIXES
from graph.store.workers import Workers

LIMITS = Limits(seconds=300, memory=4_000_000_000, rows=200_000, size=200_000_000)
HEAD = "".join(f"PREFIX {prefix}: <{iri}> " for prefix, iri in PREFIXES.items())
QUESTIONS = {
    "business services on a platform": (
        "SELECT DISTINCT ?s {{ ?s a sm:BusinessService ; sm:dependsOn+ <{hub}> }} ORDER BY ?s",
        "SELECT ?s {{ ?s a sm:BusinessService ; fast:dependsOn <{hub}> }} ORDER BY ?s",
    ),
    "cost of a dependency tree": (
        "SELECT ?c (SUM(?x) AS ?a) {{ {{ SELECT DISTINCT ?p {{ VALUES ?s {{ <{top}> }} ?s sm:dependsOn* ?p }} }}"
        " ?p sm:monthlyCost ?k . ?k sm:amount ?x ; sm:currency ?c }} GROUP BY ?c",
        "SELECT ?c ?a {{ <{top}> fast:monthlyCost (?a ?c) }}",
    ),
    "twenty largest hubs": (
        "SELECT ?e (COUNT(DISTINCT ?x) AS ?n) {{ ?x sm:dependsOn ?e }} GROUP BY ?e ORDER BY DESC(?n) ?e LIMIT 20",
        "SELECT ?e ?n {{ ?e fast:users (?n 20) }} ORDER BY DESC(?n) ?e",
    ),
    "blast radius of a platform": (
        "SELECT (COUNT(DISTINCT ?x) AS ?n) {{ ?x sm:dependsOn+ <{hub}> }}",
        "SELECT ?n {{ <{hub}> fast:blastRadius ?n }}",
    ),
}


def median(act: Callable[[], object], least: int) -> float:
    """Milliseconds: at least so many runs, more where they are short."""
    taken: list[float] = []
    while len(taken) < least or (sum(taken) < 1000 and len(taken) < 50 * least):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken)


def main() -> None:
    """Print one row a question."""
    named = Path(sys.argv[2]) if len(sys.argv) > 2 else None  # a store that is there already
    for elements in [int(word) for word in sys.argv[1:2]] or [10_000]:
        with tempfile.TemporaryDirectory() as folder:
            store = named or Path(folder) / "store"
            if named is None:
                with (Path(folder) / "map.nt").open("wb") as out:
                    write_triples(generate(elements), out)
                load_into(store, [Path(folder) / "map.nt"])
            _measure(store)


def _measure(store: Path) -> None:
    opened = open_map(store=store)
    p = opened.projection
    number = np.diff(p.users)[: len(p)].copy()
    number[[each.startswith(("bs-", "ts-")) for each in (i.rpartition("/")[2] for i in p.ids)]] = 0
    hub = p.iris[int(np.argmax(number))]
    top = next(p.iris[v] for v in range(len(p)) if p.classes[v].endswith("#BusinessService"))
    print(f"{len(p):,} elements, {len(p.edges):,} edges")
    print(f"{'question':34}{'rows':>8}{'engine':>12}{'worker':>12}{'fast':>10}{'engine/fast':>13}{'worker/fast':>13}")
    with Workers(opened.store, size=1, limits=LIMITS) as workers:
        for name, forms in QUESTIONS.items():
            plain, fast = (form.format(hub=hub, top=top) for form in forms)
            rows, ours = workers.ask(plain).rows, workers.ask(fast).rows
            same = [[v and v.text for v in row] for row in rows] == [[v and v.text for v in row] for row in ours]
            bare = median(lambda text=HEAD + plain: opened.store.select(text), 3)  # type: ignore[misc] # a default has no type
            asked = median(lambda text=plain: workers.ask(text), 3)  # type: ignore[misc] # a default has no type
            quick = median(lambda text=fast: workers.ask(text), 5)  # type: ignore[misc] # a default has no type
            said = f"{bare:12.1f}{asked:12.1f}{quick:10.2f}{bare / quick:12.0f}x{asked / quick:12.0f}x"
            print(f"{name:34}{len(rows):8,}{said}{'' if same else '   ROWS DIFFER'}")


if __name__ == "__main__":
    main()
