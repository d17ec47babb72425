"""servicemap dossier: what does the map know about one element, beyond its facts?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import FORMATS, files_argument, print_answer, print_report, source_options
from graph.reports import format_names

__all__ = ["command"]

REPORTS = format_names("report")


@click.command("dossier")
@click.argument("element")
@files_argument
@source_options
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *REPORTS]),
    default="table",
    show_default=True,
    help=f"How to print the answer; {' and '.join(REPORTS)} give it to hand out.",
)
def command(
    element: str, files: tuple[Path, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """What is promised for ELEMENT, who has a part in it, who can change it, what is planned, and what does it cost?

    For people, teams and roles: what can be changed through them.

    \b
    Examples:
      servicemap dossier online-ordering data/enterprise
      servicemap dossier sql-cluster data/enterprise --format markdown
    """
    from datetime import UTC, datetime

    from graph.dossier import Dossiers
    from graph.maps import open_map
    from graph.response import flat

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    p = opened.projection
    report = Dossiers(opened.store, p).of(p.find(element), at=datetime.now(UTC))
    if form in REPORTS:
        print_report(report, form)
    else:
        print_answer(flat(report), form)
