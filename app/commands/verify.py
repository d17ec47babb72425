"""servicemap verify: is a store whole?"""

from __future__ import annotations

from pathlib import Path

import click

from app.options import SomePath, format_option, print_answer

__all__ = ["command"]


@click.command("verify")
@click.option("--store", required=True, type=SomePath(), metavar="DIR", help="The store's folder.")
@format_option
def command(store: Path, form: str) -> None:
    """Read everything in a store and hold it against what was noted when it was loaded.

    Leaves with 0 when all is whole, with 1 when something is damaged.

    \b
    Examples:
      servicemap load data/laundry --store laundry.store
      servicemap verify --store laundry.store
    """
    from graph.answer import Answer, count
    from graph.store.verify import verify

    checks = verify(store)
    damaged = sum(bool(check.damage) for check in checks)
    title = f"{store} is damaged: {damaged} of {count(len(checks), 'check')}" if damaged else f"{store} is whole"
    rows = tuple(("damaged" if check.damage else "whole", check.name, check.damage) for check in checks)
    notes = ("restore a backup, or load the files again into a new folder",) if damaged else ()
    facts = {"damaged": damaged}
    print_answer(Answer(title, "checks", ("state", "what", "damage"), rows, facts, notes), form)
    raise click.exceptions.Exit(1 if damaged else 0)
