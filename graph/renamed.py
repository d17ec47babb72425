"""Which words of a query, or of a file in the manner of Turtle, were renamed? How is it written in today's words?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from graph.sparql import Token, iri, prefixes, replaced, tokens
from ontology import terms as t

__all__ = ["OldWord", "in_todays_words", "old_words"]

_PARAMETER = re.compile(r"# *parameter: *\w+ *: *(?P<type>sm:\w+)")
_ABOUT_WORDS = {t.OWL_DEPRECATED, t.DCTERMS_IS_REPLACED_BY}


class OldWord(NamedTuple):
    """A word that was renamed: how it stands there, how it is written today, its line, and where it starts."""

    old: str
    new: str
    line: int
    start: int

    def __str__(self) -> str:
        return f"'{self.old}' is an old word; write '{self.new}'"


def old_words(text: str, known: dict[str, str]) -> tuple[OldWord, ...]:
    """The old words of a query, of a question with its head, or of Turtle, in their order; ``known`` are its prefixes.

    What is in texts and comments is left alone, and so is a query about the words themselves, which names
    ``owl:deprecated`` or ``dcterms:isReplacedBy``. Linear in the text; InputError for what is no piece of SPARQL.

    >>> [str(word) for word in old_words("ASK { ?a sm:requiresProcess ?b }", {"sm": t.SM})]
    ["'sm:requiresProcess' is an old word; write 'sm:doneInProcess'"]
    """
    said = tokens(text)
    known = known | prefixes(said)
    named = [(token, iri(token, known)) for token in said if token.kind in ("iri", "name")]
    if not _ABOUT_WORDS.isdisjoint(word for _, word in named):
        return ()
    now = _renamed()
    found = [(token.start, token.text, _written(token, now[word], known)) for token, word in named if word in now]
    found += _in_head(text, said)
    return tuple(OldWord(old, new, text.count("\n", 0, at) + 1, at) for at, old, new in sorted(found))


def in_todays_words(text: str, known: dict[str, str]) -> str:
    """The same with the words of today in their places; all else stays as it is written.

    >>> in_todays_words("ASK { ?a sm:placedOn sm:placement-private }  # 'private'", {"sm": t.SM})
    "ASK { ?a sm:placedOn sm:placement-private-cloud }  # 'private'"
    """
    return replaced(text, [(word.start, word.start + len(word.old), word.new) for word in old_words(text, known)])


def _written(token: Token, now: str, known: dict[str, str]) -> str:
    """A word of today in the manner of the old one: by the same prefix, or in full."""
    prefix = token.text.partition(":")[0]
    home = known[prefix] if token.kind == "name" else ""
    return f"{prefix}:{now.removeprefix(home)}" if home and now.startswith(home) else f"<{now}>"


def _in_head(text: str, said: tuple[Token, ...]) -> Iterator[tuple[int, str, str]]:
    """The classes and code lists of parameters, which stand in comments above the query."""
    head, now = text[: said[0].start] if said else text, _renamed()
    for found in _PARAMETER.finditer(head):
        word = t.SM + found["type"].removeprefix("sm:")
        if word in now:
            yield found.start("type"), found["type"], f"sm:{now[word].removeprefix(t.SM)}"


def _renamed() -> dict[str, str]:
    from ontology.vocabulary import vocabulary  # to read it takes longer than to start a command

    return {old: word.instead for old, word in vocabulary().renamed.items()}
