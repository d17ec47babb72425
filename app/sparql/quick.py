"""How is an ordinary query answered without the detour through the framework? Beside it, by the same doors and workers.

A small query takes the engine a tenth of a millisecond; what a framework does around it takes several times as long.
Whatever is not quite ordinary goes the long way: who may not come in, updates, graphs that are named, pages of other
sites, readers of some namespaces, and everything that fails. The answer is the same on both ways.
"""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any, NamedTuple

from flask import Request

from app.at_once import BEGUN, HEAD, More, Told
from app.callers import Callers
from app.headers import SMALLEST, Squeezed, everywhere
from app.problem import Problem
from app.sparql.endpoint import FAILED, FEW
from app.sparql.heads import Heads, Known, read
from app.sparql.kept import Asked, Kept
from app.sparql.notations import media_type, notations
from app.sparql.protocol import Sent, operation
from graph.model import InputError
from graph.store.workers import Answering, Begun, Queued
from graph.store.written import Wanted

if TYPE_CHECKING:
    from app.doors import Caller
    from app.sparql.endpoint import Endpoint

__all__ = ["Quick"]

_ADDRESSES = ("/sparql", "/sparql/")
_LONGEST, _SHORT = 60_000, 4  # bytes of a request that is read here; digits of their number where it may not wait
_BASES = 20
_ASKED = "servicemap.asked"  # in the environment of a request that was begun: its query
_LONG_WAY = ("HTTP_ORIGIN", "HTTP_RANGE", "HTTP_TRANSFER_ENCODING")

Environment = dict[str, Any]
Application = Callable[[Environment, Callable[..., Any]], Iterable[bytes]]


class _Query(NamedTuple):
    """What is asked; the key is that of the revision that there was."""

    text: str
    wanted: Wanted
    caller: Caller
    gone: Callable[[], bool] | None
    asked: Asked
    key: str


