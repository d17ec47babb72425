"""servicemap restore: bring a backup back."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, StoreFolder, say

__all__ = ["command"]


@click.command("restore")
@click.argument("backup", type=SomePath())
@click.option("--store", required=True, type=StoreFolder(), metavar="DIR", help="Where the store shall be.")
@click.option("--replace", is_flag=True, help="Replace what the store there holds, also when it is damaged.")
def command(backup: Path, store: Path, replace: bool) -> None:  # noqa: FBT001 click calls it so
    """Bring BACKUP, a folder or file of `servicemap backup`, back as a store.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap backup monday.tar --store laundry.store
      servicemap restore monday.tar --store again.store
      servicemap restore monday.tar --store again.store --replace
    """
    from graph.store.copies import restore

    restore(backup, store, replace=replace)
    say(f"{store} holds what {backup} holds; check it with: servicemap verify --store {store}")
