"""Which requests are read without all that HTTP can be? Those of one plain form, in which most programs write them."""

from __future__ import annotations

import re

from waitress.buffers import OverflowableBuffer
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver

__all__ = ["QUERY", "PlainParser"]

QUERY = rb"[!$-;=?-Z_a-z~]*+"
"""What stands behind the question mark of an address, in a plain head."""
_HEAD = re.compile(
    rb"(?P<method>GET|POST) "
    rb"(?P<uri>(?P<path>/(?!/)[A-Za-z0-9_./~-]*+)(?:\?(?P<query>" + QUERY + rb"))?+) HTTP/1\.1\r\n"
    rb"(?P<lines>(?:[A-Za-z][A-Za-z0-9-]*+: [\x21-\x7e][\x20-\x7e]*+\r\n)*+)\r\n"
)
_DIGITS = 7


class PlainParser(HTTPRequestParser):  # type: ignore[misc]  # waitress has no types
    """The parser of waitress, which leaves a plain head to one pattern; of all others it reads every line itself.

    ``head`` is a plain head as it came.
    """

    head = b""

    def parse_header(self, header_plus: bytes) -> None:
        """Take what a head says, as the parser of waitress takes it."""
        if not self._plain(header_plus):
            super().parse_header(header_plus)

    def _plain(self, head: bytes) -> bool:
        found = _HEAD.fullmatch(head)
        headers = _headers(found["lines"].decode("ascii")) if found is not None else None
        if found is None or headers is None:
            return False
        length = headers.get("CONTENT_LENGTH", "0")
        if len(length) > _DIGITS or not length.isdecimal():
            return False
        self.head = head
        uri, path, query = (found[name] or b"" for name in ("uri", "path", "query"))
        self.request_uri, self.path, self.query = uri.decode("ascii"), path.decode("ascii"), query.decode("ascii")
        self.command, self.version, self.url_scheme = found["method"].decode("ascii"), "1.1", self.adj.url_scheme
        self.proxy_scheme = self.proxy_netloc = self.fragment = ""
        self.first_line, self.content_length = head.partition(b"\r\n")[0], int(length)
        self.headers.update(headers)
        if self.content_length:
            self.body_rcv = FixedStreamReceiver(self.content_length, OverflowableBuffer(self.adj.inbuf_overflow))
        return True


def _headers(lines: str) -> dict[str, str] | None:
    """Names of headers, as WSGI has them, with what they say; None where one comes twice or changes how is read."""
    headers = dict[str, str]()
    for line in lines.split("\r\n")[:-1]:
        name, _, said = line.partition(": ")
        headers.setdefault(name.upper().replace("-", "_"), said.rstrip(" "))
    plain = len(headers) == lines.count("\r\n") and "TRANSFER_ENCODING" not in headers and "EXPECT" not in headers
    return headers if plain and headers.get("CONNECTION", "keep-alive").lower() == "keep-alive" else None
