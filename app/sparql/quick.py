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

from app.at_once import BEGUN
from app.headers import SMALLEST, Squeezed, everywhere
from app.problem import Problem
from app.sparql.endpoint import FAILED, FEW
from app.sparql.kept import Asked, Kept, Told
from app.sparql.notations import media_type, notations
from app.sparql.protocol import operation
from graph.model import InputError
from graph.store.written import Wanted

if TYPE_CHECKING:
    from app.sparql.endpoint import Endpoint
    from graph.store.isolation import Answering, Begun

__all__ = ["Quick"]

_ADDRESSES = ("/sparql", "/sparql/")
_LONGEST, _SHORT = 60_000, 4  # bytes of a request that is read here; digits of their number where it may not wait
_BASES = 20
_ASKED = "servicemap.asked"  # in the environment of a request that was begun: its query, and of which revision
_LONG_WAY = ("HTTP_ORIGIN", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class Quick:
    """Stands before an application of WSGI, and answers what it can of the queries of ``endpoint``.

    ``scripts`` as for ``app.headers.guard``.
    """

    def __init__(self, application: Application, endpoint: Endpoint, scripts: Sequence[str] = ()) -> None:
        self.application, self._endpoint = application, endpoint
        self._kept = Kept()
        self._bases: dict[tuple[str, str, str], str] = {}
        self._headers = [*everywhere(scripts).items(), ("Cache-Control", "no-cache")]
        self._headers += [("Vary", "Accept"), ("Vary", "Origin"), ("Vary", "Accept-Encoding")]

    def __call__(self, environ: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        """As WSGI calls it."""
        begun = environ.pop(BEGUN, None)
        query, key = environ.pop(_ASKED, (None, ""))
        told = begun if isinstance(begun, Told) else None
        ordinary = self._ordinary(environ) if begun is None else None
        if ordinary is not None:
            query, key = _asked(environ, ordinary), self._endpoint.workers.key()
            told = self._kept.told(key, query)
        if told is not None:
            self._endpoint.again(told.rows)
            start("200 OK", list(told.headers))
            return [told.body]
        try:
            if begun:
                answering = self._endpoint.finish(begun)
            elif ordinary is not None:
                answering = self._endpoint.tell(**ordinary)
            else:
                return self.application(environ, start)
        except InputError as error:
            environ[FAILED] = error
            return self.application(environ, start)
        return self._told(answering, query, key, start)

    def begin(self, environ: Environment) -> Begun | Told | None:
        """Give the query of a request to a worker, without waiting; None where that cannot be done now.

        What comes of it is told when the request comes again, with the query in its environment; so is an answer that
        is at hand.
        """
        if environ["REQUEST_METHOD"] == "POST" and len(environ.get("CONTENT_LENGTH", "")) > _SHORT:
            return None
        ordinary = self._ordinary(environ)
        if ordinary is None:
            return None
        query, key = environ[_ASKED] = _asked(environ, ordinary), self._endpoint.workers.key()
        if (told := self._kept.told(key, query)) is not None:
            return told
        try:
            return self._endpoint.begin(**ordinary)
        except InputError:  # it is found again, and told, on the other way
            return None

    def _ordinary(self, environ: Environment) -> dict[str, Any] | None:
        """What is asked, how, and by whom; None for what takes the long way."""
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
        try:
            caller, asked = self._endpoint.doors.known(request), operation(request)
        except (Problem, ValueError):
            return None
        finally:
            if method == "POST":
                environ["wsgi.input"].seek(0)
        ordinary = asked.kind == "query" and asked.default is None and asked.named is None
        if caller is None or not ordinary:
            return None
        return {
            "text": asked.text,
            "wanted": Wanted(notations(environ.get("HTTP_ACCEPT", "")), base=self._base(request)),
            "caller": caller,
            "gone": environ.get("waitress.client_disconnected"),
        }

    def _base(self, request: Request) -> str:
        """The address of the endpoint, as it was called; there are few, and making it takes time."""
        called = (request.environ["wsgi.url_scheme"], request.environ.get("HTTP_HOST", ""), request.path)
        if called not in self._bases:
            if len(self._bases) > _BASES:
                self._bases.clear()
            self._bases[called] = request.base_url
        return self._bases[called]

    def _told(self, answering: Answering, asked: Asked, key: str, start: Callable[..., Any]) -> Iterable[bytes]:
        """The answer with the headers that it has on the long way; it is kept where it is short and whole."""
        headers = [("Content-Type", media_type(answering.form, answering.notation, asked.accept)), *self._headers]
        if answering.truncated:
            headers.append(("Truncated", answering.truncated))
        if answering.rows > FEW:
            start("200 OK", [*headers, ("Content-Encoding", "gzip")] if asked.squeezed else headers)
            return Squeezed(answering) if asked.squeezed else answering
        body = b"".join(answering)
        if asked.squeezed and len(body) >= SMALLEST:
            body = gzip.compress(body, 5, mtime=0)
            headers.append(("Content-Encoding", "gzip"))
        headers.append(("Content-Length", str(len(body))))
        if not answering.truncated and answering.key == key:
            self._kept.keep(key, asked, Told(tuple(headers), body, answering.rows))
        start("200 OK", headers)
        return [body]


def _asked(environ: Environment, ordinary: dict[str, Any]) -> Asked:
    squeezed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "").lower()
    return Asked(ordinary["text"], ordinary["wanted"].base, environ.get("HTTP_ACCEPT", ""), squeezed)
