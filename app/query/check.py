"""What is wrong with a query that is being written? What is no SPARQL, and words that are old or that nobody knows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from graph.model import InputError
from graph.renamed import old_words
from graph.similar import proposal
from graph.sparql import Token, iri, prefixes, tokens
from graph.store.guard import FAST, PREFIXES
from ontology.terms import SM

__all__ = ["Wrong", "check"]

_PLACE = re.compile(r"\b(?:at|line) (?:line )?(\d+)(?::| column )(\d+)")
_NOT_SPARQL, _SHORT = "from here on it is no SPARQL", 60
_PASSED = ("late", "hungry", "busy", "share", "cancelled", "died")  # says nothing about the query


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong, where, and over how many characters; lines and columns count from 1, 0 for no place."""

    words: str
    line: int = 0
    column: int = 0
    length: int = 0


def check(
    text: str, known: Collection[str], parse: Callable[[str], object], used: Callable[[], Collection[str]] = tuple
) -> list[Wrong]:
    """All that is wrong with a query; empty where nothing is.

    Args:
        text: the query.
        known: the words of the vocabulary.
        parse: has the engine read the query; raises InputError.
        used: gives the words that the map uses; asked only about those that the vocabulary has not.
    """
    if not text.strip():
        return []
    try:
        parse(text)
    except InputError as error:
        problem = error.problems[0]
        if problem.check not in _PASSED:
            return list(_undeclared(text)) or [_told(problem.message, problem.remedy)]
    said, words = _pieces(text), frozenset(known)
    old = list(_old(text)) if said else []
    if next(_unknown(text, said, words), None) is None:
        return old
    return [*old, *_unknown(text, said, words.union(used()))]


def _told(message: str, remedy: str) -> Wrong:
    place = _PLACE.search(message)
    if place is None:
        return Wrong(f"{message}; {remedy}" if remedy else message)
    expected = message.partition("expected ")[2]
    words = f"expected {expected}" if expected and len(expected) < _SHORT and "[" not in expected else _NOT_SPARQL
    return Wrong(words, int(place[1]), int(place[2]))


def _pieces(text: str) -> tuple[Token, ...]:
    try:
        return tokens(text)
    except InputError:  # the engine reads more, and less, than our own reader
        return ()


def _at(text: str, token: Token, words: str) -> Wrong:
    line = text.count("\n", 0, token.start) + 1
    return Wrong(words, line, token.start - text.rfind("\n", 0, token.start), len(token.text))


def _undeclared(text: str) -> Iterator[Wrong]:
    """Prefixes that nobody declares: the engine names the sign behind them."""
    said = _pieces(text)
    spaces, told = {**PREFIXES, **prefixes(said)}, set[str]()
    for before, token in zip((None, *said), said, strict=False):
        prefix = token.text.partition(":")[0]
        declared = before is not None and before.word == "PREFIX"
        if token.kind == "name" and not declared and prefix not in spaces and prefix not in told:
            told.add(prefix)
            yield _at(text, token, f"the prefix '{prefix}:' is not declared; begin with PREFIX {prefix}: <...>")


def _old(text: str) -> Iterator[Wrong]:
    """Words that were renamed; a query in an old code finds nothing."""
    for word in old_words(text, PREFIXES):
        column = word.start - text.rfind("\n", 0, word.start)
        yield Wrong(str(word), word.line, column, len(word.old))


def _unknown(text: str, said: tuple[Token, ...], known: frozenset[str]) -> Iterator[Wrong]:
    spaces = {**PREFIXES, **prefixes(said)}
    names = [each.removeprefix(SM) for each in known if each.startswith(SM)]
    told = set[str]()
    for token in said:
        word = iri(token, spaces) if token.kind == "name" else ""
        if not word.startswith(SM) or word.startswith(FAST) or word == SM or word in known or word in told:
            continue
        told.add(word)
        remedy = proposal(word.removeprefix(SM), names, most=3)
        yield _at(text, token, f"'{token.text}' is no word of the vocabulary; {remedy}")
