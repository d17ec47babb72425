"""servicemap paths: by which ways does one element depend on another?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("paths")
@click.argument("source")
@click.argument("target")
@files_argument
@click.option("--hops", type=click.IntRange(1), metavar="N", help="Also longer ways, up to so many hops.")
@click.option("--most", type=click.IntRange(1, 10_000), default=100, show_default=True, help="Stop after so many ways.")
@source_options
@format_option
def command(
    source: str, target: str, files: tuple[Path, ...], hops: int | None, most: int,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """By which ways does SOURCE depend on TARGET? All shortest ones, or all within --hops.

    \b
    Examples:
      servicemap paths laundry vans data/laundry
      servicemap paths laundry vans data/laundry --hops 6
    """
    from graph.analysis.paths import answer, paths
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    start, end = projection.find_all((source, target))
    found = paths(projection, start, end, hops=hops, most=most)
    print_answer(answer(projection, found), form)
