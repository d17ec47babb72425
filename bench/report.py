"""How long from files to a report? The shipped enterprise of 515 elements: reading, judging, the picture, the pages.

Seconds of a processor, medians of several runs in one process, for the outage that hits the most. The bar for all of it
is one second.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from app.atlas import Atlas
from app.drawn import drawn
from graph.analysis.changes import Change, ChangeKind, times_of
from graph.analysis.judgement import judge
from graph.assessment import Extent, assess
from graph.excerpt import Excerpt
from graph.maps import open_map
from graph.reports import html, svg

FOLDER, RUNS = Path(__file__).parents[1] / "data" / "enterprise", 7


def steps() -> Iterator[str]:
    """One after the other; says what was done."""
    opened = open_map([FOLDER])
    yield "reading the files, with all checks"
    p = opened.projection
    worst = p.find("sql-cluster")
    result = judge(p, [Change(ChangeKind.OUTAGE, worst)], times=times_of(p))
    yield "judging"
    hit = [worst, *(bracket.element for bracket in result.affected)]
    picture = svg.write(*drawn(Atlas(opened), Excerpt(opened, sorted(hit), whole=False, focus=worst)))
    yield f"layout and picture of the {len(hit)} elements that it hits"
    page = html.write(assess(opened, result, extent=Extent(most=100)))
    yield "the whole report"
    assert len(picture) > 1_000 < len(page)


def main() -> None:
    """Print the steps and their sum."""
    taken: dict[str, list[float]] = {}
    for _ in range(RUNS + 1):
        last = time.process_time()
        for name in steps():
            now = time.process_time()
            taken.setdefault(name, []).append(now - last)
            last = now
    for name, each in taken.items():
        print(f"{name:60} {statistics.median(each[1:]):.3f} s, the first time {each[0]:.3f} s")
    print(f"{'all of it':60} {sum(statistics.median(each[1:]) for each in taken.values()):.3f} s")


if __name__ == "__main__":
    main()
