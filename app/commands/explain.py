"""servicemap explain: how does a query run, and what makes it slow?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import files_argument, format_option, limit_options, print_answer, source_options
from app.question import text_of

if TYPE_CHECKING:
    from graph.store import Limits

__all__ = ["command"]


@click.command("explain")
@click.argument("sparql")
@files_argument
@limit_options
@source_options
@format_option
def command(
    sparql: str, files: tuple[Path, ...], limits: Limits,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...], form: str,
) -> None:  # fmt: skip
    """Say how a query runs, what each part of it finds, and what makes it slow.

    SPARQL is the query, @FILE that holds it, or the name of a ready question. Every statement of it is counted by
    itself, two seconds at most, and the whole is run within the limits.

    \b
    Examples:
      servicemap explain "SELECT ?a { ?a sm:dependsOn+ ?b . ?b a sm:Database }" data/laundry
      servicemap explain services-behind data/enterprise
    """
    from graph.explain import explain
    from graph.maps import open_map
    from graph.store.isolation import ask

    text = text_of(sparql)
    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    print_answer(explain(text, lambda query, most: ask(opened.store, query, most), limits), form)
