"""How is a column of an answer called? By its variable in words, or by what the query says of one that is a letter."""

from __future__ import annotations

import re

from app.query.words import label_of

__all__ = ["heading", "words_of_column"]

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_COUNTED = r"\b(COUNT|SUM|AVG|MIN|MAX)\s*\([^()]*\)\s*AS\s*[?$]%s\b"
_SAID = r"(?<![\w:?$])(a|[A-Za-z][\w-]*:[\w-]+)(?:/[\w:/-]+)?\s+[?$]%s\b"
_WORDS = {"COUNT": "Number", "SUM": "Sum", "AVG": "Average", "MIN": "Least", "MAX": "Most"}


def words_of_column(name: str) -> str:
    """The name of a variable as people write it.

    >>> words_of_column("oldestEvidence"), words_of_column("hit_by")
    ('Oldest evidence', 'Hit by')
    """
    words = _HUMP.sub(" ", name).replace("_", " ").strip()
    return f"{words[:1].upper()}{words[1:].lower() if words[1:] != words[1:].upper() else words[1:]}"


def heading(name: str, query: str) -> str:
    """The same, but a variable of one letter is called by what is counted in it, or by the property that it is of.

    >>> text = "SELECT ?k ?o (COUNT(*) AS ?n) { ?x a ?k ; sm:ownedBy/rdfs:label ?o } GROUP BY ?k ?o"
    >>> heading("k", text), heading("o", text), heading("n", text), heading("x", text)
    ('Kind', 'Owner', 'Number', 'X')
    """
    if len(name) != 1:
        return words_of_column(name)
    if counted := re.search(_COUNTED % name, query, re.IGNORECASE):
        return _WORDS[counted[1].upper()]
    said = re.search(_SAID % name, query)
    word = said[1] if said else ""
    return words_of_column(("kind" if word == "a" else label_of(word)) or name)
