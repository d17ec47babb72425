"""A plain head says to the server what it says to the parser of waitress; every other head is left to that."""

from __future__ import annotations

import pytest
from waitress.adjustments import Adjustments
from waitress.parser import HTTPRequestParser

from app.plain import PlainParser

ADJUSTMENTS = Adjustments(port=1)
PLAIN = {
    "an address": b"GET /healthz HTTP/1.1\r\nHost: a:1\r\n\r\n",
    "no header": b"GET / HTTP/1.1\r\n\r\n",
    "a query": b"GET /sparql?query=ASK%7B%7D&x=1?2 HTTP/1.1\r\nHost: a\r\nAccept: a/b;q=0.1, */*  \r\n\r\n",
    "an empty query": b"GET /sparql? HTTP/1.1\r\nHost: a\r\n\r\n",
    "a form": b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: a/b\r\nContent-Length: 3\r\n\r\nabc",
    "no body": b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
    "it stays": b"GET / HTTP/1.1\r\nConnection: Keep-Alive\r\n\r\n",
}
OTHER = {
    "an older version": b"GET / HTTP/1.0\r\nHost: a\r\n\r\n",
    "it goes": b"GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
    "pieces": b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n",
    "it asks first": b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na",
    "twice": b"GET / HTTP/1.1\r\nAccept: a/b\r\nAccept: c/d\r\n\r\n",
    "a low line": b"GET / HTTP/1.1\r\nContent_Length: 3\r\nHost: a\r\n\r\n",
    "no space": b"GET / HTTP/1.1\r\nHost:a\r\n\r\n",
    "nothing said": b"GET / HTTP/1.1\r\nAccept:\r\nHost: a\r\n\r\n",
    "a folded line": b"GET / HTTP/1.1\r\nAccept: a/b,\r\n c/d\r\n\r\n",
    "an escape in the path": b"GET /element/%C3%A9 HTTP/1.1\r\nHost: a\r\n\r\n",
    "two strokes": b"GET //a/b?c HTTP/1.1\r\nHost: a\r\n\r\n",
    "a whole address": b"GET http://a/b HTTP/1.1\r\nHost: a\r\n\r\n",
    "a part of a page": b"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n",
    "another method": b"PUT / HTTP/1.1\r\nContent-Length: 1\r\n\r\na",
    "other letters": b"GET / HTTP/1.1\r\nAccept: \xc3\xa9\r\n\r\n",
    "a length that is none": b"POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc",
    "a sign in the name": b"GET / HTTP/1.1\r\nHo st: a\r\n\r\n",
    "a line feed alone": b"GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n",
    "no HTTP": b"hello\r\n\r\n",
}
SAID = ("command", "version", "path", "query", "fragment", "request_uri", "url_scheme", "first_line")
KNOWN = ("headers", "completed", "connection_close", "content_length", "chunked", "expect_continue", "empty")


def parsed(made, request):
    """What a parser says of a request that comes in two pieces."""
    parser, rest = made(ADJUSTMENTS), request
    while rest and not parser.completed:
        rest = rest[parser.received(rest) :]
    error = None if parser.error is None else (type(parser.error), parser.error.body)
    said = {name: getattr(parser, name, None) for name in (*SAID, *KNOWN)}
    return said, error, rest, parser.get_body_stream().read()


@pytest.mark.parametrize("name", {**PLAIN, **OTHER})
def test_both_parsers_say_the_same(name):
    request = {**PLAIN, **OTHER}[name]
    assert parsed(PlainParser, request) == parsed(HTTPRequestParser, request)


@pytest.mark.parametrize("name", {**PLAIN, **OTHER})
def test_what_is_plain_is_read_by_one_pattern_and_nothing_else_is(name, monkeypatch):
    read, long = [], HTTPRequestParser.parse_header
    monkeypatch.setattr(HTTPRequestParser, "parse_header", lambda self, head: read.append(head) or long(self, head))
    parsed(PlainParser, {**PLAIN, **OTHER}[name])
    assert bool(read) == (name in OTHER)
