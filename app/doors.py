"""Who may come in? A request gets a caller, by its token or by a proxy that is trusted, with what that one may do."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from flask import Flask, Request, Response, g, request

from app.audit import Audit
from app.problem import Problem
from app.reader import sees
from graph.model import InputError
from graph.store.interface import GRAPH, Limits
from graph.store.tokens import Token, Tokens
from graph.store.turns import Share

__all__ = ["HEALTH", "Caller", "Doors", "networks", "of_this_server"]

_OWN = frozenset({"127.0.0.1", "localhost", "[::1]"})
_WAITING = 8
HEALTH = frozenset({"/healthz", "/readyz"})
"""The addresses that need no name."""
_BETWEEN = re.compile(r"[,;|\s]+")


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks. ``name`` says who in words; what they ask is counted under it.

    ``namespaces``  where one may write, ``reads``  what one may read by name; () for everywhere
    """

    name: str
    read: bool = True
    write: bool = False
    namespaces: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    share: Share = field(default_factory=lambda: Share(2, _WAITING))
    seconds: float = 10.0

    def within(self, limits: Limits) -> Limits:
        """The limits of a query of this one."""
        return replace(limits, seconds=self.seconds) if self.seconds < limits.seconds else limits

    def may_write(self, graph: str) -> bool:
        """Whether this one may write a graph: all, or those of the sources of some namespaces."""
        return self.write and (
            not self.namespaces or any(graph.startswith(f"{GRAPH}source/{space}/") for space in self.namespaces)
        )


