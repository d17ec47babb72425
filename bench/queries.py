"""What does it cost to ask in a child? Each way that a user's query takes, beside the bare engine, in one run."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from graph.maps import load_into, open_map
from graph.model import InputError
from graph.store import Limits
from graph.store.isolation import ask
from graph.store.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
SMALL = "SELECT ?name { ?service a sm:BusinessService ; rdfs:label ?name } ORDER BY ?name"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
PREFIXED = "PREFIX sm: <https://w3id.org/servicemap#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> " + SMALL


def milliseconds(act: Callable[[], object], *, times: int) -> str:
    """The median and the worst of several runs."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        act()
        taken.append(1000 * (time.perf_counter() - started))
    return f"{statistics.median(taken):8.1f} ms, at worst {max(taken):8.1f} ms"


def stopped(workers: Workers) -> None:
    """Ask for what takes too long."""
    try:
        workers.ask(SLOW, Limits(seconds=0.1))
    except InputError:
        return
    raise AssertionError("it was not stopped")


def main() -> None:
    """Print one row a way."""
    with tempfile.TemporaryDirectory() as folder:
        memory = open_map([ROOT / "data" / "enterprise"]).store
        disk = load_into(Path(folder) / "store", [ROOT / "data" / "enterprise"]).store
        print("bare engine, in memory      ", milliseconds(lambda: memory.select(PREFIXED), times=51))
        print("bare engine, on disk        ", milliseconds(lambda: disk.select(PREFIXED), times=51))
        print("fork, in memory             ", milliseconds(lambda: ask(memory, SMALL), times=21))
        print("new process, on disk        ", milliseconds(lambda: ask(disk, SMALL), times=21))
        for name, store in (("in memory", memory), ("on disk  ", disk)):
            with Workers(store, size=2) as workers:
                workers.ask(SMALL)
                print(f"waiting worker, {name}   ", milliseconds(lambda each=workers: each.ask(SMALL), times=201))
            with Workers(store, size=1) as workers:
                stopped(workers)
                print(f"after a stop, {name}     ", milliseconds(lambda each=workers: each.ask(SMALL), times=1))


if __name__ == "__main__":
    main()
