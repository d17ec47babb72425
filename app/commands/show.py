"""servicemap show: what do we know about this element?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_answer, source_options

__all__ = ["command"]


@click.command("show")
@click.argument("element")
@files_argument
@source_options
@format_option
def command(
    element: str, files: tuple[Path, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Show everything the sources say about ELEMENT, with file and line.

    \b
    Examples:
      servicemap show laundry data/laundry
    """
    from graph.facts import answer, facts_of
    from graph.maps import open_map

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    vertex = opened.projection.find(element)
    print_answer(
        answer(opened.store, opened.projection, vertex, facts_of(opened.store, opened.projection, vertex)), form
    )
