"""servicemap migrate: bring a store to the format of this version."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import StoreFolder, say

__all__ = ["command"]


@click.command("migrate")
@click.option("--store", required=True, type=StoreFolder(), metavar="DIR", help="The store's folder.")
def command(store: Path) -> None:
    """Bring a store that an earlier version wrote to the format of this version.

    The old state stays until the new one is whole. The next load reads all files again.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap migrate --store laundry.store
    """
    from graph.store.folder import FORMAT
    from graph.store.migrate import migrate

    changed = migrate(store)
    say(f"{store} {'now has' if changed else 'has already'} the format '{FORMAT.strip()}'")
