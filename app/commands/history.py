"""servicemap history: how did a store come to be as it is?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import StorePlace, format_option, print_answer

__all__ = ["command"]


@click.command("history")
@click.option(
    "--store",
    required=True,
    type=StorePlace(),
    metavar="PLACE",
    help="The store: a folder or an address.",
)
@format_option
def command(store: Path | str, form: str) -> None:
    """The revisions of a store, the newest first: when, which file, what was done with it, and what was found in it.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap history --store laundry.store
    """
    from graph.maps import open_store
    from graph.reports.history import answer

    opened = open_store(store)
    print_answer(answer(opened.history, opened.held), form)
