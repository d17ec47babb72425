"""servicemap blast-radius: on which elements do most others rest?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("blast-radius")
@files_argument
@click.option(
    "--most", type=click.IntRange(1), default=20, show_default=True, metavar="N", help="List at most so many."
)
@source_options
@format_option
def command(
    files: tuple[Path, ...], most: int,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Say for every element how many others rest on it, directly or not; the largest first.

    It is the number of rows of "servicemap dependants". What redundancy saves is told by "servicemap impact".

    \b
    Examples:
      servicemap blast-radius data/laundry
      servicemap blast-radius data/enterprise --most 5 --format csv
    """
    from graph.analysis.blast_radius import answer, blast_radius
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    print_answer(answer(projection, blast_radius(projection), most=most), form)
