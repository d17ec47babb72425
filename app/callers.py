"""Who sends request after request? What the doors said of that one before, for as long as they would say the same."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from flask import Request

from app.doors import Caller, Doors

__all__ = ["Callers"]

_MOST = 500


class Callers:
    """What ``Doors.known`` says of requests with the same headers, until the tokens are others.

    Whatever the doors look at is part of what is compared; of a secret, its digest.
    """

    def __init__(self, doors: Doors) -> None:
        self._doors, self._known = doors, dict[object, Caller | None]()
        named = (doors.user_header, doors.groups_header) if doors.proxies else ()
        self._names = ["REMOTE_ADDR", "HTTP_HOST", "wsgi.url_scheme"]
        self._names += ["HTTP_" + name.upper().replace("-", "_") for name in named]

    @property
    def state(self) -> object:
        """Something that is another when the tokens are others."""
        return None if self._doors.tokens is None else self._doors.tokens.state

    def of(self, environ: dict[str, Any]) -> Caller | None:
        """Who asks, as ``Doors.known``."""
        secret = environ.get("HTTP_AUTHORIZATION", "")
        said = (
            self.state,
            sha256(secret.encode()).digest() if secret else b"",
            *[environ.get(name) for name in self._names],
        )
        if said not in self._known:
            if len(self._known) >= _MOST:
                self._known.clear()
            self._known[said] = self._doors.known(Request(environ))
        return self._known[said]
