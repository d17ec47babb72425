"""servicemap validate: is this map in order?"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from app.options import SomePath, files_argument, format_option, print_findings, source_options

__all__ = ["command"]


@click.command("validate")
@files_argument
@source_options
@click.option(
    "--shapes",
    multiple=True,
    type=SomePath(),
    metavar="FILE",
    help="SHACL shapes of your own (Turtle), beside those that are shipped.",
)
@click.option(
    "--engine",
    type=click.Choice(("checks", "pyshacl")),
    default="checks",
    show_default=True,
    help="What asks the shapes: our checks, or pySHACL, which says the same and is slow.",
)
@format_option
def command(
    files: tuple[Path, ...],
    store: Path | str | None,
    namespace: str,
    mappings: tuple[Path, ...],
    shapes: tuple[Path, ...],
    engine: Literal["checks", "pyshacl"],
    form: str,
) -> None:
    """Check a map: its files, its shapes, and what only shows in the whole.

    Leaves with 0 when there is no error, with 1 when there is one, with 2 when a file cannot be read.

    \b
    Examples:
      servicemap validate data/laundry
      servicemap validate data/laundry --engine pyshacl
    """
    from graph.maps import open_map
    from graph.model import Severity
    from graph.reports.findings import worst

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    findings = opened.validate(shapes=shapes, engine=engine)
    print_findings(findings, opened.summary(), form)
    raise click.exceptions.Exit(1 if worst(findings) is Severity.ERROR else 0)
