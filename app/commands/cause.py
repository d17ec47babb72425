"""servicemap cause: from what fails back to what may have caused it."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("cause")
@click.argument("element")
@files_argument
@click.option("--also", multiple=True, metavar="ELEMENT", help="Another element that is down.")
@click.option("--degraded", multiple=True, metavar="ELEMENT", help="An element that works badly.")
@click.option("--green", multiple=True, metavar="ELEMENT", help="An element that works: it rules causes out.")
@click.option(
    "--most", type=click.IntRange(1, 4), default=2, show_default=True, help="Look for so many causes at the same time."
)
@source_options
@format_option
def command(
    element: str, files: tuple[Path, ...], also: tuple[str, ...], degraded: tuple[str, ...], green: tuple[str, ...],
    most: int, store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What may have caused it that ELEMENT is down? The smallest sets of failures that explain what is seen.

    Each set, all of it down, would hit everything that fails and nothing that works. The fewer other elements it
    would hit, the further up it stands.

    \b
    Examples:
      servicemap cause next-day data/laundry --also same-day
      servicemap cause checkout data/enterprise --also reporting --green store-checkout
    """
    from graph.analysis.cause import answer, cause
    from graph.analysis.impact import State
    from graph.maps import open_map

    projection = open_map(files, store=store, namespace=namespace, mappings=mappings).projection
    found = projection.find_all((*degraded, element, *also, *green))
    limp, working = len(degraded), len(found) - len(green)
    red = dict.fromkeys(found[:limp], State.DEGRADED) | dict.fromkeys(found[limp:working], State.DOWN)
    print_answer(answer(projection, cause(projection, red, found[working:], most=most)), form)
