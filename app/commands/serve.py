"""servicemap serve: browse a map."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, say, source_options

__all__ = ["command"]


@click.command("serve")
@files_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8050, show_default=True, help="Port; 0 takes any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on; only this machine's own.")
@source_options
def command(
    files: tuple[Path, ...], port: int, host: str,
    store: Path | None, namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Browse a map in the web browser, on this machine only.

    \b
    Examples:
      servicemap serve data/laundry
      servicemap serve --store laundry.store --port 8060
    """
    from app.web import serve
    from graph.analysis.kernels import LARGE, warm
    from graph.maps import open_map

    opened = open_map(files, store=store, namespace=namespace, mappings=mappings)
    say(opened.summary())
    if len(opened.projection) >= LARGE:
        warm()
    serve(opened, host=host, port=port, ready=lambda address: say(f"open {address} in a browser; stop with Ctrl-C"))
