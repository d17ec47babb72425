"""servicemap availability: how available is it?"""

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


@click.command("availability")
@service_and_files
@counting_options
@click.option(
    "--degraded",
    type=click.Choice(["counts", "works"]),
    help="Whether being degraded counts as being down; without it as agreed, else it works.",
)
@click.option("--repairs", is_flag=True, help="What to mend next: what each repair of SERVICE would win.")
@assuming_options
@source_options
@format_option
def command(
    words: tuple[Path, ...], on: datetime | None, period: str, defaults: tuple[str, ...], degraded: str | None,
    assume: str, stale_after: int, store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
    *, repairs: bool,
) -> None:  # fmt: skip
    """How available is SERVICE, or each business service, and what costs the minutes?

    What is down at the same time for one cause counts once. Elements without a figure are taken as never failing by
    themselves, and the answer then says that it is an upper bound. With --assume unknown it says at best and at worst.

    SERVICE is an id, namespace/id, or a name. FILES are files or folders.

    \b
    Examples:
      servicemap availability data/enterprise
      servicemap availability sql-cluster data/enterprise
      servicemap availability sql-cluster data/enterprise --assume unknown
      servicemap availability kubernetes data/enterprise --repairs
      servicemap availability online-ordering data/enterprise --period month --on 2026-12-05
      servicemap availability data/laundry --default infrastructure=99.5 --format json
    """
    from graph.analysis import repairs as mending
    from graph.analysis.availability import answer, availability, causes_answer, defaults_of, services
    from graph.analysis.known import Known, Settings
    from graph.figures import figures
    from graph.maps import open_map
    from graph.model import InputError

    service, files = split_service(words, store)
    if repairs and not service:
        raise InputError.of("--repairs is about one service", remedy="name it before the files")
    settings = Settings(
        defaults=defaults_of(defaults),
        on=on.date() if on else None,
        period=period,
        degraded_counts=None if degraded is None else degraded == "counts",
    )
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    open_ = readings_of(opened, assume, stale_after)
    known = Known.read(opened.projection, figures(opened.store, money=repairs), settings, open_)
    targets = [known.projection.find(service)] if service else services(known)
    if repairs:
        print_answer(mending.answer(known, targets[0], mending.repairs(known, targets[0])), form)
        return
    found = [availability(known, each) for each in targets]
    best = [availability(known.at_best, each) for each in targets] if known.at_best else []
    if service:
        print_answer(causes_answer(known, found[0], best=best[0] if best else None), form)
    else:
        print_answer(answer(known, found, best=best), form)
