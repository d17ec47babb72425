"""servicemap token: make, list and revoke the keys to a store."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import StorePlace, format_option, print_answer, say

__all__ = ["command"]

_STORE = click.option("--store", required=True, type=StorePlace(), metavar="PLACE", help="The store that they open.")


@click.group("token")
def command() -> None:
    """Make, list and revoke the keys with which programs and people reach a map that is served.

    Those to a map in an engine of your own open servers that this user starts on this machine.

    \b
    Examples:
      servicemap token add ci --store laundry.store --write
      servicemap token list --store laundry.store
      servicemap token revoke ci --store laundry.store
    """


@command.command("add")
@click.argument("name")
@_STORE
@click.option("--write", is_flag=True, help="It may write, too.")
@click.option("--namespace", "namespaces", multiple=True, metavar="NAME", help="Write in these namespaces alone.")
@click.option("--reads", multiple=True, metavar="NAME", help="Read the names of these namespaces alone.")
@click.option(
    "--seconds", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, help="How long a query may take."
)
@click.option("--at-once", type=click.IntRange(1, 100), default=2, show_default=True, help="Queries at a time.")
def add(
    name: str, store: Path | str, write: bool, namespaces: tuple[str, ...], reads: tuple[str, ...],  # noqa: FBT001 click gives flags so
    seconds: float, at_once: int,
) -> None:  # fmt: skip
    """Make a token; its secret goes to standard output, and is told once."""
    from graph.model import InputError
    from graph.store.tokens import add_token

    if namespaces and not write:
        raise InputError.of("--namespace says where a token may write", remedy="add --write, or leave it out")
    click.echo(
        add_token(store, name, write=write, namespaces=namespaces, reads=reads, seconds=seconds, at_once=at_once)
    )
    say(f"keep it: it is not told again; revoke it with: servicemap token revoke {name} --store {store}")


@command.command("list")
@_STORE
@format_option
def list_(store: Path | str, form: str) -> None:
    """Show the tokens, and what each may do; no secret is known."""
    from graph.answer import Answer, count
    from graph.store.tokens import tokens_of

    found = tokens_of(store)
    rows = tuple(
        (t.name, "write" if t.write else "read", t.namespaces, t.reads, t.seconds, t.at_once, t.made_at) for t in found
    )
    columns = ("name", "may", "namespaces", "reads", "seconds", "at once", "made")
    print_answer(Answer(count(len(found), "token"), "tokens", columns, rows), form)


@command.command("revoke")
@click.argument("name")
@_STORE
def revoke(name: str, store: Path | str) -> None:
    """Take a token away; servers that run notice it at once."""
    from graph.store.tokens import revoke_token

    revoke_token(store, name)
    say(f"'{name}' opens nothing any more")
