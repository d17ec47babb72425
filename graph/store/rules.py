"""What follows from a map? The numbered rules are run in their order, each on all that is known by then.

No statement becomes an object of Python: the engine writes what a rule concludes as N-Triples and reads that back,
through memory for a store in memory, through a file for one in a folder.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from graph.store.interface import DERIVED
from ontology.vocabulary import HOME

__all__ = ["Conclusion", "Rule", "derive", "rules"]

_NTRIPLES = ox.RdfFormat.N_TRIPLES
_PIECE = 1 << 22


@dataclass(frozen=True, slots=True)
class Rule:
    """A file of ``ontology/rules``: ``name`` is its number and words, ``title`` says what it concludes."""

    name: str
    title: str
    query: str

    @property
    def digest(self) -> str:
        """Tells one version of the rule from another."""
        return hashlib.sha256(self.query.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How many statements a rule concluded; what it says twice, or another rule says too, counts each time."""

    rule: Rule
    statements: int


@cache
def rules() -> tuple[Rule, ...]:
    """All rules in the order in which they run.

    >>> rules()[0].name
    '010-stubs'
    """
    return tuple(_rules())


def _rules() -> Iterator[Rule]:
    for file in sorted(HOME.glob("rules/*.rq")):
        query = file.read_text(encoding="utf-8")
        title = re.match(r"# title: (.+)", query)
        yield Rule(file.stem, title[1] if title else file.stem, query)


def derive(triples: ox.Store, draft: Path | None = None, *, run: Sequence[Rule] = ()) -> tuple[Conclusion, ...]:
    """Run the rules and put what they conclude into the derived graph, which must be empty.

    Args:
        triples: the store.
        draft: a file for what a rule concludes, made and taken away again; in memory when it is left out.
        run: the rules; all of them when left out.

    Cost: an answer to each rule, and the loading of it. 100,000 elements with 490,000 dependencies give 1.2 million
    statements.
    """
    return tuple(Conclusion(rule, _conclude(triples, rule.query, draft)) for rule in run or rules())


def _conclude(triples: ox.Store, query: str, draft: Path | None) -> int:
    found = triples.query(query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QueryTriples)
    graph = ox.NamedNode(DERIVED)
    if draft is None:
        text = found.serialize(format=_NTRIPLES) or b""
        if text:
            triples.bulk_load(input=text, format=_NTRIPLES, to_graph=graph, lenient=True)
        return text.count(b"\n")
    try:
        found.serialize(str(draft), format=_NTRIPLES)
        if draft.stat().st_size:
            triples.bulk_load(path=str(draft), format=_NTRIPLES, to_graph=graph, lenient=True)
        with draft.open("rb") as written:
            return sum(piece.count(b"\n") for piece in iter(lambda: written.read(_PIECE), b""))
    finally:
        draft.unlink(missing_ok=True)
