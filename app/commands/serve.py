"""servicemap serve: browse a map."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import files_argument, say, source_options

if TYPE_CHECKING:
    from graph.maps import Map

__all__ = ["command"]


@click.command("serve")
@files_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8050, show_default=True, help="Port; 0 takes any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; only this machine's own.")
@click.option("--watch", is_flag=True, help="Read files again when they change; the pages follow within a second.")
@source_options
def command(
    files: tuple[Path, ...], port: int, host: str, watch: bool,  # noqa: FBT001 click gives flags so
    store: Path | None, namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Browse a map in the web browser, on this machine only.

    \b
    Examples:
      servicemap serve data/laundry
      servicemap serve data/laundry --watch
      servicemap serve --store laundry.store --port 8060
    """
    from app.live import Live
    from app.web import serve
    from graph.analysis.kernels import LARGE, warm
    from graph.maps import open_map

    def reopen() -> Map:
        return open_map(files, store=store, namespace=namespace, mappings=mappings)

    opened = reopen()
    say(opened.summary())
    if len(opened.projection) >= LARGE:
        warm()
    live = Live(opened, reopen)
    if watch:
        live.watch(files, namespace=namespace)
    serve(live, host=host, port=port, ready=lambda address: say(f"open {address} in a browser; stop with Ctrl-C"))
