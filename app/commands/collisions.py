"""servicemap collisions: which planned changes get in each other's way?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from app.options import (
    Moment,
    assuming_options,
    files_argument,
    format_option,
    print_answer,
    readings_of,
    source_options,
    window,
)

__all__ = ["command"]


@click.command("collisions")
@files_argument
@click.option("--from", "start", type=Moment(), metavar="TIME", help="What is over by then is not looked at; else now.")
@click.option("--until", "end", type=Moment(), metavar="TIME", help="What begins later is not looked at.")
@click.option(
    "--most", type=click.IntRange(2, 4), default=3, show_default=True, help="Look for sets of so many changes."
)
@click.option("--windows", is_flag=True, help="Take work in every maintenance window for planned.")
@assuming_options
@source_options
@format_option
def command(
    files: tuple[Path, ...], start: datetime | None, end: datetime | None, most: int, assume: str,
    stale_after: int, store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str, *, windows: bool,
) -> None:  # fmt: skip
    """Which planned changes get in each other's way? Together they take down what none does alone, or need the same.

    Read are change records that are planned or under way, open incidents and reported states, freezes, maintenance
    windows and peak hours. A TIME has a time zone: 2026-12-05T02:00+01:00; a plain date means midnight UTC. With
    --assume unknown each says whether it is certain, however what is open turns out.

    \b
    Examples:
      servicemap collisions data/enterprise --from 2026-12-01
      servicemap collisions data/enterprise --from 2026-12-01 --until 2026-12-31 --most 2 --format json
      servicemap collisions data/enterprise --from 2026-12-01 --assume unknown
    """
    from graph.analysis.windows import FOREVER
    from graph.maps import open_map
    from graph.records import Records, seconds
    from graph.schedule import answer, schedule

    window(start, end, None)  # it says what is wrong with them
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    at = seconds(start or datetime.now(UTC))
    records = Records(opened.store, opened.projection, at, FOREVER if end is None else seconds(end))
    zone = next((moment.tzinfo for moment in (start, end) if moment and moment.tzinfo), UTC)
    open_ = readings_of(opened, assume, stale_after)
    result = schedule(records, windows=windows, most=most, zone=zone, readings=open_)
    told = [str(finding) for finding in records.findings]
    print_answer(answer(opened.projection, result, zone=zone, findings=told), form)
