"""What are the words of a SPARQL query? Its tokens, by the grammar of SPARQL 1.1, with their places."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from graph.model import InputError

__all__ = ["Kind", "Token", "iri", "prefixes", "quoted", "replaced", "tokens"]

Kind = Literal["iri", "name", "blank", "var", "text", "number", "lang", "word", "sign"]


class Token(NamedTuple):
    """A piece of a query: what it is, as it is written, and where it starts."""

    kind: Kind
    text: str
    start: int

    @property
    def end(self) -> int:
        """Where the next piece may start."""
        return self.start + len(self.text)

    @property
    def word(self) -> str:
        """A keyword in capitals, as SPARQL reads it; "" for what is no word."""
        return self.text.upper() if self.kind == "word" else ""

    @property
    def variable(self) -> str:
        """The name of a variable without its mark; "" for what is none."""
        return self.text[1:] if self.kind == "var" else ""


# As in the grammar; every alternative is possessive, so one pass is linear.
_TOKEN = re.compile(
    r"(?P<space>(?:\s++|\#[^\r\n]*+)++)"
    r'|(?P<text>"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\r\n]++|\\.)*+"'
    r"|'(?:[^'\\\r\n]++|\\.)*+')"
    r'|(?P<iri><[^<>"{}|^`\\\x00-\x20]*+>)'
    r"|(?P<var>[?$]\w++)"
    r"|(?P<lang>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+)"
    r"|(?P<blank>_:\w(?:[\w-]|\.(?=[\w.-]*[\w-]))*+)"
    r"|(?P<name>(?:[^\W\d_](?:[\w-]|\.(?=[\w.-]*[\w-]))*+)?"
    r":(?:[\w:%-]|\\[^\w\s]|\.(?=[\w:%.\\-]*[\w:%\\-]))*+)"
    r"|(?P<number>(?:\d++(?:\.\d++)?+|\.\d++)(?:[eE][+-]?\d++)?+)"
    r"|(?P<word>[A-Za-z]\w*+)"
    r"|(?P<sign>\^\^|&&|\|\||!=|<=|>=|<<\(|\)>>|<<|>>|\{\||\|\}|[{}()\[\].,;|/^?*+!=<>~-])",
    re.DOTALL,
)


@lru_cache(maxsize=1)  # a query is read for one thing after the other
def tokens(text: str) -> tuple[Token, ...]:
    r"""The pieces of a query in order, without what separates them; InputError for what is no piece of SPARQL.

    Linear in the text.

    >>> [token.text for token in tokens("SELECT ?x { ?x a sm:Service . # all\n }")]
    ['SELECT', '?x', '{', '?x', 'a', 'sm:Service', '.', '}']
    """
    return tuple(_tokens(text))


def _tokens(text: str) -> Iterator[Token]:
    at = 0
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            line = text.count("\n", 0, at) + 1
            raise InputError.of(f"the query is not SPARQL: '{text[at : at + 20]}' in line {line} is no word of it")
        if found.lastgroup != "space":
            yield Token(found.lastgroup, found[0], at)  # type: ignore[arg-type] # the groups have the names of the kinds
        at = found.end()


def prefixes(said: Iterable[Token]) -> dict[str, str]:
    """The prefixes that a query declares, or a file of Turtle.

    >>> prefixes(tokens("PREFIX a: <http://a/> SELECT * {}"))
    {'a': 'http://a/'}
    """
    all_ = tuple(said)
    return {
        name.text.removesuffix(":"): address.text[1:-1]
        for before, name, address in zip(all_, all_[1:], all_[2:], strict=False)
        if (before.word == "PREFIX" or before.text == "@prefix") and name.kind == "name" and address.kind == "iri"
    }


def iri(token: Token, known: dict[str, str]) -> str:
    """The full IRI that a token names; "" where it names none, or its prefix is not known."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return known[prefix] + re.sub(r"\\(.)", r"\1", local) if token.kind == "name" and prefix in known else ""


def quoted(text: str) -> str:
    r"""A text as one token, whatever is in it.

    >>> print(quoted('a "b"'))
    "a \u0022b\u0022"
    """
    return '"' + "".join(c if c.isprintable() and c not in '\\"' else _escaped(c) for c in text) + '"'


def _escaped(sign: str) -> str:
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def replaced(text: str, changes: Iterable[tuple[int, int, str]]) -> str:
    """The query with other words in some places: start, end, and what stands there then. They must not overlap.

    >>> replaced("SELECT ?a", [(7, 9, "?b")])
    'SELECT ?b'
    """
    parts, at = [], 0
    for start, end, words in sorted(changes):
        parts += [text[at:start], words]
        at = end
    return "".join((*parts, text[at:]))
