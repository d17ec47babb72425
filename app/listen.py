"""On which address does a server listen, and what does it let a request be?"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Flask

from app.at_once import AtOnce
from app.doors import Doors
from app.rounds import Connections
from graph.model import InputError

__all__ = ["OWN", "listen", "made"]

OWN = ("127.0.0.1", "localhost", "::1")


def listen(
    application: Flask,
    doors: Doors,
    *,
    host: str = "127.0.0.1",
    port: int = 8050,
    threads: int = 24,
    ready: Callable[[str], None] = lambda _: None,
) -> None:
    """Answer requests until the process is stopped.

    Args:
        application: what answers.
        doors: who may come in; where anybody could, an address that others can reach is refused.
        host: an address of this machine.
        port: 0 takes any free one.
        threads: how many requests are answered at a time; those that wait for a worker count.
        ready: called with the address as soon as it answers.

    Raises:
        InputError: the address is open to others and nobody is asked who they are, or the port is taken.
    """
    if host not in OWN and (doors.open or not doors.closed):
        raise InputError.of(
            f"'{host}' could be reached by others, and there is no way to know who they are",
            remedy="make a token with 'servicemap token add', name a proxy with --trusted-proxy, or leave --host out",
        )
    server, dispatcher = made(application, host=host, port=port, threads=threads)
    ready(f"http://{'[::1]' if host == '::1' else host}:{server.effective_port}/")
    dispatcher.run(server)


def made(application: Flask, *, host: str, port: int, threads: int) -> tuple[Any, AtOnce]:
    """A server that has its address, and what runs it: at once, what the application says that it can ``begin`` so.

    Raises InputError when the address is taken.
    """
    from waitress.server import create_server

    quick = application.wsgi_app
    ways = {name: getattr(quick, name) for name in ("begin", "finish", "straight") if hasattr(quick, name)}
    dispatcher = AtOnce(**{"begin": lambda _, __: None, **ways})
    dispatcher.set_thread_count(threads)
    try:
        server = create_server(
            application,
            Connections(),
            host=host,
            port=port,
            _dispatcher=dispatcher,
            ident="servicemap",
            clear_untrusted_proxy_headers=True,
            channel_request_lookahead=1,  # so that somebody who leaves is noticed while the answer is made
            outbuf_high_watermark=64_000_000,  # a slow reader holds no worker
        )
    except OSError as error:
        raise InputError.of(
            f"port {port} cannot be had ({error.strerror or error})", remedy="name another with --port, or 0 for any"
        ) from error
    return server, dispatcher
