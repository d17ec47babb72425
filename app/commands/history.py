"""servicemap history: how did a store come to be as it is?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, format_option, print_answer

__all__ = ["command"]


@click.command("history")
@click.option("--store", required=True, type=SomePath(), metavar="DIR", help="The store's folder.")
@format_option
def command(store: Path, form: str) -> None:
    """The revisions of a store, the newest first: when, which file, what was done with it, and what was found in it.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap history --store laundry.store
    """
    from graph.reports.history import answer
    from graph.store.embedded import DiskStore

    opened = DiskStore(store)
    print_answer(answer(opened.history, opened.held), form)
