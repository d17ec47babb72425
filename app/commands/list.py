"""servicemap list: what is in this map?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("list")
@files_argument
@click.option("--kind", metavar="KIND", help="Only elements of a kind, such as 'business service'.")
@click.option(
    "--where",
    metavar="EXPRESSION",
    help="Only what fits, such as 'environment = production'; see docs/reference/find.md.",
)
@click.option("--stubs", is_flag=True, help="Only what is pointed at and not defined anywhere.")
@source_options
@format_option
def command(
    files: tuple[Path, ...], kind: str | None, where: str | None, stubs: bool,  # noqa: FBT001 click gives flags so
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """List the elements of a map with their kinds and how many depend on each.

    \b
    Examples:
      servicemap list data/laundry
      servicemap list data/laundry --kind "technical service" --format csv
      servicemap list data/laundry --where "owner ~ shop or (kind = technical service and used by > 1)"
    """
    from graph.analysis.elements import answer, elements
    from graph.analysis.find import find
    from graph.attributes import Attributes
    from graph.maps import open_map

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    projection = opened.projection
    chosen, notes = elements(projection, kind=kind, stubs=stubs), tuple[str, ...]()
    if where is not None:
        found = find(projection, Attributes(opened.store, projection), where)
        chosen, notes = [number for number in chosen if found.fits[number]], found.notes
    print_answer(answer(projection, chosen, title=opened.summary(), notes=notes), form)
