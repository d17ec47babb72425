"""Which queries are refused before a parser sees them? Those that are too large, change something or reach outside."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import accumulate
from typing import NamedTuple

from graph.model import InputError
from ontology import terms as t

__all__ = [
    "FAST",
    "NO_SERVICE",
    "PREFIXES",
    "Mark",
    "check_query",
    "check_update",
    "graphs_asked",
    "marks",
    "may_be_sums",
    "mentions_fast",
    "plain",
    "without_allowed",
]

FAST = "https://w3id.org/servicemap/fast#"
PREFIXES = {
    "sm": t.SM,
    "fast": FAST,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
}
NO_SERVICE = "the query calls another server (SERVICE)"
_LONGEST, _DEEPEST, _MOST_PARTS, _MOST_IN_UPDATE = 200_000, 50, 200, 20_000
# Every alternative eats what it looked at (possessive), so one pass is linear. What is not closed ends with its line,
# a long text with the query. A name keeps no dots: the engine may end it at any of them.
_TOKEN = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+(?:""")?'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?"
    r'|"(?:[^"\\\r\n]++|\\.)*+"?'
    r"|'(?:[^'\\\r\n]++|\\.)*+'?"
    r'|<(?P<iri>[^<>"{}|^`\s()]*+)>'
    r"|\#[^\r\n]*+"
    r"|[?$](?!\d|true|false)\w++"
    r"|(?P<word>\w[\w-]*+(?!:))"
    r"|(?P<name>(?:\w[\w-]*+)?:(?:[\w:%-]++|\\[^\w\s])*+)",
    re.DOTALL | re.IGNORECASE,
)
_MARK = re.compile(_TOKEN.pattern + r"|(?P<bracket>[{(\[\])}])", _TOKEN.flags)
_ESCAPED_LETTER = re.compile(r"(?<!\\)\\(?:u00|U000000)([46][1-9a-fA-F]|[57][0-9aA])")
_CALL = re.compile(r"service(\s+silent)?\s*<([^<>\s\\]*)>", re.IGNORECASE | re.ASCII)
_STEP = dict.fromkeys("{([", 1) | dict.fromkeys("})]", -1)
_UPDATES = {"insert", "delete", "load", "clear", "drop", "create", "add", "move", "copy", "with"}


