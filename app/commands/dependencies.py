"""servicemap dependencies: what does this rest on?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("dependencies")
@click.argument("element")
@files_argument
@click.option("--hops", type=click.IntRange(1), metavar="N", help="Stop after so many hops.")
@source_options
@format_option
def command(
    element: str, files: tuple[Path, ...], hops: int | None,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What does ELEMENT rest on, directly or not? Each with its distance and a way.

    \b
    Examples:
      servicemap dependencies laundry data/laundry
      servicemap dependencies laundry data/laundry --hops 1 --format csv
    """
    from graph.analysis.reach import answer, reach
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    start = projection.find(element)
    print_answer(answer(projection, reach(projection, [start], direction="dependencies", hops=hops)), form)
