"""How is an ordinary query answered without the detour through the framework? Beside it, by the same doors and workers.

A small query takes the engine a tenth of a millisecond; what a framework does around it takes several times as long.
Whatever is not quite ordinary goes the long way: who may not come in, updates, graphs that are named, pages of other
sites, readers of some namespaces, and everything that fails. The answer is the same on both ways.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import Request

from app.headers import SMALLEST, Squeezed, everywhere
from app.problem import Problem
from app.sparql.endpoint import FAILED, FEW
from app.sparql.notations import media_type, notations
from app.sparql.protocol import Operation, operation
from graph.model import InputError
from graph.store.isolation import Answering
from graph.store.written import Wanted

if TYPE_CHECKING:
    from app.doors import Caller
    from app.sparql.endpoint import Endpoint

__all__ = ["Quick"]

_ADDRESSES = ("/sparql", "/sparql/")
_LONGEST = 60_000  # bytes of a request that is read here
_LONG_WAY = ("HTTP_ORIGIN", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class Quick:
    """Stands before an application of WSGI, and answers what it can of the queries of ``endpoint``.

    ``scripts`` as for ``app.headers.guard``.
    """

    def __init__(self, application: Application, endpoint: Endpoint, scripts: Sequence[str] = ()) -> None:
        self.application, self._endpoint = application, endpoint
        self._headers = [*everywhere(scripts).items(), ("Cache-Control", "no-cache")]
        self._headers += [("Vary", "Accept"), ("Vary", "Origin"), ("Vary", "Accept-Encoding")]

    def __call__(self, environ: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        """As WSGI calls it."""
        found = self._ordinary(environ)
        if found is not None:
            request, asked, caller = found
            accept = environ.get("HTTP_ACCEPT", "")
            wanted = Wanted(notations(accept), base=request.base_url)
            gone = environ.get("waitress.client_disconnected")
            try:
                answering = self._endpoint.tell(asked.text, wanted, caller, gone=gone)
            except InputError as error:
                environ[FAILED] = error
            else:
                return self._told(answering, accept, environ.get("HTTP_ACCEPT_ENCODING", ""), start)
        return self.application(environ, start)

    def _ordinary(self, environ: Environment) -> tuple[Request, Operation, Caller] | None:
        """What is asked, and by whom; None for what takes the long way."""
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] not in _ADDRESSES or method not in ("GET", "POST"):
            return None
        if any(name in environ for name in _LONG_WAY):
            return None
        if method == "POST":
            length = environ.get("CONTENT_LENGTH", "")
            if not length.isdecimal() or int(length) > _LONGEST:
                return None
            environ["wsgi.input"] = BytesIO(environ["wsgi.input"].read(int(length)))
        request = Request(environ)
        caller = self._endpoint.doors.known(request)
        if caller is None:
            return None
        try:
            asked = operation(request)
        except Problem:
            asked = Operation("description")
        finally:
            environ["wsgi.input"].seek(0) if method == "POST" else None
        ordinary = asked.kind == "query" and asked.default is None and asked.named is None
        return (request, asked, caller) if ordinary else None

    def _told(self, answering: Answering, accept: str, encodings: str, start: Callable[..., Any]) -> Iterable[bytes]:
        """The answer with the headers that it has on the long way."""
        headers = [("Content-Type", media_type(answering.form, answering.notation, accept)), *self._headers]
        if answering.truncated:
            headers.append(("Truncated", answering.truncated))
        squeezed = "gzip" in encodings.lower()
        if answering.rows > FEW:
            start("200 OK", [*headers, ("Content-Encoding", "gzip")] if squeezed else headers)
            return Squeezed(answering) if squeezed else answering
        body = b"".join(answering)
        if squeezed and len(body) >= SMALLEST:
            body = gzip.compress(body, 5, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        start("200 OK", [*headers, ("Content-Length", str(len(body)))])
        return [body]