def check_query(text: str, *, services: Collection[str] = ()) -> None:
    """Refuse what is too large or too deep, would change the map, or calls a server that is not in ``services``.

    Linear in the text. An allowed server is written out in full, as it stands in ``services``.

    >>> check_query("SELECT * WHERE { ?s ?p ?o } LIMIT 3")
    >>> check_query("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
    ...
    graph.model.InputError: the query calls another server (SERVICE); take that part out: only this map is asked
    """
    _check_text(text)
    known = without_allowed(plain(text), services)
    bare = _TOKEN.sub(lambda found: found["word"] or " ", known).casefold()
    if "service" in bare:
        raise InputError.of(NO_SERVICE, remedy=_only_here(services))
    first = next((word for word in re.findall(r"[a-z]+", bare) if word not in ("base", "prefix")), "")
    if first in _UPDATES:
        raise InputError.of(
            f"'{first.upper()}' would change the map", remedy="ask with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    _check_shape(bare)


def check_update(text: str) -> None:
    """Refuse an update that is too large or too deep, loads something, or calls a server. Linear in the text.

    >>> check_update("LOAD <http://example.org/>")
    Traceback (most recent call last):
    ...
    graph.model.InputError: the update loads something (LOAD); send the statements themselves
    """
    _check_text(text)
    bare = _TOKEN.sub(lambda found: found["word"] or " ", plain(text)).casefold()
    words = set(re.findall(r"[a-z]+", bare))
    if "service" in words:
        raise InputError.of(NO_SERVICE.replace("query", "update"), remedy="take that part out", check="refused")
    if "load" in words:
        raise InputError.of(
            "the update loads something (LOAD)", remedy="send the statements themselves", check="refused"
        )
    _check_shape(re.sub(r"(insert|delete)\s+data\b", " ", bare), most=_MOST_IN_UPDATE)


class Mark(NamedTuple):
    """A word or a bracket of a query: where it starts, and how many brackets are open around it."""

    word: str
    start: int
    depth: int


def marks(text: str) -> Iterator[Mark]:
    """The words and brackets of a query or update, without those in texts, comments and names.

    >>> [mark.word for mark in marks("DELETE { ?s ?p 'WHERE' } WHERE { }") if not mark.depth]
    ['delete', '}', 'where', '}']
    """
    depth = 0
    for match in _MARK.finditer(text):
        if match.lastgroup == "bracket":
            depth += max(_STEP[match[0]], 0)
            depth -= max(-_STEP[match[0]], 0)
            yield Mark(match[0], match.start(), depth)
        elif match.lastgroup == "word":
            yield Mark(match[0].casefold(), match.start(), depth)


def _only_here(services: Collection[str]) -> str:
    if not services:
        return "take that part out: only this map is asked"
    return f"write one that is allowed, in full: {', '.join(f'<{each}>' for each in sorted(services))}"


def plain(text: str) -> str:
    r"""Letters that are written as ``\u0053``, as letters: some versions of the engine read them so everywhere.

    >>> plain("SERV" + chr(92) + "u0049CE")
    'SERVICE'
    """
    return _ESCAPED_LETTER.sub(lambda found: chr(int(found[1], 16)), text) if "\\" in text else text


def without_allowed(text: str, services: Collection[str]) -> str:
    """The query with GRAPH in place of SERVICE where an allowed server follows: what is left calls somebody else.

    >>> without_allowed("{ SERVICE <http://a/> {} SERVICE <http://b/> {} }", {"http://a/"})
    '{ GRAPH <http://a/> {} SERVICE <http://b/> {} }'
    """
    if not services:
        return text
    return _CALL.sub(lambda found: f"GRAPH <{found[2]}>" if found[2] in services else found[0], text)


def mentions_fast(text: str) -> bool:
    """Whether a query may name a property of the service graph (see ``graph.fast``): then it is read for them.

    >>> mentions_fast("ASK { ?x fast:users ?n }"), mentions_fast("ASK { ?x sm:dependsOn ?y }")
    (True, False)
    """
    return FAST in (known := plain(text)) or "fast:" in known


def may_be_sums(text: str) -> bool:
    """Whether a query may be a sum by group (see ``graph.store.sums``): then it is read for that.

    >>> may_be_sums("SELECT ?k (SUM(?a) AS ?s) { ?x ?p ?a } GROUP BY ?k"), may_be_sums("ASK {}")
    (True, False)
    """
    known = text.casefold()
    return "group" in known and ("sum" in known or "count" in known)


def graphs_asked(text: str) -> tuple[str, ...] | None:
    """The graphs that the query names with FROM, as far as they are written out; None when it names none.

    >>> graphs_asked("SELECT * FROM <http://x/a> FROM NAMED sm:b { ?s ?p 'FROM <c>' }")
    ('http://x/a', 'https://w3id.org/servicemap#b')
    >>> graphs_asked("SELECT ?from { ?from ?p ?o }") is None
    True
    """
    if "from" not in text.casefold():
        return None
    prefixes, found, asked, depth = dict(PREFIXES), list[str](), False, 0
    said = [(match.lastgroup or "", match) for match in _MARK.finditer(text) if match.lastgroup]
    for number, (kind, match) in enumerate(said):
        word = match[0].casefold() if kind == "word" and text[match.start() - 1 : match.start()] != "." else ""
        depth += _STEP.get(match[0], 0)
        following = [(each, other[each]) for each, other in said[number + 1 : number + 3]]
        if word == "prefix" and [each for each, _ in following] == ["name", "iri"]:
            prefixes[following[0][1].removesuffix(":")] = following[1][1]
        elif word == "from" and not depth and (graph := _graph_named(following, prefixes)) is not None:
            asked = True
            found += [graph] if ":" in graph else []
    return tuple(found) if asked else None


def _graph_named(following: list[tuple[str, str]], prefixes: Mapping[str, str]) -> str | None:
    """What stands behind FROM or FROM NAMED; "" for a name whose prefix is not known, None when no name follows."""
    words = following[1:] if following[:1] and following[0][1].casefold() == "named" else following
    kind, word = words[0] if words else ("", "")
    if kind == "name":
        prefix, _, local = word.partition(":")
        return prefixes[prefix] + local if prefix in prefixes else ""
    return word if kind == "iri" else None


def _check_text(text: str) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise InputError.of("the query holds half a character (a lone surrogate)", remedy="type it again") from None
    if size > _LONGEST:
        raise InputError.of(f"the query is longer than {_LONGEST:,} bytes", remedy="ask for less at once")
    if "\0" in text:
        raise InputError.of("the query holds a NUL character", remedy="take it out")


def _check_shape(bare: str, *, most: int = _MOST_PARTS) -> None:
    """What grows the engine's stack or planning time: nesting, runs of signs, and the number of parts."""
    if max(accumulate(_STEP[sign] for sign in re.findall(r"[{(\[\])}]", bare)), default=0) > _DEEPEST:
        raise InputError.of(f"the query nests brackets deeper than {_DEEPEST}", remedy="write it flatter")
    if (run := re.search(r"[!^+\-]{51,}", re.sub(r"\s+", "", bare))) is not None:
        raise InputError.of(f"the query repeats '{run[0][0]}' more than 50 times in a row", remedy="write it once")
    parts = sum(bare.count(sign) for sign in "/|.;") + bare.count("union")
    if parts > most:
        raise InputError.of(
            f"the query has more than {most} patterns, path steps and UNIONs", remedy="ask in several queries"
        )
