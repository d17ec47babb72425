"""servicemap serve: browse a map."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from app.options import SomePath, files_argument, say, source_options

if TYPE_CHECKING:
    from flask import Blueprint

    from app.sparql.endpoint import Endpoint

__all__ = ["command"]


@click.command("serve")
@files_argument
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8050, show_default=True, help="Port; 0 takes any free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--watch", is_flag=True, help="Read files again when they change; the pages follow within a second.")
@click.option("--sparql-only", is_flag=True, help="Serve no pages: the map for programs alone.")
@click.option("--mcp", is_flag=True, help="Let assistants ask at /mcp, by the Model Context Protocol.")
@click.option("--writable", is_flag=True, help="Take writes from those who may; needs --store.")
@click.option("--trusted-proxy", "proxies", multiple=True, metavar="ADDRESS", help="Believe who this proxy says asks.")
@click.option("--user-header", default="X-Forwarded-User", show_default=True, help="Where the proxy names the user.")
@click.option("--groups-header", default="X-Forwarded-Groups", show_default=True, help="Where it names the groups.")
@click.option("--read-group", "read_groups", multiple=True, metavar="GROUP", help="Only these groups may read.")
@click.option(
    "--group-reads",
    nargs=2,
    multiple=True,
    metavar="GROUP NAME",
    help="This group reads the names of this namespace alone.",
)
@click.option("--write-group", "write_groups", multiple=True, metavar="GROUP", help="These groups may write.")
@click.option("--allow-origin", "origins", multiple=True, metavar="ORIGIN", help="A site whose pages may read answers.")
@click.option("--source-link", default="", metavar="PATTERN", help="Where a repository shows {path} and {line}.")
@click.option("--audit", type=SomePath(), metavar="FILE", help="Where writes and refusals are noted, else the store.")
@source_options
def command(
    files: tuple[Path, ...], port: int, host: str, watch: bool, sparql_only: bool, mcp: bool, writable: bool,  # noqa: FBT001 click gives flags so
    proxies: tuple[str, ...], user_header: str, groups_header: str, read_groups: tuple[str, ...],
    group_reads: tuple[tuple[str, str], ...], write_groups: tuple[str, ...], origins: tuple[str, ...],
    source_link: str, audit: Path | None,
    store: Path | str | None, namespace: str, mappings: tuple[Path, ...],
) -> None:  # fmt: skip
    """Browse a map in the web browser. Programs ask it in SPARQL at /sparql.

    Only this machine reaches it, unless --host names another address. Then everybody must bring a token
    (servicemap token add), or come through a proxy that says who they are.

    \b
    Examples:
      servicemap serve data/laundry
      servicemap serve data/laundry --watch
      servicemap serve --store laundry.store --port 8060
      servicemap serve --store laundry.store --sparql-only
      servicemap serve data/laundry --source-link "https://git.example.org/maps/blob/main/{path}#L{line}"
    """
    from app.audit import Audit
    from app.doors import Doors, networks
    from app.listen import OWN
    from app.live import Live
    from app.mcp.address import addresses
    from app.mcp.comparing import Opening
    from app.mcp.server import check_installed
    from app.repository import pattern
    from graph.analysis.kernels import LARGE, warm
    from graph.maps import reopening
    from graph.model import InputError
    from graph.store.packed import packing
    from graph.store.tokens import Tokens

    link = pattern(source_link)
    if mcp:
        check_installed()
    folder = store if isinstance(store, Path) else None
    if writable and folder is None:
        raise InputError.of("only a store in a folder takes writes here", remedy="name one with --store DIR")
    doors = Doors(
        tokens=Tokens(store) if store is not None else None,
        proxies=networks(proxies),
        user_header=user_header,
        groups_header=groups_header,
        read_groups=read_groups,
        group_reads=group_reads,
        write_groups=write_groups,
        origins=origins,
        open=host in OWN and not proxies,
        own=host in OWN,
        writable=writable,
        audit=Audit(audit or (folder / "audit.jsonl" if folder is not None else None)),
    )

    opening = Opening(files, store, namespace, mappings)
    watched = watch and files and store is None
    reopen = reopening(files, namespace=namespace, mappings=mappings) if watched else opening.map
    opened = reopen()
    say(opened.summary())
    if len(opened.projection) >= LARGE and not sparql_only:
        warm()
    live = Live(opened, reopen)
    live.source_link = link

    def also(endpoint: Endpoint) -> AbstractContextManager[Sequence[Blueprint]]:
        return addresses(opening, live, endpoint) if mcp else nullcontext(())

    if watch:
        live.watch(files, namespace=namespace)
    with packing(opened.store):
        if sparql_only:
            from app.sparql.alone import serve_programs

            serve_programs(
                live, host=host, port=port, doors=doors, also=also,
                ready=lambda at: say(f"ask {at}sparql; stop with Ctrl-C"),
            )  # fmt: skip
            return
        from app.web import serve

        serve(
            live, host=host, port=port, doors=doors, also=also,
            ready=lambda at: say(f"open {at} in a browser; stop with Ctrl-C"),
        )  # fmt: skip
