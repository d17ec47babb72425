"""servicemap single-points: which element alone takes a service down?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("single-points")
@files_argument
@click.option("--of", "names", multiple=True, metavar="ELEMENT", help="Look at this one; else all business services.")
@click.option(
    "--most", type=click.IntRange(1), default=100, show_default=True, metavar="N", help="List at most so many."
)
@source_options
@format_option
def command(
    files: tuple[Path, ...], names: tuple[str, ...], most: int,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Find single points of failure: elements that alone take a business service down.

    Redundancy counts: a member of a group is one only where the group cannot lose it.

    \b
    Examples:
      servicemap single-points data/laundry
      servicemap single-points data/enterprise --of "Online ordering" --format csv
    """
    from graph.analysis.single_points import answer, business_services, single_points
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    services = projection.find_all(names) or business_services(projection)
    print_answer(answer(projection, single_points(projection, services), most=most), form)
