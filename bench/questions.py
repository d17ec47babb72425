"""How long do the ready questions take? Each in a waiting worker, on a map of 3,000 elements, or on one that is named.

``python bench/questions.py`` loads a made map of 3,000 elements together with the shipped sample and reference model,
so that every question finds something. ``python bench/questions.py STORE`` asks a store that is loaded already.
Questions about an element are asked about what the file names, and about what most others rest on. A question is put
with fast properties where ``servicemap ask`` puts it so.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench.generator import generate, write_triples
from graph.library import Question, fill, questions
from graph.maps import Map, open_map
from graph.model import InputError
from graph.store import Limits
from graph.store.workers import Workers

ROOT = Path(__file__).resolve().parents[1]
MOST = Limits(seconds=30.0, memory=8_000_000_000, rows=1_000_000, size=1_000_000_000)
TIMES = 20
HUB = """SELECT ?value WHERE {{ ?value a <{type}> }} ORDER BY ?value LIMIT 20000"""


def main() -> None:
    """Print one row a question, the slowest first: median and 95th percentile in milliseconds, and the rows."""
    if sys.argv[1:]:
        measure(open_map(store=Path(sys.argv[1])))
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "made" / "map.nt"
        file.parent.mkdir()
        with file.open("wb") as out:
            write_triples(generate(3_000, seed=7), out)
        measure(open_map([file, ROOT / "data" / "enterprise", ROOT / "data" / "reference_model"]))


def measure(opened: Map) -> None:
    """Ask every question, each way, and print."""
    found = []
    with Workers(opened.store, size=1) as workers:
        for name, asked in questions().items():
            worst: tuple[float, float, int] = (0.0, 0.0, 0)
            for values in ({}, hub(opened, asked)):
                text = fill(asked, values, fast=opened.fast)
                worst = max(worst, timed(workers, text), key=lambda one: one[1])
            found.append((name, *worst))
    for name, median, late, rows in sorted(found, key=lambda row: -row[2]):
        print(f"{median:9.1f} {late:9.1f} ms {rows:8,} rows  {name}")
    tails = sorted(row[2] for row in found)
    print(
        f"of {len(found)} questions: median {statistics.median(row[1] for row in found):.1f} ms, "
        f"95 of 100 within {tails[int(0.95 * (len(tails) - 1) + 0.5)]:.1f} ms, worst {tails[-1]:.1f} ms"
    )


def timed(workers: Workers, text: str) -> tuple[float, float, int]:
    """Median and 95th percentile of an answer, and its rows; the limit where it is not done within it."""
    taken: list[float] = []
    rows = 0
    while len(taken) < TIMES and sum(taken) < 10_000:
        started = time.perf_counter()
        try:
            rows = len(workers.ask(text, MOST).rows)
        except InputError:
            return 1000 * MOST.seconds, 1000 * MOST.seconds, -1
        taken.append(1000 * (time.perf_counter() - started))
    return statistics.median(taken), sorted(taken)[int(0.95 * (len(taken) - 1) + 0.5)], rows


def hub(opened: Map, asked: Question) -> Mapping[str, str]:
    """For each parameter that is an element, the one of its class that most others need directly."""
    users, at = opened.projection.users, opened.projection.index
    values: dict[str, str] = {}

    def needed(v: int | None) -> int:
        return 0 if v is None else int(users[v + 1] - users[v])

    for parameter in asked.parameters:
        if parameter.type.startswith("sm:"):
            rows = opened.store.select(HUB.format(type=f"https://w3id.org/servicemap#{parameter.type[3:]}")).rows
            of_class = [value.text for value, *_ in rows if value]
            if of_class:
                values[parameter.name] = max(
                    of_class, key=lambda iri: int(users[at[iri] + 1] - users[at[iri]]) if iri in at else 0
                )
    return values


if __name__ == "__main__":
    main()
