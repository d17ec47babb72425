"""servicemap promises: does what we promise hold?"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.options import counting_options, format_option, print_answer, service_and_files, source_options, split_service

__all__ = ["command"]


@click.command("promises")
@service_and_files
@click.option("--relying", is_flag=True, help="Ask the other way round: who relies on it for more than was promised?")
@counting_options
@source_options
@format_option
def command(
    words: tuple[Path, ...], on: datetime | None, period: str, defaults: tuple[str, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str, *, relying: bool,
) -> None:  # fmt: skip
    """Does what is promised for SERVICE, or for everything, rest on promises that are strong enough?

    Each promise is compared with the nearest promises beneath it, by chance and in the worst case. Says how many
    minutes are left, which agreement to renegotiate, and what nobody promised.

    SERVICE is an id, namespace/id, or a name. FILES are files or folders.

    \b
    Examples:
      servicemap promises data/enterprise
      servicemap promises online-ordering data/enterprise
      servicemap promises sql-cluster data/enterprise --relying
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
    known = Known(opened.projection, figures(opened.store), settings)
    target = known.projection.find(service) if service else None
    if relying:
        print_answer(reliances_answer(known, reliances(known, target), target), form)
    else:
        print_answer(answer(known, checks(known, target)), form)
