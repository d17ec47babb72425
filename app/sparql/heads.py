"""What is known of a request from its head alone? What was found of the same head before; then only the query is read.

A program writes the same head again and again. Who asks, which notation is liked and where a body ends was read from it
by the parser, and decided by the doors, when it came first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from app.plain import QUERY

if TYPE_CHECKING:
    from app.doors import Caller
    from graph.store.written import Wanted

__all__ = ["Head", "Heads", "Known", "read"]

_POST = b"POST /sparql HTTP/1.1\r\n"
_GET = re.compile(rb"GET /sparql\?(" + QUERY + rb") HTTP/1\.1\r\n")
_END = b"\r\n\r\n"
_MOST = 1_000


class Head(NamedTuple):
    """A head: the method, what its address asks, what of it comes again, and where the body begins."""

    method: str
    query: str
    lines: bytes
    end: int


def read(said: bytes) -> Head | None:
    r"""The head of a request to /sparql, as far as that can be one that came before; None for all others.

    >>> read(b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: a\r\n\r\n")
    Head(method='GET', query='query=ASK%7B%7D', lines=b'Host: a\r\n\r\n', end=49)
    """
    end = said.find(_END) + len(_END)
    if end < len(_END):
        return None
    if said.startswith(_POST):
        return Head("POST", "", said[len(_POST) : end], end)
    found = _GET.match(said)
    return None if found is None else Head("GET", found[1].decode("ascii"), said[found.end() : end], end)


@dataclass(frozen=True, slots=True)
class Known:
    """What a head says: how many bytes follow, of which sort; who asks, for which answer, on which base."""

    length: int
    content_type: str
    caller: Caller
    wanted: Wanted
    base: str
    accept: str
    squeezed: bool


class Heads:
    """Those that came before, by whom they came from, while the tokens are as they were then.

    Of each its digest is kept, since it may hold a secret; and a thousand at most.
    """

    def __init__(self) -> None:
        self._known, self._state = dict[bytes, Known](), object()

    def known(self, head: Head, peer: str, state: object) -> Known | None:
        """What was found of a head; None where it is new."""
        return self._known.get(_digest(head, peer)) if state == self._state else None

    def keep(self, head: Head, peer: str, state: object, known: Known) -> None:
        """Know it when it comes again."""
        if state != self._state or len(self._known) >= _MOST:
            self._known.clear()
            self._state = state
        self._known[_digest(head, peer)] = known


def _digest(head: Head, peer: str) -> bytes:
    return blake2b(b"%b %b %b" % (head.method.encode(), peer.encode(), head.lines)).digest()
