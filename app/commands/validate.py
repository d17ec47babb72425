"""servicemap validate: is this map in order?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, format_option, print_findings, source_options

__all__ = ["command"]


@click.command("validate")
@files_argument
@source_options
@format_option
def command(files: tuple[Path, ...], store: Path | None, namespace: str, mappings: tuple[Path, ...], form: str) -> None:
    """Check a map: its files, its shapes, and what only shows in the whole.

    Leaves with 0 when there is no error, with 1 when there is one, with 2 when a file cannot be read.

    \b
    Examples:
      servicemap validate data/laundry
    """
    from graph.maps import open_map
    from graph.model import Severity
    from graph.reports.findings import worst

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    findings = opened.validate()
    print_findings(findings, opened.summary(), form)
    raise click.exceptions.Exit(1 if worst(findings) is Severity.ERROR else 0)