class Quick:
    """Stands before an application of WSGI, and answers what it can of the queries of ``endpoint``.

    ``scripts`` as for ``app.headers.guard``.
    """

    def __init__(self, application: Application, endpoint: Endpoint, scripts: Sequence[str] = ()) -> None:
        self.application, self._endpoint = application, endpoint
        self._kept, self._callers, self._before = Kept(), Callers(endpoint.doors), Heads()
        self._bases: dict[tuple[str, str, str], str] = {}
        headers = [*everywhere(scripts).items(), ("Cache-Control", "no-cache")]
        headers.append(("Vary", "Accept, Origin, Accept-Encoding"))

        @lru_cache(maxsize=100)
        def heads(media: str, cut: str, squeezed: bool) -> tuple[tuple[str, str], ...]:  # noqa: FBT001 one of its keys
            more = [("Truncated", cut)] if cut else []
            packed = [("Content-Encoding", "gzip")] if squeezed else []
            return (("Content-Type", media), *headers, *more, *packed)

        self._heads = heads

    def __call__(self, environ: Environment, start: Callable[..., Any]) -> Iterable[bytes]:
        """As WSGI calls it."""
        if FAILED in environ:
            return self.application(environ, start)
        begun = environ.pop(BEGUN, None)
        query = environ.pop(_ASKED, None)
        if begun is None:
            query = self._ordinary(environ)
            begun = None if query is None else self._at_hand(query)
        if query is None:
            return self.application(environ, start)
        try:
            answering = begun if begun is not None else self._endpoint.tell(*query[:3], gone=query.gone)
            said = self._said(answering, query)
        except InputError as error:
            environ[FAILED] = error
            return self.application(environ, start)
        if isinstance(said, Told):
            start("200 OK", [*said.headers, ("Content-Length", str(len(said.body)))])
            return [said.body]
        media = media_type(said.form, said.notation, query.asked.accept)
        start("200 OK", list(self._heads(media, said.truncated, query.asked.squeezed)))
        return Squeezed(said) if query.asked.squeezed else said

    def begin(self, environ: Environment, then: Callable[[], None] | None = None) -> Begun | Queued | Told | None:
        """Give the query of a request to a worker, without waiting; None where that cannot be done now.

        Where no worker is free, ``then`` is called when its turn has come. What comes of it is told by ``finish``, or
        when the request comes again, with the query in its environment; an answer that is at hand, or that takes a few
        look-ups, is told at once.
        """
        if environ["REQUEST_METHOD"] == "POST" and len(environ.get("CONTENT_LENGTH", "")) > _SHORT:
            return None
        state = self._callers.state  # before the doors are asked, so that nothing outlives a token
        query = self._ordinary(environ)
        if query is None:
            return None
        if not self._seen(environ, query, state) and (told := self._at_hand(query)) is not None:
            return told
        environ[_ASKED] = query
        try:
            return self._endpoint.begin(*query[:3], gone=query.gone, then=then)
        except InputError:  # it is found again, and told, on the other way
            return None

    def straight(self, said: bytes, peer: str) -> Told | More | None:
        """The answer to a request whose head came before, where it is at hand or takes a few look-ups.

        Args:
            said: the bytes that have come of it.
            peer: the address that they came from.
        """
        if (head := read(said)) is None or (known := self._before.known(head, peer, self._callers.state)) is None:
            return None
        if (missing := known.length - len(said) + head.end) != 0:
            return More(said) if missing > 0 else None
        try:
            asked = operation(Sent(head.method, head.query, known.content_type, lambda: said[head.end :]))
        except Problem:
            return None
        if asked.kind != "query" or asked.default is not None or asked.named is not None:
            return None
        again = Asked(asked.text, known.base, known.accept, known.squeezed)
        return self._at_hand(_Query(asked.text, known.wanted, known.caller, None, again, self._endpoint.workers.key()))

    def _seen(self, environ: Environment, query: _Query, state: object) -> bool:
        """Whether the head of a request came before, and so its query was not at hand; a new one is known from now."""
        head, peer = read(environ.pop(HEAD, b"")), environ.get("REMOTE_ADDR", "")
        if head is None:
            return False
        if self._before.known(head, peer, state) is not None:
            return True
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if (length > 0) == (head.method == "POST"):
            asked, media = query.asked, environ.get("CONTENT_TYPE", "")
            known = Known(length, media, query.caller, query.wanted, asked.base, asked.accept, asked.squeezed)
            self._before.keep(head, peer, state, known)
        return False

    def finish(self, environ: Environment) -> Told | None:
        """The answer to what was begun, which has come; None where it is told when the request comes again."""
        try:
            said = self._said(environ[BEGUN], environ[_ASKED])
        except InputError as error:
            environ[FAILED] = error
            return None
        if isinstance(said, Told):
            return said
        environ[BEGUN] = said
        return None

    def _ordinary(self, environ: Environment) -> _Query | None:
        """What is asked, how, and by whom; None for what takes the long way."""
        method = environ["REQUEST_METHOD"]
        if environ["PATH_INFO"] not in _ADDRESSES or method not in ("GET", "POST"):
            return None
        if any(name in environ for name in _LONG_WAY):
            return None
        body = b""
        if method == "POST":
            length = environ.get("CONTENT_LENGTH", "")
            if not length.isdecimal() or int(length) > _LONGEST:
                return None
            body = environ["wsgi.input"].read(int(length))
            environ["wsgi.input"] = BytesIO(body)
        sent = Sent(method, _utf8(environ.get("QUERY_STRING", "")), environ.get("CONTENT_TYPE", ""), lambda: body)
        try:
            caller, asked = self._callers.of(environ), operation(sent)
        except (InputError, Problem, ValueError):
            return None
        if caller is None or asked.kind != "query" or asked.default is not None or asked.named is not None:
            return None
        accept, base = environ.get("HTTP_ACCEPT", ""), self._base(environ)
        squeezed = "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "").lower()
        return _Query(
            asked.text,
            Wanted(notations(accept), base=base),
            caller,
            environ.get("waitress.client_disconnected"),
            Asked(asked.text, base, accept, squeezed),
            self._endpoint.workers.key(),
        )

    def _base(self, environ: Environment) -> str:
        """The address of the endpoint, as it was called; there are few, and making it takes time."""
        called = (environ["wsgi.url_scheme"], environ.get("HTTP_HOST", ""), environ["PATH_INFO"])
        if called not in self._bases:
            if len(self._bases) > _BASES:
                self._bases.clear()
            self._bases[called] = Request(environ).base_url
        return self._bases[called]

    def _at_hand(self, query: _Query) -> Told | None:
        """The answer that was given before, or that takes a few look-ups."""
        told = self._kept.told(query.key, query.asked)
        if told is not None:
            self._endpoint.again(told.rows)
            return told
        found = self._endpoint.look_up(*query[:3], query.key)
        return None if found is None else self._whole(found.form, found.notation, query, "", found.body, found.rows)

    def _said(self, begun: Begun | Queued | Answering | Told, query: _Query) -> Told | Answering:
        """An answer with the headers that it has on the long way; where it is long, what it comes from."""
        if isinstance(begun, Told):
            return begun
        answering = self._endpoint.finish(begun) if isinstance(begun, Begun | Queued) else begun
        if answering.rows > FEW:
            return answering
        form, notation, cut, rows = answering.form, answering.notation, answering.truncated, answering.rows
        told = self._whole(form, notation, query, cut, b"".join(answering), rows)
        if not cut and answering.key == query.key:
            self._kept.keep(query.key, query.asked, told)
        return told

    def _whole(self, form: str, notation: str, query: _Query, cut: str, body: bytes, rows: int) -> Told:
        squeezed = query.asked.squeezed and len(body) >= SMALLEST
        if squeezed:
            body = gzip.compress(body, 5, mtime=0)
        return Told(self._heads(media_type(form, notation, query.asked.accept), cut, squeezed), body, rows)


def _utf8(said: str) -> str:
    """What WSGI hands on sign by sign, as text."""
    return said if said.isascii() else said.encode("latin-1").decode("utf-8", "replace")
