"""servicemap stats: what does the map look like in numbers?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("stats")
@files_argument
@source_options
@format_option
def command(
    files: tuple[Path, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Count elements by kind and layer, and say how many have an owner, a strength, evidence.

    \b
    Examples:
      servicemap stats data/laundry
      servicemap stats data/enterprise --format json
    """
    from graph.analysis.stats import answer, stats
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    print_answer(answer(projection, stats(projection)), form)
