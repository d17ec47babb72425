"""servicemap backup: copy a store away."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, StoreFolder, say

__all__ = ["command"]


@click.command("backup")
@click.argument("target", type=SomePath())
@click.option("--store", required=True, type=StoreFolder(), metavar="DIR", help="The store's folder.")
def command(target: Path, store: Path) -> None:
    """Copy a store to TARGET, a new folder, or one file when the name ends in .tar, .tar.gz or .tgz.

    Others may read and write the store meanwhile; the copy is the state before or after what they do.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap backup laundry.tar.gz --store laundry.store
    """
    from graph.store.copies import back_up

    back_up(store, target)
    say(f"{store} is copied to {target}")
