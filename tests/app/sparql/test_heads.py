"""A head that came before is known while the tokens are the same, by whom it came from; no other head is."""

from __future__ import annotations

import pytest

from app.doors import Caller
from app.sparql.heads import Head, Heads, Known, read
from graph.store.written import Wanted

LINES = b"Host: a\r\nAuthorization: Bearer secret\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\n" + LINES
KNOWN = Known(3, "application/sparql-query", Caller("ann"), Wanted(), "http://a/sparql", "", squeezed=False)


def test_what_comes_again_of_a_head_is_told_from_what_it_asks():
    assert read(POST + b"ASK") == Head("POST", "", LINES, len(POST))
    get = b"GET /sparql?query=ASK%7B%7D&a=b?c HTTP/1.1\r\n" + LINES
    assert read(get) == Head("GET", "query=ASK%7B%7D&a=b?c", LINES, len(get))


@pytest.mark.parametrize(
    "said",
    [
        b"",
        POST[:-1],
        b"POST /sparql?query=a HTTP/1.1\r\n" + LINES,
        b"POST /sparql/ HTTP/1.1\r\n" + LINES,
        b"POST /sparql HTTP/1.0\r\n" + LINES,
        b"\r\n" + POST,
        b"PUT /sparql HTTP/1.1\r\n" + LINES,
        b"GET /sparql HTTP/1.1\r\n" + LINES,
        b"GET /sparql?query=a#b HTTP/1.1\r\n" + LINES,
        b"GET /sparql?query=\xc3\xa9 HTTP/1.1\r\n" + LINES,
        b"GET /sparql?query=a b HTTP/1.1\r\n" + LINES,
        b"GET /sparql?query=a HTTP/1.1\nHost: b\r\n\r\n",
    ],
)
def test_every_other_head_is_left_to_the_parser(said):
    assert read(said) is None


def test_a_head_is_known_to_whom_it_came_from_while_the_tokens_are_the_same():
    heads, head = Heads(), read(POST)
    heads.keep(head, "127.0.0.1", 1, KNOWN)
    assert heads.known(head, "127.0.0.1", 1) is KNOWN
    assert heads.known(head, "127.0.0.2", 1) is None
    assert heads.known(head, "127.0.0.1", 2) is None
    assert heads.known(head._replace(method="GET"), "127.0.0.1", 1) is None
    assert heads.known(read(POST.replace(b"secret", b"other")), "127.0.0.1", 1) is None


def test_other_tokens_and_a_thousand_heads_make_room():
    heads, head = Heads(), read(POST)
    heads.keep(head, "a", 1, KNOWN)
    heads.keep(head, "b", 2, KNOWN)
    assert (heads.known(head, "a", 2), heads.known(head, "b", 2)) == (None, KNOWN)
    for number in range(1_000):
        heads.keep(head, str(number), 2, KNOWN)
    assert (heads.known(head, "b", 2), heads.known(head, "999", 2)) == (None, KNOWN)
    assert b"secret" not in repr(vars(heads)).encode()
