"""servicemap cause: from what fails back to what may have caused it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from app.options import (
    TimeSpan,
    assuming_options,
    files_argument,
    format_option,
    print_answer,
    readings_of,
    source_options,
)

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
@click.option(
    "--lately",
    type=TimeSpan(),
    default="7 d",
    show_default=True,
    metavar="TIME SPAN",
    help="A change that ended longer ago says nothing.",
)
@assuming_options
@source_options
@format_option
def command(
    element: str, files: tuple[Path, ...], also: tuple[str, ...], degraded: tuple[str, ...], green: tuple[str, ...],
    most: int, lately: int, assume: str, stale_after: int, store: Path | str | None, namespace: str,
    mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What may have caused it that ELEMENT is down? The smallest sets of failures that explain what is seen.

    Each set, all of it down, would hit everything that fails and nothing that works. Of sets of a size, those stand
    first in which something was changed lately, then what fails most often, then what hits the fewest other elements.
    With --assume unknown the answer says which sets explain it for certain, however what is open turns out.

    \b
    Examples:
      servicemap cause next-day data/laundry --also same-day
      servicemap cause checkout data/enterprise --also reporting --green store-checkout
      servicemap cause checkout data/enterprise --green store-checkout --assume unknown
    """
    from graph.analysis.cause import answer, cause
    from graph.analysis.impact import State
    from graph.maps import open_map
    from graph.records import seconds
    from graph.suspects import suspicions

    opened, now = open_map(files, store=store, namespace=namespace, mappings=mappings), datetime.now(UTC)
    projection = opened.projection
    found = projection.find_all((*degraded, element, *also, *green))
    limp, working = len(degraded), len(found) - len(green)
    red = dict.fromkeys(found[:limp], State.DEGRADED) | dict.fromkeys(found[limp:working], State.DOWN)
    open_ = readings_of(opened, assume, stale_after)
    speaking, told = suspicions(opened.store, projection, at=seconds(now), lately=lately)
    causes = cause(projection, red, found[working:], most=most, readings=open_, suspicions=speaking)
    print_answer(answer(projection, causes, findings=told), form)
