"""Which queries hold their whole answer? Those that are a list of names, as a fast property often leaves them.

The engine would read each name, give it a number, and look the name up again.
"""

from __future__ import annotations

import re

import pyoxigraph as ox

from graph.store.ordered import Ordered

__all__ = ["listed"]

_IRI = r"<[A-Za-z][A-Za-z0-9+.-]*+:[^<>\"{}|^`\\\x00-\x20]*+>"
_NAMES = re.compile(_IRI)
_S = r"[ \t\r\n]*+"
_LIST = re.compile(
    rf"(?:{_S}PREFIX[ \t\r\n]++(?:[a-z][a-z0-9_-]*+)?:{_S}{_IRI})*+{_S}"
    rf"SELECT(?P<distinct>[ \t\r\n]++DISTINCT)?+{_S}\?(?P<told>[a-z_][a-z0-9_]*+){_S}(?:WHERE{_S})?+\{{{_S}VALUES{_S}"
    rf"(?:\({_S}\?(?P=told){_S}\){_S}\{{(?P<rows>(?:{_S}\({_S}{_IRI}{_S}\))*+)"
    rf"|\?(?P=told){_S}\{{(?P<names>(?:{_S}{_IRI})*+))"
    rf"{_S}\}}{_S}\}}{_S}(?:\#[^\r\n]*+)?+",
    re.IGNORECASE | re.ASCII,
)


def listed(text: str) -> Ordered | None:
    """The rows of a query that asks for a list of its own, as they stand there; None for all other queries.

    >>> listed("SELECT ?x { VALUES ?x { <x:a> <x:b> } }").rows[1][0].value
    'x:b'
    >>> listed("SELECT ?x { VALUES ?x { <x:a> <x:b> } ?x a ?c }") is None
    True
    """
    if "/." in text or (found := _LIST.fullmatch(text)) is None:  # dots may change an address
        return None
    try:
        for name in _NAMES.findall(text, 0, found.start("told")):
            ox.NamedNode(name[1:-1])
        names = [ox.NamedNode(name[1:-1]) for name in _NAMES.findall(found["rows"] or found["names"] or "")]
    except ValueError:  # the engine says what is wrong
        return None
    if found["distinct"]:
        names = list(dict.fromkeys(names))
    return Ordered((ox.Variable(found["told"]),), tuple((name,) for name in names))
