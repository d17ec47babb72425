"""servicemap impact: what breaks if this fails?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("impact")
@click.argument("element")
@files_argument
@click.option("--also", multiple=True, metavar="ELEMENT", help="Another element that fails at the same time.")
@click.option(
    "--state", type=click.Choice(["down", "degraded"]), default="down", show_default=True, help="How badly it fails."
)
@click.option(
    "--most", type=click.IntRange(1), default=1000, show_default=True, metavar="N", help="List at most so many."
)
@source_options
@format_option
def command(
    element: str, files: tuple[Path, ...], also: tuple[str, ...], state: str, most: int,
    store: Path | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What breaks if ELEMENT fails? Who is down, degraded or at risk, and why.

    ELEMENT is an id, namespace/id, or a name. FILES are files or folders.

    \b
    Examples:
      servicemap impact carrier data/laundry
      servicemap impact carrier data/laundry --also factory --format json
    """
    from graph.analysis.impact import State, answer, impact
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    changes = {projection.find(name): State[state.upper()] for name in (element, *also)}
    print_answer(answer(projection, impact(projection, changes), most=most), form)
