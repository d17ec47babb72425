"""servicemap compact: make a store smaller."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import StoreFolder, say

__all__ = ["command"]


@click.command("compact")
@click.option("--store", required=True, type=StoreFolder(), metavar="DIR", help="The store's folder.")
def command(store: Path) -> None:
    """Take away what a store needs no more, and pack the rest. What it says stays the same.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap compact --store laundry.store
    """
    from graph.store.compact import compact

    done = compact(store)
    say(f"{store}: {done.before:,} bytes before, {done.after:,} bytes now")
