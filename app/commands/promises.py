"""servicemap promises: does what we promise hold?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.options import (
    assuming_options,
    counting_options,
    format_option,
    print_answer,
    readings_of,
    service_and_files,
    source_options,
    split_service,
)

__all__ = ["command"]


@click.command("promises")
@service_and_files
@click.option("--relying", is_flag=True, help="Ask the other way round: who relies on it for more than was promised?")
@counting_options
@assuming_options
@source_options
@format_option
def command(
    words: tuple[Path, ...], on: datetime | None, period: str, defaults: tuple[str, ...],
    assume: str, stale_after: int, store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
    *, relying: bool,
) -> None:  # fmt: skip
    """Does what is promised for SERVICE, or for everything, rest on promises that are strong enough?

    Each promise is compared with the nearest promises beneath it, by chance and in the worst case. Says how many
    minutes are left, which agreement to renegotiate, and what nobody promised. With --assume unknown it says so for
    the worst and for the best that what is open may come to.

    SERVICE is an id, namespace/id, or a name. FILES are files or folders.

    \b
    Examples:
      servicemap promises data/enterprise
      servicemap promises online-ordering data/enterprise
      servicemap promises sql-cluster data/enterprise --relying
      servicemap promises online-ordering data/enterprise --assume unknown
      servicemap promises data/laundry --format json
    """
    from graph.analysis.availability import defaults_of
    from graph.analysis.known import Known, Settings
    from graph.analysis.promises import answer, checks, reliances, reliances_answer
    from graph.figures import figures
    from graph.maps import open_map

    service, files = split_service(words, store)
    settings = Settings(defaults=defaults_of(defaults), on=on.date() if on else None, period=period)
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    open_ = readings_of(opened, assume, stale_after)
    known = Known.read(opened.projection, figures(opened.store, money=False), settings, open_)
    target, better = known.projection.find(service) if service else None, known.at_best
    if relying:
        best = None if better is None else reliances(better, target)
        print_answer(reliances_answer(known, reliances(known, target), target, best=best), form)
    else:
        print_answer(answer(known, checks(known, target), best=checks(better, target) if better else ()), form)