def networks(addresses: Collection[str]) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks of proxies. InputError for what is none.

    >>> networks(["10.0.0.1"])
    (IPv4Network('10.0.0.1/32'),)
    """
    try:
        return tuple(ip_network(address) for address in addresses)
    except ValueError as error:
        raise InputError.of(f"{error}", remedy="name a proxy by its address: 10.0.0.7, or 10.0.0.0/24") from error


@dataclass(frozen=True)
class Doors:
    """How a server decides.

    ``tokens``      those of the store, None where there is no store
    ``proxies``     from where ``user_header`` and ``groups_header`` are believed
    ``read_groups``, ``write_groups``  groups of the proxy that may; with no ``read_groups``, all whom it names may read
    ``group_reads``  groups of the proxy with a namespace each that alone they may read by name
    ``origins``     other sites whose pages may read the answers; "*" for any
    ``open``        whether one may read without saying who one is
    ``own``         whether only this machine can reach the server; then it answers to no other name
    ``writable``    whether anybody may write at all
    """

    tokens: Tokens | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    user_header: str = "X-Forwarded-User"
    groups_header: str = "X-Forwarded-Groups"
    read_groups: Collection[str] = ()
    write_groups: Collection[str] = ()
    group_reads: Collection[tuple[str, str]] = ()
    origins: Collection[str] = ()
    open: bool = True
    own: bool = False
    writable: bool = False
    audit: Audit | None = None

    @property
    def closed(self) -> bool:
        """Whether there is a way to know who asks."""
        return bool(self.proxies) or (self.tokens is not None and self.tokens.any)

    def caller(self, request: Request) -> Caller:
        """Who asks. Problem for a token that is not known."""
        secret = _secret(request)
        if secret:
            token = self.tokens.of(secret) if self.tokens is not None else None
            if token is None:
                raise Problem(
                    401, "Who are you?", "this token is not known here", "ask whoever runs this server for another one"
                )
            return _of_token(token)
        if self._from_proxy(request):
            return self._of_proxy(request)
        return Caller(f"address {request.remote_addr}", read=self.open)

    def reader(self, request: Request) -> Caller:
        """Who asks, where that one may read; else Problem."""
        caller = self.caller(request)
        g.caller = caller.name
        if not caller.read:
            raise _unknown("read")
        sees(caller.reads)
        return caller

    def known(self, request: Request) -> Caller | None:
        """Who asks, where that one may read everything and nothing has to be said; None for all others."""
        if self._named_otherwise(request):
            return None
        try:
            caller = self.caller(request)
        except Problem:
            return None
        return caller if caller.read and not caller.reads else None

    def writer(self, request: Request) -> Caller:
        """Who asks, where that one may write and no other site made the browser ask; else Problem."""
        self.check_origin(request, "write")
        caller = self.reader(request)
        self.check_writable()
        if not caller.write:
            raise _unknown("write")
        return caller

    def check_writable(self) -> None:
        """Problem where nobody may write."""
        if not self.writable:
            raise Problem(403, "Not allowed", "this server takes no writes", "ask whoever runs it to allow them")

    def keeper(self, request: Request) -> Caller:
        """Who asks, where that one may keep views: who may write, or the person at a server of one machine alone.

        That person needs no token where none is known: the request must come from this machine, and where it keeps or
        forgets something from a page of this server itself, which the browser says. Else Problem.
        """
        alone = self.own and self.open and not self.proxies and not self.closed
        if not alone or not _at_home(request.remote_addr):
            return self.writer(request)
        self.check_origin(request, "write")
        if request.method != "GET" and not request.headers.get("Origin"):
            raise Problem(403, "Not allowed", "only pages of this server may write here", "do it on its page")
        return replace(self.reader(request), name="whoever started it")

    def check_origin(self, request: Request, act: str) -> None:
        """Problem where the page of another site made the browser ask."""
        origin = request.headers.get("Origin", "")
        same = not origin or of_this_server(request, origin) or origin in self.origins
        if not same or request.headers.get("Sec-Fetch-Site", "") == "cross-site":
            raise Problem(403, "Not allowed", f"a page of '{origin[:100]}' may not {act} here", f"{act} from a program")

    def allowed_origin(self, origin: str) -> str:
        """What CORS says to a page of that origin; "" for nothing."""
        if "*" in self.origins:
            return "*"
        return origin if origin in self.origins else ""

    def watch(self, server: Flask) -> None:
        """Stand before every address of a server but its health, and note who is not let in."""

        @server.before_request
        def come_in() -> None:
            if self._named_otherwise(request):
                raise Problem(403, "Not allowed", "this server has another name", "call it 127.0.0.1 or localhost")
            if request.path not in HEALTH and request.method != "OPTIONS":
                self.reader(request)

        @server.after_request
        def note(response: Response) -> Response:
            if self.audit is not None and response.status_code in (401, 403, 429):
                self._note(response.status_code)
            return response

    def wrote(self, caller: Caller, status: int, revision: str, graphs: Collection[str]) -> None:
        """Note a write."""
        if self.audit is not None:
            peer = request.remote_addr or ""
            said = {"revision": revision, "graphs": sorted(graphs)[:20]}
            self.audit.note(caller.name, peer, request.method, request.path, status, **said)

    def _note(self, status: int) -> None:
        assert self.audit is not None
        peer = request.remote_addr or ""
        self.audit.note(g.get("caller", f"address {peer}"), peer, request.method, request.path, status)

    def _named_otherwise(self, request: Request) -> bool:
        """Whether somebody calls a server of this machine alone by another name: a page that tricks a browser does."""
        if not self.own or self._from_proxy(request):
            return False
        name = urlsplit(f"//{request.host}").hostname or ""
        return (f"[{name}]" if ":" in name else name) not in _OWN

    def _from_proxy(self, request: Request) -> bool:
        if not self.proxies:
            return False
        try:
            peer = ip_address(request.remote_addr or "")
        except ValueError:
            return False
        return any(peer in network for network in self.proxies)

    def _of_proxy(self, request: Request) -> Caller:
        user = request.headers.get(self.user_header, "")
        groups = set(_BETWEEN.split(request.headers.get(self.groups_header, ""))) - {""}
        write = bool(user) and bool(groups.intersection(self.write_groups))
        whole = write or not (self.read_groups or self.group_reads) or bool(groups.intersection(self.read_groups))
        some = () if whole else tuple(sorted({name for group, name in self.group_reads if group in groups}))
        return Caller(
            f"user {user[:100]}" if user else "nobody",
            read=bool(user) and (whole or bool(some)),
            write=write,
            reads=some,
        )


def of_this_server(request: Request, origin: str) -> bool:
    """Whether a page of this server has this origin, also where a proxy before it speaks TLS."""
    return origin in (f"{request.scheme}://{request.host}", f"https://{request.host}")


def _of_token(token: Token) -> Caller:
    share = Share(token.at_once, _WAITING)
    return Caller(
        f"token {token.name}",
        read=True,
        write=token.write,
        namespaces=token.namespaces,
        reads=token.reads,
        share=share,
        seconds=token.seconds,
    )


def _at_home(address: str | None) -> bool:
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False


def _secret(request: Request) -> str:
    """The token that a request brings: as a bearer, or as the password of anybody."""
    said = request.authorization
    if said is None:
        return ""
    return str((said.token if said.type == "bearer" else said.password) or "-")


def _unknown(act: str) -> Problem:
    who = g.get("caller", "")
    if who.startswith(("token", "user")):
        return Problem(403, "Not allowed", f"{who} may not {act} here", f"ask for a token that may {act}")
    return Problem(
        401, "Who are you?", f"nobody may {act} here without a name", "send a token: Authorization: Bearer ..."
    )
