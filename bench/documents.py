"""How fast is a YAML file read, with its lines and limits, beside a bare CSafeLoader? Ratios of medians in one run."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import yaml

from graph.documents import read_documents

ELEMENTS, RUNS = 10_000, 5


def seconds(act: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def main() -> None:
    """Read the same text both ways in turn."""
    text = "elements:\n" + "".join(
        f"- id: service-{i}\n  kind: technical service\n  name: Service {i}\n  owner: team-{i % 50}\n"
        f"  depends_on: [service-{i // 2}, service-{i // 3}, db]\n"
        for i in range(ELEMENTS)
    )
    pairs = [
        (
            seconds(lambda: read_documents(Path("bench.yaml"), text=text.encode())),
            seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader)),
        )
        for _ in range(RUNS)
    ]
    ours, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    told = f"{ours:.2f} s, CSafeLoader {bare:.2f} s, ratio {ratio:.2f}"
    print(f"YAML of {ELEMENTS:,} elements, {len(text) / 1e6:.1f} MB: {told}")


if __name__ == "__main__":
    main()
