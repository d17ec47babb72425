"""servicemap response-plan: who does and says what when a service has a major incident?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import FORMATS, files_argument, print_answer, print_report, source_options
from graph.reports import format_names

__all__ = ["command"]

REPORTS = format_names("report")


@click.command("response-plan")
@click.argument("service")
@files_argument
@click.option("--when", "failing", multiple=True, metavar="ELEMENT", help="What is down; else the service itself.")
@click.option("--security", is_flag=True, help="Show plans for security incidents too: for those who need to know.")
@source_options
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMATS, *REPORTS]),
    default="table",
    show_default=True,
    help=f"How to print the answer; {' and '.join(REPORTS)} give the plan to hand out.",
)
def command(
    service: str, files: tuple[Path, ...], failing: tuple[str, ...],
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str, *, security: bool,
) -> None:  # fmt: skip
    """Who does and says what when SERVICE has a major incident? The plan is made from the map, and gaps are named.

    It also says whether the plan rests on what fails: whether its chat, status page or sign-on goes down as well.

    \b
    Examples:
      servicemap response-plan online-ordering data/enterprise
      servicemap response-plan checkout data/enterprise --when sql-cluster --format markdown
    """
    from graph.maps import open_map
    from graph.response import flat, response_plan

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    p = opened.projection
    asked, *down = p.find_all((service, *failing))
    report = response_plan(opened.store, p, asked, failing=down, security=security)
    if form in REPORTS:
        print_report(report, form)
    else:
        print_answer(flat(report), form)
