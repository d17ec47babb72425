"""How is a term written in a query, and how does rdflib read one?"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from ontology import terms as t

if TYPE_CHECKING:
    import rdflib

__all__ = ["Words", "literal", "read_strictly", "written"]

Words = tuple[str, str, str, str]
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"})


def written(term: Words) -> str:
    r"""A named thing or a literal in SPARQL. Raises ValueError for a blank node, which has no name to ask for.

    >>> written(("literal", 'a "b"', "", "en")), written(("uri", "https://x/a", "", ""))
    ('"a \\"b\\""@en', '<https://x/a>')
    """
    kind, text, datatype, language = term
    if kind == "bnode":
        raise ValueError("a blank node cannot be asked for")
    if kind == "uri":
        return f"<{text}>"
    words = f'"{text.translate(_ESCAPES)}"'
    return f"{words}@{language}" if language else f"{words}^^<{datatype}>"


@lru_cache(maxsize=4_096)
def literal(term: Words) -> rdflib.Literal:
    """A literal as rdflib reads it: its value, and whether it is one of its datatype."""
    import rdflib

    _, text, datatype, language = term
    with read_strictly():
        return rdflib.Literal(text, lang=language or None, datatype=datatype if datatype not in _NO_DATATYPE else None)


_NO_DATATYPE = ("", t.XSD_STRING)


@contextmanager
def read_strictly() -> Iterator[None]:
    """Let rdflib not take a word that is no truth value for false, nor log whatever it cannot read."""
    log = logging.getLogger("rdflib.term")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", "Parsing weird boolean")
            yield
    finally:
        log.disabled = before
