"""Which headers does every answer carry, and how is it compressed?"""

from __future__ import annotations

import gzip
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from threading import Lock

from flask import Flask, Response, request

from graph.store.workers import Answering

__all__ = ["SMALLEST", "Squeezed", "everywhere", "guard"]

_YEAR = 31_536_000
_COMPRESSED = (
    "text/",
    "application/json",
    "application/javascript",
    "application/ld+json",
    "application/n-",
    "application/rdf+xml",
    "application/sparql-results",
    "application/trig",
    "image/svg+xml",
)
SMALLEST, _KEPT = 900, 64  # bytes from which on it is worth it, and how many are kept


def guard(server: Flask, scripts: Sequence[str] = ()) -> None:
    """Add security headers, cache rules and compression to every answer."""
    headers = everywhere(scripts)
    packed = _Packed()

    @server.after_request
    def finish(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        ours = request.path.startswith(("/assets/", "/look."))
        libraries = "/_dash-component-suites/" in request.path
        lasting = response.status_code == 200 and ((ours and "v" in request.args) or libraries)
        if ours or libraries:
            response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if lasting else "no-cache"
        else:
            response.headers.setdefault("Cache-Control", "no-cache")
        response = packed.pack(response, keep=lasting)
        response.headers["Vary"] = ", ".join(response.headers.getlist("Vary"))
        return response


def everywhere(scripts: Sequence[str] = ()) -> dict[str, str]:
    """The headers that are alike in every answer; ``scripts`` are the sources of scripts that a page may run."""
    policy = "; ".join(
        [
            "default-src 'self'",
            " ".join(["script-src", "'self'", *scripts]),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        ]
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


class _Packed:
    """Compresses texts; what has a version in its address is compressed once."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()

    def pack(self, response: Response, *, keep: bool) -> Response:
        """The same answer, compressed where the other side takes that."""
        response.headers.add("Vary", "Accept-Encoding")
        if (
            response.status_code not in (200, 404)
            or "gzip" not in request.headers.get("Accept-Encoding", "").lower()
            or "Content-Encoding" in response.headers
            or not (response.mimetype or "").startswith(_COMPRESSED)
            or request.method == "HEAD"
        ):
            return response
        if isinstance(response.response, Answering):
            response.response = Squeezed(response.response)
            response.headers["Content-Encoding"] = "gzip"
            return response
        response.direct_passthrough = False
        stream, key = response.response, request.full_path
        with self._lock:
            body = self._kept.get(key) if keep else None
        if body is None:
            plain = response.get_data()
            if len(plain) < SMALLEST:
                return response
            body = gzip.compress(plain, 9 if keep else 5, mtime=0)
            if keep:
                with self._lock:
                    self._kept[key] = body
                    if len(self._kept) > _KEPT:
                        self._kept.popitem(last=False)
        if hasattr(stream, "close"):
            stream.close()
        response.set_data(body)
        response.headers["Content-Encoding"] = "gzip"
        response.headers.pop("ETag", None)
        return response


class Squeezed:
    """An answer in pieces, compressed piece by piece."""

    def __init__(self, pieces: Answering) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        """The pieces, compressed."""
        packer = zlib.compressobj(5, wbits=31)
        for piece in self._pieces:
            if packed := packer.compress(piece):
                yield packed
        yield packer.flush()

    def close(self) -> None:
        """Need it no more."""
        self._pieces.close()
