"""servicemap mcp: let an assistant ask the map."""

from __future__ import annotations

from pathlib import Path

import click

from app.options import files_argument, say, source_options

__all__ = ["command"]


@click.command("mcp")
@files_argument
@click.option("--watch", is_flag=True, help="Read files again when they change.")
@source_options
def command(
    files: tuple[Path, ...], watch: bool,  # noqa: FBT001 click gives flags so
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Let an assistant ask the map, by the Model Context Protocol over standard input and output.

    An assistant starts this itself: name the command in its settings. It gets six tools that read: find, describe,
    ask, sparql, impact and compare. Needs the extra: pip install 'servicemap[mcp]'. Over HTTP: servicemap serve --mcp.

    \b
    Examples:
      servicemap mcp data/laundry
      servicemap mcp --store laundry.store
    """
    from app.doors import Caller, Doors
    from app.live import Live
    from app.mcp.comparing import Comparing, Opening
    from app.mcp.server import check_installed, server_of
    from app.mcp.tools import Asker, Tools
    from app.sparql.endpoint import Endpoint

    check_installed()
    opening = Opening(files, store, namespace, mappings)
    live = Live(opening.map(), opening.map)
    if watch:
        live.watch(files, namespace=namespace)
    say(live.atlas.map.summary())
    endpoint = Endpoint(lambda: live.atlas.map.store, Doors(), size=2)
    asker = Asker(Caller("the assistant"))
    try:
        tools = Tools(live, endpoint, Comparing(opening, history=True))
        server_of(tools, lambda _: asker, tools.about).run()
    finally:
        endpoint.close()
