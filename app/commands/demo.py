"""servicemap demo: look at a sample enterprise."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import say

__all__ = ["command"]

DATA = Path(__file__).resolve().parents[2] / "data"


@click.command("demo")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8050, show_default=True, help="Port; 0 takes any free one."
)
@click.option(
    "--map",
    "which",
    type=click.Choice(["enterprise", "laundry"]),
    default="enterprise",
    show_default=True,
    help="Which sample.",
)
@click.option("--check", is_flag=True, help="Load the sample, draw it, answer from it, and leave.")
def command(port: int, which: str, check: bool) -> None:  # noqa: FBT001 click gives flags so
    """Look at a sample enterprise (or the laundry of the tutorial) in the web browser.

    \b
    Examples:
      servicemap demo --check
      servicemap demo --check --map laundry
    """
    from app.doors import Doors
    from app.web import serve, try_out
    from graph.maps import open_map

    opened = open_map([DATA / which])
    say(opened.summary())
    if check:
        say(try_out(opened))
        return
    said = "open {} in a browser; stop with Ctrl-C"
    serve(opened, port=port, doors=Doors(own=True), ready=lambda address: say(said.format(address)))
